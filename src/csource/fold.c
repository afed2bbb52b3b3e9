/* Rewriting the steps of a C source: dense steps, and normalisation by constants folded into them. */
#include "csource/program.h"
#include "kernels/product.h"

#include <math.h>
#include <string.h>

static hone_c_slot *slot_at(const hone_c_program *program, int slot)
{
    return &program->slots[slot];
}

static bool is_constant(const hone_c_program *program, int slot)
{
    return slot >= 0 && slot_at(program, slot)->place == HONE_C_CONSTANT;
}

/* The step that writes a slot, or -1. */
static int writer_of(const hone_c_program *program, int slot)
{
    for (int s = 0; s < program->step_count; s++)
        if (program->steps[s].slots[0] == slot && (program->steps[s].written & 1))
            return s;
    return -1;
}

static int reader_of(const hone_c_program *program, int slot)
{
    for (int s = 0; s < program->step_count; s++)
        for (int i = 1; i < HONE_KERNEL_OPERANDS; i++)
            if (program->steps[s].slots[i] == slot && !(program->steps[s].written >> i & 1))
                return s;
    return -1;
}

static void drop_step(hone_c_program *program, int step)
{
    memmove(&program->steps[step], &program->steps[step + 1],
            (size_t)(program->step_count - step - 1) * sizeof *program->steps);
    program->step_count--;
    hone_internal_c_count_readers(program);
}

/* ---- products with a constant matrix ---- */

/* [k, n] as [n, k], made once. */
static int transpose(hone_c_program *program, int slot, int64_t k, int64_t n)
{
    if (slot_at(program, slot)->transposed >= 0)
        return slot_at(program, slot)->transposed;
    int turned = hone_internal_c_add_constant(program, k * n, slot_at(program, slot)->label);
    if (turned < 0)
        return -1;
    const float *from = slot_at(program, slot)->data;
    float *to = slot_at(program, turned)->data;
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < n; j++)
            to[j * k + i] = from[i * n + j];
    return slot_at(program, slot)->transposed = turned;
}

/* C [batch * m, n] = A [batch * m, k] B with one constant B for all, all without gaps. */
static bool is_dense(const hone_c_program *program, const hone_c_step *step)
{
    if (step->kind != HONE_C_KERNEL || step->kernel != HONE_KERNEL_matmul)
        return false;
    const hone_product *p = step->args.family;
    bool rows = !p->transpose_a && p->lda == p->k && (p->batch == 1 || p->next_a == p->m * p->k);
    bool row = p->transpose_a && p->m == 1 && p->lda == 1 && p->batch == 1;
    return is_constant(program, step->slots[2]) && !is_constant(program, step->slots[1]) && (rows || row) &&
           p->ldc == p->n && p->ldb == (p->transpose_b ? p->k : p->n) && (p->batch == 1 || p->next_b == 0) &&
           slot_at(program, step->slots[2])->count == p->n * p->k;
}

static hone_status make_dense(hone_c_program *program, hone_c_step *step)
{
    const hone_product *product = step->args.family;
    int64_t rows = product->m * product->batch, n = product->n, k = product->k;
    int matrix = product->transpose_b ? step->slots[2] : transpose(program, step->slots[2], k, n);
    if (matrix < 0)
        return HONE_ERROR_MEMORY;
    step->slots[2] = matrix;
    step->slots[3] = -1;
    step->kind = HONE_C_DENSE;
    step->args = (hone_kernel_args){.size = {rows, k, n}};
    step->in_place = 0;
    return HONE_OK;
}

/* A bias right behind a dense step. */
static bool join_bias(hone_c_program *program, int index)
{
    hone_c_step *bias = &program->steps[index];
    if (bias->kind != HONE_C_KERNEL || bias->kernel != HONE_KERNEL_bias_add ||
        !is_constant(program, bias->slots[2]) || slot_at(program, bias->slots[1])->readers != 1 ||
        slot_at(program, bias->slots[1])->place != HONE_C_WORK)
        return false;
    int writer = writer_of(program, bias->slots[1]);
    if (writer < 0 || program->steps[writer].kind != HONE_C_DENSE || program->steps[writer].slots[3] >= 0 ||
        program->steps[writer].args.size[2] != bias->args.size[0])
        return false;
    program->steps[writer].slots[3] = bias->slots[2];
    program->steps[writer].slots[0] = bias->slots[0];
    drop_step(program, index);
    return true;
}

/* ---- normalisation by constants: a factor and an offset for each channel ---- */

static bool is_scale(const hone_c_program *program, const hone_c_step *step)
{
    if (step->kind != HONE_C_KERNEL || step->kernel != HONE_KERNEL_normalize_by_statistics)
        return false;
    for (int i = 2; i < 6; i++)
        if (step->slots[i] >= 0 && !is_constant(program, step->slots[i]))
            return false;
    return !is_constant(program, step->slots[1]);
}

