/* Learning-rate schedules: the rate as a function of s, the count of batches from 0. They go into an
 * optimizer's .learning_rate_schedule, which takes them over: hone_adam(.learning_rate_schedule =
 * hone_cosine_decay(0.1, 1000)). */
#ifndef HONE_SCHEDULES_H
#define HONE_SCHEDULES_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From a spec: "cosine_decay(0.1, 1000)". */
hone_schedule *hone_schedule_from_text(const char *text);
/* A custom function, called with the step and `context`, from the training thread. It cannot
 * be saved to files. */
hone_schedule *hone_function_schedule(double (*rate)(int64_t step, void *context), void *context);
hone_schedule *hone_schedule_retain(hone_schedule *schedule);
void hone_schedule_free(hone_schedule *schedule); /* drops one reference; accepts NULL */
double hone_schedule_rate(const hone_schedule *schedule, int64_t step); /* step from 0 */

#define HONE_DECLARE_SCHEDULE_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_schedule *hone_##thing##_with(const hone_##thing##_args *args)
#define HONE_SCHEDULE_START(F, A) \
    F(A, NUMBER, initial_learning_rate, HONE_NONE, "learning rate at step 0", HONE_REQUIRED, HONE_AT_LEAST(0))
#define HONE_SCHEDULE_STEPS(F, A) \
    F(A, NUMBER, decay_steps, HONE_NONE, "number of steps of the decay", HONE_REQUIRED, HONE_ABOVE(0))
/* The same where the fit's own length will do: unless given, the next fit sets it to the end of its last
 * epoch. Before that, and in your own loops, the rate stays that of step 0. */
#define HONE_SCHEDULE_LENGTH(F, A) \
    F(A, NUMBER, decay_steps, HONE_NONE, "number of steps of the decay (default: all steps of the fit)", \
      HONE_ABOVE(0))

