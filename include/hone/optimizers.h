/* Optimizers. hone_adam(.learning_rate = 1e-3), or
 * hone_optimizer_from_text("adam(1e-3)"). Compiling a model takes over the optimizer. Rules and defaults are
 * those of Keras. */
#ifndef HONE_OPTIMIZERS_H
#define HONE_OPTIMIZERS_H

#include <hone/schedules.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From a spec: "adam", "sgd(learning_rate=0.01, momentum=0.9)", "adam(learning_rate=cosine_decay(0.1,
 * 1000))". */
hone_optimizer *hone_optimizer_from_text(const char *text);
hone_optimizer *hone_optimizer_retain(hone_optimizer *optimizer);
void hone_optimizer_free(hone_optimizer *optimizer);                  /* drops one reference; accepts NULL */
int64_t hone_optimizer_iterations(const hone_optimizer *optimizer);   /* batches so far */
double hone_optimizer_learning_rate(const hone_optimizer *optimizer); /* of the next step */
/* HONE_ERROR_STATE when the rate comes from a schedule. */
hone_status hone_optimizer_set_learning_rate(hone_optimizer *optimizer, double rate);
/* Variables whose name ("kernel", "bias", ...) or path contains one of the strings get no
 * weight decay. NULL-ended. HONE_ERROR_STATE once training has begun. */
hone_status hone_optimizer_exclude_from_weight_decay(hone_optimizer *optimizer, const char *const *names);

/* The end of every optimizer's argument list: what all have. */
#define HONE_OPTIMIZER_FIELDS(F, A, standard_name) \
    HONE_WEIGHT_DECAY_FIELD(F, A, HONE_NONE) \
    HONE_OPTIMIZER_OTHER_FIELDS(F, A, standard_name)
#define HONE_WEIGHT_DECAY_FIELD(F, A, standard) \
    F(A, NUMBER, weight_decay, standard, \
      "decoupled weight decay: w -= w * weight_decay * learning_rate before each update", HONE_AT_LEAST(0))
#define HONE_OPTIMIZER_OTHER_FIELDS(F, A, standard_name) \
    F(A, NUMBER, clipnorm, HONE_NONE, "maximum norm of each variable's gradient", HONE_ABOVE(0)) \
    F(A, NUMBER, global_clipnorm, HONE_NONE, "maximum norm of all gradients together", HONE_ABOVE(0)) \
    F(A, NUMBER, clipvalue, HONE_NONE, "maximum absolute value of each gradient element", HONE_ABOVE(0)) \
    F(A, BOOLEAN, use_ema, false, "keep an exponential moving average of the weights") \
    F(A, NUMBER, ema_momentum, 0.99, "fraction of the old average that is kept", HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, ema_overwrite_frequency, HONE_NONE_INTEGER, \
      "overwrite the weights with the average every N updates", HONE_AT_LEAST(1)) \
    F(A, NUMBER, loss_scale_factor, HONE_NONE, "multiply the loss by this and divide the gradients by it", \
      HONE_ABOVE(0), .since = 301) \
    F(A, INTEGER, gradient_accumulation_steps, HONE_NONE_INTEGER, \
      "average the gradients of N batches for one update", HONE_AT_LEAST(2), .since = 303) \
    F(A, TEXT, name, standard_name, "name of the optimizer", HONE_BY_NAME)
/* And its start. */
#define HONE_LEARNING_RATE_FIELDS(F, A, standard) \
    F(A, NUMBER, learning_rate, standard, "step size", .was = "lr") \
    F(A, SCHEDULE, learning_rate_schedule, HONE_NO_SCHEDULE, "a schedule, in place of learning_rate", \
      .unsaved = true)

#define HONE_DECLARE_OPTIMIZER_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_optimizer *hone_##thing##_with(const hone_##thing##_args *args)

/* w -= rate g; with momentum v = momentum v - rate g, w += v; with nesterov w += momentum v - rate g.
 * (Textbooks often write v = momentum v + g and w -= rate v: the same until the rate changes.) Polyak 1964,
 * Nesterov 1983. */
#define HONE_SGD_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.01) \
    F(A, NUMBER, momentum, 0.0, "fraction of the previous update that is kept", HONE_BETWEEN(0, 1)) \
    F(A, BOOLEAN, nesterov, false, "use Nesterov momentum") \
    HONE_OPTIMIZER_FIELDS(F, A, "sgd")
