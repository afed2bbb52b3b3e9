/* Data sets by the command's DATA form: a name, arrays in files, or an archive of arrays. */
#define _XOPEN_SOURCE 700
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/posix.h"
#include "base/text.h"
#include "data/dataset.h"
#include "formats/file_set.h"
#include "readers/format.h"
#include "readers/named.h"
#include "readers/options.h"
#include "readers/schema.h"
#include <hone/data_files.h>
#include <hone/pipeline.h>
#include "formats/rows.h"
#include "fields/fields.h"
#include "verbs.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the user asked for: "a,b#test" is two items and a part. */
typedef struct request {
    char *text; /* holds the items */
    const char *items[2];
    int count;
    const char *part;          /* "train" or "test" */
    bool said;                 /* the source itself says which part */
    hone_config *options;      /* what else stands behind the '#', or NULL */
    const hone_config *schema; /* of the data of training, or NULL */
    const char *const *inputs; /* of the model, by name, ended by NULL; NULL: none is known */
    bool rows;                 /* arrays stay in their files for now */
} request;

/* ---- the form ---- */

static bool exists(const char *path)
{
    struct stat status;
    hone_file_set set;
    if (stat(path, &status) == 0)
        return true;
    if (!hone_internal_file_set_named(path))
        return false;
    const bool some = hone_internal_file_set_find(path, false, &set) >= 0;
    hone_internal_file_set_free(&set);
    if (!some)
        hone_error_clear();
    return some;
}

/* Where the options begin: the '#' behind what exists, else the first one. */
static char *find_mark(char *text)
{
    char *first = strchr(text, '#');
    for (char *mark = first; mark; mark = strchr(mark + 1, '#')) {
        *mark = 0;
        bool there = exists(text);
        *mark = '#';
        if (there)
            return mark;
    }
    return first;
}

/* "#test", "#target=price,drop=[id]". */
static hone_status split_options(request *asked)
{
    char *mark = find_mark(asked->text);
    const char *part;
    if (!mark)
        return HONE_OK;
    *mark = 0;
    asked->options = hone_internal_options_parse(mark + 1, &part);
    if (!asked->options)
        return hone_error_status();
    asked->said = part != NULL;
    asked->part = part ? part : asked->part;
    return HONE_OK;
}

static hone_status fail_missing(const char *item)
{
    hone_file_set set;
    if (hone_internal_file_set_named(item)) { /* says why not */
        const hone_status status = hone_internal_file_set_find(item, false, &set);
        hone_internal_file_set_free(&set);
        return status;
    }
    bool like_a_name = !strpbrk(item, "/.");
    hone_file_reader reader;
    if (!like_a_name)
        return hone_internal_file_open(&reader, item); /* says why not */
    const char *names[8];
    size_t count = hone_internal_named_datasets();
    for (size_t i = 0; i < count && i < 8; i++)
        names[i] = hone_internal_named_at(i)->name;
    return hone_internal_fail_name("data set", item, names, count);
}

static hone_status refuse_options(const request *asked)
{
    if (!asked->options || hone_internal_config_count(asked->options) == 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s takes no options; received %s=", asked->items[0],
                     hone_internal_config_key(asked->options, 0));
}

static hone_status split_items(request *asked, const char *source)
{
    asked->items[0] = asked->text;
    asked->count = 1;
    char *comma = exists(asked->text) ? NULL : strchr(asked->text, ',');
    if (comma) {
        *comma = 0;
        asked->items[asked->count++] = comma + 1;
        if (strchr(comma + 1, ','))
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "%s: expected one file or two (inputs,targets), received more; several "
                             "inputs are the arrays of one NPZ file: x.npz,y.npz",
                             source);
    }
    for (int i = 0; i < asked->count; i++)
        if (!asked->items[i][0])
            return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\": expected the name of a data set or file%s", source,
                             comma ? " before and after the comma" : "");
    return HONE_OK;
}

