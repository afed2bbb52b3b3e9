/* What the core alone has in place of pictures, archives and fetching: none, and asking for it says so. */
#include "readers/format.h"
#include "base/error.h"
#include <hone/data.h>
#include <hone/data_files.h>

#ifdef HONE_CORE_ONLY

hone_status hone_dataset_fetch_with(const char *name, const hone_dataset_fetch_args *args)
{
    (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without network access",
                     name ? name : "(no name)");
}

/* ---- archives ---- */

static hone_status refuse_archive(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    (void)args, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone cannot read NPZ files; use NPY files",
                     source->path);
}

static hone_status refuse_half(const hone_data_source *source, const void *args, int half,
                               hone_dataset_parts *parts)
{
    (void)half;
    return refuse_archive(source, args, parts);
}

const hone_data_format hone_internal_npz_format = {.name = "npz",
                                                   .starts = {{"PK\3\4", 4}, {"PK\5\6", 4}},
                                                   .has_parts = true,
                                                   .load = refuse_archive,
                                                   .load_half = refuse_half};

/* ---- pictures ---- */

static hone_status any_folder(const char *path, bool *is)
{
    (void)path;
    *is = true;
    return HONE_OK;
}

static hone_status refuse_pictures(const hone_data_source *source, const void *args,
                                   hone_dataset_parts *parts)
{
    (void)source, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: this build of Hone cannot read pictures; save them as an NPY file",
                     ((const hone_dataset_from_images_args *)args)->path);
}

HONE_FIELD_TABLE(hone_dataset_from_images_args, HONE_IMAGES_FIELDS);
static const hone_type images_type = {.name = "images",
                                      .class_name = "images",
                                      .summary = "a folder of PNG and JPEG files by class, or one such file",
                                      HONE_TYPE_FIELDS(hone_dataset_from_images_args)};

const hone_data_format hone_internal_images_format = {.name = "images",
                                                      .type = &images_type,
                                                      .starts = {{"\x89PNG", 4}, {"\xff\xd8\xff", 3}},
                                                      .has_parts = true,
                                                      .is_folder = any_folder,
                                                      .load = refuse_pictures};

hone_dataset *hone_dataset_from_images_with(const hone_dataset *like,
                                            const hone_dataset_from_images_args *args)
{
    return hone_internal_format_create(&hone_internal_images_format, like, args);
}

/* ---- texts ---- */

static hone_status refuse_texts(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    (void)source, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone reads no folders and lines of text",
                     ((const hone_dataset_from_lines_args *)args)->path);
}

HONE_FIELD_TABLE_NAMED(hone_dataset_from_texts_args, HONE_TEXTS_FIELDS, text_fields, text_defaults);
HONE_FIELD_TABLE_NAMED(hone_dataset_from_lines_args, HONE_LINES_FIELDS, line_fields, line_defaults);
static const hone_type texts_type = {
    .name = "texts",
    .class_name = "texts",
    .summary = "A folder of text files by class.",
    HONE_TYPE_FIELDS_NAMED(hone_dataset_from_texts_args, text_fields, text_defaults)};
static const hone_type lines_type = {
    .name = "lines",
    .class_name = "lines",
    .summary = "A text file, each line a text (format=lines).",
    HONE_TYPE_FIELDS_NAMED(hone_dataset_from_lines_args, line_fields, line_defaults)};
const hone_data_format hone_internal_texts_format = {
    .name = "texts", .type = &texts_type, .load = refuse_texts};
const hone_data_format hone_internal_lines_format = {
    .name = "lines", .type = &lines_type, .load = refuse_texts};

/* ---- sound ---- */

static hone_status refuse_sound(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    (void)source, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone reads no sound; save it as an NPY file",
                     ((const hone_dataset_from_audio_args *)args)->path);
}

HONE_FIELD_TABLE_NAMED(hone_dataset_from_audio_args, HONE_AUDIO_FIELDS, audio_fields, audio_defaults);
static const hone_type audio_type = {
    .name = "audio",
    .class_name = "audio",
    .summary = "A folder of WAV files by class, or one such file.",
    HONE_TYPE_FIELDS_NAMED(hone_dataset_from_audio_args, audio_fields, audio_defaults)};
const hone_data_format hone_internal_audio_format = {
    .name = "audio", .type = &audio_type, .endings = ".wav", .load = refuse_sound};

hone_dataset *hone_dataset_from_audio_with(const hone_dataset *like, const hone_dataset_from_audio_args *args)
{
    return hone_internal_format_create(&hone_internal_audio_format, like, args);
}

hone_dataset *hone_dataset_from_texts_with(const hone_dataset *like, const hone_dataset_from_texts_args *args)
{
    return hone_internal_format_create(&hone_internal_texts_format, like, args);
}

hone_dataset *hone_dataset_from_lines_with(const hone_dataset_from_lines_args *args)
{
    return hone_internal_format_create(&hone_internal_lines_format, HONE_NO_DATASET, args);
}

#endif
