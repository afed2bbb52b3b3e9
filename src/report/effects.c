/* What the numbers of one row of a table do to an output, by the gradient g of its score S (explain.c) in
 * them:
 *
 *   slope(c) = dS / dx[c]       effect(c) = sum over the numbers i of column c of g[i] (x[i] - mean[i])
 *
 * with the means over the data: to first order, how far the column moves the score from that of the mean row.
 */
#include "base/memory.h"
#include "base/plural.h"
#include "data/dataset.h"
#include "model/model.h"
#include "ops/differentiate.h"
#include "readers/schema.h"
#include "report/report.h"
#include "train/explain.h"
#include "train/feed.h"
#include "train/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inputs are numbered as in the data, which may name them in another order than the model. */
typedef struct row_explainer {
    hone_model *model;
    const hone_dataset *data;
    int inputs;
    hone_shape shapes[HONE_MAX_COMPONENTS]; /* a batch of one */
    hone_value x[HONE_MAX_COMPONENTS], slopes[HONE_MAX_COMPONENTS], outs[HONE_MAX_ENDS], direction;
    float *row[HONE_MAX_COMPONENTS]; /* the numbers of the sample: the plan's memory is used for more than one
                                        thing */
    hone_plan *plan;
} row_explainer;

static hone_status check(const hone_model *model, const hone_dataset *data, int64_t sample)
{
    HONE_TRY(hone_internal_model_need_built(model, "explaining a row"));
    const int inputs = hone_dataset_input_count(data);
    HONE_TRY(hone_internal_model_need_plain(model, "explaining a row"));
    if (inputs != model->input_count || inputs > HONE_MAX_COMPONENTS || model->output_count > HONE_MAX_ENDS)
        return hone_fail(HONE_ERROR_DATA, "explain: the model has %d input%s, the data %d",
                         model->input_count, hone_internal_plural(model->input_count), inputs);
    for (int i = 0; i < inputs; i++)
        if (hone_dataset_input(data, i)->rank != 2)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "explain: the data are not a table: input %d has %d axes, not 2", i,
                             hone_dataset_input(data, i)->rank);
    const int64_t count = hone_dataset_count(data);
    return sample >= 0 && sample < count
               ? HONE_OK
               : hone_fail(HONE_ERROR_ARGUMENT, "sample must be from 0 to %lld, not %lld",
                           (long long)count - 1, (long long)sample);
}

static hone_status record(void *context, hone_graph *graph)
{
    row_explainer *of = context;
    hone_value ordered[HONE_MAX_COMPONENTS];
    for (int i = 0; i < of->inputs; i++)
        of->x[i] = hone_internal_graph_input(graph, of->shapes[i], NULL);
    for (int i = 0; i < of->inputs; i++)
        ordered[i] = of->x[hone_internal_feed_input(of->model, of->data, i)];
    HONE_TRY(hone_internal_model_record(of->model, graph, ordered, of->outs));
    if (hone_value_shape(graph, of->outs[0]).rank != 2)
        return hone_fail(HONE_ERROR_SHAPE, "explain: expected an output of some numbers for each row");
    of->direction = hone_internal_graph_input(graph, hone_value_shape(graph, of->outs[0]), NULL);
    const hone_value score = hone_op_reduce(
        graph, "sum", hone_op_multiply(graph, hone_internal_explain_score(graph, of->outs[0]), of->direction),
        NULL, 0, false);
    if (score < 0)
        return hone_error_status();
    HONE_TRY(hone_internal_differentiate(graph, score, of->x, of->inputs, of->slopes));
    for (int i = 0; i < of->inputs; i++)
        if (of->slopes[i] >= 0)
            hone_internal_graph_keep(graph, of->slopes[i]);
    hone_internal_graph_keep(graph, of->outs[0]);
    return HONE_OK;
}

/* ---- numbers ---- */

static int64_t width_of(const row_explainer *of, int input)
{
    return of->shapes[input].size[1];
}

static hone_status take_row(row_explainer *of, hone_dataset *data, int64_t sample)
{
    for (int i = 0; i < of->inputs; i++) {
        of->row[i] = hone_internal_allocate_zeroed((size_t)width_of(of, i) + 1, sizeof **of->row);
        if (of->row[i] == NULL)
            return HONE_ERROR_MEMORY;
        HONE_TRY(hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, i, NULL, sample, 1, of->row[i]));
    }
    return HONE_OK;
}

