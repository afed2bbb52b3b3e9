/* Shapes and movement: views, transposes, broadcasts, slices, padding, joining, filling. */
#include "kernels/movement.h"
#include "base/plural.h"
#include "ops/movement.h"
#include "ops/reduction.h"

#include <inttypes.h>
#include <string.h>

/* ---- views: the same memory under another shape ---- */

static hone_status infer_view(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = *(const hone_shape *)node->attributes;
    return HONE_OK;
}

static hone_status view_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                 const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    gradients[0] = hone_op_reshape(graph, outputs[0], hone_value_shape(graph, node->inputs[0]));
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op view_op = {
    .name = "reshape", .infer = infer_view, .gradient = view_gradient, .view = true};
static const hone_op stop_op = {
    .name = "stop_gradient", .infer = infer_view, .view = true, .constant_in_gradient = true};

static hone_value record_view(hone_graph *graph, const hone_op *op, hone_value x, hone_shape shape)
{
    return hone_internal_graph_node(graph, op, &x, 1, &shape, sizeof shape, NULL);
}

/* Works out the one HONE_ANY of a wanted shape where the count of elements is known. */
static bool fill_in(int64_t count, hone_shape *shape)
{
    int64_t known = 1;
    int open = -1, opens = 0;
    for (int axis = 0; axis < shape->rank; axis++) {
        if (shape->size[axis] == HONE_ANY) {
            open = axis;
            opens++;
        } else
            known *= shape->size[axis];
    }
    if (count == HONE_ANY)
        return true;
    if (opens == 0)
        return known == count;
    if (opens > 1 || known == 0 || count % known != 0)
        return false;
    shape->size[open] = count / known;
    return true;
}

hone_value hone_op_reshape(hone_graph *graph, hone_value x, hone_shape shape)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape from = hone_value_shape(graph, x);
    hone_shape wanted = shape;
    if (!fill_in(hone_internal_shape_count(from), &shape)) {
        hone_internal_fail_shapes("reshape", from, wanted);
        return HONE_NO_VALUE;
    }
    return hone_internal_shape_equal(from, shape) ? x : record_view(graph, &view_op, x, shape);
}

hone_value hone_op_expand(hone_graph *graph, hone_value x, int axis)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x), wider = {.rank = shape.rank + 1};
    if (axis < 0)
        axis += wider.rank;
    if (axis < 0 || axis > shape.rank || wider.rank > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "expand: no axis %d can be added to %d %s (at most %d)", axis, shape.rank,
                  hone_internal_number_word(shape.rank, "axis", "axes"), HONE_MAX_RANK);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < wider.rank; i++)
        wider.size[i] = i < axis ? shape.size[i] : i == axis ? 1 : shape.size[i - 1];
    return record_view(graph, &view_op, x, wider);
}

hone_value hone_op_squeeze(hone_graph *graph, hone_value x, int axis)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x), narrower = {.rank = shape.rank - 1};
    axis = hone_internal_shape_axis(shape, axis, "squeeze");
    if (axis < 0)
        return HONE_NO_VALUE;
    if (shape.size[axis] != 1) {
        hone_fail(HONE_ERROR_SHAPE, "squeeze: axis %d has size %" PRId64 ", not 1", axis, shape.size[axis]);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < narrower.rank; i++)
        narrower.size[i] = shape.size[i < axis ? i : i + 1];
    return record_view(graph, &view_op, x, narrower);
}

hone_value hone_op_stop_gradient(hone_graph *graph, hone_value x)
{
    return x < 0 ? x : record_view(graph, &stop_op, x, hone_value_shape(graph, x));
}

/* ---- walks with strides: transpose, broadcast, slice, reverse ---- */

static hone_status infer_walk(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const hone_walk_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_status prepare_walk(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    const hone_walk_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_strided_copy,
                                   hone_internal_shape_count(attributes->shape));
    step->args.family = &attributes->strides;
    return HONE_OK;
}

static void contiguous_strides(hone_shape shape, int64_t *strides)
{
    int64_t stride = 1;
    for (int axis = shape.rank - 1; axis >= 0; axis--) {
        strides[axis] = stride;
        stride *= shape.size[axis];
    }
}

static hone_status walk_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                 const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    const hone_walk_attributes attributes = *(const hone_walk_attributes *)node->attributes;
    hone_shape from = hone_value_shape(graph, node->inputs[0]);
    if (attributes.what == HONE_WALK_TRANSPOSE) {
        int inverse[HONE_MAX_RANK];
        for (int axis = 0; axis < from.rank; axis++)
            inverse[attributes.order[axis]] = axis;
        gradients[0] = hone_op_transpose(graph, outputs[0], inverse);
    } else if (attributes.what == HONE_WALK_BROADCAST) {
        gradients[0] = hone_internal_op_reduce_to(graph, outputs[0], from);
    } else if (attributes.what == HONE_WALK_REVERSE) {
        gradients[0] = hone_op_reverse(graph, outputs[0], attributes.axis);
    } else {
        int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
        before[attributes.axis] = attributes.begin;
        after[attributes.axis] =
            from.size[attributes.axis] - attributes.begin - attributes.shape.size[attributes.axis];
        gradients[0] = hone_op_pad(graph, outputs[0], before, after, 0);
    }
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op walk_op = {
    .name = "strided_copy", .infer = infer_walk, .gradient = walk_gradient, .prepare = prepare_walk};

