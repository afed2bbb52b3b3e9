/* The training of an examination: steps with checks between them, at 0, 1, 3, 10, 30, ... and at the ends of
 * epochs. */
#include "base/clock.h"
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

enum { MOST_CHECKS = 64, MOST_SWINGS = 512, HELD_SAMPLES = 2000, SPLITS = 24 };

typedef struct training {
    hone_examination *examination;
    hone_subject *subject;
    hone_diagnosis *diagnosis;
    hone_doctor_facts *facts;
    hone_steps steps;
    hone_probe probe;
    hone_judge judge, held;
    bool holds;
    double *losses;
    size_t loss_count, loss_room;
    double swings[MOST_SWINGS];
    int swing_count;
    double norms[MOST_CHECKS], cosines[MOST_CHECKS], pulls[MOST_CHECKS];
    int check_count, pull_count, cosine_count;
    double *updates; /* [layers, MOST_CHECKS] */
    float *before;   /* weights, then two gradients */
    size_t numbers;
    double weights_first;
    int64_t limit, next_check;
    double deadline, stepping, instruments; /* seconds of steps; of what is beside them */
} training;

/* ---- weights ---- */

static double norm_of_trained(const hone_model *model)
{
    double squares = 0;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *variable = model->weights.items[i];
        const float *data = hone_internal_variable_data(variable);
        for (int64_t j = 0;
             variable->trainable && variable->shape.rank > 1 && j < hone_internal_variable_count(variable);
             j++)
            squares += (double)data[j] * (double)data[j];
    }
    return sqrt(squares);
}

/* norm(W_after - W) / norm(W) of each kernel; how far decay alone moves the weights beside the rest. */
static void read_updates(training *run, double rate)
{
    const hone_model *model = run->subject->model;
    double decay = run->facts->weight_decay, pulled = 0, moved = 0;
    const float *before = run->before;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *variable = model->weights.items[i];
        int64_t count = hone_internal_variable_count(variable);
        const float *after = hone_internal_variable_data(variable);
        double change = 0, size = 0;
        for (int64_t j = 0; j < count; j++) {
            double w = (double)before[j], d = (double)after[j] - w,
                   own = d + (isnan(decay) ? 0 : decay * rate * w);
            change += d * d;
            size += w * w;
            if (variable->trainable && variable->shape.rank > 1)
                moved += own * own;
        }
        if (variable->trainable && variable->shape.rank > 1)
            pulled += size;
        for (int l = 0; l < run->probe.layer_count; l++)
            if (run->probe.layers[l].kernel == variable)
                run->updates[l * MOST_CHECKS + run->check_count] =
                    size > 0 ? sqrt(change / size) : change > 0;
        before += count;
    }
    if (!isnan(decay) && moved > 0 && run->pull_count < MOST_CHECKS)
        run->pulls[run->pull_count++] = decay * rate * sqrt(pulled / moved);
}

/* ---- checks ---- */

static void copy_gradients(const training *run, float *into)
{
    const hone_model *model = run->subject->model;
    for (size_t i = 0; i < model->weights.count; i++) {
        size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        const float *data = run->probe.gradients[i] < 0
                                ? NULL
                                : hone_internal_plan_address(run->probe.pass.plan, run->probe.gradients[i]);
        if (data != NULL)
            memcpy(into, data, count * sizeof *into);
        else
            memset(into, 0, count * sizeof *into);
        into += count;
    }
}

static hone_status step(training *run, double *loss)
{
    double begun = hone_internal_now();
    hone_status status = hone_internal_steps_next(&run->steps, loss);
    run->stepping += hone_internal_now() - begun;
    return status;
}

