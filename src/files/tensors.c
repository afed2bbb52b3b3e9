/* Weights to and from safetensors files, by name: "dense/kernel", "tower/dense/kernel". */
#include "base/memory.h"
#include "base/text.h"
#include "files/format.h"
#include "formats/safetensors.h"
#include "keras/loading.h"
#include "keras/staging.h"

#include <stdio.h>
#include <string.h>

/* The sub-layers' weights, by the names that they have in safetensors files: "dense/kernel",
 * "tower/dense/kernel". */
typedef struct weight_name {
    char *name;
    hone_variable *variable;
} weight_name;
typedef struct weight_names {
    weight_name *items;
    size_t count, capacity;
} weight_names;

/* ---- names ---- */

static bool is_taken(const weight_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i].name, name) == 0)
            return true;
    return false;
}

static bool is_named(const weight_names *names, const hone_variable *variable)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].variable == variable)
            return true;
    return false;
}

/* "path/kernel", or "path/kernel_1" when that is another weight's. */
static hone_status add_name(weight_names *names, const char *path, hone_variable *variable)
{
    if (is_named(names, variable))
        return HONE_OK;
    HONE_TRY(hone_internal_grow(&names->items, &names->capacity, names->count + 1, sizeof *names->items));
    char *name = hone_internal_format("%s/%s", path, variable->name);
    for (int i = 1; name != NULL && is_taken(names, name); i++) {
        hone_internal_free(name);
        name = hone_internal_format("%s/%s_%d", path, variable->name, i);
    }
    if (name == NULL)
        return HONE_ERROR_MEMORY;
    names->items[names->count++] = (weight_name){name, variable};
    return HONE_OK;
}

static hone_status name_layer(const hone_layer *layer, const char *prefix, weight_names *names)
{
    const char *label = hone_internal_layer_label(layer);
    const hone_layer *inner;
    char *path =
        prefix == NULL ? hone_internal_copy_text(label) : hone_internal_format("%s/%s", prefix, label);
    hone_status status = path == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < layer->weight_count && status >= 0; i++)
        status = add_name(names, path, layer->weights[i]);
    for (int i = 0; status >= 0 && (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        status = name_layer(inner, path, names);
    hone_internal_free(path);
    return status;
}

static hone_status name_weights(const hone_model *model, weight_names *names)
{
    *names = (weight_names){0};
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(name_layer(model->layers[i], NULL, names));
    return HONE_OK;
}

/* Leaves the weights of low-rank adaptations alone. */
static hone_status keep_adapters(weight_names *names)
{
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].variable->adapts)
            names->items[count++] = names->items[i];
        else
            hone_internal_free(names->items[i].name);
    names->count = count;
    return count > 0 ? HONE_OK
                     : hone_fail(HONE_ERROR_ARGUMENT, "the model has no low-rank adaptations to save alone");
}

static void free_names(weight_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        hone_internal_free(names->items[i].name);
    hone_internal_free(names->items);
    *names = (weight_names){0};
}

/* ---- writing ---- */

/* "dense/lora_kernel_b": "rank 4, scale 2". */
static hone_status describe_adapters(hone_config *map, const weight_names *names)
{
    hone_status status = HONE_OK;
    for (size_t i = 0; i < names->count && status >= 0; i++)
        for (size_t k = 0; k < names->count && status >= 0; k++) {
            const hone_variable *adapted = names->items[k].variable;
            if (adapted->lora_b == NULL || adapted->lora_b != names->items[i].variable)
                continue;
            char text[64];
            snprintf(text, sizeof text, "rank %lld, scale %.17g", (long long)adapted->lora_b->shape.size[0],
                     adapted->lora_scale);
            status = hone_internal_config_set(map, names->items[i].name, hone_internal_config_text(text));
        }
    return status;
}

static hone_config *metadata_of(const hone_model *model, const weight_names *names)
{
    const char *const texts[][2] = {
        {"format", "keras"}, {"library", "hone"}, {"model", hone_model_name(model)}};
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status >= 0; i++)
        status = hone_internal_config_set(map, texts[i][0], hone_internal_config_text(texts[i][1]));
    if (status >= 0)
        status = describe_adapters(map, names);
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