HONE_DECLARE_OPTIMIZER_ARGS(sgd, HONE_SGD_FIELDS);
#define hone_sgd(...) HONE_ARGS_CALL(hone_sgd_with, hone_sgd_args, HONE_SGD_FIELDS, __VA_ARGS__)

/* m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v); w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m /
 * (sqrt(v) + epsilon). Kingma, Ba: "Adam", 2015, in the form of its section 2 (epsilon after the
 * correction). */
#define HONE_ADAM_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, beta_1, 0.9, "decay rate of the running mean of the gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, beta_2, 0.999, "decay rate of the running mean of the squared gradient", \
      HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "small number that avoids division by zero", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, amsgrad, false, "use the maximum of the mean squared gradient so far (AMSGrad)") \
    HONE_OPTIMIZER_FIELDS(F, A, "adam")
HONE_DECLARE_OPTIMIZER_ARGS(adam, HONE_ADAM_FIELDS);
#define hone_adam(...) HONE_ARGS_CALL(hone_adam_with, hone_adam_args, HONE_ADAM_FIELDS, __VA_ARGS__)

/* Adam with decoupled weight decay, on by default. Loshchilov, Hutter: "Decoupled weight
 * decay", 2019. */
#define HONE_ADAMW_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    HONE_WEIGHT_DECAY_FIELD(F, A, 0.004) \
    F(A, NUMBER, beta_1, 0.9, "decay rate of the running mean of the gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, beta_2, 0.999, "decay rate of the running mean of the squared gradient", \
      HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "small number that avoids division by zero", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, amsgrad, false, "use the maximum of the mean squared gradient so far (AMSGrad)") \
    HONE_OPTIMIZER_OTHER_FIELDS(F, A, "adam_w")
HONE_DECLARE_OPTIMIZER_ARGS(adamw, HONE_ADAMW_FIELDS);
#define hone_adamw(...) HONE_ARGS_CALL(hone_adamw_with, hone_adamw_args, HONE_ADAMW_FIELDS, __VA_ARGS__)

/* v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon); with momentum m = momentum m + rate g / sqrt(v
 * + epsilon), w -= m. Centred: a = rho a + (1 - rho) g, and v - a^2 in place of v below the root. Tieleman,
 * Hinton 2012; Graves 2013. */
#define HONE_RMSPROP_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, rho, 0.9, "decay rate of the running mean of the squared gradient", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, momentum, 0.0, "fraction of the previous update that is kept", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "small number that avoids division by zero", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, centered, false, \
      "divide by the root of the variance of the gradient instead of its mean square") \
    HONE_OPTIMIZER_FIELDS(F, A, "rm_sprop")
HONE_DECLARE_OPTIMIZER_ARGS(rmsprop, HONE_RMSPROP_FIELDS);
#define hone_rmsprop(...) \
    HONE_ARGS_CALL(hone_rmsprop_with, hone_rmsprop_args, HONE_RMSPROP_FIELDS, __VA_ARGS__)

