/* Functions of two operands in ONNX. */
#include "onnx/forms.h"
#include "ops/binary.h"

#include <string.h>

/* ---- writing ---- */

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
    const char *x = hone_internal_onnx_name_of(export, node->inputs[0]),
               *y = hone_internal_onnx_name_of(export, node->inputs[1]);
    if (kernel == HONE_KERNEL_divide_no_nan)
        return hone_internal_onnx_give(export, node->outputs[0], divide_no_nan(export, x, y));
    if (kernel == HONE_KERNEL_not_equal)
        return hone_internal_onnx_give(
            export, node->outputs[0],
            hone_internal_onnx_truth(export, HONE_ONNX(export, "Not", HONE_ONNX(export, "Equal", x, y))));
    for (size_t i = 0; i < sizeof binary_operators / sizeof *binary_operators; i++) {
        if (binary_operators[i].kernel != kernel)
            continue;
        if (binary_operators[i].operands == TRUTHS) {
            x = hone_internal_onnx_as_truth(export, x);
            y = hone_internal_onnx_as_truth(export, y);
        }
        const char *z = HONE_ONNX(export, binary_operators[i].op, x, y);
        return hone_internal_onnx_give(
            export, node->outputs[0],
            binary_operators[i].operands == NUMBERS ? z : hone_internal_onnx_truth(export, z));
    }
    return hone_fail(HONE_ERROR_UNSUPPORTED, "the function \"%s\" cannot be written as ONNX",
                     hone_internal_kernel_name(kernel));
}

/* ---- reading ---- */

static const struct {
    const char *op, *layer;
} merges[] = {{"Add", "add"},     {"Sub", "subtract"}, {"Mul", "multiply"}, {"Max", "maximum"},
              {"Min", "minimum"}, {"Sum", "add"},      {"Mean", "average"}};

static hone_status merge(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *layer = NULL;
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++)
        if (strcmp(merges[i].op, node->op_type) == 0)
            layer = merges[i].layer;
    if (layer == NULL)
        return hone_internal_onnx_refuse("it is not supported for two tensors");
    return node->n_input == 1 ? hone_internal_onnx_import_same(import, node)
                              : hone_internal_onnx_apply_to_all(import, node, layer);
}

/* The only axis, after the batch axis, along which a constant that is broadcast to `shape` varies; -1: it is
 * not of that kind. */
static int varying_axis(const hone_array *constant, hone_shape shape)
{
    int found = -1;
    if (constant->rank > shape.rank)
        return -1;
    for (int i = 0; i < constant->rank; i++) {
        int axis = shape.rank - constant->rank + i;
        if (constant->shape[i] == 1)
            continue;
        if (found >= 0 || axis == 0 || shape.size[axis] != constant->shape[i])
            return -1;
        found = axis;
    }
    return found;
}

/* x times a factor plus an offset, by a constant. */
typedef struct linear {
    double factor_sign, offset_sign; /* of the constant's part: 0: it has none */
    bool inverse;                    /* divided by */
} linear;

/* Which line in x an operator with a constant at `operand` is: false: none. */
static bool find_line(const char *op, size_t operand, linear *line)
{
    *line = (struct linear){0};
    if (strcmp(op, "Add") == 0)
        line->offset_sign = 1;
    else if (strcmp(op, "Sub") == 0)
        line->offset_sign = operand == 1 ? -1 : 1;
    else if (strcmp(op, "Mul") == 0)
        line->factor_sign = 1;
    else if (strcmp(op, "Div") == 0 && operand == 1)
        *line = (struct linear){1, 0, true};
    else
        return false;
    return true;
}

/* The factors and offsets of a constant along an axis; `negated`: x counts vice versa (c - x). */
static hone_status read_line(const hone_array *constant, linear line, bool negated, int64_t count,
                             hone_array **factors, hone_array **offsets)
{
    *factors = hone_internal_onnx_filled_array(count, negated ? -1 : 1);
    *offsets = hone_internal_onnx_filled_array(count, 0);
    for (int64_t i = 0; *factors != NULL && *offsets != NULL && i < count; i++) {
        double number = hone_array_number(constant, i);
        if (line.factor_sign != 0)
            ((float *)(*factors)->data)[i] = (float)(line.inverse ? 1 / number : number);
        else
            ((float *)(*offsets)->data)[i] = (float)(line.offset_sign * number);
    }
    if (*factors != NULL && *offsets != NULL)
        return HONE_OK;
    hone_array_free(*factors);
    hone_array_free(*offsets);
    return HONE_ERROR_MEMORY;
}

