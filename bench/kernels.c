/* Kernels on one thread at the shapes of training, the best of many rounds: our matrix products beside
 * dnnl_sgemm in nanoseconds and GFLOP/s, then the other kernels of a training step in nanoseconds.
 *
 *   bench_kernels [KERNELS ...]      default: amx avx512 avx2 generic, where this machine runs them */
#define _GNU_SOURCE
#include "kernels/product.h"
#include <dlfcn.h>
#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Says it to the OpenMP library that oneDNN brought along, for calls from this thread. */
static void use_openmp_threads(int threads)
{
    void (*set)(int), *found = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (found == NULL)
        return;
    memcpy(&set, &found, sizeof set); /* C has no cast from an object's address to a function's */
    set(threads);
}

typedef struct product {
    int64_t m, n, k;
    int turned; /* which operand lies transposed; ROUNDED */
    const char *what;
} product;

enum { TN = 1, NT = 2, ROUNDED = 4 }; /* dnnl_sgemm stays with floats */

/* clang-format off */
static const product products[] = {
    {32, 300, 784, 0, "forward 1"}, {32, 100, 300, 0, "forward 2"}, {32, 10, 100, 0, "forward 3"},
    {784, 300, 32, TN, "weights 1"}, {300, 100, 32, TN, "weights 2"}, {100, 10, 32, TN, "weights 3"},
    {32, 784, 300, NT, "inputs 1"}, {32, 300, 100, NT, "inputs 2"}, {32, 100, 10, NT, "inputs 3"},
    {32, 32, 64, 0, "small forward 1"}, {32, 16, 32, 0, "small forward 2"}, {32, 10, 16, 0, "small forward 3"},
    {64, 32, 32, TN, "small weights 1"}, {32, 16, 32, TN, "small weights 2"}, {16, 10, 32, TN, "small weights 3"},
    {32, 32, 16, NT, "small inputs 2"}, {32, 16, 10, NT, "small inputs 3"},
    {1, 300, 784, 0, "one sample"}, {784, 300, 1, TN, "one, weights"}, {1, 784, 300, NT, "one, inputs"},
    {128, 512, 512, 0, "middle N.N"}, {512, 512, 128, TN, "middle T.N"}, {128, 512, 512, NT, "middle N.T"},
    {1024, 1024, 1024, 0, "large N.N"}, {1024, 1024, 1024, TN, "large T.N"},
    {1024, 1024, 1024, NT, "large N.T"},
    {32, 300, 784, ROUNDED, "bfloat16"}, {784, 300, 32, TN | ROUNDED, "bfloat16"},
    {32, 784, 300, NT | ROUNDED, "bfloat16"}, {4096, 512, 128, ROUNDED, "bfloat16"},
    {1024, 1024, 1024, ROUNDED, "bfloat16"},
};
/* clang-format on */

/* What a training step does besides products; every operand has `floats` numbers. */
typedef struct other {
    const char *what;
    int kernel;
    int64_t items, floats;
    int64_t size[3];
    double scalar[2];
} other;

/* clang-format off */
static const other others[] = {
    {"bias_add 32 x 300", HONE_KERNEL_bias_add, 9600, 9600, {300}, {0}},
    {"relu 32 x 300", HONE_KERNEL_relu_plain, 9600, 9600, {0}, {0}},
    {"relu_gradient 32 x 300", HONE_KERNEL_relu_plain_gradient, 9600, 9600, {0}, {0}},
    {"batch_normalization 32 x 300", HONE_KERNEL_batch_normalization, 300, 9600, {32, 300, 1}, {1e-3, 0.99}},
    {"its gradient", HONE_KERNEL_batch_normalization_gradient, 300, 9600, {32, 300, 1}, {0}},
    {"dropout 32 x 100", HONE_KERNEL_dropout, 3200, 3200, {0}, {0.5}},
    {"multiply 32 x 100", HONE_KERNEL_multiply, 3200, 3200, {0}, {0}},
    {"reduce_sum over 32 rows of 300", HONE_KERNEL_reduce_sum, 300, 9600, {1, 32, 300}, {0}},
    {"softmax 32 x 10", HONE_KERNEL_softmax, 32, 320, {32, 10, 1}, {0}},
    {"sparse_crossentropy 32 x 10", HONE_KERNEL_sparse_crossentropy, 32, 320, {32, 10}, {0}},
    {"its gradient with softmax", HONE_KERNEL_sparse_softmax_crossentropy_gradient, 32, 320, {32, 10}, {0}},
    {"argmax 32 x 10", HONE_KERNEL_argmax, 32, 320, {32, 10, 1}, {0}},
    {"step_adam 266,610", HONE_KERNEL_step_adam, 266610, 266610, {0}, {0}},
    {"step_adam 4,096", HONE_KERNEL_step_adam, 4096, 4096, {0}, {0}},
    {"step_sgd 266,610", HONE_KERNEL_step_sgd, 266610, 266610, {0}, {0}},
    {"step_sgd 2,794", HONE_KERNEL_step_sgd, 2794, 2794, {0}, {0}},
    {"step_sgd_momentum 266,610", HONE_KERNEL_step_sgd_momentum, 266610, 266610, {0}, {0}},
};
/* clang-format on */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *numbers(int64_t count)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
    if (block == NULL)
        exit(1);
    for (int64_t i = 0; i < count; i++)
        block[i] = (float)(i % 17 - 8) * 0.01f;
    return block;
}

