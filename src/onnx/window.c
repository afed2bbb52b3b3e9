/* Windows in ONNX, whose tensors have their channels second: written between two transposes, read as layers
 * of data_format "channels_first". */
#include "onnx/window.h"
#include "base/plural.h"

#include <inttypes.h>
#include <string.h>

/* ---- writing ---- */

/* [n, space..., c] to [n, c, space...], or back. */
const char *hone_internal_onnx_move_channels(hone_onnx_export *export, const char *x, int rank, bool to_front)
{
    int order[HONE_MAX_RANK] = {0};
    for (int axis = 1; axis < rank; axis++)
        order[axis] = to_front ? (axis == 1 ? rank - 1 : axis - 1) : axis + 1 < rank ? axis + 1 : 1;
    return hone_internal_onnx_transpose(export, x, order, rank);
}

/* What "same" pads depends on sizes that an ONNX graph would have to know. */
hone_status hone_internal_onnx_check_sizes(hone_shape x)
{
    for (int axis = 1; axis < x.rank - 1; axis++)
        if (x.size[axis] == HONE_ANY)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "windows over an axis of variable size cannot be written as ONNX yet: give the input "
                "fixed sizes");
    return HONE_OK;
}

void hone_internal_onnx_set_window(hone_onnx_export *export, hone_onnx_node *node,
                                   const hone_window_attributes *window, bool dilated)
{
    int64_t pads[2 * HONE_WINDOW_AXES];
    const size_t axes = (size_t)window->axes;
    for (size_t axis = 0; axis < axes; axis++) {
        pads[axis] = window->before[axis];
        pads[axes + axis] = window->after[axis];
    }
    hone_internal_onnx_set_ints(&export->writer, node, "kernel_shape", window->size, axes);
    hone_internal_onnx_set_ints(&export->writer, node, "strides", window->stride, axes);
    hone_internal_onnx_set_ints(&export->writer, node, "pads", pads, 2 * axes);
    if (dilated)
        hone_internal_onnx_set_ints(&export->writer, node, "dilations", window->dilation, axes);
}

hone_status hone_internal_onnx_give_back(hone_onnx_export *export, const hone_node *node,
                                         hone_onnx_node *made)
{
    const hone_value y = node->outputs[0];
    export->names[y] = hone_internal_onnx_move_channels(export, hone_internal_onnx_output(made),
                                                        hone_internal_onnx_shape_of(export, y).rank, false);
    return export->names[y] != NULL ? HONE_OK : hone_error_status();
}

/* ---- reading ---- */

hone_status hone_internal_onnx_read_list(const hone_onnx_node *node, const char *name, int64_t otherwise,
                                         int count, int64_t lowest, int64_t *list)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    if (attribute != NULL && attribute->n_ints != (size_t)count)
        return hone_fail(HONE_ERROR_FORMAT, "its %s has %zu number%s, not %d", name, attribute->n_ints,
                         hone_internal_plural((long long)attribute->n_ints), count);
    for (int i = 0; i < count; i++) {
        list[i] = attribute != NULL ? attribute->ints[i] : otherwise;
        if (list[i] < lowest || list[i] > INT32_MAX)
            return hone_fail(HONE_ERROR_FORMAT, "its %s has the number %" PRId64, name, list[i]);
    }
    return HONE_OK;
}

/* Whether the pads of an axis of n positions are those of "same". */
static bool pads_as_same(const hone_onnx_window *window, int axis, int64_t n)
{
    const int64_t stride = window->stride[axis],
                  reach = (window->size[axis] - 1) * window->dilation[axis] + 1;
    if (n == HONE_ANY)
        return false;
    int64_t total = ((n + stride - 1) / stride - 1) * stride + reach - n;
    total = total > 0 ? total : 0;
    return window->pads[2 * axis] == total / 2 && window->pads[2 * axis + 1] == total - total / 2;
}

void hone_internal_onnx_name_padding(const hone_onnx_node *node, hone_shape x, hone_onnx_window *window)
{
    bool none = true, same = true;
    for (int axis = 0; axis < window->axes; axis++) {
        none = none && window->pads[2 * axis] == 0 && window->pads[2 * axis + 1] == 0;
        same = same && pads_as_same(window, axis, x.size[axis + 2]);
    }
    window->padding = hone_internal_onnx_has_text(node, "auto_pad", "SAME_UPPER") ? "same"
                      : none                                                      ? "valid"
                      : same                                                      ? "same"
                                                                                  : NULL;
}

hone_status hone_internal_onnx_read_window(const hone_onnx_node *node, hone_shape x, hone_onnx_window *window)
{
    int64_t pads[2 * HONE_WINDOW_AXES];
    window->axes = x.rank - 2;
    if (window->axes < 1 || window->axes > HONE_WINDOW_AXES)
        return hone_internal_onnx_refuse("it has no, or more than three, spatial axes");
    if (hone_internal_onnx_has_text(node, "auto_pad", "SAME_LOWER"))
        return hone_internal_onnx_refuse("auto_pad SAME_LOWER is not supported: write the pads");
    HONE_TRY(hone_internal_onnx_read_list(node, "strides", 1, window->axes, 1, window->stride));
    HONE_TRY(hone_internal_onnx_read_list(node, "dilations", 1, window->axes, 1, window->dilation));
    HONE_TRY(hone_internal_onnx_read_list(node, "pads", 0, 2 * window->axes, 0, pads));
    for (int axis = 0; axis < window->axes; axis++) {
        window->pads[2 * axis] = pads[axis];
        window->pads[2 * axis + 1] = pads[window->axes + axis];
    }
    return HONE_OK;
}

/* "[2, 3]" */
void hone_internal_onnx_append_list(hone_text *text, const int64_t *list, int count)
{
    for (int i = 0; i < count; i++)
        hone_internal_text_format(text, "%s%" PRId64, i == 0 ? "[" : ", ", list[i]);
    hone_internal_text_format(text, "]");
}

void hone_internal_onnx_append_pairs(hone_text *text, const int64_t *list, int pairs)
{
    for (int i = 0; i < pairs; i++)
        hone_internal_text_format(text, "%s[%" PRId64 ", %" PRId64 "]",
                                  i == 0 ? (pairs > 1 ? "[" : "") : ", ", list[2 * i], list[2 * i + 1]);
    if (pairs > 1)
        hone_internal_text_format(text, "]");
}

/* One layer of a node that becomes several. */
hone_tensor *hone_internal_onnx_apply_text(hone_onnx_import *import, const hone_onnx_node *node,
                                           hone_text *spec, hone_tensor *x, bool last)
{
    char *text = hone_internal_text_take(spec);
    hone_tensor *y =
        x == NULL || text == NULL ? NULL : hone_internal_onnx_apply(import, node, text, &x, 1, last);
    hone_internal_free(text);
    return y;
}

/* Zeros around x that "same" does not put there. */
hone_tensor *hone_internal_onnx_pad_window(hone_onnx_import *import, const hone_onnx_node *node,
                                           const hone_onnx_window *window, hone_tensor *x)
{
    if (window->padding != NULL)
        return x;
    hone_text spec = {0};
    hone_internal_text_format(&spec, "zero_padding%dd(", window->axes);
    hone_internal_onnx_append_pairs(&spec, window->pads, window->axes);
    hone_internal_text_format(&spec, ", data_format=channels_first)");
    return hone_internal_onnx_apply_text(import, node, &spec, x, false);
}
