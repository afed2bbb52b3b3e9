/* The second reading of a table: its rows into arrays, or, one reading for each, into scratch files. */
#include "readers/table.h"
#include "formats/rows.h"
#include "tensor/texts.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Where a column's value goes in the rows of an array. */
typedef struct cell {
    size_t column, offset, width; /* width: of one-hot, else 1 */
    bool one_hot;
} cell;

typedef struct target_array {
    hone_component *part; /* which owns the array */
    hone_array *array;
    hone_texts texts; /* of an input of texts, in place of the array until all are there */
    bool is_text, input;
    bool scratch; /* the array is a row, on its way to a file */
    size_t row;   /* numbers */
    cell *cells;
    size_t count;
} target_array;

/* Whole numbers from 0 to 255 need a byte. */
static bool fits_byte(const hone_table *table, const hone_data_column *column, bool input)
{
    bool fills = column->missing > 0 && table->missing != HONE_MISSING_DROP;
    if (input && (column->standard || table->args->standardize))
        return false;
    return !column->categorical && !fills && !column->fraction && column->low >= 0 && column->high <= 255;
}

/* Whole numbers that floats do not all tell apart, such as ids. */
static bool needs_doubles(const hone_table *table, const hone_data_column *column, bool input)
{
    return input && !table->args->standardize && !column->standard &&
           hone_internal_table_is_wide(column, FLT_MANT_DIG);
}

static hone_dtype type_of(const hone_table *table, const target_array *filled, bool input)
{
    bool bytes = true, classes = !input, doubles = false;
    for (size_t i = 0; i < filled->count; i++) {
        const hone_data_column *column = &table->columns[filled->cells[i].column];
        bytes = bytes && (filled->cells[i].one_hot || fits_byte(table, column, input));
        classes = classes && column->categorical;
        doubles = doubles || needs_doubles(table, column, input);
    }
    return bytes ? HONE_UINT8 : classes ? HONE_INT32 : doubles ? HONE_FLOAT64 : HONE_FLOAT32;
}

/* Windows, groups and means are made of arrays. */
static bool may_stay(const hone_table *table, const target_array *filled)
{
    return table->in_rows && !filled->is_text && table->windows.window == 0 && table->group < 0 &&
           !table->args->standardize && table->rows > 0;
}

static hone_status lay_out(const hone_table *table, const hone_table_group *group, bool input,
                           target_array *filled)
{
    filled->cells = hone_internal_allocate_zeroed(group->count, sizeof *filled->cells);
    if (!filled->cells)
        return HONE_ERROR_MEMORY;
    filled->count = group->count;
    filled->input = input;
    for (size_t i = 0; i < group->count; i++) {
        const hone_data_column *column = &table->columns[group->columns[i]];
        bool one_hot = input && table->one_hot && column->categorical;
        size_t width = one_hot ? column->words.count : 1;
        filled->cells[i] = (cell){group->columns[i], filled->row, width, one_hot};
        filled->row += width;
    }
    filled->is_text = group->count == 1 && table->columns[group->columns[0]].is_text;
    if (filled->is_text)
        return HONE_OK;
    filled->scratch = may_stay(table, filled);
    bool flat = !input && filled->row == 1;
    filled->array = hone_array_create(type_of(table, filled, input), flat ? 1 : 2,
                                      (int64_t[]){filled->scratch ? 1 : table->rows, (int64_t)filled->row});
    return filled->array ? HONE_OK : hone_error_status();
}

/* ---- a row ---- */

static hone_status read_value(hone_table *table, size_t index)
{
    hone_data_column *column = &table->columns[index];
    hone_csv_field field = hone_internal_table_field(table, index);
    if (column->is_text)
        return HONE_OK;
    if (column->categorical) {
        bool missing = hone_internal_table_is_missing(table, &field);
        int64_t place = hone_internal_words_find(&column->words, field.text, missing ? 0 : field.length);
        column->value = place < 0 ? -1 : (double)column->words.list[place].number;
        return HONE_OK;
    }
    hone_found found = hone_internal_table_number(table, index, &field, &column->value);
    if (found == HONE_FOUND_TEXT)
        return hone_internal_table_fail(table, index, "the file changed while it was being read");
    if (found == HONE_FOUND_MISSING)
        column->value = column->fill;
    else if (column->date == HONE_DATE_AGE)
        column->value = column->latest - column->value;
    return HONE_OK;
}

static void put_bytes(const hone_table *table, const target_array *filled, uint8_t *row)
{
    for (size_t i = 0; i < filled->count; i++) {
        const cell *at = &filled->cells[i];
        double value = table->columns[at->column].value;
        if (!at->one_hot)
            row[at->offset] = (uint8_t)value;
        else if (value >= 0)
            row[at->offset + (size_t)value] = 1;
    }
}

