/* Convolutions and pools in ONNX, whose tensors have their channels second: written between two transposes,
 * read as layers of data_format "channels_first". */
#include "onnx/convolution.h"
#include "base/text.h"
#include "ops/window.h"

#include <inttypes.h>
#include <string.h>

/* ---- writing ---- */

static hone_shape shape_of(const hone_onnx_export *export, hone_value value)
{
    return hone_value_shape(export->graph, value);
}

/* [n, space..., c] to [n, c, space...], or back. */
static const char *move_channels(hone_onnx_export *export, const char *x, int rank, bool to_front)
{
    int order[HONE_MAX_RANK] = {0};
    for (int axis = 1; axis < rank; axis++)
        order[axis] = to_front ? (axis == 1 ? rank - 1 : axis - 1) : axis + 1 < rank ? axis + 1 : 1;
    return hone_internal_onnx_transpose(export, x, order, rank);
}

/* W [size..., c, f] to [f, c, size...]. */
static const char *filters_in_front(hone_onnx_export *export, const char *w, int rank)
{
    int order[HONE_MAX_RANK] = {rank - 1, rank - 2};
    for (int axis = 2; axis < rank; axis++)
        order[axis] = axis - 2;
    return hone_internal_onnx_transpose(export, w, order, rank);
}

/* What "same" pads depends on sizes that an ONNX graph would have to know. */
static hone_status check_sizes(hone_shape x)
{
    for (int axis = 1; axis < x.rank - 1; axis++)
        if (x.size[axis] == HONE_ANY)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "windows over an axis of variable size cannot be written as ONNX yet: give the input "
                "fixed sizes");
    return HONE_OK;
}

static void set_window(hone_onnx_export *export, hone_onnx_node *node, const hone_window_attributes *window,
                       bool dilated)
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

static hone_status give_back(hone_onnx_export *export, const hone_node *node, hone_onnx_node *made)
{
    const hone_value y = node->outputs[0];
    export->names[y] =
        move_channels(export, hone_internal_onnx_output(made), shape_of(export, y).rank, false);
    return export->names[y] != NULL ? HONE_OK : hone_error_status();
}

hone_status hone_internal_onnx_emit_convolution(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    const int rank = window->axes + 2;
    HONE_TRY(check_sizes(shape_of(export, node->inputs[0])));
    const char *operands[] = {move_channels(export, export->names[node->inputs[0]], rank, true),
                              filters_in_front(export, export->names[node->inputs[1]], rank)};
    hone_onnx_node *made = hone_internal_onnx_node(&export->writer, "Conv", operands, 2);
    set_window(export, made, window, true);
    hone_internal_onnx_set_int(&export->writer, made, "group", window->groups);
    return give_back(export, node, made);
}

/* The transposed convolution. ONNX says by how much its result is longer than the windows reach. */
hone_status hone_internal_onnx_emit_convolution_data(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    const hone_shape x = shape_of(export, node->inputs[0]), y = shape_of(export, node->outputs[0]);
    int64_t longer[HONE_WINDOW_AXES];
    HONE_TRY(check_sizes(x));
    for (int axis = 0; axis < window->axes; axis++)
        longer[axis] = y.size[axis + 1] + window->before[axis] + window->after[axis] -
                       (x.size[axis + 1] - 1) * window->stride[axis] -
                       (window->size[axis] - 1) * window->dilation[axis] - 1;
    const char *operands[] = {move_channels(export, export->names[node->inputs[0]], x.rank, true),
                              filters_in_front(export, export->names[node->inputs[2]], x.rank)};
    hone_onnx_node *made = hone_internal_onnx_node(&export->writer, "ConvTranspose", operands, 2);
    set_window(export, made, window, true);
    hone_internal_onnx_set_int(&export->writer, made, "group", window->groups);
    hone_internal_onnx_set_ints(&export->writer, made, "output_padding", longer, (size_t)window->axes);
    return give_back(export, node, made);
}

