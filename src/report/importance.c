/* Permutation importance: how much worse a model is when the numbers of one column are shuffled among the
 * samples.
 *
 *   importance(c) = mean over r of loss(x with column c shuffled by r) - loss(x) */
#include "base/memory.h"
#include "base/random.h"
#include "data/dataset.h"
#include "model/model.h"
#include "report/report.h"
#include "readers/schema.h"
#include "verbs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The data as floats, of which one input is shuffled. */
typedef struct copies {
    hone_model *model;
    hone_array x[HONE_MAX_COMPONENTS], y[HONE_MAX_COMPONENTS];
    const char *x_names[HONE_MAX_COMPONENTS], *y_names[HONE_MAX_COMPONENTS]; /* those of the data */
    void *buffers[2 * HONE_MAX_COMPONENTS];
    hone_array *texts[HONE_MAX_COMPONENTS]; /* the rows of an input of texts, whose pointers are shuffled */
    int buffer_count, inputs, targets;
    int64_t samples;
    unsigned char *kept; /* a group of columns as it was */
    const hone_importance_args *args;
} copies;

static hone_status copy_component(copies *of, hone_dataset *data, int kind, int index, hone_array *into)
{
    const hone_array *array =
        kind == HONE_COMPONENT_INPUT ? hone_dataset_input(data, index) : hone_dataset_target(data, index);
    *into = *array;
    into->type = HONE_FLOAT32;
    into->data = NULL;
    float *buffer = hone_internal_allocate_zeroed((size_t)hone_array_count(into) + 1, sizeof *buffer);
    if (buffer == NULL)
        return HONE_ERROR_MEMORY;
    of->buffers[of->buffer_count++] = buffer;
    into->data = buffer;
    return hone_internal_dataset_gather(data, kind, index, NULL, 0, of->samples, buffer);
}

/* Texts stay where they are; where they stand is copied. */
static hone_status copy_texts(copies *of, hone_dataset *data, int index)
{
    hone_array *rows = hone_internal_dataset_input_rows(data, index, NULL, 0, of->samples);
    if (rows == NULL)
        return hone_error_status();
    const size_t bytes = (size_t)hone_array_count(rows) * sizeof(char *);
    of->texts[index] = rows;
    of->x[index] = *rows;
    of->x[index].data = hone_internal_allocate(bytes + 1);
    if (of->x[index].data == NULL)
        return HONE_ERROR_MEMORY;
    of->buffers[of->buffer_count++] = of->x[index].data;
    memcpy(of->x[index].data, rows->data, bytes);
    return HONE_OK;
}

static hone_status copy_input(copies *of, hone_dataset *data, int index)
{
    const hone_array *array = hone_dataset_input(data, index);
    if (array->type == HONE_TEXT)
        return copy_texts(of, data, index);
    if (array->rank != 2)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "importance: the data are not a table: input %d has %d axes, not 2", index,
                         array->rank);
    return copy_component(of, data, HONE_COMPONENT_INPUT, index, &of->x[index]);
}

static hone_status copy_data(copies *of, hone_dataset *data)
{
    of->inputs = hone_dataset_input_count(data);
    of->targets = hone_dataset_target_count(data);
    of->samples = hone_dataset_count(data);
    if (of->inputs > HONE_MAX_COMPONENTS || of->targets > HONE_MAX_COMPONENTS)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "importance: at most %d inputs and targets",
                         HONE_MAX_COMPONENTS);
    for (int i = 0; i < of->inputs; i++) {
        of->x_names[i] = hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, i);
        HONE_TRY(copy_input(of, data, i));
    }
    for (int i = 0; i < of->targets; i++) {
        of->y_names[i] = hone_internal_dataset_name(data, HONE_COMPONENT_TARGET, i);
        HONE_TRY(copy_component(of, data, HONE_COMPONENT_TARGET, i, &of->y[i]));
    }
    return HONE_OK;
}

static hone_status measure(copies *of, double *loss)
{
    hone_logs logs = {.count = 0};
    hone_dataset *data = hone_dataset_from_arrays_with(
        &(hone_dataset_from_arrays_args){.base = {sizeof(hone_dataset_from_arrays_args), NULL},
                                         .x_list = of->x,
                                         .x_count = (size_t)of->inputs,
                                         .y_list = of->y,
                                         .y_count = (size_t)of->targets,
                                         .x_name_list = of->x_names,
                                         .y_name_list = of->y_names,
                                         .scale = 1});
    hone_status status = data == NULL
                             ? hone_error_status()
                             : hone_evaluate(of->model, data, &logs, .batch_size = of->args->batch_size);
    if (status >= 0 && !hone_logs_get(&logs, "loss", loss))
        status = hone_fail(HONE_ERROR_STATE, "importance: the model has no loss");
    hone_logs_free(&logs);
    hone_dataset_free(data);
    return status;
}

