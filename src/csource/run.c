/* Running the steps of a C source here, as the compiled source would; and its int8 weights. */
#include "base/memory.h"
#include "csource/program.h"

#include <math.h>

/* ---- int8 weights ---- */

/* The operand of a step that may be bytes, as rows with a scale each; 0 rows: none. */
static int quantizable(const hone_c_step *step, int64_t *rows)
{
    bool dense = step->kind == HONE_C_DENSE;
    bool lookup = step->kind == HONE_C_KERNEL && step->kernel == HONE_KERNEL_gather_rows;
    *rows = dense || lookup ? step->args.size[2] : 0;
    return dense ? 2 : 1;
}

static bool read_only_as_bytes(const hone_c_program *program, int slot, int64_t *rows)
{
    int readers = 0;
    *rows = 0;
    for (int s = 0; s < program->step_count; s++) {
        int64_t these;
        int operand = quantizable(&program->steps[s], &these);
        if (these == 0 || program->steps[s].slots[operand] != slot || (*rows != 0 && *rows != these))
            continue;
        *rows = these;
        readers++;
    }
    return readers > 0 && readers == program->slots[slot].readers;
}

/* scale = max |w| / 127 of a row, byte = w / scale to the nearest */
static void quantize_row(const float *w, int64_t width, int8_t *bytes, float *scale, float *rounded)
{
    float largest = 0;
    for (int64_t i = 0; i < width; i++)
        largest = fmaxf(largest, fabsf(w[i]));
    *scale = largest / 127;
    for (int64_t i = 0; i < width; i++) {
        float steps = *scale > 0 ? rintf(w[i] / *scale) : 0;
        bytes[i] = (int8_t)fmaxf(-127, fminf(127, steps));
        rounded[i] = (float)bytes[i] * *scale;
    }
}

static hone_status check_finite(const hone_c_slot *slot)
{
    for (int64_t i = 0; i < slot->count; i++)
        if (!isfinite(slot->data[i]))
            return hone_fail(HONE_ERROR_UNSUPPORTED, "int8 weights: \"%s\" holds a number that is not finite",
                             slot->label);
    return HONE_OK;
}

static hone_status quantize_slot(hone_c_slot *slot, int64_t rows)
{
    HONE_TRY(check_finite(slot));
    int64_t width = slot->count / rows;
    slot->bytes = hone_internal_allocate((size_t)slot->count + 1);
    slot->scales = hone_internal_allocate_zeroed((size_t)rows, sizeof *slot->scales);
    slot->rounded = hone_internal_allocate_zeroed((size_t)slot->count + 1, sizeof *slot->rounded);
    if (slot->bytes == NULL || slot->scales == NULL || slot->rounded == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t row = 0; row < rows; row++)
        quantize_row(slot->data + row * width, width, slot->bytes + row * width, &slot->scales[row],
                     slot->rounded + row * width);
    slot->rows = rows;
    return HONE_OK;
}

hone_status hone_internal_c_quantize(hone_c_program *program)
{
    int64_t rows;
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_CONSTANT && read_only_as_bytes(program, s, &rows))
            HONE_TRY(quantize_slot(&program->slots[s], rows));
    return HONE_OK;
}

/* ---- running ---- */

static int64_t largest_count(const hone_c_program *program)
{
    int64_t largest = 1;
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].count > largest)
            largest = program->slots[s].count;
    return largest;
}

hone_status hone_internal_c_run_begin(hone_c_run *run, const hone_c_program *program)
{
    *run = (hone_c_run){.work = NULL};
    run->work = hone_internal_allocate_zeroed((size_t)program->work_count + 1, sizeof(float));
    run->unread = hone_internal_allocate_zeroed((size_t)largest_count(program), sizeof(float));
    bool failed = run->work == NULL || run->unread == NULL;
    for (int i = 0; i < program->model->output_count; i++) {
        size_t count = (size_t)program->slots[program->outputs[i]].count;
        run->outputs[i] = hone_internal_allocate_zeroed(count + 1, sizeof(float));
        failed = failed || run->outputs[i] == NULL;
    }
    return failed ? HONE_ERROR_MEMORY : HONE_OK;
}

void hone_internal_c_run_end(hone_c_run *run)
{
    hone_internal_free(run->work);
    hone_internal_free(run->unread);
    for (int i = 0; i < HONE_MAX_ENDS; i++)
        hone_internal_free(run->outputs[i]);
    *run = (hone_c_run){.work = NULL};
}

static float *address(const hone_c_run *run, const hone_c_program *program, int slot, bool rounded)
{
    if (slot < 0)
        return NULL;
    const hone_c_slot *at = &program->slots[slot];
    while (at->into >= 0)
        at = &program->slots[at->into];
    switch (at->place) {
    case HONE_C_INPUT:
        return hone_internal_plan_address(program->pass.plan, program->pass.inputs[at->number]);
    case HONE_C_OUTPUT: return run->outputs[at->number];
    case HONE_C_CONSTANT: return rounded && at->rounded != NULL ? at->rounded : at->data;
    case HONE_C_WORK: break;
    }
    return at->offset < 0 ? run->unread : run->work + at->offset;
}

static double dot(const float *x, const float *w, int64_t k)
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

static void run_dense(const hone_kernel_args *args)
{
    int64_t k = args->size[1], n = args->size[2];
    const float *x = args->data[1], *w = args->data[2], *bias = args->data[3];
    float *y = args->data[0];
    for (int64_t r = 0; r < args->size[0]; r++)
        for (int64_t j = 0; j < n; j++)
            y[r * n + j] = (float)(dot(x + r * k, w + j * k, k) + (bias != NULL ? (double)bias[j] : 0));
}

static void run_scale(const hone_kernel_args *args, int64_t count)
{
    const float *x = args->data[1], *factor = args->data[2], *offset = args->data[3];
    float *y = args->data[0];
    for (int64_t i = 0; i < count; i++) {
        int64_t c = i / args->size[2] % args->size[1];
        y[i] = x[i] * factor[c] + offset[c];
    }
}

void hone_internal_c_run(hone_c_run *run, const hone_c_program *program, bool rounded)
{
    for (int s = 0; s < program->step_count; s++) {
        const hone_c_step *step = &program->steps[s];
        hone_kernel_args args = step->args;
        for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
            args.data[i] = address(run, program, step->slots[i], rounded);
        if (step->kind == HONE_C_DENSE)
            run_dense(&args);
        else if (step->kind == HONE_C_SCALE)
            run_scale(&args, args.size[0] * args.size[1] * args.size[2]);
        else
            program->pass.plan->kernels->kernel[step->kernel](&args, 0, step->items,
                                                              program->pass.plan->scratch);
    }
}
