/* The taps of a window, looked up once for many of its positions. */
#ifndef HONE_KERNELS_GENERIC_TAPS_H
#define HONE_KERNELS_GENERIC_TAPS_H

#include "kernels/window.h"

/* How far behind the window's first tap each tap lies in x, worked out once for many positions. */
enum { MOST_TAPS = 64 };
typedef struct tap_list {
    int64_t count; /* of the window's taps */
    bool listed;   /* not more than there is room for */
    int64_t offset[MOST_TAPS];
} tap_list;

static inline tap_list list_taps(const hone_window *window)
{
    tap_list list = {.count = hone_window_count(window->size)};
    list.listed = list.count <= MOST_TAPS;
    for (int64_t tap = 0; list.listed && tap < list.count; tap++) {
        int64_t at[HONE_WINDOW_AXES];
        hone_window_tap(window, tap, at);
        list.offset[tap] = (at[0] * window->dilation[0] * window->input[1] + at[1] * window->dilation[1]) *
                               window->input[2] +
                           at[2] * window->dilation[2];
    }
    return list;
}

/* The flat position in x that a tap sees from a place of y, or -1; `whole` is that of the first tap when all
 * lie inside, else -1. */
static inline int64_t seen_by(const hone_window *window, const hone_window_place *place, const tap_list *list,
                              int64_t whole, int64_t tap)
{
    int64_t at[HONE_WINDOW_AXES];
    if (whole >= 0)
        return whole + list->offset[tap];
    hone_window_tap(window, tap, at);
    return hone_window_seen(window, place, at);
}

static inline int64_t whole_of(const hone_window *window, const hone_window_place *place,
                               const tap_list *list)
{
    return list->listed ? hone_window_whole(window, place) : -1;
}

#endif