#ifdef __cplusplus
extern "C" {
#endif

#define HONE_BETA_FIELDS(F, A) \
    F(A, NUMBER, beta_1, 0.9, "decay rate of the running mean of the gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, beta_2, 0.999, "decay rate of the running mean of the squared gradient", \
      HONE_BETWEEN_BELOW(0, 1)) \
    HONE_EPSILON_FIELD(F, A)
#define HONE_EPSILON_FIELD(F, A) \
    F(A, NUMBER, epsilon, 1e-7, "small number that avoids division by zero", HONE_AT_LEAST(0))

/* m as Adam's; u = max(beta_2 u, |g|); w -= rate m / ((1 - beta_1^t) (u + epsilon)). Kingma, Ba 2015,
 * section 7. */
#define HONE_ADAMAX_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    HONE_BETA_FIELDS(F, A) \
    HONE_OPTIMIZER_FIELDS(F, A, "adamax")
HONE_DECLARE_OPTIMIZER_ARGS(adamax, HONE_ADAMAX_FIELDS);
#define hone_adamax(...) HONE_ARGS_CALL(hone_adamax_with, hone_adamax_args, HONE_ADAMAX_FIELDS, __VA_ARGS__)

/* Adam with Nesterov momentum, whose factor mu(t) = beta_1 (1 - 0.96^t / 2) grows. Dozat 2016. */
#define HONE_NADAM_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    HONE_BETA_FIELDS(F, A) \
    HONE_OPTIMIZER_FIELDS(F, A, "nadam")
HONE_DECLARE_OPTIMIZER_ARGS(nadam, HONE_NADAM_FIELDS);
#define hone_nadam(...) HONE_ARGS_CALL(hone_nadam_with, hone_nadam_args, HONE_NADAM_FIELDS, __VA_ARGS__)

/* a += g^2; w -= rate g / sqrt(a + epsilon). Duchi, Hazan, Singer 2011. */
#define HONE_ADAGRAD_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, initial_accumulator_value, 0.1, "initial value of the sum of squared gradients", \
      HONE_AT_LEAST(0)) \
    HONE_EPSILON_FIELD(F, A) \
    HONE_OPTIMIZER_FIELDS(F, A, "adagrad")
HONE_DECLARE_OPTIMIZER_ARGS(adagrad, HONE_ADAGRAD_FIELDS);
#define hone_adagrad(...) \
    HONE_ARGS_CALL(hone_adagrad_with, hone_adagrad_args, HONE_ADAGRAD_FIELDS, __VA_ARGS__)

/* a = rho a + (1 - rho) g^2; d = -sqrt(D + epsilon) / sqrt(a + epsilon) g; D = rho D + (1 - rho) d^2;
 * w += rate d. Zeiler 2012, where the rate is 1. */
#define HONE_ADADELTA_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, rho, 0.95, "decay rate of the running means of squares", HONE_BETWEEN(0, 1)) \
    HONE_EPSILON_FIELD(F, A) \
    HONE_OPTIMIZER_FIELDS(F, A, "adadelta")
HONE_DECLARE_OPTIMIZER_ARGS(adadelta, HONE_ADADELTA_FIELDS);
#define hone_adadelta(...) \
    HONE_ARGS_CALL(hone_adadelta_with, hone_adadelta_args, HONE_ADADELTA_FIELDS, __VA_ARGS__)

/* Follow the regularized leader: n += g^2; z gathers gradients; w is the best answer to z under l1 and l2,
 * and exactly 0 where |z| is at most l1. McMahan and others 2013. */
#define HONE_FTRL_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, learning_rate_power, -0.5, "exponent of the sum of squares in the learning rate", \
      .bounded = true, .lowest = -HUGE_VAL) \
    F(A, NUMBER, initial_accumulator_value, 0.1, "initial value of the sum of squared gradients", \
      HONE_AT_LEAST(0)) \
    F(A, NUMBER, l1_regularization_strength, 0.0, "L1 strength: weakly supported weights become exactly 0", \
      HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2_regularization_strength, 0.0, "L2 strength", HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2_shrinkage_regularization_strength, 0.0, \
      "L2 shrinkage: adds 2 * this * w to the gradient", HONE_AT_LEAST(0)) \
    F(A, NUMBER, beta, 0.0, "beta of the FTRL paper", HONE_AT_LEAST(0)) \
    HONE_OPTIMIZER_FIELDS(F, A, "ftrl")
HONE_DECLARE_OPTIMIZER_ARGS(ftrl, HONE_FTRL_FIELDS);
#define hone_ftrl(...) HONE_ARGS_CALL(hone_ftrl_with, hone_ftrl_args, HONE_FTRL_FIELDS, __VA_ARGS__)

/* w -= rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g. Chen and others 2023. */
#define HONE_LION_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, beta_1, 0.9, "weight of the momentum in the update direction", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, beta_2, 0.99, "decay rate of the momentum", HONE_BETWEEN(0, 1)) \
    HONE_OPTIMIZER_FIELDS(F, A, "lion")
HONE_DECLARE_OPTIMIZER_ARGS(lion, HONE_LION_FIELDS);
#define hone_lion(...) HONE_ARGS_CALL(hone_lion_with, hone_lion_args, HONE_LION_FIELDS, __VA_ARGS__)

/* Adam's direction u, with the corrected means, scaled to the norm of the weights: w -= rate norm(w) /
 * norm(u) u. For large batches. You and others 2020. */
#define HONE_LAMB_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    HONE_BETA_FIELDS(F, A) \
    HONE_OPTIMIZER_FIELDS(F, A, "lamb")
HONE_DECLARE_OPTIMIZER_ARGS(lamb, HONE_LAMB_FIELDS);
#define hone_lamb(...) HONE_ARGS_CALL(hone_lamb_with, hone_lamb_args, HONE_LAMB_FIELDS, __VA_ARGS__)

/* Little memory: for a matrix, the mean squares of the gradient's rows and columns stand for those of its
 * elements. Shazeer, Stern 2018. As in Keras, the rate is never above 1 / sqrt(t), with relative_step or
 * without. */