hone_status hone_internal_onnx_emit_pool(hone_onnx_export *export, const hone_node *node)
{
    const hone_window_attributes *window = node->attributes;
    HONE_TRY(check_sizes(shape_of(export, node->inputs[0])));
    const char *x = move_channels(export, export->names[node->inputs[0]], window->axes + 2, true);
    hone_onnx_node *made =
        hone_internal_onnx_node(&export->writer, window->average ? "AveragePool" : "MaxPool", &x, 1);
    set_window(export, made, window, false);
    if (window->average)
        hone_internal_onnx_set_int(&export->writer, made, "count_include_pad", 0);
    return give_back(export, node, made);
}

/* ---- reading ---- */

/* The window of a node; lists that are left out are of ones or zeros. */
typedef struct onnx_window {
    int axes;
    int64_t size[HONE_WINDOW_AXES], stride[HONE_WINDOW_AXES], dilation[HONE_WINDOW_AXES];
    int64_t pads[2 * HONE_WINDOW_AXES]; /* before and after of each axis in turn */
    const char *padding;                /* "valid" or "same" when that is what the pads are; else NULL */
} onnx_window;

static hone_status refuse(const char *what)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s", what);
}

static hone_status read_list(const hone_onnx_node *node, const char *name, int64_t otherwise, int count,
                             int64_t lowest, int64_t *list)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    if (attribute != NULL && attribute->n_ints != (size_t)count)
        return hone_fail(HONE_ERROR_FORMAT, "its %s has %zu numbers, not %d", name, attribute->n_ints, count);
    for (int i = 0; i < count; i++) {
        list[i] = attribute != NULL ? attribute->ints[i] : otherwise;
        if (list[i] < lowest || list[i] > INT32_MAX)
            return hone_fail(HONE_ERROR_FORMAT, "its %s has the number %" PRId64, name, list[i]);
    }
    return HONE_OK;
}

static bool is_auto_pad(const hone_onnx_node *node, const char *value)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "auto_pad");
    return attribute != NULL && attribute->s.len == strlen(value) &&
           memcmp(attribute->s.data, value, attribute->s.len) == 0;
}

/* Whether the pads of an axis of n positions are those of "same". */
static bool pads_as_same(const onnx_window *window, int axis, int64_t n)
{
    const int64_t stride = window->stride[axis],
                  reach = (window->size[axis] - 1) * window->dilation[axis] + 1;
    if (n == HONE_ANY)
        return false;
    int64_t total = ((n + stride - 1) / stride - 1) * stride + reach - n;
    total = total > 0 ? total : 0;
    return window->pads[2 * axis] == total / 2 && window->pads[2 * axis + 1] == total - total / 2;
}

static void name_padding(const hone_onnx_node *node, hone_shape x, onnx_window *window)
{
    bool none = true, same = true;
    for (int axis = 0; axis < window->axes; axis++) {
        none = none && window->pads[2 * axis] == 0 && window->pads[2 * axis + 1] == 0;
        same = same && pads_as_same(window, axis, x.size[axis + 2]);
    }
    window->padding = is_auto_pad(node, "SAME_UPPER") ? "same" : none ? "valid" : same ? "same" : NULL;
}

static hone_status read_window(const hone_onnx_node *node, hone_shape x, onnx_window *window)
{
    int64_t pads[2 * HONE_WINDOW_AXES];
    window->axes = x.rank - 2;
    if (window->axes < 1 || window->axes > HONE_WINDOW_AXES)
        return refuse("it has no, or more than three, spatial axes");
    if (is_auto_pad(node, "SAME_LOWER"))
        return refuse("auto_pad SAME_LOWER is not supported: write the pads");
    HONE_TRY(read_list(node, "strides", 1, window->axes, 1, window->stride));
    HONE_TRY(read_list(node, "dilations", 1, window->axes, 1, window->dilation));
    HONE_TRY(read_list(node, "pads", 0, 2 * window->axes, 0, pads));
    for (int axis = 0; axis < window->axes; axis++) {
        window->pads[2 * axis] = pads[axis];
        window->pads[2 * axis + 1] = pads[window->axes + axis];
    }
    return HONE_OK;
}

