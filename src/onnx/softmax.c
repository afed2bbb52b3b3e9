/* Softmax in ONNX. */
#include "onnx/forms.h"
#include "ops/softmax.h"

#include <string.h>

static hone_status emit_softmax(hone_onnx_export *export, const hone_node *node)
{
    const hone_softmax_attributes *attributes = node->attributes;
    const char *op = attributes->kernel == HONE_KERNEL_softmax ? "Softmax" : "LogSoftmax";
    return hone_internal_onnx_give(
        export, node->outputs[0],
        hone_internal_onnx_with_int(export, op, hone_internal_onnx_name_of(export, node->inputs[0]), "axis",
                                    attributes->axis));
}

/* Until opset 12 everything from the axis on made one row. */
static hone_status import_softmax(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    bool early = import->file->opset < 13;
    int rank = hone_tensor_shape(x).rank;
    int64_t axis = hone_internal_onnx_int(node, "axis", early ? 1 : -1);
    if (axis < -rank || axis >= rank || axis == 0 || axis == -rank)
        return hone_internal_onnx_refuse("its axis must come after the batch axis");
    if (early && axis != -1 && axis != rank - 1)
        return hone_internal_onnx_refuse("before opset 13 only the last axis is supported");
    bool log = strcmp(node->op_type, "LogSoftmax") == 0;
    return hone_internal_onnx_layer(import, node, x,
                                    log ? "activation(log_softmax(axis=%d))" : "softmax(axis=%d)",
                                    axis == rank - 1 ? -1 : (int)axis);
}

static const hone_onnx_emitted emitted[] = {
    {"softmax", emit_softmax},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Softmax", import_softmax},
    {"LogSoftmax", import_softmax},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(softmax, emitted, imported);
