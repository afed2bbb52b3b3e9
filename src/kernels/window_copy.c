/* Copying what lies under a window, and adding what is given back to it. */
#include "kernels/window_copy.h"
#include "kernels/sizes.h"
#include <string.h>

enum { SMALL_RUN = 16 }; /* numbers that a loop copies faster than memcpy */

static void copy(float *to, const float *from, int64_t count)
{
    if (count >= SMALL_RUN)
        memcpy(to, from, (size_t)count * sizeof *to);
    else
        for (int64_t i = 0; i < count; i++)
            to[i] = from[i];
}

static void clear(float *to, int64_t count)
{
    if (count >= SMALL_RUN)
        memset(to, 0, (size_t)count * sizeof *to);
    else
        for (int64_t i = 0; i < count; i++)
            to[i] = 0;
}

/* Taps that follow each other along the last axis, from `tap` on. */
typedef struct tap_run {
    int64_t at[HONE_WINDOW_AXES]; /* the first */
    int64_t count;
} tap_run;

static tap_run run_of_taps(const hone_window *window, int64_t tap, int64_t end)
{
    tap_run run;
    hone_window_tap(window, tap, run.at);
    run.count = hone_minimum(window->size[2] - run.at[2], end - tap);
    return run;
}

/* Where a run of taps begins in x seen from a place of y: the flat position of column 0 of that row, or -1.
 */
static int64_t row_seen(const hone_window *window, const hone_window_place *place, const tap_run *run)
{
    const int64_t plane = hone_window_source(window, 0, place->at[0], run->at[0]);
    const int64_t row = hone_window_source(window, 1, place->at[1], run->at[1]);
    if (plane < 0 || plane >= window->input[0] || row < 0 || row >= window->input[1])
        return -1;
    return ((place->sample * window->input[0] + plane) * window->input[1] + row) * window->input[2];
}

/* The channels of the group under a run of taps: [run.count, channels of the group]. */
static void gather_run(const hone_window *window, const float *x, const hone_window_place *place,
                       const tap_run *run, int64_t first_channel, float *to)
{
    const int64_t width = hone_window_group_channels(window), row = row_seen(window, place, run);
    const int64_t step = window->dilation[2], last = window->input[2];
    int64_t column = hone_window_source(window, 2, place->at[2], run->at[2]);
    if (row < 0) {
        clear(to, run->count * width);
        return;
    }
    if (step == 1 && width == window->channels && column >= 0 && column + run->count <= last) {
        copy(to, x + (row + column) * width, run->count * width);
        return;
    }
    for (int64_t i = 0; i < run->count; i++, column += step, to += width) {
        if (column >= 0 && column < last)
            copy(to, x + (row + column) * window->channels + first_channel, width);
        else
            clear(to, width);
    }
}

/* The runs of some taps, and how far behind the first tap of the window each lies in x: worked out once for
 * many positions. */
enum { MOST_RUNS = 32 };
typedef struct run_list {
    tap_run run[MOST_RUNS];
    int64_t offset[MOST_RUNS];
    int count;
    int64_t taps;
} run_list;

static run_list list_runs(const hone_window *window, int64_t tap, int64_t end)
{
    run_list list = {.count = 0, .taps = 0};
    while (tap + list.taps < end && list.count < MOST_RUNS) {
        const tap_run run = run_of_taps(window, tap + list.taps, end);
        list.run[list.count] = run;
        list.offset[list.count++] =
            (run.at[0] * window->dilation[0] * window->input[1] + run.at[1] * window->dilation[1]) *
                window->input[2] +
            run.at[2] * window->dilation[2];
        list.taps += run.count;
    }
    return list;
}

/* The numbers of a run are neighbours in x. */
static bool runs_are_whole(const hone_window *window)
{
    return window->dilation[2] == 1 && window->groups == 1;
}

static void gather_position(const hone_window *window, const float *x, const hone_window_place *place,
                            const run_list *list, int64_t first_channel, float *to)
{
    const int64_t width = hone_window_group_channels(window);
    const int64_t position = runs_are_whole(window) ? hone_window_whole(window, place) : -1;
    for (int i = 0; i < list->count; i++) {
        const int64_t count = list->run[i].count * width;
        if (position >= 0)
            copy(to, x + (position + list->offset[i]) * width, count);
        else
            gather_run(window, x, place, &list->run[i], first_channel, to);
        to += count;
    }
}

