/* A metric of a compiled model: from a setting and back, its state, and means of values. */
#include "metrics/metric.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "metrics/types.h"

#include <stdio.h>
#include <string.h>

const hone_metric_type *const hone_internal_metric_types[] = {
#define HONE_METRIC(name) &hone_internal_metric_##name,
#include "metrics/metrics.def"
#undef HONE_METRIC
    NULL};

/* ---- means of values ---- */

double hone_internal_ratio(double a, double b)
{
    return b == 0 ? 0 : a / b;
}

int64_t hone_internal_metric_two(const void *args, hone_shape y_true, hone_shape y_pred)
{
    (void)args, (void)y_true, (void)y_pred;
    return 2;
}

int hone_internal_metric_mean_result(const hone_metric *metric, double *results, int capacity)
{
    if (capacity > 0)
        results[0] = hone_internal_ratio(metric->state[0], metric->state[1]);
    return 1;
}

hone_status hone_internal_metric_spread_weights(hone_graph *graph, hone_value *weights, hone_shape shape)
{
    if (*weights < 0)
        return HONE_OK;
    *weights = hone_internal_fit_weights(graph, *weights, shape, "sample weights");
    *weights = hone_op_broadcast(graph, *weights, shape);
    return *weights < 0 ? hone_error_status() : HONE_OK;
}

/* The weights of values, a mask of their own among them. A single value of a batch has the mean of the
 * weights. */
static hone_status weigh(hone_graph *graph, hone_value values, hone_value *weights)
{
    hone_shape shape = hone_value_shape(graph, values);
    hone_value own = hone_value_mask(graph, values);
    if (*weights >= 0 && shape.rank == 0)
        *weights = hone_op_reduce(graph, "mean", *weights, NULL, 0, false);
    HONE_TRY(hone_internal_metric_spread_weights(graph, weights, shape));
    if (own >= 0)
        *weights = hone_internal_join_weights(graph, *weights, own);
    return HONE_OK;
}

hone_status hone_internal_metric_add_mean(hone_graph *graph, hone_metric *metric, hone_value values,
                                          hone_value weights)
{
    if (values < 0)
        return hone_error_status();
    HONE_TRY(weigh(graph, values, &weights));
    hone_shape shape = hone_value_shape(graph, values);
    int64_t count = hone_internal_shape_count(shape);
    double factor = shape.rank > 1 && count > 0 ? (double)shape.size[0] / (double)count : 1;
    return hone_internal_op_accumulate_mean(graph, metric->state, values, weights, factor);
}

/* ---- losses as metrics ---- */

/* Copies the plain options that both types have. */
static void copy_options(const hone_type *from, const void *source, const hone_type *to, void *target)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const hone_field *field = &from->fields[i], *same = hone_internal_fields_find(to, field->name);
        if (same == NULL || same->kind != field->kind)
            continue;
        size_t bytes = field->kind == HONE_FIELD_BOOLEAN   ? sizeof(bool)
                       : field->kind == HONE_FIELD_INTEGER ? sizeof(int64_t)
                       : field->kind == HONE_FIELD_NUMBER  ? sizeof(double)
                                                           : 0;
        memcpy((char *)target + same->offset, (const char *)source + field->offset, bytes);
    }
}

hone_value hone_internal_metric_loss_values(const hone_metric *metric, const char *loss, hone_graph *graph,
                                            hone_value y_true, hone_value y_pred)
{
    const hone_type *type = hone_internal_type_find("loss", loss);
    void *args = type != NULL ? hone_internal_fields_defaults(type) : NULL;
    if (args == NULL)
        return HONE_NO_VALUE;
    copy_options(&metric->type->type, metric->args, type, args);
    hone_value values = hone_internal_loss_values((const hone_loss_type *)type, args, graph, y_true, y_pred);
    hone_internal_fields_free(type, args);
    return values;
}

static hone_status update_by_loss(hone_graph *graph, hone_metric *metric, hone_value y_true,
                                  hone_value y_pred, hone_value weights)
{
    hone_value values = hone_internal_loss_values(metric->loss, metric->args, graph, y_true, y_pred);
    return hone_internal_metric_add_mean(graph, metric, values, weights);
}

/* Of a loss that has no metric of its own. */
static const hone_metric_type loss_as_metric = {
    .type = {.name = "loss"}, .update = update_by_loss, .direction = -1, HONE_METRIC_MEAN};

/* ---- from settings and back ---- */

