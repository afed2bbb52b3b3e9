/* Convolutions as matrix products: what lies under the window is copied side by side, for some positions and
 * taps at a time, and multiplied while it is in cache (im2col). Chellapilla, Puri, Simard: "High performance
 * convolutional neural networks for document processing", 2006.
 *
 * With `positions` rows, y = P W, dW = P^T dy, and dx is where the rows of dy W^T belong, added up. */
#include "kernels/convolution_direct.h"
#include "kernels/product_parts.h"
#include "kernels/sizes.h"
#include "kernels/window.h"
#include <string.h>

enum {
    TILE_POSITIONS = 128, /* rows of a product: enough that W, which is read for each tile, costs little */
    INNER = 384,          /* numbers of a row that are copied at a time: 192 KB in all */
    SMALL_RUN = 16,       /* numbers that a loop copies faster than memcpy */
    KERNEL_ROWS = 768,    /* of dW in a tile */
    DATA_POSITIONS = 64,  /* positions of x that make a tile of dx worth having */
};

static int64_t group_channels(const hone_window *window)
{
    return window->channels / window->groups;
}

static int64_t group_filters(const hone_window *window)
{
    return window->filters / window->groups;
}

/* ---- copying what lies under the window ---- */

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
    const int64_t width = group_channels(window), row = row_seen(window, place, run);
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
    const int64_t width = group_channels(window);
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

