/* Saving and loading: .keras archives and .weights.h5 files. Weights lie where Keras looks for them: by class
 * and order, not by name (file-formats section 1.14). */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/formats.h"
#include "model/staging.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- walking the weights ---- */

/* Names of groups already given in one container: "dense", then "dense_1". */
typedef struct group_names {
    char **bases;
    size_t *uses, count, capacity_bases, capacity_uses;
} group_names;

static void free_names(group_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        hone_internal_free(names->bases[i]);
    hone_internal_free(names->bases);
    hone_internal_free(names->uses);
}

static char *group_path(group_names *names, const char *container, const char *class_name)
{
    char *base = hone_internal_text_snake_case(class_name);
    if (base == NULL)
        return NULL;
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->bases[i], base) != 0)
            continue;
        hone_internal_free(base);
        return hone_internal_format("%s/%s_%zu", container, names->bases[i], names->uses[i]++);
    }
    if (hone_internal_grow(&names->bases, &names->capacity_bases, names->count + 1, sizeof *names->bases) <
            0 ||
        hone_internal_grow(&names->uses, &names->capacity_uses, names->count + 1, sizeof *names->uses) < 0) {
        hone_internal_free(base);
        return NULL;
    }
    names->bases[names->count] = base;
    names->uses[names->count++] = 1;
    return hone_internal_format("%s/%s", container, base);
}

static hone_status visit_own(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                             void *context)
{
    hone_variable **variables = hone_internal_allocate(sizeof(hone_variable *) * (layer->weight_count + 1));
    if (variables == NULL)
        return HONE_ERROR_MEMORY;
    size_t count = 0;
    for (int trainable = 1; trainable >= 0; trainable--)
        for (size_t i = 0; i < layer->weight_count; i++)
            if (layer->weights[i]->created_trainable == (trainable == 1))
                variables[count++] = layer->weights[i];
    hone_status status = visit(context, path, hone_internal_layer_label(layer), variables, count);
    hone_internal_free(variables);
    return status;
}

static hone_status visit_model(hone_model *model, const char *path, const char *name,
                               hone_weights_visitor *visit, void *context);

hone_status hone_internal_visit_layer(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                                      void *context)
{
    hone_model *nested = hone_internal_layer_model(layer);
    if (nested != NULL)
        return visit_model(nested, path, hone_internal_layer_label(layer), visit, context);
    HONE_TRY(visit_own(layer, path, visit, context));
    const char *attribute;
    for (int i = 0; layer->type->inner != NULL; i++) {
        const hone_layer *inner = layer->type->inner(layer, i, &attribute);
        if (inner == NULL)
            break;
        char *inner_path = hone_internal_format("%s/%s", path, attribute);
        if (inner_path == NULL)
            return HONE_ERROR_MEMORY;
        hone_status status = hone_internal_visit_layer(inner, inner_path, visit, context);
        hone_internal_free(inner_path);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status visit_layers(hone_model *model, const char *container, hone_weights_visitor *visit,
                                void *context)
{
    group_names names = {0};
    hone_status status = HONE_OK;
    size_t first =
        model->sequential && model->layer_count > 0 && model->layers[0]->type == &hone_internal_input_layer
            ? 1
            : 0;
    for (size_t i = first; i < model->layer_count && status >= 0; i++) {
        char *path = group_path(&names, container, model->layers[i]->type->type.class_name);
        status = path == NULL ? HONE_ERROR_MEMORY
                              : hone_internal_visit_layer(model->layers[i], path, visit, context);
        hone_internal_free(path);
    }
    free_names(&names);
    return status;
}

static hone_status visit_model(hone_model *model, const char *path, const char *name,
                               hone_weights_visitor *visit, void *context)
{
    HONE_TRY(visit(context, path, name, NULL, 0));
    char *container =
        path[0] == '\0' ? hone_internal_copy_text("layers") : hone_internal_format("%s/layers", path);
    if (container == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = visit_layers(model, container, visit, context);
    hone_internal_free(container);
    return status;
}

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

static hone_status store_optimizer(hone_store *store, const hone_optimizer *optimizer)
{
    int32_t iteration = (int32_t)optimizer->iterations, zero = 0;
    float rate = (float)optimizer->learning_rate;
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL),
               rate_array = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    HONE_TRY(hone_internal_store_add_group(store, "optimizer/vars", optimizer->type->type.name));
    HONE_TRY(hone_internal_store_add(store, "optimizer/vars", &iteration_array, true));
    if (optimizer->schedule == NULL)
        HONE_TRY(hone_internal_store_add(store, "optimizer/vars", &rate_array, true));
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(optimizer); i++) {
        hone_variable *slot = hone_internal_optimizer_slot_at(optimizer, i);
        bool integer =
            hone_internal_optimizer_slot_is_integer(optimizer, i); /* a placeholder, never written */
        hone_array array = integer ? hone_array_view(&zero, HONE_INT32, 0, NULL) : array_of(slot, slot->data);
        HONE_TRY(hone_internal_store_add(store, "optimizer/vars", &array, integer));
    }
    return HONE_OK;
}

static hone_store *make_store(hone_model *model)
{
    hone_store *store = hone_internal_store_create();
    if (store == NULL)
        return NULL;
    hone_status status = visit_model(model, "", hone_model_name(model), store_object, store);
    if (status >= 0 && model->compiled.ready)
        status = store_optimizer(store, model->compiled.optimizer);
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
                                 const hone_store *store, const hone_zip_member *extra, size_t count)
{
    if (model->schema == NULL)
        return hone_internal_keras_write(path, config, store, extra, count);
    char *text = hone_internal_config_to_json(model->schema, false);
    hone_zip_member *members = hone_internal_allocate((count + 1) * sizeof *members);
    hone_status status = text == NULL || members == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && count > 0)
        memcpy(members, extra, count * sizeof *members);
    if (status >= 0) {
        members[count] = (hone_zip_member){HONE_DATA_MEMBER, text, strlen(text)};
        status = hone_internal_keras_write(path, config, store, members, count + 1);
    }
    hone_internal_free(members);
    hone_internal_free(text);
    return status;
}

