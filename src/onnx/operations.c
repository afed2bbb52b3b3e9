/* The operations of a graph in ONNX (opset 17): the table is at the end. */
#include "onnx/convolution.h"
#include "onnx/export.h"
#include "ops/axis.h"
#include "ops/binary.h"
#include "ops/movement.h"
#include "ops/normalization.h"
#include "ops/product.h"
#include "ops/reduction.h"
#include "ops/softmax.h"
#include "ops/unary.h"

#include <string.h>

static const char *name_of(const hone_onnx_export *export, hone_value value)
{
    return value < 0 ? NULL : export->names[value];
}

static hone_shape shape_of(const hone_onnx_export *export, hone_value value)
{
    return hone_value_shape(export->graph, value);
}

/* Names a value; a failure before (NULL) has its sentence. */
static hone_status give(hone_onnx_export *export, hone_value value, const char *name)
{
    export->names[value] = name;
    return name != NULL ? HONE_OK : hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_STATE;
}

static const char *integers(hone_onnx_export *export, const int64_t *values, int count)
{
    return hone_internal_onnx_integers(&export->writer, 1, values, (size_t)count);
}

const char *hone_internal_onnx_cast(hone_onnx_export *export, const char *x, int32_t type)
{
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Cast", &x, 1);
    hone_internal_onnx_set_int(&export->writer, node, "to", type);
    return hone_internal_onnx_output(node);
}

const char *hone_internal_onnx_truth(hone_onnx_export *export, const char *x)
{
    return hone_internal_onnx_cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
}

static const char *as_truth(hone_onnx_export *export, const char *x)
{
    return hone_internal_onnx_cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BOOL);
}

static const char *as_integers(hone_onnx_export *export, const char *x)
{
    return hone_internal_onnx_cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
}

/* An operator with one operand and attributes: an integer, or a list of integers. */
static const char *with_int(hone_onnx_export *export, const char *op, const char *x, const char *name,
                            int64_t value)
{
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, op, &x, 1);
    hone_internal_onnx_set_int(&export->writer, node, name, value);
    return hone_internal_onnx_output(node);
}

const char *hone_internal_onnx_transpose(hone_onnx_export *export, const char *x, const int *order, int rank)
{
    int64_t axes[HONE_MAX_RANK];
    for (int axis = 0; axis < rank; axis++)
        axes[axis] = order[axis];
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Transpose", &x, 1);
    hone_internal_onnx_set_ints(&export->writer, node, "perm", axes, (size_t)rank);
    return hone_internal_onnx_output(node);
}

/* ---- shapes with free sizes ---- */

static int free_sizes(hone_shape shape, int from)
{
    int count = 0;
    for (int axis = from; axis < shape.rank; axis++)
        count += shape.size[axis] == HONE_ANY;
    return count;
}

static int64_t known_product(hone_shape shape, int from)
{
    int64_t product = 1;
    for (int axis = from; axis < shape.rank; axis++)
        if (shape.size[axis] != HONE_ANY)
            product *= shape.size[axis];
    return product;
}

/* How many leading sizes a reshape keeps, so that what follows has at most one free size: the last are worked
 * out (-1), the first copied (0). */
static int kept_axes(hone_shape from, hone_shape to)
{
    int equal = 0, least = from.rank < to.rank ? from.rank : to.rank;
    while (equal < least && from.size[equal] == to.size[equal])
        equal++;
    for (int kept = equal; kept >= 0; kept--) {
        int open = free_sizes(to, kept);
        if (open == 1 || (open == 0 && free_sizes(from, kept) == 0 &&
                          known_product(from, kept) == known_product(to, kept)))
            return kept;
    }
    return -1;
}

static const char *reshape(hone_onnx_export *export, const char *x, hone_shape from, hone_shape to)
{
    int64_t sizes[HONE_MAX_RANK];
    int kept = kept_axes(from, to);
    if (kept < 0) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "a reshape with several variable sizes cannot be written as ONNX");
        return NULL;
    }
    for (int axis = 0; axis < to.rank; axis++)
        sizes[axis] = to.size[axis] != HONE_ANY ? to.size[axis] : axis < kept ? 0 : -1;
    return HONE_ONNX(export, "Reshape", x, integers(export, sizes, to.rank));
}

