/* Saving and loading: .keras archives, .weights.h5 and .weights.json; .h5 and .safetensors are in legacy.c
 * and tensors.c. */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "files/files.h"
#include "formats/safetensors.h"
#include "keras/keras.h"
#include "keras/staging.h"
#include "keras/unknown.h"
#include "onnx/import.h"
#include "verbs.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *vars_path(const char *path)
{
    return path[0] == '\0' ? hone_internal_copy_text("vars") : hone_internal_format("%s/vars", path);
}

static hone_array array_of(const hone_variable *variable, float *data)
{
    return hone_array_view(data, HONE_FLOAT32, variable->shape.rank, variable->shape.size);
}

/* ---- writing ---- */

static hone_status store_object(void *context, const char *path, const char *name, hone_variable **variables,
                                size_t count)
{
    hone_store *store = context;
    char *vars = vars_path(path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_store_add_group(store, vars, name);
    for (size_t i = 0; i < count && status >= 0; i++) {
        int32_t whole = variables[i]->integer ? (int32_t)variables[i]->data[0] : 0;
        hone_array array = variables[i]->integer ? hone_array_view(&whole, HONE_INT32, 0, NULL)
                                                 : array_of(variables[i], variables[i]->data);
        status = hone_internal_store_add(store, vars, &array, variables[i]->integer);
    }
    hone_internal_free(vars);
    return status;
}

static hone_status store_slot(hone_store *store, const hone_optimizer *optimizer, size_t slot)
{
    int32_t zero = 0;
    const hone_variable *variable = hone_internal_optimizer_slot_at(optimizer, slot);
    bool integer =
        hone_internal_optimizer_slot_is_integer(optimizer, slot); /* a placeholder, never written */
    hone_array array =
        integer ? hone_array_view(&zero, HONE_INT32, 0, NULL) : array_of(variable, variable->data);
    return hone_internal_store_add(store, "optimizer/vars", &array, integer);
}

static hone_status store_slots(hone_store *store, const hone_optimizer *optimizer, int version)
{
    size_t count = hone_internal_optimizer_slot_count(optimizer);
    size_t *places = hone_internal_allocate((count + 1) * sizeof *places);
    if (places == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_slot_places(optimizer, version, places);
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = store_slot(store, optimizer, places[i]);
    hone_internal_free(places);
    return status;
}

static hone_status store_optimizer(hone_store *store, const hone_optimizer *optimizer, int version)
{
    int32_t iteration = (int32_t)optimizer->iterations;
    float rate = (float)optimizer->learning_rate;
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL),
               rate_array = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    HONE_TRY(hone_internal_store_add_group(store, "optimizer/vars", optimizer->type->type.name));
    HONE_TRY(hone_internal_store_add(store, "optimizer/vars", &iteration_array, true));
    if (optimizer->schedule == NULL)
        HONE_TRY(hone_internal_store_add(store, "optimizer/vars", &rate_array, true));
    return store_slots(store, optimizer, version);
}

static hone_store *make_store(hone_model *model, int version)
{
    hone_store *store = hone_internal_store_create();
    if (store == NULL)
        return NULL;
    hone_status status = hone_internal_visit_model(model, "", HONE_WEIGHTS_LAYERS, hone_model_name(model),
                                                   store_object, store);
    if (status >= 0 && model->compiled.ready)
        status = store_optimizer(store, model->compiled.optimizer, version);
    if (status >= 0)
        return store;
    hone_internal_store_free(store);
    return NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The members beside Keras's own: `extra`, and how the data of training were read. */
static hone_status write_archive(hone_model *model, const char *path, const hone_config *config,
                                 const hone_store *store, int version, const hone_zip_member *extra,
                                 size_t count)
{
    if (model->schema == NULL)
        return hone_internal_keras_write(path, config, store, version, extra, count);
    char *text = hone_internal_config_to_json(model->schema, false);
    hone_zip_member *members = hone_internal_allocate((count + 1) * sizeof *members);
    hone_status status = text == NULL || members == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && count > 0)
        memcpy(members, extra, count * sizeof *members);
    if (status >= 0) {
        members[count] = (hone_zip_member){HONE_DATA_MEMBER, text, strlen(text)};
        status = hone_internal_keras_write(path, config, store, version, members, count + 1);
    }
    hone_internal_free(members);
    hone_internal_free(text);
    return status;
}

/* The form of 3.4 is read by all newer ones; slots are in the order of 3.10 (slots.c). */
enum { OLDEST_RELEASE = 300, USUAL_RELEASE = 310 };

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
    if (status >= 0 && version != 0)
        status = hone_internal_config_for_release(config, version);
    hone_store *store = status < 0 ? NULL : make_store(model, version);
    if (status >= 0)
        status = store == NULL ? hone_error_status()
                               : write_archive(model, path, config, store,
                                               version == 0 ? USUAL_RELEASE : version, extra, count);
    hone_internal_store_free(store);
    hone_internal_config_free(config);
    return status;
}

