/* Tables: CSV files to data sets. */
#include "readers/table.h"
#include "fields/fields.h"
#include "readers/format.h"
#include "readers/schema.h"
#include <hone/data_files.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_csv_args, HONE_CSV_FIELDS);

/* ---- the schema ---- */

/* Column i of the file is column i of the schema, so that its field is its number there. */
static hone_status describe_date(const hone_data_column *column, hone_config *map)
{
    HONE_TRY(hone_internal_config_set(map, "date",
                                      hone_internal_config_text(hone_internal_date_parts[column->date])));
    HONE_TRY(hone_internal_config_set(map, "of", hone_internal_config_integer((int64_t)column->field)));
    return column->date == HONE_DATE_AGE
               ? hone_internal_config_set(map, "latest", hone_internal_config_number(column->latest))
               : HONE_OK;
}

static hone_config *describe_column(const hone_table *table, const hone_data_column *column)
{
    const bool used = column->used && column - table->columns != table->group;
    hone_config *map = hone_internal_config_map();
    hone_status status = map ? HONE_OK : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = hone_internal_config_set(map, "name", hone_internal_config_text(column->name));
    if (status >= 0 && column->date != HONE_DATE_NONE)
        status = describe_date(column, map);
    if (status >= 0 && used && column->is_text)
        status = hone_internal_config_set(map, "text", hone_internal_config_boolean(true));
    if (status >= 0 && used && column->categorical)
        status = hone_internal_config_set(map, "categories", hone_internal_words_to_config(&column->words));
    if (status >= 0 && used && !column->categorical && column->has_fill &&
        table->missing == HONE_MISSING_MEAN)
        status = hone_internal_config_set(map, "fill", hone_internal_config_number(column->fill));
    if (status >= 0 && used && column->standard)
        status = hone_internal_config_set(map, "mean", hone_internal_config_number(column->mean));
    if (status >= 0 && used && column->standard)
        status = hone_internal_config_set(map, "deviation", hone_internal_config_number(column->deviation));
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_config *describe_group(const hone_table_group *group)
{
    hone_config *map = hone_internal_config_map(), *list = hone_internal_config_list();
    hone_status status = map && list ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; i < group->count && status >= 0; i++)
        status = hone_internal_config_append(list, hone_internal_config_integer((int64_t)group->columns[i]));
    if (status >= 0)
        status = hone_internal_config_set(map, "name", hone_internal_config_text(group->name));
    if (status < 0 || hone_internal_config_set(map, "columns", list) < 0) {
        if (status < 0)
            hone_internal_config_free(list);
        hone_internal_config_free(map);
        return NULL;
    }
    return map;
}

static hone_config *describe_groups(const hone_table_groups *groups)
{
    hone_config *list = hone_internal_config_list();
    for (int i = 0; list && i < groups->count; i++)
        if (hone_internal_config_append(list, describe_group(&groups->items[i])) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
    return list;
}

static hone_config *describe_columns(const hone_table *table)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; list && i < table->width; i++)
        if (hone_internal_config_append(list, describe_column(table, &table->columns[i])) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
    return list;
}

/* Unless it is the usual one. */
static hone_status describe_unknown(const hone_table *table, hone_config *map)
{
    return strcmp(table->unknown, "error") == 0
               ? HONE_OK
               : hone_internal_config_set(map, "unknown", hone_internal_config_text(table->unknown));
}

static hone_status describe_characters(const hone_table *table, hone_config *map)
{
    const char delimiter[] = {table->delimiter, '\0'}, decimal[] = {table->decimal, '\0'};
    if (table->delimiter != ',')
        HONE_TRY(hone_internal_config_set(map, "delimiter", hone_internal_config_text(delimiter)));
    return table->decimal == '.'
               ? HONE_OK
               : hone_internal_config_set(map, "decimal", hone_internal_config_text(decimal));
}

