/* Convolutions: y = x * W, and what it gives back: dx, which is the transposed convolution of dy, and dW.
 * Each is linear in both of its operands, so that the three are each other's gradients:
 *
 *   y  = convolution(x, W)    x [n, space..., c]     W [size..., c / groups, f]    y [n, space..., f]
 *   dx = data(dy, W)          dW = kernel(x, dy)
 *
 * What an operand meets is said in kernels/window.h. */
#include "ops/window.h"
#include "base/plural.h"

#include <inttypes.h>
#include <string.h>

/* Each channel is a group: the products would be too small. */
static bool is_depthwise(const hone_window *window)
{
    return window->groups == window->channels && window->channels > 1;
}

static int64_t multiply_adds(const hone_window *window)
{
    return window->batch * hone_window_count(window->output) * window->filters *
           hone_window_count(window->size) * (window->channels / window->groups);
}

/* A kernel that may be depthwise (items of one position or tap), else has tiles chosen by the table. */
static hone_status prepare_window(hone_step *step, const hone_node *node, const hone_window *window,
                                  hone_kernel_index kernel, hone_kernel_index depthwise,
                                  int64_t depthwise_items)
{
    enum { NUMBERS = 64 * 1024 }; /* multiply-adds of a tile: looking up its taps costs little beside them */
    hone_window *own = hone_internal_step_family(step, sizeof *own);
    if (own == NULL)
        return HONE_ERROR_MEMORY;
    *own = *window;
    hone_internal_step_operands(step, node);
    if (!is_depthwise(window)) {
        hone_internal_step_tiles(step, kernel, own);
        return HONE_OK;
    }
    const int64_t each = depthwise_items > 0 ? multiply_adds(window) / depthwise_items : 1;
    step->kernel = depthwise;
    step->items = depthwise_items;
    step->grain = each > 0 && each < NUMBERS ? NUMBERS / each : 1;
    return HONE_OK;
}

/* What the planner is told of a step that makes `elements` numbers from tiles that share operands. */
static hone_step_traits traits_of(const hone_window *window, int64_t elements)
{
    return (hone_step_traits){.elements = elements,
                              .runs_chain = !is_depthwise(window),
                              .tiles_share_operands = true,
                              .rate = is_depthwise(window) ? 15 : 50};
}

/* ---- y = convolution(x, W) ---- */

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_window_attributes *attributes = node->attributes;
    const hone_shape w = hone_value_shape(graph, node->inputs[1]);
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    HONE_TRY(hone_internal_window_infer("convolution", attributes, &outputs[0]));
    outputs[0].size[outputs[0].rank - 1] = w.size[w.rank - 1];
    return HONE_OK;
}

static hone_window forward_window(const hone_graph *graph, const hone_node *node)
{
    return hone_internal_window_of(node->attributes, hone_value_shape(graph, node->inputs[0]),
                                   hone_value_shape(graph, node->outputs[0]));
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_window window = forward_window(graph, node);
    const int64_t positions = window.batch * hone_window_count(window.output);
    HONE_TRY(prepare_window(step, node, &window, HONE_KERNEL_convolution, HONE_KERNEL_depthwise, positions));
    step->traits = traits_of(&window, positions * window.filters);
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    const hone_window window = forward_window(graph, node);
    return 2 * multiply_adds(&window);
}

static hone_value record_data(hone_graph *graph, hone_value dy, hone_value w,
                              const hone_window_attributes *attributes, hone_shape shape);
static hone_value record_kernel(hone_graph *graph, hone_value x, hone_value dy,
                                const hone_window_attributes *attributes);