static hone_status save_weights(hone_model *model, const char *path, int version, const hone_save_args *args)
{
    hone_store *store = make_store(model, version);
    if (store == NULL)
        return hone_error_status();
    hone_status status = ends_with(path, ".json")
                             ? hone_internal_store_write_shards(store, path, (uint64_t)args->shard_bytes)
                             : hone_internal_store_write(store, path);
    hone_internal_store_free(store);
    return status;
}

bool hone_internal_path_of_weights(const char *path)
{
    return ends_with(path, ".weights.h5") || ends_with(path, ".weights.json") ||
           ends_with(path, ".safetensors");
}

/* "3.3" to 303; 0 when nothing is asked for. */
static hone_status read_release(const char *text, int *version)
{
    *version = text == NULL ? 0 : hone_internal_keras_version(text);
    if (text == NULL || (*version >= OLDEST_RELEASE && *version < 400))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "expected a release of Keras 3, such as \"3.3\", received \"%.40s\"", text);
}

static hone_status save(hone_model *model, const char *path, const hone_save_args *args)
{
    int version;
    bool weights = hone_internal_path_of_weights(path);
    if (!weights && !ends_with(path, ".keras"))
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "%s: a model is saved as .keras, only its weights as .weights.h5, .weights.json or .safetensors",
            path);
    HONE_TRY(read_release(args->keras_version, &version));
    HONE_TRY(hone_internal_model_need_built(model, "save"));
    if (ends_with(path, ".safetensors"))
        return hone_internal_model_save_safetensors(model, path, args->dtype);
    return weights ? save_weights(model, path, version, args)
                   : hone_internal_model_save_archive(model, path, version, NULL, 0);
}

hone_status hone_save_with(hone_model *model, const char *path, const hone_save_args *said)
{
    hone_save_args args;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_save_verb, said, &args));
    return save(model, path, &args);
}

/* ---- reading: first everything into copies, then the copies into the weights ---- */

void hone_internal_staging_free(hone_staging *staging)
{
    for (size_t i = 0; i < staging->count; i++)
        hone_internal_free(staging->items[i].data);
    hone_internal_free(staging->items);
}

hone_status hone_internal_stage_room(hone_staging *staging, hone_variable *variable, float **data)
{
    HONE_TRY(
        hone_internal_grow(&staging->items, &staging->capacity, staging->count + 1, sizeof *staging->items));
    size_t bytes;
    if (!hone_internal_multiply_size((uint64_t)hone_internal_variable_count(variable), sizeof(float), &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "a weight");
    *data = hone_internal_allocate(bytes + 1);
    if (*data == NULL)
        return HONE_ERROR_MEMORY;
    staging->items[staging->count++] = (hone_staged){variable, *data};
    return HONE_OK;
}

void hone_internal_unstage(hone_staging *staging)
{
    hone_internal_free(staging->items[--staging->count].data);
}

hone_status hone_internal_stage(hone_staging *staging, const char *path, hone_variable *variable)
{
    float *data;
    HONE_TRY(hone_internal_stage_room(staging, variable, &data));
    hone_array expected = array_of(variable, data);
    return hone_internal_weights_read_path(staging->file, path, &expected);
}

static hone_status stage(hone_staging *staging, const char *group, int64_t index, hone_variable *variable)
{
    char *path = hone_internal_format("%s/%lld", group, (long long)index);
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_stage(staging, path, variable);
    hone_internal_free(path);
    return status;
}

static hone_status stage_object(hone_staging *reader, const char *vars, const char *name,
                                hone_variable **variables, size_t count)
{
    int64_t found = hone_internal_weights_count(reader->file, vars);
    if (found < 0)
        return (hone_status)found;
    if (found != (int64_t)count)
        return hone_fail(HONE_ERROR_SHAPE, "%s: %s: the layer \"%s\" has %zu weights, but the file has %lld",
                         reader->label, vars, name, count, (long long)found);
    for (size_t i = 0; i < count; i++)
        HONE_TRY(stage(reader, vars, (int64_t)i, variables[i]));
    return HONE_OK;
}

/* What does not fit is passed over, if that was asked for, with a warning. */
hone_status hone_internal_staging_forgive(hone_staging *staging, size_t staged, hone_status status)
{
    const hone_load_weights_args *args = staging->args;
    if (status != HONE_ERROR_SHAPE || args == NULL || !args->skip_mismatch)
        return status;
    hone_internal_warn(args->output, args->output_context, "%s; the layer keeps its current weights",
                       hone_error_message());
    hone_error_clear();
    while (staging->count > staged)
        hone_internal_unstage(staging);
    return HONE_OK;
}

hone_status hone_internal_stage_object(void *context, const char *path, const char *name,
                                       hone_variable **variables, size_t count)
{
    hone_staging *reader = context;
    if (count == 0)
        return HONE_OK; /* a group without variables may be missing */
    char *vars = vars_path(path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    size_t staged = reader->count;
    hone_status status = stage_object(reader, vars, name, variables, count);
    hone_internal_free(vars);
    return hone_internal_staging_forgive(reader, staged, status);
}

void hone_internal_staging_commit(const hone_staging *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        hone_variable *variable = reader->items[i].variable;
        memcpy(variable->data, reader->items[i].data,
               (size_t)hone_internal_variable_count(variable) * sizeof(float));
        variable->fresh = false;
    }
}

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
    hone_status status = hone_internal_visit_model(model, "", layout, hone_model_name(model),
                                                   hone_internal_stage_object, &reader);
    if (status >= 0)
        hone_internal_staging_commit(&reader);
    hone_internal_staging_free(&reader);
    return status;
}