/* The batch's size as a tensor [1], from the model's first input. */
static const char *batch_size(hone_onnx_export *export)
{
    if (export->batch == NULL) {
        const char *shape = HONE_ONNX(export, "Shape", hone_model_input_name(export->model, 0));
        const char *first = integers(export, (int64_t[]){0}, 1),
                   *second = integers(export, (int64_t[]){1}, 1);
        export->batch = HONE_ONNX(export, "Slice", shape, first, second, first);
    }
    return export->batch;
}

/* A shape as a tensor; its first size may be the batch's. */
static const char *shape_tensor(hone_onnx_export *export, hone_shape shape)
{
    if (free_sizes(shape, 0) == 0)
        return integers(export, shape.size, shape.rank);
    if (free_sizes(shape, 1) > 0) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "a tensor with variable sizes other than the batch size cannot be written as ONNX");
        return NULL;
    }
    if (shape.rank == 1)
        return batch_size(export);
    const char *parts[2] = {batch_size(export), integers(export, shape.size + 1, shape.rank - 1)};
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Concat", parts, 2);
    hone_internal_onnx_set_int(&export->writer, node, "axis", 0);
    return hone_internal_onnx_output(node);
}

static hone_status emit_reshape(hone_onnx_export *export, const hone_node *node)
{
    hone_value x = node->inputs[0], y = node->outputs[0];
    return give(export, y, reshape(export, name_of(export, x), shape_of(export, x), shape_of(export, y)));
}

static hone_status emit_nothing(hone_onnx_export *export, const hone_node *node)
{
    return give(export, node->outputs[0], name_of(export, node->inputs[0]));
}

static hone_status emit_fill(hone_onnx_export *export, const hone_node *node)
{
    const hone_fill_attributes *attributes = node->attributes;
    if (attributes->shape.rank == 0)
        return give(export, node->outputs[0], hone_internal_onnx_number(&export->writer, attributes->number));
    const char *shape = shape_tensor(export, attributes->shape);
    hone_onnx_node *fill = hone_internal_onnx_node(&export->writer, "ConstantOfShape", &shape, 1);
    hone_internal_onnx_set_value(&export->writer, fill, attributes->number);
    return give(export, node->outputs[0], hone_internal_onnx_output(fill));
}

/* ---- movement ---- */

/* A free size that x has as well is left to x: 1 in the wanted shape changes nothing there. */
static const char *broadcast(hone_onnx_export *export, const char *x, hone_shape from, hone_shape to)
{
    for (int back = 1; back <= to.rank && back <= from.rank; back++)
        if (to.size[to.rank - back] == HONE_ANY && from.size[from.rank - back] == HONE_ANY)
            to.size[to.rank - back] = 1;
    return HONE_ONNX(export, "Expand", x, shape_tensor(export, to));
}

static const char *slice(hone_onnx_export *export, const char *x, int64_t begin, int64_t end, int axis,
                         int64_t step)
{
    const char *first = integers(export, &begin, 1), *last = integers(export, &end, 1),
               *axes = integers(export, (int64_t[]){axis}, 1);
    return HONE_ONNX(export, "Slice", x, first, last, axes, integers(export, &step, 1));
}

static hone_status emit_walk(hone_onnx_export *export, const hone_node *node)
{
    const hone_walk_attributes *walk = node->attributes;
    hone_value x = node->inputs[0], y = node->outputs[0];
    const char *name = name_of(export, x);
    switch (walk->what) {
    case HONE_WALK_TRANSPOSE:
        name = hone_internal_onnx_transpose(export, name, walk->order, walk->shape.rank);
        break;
    case HONE_WALK_BROADCAST: name = broadcast(export, name, shape_of(export, x), walk->shape); break;
    case HONE_WALK_SLICE:
        name = slice(export, name, walk->begin, walk->begin + walk->shape.size[walk->axis], walk->axis, 1);
        break;
    case HONE_WALK_REVERSE: name = slice(export, name, -1, INT64_MIN, walk->axis, -1); break;
    }
    return give(export, y, name);
}

