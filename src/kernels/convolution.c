/* Convolutions as matrix products: what lies under the window is copied side by side, for some positions and
 * taps at a time, and multiplied while it is in cache (im2col). Chellapilla, Puri, Simard: "High performance
 * convolutional neural networks for document processing", 2006.
 *
 * With `positions` rows, y = P W, dW = P^T dy, and dx is where the rows of dy W^T belong, added up. */
#include "kernels/convolution_direct.h"
#include "kernels/product_parts.h"
#include "kernels/sizes.h"
#include "kernels/window_copy.h"
#include <string.h>

enum {
    TILE_POSITIONS = 128, /* rows of a product: enough that W, which is read for each tile, costs little */
    FEW_POSITIONS = 24,   /* the fewest rows of a tile where there are few in all */
    TILES = 16,           /* so many are enough to share */
    KERNEL_TILES = 8,     /* the same of dW, over all parts of the positions */
    KERNEL_STEP = 16,     /* channels: tiles of dW are cut at multiples of these */
    WORK = 2000 * 1000,   /* multiply-adds of a tile that are worth reading W once more */
    KERNEL_WORK = 500 * 1000, /* multiply-adds that are worth a thread's while */
    INNER = 384,              /* numbers of a row that are copied at a time: 192 KB in all */
    KERNEL_ROWS = 768,        /* of dW in a tile */
    DATA_POSITIONS = 64,      /* positions of x that make a tile of dx worth having */
};

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
    const int64_t width = hone_window_group_channels(window), row = window->size[2];
    int64_t taps = width * row <= numbers ? numbers / (width * row) * row : numbers / width;
    return hone_minimum(hone_maximum(taps, 1), hone_window_count(window->size));
}

static bool is_direct(const hone_window *window)
{
    return !sees_itself(window) && hone_internal_direct(window);
}

/* Positions of a tile whose rows are a product. */
static int64_t tile_of_positions(const hone_window *window, int64_t positions)
{
    const int64_t weights =
        hone_window_count(window->size) * hone_window_group_channels(window) * window->filters;
    const int64_t worth = hone_maximum(positions * weights / WORK, 1);
    const int64_t shared = hone_divide_up(hone_divide_up(positions, hone_minimum(worth, TILES)), 8) * 8;
    const int64_t tile = hone_minimum(hone_maximum(shared, FEW_POSITIONS), TILE_POSITIONS);
    return hone_maximum(hone_minimum(tile, positions), 1);
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
    window->tile = tile_of_positions(window, positions);
    window->taps = taps_together(window, INNER);
    const int64_t copied =
        sees_itself(window) ? 0 : window->tile * window->taps * hone_window_group_channels(window);
    return (hone_tiles){hone_divide_up(positions, window->tile),
                        (size_t)copied * sizeof(float) + hone_internal_product_plain_scratch()};
}

