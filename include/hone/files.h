/* Files of models: saving, loading, weights alone. */
#ifndef HONE_FILES_H
#define HONE_FILES_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* By the end of the path: .keras, the model with its compile settings and optimizer's state; .weights.h5,
 * weights (and optimizer's state) alone; .weights.json, the same in several files beside it
 * (NAME_00000.weights.h5, ...); .safetensors, weights by name ("dense/kernel"). */
hone_status hone_model_save(hone_model *model, const char *path);
typedef struct hone_save_args {
    hone_args base;
    const char *keras_version; /* "3.3": the oldest Keras that is to read the .keras or .weights.h5 file, 3.0
                                  or newer. HONE_ERROR_UNSUPPORTED when the model has what came later.
                                  NULL: 3.4, whose form all newer ones read */
    const char *dtype;   /* of the numbers in a .safetensors file: "float32" (NULL), "float64", "float16",
                            "bfloat16" */
    int64_t shard_bytes; /* most bytes of numbers in a file of .weights.json; 0: 5 GiB */
} hone_save_args;
hone_status hone_model_save_with(hone_model *model, const char *path, const hone_save_args *args);

/* .keras or a folder with its parts, Keras 3 and tf.keras 2.12 to 2.15; .h5, whole models of Keras 2 and 3.
 * With optimizer and its state when it was compiled. */
hone_model *hone_model_load(const char *path);
typedef struct hone_load_args {
    hone_args base;
    bool ignore_unknown; /* a setting that Hone does not know is a warning, is kept, and is saved again; else
                            it is an error, unless it is null, false or its default in Keras */
    hone_sink *output;   /* where warnings go, a line each; NULL: nowhere */
    void *output_context;
} hone_load_args;
hone_model *hone_model_load_with(const char *path, const hone_load_args *args);

/* Weights from a .weights.h5, .weights.json, .keras, .h5 or .safetensors file into a built model: all or
 * nothing. */
hone_status hone_model_load_weights(hone_model *model, const char *path);
typedef struct hone_load_weights_args {
    hone_args base;
    bool by_name; /* .h5 and .weights.h5: layers of the same name, instead of the same place. Layers that the
                     other side lacks are passed over */
    bool skip_mismatch; /* layers (weights, by_name and .safetensors) whose number or shapes of weights differ
                           keep theirs, with a warning */
    bool partial; /* .safetensors: weights that the file lacks keep theirs, and what the model lacks is passed
                     over */
    const char *const
        *map; /* .safetensors: "theirs=ours" texts, NULL-ended: the tensor "theirs" is the weight "ours".
                 One * on each side stands for the same text ("h.*=block.*");
                 ours ending in ".T" takes the matrix transposed (PyTorch's linear layers); nothing after
                 "=" passes the tensor over. NULL: names are the same */
    hone_sink *output; /* where warnings go, a line each; NULL: nowhere */
    void *output_context;
} hone_load_weights_args;
hone_status hone_model_load_weights_with(hone_model *model, const char *path,
                                         const hone_load_weights_args *args);
#ifndef __cplusplus
#define hone_save(...) HONE_SAVE(__VA_ARGS__, .base = {sizeof(hone_save_args), HONE_SITE})
#define HONE_SAVE(model_, path_, ...) hone_model_save_with(model_, path_, &(hone_save_args){__VA_ARGS__})
#define hone_load(...) HONE_LOAD(__VA_ARGS__, .base = {sizeof(hone_load_args), HONE_SITE})
#define HONE_LOAD(path_, ...) hone_model_load_with(path_, &(hone_load_args){__VA_ARGS__})
#define hone_load_weights(...) \
    HONE_LOAD_WEIGHTS(__VA_ARGS__, .base = {sizeof(hone_load_weights_args), HONE_SITE})
#define HONE_LOAD_WEIGHTS(model_, path_, ...) \
    hone_model_load_weights_with(model_, path_, &(hone_load_weights_args){__VA_ARGS__})
#endif

/* For a program that uses HDF5 itself from several threads: every stretch of calls that Hone makes into HDF5
 * runs between `lock(context)` and `unlock(context)`. They are called in pairs, in one thread, never nested;
 * the program must not hold the lock when it calls Hone unless the lock may be taken twice by one thread.
 * NULL for both: only Hone's own lock. To be set before other threads load or save. */
void hone_set_hdf5_lock(void (*lock)(void *context), void (*unlock)(void *context), void *context);

#ifdef __cplusplus
}
#endif
#endif
