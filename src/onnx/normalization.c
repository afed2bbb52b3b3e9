/* Normalisation in ONNX. */
#include "onnx/forms.h"
#include "base/text.h"
#include "ops/binary.h"
#include "ops/normalization.h"

#include <inttypes.h>
#include <string.h>

/* ---- writing ---- */

/* BatchNormalization has the channels on axis 1: other axes change places with it. */
static hone_status emit_normalize(hone_onnx_export *export, const hone_node *node)
{
    const hone_batch_attributes *attributes = node->attributes;
    hone_shape shape = hone_internal_onnx_shape_of(export, node->inputs[0]);
    int order[HONE_MAX_RANK], axis = attributes->axis;
    for (int i = 0; i < shape.rank; i++)
        order[i] = i;
    if (axis == 0 || shape.rank < 2)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "a normalisation over axis 0 cannot be written as ONNX");
    order[1] = axis;
    order[axis] = 1;
    const char *x = hone_internal_onnx_name_of(export, node->inputs[0]);
    if (axis != 1)
        x = hone_internal_onnx_transpose(export, x, order, shape.rank);
    const char *scale = node->inputs[3] >= 0 ? hone_internal_onnx_name_of(export, node->inputs[3])
                                             : hone_internal_onnx_filled(export, 1, &shape.size[axis], 1);
    const char *offset = node->inputs[4] >= 0 ? hone_internal_onnx_name_of(export, node->inputs[4])
                                              : hone_internal_onnx_filled(export, 1, &shape.size[axis], 0);
    const char *operands[5] = {x, scale, offset, hone_internal_onnx_name_of(export, node->inputs[1]),
                               hone_internal_onnx_name_of(export, node->inputs[2])};
    hone_onnx_node *normalized = hone_internal_onnx_node(&export->writer, "BatchNormalization", operands, 5);
    hone_internal_onnx_set_float(&export->writer, normalized, "epsilon", attributes->epsilon);
    const char *y = hone_internal_onnx_output(normalized);
    return hone_internal_onnx_give(
        export, node->outputs[0], axis != 1 ? hone_internal_onnx_transpose(export, y, order, shape.rank) : y);
}

/* The other operand of `next`, a binary operation of `kernel` on `value`, when it is a constant of the shape
 * of its last axes. */
static const char *trailing_constant(const hone_onnx_export *export, const hone_node *next,
                                     hone_kernel_index kernel, hone_value value, int axes)
{
    if (next == NULL || ((const hone_binary_attributes *)next->attributes)->kernel != kernel)
        return NULL;
    hone_value other = next->inputs[next->inputs[0] == value];
    hone_shape shape = hone_internal_onnx_shape_of(export, value),
               sizes = hone_internal_onnx_shape_of(export, other);
    bool fits = sizes.rank == axes;
    for (int i = 0; fits && i < axes; i++)
        fits = sizes.size[i] == shape.size[shape.rank - axes + i];
    return fits ? hone_internal_onnx_name_of(export, other) : NULL;
}

/* y = (x - mean) / sqrt(variance + epsilon) over the last axes, with the scale and the offset that come right
 * after. */
static hone_status emit_layer_normalization(hone_onnx_export *export, const hone_node *node)
{
    const hone_row_attributes *attributes = node->attributes;
    hone_shape shape = hone_internal_onnx_shape_of(export, node->inputs[0]);
    hone_value y = node->outputs[0];
    const hone_node *last = node, *next = hone_internal_onnx_next_reader(export, last, "binary_broadcast");
    const char *scale = trailing_constant(export, next, HONE_KERNEL_multiply, y, attributes->axes),
               *offset = NULL;
    if (scale != NULL) {
        hone_internal_onnx_absorb(export, next);
        last = next;
        next = hone_internal_onnx_next_reader(export, last, "binary_broadcast");
        offset = trailing_constant(export, next, HONE_KERNEL_add, last->outputs[0], attributes->axes);
        if (offset != NULL) {
            hone_internal_onnx_absorb(export, next);
            last = next;
        }
    }
    if (scale == NULL)
        scale = hone_internal_onnx_filled(export, attributes->axes,
                                          &shape.size[shape.rank - attributes->axes], 1);
    const char *operands[3] = {hone_internal_onnx_name_of(export, node->inputs[0]), scale, offset};
    hone_onnx_node *normalized =
        hone_internal_onnx_node(&export->writer, "LayerNormalization", operands, offset != NULL ? 3 : 2);
    hone_internal_onnx_set_int(&export->writer, normalized, "axis", -attributes->axes);
    hone_internal_onnx_set_float(&export->writer, normalized, "epsilon", attributes->epsilon);
    return hone_internal_onnx_give(export, last->outputs[0], hone_internal_onnx_output(normalized));
}

