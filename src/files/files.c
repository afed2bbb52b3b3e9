/* Saving and loading models: which format a file is in, and what is checked of all. */
#include "files/files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "files/format.h"
#include "formats/formats.h"
#include "model/model.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#define HONE_MODEL_FORMAT(name) extern const hone_model_format hone_internal_##name##_format;
#include "files/formats.def"
#undef HONE_MODEL_FORMAT
#define HONE_MODEL_FORMAT(name) &hone_internal_##name##_format,
static const hone_model_format *const formats[] = {
#include "files/formats.def"
};
enum { FORMATS = sizeof formats / sizeof *formats, MOST_START = 16 };

/* ---- which ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The format with the longest ending that fits; NULL: none has it. */
static const hone_model_format *by_ending(const char *path)
{
    const hone_model_format *found = NULL;
    for (size_t i = 0; i < FORMATS; i++)
        if (ends_with(path, formats[i]->ending) &&
            (found == NULL || strlen(formats[i]->ending) > strlen(found->ending)))
            found = formats[i];
    return found;
}

/* By the first bytes of the file; NULL: none knows it. A file that cannot be read is not known. */
static const hone_model_format *by_start(const char *path)
{
    char start[MOST_START] = {0};
    hone_file_reader reader;
    if (hone_internal_file_open(&reader, path) < 0) {
        hone_error_clear();
        return NULL;
    }
    size_t length = reader.bytes < sizeof start ? reader.bytes : sizeof start;
    bool read = hone_internal_file_take(&reader, start, length) >= 0;
    hone_internal_file_close(&reader);
    for (size_t i = 0; read && i < FORMATS; i++) {
        const char *wanted = formats[i]->start;
        if (wanted != NULL && strlen(wanted) <= length && memcmp(start, wanted, strlen(wanted)) == 0)
            return formats[i];
    }
    if (!read)
        hone_error_clear();
    return NULL;
}

static unsigned uses_of(const hone_model_format *format)
{
    return (format->save != NULL ? format->weights_alone ? HONE_SAVES_WEIGHTS : HONE_SAVES_MODEL : 0u) |
           (format->load != NULL && !format->weights_alone ? HONE_LOADS_MODEL : 0u) |
           (format->load_weights != NULL ? HONE_LOADS_WEIGHTS : 0u) |
           (format->names_weights ? HONE_NAMES_WEIGHTS : 0u);
}

unsigned hone_file_uses(const char *path)
{
    const hone_model_format *format = path != NULL ? by_ending(path) : NULL;
    return format != NULL ? uses_of(format) : 0;
}

const char *hone_file_endings(hone_file_use use, char *text, size_t size)
{
    size_t used = 0, count = 0;
    const char *endings[FORMATS];
    for (size_t i = 0; i < FORMATS; i++)
        if ((uses_of(formats[i]) & (unsigned)use) != 0)
            endings[count++] = formats[i]->ending;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *between = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        int written = snprintf(text + used, size - used, "%s%s", between, endings[i]);
        used += written > 0 ? (size_t)written : 0;
    }
    return text;
}

/* No format that fits does this. */
static hone_status fail_format(const char *path, hone_file_use use)
{
    char whole[64], alone[64];
    hone_file_endings(HONE_SAVES_WEIGHTS, alone, sizeof alone);
#ifdef HONE_CORE_ONLY
    (void)use, (void)whole;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "%s: this build of Hone is core only, without model files; it saves and loads weights as %s, of a "
        "model that the program makes",
        path, alone);
#else
    hone_file_endings(use, whole, sizeof whole);
    if (use == HONE_SAVES_MODEL)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: a model is saved as %s, only its weights as %s", path,
                         whole, alone);
    if (use == HONE_LOADS_WEIGHTS)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: weights are loaded from %s", path, whole);
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "%s holds only weights, without the model they belong to; expected a model (%s)", path,
                     whole);
#endif
}

/* ---- saving ---- */

enum { OLDEST_RELEASE = 300 };

/* "3.3" to 303; 0 when nothing is asked for. */
static hone_status read_release(const char *text, int *version)
{
    *version = text == NULL ? 0 : hone_internal_keras_version(text);
    if (text == NULL || (*version >= OLDEST_RELEASE && *version < 400))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "expected a release of Keras 3, such as \"3.3\", received \"%.40s\"", text);
}

hone_status hone_save_with(hone_model *model, const char *path, const hone_save_args *said)
{
    hone_save_args args;
    int version;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_save_verb, said, &args));
    const hone_model_format *format = by_ending(path);
    if (format == NULL || format->save == NULL)
        return fail_format(path, HONE_SAVES_MODEL);
    HONE_TRY(read_release(args.keras_version, &version));
    HONE_TRY(hone_internal_model_need_built(model, "save"));
    return format->save(model, path, version, &args);
}

/* ---- loading ---- */

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

/* By what it begins with, else by its name; a folder, or what has another name, is taken for Keras's. */
static const hone_model_format *format_to_load(const char *path)
{
    const hone_model_format *named = by_ending(path);
    if (named != NULL && named->weights_alone && named->load == NULL)
        return named;
    const hone_model_format *known = by_start(path);
    return known != NULL ? known : named != NULL && named->load != NULL ? named : formats[0];
}

hone_model *hone_load_with(const char *path, const hone_load_args *said)
{
    hone_load_args args;
    if (path == NULL)
        return hone_internal_fail_null("a path"), NULL;
    if (hone_internal_args_read(&hone_internal_load_verb, said, &args) < 0)
        return NULL;
    const hone_model_format *format = format_to_load(path);
    if (format->load == NULL)
        return fail_format(path, HONE_LOADS_MODEL), NULL;
    hone_model *model = format->load(path, &args);
    if (model == NULL || check_tensors(model) >= 0)
        return model;
    hone_internal_error_in(hone_error_status(), path);
    hone_model_free(model);
    return NULL;
}

/* A name that no format has is taken for weights in HDF5. */
static const hone_model_format *format_of_weights(const char *path)
{
    const hone_model_format *named = by_ending(path);
    if (named != NULL)
        return named;
    return by_ending(".weights.h5");
}

hone_status hone_load_weights_with(hone_model *model, const char *path, const hone_load_weights_args *said)
{
    hone_load_weights_args args;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_load_weights_verb, said, &args));
    HONE_TRY(hone_internal_model_need_built(model, "load weights"));
    const hone_model_format *format = format_of_weights(path);
    char endings[64];
    if (format != NULL && !format->names_weights && (args.map != NULL || args.partial))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: only a %s file has names of weights to map or to skip",
                         path, hone_file_endings(HONE_NAMES_WEIGHTS, endings, sizeof endings));
    return format != NULL && format->load_weights != NULL ? format->load_weights(model, path, &args)
                                                          : fail_format(path, HONE_LOADS_WEIGHTS);
}
