/* What every reader of files enforces before it asks for memory, in one table. `hone help limits` prints it,
 * docs/trust.md has it, and a test compares the two. */
#ifndef HONE_BASE_LIMITS_H
#define HONE_BASE_LIMITS_H

#include <hone/args.h>
#include <stddef.h>
#include <stdint.h>

/* Those that readers use as constants. */
enum {
    HONE_LIMIT_NPY_HEADER = 10000, /* NumPy's own */
    HONE_LIMIT_NPY_TEXT = 1 << 24,
    HONE_LIMIT_CSV_NUMBER = 500,
    HONE_LIMIT_LIBSVM_CLASSES = 65536,
    HONE_LIMIT_LIBSVM_FEATURES = 1 << 24,
    HONE_LIMIT_PNG_CHUNK = 8 << 20,
    HONE_LIMIT_PNG_CHUNKS = 1000,
    HONE_LIMIT_JPEG_SCANS = 1000,
    HONE_LIMIT_PICTURE_PIXELS = 100000000,
    HONE_LIMIT_FOLDER_DEPTH = 64,
    HONE_LIMIT_FOLDER_FILES = 1 << 28,
    HONE_LIMIT_SET_FILES = 1 << 20,
    HONE_LIMIT_TFRECORD_BYTES = 1 << 30,
    HONE_LIMIT_TFRECORD_FEATURES = 4096,
    HONE_LIMIT_ONNX_NODES = 100000,
    HONE_LIMIT_ONNX_VALUES = 1000000,
    HONE_LIMIT_ONNX_NAME = 4096,
    HONE_LIMIT_REDIRECTS = 5
};

#define HONE_LIMIT_TENSOR_BYTES \
    (SIZE_MAX / 2 > (uint64_t)8 << 30 ? (size_t)((uint64_t)8 << 30) \
                                      : SIZE_MAX / 2) /* 8 GiB where there is room */

/* L(name, value, unit, what) */
#define HONE_LIMITS(L) \
    L(json_bytes, (size_t)64 << 20, "bytes", "JSON: a model's configuration, a checkpoint's state") \
    L(json_depth, 64, "levels", "JSON: nesting of lists and maps") \
    L(json_values, (size_t)1 << 22, "values", "JSON: one document") \
    L(json_number, 1000, "characters", "JSON: one number") \
    L(text_bytes, (size_t)64 << 10, "bytes", "JSON: one string") \
    L(yaml_bytes, (size_t)1 << 20, "bytes", "recipes") \
    L(yaml_depth, 64, "levels", "recipes: nesting of lists and maps") \
    L(yaml_nodes, 100000, "values", "recipes: one file") \
    L(yaml_keys, 4096, "keys", "recipes: one map") \
    L(yaml_text, (size_t)64 << 10, "bytes", "recipes: one string") \
    L(recipe_stages, 256, "stages", "recipes: stages of fit") \
    L(class_weights, (size_t)1 << 20, "classes", "class weights in recipes and options") \
    L(spec_depth, 32, "levels", "specs: nesting of brackets") \
    L(model_calls, 100000, "calls", "models: calls of layers") \
    L(model_tensor, (size_t)1 << 28, "numbers", "model files: output of one layer for one sample") \
    L(layer_tables, (size_t)1 << 27, "numbers", "layers: waves and bands that one layer computes with") \
    L(adaptive_sizes, 10000, "positions", "layers: output of an adaptive pooling along one axis") \
    L(lora_rank, (size_t)1 << 16, "columns", "layers: rank of a low-rank adaptation") \
    L(zip_members, 10000, "members", "zip and tar archives (.keras, .npz, .tar.gz)") \
    L(deflate_ratio, 1032, "times", "zip and gzip: inflated size over packed size, the limit of deflate") \
    L(hdf5_ratio, 1000, "times", "HDF5: size of the weights of a model over the size of its file") \
    L(hdf5_texts, 100000, "texts", "HDF5: one attribute") \
    L(tensor_bytes, HONE_LIMIT_TENSOR_BYTES, "bytes", "one array in an HDF5 file or an archive") \
    L(array_axes, HONE_MAX_RANK, "axes", "one array, of any format") \
    L(npy_header, HONE_LIMIT_NPY_HEADER, "characters", "NPY: the header") \
    L(npy_text, HONE_LIMIT_NPY_TEXT, "characters", "NPY: each text of an array of texts") \
    L(csv_number, HONE_LIMIT_CSV_NUMBER, "characters", "tables and libsvm: one number") \
    L(libsvm_classes, HONE_LIMIT_LIBSVM_CLASSES, "classes", "libsvm") \
    L(libsvm_features, HONE_LIMIT_LIBSVM_FEATURES, "features", "libsvm: the highest index") \
    L(libsvm_sparsity, 4096, "times", "libsvm: numbers in the array per value in the file (above 64 MB)") \
    L(padded_sparsity, 256, "times", \
      "TFRecord, sounds: numbers of rows that end in zeros per value in the files (above 64 MB)") \
    L(tokenizer_bytes, (size_t)64 << 20, "bytes", "tokenizers of SentencePiece") \
    L(picture_pixels, HONE_LIMIT_PICTURE_PIXELS, "pixels", "one picture (the option most_pixels)") \
    L(png_chunk, HONE_LIMIT_PNG_CHUNK, "bytes", "PNG: one chunk other than pixels") \
    L(png_chunks, HONE_LIMIT_PNG_CHUNKS, "chunks", "PNG: one picture") \
    L(jpeg_scans, HONE_LIMIT_JPEG_SCANS, "scans", "JPEG: one picture") \
    L(folder_depth, HONE_LIMIT_FOLDER_DEPTH, "levels", "nesting of folders of pictures") \
    L(folder_files, HONE_LIMIT_FOLDER_FILES, "pictures", "one folder") \
    L(set_files, HONE_LIMIT_SET_FILES, "files", "one set of files: a pattern, a manifest") \
    L(tfrecord_bytes, HONE_LIMIT_TFRECORD_BYTES, "bytes", "TFRecord: one record") \
    L(tfrecord_features, HONE_LIMIT_TFRECORD_FEATURES, "features", "TFRecord: one record") \
    L(onnx_nodes, HONE_LIMIT_ONNX_NODES, "nodes", "ONNX: one graph") \
    L(onnx_values, HONE_LIMIT_ONNX_VALUES, "values", "ONNX: one graph") \
    L(onnx_name, HONE_LIMIT_ONNX_NAME, "bytes", "ONNX: one name") \
    L(redirects, HONE_LIMIT_REDIRECTS, "redirects", "fetching one file")

typedef struct hone_limits {
#define HONE_LIMIT_MEMBER(name, value, unit, what) size_t name;
    HONE_LIMITS(HONE_LIMIT_MEMBER)
#undef HONE_LIMIT_MEMBER
} hone_limits;
extern const hone_limits hone_internal_limits;

/* Their rows, to show, are public: hone_limit_at. */

#endif