static const char *const ignored[] = {"dtype", "fn", "reduction", NULL};

/* What "accuracy" and "crossentropy" stand for; other names as they are. */
static const char *resolve_name(const char *name, hone_shape y_true, hone_shape y_pred, char *buffer,
                                size_t size)
{
    bool accuracy =
        hone_internal_text_equal_nocase(name, "accuracy") || hone_internal_text_equal_nocase(name, "acc");
    bool crossentropy =
        hone_internal_text_equal_nocase(name, "crossentropy") || hone_internal_text_equal_nocase(name, "ce");
    if (!accuracy && !crossentropy)
        return name;
    snprintf(buffer, size, "%s_%s", hone_internal_kind_by_shapes(y_true, y_pred),
             accuracy ? "accuracy" : "crossentropy");
    return buffer;
}

/* The type of that name among metrics, else among losses. */
static const hone_type *find_type(hone_metric *metric, const char *name)
{
    const hone_type *type = hone_internal_type_find("metric", name);
    if (type != NULL) {
        metric->type = (const hone_metric_type *)type;
        return type;
    }
    if ((type = hone_internal_type_find("loss", name)) == NULL)
        return hone_internal_type_find("metric", name);
    metric->type = &loss_as_metric;
    metric->loss = (const hone_loss_type *)type;
    return type;
}

static const hone_type *type_of(const hone_metric *metric)
{
    return metric->loss != NULL ? &metric->loss->type : &metric->type->type;
}

/* Keras writes the choice "none" of R2Score as null. */
static hone_status name_choice(hone_config *arguments)
{
    const hone_config *choice = hone_internal_config_get(arguments, "class_aggregation");
    if (choice == NULL || hone_internal_config_present(choice))
        return HONE_OK;
    return hone_internal_config_set(arguments, "class_aggregation", hone_internal_config_text("none"));
}

/* Takes over `arguments`. */
static hone_status resolve(hone_metric *metric, const char *name, hone_config *arguments)
{
    const hone_type *type = find_type(metric, name);
    if (type != NULL && arguments != NULL && name_choice(arguments) >= 0) {
        if (metric->loss == NULL)
            hone_internal_config_remove(arguments, "reduction");
        metric->args = hone_internal_fields_from_config(type, arguments, ignored);
    }
    hone_internal_config_free(arguments);
    return metric->args != NULL ? HONE_OK : hone_error_status();
}