static hone_status emit_pad(hone_onnx_export *export, const hone_node *node)
{
    const hone_pad_attributes *pad = node->attributes;
    int64_t pads[2 * HONE_MAX_RANK];
    int rank = pad->shape.rank;
    for (int axis = 0; axis < rank; axis++) {
        bool open = pad->shape.size[axis] == HONE_ANY;
        if (open && pad->strides.b[axis] != 0)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "padding an axis of variable size cannot be written as ONNX yet");
        pads[axis] = pad->strides.b[axis];
        pads[rank + axis] = open ? 0 : pad->shape.size[axis] - pad->strides.a[axis] - pad->strides.b[axis];
    }
    const char *number = hone_internal_onnx_number(&export->writer, pad->number),
               *amounts = integers(export, pads, 2 * rank);
    return give(export, node->outputs[0],
                HONE_ONNX(export, "Pad", name_of(export, node->inputs[0]), amounts, number));
}

static hone_status emit_concatenate(hone_onnx_export *export, const hone_node *node)
{
    const char *parts[HONE_NODE_INPUTS];
    for (int i = 0; i < node->input_count; i++)
        parts[i] = name_of(export, node->inputs[i]);
    hone_onnx_node *joined =
        hone_internal_onnx_node(&export->writer, "Concat", parts, (size_t)node->input_count);
    hone_internal_onnx_set_int(&export->writer, joined, "axis", *(const int *)node->attributes);
    return give(export, node->outputs[0], hone_internal_onnx_output(joined));
}

static hone_status emit_gather(hone_onnx_export *export, const hone_node *node)
{
    const char *ids = as_integers(export, name_of(export, node->inputs[1]));
    return give(export, node->outputs[0], HONE_ONNX(export, "Gather", name_of(export, node->inputs[0]), ids));
}

/* 1 where the id, truncated as by the kernel, is the column's number; a row of zeros for ids outside. */
static hone_status emit_one_hot(hone_onnx_export *export, const hone_node *node)
{
    int64_t depth = *(const int64_t *)node->attributes;
    int64_t *columns = hone_internal_allocate((size_t)depth * sizeof *columns);
    if (columns == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < depth; i++)
        columns[i] = i;
    const char *numbers = hone_internal_onnx_integers(&export->writer, 1, columns, (size_t)depth);
    hone_internal_free(columns);
    const char *ids = as_integers(export, name_of(export, node->inputs[0])),
               *last = integers(export, (int64_t[]){-1}, 1);
    const char *hit = HONE_ONNX(export, "Equal", HONE_ONNX(export, "Unsqueeze", ids, last), numbers);
    return give(export, node->outputs[0], hone_internal_onnx_truth(export, hit));
}

static hone_status emit_select(hone_onnx_export *export, const hone_node *node)
{
    const char *condition = as_truth(export, name_of(export, node->inputs[0]));
    return give(export, node->outputs[0],
                HONE_ONNX(export, "Where", condition, name_of(export, node->inputs[1]),
                          name_of(export, node->inputs[2])));
}

/* ---- element-wise ---- */

static hone_status emit_unary(hone_onnx_export *export, const hone_node *node)
{
    const hone_unary_attributes *attributes = node->attributes;
    const char *function = hone_internal_unary_name(attributes->function);
    return give(export, node->outputs[0],
                hone_internal_onnx_function(export, function, name_of(export, node->inputs[0]),
                                            attributes->parameters));
}

typedef enum operand_kind { NUMBERS, COMPARED, TRUTHS } operand_kind;

static const struct {
    hone_kernel_index kernel;
    const char *op;
    operand_kind operands; /* numbers to a number, numbers to a truth value, or truth values to one */
} binary_operators[] = {
    {HONE_KERNEL_add, "Add", NUMBERS},
    {HONE_KERNEL_subtract, "Sub", NUMBERS},
    {HONE_KERNEL_multiply, "Mul", NUMBERS},
    {HONE_KERNEL_divide, "Div", NUMBERS},
    {HONE_KERNEL_maximum, "Max", NUMBERS},
    {HONE_KERNEL_minimum, "Min", NUMBERS},
    {HONE_KERNEL_power, "Pow", NUMBERS},
    {HONE_KERNEL_greater, "Greater", COMPARED},
    {HONE_KERNEL_greater_equal, "GreaterOrEqual", COMPARED},
    {HONE_KERNEL_less, "Less", COMPARED},
    {HONE_KERNEL_less_equal, "LessOrEqual", COMPARED},
    {HONE_KERNEL_equal, "Equal", COMPARED},
    {HONE_KERNEL_logical_and, "And", TRUTHS},
    {HONE_KERNEL_logical_or, "Or", TRUTHS},
};

