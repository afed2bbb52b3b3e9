/* Folders of pictures to arrays: decoded on all threads, each picture into its own rows, so that the bits do
 * not depend on how many there are. */
#define _XOPEN_SOURCE 700
#include "readers/folders.h"
#include "readers/images.h"
#include "base/error.h"
#include "base/file.h"
#include "base/team.h"
#include "formats/picture.h"
#include "base/text.h"
#include "readers/format.h"
#include "readers/options.h"
#include "readers/schema.h"
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 2048, FILE_BYTES = 1 << 30 };

typedef struct outcome {
    hone_status status;
    char *message; /* of a failure; to be freed */
} outcome;

typedef struct loader {
    const hone_dataset_from_images_args *args;
    hone_file_list list;
    int channels;
    int64_t height, width;
    bool sized; /* the size was asked for; else it is the first picture's */
    bool crop, nearest;
    hone_array *array;
    size_t row;   /* numbers of a picture */
    size_t begin; /* the first file of the block */
    size_t kept;  /* pictures in the array */
    outcome outcomes[BLOCK];
    atomic_bool needs_floats;
    int64_t skipped;
    char *first_skipped;
} loader;

/* ---- one picture ---- */

static hone_status decode(const loader *loading, const char *path, hone_picture *picture)
{
    void *data;
    size_t bytes;
    *picture = (hone_picture){.channels = loading->channels};
    HONE_TRY(hone_internal_file_read(path, FILE_BYTES, &data, &bytes));
    hone_status status = hone_internal_picture_decode(data, bytes, path, loading->args->most_pixels, picture);
    hone_internal_free(data);
    return status;
}

static void copy_part(const loader *loading, const hone_picture *picture, hone_picture_part part,
                      size_t place)
{
    size_t width = (size_t)(loading->width * picture->channels);
    for (int64_t y = 0; y < loading->height; y++) {
        const uint8_t *row =
            picture->pixels + ((part.top + y) * picture->width + part.left) * picture->channels;
        size_t at = place * loading->row + (size_t)y * width;
        if (loading->array->type == HONE_UINT8)
            memcpy((uint8_t *)loading->array->data + at, row, width);
        else
            for (size_t i = 0; i < width; i++)
                ((float *)loading->array->data)[at + i] = row[i];
    }
}

/* Through floats to the nearest bytes. */
static hone_status put_bilinear(loader *loading, const hone_picture *picture, hone_picture_part part,
                                size_t place)
{
    bool bytes = loading->array->type == HONE_UINT8;
    void *columns = hone_internal_allocate((size_t)loading->width * 24);
    float *scratch = bytes ? hone_internal_allocate(loading->row * sizeof *scratch)
                           : (float *)loading->array->data + place * loading->row;
    if (columns && scratch)
        hone_internal_picture_bilinear(picture, part, loading->height, loading->width, columns, scratch);
    for (size_t i = 0; columns && scratch && bytes && i < loading->row; i++)
        ((uint8_t *)loading->array->data)[place * loading->row + i] = (uint8_t)lrintf(scratch[i]);
    hone_status status = columns && scratch ? HONE_OK : HONE_ERROR_MEMORY;
    hone_internal_free(columns);
    if (bytes)
        hone_internal_free(scratch);
    return status;
}

static hone_status put_nearest(loader *loading, const hone_picture *picture, hone_picture_part part,
                               size_t place)
{
    bool floats = loading->array->type != HONE_UINT8;
    uint8_t *bytes = floats ? hone_internal_allocate(loading->row)
                            : (uint8_t *)loading->array->data + place * loading->row;
    if (!bytes)
        return HONE_ERROR_MEMORY;
    hone_internal_picture_nearest(picture, part, loading->height, loading->width, bytes);
    for (size_t i = 0; floats && i < loading->row; i++)
        ((float *)loading->array->data)[place * loading->row + i] = bytes[i];
    if (floats)
        hone_internal_free(bytes);
    return HONE_OK;
}

