/* Reductions in ONNX. */
#include "onnx/window.h"
#include "ops/reduction.h"

#include <string.h>

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

/* Over all axes between the batch and the channels, which come last or second: a global pool. */
static hone_status import_reduce(hone_onnx_import *import, const hone_onnx_node *node)
{
    int axes[HONE_ONNX_INTEGERS];
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const int rank = x == NULL ? 0 : hone_tensor_shape(x).rank;
    const int count = x == NULL ? 0 : hone_internal_onnx_read_axes(import, node, 1, rank, axes);
    if (x == NULL || count < 0)
        return hone_error_status();
    unsigned seen = 0;
    for (int i = 0; i < count; i++)
        seen |= 1u << axes[i];
    const unsigned spatial = rank > 2 ? (1u << (rank - 2)) - 1 : 0;
    if (rank < 3 || rank > HONE_WINDOW_AXES + 2 || (seen != spatial << 1 && seen != spatial << 2))
        return hone_internal_onnx_refuse(
            "only a reduction over all axes between the batch axis and the channels is supported");
    return hone_internal_onnx_layer(import, node, x, "global_%s_pooling%dd(data_format=%s, keepdims=%s)",
                                    strcmp(node->op_type, "ReduceMax") == 0 ? "max" : "average", rank - 2,
                                    seen == spatial << 1 ? "channels_last" : "channels_first",
                                    hone_internal_onnx_int(node, "keepdims", 1) != 0 ? "true" : "false");
}

static const hone_onnx_emitted emitted[] = {
    {"reduce", emit_reduce},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"ReduceMax", import_reduce},
    {"ReduceMean", import_reduce},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(reduction, emitted, imported);
