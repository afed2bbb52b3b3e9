/* Sound: a folder with a folder of .wav files for each class, or one such file. Inputs are (n, length,
 * channels). */
#define _XOPEN_SOURCE 700
#include "base/error.h"
#include "base/file.h"
#include "base/plural.h"
#include "base/text.h"
#include "fields/fields.h"
#include "formats/wav.h"
#include "readers/format.h"
#include "readers/folders.h"
#include "readers/schema.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_audio_args, HONE_AUDIO_FIELDS);

enum { FILE_BYTES = 1 << 30 };

static const char *const ends[] = {".wav", NULL};
static const hone_file_kind wav_files = {"sounds", ".wav", ends};

typedef struct listening {
    const hone_dataset_from_audio_args *args;
    const hone_config *schema; /* of the training data, or NULL */
    hone_file_list list;
    int64_t length, rate, channels; /* 0: not known yet */
    int64_t frames;                 /* of all files together */
    bool mean;                      /* of the channels of each file */
    hone_array *array;
} listening;

/* ---- one file ---- */

/* The first one says what was not asked for. */
static hone_status agree(listening *to, const hone_wav *wav, const char *path)
{
    to->rate = to->rate > 0 ? to->rate : wav->rate;
    to->channels = to->channels > 0 ? to->channels : wav->channels;
    if (wav->rate != to->rate)
        return hone_fail(HONE_ERROR_DATA,
                         "%s has %d samples per second; expected %" PRId64
                         ", %s; sounds are not resampled: ffmpeg -i "
                         "FILE -ar %" PRId64 " OUT.wav",
                         path, wav->rate, to->rate,
                         to->args->sampling_rate != HONE_NONE_INTEGER ? "as sampling_rate says"
                         : to->schema != NULL                         ? "as in the training data"
                                                                      : "as in the first file",
                         to->rate);
    if (wav->channels != to->channels && !to->mean)
        return hone_fail(HONE_ERROR_DATA,
                         "%s has %d channel%s; expected %" PRId64
                         "; channels=1 takes the mean of those of each file",
                         path, wav->channels, hone_internal_plural(wav->channels), to->channels);
    return HONE_OK;
}

static hone_status put(const listening *to, const hone_wav *wav, const char *path, int64_t place)
{
    const int64_t frames = wav->frames < to->length ? wav->frames : to->length;
    float *row = (float *)to->array->data + place * to->length * to->channels;
    for (int64_t t = 0; t < frames; t++)
        for (int64_t c = 0; c < to->channels; c++) {
            double sample = to->mean ? 0 : hone_internal_wav_sample(wav, t, (int)c);
            for (int k = 0; to->mean && k < wav->channels; k++)
                sample += hone_internal_wav_sample(wav, t, k) / wav->channels;
            if (!isfinite(sample))
                return hone_fail(HONE_ERROR_DATA, "%s: sample %" PRId64 " is not a finite number", path, t);
            row[t * to->channels + c] = (float)sample;
        }
    return HONE_OK;
}

static bool is_longest_asked(const listening *to)
{
    return to->args->length == HONE_NONE_INTEGER && to->schema == NULL;
}

/* Looks at a file, or puts its samples into the array. */
static hone_status read_file(listening *to, size_t index)
{
    const char *path = to->list.files[index].path;
    void *data;
    size_t bytes;
    hone_wav wav;
    HONE_TRY(hone_internal_file_read(path, FILE_BYTES, &data, &bytes));
    hone_status status = hone_internal_wav_read(data, bytes, path, &wav);
    if (status >= 0)
        status = agree(to, &wav, path);
    if (status >= 0 && to->array != NULL)
        status = put(to, &wav, path, (int64_t)index);
    else if (status >= 0 && is_longest_asked(to)) {
        to->length = wav.frames > to->length ? wav.frames : to->length;
        to->frames += wav.frames;
    }
    hone_internal_free(data);
    return status;
}

/* ---- all of them ---- */

