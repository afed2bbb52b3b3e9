/* Linear algebra in ONNX, which has determinants alone. */
#include "onnx/forms.h"

/* sign, log |det| and det along a last axis */
static hone_status emit_determinant(hone_onnx_export *export, const hone_node *node)
{
    const int64_t axis = hone_internal_onnx_shape_of(export, node->outputs[0]).rank - 1;
    const char *det = HONE_ONNX(export, "Det", hone_internal_onnx_name_of(export, node->inputs[0]));
    const char *parts[3] = {HONE_ONNX(export, "Sign", det),
                            HONE_ONNX(export, "Log", HONE_ONNX(export, "Abs", det)), det};
    for (int i = 0; i < 3; i++)
        parts[i] = HONE_ONNX(export, "Unsqueeze", parts[i], hone_internal_onnx_list(export, &axis, 1));
    hone_onnx_node *all = hone_internal_onnx_node(&export->writer, "Concat", parts, 3);
    hone_internal_onnx_set_int(&export->writer, all, "axis", axis);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(all));
}

static hone_status import_determinant(hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_operation(import, node, hone_internal_onnx_operand(import, node, 0), "det");
}

static const hone_onnx_emitted emitted[] = {
    {"determinant", emit_determinant},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Det", import_determinant},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(matrix, emitted, imported);