static const char *divide_no_nan(hone_onnx_export *export, const char *x, const char *y)
{
    const char *zero = hone_internal_onnx_number(&export->writer, 0);
    return HONE_ONNX(export, "Where", HONE_ONNX(export, "Equal", y, zero), zero,
                     HONE_ONNX(export, "Div", x, y));
}

static hone_status emit_binary(hone_onnx_export *export, const hone_node *node)
{
    hone_kernel_index kernel = ((const hone_binary_attributes *)node->attributes)->kernel;
    const char *x = name_of(export, node->inputs[0]), *y = name_of(export, node->inputs[1]);
    if (kernel == HONE_KERNEL_divide_no_nan)
        return give(export, node->outputs[0], divide_no_nan(export, x, y));
    if (kernel == HONE_KERNEL_not_equal)
        return give(
            export, node->outputs[0],
            hone_internal_onnx_truth(export, HONE_ONNX(export, "Not", HONE_ONNX(export, "Equal", x, y))));
    for (size_t i = 0; i < sizeof binary_operators / sizeof *binary_operators; i++) {
        if (binary_operators[i].kernel != kernel)
            continue;
        if (binary_operators[i].operands == TRUTHS) {
            x = as_truth(export, x);
            y = as_truth(export, y);
        }
        const char *z = HONE_ONNX(export, binary_operators[i].op, x, y);
        return give(export, node->outputs[0],
                    binary_operators[i].operands == NUMBERS ? z : hone_internal_onnx_truth(export, z));
    }
    return hone_fail(HONE_ERROR_UNSUPPORTED, "the function \"%s\" cannot be written as ONNX",
                     hone_internal_kernel_name(kernel));
}

/* ---- products ---- */

/* The node after `node` that alone reads its first output and is an `op`, or NULL. */
static const hone_node *only_reader(const hone_onnx_export *export, const hone_node *node, const char *op)
{
    if (export->uses[node->outputs[0]] != 1)
        return NULL;
    const hone_node *end = export->graph->nodes + export->graph->node_count;
    for (const hone_node *next = node + 1; next < end; next++)
        for (int i = 0; i < next->input_count; i++)
            if (next->inputs[i] == node->outputs[0])
                return strcmp(next->op->name, op) == 0 ? next : NULL;
    return NULL;
}

/* Notes that a later node is written along with the present one. */
static void absorb(hone_onnx_export *export, const hone_node *node)
{
    export->written[node - export->graph->nodes] = true;
}

/* Two matrices and, when it comes right after, the bias: one Gemm. */
static hone_status emit_gemm(hone_onnx_export *export, const hone_node *node)
{
    const hone_matmul_attributes *attributes = node->attributes;
    const hone_node *bias = only_reader(export, node, "bias_add");
    if (bias != NULL && export->names[bias->inputs[1]] == NULL)
        bias = NULL; /* not a constant: it is computed later */
    const char *operands[3] = {name_of(export, node->inputs[0]), name_of(export, node->inputs[1]),
                               bias != NULL ? name_of(export, bias->inputs[1]) : ""};
    hone_onnx_node *gemm = hone_internal_onnx_node(&export->writer, "Gemm", operands, bias != NULL ? 3 : 2);
    if (attributes->transpose_a)
        hone_internal_onnx_set_int(&export->writer, gemm, "transA", 1);
    if (attributes->transpose_b)
        hone_internal_onnx_set_int(&export->writer, gemm, "transB", 1);
    if (bias != NULL)
        absorb(export, bias);
    return give(export, bias != NULL ? bias->outputs[0] : node->outputs[0], hone_internal_onnx_output(gemm));
}

