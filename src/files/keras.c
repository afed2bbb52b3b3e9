/* Keras's files: .keras archives, .weights.h5 and .weights.json; older .h5 are read in keras/legacy.c. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "files/files.h"
#include "files/format.h"
#include "graph/stored.h"
#include "keras/keras.h"
#include "keras/staging.h"
#include "keras/vocabularies.h"
#include "layers/quantized.h"

#include <stdio.h>
#include <string.h>

static hone_array array_of(const hone_variable *variable, float *data)
{
    return hone_array_view(data, HONE_FLOAT32, variable->shape.rank, variable->shape.size);
}

/* ---- writing ---- */

typedef struct storing {
    const hone_model *model;
    hone_store *store;
} storing;

/* A weight with what a low-rank adaptation adds to it: Keras's files have the sum alone. */
static hone_status store_merged(hone_store *store, const char *vars, const hone_variable *variable)
{
    float *merged =
        hone_internal_allocate((size_t)hone_internal_variable_count(variable) * sizeof *merged + 1);
    if (merged == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_variable_merge(variable, merged);
    const hone_array array = array_of(variable, merged);
    hone_status status = hone_internal_store_add(store, vars, &array, true);
    hone_internal_free(merged);
    return status;
}

/* The whole numbers of a quantised weight as bytes. */
static hone_status store_whole(hone_store *store, const char *vars, const hone_variable *variable,
                               const float *numbers)
{
    const hone_shape shape = hone_internal_stored_shape(variable);
    int8_t *bytes = hone_internal_allocate((size_t)hone_internal_stored_count(variable) + 1);
    if (bytes == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_stored_pack(variable, numbers, bytes);
    const hone_array array = hone_array_view(bytes, HONE_INT8, shape.rank, shape.size);
    hone_status status = hone_internal_store_add(store, vars, &array, true);
    hone_internal_free(bytes);
    return status;
}

static hone_status store_variable(hone_store *store, const char *vars, const hone_variable *variable)
{
    if (variable->stored == HONE_INT8)
        return store_whole(store, vars, variable, hone_internal_variable_data(variable));
    if (variable->lora_a != NULL)
        return store_merged(store, vars, variable);
    int32_t whole = variable->integer ? (int32_t)hone_internal_variable_data(variable)[0] : 0;
    const hone_array array = variable->integer ? hone_array_view(&whole, HONE_INT32, 0, NULL)
                                               : array_of(variable, hone_internal_variable_data(variable));
    return hone_internal_store_add(store, vars, &array, variable->integer);
}

static hone_status store_object(void *context, const char *path, const char *name, hone_variable **variables,
                                size_t count)
{
    const storing *of = context;
    hone_store *store = of->store;
    char *vars = hone_internal_vars_path(path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_store_add_group(store, vars, name);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = store_variable(store, vars, variables[i]);
    hone_internal_free(vars);
    return status < 0 ? status : hone_internal_vocabularies_store(of->model, path, name, store);
}

static hone_store *make_store(hone_model *model, int version)
{
    hone_store *store = hone_internal_store_create();
    if (store == NULL)
        return NULL;
    storing of = {model, store};
    hone_status status =
        hone_internal_visit_model(model, "", HONE_WEIGHTS_LAYERS, hone_model_name(model), store_object, &of);
    if (status >= 0 && model->compiled.ready)
        status = hone_internal_optimizer_store(store, model->compiled.optimizer, version);
    if (status >= 0)
        return store;
    hone_internal_store_free(store);
    return NULL;
}

/* The members beside Keras's first three: vocabularies, `extra`, and how the data of training were read. */
static hone_status write_archive(hone_model *model, const char *path, const hone_config *config,
                                 const hone_store *store, int version, const hone_zip_member *extra,
                                 size_t count)
{
    hone_vocabularies own = {0};
    char *text = model->schema == NULL ? NULL : hone_internal_config_to_json(model->schema, false);
    hone_status status = model->schema != NULL && text == NULL
                             ? HONE_ERROR_MEMORY
                             : hone_internal_vocabularies_write(model, &own);
    hone_zip_member *members = hone_internal_allocate((own.count + count + 1) * sizeof *members);
    if (members == NULL)
        status = HONE_ERROR_MEMORY;
    if (status >= 0) {
        size_t all = own.count + count;
        if (own.count > 0)
            memcpy(members, own.members, own.count * sizeof *members);
        if (count > 0)
            memcpy(members + own.count, extra, count * sizeof *members);
        if (text != NULL)
            members[all++] = (hone_zip_member){HONE_DATA_MEMBER, text, strlen(text)};
        status = hone_internal_keras_write(path, config, store, version, members, all);
    }
    hone_internal_free(members);
    hone_internal_free(text);
    hone_internal_vocabularies_free(&own);
    return status;
}

/* The form of 3.4 is read by all newer ones; slots are in the order of 3.10 (slots.c). */
enum { USUAL_RELEASE = 310 };

/* Quantised weights with what low-rank adaptations add, until they are given back. */
static hone_status lend(hone_layer *layer, hone_held_numbers **held)
{
    hone_layer *inner;
    HONE_TRY(hone_internal_quantized_lend(layer, held));
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(lend(inner, held));
    return HONE_OK;
}

static hone_status lend_all(const hone_model *model, hone_held_numbers **held)
{
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(lend(model->layers[i], held));
    return HONE_OK;
}

hone_status hone_internal_model_save_archive(hone_model *model, const char *path, int version,
                                             const hone_zip_member *extra, size_t count)
{
    if (model == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_model_need_built(model, "save"));
    hone_config *config = hone_internal_model_to_config(model);
    if (config == NULL)
        return hone_error_status();
    hone_status status = hone_internal_config_reshapes(config);
    if (status >= 0)
        status = hone_internal_vocabularies_to_config(model, config, false);
    if (status >= 0 && version != 0)
        status = hone_internal_config_for_release(config, version);
    hone_held_numbers *held = NULL;
    if (status >= 0)
        status = lend_all(model, &held);
    hone_store *store = status < 0 ? NULL : make_store(model, version);
    if (status >= 0)
        status = store == NULL ? hone_error_status()
                               : write_archive(model, path, config, store,
                                               version == 0 ? USUAL_RELEASE : version, extra, count);
    hone_internal_store_free(store);
    hone_internal_quantized_give_back(&held);
    hone_internal_config_free(config);
    return status;
}

/* Weights and the optimizer's state alone; in files of at most this many bytes, 0: in one file. */
static hone_status save_weights(hone_model *model, const char *path, int version, int64_t shard_bytes)
{
    hone_held_numbers *held = NULL;
    hone_store *store = lend_all(model, &held) < 0 ? NULL : make_store(model, version);
    if (store == NULL) {
        hone_internal_quantized_give_back(&held);
        return hone_error_status();
    }
    hone_status status = shard_bytes > 0
                             ? hone_internal_store_write_shards(store, path, (uint64_t)shard_bytes)
                             : hone_internal_store_write(store, path);
    hone_internal_store_free(store);
    hone_internal_quantized_give_back(&held);
    return status;
}

/* ---- reading ---- */

/* Whether a group is missing where numbers follow each other: "dense_2" is there, "dense_1" is not. */
static hone_status seek_gap(void *context, const char *path, const char *name, hone_variable **variables,
                            size_t count)
{
    hone_weights_file **file = context;
    (void)name, (void)variables;
    if (count > 0 && *file != NULL && !hone_internal_weights_has_group(*file, path))
        *file = NULL;
    return HONE_OK;
}

static hone_status find_layout(hone_model *model, hone_weights_file *file, hone_weights_layout *layout)
{
    *layout = HONE_WEIGHTS_LAYERS;
    if (!hone_internal_weights_has_group(file, "_layer_checkpoint_dependencies"))
        return HONE_OK;
    hone_weights_file *whole = file;
    *layout = HONE_WEIGHTS_DEPENDENCIES;
    HONE_TRY(hone_internal_visit_model(model, "", *layout, hone_model_name(model), seek_gap, &whole));
    if (whole == NULL)
        *layout = HONE_WEIGHTS_DEPENDENCIES_TWICE;
    return HONE_OK;
}

static hone_status read_weights(hone_model *model, hone_weights_file *file, const char *label,
                                const hone_load_weights_args *args)
{
    hone_staging reader = {.file = file, .label = label, .args = args};
    hone_weights_layout layout;
    HONE_TRY(find_layout(model, file, &layout));
    if (args == NULL)
        HONE_TRY(hone_internal_keras_quantize_parts(model, file, layout));
    hone_status status = hone_internal_visit_model(model, "", layout, hone_model_name(model),
                                                   hone_internal_stage_object, &reader);
    if (status >= 0)
        hone_internal_staging_commit(&reader);
    hone_internal_staging_free(&reader);
    return status;
}

static bool is_compiled(const hone_config *compile_config)
{
    return hone_internal_config_present(compile_config) &&
           (!hone_internal_config_is(compile_config, HONE_CONFIG_MAP) ||
            hone_internal_config_count(compile_config) > 0);
}

static hone_status fill_model(hone_model *model, const hone_config *config, hone_weights_file *file,
                              const char *path, const hone_loading *loading)
{
    if (!model->built)
        return hone_fail(
            HONE_ERROR_FORMAT,
            "%s: the model was saved before it knew the shape of its input, so the file holds no weights",
            path);
    HONE_TRY(read_weights(model, file, path, NULL));
    HONE_TRY(hone_internal_vocabularies_read(model, config, file));
    const hone_config *compile_config = hone_internal_config_get(config, "compile_config");
    if (!is_compiled(compile_config))
        return HONE_OK;
    HONE_TRY(hone_internal_model_compile_config(model, compile_config, loading));
    HONE_TRY(hone_internal_model_make_slots(model)); /* as Keras, also when the file has none */
    return hone_internal_optimizer_restore(model, file, path, loading);
}

static hone_model *load_archive(const char *path, const hone_load_args *args)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    if (hone_internal_keras_read(path, &config, &file) < 0)
        return NULL;
    hone_loading loading;
    hone_model *model = NULL;
    hone_status status = hone_internal_loading_begin(&loading, args, hone_internal_weights_most_bytes(file));
    loading.release = hone_internal_weights_version(file);
    if (status >= 0)
        model = hone_internal_model_from_config(config, &loading);
    if (model == NULL)
        hone_internal_error_in(hone_error_status(), path);
    else if (hone_internal_model_take_schema(model, config) < 0 ||
             fill_model(model, config, file, path, &loading) < 0) {
        hone_model_free(model);
        model = NULL;
        hone_internal_error_in(hone_error_status(), path);
    }
    hone_internal_loading_end(&loading);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return model;
}

hone_status hone_internal_model_load_training(hone_model *model, const char *path)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    HONE_TRY(hone_internal_keras_read(path, &config, &file));
    hone_status status = read_weights(model, file, path, NULL);
    if (status >= 0)
        status = hone_internal_vocabularies_read(model, config, file);
    if (status >= 0)
        status = hone_internal_optimizer_restore(model, file, path, NULL);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return status;
}

/* ---- the formats ---- */

static hone_status save_keras(hone_model *model, const char *path, int version, const hone_save_args *args)
{
    (void)args;
    return hone_internal_model_save_archive(model, path, version, NULL, 0);
}

static hone_status save_weights_h5(hone_model *model, const char *path, int version,
                                   const hone_save_args *args)
{
    (void)args;
    return save_weights(model, path, version, 0);
}

static hone_status save_weights_json(hone_model *model, const char *path, int version,
                                     const hone_save_args *args)
{
    return save_weights(model, path, version, args->shard_bytes);
}

/* `file` is taken over; NULL: it could not be opened. */
static hone_status load_from(hone_model *model, hone_weights_file *file, const char *path,
                             const hone_load_weights_args *args)
{
    hone_status status = file == NULL ? hone_error_status()
                         : hone_internal_weights_are_legacy(file)
                             ? hone_internal_model_read_legacy_weights(model, file, path, args)
                         : args->by_name ? hone_internal_model_read_named_weights(model, file, path, args)
                                         : read_weights(model, file, path, args);
    hone_internal_weights_close(file);
    return status;
}

static hone_status load_keras_weights(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    HONE_TRY(hone_internal_keras_read(path, &config, &file));
    hone_internal_config_free(config);
    return load_from(model, file, path, args);
}

static hone_status load_weights_h5(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    return load_from(model, hone_internal_weights_open(path), path, args);
}

static hone_status load_weights_json(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    return load_from(model, hone_internal_weights_open_shards(path), path, args);
}

#define HDF5_SIGNATURE "\x89HDF\r\n\x1a\n"

const hone_model_format hone_internal_keras_format = {
    .ending = ".keras", .save = save_keras, .load = load_archive, .load_weights = load_keras_weights};

/* Its load says that there is no model in it. */
const hone_model_format hone_internal_weights_h5_format = {.ending = ".weights.h5",
                                                           .weights_alone = true,
                                                           .save = save_weights_h5,
                                                           .load = hone_internal_model_load_legacy,
                                                           .load_weights = load_weights_h5};

const hone_model_format hone_internal_weights_json_format = {.ending = ".weights.json",
                                                             .weights_alone = true,
                                                             .save = save_weights_json,
                                                             .load_weights = load_weights_json};

const hone_model_format hone_internal_h5_format = {.ending = ".h5",
                                                   .start = HDF5_SIGNATURE,
                                                   .load = hone_internal_model_load_legacy,
                                                   .load_weights = load_weights_h5};