/* Rows `count` positions from `first` on, columns the taps begin .. end-1 with the channels of a group. */
static void gather(const hone_window *window, const float *x, int64_t first, int64_t count, int64_t begin,
                   int64_t end, int64_t group, float *to)
{
    const int64_t width = group_channels(window), stride = (end - begin) * width;
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
    const int64_t width = group_channels(window), channels = window->channels;
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

/* Adds rows as `gather` makes them to where they came from, inside rows of x begin .. end-1 of the axis. */
static void scatter_add(const hone_window *window, const float *from, int64_t first, int64_t count,
                        int64_t tap_begin, int64_t tap_end, int64_t group, int axis, int64_t begin,
                        int64_t end, float *dx)
{
    const int64_t width = group_channels(window), stride = (tap_end - tap_begin) * width;
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

/* ---- y = P W ---- */

/* What lies under the window is x itself, row for row. */
static bool sees_itself(const hone_window *window)
{
    bool same = hone_window_count(window->size) == 1 && window->groups == 1;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        same = same && window->stride[axis] == 1 && window->before[axis] == 0 &&
               window->input[axis] == window->output[axis];
    return same;
}

/* Taps of about INNER numbers: whole rows of the window where these are small. */
static int64_t taps_together(const hone_window *window, int64_t numbers)
{
    const int64_t width = group_channels(window), row = window->size[2];
    int64_t taps = width * row <= numbers ? numbers / (width * row) * row : numbers / width;
    return hone_minimum(hone_maximum(taps, 1), hone_window_count(window->size));
}

static bool is_direct(const hone_window *window)
{
    return !sees_itself(window) && hone_internal_direct_forward(window);
}

hone_tiles hone_internal_convolution_tiling(void *family)
{
    hone_window *window = family;
    const int64_t positions = window->batch * hone_window_count(window->output), row = window->output[2];
    if (is_direct(window)) {
        window->tile = hone_maximum(TILE_POSITIONS / row, 1) * row;
        return (hone_tiles){hone_divide_up(positions, window->tile),
                            (size_t)hone_internal_direct_forward_scratch(window) * sizeof(float)};
    }
    window->tile = hone_minimum(TILE_POSITIONS, hone_maximum(positions, 1));
    window->taps = taps_together(window, INNER);
    const int64_t copied = sees_itself(window) ? 0 : window->tile * window->taps * group_channels(window);
    return (hone_tiles){hone_divide_up(positions, window->tile),
                        (size_t)copied * sizeof(float) + hone_internal_product_plain_scratch()};
}

/* One group of the filters for some positions. */
static void forward_group(const hone_product_parts *parts, const hone_kernel_args *args, int64_t first,
                          int64_t count, int64_t group, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t width = group_channels(window), filters = group_filters(window);
    const int64_t taps = hone_window_count(window->size);
    const bool itself = sees_itself(window);
    float *packed = scratch, *copied = packed + hone_internal_product_plain_scratch() / sizeof *packed;
    for (int64_t tap = 0; tap < taps; tap += window->taps) {
        const int64_t end = hone_minimum(tap + window->taps, taps), inner = (end - tap) * width;
        if (!itself)
            gather(window, args->data[1], first, count, tap, end, group, copied);
        const hone_product_tile tile = {
            .m = count,
            .n = filters,
            .k = inner,
            .lda = itself ? width : inner,
            .ldb = window->filters,
            .ldc = window->filters,
            .a = itself ? (const float *)args->data[1] + first * width : copied,
            .b = (const float *)args->data[2] + tap * width * window->filters + group * filters,
            .c = (float *)args->data[0] + first * window->filters + group * filters};
        hone_internal_product_plain(parts, &tile, tap > 0, packed);
    }
}

void hone_internal_convolution_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                   int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t positions = window->batch * hone_window_count(window->output);
    for (int64_t item = begin; item < end; item++) {
        const int64_t first = item * window->tile, last = hone_minimum(first + window->tile, positions);
        if (is_direct(window))
            hone_internal_direct_forward_rows(parts, window, args->data[1], args->data[2], args->data[0],
                                              first / window->output[2], last / window->output[2], scratch);
        for (int64_t group = 0; !is_direct(window) && group < window->groups; group++)
            forward_group(parts, args, first, last - first, group, scratch);
        hone_chain_run(args->chain, first * window->filters, last * window->filters, scratch);
    }
}

/* ---- dx: the rows of dy W^T, added where they belong ---- */

/* The first axis of x that is longer than 1: tiles of dx are cut along it. */
static int long_axis(const hone_window *window)
{
    int axis = 0;
    while (axis < HONE_WINDOW_AXES - 1 && window->input[axis] == 1 && window->output[axis] == 1)
        axis++;
    return axis;
}

/* Positions behind one position of an axis. */
static int64_t positions_behind(const int64_t sizes[HONE_WINDOW_AXES], int axis)
{
    int64_t count = 1;
    for (int i = axis + 1; i < HONE_WINDOW_AXES; i++)
        count *= sizes[i];
    return count;
}

/* Neighbouring tiles multiply some of the same rows of dy, so a tile is several windows long. */
/* Direct tiles are whole rows of x. */
static bool data_is_direct(const hone_window *window)
{
    const bool whole_rows = long_axis(window) < HONE_WINDOW_AXES - 1 || window->tile == window->input[2];
    return whole_rows && hone_internal_direct_data(window);
}

hone_tiles hone_internal_convolution_data_tiling(void *family)
{
    hone_window *window = family;
    const int axis = long_axis(window);
    const int64_t behind = positions_behind(window->input, axis);
    const int64_t reach = (window->size[axis] - 1) * window->dilation[axis] + 1;
    window->tile = hone_maximum(8 * reach, hone_divide_up(DATA_POSITIONS * 16, behind));
    window->tile = hone_maximum(hone_minimum(window->tile, window->input[axis]), 1);
    window->taps = taps_together(window, INNER);
    const int64_t rows = TILE_POSITIONS * window->taps * group_channels(window);
    const size_t scratch = hone_internal_direct_data(window)
                               ? (size_t)hone_internal_direct_data_scratch(window) * sizeof(float)
                               : (size_t)rows * sizeof(float) + hone_internal_product_plain_scratch();
    return (hone_tiles){window->batch * hone_divide_up(window->input[axis], window->tile), scratch};
}

/* The positions of y along the axis that see any of begin .. end-1 of x. */
static void seers(const hone_window *window, int axis, int64_t begin, int64_t end, int64_t *first,
                  int64_t *last)
{
    const int64_t reach = (window->size[axis] - 1) * window->dilation[axis];
    const int64_t low = begin + window->before[axis] - reach, high = end - 1 + window->before[axis];
    *first = low <= 0 ? 0 : hone_minimum(hone_divide_up(low, window->stride[axis]), window->output[axis]);
    *last = high < 0 ? 0 : hone_minimum(high / window->stride[axis] + 1, window->output[axis]);
}

/* Some positions of dy, given back to rows begin .. end-1 of dx. */
static void backward_rows(const hone_product_parts *parts, const hone_kernel_args *args, int64_t first,
                          int64_t count, int axis, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t width = group_channels(window), filters = group_filters(window);
    const int64_t taps = hone_window_count(window->size);
    float *packed = scratch, *rows = packed + hone_internal_product_plain_scratch() / sizeof *packed;
    for (int64_t group = 0; group < window->groups; group++)
        for (int64_t tap = 0; tap < taps; tap += window->taps) {
            const int64_t tap_end = hone_minimum(tap + window->taps, taps), n = (tap_end - tap) * width;
            const hone_product_tile tile = {
                .m = count,
                .n = n,
                .k = filters,
                .lda = window->filters,
                .ldb = taps * width,
                .ldc = n,
                .a = (const float *)args->data[1] + first * window->filters + group * filters,
                .b = (const float *)args->data[2] + group * filters * taps * width + tap * width,
                .c = rows};
            hone_internal_product_plain(parts, &tile, false, packed);
            scatter_add(window, rows, first, count, tap, tap_end, group, axis, begin, end, args->data[0]);
        }
}

static void backward_tile(const hone_product_parts *parts, const hone_kernel_args *args, int64_t item,
                          void *scratch)
{
    const hone_window *window = args->family;
    const int axis = long_axis(window);
    const int64_t across = hone_divide_up(window->input[axis], window->tile), sample = item / across;
    const int64_t begin = item % across * window->tile,
                  end = hone_minimum(begin + window->tile, window->input[axis]);
    const int64_t behind_x = positions_behind(window->input, axis) * window->channels,
                  behind_y = positions_behind(window->output, axis);
    const int64_t from = (sample * window->input[axis] + begin) * behind_x,
                  to = from + (end - begin) * behind_x;
    if (data_is_direct(window)) {
        const int64_t row = window->input[2] * window->channels;
        hone_internal_direct_data_rows(parts, window, args->data[1], args->data[2], args->data[0], from / row,
                                       to / row, scratch);
        hone_chain_run(args->chain, from, to, scratch);
        return;
    }
    int64_t first, last;
    seers(window, axis, begin, end, &first, &last);
    memset((float *)args->data[0] + from, 0, (size_t)(to - from) * sizeof(float));
    const int64_t final = (sample * window->output[axis] + last) * behind_y;
    for (int64_t at = (sample * window->output[axis] + first) * behind_y; at < final; at += TILE_POSITIONS)
        backward_rows(parts, args, at, hone_minimum(TILE_POSITIONS, final - at), axis, begin, end, scratch);
    hone_chain_run(args->chain, from, to, scratch);
}

void hone_internal_convolution_data_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                        int64_t begin, int64_t end, void *scratch)
{
    for (int64_t item = begin; item < end; item++)
        backward_tile(parts, args, item, scratch);
}

