/* Random numbers in ONNX: a graph that predicts has none, and dropout in a file does nothing. */
#include "onnx/forms.h"

static hone_status import_dropout(hone_onnx_import *import, const hone_onnx_node *node)
{
    double ratio = 0.5;
    HONE_TRY(hone_internal_onnx_read_number(import, node, "ratio", 1, &ratio));
    if (!(ratio >= 0 && ratio < 1))
        return hone_internal_onnx_refuse("its ratio must be at least 0 and below 1");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0), "dropout(%s)",
                                    HONE_ONNX_TEXT(ratio));
}

static const hone_onnx_emitted emitted[] = {
    {"dropout", hone_internal_onnx_refuse_training},
    {"random", hone_internal_onnx_refuse_training},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Dropout", import_dropout},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(random, emitted, imported);