static const char *swap_last(hone_onnx_export *export, const char *x, int rank)
{
    int order[HONE_MAX_RANK];
    for (int axis = 0; axis < rank; axis++)
        order[axis] = axis;
    order[rank - 2] = rank - 1;
    order[rank - 1] = rank - 2;
    return hone_internal_onnx_transpose(export, x, order, rank);
}

static hone_status emit_matmul(hone_onnx_export *export, const hone_node *node)
{
    const hone_matmul_attributes *attributes = node->attributes;
    int rank_a = shape_of(export, node->inputs[0]).rank, rank_b = shape_of(export, node->inputs[1]).rank;
    if (rank_a == 2 && rank_b == 2)
        return emit_gemm(export, node);
    const char *a = name_of(export, node->inputs[0]), *b = name_of(export, node->inputs[1]);
    if (attributes->transpose_a)
        a = swap_last(export, a, rank_a);
    if (attributes->transpose_b)
        b = swap_last(export, b, rank_b);
    return give(export, node->outputs[0], HONE_ONNX(export, "MatMul", a, b));
}

static hone_status emit_bias(hone_onnx_export *export, const hone_node *node)
{
    return give(export, node->outputs[0],
                HONE_ONNX(export, "Add", name_of(export, node->inputs[0]), name_of(export, node->inputs[1])));
}

/* ---- reductions ---- */

static const struct {
    hone_kernel_index kernel;
    const char *op;
} reductions[] = {
    {HONE_KERNEL_reduce_mean, "ReduceMean"},    {HONE_KERNEL_reduce_sum_squares, "ReduceSumSquare"},
    {HONE_KERNEL_reduce_product, "ReduceProd"}, {HONE_KERNEL_reduce_maximum, "ReduceMax"},
    {HONE_KERNEL_reduce_minimum, "ReduceMin"},
};

/* ReduceSum alone has its axes as an operand since opset 13. */
static const char *reduce(hone_onnx_export *export, hone_kernel_index kernel, const char *x,
                          const int64_t *axes, int count, bool keep)
{
    const char *op = "ReduceSum";
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
        if (reductions[i].kernel == kernel)
            op = reductions[i].op;
    bool sum = kernel == HONE_KERNEL_reduce_sum;
    const char *operands[2] = {x, sum ? integers(export, axes, count) : ""};
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, op, operands, sum ? 2 : 1);
    if (!sum)
        hone_internal_onnx_set_ints(&export->writer, node, "axes", axes, (size_t)count);
    hone_internal_onnx_set_int(&export->writer, node, "keepdims", keep);
    return hone_internal_onnx_output(node);
}

static hone_status emit_reduce(hone_onnx_export *export, const hone_node *node)
{
    const hone_reduction_attributes *attributes = node->attributes;
    int64_t axes[HONE_MAX_RANK];
    for (int i = 0; i < attributes->count; i++)
        axes[i] = attributes->first + i;
    return give(
        export, node->outputs[0],
        reduce(export, attributes->kernel, name_of(export, node->inputs[0]), axes, attributes->count, false));
}

static hone_status emit_position(hone_onnx_export *export, const hone_node *node)
{
    const hone_axis_attributes *attributes = node->attributes;
    const char *x = name_of(export, node->inputs[0]);
    hone_onnx_node *found = hone_internal_onnx_node(
        &export->writer, attributes->kernel == HONE_KERNEL_argmin ? "ArgMin" : "ArgMax", &x, 1);
    hone_internal_onnx_set_int(&export->writer, found, "axis", attributes->axis);
    hone_internal_onnx_set_int(&export->writer, found, "keepdims", 0);
    return give(export, node->outputs[0], hone_internal_onnx_truth(export, hone_internal_onnx_output(found)));
}

static hone_status emit_cumulative(hone_onnx_export *export, const hone_node *node)
{
    const hone_axis_attributes *attributes = node->attributes;
    int64_t axis = attributes->axis;
    const char *operands[2] = {name_of(export, node->inputs[0]),
                               hone_internal_onnx_integers(&export->writer, 0, &axis, 1)};
    hone_onnx_node *sum = hone_internal_onnx_node(&export->writer, "CumSum", operands, 2);
    if (attributes->reverse)
        hone_internal_onnx_set_int(&export->writer, sum, "reverse", 1);
    return give(export, node->outputs[0], hone_internal_onnx_output(sum));
}

