/* Places of extremes, running sums, sorting in ONNX. */
#include "onnx/forms.h"
#include "ops/axis.h"

static hone_status emit_position(hone_onnx_export *export, const hone_node *node)
{
    const hone_axis_attributes *attributes = node->attributes;
    const char *x = hone_internal_onnx_name_of(export, node->inputs[0]);
    hone_onnx_node *found = hone_internal_onnx_node(
        &export->writer, attributes->kernel == HONE_KERNEL_argmin ? "ArgMin" : "ArgMax", &x, 1);
    hone_internal_onnx_set_int(&export->writer, found, "axis", attributes->axis);
    hone_internal_onnx_set_int(&export->writer, found, "keepdims", 0);
    return hone_internal_onnx_give(export, node->outputs[0],
                                   hone_internal_onnx_truth(export, hone_internal_onnx_output(found)));
}

static hone_status emit_cumulative(hone_onnx_export *export, const hone_node *node)
{
    const hone_axis_attributes *attributes = node->attributes;
    int64_t axis = attributes->axis;
    const char *operands[2] = {hone_internal_onnx_name_of(export, node->inputs[0]),
                               hone_internal_onnx_integers(&export->writer, 0, &axis, 1)};
    hone_onnx_node *sum = hone_internal_onnx_node(&export->writer, "CumSum", operands, 2);
    if (attributes->reverse)
        hone_internal_onnx_set_int(&export->writer, sum, "reverse", 1);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(sum));
}

/* The operator that sorts the last axis; its second output are the places. NULL with an error. */
static hone_onnx_node *sorted_axis(hone_onnx_export *export, const hone_node *node, bool descending)
{
    hone_shape shape = hone_internal_onnx_shape_of(export, node->inputs[0]);
    int64_t count = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    if (count == HONE_ANY) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "sorting along an axis of variable size cannot be written as ONNX");
        return NULL;
    }
    const char *operands[2] = {hone_internal_onnx_name_of(export, node->inputs[0]),
                               hone_internal_onnx_list(export, &count, 1)};
    hone_onnx_node *sorted = hone_internal_onnx_node(&export->writer, "TopK", operands, 2);
    if (!descending)
        hone_internal_onnx_set_int(&export->writer, sorted, "largest", 0);
    hone_internal_onnx_add_output(&export->writer, sorted);
    return sorted;
}

static hone_status emit_order(hone_onnx_export *export, const hone_node *node)
{
    hone_onnx_node *sorted =
        sorted_axis(export, node, ((const hone_axis_attributes *)node->attributes)->reverse);
    return sorted == NULL ? hone_error_status()
                          : hone_internal_onnx_give(
                                export, node->outputs[0],
                                hone_internal_onnx_truth(export, hone_internal_onnx_second_output(sorted)));
}

static hone_status emit_sort(hone_onnx_export *export, const hone_node *node)
{
    hone_onnx_node *sorted = sorted_axis(export, node, true);
    return sorted == NULL
               ? hone_error_status()
               : hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(sorted));
}

static const hone_onnx_emitted emitted[] = {
    {"argmax", emit_position},
    {"cumulative_sum", emit_cumulative},
    {"sort_order", emit_order},
    {"sort_descending", emit_sort},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(axis, emitted, NULL);
