/* Weights of a Keras 3 weights file by the names of layers: each group tells, in an attribute, whose it is.
 * Groups have names by class
 * ("layers/dense", "layers/dense_1", ...), so those of a layer's class are gone through until one is not
 * there. */
#include "base/memory.h"
#include "base/text.h"
#include "keras/staging.h"

#include <string.h>

enum { MOST_GROUPS = 100000 };

/* Whether a group is there, and the layer's: *there and *mine. Before 3.6 groups had no names. */
static hone_status look_at(hone_weights_file *file, const char *path, const char *label, bool *there,
                           bool *mine)
{
    char *vars = hone_internal_format("%s/vars", path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    *there = hone_internal_weights_has_group(file, path);
    char *name = *there ? hone_internal_weights_name(file, vars) : NULL;
    *mine = name != NULL && strcmp(name, label) == 0;
    hone_internal_free(name);
    hone_internal_free(vars);
    hone_error_clear();
    return HONE_OK;
}

/* The path of a layer's group, to be freed; *path NULL when the file has none of its name. */
static hone_status find_group(hone_weights_file *file, const hone_layer *layer, char **path)
{
    char *base = hone_internal_text_snake_case(layer->type->type.class_name);
    bool there = true, mine = false;
    hone_status status = base == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    *path = NULL;
    for (int i = 0; status >= 0 && there && !mine && i < MOST_GROUPS; i++) {
        hone_internal_free(*path);
        *path =
            i == 0 ? hone_internal_format("layers/%s", base) : hone_internal_format("layers/%s_%d", base, i);
        status = *path == NULL ? HONE_ERROR_MEMORY
                               : look_at(file, *path, hone_internal_layer_label(layer), &there, &mine);
    }
    hone_internal_free(base);
    if (status >= 0 && mine)
        return HONE_OK;
    hone_internal_free(*path);
    *path = NULL;
    return status;
}

static hone_status stage_layer(hone_staging *staging, const hone_layer *layer)
{
    char *path;
    HONE_TRY(find_group(staging->file, layer, &path));
    if (path == NULL)
        return HONE_OK;
    hone_status status =
        hone_internal_visit_layer(layer, path, HONE_WEIGHTS_LAYERS, hone_internal_stage_object, staging);
    hone_internal_free(path);
    return status;
}

hone_status hone_internal_model_read_named_weights(hone_model *model, hone_weights_file *file,
                                                   const char *label, const hone_load_weights_args *args)
{
    hone_staging staging = {.file = file, .label = label, .args = args};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < model->layer_count && status >= 0; i++)
        status = stage_layer(&staging, model->layers[i]);
    if (status >= 0)
        hone_internal_staging_commit(&staging);
    hone_internal_staging_free(&staging);
    return status;
}
