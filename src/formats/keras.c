/* The .keras archive: config.json and model.weights.h5 in a zip file, or in a folder as Keras unpacks it. */
#define _POSIX_C_SOURCE 200809L

#include "formats/formats.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char METADATA[] = "metadata.json", CONFIG[] = "config.json", WEIGHTS[] = "model.weights.h5";

/* The date is fixed, as those of the members are, so that the same model gives the same file. */
static char *metadata_text(int version)
{
    return hone_internal_format("{\"keras_version\": \"%d.%d.0\", \"date_saved\": \"1980-01-01@00:00:00\"}",
                                version / 100, version % 100);
}

/* Where a model's parts come from: an archive, or a folder when there is no archive. */
typedef struct keras_source {
    const char *path;
    hone_zip_reader *zip;
} keras_source;

static char *label_of(const keras_source *source, const char *part)
{
    return hone_internal_format("%s: %s", source->path, part);
}

static hone_status read_part(const keras_source *source, const char *part, size_t limit, void **data,
                             size_t *bytes)
{
    if (source->zip)
        return hone_internal_zip_read(source->zip, part, limit, data, bytes);
    char *path = hone_internal_format("%s/%s", source->path, part);
    if (!path)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_file_read(path, limit, data, bytes);
    hone_internal_free(path);
    return status;
}

static hone_status read_config(const keras_source *source, hone_config **config)
{
    void *text;
    size_t bytes;
    HONE_TRY(read_part(source, CONFIG, hone_internal_limits.json_bytes, &text, &bytes));
    char *label = label_of(source, CONFIG);
    *config = label ? hone_internal_json_parse(text, bytes, label) : NULL;
    hone_status status = *config ? HONE_OK : hone_error_status();
    if (*config && !hone_internal_config_is((*config), HONE_CONFIG_MAP)) {
        char received[64];
        hone_internal_config_describe(*config, received, sizeof received);
        status = hone_fail(HONE_ERROR_FORMAT, "%s: expected a map, received %s", label, received);
    }
    hone_internal_free(label);
    hone_internal_free(text);
    return status;
}

/* What metadata.json says; it may be missing or wrong without harm. */
static int read_version(const keras_source *source)
{
    void *text;
    size_t bytes;
    int version = 0;
    if ((source->zip && !hone_internal_zip_has(source->zip, METADATA)) ||
        read_part(source, METADATA, 1 << 16, &text, &bytes) < 0) {
        hone_error_clear();
        return 0;
    }
    hone_config *metadata = hone_internal_json_parse(text, bytes, METADATA);
    if (metadata)
        version = hone_internal_keras_version(hone_internal_config_get_text(metadata, "keras_version"));
    else
        hone_error_clear();
    hone_internal_config_free(metadata);
    hone_internal_free(text);
    return version;
}

static hone_status read_weights(const keras_source *source, hone_weights_file **weights)
{
    void *data;
    size_t bytes;
    HONE_TRY(read_part(source, WEIGHTS, SIZE_MAX / 4, &data, &bytes));
    char *label = label_of(source, WEIGHTS);
    if (label)
        *weights = hone_internal_weights_open_memory(data, bytes, label);
    else
        hone_internal_free(data);
    hone_internal_free(label);
    if (*weights)
        hone_internal_weights_set_version(*weights, read_version(source));
    return *weights ? HONE_OK : hone_error_status();
}

/* Says what else an archive may be that has not the parts of a model. */
static hone_status check_parts(const keras_source *source)
{
    if (!source->zip)
        return HONE_OK;
    if (!hone_internal_zip_has(source->zip, CONFIG)) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected a Keras model, received a zip archive without %s",
                         source->path, CONFIG);
    }
    if (hone_internal_zip_has(source->zip, WEIGHTS))
        return HONE_OK;
    if (hone_internal_zip_has(source->zip, "model.weights.npz")) {
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: its weights are pickled in model.weights.npz, expected %s", source->path,
                         WEIGHTS);
    }
    return hone_fail(HONE_ERROR_FORMAT, "%s: it contains no %s", source->path, WEIGHTS);
}

/* Keras skips it. */
static hone_status read_data(const keras_source *source, hone_config *config)
{
    void *text;
    size_t bytes;
    if (!source->zip || !hone_internal_zip_has(source->zip, HONE_DATA_MEMBER))
        return HONE_OK;
    HONE_TRY(hone_internal_zip_read(source->zip, HONE_DATA_MEMBER, hone_internal_limits.json_bytes, &text,
                                    &bytes));
    hone_config *data = hone_internal_json_parse(text, bytes, source->path);
    hone_internal_free(text);
    return data ? hone_internal_config_set(config, HONE_DATA_KEY, data) : hone_error_status();
}

