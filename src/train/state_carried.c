/* The states that layers carry from batch to batch, and weights with low-rank adaptations, which the model of
 * the checkpoint has merged: which they are, {"layer": its place among all layers with those within them,
 * "name", "shape"}, and their numbers one after the other. */
#include "train/state.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include "layers/layer.h"

#include <string.h>

/* Visits all layers of a model and those within them, in one order. */
typedef hone_status layer_visitor(void *context, hone_layer *layer, int64_t place);
static hone_status visit_layer(hone_layer *layer, int64_t *place, layer_visitor *visit, void *context)
{
    hone_layer *inner;
    hone_status status = visit(context, layer, (*place)++);
    for (int i = 0; status >= 0 && (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        status = visit_layer(inner, place, visit, context);
    return status;
}

static hone_status visit_layers(const hone_model *model, layer_visitor *visit, void *context)
{
    int64_t place = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < model->layer_count && status >= 0; i++)
        status = visit_layer(model->layers[i], &place, visit, context);
    return status;
}

static bool is_adapted(const hone_layer *layer)
{
    for (size_t i = 0; i < layer->weight_count; i++)
        if (layer->weights[i]->lora_a != NULL)
            return true;
    return false;
}

/* Variable `index` of a layer that is kept here; NULL after the last. */
static hone_variable *kept(const hone_layer *layer, size_t index)
{
    if (index < layer->carried_count)
        return layer->carried[index];
    index -= layer->carried_count;
    for (size_t i = 0; is_adapted(layer) && i < layer->weight_count; i++)
        if (index-- == 0)
            return layer->weights[i];
    return NULL;
}

/* ---- writing ---- */

static hone_config *entry_of(const hone_variable *variable, int64_t place)
{
    hone_config *map = hone_internal_config_map(), *sizes = hone_internal_config_list();
    hone_status status = map == NULL || sizes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int axis = 0; axis < variable->shape.rank && status >= 0; axis++)
        status = hone_internal_config_append(sizes, hone_internal_config_integer(variable->shape.size[axis]));
    if (status >= 0)
        status = hone_internal_state_put_integer(map, "layer", place);
    if (status >= 0)
        status = hone_internal_config_set(map, "name", hone_internal_config_text(variable->name));
    if (status < 0) {
        hone_internal_config_free(sizes);
        hone_internal_config_free(map);
        return NULL;
    }
    if (hone_internal_config_set(map, "shape", sizes) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status put_layer(void *context, hone_layer *layer, int64_t place)
{
    const hone_variable *variable;
    for (size_t i = 0; (variable = kept(layer, i)) != NULL; i++)
        HONE_TRY(hone_internal_config_append(context, entry_of(variable, place)));
    return HONE_OK;
}

hone_status hone_internal_state_put_carried(hone_config *state, const hone_model *model)
{
    HONE_TRY(hone_internal_config_set(state, "carried", hone_internal_config_list()));
    return visit_layers(model, put_layer, hone_internal_config_get_mutable(state, "carried"));
}

typedef struct numbers {
    float *data;
    size_t count;
} numbers;

static hone_status count_layer(void *context, hone_layer *layer, int64_t place)
{
    (void)place;
    const hone_variable *variable;
    for (size_t i = 0; (variable = kept(layer, i)) != NULL; i++)
        ((numbers *)context)->count += (size_t)hone_internal_variable_count(variable);
    return HONE_OK;
}

static hone_status take_layer(void *context, hone_layer *layer, int64_t place)
{
    numbers *taken = context;
    (void)place;
    const hone_variable *variable;
    for (size_t i = 0; (variable = kept(layer, i)) != NULL; i++) {
        size_t count = (size_t)hone_internal_variable_count(variable);
        memcpy(taken->data + taken->count, hone_internal_variable_data(variable), count * sizeof(float));
        taken->count += count;
    }
    return HONE_OK;
}

hone_status hone_internal_state_carried(const hone_model *model, float **data, size_t *count)
{
    numbers taken = {NULL, 0};
    HONE_TRY(visit_layers(model, count_layer, &taken));
    taken.data = hone_internal_allocate((taken.count + 1) * sizeof(float));
    if (taken.data == NULL)
        return HONE_ERROR_MEMORY;
    taken.count = 0;
    HONE_TRY(visit_layers(model, take_layer, &taken));
    *data = taken.data;
    *count = taken.count;
    return HONE_OK;
}

/* ---- reading ---- */

/* What is to be given back: entries, in the order of layers, and their numbers. */
typedef struct giving {
    const hone_checkpoint *checkpoint;
    const hone_config *entries;
    size_t next, left; /* entries that are done; numbers that are not */
    const float *data;
} giving;

static hone_status fail_entry(const giving *g)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s: state %zu of a layer does not fit the model",
                     g->checkpoint->path, HONE_STATE_MEMBER, g->next + 1);
}