/* ---- dW = P^T dy ---- */

static bool kernel_is_direct(const hone_window *window)
{
    return !sees_itself(window) && window->taps % window->size[2] == 0 && hone_internal_direct_kernel(window);
}

hone_tiles hone_internal_convolution_kernel_tiling(void *family)
{
    hone_window *window = family;
    window->taps = taps_together(window, KERNEL_ROWS);
    const int64_t rows = TILE_POSITIONS * window->taps * group_channels(window);
    const int64_t floats = kernel_is_direct(window) ? hone_internal_direct_kernel_scratch(window) : rows;
    return (hone_tiles){window->parts * hone_divide_up(hone_window_count(window->size), window->taps),
                        (size_t)floats * sizeof(float)};
}

/* Taps begin .. end-1 of one group over the positions first .. last-1. */
static void kernel_group(const hone_product_parts *parts, const hone_kernel_args *args, float *result,
                         int64_t first, int64_t last, int64_t begin, int64_t end, int64_t group,
                         float *copied)
{
    const hone_window *window = args->family;
    const int64_t width = group_channels(window), filters = group_filters(window), m = (end - begin) * width;
    const float *dy = args->data[2];
    const bool itself = sees_itself(window);
    for (int64_t at = first; at < last; at += TILE_POSITIONS) {
        const int64_t count = hone_minimum(TILE_POSITIONS, last - at);
        if (!itself)
            gather(window, args->data[1], at, count, begin, end, group, copied);
        parts->product(m, filters, count, itself ? (const float *)args->data[1] + at * width : copied, 1, m,
                       dy + at * window->filters + group * filters, window->filters,
                       result + begin * width * window->filters + group * filters, window->filters,
                       at > first);
    }
}

void hone_internal_convolution_kernel_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                          int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t taps = hone_window_count(window->size), across = hone_divide_up(taps, window->taps);
    const int64_t weights = taps * group_channels(window) * window->filters;
    const int64_t positions = window->batch * hone_window_count(window->output);
    for (int64_t item = begin; item < end; item++) {
        const int64_t part = item / across, tap = item % across * window->taps;
        if (kernel_is_direct(window)) {
            const int64_t rows = positions / window->output[2];
            hone_internal_direct_kernel_rows(
                parts, window, args->data[1], args->data[2], (float *)args->data[0] + part * weights, tap,
                hone_minimum(tap + window->taps, taps), rows * part / window->parts,
                rows * (part + 1) / window->parts, scratch);
            continue;
        }
        const int64_t first = positions * part / window->parts, last = positions * (part + 1) / window->parts;
        for (int64_t group = 0; group < window->groups; group++)
            kernel_group(parts, args, (float *)args->data[0] + part * weights, first, last, tap,
                         hone_minimum(tap + window->taps, taps), group, scratch);
    }
}
