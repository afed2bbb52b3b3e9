/* Softmax, normalizations and crossentropies of the reference, and their gradients against differences. */
#include "testing/ref_kernels.h"

/* f = sum of weights * result; the derivative of f in operand x against central differences. `forward`
 * fills `result` from x. */
typedef void forward(const double *x, double *result, int64_t count);

static void check_gradient(const char *what, forward *compute, double *x, const double *gradient,
                           const double *weights, int64_t count, int64_t results)
{
    double above[64], below[64];
    const double h = 1e-5;
    for (int64_t i = 0; i < count; i++) {
        const double kept = x[i];
        double difference = 0;
        x[i] = kept + h;
        compute(x, above, count);
        x[i] = kept - h;
        compute(x, below, count);
        x[i] = kept;
        for (int64_t j = 0; j < results; j++)
            difference += weights[j] * (above[j] - below[j]) / (2 * h);
        check_near(what, gradient[i], difference, 1e-7);
    }
}

static void fill_wave(double *x, int64_t count, double phase)
{
    for (int64_t i = 0; i < count; i++)
        x[i] = 1.3 * sin(2.1 * (double)i + phase);
}

static void softmax_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 5, 3}};
    run(HONE_KERNEL_softmax, &args, 6);
}

static void log_softmax_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 5, 3}};
    run(HONE_KERNEL_log_softmax, &args, 6);
}

TEST(softmax_is_right)
{
    double x[30], y[30], dy[30], dx[30];
    fill_wave(x, 30, 0.3);
    fill_wave(dy, 30, 1.7);
    const hone_kernel_args args = {.data = {dx, y, dy}, .size = {2, 5, 3}};
    softmax_of(x, y, 30);
    check_near("sum", y[0] + y[3] + y[6] + y[9] + y[12], 1, 1e-12);
    run(HONE_KERNEL_softmax_gradient, &args, 6);
    check_gradient("softmax", softmax_of, x, dx, dy, 30, 30);
    log_softmax_of(x, y, 30);
    run(HONE_KERNEL_log_softmax_gradient, &args, 6);
    check_gradient("log_softmax", log_softmax_of, x, dx, dy, 30, 30);
    double z[2] = {1000, 1000 - log(3)};
    const hone_kernel_args large = {.data = {z, z}, .size = {1, 2, 1}};
    run(HONE_KERNEL_softmax, &large, 1);
    CHECK_ALL("large", z, 0.75, 0.25);
}

static double means[4], inverses[4], moving[2][4];
static const double gamma_values[4] = {0.5, 1.5, -1, 2}, beta_values[4] = {0, 1, 2, 3};

/* [3, 4, 2] */
static void batch_normalization_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {
        .data = {y, means, inverses, (void *)x, (void *)gamma_values, (void *)beta_values, moving[0],
                 moving[1]},
        .size = {3, 4, 2},
        .scalar = {1e-3, 0.9},
    };
    run(HONE_KERNEL_batch_normalization, &args, 4);
}

TEST(batch_normalization_is_right)
{
    double x[24], y[24], dy[24], dx[24], dgamma[4], dbeta[4], mean = 0, variance = 0;
    fill_wave(x, 24, 0.3);
    fill_wave(dy, 24, 1.7);
    moving[0][1] = 5, moving[1][1] = 7;
    batch_normalization_of(x, y, 24);
    for (int i = 0; i < 6; i++)
        mean += x[i / 2 * 8 + 2 + i % 2] / 6;
    for (int i = 0; i < 6; i++)
        variance += pow(x[i / 2 * 8 + 2 + i % 2] - mean, 2) / 6;
    check_near("mean", means[1], mean, 1e-12);
    check_near("inverse", inverses[1], 1 / sqrt(variance + 1e-3), 1e-12);
    check_near("moving mean", moving[0][1], 0.9 * 5 + 0.1 * mean, 1e-12);
    check_near("moving variance", moving[1][1], 0.9 * 7 + 0.1 * variance, 1e-12);
    check_near("y", y[11], (x[11] - mean) / sqrt(variance + 1e-3) * 1.5 + 1, 1e-12);
    const hone_kernel_args args = {
        .data = {dx, dgamma, dbeta, x, dy, means, inverses, (void *)gamma_values},
        .size = {3, 4, 2},
    };
    run(HONE_KERNEL_batch_normalization_gradient, &args, 4);
    check_gradient("batch_normalization", batch_normalization_of, x, dx, dy, 24, 24);
    double sum = 0, product = 0;
    for (int i = 0; i < 6; i++) {
        const int place = i / 2 * 8 + 2 + i % 2;
        sum += dy[place];
        product += dy[place] * (y[place] - 1) / 1.5;
    }
    check_near("dbeta", dbeta[1], sum, 1e-12);
    check_near("dgamma", dgamma[1], product, 1e-12);
}

