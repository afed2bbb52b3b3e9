/* The best constant prediction, and whether a training has learned more than it. */
#include "doctor/doctor.h"
#include "graph/op.h"

#include <math.h>
#include <string.h>

/* ---- the best constant ---- */

static double number_of(const hone_loss *loss, const char *name, double standard)
{
    const hone_field *field = hone_internal_fields_find(&loss->type->type, name);
    return field == NULL || field->kind != HONE_FIELD_NUMBER
               ? standard
               : *(const double *)((const char *)loss->args + field->offset);
}

static double entropy(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* -sum p ln p over the mean of the targets' rows, as the loss smooths them. */
static double of_rows(const hone_examined *sample, int64_t classes, bool ids, double smoothing)
{
    double *shares = hone_internal_allocate_zeroed((size_t)classes + 1, sizeof *shares), total = 0;
    if (shares == NULL)
        return HONE_NONE;
    for (int64_t r = 0; r < sample->count; r++) {
        int64_t class_id = ids ? (int64_t)sample->y[r] : 0;
        if (ids && class_id >= 0 && class_id < classes)
            shares[class_id] += 1 / (double)sample->count;
        for (int64_t k = 0; !ids && k < classes; k++)
            shares[k] += (double)sample->y[r * classes + k] / (double)sample->count;
    }
    for (int64_t k = 0; k < classes; k++)
        total += entropy((1 - smoothing) * shares[k] + smoothing / (double)classes);
    hone_internal_free(shares);
    return total;
}

static double of_yes_no(const hone_examined *sample, double smoothing)
{
    double total = 0;
    for (int64_t c = 0; c < sample->y_width; c++) {
        double p = 0;
        for (int64_t r = 0; r < sample->count; r++)
            p += (double)sample->y[r * sample->y_width + c] / (double)sample->count;
        p = (1 - smoothing) * p + smoothing / 2;
        if (p < 0 || p > 1)
            return HONE_NONE;
        total += entropy(p) + entropy(1 - p);
    }
    return total / (double)sample->y_width;
}

/* The mean of a loss of each number at the best constant, sought by golden section between the extremes. */
static double of_numbers(const hone_examined *sample, double (*loss)(double difference, double parameter),
                         double parameter)
{
    static const double golden = 0.6180339887498949;
    double total = 0;
    for (int64_t c = 0; c < sample->y_width; c++) {
        double low = HUGE_VAL, high = -HUGE_VAL, best = HUGE_VAL;
        for (int64_t r = 0; r < sample->count; r++) {
            double y = (double)sample->y[r * sample->y_width + c];
            low = y < low ? y : low;
            high = y > high ? y : high;
        }
        for (int i = 0; i < 24; i++) {
            double at[2] = {high - golden * (high - low), low + golden * (high - low)}, sums[2] = {0, 0};
            for (int64_t r = 0; r < sample->count; r++)
                for (int s = 0; s < 2; s++)
                    sums[s] += loss((double)sample->y[r * sample->y_width + c] - at[s], parameter);
            best = fmin(best, fmin(sums[0], sums[1]) / (double)sample->count);
            if (sums[0] < sums[1])
                high = at[1];
            else
                low = at[0];
        }
        total += best;
    }
    return total / (double)sample->y_width;
}

static double squared(double d, double parameter)
{
    (void)parameter;
    return d * d;
}
static double absolute(double d, double parameter)
{
    (void)parameter;
    return fabs(d);
}
static double huber(double d, double delta)
{
    return fabs(d) <= delta ? d * d / 2 : delta * fabs(d) - delta * delta / 2;
}
static double log_cosh(double d, double parameter)
{
    (void)parameter;
    return fabs(d) + log1p(exp(-2 * fabs(d))) - 0.6931471805599453;
}

static const struct {
    const char *name;
    hone_doctor_task task;
    double (*loss)(double difference, double parameter);
} tasks[] = {{"sparse_categorical_crossentropy", HONE_DOCTOR_IDS, NULL},
             {"categorical_crossentropy", HONE_DOCTOR_ROWS, NULL},
             {"categorical_focal_crossentropy", HONE_DOCTOR_ROWS, NULL},
             {"kl_divergence", HONE_DOCTOR_ROWS, NULL},
             {"binary_crossentropy", HONE_DOCTOR_YES_NO, NULL},
             {"binary_focal_crossentropy", HONE_DOCTOR_YES_NO, NULL},
             {"hinge", HONE_DOCTOR_YES_NO, NULL},
             {"squared_hinge", HONE_DOCTOR_YES_NO, NULL},
             {"mean_squared_error", HONE_DOCTOR_NUMBERS, squared},
             {"mean_absolute_error", HONE_DOCTOR_NUMBERS, absolute},
             {"mean_absolute_percentage_error", HONE_DOCTOR_NUMBERS, NULL},
             {"mean_squared_logarithmic_error", HONE_DOCTOR_NUMBERS, NULL},
             {"huber", HONE_DOCTOR_NUMBERS, huber},
             {"log_cosh", HONE_DOCTOR_NUMBERS, log_cosh},
             {"poisson", HONE_DOCTOR_NUMBERS, NULL}};

/* "crossentropy" is chosen by the shapes, as the loss itself does. */
static hone_doctor_task task_of_shapes(const hone_doctor_output *output)
{
    return output->units == 1                      ? HONE_DOCTOR_YES_NO
           : output->target_width == output->units ? HONE_DOCTOR_ROWS
                                                   : HONE_DOCTOR_IDS;
}

double hone_internal_constant_loss(const hone_model *model, const hone_examined *sample,
                                   hone_doctor_output *output, int index)
{
    const hone_loss *loss = hone_internal_model_loss(model, index);
    if (loss == NULL || sample->y == NULL || sample->count < 1)
        return HONE_NONE;
    const char *name = loss->type->type.name;
    double (*each)(double, double) = NULL;
    bool plain = strcmp(name, "crossentropy") == 0 || strcmp(name, "sparse_categorical_crossentropy") == 0 ||
                 strcmp(name, "categorical_crossentropy") == 0 || strcmp(name, "binary_crossentropy") == 0;
    output->task = strcmp(name, "crossentropy") == 0 ? task_of_shapes(output) : HONE_DOCTOR_UNKNOWN;
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(tasks[i].name, name) == 0)
            output->task = tasks[i].task, each = tasks[i].loss;
    double smoothing = number_of(loss, "label_smoothing", 0);
    if (output->task == HONE_DOCTOR_IDS && plain)
        return sample->y_width == 1 ? of_rows(sample, output->units, true, 0) : HONE_NONE;
    if (output->task == HONE_DOCTOR_ROWS && plain)
        return sample->y_width == output->units ? of_rows(sample, output->units, false, smoothing)
                                                : HONE_NONE;
    if (output->task == HONE_DOCTOR_YES_NO && plain)
        return of_yes_no(sample, smoothing);
    return each != NULL ? of_numbers(sample, each, number_of(loss, "delta", 1)) : HONE_NONE;
}