static hone_status import_scalar_line(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                      linear line, bool negated, double number)
{
    double factor = line.factor_sign == 0 ? (negated ? -1 : 1) : line.inverse ? 1 / number : number;
    return hone_internal_onnx_layer(import, node, x, "rescaling(%s, offset=%s)", HONE_ONNX_TEXT(factor),
                                    HONE_ONNX_TEXT(line.offset_sign * number));
}

/* Adds the constant of an Add right after to the offsets: scale and offset are one layer. */
static const hone_onnx_node *join_offset(hone_onnx_import *import, const hone_onnx_node *node,
                                         hone_shape shape, int axis, hone_array *offsets)
{
    const hone_onnx_node *add = hone_internal_onnx_only_reader(import, node, "Add");
    int other = hone_internal_onnx_other_operand(add, node->output[0]);
    const hone_array *constant = other >= 0 && hone_internal_onnx_is_constant(import, add, (size_t)other)
                                     ? hone_internal_onnx_constant(import, add, (size_t)other)
                                     : NULL;
    if (constant == NULL || varying_axis(constant, shape) != axis)
        return node;
    for (int64_t i = 0; i < hone_array_count(offsets); i++)
        ((float *)offsets->data)[i] += (float)hone_array_number(constant, i);
    hone_internal_onnx_done(import, add);
    return add;
}

/* Constants along an axis: a normalisation by statistics 0 and 1 that does not train, so that they stay what
 * they are. */
static hone_status import_vector_line(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                      const hone_array *constant, linear line, bool negated)
{
    hone_shape shape = hone_tensor_shape(x);
    int axis = varying_axis(constant, shape);
    if (axis < 0)
        return hone_internal_onnx_refuse(
            "a constant operand must be one number, or vary along one axis after the batch "
            "axis");
    hone_array *factors, *offsets;
    HONE_TRY(read_line(constant, line, negated, shape.size[axis], &factors, &offsets));
    node = join_offset(import, node, shape, axis, offsets);
    hone_status status =
        hone_internal_onnx_layer(import, node, x, "batch_normalization(axis=%d, epsilon=0, trainable=false)",
                                 axis == shape.rank - 1 ? -1 : axis);
    hone_tensor *y = hone_internal_onnx_result(import, node)->tensor;
    if (status < 0) {
        hone_array_free(factors);
        hone_array_free(offsets);
        return status;
    }
    status = hone_internal_onnx_give_weight(import, y, "gamma", factors);
    hone_status second = hone_internal_onnx_give_weight(import, y, "beta", offsets);
    return status < 0 ? status : second;
}

static hone_status import_arithmetic(hone_onnx_import *import, const hone_onnx_node *node)
{
    linear line;
    double number;
    bool first = hone_internal_onnx_is_constant(import, node, 0),
         second = hone_internal_onnx_is_constant(import, node, 1);
    if (node->n_input != 2 || (!first && !second))
        return merge(import, node);
    size_t operand = first ? 0 : 1;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 1 - operand);
    const hone_array *constant = x == NULL ? NULL : hone_internal_onnx_constant(import, node, operand);
    if (constant == NULL)
        return hone_error_status();
    if (!find_line(node->op_type, operand, &line))
        return hone_internal_onnx_refuse("it is not supported with a constant operand here");
    bool negated = first && strcmp(node->op_type, "Sub") == 0;
    if (hone_internal_onnx_is_scalar(constant, &number) && constant->rank <= hone_tensor_shape(x).rank)
        return import_scalar_line(import, node, x, line, negated, number);
    return import_vector_line(import, node, x, constant, line, negated);
}

static const hone_onnx_emitted emitted[] = {
    {"binary", emit_binary},
    {"binary_broadcast", emit_binary},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Add", import_arithmetic},
    {"Div", import_arithmetic},
    {"Mul", import_arithmetic},
    {"Sub", import_arithmetic},
    {"Max", merge},
    {"Mean", merge},
    {"Min", merge},
    {"Sum", merge},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(binary, emitted, imported);
