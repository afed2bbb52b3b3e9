/* Resizing in ONNX. It is written as a product with its weights, y = W x along the axis, which is what it
 * computes with every filter; Resize is read where it means the same as a layer. */
#include "ops/resize.h"
#include "base/memory.h"
#include "onnx/forms.h"
#include "onnx/window.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MOST_PLACES = 1 << 16 };

/* ---- writing ---- */

/* [.., n, inner] to another [.., rows, sizes after the axis]; what is before the axis stays. */
static const char *reshape(hone_onnx_export *export, const char *x, int axis, int64_t rows,
                           const int64_t *after, int count)
{
    int64_t list[HONE_MAX_RANK + 1] = {0};
    list[axis] = rows;
    for (int i = 0; i < count; i++)
        list[axis + 1 + i] = after[i];
    const char *shape = hone_internal_onnx_list(export, list, axis + 1 + count);
    return HONE_ONNX(export, "Reshape", x, shape);
}

/* [n, m] of [m, n]; NULL on failure. */
static const char *write_turned(hone_onnx_export *export, const hone_resize_matrix *matrix)
{
    const int64_t m = matrix->rows, n = matrix->columns;
    float *turned = hone_internal_allocate((size_t)(m * n) * sizeof *turned);
    for (int64_t i = 0; turned != NULL && i < m * n; i++)
        turned[i] = matrix->numbers[i % m * n + i / m];
    const char *name =
        turned == NULL ? NULL
                       : hone_internal_onnx_floats(&export->writer, NULL, 2, (int64_t[]){n, m}, turned, true);
    hone_internal_free(turned);
    return name;
}

static const char *multiply(hone_onnx_export *export, const char *x, hone_shape shape,
                            const hone_resize_matrix *matrix)
{
    const int after = shape.rank - 1 - matrix->axis;
    if (after == 0)
        return HONE_ONNX(export, "MatMul", x, write_turned(export, matrix));
    const char *weights = hone_internal_onnx_floats(
        &export->writer, NULL, 2, (int64_t[]){matrix->rows, matrix->columns}, matrix->numbers, true);
    if (after == 1)
        return HONE_ONNX(export, "MatMul", weights, x);
    const char *flat = reshape(export, x, matrix->axis, matrix->columns, (int64_t[]){-1}, 1),
               *y = HONE_ONNX(export, "MatMul", weights, flat);
    return reshape(export, y, matrix->axis, matrix->rows, shape.size + matrix->axis + 1, after);
}

static hone_status emit_resize(hone_onnx_export *export, const hone_node *node)
{
    hone_resize_matrix matrix;
    const hone_shape shape = hone_internal_onnx_shape_of(export, node->inputs[0]);
    HONE_TRY(hone_internal_op_resize_matrix(export->graph, node, &matrix));
    for (int axis = matrix.axis + 1; axis < shape.rank; axis++)
        if (shape.size[axis] == HONE_ANY) {
            hone_internal_free(matrix.numbers);
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "resizing an image of unknown size cannot be written to ONNX");
        }
    const char *y = multiply(export, hone_internal_onnx_name_of(export, node->inputs[0]), shape, &matrix);
    hone_internal_free(matrix.numbers);
    return hone_internal_onnx_give(export, node->outputs[0], y);
}

/* ---- reading ---- */

static bool counts_middles(const hone_onnx_node *node)
{
    return hone_internal_onnx_attribute(node, "coordinate_transformation_mode") == NULL ||
           hone_internal_onnx_has_text(node, "coordinate_transformation_mode", "half_pixel");
}

/* What a Resize says of its filter, as the layer does; NULL with an error where no layer means the same. */
static const char *filter_of(const hone_onnx_node *node, const int64_t *sizes, bool *antialias)
{
    const bool nearest = hone_internal_onnx_attribute(node, "mode") == NULL ||
                         hone_internal_onnx_has_text(node, "mode", "nearest"),
               linear = hone_internal_onnx_has_text(node, "mode", "linear"),
               cubic = hone_internal_onnx_has_text(node, "mode", "cubic"),
               middles = counts_middles(node) ||
                         (hone_internal_onnx_has_text(node, "coordinate_transformation_mode",
                                                      "pytorch_half_pixel") &&
                          sizes[2] > 1 && sizes[3] > 1);
    *antialias = hone_internal_onnx_int(node, "antialias", 0) != 0;
    if (!middles)
        hone_internal_onnx_refuse("a coordinate_transformation_mode other than half_pixel is not supported");
    else if (nearest && !hone_internal_onnx_has_text(node, "nearest_mode", "round_prefer_ceil"))
        hone_internal_onnx_refuse("a nearest_mode other than round_prefer_ceil is not supported");
    else if (cubic && (fabs(hone_internal_onnx_float(node, "cubic_coeff_a", -0.75) + 0.5) > 1e-6 ||
                       hone_internal_onnx_int(node, "exclude_outside", 0) == 0))
        hone_internal_onnx_refuse("cubic needs cubic_coeff_a=-0.5 and exclude_outside=1");
    else if (nearest || linear || cubic)
        return nearest ? "nearest" : linear ? "bilinear" : "bicubic";
    else
        hone_internal_onnx_refuse("its mode is not supported");
    return NULL;
}

