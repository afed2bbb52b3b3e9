/* What operations share. */
#include "ops/ops.h"

hone_status hone_internal_fail_shapes(const char *what, hone_shape a, hone_shape b)
{
    char text_a[128], text_b[128];
    hone_internal_shape_to_text(a, text_a, sizeof text_a);
    hone_internal_shape_to_text(b, text_b, sizeof text_b);
    return hone_fail(HONE_ERROR_SHAPE, "%s: shapes %s and %s do not match", what, text_a, text_b);
}

hone_status hone_internal_infer_same(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    return HONE_OK;
}

hone_value hone_internal_positions_now(hone_graph *graph)
{
    const int64_t steps = graph->kept->steps;
    hone_value position = hone_internal_graph_position(graph);
    if (steps == 1)
        return position;
    hone_value counted = hone_op_cumulative_sum(graph, hone_graph_filled(graph, HONE_SHAPE(steps), 1), 0);
    return hone_op_affine(graph, hone_op_add(graph, counted, position), 1, -1);
}
