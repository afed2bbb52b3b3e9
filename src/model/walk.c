/* Walking over a model's weights as Keras's files have them: groups by class and order, not by name
 * (file-formats section 1.14). */
#include "base/memory.h"
#include "base/text.h"
#include "model/staging.h"

#include <string.h>

/* Names of groups already given in one container: "dense", then "dense_1". */
typedef struct group_names {
    char **bases;
    size_t *uses, count, capacity_bases, capacity_uses;
} group_names;

static void free_names(group_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        hone_internal_free(names->bases[i]);
    hone_internal_free(names->bases);
    hone_internal_free(names->uses);
}

static char *group_path(group_names *names, const char *container, const char *class_name)
{
    char *base = hone_internal_text_snake_case(class_name);
    if (base == NULL)
        return NULL;
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->bases[i], base) != 0)
            continue;
        hone_internal_free(base);
        return hone_internal_format("%s/%s_%zu", container, names->bases[i], names->uses[i]++);
    }
    if (hone_internal_grow(&names->bases, &names->capacity_bases, names->count + 1, sizeof *names->bases) <
            0 ||
        hone_internal_grow(&names->uses, &names->capacity_uses, names->count + 1, sizeof *names->uses) < 0) {
        hone_internal_free(base);
        return NULL;
    }
    names->bases[names->count] = base;
    names->uses[names->count++] = 1;
    return hone_internal_format("%s/%s", container, base);
}

static hone_status visit_own(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                             void *context)
{
    hone_variable **variables = hone_internal_allocate(sizeof(hone_variable *) * (layer->weight_count + 1));
    if (variables == NULL)
        return HONE_ERROR_MEMORY;
    size_t count = 0;
    for (int trainable = 1; trainable >= 0; trainable--)
        for (size_t i = 0; i < layer->weight_count; i++)
            if (layer->weights[i]->created_trainable == (trainable == 1))
                variables[count++] = layer->weights[i];
    hone_status status = visit(context, path, hone_internal_layer_label(layer), variables, count);
    hone_internal_free(variables);
    return status;
}

hone_status hone_internal_visit_layer(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                                      void *context)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return hone_internal_visit_model(nested, path, hone_internal_layer_label(layer), visit, context);
    HONE_TRY(visit_own(layer, path, visit, context));
    const char *attribute;
    for (int i = 0; layer->type->inner != NULL; i++) {
        const hone_layer *inner = layer->type->inner(layer, i, &attribute);
        if (inner == NULL)
            break;
        char *inner_path = hone_internal_format("%s/%s", path, attribute);
        if (inner_path == NULL)
            return HONE_ERROR_MEMORY;
        hone_status status = hone_internal_visit_layer(inner, inner_path, visit, context);
        hone_internal_free(inner_path);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status visit_layers(hone_model *model, const char *container, hone_weights_visitor *visit,
                                void *context)
{
    group_names names = {0};
    hone_status status = HONE_OK;
    size_t first =
        model->sequential && model->layer_count > 0 && model->layers[0]->type == &hone_internal_input_layer
            ? 1
            : 0;
    for (size_t i = first; i < model->layer_count && status >= 0; i++) {
        char *path = group_path(&names, container, model->layers[i]->type->type.class_name);
        status = path == NULL ? HONE_ERROR_MEMORY
                              : hone_internal_visit_layer(model->layers[i], path, visit, context);
        hone_internal_free(path);
    }
    free_names(&names);
    return status;
}

hone_status hone_internal_visit_model(hone_model *model, const char *path, const char *name,
                                      hone_weights_visitor *visit, void *context)
{
    HONE_TRY(visit(context, path, name, NULL, 0));
    char *container =
        path[0] == '\0' ? hone_internal_copy_text("layers") : hone_internal_format("%s/layers", path);
    if (container == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = visit_layers(model, container, visit, context);
    hone_internal_free(container);
    return status;
}