hone_status hone_internal_check_optimizer_state(const char *label, int32_t iteration, float rate)
{
    if (iteration < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the optimizer's iteration is %d", label, (int)iteration);
    if (!isfinite(rate) || rate < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the optimizer's learning rate is %g", label, (double)rate);
    return HONE_OK;
}

static hone_status read_slots(hone_model *model, hone_weights_file *file, const char *label, int64_t first)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    size_t count = hone_internal_optimizer_slot_count(optimizer);
    size_t *places = hone_internal_allocate((count + 1) * sizeof *places);
    hone_staging reader = {.file = file, .label = label};
    hone_status status = places == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        hone_internal_slot_places(optimizer, hone_internal_weights_version(file), places);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = stage(&reader, "optimizer/vars", first + (int64_t)i,
                       hone_internal_optimizer_slot_at(optimizer, places[i]));
    if (status >= 0)
        hone_internal_staging_commit(&reader);
    hone_internal_staging_free(&reader);
    hone_internal_free(places);
    return status;
}

/* Iteration, rate, slots. A file without slots (never trained) or with none at all starts fresh. */
static hone_status read_optimizer(hone_model *model, hone_weights_file *file, const char *label,
                                  const hone_loading *loading)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    int64_t found = hone_internal_weights_count(file, "optimizer/vars");
    if (found <= 0)
        return (hone_status)found;
    int32_t iteration = 0;
    float rate = (float)optimizer->learning_rate;
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL),
               rate_array = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    int version = hone_internal_weights_version(file);
    bool has_rate = optimizer->schedule == NULL &&
                    (version == 0 || version >= 300); /* tf.keras has it in the config alone */
    int64_t first = has_rate ? 2 : 1;
    HONE_TRY(hone_internal_weights_read(file, "optimizer/vars", 0, &iteration_array));
    if (first == 2 && found > 1)
        HONE_TRY(hone_internal_weights_read(file, "optimizer/vars", 1, &rate_array));
    HONE_TRY(hone_internal_check_optimizer_state(label, iteration, rate));
    if (found > first) {
        int64_t slots = (int64_t)hone_internal_optimizer_slot_count(optimizer);
        if (slots + first != found) { /* as Keras: the weights are there, the training starts anew */
            hone_internal_loading_warn(
                loading,
                "%s: optimizer/vars: the optimizer %s has %lld variables, but the file has %lld; it "
                "starts with a fresh state",
                label, optimizer->type->type.name, (long long)(slots + first), (long long)found);
            return HONE_OK;
        }
        HONE_TRY(read_slots(model, file, label, first));
    }
    optimizer->iterations = iteration;
    hone_internal_optimizer_take_rate(optimizer, rate);
    model->forward_passes = (uint64_t)iteration;
    return HONE_OK;
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
    const hone_config *compile_config = hone_internal_config_get(config, "compile_config");
    if (!is_compiled(compile_config))
        return HONE_OK;
    HONE_TRY(hone_internal_model_compile_config(model, compile_config, loading));
    HONE_TRY(hone_internal_model_make_slots(model)); /* as Keras, also when the file has none */
    return read_optimizer(model, file, path, loading);
}

