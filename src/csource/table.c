/* The table behind a model, in its C source: names of columns, and a function that reads a row of texts as
 * the training data were read. */
#include "csource/source.h"
#include "fields/config.h"
#include "readers/schema.h"
#include "readers/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the schema ---- */

static const hone_config *schema_of(const hone_c_writer *writer)
{
    return hone_internal_schema_of(writer->program.model->schema, "table");
}

static const hone_config *column_at(const hone_config *schema, size_t index)
{
    return hone_internal_config_at(hone_internal_config_get(schema, "columns"), index);
}

static size_t column_count(const hone_config *schema)
{
    return hone_internal_config_count(hone_internal_config_get(schema, "columns"));
}

/* The input that a group of columns is, by its name; else the only one. */
static int input_of(const hone_c_writer *writer, const hone_config *group)
{
    const hone_model *model = writer->program.model;
    const char *name = hone_internal_config_get_text(group, "name");
    for (int i = 0; i < model->input_count; i++)
        if (name != NULL && strcmp(hone_model_input_name(model, i), name) == 0)
            return i;
    return model->input_count == 1 ? 0 : -1;
}

/* Where the column's field is among those of a file. */
static size_t field_of(const hone_config *column, size_t index)
{
    const hone_config *of = hone_internal_config_get(column, "of");
    return hone_internal_config_is(of, HONE_CONFIG_INTEGER) ? (size_t)hone_internal_config_as_integer(of)
                                                            : index;
}

static bool one_hot(const hone_config *schema)
{
    const char *encoding = hone_internal_config_get_text(schema, "encoding");
    return encoding != NULL && strcmp(encoding, "one_hot") == 0;
}

static int64_t width_of(const hone_config *schema, const hone_config *column)
{
    const hone_config *words = hone_internal_config_get(column, "categories");
    return hone_internal_config_present(words) && one_hot(schema) ? (int64_t)hone_internal_config_count(words)
                                                                  : 1;
}

/* Calls `visit` for each column of each input, in order. */
typedef struct place {
    const hone_config *column;
    size_t index, field; /* of the column; of its field in files */
    int input;
    int64_t offset, width;
} place;
typedef void visit_column(hone_c_writer *writer, const place *at, void *context);

static void each_column(hone_c_writer *writer, visit_column *visit, void *context)
{
    const hone_config *schema = schema_of(writer), *groups = hone_internal_config_get(schema, "inputs");
    for (size_t g = 0; g < hone_internal_config_count(groups); g++) {
        const hone_config *group = hone_internal_config_at(groups, g),
                          *list = hone_internal_config_get(group, "columns");
        place at = {.input = input_of(writer, group)};
        for (size_t i = 0; i < hone_internal_config_count(list); i++, at.offset += at.width) {
            at.index = (size_t)hone_internal_config_as_integer(hone_internal_config_at(list, i));
            at.column = column_at(schema, at.index);
            at.field = field_of(at.column, at.index);
            at.width = width_of(schema, at.column);
            visit(writer, &at, context);
        }
    }
}

/* ---- which models have it ---- */

typedef struct fit {
    int64_t widths[HONE_MAX_COMPONENTS];
    bool *fields; /* that are inputs */
    bool good;
} fit;

static void fit_column(hone_c_writer *writer, const place *at, void *context)
{
    fit *sizes = context;
    (void)writer;
    if (at->input < 0 || at->input >= HONE_MAX_COMPONENTS ||
        hone_internal_config_present(hone_internal_config_get(at->column, "text"))) {
        sizes->good = false;
        return;
    }
    sizes->widths[at->input] += at->width;
    sizes->fields[at->field] = true;
}

/* The inputs are the columns: no texts, and as many numbers as the table gives. */
static bool fits(hone_c_writer *writer, fit *sizes)
{
    const hone_c_program *program = &writer->program;
    sizes->good = program->model->input_count <= HONE_MAX_COMPONENTS;
    if (!sizes->good)
        return false;
    each_column(writer, fit_column, sizes);
    for (int i = 0; i < program->model->input_count && sizes->good; i++)
        sizes->good = sizes->widths[i] == program->slots[program->inputs[i]].count;
    return sizes->good;
}