static hone_status put(loader *loading, const char *path, const hone_picture *picture, size_t place)
{
    hone_picture_part part = loading->crop
                                 ? hone_internal_picture_crop(picture, loading->height, loading->width)
                                 : hone_internal_picture_whole(picture);
    if (part.height == loading->height && part.width == loading->width) {
        copy_part(loading, picture, part, place);
        return HONE_OK;
    }
    if (!loading->sized)
        return hone_fail(
            HONE_ERROR_DATA,
            "%s: %lld x %lld, but the first picture is %lld x %lld; size=HEIGHTxWIDTH resizes them", path,
            (long long)picture->height, (long long)picture->width, (long long)loading->height,
            (long long)loading->width);
    if (loading->nearest)
        return put_nearest(loading, picture, part, place);
    if (loading->array->type == HONE_UINT8 && strcmp(loading->args->dtype, "auto") == 0) {
        atomic_store(&loading->needs_floats, true);
        return HONE_OK;
    }
    return put_bilinear(loading, picture, part, place);
}

static void run_tile(void *context, int64_t tile, int thread)
{
    (void)thread;
    loader *loading = context;
    size_t file = loading->begin + (size_t)tile;
    outcome *result = &loading->outcomes[tile];
    hone_picture picture;
    const char *path = loading->list.files[file].path;
    result->status = decode(loading, path, &picture);
    if (result->status >= 0)
        result->status = put(loading, path, &picture, loading->kept + (size_t)tile);
    hone_internal_free(picture.pixels);
    if (result->status < 0)
        result->message = hone_internal_copy_text(hone_error_message());
}

/* ---- blocks of pictures ---- */

/* Bytes to floats: a picture has to be resized. */
static hone_status widen(loader *loading)
{
    hone_array *wide = hone_array_create(HONE_FLOAT32, 4, loading->array->shape);
    if (!wide)
        return hone_error_status();
    const uint8_t *bytes = loading->array->data;
    for (size_t i = 0; i < loading->kept * loading->row; i++)
        ((float *)wide->data)[i] = bytes[i];
    hone_array_free(loading->array);
    loading->array = wide;
    return HONE_OK;
}

static void forget_outcomes(loader *loading)
{
    for (int i = 0; i < BLOCK; i++) {
        hone_internal_free(loading->outcomes[i].message);
        loading->outcomes[i] = (outcome){HONE_OK, NULL};
    }
}

static bool may_skip(const loader *loading, hone_status status)
{
    bool corrupt =
        status == HONE_ERROR_FORMAT || status == HONE_ERROR_UNSUPPORTED || status == HONE_ERROR_FILE;
    return corrupt && strcmp(loading->args->corrupt, "skip") == 0;
}

/* How to go on without a damaged file, where there are others. */
static hone_status advise_skip(const loader *loading, hone_status status)
{
    if (status == HONE_ERROR_FORMAT && loading->list.count > 1)
        hone_internal_error_add(status, "; corrupt=skip leaves out what cannot be read");
    return status;
}

/* Moves pictures together where some were left out. */
static hone_status keep(loader *loading, size_t count)
{
    size_t bytes = loading->row * hone_dtype_size(loading->array->type), place = loading->kept;
    char *data = loading->array->data;
    for (size_t i = 0; i < count; i++) {
        outcome *result = &loading->outcomes[i];
        if (result->status < 0 && !may_skip(loading, result->status))
            return advise_skip(loading, hone_fail(result->status, "%s",
                                                  result->message ? result->message : "out of memory"));
        if (result->status < 0) {
            if (loading->skipped++ == 0)
                loading->first_skipped = result->message;
            else
                hone_internal_free(result->message);
            result->message = NULL;
            continue;
        }
        if (place != loading->kept + i)
            memmove(data + place * bytes, data + (loading->kept + i) * bytes, bytes);
        loading->list.files[place++] = loading->list.files[loading->begin + i];
    }
    loading->kept = place;
    return HONE_OK;
}

