/* Optimizers: how weights follow their gradients. hone_adam(.learning_rate = 1e-3), or
 * hone_optimizer_from_text("adam(1e-3)"). Compiling a model takes the optimizer over. Rules and defaults are
 * Keras's. */
#ifndef HONE_OPTIMIZERS_H
#define HONE_OPTIMIZERS_H

#include <hone/ext.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of a type with a copy of `args`; a schedule in them is shared, while hone_adam(...) and its like take it
 * over. */
hone_optimizer *hone_optimizer_create(const hone_optimizer_type *type, const void *args);
/* From a spec: "adam", "sgd(learning_rate=0.01, momentum=0.9)", "adam(learning_rate=cosine_decay(0.1,
 * 1000))". */
hone_optimizer *hone_optimizer_from_text(const char *text);
hone_optimizer *hone_optimizer_retain(hone_optimizer *optimizer);
void hone_optimizer_free(hone_optimizer *optimizer);                  /* gives up a reference; NULL is fine */
int64_t hone_optimizer_iterations(const hone_optimizer *optimizer);   /* batches so far */
double hone_optimizer_learning_rate(const hone_optimizer *optimizer); /* of the next step */
/* HONE_ERROR_STATE when the rate comes from a schedule. */
hone_status hone_optimizer_set_learning_rate(hone_optimizer *optimizer, double rate);
/* Variables whose name (searched for in "kernel", "bias", ...) or path contains one of the texts get no
 * weight decay. NULL-ended. HONE_ERROR_STATE once training has begun. */
hone_status hone_optimizer_exclude_from_weight_decay(hone_optimizer *optimizer, const char *const *names);

#define HONE_DECLARE_OPTIMIZER_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_optimizer *hone_##thing##_create(const hone_##thing##_args *args)

/* w -= rate g; with momentum v = momentum v - rate g, w += v; with nesterov w += momentum v - rate g.
 * (Textbooks often write v = momentum v + g and w -= rate v: the same until the rate changes.) Polyak 1964,
 * Nesterov 1983. */
#define HONE_SGD_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.01) \
    F(A, NUMBER, momentum, 0.0, "share of the last move that goes on", HONE_BETWEEN(0, 1)) \
    F(A, BOOLEAN, nesterov, false, "look ahead along the momentum") \
    HONE_OPTIMIZER_FIELDS(F, A, "sgd")
HONE_DECLARE_OPTIMIZER_ARGS(sgd, HONE_SGD_FIELDS);
#define hone_sgd(...) HONE_ARGS_CALL(hone_sgd_create, hone_sgd_args, HONE_SGD_FIELDS, __VA_ARGS__)

/* m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v); w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m /
 * (sqrt(v) + epsilon). Kingma, Ba: "Adam", 2015, in the form of its section 2 (epsilon after the
 * correction). */
#define HONE_ADAM_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, beta_1, 0.9, "share of the old mean gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, beta_2, 0.999, "share of the old mean squared gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "keeps the division finite", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, amsgrad, false, "divide by the largest mean squared gradient so far") \
    HONE_OPTIMIZER_FIELDS(F, A, "adam")
HONE_DECLARE_OPTIMIZER_ARGS(adam, HONE_ADAM_FIELDS);
#define hone_adam(...) HONE_ARGS_CALL(hone_adam_create, hone_adam_args, HONE_ADAM_FIELDS, __VA_ARGS__)

/* Adam with weight decay apart from the gradient, on by default. Loshchilov, Hutter: "Decoupled weight
 * decay", 2019. */
#define HONE_ADAMW_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    HONE_WEIGHT_DECAY_FIELD(F, A, 0.004) \
    F(A, NUMBER, beta_1, 0.9, "share of the old mean gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, beta_2, 0.999, "share of the old mean squared gradient", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "keeps the division finite", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, amsgrad, false, "divide by the largest mean squared gradient so far") \
    HONE_OPTIMIZER_OTHER_FIELDS(F, A, "adam_w")
HONE_DECLARE_OPTIMIZER_ARGS(adamw, HONE_ADAMW_FIELDS);
#define hone_adamw(...) HONE_ARGS_CALL(hone_adamw_create, hone_adamw_args, HONE_ADAMW_FIELDS, __VA_ARGS__)

/* v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon); with momentum m = momentum m + rate g / sqrt(v
 * + epsilon), w -= m. Centred: a = rho a + (1 - rho) g, and v - a^2 in place of v below the root. Tieleman,
 * Hinton 2012; Graves 2013. */
#define HONE_RMSPROP_FIELDS(F, A) \
    HONE_LEARNING_RATE_FIELDS(F, A, 0.001) \
    F(A, NUMBER, rho, 0.9, "share of the old mean squared gradient", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, momentum, 0.0, "share of the last move that goes on", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, epsilon, 1e-7, "keeps the division finite", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, centered, false, "divide by the variance of the gradient, not its mean square") \
    HONE_OPTIMIZER_FIELDS(F, A, "rm_sprop")
HONE_DECLARE_OPTIMIZER_ARGS(rmsprop, HONE_RMSPROP_FIELDS);
#define hone_rmsprop(...) \
    HONE_ARGS_CALL(hone_rmsprop_create, hone_rmsprop_args, HONE_RMSPROP_FIELDS, __VA_ARGS__)

#include <hone/optimizers_more.h>

#ifdef __cplusplus
}
#endif
#endif