/* The probe, a step, and the probe again. */
static hone_status check_and_step(training *run, double *loss)
{
    const hone_model *model = run->subject->model;
    float *first = run->before + run->numbers, *second = first + run->numbers;
    if (run->check_count >= MOST_CHECKS)
        return step(run, loss);
    HONE_TRY(hone_internal_probe_run(run->examination, run->subject, &run->probe));
    run->examination->steps_done = run->steps.done;
    hone_internal_probe_read(run->examination, run->subject, &run->probe, 2);
    if (run->steps.done <= 100)
        for (int l = 0; l < run->probe.layer_count; l++)
            run->diagnosis->layers[l].early = run->diagnosis->layers[l].end;
    double data = hone_internal_probe_norm(&run->probe, run->probe.gradients, model->weights.count),
           penalty =
               hone_internal_probe_norm(&run->probe, run->probe.penalty_gradients, model->weights.count);
    run->norms[run->check_count] = data;
    if (run->probe.penalty >= 0 && run->pull_count < MOST_CHECKS && run->steps.done > 0)
        run->pulls[run->pull_count++] = penalty / fmax(data, 1e-30);
    copy_gradients(run, first);
    hone_internal_doctor_copy_weights(model, run->before);
    double rate =
        hone_internal_optimizer_rate_at(model->compiled.optimizer, model->compiled.optimizer->iterations);
    HONE_TRY(step(run, loss));
    read_updates(run, rate);
    HONE_TRY(hone_internal_probe_run(run->examination, run->subject, &run->probe));
    copy_gradients(run, second);
    double angle = hone_internal_cosine(first, second, (int64_t)run->numbers);
    if (!isnan(angle) && run->steps.done > 1)
        run->cosines[run->cosine_count++] = angle;
    HONE_TRY(hone_internal_diagnosis_record(run->diagnosis, run->steps.done, *loss));
    for (int l = 0; l < run->probe.layer_count; l++)
        run->diagnosis->records[run->diagnosis->record_count - 1].layers[4 * l + 1] =
            run->updates[l * MOST_CHECKS + run->check_count];
    run->check_count++;
    return HONE_OK;
}

static hone_status look_at_probe(training *run)
{
    hone_judgement judged;
    HONE_TRY(hone_internal_judge_run(&run->judge, run->subject, run->examination->session, &judged));
    if (run->swing_count == MOST_SWINGS) { /* every other one from now on */
        for (int i = 0; i < MOST_SWINGS / 2; i++)
            run->swings[i] = run->swings[2 * i];
        run->swing_count /= 2;
    }
    run->swings[run->swing_count++] = judged.loss;
    return HONE_OK;
}

static hone_status end_epoch(training *run)
{
    hone_doctor_facts *facts = run->facts;
    hone_judgement train, held = {HONE_NONE, HONE_NONE, HONE_NONE};
    int64_t epoch = facts->epochs_done++;
    if (epoch % facts->epoch_stride != 0 || facts->epoch_count >= HONE_DOCTOR_EPOCHS)
        return HONE_OK;
    HONE_TRY(hone_internal_judge_run(&run->judge, run->subject, run->examination->session, &train));
    if (run->holds)
        HONE_TRY(hone_internal_judge_run(&run->held, run->subject, run->examination->session, &held));
    facts->train_losses[facts->epoch_count] = train.loss;
    facts->train_accuracies[facts->epoch_count] = train.accuracy;
    facts->validation_losses[facts->epoch_count] = held.loss;
    facts->validation_accuracies[facts->epoch_count] = held.accuracy;
    facts->validation_se = held.se;
    facts->epoch_count++;
    return HONE_OK;
}

/* ---- the loop ---- */

static hone_status keep_loss(training *run, double loss)
{
    if (hone_internal_grow(&run->losses, &run->loss_room, run->loss_count + 1, sizeof *run->losses) < 0)
        return HONE_ERROR_MEMORY;
    run->losses[run->loss_count++] = loss;
    return HONE_OK;
}

static hone_status loop(training *run)
{
    hone_doctor_facts *facts = run->facts;
    int64_t every = run->limit / SPLITS > 0 ? run->limit / SPLITS : 1;
    while (run->steps.done < run->limit && (hone_internal_now() < run->deadline || run->steps.done < 2)) {
        double loss = 0;
        bool last = run->steps.done + 1 == run->limit;
        double begun = hone_internal_now(), stepping = run->stepping;
        bool checks = run->steps.done >= run->next_check || last;
        if (checks) {
            HONE_TRY(check_and_step(run, &loss));
            run->next_check = run->next_check < 1 ? 1 : run->next_check < 3 ? 3 : run->next_check * 10 / 3;
        } else
            HONE_TRY(step(run, &loss));
        if (!isfinite(loss)) {
            facts->not_finite_step = run->steps.done;
            return HONE_OK;
        }
        HONE_TRY(keep_loss(run, loss));
        if (run->steps.done % every == 0)
            HONE_TRY(look_at_probe(run));
        if (run->steps.done % facts->steps_of_epoch == 0)
            HONE_TRY(end_epoch(run));
        run->instruments += hone_internal_now() - begun - (run->stepping - stepping);
    }
    return HONE_OK;
}

/* ---- what came out ---- */