static hone_status load_block(loader *loading, hone_team *team, size_t count)
{
    forget_outcomes(loading);
    atomic_store(&loading->needs_floats, false);
    hone_internal_team_run(team, run_tile, loading, (int64_t)count);
    if (atomic_load(&loading->needs_floats)) {
        HONE_TRY(widen(loading));
        forget_outcomes(loading);
        hone_internal_team_run(team, run_tile, loading, (int64_t)count);
    }
    return keep(loading, count);
}

static hone_status load_blocks(loader *loading)
{
    hone_team *team = hone_internal_team_acquire(hone_internal_team_size());
    hone_status status = HONE_OK;
    size_t total = loading->list.count;
    for (; loading->begin < total && status >= 0; loading->begin += BLOCK)
        status = load_block(loading, team, total - loading->begin < BLOCK ? total - loading->begin : BLOCK);
    hone_internal_team_release(team);
    loading->list.count = loading->kept;
    forget_outcomes(loading);
    HONE_TRY(status);
    loading->array->shape[0] = (int64_t)loading->kept;
    if (loading->kept > 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA, "%s: no picture can be read; the first failed with: %s",
                     loading->args->path, loading->first_skipped ? loading->first_skipped : "");
}

/* ---- what is needed ---- */

static int64_t integer_at(const hone_config *list, size_t index)
{
    const hone_config *item =
        hone_internal_config_is(list, HONE_CONFIG_LIST) && index < hone_internal_config_count(list)
            ? hone_internal_config_at(list, index)
            : NULL;
    return hone_internal_config_is(item, HONE_CONFIG_INTEGER) && hone_internal_config_as_integer(item) >= 1 &&
                   hone_internal_config_as_integer(item) <= 65535
               ? hone_internal_config_as_integer(item)
               : 0;
}

/* The size of the first picture that can be read. */
static hone_status look_at_first(loader *loading)
{
    hone_status status = HONE_OK;
    for (size_t i = 0; i < loading->list.count; i++) {
        hone_picture picture;
        status = decode(loading, loading->list.files[i].path, &picture);
        if (status < 0 && may_skip(loading, status))
            continue;
        hone_internal_free(picture.pixels);
        loading->height = picture.height;
        loading->width = picture.width;
        break;
    }
    return status < 0 ? advise_skip(loading, status) : status;
}

static hone_status choose_size(loader *loading, const hone_config *schema)
{
    const int64_t *size = loading->args->size;
    const hone_config *trained = hone_internal_config_get(schema, "size");
    loading->sized = true;
    loading->height = size[0];
    loading->width = size[1] == HONE_NONE_INTEGER || size[1] == 0 ? size[0] : size[1];
    if (size[0] != HONE_NONE_INTEGER)
        return HONE_OK;
    loading->height = integer_at(trained, 0);
    loading->width = integer_at(trained, 1);
    loading->sized = loading->height > 0 && loading->width > 0;
    return loading->sized ? HONE_OK : look_at_first(loading);
}

static hone_status choose(loader *loading, const hone_config *schema)
{
    const hone_dataset_from_images_args *args = loading->args;
    const char *color = hone_internal_config_get_text(schema, "color"),
               *interpolation = hone_internal_config_get_text(schema, "interpolation");
    const hone_config *crop = hone_internal_config_get(schema, "crop");
    if (!color)
        color = args->color;
    loading->channels = strcmp(color, "rgba") == 0 ? 4 : strcmp(color, "rgb") == 0 ? 3 : 1;
    loading->crop = crop ? hone_internal_config_as_boolean(crop) : args->crop;
    loading->nearest = strcmp(interpolation ? interpolation : args->interpolation, "nearest") == 0;
    HONE_TRY(choose_size(loading, schema));
    loading->row = (size_t)(loading->height * loading->width) * (size_t)loading->channels;
    bool floats = strcmp(args->dtype, "float32") == 0;
    loading->array = hone_array_create(
        floats ? HONE_FLOAT32 : HONE_UINT8, 4,
        (int64_t[]){(int64_t)loading->list.count, loading->height, loading->width, loading->channels});
    return loading->array ? HONE_OK : hone_error_status();
}