/* The `name` of the arguments, the default one among them. */
static hone_status name_by_args(hone_metric *metric)
{
    const hone_type *type = type_of(metric);
    const hone_field *field = hone_internal_fields_find(type, "name");
    const char *name = type->name;
    if (field != NULL && field->kind == HONE_FIELD_TEXT) {
        const char *given = *(const char *const *)(const void *)((const char *)metric->args + field->offset);
        if (given != NULL)
            name = given;
    }
    metric->name = hone_internal_copy_text(name);
    return metric->name == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status from_text(hone_metric *metric, const char *text, hone_shape y_true, hone_shape y_pred)
{
    char buffer[64];
    metric->text = hone_internal_copy_text(text);
    hone_config *arguments = NULL;
    char *name = metric->text == NULL ? NULL : hone_internal_spec_parse(text, &arguments);
    if (name == NULL)
        return hone_error_status();
    bool plain = hone_internal_config_count(arguments) == 0;
    hone_status status =
        resolve(metric, resolve_name(name, y_true, y_pred, buffer, sizeof buffer), arguments);
    if (status >= 0 && plain && (metric->name = hone_internal_copy_text(name)) == NULL)
        status = HONE_ERROR_MEMORY;
    hone_internal_free(name);
    return status;
}

static hone_status from_config(hone_metric *metric, const hone_config *config, hone_shape y_true,
                               hone_shape y_pred)
{
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return from_text(metric, hone_internal_config_as_text(config), y_true, y_pred);
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    const hone_config *inner = hone_internal_config_get(config, "config");
    if (class_name != NULL && hone_internal_config_is(inner, HONE_CONFIG_TEXT))
        return from_text(metric, hone_internal_config_as_text(inner), y_true, y_pred);
    if (class_name != NULL) {
        hone_config *arguments = hone_internal_config_present(inner) ? hone_internal_config_copy(inner)
                                                                     : hone_internal_config_map();
        return resolve(metric, class_name, arguments);
    }
    char *text = hone_internal_spec_from_config("metric", config);
    if (text == NULL)
        return hone_error_status();
    hone_status status = from_text(metric, text, y_true, y_pred);
    hone_internal_free(text);
    return status;
}

/* Without a function of its own: state[0] / state[1], 0 before the first row. */
static int result_of(const hone_metric *metric, double *results, int capacity)
{
    if (metric->type->result != NULL)
        return metric->type->result(metric, results, capacity);
    if (capacity > 0)
        results[0] =
            metric->state_count > 1 && metric->state[1] != 0 ? metric->state[0] / metric->state[1] : 0;
    return 1;
}

static hone_status make_state(hone_metric *metric, hone_shape y_true, hone_shape y_pred)
{
    hone_internal_error_push(NULL, metric->name);
    metric->state_count =
        metric->type->state_count == NULL ? 2 : metric->type->state_count(metric->args, y_true, y_pred);
    hone_internal_error_pop();
    if (metric->state_count < 0)
        return hone_error_status();
    metric->state = hone_internal_allocate_zeroed((size_t)metric->state_count, sizeof *metric->state);
    if (metric->state == NULL)
        return HONE_ERROR_MEMORY;
    metric->result_count = result_of(metric, NULL, 0);
    metric->list =
        metric->result_count > 1 || (metric->type->lists != NULL && metric->type->lists(metric->args));
    metric->results = hone_internal_allocate_zeroed((size_t)metric->result_count, sizeof *metric->results);
    return metric->results == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_metric *hone_internal_metric_create(const hone_config *config, hone_shape y_true, hone_shape y_pred)
{
    if (config == NULL)
        return NULL;
    hone_metric *metric = hone_internal_allocate_zeroed(1, sizeof *metric);
    if (metric == NULL)
        return NULL;
    hone_status status = from_config(metric, config, y_true, y_pred);
    if (status >= 0 && metric->name == NULL)
        status = name_by_args(metric);
    if (status >= 0)
        status = make_state(metric, y_true, y_pred);
    if (status >= 0)
        return metric;
    hone_internal_metric_free(metric);
    return NULL;
}

void hone_internal_metric_free(hone_metric *metric)
{
    if (metric == NULL)
        return;
    if (metric->args != NULL)
        hone_internal_fields_free(type_of(metric), metric->args);
    hone_internal_free(metric->name);
    hone_internal_free(metric->text);
    hone_internal_free(metric->state);
    hone_internal_free(metric->results);
    hone_internal_arena_free(&metric->memory);
    hone_internal_free(metric);
}

hone_status hone_internal_metric_check(const hone_config *config)
{
    hone_metric *metric = hone_internal_allocate_zeroed(1, sizeof *metric);
    hone_status status =
        metric == NULL ? HONE_ERROR_MEMORY
                       : from_config(metric, config, HONE_SHAPE(HONE_ANY), HONE_SHAPE(HONE_ANY, HONE_ANY));
    hone_internal_metric_free(metric);
    return status;
}

static hone_config *args_to_config(const hone_metric *metric)
{
    hone_config *config = hone_internal_fields_to_config(type_of(metric), metric->args);
    const char *choice = hone_internal_config_get_text(config, "class_aggregation");
    if (choice == NULL || strcmp(choice, "none") != 0)
        return config;
    if (hone_internal_config_set(config, "class_aggregation", hone_internal_config_null()) >= 0)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

hone_config *hone_internal_metric_to_config(const hone_metric *metric)
{
    if (metric->text != NULL && strchr(metric->text, '(') == NULL)
        return hone_internal_config_text(metric->text);
    const hone_type *type = type_of(metric);
    return hone_internal_envelope(type->module, type->class_name, args_to_config(metric));
}

const void *hone_metric_args(const hone_metric *metric)
{
    return metric->args;
}
double *hone_metric_state(const hone_metric *metric)
{
    return metric->state;
}
void *hone_metric_memory(hone_metric *metric, size_t bytes)
{
    return hone_internal_arena_allocate(&metric->memory, bytes);
}

/* ---- recording, and the numbers ---- */

/* The mask of the predictions and the weights as one; HONE_NO_VALUE with HONE_OK when there are neither. */
static hone_status join(hone_graph *graph, hone_value mask, hone_value weights, hone_value *joined)
{
    *joined = mask < 0 ? weights : mask;
    if (mask < 0 || weights < 0)
        return HONE_OK;
    hone_shape of_mask = hone_value_shape(graph, mask), of_weights = hone_value_shape(graph, weights);
    if (of_mask.rank >= of_weights.rank)
        weights = hone_internal_fit_weights(graph, weights, of_mask, "sample weights");
    else
        mask = hone_internal_fit_weights(graph, mask, of_weights, "a mask");
    *joined = mask < 0 || weights < 0 ? HONE_NO_VALUE : hone_op_multiply(graph, mask, weights);
    return *joined < 0 ? hone_error_status() : HONE_OK;
}

/* ---- of one's own ---- */

hone_status hone_op_accumulate_mean(hone_graph *graph, hone_metric *metric, int64_t index, hone_value values,
                                    hone_value weights)
{
    if (graph == NULL || metric == NULL || values < 0)
        return values < 0 && graph != NULL ? hone_error_status() : hone_internal_fail_null("a metric");
    if (index < 0 || index + 2 > metric->state_count)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "a mean needs the state %lld and the next one, but there are %lld", (long long)index,
                         (long long)metric->state_count);
    HONE_TRY(weigh(graph, values, &weights));
    return hone_internal_op_accumulate_mean(graph, metric->state + index, values, weights, 1);
}

hone_status hone_op_accumulate_columns(hone_graph *graph, hone_metric *metric, int64_t index,
                                       hone_value values, hone_value weights)
{
    if (graph == NULL || metric == NULL || values < 0)
        return values < 0 && graph != NULL ? hone_error_status() : hone_internal_fail_null("a metric");
    hone_shape shape = hone_value_shape(graph, values);
    int64_t width = shape.rank > 1 ? shape.size[shape.rank - 1] : 1;
    if (index < 0 || index + width > metric->state_count)
        return hone_fail(HONE_ERROR_ARGUMENT, "%lld columns from the state %lld on, but there are %lld",
                         (long long)width, (long long)index, (long long)metric->state_count);
    if (shape.rank > 1)
        shape.rank--;
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
    return hone_internal_op_accumulate_columns(graph, metric->state + index, values, weights);
}

static void add_row(void *context, const float *y_true, int64_t true_count, const float *y_pred,
                    int64_t pred_count, double weight)
{
    hone_metric *metric = context;
    metric->type->add_row(metric, y_true, true_count, y_pred, pred_count, weight);
}

static hone_status record_rows(hone_metric *metric, hone_graph *graph, hone_value y_true, hone_value y_pred,
                               hone_value weights)
{
    hone_shape rows = hone_value_shape(graph, y_pred);
    rows.rank -= rows.rank > 1;
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, rows));
    metric->rows = (hone_metric_rows){add_row, metric};
    return hone_internal_op_accumulate_rows(graph, metric->state, y_true, y_pred, weights, &metric->rows);
}