static void fill_blocks(training *run)
{
    hone_doctor_facts *facts = run->facts;
    size_t count = run->loss_count;
    facts->block_count = count >= HONE_DOCTOR_BLOCKS ? HONE_DOCTOR_BLOCKS : (int)count;
    for (int b = 0; b < facts->block_count; b++) {
        size_t begin = count * (size_t)b / (size_t)facts->block_count,
               end = count * (size_t)(b + 1) / (size_t)facts->block_count;
        double sum = 0;
        for (size_t i = begin; i < end; i++)
            sum += run->losses[i];
        facts->blocks[b] = sum / (double)(end - begin);
    }
    if (facts->block_count == 0)
        return;
    facts->trend = hone_internal_trend(facts->blocks, facts->block_count);
    int late = facts->block_count * 3 / 10 > 4 ? facts->block_count * 3 / 10 : 4;
    late = late < facts->block_count ? late : facts->block_count;
    /* The last part is cut again, so that there are enough blocks for a trend. */
    double parts[10];
    size_t begin = count - count * 3 / 10, left = count - begin;
    int pieces = left >= 10 ? 10 : (int)left;
    for (int p = 0; p < pieces; p++) {
        size_t from = begin + left * (size_t)p / (size_t)pieces,
               to = begin + left * (size_t)(p + 1) / (size_t)pieces;
        parts[p] = 0;
        for (size_t i = from; i < to; i++)
            parts[p] += run->losses[i] / (double)(to - from);
    }
    facts->late_trend = hone_internal_trend(parts, pieces);
    facts->end_loss = facts->blocks[facts->block_count - 1];
    facts->best_loss = facts->end_loss;
    for (int b = 0; b < facts->block_count; b++)
        facts->best_loss = facts->blocks[b] < facts->best_loss ? facts->blocks[b] : facts->best_loss;
}

static void fill_updates(training *run)
{
    hone_doctor_facts *facts = run->facts;
    double all[MOST_CHECKS], medians[1024];
    int median_count = 0;
    for (int l = 0; l < run->probe.layer_count; l++) {
        hone_doctor_layer *layer = &run->diagnosis->layers[l];
        int count = 0;
        if (!layer->weights || !layer->trainable)
            continue;
        for (int c = run->check_count > 3 ? 2 : 0; c < run->check_count; c++)
            all[count++] = run->updates[l * MOST_CHECKS + c];
        layer->update = hone_internal_median(all, count);
        if (median_count < 1024 && !isnan(layer->update))
            medians[median_count++] = layer->update;
    }
    facts->update = hone_internal_median(medians, median_count);
}

static void fill_checks(training *run)
{
    hone_doctor_facts *facts = run->facts;
    double largest = 0, swings[MOST_SWINGS];
    int half = run->swing_count / 2, count = run->swing_count - half;
    for (int c = 0; c < run->check_count; c++)
        largest = run->norms[c] > largest ? run->norms[c] : largest;
    facts->gradient_norm = hone_internal_median(run->norms, run->check_count);
    facts->gradient_burst = facts->gradient_norm > 0 ? largest / facts->gradient_norm : HONE_NONE;
    facts->gradient_cosine = hone_internal_median(run->cosines, run->cosine_count);
    if (run->pull_count > 0)
        facts->decay_pull = hone_internal_median(run->pulls, run->pull_count);
    memcpy(swings, run->swings + half, (size_t)count * sizeof *swings);
    double median = hone_internal_median(swings, count);
    for (int i = 0; i < count; i++)
        swings[i] = fabs(swings[i] - median);
    facts->probe_swing = count > 3 && median > 0 ? hone_internal_median(swings, count) / median : HONE_NONE;
    facts->weight_growth =
        run->weights_first > 0 ? norm_of_trained(run->subject->model) / run->weights_first : HONE_NONE;
}

