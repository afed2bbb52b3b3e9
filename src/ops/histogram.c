/* Operations on histograms; what they give is a step function, whose gradient is nothing. */
#include "ops/histogram.h"

static hone_status prepare_equalize(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_shape x = hone_value_shape(graph, node->inputs[0]);
    const int64_t channels = x.size[x.rank - 1], bins = *(const int64_t *)node->attributes;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_equalize;
    step->args.size[0] = channels > 0 ? hone_internal_shape_count(x) / channels : 0;
    step->args.size[1] = channels;
    step->args.size[2] = bins;
    step->scratch = (size_t)bins * sizeof(int64_t);
    step->items = channels;
    step->grain = 1;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static const hone_op equalize_op = {.name = "equalize",
                                    .infer = hone_internal_infer_same,
                                    .prepare = prepare_equalize,
                                    .constant_in_gradient = true};

hone_value hone_internal_op_equalize(hone_graph *graph, hone_value x, int64_t bins)
{
    return hone_internal_graph_node(graph, &equalize_op, &x, 1, &bins, sizeof bins, NULL);
}
