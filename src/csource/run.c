/* Running the steps of a C source here, as the compiled source would; and its int8 weights. */
#include "base/memory.h"
#include "csource/forms.h"

#include <math.h>

/* ---- int8 weights ---- */

/* The rows of a constant that every reader of it knows as bytes; 0: not of that kind. */
static int64_t rows_of_bytes(const hone_c_program *program, int slot)
{
    int readers = 0;
    int64_t rows = 0;
    for (int s = 0; s < program->step_count; s++) {
        const hone_c_step *step = &program->steps[s];
        const int operand = step->form != NULL ? step->form->bytes : 0;
        const int64_t these = step->args.size[2];
        if (operand == 0 || step->slots[operand] != slot || these == 0 || (rows != 0 && rows != these))
            continue;
        rows = these;
        readers++;
    }
    return readers == program->slots[slot].readers ? rows : 0;
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
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "int8 weights: \"%s\" contains a number that is not "
                             "finite",
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
    for (int s = 0; s < program->slot_count; s++) {
        const bool constant = program->slots[s].place == HONE_C_CONSTANT;
        const int64_t rows = constant ? rows_of_bytes(program, s) : 0;
        if (rows > 0)
            HONE_TRY(quantize_slot(&program->slots[s], rows));
    }
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
    run->outputs = hone_internal_allocate_zeroed((size_t)program->model->output_count, sizeof *run->outputs);
    run->states = hone_internal_allocate_zeroed(
        (size_t)hone_internal_c_states_before(program, program->state_count) + 1, sizeof(float));
    bool failed = run->states == NULL || run->work == NULL || run->unread == NULL || run->outputs == NULL;
    run->output_count = run->outputs == NULL ? 0 : program->model->output_count;
    for (int i = 0; i < run->output_count; i++) {
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
    hone_internal_free(run->states);
    for (int i = 0; i < run->output_count; i++)
        hone_internal_free(run->outputs[i]);
    hone_internal_free(run->outputs);
    *run = (hone_c_run){.work = NULL};
}

static void *constant(const hone_c_slot *at, bool rounded)
{
    return at->type == HONE_C_BYTES         ? (void *)at->bytes
           : at->type == HONE_C_INTEGERS    ? (void *)at->integers
           : rounded && at->rounded != NULL ? at->rounded
                                            : at->data;
}

static void *address(const hone_c_run *run, const hone_c_program *program, int slot, bool rounded)
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
    case HONE_C_CONSTANT: return constant(at, rounded);
    case HONE_C_STATE: return run->states + hone_internal_c_states_before(program, at->number);
    case HONE_C_WORK: break;
    }
    return at->offset < 0 ? run->unread : run->work + at->offset;
}

static void run_step(hone_c_run *run, const hone_c_program *program, const hone_c_step *step, bool rounded)
{
    hone_kernel_args args = step->args;
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        args.data[i] = address(run, program, step->slots[i], rounded);
    args.owner = program->byte_steps ? step : NULL; /* of steps over bytes: their zeros */
    hone_kernel *kernel = step->form != NULL && step->form->run != NULL
                              ? step->form->run
                              : program->pass.plan->kernels->kernel[step->kernel];
    kernel(&args, 0, step->items, program->pass.plan->scratch);
}

void hone_internal_c_run(hone_c_run *run, const hone_c_program *program, bool rounded)
{
    for (int s = 0; s < program->step_count; s++)
        run_step(run, program, &program->steps[s], rounded);
}

static hone_status watch(const hone_c_run *run, const hone_c_program *program, int slot, hone_c_range *ranges)
{
    const float *numbers = address(run, program, slot, false);
    hone_c_range *range = &ranges[slot];
    for (int64_t i = 0; numbers != NULL && i < program->slots[slot].count; i++) {
        if (!isfinite(numbers[i]))
            return hone_fail(HONE_ERROR_DATA,
                             "a number that is not finite came up while the data were measured");
        range->low = fminf(range->low, numbers[i]);
        range->high = fmaxf(range->high, numbers[i]);
    }
    return HONE_OK;
}

hone_status hone_internal_c_run_watched(hone_c_run *run, const hone_c_program *program, hone_c_range *ranges)
{
    for (int i = 0; i < program->model->input_count; i++)
        HONE_TRY(watch(run, program, program->inputs[i], ranges));
    for (int s = 0; s < program->step_count; s++) {
        run_step(run, program, &program->steps[s], false);
        HONE_TRY(watch(run, program, program->steps[s].slots[0], ranges));
    }
    return HONE_OK;
}
