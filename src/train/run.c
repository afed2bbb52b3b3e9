/* Running batches, and evaluating and predicting whole data sets. */
#include "train/run.h"
#include "train/prepare.h"
#include "train/shards.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/trace.h"
#include "verbs.h"

#include <string.h>

hone_session hone_internal_session_begin(void)
{
    return (hone_session){.team = hone_internal_team_acquire(hone_internal_team_size())};
}

void hone_internal_session_end(hone_session *session)
{
    hone_internal_team_release(session->team);
    session->team = NULL;
    hone_internal_trace_write();
}

hone_status hone_internal_need_compiled(const hone_model *model, const char *what)
{
    if (model->compiled.ready)
        return HONE_OK;
    return hone_fail(HONE_ERROR_STATE,
                     "%s: the model is not compiled: it needs an optimizer and a loss (hone_compile)", what);
}

hone_status hone_internal_prepare_training(hone_model *model)
{
    HONE_TRY(hone_internal_need_compiled(model, "fit"));
    hone_status status = hone_internal_model_make_slots(model);
    for (size_t i = 0; i < model->weights.count; i++)
        model->weights.items[i]->fresh = false;
    return status;
}

static hone_status run_fed(hone_model *model, hone_session *session, hone_mode mode, const hone_feed *feed,
                           hone_pass **used, double *loss)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    bool training = mode == HONE_MODE_TRAIN;
    if (training && !session->shard_optimizer)
        HONE_TRY(hone_internal_optimizer_need_whole(optimizer));
    if (training && (session->shards > 1 || session->group != NULL))
        return hone_internal_run_shards(model, session, feed, used, loss);
    if (training && !hone_internal_optimizer_updates_next(optimizer))
        mode = HONE_MODE_ACCUMULATE;
    hone_pass *pass = hone_internal_model_pass(model, mode, feed->data, feed->count,
                                               hone_internal_feed_weighted(feed), feed->batch);
    if (pass == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_plan_make_room(pass->plan, hone_internal_team_threads(session->team)));
    hone_feed fed = *feed;
    fed.team = session->team;
    int64_t begin = hone_internal_trace_on() ? hone_internal_nanoseconds() : 0;
    HONE_TRY(hone_internal_feed_copy(model, pass, &fed));
    if (hone_internal_trace_on())
        hone_internal_trace_event("gather", "data", begin, hone_internal_nanoseconds());
    if (training)
        hone_internal_optimizer_begin_step(optimizer);
    hone_internal_plan_run(pass->plan, session->team, model->forward_passes);
    HONE_TRY(hone_internal_pass_check_whole(pass));
    if (training)
        hone_internal_optimizer_end_step(optimizer);
    if (training || mode == HONE_MODE_GRADIENTS || mode == HONE_MODE_DRAW)
        model->forward_passes++;
    if (loss != NULL)
        *loss = (double)*(const float *)hone_internal_plan_address(pass->plan, pass->loss);
    if (used != NULL)
        *used = pass;
    return HONE_OK;
}

hone_status hone_internal_run_batch(hone_model *model, hone_session *session, hone_mode mode,
                                    const hone_feed *feed, hone_pass **used, double *loss)
{
    if (feed->batch != NULL)
        HONE_TRY(hone_internal_feed_check_batch(model, feed->batch, hone_internal_mode_has_targets(mode)));
    if (feed->batch == NULL || !model->prepared)
        return run_fed(model, session, mode, feed, used, loss);
    hone_prepared_batch prepared;
    hone_feed fed = *feed;
    HONE_TRY(hone_internal_prepare_batch(model, feed->batch, &prepared));
    fed.batch = &prepared.batch;
    hone_status status = run_fed(model, session, mode, &fed, used, loss);
    hone_internal_prepared_batch_free(&prepared);
    return status;
}

/* ---- the batches of a pass ---- */

int64_t hone_internal_reading_size(const hone_dataset *data, int64_t size)
{
    int64_t own = hone_internal_dataset_batch_size(data, NULL);
    return own > 0 ? own : size;
}

int64_t hone_internal_reading_count(const hone_dataset *data, int64_t size)
{
    bool drop;
    hone_internal_dataset_batch_size(data, &drop);
    int64_t count = hone_dataset_count(data);
    return drop && count > 0 ? count - count % hone_internal_reading_size(data, size) : count;
}

