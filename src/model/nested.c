/* Models as layers of models: calling the layer records the model's own calls. */
#include "base/memory.h"
#include "base/plural.h"
#include "model/model.h"

#include <string.h>

typedef struct hone_nested_args {
    hone_args base;
    const char *name;
    bool trainable;
} hone_nested_args;

#define HONE_NESTED_FIELDS(F, A) \
    F(A, TEXT, name, NULL, "name of the model", HONE_BY_NAME) \
    F(A, BOOLEAN, trainable, true, "whether training changes its weights", HONE_BY_NAME)
HONE_FIELD_TABLE(hone_nested_args, HONE_NESTED_FIELDS);

HONE_FIELD_TABLE_NAMED(hone_masks_call, HONE_MASKS_CALL_FIELDS, mask_fields, no_masks);
static const hone_type masks_call = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(hone_masks_call, mask_fields, no_masks)};

typedef struct nested_state {
    hone_model *model; /* owned */
} nested_state;

static hone_model *model_of(const hone_layer *layer)
{
    return ((const nested_state *)layer->state)->model;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    hone_model *model = model_of(layer);
    if (model == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "is a model without its layers");
    if (!model->built)
        HONE_TRY(hone_model_build(model, inputs[0]));
    HONE_TRY(hone_internal_model_need_plain(model, "a model within a model"));
    if (count != model->input_count)
        return hone_fail(HONE_ERROR_SHAPE, "takes %d input%s, not %d", model->input_count,
                         hone_internal_plural(model->input_count), count);
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_model *model = model_of(layer);
    hone_status status = hone_internal_model_record(model, graph, inputs, outputs);
    return status < 0 ? (int)status : model->output_count;
}

static int outputs_max(const hone_layer *layer)
{
    const hone_model *model = model_of(layer);
    return model != NULL && model->built ? model->output_count : 1;
}

static void free_state(hone_layer *layer)
{
    hone_model_free(model_of(layer));
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    const hone_model *model = model_of(layer);
    *attribute = "layers";
    return model != NULL && index < (int)model->layer_count ? model->layers[index] : NULL;
}

/* What both kinds of models have in common as a layer type. */
#define NESTED_PARTS \
    .state_bytes = sizeof(nested_state), .build = build, .call = call, .free_state = free_state, \
    .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS, .call_fields = &masks_call, .outputs_max = outputs_max, \
    .uses_mask = true, .inner = inner

const hone_layer_type hone_internal_sequential_layer = {
    .type = {.name = "sequential",
             .class_name = "Sequential",
             .module = "keras",
             .summary = "A stack of layers as one layer.",
             HONE_TYPE_FIELDS(hone_nested_args)},
    NESTED_PARTS,
};
const hone_layer_type hone_internal_functional_layer = {
    .type = {.name = "functional",
             .class_name = "Functional",
             .module = "keras.src.models.functional",
             .summary = "A graph of layers as one layer.",
             .aliases = "Model|model",
             HONE_TYPE_FIELDS(hone_nested_args)},
    NESTED_PARTS,
};

hone_model *hone_internal_layer_model(const hone_layer *layer)
{
    bool nested =
        layer->type == &hone_internal_sequential_layer || layer->type == &hone_internal_functional_layer;
    return nested ? model_of(layer) : NULL;
}

hone_layer *hone_model_as_layer(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    hone_nested_args args = defaults;
    args.base = (hone_args){sizeof args, model->site};
    args.name = model->name;
    const hone_layer_type *type =
        model->sequential ? &hone_internal_sequential_layer : &hone_internal_functional_layer;
    hone_layer *layer = hone_layer_create(type, &args);
    if (layer == NULL)
        hone_model_free(model);
    else
        ((nested_state *)layer->state)->model = model;
    return layer;
}
