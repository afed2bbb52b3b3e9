/* Normalisation in C source: by constants it is a factor and an offset for each channel, which go into a step
 * with weights beside it. */
#include "csource/normalization.h"
#include "csource/fold.h"
#include "csource/product.h"

#include <math.h>

static void run_scale(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const float *x = args->data[1], *factor = args->data[2], *offset = args->data[3];
    const int64_t count = args->size[0] * args->size[1] * args->size[2];
    float *y = args->data[0];
    (void)begin, (void)end, (void)scratch;
    for (int64_t i = 0; i < count; i++) {
        const int64_t c = i / args->size[2] % args->size[1];
        y[i] = x[i] * factor[c] + offset[c];
    }
}

const hone_c_form hone_internal_c_scale = {
    .kernel = HONE_KERNEL_COUNT, .call = "op_scale($0, $1, $2, $3, #0, #1, #2)", .run = run_scale};

static bool is_scale(const hone_c_program *program, const hone_c_step *step)
{
    if (step->kernel != HONE_KERNEL_normalize_by_statistics)
        return false;
    for (int i = 2; i < 6; i++)
        if (step->slots[i] >= 0 && !hone_internal_c_is_constant(program, step->slots[i]))
            return false;
    return !hone_internal_c_is_constant(program, step->slots[1]);
}

/* factor = gamma / sqrt(variance + epsilon), offset = beta - mean factor */
static void fill_scale(const hone_c_program *program, const hone_c_step *step, float *factor, float *offset)
{
    const float *mean = hone_internal_c_data(program, step->slots[2]),
                *variance = hone_internal_c_data(program, step->slots[3]);
    const float *gamma = step->slots[4] < 0 ? NULL : hone_internal_c_data(program, step->slots[4]),
                *beta = step->slots[5] < 0 ? NULL : hone_internal_c_data(program, step->slots[5]);
    for (int64_t c = 0; c < step->args.size[1]; c++) {
        const double scale =
            (gamma == NULL ? 1 : (double)gamma[c]) / sqrt((double)variance[c] + step->args.scalar[0]);
        factor[c] = (float)scale;
        offset[c] = (float)((beta == NULL ? 0 : (double)beta[c]) - (double)mean[c] * scale);
    }
}

static hone_status make_scale(hone_c_program *program, int index)
{
    hone_c_step *step = &program->steps[index];
    const int64_t channels = step->args.size[1];
    const int factor = hone_internal_c_add_constant(program, channels, step->scope);
    const int offset = hone_internal_c_add_constant(program, channels, step->scope);
    if (factor < 0 || offset < 0)
        return HONE_ERROR_MEMORY;
    fill_scale(program, step, hone_internal_c_data(program, factor), hone_internal_c_data(program, offset));
    step->kernel = HONE_KERNEL_COUNT;
    step->form = &hone_internal_c_scale;
    step->slots[2] = factor;
    step->slots[3] = offset;
    step->slots[4] = step->slots[5] = -1;
    hone_internal_c_count_readers(program);
    return HONE_OK;
}

/* (x w^T + bias) factor + offset: rows of w times factor, bias factor + offset. 1: done. */
static int fold_back(hone_c_program *program, int index)
{
    const hone_c_step scale = program->steps[index];
    const int64_t channels = scale.args.size[1];
    const hone_c_slot *x = hone_internal_c_slot(program, scale.slots[1]);
    const int before = hone_internal_c_writer(program, scale.slots[1]);
    if (!hone_internal_c_owns_weights(program, before) || x->readers != 1 || x->place != HONE_C_WORK ||
        scale.args.size[2] != 1 || program->steps[before].args.size[2] != channels)
        return 0;
    float *bias = hone_internal_c_own_bias(program, before);
    if (bias == NULL)
        return HONE_ERROR_MEMORY;
    const float *factor = hone_internal_c_data(program, scale.slots[2]),
                *offset = hone_internal_c_data(program, scale.slots[3]);
    const hone_c_slot *weights = hone_internal_c_slot(program, program->steps[before].slots[2]);
    const int64_t k = weights->count / channels;
    for (int64_t j = 0; j < channels; j++) {
        bias[j] = (float)((double)bias[j] * (double)factor[j] + (double)offset[j]);
        for (int64_t i = 0; i < k; i++)
            weights->data[j * k + i] *= factor[j];
    }
    program->steps[before].slots[0] = scale.slots[0];
    hone_internal_c_drop_step(program, index);
    return 1;
}

/* (x factor + offset) w^T + bias: columns of w times factor, bias + offset w^T. Flattened channels repeat.
 * Not with int8 weights: a large factor in one column would coarsen the whole row. */
static int fold_forward(hone_c_program *program, int index)
{
    const hone_c_step scale = program->steps[index];
    const int64_t channels = scale.args.size[1];
    const hone_c_slot *y = hone_internal_c_slot(program, scale.slots[0]);
    const int dense = hone_internal_c_reader(program, scale.slots[0]);
    if (program->bytes || !hone_internal_c_owns_weights(program, dense) ||
        program->steps[dense].form != &hone_internal_c_dense || y->readers != 1 || y->place != HONE_C_WORK ||
        scale.args.size[2] != 1 || program->steps[dense].slots[1] != scale.slots[0] ||
        program->steps[dense].args.size[1] % channels != 0)
        return 0;
    float *bias = hone_internal_c_own_bias(program, dense);
    if (bias == NULL)
        return HONE_ERROR_MEMORY;
    const float *factor = hone_internal_c_data(program, scale.slots[2]),
                *offset = hone_internal_c_data(program, scale.slots[3]);
    float *w = hone_internal_c_data(program, program->steps[dense].slots[2]);
    const int64_t k = program->steps[dense].args.size[1], n = program->steps[dense].args.size[2];
    for (int64_t j = 0; j < n; j++) {
        double sum = (double)bias[j];
        for (int64_t i = 0; i < k; i++) {
            sum += (double)w[j * k + i] * (double)offset[i % channels];
            w[j * k + i] *= factor[i % channels];
        }
        bias[j] = (float)sum;
    }
    program->steps[dense].slots[1] = scale.slots[1];
    hone_internal_c_drop_step(program, index);
    return 1;
}

static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        if (!is_scale(program, &program->steps[s]))
            continue;
        HONE_TRY(make_scale(program, s));
        int folded = fold_back(program, s);
        if (folded == 0)
            folded = fold_forward(program, s);
        if (folded < 0)
            return (hone_status)folded;
        s -= folded;
    }
    return HONE_OK;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_row_normalization, .call = "op_row_normalization($0, $3, #0, #1, %0, %1)"},
    {.kernel = HONE_KERNEL_normalize_by_statistics,
     .call = "op_normalize($0, $1, $2, $3, $4, $5, #0, #1, #2, %0)"},
};
HONE_C_FAMILY(normalization, forms, rewrite);
