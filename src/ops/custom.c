/* Functions of the host's over rows: y[r, :] = f(x_0[r, :], x_1[r, :], ...), and dx_i[r, :] from x, y and dy
 * by the function's own gradient. */
#include "kernels/custom.h"
#include "ops/ops.h"

#include <string.h>

enum { NUMBERS_OF_A_TILE = 4096 };
_Static_assert((int)HONE_ROW_INPUTS == (int)HONE_CUSTOM_INPUTS, "the kernel takes as many operands");

static int64_t last_of(hone_shape shape)
{
    return shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
}

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_custom_rows *rows = node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    outputs[0].size[outputs[0].rank - 1] = rows->width;
    return HONE_OK;
}

static hone_status infer_gradient(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_custom_rows *rows = node->attributes;
    for (int i = 0; i < rows->inputs; i++)
        outputs[i] = hone_value_shape(graph, node->inputs[i]);
    return HONE_OK;
}

static hone_status prepare_as(const hone_graph *graph, const hone_node *node, hone_step *step,
                              hone_kernel_index kernel)
{
    const hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    hone_custom_rows *rows = hone_internal_step_family(step, sizeof *rows);
    if (rows == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(rows, node->attributes, sizeof *rows);
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    step->items = last_of(shape) > 0 ? hone_internal_shape_count(shape) / last_of(shape) : 0;
    step->grain = NUMBERS_OF_A_TILE / (hone_internal_custom_numbers(rows) + 1) + 1;
    step->scratch = hone_internal_custom_scratch(rows);
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_as(graph, node, step, HONE_KERNEL_custom_rows);
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_as(graph, node, step, HONE_KERNEL_custom_rows_gradient);
}

#define GRADIENT_OF(count) \
    { \
        .name = "custom_rows_gradient", .outputs = count, .infer = infer_gradient, \
        .prepare = prepare_gradient \
    }
static const hone_op gradient_ops[HONE_ROW_INPUTS] = {GRADIENT_OF(1), GRADIENT_OF(2), GRADIENT_OF(3),
                                                      GRADIENT_OF(4)};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_custom_rows rows = *(const hone_custom_rows *)node->attributes;
    hone_value operands[2 * HONE_ROW_INPUTS], made[HONE_ROW_INPUTS];
    const int count = rows.inputs;
    for (int i = 0; i < count; i++)
        operands[i] = node->inputs[i];
    operands[count] = node->outputs[0];
    operands[count + 1] = outputs[0];
    if (hone_internal_graph_node(graph, &gradient_ops[count - 1], operands, count + 2, &rows, sizeof rows,
                                 made) < 0)
        return hone_error_status();
    for (int i = 0; i < count; i++)
        gradients[i] = wanted[i] ? made[i] : HONE_NO_VALUE;
    return HONE_OK;
}

static const hone_op rows_op = {.name = "custom_rows",
                                .infer = infer,
                                .gradient = gradient,
                                .prepare = prepare},
                     fixed_op = {.name = "custom_rows", .infer = infer, .prepare = prepare};

static hone_status check(const hone_graph *graph, const hone_row_function *function, const hone_value *inputs,
                         int count, int64_t width)
{
    const hone_shape first = hone_value_shape(graph, inputs[0]);
    if (function->name == NULL || function->forward == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "a function over rows needs a name and forward");
    if (width < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: the width of the result must be at least 1, not %lld",
                         function->name, (long long)width);
    for (int i = 0; i < count; i++) {
        hone_shape shape = hone_value_shape(graph, inputs[i]);
        char own[128], others[128];
        bool same = shape.rank == first.rank && shape.rank > 0;
        for (int axis = 0; same && axis < shape.rank - 1; axis++)
            same = shape.size[axis] == first.size[axis];
        if (same)
            continue;
        hone_internal_shape_to_text(shape, own, sizeof own);
        hone_internal_shape_to_text(first, others, sizeof others);
        return hone_fail(
            HONE_ERROR_SHAPE,
            "%s: operand %d has shape %s; expected the axes of %s but for the last (hone_op_broadcast "
            "repeats an operand)",
            function->name, i, own, others);
    }
    return HONE_OK;
}

hone_value hone_op_rows(hone_graph *graph, const hone_row_function *function, const hone_value *inputs,
                        int count, int64_t width, const void *context)
{
    if (graph == NULL || function == NULL || inputs == NULL)
        return hone_internal_fail_null(graph == NULL      ? "a graph"
                                       : function == NULL ? "a function"
                                                          : "operands"),
               HONE_NO_VALUE;
    if (count < 1 || count > HONE_ROW_INPUTS)
        return hone_fail(HONE_ERROR_ARGUMENT, "a function over rows takes 1 to %d operands, not %d",
                         (int)HONE_ROW_INPUTS, count),
               HONE_NO_VALUE;
    for (int i = 0; i < count; i++)
        if (inputs[i] < 0)
            return HONE_NO_VALUE;
    if (check(graph, function, inputs, count, width) < 0)
        return HONE_NO_VALUE;
    hone_custom_rows rows = {.forward = function->forward,
                             .backward = function->backward,
                             .context = context,
                             .inputs = count,
                             .width = width};
    for (int i = 0; i < count; i++)
        rows.widths[i] = last_of(hone_value_shape(graph, inputs[i]));
    return hone_internal_graph_node(graph, function->backward != NULL ? &rows_op : &fixed_op, inputs, count,
                                    &rows, sizeof rows, NULL);
}