/* Runs the plan for one class. */
static void run_for(const row_explainer *of, hone_team *team, int64_t class_number)
{
    float *direction = hone_internal_plan_address(of->plan, of->direction);
    for (int i = 0; i < of->inputs; i++)
        memcpy(hone_internal_plan_address(of->plan, of->x[i]), of->row[i],
               (size_t)width_of(of, i) * sizeof(float));
    hone_internal_explain_direct(direction, hone_value_size(of->plan->graph, of->outs[0], 1), class_number);
    hone_internal_plan_run(of->plan, team, 0);
}

static int64_t likeliest(const row_explainer *of)
{
    const float *out = hone_internal_plan_address(of->plan, of->outs[0]);
    const int64_t units = hone_value_size(of->plan->graph, of->outs[0], 1);
    int64_t best = 0;
    if (units == 1)
        return hone_model_class_count(of->model, 0) == 2 ? (double)out[0] > hone_model_threshold(of->model)
                                                         : 1;
    for (int64_t k = 1; k < units; k++)
        best = out[k] > out[best] ? k : best;
    return best;
}

/* The means of an input's numbers, in doubles. */
static hone_status find_means(hone_dataset *data, int input, int64_t width, double *means)
{
    enum { ROWS = 256 };
    const int64_t count = hone_dataset_count(data);
    float *rows = hone_internal_allocate_zeroed((size_t)(ROWS * width) + 1, sizeof *rows);
    hone_status status = rows == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int64_t at = 0; status >= 0 && at < count; at += ROWS) {
        const int64_t taken = count - at < ROWS ? count - at : ROWS;
        status = hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, input, NULL, at, taken, rows);
        for (int64_t i = 0; status >= 0 && i < taken * width; i++)
            means[i % width] += (double)rows[i] / (double)count;
    }
    hone_internal_free(rows);
    return status;
}

static void fill_column(const row_explainer *of, hone_row_effect *column, const double *means)
{
    const float *x = of->row[column->input];
    column->value = column->count > 1 ? (double)NAN : (double)x[column->first];
    column->slope = column->effect = (double)NAN;
    for (int64_t i = 0; column->count > 1 && i < column->count; i++) /* one-hot: which one */
        if (x[column->first + i] != 0)
            column->value = (double)i;
    if (of->slopes[column->input] < 0)
        return;
    const float *slopes = hone_internal_plan_address(of->plan, of->slopes[column->input]);
    column->effect = 0;
    for (int64_t i = column->first; i < column->first + column->count; i++)
        column->effect += (double)slopes[i] * ((double)x[i] - means[i]);
    column->slope = column->count == 1 ? (double)slopes[column->first] : (double)NAN;
}

static hone_status fill(const row_explainer *of, hone_dataset *data, hone_row_effects *result)
{
    for (int input = 0; input < of->inputs; input++) {
        const int64_t width = width_of(of, input);
        double *means = hone_internal_allocate_zeroed((size_t)width + 1, sizeof *means);
        const hone_status status = means == NULL ? HONE_ERROR_MEMORY : find_means(data, input, width, means);
        for (size_t i = 0; status >= 0 && i < result->count; i++)
            if (result->columns[i].input == input)
                fill_column(of, &result->columns[i], means);
        hone_internal_free(means);
        HONE_TRY(status);
    }
    return HONE_OK;
}

/* The category of a column of the schema's table by its number; NULL when there is none. */
static const char *category_of(const hone_config *schema, const hone_row_effect *column)
{
    const hone_config *columns = hone_internal_config_get(schema, "columns");
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        const hone_config *one = hone_internal_config_at(columns, i),
                          *categories = hone_internal_config_get(one, "categories");
        const char *name = hone_internal_config_get_text(one, "name");
        if (name != NULL && strcmp(name, column->name) == 0)
            return column->value >= 0 && column->value < (double)hone_internal_config_count(categories)
                       ? hone_internal_config_text_at(categories, (size_t)column->value)
                       : NULL;
    }
    return NULL;
}

