/* Walking over a model's weights as Keras's files have them: groups by class and order, not by name
 *. */
#include "base/memory.h"
#include "base/text.h"
#include "keras/staging.h"

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

/* `used` numbers of the class are used up. */
static char *group_path(group_names *names, const char *container, const char *class_name, size_t used)
{
    char *base = hone_internal_text_snake_case(class_name);
    if (base == NULL)
        return NULL;
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->bases[i], base) != 0)
            continue;
        hone_internal_free(base);
        size_t number = names->uses[i];
        names->uses[i] += used;
        return hone_internal_format("%s/%s_%zu", container, names->bases[i], number);
    }
    if (hone_internal_grow(&names->bases, &names->capacity_bases, names->count + 1, sizeof *names->bases) <
            0 ||
        hone_internal_grow(&names->uses, &names->capacity_uses, names->count + 1, sizeof *names->uses) < 0) {
        hone_internal_free(base);
        return NULL;
    }
    names->bases[names->count] = base;
    names->uses[names->count++] = used;
    return hone_internal_format("%s/%s", container, base);
}

/* Keras's files have the weights of a quantised layer in the order of its build. */
static bool in_order(const hone_layer *layer)
{
    for (size_t i = 0; i < layer->weight_count; i++)
        if (layer->weights[i]->stored != HONE_FLOAT32)
            return true;
    return false;
}

static hone_status visit_own(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                             void *context)
{
    hone_variable **variables = hone_internal_allocate(sizeof(hone_variable *) * (layer->weight_count + 1));
    if (variables == NULL)
        return HONE_ERROR_MEMORY;
    size_t count = 0;
    const bool all = in_order(layer);
    for (int trainable = 1; trainable >= all; trainable--)
        for (size_t i = 0; i < layer->weight_count; i++)
            if ((all || layer->weights[i]->created_trainable == (trainable == 1)) &&
                !layer->weights[i]->adapts)
                variables[count++] = layer->weights[i];
    hone_status status = visit(context, path, hone_internal_layer_label(layer), variables, count);
    hone_internal_free(variables);
    return status;
}

static hone_status visit_numbered(const hone_layer *layer, group_names *names, const char *container,
                                  hone_weights_layout layout, hone_weights_visitor *visit, void *context);

/* A layer under its attribute, "cell", or, in a list, "cells/", under its class in there. */
static hone_status visit_inner(const hone_layer *inner, const char *path, const char *attribute,
                               group_names *names, hone_weights_layout layout, hone_weights_visitor *visit,
                               void *context)
{
    size_t length = strlen(attribute);
    bool listed = length > 0 && attribute[length - 1] == '/';
    char *inner_path = hone_internal_format("%s/%.*s", path, (int)(length - listed), attribute);
    if (inner_path == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = listed ? visit_numbered(inner, names, inner_path, layout, visit, context)
                                : hone_internal_visit_layer(inner, inner_path, layout, visit, context);
    hone_internal_free(inner_path);
    return status;
}

hone_status hone_internal_visit_layer(const hone_layer *layer, const char *path, hone_weights_layout layout,
                                      hone_weights_visitor *visit, void *context)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return hone_internal_visit_model(nested, path, layout, hone_internal_layer_label(layer), visit,
                                         context);
    HONE_TRY(visit_own(layer, path, visit, context));
    const char *attribute;
    const hone_layer *inner;
    group_names names = {0};
    hone_status status = HONE_OK;
    for (int i = 0; status >= 0 && (inner = hone_internal_layer_within(layer, i, &attribute)) != NULL; i++)
        status = visit_inner(inner, path, attribute, &names, layout, visit, context);
    free_names(&names);
    return status;
}

static hone_status count_variables(void *context, const char *path, const char *name,
                                   hone_variable **variables, size_t count)
{
    (void)path, (void)name, (void)variables;
    *(size_t *)context += count;
    return HONE_OK;
}

/* The numbers of its class that a layer uses up. */
static hone_status numbers_used(const hone_layer *layer, hone_weights_layout layout, size_t *used)
{
    size_t count = 0;
    *used = 1;
    if (layout != HONE_WEIGHTS_DEPENDENCIES_TWICE)
        return HONE_OK;
    HONE_TRY(hone_internal_visit_layer(layer, "", HONE_WEIGHTS_LAYERS, count_variables, &count));
    *used = count > 0 ? 2 : 1;
    return HONE_OK;
}

static hone_status visit_numbered(const hone_layer *layer, group_names *names, const char *container,
                                  hone_weights_layout layout, hone_weights_visitor *visit, void *context)
{
    size_t used;
    HONE_TRY(numbers_used(layer, layout, &used));
    const hone_layer_type *type = layer->type;
    char *path = group_path(names, container,
                            type->python_class != NULL ? type->python_class : type->type.class_name, used);
    hone_status status =
        path == NULL ? HONE_ERROR_MEMORY : hone_internal_visit_layer(layer, path, layout, visit, context);
    hone_internal_free(path);
    return status;
}

static hone_status visit_layers(hone_model *model, const char *container, hone_weights_layout layout,
                                hone_weights_visitor *visit, void *context)
{
    group_names names = {0};
    hone_status status = HONE_OK;
    size_t first =
        model->sequential && model->layer_count > 0 && model->layers[0]->type == &hone_internal_input_layer
            ? 1
            : 0;
    for (size_t i = first; i < model->layer_count && status >= 0; i++)
        if (!model->layers[i]->type->is_operation) /* which Keras does not count among the layers */
            status = visit_numbered(model->layers[i], &names, container, layout, visit, context);
    free_names(&names);
    return status;
}

hone_status hone_internal_visit_model(hone_model *model, const char *path, hone_weights_layout layout,
                                      const char *name, hone_weights_visitor *visit, void *context)
{
    HONE_TRY(visit(context, path, name, NULL, 0));
    const char *word = layout == HONE_WEIGHTS_LAYERS ? "layers" : "_layer_checkpoint_dependencies";
    char *container =
        path[0] == '\0' ? hone_internal_copy_text(word) : hone_internal_format("%s/%s", path, word);
    if (container == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = visit_layers(model, container, layout, visit, context);
    hone_internal_free(container);
    return status;
}
