/* Reductions in ONNX. */
#include "onnx/forms.h"
#include "ops/reduction.h"

static const struct {
    hone_kernel_index kernel;
    const char *op;
} reductions[] = {
    {HONE_KERNEL_reduce_mean, "ReduceMean"},    {HONE_KERNEL_reduce_sum_squares, "ReduceSumSquare"},
    {HONE_KERNEL_reduce_product, "ReduceProd"}, {HONE_KERNEL_reduce_maximum, "ReduceMax"},
    {HONE_KERNEL_reduce_minimum, "ReduceMin"},
};

/* ReduceSum alone has its axes as an operand since opset 13. */
const char *hone_internal_onnx_reduce(hone_onnx_export *export, hone_kernel_index kernel, const char *x,
                                      const int64_t *axes, int count, bool keep)
{
    const char *op = "ReduceSum";
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
        if (reductions[i].kernel == kernel)
            op = reductions[i].op;
    bool sum = kernel == HONE_KERNEL_reduce_sum;
    const char *operands[2] = {x, sum ? hone_internal_onnx_list(export, axes, count) : ""};
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
    return hone_internal_onnx_give(
        export, node->outputs[0],
        hone_internal_onnx_reduce(export, attributes->kernel,
                                  hone_internal_onnx_name_of(export, node->inputs[0]), axes,
                                  attributes->count, false));
}

static const hone_onnx_emitted emitted[] = {
    {"reduce", emit_reduce},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(reduction, emitted, NULL);
