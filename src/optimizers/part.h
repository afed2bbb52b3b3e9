/* A part of an optimizer's work: some items of each variable, as one of several processes has them. */
#ifndef HONE_OPTIMIZERS_PART_H
#define HONE_OPTIMIZERS_PART_H

#include "optimizers/optimizer.h"

/* Items begin .. end-1 of a variable, row by row; none where they are equal. */
typedef struct hone_item_range {
    int64_t begin, end;
} hone_item_range;
static inline bool hone_internal_range_empty(hone_item_range range)
{
    return range.begin >= range.end;
}

/* Whether the optimizer can work in parts at all; an error that says what needs all of its state. */
hone_status hone_internal_optimizer_check_parts(const hone_optimizer *optimizer);
/* Whether a variable may be cut; else its range is all of it or nothing. */
bool hone_internal_optimizer_can_cut(const hone_optimizer *optimizer, int index);
/* An optimizer like a built one that has the ranges alone, one for each variable: its variables and slots are
 * the same memory. Those that have no items here are left out. Freed with hone_optimizer_free, before the
 * other one or after it; NULL on failure. */
hone_optimizer *hone_internal_optimizer_part(const hone_optimizer *optimizer, const hone_item_range *ranges);
/* As hone_internal_optimizer_begin_step, with the count, the rate and the momentum of the whole. */
void hone_internal_optimizer_begin_part(hone_optimizer *part, const hone_optimizer *whole);

#endif
