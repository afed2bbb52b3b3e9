/* pipeline: layers one after another, as one layer. */
#include "base/memory.h"
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

/* Room for what any of the layers gives. */
static int outputs_max(const hone_layer *layer)
{
    const hone_layer_list *list = layers_of(layer);
    int most = HONE_MAX_OUTPUTS;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const int own = hone_internal_layer_most_outputs(list->items[i]);
        most = own > most ? own : most;
    }
    return most;
}

/* One layer for these shapes, which become those of its outputs; their number, or a status. */
static int build_part(hone_layer *layer, hone_layer *part, hone_shape *shapes, int count, hone_shape *outputs)
{
    hone_internal_layer_limit(part, layer->allowance);
    HONE_TRY(hone_internal_layer_build(part, shapes, count));
    if (!hone_layer_trainable(layer))
        hone_internal_layer_set_trainable(part, false);
    count = hone_internal_layer_output_shapes(part, shapes, count, NULL, outputs);
    for (int i = 0; i < count; i++)
        shapes[i] = outputs[i];
    return count;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_layer_list *list = layers_of(layer);
    const size_t room = (size_t)outputs_max(layer);
    if (list->count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "layers must not be empty");
    hone_shape *shapes = hone_internal_allocate(2 * room * sizeof *shapes);
    if (shapes == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        shapes[i] = inputs[i];
    for (size_t i = 0; i < list->count && count >= 0; i++)
        count = build_part(layer, list->items[i], shapes, count, shapes + room);
    hone_internal_free(shapes);
    return count < 0 ? (hone_status)count : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_layer_list *list = layers_of(layer);
    hone_value *values =
        hone_internal_arena_allocate(&graph->arena, sizeof *values * (size_t)outputs_max(layer));
    if (values == NULL)
        return HONE_ERROR_MEMORY;
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
    .outputs_max = outputs_max,
    .inner = inner,
};
HONE_DEFINE_LAYER(pipeline)