hone_status hone_internal_reading_begin(hone_reading *reading)
{
    bool streams = hone_internal_dataset_streams(reading->data);
    reading->size = hone_internal_reading_size(reading->data, reading->size);
    reading->end = streams ? HONE_ANY : hone_internal_reading_count(reading->data, reading->size);
    reading->open = true;
    int depth = hone_internal_dataset_depth(reading->data, reading->size);
    if (!streams && hone_internal_dataset_in_memory(reading->data) && depth == 0)
        return HONE_OK;
    hone_flow_args args = {.dataset = reading->data,
                           .sweep = reading->sweep,
                           .order = reading->order,
                           .begin = reading->position,
                           .end = reading->end,
                           .batch_size = reading->size,
                           .step = reading->step,
                           .steps = reading->steps,
                           .shards = reading->shards,
                           .run = reading->run,
                           .depth = depth};
    reading->flow = hone_internal_flow_start(&args);
    return reading->flow == NULL ? hone_error_status() : HONE_OK;
}

int hone_internal_reading_next(hone_reading *reading, hone_feed *feed)
{
    *feed = (hone_feed){.data = reading->data, .class_weight = reading->class_weight};
    bool streams = hone_internal_dataset_streams(reading->data);
    if (!streams && reading->position >= reading->end)
        return 0;
    int more =
        reading->flow == NULL ? 1 : hone_internal_flow_next(reading->flow, &feed->staged, &feed->batch);
    if (more != 1)
        return more;
    int64_t left = reading->end - reading->position;
    feed->begin = reading->position;
    feed->count = streams ? hone_internal_feed_array(feed->batch, HONE_COMPONENT_INPUT, 0)->shape[0]
                  : left < reading->size ? left
                                         : reading->size;
    if (feed->staged != NULL && reading->shards > 0) { /* which begins with this rank's rows */
        hone_internal_run_rows(feed->count, reading->shards, reading->run, &feed->first);
        feed->first = -feed->first;
    }
    if (reading->order != NULL)
        feed->rows = reading->order + reading->position;
    reading->position += feed->count;
    reading->step++;
    return 1;
}

void hone_internal_reading_end(hone_reading *reading)
{
    hone_internal_flow_stop(reading->flow);
    reading->flow = NULL;
    reading->open = false;
}

/* ---- evaluation ---- */

hone_status hone_internal_evaluate(hone_model *model, hone_session *session,
                                   const hone_evaluation *evaluation)
{
    hone_internal_compiled_reset(model);
    hone_reading reading = {.data = evaluation->data,
                            .size = evaluation->batch_size,
                            .steps = evaluation->steps,
                            .class_weight = evaluation->class_weight,
                            .sweep = {model->seed, 0}};
    hone_feed feed;
    int more = hone_internal_reading_begin(&reading);
    for (int64_t step = 0; more >= 0 && (evaluation->steps == HONE_NONE_INTEGER || step < evaluation->steps);
         step++) {
        more = hone_internal_reading_next(&reading, &feed);
        if (more == 1)
            more = hone_internal_run_batch(model, session, HONE_MODE_TEST, &feed, NULL, NULL);
        else
            break;
    }
    hone_internal_reading_end(&reading);
    return more < 0 ? (hone_status)more : HONE_OK;
}