#define HONE_ADAFACTOR_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, beta_2_decay, -0.8, "exponent of the decay rate 1 - t^exponent") \
    F(A, NUMBER, epsilon_1, 1e-30, "added to squared gradients", HONE_AT_LEAST(0)) \
    F(A, NUMBER, epsilon_2, 1e-3, "minimum root mean square of a weight when it scales the learning rate", \
      HONE_AT_LEAST(0)) \
    F(A, NUMBER, clip_threshold, 1.0, "maximum root mean square of an update", HONE_ABOVE(0)) \
    F(A, BOOLEAN, relative_step, true, "limit the learning rate to 1 / sqrt(t)") \
    HONE_OPTIMIZER_FIELDS(F, A, "adafactor")
HONE_DECLARE_OPTIMIZER_ARGS(adafactor, HONE_ADAFACTOR_FIELDS);
#define hone_adafactor(...) \
    HONE_ARGS_CALL(hone_adafactor_with, hone_adafactor_args, HONE_ADAFACTOR_FIELDS, __VA_ARGS__)

/* Matrices move by their momentum made orthogonal (all its singular values near 1); the rest by Adam. Jordan
 * and others 2024; Liu and others 2025. */
#define HONE_MUON_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, adam_beta_1, 0.9, "Adam's beta_1", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, adam_beta_2, 0.999, "Adam's beta_2", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, adam_weight_decay, 0.004, "weight decay of weights that Adam updates", HONE_AT_LEAST(0), \
      .since = 313) \
    HONE_EPSILON_FIELD(F, A) \
    HONE_WEIGHT_DECAY_FIELD(F, A, 0.004) \
    F(A, TEXTS, exclude_layers, HONE_NO_TEXTS, \
      "regular expressions for the paths of matrices that Adam updates") \
    F(A, BOOLEAN, exclude_embeddings, true, "update matrices with \"embedding\" in their path by Adam") \
    F(A, NUMBER, muon_a, 3.4445, "factor of X in a Newton-Schulz step") \
    F(A, NUMBER, muon_b, -4.775, "factor of X X^T X") \
    F(A, NUMBER, muon_c, 2.0315, "factor of (X X^T)^2 X") \
    F(A, NUMBER, adam_lr_ratio, 1.0, "ratio of Adam's learning rate to Muon's", HONE_AT_LEAST(0)) \
    F(A, NUMBER, momentum, 0.95, "decay rate of the momentum", HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, ns_steps, 5, "number of Newton-Schulz steps", HONE_BETWEEN(0, 100)) \
    F(A, BOOLEAN, nesterov, true, "use Nesterov momentum") \
    F(A, NUMBER, rms_rate, 0.2, \
      "target root mean square of an update, relative to the learning rate (none: no scaling)", \
      HONE_AT_LEAST(0), .none_too = true, .since = 313) \
    HONE_OPTIMIZER_OTHER_FIELDS(F, A, "muon")
HONE_DECLARE_OPTIMIZER_ARGS(muon, HONE_MUON_FIELDS);
#define hone_muon(...) HONE_ARGS_CALL(hone_muon_with, hone_muon_args, HONE_MUON_FIELDS, __VA_ARGS__)

/* Adam without a schedule: steps are taken by z, x is the mean of all z so far, and the weights, where
 * gradients are taken, lie between: w = (1 - beta_1) z + beta_1 x. Defazio and others 2024. */
#define HONE_SCHEDULE_FREE_ADAMW_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.0025) \
    F(A, NUMBER, beta_1, 0.9, "weight of the average in the point where gradients are taken", \
      HONE_BETWEEN(0, 1), .open_below = true) \
    F(A, NUMBER, beta_2, 0.999, "decay rate of the running mean of the squared gradient", \
      HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, epsilon, 1e-8, "small number that avoids division by zero", HONE_AT_LEAST(0)) \
    F(A, INTEGER, warmup_steps, 0, "number of updates in which the learning rate rises from 0", \
      HONE_AT_LEAST(0)) \
    HONE_OPTIMIZER_FIELDS(F, A, "schedule_free_adam_w")
HONE_DECLARE_OPTIMIZER_ARGS(schedule_free_adamw, HONE_SCHEDULE_FREE_ADAMW_FIELDS);
#define hone_schedule_free_adamw(...) \
    HONE_ARGS_CALL(hone_schedule_free_adamw_with, hone_schedule_free_adamw_args, \
                   HONE_SCHEDULE_FREE_ADAMW_FIELDS, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
}
#endif
#endif