/* What the rounding of operands is for gradients too. */
static hone_value rounded(hone_graph *graph, const hone_window_attributes *attributes, hone_value x)
{
    return hone_internal_round_half(graph, attributes->half, x);
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_window_attributes attributes = *(const hone_window_attributes *)node->attributes;
    const hone_value x = node->inputs[0], w = node->inputs[1], dy = rounded(graph, &attributes, outputs[0]);
    if (wanted[0])
        gradients[0] = record_data(graph, dy, w, &attributes, hone_value_shape(graph, x));
    if (wanted[1])
        gradients[1] = record_kernel(graph, x, dy, &attributes);
    return (wanted[0] && gradients[0] < 0) || (wanted[1] && gradients[1] < 0) ? hone_error_status() : HONE_OK;
}

static const hone_op convolution_op = {
    .name = "convolution", .infer = infer, .gradient = gradient, .prepare = prepare, .flops = flops};

static hone_value record_forward(hone_graph *graph, hone_value x, hone_value w,
                                 const hone_window_attributes *attributes)
{
    return hone_internal_graph_node(graph, &convolution_op, (hone_value[]){x, w}, 2, attributes,
                                    sizeof *attributes, NULL);
}

/* ---- dx = data(dy, W): inputs dy, W turned for the kernel, and W itself, which the gradient goes to ---- */

static hone_status infer_data(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const hone_window_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_window data_window(const hone_graph *graph, const hone_node *node)
{
    return hone_internal_window_of(node->attributes, hone_value_shape(graph, node->outputs[0]),
                                   hone_value_shape(graph, node->inputs[0]));
}

static hone_status prepare_data(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_window window = data_window(graph, node);
    const int64_t positions = window.batch * hone_window_count(window.input);
    HONE_TRY(prepare_window(step, node, &window, HONE_KERNEL_convolution_data, HONE_KERNEL_depthwise_data,
                            positions));
    step->traits = traits_of(&window, positions * window.channels);
    return HONE_OK;
}

static int64_t flops_data(const hone_graph *graph, const hone_node *node)
{
    const hone_window window = data_window(graph, node);
    return 2 * multiply_adds(&window);
}

static hone_status data_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                 const bool *wanted, hone_value *gradients)
{
    const hone_window_attributes attributes = *(const hone_window_attributes *)node->attributes;
    const hone_value dy = node->inputs[0], w = node->inputs[2], g = rounded(graph, &attributes, outputs[0]);
    if (wanted[0])
        gradients[0] = record_forward(graph, g, w, &attributes);
    if (wanted[2])
        gradients[2] = record_kernel(graph, g, dy, &attributes);
    return (wanted[0] && gradients[0] < 0) || (wanted[2] && gradients[2] < 0) ? hone_error_status() : HONE_OK;
}

static const hone_op data_op = {.name = "convolution_data",
                                .infer = infer_data,
                                .gradient = data_gradient,
                                .prepare = prepare_data,
                                .flops = flops_data};

/* [size..., c, f] to [f, size..., c]. */
static hone_value filters_in_front(hone_graph *graph, hone_value w)
{
    const int rank = hone_value_shape(graph, w).rank;
    int order[HONE_MAX_RANK] = {rank - 1};
    for (int axis = 1; axis < rank; axis++)
        order[axis] = axis - 1;
    return hone_op_transpose(graph, w, order);
}

static hone_value record_data(hone_graph *graph, hone_value dy, hone_value w,
                              const hone_window_attributes *attributes, hone_shape shape)
{
    if (dy < 0 || w < 0)
        return HONE_NO_VALUE;
    hone_window_attributes told = *attributes;
    told.shape = shape;
    const hone_window window = hone_internal_window_of(&told, shape, hone_value_shape(graph, dy));
    const hone_value turned = is_depthwise(&window) ? w : filters_in_front(graph, w);
    return hone_internal_graph_node(graph, &data_op, (hone_value[]){dy, turned, w}, 3, &told, sizeof told,
                                    NULL);
}

/* ---- dW = kernel(x, dy): inputs x, dy; output a sum for each part of the positions ---- */

