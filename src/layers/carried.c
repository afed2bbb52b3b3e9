/* What layers carry from call to call: states, in variables of their own beside the weights, which neither
 * optimizers nor files see. Each is for batches of one size; when its numbers are 0, as after a reset,
 * another size may take its place. Plans that know the old one do not fit any more. */
#include "base/memory.h"
#include "layers/layer.h"

#include <string.h>

static bool is_zero(const hone_variable *variable)
{
    const float *data = hone_internal_variable_data(variable);
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        if (data[i] != 0)
            return false;
    return true;
}

static hone_status refuse_size(const hone_variable *carried, hone_shape shape)
{
    char before[128], now[128];
    if (carried->shape.rank > 0 && shape.rank > 0 && carried->shape.size[0] != shape.size[0])
        return hone_fail(HONE_ERROR_SHAPE,
                         "is stateful: it keeps the states of batches of %lld and cannot take a batch of "
                         "%lld; give batches of one size, or reset the states in between",
                         (long long)carried->shape.size[0], (long long)shape.size[0]);
    hone_internal_shape_to_text(carried->shape, before, sizeof before);
    hone_internal_shape_to_text(shape, now, sizeof now);
    return hone_fail(HONE_ERROR_SHAPE, "keeps a state of shape %s and cannot take one of %s", before, now);
}

static hone_variable *place_carried(const char *name, hone_shape shape)
{
    hone_variable *variable = hone_internal_variable_create(name, shape, NULL);
    if (variable == NULL)
        return NULL;
    variable->trainable = variable->created_trainable = false;
    if (hone_internal_variables_place(&variable, 1) >= 0)
        return variable;
    hone_internal_variable_free(variable);
    return NULL;
}

static hone_variable *find_carried(const hone_layer *layer, const char *name, size_t *place)
{
    for (*place = 0; *place < layer->carried_count; ++*place)
        if (strcmp(layer->carried[*place]->name, name) == 0)
            return layer->carried[*place];
    return NULL;
}

hone_variable *hone_layer_carry(hone_layer *layer, const char *name, hone_shape shape)
{
    size_t place;
    hone_variable *found = find_carried(layer, name, &place);
    if (found != NULL && hone_internal_shape_equal(found->shape, shape))
        return found;
    if (hone_internal_shape_count(shape) < 0)
        return hone_fail(HONE_ERROR_SHAPE, "the shape of the state \"%s\" is not known", name), NULL;
    if (found != NULL && !is_zero(found))
        return refuse_size(found, shape), NULL;
    if (hone_internal_grow(&layer->carried, &layer->carried_capacity, layer->carried_count + 1,
                           sizeof *layer->carried) < 0)
        return NULL;
    hone_variable *made = place_carried(name, shape);
    if (made == NULL)
        return NULL;
    if (found != NULL) {
        found->retired = true;
        hone_internal_variable_free(found);
    } else {
        layer->carried_count++;
    }
    return layer->carried[place] = made;
}

void hone_layer_reset_states(hone_layer *layer)
{
    hone_layer *inner;
    if (layer == NULL)
        return;
    for (size_t i = 0; i < layer->carried_count; i++) {
        hone_variable *state = layer->carried[i];
        memset(hone_internal_variable_data(state), 0,
               sizeof(float) * (size_t)hone_internal_variable_count(state));
    }
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        hone_layer_reset_states(inner);
}

void hone_internal_layer_drop_carried(hone_layer *layer)
{
    for (size_t i = 0; i < layer->carried_count; i++)
        hone_internal_variable_free(layer->carried[i]);
    hone_internal_free(layer->carried);
}