/* "assets/layers/x/vocabulary.txt" to "layers/x"; that of a layer within x is the same text. */
static char *vocabulary_of(const char *member)
{
    static const char start[] = "assets/", end[] = "/vocabulary.txt", within[] = "/_lookup_layer";
    size_t length = strlen(member), first = sizeof start - 1, last = sizeof end - 1,
           inner = sizeof within - 1;
    if (length <= first + last || strncmp(member, start, first) != 0 ||
        strcmp(member + length - last, end) != 0)
        return NULL;
    length -= first + last;
    if (length > inner && strncmp(member + first + length - inner, within, inner) == 0)
        return NULL;
    return hone_internal_copy_text_n(member + first, length);
}

static hone_status read_vocabulary(const keras_source *source, const char *member, const char *path,
                                   hone_config *to)
{
    void *data;
    size_t bytes;
    HONE_TRY(hone_internal_zip_read(source->zip, member, hone_internal_limits.json_bytes, &data, &bytes));
    char *text = hone_internal_copy_text_n(data, bytes);
    hone_status status = text ? HONE_OK : HONE_ERROR_MEMORY;
    if (text && strlen(text) != bytes)
        status =
            hone_fail(HONE_ERROR_FORMAT, "%s: %s: expected text, received a byte 0", source->path, member);
    if (status == HONE_OK)
        status = hone_internal_config_set(to, path, hone_internal_config_text(text));
    hone_internal_free(text);
    hone_internal_free(data);
    return status;
}

static hone_status read_vocabularies(const keras_source *source, hone_config *config)
{
    hone_config *all = hone_internal_config_map();
    hone_status status = all ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; source->zip && i < hone_internal_zip_count(source->zip) && status == HONE_OK; i++) {
        const char *member = hone_internal_zip_name(source->zip, i);
        char *path = vocabulary_of(member);
        if (path)
            status = read_vocabulary(source, member, path, all);
        hone_internal_free(path);
    }
    if (status == HONE_OK && hone_internal_config_count(all) > 0)
        return hone_internal_config_set(config, HONE_VOCABULARIES_KEY, all);
    hone_internal_config_free(all);
    return status;
}

static hone_status read_source(const keras_source *source, hone_config **config, hone_weights_file **weights)
{
    hone_status status = check_parts(source);
    if (status == HONE_OK)
        status = read_config(source, config);
    if (status == HONE_OK)
        status = read_data(source, *config);
    if (status == HONE_OK)
        status = read_vocabularies(source, *config);
    if (status == HONE_OK && weights)
        status = read_weights(source, weights);
    if (status == HONE_OK)
        return HONE_OK;
    hone_internal_config_free(*config);
    *config = NULL;
    return status;
}

hone_status hone_internal_keras_read_memory(void *data, size_t bytes, const char *label, hone_config **config,
                                            hone_weights_file **weights)
{
    *config = NULL;
    if (weights)
        *weights = NULL;
    keras_source source = {.path = label, .zip = hone_internal_zip_open_memory(data, bytes, label)};
    if (!source.zip)
        return hone_error_status();
    hone_status status = read_source(&source, config, weights);
    hone_internal_zip_close(source.zip);
    return status;
}

hone_status hone_internal_keras_read(const char *path, hone_config **config, hone_weights_file **weights)
{
    struct stat information;
    void *data;
    size_t bytes;
    *config = NULL;
    if (weights)
        *weights = NULL;
    if (stat(path, &information) == 0 && S_ISDIR(information.st_mode)) {
        return read_source(&(keras_source){.path = path}, config, weights);
    }
    HONE_TRY(hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes));
    return hone_internal_keras_read_memory(data, bytes, path, config, weights);
}

static hone_status write_members(const char *path, const char *metadata, const char *config,
                                 const void *weights, size_t bytes, const hone_zip_member *extra,
                                 size_t extra_count)
{
    hone_zip_member *members = hone_internal_allocate_zeroed(extra_count + 3, sizeof *members);
    if (!members)
        return HONE_ERROR_MEMORY;
    members[0] = (hone_zip_member){METADATA, metadata, strlen(metadata)};
    members[1] = (hone_zip_member){CONFIG, config, strlen(config)};
    members[2] = (hone_zip_member){WEIGHTS, weights, bytes};
    for (size_t i = 0; i < extra_count; i++)
        members[3 + i] = extra[i];
    hone_status status = hone_internal_zip_write(path, members, extra_count + 3);
    hone_internal_free(members);
    return status;
}

hone_status hone_internal_keras_write(const char *path, const hone_config *config, const hone_store *store,
                                      int version, const hone_zip_member *extra, size_t extra_count)
{
    void *weights = NULL;
    size_t bytes;
    char *text = hone_internal_config_to_json(config, false), *metadata = metadata_text(version);
    hone_status status = text && metadata ? HONE_OK : hone_error_status();
    if (status == HONE_OK)
        status = hone_internal_store_to_hdf5(store, &weights, &bytes);
    if (status == HONE_OK)
        status = write_members(path, metadata, text, weights, bytes, extra, extra_count);
    hone_internal_free(weights);
    hone_internal_free(metadata);
    hone_internal_free(text);
    return status;
}