TEST(batch_normalization_keeps_digits_far_from_zero)
{
    float x[4] = {10000, 10001, 10002, 10003}, y[4], mean, inverse;
    const hone_kernel_args args = {.data = {y, &mean, &inverse, x}, .size = {4, 1, 1}};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        hone_internal_kernels_named(*name)->kernel[HONE_KERNEL_batch_normalization](&args, 0, 1, NULL);
        check_near("inverse", (double)inverse, 1 / sqrt(1.25), 1e-6);
        check_near("y", (double)y[3], 1.5 / sqrt(1.25), 1e-6);
    }
}

TEST(inference_normalizes_by_given_statistics)
{
    const double mean[] = {1, 2}, variance[] = {4, 9};
    double y[4];
    const hone_kernel_args args = {
        .data = {y, (void *)numbers, (void *)mean, (void *)variance, (void *)(gamma_values + 2),
                 (void *)(beta_values + 2)},
        .size = {2, 2, 1},
    };
    run(HONE_KERNEL_normalize_by_statistics, &args, 4);
    CHECK_ALL("normalize", y, 2 - 1.0, 3 - 2.0 / 3, 2 - 1.5, 3 - 2.0 / 3);
}

static double uncentred;

static void row_normalization_of(const double *x, double *y, int64_t count)
{
    (void)count;
    double mean[3], inverse[3];
    const hone_kernel_args args = {
        .data = {y, mean, inverse, (void *)x}, .size = {3, 5}, .scalar = {1e-3, uncentred}};
    run(HONE_KERNEL_row_normalization, &args, 3);
}

TEST(row_normalization_is_right)
{
    double x[15], y[15], dy[15], dx[15], mean[3], inverse[3];
    for (uncentred = 0; uncentred < 2; uncentred++) {
        fill_wave(x, 15, 0.3);
        fill_wave(dy, 15, 1.7);
        hone_kernel_args args = {.data = {y, mean, inverse, x}, .size = {3, 5}, .scalar = {1e-3, uncentred}};
        run(HONE_KERNEL_row_normalization, &args, 3);
        args = (hone_kernel_args){.data = {dx, y, dy, inverse}, .size = {3, 5}, .scalar = {0, uncentred}};
        run(HONE_KERNEL_row_normalization_gradient, &args, 3);
        check_gradient("row_normalization", row_normalization_of, x, dx, dy, 15, 15);
    }
}

static const double class_ids[3] = {1, 0, 2};

static void crossentropy_of(const double *p, double *loss, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {loss, (void *)p, (void *)class_ids}, .size = {3, 3}};
    run(HONE_KERNEL_sparse_crossentropy, &args, 3);
}

TEST(sparse_crossentropy_is_right)
{
    double p[9] = {0.2, 0.5, 0.3, 2, 1, 1, 0.1, 0.8, 0.4}, loss[3], dp[9];
    const double upstream[3] = {1, 2, 3};
    const hone_kernel_args args = {.data = {dp, p, (void *)class_ids, (void *)upstream}, .size = {3, 3}};
    crossentropy_of(p, loss, 9);
    CHECK_ALL("loss", loss, -log(0.5), -log(0.5), -log(0.4 / 1.3));
    run(HONE_KERNEL_sparse_crossentropy_gradient, &args, 3);
    check_gradient("sparse_crossentropy", crossentropy_of, p, dp, upstream, 9, 3);
    p[0] = p[2] = 0, p[3] = 0;
    crossentropy_of(p, loss, 9);
    CHECK_ALL("clipped loss", loss, -log(1 - 1e-7), -log(1e-7), -log(0.4 / 1.3));
    run(HONE_KERNEL_sparse_crossentropy_gradient, &args, 3);
    CHECK_ALL("clipped derivative", dp, 0, 0, 0, 0, 0, 0);
}

TEST(softmax_crossentropy_gradients_are_right)
{
    const double p[6] = {0.2, 0.5, 0.3, 0.1, 0.1, 0.8}, ids[2] = {1, 7}, upstream[2] = {2, 0};
    const double targets[6] = {0.5, 0.5, 1, 0, 0, 0}, ones[2] = {1, 1};
    double dz[6];
    hone_kernel_args args = {.data = {dz, (void *)p, (void *)ids, (void *)upstream}, .size = {2, 3}};
    run(HONE_KERNEL_sparse_softmax_crossentropy_gradient, &args, 2);
    CHECK_ALL("sparse", dz, 0.4, -1, 0.6, 0, 0, 0);
    args.data[2] = (void *)targets, args.data[3] = (void *)ones;
    run(HONE_KERNEL_softmax_crossentropy_gradient, &args, 2);
    CHECK_ALL("rows", dz, -0.1, 0.5, -0.4, 0, 0, 0);
}
