/* ONNX: read as a model; hone_export_onnx writes it. */
#include "files/format.h"
#include "onnx/import.h"

const hone_model_format hone_internal_onnx_format = {.ending = ".onnx",
                                                     .load = hone_internal_model_load_onnx};
