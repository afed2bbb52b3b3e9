/* The doctor as a callback: the probe at the ends of epochs, within a share of the time, and a line for each
 * diagnosis, once. Nothing that it runs changes a bit of the training. */
#include "base/clock.h"
#include "doctor/live.h"
#include "doctor/rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE(hone_doctor_args, HONE_DOCTOR_FIELDS);

static const double LEARNED_SHARE = 0.5; /* of the best constant's loss: q >= 0.5 */

void hone_internal_live_close(hone_live *state)
{
    hone_internal_probe_free(&state->probe);
    hone_internal_judge_free(&state->judge);
    hone_internal_judge_free(&state->held);
    hone_internal_sample_free(&state->examination.sample);
    hone_internal_sample_free(&state->examination.validation);
    hone_diagnosis_free(state->diagnosis);
    hone_internal_free(state->before);
    hone_internal_free(state->initial);
    hone_internal_gathering_free(state->gathered);
    hone_dataset_free(state->samples);
    state->before = state->initial = NULL;
    state->gathered = NULL;
    state->samples = NULL;
    state->diagnosis = NULL;
    state->watched = NULL;
    state->ready = state->holds = false;
    state->spent = state->look = 0;
}

static void free_state(hone_callback *callback)
{
    hone_internal_live_close(hone_callback_state(callback));
}

const hone_diagnosis *hone_doctor_diagnosis(const hone_callback *callback)
{
    return callback == NULL || strcmp(callback->type->type.name, "doctor") != 0
               ? NULL
               : ((hone_live *)hone_callback_state((hone_callback *)callback))->diagnosis;
}

/* ---- the change of the weights in one step ---- */

/* Keeps the weights; the end of the next step compares. */
static hone_status watch_step(hone_live *state)
{
    const hone_model *model = state->subject.model;
    hone_internal_free(state->before);
    state->before = hone_internal_allocate((hone_internal_doctor_numbers(model) + 1) * sizeof *state->before);
    if (state->before == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_doctor_copy_weights(model, state->before);
    return HONE_OK;
}

/* norm(W_after - W) / norm(W) of a weight. */
static double change_of(const float *before, const hone_variable *variable)
{
    const float *after = hone_internal_variable_data(variable);
    double change = 0, size = 0;
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++) {
        double w = (double)before[i], d = (double)after[i] - w;
        change += d * d;
        size += w * w;
    }
    return size > 0 ? sqrt(change / size) : change > 0;
}

static void read_changes(hone_live *state)
{
    const hone_model *model = state->subject.model;
    hone_diagnosis *diagnosis = state->diagnosis;
    double medians[256];
    int count = 0;
    const float *before = state->before;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *variable = model->weights.items[i];
        for (int l = 0; l < state->probe.layer_count; l++) {
            if (state->probe.layers[l].kernel != variable)
                continue;
            double change = change_of(before, variable);
            diagnosis->layers[l].update = change;
            if (diagnosis->record_count > 0)
                diagnosis->records[diagnosis->record_count - 1].layers[4 * l + 1] = change;
            if (variable->trainable && count < 256)
                medians[count++] = change;
        }
        before += hone_internal_variable_count(variable);
    }
    diagnosis->facts.update = hone_internal_median(medians, count);
    hone_internal_free(state->before);
    state->before = NULL;
}

/* Of failures the fit itself says what is wrong, and nothing is looked at; those of memory go on. */
static hone_status close_on_failure(hone_live *state, hone_status status)
{
    if (status >= 0 || status == HONE_ERROR_MEMORY)
        return status;
    hone_error_clear();
    hone_internal_live_close(state);
    return HONE_OK;
}

static bool wants_batches(const hone_callback *callback)
{
    const hone_live *state = hone_callback_state((hone_callback *)callback);
    return state->before != NULL || state->gathered != NULL;
}

static hone_status batch_end(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    hone_live *state = hone_callback_state(callback);
    double begun = hone_internal_now();
    hone_status status = HONE_OK;
    (void)batch, (void)logs;
    if (state->gathered != NULL)
        status = close_on_failure(state, hone_internal_live_take(state, trainer->context));
    if (state->ready && state->before != NULL)
        read_changes(state);
    state->spent += hone_internal_now() - begun;
    return status;
}

