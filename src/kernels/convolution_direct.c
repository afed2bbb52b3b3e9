/* Convolutions as products of runs. */
#include "kernels/convolution_direct.h"
#include "kernels/sizes.h"
#include <string.h>

enum {
    SHORTEST_ROW = 6,        /* positions of a row of y that make a product worth starting */
    MOST_FILTERS = 96,       /* with more a copy costs little beside the product */
    MOST_RUNS = 32,          /* of a window */
    ROWS_TOGETHER = 8,       /* of y, in the gradient of the kernel */
    MOST_TURNED = 64 * 1024, /* numbers of a kernel that is turned for each tile */
};

static int64_t runs_of(const hone_window *window)
{
    return window->size[0] * window->size[1];
}

bool hone_internal_direct(const hone_window *window)
{
    return window->groups == 1 && window->dilation[2] == 1 && window->output[2] >= SHORTEST_ROW &&
           runs_of(window) <= MOST_RUNS && window->channels > 0 && window->filters > 0 &&
           window->filters <= MOST_FILTERS;
}

/* The window that gives dx: it goes over dy, backwards. */
static hone_window turned_window(const hone_window *window)
{
    hone_window turned = *window;
    turned.channels = window->filters, turned.filters = window->channels;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++) {
        turned.input[axis] = window->output[axis], turned.output[axis] = window->input[axis];
        turned.before[axis] = (window->size[axis] - 1) * window->dilation[axis] - window->before[axis];
    }
    return turned;
}

bool hone_internal_direct_data(const hone_window *window)
{
    const hone_window turned = turned_window(window);
    bool fits = hone_internal_direct(&turned);
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        fits = fits && window->stride[axis] == 1 && turned.before[axis] >= 0;
    return fits && hone_window_count(window->size) * window->channels * window->filters <= MOST_TURNED;
}

/* Columns of x that a row of y sees, the first of them `before` columns in front of x. */
static int64_t columns_seen(const hone_window *window)
{
    return (window->output[2] - 1) * window->stride[2] + window->size[2];
}

static bool has_edges(const hone_window *window)
{
    return window->before[2] > 0 || columns_seen(window) > window->input[2];
}

int64_t hone_internal_direct_forward_scratch(const hone_window *window)
{
    return has_edges(window) ? runs_of(window) * columns_seen(window) * window->channels : 0;
}

int64_t hone_internal_direct_kernel_scratch(const hone_window *window)
{
    return has_edges(window) ? ROWS_TOGETHER * columns_seen(window) * window->channels : 0;
}

int64_t hone_internal_direct_data_scratch(const hone_window *window)
{
    const hone_window turned = turned_window(window);
    return hone_window_count(window->size) * window->channels * window->filters +
           hone_internal_direct_forward_scratch(&turned);
}

/* Row `row` of y, counted over all samples, as its first place. */
static hone_window_place place_of_row(const hone_window *window, int64_t row)
{
    return hone_window_place_of(window->output, row * window->output[2]);
}

/* The row of x under a row of the window (its run's number), from `before` columns in front of it on; between
 * zeros in `edges` when the window reaches beyond its ends. NULL: it lies outside x. */
static const float *row_under(const hone_window *window, const float *x, const hone_window_place *place,
                              int64_t run, float *edges)
{
    const int64_t plane = hone_window_source(window, 0, place->at[0], run / window->size[1]);
    const int64_t row = hone_window_source(window, 1, place->at[1], run % window->size[1]);
    if (plane < 0 || plane >= window->input[0] || row < 0 || row >= window->input[1])
        return NULL;
    const int64_t at = (place->sample * window->input[0] + plane) * window->input[1] + row;
    const float *from = x + at * window->input[2] * window->channels;
    if (!has_edges(window))
        return from;
    const int64_t before = window->before[2] * window->channels,
                  all = columns_seen(window) * window->channels;
    const int64_t inside = hone_maximum(hone_minimum(all - before, window->input[2] * window->channels), 0);
    memset(edges, 0, (size_t)hone_minimum(before, all) * sizeof *edges);
    if (inside > 0)
        memcpy(edges + before, from, (size_t)inside * sizeof *edges);
    if (before + inside < all)
        memset(edges + before + inside, 0, (size_t)(all - before - inside) * sizeof *edges);
    return edges;
}

