/* The work space of a C source: steps run one after the other, so that a piece lives from the step that
 * writes it to the last one that reads it; pieces that never live together share memory, and element-wise
 * work is done in place. */
#include "base/memory.h"
#include "csource/program.h"

#include <stdlib.h>

static void find_lives(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
            int number = program->steps[s].slots[i];
            if (number < 0)
                continue;
            hone_c_slot *slot = &program->slots[number];
            if (slot->first < 0)
                slot->first = s;
            slot->last = s;
        }
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_OUTPUT)
            program->slots[s].last = program->step_count;
}

static int memory_of(const hone_c_program *program, int slot)
{
    while (program->slots[slot].into >= 0)
        slot = program->slots[slot].into;
    return slot;
}

/* Makes operand `operand` of a step, which dies there, and its result one piece of memory. An output's memory
 * is the caller's. */
static bool join(hone_c_program *program, const hone_c_step *step, int operand, int index)
{
    int result = step->slots[0], from = step->slots[operand];
    if (from < 0 || from == result || !(step->in_place >> operand & 1))
        return false;
    int memory = memory_of(program, from);
    hone_c_slot *old = &program->slots[memory], *fresh = &program->slots[result];
    if (program->slots[from].place != HONE_C_WORK || program->slots[from].last != index ||
        old->count != fresh->count || old->type != fresh->type || old->place != HONE_C_WORK ||
        fresh->into >= 0)
        return false;
    old->into = result;
    fresh->first = old->first;
    return true;
}

static void work_in_place(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        for (int i = 1; i < HONE_KERNEL_OPERANDS; i++)
            if (join(program, &program->steps[s], i, s))
                break;
}

static bool needs_place(const hone_c_slot *slot)
{
    return slot->place == HONE_C_WORK && slot->into < 0 && slot->first >= 0 &&
           (slot->last > slot->first || slot->scratch);
}

/* The lowest place beside the `placed` pieces that live at the same time. */
static int64_t find_place(const hone_c_program *program, const int *order, int placed,
                          const hone_c_slot *slot)
{
    int64_t offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < placed; i++) {
            const hone_c_slot *other = &program->slots[order[i]];
            bool together = slot->first <= other->last && other->first <= slot->last;
            if (together && offset < other->offset + hone_internal_c_floats(other) &&
                other->offset < offset + hone_internal_c_floats(slot)) {
                offset = other->offset + hone_internal_c_floats(other);
                moved = true;
            }
        }
    }
    return offset;
}

/* Largest first; of equals the one that comes first. */
static void sort_by_size(const hone_c_program *program, int *order, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && hone_internal_c_floats(&program->slots[order[j]]) >
                                     hone_internal_c_floats(&program->slots[order[j - 1]]);
             j--) {
            int swapped = order[j];
            order[j] = order[j - 1];
            order[j - 1] = swapped;
        }
}

hone_status hone_internal_c_lay_out(hone_c_program *program)
{
    int *order = hone_internal_allocate((size_t)(program->slot_count + 1) * sizeof *order), count = 0;
    if (order == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_c_count_readers(program);
    find_lives(program);
    work_in_place(program);
    for (int s = 0; s < program->slot_count; s++)
        if (needs_place(&program->slots[s]))
            order[count++] = s;
    sort_by_size(program, order, count);
    for (int i = 0; i < count; i++) {
        hone_c_slot *slot = &program->slots[order[i]];
        slot->offset = find_place(program, order, i, slot);
        if (slot->offset + hone_internal_c_floats(slot) > program->work_count)
            program->work_count = slot->offset + hone_internal_c_floats(slot);
    }
    hone_internal_free(order);
    return HONE_OK;
}
