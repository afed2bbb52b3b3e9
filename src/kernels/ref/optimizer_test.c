/* Steps of optimizers in the reference, from w = 1, g = 0.5; sums of metrics. */
#include "testing/ref_kernels.h"

TEST(metrics_have_known_values)
{
    const double v[] = {1, NAN, 3}, w[] = {2, 0, 1}, thresholds[] = {0.4, 0.6};
    double mean[2] = {10, 1};
    const hone_kernel_args accumulate = {.data = {mean, (void *)v, (void *)w}, .size = {3}, .scalar = {1}};
    run(HONE_KERNEL_accumulate_mean, &accumulate, 1);
    CHECK_ALL("mean", mean, 15, 4);
    const double truths[] = {1, 1, 0, 0}, predictions[] = {0.9, 0.5, 0.6, 0.1};
    double counts[8] = {0};
    const hone_kernel_args confusion = {
        .data = {counts, (void *)truths, (void *)predictions}, .size = {4, 1, 2, 1}, .family = thresholds};
    run(HONE_KERNEL_accumulate_confusion, &confusion, 1);
    CHECK_ALL("TP, FP, TN, FN", counts, 2, 1, 1, 0, 1, 2, 0, 1);
    const double true_ids[] = {0, 1, 1, 5}, predicted_ids[] = {0, 1, 0, 0};
    double classes[4] = {0};
    const hone_kernel_args square = {.data = {classes, (void *)true_ids, (void *)predicted_ids},
                                     .size = {4, 2}};
    run(HONE_KERNEL_accumulate_classes, &square, 1);
    CHECK_ALL("classes", classes, 1, 0, 1, 1);
}

typedef struct step_case {
    const char *name;
    hone_kernel_index kernel;
    double c[6], slots[3], w, after[3];
} step_case;

static const step_case step_cases[] = {
    {"sgd", HONE_KERNEL_step_sgd, {0.1}, {0}, 0.95, {0}},
    {"sgd_momentum", HONE_KERNEL_step_sgd_momentum, {0.1, 0.9}, {0.2}, 1.13, {0.13}},
    {"sgd_nesterov", HONE_KERNEL_step_sgd_nesterov, {0.1, 0.9}, {0.2}, 1.067, {0.13}},
    {"adam", HONE_KERNEL_step_adam, {0.1, 0.1, 0.01, 0.5}, {0, 0.09}, 0.99377067295, {0.05, 0.0916}},
    {"adam_amsgrad",
     HONE_KERNEL_step_adam_amsgrad,
     {0.1, 0.1, 0.01, 0.5},
     {0, 0.09, 0.25},
     0.995,
     {0.05, 0.0916, 0.25}},
    {"adamax", HONE_KERNEL_step_adamax, {0.1, 0.1, 0.9, 0.5}, {0, 2}, 0.99782608695652, {0.05, 1.8}},
    {"nadam",
     HONE_KERNEL_step_nadam,
     {0.1, 0.2, 0.1, 0.01, 4, 0.5},
     {0, 0.09},
     0.90500401210,
     {0.05, 0.0916}},
    {"rmsprop", HONE_KERNEL_step_rmsprop, {0.1, 0.1, 0.01}, {0.25}, 0.90194193243, {0.25}},
    {"rmsprop_momentum",
     HONE_KERNEL_step_rmsprop_momentum,
     {0.1, 0.1, 0.01, 0.5},
     {0.25, 1},
     0.40194193243,
     {0.25, 0.59805806757}},
    {"rmsprop_centered",
     HONE_KERNEL_step_rmsprop_centered,
     {0.1, 0.1, 0.01},
     {0.25, 0},
     0.90146707218,
     {0.25, 0.05}},
    {"rmsprop_centered_momentum",
     HONE_KERNEL_step_rmsprop_centered_momentum,
     {0.1, 0.1, 0.01, 0.5},
     {0.25, 1, 0},
     0.40146707218,
     {0.25, 0.59853292782, 0.05}},
    {"adagrad", HONE_KERNEL_step_adagrad, {0.1, 0.01}, {0.1}, 0.91666666667, {0.35}},
    {"lion", HONE_KERNEL_step_lion, {0.1, 0.1, 0.01}, {-0.2}, 1.1, {-0.193}},
    {"weight_decay", HONE_KERNEL_step_weight_decay, {0.1}, {0}, 0.9, {0}},
    {"ema", HONE_KERNEL_step_ema, {0.75}, {3}, 1, {2.5}},
    {"accumulate", HONE_KERNEL_step_accumulate, {0}, {3}, 1, {3.5}},
};

TEST(optimizer_steps_have_known_values)
{
    for (size_t i = 0; i < sizeof step_cases / sizeof step_cases[0]; i++) {
        const step_case *s = &step_cases[i];
        double w = 1, g = 0.5, slots[3];
        memcpy(slots, s->slots, sizeof slots);
        const hone_kernel_args args = {.data = {&w, &g, &slots[0], &slots[1], &slots[2]}, .step = s->c};
        run(s->kernel, &args, 1);
        check_near(s->name, w, s->w, 1e-7);
        for (int slot = 0; slot < 3; slot++)
            check_near(s->name, slots[slot], s->after[slot], 1e-7);
    }
}

/* By Keras's formulas: p = -0.5, l1 = 0.01, l2 = 0.02, beta = 0.3, shrinkage 0.04,
 * rate 0.1. */
TEST(ftrl_and_adadelta_follow_their_formulas)
{
    double w = 1, g = 0.5, n = 0.1, z = 0.2;
    const double l2 = 0.02 + 0.3 / (2 * 0.1), after = n + g * g;
    const double linear = z + g + 2 * 0.04 * w - (sqrt(after) - sqrt(n)) / 0.1 * w;
    const double clipped = linear > 0.01 ? 0.01 : linear < -0.01 ? -0.01 : linear;
    const double weight = (clipped - linear) / (sqrt(after) / 0.1 + 2 * l2);
    const double c[] = {0.1, 0.5, 0.01, 2 * 0.02 + 0.3 / 0.1, 2 * 0.04};
    const hone_kernel_args ftrl = {.data = {&w, &g, &n, &z}, .step = c};
    run(HONE_KERNEL_step_ftrl, &ftrl, 1);
    CHECK_ALL("ftrl", ((double[]){w, n, z}), weight, after, linear);
    double a = 0.3, d = 0.2, v = 1;
    const double rates[] = {0.1, 0.05, 1e-7};
    const hone_kernel_args adadelta = {.data = {&v, &g, &a, &d}, .step = rates};
    run(HONE_KERNEL_step_adadelta, &adadelta, 1);
    const double sum = 0.95 * 0.3 + 0.05 * 0.25, delta = -sqrt(0.2 + 1e-7) / sqrt(sum + 1e-7) * 0.5;
    CHECK_ALL("adadelta", ((double[]){v, a, d}), 1 + 0.1 * delta, sum, 0.95 * 0.2 + 0.05 * delta * delta);
}