static bool read_shape(const hone_config *sizes, hone_shape *shape)
{
    *shape = (hone_shape){0};
    if (!hone_internal_config_is(sizes, HONE_CONFIG_LIST) ||
        hone_internal_config_count(sizes) > HONE_MAX_RANK)
        return false;
    for (size_t i = 0; i < hone_internal_config_count(sizes); i++) {
        const hone_config *size = hone_internal_config_at(sizes, i);
        if (!hone_internal_config_is(size, HONE_CONFIG_INTEGER) || hone_internal_config_as_integer(size) < 1)
            return false;
        shape->size[shape->rank++] = hone_internal_config_as_integer(size);
    }
    return true;
}

/* The weight of that name, or a state. */
static hone_variable *find_kept(hone_layer *layer, const char *name, hone_shape shape)
{
    hone_variable *weight = hone_layer_weight(layer, name);
    if (weight == NULL || !is_adapted(layer))
        return hone_layer_carry(layer, name, shape);
    if (hone_internal_shape_equal(weight->shape, shape))
        return weight;
    hone_fail(HONE_ERROR_FORMAT, "the checkpoint has a \"%s\" of another shape for the layer \"%s\"", name,
              hone_internal_layer_label(layer));
    return NULL;
}

static hone_status give_entry(giving *g, hone_layer *layer, const hone_config *entry)
{
    hone_shape shape;
    const char *name = hone_internal_config_get_text(entry, "name");
    if (name == NULL || !read_shape(hone_internal_config_get(entry, "shape"), &shape))
        return fail_entry(g);
    int64_t count = hone_internal_shape_count(shape);
    if ((uint64_t)count > g->left)
        return fail_entry(g);
    hone_variable *variable = find_kept(layer, name, shape);
    if (variable == NULL)
        return hone_error_status();
    memcpy(hone_internal_variable_data(variable), g->data, (size_t)count * sizeof(float));
    g->data += count;
    g->left -= (size_t)count;
    g->next++;
    return HONE_OK;
}

static hone_status give_layer(void *context, hone_layer *layer, int64_t place)
{
    giving *g = context;
    while (g->next < hone_internal_config_count(g->entries)) {
        const hone_config *entry = hone_internal_config_at(g->entries, g->next),
                          *number = hone_internal_config_get(entry, "layer");
        if (!hone_internal_config_is(number, HONE_CONFIG_INTEGER) ||
            hone_internal_config_as_integer(number) != place)
            break;
        HONE_TRY(give_entry(g, layer, entry));
    }
    return HONE_OK;
}

hone_status hone_internal_state_restore_carried(hone_fit_run *run)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    const hone_config *entries = hone_internal_config_get(checkpoint->state, "carried");
    void *data;
    size_t bytes;
    if (entries == NULL || hone_internal_config_count(entries) == 0)
        return HONE_OK;
    if (!hone_internal_zip_has(checkpoint->archive, HONE_CARRIED_MEMBER))
        return hone_fail(HONE_ERROR_FORMAT, "%s: has no %s", checkpoint->path, HONE_CARRIED_MEMBER);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, HONE_CARRIED_MEMBER, SIZE_MAX, &data, &bytes));
    hone_internal_little_endian(data, bytes / sizeof(float), sizeof(float));
    hone_model_reset_states(run->model); /* what they have now may be of another size */
    giving g = {.checkpoint = checkpoint, .entries = entries, .left = bytes / sizeof(float), .data = data};
    hone_status status = visit_layers(run->model, give_layer, &g);
    if (status >= 0 && (g.left != 0 || g.next != hone_internal_config_count(entries)))
        status = fail_entry(&g);
    hone_internal_free(data);
    return status;
}