/* Whole factors that repeat each place, however the coordinates are counted. */
static bool repeats(const hone_onnx_node *node)
{
    const bool nearest = hone_internal_onnx_attribute(node, "mode") == NULL ||
                         hone_internal_onnx_has_text(node, "mode", "nearest"),
               asymmetric =
                   strcmp(node->op_type, "Upsample") == 0 ||
                   (hone_internal_onnx_has_text(node, "coordinate_transformation_mode", "asymmetric") &&
                    hone_internal_onnx_has_text(node, "nearest_mode", "floor"));
    return nearest && (asymmetric || counts_middles(node));
}

/* The size of each axis after it, from operand `sizes` or, by factors, `scales`. */
static hone_status read_sizes(hone_onnx_import *import, const hone_onnx_node *node, hone_shape x,
                              int64_t *sizes)
{
    const bool old = strcmp(node->op_type, "Upsample") == 0;
    const size_t at = old ? 1 : hone_internal_onnx_is_given(node, 3) ? 3 : 2;
    if (!hone_internal_onnx_is_given(node, at))
        return hone_internal_onnx_refuse("neither its scales nor its sizes are given");
    const hone_array *list = hone_internal_onnx_constant(import, node, at);
    if (list == NULL)
        return hone_error_status();
    if (hone_internal_onnx_attribute(node, "axes") != NULL || hone_array_count(list) != x.rank)
        return hone_internal_onnx_refuse("its list must have a number for each axis");
    for (int axis = 0; axis < x.rank; axis++) {
        const double number = hone_array_number(list, axis);
        if (!(number >= 0 && number <= MOST_PLACES))
            return hone_internal_onnx_refuse("its list has a number out of range");
        sizes[axis] = at == 3                    ? (int64_t)number
                      : x.size[axis] == HONE_ANY ? 0
                                                 : (int64_t)floor((double)x.size[axis] * number);
        const bool kept = at == 3 ? (axis == 0 || sizes[axis] == x.size[axis]) : number == 1;
        if (axis < 2 && !kept)
            return hone_internal_onnx_refuse("it changes the batch or the channels");
        if (axis >= 2 && (x.size[axis] == HONE_ANY || sizes[axis] < 1))
            return hone_internal_onnx_refuse("it needs known sizes");
    }
    return HONE_OK;
}

static hone_status import_resize(hone_onnx_import *import, const hone_onnx_node *node)
{
    int64_t sizes[HONE_MAX_RANK];
    bool antialias;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (x->shape.rank != 4)
        return hone_internal_onnx_refuse("only images, with four axes, are resized");
    HONE_TRY(read_sizes(import, node, x->shape, sizes));
    const int64_t h = x->shape.size[2], w = x->shape.size[3];
    if (repeats(node) && sizes[2] % h == 0 && sizes[3] % w == 0)
        return hone_internal_onnx_layer(
            import, node, x, "up_sampling2d([%" PRId64 ", %" PRId64 "], data_format=channels_first)",
            sizes[2] / h, sizes[3] / w);
    const char *filter = filter_of(node, sizes, &antialias);
    if (filter == NULL)
        return hone_error_status();
    return hone_internal_onnx_layer(import, node, x,
                                    "resizing(%" PRId64 ", %" PRId64
                                    ", interpolation=%s, antialias=%s, data_format=channels_first)",
                                    sizes[2], sizes[3], filter, antialias ? "true" : "false");
}

static const hone_onnx_emitted emitted[] = {
    {"resize", emit_resize},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Resize", import_resize},
    {"Upsample", import_resize},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(resize, emitted, imported);