/* What the first bytes are those of; a file that cannot be read is not. */
static bool is_hdf5(const char *path)
{
    static const char SIGNATURE[8] = "\x89HDF\r\n\x1a\n";
    char start[sizeof SIGNATURE];
    hone_file_reader reader;
    if (hone_internal_file_open(&reader, path) < 0) {
        hone_error_clear();
        return false;
    }
    bool is = reader.bytes >= sizeof start && hone_internal_file_take(&reader, start, sizeof start) >= 0 &&
              memcmp(start, SIGNATURE, sizeof start) == 0;
    hone_internal_file_close(&reader);
    return is;
}

/* Before a batch asks for memory: a layer of a few bytes (RepeatVector) could ask for as much as it likes. */
static hone_status check_tensors(const hone_model *model)
{
    for (int i = 0; i < model->call_count; i++) {
        const hone_call *call = model->calls[i];
        const hone_model *nested = hone_internal_layer_model(call->layer);
        if (nested != NULL)
            HONE_TRY(check_tensors(nested));
        for (int j = 0; j < call->output_count; j++) {
            hone_shape shape = call->outputs[j].shape;
            for (int axis = 0; axis < shape.rank; axis++)
                shape.size[axis] = shape.size[axis] == HONE_ANY ? 1 : shape.size[axis];
            if ((uint64_t)hone_internal_shape_count(shape) > hone_internal_limits.model_tensor)
                return hone_fail(HONE_ERROR_FORMAT,
                                 "the layer \"%.100s\" produces more than %zu numbers per sample",
                                 hone_internal_layer_label(call->layer), hone_internal_limits.model_tensor);
        }
    }
    return HONE_OK;
}

static hone_model *load_archive(const char *path, const hone_load_args *args)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    if (hone_internal_keras_read(path, &config, &file) < 0)
        return NULL;
    hone_loading loading;
    hone_model *model = NULL;
    if (hone_internal_loading_begin(&loading, args, hone_internal_weights_most_bytes(file)) >= 0)
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

hone_model *hone_load_with(const char *path, const hone_load_args *said)
{
    hone_load_args args;
    if (path == NULL)
        return hone_internal_fail_null("a path"), NULL;
    if (hone_internal_args_read(&hone_internal_load_verb, said, &args) < 0)
        return NULL;
    if (hone_internal_is_safetensors(path) || ends_with(path, ".weights.json")) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "%s holds only weights, without the model they belong to; expected a model (.keras, .h5)",
                  path);
        return NULL;
    }
    hone_model *model = is_hdf5(path) || ends_with(path, ".h5") ? hone_internal_model_load_legacy(path, &args)
                        : ends_with(path, ".onnx")              ? hone_internal_model_load_onnx(path, &args)
                                                                : load_archive(path, &args);
    if (model == NULL || check_tensors(model) >= 0)
        return model;
    hone_internal_error_in(hone_error_status(), path);
    hone_model_free(model);
    return NULL;
}

/* ---- weights alone ---- */

static hone_status load_from(hone_model *model, hone_weights_file *file, const char *path,
                             const hone_load_weights_args *args)
{
    if (hone_internal_weights_are_legacy(file))
        return hone_internal_model_read_legacy_weights(model, file, path, args);
    return args->by_name ? hone_internal_model_read_named_weights(model, file, path, args)
                         : read_weights(model, file, path, args);
}

static hone_status load_weights(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    HONE_TRY(hone_internal_model_need_built(model, "load weights"));
    if (hone_internal_is_safetensors(path))
        return hone_internal_model_load_safetensors(model, path, args);
    if (args->map != NULL || args->partial)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: only a .safetensors file has names of weights to map or to skip", path);
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    if (ends_with(path, ".keras"))
        HONE_TRY(hone_internal_keras_read(path, &config, &file));
    else
        file = ends_with(path, ".json") ? hone_internal_weights_open_shards(path)
                                        : hone_internal_weights_open(path);
    hone_status status = file == NULL ? hone_error_status() : load_from(model, file, path, args);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return status;
}

hone_status hone_load_weights_with(hone_model *model, const char *path, const hone_load_weights_args *said)
{
    hone_load_weights_args args;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_load_weights_verb, said, &args));
    return load_weights(model, path, &args);
}

hone_status hone_internal_model_load_training(hone_model *model, const char *path)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    HONE_TRY(hone_internal_keras_read(path, &config, &file));
    hone_status status = read_weights(model, file, path, NULL);
    if (status >= 0)
        status = read_optimizer(model, file, path, NULL);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return status;
}
