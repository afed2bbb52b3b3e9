/* The learning-rate finder: training with a rate that grows from one training step to the next, and what the
 * losses say. Smith: "Cyclical learning rates for training neural networks", 2017. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "readers/standardize.h"
#include "train/run.h"
#include "verbs.h"
#include "train/prepare.h"
#include <hone/look.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double smoothing = 0.9, divergence = 4;
enum { STEPS_BEFORE_GIVING_UP = 10 };

/* Batches in a new order each sweep, sweeps without end. */
typedef struct feeder {
    hone_model *model;
    hone_dataset *data;
    int64_t *order, count, position, size, sweep;
} feeder;

static hone_feed next_feed(feeder *from)
{
    if (from->position >= from->count)
        from->position = 0;
    if (from->position == 0)
        hone_internal_dataset_shuffle(from->model->seed, from->sweep++, from->count, from->order);
    int64_t begin = from->position,
            rows = begin + from->size < from->count ? from->size : from->count - begin;
    from->position += rows;
    return (hone_feed){.data = from->data, .rows = from->order + begin, .begin = begin, .count = rows};
}

/* rate(k) = lowest (highest / lowest)^(k / (steps - 1)) */
static double rate_of(const hone_find_rate_args *args, int64_t step)
{
    double share = args->steps > 1 ? (double)step / (double)(args->steps - 1) : 0;
    return args->lowest * pow(args->highest / args->lowest, share);
}

static hone_status run_steps(feeder *from, hone_session *session, const hone_find_rate_args *args,
                             hone_rate_search *search)
{
    double average = 0, weight = 0;
    for (int64_t step = 0; step < args->steps; step++) {
        hone_feed feed = next_feed(from);
        double loss;
        HONE_TRY(hone_optimizer_set_learning_rate(from->model->compiled.optimizer, rate_of(args, step)));
        HONE_TRY(hone_internal_run_batch(from->model, session, HONE_MODE_TRAIN, &feed, NULL, &loss));
        average = smoothing * average + (1 - smoothing) * loss;
        weight = smoothing * weight + (1 - smoothing);
        hone_rate_point point = {rate_of(args, step), loss, average / weight};
        search->diverged = !isfinite(loss);
        if (search->diverged)
            return HONE_OK;
        search->points[search->count] = point;
        if (point.smooth < search->points[search->least].smooth)
            search->least = search->count;
        search->count++;
        search->diverged = step >= STEPS_BEFORE_GIVING_UP &&
                           point.smooth > divergence * search->points[search->least].smooth;
        if (search->diverged)
            return HONE_OK;
    }
    return HONE_OK;
}

/* The rate at which the smooth loss is half as large again as its least, after it; the last rate when it is
 * never. */
static double rate_of_growth(const hone_rate_search *search)
{
    int64_t point = search->least;
    while (point + 1 < search->count &&
           search->points[point].smooth < 1.5 * search->points[search->least].smooth)
        point++;
    return search->points[point].rate;
}

static hone_status conclude(const hone_find_rate_args *args, hone_rate_search *search)
{
    if (search->count == 0)
        return hone_fail(HONE_ERROR_NUMERIC,
                         "the loss is not a number at the first step: check the data, or start below %g",
                         args->lowest);
    const hone_rate_point *least = &search->points[search->least], *first = &search->points[0];
    search->suggestion = least->rate / 10;
    if (search->least == 0 || least->smooth >= first->smooth)
        return hone_fail(
            HONE_ERROR_NUMERIC,
            "the loss never fell below its initial value, %.4g, at rates from %g to %g: check the model "
            "or the data, or start lower",
            first->smooth, args->lowest, search->points[search->count - 1].rate);
    bool grew = search->least + 1 < search->count;
    snprintf(search->reason, sizeof search->reason,
             "the loss, averaged over about 10 steps, fell from %.4g to its minimum, %.4g, at the rate %.2g, "
             "%s %.2g; a tenth of the first rate is fast and safe",
             first->smooth, least->smooth, least->rate,
             grew ? "and had risen again by half at" : "and was still falling; try rates above",
             rate_of_growth(search));
    return HONE_OK;
}

static hone_status check(hone_model *model, hone_dataset *data, const hone_find_rate_args *args)
{
    if (hone_internal_dataset_streams(data))
        return hone_fail(HONE_ERROR_UNSUPPORTED, "find-lr: expected a data set of known length");
    if (!(args->lowest < args->highest && isfinite(args->highest)))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "find-lr: the highest rate must be above the lowest, and finite");
    HONE_TRY(hone_internal_dataset_standardize(data));
    HONE_TRY(hone_internal_feed_check(model, data, true));
    return hone_internal_prepare_training(model);
}

/* Trains the model, which is not worth much afterwards. */
static hone_status find_rate(hone_model *model, hone_dataset *data, const hone_find_rate_args *args,
                             hone_rate_search *search)
{
    *search = (hone_rate_search){.points = NULL};
    HONE_TRY(check(model, data, args));
    hone_dataset *fed = hone_internal_prepare_data(model, data);
    if (fed == NULL)
        return hone_error_status();
    feeder from = {.model = model, .data = fed, .count = hone_dataset_count(data), .size = args->batch_size};
    from.order = hone_internal_allocate_zeroed((size_t)from.count, sizeof *from.order);
    search->points = hone_internal_allocate_zeroed((size_t)args->steps, sizeof *search->points);
    hone_status status = from.order == NULL || search->points == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0) {
        hone_session session = hone_internal_session_begin();
        status = run_steps(&from, &session, args, search);
        hone_internal_session_end(&session);
    }
    if (status >= 0)
        status = conclude(args, search);
    hone_internal_free(from.order);
    hone_dataset_free(fed);
    if (status < 0)
        hone_rate_search_free(search);
    return status;
}

void hone_rate_search_free(hone_rate_search *search)
{
    if (search == NULL)
        return;
    hone_internal_free(search->points);
    *search = (hone_rate_search){.points = NULL};
}

/* ---- for programs ---- */

/* A clone begins with fresh weights; these are the model's. A model that is not built yet has none. */
static void copy_weights(const hone_model *from, hone_model *to)
{
    for (size_t i = 0; i < from->weights.count && i < to->weights.count; i++) {
        const hone_variable *source = from->weights.items[i];
        memcpy(hone_internal_variable_data(to->weights.items[i]), hone_internal_variable_data(source),
               (size_t)hone_internal_variable_count(source) * sizeof(float));
    }
}

hone_status hone_find_rate_with(hone_model *model, hone_dataset *data, hone_rate_search *search,
                                const hone_find_rate_args *said)
{
    hone_find_rate_args args;
    *search = (hone_rate_search){.points = NULL};
    if (model == NULL || data == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a data set");
    HONE_TRY(hone_internal_args_read(&hone_internal_find_rate_verb, said, &args));
    hone_model *copy = hone_model_clone(model);
    if (copy == NULL)
        return hone_error_status();
    copy_weights(model, copy);
    hone_status status = hone_model_set_seed(copy, hone_model_seed(model));
    if (status >= 0)
        status = find_rate(copy, data, &args, search);
    hone_model_free(copy);
    return status;
}