static int64_t told(const listening *to, int64_t given, const char *key)
{
    const hone_config *value = hone_internal_config_get(to->schema, key);
    const int64_t known =
        hone_internal_config_is(value, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(value) : 0;
    return given != HONE_NONE_INTEGER ? given : known > 0 && known <= 1 << 30 ? known : 0;
}

static hone_status read_files(listening *to, const char *path, hone_component *part)
{
    const hone_config *mean = hone_internal_config_get(to->schema, "mean");
    to->length = told(to, to->args->length, "length");
    to->rate = told(to, to->args->sampling_rate, "sampling_rate");
    to->channels = told(to, to->args->channels, "channels");
    to->mean = to->args->channels == 1 ||
               (to->args->channels == HONE_NONE_INTEGER &&
                hone_internal_config_is(mean, HONE_CONFIG_BOOLEAN) && hone_internal_config_as_boolean(mean));
    for (size_t i = 0; i < to->list.count; i++)
        HONE_TRY(read_file(to, i));
    if (is_longest_asked(to))
        HONE_TRY(hone_internal_check_padding(path, (int64_t)to->list.count, to->length, to->frames,
                                             "length=N cuts longer ones"));
    to->array =
        hone_array_create(HONE_FLOAT32, 3, (int64_t[]){(int64_t)to->list.count, to->length, to->channels});
    part->array = to->array;
    for (size_t i = 0; i < to->list.count && to->array != NULL; i++)
        HONE_TRY(read_file(to, i));
    return to->array != NULL ? HONE_OK : hone_error_status();
}

static hone_config *describe(const listening *to)
{
    const hone_schema_entry entries[] = {
        {"format", hone_internal_config_text("audio")},
        {"classes", hone_internal_files_classes(&to->list)},
        {"length", hone_internal_config_integer(to->length)},
        {"sampling_rate", hone_internal_config_integer(to->rate)},
        {"channels", hone_internal_config_integer(to->channels)},
        {"mean", hone_internal_config_boolean(to->mean)},
    };
    return hone_internal_schema_make(entries, sizeof entries / sizeof *entries);
}

static hone_status load(listening *to, const char *path, hone_dataset_parts *parts)
{
    const hone_class_folder files = HONE_CLASS_FOLDER(to->args, path);
    HONE_TRY(hone_internal_files_list(&files, hone_internal_schema_classes(to->schema, 0), &to->list));
    HONE_TRY(read_files(to, path, &parts->x[0]));
    parts->x[0].label = hone_internal_copy_text(path);
    HONE_TRY(hone_internal_files_targets(&to->list, to->args->labels, path, &parts->y[0]));
    parts->schema = describe(to);
    parts->names = hone_internal_files_names(&to->list);
    return parts->schema == NULL || parts->names == NULL || parts->x[0].label == NULL ? HONE_ERROR_MEMORY
                                                                                      : HONE_OK;
}

static hone_status load_folder(const hone_data_source *source, const void *given, hone_dataset_parts *parts)
{
    listening to = {.args = given, .list = {.kind = &wav_files}};
    char *folder = NULL;
    hone_internal_parts_scale(parts, to.args->scale);
    if (source->part)
        HONE_TRY(hone_internal_part_of_folder(source, &folder));
    to.schema = hone_internal_schema_of(source->schema, "audio");
    hone_status status = load(&to, folder ? folder : to.args->path, parts);
    hone_internal_files_free(&to.list);
    hone_internal_free(folder);
    return status;
}

static hone_status is_folder(const char *path, bool *is)
{
    return hone_internal_folder_holds(path, &wav_files, is);
}

static const hone_type audio_type = {.name = "audio",
                                     .class_name = "audio",
                                     .summary = "A folder of WAV files by class, or one such file.",
                                     HONE_TYPE_FIELDS(hone_dataset_from_audio_args)};

const hone_data_format hone_internal_audio_format = {.name = "audio",
                                                     .type = &audio_type,
                                                     .endings = ".wav",
                                                     .starts = {{"RIFF", 4}},
                                                     .has_parts = true,
                                                     .is_folder = is_folder,
                                                     .load = load_folder};

hone_dataset *hone_dataset_from_audio_with(const hone_dataset *like, const hone_dataset_from_audio_args *args)
{
    return hone_internal_format_create(&hone_internal_audio_format, like, args);
}