/* "[2, 3]" */
static void append_list(hone_text *text, const int64_t *list, int count)
{
    for (int i = 0; i < count; i++)
        hone_internal_text_format(text, "%s%" PRId64, i == 0 ? "[" : ", ", list[i]);
    hone_internal_text_format(text, "]");
}

static void append_pairs(hone_text *text, const int64_t *list, int pairs)
{
    for (int i = 0; i < pairs; i++)
        hone_internal_text_format(text, "%s[%" PRId64 ", %" PRId64 "]",
                                  i == 0 ? (pairs > 1 ? "[" : "") : ", ", list[2 * i], list[2 * i + 1]);
    if (pairs > 1)
        hone_internal_text_format(text, "]");
}

/* One layer of a node that becomes several. */
static hone_tensor *apply(hone_onnx_import *import, const hone_onnx_node *node, hone_text *spec,
                          hone_tensor *x, bool last)
{
    char *text = hone_internal_text_take(spec);
    hone_tensor *y =
        x == NULL || text == NULL ? NULL : hone_internal_onnx_apply(import, node, text, &x, 1, last);
    hone_internal_free(text);
    return y;
}

/* Zeros around x that "same" does not put there. */
static hone_tensor *pad(hone_onnx_import *import, const hone_onnx_node *node, const onnx_window *window,
                        hone_tensor *x)
{
    if (window->padding != NULL)
        return x;
    hone_text spec = {0};
    hone_internal_text_format(&spec, "zero_padding%dd(", window->axes);
    append_pairs(&spec, window->pads, window->axes);
    hone_internal_text_format(&spec, ", data_format=channels_first)");
    return apply(import, node, &spec, x, false);
}

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
                                onnx_window *window, int64_t filters)
{
    if (w->rank != window->axes + 2 || hone_array_count(w) == 0)
        return hone_fail(HONE_ERROR_FORMAT, "its weights have %d axes, not %d, or are not numbers", w->rank,
                         window->axes + 2);
    for (int axis = 0; axis < window->axes; axis++)
        window->size[axis] = w->shape[axis + 2];
    if (!hone_internal_onnx_is_given(node, 2))
        return HONE_OK;
    const hone_array *bias = hone_internal_onnx_constant(import, node, 2);
    if (bias == NULL)
        return hone_error_status();
    if (bias->rank != 1 || bias->shape[0] != filters)
        return hone_fail(HONE_ERROR_FORMAT, "its bias must have %" PRId64 " numbers", filters);
    return HONE_OK;
}

hone_status hone_internal_onnx_import_convolution(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *w = hone_internal_onnx_constant(import, node, 1);
    onnx_window window = {0};
    if (x == NULL || w == NULL)
        return hone_error_status();
    HONE_TRY(read_window(node, x->shape, &window));
    HONE_TRY(check_kernel(import, node, w, &window, w->shape[0]));
    name_padding(node, x->shape, &window);
    x = pad(import, node, &window, x);
    hone_text spec = {0};
    hone_internal_text_format(&spec, "conv%dd(%" PRId64 ", ", window.axes, w->shape[0]);
    append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", dilation_rate=");
    append_list(&spec, window.dilation, window.axes);
    hone_internal_text_format(&spec, ", padding=%s, groups=%" PRId64 "%s, data_format=channels_first)",
                              window.padding != NULL ? window.padding : "valid",
                              hone_internal_onnx_int(node, "group", 1),
                              hone_internal_onnx_is_given(node, 2) ? "" : ", use_bias=false");
    hone_tensor *y = apply(import, node, &spec, x, true);
    return y == NULL ? hone_error_status() : give_weights(import, node, y, w);
}