static hone_value record_walk(hone_graph *graph, hone_value x, hone_walk_attributes *attributes)
{
    attributes->strides.rank = attributes->shape.rank;
    memcpy(attributes->strides.dims, attributes->shape.size, sizeof attributes->shape.size);
    return hone_internal_graph_node(graph, &walk_op, &x, 1, attributes, sizeof *attributes, NULL);
}

hone_value hone_op_transpose(hone_graph *graph, hone_value x, const int *order)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    hone_walk_attributes attributes = {.what = HONE_WALK_TRANSPOSE, .shape = {.rank = shape.rank}};
    int64_t strides[HONE_MAX_RANK];
    unsigned seen = 0;
    contiguous_strides(shape, strides);
    for (int axis = 0; axis < shape.rank; axis++) {
        if (order[axis] < 0 || order[axis] >= shape.rank || (seen >> order[axis] & 1)) {
            hone_fail(HONE_ERROR_SHAPE, "transpose: the order is not a permutation of the %d %s", shape.rank,
                      hone_internal_number_word(shape.rank, "axis", "axes"));
            return HONE_NO_VALUE;
        }
        seen |= 1u << order[axis];
        attributes.order[axis] = order[axis];
        attributes.shape.size[axis] = shape.size[order[axis]];
        attributes.strides.a[axis] = strides[order[axis]];
    }
    return record_walk(graph, x, &attributes);
}

hone_value hone_op_broadcast(hone_graph *graph, hone_value x, hone_shape shape)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape from = hone_value_shape(graph, x), both;
    if (hone_internal_shape_equal(from, shape))
        return x;
    if (!hone_internal_shape_broadcast(from, shape, &both) || both.rank != shape.rank ||
        (!graph->symbolic && !hone_internal_shape_equal(both, shape))) {
        hone_internal_fail_shapes("broadcast", from, shape);
        return HONE_NO_VALUE;
    }
    hone_walk_attributes attributes = {.what = HONE_WALK_BROADCAST, .shape = shape};
    int64_t strides[HONE_MAX_RANK];
    contiguous_strides(from, strides);
    for (int back = 1; back <= from.rank; back++)
        attributes.strides.a[shape.rank - back] =
            from.size[from.rank - back] == 1 ? 0 : strides[from.rank - back];
    return record_walk(graph, x, &attributes);
}

hone_value hone_op_slice(hone_graph *graph, hone_value x, int axis, int64_t begin, int64_t end)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    axis = hone_internal_shape_axis(shape, axis, "slice");
    if (axis < 0)
        return HONE_NO_VALUE;
    if (begin < 0 || end < begin || (shape.size[axis] != HONE_ANY && end > shape.size[axis])) {
        hone_fail(HONE_ERROR_SHAPE,
                  "slice: %" PRId64 " to %" PRId64 " is not within an axis of size %" PRId64, begin, end,
                  shape.size[axis]);
        return HONE_NO_VALUE;
    }
    hone_walk_attributes attributes = {.what = HONE_WALK_SLICE, .shape = shape, .axis = axis, .begin = begin};
    contiguous_strides(shape, attributes.strides.a);
    attributes.strides.offset = begin * attributes.strides.a[axis];
    attributes.shape.size[axis] = end - begin;
    return record_walk(graph, x, &attributes);
}

hone_value hone_op_reverse(hone_graph *graph, hone_value x, int axis)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    axis = hone_internal_shape_axis(shape, axis, "reverse");
    if (axis < 0)
        return HONE_NO_VALUE;
    hone_walk_attributes attributes = {.what = HONE_WALK_REVERSE, .shape = shape, .axis = axis};
    contiguous_strides(shape, attributes.strides.a);
    attributes.strides.offset = (shape.size[axis] - 1) * attributes.strides.a[axis];
    attributes.strides.a[axis] = -attributes.strides.a[axis];
    return record_walk(graph, x, &attributes);
}

/* ---- padding: the gradient of a slice, and vice versa ---- */

static hone_status infer_pad(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const hone_pad_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_status prepare_pad(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    const hone_pad_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_pad, hone_internal_shape_count(attributes->shape));
    step->args.family = &attributes->strides;
    step->args.scalar[0] = attributes->number;
    return HONE_OK;
}

static hone_status pad_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    const hone_pad_attributes attributes = *(const hone_pad_attributes *)node->attributes;
    hone_value gradient = outputs[0];
    for (int axis = 0; axis < attributes.shape.rank; axis++) {
        int64_t begin = attributes.strides.b[axis], end = begin + attributes.strides.a[axis];
        if (begin != 0 || end != attributes.shape.size[axis])
            gradient = hone_op_slice(graph, gradient, axis, begin, end);
    }
    gradients[0] = gradient;
    return gradient < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op pad_op = {
    .name = "pad", .infer = infer_pad, .gradient = pad_gradient, .prepare = prepare_pad};

