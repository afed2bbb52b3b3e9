/* What programs ask of single layers without a model: transforming arrays, learning from them, terms. */
#include "base/plural.h"
#include "layers/layer.h"

#include <hone/extend.h>
#include <string.h>

enum { MOST_ARRAYS = 64 };

static hone_status check(hone_layer *layer, const hone_array *inputs, int count)
{
    const hone_layer_type *type = layer->type;
    const int least = type->inputs_min > 0 ? type->inputs_min : 1,
              most = type->inputs_max > 0 ? type->inputs_max : 1;
    if (type->transform == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "it computes within a network; expected a layer over texts or integers");
    if (count < least || count > most)
        return hone_fail(HONE_ERROR_ARGUMENT, "takes %d input%s, not %d", least, hone_internal_plural(least),
                         count);
    hone_shape shapes[MOST_ARRAYS];
    if (count > MOST_ARRAYS)
        return hone_fail(HONE_ERROR_ARGUMENT, "takes at most %d arrays at once", MOST_ARRAYS);
    for (int i = 0; i < count; i++) {
        if (inputs[i].data == NULL || inputs[i].rank < 1)
            return hone_fail(HONE_ERROR_ARGUMENT, "expected an array whose axis 0 counts samples");
        shapes[i] = (hone_shape){.rank = inputs[i].rank};
        memcpy(shapes[i].size, inputs[i].shape, sizeof shapes[i].size);
        shapes[i].size[0] = HONE_ANY;
        if (inputs[i].shape[0] != inputs[0].shape[0])
            return hone_fail(HONE_ERROR_SHAPE, "the arrays must have the same number of samples");
    }
    return type->build == NULL ? HONE_OK : type->build(layer, shapes, count);
}

hone_array *hone_layer_transform(hone_layer *layer, const hone_array *inputs, int count)
{
    if (layer == NULL || inputs == NULL) {
        hone_internal_fail_null(layer == NULL ? "a layer" : "arrays");
        return NULL;
    }
    hone_array *made = NULL;
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    if (check(layer, inputs, count) >= 0)
        made = layer->type->transform(layer, inputs, count);
    hone_internal_error_pop();
    return made;
}

hone_status hone_layer_adapt(hone_layer *layer, const hone_array *data)
{
    if (layer == NULL || data == NULL)
        return hone_internal_fail_null(layer == NULL ? "a layer" : "an array");
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = layer->type->adapt == NULL
                             ? hone_fail(HONE_ERROR_ARGUMENT, "there is nothing that it learns "
                                                              "from data without training")
                         : data->data == NULL || data->rank < 1
                             ? hone_fail(HONE_ERROR_ARGUMENT, "expected an array whose axis 0 counts samples")
                             : layer->type->adapt(layer, data);
    hone_internal_error_pop();
    return status;
}

int64_t hone_layer_vocabulary_size(const hone_layer *layer)
{
    int64_t size = 0;
    while (layer != NULL && layer->type->term != NULL && layer->type->term(layer, size) != NULL)
        size++;
    return size;
}

const char *hone_layer_vocabulary_term(const hone_layer *layer, int64_t id)
{
    return layer == NULL || layer->type->term == NULL ? NULL : layer->type->term(layer, id);
}