/* The bytes of a number, or of the place of a text. */
static size_t item_size(const hone_array *array)
{
    return array->type == HONE_TEXT ? sizeof(char *) : sizeof(float);
}

static size_t row_width(const hone_array *array)
{
    return array->rank == 2 ? (size_t)array->shape[1] : 1;
}

/* Columns first to first + count of an input, by the rows of `order` (NULL: as they were). */
static void put_columns(copies *of, const hone_importance_column *column, const int64_t *order)
{
    hone_array *array = &of->x[column->input];
    const size_t size = item_size(array), stride = row_width(array) * size,
                 bytes = (size_t)column->count * size;
    unsigned char *items = (unsigned char *)array->data + (size_t)column->first * size;
    for (int64_t row = 0; row < of->samples; row++)
        memcpy(items + (size_t)row * stride, of->kept + (size_t)(order != NULL ? order[row] : row) * bytes,
               bytes);
}

static hone_status keep_columns(copies *of, const hone_importance_column *column)
{
    const hone_array *array = &of->x[column->input];
    const size_t size = item_size(array), stride = row_width(array) * size,
                 bytes = (size_t)column->count * size;
    const unsigned char *items = (const unsigned char *)array->data + (size_t)column->first * size;
    hone_internal_free(of->kept);
    of->kept = hone_internal_allocate_zeroed((size_t)of->samples * bytes + 1, 1);
    for (int64_t row = 0; of->kept != NULL && row < of->samples; row++)
        memcpy(of->kept + (size_t)row * bytes, items + (size_t)row * stride, bytes);
    return of->kept == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status try_column(copies *of, hone_importance_column *column, double baseline, int number,
                              int64_t *order)
{
    double sum = 0, squares = 0, loss;
    HONE_TRY(keep_columns(of, column));
    for (int64_t repeat = 0; repeat < of->args->repeats; repeat++) {
        hone_random random =
            hone_internal_random((uint64_t)of->args->seed, (uint64_t)number, (uint64_t)repeat);
        hone_internal_random_permutation(&random, of->samples, order);
        put_columns(of, column, order);
        HONE_TRY(measure(of, &loss));
        sum += loss - baseline;
        squares += (loss - baseline) * (loss - baseline);
    }
    put_columns(of, column, NULL);
    double repeats = (double)of->args->repeats;
    column->importance = sum / repeats;
    column->deviation = sqrt(fmax(squares / repeats - column->importance * column->importance, 0));
    return HONE_OK;
}

/* ---- the columns of a table, as its schema has them; else those of the arrays ---- */

static hone_status add_column(hone_importance *of, const char *name, int input, int64_t first, int64_t count)
{
    hone_importance_column *grown = hone_internal_reallocate(of->columns, (of->count + 1) * sizeof *grown);
    if (grown == NULL)
        return HONE_ERROR_MEMORY;
    of->columns = grown;
    grown[of->count] = (hone_importance_column){
        .name = hone_internal_copy_text(name), .input = input, .first = first, .count = count};
    return grown[of->count++].name == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static int64_t width_of(const hone_config *schema, const hone_config *column)
{
    const hone_config *categories = hone_internal_config_get(column, "categories");
    const char *encoding = hone_internal_config_get_text(schema, "encoding");
    bool one_hot = encoding != NULL && strcmp(encoding, "one_hot") == 0 &&
                   hone_internal_config_is(categories, HONE_CONFIG_LIST);
    return one_hot ? (int64_t)hone_internal_config_count(categories) : 1;
}

static hone_status name_by_schema(hone_importance *of, const hone_config *schema, int inputs,
                                  const hone_array *x)
{
    const hone_config *columns = hone_internal_config_get(schema, "columns"),
                      *groups = hone_internal_config_get(schema, "inputs");
    for (int i = 0; i < inputs; i++) {
        const hone_config *numbers =
            hone_internal_config_get(hone_internal_config_at(groups, (size_t)i), "columns");
        int64_t first = 0;
        size_t start = of->count;
        for (size_t k = 0; k < hone_internal_config_count(numbers); k++) {
            int64_t number = hone_internal_config_as_integer(hone_internal_config_at(numbers, k));
            const hone_config *column = number < 0 ? NULL : hone_internal_config_at(columns, (size_t)number);
            const char *name = hone_internal_config_get_text(column, "name");
            char unnamed[32];
            snprintf(unnamed, sizeof unnamed, "column %lld", (long long)number);
            HONE_TRY(add_column(of, name != NULL ? name : unnamed, i, first, width_of(schema, column)));
            first += width_of(schema, column);
        }
        if (first != (int64_t)row_width(&x[i])) { /* read in a way that is not known here */
            while (of->count > start)
                hone_internal_free((char *)of->columns[--of->count].name);
            return HONE_ERROR_DATA;
        }
    }
    return HONE_OK;
}

hone_status hone_internal_report_columns(hone_importance *of, const hone_model *model,
                                         const hone_dataset *data, int inputs, const hone_array *x)
{
    const hone_config *schema = hone_internal_schema_of(hone_internal_dataset_schema(data), "table");
    hone_status status = schema == NULL ? HONE_ERROR_DATA : name_by_schema(of, schema, inputs, x);
    if (status != HONE_ERROR_DATA)
        return status;
    for (int i = 0; i < inputs; i++)
        for (int64_t column = 0; column < (int64_t)row_width(&x[i]); column++) {
            const char *input = hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, i);
            char name[300];
            if (inputs > 1)
                snprintf(name, sizeof name, "%.250s %lld",
                         input != NULL ? input : hone_model_input_name(model, i), (long long)column);
            else
                snprintf(name, sizeof name, x[i].type == HONE_TEXT ? "text" : "column %lld",
                         (long long)column);
            HONE_TRY(add_column(of, name, i, column, 1));
        }
    return HONE_OK;
}

static int by_importance(const void *left, const void *right)
{
    const hone_importance_column *a = left, *b = right;
    if (a->importance != b->importance)
        return a->importance > b->importance ? -1 : 1;
    return a->input != b->input ? a->input - b->input : a->first < b->first ? -1 : 1;
}

static hone_status find_importance(copies *of, hone_dataset *data, hone_importance *importance)
{
    HONE_TRY(copy_data(of, data));
    HONE_TRY(hone_internal_report_columns(importance, of->model, data, of->inputs, of->x));
    HONE_TRY(measure(of, &importance->loss));
    int64_t *order = hone_internal_allocate_zeroed((size_t)of->samples + 1, sizeof *order);
    hone_status status = order == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; status >= 0 && i < importance->count; i++)
        status = try_column(of, &importance->columns[i], importance->loss, (int)i, order);
    hone_internal_free(order);
    if (status >= 0)
        qsort(importance->columns, importance->count, sizeof *importance->columns, by_importance);
    return status;
}

