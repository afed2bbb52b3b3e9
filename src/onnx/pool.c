/* Pools in ONNX. */
#include "onnx/window.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static hone_status emit_pool(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    HONE_TRY(hone_internal_onnx_check_sizes(hone_internal_onnx_shape_of(export, node->inputs[0])));
    const char *x =
        hone_internal_onnx_move_channels(export, export->names[node->inputs[0]], window->axes + 2, true);
    hone_onnx_node *made =
        hone_internal_onnx_node(&export->writer, window->average ? "AveragePool" : "MaxPool", &x, 1);
    hone_internal_onnx_set_window(export, made, window, false);
    if (window->average)
        hone_internal_onnx_set_int(&export->writer, made, "count_include_pad", 0);
    return hone_internal_onnx_give_back(export, node, made);
}

static hone_status import_pool(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const bool average = strcmp(node->op_type, "AveragePool") == 0;
    hone_onnx_window window = {0};
    if (x == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_onnx_read_window(node, x->shape, &window));
    if (hone_internal_onnx_attribute(node, "kernel_shape") == NULL)
        return hone_fail(HONE_ERROR_FORMAT, "its kernel_shape is missing");
    HONE_TRY(hone_internal_onnx_read_list(node, "kernel_shape", 1, window.axes, 1, window.size));
    for (int axis = 0; axis < window.axes; axis++)
        if (window.dilation[axis] != 1)
            return hone_internal_onnx_refuse("dilations of a pool are not supported");
    if (hone_internal_onnx_int(node, "ceil_mode", 0) != 0)
        return hone_internal_onnx_refuse("ceil_mode of a pool is not supported");
    hone_internal_onnx_name_padding(node, x->shape, &window);
    const bool counts = average && hone_internal_onnx_int(node, "count_include_pad", 0) != 0;
    if (window.padding == NULL && !counts)
        return hone_internal_onnx_refuse("pads of a pool that are not those of \"same\" are not supported");
    if (counts && window.padding != NULL && strcmp(window.padding, "same") == 0)
        window.padding = NULL; /* the zeros around x count */
    x = hone_internal_onnx_pad_window(import, node, &window, x);
    hone_text spec = {0};
    hone_internal_text_format(&spec, "%s_pooling%dd(", average ? "average" : "max", window.axes);
    hone_internal_onnx_append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    hone_internal_onnx_append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", padding=%s, data_format=channels_first)",
                              window.padding != NULL ? window.padding : "valid");
    return hone_internal_onnx_apply_text(import, node, &spec, x, true) == NULL ? hone_error_status()
                                                                               : HONE_OK;
}

static hone_status import_global_pool(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (x->shape.rank < 3 || x->shape.rank > HONE_WINDOW_AXES + 2)
        return hone_internal_onnx_refuse("it has no, or more than three, spatial axes");
    return hone_internal_onnx_layer(
        import, node, x, "global_%s_pooling%dd(data_format=channels_first, keepdims=true)",
        strcmp(node->op_type, "GlobalMaxPool") == 0 ? "max" : "average", x->shape.rank - 2);
}

static const hone_onnx_emitted emitted[] = {
    {"pool", emit_pool},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"AveragePool", import_pool},
    {"GlobalAveragePool", import_global_pool},
    {"GlobalMaxPool", import_global_pool},
    {"MaxPool", import_pool},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(pool, emitted, imported);