hone_value hone_op_pad(hone_graph *graph, hone_value x, const int64_t *before, const int64_t *after,
                       double number)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    hone_pad_attributes attributes = {.shape = shape, .number = number, .strides = {.rank = shape.rank}};
    for (int axis = 0; axis < shape.rank; axis++) {
        attributes.strides.a[axis] = shape.size[axis];
        attributes.strides.b[axis] = before[axis];
        if (shape.size[axis] != HONE_ANY)
            attributes.shape.size[axis] = shape.size[axis] + before[axis] + after[axis];
        attributes.strides.dims[axis] = attributes.shape.size[axis];
    }
    return hone_internal_graph_node(graph, &pad_op, &x, 1, &attributes, sizeof attributes, NULL);
}

/* ---- joining ---- */

static hone_status infer_concatenate(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    int axis = *(const int *)node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    for (int i = 1; i < node->input_count; i++) {
        hone_shape other = hone_value_shape(graph, node->inputs[i]);
        if (other.rank != outputs[0].rank)
            return hone_internal_fail_shapes("concatenate", outputs[0], other);
        for (int j = 0; j < other.rank; j++) {
            int64_t *size = &outputs[0].size[j];
            if (j == axis)
                *size = *size == HONE_ANY || other.size[j] == HONE_ANY ? HONE_ANY : *size + other.size[j];
            else if (*size == HONE_ANY)
                *size = other.size[j];
            else if (other.size[j] != HONE_ANY && *size != other.size[j])
                return hone_internal_fail_shapes("concatenate", hone_value_shape(graph, node->inputs[0]),
                                                 other);
        }
    }
    return HONE_OK;
}

static hone_status prepare_concatenate(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    int axis = *(const int *)node->attributes;
    hone_concatenation *joined = hone_internal_step_family(step, sizeof *joined);
    if (joined == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_concatenate;
    joined->count = node->input_count;
    for (int i = 0; i < node->input_count; i++) {
        int64_t length, inner;
        hone_internal_shape_split(hone_value_shape(graph, node->inputs[i]), axis, &joined->rows, &length,
                                  &inner);
        joined->width[i] = length * inner;
        joined->total += joined->width[i];
    }
    step->items = joined->rows;
    step->grain = 64;
    return HONE_OK;
}

static hone_status concatenate_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                        const bool *wanted, hone_value *gradients)
{
    int axis = *(const int *)node->attributes;
    int64_t begin = 0;
    for (int i = 0; i < node->input_count; i++) {
        int64_t end = begin + hone_value_size(graph, node->inputs[i], axis);
        if (wanted[i])
            gradients[i] = hone_op_slice(graph, outputs[0], axis, begin, end);
        if (wanted[i] && gradients[i] < 0)
            return hone_error_status();
        begin = end;
    }
    return HONE_OK;
}

static const hone_op concatenate_op = {.name = "concatenate",
                                       .infer = infer_concatenate,
                                       .gradient = concatenate_gradient,
                                       .prepare = prepare_concatenate};

hone_value hone_op_concatenate(hone_graph *graph, const hone_value *x, int count, int axis)
{
    if (count < 1 || x[0] < 0)
        return HONE_NO_VALUE;
    axis = hone_internal_shape_axis(hone_value_shape(graph, x[0]), axis, "concatenate");
    if (axis < 0)
        return HONE_NO_VALUE;
    if (count == 1)
        return x[0];
    int first = count < HONE_CONCATENATION_OPERANDS ? count : HONE_CONCATENATION_OPERANDS;
    hone_value joined = hone_internal_graph_node(graph, &concatenate_op, x, first, &axis, sizeof axis, NULL);
    for (int i = first; i < count && joined >= 0; i++) {
        hone_value pair[2] = {joined, x[i]};
        joined = hone_internal_graph_node(graph, &concatenate_op, pair, 2, &axis, sizeof axis, NULL);
    }
    return joined;
}

/* ---- filling ---- */

static hone_status infer_fill(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const hone_fill_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_status prepare_fill(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    const hone_fill_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_fill, hone_internal_shape_count(attributes->shape));
    step->args.scalar[0] = attributes->number;
    return HONE_OK;
}

static const hone_op fill_op = {
    .name = "fill", .infer = infer_fill, .prepare = prepare_fill, .constant_in_gradient = true};

hone_value hone_graph_filled(hone_graph *graph, hone_shape shape, double number)
{
    hone_fill_attributes attributes = {shape, number};
    return hone_internal_graph_node(graph, &fill_op, NULL, 0, &attributes, sizeof attributes, NULL);
}

hone_value hone_graph_constant(hone_graph *graph, double number)
{
    return hone_graph_filled(graph, (hone_shape){.rank = 0}, number);
}

hone_value hone_internal_exchange_with_last(hone_graph *graph, hone_value x, int axis)
{
    int order[HONE_MAX_RANK], last = hone_value_shape(graph, x).rank - 1;
    if (x < 0 || axis == last)
        return x;
    for (int i = 0; i <= last; i++)
        order[i] = i;
    order[axis] = last;
    order[last] = axis;
    return hone_op_transpose(graph, x, order);
}