hone_status hone_importance_of_with(hone_model *model, hone_dataset *data, hone_importance *importance,
                                    const hone_importance_args *said)
{
    hone_importance_args args;
    if (model == NULL || data == NULL || importance == NULL)
        return hone_internal_fail_null(model == NULL  ? "a model"
                                       : data == NULL ? "a data set"
                                                      : "an importance");
    *importance = (hone_importance){.columns = NULL};
    HONE_TRY(hone_internal_args_read(&hone_internal_importance_verb, said, &args));
    HONE_TRY(hone_internal_report_check_data(model, data));
    copies of = {.model = model, .args = &args};
    hone_status status = find_importance(&of, data, importance);
    for (int i = 0; i < of.buffer_count; i++)
        hone_internal_free(of.buffers[i]);
    for (int i = 0; i < of.inputs; i++)
        hone_array_free(of.texts[i]);
    hone_internal_free(of.kept);
    if (status < 0)
        hone_importance_free(importance);
    return status;
}

void hone_importance_free(hone_importance *importance)
{
    if (importance == NULL)
        return;
    for (size_t i = 0; i < importance->count; i++)
        hone_internal_free((char *)importance->columns[i].name);
    hone_internal_free(importance->columns);
    *importance = (hone_importance){.columns = NULL};
}

enum { MOST_BARS = 30 };

hone_status hone_importance_draw(const hone_importance *importance, const char *path)
{
    double values[MOST_BARS], deviations[MOST_BARS];
    const char *names[MOST_BARS];
    if (importance == NULL)
        return hone_internal_fail_null("an importance");
    size_t count = importance->count < MOST_BARS ? importance->count : MOST_BARS;
    for (size_t i = 0; i < count; i++) {
        values[i] = importance->columns[i].importance;
        deviations[i] = importance->columns[i].deviation;
        names[i] = importance->columns[i].name;
    }
    const hone_series bars = {.kind = HONE_SERIES_BARS, .y = values, .deviation = deviations, .count = count};
    const hone_panel panel = {.x_label = "rise of the loss when the column is shuffled",
                              .series = &bars,
                              .series_count = 1,
                              .categories = names};
    return hone_chart_write(path, &(hone_chart){.title = "Permutation importance",
                                                .panels = &panel,
                                                .panel_count = 1,
                                                .panel_width = 560,
                                                .panel_height = 90 + 22.0 * (double)count});
}
