/* Choice among several: y is the choice of the first condition that holds, else the default. */
#include "operations/operations.h"

#include <math.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define CHOICE_FIELDS(F, A) \
    F(A, TENSORS, choicelist, HONE_NO_TENSORS, "what is taken where each condition holds") \
    F(A, NUMBER, otherwise, HONE_NONE, "what is taken where none holds (None: 0)", .key = "default")
HONE_OPERATION_CALL_FIELDS(choice, CHOICE_FIELDS)

static hone_value selected(hone_graph *graph, const hone_value *conditions, int count, double otherwise)
{
    hone_value y = hone_graph_constant(graph, isnan(otherwise) ? 0 : otherwise);
    if (hone_call_value(graph, "choicelist", count) >= 0) {
        hone_fail(HONE_ERROR_SHAPE, "choicelist must have one choice for each of the %d conditions, not more",
                  count);
        return HONE_NO_VALUE;
    }
    for (int i = count - 1; i >= 0 && y >= 0; i--) {
        const hone_value choice = hone_call_value(graph, "choicelist", i);
        if (choice < 0) {
            hone_fail(HONE_ERROR_SHAPE, "choicelist must have one choice for each of the %d conditions",
                      count);
            return HONE_NO_VALUE;
        }
        y = hone_op_select(graph, hone_internal_truth(graph, conditions[i]), choice, y);
    }
    return y;
}

static int call_select(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    const choice_call *call = hone_call_args(graph);
    (void)layer;
    outputs[0] = selected(graph, inputs, count, call->otherwise);
    return 1;
}
HONE_OPERATION(select, "Select", plain_args, plain_fields, plain_defaults, .call = call_select,
               .call_fields = &choice_call_type, .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);
