/* Convolutions in ONNX. */
#include "onnx/window.h"
#include "base/plural.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* ---- writing ---- */

/* W [size..., c, f] to [f, c, size...]. */
static const char *filters_in_front(hone_onnx_export *export, const char *w, int rank)
{
    int order[HONE_MAX_RANK] = {rank - 1, rank - 2};
    for (int axis = 2; axis < rank; axis++)
        order[axis] = axis - 2;
    return hone_internal_onnx_transpose(export, w, order, rank);
}

static hone_status emit_convolution(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    const int rank = window->axes + 2;
    HONE_TRY(hone_internal_onnx_check_sizes(hone_internal_onnx_shape_of(export, node->inputs[0])));
    const char *operands[] = {
        hone_internal_onnx_move_channels(export, export->names[node->inputs[0]], rank, true),
        filters_in_front(export, export->names[node->inputs[1]], rank)};
    hone_onnx_node *made = hone_internal_onnx_node(&export->writer, "Conv", operands, 2);
    hone_internal_onnx_set_window(export, made, window, true);
    hone_internal_onnx_set_int(&export->writer, made, "group", window->groups);
    return hone_internal_onnx_give_back(export, node, made);
}

/* The transposed convolution. ONNX says by how much its result is longer than the windows reach. */
static hone_status emit_data(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    const hone_shape x = hone_internal_onnx_shape_of(export, node->inputs[0]),
                     y = hone_internal_onnx_shape_of(export, node->outputs[0]);
    int64_t longer[HONE_WINDOW_AXES];
    HONE_TRY(hone_internal_onnx_check_sizes(x));
    for (int axis = 0; axis < window->axes; axis++)
        longer[axis] = y.size[axis + 1] + window->before[axis] + window->after[axis] -
                       (x.size[axis + 1] - 1) * window->stride[axis] -
                       (window->size[axis] - 1) * window->dilation[axis] - 1;
    const char *operands[] = {
        hone_internal_onnx_move_channels(export, export->names[node->inputs[0]], x.rank, true),
        filters_in_front(export, export->names[node->inputs[2]], x.rank)};
    hone_onnx_node *made = hone_internal_onnx_node(&export->writer, "ConvTranspose", operands, 2);
    hone_internal_onnx_set_window(export, made, window, true);
    hone_internal_onnx_set_int(&export->writer, made, "group", window->groups);
    hone_internal_onnx_set_ints(&export->writer, made, "output_padding", longer, (size_t)window->axes);
    return hone_internal_onnx_give_back(export, node, made);
}

/* ---- reading ---- */

/* W [f, c, size...] (or, transposed, [c, f, size...]) to [size..., c, f]. */
static hone_array *make_kernel(const hone_array *w)
{
    int64_t shape[HONE_MAX_RANK], taps = 1;
    const int axes = w->rank - 2;
    for (int axis = 0; axis < axes; axis++) {
        shape[axis] = w->shape[axis + 2];
        taps *= shape[axis];
    }
    const int64_t filters = w->shape[0], channels = w->shape[1];
    shape[axes] = channels;
    shape[axes + 1] = filters;
    hone_array *kernel = hone_array_create(HONE_FLOAT32, w->rank, shape);
    for (int64_t f = 0; kernel != NULL && f < filters; f++)
        for (int64_t c = 0; c < channels; c++)
            for (int64_t tap = 0; tap < taps; tap++)
                ((float *)kernel->data)[(tap * channels + c) * filters + f] =
                    (float)hone_array_number(w, (f * channels + c) * taps + tap);
    return kernel;
}

static hone_status give_weights(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *y,
                                const hone_array *w)
{
    hone_array *kernel = make_kernel(w);
    if (kernel == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_onnx_give_weight(import, y, "kernel", kernel));
    if (!hone_internal_onnx_is_given(node, 2))
        return HONE_OK;
    const hone_array *bias = hone_internal_onnx_constant(import, node, 2);
    hone_array *copy = bias == NULL ? NULL : hone_array_convert(bias, HONE_FLOAT32);
    return copy == NULL ? hone_error_status() : hone_internal_onnx_give_weight(import, y, "bias", copy);
}