static hone_status update(hone_metric *metric, hone_graph *graph, hone_value y_true, hone_value y_pred,
                          hone_value weights)
{
    if (metric->type->update != NULL)
        return metric->type->update(graph, metric, y_true, y_pred, weights);
    if (metric->type->add_row != NULL)
        return record_rows(metric, graph, y_true, y_pred, weights);
    return hone_fail(HONE_ERROR_STATE, "its type has neither update nor add_row");
}

static hone_status record(hone_metric *metric, hone_graph *graph, hone_value y_true, hone_value y_pred,
                          hone_value weights)
{
    HONE_TRY(join(graph, hone_value_mask(graph, y_pred), weights, &weights));
    HONE_TRY(hone_internal_align_ranks(graph, &y_true, &y_pred));
    if (metric->type->class_ids)
        y_true = hone_internal_align_ids(graph, y_true, y_pred);
    return y_true < 0 ? hone_error_status() : update(metric, graph, y_true, y_pred, weights);
}

hone_status hone_internal_metric_record(hone_metric *metric, hone_graph *graph, hone_value y_true,
                                        hone_value y_pred, hone_value weights)
{
    if (y_true < 0 || y_pred < 0)
        return hone_error_status();
    hone_internal_error_push(NULL, metric->name);
    hone_status status = record(metric, graph, y_true, y_pred, weights);
    hone_internal_error_pop();
    return status;
}

void hone_internal_metric_reset(hone_metric *metric)
{
    memset(metric->state, 0, (size_t)metric->state_count * sizeof *metric->state);
}

const double *hone_internal_metric_results(hone_metric *metric)
{
    result_of(metric, metric->results, metric->result_count);
    return metric->results;
}