static hone_status name_categories(const hone_dataset *data, hone_row_effects *result)
{
    const hone_config *schema = hone_internal_schema_of(hone_internal_dataset_schema(data), "table");
    for (size_t i = 0; schema != NULL && i < result->count; i++) {
        const char *category = category_of(schema, &result->columns[i]);
        if (category != NULL && (result->columns[i].category = hone_internal_copy_text(category)) == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

/* The largest first, what has none last, equal ones as in the table. */
static int by_effect(const void *left, const void *right)
{
    const hone_row_effect *a = left, *b = right;
    const double one = isnan(a->effect) ? -1 : fabs(a->effect),
                 other = isnan(b->effect) ? -1 : fabs(b->effect);
    if (one != other)
        return one > other ? -1 : 1;
    return a->input != b->input ? a->input - b->input : a->first < b->first ? -1 : 1;
}

static hone_status take_columns(const row_explainer *of, hone_dataset *data, hone_row_effects *result)
{
    hone_importance names = {.columns = NULL};
    hone_array x[HONE_MAX_COMPONENTS];
    for (int i = 0; i < of->inputs; i++)
        x[i] = *hone_dataset_input(data, i);
    hone_status status = hone_internal_report_columns(&names, of->model, data, of->inputs, x);
    result->columns =
        status < 0 ? NULL : hone_internal_allocate_zeroed(names.count + 1, sizeof *result->columns);
    if (status >= 0 && result->columns == NULL)
        status = HONE_ERROR_MEMORY;
    for (size_t i = 0; status >= 0 && i < names.count; i++) {
        const hone_importance_column *column = &names.columns[i];
        result->columns[result->count++] = (hone_row_effect){
            .name = column->name, .input = column->input, .first = column->first, .count = column->count};
        names.columns[i].name = NULL; /* the result's now */
    }
    hone_importance_free(&names);
    return status;
}

static hone_status explain(row_explainer *of, hone_team *team, hone_dataset *data, int64_t sample,
                           int64_t class_number, hone_row_effects *result)
{
    of->plan = hone_internal_explain_plan(record, of, team);
    if (of->plan == NULL)
        return hone_error_status();
    HONE_TRY(take_row(of, data, sample));
    const int64_t units = hone_value_size(of->plan->graph, of->outs[0], 1);
    const int64_t classes = units == 1 ? 2 : units;
    if (class_number != HONE_NONE_INTEGER && units == 1 && hone_internal_model_regresses(of->model, 0))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "class: the model predicts a number and has no classes; leave it out");
    if (class_number != HONE_NONE_INTEGER && (class_number < 0 || class_number >= classes))
        return hone_fail(HONE_ERROR_ARGUMENT, "class must be from 0 to %lld, not %lld",
                         (long long)classes - 1, (long long)class_number);
    run_for(of, team, 0);
    result->class_number = class_number == HONE_NONE_INTEGER ? likeliest(of) : class_number;
    run_for(of, team, result->class_number);
    const float *out = hone_internal_plan_address(of->plan, of->outs[0]);
    const bool first_of_two = units == 1 && result->class_number == 0;
    result->output = first_of_two ? 1 - (double)out[0] : (double)out[units == 1 ? 0 : result->class_number];
    HONE_TRY(take_columns(of, data, result));
    HONE_TRY(fill(of, data, result));
    HONE_TRY(name_categories(data, result));
    qsort(result->columns, result->count, sizeof *result->columns, by_effect);
    return HONE_OK;
}

hone_status hone_row_effects_of(hone_model *model, hone_dataset *data, int64_t sample, int64_t class_number,
                                hone_row_effects *effects)
{
    if (model == NULL || data == NULL || effects == NULL)
        return hone_internal_fail_null(model == NULL  ? "a model"
                                       : data == NULL ? "a data set"
                                                      : "a place for the result");
    *effects = (hone_row_effects){.columns = NULL};
    HONE_TRY(check(model, data, sample));
    row_explainer of = {.model = model, .data = data, .inputs = model->input_count};
    for (int i = 0; i < of.inputs; i++)
        of.shapes[i] = (hone_shape){.rank = 2, .size = {1, hone_dataset_input(data, i)->shape[1]}};
    hone_session session = hone_internal_session_begin();
    hone_status status = explain(&of, session.team, data, sample, class_number, effects);
    hone_internal_session_end(&session);
    hone_internal_plan_free(of.plan);
    for (int i = 0; i < of.inputs; i++)
        hone_internal_free(of.row[i]);
    if (status < 0)
        hone_row_effects_free(effects);
    return status;
}

void hone_row_effects_free(hone_row_effects *effects)
{
    if (effects == NULL)
        return;
    for (size_t i = 0; i < effects->count; i++) {
        hone_internal_free((char *)effects->columns[i].name);
        hone_internal_free((char *)effects->columns[i].category);
    }
    hone_internal_free(effects->columns);
    *effects = (hone_row_effects){.columns = NULL};
}