static void put_number(const target_array *filled, size_t place, double number)
{
    if (filled->array->type == HONE_FLOAT64)
        ((double *)filled->array->data)[place] = number;
    else
        ((float *)filled->array->data)[place] = (float)number;
}

/* `start`: of the row, in numbers. */
static void put_numbers(const hone_table *table, const target_array *filled, size_t start)
{
    for (size_t i = 0; i < filled->count; i++) {
        const cell *at = &filled->cells[i];
        const hone_data_column *column = &table->columns[at->column];
        double value = column->value;
        if (column->standard && filled->input) /* as the float that was standardized in training */
            value = ((double)(float)value - column->mean) / column->deviation;
        if (!at->one_hot)
            put_number(filled, start + at->offset, value);
        else if (value >= 0)
            put_number(filled, start + at->offset + (size_t)value, 1);
    }
}

static void put_row(const hone_table *table, const target_array *filled, int64_t row)
{
    size_t start = (size_t)row * filled->row;
    if (filled->array->type == HONE_UINT8)
        put_bytes(table, filled, (uint8_t *)filled->array->data + start);
    else if (filled->array->type != HONE_INT32)
        put_numbers(table, filled, start);
    else
        for (size_t i = 0; i < filled->count; i++)
            ((int32_t *)filled->array->data)[start + i] =
                (int32_t)table->columns[filled->cells[i].column].value;
}

static bool in_range(const hone_data_column *column, double low, double high)
{
    return column->value >= low && column->value <= high && (!column->fraction || column->categorical);
}

/* A file that changed between the readings must not do harm. */
static hone_status check_row(const hone_table *table, const target_array *filled)
{
    for (size_t i = 0; i < filled->count; i++) {
        const hone_data_column *column = &table->columns[filled->cells[i].column];
        if (filled->array->type == HONE_UINT8 && !filled->cells[i].one_hot && !in_range(column, 0, 255))
            return hone_internal_table_fail(table, filled->cells[i].column,
                                            "the file changed while it was being read");
    }
    return HONE_OK;
}

/* What is missing is an empty text. */
static hone_status put_text(hone_table *table, target_array *filled)
{
    const size_t column = filled->cells[0].column;
    hone_csv_field field = hone_internal_table_field(table, column);
    const size_t first = filled->texts.length;
    const bool missing = hone_internal_table_is_missing(table, &field);
    HONE_TRY(hone_internal_texts_add(&filled->texts, field.text, missing ? 0 : field.length));
    const char *text = filled->texts.bytes + first;
    const int64_t bad = hone_internal_text_bad_byte(text);
    if (bad >= 0)
        return hone_internal_table_fail(table, column, "the text is not UTF-8: byte %lld is 0x%02X",
                                        (long long)bad + 1, (unsigned)(unsigned char)text[bad]);
    return HONE_OK;
}

static hone_status put_cells(hone_table *table, target_array *filled, int64_t row)
{
    if (filled->is_text)
        return put_text(table, filled);
    HONE_TRY(check_row(table, filled));
    put_row(table, filled, row);
    return HONE_OK;
}

/* The values of the next row. */
static hone_status read_row(hone_table *table)
{
    const int found = hone_internal_table_next(table);
    if (found == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: the file was shortened while it was being read",
                         hone_internal_source_label(table->source));
    for (size_t i = 0; i < table->width && found == 1; i++)
        if (table->columns[i].used)
            HONE_TRY(read_value(table, i));
    return found < 0 ? (hone_status)found : HONE_OK;
}

static hone_status fill_rows(hone_table *table, target_array *filled, int count)
{
    HONE_TRY(hone_internal_table_rewind(table));
    for (int64_t row = 0; row < table->rows; row++) {
        HONE_TRY(read_row(table));
        for (int i = 0; i < count; i++)
            if (!filled[i].scratch)
                HONE_TRY(put_cells(table, &filled[i], row));
    }
    return HONE_OK;
}

/* ---- into scratch files ---- */

/* Rows as a stream of bytes. */
typedef struct row_stream {
    hone_table *table;
    target_array *filled;
    size_t bytes, at; /* of a row */
} row_stream;

static hone_status take(void *context, void *data, size_t bytes)
{
    row_stream *stream = context;
    char *row = stream->filled->array->data;
    for (char *to = data; bytes > 0;) {
        if (stream->at == stream->bytes) {
            HONE_TRY(read_row(stream->table));
            memset(row, 0, stream->bytes); /* one-hot */
            HONE_TRY(put_cells(stream->table, stream->filled, 0));
            stream->at = 0;
        }
        const size_t left = stream->bytes - stream->at, here = left < bytes ? left : bytes;
        memcpy(to, row + stream->at, here);
        stream->at += here;
        to += here;
        bytes -= here;
    }
    return HONE_OK;
}