hone_status hone_internal_class_weights_fit(const hone_model *model, const hone_dataset *data,
                                            hone_numbers weights)
{
    if (weights.items == NULL)
        return HONE_OK;
    if (model->compiled.loss_count > 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight needs a model with one output");
    if (!hone_internal_dataset_streams(data) && hone_internal_dataset_weights(data) != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "class_weight and sample weights cannot be given together");
    return HONE_OK;
}

static hone_status evaluate(hone_model *model, hone_dataset *data, hone_logs *logs,
                            const hone_evaluate_args *args)
{
    hone_evaluation evaluation = {.batch_size = args->batch_size, .steps = args->steps};
    HONE_TRY(hone_internal_need_compiled(model, "evaluate"));
    HONE_TRY(hone_internal_feed_check(model, data, true));
    evaluation.class_weight = hone_internal_numbers_of(args->class_weight);
    HONE_TRY(hone_internal_class_weights_fit(model, data, evaluation.class_weight));
    evaluation.data = hone_internal_prepare_data(model, data);
    if (evaluation.data == NULL)
        return hone_error_status();
    hone_session session = hone_internal_session_begin();
    hone_status status = hone_internal_evaluate(model, &session, &evaluation);
    hone_internal_session_end(&session);
    hone_dataset_free(evaluation.data);
    *logs = (hone_logs){.count = 0};
    return status < 0 ? status : hone_internal_compiled_results(model, logs);
}

hone_status hone_evaluate_with(hone_model *model, hone_dataset *data, hone_logs *logs,
                               const hone_evaluate_args *said)
{
    hone_evaluate_args args;
    if (model == NULL || data == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a data set");
    HONE_TRY(hone_internal_args_read(&hone_internal_evaluate_verb, said, &args));
    return evaluate(model, data, logs, &args);
}

/* ---- prediction ---- */

/* The arrays for all samples, once the first batch has shown the shapes of the outputs. */
static hone_status make_arrays(const hone_model *model, const hone_pass *pass, int64_t count,
                               hone_array **outputs)
{
    for (int i = 0; i < model->output_count; i++) {
        hone_shape shape = hone_value_shape(pass->plan->graph, pass->outputs[i]);
        if (count != pass->batch)
            shape.size[0] = count;
        if ((outputs[i] = hone_array_create(HONE_FLOAT32, shape.rank, shape.size)) == NULL)
            return hone_error_status();
    }
    return HONE_OK;
}

static void copy_outputs(const hone_model *model, const hone_pass *pass, int64_t begin, hone_array **outputs)
{
    for (int i = 0; i < model->output_count; i++) {
        hone_shape shape = hone_value_shape(pass->plan->graph, pass->outputs[i]);
        size_t numbers = (size_t)hone_internal_shape_count(shape);
        memcpy((float *)outputs[i]->data + (size_t)begin * (numbers / (size_t)pass->batch),
               hone_internal_plan_address(pass->plan, pass->outputs[i]), numbers * sizeof(float));
    }
}

hone_status hone_internal_copy_outputs(const hone_model *model, const hone_pass *pass, int64_t count,
                                       hone_array **outputs)
{
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = NULL;
    HONE_TRY(hone_internal_pass_check_rows(model, pass->plan->graph, pass));
    HONE_TRY(make_arrays(model, pass, count, outputs));
    copy_outputs(model, pass, 0, outputs);
    return HONE_OK;
}

/* How many samples the first `steps` batches have. */
static int64_t samples_of(const hone_reading *reading, int64_t steps)
{
    bool all = steps == HONE_NONE_INTEGER || steps > reading->end / reading->size;
    return all ? reading->end : steps * reading->size;
}

/* `whole`: of a single batch the outputs are given as they are. */
static hone_status predict(hone_model *model, hone_session *session, hone_reading *reading, int64_t count,
                           bool whole, hone_array **outputs)
{
    hone_feed feed;
    int more = 0;
    while (reading->position < count && (more = hone_internal_reading_next(reading, &feed)) == 1) {
        hone_pass *pass;
        HONE_TRY(hone_internal_run_batch(model, session, HONE_MODE_PREDICT, &feed, &pass, NULL));
        if (!whole || pass->batch != count)
            HONE_TRY(hone_internal_pass_check_rows(model, pass->plan->graph, pass));
        if (feed.begin == 0)
            HONE_TRY(make_arrays(model, pass, count, outputs));
        copy_outputs(model, pass, feed.begin, outputs);
    }
    return more < 0 ? (hone_status)more : HONE_OK;
}

static hone_status predict_all(hone_model *model, hone_dataset *data, hone_array **outputs,
                               const hone_predict_args *args)
{
    hone_reading reading = {
        .data = data, .size = args->batch_size, .steps = HONE_NONE_INTEGER, .sweep = {model->seed, 0}};
    hone_session session = hone_internal_session_begin();
    hone_status status = hone_internal_reading_begin(&reading);
    if (status >= 0)
        status = predict(model, &session, &reading, samples_of(&reading, args->steps), args->whole, outputs);
    hone_internal_reading_end(&reading);
    hone_internal_session_end(&session);
    return status;
}

hone_status hone_predict_with(hone_model *model, hone_dataset *data, hone_array **outputs,
                              const hone_predict_args *said)
{
    hone_predict_args args;
    if (model == NULL || data == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a data set");
    HONE_TRY(hone_internal_args_read(&hone_internal_predict_verb, said, &args));
    if (hone_internal_dataset_streams(data))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "predict needs a data set of known length; hone_dataset_cache makes one");
    HONE_TRY(hone_internal_feed_check(model, data, false));
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = NULL;
    hone_dataset *fed = hone_internal_prepare_data(model, data);
    hone_status status = fed == NULL ? hone_error_status() : predict_all(model, fed, outputs, &args);
    hone_dataset_free(fed);
    for (int i = 0; status < 0 && i < model->output_count; i++) {
        hone_array_free(outputs[i]);
        outputs[i] = NULL;
    }
    return status;
}