void hone_internal_live_borrow(hone_live *state, const hone_subject *subject, const hone_session *session)
{
    state->subject = *subject;
    state->args = (hone_diagnose_args){HONE_DIAGNOSE_FIELDS(HONE_FIELD_DEFAULT, )};
    state->examination = (hone_examination){.diagnosis = state->diagnosis,
                                            .args = &state->args,
                                            .most_samples = HONE_LIVE_SAMPLES,
                                            .subject = &state->subject,
                                            .session = (hone_session *)session,
                                            .begun = hone_internal_now()};
}

static hone_status open_judges(hone_live *state)
{
    hone_examination *examination = &state->examination;
    hone_examined *held = &examination->validation;
    HONE_TRY(hone_internal_judge_make(&state->judge, &state->subject, state->subject.train,
                                      examination->probe_rows, examination->probe_count));
    if (state->subject.validation == NULL || hone_internal_dataset_streams(state->subject.validation))
        return HONE_OK;
    state->holds = true;
    return hone_internal_judge_make(&state->held, &state->subject, state->subject.validation, held->rows,
                                    held->count < 1024 ? held->count : 1024);
}

hone_status hone_internal_live_open(hone_live *state)
{
    hone_judgement judged;
    hone_session *session = state->examination.session;
    HONE_TRY(hone_internal_examination_prepare(&state->examination));
    HONE_TRY(hone_internal_examination_first(&state->examination, &state->probe));
    state->ready = true;
    if (!hone_model_has_loss(state->subject.model))
        return HONE_OK;
    HONE_TRY(open_judges(state));
    HONE_TRY(hone_internal_judge_run(&state->judge, &state->subject, session, &judged));
    state->diagnosis->facts.probe_first = judged.loss;
    return hone_internal_doctor_leak(&state->examination, &state->judge, &state->probe);
}

/* What is looked at, from the fit in progress. */
static hone_status open_up(hone_live *state, hone_fit_run *run)
{
    const hone_subject subject = {.model = run->model,
                                  .train = run->data,
                                  .validation = run->validation,
                                  .batch = run->args->batch_size,
                                  .epochs = run->args->epochs,
                                  .shuffle = run->args->shuffle,
                                  .patience = HONE_NONE_INTEGER,
                                  .min_delta = HONE_NONE};
    state->diagnosis = hone_internal_allocate_zeroed(1, sizeof *state->diagnosis);
    if (state->diagnosis == NULL)
        return HONE_ERROR_MEMORY;
    state->diagnosis->facts = hone_doctor_facts_none();
    hone_internal_live_borrow(state, &subject, &run->session);
    return hone_internal_dataset_streams(run->data) ? hone_internal_live_gather(state, run)
                                                    : hone_internal_live_open(state);
}

/* The first two are the diagnosis' findings; more are notes. */
static void keep(hone_diagnosis *diagnosis, const hone_finding *finding)
{
    if (diagnosis->count < 2)
        diagnosis->findings[diagnosis->count++] = *finding;
    else if (hone_internal_grow(&diagnosis->notes, &diagnosis->note_room, diagnosis->note_count + 1,
                                sizeof *diagnosis->notes) >= 0)
        diagnosis->notes[diagnosis->note_count++] = *finding;
}

/* "epoch 3", or "step 200" of a program's loop. */
static void name_time(const hone_live *state, const hone_trainer *trainer, char *text, size_t size)
{
    if (trainer != NULL)
        snprintf(text, size, "epoch %lld", (long long)hone_trainer_epoch(trainer) + 1);
    else
        snprintf(text, size, "step %lld", (long long)state->examination.steps_done);
}

static void tell(hone_callback *callback, hone_trainer *trainer, hone_finding *finding)
{
    const hone_doctor_args *args = hone_callback_args(callback);
    hone_live *state = hone_callback_state(callback);
    char line[800], now[48];
    finding->step = trainer != NULL ? trainer->iteration : state->examination.steps_done;
    keep(state->diagnosis, finding);
    name_time(state, trainer, now, sizeof now);
    snprintf(line, sizeof line, "doctor: %s: %s%s%s (%s): %s\n", now, finding->layer,
             finding->layer[0] == '\0' ? "" : ": ", finding->title, finding->id, finding->message);
    if (args->output != NULL)
        args->output(args->output_context, line, strlen(line));
    else if (trainer != NULL)
        hone_trainer_print(trainer, "%s", line);
}

/* Facts at once; mechanisms where the run does not learn, and what alone counts about generalisation. Those
 * that need a cure that helps are never told: nothing is tried here. */
