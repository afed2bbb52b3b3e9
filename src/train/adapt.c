/* What layers learn from data without training: each from its whole input, which the layers before it
 * compute. */
#include "layers/layer.h"
#include "model/model.h"
#include "train/prepare.h"
#include "verbs.h"

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

static hone_status adapt(hone_model *model, hone_call *call, hone_dataset *data)
{
    const bool before = call->layer->type->transform != NULL;
    if (before && hone_internal_dataset_made(data))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "adapt: layers over texts and integers learn from arrays or files");
    hone_array *values = before ? hone_internal_prepare_values(model, call->inputs[0], data)
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
    for (int i = 0; i < model->call_count; i++) {
        hone_call *call = model->calls[i];
        const hone_layer_type *type = call->layer->type;
        if (call->input_count > 0 && type->adapt != NULL &&
            (type->needs_data == NULL || type->needs_data(call->layer)))
            HONE_TRY(adapt(model, call, data));
    }
    return HONE_OK;
}
