/* Biases, choosing, rounding in ONNX, and what changes nothing. */
#include "onnx/forms.h"
#include "base/text.h"

#include <inttypes.h>

/* ---- writing ---- */

static hone_status emit_select(hone_onnx_export *export, const hone_node *node)
{
    const char *condition =
        hone_internal_onnx_as_truth(export, hone_internal_onnx_name_of(export, node->inputs[0]));
    return hone_internal_onnx_give(export, node->outputs[0],
                                   HONE_ONNX(export, "Where", condition,
                                             hone_internal_onnx_name_of(export, node->inputs[1]),
                                             hone_internal_onnx_name_of(export, node->inputs[2])));
}

static hone_status emit_bias(hone_onnx_export *export, const hone_node *node)
{
    return hone_internal_onnx_give(export, node->outputs[0],
                                   HONE_ONNX(export, "Add",
                                             hone_internal_onnx_name_of(export, node->inputs[0]),
                                             hone_internal_onnx_name_of(export, node->inputs[1])));
}

/* ---- reading ---- */

/* One slope for each of a sample's numbers, or shared along axes. */
static hone_status import_p_re_lu(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *slope = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (slope == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    hone_text spec = {0};
    int shared = 0;
    for (int axis = 0; axis < shape.rank; axis++) {
        int own = axis - (shape.rank - slope->rank);
        int64_t size = own < 0 ? 1 : slope->shape[own];
        if (size != 1 && (axis == 0 || size != shape.size[axis])) {
            hone_internal_text_free(&spec);
            return hone_internal_onnx_refuse("its slope does not match the axes after the batch axis");
        }
        if (axis > 0 && size == 1)
            hone_internal_text_format(&spec, "%s%d", shared++ > 0 ? ", " : "", axis);
    }
    hone_status status =
        shared == 0   ? hone_internal_onnx_layer(import, node, x, "p_re_lu")
        : spec.failed ? HONE_ERROR_MEMORY
                      : hone_internal_onnx_layer(import, node, x, "p_re_lu(shared_axes=[%s])", spec.data);
    hone_internal_text_free(&spec);
    HONE_TRY(status);
    return hone_internal_onnx_give_weight(import, hone_internal_onnx_result(import, node)->tensor, "alpha",
                                          hone_internal_onnx_copy_floats(slope, 1));
}

/* Numbers are floats here, whatever their type; to integers they are cut, which nothing but a table's rows
 * may see. */
static hone_status import_cast(hone_onnx_import *import, const hone_onnx_node *node)
{
    int64_t to = hone_internal_onnx_int(node, "to", 0);
    bool number = to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
    if (!number && hone_internal_onnx_only_reader(import, node, "Gather") == NULL)
        return hone_internal_onnx_refuse(
            "only a cast to a floating-point type, or to the row numbers of a Gather, is "
            "supported");
    return hone_internal_onnx_import_same(import, node);
}

static const hone_onnx_emitted emitted[] = {
    {"select", emit_select},
    {"bias_add", emit_bias},
    {"round_bfloat16", hone_internal_onnx_emit_same},
    {"round_float16", hone_internal_onnx_emit_same},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Cast", import_cast},
    {"Identity", hone_internal_onnx_import_same},
    {"PRelu", import_p_re_lu},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(elementwise, emitted, imported);