/* The names of types in these files. */
static const char *type_name(const char *dtype)
{
    static const char *const NAMES[][2] = {
        {"float32", "F32"}, {"float64", "F64"}, {"float16", "F16"}, {"bfloat16", "BF16"}};
    for (size_t i = 0; dtype != NULL && i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i][0], dtype) == 0)
            return NAMES[i][1];
    return dtype;
}

static hone_status write_named(const weight_names *names, const char *path, const char *dtype,
                               const hone_config *metadata)
{
    hone_named_array *arrays = hone_internal_allocate_zeroed(names->count + 1, sizeof *arrays);
    int32_t *integers = hone_internal_allocate_zeroed(names->count + 1, sizeof *integers);
    hone_status status = arrays == NULL || integers == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < names->count && status >= 0; i++) {
        const hone_variable *variable = names->items[i].variable;
        arrays[i].name = names->items[i].name;
        arrays[i].array = hone_array_view(hone_internal_variable_data(variable), HONE_FLOAT32,
                                          variable->shape.rank, variable->shape.size);
        if (!variable->integer)
            continue;
        integers[i] = (int32_t)hone_internal_variable_data(variable)[0];
        arrays[i].array = hone_array_view(&integers[i], HONE_INT32, 0, NULL);
    }
    if (status >= 0)
        status = hone_internal_safetensors_write(path, arrays, names->count, type_name(dtype), metadata);
    hone_internal_free(arrays);
    hone_internal_free(integers);
    return status;
}

static hone_status save(hone_model *model, const char *path, int version, const hone_save_args *args)
{
    (void)version;
    weight_names names;
    hone_status status = name_weights(model, &names);
    hone_config *metadata = status < 0 ? NULL : metadata_of(model, &names);
    if (status >= 0)
        status = metadata == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && args->adapters)
        status = keep_adapters(&names);
    if (status >= 0)
        status = write_named(&names, path, args->dtype, metadata);
    hone_internal_config_free(metadata);
    free_names(&names);
    return status;
}

/* ---- names of others ---- */

/* "theirs=ours" for a tensor's name: ours, to be freed; *found tells whether the rule mentions this tensor.
 */
static char *apply_rule(const char *rule, const char *name, bool *found)
{
    const char *equals = strchr(rule, '='), *ours = equals + 1;
    size_t theirs = (size_t)(equals - rule), length = strlen(name);
    const char *star = memchr(rule, '*', theirs), *our_star = strchr(ours, '*');
    size_t before = star == NULL ? theirs : (size_t)(star - rule),
           after = star == NULL ? 0 : theirs - before - 1;
    *found = star == NULL ? length == theirs && memcmp(rule, name, theirs) == 0
                          : length >= before + after && memcmp(rule, name, before) == 0 &&
                                memcmp(star + 1, name + length - after, after) == 0;
    if (!*found || our_star == NULL || star == NULL)
        return *found ? hone_internal_copy_text(ours) : NULL;
    return hone_internal_format("%.*s%.*s%s", (int)(our_star - ours), ours, (int)(length - before - after),
                                name + before, our_star + 1);
}

static hone_status check_rules(const char *const *map)
{
    for (size_t i = 0; map != NULL && map[i] != NULL; i++) {
        const char *equals = strchr(map[i], '=');
        if (equals == NULL || equals == map[i])
            return hone_fail(HONE_ERROR_ARGUMENT, "\"%.200s\" does not map a name: expected THEIRS=OURS",
                             map[i]);
    }
    return HONE_OK;
}

/* Our name of a tensor: by the first rule that mentions it, else its own. NULL after a failure. */
static char *our_name(const char *const *map, const char *name, bool *mapped)
{
    *mapped = false;
    for (size_t i = 0; map != NULL && map[i] != NULL; i++) {
        char *ours = apply_rule(map[i], name, mapped);
        if (*mapped)
            return ours;
    }
    return hone_internal_copy_text(name);
}

/* ---- reading ---- */

typedef struct tensors_reading {
    const hone_safetensors *file;
    const char *path;
    const hone_load_weights_args *args;
    const weight_names *names;
    bool *filled; /* of each name */
    hone_staging staging;
} tensors_reading;