void hone_internal_doctor_baseline(hone_examination *examination)
{
    const hone_model *model = examination->subject->model;
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    int index = hone_internal_judged_output(model), losses = 0;
    hone_doctor_output *output = &examination->diagnosis->outputs[index];
    for (int i = 0; i < model->output_count; i++)
        losses += hone_internal_model_loss(model, i) != NULL;
    output->constant_loss = hone_internal_constant_loss(model, &examination->sample, output, index);
    double weight = model->compiled.outputs == NULL ? 1 : model->compiled.outputs[index].weight;
    facts->constant_loss = losses == 1 ? weight * output->constant_loss : HONE_NONE;
}

/* ---- after training ---- */

/* 1 - L / Lc; without Lc, how much better than with targets of other samples. */
static void measure_q(hone_doctor_facts *facts)
{
    double best = facts->constant_loss;
    double end = fmin(facts->probe_end,
                      isnan(facts->probe_end_training) ? facts->probe_end : facts->probe_end_training);
    if (isnan(best) || !(best > 0)) {
        facts->q = facts->q_permuted;
        facts->q_se = facts->q_permuted_se;
        facts->q_validation = facts->q_validation_se = HONE_NONE;
        return;
    }
    facts->q = 1 - end / best;
    facts->q_first = 1 - facts->probe_first / best;
    facts->q_se /= best;
    if (!isnan(facts->q_validation)) {
        facts->q_validation = 1 - facts->q_validation / best;
        facts->q_validation_se /= best;
    }
}

/* It was learning, and then lost more than half of what it had gained, for three blocks; or it is far above
 * where it began. */