static hone_status fill_end(training *run)
{
    hone_doctor_facts *facts = run->facts;
    hone_session *session = run->examination->session;
    hone_judgement judged;
    facts->steps = run->steps.done;
    facts->finished = run->steps.done >= facts->steps_planned;
    fill_blocks(run);
    fill_updates(run);
    fill_checks(run);
    if (facts->not_finite_step != HONE_NONE_INTEGER)
        return HONE_OK;
    HONE_TRY(hone_internal_probe_run(run->examination, run->subject, &run->probe));
    run->examination->steps_done = run->steps.done;
    hone_internal_probe_read(run->examination, run->subject, &run->probe, 2);
    facts->probe_end_training =
        (double)*(const float *)hone_internal_plan_address(run->probe.pass.plan, run->probe.total);
    if (run->judge.sums)
        facts->probe_end_training /= (double)run->probe.rows;
    if (run->probe.penalty >= 0) {
        double penalty =
            (double)*(const float *)hone_internal_plan_address(run->probe.pass.plan, run->probe.penalty);
        facts->penalty_share = penalty / fmax(penalty + facts->probe_end_training, 1e-30);
    }
    HONE_TRY(hone_internal_judge_run(&run->judge, run->subject, session, &judged));
    facts->probe_end = judged.loss;
    facts->q_se = judged.se;
    double mean, deviation;
    if (hone_internal_judge_permuted(&run->judge, run->subject, session, &mean, &deviation) >= 0) {
        facts->q_permuted = mean > 0 ? 1 - judged.loss / mean : HONE_NONE;
        facts->q_permuted_se = mean > 0 ? deviation / mean : HONE_NONE;
    }
    if (run->holds) {
        HONE_TRY(hone_internal_judge_run(&run->held, run->subject, session, &judged));
        facts->q_validation = judged.loss;
        facts->q_validation_se = judged.se;
    }
    return hone_internal_doctor_answers(run->examination, &run->judge);
}

/* ---- before ---- */

static hone_status make_room(training *run)
{
    run->numbers = hone_internal_doctor_numbers(run->subject->model);
    run->before = hone_internal_allocate((3 * run->numbers + 1) * sizeof *run->before);
    run->updates =
        hone_internal_allocate_zeroed((size_t)run->probe.layer_count * MOST_CHECKS + 1, sizeof(double));
    return run->before == NULL || run->updates == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status begin(training *run, hone_probe *described)
{
    hone_examination *examination = run->examination;
    hone_subject *subject = run->subject;
    run->probe = *described;
    *described = (hone_probe){.rows = 0};
    HONE_TRY(make_room(run));
    HONE_TRY(hone_internal_steps_begin(&run->steps, subject, examination->session));
    HONE_TRY(hone_internal_judge_make(&run->judge, subject, subject->train, examination->probe_rows,
                                      examination->probe_count));
    if (subject->validation != NULL && hone_dataset_target_count(subject->validation) > 0) {
        int64_t count =
            examination->validation.count < HELD_SAMPLES ? examination->validation.count : HELD_SAMPLES;
        int64_t *rows = examination->validation.rows;
        for (int64_t i = 0; i < count; i++)
            rows[i] = rows[(int64_t)((double)i * (double)examination->validation.count / (double)count)];
        HONE_TRY(hone_internal_judge_make(&run->held, subject, subject->validation, rows, count));
        run->holds = true;
    }
    hone_judgement judged;
    HONE_TRY(hone_internal_judge_run(&run->judge, subject, examination->session, &judged));
    run->facts->probe_first = judged.loss;
    HONE_TRY(hone_internal_doctor_leak(examination, &run->judge, &run->probe));
    run->weights_first = norm_of_trained(subject->model);
    return HONE_OK;
}

static void end(training *run)
{
    hone_internal_steps_end(&run->steps);
    hone_internal_probe_free(&run->probe);
    hone_internal_judge_free(&run->judge);
    hone_internal_judge_free(&run->held);
    hone_internal_free(run->losses);
    hone_internal_free(run->updates);
    hone_internal_free(run->before);
}

hone_status hone_internal_doctor_train(hone_examination *examination, hone_probe *described)
{
    static const double share = 0.4; /* of the time; the rest is for trials */
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    training *run = hone_internal_allocate_zeroed(1, sizeof *run);
    if (run == NULL)
        return HONE_ERROR_MEMORY;
    *run = (training){.examination = examination,
                      .subject = examination->subject,
                      .diagnosis = examination->diagnosis,
                      .facts = facts};
    int64_t most = examination->args->steps;
    run->limit = most != HONE_NONE_INTEGER && most < facts->steps_planned ? most : facts->steps_planned;
    double started = hone_internal_now();
    run->deadline = started + share * examination->args->time;
    facts->epoch_stride = facts->epochs / HONE_DOCTOR_EPOCHS + 1;
    hone_status status = begin(run, described);
    if (status >= 0)
        status = loop(run);
    if (status >= 0)
        status = fill_end(run);
    if (status >= 0 && facts->not_finite_step != HONE_NONE_INTEGER)
        status = hone_internal_doctor_birth(examination, &run->steps, run->subject);
    if (status >= 0)
        facts->seconds = hone_internal_now() - started;
    if (run->stepping > 0)
        facts->overhead = run->instruments / run->stepping;
    end(run);
    hone_internal_free(run);
    return status;
}