static hone_status infer_kernel(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_window_attributes *attributes = node->attributes;
    const hone_shape x = hone_value_shape(graph, node->inputs[0]),
                     dy = hone_value_shape(graph, node->inputs[1]);
    const hone_window window = hone_internal_window_of(attributes, x, dy);
    hone_shape *parts = &outputs[0];
    *parts = (hone_shape){.rank = attributes->axes + 3};
    for (int axis = 0; axis < attributes->axes; axis++)
        parts->size[axis + 1] = attributes->size[axis];
    parts->size[parts->rank - 2] = window.channels / window.groups;
    parts->size[parts->rank - 1] = window.filters;
    const int64_t weights = hone_window_count(window.size) * window.channels / window.groups * window.filters;
    parts->size[0] = hone_window_parts(window.batch * hone_window_count(window.output), weights);
    return HONE_OK;
}

static hone_window kernel_window(const hone_graph *graph, const hone_node *node)
{
    hone_window window = hone_internal_window_of(node->attributes, hone_value_shape(graph, node->inputs[0]),
                                                 hone_value_shape(graph, node->inputs[1]));
    window.parts = hone_value_size(graph, node->outputs[0], 0);
    return window;
}

static hone_status prepare_kernel(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_window window = kernel_window(graph, node);
    HONE_TRY(prepare_window(step, node, &window, HONE_KERNEL_convolution_kernel, HONE_KERNEL_depthwise_kernel,
                            window.parts * hone_window_count(window.size)));
    if (is_depthwise(&window)) /* taps of a part that are computed together read its positions once */
        step->grain = window.parts > 4 ? hone_window_count(window.size) : window.size[2];
    step->traits = (hone_step_traits){.tiles_share_operands = true, .rate = is_depthwise(&window) ? 15 : 50};
    return HONE_OK;
}

static int64_t flops_kernel(const hone_graph *graph, const hone_node *node)
{
    const hone_window window = kernel_window(graph, node);
    return 2 * multiply_adds(&window);
}

/* The parts are always summed, so that each of them gets the same gradient: that of the first serves. */
static hone_status kernel_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                   const bool *wanted, hone_value *gradients)
{
    const hone_window_attributes attributes = *(const hone_window_attributes *)node->attributes;
    const hone_value x = node->inputs[0], dy = node->inputs[1];
    const hone_value g = hone_op_squeeze(graph, hone_op_slice(graph, outputs[0], 0, 0, 1), 0);
    if (wanted[0])
        gradients[0] = record_data(graph, dy, g, &attributes, hone_value_shape(graph, x));
    if (wanted[1])
        gradients[1] = record_forward(graph, x, g, &attributes);
    return (wanted[0] && gradients[0] < 0) || (wanted[1] && gradients[1] < 0) ? hone_error_status() : HONE_OK;
}

static const hone_op kernel_op = {.name = "convolution_kernel",
                                  .infer = infer_kernel,
                                  .gradient = kernel_gradient,
                                  .prepare = prepare_kernel,
                                  .flops = flops_kernel};

static hone_value record_kernel(hone_graph *graph, hone_value x, hone_value dy,
                                const hone_window_attributes *attributes)
{
    const hone_value parts = hone_internal_graph_node(graph, &kernel_op, (hone_value[]){x, dy}, 2, attributes,
                                                      sizeof *attributes, NULL);
    if (parts < 0 || hone_value_size(graph, parts, 0) == 1)
        return hone_op_squeeze(graph, parts, 0);
    return hone_op_sum(graph, parts, 0);
}

/* ---- recording ---- */

static int64_t or_one(int64_t number)
{
    return number == 0 ? 1 : number;
}

static hone_status check_numbers(const char *what, const hone_window_attributes *attributes)
{
    for (int axis = 0; axis < attributes->axes; axis++)
        if (attributes->size[axis] < 1 || attributes->stride[axis] < 1 || attributes->dilation[axis] < 1 ||
            attributes->before[axis] < 0 || attributes->after[axis] < 0)
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "%s: sizes, strides and dilations must be at least 1, padding at least 0", what);
    return HONE_OK;
}

