/* Matrix products in ONNX. */
#include "onnx/forms.h"
#include "base/plural.h"
#include "ops/product.h"

#include <inttypes.h>

/* ---- writing ---- */

/* Two matrices and, when it comes right after, the bias: one Gemm. */
static hone_status emit_gemm(hone_onnx_export *export, const hone_node *node)
{
    const hone_matmul_attributes *attributes = node->attributes;
    const hone_node *bias = hone_internal_onnx_next_reader(export, node, "bias_add");
    if (bias != NULL && export->names[bias->inputs[1]] == NULL)
        bias = NULL; /* not a constant: it is computed later */
    const char *operands[3] = {hone_internal_onnx_name_of(export, node->inputs[0]),
                               hone_internal_onnx_name_of(export, node->inputs[1]),
                               bias != NULL ? hone_internal_onnx_name_of(export, bias->inputs[1]) : ""};
    hone_onnx_node *gemm = hone_internal_onnx_node(&export->writer, "Gemm", operands, bias != NULL ? 3 : 2);
    if (attributes->transpose_a)
        hone_internal_onnx_set_int(&export->writer, gemm, "transA", 1);
    if (attributes->transpose_b)
        hone_internal_onnx_set_int(&export->writer, gemm, "transB", 1);
    if (bias != NULL)
        hone_internal_onnx_absorb(export, bias);
    return hone_internal_onnx_give(export, bias != NULL ? bias->outputs[0] : node->outputs[0],
                                   hone_internal_onnx_output(gemm));
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
    int rank_a = hone_internal_onnx_shape_of(export, node->inputs[0]).rank,
        rank_b = hone_internal_onnx_shape_of(export, node->inputs[1]).rank;
    if (rank_a == 2 && rank_b == 2)
        return emit_gemm(export, node);
    const char *a = hone_internal_onnx_name_of(export, node->inputs[0]),
               *b = hone_internal_onnx_name_of(export, node->inputs[1]);
    if (attributes->transpose_a)
        a = swap_last(export, a, rank_a);
    if (attributes->transpose_b)
        b = swap_last(export, b, rank_b);
    return hone_internal_onnx_give(export, node->outputs[0], HONE_ONNX(export, "MatMul", a, b));
}

/* ---- reading ---- */

/* [in, units], from [in, units] or transposed from [units, in]. */
static hone_array *make_kernel(const hone_array *matrix, bool transposed, double factor)
{
    int64_t in = matrix->shape[transposed ? 1 : 0], units = matrix->shape[transposed ? 0 : 1];
    hone_array *kernel = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){in, units});
    for (int64_t i = 0; kernel != NULL && i < in; i++)
        for (int64_t u = 0; u < units; u++)
            ((float *)kernel->data)[i * units + u] =
                (float)(factor * hone_array_number(matrix, transposed ? u * in + i : i * units + u));
    return kernel;
}

/* [units], from a number or a row of them. */
static hone_array *make_bias(const hone_array *constant, int64_t units, double factor)
{
    double number;
    if (constant == NULL)
        return NULL;
    if (hone_internal_onnx_is_scalar(constant, &number))
        return hone_internal_onnx_filled_array(units, number * factor);
    if (hone_array_count(constant) == units && constant->shape[constant->rank - 1] == units)
        return hone_internal_onnx_copy_floats(constant, factor);
    hone_internal_onnx_refuse("its bias is not a row with one number for each unit");
    return NULL;
}

static hone_status add_dense(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                             hone_array *kernel, hone_array *bias, bool biased)
{
    hone_status status = kernel == NULL || (biased && bias == NULL)
                             ? hone_error_status()
                             : hone_internal_onnx_layer(import, node, x, "dense(%" PRId64 "%s)",
                                                        kernel->shape[1], biased ? "" : ", use_bias=false");
    if (status < 0) {
        hone_array_free(kernel);
        hone_array_free(bias);
        return status;
    }
    hone_tensor *y = hone_internal_onnx_result(import, node)->tensor;
    status = hone_internal_onnx_give_weight(import, y, "kernel", kernel);
    if (!biased)
        return status;
    if (status < 0) {
        hone_array_free(bias);
        return status;
    }
    return hone_internal_onnx_give_weight(import, y, "bias", bias);
}

