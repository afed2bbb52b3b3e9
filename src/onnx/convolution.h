/* Convolutions and pools, from and to ONNX. */
#ifndef HONE_ONNX_CONVOLUTION_H
#define HONE_ONNX_CONVOLUTION_H

#include "onnx/export.h"
#include "onnx/import.h"

hone_onnx_emitter hone_internal_onnx_emit_convolution, hone_internal_onnx_emit_convolution_data,
    hone_internal_onnx_emit_pool;
hone_onnx_importer hone_internal_onnx_import_convolution, hone_internal_onnx_import_convolution_transpose,
    hone_internal_onnx_import_pool, hone_internal_onnx_import_global_pool;

#endif
