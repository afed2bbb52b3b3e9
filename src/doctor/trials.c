/* Trials of cures: from the same first bits, on the same batches, as it is and cured, with several seeds. */
#include "base/clock.h"
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 300, LEAST_STEPS = 60, MOST_SMALL_STEPS = 1000, MOST_LONG_STEPS = 1500 };

/* q of a subject after some steps, on its own probe; the loss too. */
static hone_status run(hone_examination *examination, hone_subject *subject, int64_t steps, double constant,
                       double *loss, double *q)
{
    hone_steps training;
    hone_judge judge;
    hone_judgement judged = {HUGE_VAL, 0, 0};
    double now = 0;
    int64_t rows = hone_dataset_count(subject->train);
    hone_status status = hone_internal_steps_begin(&training, subject, examination->session);
    for (int64_t s = 0; s < steps && status >= 0 && isfinite(now); s++)
        status = hone_internal_steps_next(&training, &now);
    hone_internal_steps_end(&training);
    HONE_TRY(status);
    if (examination->probe_count == 0) /* what was refused had none */
        HONE_TRY(hone_internal_examination_choose(examination, subject->train));
    bool within = true;
    for (int64_t i = 0; i < examination->probe_count; i++)
        within = within && examination->probe_rows[i] < rows;
    status = within ? hone_internal_judge_make(&judge, subject, subject->train, examination->probe_rows,
                                               examination->probe_count)
                    : HONE_ERROR_STATE;
    if (status >= 0)
        status = hone_internal_judge_run(&judge, subject, examination->session, &judged);
    hone_internal_judge_free(&judge);
    HONE_TRY(status);
    if (!isfinite(now) || !isfinite(judged.loss))
        *loss = HUGE_VAL, *q = -HUGE_VAL;
    else
        *loss = judged.loss, *q = 1 - judged.loss / constant;
    return HONE_OK;
}

/* The best constant of the cured model's own loss and data. */
static double constant_of(hone_subject *subject)
{
    hone_examined sample;
    hone_doctor_output output = {.units = 1};
    int index = hone_internal_judged_output(subject->model);
    const hone_model *model = subject->model;
    if (!model->built || hone_internal_sample_take(&sample, model, subject->train, 4000) < 0)
        return HONE_NONE;
    hone_shape shape = model->outputs[index]->shape;
    output.units = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    output.target_width = sample.y_width;
    double constant = hone_internal_constant_loss(model, &sample, &output, index);
    hone_internal_sample_free(&sample);
    return constant;
}

static hone_status run_seed(hone_examination *examination, const hone_cure *cure, uint64_t seed,
                            int64_t steps, double *loss, double *q)
{
    hone_subject subject;
    HONE_TRY(examination->source->make(examination->source->context, cure, seed, &subject));
    hone_status status = hone_internal_feed_check(subject.model, subject.train, true);
    if (status >= 0)
        status = hone_internal_subject_prepare(&subject);
    double constant = status < 0 ? HONE_NONE : constant_of(&subject);
    if (isnan(constant))
        constant = examination->diagnosis->facts.constant_loss;
    if (isnan(constant)) /* then relative to where it began */
        constant = examination->diagnosis->facts.probe_first;
    if (status >= 0)
        status = run(examination, &subject, steps, constant, loss, q);
    hone_internal_subject_free(&subject);
    return status;
}

/* Helps: q + 0.1, or 30 % of what is left to the best constant when both are below it. */
static bool helps(double before, double after)
{
    if (isnan(after) || after == -HUGE_VAL)
        return false;
    if (before < 0 && after < 0)
        return after > 0.7 * before && after > -1;
    return after - fmax(before, -1) >= 0.1 && after > 0;
}

/* Short runs of small data may be longer: a trial takes seven runs or so of a quarter of what is left. */
static int64_t steps_of(const hone_examination *examination)
{
    const hone_doctor_facts *facts = &examination->diagnosis->facts;
    if (facts->outcome == HONE_OUTCOME_REFUSED)
        return MOST_STEPS;
    double each = facts->steps > 0 ? facts->seconds / (double)facts->steps : 1;
    double affordable = 0.25 * hone_internal_examination_left(examination) / (7 * fmax(each, 1e-6));
    int64_t more = affordable > MOST_SMALL_STEPS ? MOST_SMALL_STEPS : (int64_t)affordable;
    if (facts->steps_planned > MOST_STEPS && facts->steps_of_epoch < MOST_STEPS && more > MOST_STEPS)
        return facts->steps_planned < more ? facts->steps_planned : more;
    int64_t steps = facts->steps_of_epoch < MOST_STEPS ? facts->steps_of_epoch : MOST_STEPS;
    steps = steps < LEAST_STEPS ? LEAST_STEPS : steps;
    if (facts->epochs > 1 && steps < MOST_STEPS) /* small data: as many steps as are planned, up to 300 */
        steps = facts->steps_planned < MOST_STEPS ? facts->steps_planned : MOST_STEPS;
    return steps > 0 ? steps : 1;
}

/* A cure that asks for more epochs is given them. */
static int64_t cured_steps(const hone_doctor_facts *facts, const hone_cure *cure, int64_t *as_is)
{
    for (int e = 0; e < cure->count; e++)
        if (cure->edits[e].kind == HONE_EDIT_SET && strcmp(cure->edits[e].target, "fit.epochs") == 0) {
            *as_is = facts->steps_planned < MOST_LONG_STEPS / 3 ? facts->steps_planned : MOST_LONG_STEPS / 3;
            return 3 * *as_is;
        }
    return *as_is;
}

hone_status hone_internal_doctor_try(hone_examination *examination, const hone_cure *cure, int seeds,
                                     hone_trial *trial)
{
    const hone_doctor_facts *facts = &examination->diagnosis->facts;
    *trial = (hone_trial){.gain = HUGE_VAL, .steps = steps_of(examination), .helps = true};
    const bool refused = facts->outcome == HONE_OUTCOME_REFUSED;
    int64_t cured = cured_steps(facts, cure, &trial->steps);
    for (int s = 0; s < seeds && trial->helps; s++) {
        double loss[2], q[2];
        if (s > 0 && hone_internal_examination_left(examination) < 0)
            break;
        loss[0] = q[0] = HONE_NONE; /* of what was refused */
        if (!refused)
            HONE_TRY(run_seed(examination, NULL, (uint64_t)s, trial->steps, &loss[0], &q[0]));
        HONE_TRY(run_seed(examination, cure, (uint64_t)s, cured, &loss[1], &q[1]));
        trial->helps = refused ? isfinite(loss[1]) : helps(q[0], q[1]);
        trial->gain = fmin(trial->gain, fmax(q[1], -1) - (refused ? 0 : fmax(q[0], -1)));
        trial->loss_before += loss[0];
        trial->loss_after += loss[1];
        trial->q_before += q[0];
        trial->q_after += q[1];
        trial->seeds++;
    }
    trial->loss_before /= trial->seeds;
    trial->loss_after /= trial->seeds;
    trial->q_before /= trial->seeds;
    trial->q_after /= trial->seeds;
    return HONE_OK;
}
