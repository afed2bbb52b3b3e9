/* Reductions over axes: sums, means, products, extremes. */
#include "ops/reduction.h"

#include <string.h>

static const struct {
    const char *name;
    hone_kernel_index kernel;
} reductions[] = {
#define HONE_REDUCTION(name, ...) {#name, HONE_KERNEL_reduce_##name},
#include "kernels/reduction.def"
};
enum { REDUCTIONS = sizeof reductions / sizeof *reductions };

static const hone_op reduce_op;

/* Sizes before, over and after the reduced axes. */
static void split(hone_shape shape, const hone_reduction_attributes *attributes, int64_t sizes[3])
{
    sizes[0] = sizes[1] = sizes[2] = 1;
    for (int axis = 0; axis < shape.rank; axis++) {
        int part = axis < attributes->first ? 0 : axis < attributes->first + attributes->count ? 1 : 2;
        sizes[part] = hone_internal_size_product(sizes[part], shape.size[axis]);
    }
}

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_reduction_attributes *attributes = node->attributes;
    hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    outputs[0].rank = 0;
    for (int axis = 0; axis < shape.rank; axis++)
        if (axis < attributes->first || axis >= attributes->first + attributes->count)
            outputs[0].size[outputs[0].rank++] = shape.size[axis];
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_reduction_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    split(hone_value_shape(graph, node->inputs[0]), attributes, step->args.size);
    step->kernel = attributes->kernel;
    step->items = step->args.size[0] * step->args.size[2];
    int64_t per_item = step->args.size[1] > 0 ? step->args.size[1] : 1;
    step->grain = (16384 + per_item - 1) / per_item;
    if (step->grain < 64)
        step->grain = 64;
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
}

/* Puts the reduced axes back with size 1. */
static hone_value with_axes(hone_graph *graph, hone_value value, hone_shape full,
                            const hone_reduction_attributes *attributes)
{
    hone_shape kept = full;
    for (int i = 0; i < attributes->count; i++)
        kept.size[attributes->first + i] = 1;
    return hone_op_reshape(graph, value, kept);
}

/* The gradient of an extreme goes to the elements equal to it, in equal shares. */
static hone_value extreme_gradient(hone_graph *graph, const hone_node *node, hone_value dy)
{
    const hone_reduction_attributes *attributes = node->attributes;
    hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    hone_value hit = hone_op_binary(graph, "equal", node->inputs[0],
                                    with_axes(graph, node->outputs[0], shape, attributes));
    hone_reduction_attributes count = {HONE_KERNEL_reduce_sum, attributes->first, attributes->count};
    hone_value hits = hone_internal_graph_node(graph, &reduce_op, &hit, 1, &count, sizeof count, NULL);
    hone_value share = hone_op_divide(graph, dy, hits);
    return hone_op_multiply(graph, hit, with_axes(graph, share, shape, attributes));
}

/* dx_i is dy times the product of the others: P / x_i with P the product of what is not 0, and 0 where
 * another one is 0. */