/* One group of the filters for some positions. */
static void forward_group(const hone_product_parts *parts, const hone_kernel_args *args, int64_t first,
                          int64_t count, int64_t group, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t width = hone_window_group_channels(window), filters = hone_window_group_filters(window);
    const int64_t taps = hone_window_count(window->size);
    const bool itself = sees_itself(window);
    float *packed = scratch, *copied = packed + hone_internal_product_plain_scratch() / sizeof *packed;
    for (int64_t tap = 0; tap < taps; tap += window->taps) {
        const int64_t end = hone_minimum(tap + window->taps, taps), inner = (end - tap) * width;
        if (!itself)
            hone_internal_window_gather(window, args->data[1], first, count, tap, end, group, copied);
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
    const bool direct = is_direct(window);
    for (int64_t item = begin; item < end; item++) {
        const int64_t first = item * window->tile, last = hone_minimum(first + window->tile, positions);
        if (direct)
            hone_internal_direct_forward_rows(parts, window, args->data[1], args->data[2], args->data[0],
                                              first / window->output[2], last / window->output[2], scratch);
        for (int64_t group = 0; !direct && group < window->groups; group++)
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
    if (sees_itself(window)) {
        const int64_t positions = window->batch * hone_window_count(window->input);
        window->tile = tile_of_positions(window, positions);
        return (hone_tiles){hone_divide_up(positions, window->tile), hone_internal_product_plain_scratch()};
    }
    const int axis = long_axis(window);
    const int64_t behind = positions_behind(window->input, axis);
    const int64_t reach = (window->size[axis] - 1) * window->dilation[axis] + 1;
    window->tile = hone_maximum(8 * reach, hone_divide_up(DATA_POSITIONS * 16, behind));
    window->tile = hone_maximum(hone_minimum(window->tile, window->input[axis]), 1);
    window->taps = taps_together(window, INNER);
    const int64_t rows = TILE_POSITIONS * window->taps * hone_window_group_channels(window);
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
    const int64_t width = hone_window_group_channels(window), filters = hone_window_group_filters(window);
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
            hone_internal_window_scatter(window, rows, first, count, tap, tap_end, group, axis, begin, end,
                                         args->data[0]);
        }
}

/* Where every position is seen once, by its own: dx = dy W^T. */
static void backward_positions(const hone_product_parts *parts, const hone_kernel_args *args, int64_t item,
                               void *scratch)
{
    const hone_window *window = args->family;
    const int64_t positions = window->batch * hone_window_count(window->input), first = item * window->tile;
    const int64_t count = hone_minimum(window->tile, positions - first), channels = window->channels;
    const hone_product_tile tile = {.m = count,
                                    .n = channels,
                                    .k = window->filters,
                                    .lda = window->filters,
                                    .ldb = channels,
                                    .ldc = channels,
                                    .a = (const float *)args->data[1] + first * window->filters,
                                    .b = args->data[2],
                                    .c = (float *)args->data[0] + first * channels};
    hone_internal_product_plain(parts, &tile, false, scratch);
    hone_chain_run(args->chain, first * channels, (first + count) * channels, scratch);
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
    const bool itself = sees_itself(args->family);
    for (int64_t item = begin; item < end; item++)
        if (itself)
            backward_positions(parts, args, item, scratch);
        else
            backward_tile(parts, args, item, scratch);
}

/* ---- dW = P^T dy ---- */

static bool kernel_is_direct(const hone_window *window)
{
    return is_direct(window) && window->taps % window->size[2] == 0;
}

/* Channels of a tile: all, but where x itself is multiplied, whose columns are each other's strangers. */
static int64_t tile_of_channels(const hone_window *window)
{
    if (!sees_itself(window))
        return hone_window_group_channels(window);
    const int64_t positions = window->batch * hone_window_count(window->output) / window->parts;
    const int64_t worth = positions * window->channels * window->filters / KERNEL_WORK;
    const int64_t tiles = hone_minimum(hone_divide_up(KERNEL_TILES, window->parts), hone_maximum(worth, 1));
    const int64_t steps = hone_divide_up(hone_divide_up(window->channels, tiles), KERNEL_STEP);
    return hone_minimum(steps * KERNEL_STEP, window->channels);
}

/* Tiles of one part: side by side in taps, or in channels where there is one tap. */
static int64_t kernel_tiles_across(const hone_window *window)
{
    return hone_divide_up(hone_window_count(window->size), window->taps) *
           hone_divide_up(hone_window_group_channels(window), window->tile);
}

hone_tiles hone_internal_convolution_kernel_tiling(void *family)
{
    hone_window *window = family;
    window->taps = taps_together(window, KERNEL_ROWS);
    window->tile = tile_of_channels(window);
    const int64_t copied =
        sees_itself(window) ? 0 : TILE_POSITIONS * window->taps * hone_window_group_channels(window);
    const int64_t floats = kernel_is_direct(window) ? hone_internal_direct_kernel_scratch(window) : copied;
    return (hone_tiles){window->parts * kernel_tiles_across(window), (size_t)floats * sizeof(float)};
}

/* Channels `channel` .. of a window of one tap over the positions first .. last-1. */
static void kernel_channels(const hone_product_parts *parts, const hone_kernel_args *args, float *result,
                            int64_t first, int64_t last, int64_t channel)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, filters = window->filters,
                  m = hone_minimum(window->tile, channels - channel);
    const float *x = (const float *)args->data[1] + channel, *dy = args->data[2];
    for (int64_t at = first; at < last; at += TILE_POSITIONS)
        parts->product(m, filters, hone_minimum(TILE_POSITIONS, last - at), x + at * channels, 1, channels,
                       dy + at * filters, filters, result + channel * filters, filters, at > first);
}

/* Taps begin .. end-1 of one group over the positions first .. last-1. */
static void kernel_group(const hone_product_parts *parts, const hone_kernel_args *args, float *result,
                         int64_t first, int64_t last, int64_t begin, int64_t end, int64_t group,
                         float *copied)
{
    const hone_window *window = args->family;
    const int64_t width = hone_window_group_channels(window), filters = hone_window_group_filters(window),
                  m = (end - begin) * width;
    const float *dy = args->data[2];
    for (int64_t at = first; at < last; at += TILE_POSITIONS) {
        const int64_t count = hone_minimum(TILE_POSITIONS, last - at);
        hone_internal_window_gather(window, args->data[1], at, count, begin, end, group, copied);
        parts->product(m, filters, count, copied, 1, m, dy + at * window->filters + group * filters,
                       window->filters, result + begin * width * window->filters + group * filters,
                       window->filters, at > first);
    }
}

void hone_internal_convolution_kernel_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                          int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t taps = hone_window_count(window->size), across = kernel_tiles_across(window);
    const int64_t weights = taps * hone_window_group_channels(window) * window->filters;
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
        if (sees_itself(window)) {
            kernel_channels(parts, args, (float *)args->data[0] + part * weights, first, last,
                            item % across * window->tile);
            continue;
        }
        for (int64_t group = 0; group < window->groups; group++)
            kernel_group(parts, args, (float *)args->data[0] + part * weights, first, last, tap,
                         hone_minimum(tap + window->taps, taps), group, scratch);
    }
}