/* ---- constants ---- */

static void write_categories(hone_c_writer *writer, const place *at, void *context)
{
    const hone_config *words = hone_internal_config_get(at->column, "categories");
    (void)context;
    if (!hone_internal_config_present(words))
        return;
    hone_internal_text_format(&writer->source, "static const char *const %s_categories_%zu[%zu] = {",
                              writer->prefix, at->index, hone_internal_config_count(words));
    hone_internal_c_write_strings(&writer->source, words);
}

static void write_names(hone_c_writer *writer, const bool *fields)
{
    const hone_config *schema = schema_of(writer);
    size_t count = 0;
    for (size_t i = 0; i < column_count(schema); i++)
        count += fields[i];
    hone_internal_text_format(&writer->source, "const char *const %s_columns[%s_COLUMNS] = {", writer->prefix,
                              writer->upper);
    for (size_t i = 0, written = 0; i < column_count(schema); i++) {
        if (!fields[i])
            continue;
        hone_internal_text_append(&writer->source, written++ % 8 == 0 ? "\n    " : " ");
        hone_internal_c_write_string(&writer->source,
                                     hone_internal_config_get_text(column_at(schema, i), "name"));
        hone_internal_text_append(&writer->source, ",");
    }
    hone_internal_text_append(&writer->source, "\n};\n\n");
    hone_internal_text_format(
        &writer->header,
        "/* The table that the model was trained on. A row is the texts of these columns, in this order; numbers with a point.\n"
        " * %s_read_row makes the inputs of them as the training did: 0, or the number of the column, from 1, that\n"
        " * cannot be read. Left out when %s_NO_ROWS is defined. */\n"
        "#ifndef %s_NO_ROWS\n#define %s_COLUMNS %zu\nextern const char *const %s_columns[%s_COLUMNS];\nint %s_read_row(",
        writer->prefix, writer->upper, writer->upper, writer->upper, count, writer->prefix, writer->upper,
        writer->prefix);
}

/* ---- the function ---- */

static void write_parameters(const hone_c_writer *writer, hone_text *text)
{
    char name[100];
    hone_internal_text_append(text, "const char *const *row");
    for (int i = 0; i < writer->program.model->input_count; i++) {
        hone_internal_c_end_name(writer, "input", i, name, sizeof name);
        hone_internal_text_format(text, ", float *%s", name);
    }
    hone_internal_text_append(text, ")");
}

static double number_of(const hone_config *column, const char *key)
{
    const hone_config *value = hone_internal_config_get(column, key);
    return hone_internal_config_is_numeric(value) ? hone_internal_config_as_number(value) : 0;
}

static void put_number(hone_text *text, double number)
{
    char digits[40];
    if (isnan(number)) {
        hone_internal_text_append(text, ", (double)NAN");
        return;
    }
    snprintf(digits, sizeof digits, "%.17g", number);
    hone_internal_text_format(text, ", %s%s", digits, strpbrk(digits, ".en") != NULL ? "" : ".0");
}

/* What stands for a missing number: the mean, or the number of missing=0; false: nothing does. */
static bool fill_of(const hone_config *schema, const hone_config *column, double *fill)
{
    const char *missing = hone_internal_config_get_text(schema, "missing");
    const hone_config *mean = hone_internal_config_get(column, "fill");
    *fill = 0;
    if (mean != NULL) {
        *fill = hone_internal_config_present(mean) ? hone_internal_config_as_number(mean) : (double)NAN;
        return true;
    }
    return missing != NULL && hone_internal_text_to_number(missing, true, fill);
}

static void put_moments(hone_text *text, const hone_config *schema, const hone_config *column)
{
    double fill;
    const bool filled = fill_of(schema, column, &fill);
    char scale[40];
    hone_internal_text_format(text, ", %d", filled);
    put_number(text, fill);
    put_number(text, number_of(column, "mean"));
    put_number(text, number_of(column, "deviation"));
    hone_internal_c_number((float)hone_internal_schema_scale(schema), scale, sizeof scale);
    hone_internal_text_format(text, ", %s))\n", scale);
}