static hone_value product_gradient(hone_graph *graph, const hone_node *node, hone_value dy)
{
    const hone_reduction_attributes *attributes = node->attributes;
    hone_reduction_attributes count = {HONE_KERNEL_reduce_sum, attributes->first, attributes->count};
    hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    hone_value zero = hone_op_unary(graph, "equal_scalar", node->inputs[0], (hone_parameters){0}),
               safe = hone_op_add(graph, node->inputs[0], zero);
    hone_value zeros = hone_internal_graph_node(graph, &reduce_op, &zero, 1, &count, sizeof count, NULL);
    hone_value product =
        hone_internal_graph_node(graph, &reduce_op, &safe, 1, attributes, sizeof *attributes, NULL);
    hone_value others = hone_op_subtract(graph, with_axes(graph, zeros, shape, attributes), zero);
    hone_value whole = hone_op_divide(
        graph, hone_op_multiply(graph, dy, with_axes(graph, product, shape, attributes)), safe);
    return hone_op_multiply(graph, whole, hone_op_unary(graph, "equal_scalar", others, (hone_parameters){0}));
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    const hone_reduction_attributes *attributes = node->attributes;
    hone_value x = node->inputs[0], dy = outputs[0];
    hone_shape shape = hone_value_shape(graph, x);
    int64_t sizes[3];
    split(shape, attributes, sizes);
    hone_value spread = with_axes(graph, dy, shape, attributes);
    switch (attributes->kernel) {
    case HONE_KERNEL_reduce_sum: gradients[0] = hone_op_broadcast(graph, spread, shape); break;
    case HONE_KERNEL_reduce_mean:
        spread = with_axes(graph, hone_op_affine(graph, dy, 1.0 / (double)(sizes[1] > 0 ? sizes[1] : 1), 0),
                           shape, attributes);
        gradients[0] = hone_op_broadcast(graph, spread, shape);
        break;
    case HONE_KERNEL_reduce_sum_squares:
        gradients[0] = hone_op_multiply(graph, hone_op_affine(graph, x, 2, 0), spread);
        break;
    case HONE_KERNEL_reduce_product: gradients[0] = product_gradient(graph, node, spread); break;
    default: gradients[0] = extreme_gradient(graph, node, dy);
    }
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op reduce_op = {
    .name = "reduce", .infer = infer, .gradient = gradient, .prepare = prepare, .flops = flops};

static hone_value reduce_adjacent(hone_graph *graph, hone_kernel_index kernel, hone_value x, int first,
                                  int count)
{
    hone_reduction_attributes attributes = {kernel, first, count};
    return hone_internal_graph_node(graph, &reduce_op, &x, 1, &attributes, sizeof attributes, NULL);
}

/* Reduces the marked axes, run by run of adjacent ones from the last to the first. */
static hone_value reduce_marked(hone_graph *graph, hone_kernel_index kernel, hone_value x, const bool *marked,
                                int rank)
{
    for (int end = rank; end > 0;) {
        if (!marked[end - 1]) {
            end--;
            continue;
        }
        int first = end - 1;
        while (first > 0 && marked[first - 1])
            first--;
        x = reduce_adjacent(graph, kernel, x, first, end - first);
        if (kernel == HONE_KERNEL_reduce_sum_squares)
            kernel = HONE_KERNEL_reduce_sum;
        end = first;
    }
    return x;
}

static hone_value reduce(hone_graph *graph, hone_kernel_index kernel, hone_value x, const int *axes,
                         int count, bool keep)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x), kept = shape;
    bool marked[HONE_MAX_RANK] = {false};
    for (int i = 0; i < (count > 0 ? count : shape.rank); i++) {
        int axis = count > 0 ? hone_internal_shape_axis(shape, axes[i], "reduce") : i;
        if (axis < 0)
            return HONE_NO_VALUE;
        marked[axis] = true;
        kept.size[axis] = 1;
    }
    hone_value result = shape.rank > 0 ? reduce_marked(graph, kernel, x, marked, shape.rank)
                        : kernel == HONE_KERNEL_reduce_sum_squares ? hone_op_square(graph, x)
                                                                   : x;
    return keep ? hone_op_reshape(graph, result, kept) : result;
}

hone_value hone_op_reduce(hone_graph *graph, const char *name, hone_value x, const int *axes, int count,
                          bool keep)
{
    const char *names[REDUCTIONS];
    for (int i = 0; i < REDUCTIONS; i++) {
        if (strcmp(reductions[i].name, name) == 0)
            return reduce(graph, reductions[i].kernel, x, axes, count, keep);
        names[i] = reductions[i].name;
    }
    hone_internal_fail_name("reduction", name, names, REDUCTIONS);
    return HONE_NO_VALUE;
}

hone_value hone_op_sum(hone_graph *graph, hone_value x, int axis)
{
    return reduce(graph, HONE_KERNEL_reduce_sum, x, &axis, 1, false);
}

hone_value hone_op_mean(hone_graph *graph, hone_value x, int axis)
{
    return reduce(graph, HONE_KERNEL_reduce_mean, x, &axis, 1, false);
}

hone_value hone_op_total(hone_graph *graph, hone_value x)
{
    return reduce(graph, HONE_KERNEL_reduce_sum, x, NULL, 0, false);
}

hone_value hone_internal_op_reduce_to(hone_graph *graph, hone_value x, hone_shape shape)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape full = hone_value_shape(graph, x);
    if (hone_internal_shape_equal(full, shape))
        return x;
    int axes[HONE_MAX_RANK], count = 0, added = full.rank - shape.rank;
    for (int axis = 0; axis < full.rank; axis++)
        if (axis < added || (shape.size[axis - added] == 1 && full.size[axis] != 1))
            axes[count++] = axis;
    hone_value sum = count > 0 ? reduce(graph, HONE_KERNEL_reduce_sum, x, axes, count, false) : x;
    return hone_op_reshape(graph, sum, shape);
}
