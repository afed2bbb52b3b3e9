/* Products in C source: with a constant matrix a dense step, whose bias is its own. */
#include "csource/product.h"
#include "csource/fold.h"
#include "kernels/product.h"

#include <string.h>

double hone_internal_c_dot(const float *x, const float *w, int64_t k)
{
    double sums[4] = {0};
    int64_t i = 0;
    for (; i + 3 < k; i += 4)
        for (int lane = 0; lane < 4; lane++)
            sums[lane] += (double)x[i + lane] * (double)w[i + lane];
    for (; i < k; i++)
        sums[0] += (double)x[i] * (double)w[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void run_dense(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t k = args->size[1], n = args->size[2];
    const float *x = args->data[1], *w = args->data[2], *bias = args->data[3];
    float *y = args->data[0];
    (void)begin, (void)end, (void)scratch;
    for (int64_t r = 0; r < args->size[0]; r++)
        for (int64_t j = 0; j < n; j++)
            y[r * n + j] =
                (float)(hone_internal_c_dot(x + r * k, w + j * k, k) + (bias != NULL ? (double)bias[j] : 0));
}

int64_t hone_internal_c_dense_work(const hone_c_step *step)
{
    return step->args.size[0] * step->args.size[1] * step->args.size[2];
}

const hone_c_form hone_internal_c_dense = {.kernel = HONE_KERNEL_COUNT,
                                           .call = "op_dense($0, $1, $2, $3, #0, #1, #2)",
                                           .call_int8 = "op_dense_int8($0, $1, $2, &2, $3, #0, #1, #2)",
                                           .bytes = 2,
                                           .has_bias = true,
                                           .run = run_dense,
                                           .multiply_adds = hone_internal_c_dense_work};

/* C [batch * m, n] = A [batch * m, k] B with one constant B for all, all without gaps. */
static bool is_dense(const hone_c_program *program, const hone_c_step *step)
{
    if (step->kernel != HONE_KERNEL_matmul)
        return false;
    const hone_product *p = step->args.family;
    bool rows = !p->transpose_a && p->lda == p->k && (p->batch == 1 || p->next_a == p->m * p->k);
    bool row = p->transpose_a && p->m == 1 && p->lda == 1 && p->batch == 1;
    return hone_internal_c_is_constant(program, step->slots[2]) &&
           !hone_internal_c_is_constant(program, step->slots[1]) && (rows || row) && p->ldc == p->n &&
           p->ldb == (p->transpose_b ? p->k : p->n) && (p->batch == 1 || p->next_b == 0) &&
           hone_internal_c_slot(program, step->slots[2])->count == p->n * p->k;
}

static hone_status make_dense(hone_c_program *program, hone_c_step *step)
{
    const hone_product *product = step->args.family;
    const int64_t rows = product->m * product->batch, n = product->n, k = product->k;
    const int matrix =
        product->transpose_b ? step->slots[2] : hone_internal_c_transpose(program, step->slots[2], 1, k, n);
    if (matrix < 0)
        return HONE_ERROR_MEMORY;
    step->slots[2] = matrix;
    step->slots[3] = -1;
    step->kernel = HONE_KERNEL_COUNT;
    step->form = &hone_internal_c_dense;
    step->args = (hone_kernel_args){.size = {rows, k, n}};
    step->in_place = 0;
    return HONE_OK;
}

static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        if (is_dense(program, &program->steps[s]))
            HONE_TRY(make_dense(program, &program->steps[s]));
    hone_internal_c_join_biases(program);
    return HONE_OK;
}

/* In the order in which op_matmul takes them. */
static void product_numbers(const hone_c_step *step, int64_t numbers[HONE_C_NUMBERS])
{
    const hone_product *product = step->args.family;
    const int64_t turned = (product->transpose_a ? 1 : 0) | (product->transpose_b ? 2 : 0);
    const int64_t in_order[] = {product->batch, product->m,   product->n, product->k,      product->lda,
                                product->ldb,   product->ldc, turned,     product->next_a, product->next_b};
    memcpy(numbers, in_order, sizeof in_order);
}

static int64_t product_work(const hone_c_step *step)
{
    const hone_product *product = step->args.family;
    return product->batch * product->m * product->n * product->k;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_matmul,
     .call = "op_matmul($0, $1, $2, #0, #1, #2, #3, #4, #5, #6, #7, #8, #9)",
     .numbers = product_numbers,
     .multiply_adds = product_work},
};
HONE_C_FAMILY(product, forms, rewrite);