static hone_status save_archive(hone_model *model, const hone_store *store, const char *path,
                                const hone_zip_member *extra, size_t count)
{
    hone_config *config = hone_internal_model_to_config(model);
    if (config == NULL)
        return hone_error_status();
    hone_status status = write_archive(model, path, config, store, extra, count);
    hone_internal_config_free(config);
    return status;
}

static hone_status save_weights(const hone_store *store, const char *path)
{
    void *data;
    size_t bytes;
    hone_file_writer writer = {0};
    HONE_TRY(hone_internal_store_to_hdf5(store, &data, &bytes));
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status >= 0)
        status = hone_internal_file_write(&writer, data, bytes);
    if (status >= 0)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    hone_internal_free(data);
    return status;
}

hone_status hone_internal_model_save_with(hone_model *model, const char *path, const hone_zip_member *extra,
                                          size_t count)
{
    if (model == NULL)
        return hone_error_status();
    bool weights_only = ends_with(path, ".weights.h5");
    if (!weights_only && !ends_with(path, ".keras"))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: a model is saved as .keras, its weights alone as .weights.h5", path);
    HONE_TRY(hone_internal_model_need_built(model, "save"));
    hone_store *store = make_store(model);
    if (store == NULL)
        return hone_error_status();
    hone_status status =
        weights_only ? save_weights(store, path) : save_archive(model, store, path, extra, count);
    hone_internal_store_free(store);
    return status;
}

hone_status hone_model_save(hone_model *model, const char *path)
{
    return hone_internal_model_save_with(model, path, NULL, 0);
}

/* ---- reading: first everything into copies, then the copies into the weights ---- */

void hone_internal_staging_free(hone_staging *staging)
{
    for (size_t i = 0; i < staging->count; i++)
        hone_internal_free(staging->items[i].data);
    hone_internal_free(staging->items);
}

