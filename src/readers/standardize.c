/* standardize=true of a table: each column of numbers less its mean, divided by its deviation, both of the
 * training part alone. The numbers are changed where they lie, once, when it is known which part that is;
 * what was done stands in the schema, by which later data are read: {"name": "age", "mean": 38.2,
 * "deviation": 13.1}. A column whose values are all the same is only moved to 0. */
#include "readers/standardize.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/inside.h"
#include "data/windows.h"
#include "fields/config.h"
#include "readers/schema.h"
#include <math.h>

static hone_dataset *root_of(const hone_dataset *dataset)
{
    while (dataset->parent || dataset->node)
        dataset = dataset->parent ? dataset->parent : dataset->node->from[0];
    return (hone_dataset *)dataset;
}

bool hone_internal_dataset_unstandardized(const hone_dataset *dataset)
{
    return !hone_internal_dataset_streams(dataset) && root_of(dataset)->standardize;
}

/* ---- one column of an input ---- */

typedef struct column {
    double mean, deviation;
} column;

/* Mean and deviation of number `offset` of rows of `width`; what is missing (NaN) does not count. */
static column measure(const float *numbers, int64_t rows, size_t width, size_t offset)
{
    column found = {0, 0};
    int64_t count = 0;
    for (int64_t i = 0; i < rows; i++) {
        const double number = (double)numbers[(size_t)i * width + offset];
        if (isnan(number))
            continue;
        const double difference = number - found.mean;
        found.mean += difference / (double)++count;
        found.deviation += difference * (number - found.mean);
    }
    found.deviation = count > 0 ? sqrt(found.deviation / (double)count) : 0;
    if (!(found.deviation > 0) || !isfinite(found.deviation))
        found.deviation = 1;
    return found;
}

static void apply(float *numbers, int64_t rows, size_t width, size_t offset, column by)
{
    for (int64_t i = 0; i < rows; i++) {
        float *number = &numbers[(size_t)i * width + offset];
        *number = (float)(((double)*number - by.mean) / by.deviation);
    }
}

static hone_status keep(hone_config *schema, int64_t index, column by)
{
    hone_config *columns = hone_internal_config_get_mutable(schema, "columns"),
                *entry = hone_internal_config_at_mutable(columns, (size_t)index);
    HONE_TRY(hone_internal_config_set(entry, "mean", hone_internal_config_number(by.mean)));
    return hone_internal_config_set(entry, "deviation", hone_internal_config_number(by.deviation));
}

/* ---- an input ---- */

/* How many numbers a column is in the input; 0 behind it: a column of categories is as it is. */
static size_t width_of(const hone_config *schema, int64_t index, bool *numbers)
{
    const hone_config *columns = hone_internal_config_get(schema, "columns"),
                      *words = hone_internal_config_get(hone_internal_config_at(columns, (size_t)index),
                                                        "categories");
    const char *encoding = hone_internal_config_get_text(schema, "encoding");
    *numbers = !hone_internal_config_present(words);
    return *numbers || !encoding || encoding[0] != 'o' ? 1 : hone_internal_config_count(words);
}

static hone_status standardize_input(hone_dataset *root, const hone_dataset *train, int input)
{
    component *item = &root->kinds[HONE_COMPONENT_INPUT].items[input];
    const hone_config *groups = hone_internal_config_get(root->schema, "inputs"),
                      *list =
                          hone_internal_config_get(hone_internal_config_at(groups, (size_t)input), "columns");
    size_t offset = 0;
    if (item->array.type != HONE_FLOAT32 || item->owned == NULL) /* texts, categories alone */
        return HONE_OK;
    /* Windows that were chosen one by one are as many rows. */
    const size_t width_of_sample = train->kinds[HONE_COMPONENT_INPUT].items[input].width;
    const int64_t samples = hone_dataset_count(train),
                  rows = samples * (int64_t)(width_of_sample / item->width);
    float *numbers = hone_internal_allocate((size_t)rows * item->width * sizeof *numbers);
    hone_status status = numbers ? hone_internal_dataset_numbers(train, HONE_COMPONENT_INPUT, input, numbers)
                                 : HONE_ERROR_MEMORY;
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(list); i++) {
        const int64_t index = hone_internal_config_as_integer(hone_internal_config_at(list, i));
        bool is_number;
        const size_t width = width_of(root->schema, index, &is_number);
        if (is_number && offset < item->width) {
            const column by = measure(numbers, rows, item->width, offset);
            apply(item->owned->data, root->count, item->width, offset, by);
            status = keep(root->schema, index, by);
        }
        offset += width;
    }
    hone_internal_free(numbers);
    return status;
}

hone_status hone_internal_dataset_standardize(const hone_dataset *train)
{
    if (!hone_internal_dataset_unstandardized(train))
        return HONE_OK;
    hone_dataset *root = root_of(train);
    if (root->scale != 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "standardize and scale cannot both be given");
    root->standardize = false;
    hone_dataset *rows = hone_internal_dataset_window_rows(train); /* of a series each row once */
    hone_status status = rows ? HONE_OK : hone_error_status();
    for (int i = 0; i < root->kinds[HONE_COMPONENT_INPUT].count && status >= 0; i++)
        status = standardize_input(root, rows, i);
    hone_dataset_free(rows);
    return status;
}

hone_status hone_internal_dataset_need_standard(const hone_dataset *dataset)
{
    if (!hone_internal_dataset_unstandardized(dataset))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_STATE,
        "%s: standardize=true takes the means and deviations of training data; read other data like "
        "those, or for a model that was trained on them",
        hone_internal_dataset_label(dataset, HONE_COMPONENT_INPUT, 0));
}