static hone_config *describe(const hone_table *table)
{
    const hone_schema_entry entries[] = {
        {"format", hone_internal_config_text("table")},
        {"header", hone_internal_config_boolean(table->header)},
        {"columns", describe_columns(table)},
        {"inputs", describe_groups(&table->inputs)},
        {"targets", describe_groups(&table->targets)},
        {"encoding", hone_internal_config_text(table->one_hot ? "one_hot" : "integer")},
        {"missing", hone_internal_config_text(table->missing_text)},
        {"date_order", hone_internal_config_text(table->date_order)},
    };
    hone_config *map = hone_internal_schema_make(entries, sizeof entries / sizeof *entries);
    if (map && describe_characters(table, map) >= 0 && describe_unknown(table, map) >= 0 &&
        hone_internal_windows_describe(&table->windows, map) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

/* ---- the whole ---- */

static void free_groups(hone_table_groups *groups)
{
    for (int i = 0; i < groups->count; i++) {
        hone_internal_free(groups->items[i].name);
        hone_internal_free(groups->items[i].columns);
    }
    hone_internal_free(groups->items);
}

void hone_internal_table_free(hone_table *table)
{
    for (size_t i = 0; i < table->width; i++) {
        hone_internal_free(table->columns[i].name);
        hone_internal_words_free(&table->columns[i].words);
    }
    hone_internal_free(table->columns);
    free_groups(&table->inputs);
    free_groups(&table->targets);
    hone_internal_csv_end(&table->reader);
    hone_internal_source_close(table->source);
    table->width = 0;
}

static hone_status load(hone_table *table, hone_dataset_parts *parts)
{
    HONE_TRY(hone_internal_table_open(table));
    HONE_TRY(hone_internal_table_assign(table));
    HONE_TRY(hone_internal_table_scan(table));
    if (table->args->embed && !table->schema)
        HONE_TRY(hone_internal_table_separate(table));
    HONE_TRY(hone_internal_table_note(table, parts));
    HONE_TRY(hone_internal_table_fill(table, parts));
    parts->windows = table->windows;
    parts->standardize = table->args->standardize && !table->schema;
    parts->schema = describe(table);
    return parts->schema ? HONE_OK : HONE_ERROR_MEMORY;
}

hone_status hone_internal_table_read(hone_source *source, const hone_dataset_from_csv_args *args,
                                     const hone_config *schema, bool targets_only, bool in_rows,
                                     hone_dataset_parts *parts)
{
    hone_table table = {
        .args = args, .schema = schema, .targets_only = targets_only, .in_rows = in_rows, .source = source};
    hone_status status = load(&table, parts);
    hone_internal_table_free(&table);
    return status;
}

/* ---- the format ---- */

static hone_status load_file(const hone_dataset_from_csv_args *args, const hone_config *schema,
                             bool targets_only, bool in_rows, hone_dataset_parts *parts)
{
    hone_source *source = hone_internal_source_open_set(args->path);
    return source ? hone_internal_table_read(source, args, schema, targets_only, in_rows, parts)
                  : hone_error_status();
}

static hone_status load_whole(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    hone_internal_parts_scale(parts, ((const hone_dataset_from_csv_args *)args)->scale);
    return load_file(args, hone_internal_schema_of(source->schema, "table"), false, source->rows, parts);
}

/* All of its columns are that half. */
static hone_status load_half(const hone_data_source *source, const void *args, int half,
                             hone_dataset_parts *parts)
{
    return load_file(args, source->schema, half == 1, source->rows, parts);
}

static const hone_type csv_type = {.name = "csv",
                                   .class_name = "csv",
                                   .summary = "tables: CSV, in gzip or not",
                                   HONE_TYPE_FIELDS(hone_dataset_from_csv_args)};

const hone_data_format hone_internal_csv_format = {.name = "csv",
                                                   .type = &csv_type,
                                                   .endings = ".csv|.tsv|.csv.gz|.tsv.gz",
                                                   .sets = HONE_SETS_READ,
                                                   .load = load_whole,
                                                   .load_half = load_half};

hone_dataset *hone_dataset_from_csv_with(const hone_dataset *like, const hone_dataset_from_csv_args *args)
{
    return hone_internal_format_create(&hone_internal_csv_format, like, args);
}