static int order_of(const hone_config *schema)
{
    const char *order = hone_internal_config_get_text(schema, "date_order");
    return order == NULL ? 0 : order[0] == 'd' ? 1 : 2;
}

/* `context`: places[field], the number of the column in a row. */
static void write_column(hone_c_writer *writer, const place *at, void *context)
{
    const hone_config *schema = schema_of(writer),
                      *words = hone_internal_config_get(at->column, "categories");
    const char *part = hone_internal_config_get_text(at->column, "date");
    const size_t row = ((const size_t *)context)[at->field];
    hone_text *text = &writer->source;
    char name[100], scale[40];
    const bool categories = hone_internal_config_present(words);
    hone_internal_c_end_name(writer, "input", at->input, name, sizeof name);
    hone_internal_text_format(text, "    if (!%s_op_read_%s(%s + %" PRId64 ", row[%zu]", writer->prefix,
                              part != NULL ? "date"
                              : categories ? "category"
                                           : "number",
                              name, at->offset, row);
    if (categories) {
        hone_internal_c_number((float)hone_internal_schema_scale(schema), scale, sizeof scale);
        hone_internal_text_format(text, ", %s_categories_%zu, %zu, %d, %s))\n", writer->prefix, at->index,
                                  hone_internal_config_count(words), one_hot(schema), scale);
    } else {
        if (part != NULL) {
            hone_internal_text_format(text, ", %d, %d", (int)hone_internal_date_part(part), order_of(schema));
            put_number(text, number_of(at->column, "latest"));
        }
        put_moments(text, schema, at->column);
    }
    hone_internal_text_format(text, "        return %zu;\n", row + 1);
}

static void write_function(hone_c_writer *writer, const bool *fields, size_t *places)
{
    const size_t count = column_count(schema_of(writer));
    for (size_t i = 0, next = 0; i < count; i++)
        places[i] = fields[i] ? next++ : 0;
    hone_internal_text_format(&writer->source, "int %s_read_row(", writer->prefix);
    write_parameters(writer, &writer->source);
    hone_internal_text_append(&writer->source, "\n{\n");
    each_column(writer, write_column, places);
    hone_internal_text_append(&writer->source, "    return 0;\n}\n#endif\n\n");
    write_parameters(writer, &writer->header);
    hone_internal_text_append(&writer->header, ";\n#endif\n\n");
}

static void use_column(hone_c_writer *writer, const place *at, void *context)
{
    (void)context;
    hone_internal_c_use(&writer->words,
                        hone_internal_config_get_text(at->column, "date") != NULL ? "op_read_date"
                        : hone_internal_config_present(hone_internal_config_get(at->column, "categories"))
                            ? "op_read_category"
                            : "op_read_number");
}

/* ---- both ---- */

static hone_status begin(hone_c_writer *writer, fit *sizes)
{
    if (schema_of(writer) == NULL)
        return HONE_OK;
    sizes->fields = hone_internal_allocate_zeroed(column_count(schema_of(writer)) + 1, sizeof *sizes->fields);
    if (sizes->fields == NULL)
        return HONE_ERROR_MEMORY;
    sizes->good = fits(writer, sizes);
    return HONE_OK;
}

bool hone_internal_c_has_rows(hone_c_writer *writer)
{
    fit sizes = {.good = false};
    if (begin(writer, &sizes) < 0)
        writer->source.failed = true;
    if (sizes.good)
        each_column(writer, use_column, NULL);
    hone_internal_free(sizes.fields);
    return sizes.good;
}

hone_status hone_internal_c_write_rows(hone_c_writer *writer)
{
    fit sizes = {.good = false};
    size_t *places = NULL;
    hone_status status = begin(writer, &sizes);
    if (status >= 0 && sizes.good) {
        places = hone_internal_allocate_zeroed(column_count(schema_of(writer)) + 1, sizeof *places);
        status = places == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    }
    if (places != NULL) {
        hone_internal_text_format(&writer->source, "#ifndef %s_NO_ROWS\n", writer->upper);
        write_names(writer, sizes.fields);
        each_column(writer, write_categories, NULL);
        write_function(writer, sizes.fields, places);
    }
    hone_internal_free(places);
    hone_internal_free(sizes.fields);
    return status;
}
