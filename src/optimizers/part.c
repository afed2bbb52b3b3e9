/* A part of an optimizer: the variables and slots of some items, in the memory of the whole. */
#include "optimizers/part.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

hone_status hone_internal_optimizer_check_parts(const hone_optimizer *optimizer)
{
    const bool together = !isnan(optimizer->base.global_clipnorm);
    if (!together && !optimizer->base.use_ema)
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "shard_optimizer: %s=... of %s needs %s on each process%s",
                     together ? "global_clipnorm" : "use_ema", optimizer->type->type.name,
                     together ? "the gradients of all weights" : "the averages of all weights",
                     together ? "; clipnorm and clipvalue do not" : "");
}

hone_status hone_internal_optimizer_need_whole(const hone_optimizer *optimizer)
{
    if (optimizer == NULL || optimizer->parts == 0)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_STATE,
        "the optimizer's state is in parts on %d processes (shard_optimizer): rank 0 has it whole "
        "at the end of an epoch and of the training, this is rank %d",
        optimizer->parts, optimizer->part);
}

bool hone_internal_optimizer_can_cut(const hone_optimizer *optimizer, int index)
{
    const hone_variable *variable = optimizer->variables[index];
    return optimizer->type->by_item && isnan(optimizer->base.clipnorm) && variable->constraint == NULL &&
           variable->regularizer == NULL;
}

static hone_variable *take(hone_variable *variable, hone_item_range range)
{
    const bool whole = range.begin == 0 && range.end >= hone_internal_variable_count(variable);
    return whole ? hone_internal_variable_retain(variable)
                 : hone_internal_variable_part(variable, range.begin, range.end);
}

/* Each with its place in the part, or -1. */
static hone_status take_variables(hone_optimizer *part, const hone_optimizer *whole,
                                  const hone_item_range *ranges, int *places)
{
    for (int i = 0; i < whole->variable_count; i++) {
        places[i] = -1;
        if (hone_internal_range_empty(ranges[i]))
            continue;
        const int place = places[i] = part->variable_count;
        part->variables[place] = take(whole->variables[i], ranges[i]);
        if (part->variables[place] == NULL)
            return HONE_ERROR_MEMORY;
        part->no_decay[place] = whole->no_decay[i];
        part->variable_count++;
    }
    return HONE_OK;
}

static hone_variable *take_slot(const hone_optimizer *whole, size_t index, const hone_item_range *ranges)
{
    const hone_optimizer_slot_entry *slot = &whole->slots[index];
    if (slot->of < 0 || !hone_internal_optimizer_can_cut(whole, slot->of))
        return hone_internal_variable_retain(slot->variable);
    return take(slot->variable, ranges[slot->of]);
}

/* Those that belong to no variable are everybody's. */
static hone_status take_slots(hone_optimizer *part, const hone_optimizer *whole,
                              const hone_item_range *ranges, const int *places)
{
    for (size_t s = 0; s < whole->slot_count; s++) {
        const hone_optimizer_slot_entry *slot = &whole->slots[s];
        if (s == whole->own_slots)
            part->own_slots = part->slot_count;
        if (slot->of >= 0 && places[slot->of] < 0)
            continue;
        hone_variable *variable = take_slot(whole, s, ranges);
        if (variable == NULL)
            return HONE_ERROR_MEMORY;
        part->slots[part->slot_count++] = (hone_optimizer_slot_entry){
            variable, slot->of < 0 ? -1 : places[slot->of], slot->start, slot->integer};
    }
    return HONE_OK;
}

static hone_status fill(hone_optimizer *part, const hone_optimizer *whole, const hone_item_range *ranges,
                        int *places)
{
    const size_t count = (size_t)whole->variable_count + 1;
    part->variables = hone_internal_allocate_zeroed(count, sizeof(hone_variable *));
    part->no_decay = hone_internal_allocate_zeroed(count, sizeof(bool));
    part->decay_numbers = hone_internal_allocate_zeroed(count, sizeof(double));
    part->slots = hone_internal_allocate_zeroed(whole->slot_count + 1, sizeof *part->slots);
    part->number_values =
        hone_internal_variable_create("numbers", HONE_SHAPE(HONE_OPTIMIZER_NUMBERS + 1), "zeros");
    if (part->variables == NULL || part->no_decay == NULL || part->decay_numbers == NULL ||
        part->slots == NULL || part->number_values == NULL)
        return HONE_ERROR_MEMORY;
    HONE_TRY(take_variables(part, whole, ranges, places));
    HONE_TRY(take_slots(part, whole, ranges, places));
    return hone_internal_variables_place(&part->number_values, 1);
}

hone_optimizer *hone_internal_optimizer_part(const hone_optimizer *whole, const hone_item_range *ranges)
{
    int *places = hone_internal_allocate(sizeof *places * ((size_t)whole->variable_count + 1));
    hone_optimizer *part = places == NULL ? NULL : hone_optimizer_create(whole->type, whole->args);
    if (part != NULL && fill(part, whole, ranges, places) < 0) {
        hone_optimizer_free(part);
        part = NULL;
    }
    hone_internal_free(places);
    return part;
}

void hone_internal_optimizer_begin_part(hone_optimizer *part, const hone_optimizer *whole)
{
    const double momentum = hone_internal_optimizer_momentum(whole);
    part->iterations = whole->iterations;
    part->learning_rate = whole->learning_rate;
    if (!isnan(momentum) && momentum != hone_internal_optimizer_momentum(part))
        hone_internal_optimizer_set_momentum(part, momentum);
    hone_internal_optimizer_begin_step(part);
}
