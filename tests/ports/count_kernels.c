/* Runs kernels of each table once between two marks of count_plugin.c, at the shapes of training: what QEMU
 * prints between them is how many instructions a kernel takes. Prints a line "TABLE what" for each pair of
 * marks; instructions.sh joins the two.
 *
 *   count_kernels TABLE... */
#include "kernels/product.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TN = 1, NT = 2, OPERANDS = 8 };

typedef struct product_case {
    int64_t m, n, k;
    int turned;
} product_case;

static const product_case products[] = {
    {32, 300, 784, 0},  {32, 100, 300, 0},  {32, 10, 100, 0},    {784, 300, 32, TN},
    {300, 100, 32, TN}, {100, 10, 32, TN},  {32, 784, 300, NT},  {32, 300, 100, NT},
    {1, 300, 784, 0},   {128, 512, 512, 0}, {512, 512, 128, TN}, {128, 512, 512, NT},
};

typedef struct other_case {
    const char *what;
    hone_kernel_index kernel;
    int64_t items, floats, size[3];
    double scalar[2];
} other_case;

#define EACH(name, items) \
    { \
#name, HONE_KERNEL_##name, items, items, {items }, \
        { \
            1, 0.5 \
        } \
    }
static const other_case others[] = {
    EACH(relu_plain, 9600),
    EACH(relu_plain_gradient, 9600),
    EACH(exp, 9600),
    EACH(log, 9600),
    EACH(tanh, 9600),
    EACH(sigmoid, 9600),
    EACH(gelu, 9600),
    EACH(softplus, 9600),
    EACH(affine, 9600),
    EACH(add, 9600),
    EACH(multiply, 9600),
    {"bias_add", HONE_KERNEL_bias_add, 9600, 9600, {300}, {0}},
    {"dropout", HONE_KERNEL_dropout, 3200, 3200, {0}, {0.5}},
    {"batch_normalization 32 x 300", HONE_KERNEL_batch_normalization, 300, 9600, {32, 300, 1}, {1e-3, 0.99}},
    {"batch_normalization_gradient 32 x 300",
     HONE_KERNEL_batch_normalization_gradient,
     300,
     9600,
     {32, 300, 1},
     {0}},
    {"batch_moments 256 x 64", HONE_KERNEL_batch_moments, 1, 16384, {256, 64, 256}, {0}},
    {"batch_slopes 256 x 64", HONE_KERNEL_batch_slopes, 1, 16384, {256, 64, 256}, {0}},
    {"batch_apply 64 channels", HONE_KERNEL_batch_apply, 9600, 9600, {64}, {0}},
    {"row_normalization 32 x 300", HONE_KERNEL_row_normalization, 32, 9600, {32, 300}, {1e-3}},
    {"reduce_sum of 32 rows", HONE_KERNEL_reduce_sum, 300, 9600, {1, 32, 300}, {0}},
    {"softmax 32 x 10", HONE_KERNEL_softmax, 32, 320, {32, 10, 1}, {0}},
    {"softmax 32 x 300", HONE_KERNEL_softmax, 32, 9600, {32, 300, 1}, {0}},
    {"softmax_gradient 32 x 300", HONE_KERNEL_softmax_gradient, 32, 9600, {32, 300, 1}, {0}},
    EACH(step_sgd, 9600),
    EACH(step_sgd_momentum, 9600),
    EACH(step_adam, 9600),
    EACH(step_nadam, 9600),
    EACH(step_rmsprop, 9600),
    EACH(step_lion, 9600),
};

static float *numbers(int64_t count)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
    if (block == NULL)
        exit(1);
    for (int64_t i = 0; i < count; i++)
        block[i] = 0.1f + 0.01f * (float)(i % 23);
    return block;
}

static void count(const hone_kernels *table, hone_kernel_index kernel, const hone_kernel_args *args,
                  int64_t items, void *scratch, const char *what)
{
    printf("%s %s\n", table->name, what);
    getppid();
    table->kernel[kernel](args, 0, items, scratch);
    getppid();
}

static void count_product(const hone_kernels *table, const product_case *is)
{
    hone_product product = hone_product_of(is->m, is->n, is->k, is->turned & TN, is->turned & NT);
    hone_tiles tiles = table->tiling[HONE_KERNEL_matmul](&product);
    hone_kernel_args args = {.data = {numbers(is->m * is->n), numbers(is->m * is->k), numbers(is->k * is->n)},
                             .family = &product};
    float *scratch = numbers((int64_t)(tiles.scratch / sizeof(float)) + 16);
    char what[64];
    snprintf(what, sizeof what, "matmul %d x %d x %d %s", (int)is->m, (int)is->n, (int)is->k,
             is->turned == TN   ? "A turned"
             : is->turned == NT ? "B turned"
                                : "plain");
    count(table, HONE_KERNEL_matmul, &args, tiles.count, scratch, what);
    for (int i = 0; i < 3; i++)
        free(args.data[i]);
    free(scratch);
}

static void count_other(const hone_kernels *table, const other_case *is)
{
    static const double step[] = {1e-3, 0.1, 1e-3, 1e-7, 1, 1e-7};
    static const hone_random random = {.key = {1, 2}, .step = 3};
    hone_kernel_args args = {.random = &random, .step = step};
    for (int i = 0; i < OPERANDS; i++)
        args.data[i] = numbers(is->floats);
    if (is->kernel == HONE_KERNEL_add || is->kernel == HONE_KERNEL_multiply)
        args.size[0] = 0;
    memcpy(args.size, is->size, sizeof is->size);
    memcpy(args.scalar, is->scalar, sizeof is->scalar);
    count(table, is->kernel, &args, is->items, NULL, is->what);
    for (int i = 0; i < OPERANDS; i++)
        free(args.data[i]);
}

int main(int argc, char **argv)
{
    for (int t = 1; t < argc; t++) {
        const hone_kernels *table = hone_internal_kernels_named(argv[t]);
        if (table == NULL) {
            fprintf(stderr, "%s\n", hone_error_message());
            return 1;
        }
        for (size_t i = 0; i < sizeof products / sizeof *products; i++)
            count_product(table, &products[i]);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            count_other(table, &others[i]);
    }
    return 0;
}