static bool has_broken(const hone_doctor_facts *facts)
{
    if (facts->not_finite_step != HONE_NONE_INTEGER || !isfinite(facts->probe_end))
        return true;
    int last = facts->block_count - 1, above = 0;
    double chance = isnan(facts->constant_loss) ? facts->blocks[0] : facts->constant_loss;
    bool learned = facts->best_loss < 0.7 * chance;
    for (int b = last; b > last - 3 && b > 0; b--)
        above += facts->blocks[b] > facts->best_loss + (chance - facts->best_loss) / 2;
    if (learned && last >= 6 && above == 3 && facts->q < 0.5)
        return true;
    bool forgot = facts->q_first > 0.3 && facts->q < 0.7 * facts->q_first; /* what it came with */
    return forgot || facts->probe_end > 3 * fmax(facts->probe_first, chance);
}

/* The q that the slope of the last half leads to at the planned end. */
static double foreseen(const hone_doctor_facts *facts)
{
    int half = facts->block_count / 2, count = facts->block_count - half;
    if (count < 2 || isnan(facts->constant_loss) || facts->steps < 1)
        return facts->q;
    double slope = (facts->blocks[facts->block_count - 1] - facts->blocks[half]) / (count - 1);
    double blocks_left =
        (double)(facts->steps_planned - facts->steps) / ((double)facts->steps / facts->block_count);
    return facts->q - slope * blocks_left / facts->constant_loss;
}

/* New weights that are no better than they were when they were drawn. */
static bool stands_still(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->layer_count; i++)
        if (facts->layers[i].weights && !facts->layers[i].fresh)
            return false;
    return facts->q - facts->q_first < 0.02;
}

/* Whether the loss is less than with the targets of other samples. Of a weak signal in much noise the loss is
 * uncertain, but not what changing the targets does to it. */
static bool uses_inputs(const hone_doctor_facts *facts, double margin)
{
    double wide = sqrt(facts->q_permuted_se * facts->q_permuted_se + facts->q_se * facts->q_se);
    return facts->q_permuted > 3 * wide + margin ||
           (facts->q > 0.05 && facts->q_permuted > 4 * facts->q_permuted_se);
}

enum { LEAST_SAMPLES = 10 }; /* of fewer nothing is said */

static hone_doctor_outcome outcome_of(const hone_doctor_facts *facts)
{
    int64_t least = facts->steps_of_epoch > 200 ? facts->steps_of_epoch : 200;
    least = facts->steps_planned < least ? facts->steps_planned : least;
    if (has_broken(facts))
        return HONE_OUTCOME_BROKE;
    if (facts->rows < LEAST_SAMPLES)
        return HONE_OUTCOME_UNKNOWN;
    if (facts->steps < least && facts->steps < 200)
        return HONE_OUTCOME_UNKNOWN;
    bool falling = facts->trend < -2.6, beats_chance = facts->q >= 0.5;
    bool holds = isnan(facts->q_validation) || facts->q_validation > 0.02 + 3 * facts->q_validation_se;
    if (!holds && (beats_chance || facts->q - facts->q_validation > 0.1))
        return HONE_OUTCOME_MEMORISES;
    if (beats_chance)
        return HONE_OUTCOME_LEARNED;
    double sure = 0.02 + 3 * facts->q_se;
    if (!falling && stands_still(facts))
        return HONE_OUTCOME_STUCK;
    if (facts->q <= sure && !falling)
        return uses_inputs(facts, 0.02) && facts->q > 0 ? HONE_OUTCOME_PARTLY : HONE_OUTCOME_STUCK;
    if (foreseen(facts) < 0.1 && facts->q < 0.1)
        return uses_inputs(facts, 0) && facts->q > 0 && !falling ? HONE_OUTCOME_PARTLY : HONE_OUTCOME_SLOW;
    return uses_inputs(facts, 0) && falling ? HONE_OUTCOME_LEARNED : HONE_OUTCOME_PARTLY;
}

void hone_internal_doctor_outcome(hone_examination *examination)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    if (facts->steps == 0 && facts->not_finite_step == HONE_NONE_INTEGER)
        return;
    measure_q(facts);
    facts->outcome = outcome_of(facts);
}

const char *hone_internal_outcome_name(hone_doctor_outcome outcome)
{
    static const char *const names[] = {"unknown", "learned", "partly",    "slow",
                                        "stuck",   "broke",   "memorises", "refused"};
    return names[outcome];
}
