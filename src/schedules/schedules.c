/* The schedules: s is the count of batches from 0. All in double. */
#include "schedules/schedule.h"

#include <string.h>

static const double pi = 3.14159265358979323846;

#define DEFINE(name_, FIELDS, class_, module_, check_, summary_) \
    HONE_FIELD_TABLE_NAMED(hone_##name_##_args, FIELDS, name_##_fields, name_##_defaults); \
    static const hone_schedule_type name_##_schedule = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = module_, \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS_NAMED(hone_##name_##_args, name_##_fields, name_##_defaults)}, \
        .rate = rate_##name_, \
        .check = check_, \
    }; \
    HONE_DEFINE_SCHEDULE(name_, name_##_schedule)
#define DEFINE_KERAS(name_, FIELDS, class_, check_, summary_) \
    DEFINE(name_, FIELDS, class_, "keras.optimizers.schedules", check_, summary_)

/* s / steps, or its whole part. */
static double progress(int64_t step, double steps, bool staircase)
{
    double part = (double)step / steps;
    return staircase ? floor(part) : part;
}

static double rate_exponential_decay(const void *opaque, int64_t step)
{
    const hone_exponential_decay_args *args = opaque;
    return args->initial_learning_rate *
           pow(args->decay_rate, progress(step, args->decay_steps, args->staircase));
}
DEFINE_KERAS(exponential_decay, HONE_EXPONENTIAL_DECAY_FIELDS, "ExponentialDecay", NULL,
             "initial_learning_rate decay_rate^(s / decay_steps).")

static double rate_inverse_time_decay(const void *opaque, int64_t step)
{
    const hone_inverse_time_decay_args *args = opaque;
    return args->initial_learning_rate /
           (1 + args->decay_rate * progress(step, args->decay_steps, args->staircase));
}
DEFINE_KERAS(inverse_time_decay, HONE_INVERSE_TIME_DECAY_FIELDS, "InverseTimeDecay", NULL,
             "initial_learning_rate / (1 + decay_rate s / decay_steps).")

static hone_status check_piecewise(const void *opaque)
{
    const hone_piecewise_constant_decay_args *args = opaque;
    const double *boundaries = args->boundaries_list;
    if (args->values_count != args->boundaries_count + 1)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "values must have one more item than boundaries, not %zu for %zu",
                         args->values_count, args->boundaries_count);
    for (size_t i = 1; i < args->boundaries_count; i++)
        if (!(boundaries[i] > boundaries[i - 1]))
            return hone_fail(HONE_ERROR_ARGUMENT, "boundaries must increase: %g follows %g", boundaries[i],
                             boundaries[i - 1]);
    return HONE_OK;
}

static double rate_piecewise_constant_decay(const void *opaque, int64_t step)
{
    const hone_piecewise_constant_decay_args *args = opaque;
    size_t i = 0;
    while (i < args->boundaries_count && (double)step > args->boundaries_list[i])
        i++;
    return args->values_list[i];
}
DEFINE_KERAS(piecewise_constant_decay, HONE_PIECEWISE_CONSTANT_DECAY_FIELDS, "PiecewiseConstantDecay",
             check_piecewise, "A constant learning rate for each interval between boundaries.")

/* A length that is not known yet: any serves at step 0. */
static double known(double steps)
{
    return isnan(steps) ? 2 : steps;
}

/* With `cycle` the decay is as many times longer as it has been gone through, so that it never jumps below
 * its line. */
static double rate_polynomial_decay(const void *opaque, int64_t step)
{
    const hone_polynomial_decay_args *args = opaque;
    double s = (double)step, steps = known(args->decay_steps);
    if (args->cycle)
        steps *= step == 0 ? 1 : ceil(s / steps);
    else if (s > steps)
        s = steps;
    double range = args->initial_learning_rate - args->end_learning_rate;
    return range * pow(1 - s / steps, args->power) + args->end_learning_rate;
}
DEFINE_KERAS(polynomial_decay, HONE_POLYNOMIAL_DECAY_FIELDS, "PolynomialDecay", NULL,
             "(initial - end) (1 - s / decay_steps)^power + end.")