/* ---- the parts ---- */

static hone_config *describe_size(const loader *loading)
{
    hone_config *list = hone_internal_config_list();
    if (list && (hone_internal_config_append(list, hone_internal_config_integer(loading->height)) < 0 ||
                 hone_internal_config_append(list, hone_internal_config_integer(loading->width)) < 0)) {
        hone_internal_config_free(list);
        return NULL;
    }
    return list;
}

static hone_config *describe(const loader *loading)
{
    static const char *const colors[] = {"", "grayscale", "", "rgb", "rgba"};
    hone_config *map = hone_internal_config_map();
    if (map && hone_internal_config_set(map, "format", hone_internal_config_text("images")) >= 0 &&
        hone_internal_config_set(map, "classes", hone_internal_files_classes(&loading->list)) >= 0 &&
        hone_internal_config_set(map, "size", describe_size(loading)) >= 0 &&
        hone_internal_config_set(map, "color", hone_internal_config_text(colors[loading->channels])) >= 0 &&
        hone_internal_config_set(map, "crop", hone_internal_config_boolean(loading->crop)) >= 0 &&
        hone_internal_config_set(map, "interpolation",
                                 hone_internal_config_text(loading->nearest ? "nearest" : "bilinear")) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status give(loader *loading, hone_dataset_parts *parts)
{
    parts->x[0].array = loading->array;
    loading->array = NULL;
    parts->x[0].label = hone_internal_copy_text(loading->args->path);
    if (!parts->x[0].label)
        return HONE_ERROR_MEMORY;
    HONE_TRY(hone_internal_files_targets(&loading->list, loading->args->labels, loading->args->path,
                                         &parts->y[0]));
    parts->names = hone_internal_files_names(&loading->list);
    if (parts->names == NULL)
        return HONE_ERROR_MEMORY;
    parts->skipped = loading->skipped;
    parts->first_skipped = loading->first_skipped;
    loading->first_skipped = NULL;
    parts->schema = describe(loading);
    return parts->schema ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status load(loader *loading, const hone_config *schema, hone_dataset_parts *parts)
{
    const hone_class_folder folder = HONE_CLASS_FOLDER(loading->args, loading->args->path);
    HONE_TRY(hone_internal_files_list(&folder, hone_internal_schema_classes(schema, 0), &loading->list));
    HONE_TRY(choose(loading, schema));
    HONE_TRY(load_blocks(loading));
    return give(loading, parts);
}

static hone_status load_folder(const hone_dataset_from_images_args *args, const hone_config *schema,
                               hone_dataset_parts *parts)
{
    loader *loading = hone_internal_allocate_zeroed(1, sizeof *loading);
    if (!loading)
        return HONE_ERROR_MEMORY;
    loading->args = args;
    loading->list.kind = &hone_internal_pictures;
    hone_status status = load(loading, schema, parts);
    forget_outcomes(loading);
    hone_array_free(loading->array);
    hone_internal_files_free(&loading->list);
    hone_internal_free(loading->first_skipped);
    hone_internal_free(loading);
    return status;
}

/* ---- the format ---- */

hone_status hone_internal_images_load(const hone_data_source *source, const void *given,
                                      hone_dataset_parts *parts)
{
    hone_dataset_from_images_args args = *(const hone_dataset_from_images_args *)given;
    char *folder = NULL;
    if (source->part)
        HONE_TRY(hone_internal_part_of_folder(source, &folder));
    args.path = folder ? folder : args.path;
    hone_internal_parts_scale(parts, args.scale);
    hone_status status = load_folder(&args, hone_internal_schema_of(source->schema, "images"), parts);
    hone_internal_free(folder);
    return status;
}