/* The attributes of a convolution of `x` (its channels last) by w [size..., c / groups, f]. */
static hone_status fill_attributes(const char *what, hone_shape x, hone_shape w, int64_t channels,
                                   const hone_convolution *how, hone_window_attributes *attributes)
{
    if (w.rank < 3 || w.rank > HONE_WINDOW_AXES + 2 || x.rank != w.rank)
        return hone_internal_fail_shapes(what, x, w);
    *attributes = (hone_window_attributes){.axes = w.rank - 2, .groups = or_one(how->groups)};
    for (int axis = 0; axis < attributes->axes; axis++) {
        attributes->size[axis] = w.size[axis];
        attributes->stride[axis] = or_one(how->strides[axis]);
        attributes->dilation[axis] = or_one(how->dilations[axis]);
        attributes->before[axis] = how->before[axis];
        attributes->after[axis] = how->after[axis];
    }
    HONE_TRY(check_numbers(what, attributes));
    const int64_t filters = w.size[w.rank - 1], groups = attributes->groups;
    if (groups < 1 || filters % groups != 0 || channels != w.size[w.rank - 2] * groups)
        return hone_fail(HONE_ERROR_SHAPE,
                         "%s: %" PRId64 " channel%s in %" PRId64 " group%s do not fit a kernel of %" PRId64
                         " channel%s and %" PRId64 " filter%s",
                         what, channels, hone_internal_plural(channels), groups, hone_internal_plural(groups),
                         w.size[w.rank - 2], hone_internal_plural(w.size[w.rank - 2]), filters,
                         hone_internal_plural(filters));
    return HONE_OK;
}

hone_value hone_op_convolution(hone_graph *graph, hone_value x, hone_value kernel,
                               const hone_convolution *how)
{
    if (x < 0 || kernel < 0)
        return HONE_NO_VALUE;
    hone_window_attributes attributes;
    if (fill_attributes("convolution", hone_value_shape(graph, x), hone_value_shape(graph, kernel),
                        hone_value_size(graph, x, -1), how, &attributes) < 0)
        return HONE_NO_VALUE;
    attributes.half = graph->half;
    return record_forward(graph, rounded(graph, &attributes, x), rounded(graph, &attributes, kernel),
                          &attributes);
}

hone_value hone_op_convolution_transpose(hone_graph *graph, hone_value x, hone_value kernel,
                                         const hone_convolution *how, const int64_t *sizes)
{
    if (x < 0 || kernel < 0)
        return HONE_NO_VALUE;
    const hone_shape from = hone_value_shape(graph, x), w = hone_value_shape(graph, kernel);
    hone_window_attributes attributes;
    if (fill_attributes("convolution_transpose", from, w, w.size[w.rank - 2] * or_one(how->groups), how,
                        &attributes) < 0)
        return HONE_NO_VALUE;
    hone_shape shape = {.rank = from.rank, .size = {from.size[0]}};
    for (int axis = 0; axis < attributes.axes; axis++)
        shape.size[axis + 1] = sizes[axis];
    shape.size[shape.rank - 1] = w.size[w.rank - 2] * attributes.groups;
    hone_shape back = shape; /* what a convolution makes of the result must be x */
    if (hone_internal_window_infer("convolution_transpose", &attributes, &back) < 0)
        return HONE_NO_VALUE;
    back.size[back.rank - 1] = w.size[w.rank - 1];
    for (int axis = 1; axis < from.rank; axis++)
        if (from.size[axis] != back.size[axis] && from.size[axis] != HONE_ANY &&
            back.size[axis] != HONE_ANY) {
            hone_internal_fail_shapes("convolution_transpose", from, shape);
            return HONE_NO_VALUE;
        }
    attributes.half = graph->half;
    return record_data(graph, rounded(graph, &attributes, x), rounded(graph, &attributes, kernel),
                       &attributes, shape);
}