static hone_status check_matrix(const hone_array *matrix, hone_tensor *x, bool transposed)
{
    if (matrix->rank != 2 || hone_array_count(matrix) == 0)
        return hone_internal_onnx_refuse("its constant operand must be a matrix");
    hone_shape shape = hone_tensor_shape(x);
    int64_t in = matrix->shape[transposed ? 1 : 0];
    if (shape.size[shape.rank - 1] != in)
        return hone_fail(HONE_ERROR_SHAPE, "its operands have %" PRId64 " column%s and %" PRId64 " row%s",
                         shape.size[shape.rank - 1], hone_internal_plural(shape.size[shape.rank - 1]), in,
                         hone_internal_plural(in));
    return HONE_OK;
}

/* alpha A B + beta C */
static hone_status import_gemm(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *matrix = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (matrix == NULL)
        return hone_error_status();
    bool transposed = hone_internal_onnx_int(node, "transB", 0) != 0,
         biased = hone_internal_onnx_is_given(node, 2);
    if (hone_internal_onnx_int(node, "transA", 0) != 0 || hone_tensor_shape(x).rank != 2)
        return hone_internal_onnx_refuse("its first operand must be a matrix, not transposed");
    HONE_TRY(check_matrix(matrix, x, transposed));
    const hone_array *constant = biased ? hone_internal_onnx_constant(import, node, 2) : NULL;
    if (biased && constant == NULL)
        return hone_error_status();
    int64_t units = matrix->shape[transposed ? 0 : 1];
    return add_dense(
        import, node, x, make_kernel(matrix, transposed, hone_internal_onnx_float(node, "alpha", 1)),
        biased ? make_bias(constant, units, hone_internal_onnx_float(node, "beta", 1)) : NULL, biased);
}

/* The bias that comes right after a product: an Add of a row of constants. */
static const hone_onnx_node *find_bias(hone_onnx_import *import, const hone_onnx_node *node, int64_t units,
                                       size_t *operand)
{
    const hone_onnx_node *add = hone_internal_onnx_only_reader(import, node, "Add");
    int other = hone_internal_onnx_other_operand(add, node->output[0]);
    if (other < 0 || !hone_internal_onnx_is_constant(import, add, (size_t)other))
        return NULL;
    const hone_array *constant = hone_internal_onnx_constant(import, add, (size_t)other);
    *operand = (size_t)other;
    bool row = constant != NULL && constant->rank >= 1 && constant->rank <= 2 &&
               hone_array_count(constant) == units && constant->shape[constant->rank - 1] == units;
    return row ? add : NULL;
}

static hone_status import_product_of_tensors(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *operands[2] = {hone_internal_onnx_operand(import, node, 0),
                                hone_internal_onnx_operand(import, node, 1)};
    if (operands[0] == NULL || operands[1] == NULL)
        return hone_error_status();
    if (hone_tensor_shape(operands[0]).rank != 3 || hone_tensor_shape(operands[1]).rank != 3)
        return hone_internal_onnx_refuse("a product of two tensors is supported only for three axes");
    return hone_internal_onnx_apply(import, node, "dot(axes=[2, 1])", operands, 2, true) == NULL
               ? hone_error_status()
               : HONE_OK;
}

static hone_status import_matmul(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (!hone_internal_onnx_is_constant(import, node, 1))
        return import_product_of_tensors(import, node);
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *matrix = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (matrix == NULL)
        return hone_error_status();
    HONE_TRY(check_matrix(matrix, x, false));
    size_t operand = 0;
    const hone_onnx_node *bias = find_bias(import, node, matrix->shape[1], &operand);
    if (bias == NULL)
        return add_dense(import, node, x, make_kernel(matrix, false, 1), NULL, false);
    hone_internal_onnx_done(import, bias);
    hone_array *numbers = make_bias(hone_internal_onnx_constant(import, bias, operand), matrix->shape[1], 1);
    return add_dense(import, bias, x, make_kernel(matrix, false, 1), numbers, true);
}

static const hone_onnx_emitted emitted[] = {
    {"matmul", emit_matmul},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Gemm", import_gemm},
    {"MatMul", import_matmul},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(product, emitted, imported);