/* 1 at part 0 down to alpha at part 1; height: of the cosine, where it is not 1. */
static double cosine(double part, double alpha, double height)
{
    return (1 - alpha) * 0.5 * height * (1 + cos(pi * part)) + alpha;
}

static double rate_cosine_decay(const void *opaque, int64_t step)
{
    const hone_cosine_decay_args *args = opaque;
    double s = (double)step, steps = known(args->decay_steps), start = args->initial_learning_rate;
    if (!isnan(args->warmup_target)) {
        if (s < args->warmup_steps)
            return start + (args->warmup_target - start) * s / args->warmup_steps;
        s -= args->warmup_steps;
        start = args->warmup_target;
    }
    return start * cosine(s < steps ? s / steps : 1, args->alpha, 1);
}
DEFINE_KERAS(cosine_decay, HONE_COSINE_DECAY_FIELDS, "CosineDecay", NULL,
             "Falls along half a cosine, after an optional linear warm-up (Loshchilov and Hutter 2017).")

/* In which decay a training step is, counted from 0, and how far through it. Decay i begins at (1 - t^i) / (1
 * - t) first lengths; the logarithm may be off by one at a beginning, by rounding. */
static double find_decay(double part, double t_mul, double *number)
{
    if (t_mul == 1) {
        *number = floor(part);
        return part - *number;
    }
    *number = floor(log(1 - part * (1 - t_mul)) / log(t_mul));
    double inside = (part - (1 - pow(t_mul, *number)) / (1 - t_mul)) / pow(t_mul, *number);
    if (inside >= 1) {
        *number += 1;
        inside = (inside - 1) / t_mul;
    }
    return inside > 0 ? inside : 0;
}

static double rate_cosine_decay_restarts(const void *opaque, int64_t step)
{
    const hone_cosine_decay_restarts_args *args = opaque;
    double number, part = find_decay((double)step / args->first_decay_steps, args->t_mul, &number);
    return args->initial_learning_rate * cosine(part, args->alpha, pow(args->m_mul, number));
}
DEFINE_KERAS(cosine_decay_restarts, HONE_COSINE_DECAY_RESTARTS_FIELDS, "CosineDecayRestarts", NULL,
             "Repeated half cosines, with a restart after each (Loshchilov and Hutter 2017).")

/* From one number to another as part goes from 0 to 1. */
static double between(double from, double to, double part, bool linear)
{
    return linear ? from + (to - from) * part : to + (from - to) * 0.5 * (1 + cos(pi * part));
}

static double rate_one_cycle(const void *opaque, int64_t step)
{
    const hone_one_cycle_args *args = opaque;
    double top = args->max_learning_rate, start = top / args->initial_factor,
           end = start / args->final_factor;
    double steps = known(args->steps);
    double part = steps > 1 ? (double)step / (steps - 1) : 1; /* the last training step has the last rate */
    bool linear = strcmp(args->curve, "linear") == 0;
    if (part > 1)
        part = 1;
    if (part < args->rise)
        return between(start, top, part / args->rise, linear);
    return args->rise < 1 ? between(top, end, (part - args->rise) / (1 - args->rise), linear) : top;
}
DEFINE(one_cycle, HONE_ONE_CYCLE_FIELDS, "OneCycle", "hone.schedules", NULL,
       "Rises to the highest rate, then falls far below the first (Smith and Topin 2018); not in Keras.")

const hone_schedule_type *const hone_internal_schedule_types[] = {
    &exponential_decay_schedule,
    &inverse_time_decay_schedule,
    &piecewise_constant_decay_schedule,
    &polynomial_decay_schedule,
    &cosine_decay_schedule,
    &cosine_decay_restarts_schedule,
    &one_cycle_schedule,
    NULL,
};