/* The whole result of the windows, `longer` at its end, without what the pads cut off. */
hone_status hone_internal_onnx_import_convolution_transpose(hone_onnx_import *import,
                                                            const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *w = hone_internal_onnx_constant(import, node, 1);
    onnx_window window = {0};
    int64_t longer[HONE_WINDOW_AXES];
    if (x == NULL || w == NULL)
        return hone_error_status();
    HONE_TRY(read_window(node, x->shape, &window));
    HONE_TRY(check_kernel(import, node, w, &window, w->rank > 1 ? w->shape[1] : 0));
    HONE_TRY(read_list(node, "output_padding", 0, window.axes, 0, longer));
    if (hone_internal_onnx_int(node, "group", 1) != 1 ||
        hone_internal_onnx_attribute(node, "output_shape") != NULL || is_auto_pad(node, "SAME_UPPER"))
        return refuse("groups, output_shape and auto_pad of a ConvTranspose are not supported");
    name_padding(node, x->shape, &window);
    if (window.axes == 1 && (window.pads[0] > 0 || window.pads[1] > 0))
        return refuse("pads of a ConvTranspose over one axis are not supported");
    const bool cropped = window.padding == NULL || strcmp(window.padding, "valid") != 0;
    hone_text spec = {0};
    hone_internal_text_format(&spec, "conv%dd_transpose(%" PRId64 ", ", window.axes, w->shape[1]);
    append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", dilation_rate=");
    append_list(&spec, window.dilation, window.axes);
    hone_internal_text_format(&spec, ", output_padding=");
    append_list(&spec, longer, window.axes);
    hone_internal_text_format(&spec, "%s, data_format=channels_first)",
                              hone_internal_onnx_is_given(node, 2) ? "" : ", use_bias=false");
    hone_tensor *y = apply(import, node, &spec, x, !cropped);
    if (y == NULL)
        return hone_error_status();
    HONE_TRY(give_weights(import, node, y, w));
    if (!cropped)
        return HONE_OK;
    hone_text crop = {0};
    hone_internal_text_format(&crop, "cropping%dd(", window.axes);
    append_pairs(&crop, window.pads, window.axes);
    hone_internal_text_format(&crop, ", data_format=channels_first)");
    return apply(import, node, &crop, y, true) == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_onnx_import_pool(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const bool average = strcmp(node->op_type, "AveragePool") == 0;
    onnx_window window = {0};
    if (x == NULL)
        return hone_error_status();
    HONE_TRY(read_window(node, x->shape, &window));
    if (hone_internal_onnx_attribute(node, "kernel_shape") == NULL)
        return hone_fail(HONE_ERROR_FORMAT, "its kernel_shape is missing");
    HONE_TRY(read_list(node, "kernel_shape", 1, window.axes, 1, window.size));
    for (int axis = 0; axis < window.axes; axis++)
        if (window.dilation[axis] != 1)
            return refuse("dilations of a pool are not supported");
    if (hone_internal_onnx_int(node, "ceil_mode", 0) != 0)
        return refuse("ceil_mode of a pool is not supported");
    name_padding(node, x->shape, &window);
    const bool counts = average && hone_internal_onnx_int(node, "count_include_pad", 0) != 0;
    if (window.padding == NULL && !counts)
        return refuse("pads of a pool that are not those of \"same\" are not supported");
    if (counts && window.padding != NULL && strcmp(window.padding, "same") == 0)
        window.padding = NULL; /* the zeros around x count */
    x = pad(import, node, &window, x);
    hone_text spec = {0};
    hone_internal_text_format(&spec, "%s_pooling%dd(", average ? "average" : "max", window.axes);
    append_list(&spec, window.size, window.axes);
    hone_internal_text_format(&spec, ", strides=");
    append_list(&spec, window.stride, window.axes);
    hone_internal_text_format(&spec, ", padding=%s, data_format=channels_first)",
                              window.padding != NULL ? window.padding : "valid");
    return apply(import, node, &spec, x, true) == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_onnx_import_global_pool(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (x->shape.rank < 3 || x->shape.rank > HONE_WINDOW_AXES + 2)
        return refuse("it has no, or more than three, spatial axes");
    return hone_internal_onnx_layer(
        import, node, x, "global_%s_pooling%dd(data_format=channels_first, keepdims=true)",
        strcmp(node->op_type, "GlobalMaxPool") == 0 ? "max" : "average", x->shape.rank - 2);
}