/* How many positions from a place on, at most `count`, lie in its row and have their whole windows inside x.
 */
static int64_t whole_in_row(const hone_window *window, const hone_window_place *place, int64_t count)
{
    if (hone_window_whole(window, place) < 0)
        return 0;
    const int64_t reach = (window->size[2] - 1) * window->dilation[2];
    const int64_t last = (window->input[2] - 1 - reach + window->before[2]) / window->stride[2];
    return hone_minimum(count, hone_minimum(last + 1, window->output[2]) - place->at[2]);
}

/* The same for positions that follow each other in a row and have whole windows whose runs are short: number
 * by number, for all positions at once. */
static void gather_row(const hone_window *window, const float *x, const hone_window_place *place,
                       int64_t count, const run_list *list, float *to, int64_t stride)
{
    const int64_t width = window->channels, step = window->stride[2] * width;
    const int64_t position = hone_window_whole(window, place);
    for (int run = 0; run < list->count; run++) {
        const float *from = x + (position + list->offset[run]) * width;
        for (int64_t k = 0; k < list->run[run].count * width; k++, to++)
            for (int64_t i = 0; i < count; i++)
                to[i * stride] = from[i * step + k];
    }
}

void hone_internal_window_gather(const hone_window *window, const float *x, int64_t first, int64_t count,
                                 int64_t begin, int64_t end, int64_t group, float *to)
{
    const int64_t width = hone_window_group_channels(window), stride = (end - begin) * width;
    for (int64_t tap = begin; tap < end;) {
        const run_list list = list_runs(window, tap, end);
        const bool narrow = runs_are_whole(window) && window->size[2] * width < SMALL_RUN;
        hone_window_place place = hone_window_place_of(window->output, first);
        for (int64_t i = 0, together; i < count; i += together) {
            float *row = to + i * stride + (tap - begin) * width;
            together = narrow ? whole_in_row(window, &place, count - i) : 0;
            if (together > 0) {
                gather_row(window, x, &place, together, &list, row, stride);
            } else {
                gather_position(window, x, &place, &list, group * width, row);
                together = 1;
            }
            hone_window_advance(window->output, &place, together);
        }
        tap += list.taps;
    }
}

static void add(float *to, const float *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        to[i] += from[i];
}

/* One row as `gather` makes them, added to where it came from, inside rows begin .. end-1 of the axis. */
static void scatter_position(const hone_window *window, const float *from, const hone_window_place *place,
                             const run_list *list, int64_t first_channel, int axis, int64_t begin,
                             int64_t end, float *dx)
{
    const int64_t width = hone_window_group_channels(window), channels = window->channels;
    const int64_t along = hone_window_source(window, axis, place->at[axis], 0);
    const bool inside = along >= begin && along + (window->size[axis] - 1) * window->dilation[axis] < end;
    const int64_t position = inside && runs_are_whole(window) ? hone_window_whole(window, place) : -1;
    for (int i = 0; i < list->count; i++) {
        const tap_run *run = &list->run[i];
        if (position >= 0) {
            add(dx + (position + list->offset[i]) * width, from, run->count * width);
            from += run->count * width;
            continue;
        }
        int64_t at[HONE_WINDOW_AXES] = {run->at[0], run->at[1], run->at[2]};
        for (int64_t k = 0; k < run->count; k++, at[2]++, from += width) {
            const int64_t seen = hone_window_seen(window, place, at);
            const int64_t row = hone_window_source(window, axis, place->at[axis], at[axis]);
            if (seen >= 0 && row >= begin && row < end)
                add(dx + seen * channels + first_channel, from, width);
        }
    }
}

void hone_internal_window_scatter(const hone_window *window, const float *from, int64_t first, int64_t count,
                                  int64_t tap_begin, int64_t tap_end, int64_t group, int axis, int64_t begin,
                                  int64_t end, float *dx)
{
    const int64_t width = hone_window_group_channels(window), stride = (tap_end - tap_begin) * width;
    for (int64_t tap = tap_begin; tap < tap_end;) {
        const run_list list = list_runs(window, tap, tap_end);
        hone_window_place place = hone_window_place_of(window->output, first);
        for (int64_t i = 0; i < count; i++) {
            scatter_position(window, from + i * stride + (tap - tap_begin) * width, &place, &list,
                             group * width, axis, begin, end, dx);
            hone_window_next(window->output, &place);
        }
        tap += list.taps;
    }
}
