/* What layers learn from data without training: each from its whole input, which the layers before it
 * compute; a normalization with `invert` that makes an output, from the targets. */
#include "data/dataset.h"
#include "layers/layer.h"
#include "model/model.h"
#include "readers/standardize.h"
#include "train/feed.h"
#include "train/prepare.h"
#include "verbs.h"
#include <hone/layers.h>
#include <string.h>

/* The outputs, for the whole data set, of the part of the model that ends with `tensor`; NULL: failed. */
static hone_array *values_of(const hone_model *model, hone_tensor *tensor, hone_dataset *data)
{
    hone_model *part = hone_internal_model_up_to(model, tensor);
    hone_array *values = NULL;
    if (part != NULL)
        hone_predict(part, data, &values, .batch_size = 256);
    hone_model_free(part);
    return values;
}

/* The output that a normalization back to the targets' units makes: its statistics are theirs. -1: none. */
static int inverts(const hone_model *model, const hone_call *call)
{
    const hone_layer *layer = call->layer;
    if (strcmp(layer->type->type.name, "normalization") != 0 ||
        !((const hone_normalization_args *)hone_layer_args(layer))->invert)
        return -1;
    for (int i = 0; i < model->output_count; i++)
        if (model->outputs[i] == &call->outputs[0])
            return i;
    return -1;
}

/* The targets of an output, as (n, numbers); NULL: failed. */
static hone_array *targets_of(const hone_model *model, int output, const hone_dataset *data)
{
    const int index =
        hone_internal_dataset_streams(data) ? -1 : hone_internal_feed_target(model, data, NULL, output);
    const hone_array *array = index < 0 ? NULL : hone_dataset_target(data, index);
    if (array == NULL) {
        hone_fail(HONE_ERROR_DATA, "adapt: the data have no targets for the output \"%s\"",
                  hone_model_output_name(model, output));
        return NULL;
    }
    const int64_t count = array->shape[0], shape[] = {count, hone_array_count(array) / count};
    hone_array *values = hone_array_create(HONE_FLOAT32, 2, shape);
    if (values != NULL &&
        hone_internal_dataset_numbers(data, HONE_COMPONENT_TARGET, index, values->data) < 0) {
        hone_array_free(values);
        return NULL;
    }
    return values;
}

static hone_status adapt(hone_model *model, hone_call *call, hone_dataset *data)
{
    const bool before = call->layer->type->transform != NULL;
    const int output = inverts(model, call);
    if (before && hone_internal_dataset_made(data))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "adapt: layers over texts and integers learn from arrays or files");
    hone_array *values = output >= 0 ? targets_of(model, output, data)
                         : before    ? hone_internal_prepare_values(model, call->inputs[0], data)
                                     : values_of(model, call->inputs[0], data);
    if (values == NULL)
        return hone_error_status();
    hone_internal_error_push(call->layer->site, hone_internal_layer_label(call->layer));
    const hone_status status = call->layer->type->adapt(call->layer, values);
    hone_internal_error_pop();
    hone_array_free(values);
    return status;
}

hone_status hone_adapt(hone_model *model, hone_dataset *data)
{
    if (model == NULL || data == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "data");
    HONE_TRY(hone_internal_dataset_standardize(data));
    HONE_TRY(hone_internal_feed_build(model, data));
    for (int i = 0; i < model->call_count; i++) {
        hone_call *call = model->calls[i];
        const hone_layer_type *type = call->layer->type;
        if (call->input_count > 0 && type->adapt != NULL &&
            (type->needs_data == NULL || type->needs_data(call->layer)))
            HONE_TRY(adapt(model, call, data));
    }
    return HONE_OK;
}
