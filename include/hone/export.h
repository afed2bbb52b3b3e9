/* Export of models to ONNX graphs and C source. */
#ifndef HONE_EXPORT_H
#define HONE_EXPORT_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the model for prediction as an ONNX graph (opset 17, IR 8), for other runtimes: inputs and outputs
 * by their names, in float32, with a variable batch size; layers that act only in training are left out.
 * Vocabularies (string_lookup, integer_lookup) are in the graph, which takes texts, or int64. Other layers
 * over texts (text_vectorization, hashing, ...) are left out: an input with their name takes what they make,
 * and `remark` is told why. HONE_ERROR_UNSUPPORTED names the layer that ONNX cannot express. Above 2 GB the
 * weights go to PATH.data. hone_load reads it back. */
#define HONE_EXPORT_ONNX_FIELDS(F, A) \
    F(A, SINK, remark, NULL, "function that is told which layers over texts are left out, and why", \
      HONE_PROGRAM_ONLY) \
    F(A, POINTER, remark_context, NULL, "first argument of remark", HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_export_onnx_args, HONE_EXPORT_ONNX_FIELDS);
hone_status hone_export_onnx_with(hone_model *model, const char *path, const hone_export_onnx_args *args);
#ifndef __cplusplus
#define hone_export_onnx(...) HONE_EXPORT_ONNX(__VA_ARGS__, HONE_BASE(hone_export_onnx_args))
#define HONE_EXPORT_ONNX(model_, path_, ...) \
    HONE_WITH_OVERRIDES(hone_export_onnx_with( \
        model_, path_, HONE_ARGS(hone_export_onnx_args, HONE_EXPORT_ONNX_FIELDS, __VA_ARGS__)))
#endif

typedef struct hone_c_source {
    char prefix[64];
    int64_t weight_bytes, work_bytes; /* constants; work space */
    int64_t multiply_adds;            /* in products, per prediction */
    int64_t source_bytes;             /* of the .c file */
    /* With int8 weights and data: over all samples and outputs, against float32. */
    int64_t measured;          /* samples; 0: not measured */
    double largest_difference; /* between two outputs */
    const char
        *score; /* "accuracy", or "mean absolute error"; NULL: no targets that match the single output */
    double float_score, int8_score;
    /* With calibration: the samples by which ranges were measured, and the steps whose results stay floats.
     */
    int64_t calibrated, float_steps;
} hone_c_source;

/* Writes a model for prediction as C99: `path`, which ends in .c, and the header beside it. The source needs
 * only libm and allocates no memory. Masks work as in prediction; a layer that draws random numbers or keeps
 * a state, and an input of variable size, are refused (HONE_ERROR_UNSUPPORTED, HONE_ERROR_SHAPE). The same
 * model gives the same bytes. `report` may be NULL. */
#define HONE_EXPORT_C_FIELDS(F, A) \
    F(A, TEXT, weights, "float32", \
      "type of the weights; int8: matrices, kernels and embeddings as bytes, with a scale for each output", \
      HONE_ONE_OF("float32|int8")) \
    F(A, TEXT, prefix, NULL, "prefix of every name in the source (default: the file's name)") \
    F(A, DATASET, data, HONE_NO_DATASET, \
      "data for the self-test, which takes the first samples, and for the error of int8 weights (default: " \
      "random samples)", \
      HONE_PROGRAM_ONLY) \
    F(A, INTEGER, samples, 3, "number of samples in the self-test", HONE_BETWEEN(1, 1000)) \
    F(A, DATASET, calibration, HONE_NO_DATASET, \
      "data by which the ranges between layers are measured: with int8 weights these numbers are bytes too, " \
      "and sums are int32", \
      HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_export_c_args, HONE_EXPORT_C_FIELDS);
hone_status hone_export_c_with(hone_model *model, const char *path, hone_c_source *report,
                               const hone_export_c_args *args);
#ifndef __cplusplus
#define hone_export_c(...) HONE_EXPORT_C(__VA_ARGS__, HONE_BASE(hone_export_c_args))
#define HONE_EXPORT_C(model_, path_, report_, ...) \
    HONE_WITH_OVERRIDES(hone_export_c_with( \
        model_, path_, report_, HONE_ARGS(hone_export_c_args, HONE_EXPORT_C_FIELDS, __VA_ARGS__)))
#endif

#ifdef __cplusplus
}
#endif
#endif