/* Without the mean: x / sqrt(mean(x^2) + epsilon). */
static hone_status emit_rows(hone_onnx_export *export, const hone_node *node)
{
    const hone_row_attributes *attributes = node->attributes;
    if (attributes->centre)
        return emit_layer_normalization(export, node);
    int64_t axes[HONE_MAX_RANK];
    for (int i = 0; i < attributes->axes; i++)
        axes[i] = i - attributes->axes;
    const char *x = hone_internal_onnx_name_of(export, node->inputs[0]),
               *square = HONE_ONNX(export, "Mul", x, x);
    const char *mean =
        hone_internal_onnx_reduce(export, HONE_KERNEL_reduce_mean, square, axes, attributes->axes, true);
    const char *epsilon = hone_internal_onnx_number(&export->writer, attributes->epsilon);
    const char *deviation = HONE_ONNX(export, "Sqrt", HONE_ONNX(export, "Add", mean, epsilon));
    return hone_internal_onnx_give(export, node->outputs[0], HONE_ONNX(export, "Div", x, deviation));
}

/* ---- reading ---- */

/* Operand `index` as the weight `name`, or when it is left out nothing. */
static hone_status give_operand(hone_onnx_import *import, const hone_onnx_node *node, size_t index,
                                const char *name)
{
    if (!hone_internal_onnx_is_given(node, index))
        return HONE_OK;
    const hone_array *constant = hone_internal_onnx_constant(import, node, index);
    return constant == NULL
               ? hone_error_status()
               : hone_internal_onnx_give_weight(import, hone_internal_onnx_result(import, node)->tensor, name,
                                                hone_internal_onnx_copy_floats(constant, 1));
}

static hone_status import_batch_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (hone_internal_onnx_int(node, "training_mode", 0) != 0 ||
        hone_internal_onnx_int(node, "spatial", 1) != 1)
        return hone_internal_onnx_refuse(
            "only the inference form, with one number for each channel, is supported");
    for (size_t i = 1; i < 5; i++)
        if (!hone_internal_onnx_is_given(node, i))
            return hone_internal_onnx_refuse("it needs scale, offset, mean and variance");
    int rank = hone_tensor_shape(x).rank;
    HONE_TRY(hone_internal_onnx_layer(
        import, node, x, "batch_normalization(axis=%d, epsilon=%s, momentum=%s)", rank == 2 ? -1 : 1,
        HONE_ONNX_TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f)),
        HONE_ONNX_TEXT(hone_internal_onnx_float(node, "momentum", (double)0.9f))));
    HONE_TRY(give_operand(import, node, 1, "gamma"));
    HONE_TRY(give_operand(import, node, 2, "beta"));
    HONE_TRY(give_operand(import, node, 3, "moving_mean"));
    return give_operand(import, node, 4, "moving_variance");
}

/* Over an axis and all behind it. */
static hone_status import_layer_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (!hone_internal_onnx_is_given(node, 1))
        return hone_internal_onnx_refuse("it needs a scale");
    bool rms = strcmp(node->op_type, "RMSNormalization") == 0,
         offset = !rms && hone_internal_onnx_is_given(node, 2);
    int rank = hone_tensor_shape(x).rank;
    int64_t axis = hone_internal_onnx_int(node, "axis", -1);
    if (axis < 0)
        axis += rank;
    if (axis < 1 || axis >= rank)
        return hone_internal_onnx_refuse("its axis must come after the batch axis");
    hone_text axes = {0};
    for (int64_t i = axis; i < rank; i++)
        hone_internal_text_format(&axes, "%s%" PRId64, i > axis ? ", " : "", i - rank);
    if (axes.failed)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_onnx_layer(
        import, node, x, "%s(axis=[%s], epsilon=%s%s)", rms ? "rms_normalization" : "layer_normalization",
        axes.data, HONE_ONNX_TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f)),
        rms || offset ? "" : ", center=false");
    hone_internal_text_free(&axes);
    HONE_TRY(status);
    HONE_TRY(give_operand(import, node, 1, rms ? "scale" : "gamma"));
    return offset ? give_operand(import, node, 2, "beta") : HONE_OK;
}

/* Each channel (axis 1) of each sample by itself. */
static hone_status import_instance_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    HONE_TRY(
        hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                 "group_normalization(groups=-1, axis=1, epsilon=%s)",
                                 HONE_ONNX_TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f))));
    HONE_TRY(give_operand(import, node, 1, "gamma"));
    return give_operand(import, node, 2, "beta");
}

static const hone_onnx_emitted emitted[] = {
    {"normalize", emit_normalize},
    {"row_normalization", emit_rows},
    {"batch_normalization", hone_internal_onnx_refuse_training},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"BatchNormalization", import_batch_normalization},
    {"InstanceNormalization", import_instance_normalization},
    {"LayerNormalization", import_layer_normalization},
    {"RMSNormalization", import_layer_normalization},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(normalization, emitted, imported);