static hone_status check_kernel(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *w,
                                hone_onnx_window *window, int64_t filters)
{
    if (w->rank != window->axes + 2 || hone_array_count(w) == 0)
        return hone_fail(HONE_ERROR_FORMAT, "its weights have %d %s, not %d, or are not numbers", w->rank,
                         hone_internal_number_word(w->rank, "axis", "axes"), window->axes + 2);
    for (int axis = 0; axis < window->axes; axis++)
        window->size[axis] = w->shape[axis + 2];
    if (!hone_internal_onnx_is_given(node, 2))
        return HONE_OK;
    const hone_array *bias = hone_internal_onnx_constant(import, node, 2);
    if (bias == NULL)
        return hone_error_status();
    if (bias->rank != 1 || bias->shape[0] != filters)
        return hone_fail(HONE_ERROR_FORMAT, "its bias must have %" PRId64 " number%s", filters,
                         hone_internal_plural(filters));
    return HONE_OK;
}

static hone_status import_convolution(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *w = hone_internal_onnx_constant(import, node, 1);
    hone_onnx_window window = {0};
    if (x == NULL || w == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_onnx_read_window(node, x->shape, &window));
    HONE_TRY(check_kernel(import, node, w, &window, w->shape[0]));
    hone_internal_onnx_name_padding(node, x->shape, &window);
    x = hone_internal_onnx_pad_window(import, node, &window, x);
    hone_text spec = {0};
    hone_internal_text_format(&spec, "conv%dd(%" PRId64 ", ", window.axes, w->shape[0]);
    hone_internal_onnx_append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    hone_internal_onnx_append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", dilation_rate=");
    hone_internal_onnx_append_list(&spec, window.dilation, window.axes);
    hone_internal_text_format(&spec, ", padding=%s, groups=%" PRId64 "%s, data_format=channels_first)",
                              window.padding != NULL ? window.padding : "valid",
                              hone_internal_onnx_int(node, "group", 1),
                              hone_internal_onnx_is_given(node, 2) ? "" : ", use_bias=false");
    hone_tensor *y = hone_internal_onnx_apply_text(import, node, &spec, x, true);
    return y == NULL ? hone_error_status() : give_weights(import, node, y, w);
}

/* The whole result of the windows, `longer` at its end, without what the pads cut off. */
static hone_status import_transpose(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *w = hone_internal_onnx_constant(import, node, 1);
    hone_onnx_window window = {0};
    int64_t longer[HONE_WINDOW_AXES];
    if (x == NULL || w == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_onnx_read_window(node, x->shape, &window));
    HONE_TRY(check_kernel(import, node, w, &window, w->rank > 1 ? w->shape[1] : 0));
    HONE_TRY(hone_internal_onnx_read_list(node, "output_padding", 0, window.axes, 0, longer));
    if (hone_internal_onnx_int(node, "group", 1) != 1 ||
        hone_internal_onnx_attribute(node, "output_shape") != NULL ||
        hone_internal_onnx_has_text(node, "auto_pad", "SAME_UPPER"))
        return hone_internal_onnx_refuse(
            "groups, output_shape and auto_pad of a ConvTranspose are not supported");
    hone_internal_onnx_name_padding(node, x->shape, &window);
    if (window.axes == 1 && (window.pads[0] > 0 || window.pads[1] > 0))
        return hone_internal_onnx_refuse("pads of a ConvTranspose over one axis are not supported");
    const bool cropped = window.padding == NULL || strcmp(window.padding, "valid") != 0;
    hone_text spec = {0};
    hone_internal_text_format(&spec, "conv%dd_transpose(%" PRId64 ", ", window.axes, w->shape[1]);
    hone_internal_onnx_append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    hone_internal_onnx_append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", dilation_rate=");
    hone_internal_onnx_append_list(&spec, window.dilation, window.axes);
    hone_internal_text_format(&spec, ", output_padding=");
    hone_internal_onnx_append_list(&spec, longer, window.axes);
    hone_internal_text_format(&spec, "%s, data_format=channels_first)",
                              hone_internal_onnx_is_given(node, 2) ? "" : ", use_bias=false");
    hone_tensor *y = hone_internal_onnx_apply_text(import, node, &spec, x, !cropped);
    if (y == NULL)
        return hone_error_status();
    HONE_TRY(give_weights(import, node, y, w));
    if (!cropped)
        return HONE_OK;
    hone_text crop = {0};
    hone_internal_text_format(&crop, "cropping%dd(", window.axes);
    hone_internal_onnx_append_pairs(&crop, window.pads, window.axes);
    hone_internal_text_format(&crop, ", data_format=channels_first)");
    return hone_internal_onnx_apply_text(import, node, &crop, y, true) == NULL ? hone_error_status()
                                                                               : HONE_OK;
}

static const hone_onnx_emitted emitted[] = {
    {"convolution", emit_convolution},
    {"convolution_data", emit_data},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Conv", import_convolution},
    {"ConvTranspose", import_transpose},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(convolution, emitted, imported);