static void forward_row(const hone_product_parts *parts, const hone_window *window, const float *x,
                        const float *weights, float *y, int64_t row, float *scratch)
{
    const float *a[MOST_RUNS], *b[MOST_RUNS];
    const int64_t length = window->size[2] * window->channels, filters = window->filters;
    const int64_t room = columns_seen(window) * window->channels;
    const hone_window_place place = place_of_row(window, row);
    hone_runs runs = {.length = length, .a = a, .b = b};
    for (int64_t run = 0; run < runs_of(window); run++) {
        const float *from = row_under(window, x, &place, run, scratch + runs.count * room);
        if (from == NULL)
            continue;
        a[runs.count] = from;
        b[runs.count++] = weights + run * length * filters;
    }
    parts->runs(window->output[2], filters, &runs, window->stride[2] * window->channels, 1, filters,
                y + row * window->output[2] * filters, filters, false);
}

void hone_internal_direct_forward_rows(const hone_product_parts *parts, const hone_window *window,
                                       const float *x, const float *weights, float *y, int64_t first,
                                       int64_t last, float *scratch)
{
    for (int64_t row = first; row < last; row++)
        forward_row(parts, window, x, weights, y, row, scratch);
}

void hone_internal_direct_data_rows(const hone_product_parts *parts, const hone_window *window,
                                    const float *dy, const float *turned, float *dx, int64_t first,
                                    int64_t last, float *scratch)
{
    const hone_window back = turned_window(window);
    const int64_t taps = hone_window_count(window->size), channels = window->channels,
                  filters = window->filters;
    float *weights = scratch, *edges = scratch + taps * channels * filters;
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t f = 0; f < filters; f++)
            memcpy(weights + (tap * filters + f) * channels, turned + (f * taps + taps - 1 - tap) * channels,
                   (size_t)channels * sizeof *weights);
    hone_internal_direct_forward_rows(parts, &back, dy, weights, dx, first, last, edges);
}

/* Adds up one row of the window over a few rows of y. */
static void kernel_run(const hone_product_parts *parts, const hone_window *window, const float *x,
                       const float *dy, float *dw, int64_t run, int64_t first, int64_t last, float *scratch)
{
    const float *a[ROWS_TOGETHER], *b[ROWS_TOGETHER];
    const int64_t length = window->size[2] * window->channels, filters = window->filters;
    const int64_t room = columns_seen(window) * window->channels;
    hone_runs runs = {.length = window->output[2], .a = a, .b = b};
    for (int64_t row = first; row < last; row++) {
        const hone_window_place place = place_of_row(window, row);
        const float *from = row_under(window, x, &place, run, scratch + runs.count * room);
        if (from == NULL)
            continue;
        a[runs.count] = from;
        b[runs.count++] = dy + row * window->output[2] * filters;
    }
    parts->runs(length, filters, &runs, 1, window->stride[2] * window->channels, filters,
                dw + run * length * filters, filters, true);
}

void hone_internal_direct_kernel_rows(const hone_product_parts *parts, const hone_window *window,
                                      const float *x, const float *dy, float *dw, int64_t begin, int64_t end,
                                      int64_t first, int64_t last, float *scratch)
{
    const int64_t width = window->channels * window->filters;
    memset(dw + begin * width, 0, (size_t)((end - begin) * width) * sizeof *dw);
    for (int64_t row = first; row < last; row += ROWS_TOGETHER)
        for (int64_t run = begin / window->size[2]; run < end / window->size[2]; run++)
            kernel_run(parts, window, x, dy, dw, run, row, hone_minimum(row + ROWS_TOGETHER, last), scratch);
}