void hone_internal_live_judge(hone_callback *callback, hone_trainer *trainer)
{
    hone_live *state = hone_callback_state(callback);
    const hone_doctor_args *args = hone_callback_args(callback);
    const hone_doctor_facts *facts = &state->diagnosis->facts;
    const char *said = NULL;
    for (int i = 0; hone_doctor_rule_at(i) != NULL && i < HONE_LIVE_TOLD; i++) {
        const hone_doctor_rule *rule = hone_doctor_rule_at(i);
        hone_finding finding;
        if (!hone_internal_rule_meets(rule, args->without, facts, &finding))
            continue;
        bool counts =
            finding.grade == 'F' || (finding.grade == 'M' && (finding.always || hone_internal_is_bad(facts)));
        if (!counts || (said != NULL && hone_internal_rule_listed(said, rule->id)))
            continue;
        said = said == NULL ? rule->suppresses : said;
        if (!state->told[i])
            tell(callback, trainer, &finding);
        state->told[i] = true;
    }
}

/* What the first pass shows. */
static hone_status look_first(hone_callback *callback, hone_trainer *trainer)
{
    hone_live *state = hone_callback_state(callback);
    hone_internal_live_judge(callback, trainer);
    return hone_internal_diagnosis_record(state->diagnosis, 0, state->diagnosis->facts.first_loss);
}

static hone_status begin(hone_callback *callback, hone_trainer *trainer)
{
    hone_live *state = hone_callback_state(callback);
    hone_fit_run *run = trainer->context;
    const double started = hone_internal_now();
    hone_internal_live_close(state);
    state->begun = started;
    if (!hone_internal_dataset_streams(run->data) && hone_dataset_count(run->data) < 1)
        return HONE_OK;
    hone_status status = open_up(state, run);
    if (status >= 0 && state->ready)
        status = look_first(callback, trainer);
    if (status >= 0 && state->ready)
        status = watch_step(state);
    state->spent = hone_internal_now() - started;
    return close_on_failure(state, status);
}

/* At the end of a stream's first epoch: the first look, as if before the first step. */
static hone_status settle(hone_callback *callback, hone_trainer *trainer)
{
    hone_live *state = hone_callback_state(callback);
    const double started = hone_internal_now();
    hone_status status = hone_internal_live_settle(state, trainer->context);
    if (status >= 0)
        status = look_first(callback, trainer);
    state->spent += hone_internal_now() - started;
    return close_on_failure(state, status);
}

/* Whether the inputs are used at all: asked only of a training that is not far better than the best constant.
 */
static hone_status look_permuted(hone_live *state, const hone_judgement *judged)
{
    hone_doctor_facts *facts = &state->diagnosis->facts;
    double mean, deviation;
    if (judged->loss < LEARNED_SHARE * facts->constant_loss)
        return HONE_OK;
    HONE_TRY(hone_internal_judge_permuted(&state->judge, &state->subject, state->examination.session, &mean,
                                          &deviation));
    facts->q_permuted = mean > 0 ? 1 - judged->loss / mean : HONE_NONE;
    facts->q_permuted_se = mean > 0 ? deviation / mean : HONE_NONE;
    return HONE_OK;
}

hone_status hone_internal_live_probe(hone_live *state, int64_t step)
{
    HONE_TRY(hone_internal_probe_run(&state->examination, &state->subject, &state->probe));
    state->examination.steps_done = step;
    hone_internal_probe_read(&state->examination, &state->subject, &state->probe, 2);
    if (state->probe.total >= 0)
        state->diagnosis->facts.probe_end_training =
            (double)*(const float *)hone_internal_plan_address(state->probe.pass.plan, state->probe.total);
    return HONE_OK;
}

static hone_status look(hone_live *state, hone_trainer *trainer, double loss)
{
    hone_doctor_facts *facts = &state->diagnosis->facts;
    hone_session *session = state->examination.session;
    hone_judgement judged;
    HONE_TRY(hone_internal_live_probe(state, trainer->iteration));
    HONE_TRY(hone_internal_judge_run(&state->judge, &state->subject, session, &judged));
    facts->probe_end = judged.loss;
    facts->q_se = judged.se;
    HONE_TRY(look_permuted(state, &judged));
    if (facts->epoch_count >= HONE_DOCTOR_EPOCHS)
        return HONE_OK;
    facts->train_losses[facts->epoch_count] = judged.loss;
    facts->train_accuracies[facts->epoch_count] = judged.accuracy;
    HONE_TRY(hone_internal_diagnosis_record(state->diagnosis, trainer->iteration, loss));
    if (state->holds) {
        HONE_TRY(hone_internal_judge_run(&state->held, &state->subject, session, &judged));
        facts->q_validation = judged.loss;
        facts->q_validation_se = facts->validation_se = judged.se;
        facts->validation_accuracies[facts->epoch_count] = judged.accuracy;
    }
    facts->validation_losses[facts->epoch_count] = state->holds ? judged.loss : HONE_NONE;
    facts->blocks[facts->epoch_count % HONE_DOCTOR_BLOCKS] = loss;
    facts->epoch_count++;
    return HONE_OK;
}

