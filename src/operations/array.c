/* array: numbers that a model file gives a call where others get a tensor, `value` as text ("float32([1,
 * 2])"). It stands in a model as a call of its own, on a tensor that it does not look at; files have it again
 * within the call that it is for. */
#include "operations/array.h"
#include "operations/constant.h"
#include "operations/operations.h"

#define ARRAY_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    HONE_OPERAND(F, A, value, "the numbers")
HONE_OPERATION_ARGS(array, ARRAY_FIELDS)

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)inputs, (void)count;
    const array_args *args = hone_layer_args(layer);
    outputs[0] = hone_internal_constant_of(graph, layer, args->value);
    return outputs[0] < 0 ? hone_error_status() : 1;
}

static HONE_OPERATION(array, "Array", array_args, array_fields, array_defaults, .call = call,
                      .goes_step_by_step = true);

hone_layer *hone_internal_array_create(const char *text)
{
    array_args args = array_defaults;
    args.value = text;
    return hone_layer_create(&hone_internal_array_operation, &args);
}

const char *hone_internal_array_text(const hone_layer *layer)
{
    const array_args *args = hone_layer_args(layer);
    return layer->type == &hone_internal_array_operation ? args->value : NULL;
}
