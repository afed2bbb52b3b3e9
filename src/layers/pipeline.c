/* pipeline: layers one after another, as one layer. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_pipeline_args, HONE_PIPELINE_FIELDS);

static const hone_layer_list *layers_of(const hone_layer *layer)
{
    return ((const hone_pipeline_args *)hone_layer_args(layer))->layers;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "layers/";
    return (size_t)index < layers_of(layer)->count ? layers_of(layer)->items[index] : NULL;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_layer_list *list = layers_of(layer);
    hone_shape shapes[HONE_MAX_OUTPUTS], outputs[HONE_MAX_OUTPUTS];
    if (list->count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "layers must not be empty");
    for (int i = 0; i < count; i++)
        shapes[i] = inputs[i];
    for (size_t i = 0; i < list->count; i++) {
        hone_layer *part = list->items[i];
        hone_internal_layer_limit(part, layer->allowance);
        if (hone_internal_layer_most_outputs(part) > HONE_MAX_OUTPUTS)
            return hone_fail(HONE_ERROR_SHAPE, "the layer \"%s\" has too many outputs for a pipeline",
                             hone_internal_layer_label(part));
        HONE_TRY(hone_internal_layer_build(part, shapes, count));
        if (!hone_layer_trainable(layer))
            hone_internal_layer_set_trainable(part, false);
        count = hone_internal_layer_output_shapes(part, shapes, count, NULL, outputs);
        for (int j = 0; j < count; j++)
            shapes[j] = outputs[j];
        HONE_TRY(count < 0 ? (hone_status)count : HONE_OK);
    }
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_layer_list *list = layers_of(layer);
    hone_value values[HONE_MAX_OUTPUTS];
    for (int i = 0; i < count; i++)
        values[i] = inputs[i];
    for (size_t i = 0; i < list->count && count >= 0; i++) {
        count = hone_internal_layer_call(list->items[i], graph, values, count, NULL, outputs,
                                         graph->scope_call, graph->seed);
        for (int j = 0; j < count; j++)
            values[j] = outputs[j];
    }
    return count;
}

const hone_layer_type hone_internal_pipeline_layer = {
    .type = {.name = "pipeline",
             .class_name = "Pipeline",
             .module = "keras.layers",
             .summary = "Layers one after another, as one layer.",
             HONE_TYPE_FIELDS(hone_pipeline_args)},
    .build = build,
    .call = call,
    .inputs_min = 1,
    .inputs_max = HONE_MAX_OUTPUTS,
    .uses_mask = true,
    .inner = inner,
};
HONE_DEFINE_LAYER(pipeline)