static hone_status emit_sort(hone_onnx_export *export, const hone_node *node)
{
    hone_shape shape = shape_of(export, node->inputs[0]);
    int64_t count = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    if (count == HONE_ANY)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "sorting along an axis of variable size cannot be written as ONNX");
    const char *operands[2] = {name_of(export, node->inputs[0]), integers(export, &count, 1)};
    hone_onnx_node *sorted = hone_internal_onnx_node(&export->writer, "TopK", operands, 2);
    hone_internal_onnx_add_output(&export->writer, sorted); /* the places, which nothing reads */
    return give(export, node->outputs[0], hone_internal_onnx_output(sorted));
}

/* ---- normalisation, softmax ---- */

/* [C] of ones or zeros for what a normalisation leaves out. */
static const char *filled(hone_onnx_export *export, int rank, const int64_t *sizes, float number)
{
    int64_t count = 1;
    for (int axis = 0; axis < rank; axis++)
        count *= sizes[axis];
    float *numbers = hone_internal_allocate((size_t)count * sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    for (int64_t i = 0; i < count; i++)
        numbers[i] = number;
    const char *name = hone_internal_onnx_floats(&export->writer, NULL, rank, sizes, numbers, true);
    hone_internal_free(numbers);
    return name;
}

/* BatchNormalization has the channels on axis 1: other axes change places with it. */
static hone_status emit_normalize(hone_onnx_export *export, const hone_node *node)
{
    const hone_batch_attributes *attributes = node->attributes;
    hone_shape shape = shape_of(export, node->inputs[0]);
    int order[HONE_MAX_RANK], axis = attributes->axis;
    for (int i = 0; i < shape.rank; i++)
        order[i] = i;
    if (axis == 0 || shape.rank < 2)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "a normalisation over axis 0 cannot be written as ONNX");
    order[1] = axis;
    order[axis] = 1;
    const char *x = name_of(export, node->inputs[0]);
    if (axis != 1)
        x = hone_internal_onnx_transpose(export, x, order, shape.rank);
    const char *scale =
        node->inputs[3] >= 0 ? name_of(export, node->inputs[3]) : filled(export, 1, &shape.size[axis], 1);
    const char *offset =
        node->inputs[4] >= 0 ? name_of(export, node->inputs[4]) : filled(export, 1, &shape.size[axis], 0);
    const char *operands[5] = {x, scale, offset, name_of(export, node->inputs[1]),
                               name_of(export, node->inputs[2])};
    hone_onnx_node *normalized = hone_internal_onnx_node(&export->writer, "BatchNormalization", operands, 5);
    hone_internal_onnx_set_float(&export->writer, normalized, "epsilon", attributes->epsilon);
    const char *y = hone_internal_onnx_output(normalized);
    return give(export, node->outputs[0],
                axis != 1 ? hone_internal_onnx_transpose(export, y, order, shape.rank) : y);
}

/* The other operand of `next`, a binary operation of `kernel` on `value`, when it is a constant of the shape
 * of its last axes. */
static const char *trailing_constant(const hone_onnx_export *export, const hone_node *next,
                                     hone_kernel_index kernel, hone_value value, int axes)
{
    if (next == NULL || ((const hone_binary_attributes *)next->attributes)->kernel != kernel)
        return NULL;
    hone_value other = next->inputs[next->inputs[0] == value];
    hone_shape shape = shape_of(export, value), sizes = shape_of(export, other);
    bool fits = sizes.rank == axes;
    for (int i = 0; fits && i < axes; i++)
        fits = sizes.size[i] == shape.size[shape.rank - axes + i];
    return fits ? name_of(export, other) : NULL;
}

/* y = (x - mean) / sqrt(variance + epsilon) over the last axes, with the scale and the offset that come right
 * after. */