static hone_status stage(tensors_reading *reading, size_t tensor, size_t weight, bool transposed)
{
    hone_variable *variable = reading->names->items[weight].variable;
    float *data;
    HONE_TRY(hone_internal_stage_room(&reading->staging, variable, &data));
    hone_array expected = hone_array_view(data, HONE_FLOAT32, variable->shape.rank, variable->shape.size);
    hone_status status = hone_internal_safetensors_read(reading->file, tensor, &expected, transposed);
    if (status != HONE_ERROR_SHAPE || !reading->args->skip_mismatch)
        return status;
    hone_internal_warn(reading->args->output, reading->args->output_context,
                       "%s; it keeps its current "
                       "values",
                       hone_error_message());
    hone_error_clear();
    hone_internal_unstage(&reading->staging);
    return HONE_OK;
}

static ptrdiff_t find_weight(const weight_names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->items[i].name) == length && memcmp(names->items[i].name, name, length) == 0)
            return (ptrdiff_t)i;
    return -1;
}

/* What weights there are, for the tensor that is none of them. */
static hone_status fail_unknown(const tensors_reading *reading, const char *tensor, const char *name)
{
    const char **known = hone_internal_allocate((reading->names->count + 1) * sizeof *known);
    if (known == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < reading->names->count; i++)
        known[i] = reading->names->items[i].name;
    const char *nearest = hone_nearest_name(name, known, reading->names->count);
    hone_internal_free(known);
    bool same = strcmp(tensor, name) == 0;
    return hone_fail(HONE_ERROR_NAME,
                     "%s: the tensor \"%.200s\"%s%.200s%s is not a weight of the "
                     "model%s%s%s",
                     reading->path, tensor, same ? "" : " (here \"", same ? "" : name, same ? "" : "\")",
                     nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "\"?" : "");
}

static hone_status read_tensor(tensors_reading *reading, size_t index, const char *name, bool mapped)
{
    size_t length = strlen(name);
    if (length == 0)
        return HONE_OK;
    ptrdiff_t weight = find_weight(reading->names, name, length);
    bool transposed = weight < 0 && mapped && length > 2 && strcmp(name + length - 2, ".T") == 0;
    if (transposed)
        weight = find_weight(reading->names, name, length - 2);
    if (weight < 0 && reading->args->partial && !mapped)
        return HONE_OK;
    if (weight < 0)
        return fail_unknown(reading, hone_internal_safetensors_name(reading->file, index), name);
    if (reading->filled[weight])
        return hone_fail(HONE_ERROR_NAME, "%s: two tensors are for the weight \"%.200s\"", reading->path,
                         reading->names->items[weight].name);
    reading->filled[weight] = true;
    return stage(reading, index, (size_t)weight, transposed);
}

static hone_status read_tensors(tensors_reading *reading)
{
    for (size_t i = 0; i < hone_internal_safetensors_count(reading->file); i++) {
        bool mapped;
        char *name = our_name(reading->args->map, hone_internal_safetensors_name(reading->file, i), &mapped);
        hone_status status = name == NULL ? HONE_ERROR_MEMORY : read_tensor(reading, i, name, mapped);
        hone_internal_free(name);
        if (status < 0)
            return status;
    }
    for (size_t i = 0; i < reading->names->count && !reading->args->partial; i++)
        if (!reading->filled[i])
            return hone_fail(HONE_ERROR_FORMAT, "%s: there is no tensor for the weight \"%.200s\"",
                             reading->path, reading->names->items[i].name);
    return HONE_OK;
}

static hone_status load_weights(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    HONE_TRY(check_rules(args->map));
    hone_safetensors *file = hone_internal_safetensors_open(path);
    weight_names names = {0};
    hone_status status = file == NULL ? hone_error_status() : name_weights(model, &names);
    tensors_reading reading = {
        .file = file, .path = path, .args = args, .names = &names, .staging = {.label = path}};
    if (status >= 0 &&
        (reading.filled = hone_internal_allocate_zeroed(names.count + 1, sizeof(bool))) == NULL)
        status = HONE_ERROR_MEMORY;
    if (status >= 0)
        status = read_tensors(&reading);
    if (status >= 0)
        hone_internal_staging_commit(&reading.staging);
    hone_internal_staging_free(&reading.staging);
    hone_internal_free(reading.filled);
    free_names(&names);
    hone_internal_safetensors_close(file);
    return status;
}

const hone_model_format hone_internal_safetensors_format = {.ending = ".safetensors",
                                                            .weights_alone = true,
                                                            .names_weights = true,
                                                            .save = save,
                                                            .load_weights = load_weights};