hone_status hone_internal_stage(hone_staging *staging, const char *path, hone_variable *variable)
{
    HONE_TRY(
        hone_internal_grow(&staging->items, &staging->capacity, staging->count + 1, sizeof *staging->items));
    size_t bytes;
    if (!hone_internal_multiply_size((size_t)hone_internal_variable_count(variable), sizeof(float), &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "a weight");
    float *data = hone_internal_allocate(bytes + 1);
    if (data == NULL)
        return HONE_ERROR_MEMORY;
    staging->items[staging->count++] = (hone_staged){variable, data};
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

static hone_status read_object(void *context, const char *path, const char *name, hone_variable **variables,
                               size_t count)
{
    hone_staging *reader = context;
    if (count == 0)
        return HONE_OK; /* a group without variables may be missing */
    char *vars = vars_path(path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    int64_t found = hone_internal_weights_count(reader->file, vars);
    hone_status status = found < 0 ? (hone_status)found : HONE_OK;
    if (found >= 0 && found != (int64_t)count)
        status = hone_fail(HONE_ERROR_FORMAT, "%s: %s: the layer \"%s\" has %zu weights, the file %lld",
                           reader->label, vars, name, count, (long long)found);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = stage(reader, vars, (int64_t)i, variables[i]);
    hone_internal_free(vars);
    return status;
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

static hone_status read_weights(hone_model *model, hone_weights_file *file, const char *label)
{
    hone_staging reader = {.file = file, .label = label};
    hone_status status = visit_model(model, "", hone_model_name(model), read_object, &reader);
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

/* Iteration, rate, slots. A file without slots (never trained) or with none at all starts fresh. */
static hone_status read_optimizer(hone_model *model, hone_weights_file *file, const char *label)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    int64_t found = hone_internal_weights_count(file, "optimizer/vars");
    if (found <= 0)
        return (hone_status)found;
    int32_t iteration = 0;
    float rate = (float)optimizer->learning_rate;
    hone_array iteration_array = hone_array_view(&iteration, HONE_INT32, 0, NULL),
               rate_array = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    int64_t first = optimizer->schedule == NULL ? 2 : 1;
    HONE_TRY(hone_internal_weights_read(file, "optimizer/vars", 0, &iteration_array));
    if (first == 2 && found > 1)
        HONE_TRY(hone_internal_weights_read(file, "optimizer/vars", 1, &rate_array));
    HONE_TRY(hone_internal_check_optimizer_state(label, iteration, rate));
    if (found > first) {
        HONE_TRY(hone_internal_model_make_slots(model));
        int64_t slots = (int64_t)hone_internal_optimizer_slot_count(optimizer);
        if (slots + first != found)
            return hone_fail(HONE_ERROR_FORMAT,
                             "%s: optimizer/vars: the optimizer %s has %lld variables, the file %lld", label,
                             optimizer->type->type.name, (long long)(slots + first), (long long)found);
        hone_staging reader = {.file = file, .label = label};
        hone_status status = HONE_OK;
        for (int64_t i = 0; i < slots && status >= 0; i++)
            status = stage(&reader, "optimizer/vars", first + i,
                           hone_internal_optimizer_slot_at(optimizer, (size_t)i));
        if (status >= 0)
            hone_internal_staging_commit(&reader);
        hone_internal_staging_free(&reader);
        if (status < 0)
            return status;
    }
    optimizer->iterations = iteration;
    optimizer->learning_rate = (double)rate;
    model->forward_passes = (uint64_t)iteration;
    return HONE_OK;
}

static bool is_compiled(const hone_config *compile_config)
{
    return compile_config != NULL && compile_config->kind == HONE_CONFIG_MAP && compile_config->count > 0;
}

static hone_status fill_model(hone_model *model, const hone_config *config, hone_weights_file *file,
                              const char *path)
{
    if (!model->built)
        return hone_fail(
            HONE_ERROR_FORMAT,
            "%s: the model was saved before it knew the shape of its input, so the file holds no weights",
            path);
    HONE_TRY(read_weights(model, file, path));
    const hone_config *compile_config = hone_internal_config_get(config, "compile_config");
    if (!is_compiled(compile_config))
        return HONE_OK;
    HONE_TRY(hone_internal_model_compile_config(model, compile_config));
    return read_optimizer(model, file, path);
}

/* What the first bytes are those of; a file that cannot be read is not. */
static bool is_hdf5(const char *path)
{
    static const char SIGNATURE[8] = "\x89HDF\r\n\x1a\n";
    char start[sizeof SIGNATURE];
    FILE *file = fopen(path, "rb");
    bool is = file != NULL && fread(start, 1, sizeof start, file) == sizeof start &&
              memcmp(start, SIGNATURE, sizeof start) == 0;
    if (file != NULL)
        fclose(file);
    return is;
}

hone_model *hone_model_load(const char *path)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    if (path != NULL && (is_hdf5(path) || ends_with(path, ".h5")))
        return hone_internal_model_load_legacy(path);
    if (path == NULL || hone_internal_keras_read(path, &config, &file) < 0)
        return NULL;
    hone_internal_variables_limit(hone_internal_weights_most_bytes(file));
    hone_model *model = hone_internal_model_from_config(config);
    hone_internal_variables_limit(SIZE_MAX);
    if (model == NULL)
        hone_internal_error_prefix(hone_error_status(), "%s", path);
    else if (hone_internal_model_take_schema(model, config) < 0 ||
             fill_model(model, config, file, path) < 0) {
        hone_model_free(model);
        model = NULL;
        if (strncmp(hone_error_message(), path, strlen(path)) != 0)
            hone_internal_error_prefix(hone_error_status(), "%s", path);
    }
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return model;
}

hone_status hone_model_load_weights(hone_model *model, const char *path)
{
    if (model == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_model_need_built(model, "load weights"));
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    if (ends_with(path, ".keras"))
        HONE_TRY(hone_internal_keras_read(path, &config, &file));
    else if ((file = hone_internal_weights_open(path)) == NULL)
        return hone_error_status();
    bool legacy = config == NULL && hone_internal_weights_are_legacy(file);
    hone_status status =
        legacy ? hone_internal_model_read_legacy_weights(model, file, path) : read_weights(model, file, path);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return status;
}

hone_status hone_internal_model_load_training(hone_model *model, const char *path)
{
    hone_config *config = NULL;
    hone_weights_file *file = NULL;
    HONE_TRY(hone_internal_keras_read(path, &config, &file));
    hone_status status = read_weights(model, file, path);
    if (status >= 0)
        status = read_optimizer(model, file, path);
    hone_internal_config_free(config);
    hone_internal_weights_close(file);
    return status;
}