static hone_status emit_layer_normalization(hone_onnx_export *export, const hone_node *node)
{
    const hone_row_attributes *attributes = node->attributes;
    hone_shape shape = shape_of(export, node->inputs[0]);
    hone_value y = node->outputs[0];
    const hone_node *last = node, *next = only_reader(export, last, "binary_broadcast");
    const char *scale = trailing_constant(export, next, HONE_KERNEL_multiply, y, attributes->axes),
               *offset = NULL;
    if (scale != NULL) {
        absorb(export, next);
        last = next;
        next = only_reader(export, last, "binary_broadcast");
        offset = trailing_constant(export, next, HONE_KERNEL_add, last->outputs[0], attributes->axes);
        if (offset != NULL) {
            absorb(export, next);
            last = next;
        }
    }
    if (scale == NULL)
        scale = filled(export, attributes->axes, &shape.size[shape.rank - attributes->axes], 1);
    const char *operands[3] = {name_of(export, node->inputs[0]), scale, offset};
    hone_onnx_node *normalized =
        hone_internal_onnx_node(&export->writer, "LayerNormalization", operands, offset != NULL ? 3 : 2);
    hone_internal_onnx_set_int(&export->writer, normalized, "axis", -attributes->axes);
    hone_internal_onnx_set_float(&export->writer, normalized, "epsilon", attributes->epsilon);
    return give(export, last->outputs[0], hone_internal_onnx_output(normalized));
}

/* Without the mean: x / sqrt(mean(x^2) + epsilon). */
static hone_status emit_rows(hone_onnx_export *export, const hone_node *node)
{
    const hone_row_attributes *attributes = node->attributes;
    if (attributes->centre)
        return emit_layer_normalization(export, node);
    int64_t axes[HONE_MAX_RANK];
    for (int i = 0; i < attributes->axes; i++)
        axes[i] = i - attributes->axes;
    const char *x = name_of(export, node->inputs[0]), *square = HONE_ONNX(export, "Mul", x, x);
    const char *mean = reduce(export, HONE_KERNEL_reduce_mean, square, axes, attributes->axes, true);
    const char *epsilon = hone_internal_onnx_number(&export->writer, attributes->epsilon);
    const char *deviation = HONE_ONNX(export, "Sqrt", HONE_ONNX(export, "Add", mean, epsilon));
    return give(export, node->outputs[0], HONE_ONNX(export, "Div", x, deviation));
}

static hone_status emit_softmax(hone_onnx_export *export, const hone_node *node)
{
    const hone_softmax_attributes *attributes = node->attributes;
    const char *op = attributes->kernel == HONE_KERNEL_softmax ? "Softmax" : "LogSoftmax";
    return give(export, node->outputs[0],
                with_int(export, op, name_of(export, node->inputs[0]), "axis", attributes->axis));
}

static hone_status refuse_training(hone_onnx_export *export, const hone_node *node)
{
    (void)export;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "it is called with a fixed training argument (%s), which cannot be written as ONNX",
                     node->op->name);
}

static const struct {
    const char *op;
    hone_onnx_emitter *emit;
} emitters[] = {
    {"reshape", emit_reshape},
    {"stop_gradient", emit_nothing},
    {"round_bfloat16", emit_nothing}, /* an ONNX graph computes in float32 */
    {"strided_copy", emit_walk},
    {"pad", emit_pad},
    {"concatenate", emit_concatenate},
    {"gather_rows", emit_gather},
    {"one_hot", emit_one_hot},
    {"fill", emit_fill},
    {"select", emit_select},
    {"unary", emit_unary},
    {"binary", emit_binary},
    {"binary_broadcast", emit_binary},
    {"matmul", emit_matmul},
    {"bias_add", emit_bias},
    {"convolution", hone_internal_onnx_emit_convolution},
    {"convolution_data", hone_internal_onnx_emit_convolution_data},
    {"pool", hone_internal_onnx_emit_pool},
    {"reduce", emit_reduce},
    {"argmax", emit_position},
    {"cumulative_sum", emit_cumulative},
    {"sort_descending", emit_sort},
    {"normalize", emit_normalize},
    {"row_normalization", emit_rows},
    {"softmax", emit_softmax},
    {"batch_normalization", refuse_training},
    {"dropout", refuse_training},
    {"random", refuse_training},
};

hone_onnx_emitter *hone_internal_onnx_emitter(const char *op)
{
    for (size_t i = 0; i < sizeof emitters / sizeof *emitters; i++)
        if (strcmp(emitters[i].op, op) == 0)
            return emitters[i].emit;
    return NULL;
}