/* The epochs' losses are the blocks. */
static void conclude(hone_live *state, hone_trainer *trainer)
{
    hone_doctor_facts *facts = &state->diagnosis->facts;
    int count = facts->epoch_count < HONE_DOCTOR_BLOCKS ? facts->epoch_count : HONE_DOCTOR_BLOCKS;
    for (int b = 0; b < count; b++)
        facts->blocks[b] = facts->train_losses[facts->epoch_count - count + b];
    facts->block_count = count;
    facts->trend = hone_internal_trend(facts->blocks, count);
    facts->best_loss = facts->blocks[0];
    for (int b = 1; b < count; b++)
        facts->best_loss = fmin(facts->best_loss, facts->blocks[b]);
    facts->steps = trainer->iteration;
    facts->finished = hone_trainer_epoch(trainer) + 1 >= facts->epochs;
    facts->outcome = HONE_OUTCOME_UNKNOWN;
    /* Mechanisms wait until 30 % of the steps are done. */
    if (facts->not_finite_step == HONE_NONE_INTEGER && 10 * facts->steps < 3 * facts->steps_planned)
        return;
    hone_internal_doctor_outcome(&state->examination);
}

/* Of the share: the steps behind a look are slower too, since their weights have left the caches. */
static const double KEPT_SHARE = 0.5;

/* Whether a look at the end of this epoch leaves enough of the share for another at the end of the last one:
 * of the time that the training will take, if its epochs go on as they did. */
static bool may_look(const hone_live *state, const hone_trainer *trainer, int64_t epoch, double share,
                     double now)
{
    const double whole = (now - state->begun) * (double)trainer->epochs / (double)(epoch + 1);
    const bool last = epoch + 1 >= trainer->epochs;
    return last || state->spent + 2 * state->look <= KEPT_SHARE * share * whole;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    const hone_doctor_args *args = hone_callback_args(callback);
    hone_live *state = hone_callback_state(callback);
    double loss = HONE_NONE;
    const bool last = epoch + 1 >= trainer->epochs;
    if (!state->ready && state->initial != NULL)
        HONE_TRY(settle(callback, trainer));
    const double now = hone_internal_now();
    if (!state->ready || !may_look(state, trainer, epoch, args->share, now))
        return HONE_OK;
    hone_logs_get(logs, "loss", &loss);
    if (!isfinite(loss))
        state->diagnosis->facts.not_finite_step = trainer->iteration;
    hone_status status = look(state, trainer, loss);
    if (status == HONE_ERROR_MEMORY)
        return status;
    hone_error_clear();
    if (status >= 0) {
        conclude(state, trainer);
        hone_internal_live_judge(callback, trainer);
        status = last ? HONE_OK : watch_step(state);
    }
    state->look = hone_internal_now() - now;
    state->spent += state->look;
    state->diagnosis->facts.overhead = state->spent / fmax(hone_internal_now() - state->begun, 1e-9);
    return status == HONE_ERROR_MEMORY ? status : HONE_OK;
}

/* The numbers stay until the callback goes. */
static hone_status end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    hone_live *state = hone_callback_state(callback);
    (void)trainer, (void)logs;
    state->ready = false;
    return HONE_OK;
}

static const hone_callback_type doctor_type = {
    .type = {.name = "doctor",
             .class_name = "Doctor",
             .module = "hone.callbacks",
             .summary = "Says in a line why the training does not learn.",
             HONE_TYPE_FIELDS(hone_doctor_args)},
    .state_bytes = sizeof(hone_live),
    .train_begin = begin,
    .train_end = end,
    .epoch_end = epoch_end,
    .batch_end = batch_end,
    .wants_batches = wants_batches,
    .free_state = free_state,
};

hone_callback *hone_doctor_with(const hone_doctor_args *args)
{
    return hone_callback_create(&doctor_type, args);
}
