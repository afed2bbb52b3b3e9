/* The optimizer's state in parts (shard_optimizer): each rank updates the weights of its window of a bundle,
 * and keeps the slots of these alone; the weights then go to all. The bits are those of the whole: what
 * becomes of a weight depends on its gradient and slots, and a variable of which that is not so is one
 * rank's. */
#ifndef HONE_TRAIN_OPTIMIZER_PARTS_H
#define HONE_TRAIN_OPTIMIZER_PARTS_H

#include "distributed/exchange.h"
#include "optimizers/part.h"

typedef struct hone_optimizer_parts {
    hone_optimizer *whole; /* its slots have memory for all, of which the system gives what is written */
    hone_optimizer *own;   /* the part of this rank */
    hone_group *group;
    int ranks, rank;
    const size_t *places;    /* of each variable in the floats of a bundle */
    hone_item_range *ranges; /* of each rank, of each variable */
    size_t *ends;            /* of the window of each rank */
    bool gathered;           /* rank 0 has all slots, since the last update */
} hone_optimizer_parts;

/* The optimizer and the places are lent. A variable that cannot be cut belongs to the window with more of it.
 * NULL on failure, also when the state here is that of another part. */
hone_optimizer_parts *hone_internal_parts_create(hone_optimizer *optimizer, const size_t *places,
                                                 size_t floats, hone_group *group);
void hone_internal_parts_free(hone_optimizer_parts *parts); /* accepts NULL */
hone_item_range hone_internal_parts_range(const hone_optimizer_parts *parts, int rank, int variable);
/* Before an update of this rank's part. */
void hone_internal_parts_begin(hone_optimizer_parts *parts);
/* The weights of this rank into its window; those of all others from theirs. */
void hone_internal_parts_pack(const hone_optimizer_parts *parts, float *floats);
void hone_internal_parts_unpack(const hone_optimizer_parts *parts, const float *floats);
/* All ranks call it after the same step: rank 0 then has all slots, until the next update. */
hone_status hone_internal_parts_gather(hone_optimizer_parts *parts, int64_t step);

#endif