/* What one measurement runs: our kernel, or dnnl_sgemm when there is no table. */
typedef struct measurement {
    const product *what;
    const hone_kernels *kernels;
    hone_product product;
    hone_kernel_args args;
    int64_t tiles;
    void *scratch;
} measurement;

static void run_once(const measurement *subject)
{
    const product *p = subject->what;
    const hone_kernel_args *args = &subject->args;
    if (subject->kernels != NULL)
        subject->kernels->kernel[HONE_KERNEL_matmul](args, 0, subject->tiles, subject->scratch);
    else
        dnnl_sgemm(p->turned & TN ? 'T' : 'N', p->turned & NT ? 'T' : 'N', p->m, p->n, p->k, 1, args->data[1],
                   subject->product.lda, args->data[2], subject->product.ldb, 0, args->data[0],
                   subject->product.ldc);
}

/* The best nanoseconds of one run. */
static double measure(const measurement *subject)
{
    double flops = 2.0 * (double)(subject->what->m * subject->what->n * subject->what->k), best = 1e9;
    int repeats = (int)(2e6 / flops) + 1;
    for (int round = 0; round < 400 && round * flops < 2e10; round++) {
        double start = seconds();
        for (int i = 0; i < repeats; i++)
            run_once(subject);
        double time = (seconds() - start) / repeats;
        if (time < best)
            best = time;
    }
    return best * 1e9;
}

static void prepare(measurement *subject, const product *p, const hone_kernels *kernels)
{
    *subject = (measurement){.what = p, .kernels = kernels};
    subject->product = hone_product_of(p->m, p->n, p->k, p->turned & TN, p->turned & NT);
    subject->product.training = true;
    subject->product.bfloat16 = p->turned & ROUNDED;
    hone_tiles tiles = {0};
    if (kernels != NULL)
        tiles = kernels->tiling[HONE_KERNEL_matmul](&subject->product);
    subject->args =
        (hone_kernel_args){.data = {numbers(p->m * p->n), numbers(p->m * p->k), numbers(p->k * p->n)},
                           .family = &subject->product};
    subject->tiles = tiles.count;
    subject->scratch = aligned_alloc(64, (tiles.scratch + 127) / 64 * 64);
}

static void report_product(const product *p, const hone_kernels *kernels)
{
    measurement subject;
    prepare(&subject, p, kernels);
    double time = measure(&subject);
    printf("  %10.0f ns %6.1f", time, 2.0 * (double)(p->m * p->n * p->k) / time);
    for (int i = 0; i < 3; i++)
        free(subject.args.data[i]);
    free(subject.scratch);
}

static void report_other(const other *what, const hone_kernels *kernels)
{
    static const double step[] = {1e-3, 0.1, 1e-3, 1e-7};
    static const hone_random random = {.key = {1, 2}, .step = 3};
    hone_kernel_args args = {.random = &random, .step = step};
    double best = 1e9, start = seconds();
    int repeats = (int)(100000 / what->floats) + 1;
    for (int i = 0; i < 8; i++) {
        args.data[i] = numbers(what->floats);
        for (int64_t j = 0; j < what->floats; j++)
            ((float *)args.data[i])[j] = 0.1f + 0.01f * (float)(j % 23);
    }
    memcpy(args.size, what->size, sizeof what->size);
    memcpy(args.scalar, what->scalar, sizeof what->scalar);
    while (seconds() < start + 0.05) {
        double begin = seconds();
        for (int i = 0; i < repeats; i++)
            kernels->kernel[what->kernel](&args, 0, what->items, NULL);
        double time = (seconds() - begin) / repeats;
        best = time < best ? time : best;
    }
    printf("  %10.0f ns", best * 1e9);
    for (int i = 0; i < 8; i++)
        free(args.data[i]);
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"amx", "avx512", "avx2", "generic"};
    const hone_kernels *tables[8] = {NULL}; /* the first stands for dnnl_sgemm */
    int count = 1;
    use_openmp_threads(1);
    printf("%-34s  %20s", "", "dnnl_sgemm");
    for (int i = 0; i < (argc > 1 ? argc - 1 : 4) && count < 8; i++) {
        tables[count] = hone_internal_kernels_named(argc > 1 ? argv[i + 1] : usual[i]);
        if (tables[count] != NULL)
            printf("  %20s", tables[count++]->name);
    }
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        const product *p = &products[i];
        printf("\n%-16s %5d%5d%5d %s", p->what, (int)p->m, (int)p->n, (int)p->k,
               p->turned & TN   ? "TN"
               : p->turned & NT ? "NT"
                                : "NN");
        for (int table = 0; table < count; table++)
            report_product(p, tables[table]), fflush(stdout);
    }
    printf("\n\n");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        printf("%-34s", others[i].what);
        for (int table = 1; table < count; table++)
            report_other(&others[i], tables[table]);
        printf("\n");
    }
    return 0;
}