/* initial_learning_rate decay_rate^(s / decay_steps). */
#define HONE_EXPONENTIAL_DECAY_FIELDS(F, A) \
    HONE_SCHEDULE_START(F, A) \
    HONE_SCHEDULE_STEPS(F, A) \
    F(A, NUMBER, decay_rate, HONE_NONE, "factor per decay_steps steps", HONE_REQUIRED, HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, staircase, false, "decay once every decay_steps steps instead of at every step") \
    F(A, TEXT, name, "ExponentialDecay", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(exponential_decay, HONE_EXPONENTIAL_DECAY_FIELDS);
#define hone_exponential_decay(...) \
    HONE_ARGS_CALL(hone_exponential_decay_with, hone_exponential_decay_args, HONE_EXPONENTIAL_DECAY_FIELDS, \
                   .initial_learning_rate = __VA_ARGS__)

/* initial_learning_rate / (1 + decay_rate s / decay_steps). */
#define HONE_INVERSE_TIME_DECAY_FIELDS(F, A) \
    HONE_SCHEDULE_START(F, A) \
    HONE_SCHEDULE_STEPS(F, A) \
    F(A, NUMBER, decay_rate, HONE_NONE, "rate at which the divisor grows", HONE_REQUIRED, HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, staircase, false, "decay once every decay_steps steps instead of at every step") \
    F(A, TEXT, name, "InverseTimeDecay", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(inverse_time_decay, HONE_INVERSE_TIME_DECAY_FIELDS);
#define hone_inverse_time_decay(...) \
    HONE_ARGS_CALL(hone_inverse_time_decay_with, hone_inverse_time_decay_args, \
                   HONE_INVERSE_TIME_DECAY_FIELDS, .initial_learning_rate = __VA_ARGS__)

/* values[0] up to and with step boundaries[0], then values[1] up to and with boundaries[1], ...:
 * hone_piecewise_constant_decay(.boundaries = {1000, 5000}, .values = {0.1, 0.01, 0.001}). */
#define HONE_PIECEWISE_CONSTANT_DECAY_FIELDS(F, A) \
    F(A, NUMBERS, boundaries, HONE_NO_NUMBERS, "last step of each rate except the last, increasing", \
      HONE_REQUIRED) \
    F(A, NUMBERS, values, HONE_NO_NUMBERS, "the learning rates, one more than boundaries", HONE_REQUIRED, \
      HONE_AT_LEAST(0)) \
    F(A, TEXT, name, "PiecewiseConstant", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(piecewise_constant_decay, HONE_PIECEWISE_CONSTANT_DECAY_FIELDS);
#define hone_piecewise_constant_decay(...) \
    HONE_ARGS_CALL(hone_piecewise_constant_decay_with, hone_piecewise_constant_decay_args, \
                   HONE_PIECEWISE_CONSTANT_DECAY_FIELDS, __VA_ARGS__)

/* (initial - end) (1 - min(s, decay_steps) / decay_steps)^power + end. */
#define HONE_POLYNOMIAL_DECAY_FIELDS(F, A) \
    HONE_SCHEDULE_START(F, A) \
    HONE_SCHEDULE_LENGTH(F, A) \
    F(A, NUMBER, end_learning_rate, 0.0001, "learning rate at the end", HONE_AT_LEAST(0)) \
    F(A, NUMBER, power, 1.0, "exponent (1: linear)") \
    F(A, BOOLEAN, cycle, false, "restart with a longer decay instead of staying at end_learning_rate") \
    F(A, TEXT, name, "PolynomialDecay", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(polynomial_decay, HONE_POLYNOMIAL_DECAY_FIELDS);
#define hone_polynomial_decay(...) \
    HONE_ARGS_CALL(hone_polynomial_decay_with, hone_polynomial_decay_args, HONE_POLYNOMIAL_DECAY_FIELDS, \
                   .initial_learning_rate = __VA_ARGS__)

/* Along half a cosine from the start down to alpha times it. With a warmup_target it first rises on a line
 * from initial_learning_rate to the target, over warmup_steps, and then decays from there. Loshchilov,
 * Hutter: "SGDR", 2017. */
#define HONE_COSINE_DECAY_FIELDS(F, A) \
    HONE_SCHEDULE_START(F, A) \
    HONE_SCHEDULE_LENGTH(F, A) \
    F(A, NUMBER, alpha, 0.0, "final learning rate, as a fraction of the initial one") \
    F(A, TEXT, name, "CosineDecay", "name of the schedule", HONE_BY_NAME) \
    F(A, NUMBER, warmup_target, HONE_NONE, "learning rate at the end of the warm-up (none: no warm-up)", \
      HONE_AT_LEAST(0)) \
    F(A, NUMBER, warmup_steps, 0.0, "number of steps of the warm-up", HONE_AT_LEAST(0))
HONE_DECLARE_SCHEDULE_ARGS(cosine_decay, HONE_COSINE_DECAY_FIELDS);
#define hone_cosine_decay(...) \
    HONE_ARGS_CALL(hone_cosine_decay_with, hone_cosine_decay_args, HONE_COSINE_DECAY_FIELDS, \
                   .initial_learning_rate = __VA_ARGS__)

/* Half cosines one after another: each t_mul times as long, and starting m_mul times as high, as the one
 * before. */
#define HONE_COSINE_DECAY_RESTARTS_FIELDS(F, A) \
    HONE_SCHEDULE_START(F, A) \
    F(A, NUMBER, first_decay_steps, HONE_NONE, "number of steps of the first decay", HONE_REQUIRED, \
      HONE_ABOVE(0)) \
    F(A, NUMBER, t_mul, 2.0, "length of each decay relative to the previous one", HONE_AT_LEAST(1)) \
    F(A, NUMBER, m_mul, 1.0, "initial learning rate of each decay relative to the previous one", \
      HONE_AT_LEAST(0)) \
    F(A, NUMBER, alpha, 0.0, "final learning rate of each decay, as a fraction of the initial one") \
    F(A, TEXT, name, "SGDRDecay", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(cosine_decay_restarts, HONE_COSINE_DECAY_RESTARTS_FIELDS);
#define hone_cosine_decay_restarts(...) \
    HONE_ARGS_CALL(hone_cosine_decay_restarts_with, hone_cosine_decay_restarts_args, \
                   HONE_COSINE_DECAY_RESTARTS_FIELDS, .initial_learning_rate = __VA_ARGS__)

/* From max_learning_rate / initial_factor up to it in the first part of `steps`, then down to initial /
 * final_factor. Smith, Topin: "Super-convergence", 2018. Hone's own: Keras does not read a file that holds
 * one. */
#define HONE_ONE_CYCLE_FIELDS(F, A) \
    F(A, NUMBER, max_learning_rate, HONE_NONE, "highest rate", HONE_REQUIRED, HONE_AT_LEAST(0)) \
    F(A, NUMBER, steps, HONE_NONE, "number of steps of the whole cycle (default: all steps of the fit)", \
      HONE_ABOVE(0)) \
    F(A, NUMBER, rise, 0.3, "fraction of the steps in which the learning rate rises", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, initial_factor, 25.0, "highest learning rate divided by that of step 0", HONE_ABOVE(0)) \
    F(A, NUMBER, final_factor, 1e4, "learning rate of step 0 divided by the last one", HONE_ABOVE(0)) \
    F(A, TEXT, curve, "cos", "shape of the rise and the fall", HONE_ONE_OF("cos|linear")) \
    F(A, TEXT, name, "OneCycle", "name of the schedule", HONE_BY_NAME)
HONE_DECLARE_SCHEDULE_ARGS(one_cycle, HONE_ONE_CYCLE_FIELDS);
#define hone_one_cycle(...) \
    HONE_ARGS_CALL(hone_one_cycle_with, hone_one_cycle_args, HONE_ONE_CYCLE_FIELDS, \
                   .max_learning_rate = __VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
