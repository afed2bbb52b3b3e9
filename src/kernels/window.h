/* Windows that move over up to three spatial axes: what a convolution or a pool is, told to its kernels. */
#ifndef HONE_KERNELS_WINDOW_H
#define HONE_KERNELS_WINDOW_H

#include "kernels/kernels.h"

enum { HONE_WINDOW_AXES = 3 }; /* planes, rows, columns; of fewer axes the first have size 1 */

/* Position o of y looks, under tap k of the window, at position o * stride - before + k * dilation of x; what
 * lies outside x counts as 0 in a convolution and not at all in a pool. x is [batch, input..., channels], y
 * [batch, output..., filters], the kernel W [size..., channels / groups, filters]: the filters of group g are
 * filters / groups that follow each other, and see its channels / groups channels. */
typedef struct hone_window {
    int64_t batch, channels, filters, groups; /* of a pool: filters = channels */
    int64_t input[HONE_WINDOW_AXES], output[HONE_WINDOW_AXES];
    int64_t size[HONE_WINDOW_AXES], stride[HONE_WINDOW_AXES], dilation[HONE_WINDOW_AXES];
    int64_t before[HONE_WINDOW_AXES];
    int64_t parts; /* of convolution_kernel: sums over parts of the positions, to be added in order */
    int64_t tile;  /* chosen by the table: positions (or rows of x, see each kernel) of a tile */
    int64_t taps;  /* chosen by the table: taps of the window that are looked at together */
} hone_window;

/* Channels and filters of one group. */
static inline int64_t hone_window_group_channels(const hone_window *window)
{
    return window->channels / window->groups;
}
static inline int64_t hone_window_group_filters(const hone_window *window)
{
    return window->filters / window->groups;
}

static inline int64_t hone_window_count(const int64_t sizes[HONE_WINDOW_AXES])
{
    return sizes[0] * sizes[1] * sizes[2];
}

/* A walk over the positions of y (or of x), the last axis fastest. */
typedef struct hone_window_place {
    int64_t sample, at[HONE_WINDOW_AXES];
} hone_window_place;

static inline hone_window_place hone_window_place_of(const int64_t sizes[HONE_WINDOW_AXES], int64_t position)
{
    hone_window_place place;
    for (int axis = HONE_WINDOW_AXES - 1; axis >= 0; axis--) {
        place.at[axis] = position % sizes[axis];
        position /= sizes[axis];
    }
    place.sample = position;
    return place;
}

static inline void hone_window_next(const int64_t sizes[HONE_WINDOW_AXES], hone_window_place *place)
{
    for (int axis = HONE_WINDOW_AXES - 1; axis >= 0; axis--) {
        if (++place->at[axis] < sizes[axis])
            return;
        place->at[axis] = 0;
    }
    place->sample++;
}

/* `count` positions further, which lie in the place's row. */
static inline void hone_window_advance(const int64_t sizes[HONE_WINDOW_AXES], hone_window_place *place,
                                       int64_t count)
{
    place->at[HONE_WINDOW_AXES - 1] += count - 1;
    hone_window_next(sizes, place);
}

/* The position along one axis of x that tap k sees from position o of y. */
static inline int64_t hone_window_source(const hone_window *window, int axis, int64_t o, int64_t k)
{
    return o * window->stride[axis] - window->before[axis] + k * window->dilation[axis];
}

/* The position along one axis of y that sees position u of x under tap k, or -1. */
static inline int64_t hone_window_target(const hone_window *window, int axis, int64_t u, int64_t k)
{
    const int64_t moved = u + window->before[axis] - k * window->dilation[axis],
                  stride = window->stride[axis];
    if (moved < 0 || (stride > 1 && moved % stride != 0))
        return -1;
    const int64_t o = stride > 1 ? moved / stride : moved;
    return o < window->output[axis] ? o : -1;
}

/* A tap by its three numbers. */
static inline void hone_window_tap(const hone_window *window, int64_t tap, int64_t at[HONE_WINDOW_AXES])
{
    at[2] = tap % window->size[2];
    at[1] = tap / window->size[2] % window->size[1];
    at[0] = tap / (window->size[2] * window->size[1]);
}

/* The flat position in x (its sample included) that a tap sees from a place of y, or -1 outside x. */
static inline int64_t hone_window_seen(const hone_window *window, const hone_window_place *place,
                                       const int64_t tap[HONE_WINDOW_AXES])
{
    int64_t position = place->sample;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++) {
        int64_t u = hone_window_source(window, axis, place->at[axis], tap[axis]);
        if (u < 0 || u >= window->input[axis])
            return -1;
        position = position * window->input[axis] + u;
    }
    return position;
}

/* The flat position in x of the window's first tap when the whole window lies inside x, else -1. */
static inline int64_t hone_window_whole(const hone_window *window, const hone_window_place *place)
{
    int64_t position = place->sample;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++) {
        const int64_t first = hone_window_source(window, axis, place->at[axis], 0);
        if (first < 0 || first + (window->size[axis] - 1) * window->dilation[axis] >= window->input[axis])
            return -1;
        position = position * window->input[axis] + first;
    }
    return position;
}

/* The flat position in y that sees a place of x under a tap, or -1. */
static inline int64_t hone_window_seer(const hone_window *window, const hone_window_place *place,
                                       const int64_t tap[HONE_WINDOW_AXES])
{
    int64_t position = place->sample;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++) {
        int64_t o = hone_window_target(window, axis, place->at[axis], tap[axis]);
        if (o < 0)
            return -1;
        position = position * window->output[axis] + o;
    }
    return position;
}

/* Into how many parts the positions are cut for the gradient of a kernel of `weights` numbers, which is
 * summed over them: from the shape alone, enough to share, few enough that the parts stay small. */
static inline int64_t hone_window_parts(int64_t positions, int64_t weights)
{
    enum { POSITIONS = 1024, MOST = 16, NUMBERS = 2 * 1024 * 1024 };
    int64_t parts = positions / POSITIONS, room = weights > 0 ? NUMBERS / weights : MOST;
    if (parts > MOST)
        parts = MOST;
    if (parts > room)
        parts = room;
    return parts < 1 ? 1 : parts;
}

#endif