static hone_status parse_request(request *asked, const char *source, const char *part)
{
    asked->text = hone_internal_copy_text(source);
    if (!asked->text)
        return HONE_ERROR_MEMORY;
    asked->part = part;
    if (!exists(source))
        HONE_TRY(split_options(asked));
    return split_items(asked, source);
}

hone_status hone_internal_source_split(const char *source, char **path, hone_config **options)
{
    request asked = {.text = NULL};
    *path = NULL;
    *options = NULL;
    hone_status status = parse_request(&asked, source, hone_internal_part_names[0]);
    if (status >= 0 && asked.count == 1 && exists(asked.items[0])) {
        *path = asked.text;
        *options = asked.options;
        return HONE_OK;
    }
    hone_internal_free(asked.text);
    hone_internal_config_free(asked.options);
    return status;
}

/* ---- data sets by name ---- */

/* "fashion-mnist#train: x" */
static hone_status label_parts(const hone_named_entry *entry, const request *asked, hone_dataset_parts *parts)
{
    hone_component *components[] = {&parts->x[0], &parts->y[0]};
    for (int i = 0; i < 2; i++) {
        hone_internal_free(components[i]->label);
        components[i]->label =
            hone_internal_format("%s#%s: %s", entry->name, asked->part, i == 0 ? "x" : "y");
        if (!components[i]->label)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static hone_data_source source_of(const request *asked, const char *path)
{
    return (hone_data_source){.path = path,
                              .part = asked->part,
                              .said = asked->said,
                              .schema = asked->schema,
                              .inputs = asked->inputs,
                              .rows = asked->rows};
}

static hone_status load_place(const hone_named_entry *entry, const hone_named_place *place,
                              const request *asked, int part, hone_dataset_parts *parts)
{
    if (!place->folder && !place->archive)
        return hone_internal_named_missing(entry);
    bool whole = entry->samples[1] == 0; /* it has no parts */
    if (whole && asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", entry->name, asked->part);
    if (place->archive) {
        hone_data_source source = source_of(asked, place->archive);
        source.said = !whole;
        return hone_internal_npz_format.load(&source, NULL, parts);
    }
    HONE_TRY(entry->kind->load(place, part, asked->rows, parts));
    return label_parts(entry, asked, parts);
}

static hone_status load_named(const hone_named_entry *entry, const request *asked, hone_dataset_parts *parts)
{
    int part = strcmp(asked->part, hone_internal_part_names[1]) == 0;
    hone_named_place place;
    HONE_TRY(hone_internal_named_locate(entry, part, &place));
    hone_status status = load_place(entry, &place, asked, part, parts);
    hone_internal_named_place_free(&place);
    return status;
}

/* ---- files and folders ---- */

static const hone_data_format *format_of(const request *asked, int item)
{
    if (exists(asked->items[item]))
        return hone_internal_format_of(asked->items[item], asked->options);
    fail_missing(asked->items[item]);
    return NULL;
}

/* One of the two items of "inputs,targets". Its schema, if it has one, goes under "x" or "y" of the pair's.
 */
static hone_status load_half(const request *asked, int half, hone_dataset_parts *parts)
{
    static const char *const keys[] = {"x", "y"};
    if (hone_internal_named_find(asked->items[half]))
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" has its own inputs and targets; expected a file",
                         asked->items[half]);
    const hone_data_format *format = format_of(asked, half);
    if (!format)
        return hone_error_status();
    hone_data_source source = source_of(asked, asked->items[half]);
    source.schema = hone_internal_config_get(hone_internal_schema_of(asked->schema, "pair"), keys[half]);
    hone_config *pair = parts->schema;
    parts->schema = NULL;
    hone_status status = hone_internal_format_load(format, &source, asked->options, half, parts);
    hone_config *own = parts->schema;
    parts->schema = pair;
    if (status < 0 || !own) {
        hone_internal_config_free(own);
        return status;
    }
    if (!pair) {
        parts->schema = hone_internal_config_map();
        status = hone_internal_config_set(parts->schema, "format", hone_internal_config_text("pair"));
    }
    if (status >= 0)
        return hone_internal_config_set(parts->schema, keys[half], own);
    hone_internal_config_free(own);
    return status;
}

static hone_status load_pair(const request *asked, hone_dataset_parts *parts)
{
    if (asked->said)
        return hone_fail(HONE_ERROR_DATA, "%s has no parts, but #%s was asked for", asked->items[0],
                         asked->part);
    HONE_TRY(load_half(asked, 0, parts));
    HONE_TRY(load_half(asked, 1, parts));
    return parts->schema ? HONE_OK : refuse_options(asked);
}

static hone_status load_one(const request *asked, hone_dataset_parts *parts)
{
    const hone_named_entry *entry = hone_internal_named_find(asked->items[0]);
    if (entry) {
        HONE_TRY(refuse_options(asked));
        return load_named(entry, asked, parts);
    }
    const hone_data_format *format = format_of(asked, 0);
    if (!format)
        return hone_error_status();
    if (!format->type)
        HONE_TRY(refuse_options(asked));
    hone_data_source source = source_of(asked, asked->items[0]);
    return hone_internal_format_load(format, &source, asked->options, -1, parts);
}

/* ---- what stays in the files ---- */

/* Component number `index` of all places, or NULL behind the last: inputs and targets by turns. */
static hone_component *component_at(hone_dataset_parts *parts, size_t index)
{
    size_t both = parts->x_room < parts->y_room ? parts->x_room : parts->y_room;
    if (index < 2 * both)
        return index % 2 == 0 ? &parts->x[index / 2] : &parts->y[index / 2];
    index -= both;
    if (index < parts->x_room)
        return &parts->x[index];
    if (index < parts->y_room)
        return &parts->y[index];
    return index == (parts->x_room > parts->y_room ? parts->x_room : parts->y_room) ? &parts->weight : NULL;
}

static size_t bytes_of(const hone_component *item)
{
    if (item->rows)
        return hone_internal_rows_bytes(item->rows);
    return item->array ? (size_t)hone_array_count(item->array) * hone_dtype_size(item->array->type) : 0;
}

/* Arrays that together stay within the limit come into memory; of others the smallest ones, within half of
 * it.
 */
static hone_status settle(hone_dataset_parts *parts, const char *source, uint64_t limit)
{
    uint64_t together = 0, fixed = 0;
    const hone_component *item;
    for (size_t i = 0; (item = component_at(parts, i)) != NULL; i++) {
        together += bytes_of(item);
        fixed += item->array ? bytes_of(item) : 0;
    }
    if (fixed > limit)
        return hone_fail(
            HONE_ERROR_DATA,
            "%s: data in this format are held in memory, where they take %llu bytes, more than the "
            "limit of %llu; NPY, NPZ, IDX and TFRecord files and the numbers of tables are read as they are needed",
            source, (unsigned long long)fixed, (unsigned long long)limit);
    uint64_t room = (together <= limit ? limit : limit / 2) - (fixed < limit / 2 ? fixed : limit / 2);
    for (;;) {
        hone_component *least = NULL, *one;
        for (size_t i = 0; (one = component_at(parts, i)) != NULL; i++)
            if (one->rows && bytes_of(one) <= room && (!least || bytes_of(one) < bytes_of(least)))
                least = one;
        if (!least)
            return HONE_OK;
        room -= bytes_of(least);
        HONE_TRY(hone_internal_component_bring_in(least));
    }
}

/* ---- the public side ---- */

/* One that is said, in the call or behind the '#', counts alone; else that of the training data. */
static double starting_scale(const request *asked, double scale)
{
    const bool said = scale != 0 && !isnan(scale);
    if (said || hone_internal_config_present(hone_internal_config_get(asked->options, "scale")))
        return said ? scale : 1;
    return hone_internal_schema_scale(asked->schema);
}

static hone_status check_source(const char *source, const char *part)
{
    if (!source || !source[0])
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "expected a data set, such as fashion-mnist or x.npy,y.npy, received %s",
                         source ? "an empty string" : "NULL");
    if (strcmp(part, hone_internal_part_names[0]) != 0 && strcmp(part, hone_internal_part_names[1]) != 0)
        return hone_internal_fail_name("part of a data set", part, hone_internal_part_names, 2);
    return HONE_OK;
}

static hone_status set_group(request *asked, const char *group)
{
    if (!asked->options && !(asked->options = hone_internal_config_map()))
        return HONE_ERROR_MEMORY;
    return hone_internal_config_set(asked->options, "group", hone_internal_config_text(group));
}

static hone_status read_parts(request *asked, const char *source, const hone_data_reading *reading,
                              const char *part, hone_dataset_parts *parts)
{
    HONE_TRY(hone_internal_dataset_parts_begin(parts, 1));
    HONE_TRY(parse_request(asked, source, part));
    if (reading->group)
        HONE_TRY(set_group(asked, reading->group));
    parts->scale = starting_scale(asked, reading->scale);
    return asked->count == 1 ? load_one(asked, parts) : load_pair(asked, parts);
}

hone_dataset *hone_internal_dataset_load_as(const char *source, const hone_data_reading *reading)
{
    request asked = {.schema = reading->schema, .inputs = reading->inputs, .rows = reading->limit > 0};
    const char *part = reading->part ? reading->part : hone_internal_part_names[0],
               *way = reading->preprocess ? reading->preprocess
                                          : hone_internal_schema_preprocess(reading->schema);
    hone_dataset_parts parts = {.x = NULL};
    if (check_source(source, part) < 0)
        return NULL;
    hone_status status = read_parts(&asked, source, reading, part, &parts);
    if (status == HONE_OK && reading->limit > 0)
        status = settle(&parts, source, (uint64_t)reading->limit);
    hone_internal_free(asked.text);
    hone_internal_config_free(asked.options);
    hone_dataset *data = status == HONE_OK ? hone_internal_dataset_assemble(&parts) : NULL;
    if (status < 0)
        hone_internal_dataset_parts_free(&parts);
    if (data && way)
        data = hone_dataset_preprocess(data, way);
    const int64_t classes = hone_internal_schema_one_hot(reading->schema);
    return data && classes > 0 ? hone_dataset_one_hot(data, classes) : data;
}

hone_dataset *hone_dataset_load(const char *source, const char *part, double scale)
{
    return hone_internal_dataset_load_as(source, &(hone_data_reading){.part = part, .scale = scale});
}

hone_dataset *hone_dataset_from_files_with(const char *source, const hone_dataset_from_files_args *said)
{
    hone_dataset_from_files_args args;
    if (hone_internal_args_read(&hone_internal_dataset_from_files_verb, said, &args) < 0)
        return NULL;
    hone_internal_error_push(args.base.site, NULL);
    hone_dataset *dataset = hone_internal_dataset_load_as(
        source,
        &(hone_data_reading){.part = args.part,
                             .scale = args.scale,
                             .limit = args.memory_limit == HONE_NONE_INTEGER ? 0 : args.memory_limit});
    hone_internal_error_pop();
    return dataset;
}

hone_dataset *hone_dataset_load_like(const hone_dataset *like, const char *source, const char *part,
                                     double scale)
{
    if (!like)
        return NULL;
    const bool described = like != HONE_NO_DATASET && !hone_internal_dataset_streams(like);
    hone_config *schema = described ? hone_internal_dataset_description(like) : NULL;
    hone_dataset *data =
        schema || !described
            ? hone_internal_dataset_load_as(
                  source, &(hone_data_reading){.schema = schema, .part = part, .scale = scale})
            : NULL;
    hone_internal_config_free(schema);
    return data;
}