/* factor = gamma / sqrt(variance + epsilon), offset = beta - mean factor */
static hone_status make_scale(hone_c_program *program, int index)
{
    hone_c_step step = program->steps[index];
    int64_t channels = step.args.size[1];
    int factor = hone_internal_c_add_constant(program, channels, "");
    int offset = hone_internal_c_add_constant(program, channels, "");
    if (factor < 0 || offset < 0)
        return HONE_ERROR_MEMORY;
    const float *mean = slot_at(program, step.slots[2])->data,
                *variance = slot_at(program, step.slots[3])->data;
    for (int64_t c = 0; c < channels; c++) {
        double gamma = step.slots[4] < 0 ? 1 : (double)slot_at(program, step.slots[4])->data[c];
        double beta = step.slots[5] < 0 ? 0 : (double)slot_at(program, step.slots[5])->data[c];
        double scale = gamma / sqrt((double)variance[c] + step.args.scalar[0]);
        slot_at(program, factor)->data[c] = (float)scale;
        slot_at(program, offset)->data[c] = (float)(beta - (double)mean[c] * scale);
    }
    slot_at(program, factor)->label = slot_at(program, offset)->label = step.scope;
    step.kind = HONE_C_SCALE;
    step.slots[2] = factor;
    step.slots[3] = offset;
    step.slots[4] = step.slots[5] = -1;
    program->steps[index] = step;
    hone_internal_c_count_readers(program);
    return HONE_OK;
}

/* A bias of its own for a dense step, holding what its bias held. */
static float *own_bias(hone_c_program *program, int dense)
{
    int64_t n = program->steps[dense].args.size[2];
    int old = program->steps[dense].slots[3];
    int fresh = hone_internal_c_add_constant(program, n, program->steps[dense].scope);
    if (fresh < 0)
        return NULL;
    if (old >= 0) {
        memcpy(slot_at(program, fresh)->data, slot_at(program, old)->data, (size_t)n * sizeof(float));
        slot_at(program, fresh)->label = slot_at(program, old)->label;
    }
    program->steps[dense].slots[3] = fresh;
    return slot_at(program, fresh)->data;
}

static bool owns_matrix(const hone_c_program *program, int step)
{
    return step >= 0 && program->steps[step].kind == HONE_C_DENSE &&
           slot_at(program, program->steps[step].slots[2])->readers == 1;
}

/* (x w^T + bias) factor + offset: rows of w times factor, bias factor + offset. 1: done. */
static int fold_back(hone_c_program *program, int index)
{
    const hone_c_step scale = program->steps[index];
    int64_t channels = scale.args.size[1];
    const hone_c_slot *x = slot_at(program, scale.slots[1]);
    int dense = writer_of(program, scale.slots[1]);
    if (!owns_matrix(program, dense) || x->readers != 1 || x->place != HONE_C_WORK ||
        scale.args.size[2] != 1 || program->steps[dense].args.size[2] != channels)
        return 0;
    float *bias = own_bias(program, dense);
    if (bias == NULL)
        return HONE_ERROR_MEMORY;
    const float *factor = slot_at(program, scale.slots[2])->data,
                *offset = slot_at(program, scale.slots[3])->data;
    float *w = slot_at(program, program->steps[dense].slots[2])->data;
    int64_t k = program->steps[dense].args.size[1];
    for (int64_t j = 0; j < channels; j++) {
        bias[j] = (float)((double)bias[j] * (double)factor[j] + (double)offset[j]);
        for (int64_t i = 0; i < k; i++)
            w[j * k + i] *= factor[j];
    }
    program->steps[dense].slots[0] = scale.slots[0];
    drop_step(program, index);
    return 1;
}

/* (x factor + offset) w^T + bias: columns of w times factor, bias + offset w^T. Flattened channels repeat.
 * Not with int8 weights: a large factor in one column would coarsen the whole row. */
static int fold_forward(hone_c_program *program, int index)
{
    const hone_c_step scale = program->steps[index];
    int64_t channels = scale.args.size[1];
    const hone_c_slot *y = slot_at(program, scale.slots[0]);
    int dense = reader_of(program, scale.slots[0]);
    if (!owns_matrix(program, dense) || y->readers != 1 || y->place != HONE_C_WORK ||
        scale.args.size[2] != 1 || program->steps[dense].slots[1] != scale.slots[0] ||
        program->steps[dense].args.size[1] % channels != 0)
        return 0;
    float *bias = own_bias(program, dense);
    if (bias == NULL)
        return HONE_ERROR_MEMORY;
    const float *factor = slot_at(program, scale.slots[2])->data,
                *offset = slot_at(program, scale.slots[3])->data;
    float *w = slot_at(program, program->steps[dense].slots[2])->data;
    int64_t k = program->steps[dense].args.size[1], n = program->steps[dense].args.size[2];
    for (int64_t j = 0; j < n; j++) {
        double sum = (double)bias[j];
        for (int64_t i = 0; i < k; i++) {
            sum += (double)w[j * k + i] * (double)offset[i % channels];
            w[j * k + i] *= factor[i % channels];
        }
        bias[j] = (float)sum;
    }
    program->steps[dense].slots[1] = scale.slots[1];
    drop_step(program, index);
    return 1;
}

static hone_status fold_scales(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        if (!is_scale(program, &program->steps[s]))
            continue;
        HONE_TRY(make_scale(program, s));
        int folded = fold_back(program, s);
        if (folded == 0 && !program->bytes)
            folded = fold_forward(program, s);
        if (folded < 0)
            return (hone_status)folded;
        s -= folded;
    }
    return HONE_OK;
}

hone_status hone_internal_c_fold(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        if (is_dense(program, &program->steps[s]))
            HONE_TRY(make_dense(program, &program->steps[s]));
    hone_internal_c_count_readers(program);
    for (int s = 0; s < program->step_count; s++)
        if (join_bias(program, s))
            s--;
    return fold_scales(program);
}
