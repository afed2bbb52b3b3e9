/* Model files: saving and loading models and weights. */
#ifndef HONE_FILES_H
#define HONE_FILES_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The extension selects what is written: .keras, the model with its compile settings and optimizer
 * state; .weights.h5, only the weights (and the optimizer state); .weights.json, the same in several files
 * beside it (NAME_00000.weights.h5, ...); .safetensors, weights by name ("dense/kernel"). A .keras or
 * .weights.h5 file is read by Keras 3.4 and newer unless `keras_version` says otherwise;
 * HONE_ERROR_UNSUPPORTED if the model needs a newer release. */
#define HONE_SAVE_FIELDS(F, A) \
    F(A, TEXT, keras_version, NULL, \
      "oldest Keras version that must read the file, 3.0 or newer (default 3.4)", HONE_ARGUMENT("X.Y")) \
    F(A, TEXT, dtype, "float32", "type of the numbers in a .safetensors file", \
      HONE_ONE_OF("float32|float64|float16|bfloat16")) \
    F(A, INTEGER, shard_bytes, INT64_C(5368709120), "maximum bytes of numbers per file of .weights.json", \
      HONE_AT_LEAST(1), HONE_ARGUMENT("BYTES")) \
    F(A, BOOLEAN, adapters, false, \
      ".safetensors: save the low-rank adaptations alone (hone_load_adapters reads them)")
HONE_ARGS_STRUCT(hone_save_args, HONE_SAVE_FIELDS);
hone_status hone_save_with(hone_model *model, const char *path, const hone_save_args *args);

/* .keras or a folder with its parts, Keras 3 and tf.keras 2.12 to 2.15; .h5, whole models of Keras 2 and 3;
 * .onnx. Loads the optimizer and its state if the model was compiled. An unknown setting is an error
 * unless it is null, false or its default in Keras. */
#define HONE_LOAD_FIELDS(F, A) \
    F(A, BOOLEAN, ignore_unknown, false, "warn about unknown settings, keep them, and save them again") \
    F(A, SINK, output, NULL, "function that receives warnings, one line each", HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output", HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_load_args, HONE_LOAD_FIELDS);
hone_model *hone_load_with(const char *path, const hone_load_args *args);

/* Weights from a .weights.h5, .weights.json, .keras, .h5 or .safetensors file into a built model: all or
 * nothing. `map` renames tensors of .safetensors: "theirs=ours" loads the tensor "theirs" as the weight
 * "ours". One * on each side stands for the same text ("h.*=block.*"); ours ending in ".T" takes the matrix
 * transposed (PyTorch's linear layers); nothing after "=" skips the tensor. */
#define HONE_LOAD_WEIGHTS_FIELDS(F, A) \
    F(A, BOOLEAN, by_name, false, \
      ".h5 and .weights.h5: match layers by name, not by position; skip those that one side lacks") \
    F(A, BOOLEAN, skip_mismatch, false, \
      "layers with another number or shape of weights keep theirs, with a warning") \
    F(A, BOOLEAN, partial, false, ".safetensors: skip weights that the file or the model lacks") \
    F(A, TEXT_LIST, map, NULL, ".safetensors: renamed tensors", HONE_ARGUMENT("THEIRS=OURS")) \
    F(A, SINK, output, NULL, "function that receives warnings, one line each", HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output", HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_load_weights_args, HONE_LOAD_WEIGHTS_FIELDS);
hone_status hone_load_weights_with(hone_model *model, const char *path, const hone_load_weights_args *args);
#ifndef __cplusplus
#define hone_save(...) HONE_SAVE(__VA_ARGS__, HONE_BASE(hone_save_args))
#define HONE_SAVE(model_, path_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_save_with(model_, path_, HONE_ARGS(hone_save_args, HONE_SAVE_FIELDS, __VA_ARGS__)))
#define hone_load(...) HONE_LOAD(__VA_ARGS__, HONE_BASE(hone_load_args))
#define HONE_LOAD(path_, ...) \
    HONE_WITH_OVERRIDES(hone_load_with(path_, HONE_ARGS(hone_load_args, HONE_LOAD_FIELDS, __VA_ARGS__)))
#define hone_load_weights(...) HONE_LOAD_WEIGHTS(__VA_ARGS__, HONE_BASE(hone_load_weights_args))
#define HONE_LOAD_WEIGHTS(model_, path_, ...) \
    HONE_WITH_OVERRIDES(hone_load_weights_with( \
        model_, path_, HONE_ARGS(hone_load_weights_args, HONE_LOAD_WEIGHTS_FIELDS, __VA_ARGS__)))
#endif

/* Low-rank adaptations out of a .safetensors file that `adapters` of hone_save wrote, into a model like that
 * one: layers that have none get theirs. Compile afterwards. */
hone_status hone_load_adapters(hone_model *model, const char *path);

/* What can be done with a file, by its extension. */
typedef enum hone_file_use {
    HONE_SAVES_MODEL = 1,
    HONE_LOADS_MODEL = 2,
    HONE_SAVES_WEIGHTS = 4, /* without the model */
    HONE_LOADS_WEIGHTS = 8, /* into a model; also from model files */
    HONE_NAMES_WEIGHTS = 16 /* `map` and `partial` of hone_load_weights apply */
} hone_file_use;
/* What can be done with a file of this name: a sum of hone_file_use, 0: nothing. */
unsigned hone_file_uses(const char *path);
/* The ends of all names with a use, ".keras, .h5 or .onnx", cut to fit into `text`, which is returned. */
const char *hone_file_endings(hone_file_use use, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
