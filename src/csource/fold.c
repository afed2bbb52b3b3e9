/* Rewriting the steps of a C source: what families share. */
#include "csource/fold.h"

#include <string.h>

hone_c_slot *hone_internal_c_slot(const hone_c_program *program, int slot)
{
    return &program->slots[slot];
}

bool hone_internal_c_is_constant(const hone_c_program *program, int slot)
{
    return slot >= 0 && program->slots[slot].place == HONE_C_CONSTANT;
}

float *hone_internal_c_data(const hone_c_program *program, int slot)
{
    return program->slots[slot].data;
}

int hone_internal_c_writer(const hone_c_program *program, int slot)
{
    for (int s = 0; s < program->step_count; s++)
        if (program->steps[s].slots[0] == slot && (program->steps[s].written & 1))
            return s;
    return -1;
}

int hone_internal_c_reader(const hone_c_program *program, int slot)
{
    for (int s = 0; s < program->step_count; s++)
        for (int i = 1; i < HONE_KERNEL_OPERANDS; i++)
            if (program->steps[s].slots[i] == slot && !(program->steps[s].written >> i & 1))
                return s;
    return -1;
}

void hone_internal_c_drop_step(hone_c_program *program, int step)
{
    memmove(&program->steps[step], &program->steps[step + 1],
            (size_t)(program->step_count - step - 1) * sizeof *program->steps);
    program->step_count--;
    hone_internal_c_count_readers(program);
}

hone_status hone_internal_c_add_room(hone_c_program *program, hone_c_step *step, int operand, int64_t count)
{
    const int room = hone_internal_c_add_scratch(program, count);
    if (room < 0)
        return HONE_ERROR_MEMORY;
    step->slots[operand] = room;
    step->written |= 1u << operand;
    step->in_place = 0;
    return HONE_OK;
}

void hone_internal_c_keep_results(hone_c_program *program, const hone_c_step *step)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        if (step->slots[i] >= 0 && step->written >> i & 1 &&
            program->slots[step->slots[i]].place == HONE_C_WORK)
            program->slots[step->slots[i]].scratch = true;
}

int hone_internal_c_transpose(hone_c_program *program, int slot, int64_t blocks, int64_t k, int64_t n)
{
    if (program->slots[slot].transposed >= 0)
        return program->slots[slot].transposed;
    const int turned = hone_internal_c_add_constant(program, blocks * k * n, program->slots[slot].label);
    if (turned < 0)
        return -1;
    const float *from = hone_internal_c_data(program, slot);
    float *to = hone_internal_c_data(program, turned);
    for (int64_t block = 0; block < blocks; block++, from += k * n, to += k * n)
        for (int64_t i = 0; i < k; i++)
            for (int64_t j = 0; j < n; j++)
                to[j * k + i] = from[i * n + j];
    return program->slots[slot].transposed = turned;
}

static bool join_bias(hone_c_program *program, int index)
{
    const hone_c_step *bias = &program->steps[index];
    if (bias->kernel != HONE_KERNEL_bias_add || !hone_internal_c_is_constant(program, bias->slots[2]))
        return false;
    const hone_c_slot *x = hone_internal_c_slot(program, bias->slots[1]);
    const int writer = hone_internal_c_writer(program, bias->slots[1]);
    if (x->readers != 1 || x->place != HONE_C_WORK || writer < 0)
        return false;
    hone_c_step *step = &program->steps[writer];
    if (step->form == NULL || !step->form->has_bias || step->slots[3] >= 0 ||
        step->args.size[2] != bias->args.size[0])
        return false;
    step->slots[3] = bias->slots[2];
    step->slots[0] = bias->slots[0];
    hone_internal_c_drop_step(program, index);
    return true;
}

void hone_internal_c_join_biases(hone_c_program *program)
{
    hone_internal_c_count_readers(program);
    for (int s = 0; s < program->step_count; s++)
        if (join_bias(program, s))
            s--;
}

float *hone_internal_c_own_bias(hone_c_program *program, int step)
{
    const int64_t n = program->steps[step].args.size[2];
    const int old = program->steps[step].slots[3];
    const int fresh = hone_internal_c_add_constant(program, n, program->steps[step].scope);
    if (fresh < 0)
        return NULL;
    if (old >= 0) {
        memcpy(hone_internal_c_data(program, fresh), hone_internal_c_data(program, old),
               (size_t)n * sizeof(float));
        program->slots[fresh].label = program->slots[old].label;
    }
    program->steps[step].slots[3] = fresh;
    return hone_internal_c_data(program, fresh);
}

bool hone_internal_c_owns_weights(const hone_c_program *program, int step)
{
    return step >= 0 && program->steps[step].form != NULL && program->steps[step].form->has_bias &&
           program->slots[program->steps[step].slots[2]].readers == 1;
}