static hone_status fill_scratch(hone_table *table, target_array *filled)
{
    hone_component *part = filled->part;
    const size_t bytes = filled->row * hone_dtype_size(filled->array->type);
    row_stream stream = {table, filled, bytes, bytes};
    const hone_numbers_layout layout = {.type = filled->array->type};
    hone_array whole = *filled->array;
    whole.data = NULL;
    whole.shape[0] = table->rows;
    HONE_TRY(hone_internal_table_rewind(table));
    part->rows = hone_internal_rows_from_stream(&whole, &layout, take, &stream,
                                                hone_internal_source_label(table->source));
    hone_array_free(filled->array);
    filled->array = part->array = NULL;
    return part->rows ? HONE_OK : hone_error_status();
}

/* ---- the parts ---- */

static hone_status name_part(const hone_table *table, const hone_table_group *group, hone_component *part)
{
    const char *label = hone_internal_source_label(table->source);
    part->name = hone_internal_copy_text(group->name);
    if (group->name || group->count == 1)
        part->label = hone_internal_format(
            "%s: %s", label, group->name ? group->name : table->columns[group->columns[0]].name);
    else
        part->label = hone_internal_copy_text(label);
    return part->label && (part->name || !group->name) ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status prepare(const hone_table *table, const hone_table_group *group, bool input,
                           target_array *filled, hone_component *part)
{
    hone_status status = lay_out(table, group, input, filled);
    filled->part = part;
    part->array = filled->array;
    HONE_TRY(status);
    return name_part(table, group, part);
}

/* The group numbers, out of the part that they were read into. */
static hone_status take_groups(const hone_table *table, hone_component *part, hone_dataset_parts *parts)
{
    const size_t bytes = (size_t)table->rows * sizeof *parts->groups;
    parts->groups = hone_internal_allocate(bytes);
    if (parts->groups)
        memcpy(parts->groups, part->array->data, bytes);
    parts->group_count = (int32_t)table->columns[table->group].words.count;
    return parts->groups ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status fill(hone_table *table, target_array *filled, int count)
{
    bool arrays = false;
    for (int i = 0; i < count; i++) {
        arrays = arrays || !filled[i].scratch;
        if (filled[i].scratch)
            HONE_TRY(fill_scratch(table, &filled[i]));
    }
    return arrays ? fill_rows(table, filled, count) : HONE_OK;
}

hone_status hone_internal_table_fill(hone_table *table, hone_dataset_parts *parts)
{
    size_t inputs = (size_t)table->inputs.count, targets = (size_t)table->targets.count;
    hone_table_group weight = {.columns = (size_t[]){(size_t)table->weight}, .count = 1},
                     group = {.columns = (size_t[]){(size_t)table->group}, .count = 1};
    hone_component of_group = {.array = NULL};
    HONE_TRY(hone_internal_dataset_parts_room(parts, HONE_COMPONENT_INPUT, inputs));
    HONE_TRY(hone_internal_dataset_parts_room(parts, HONE_COMPONENT_TARGET, targets));
    target_array *filled = hone_internal_allocate_zeroed(inputs + targets + 2, sizeof *filled);
    hone_status status = filled ? HONE_OK : HONE_ERROR_MEMORY;
    int count = 0;
    for (size_t i = 0; i < inputs && status >= 0; i++)
        status = prepare(table, &table->inputs.items[i], true, &filled[count++], &parts->x[i]);
    for (size_t i = 0; i < targets && status >= 0; i++)
        status = prepare(table, &table->targets.items[i], false, &filled[count++], &parts->y[i]);
    if (status >= 0 && table->weight >= 0)
        status = prepare(table, &weight, false, &filled[count++], &parts->weight);
    if (status >= 0 && table->group >= 0)
        status = prepare(table, &group, false, &filled[count++], &of_group);
    if (status >= 0)
        status = fill(table, filled, count);
    for (size_t i = 0; i < inputs && status >= 0; i++)
        if (filled[i].is_text) {
            parts->x[i].array = hone_internal_texts_finish(&filled[i].texts, 1, &table->rows);
            status = parts->x[i].array ? HONE_OK : hone_error_status();
        }
    if (status >= 0 && table->group >= 0)
        status = take_groups(table, &of_group, parts);
    hone_array_free(of_group.array);
    hone_internal_free(of_group.label);
    for (int i = 0; i < count; i++) {
        hone_internal_texts_free(&filled[i].texts);
        hone_internal_free(filled[i].cells);
    }
    hone_internal_free(filled);
    return status;
}
