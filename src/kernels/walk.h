/* Walking over a result in order while operands move with strides: runs along the last axis. */
#ifndef HONE_KERNELS_WALK_H
#define HONE_KERNELS_WALK_H

#include "kernels/kernels.h"

typedef struct hone_walk {
    const hone_strides *strides;
    int last;                  /* the last axis; -1: the result is one number */
    int64_t at[HONE_MAX_RANK]; /* index on each axis */
    int64_t a, b;              /* element of each operand */
} hone_walk;

/* Starts at element `begin` of the result. */
static inline hone_walk hone_walk_start(const hone_strides *strides, int64_t begin)
{
    hone_walk walk = {.strides = strides, .last = strides->rank - 1, .a = strides->offset, .b = 0};
    for (int axis = walk.last; axis >= 0; axis--) {
        const int64_t dim = strides->dims[axis] > 0 ? strides->dims[axis] : 1;
        walk.at[axis] = begin % dim;
        begin /= dim;
        walk.a += walk.at[axis] * strides->a[axis];
        walk.b += walk.at[axis] * strides->b[axis];
    }
    return walk;
}

/* How many elements lie from here to the end of the last axis, at most `limit`. */
static inline int64_t hone_walk_run(const hone_walk *walk, int64_t limit)
{
    if (walk->last < 0)
        return limit;
    const int64_t run = walk->strides->dims[walk->last] - walk->at[walk->last];
    return run < limit ? run : limit;
}

/* Moves on by `run` elements (as hone_walk_run said), carrying into the outer axes. */
static inline void hone_walk_advance(hone_walk *walk, int64_t run)
{
    const hone_strides *strides = walk->strides;
    int axis = walk->last;
    if (axis < 0)
        return;
    walk->at[axis] += run;
    walk->a += run * strides->a[axis];
    walk->b += run * strides->b[axis];
    while (axis > 0 && walk->at[axis] == strides->dims[axis]) {
        walk->at[axis] = 0;
        walk->a += strides->a[axis - 1] - strides->dims[axis] * strides->a[axis];
        walk->b += strides->b[axis - 1] - strides->dims[axis] * strides->b[axis];
        axis--;
        walk->at[axis]++;
    }
}

#endif
