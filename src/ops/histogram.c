/* Operations on histograms; what they give is a step function, whose gradient is nothing but where a channel
 * has one bin only, which is left as it is. */
#include "ops/histogram.h"
#include "kernels/histogram.h"

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

/* The bin of the least or greatest number of each channel, [1, ..., channels]. */
static hone_value bin_of(hone_graph *graph, hone_value x, const char *extreme, int64_t bins)
{
    int axes[HONE_MAX_RANK];
    const int rank = hone_value_shape(graph, x).rank;
    for (int i = 0; i < rank - 1; i++)
        axes[i] = i;
    hone_value scaled = hone_op_affine(graph, hone_op_reduce(graph, extreme, x, axes, rank - 1, true),
                                       (double)(bins - 1) / 255, 0);
    return hone_op_unary(graph, "floor", hone_op_clip(graph, scaled, 0, (double)(bins - 1)),
                         (hone_parameters){0});
}

static hone_status equalize_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                     const bool *wanted, hone_value *gradients)
{
    const int64_t bins = *(const int64_t *)node->attributes;
    const hone_value x = node->inputs[0];
    if (!wanted[0])
        return HONE_OK;
    hone_value one =
        hone_op_binary(graph, "equal", bin_of(graph, x, "minimum", bins), bin_of(graph, x, "maximum", bins));
    gradients[0] = hone_op_select(graph, one, outputs[0], hone_graph_constant(graph, 0));
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op equalize_op = {.name = "equalize",
                                    .infer = hone_internal_infer_same,
                                    .gradient = equalize_gradient,
                                    .prepare = prepare_equalize};

hone_value hone_internal_op_equalize(hone_graph *graph, hone_value x, int64_t bins)
{
    return hone_internal_graph_node(graph, &equalize_op, &x, 1, &bins, sizeof bins, NULL);
}

/* ---- in tiles ---- */

typedef struct tiles_attributes {
    double clip_limit;
    int64_t rows, columns;
} tiles_attributes;

static hone_status infer_tiles(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    if (outputs[0].rank != 4)
        return hone_fail(HONE_ERROR_SHAPE, "equalize_tiles: needs images (batch, height, width, channels)");
    return HONE_OK;
}

static hone_status prepare_tiles(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_shape x = hone_value_shape(graph, node->inputs[0]);
    const tiles_attributes *a = node->attributes;
    hone_tile_grid *grid = hone_internal_step_family(step, sizeof *grid);
    if (grid == NULL)
        return HONE_ERROR_MEMORY;
    *grid = (hone_tile_grid){.h = x.size[1],
                             .w = x.size[2],
                             .channels = x.size[3],
                             .rows = a->rows,
                             .columns = a->columns,
                             .tile_h = (x.size[1] + a->rows - 1) / a->rows,
                             .tile_w = (x.size[2] + a->columns - 1) / a->columns};
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_equalize_tiles;
    step->args.scalar[0] = a->clip_limit;
    step->scratch = (size_t)(a->rows * a->columns) * 256 * sizeof(float);
    step->items = x.size[1] * x.size[2] > 0 ? x.size[0] * x.size[3] : 0;
    step->grain = 1;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static const hone_op tiles_op = {
    .name = "equalize_tiles", .infer = infer_tiles, .prepare = prepare_tiles, .constant_in_gradient = true};

hone_value hone_internal_op_equalize_tiles(hone_graph *graph, hone_value x, double clip_limit, int64_t rows,
                                           int64_t columns)
{
    const tiles_attributes attributes = {clip_limit, rows, columns};
    return hone_internal_graph_node(graph, &tiles_op, &x, 1, &attributes, sizeof attributes, NULL);
}
