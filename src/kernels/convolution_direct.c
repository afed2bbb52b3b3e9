/* Convolutions as products of runs. */
#include "kernels/convolution_direct.h"
#include "kernels/sizes.h"
#include <string.h>

enum {
    SHORTEST_ROW = 6,        /* positions of a row of y that make a product worth starting */
    MOST_FILTERS = 96,       /* with more a copy costs little beside the product */
    MOST_RUNS = 32,          /* of a window */
    ROWS_TOGETHER = 8,       /* of y, at most; in the gradient of the kernel */
    POSITIONS_TOGETHER = 64, /* in rows of y whose number is as it comes out */
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

static int64_t room_of_rows(const hone_window *window, int64_t rows)
{
    return has_edges(window) ? rows * runs_of(window) * columns_seen(window) * window->channels : 0;
}

/* Rows of y that are computed at a time. */
static int64_t rows_together(const hone_window *window)
{
    return hone_maximum(hone_minimum(hone_divide_up(POSITIONS_TOGETHER, window->output[2]), ROWS_TOGETHER),
                        1);
}

int64_t hone_internal_direct_forward_scratch(const hone_window *window)
{
    return room_of_rows(window, rows_together(window));
}

int64_t hone_internal_direct_kernel_scratch(const hone_window *window)
{
    return room_of_rows(window, ROWS_TOGETHER);
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

/* Rows of x under the rows of the window (runs), for some rows of y: where each begins, `before` columns in
 * front of x; NULL outside x. Where the window reaches beyond the ends of a row of x, a copy between zeros,
 * one for all that see it. */
typedef struct seen_rows {
    const float *at[ROWS_TOGETHER][MOST_RUNS];
    int64_t copied[ROWS_TOGETHER * MOST_RUNS]; /* which rows of x, counted over all samples */
    int64_t copies;
    int64_t first_run, past_run; /* which rows of the window are looked at */
} seen_rows;

/* The row of x under a row of the window, counted over all samples, or -1. */
static int64_t row_under(const hone_window *window, const hone_window_place *place, int64_t run)
{
    const int64_t plane = hone_window_source(window, 0, place->at[0], run / window->size[1]);
    const int64_t row = hone_window_source(window, 1, place->at[1], run % window->size[1]);
    if (plane < 0 || plane >= window->input[0] || row < 0 || row >= window->input[1])
        return -1;
    return (place->sample * window->input[0] + plane) * window->input[1] + row;
}

static void copy_between_zeros(const hone_window *window, const float *from, float *to)
{
    const int64_t before = window->before[2] * window->channels,
                  all = columns_seen(window) * window->channels;
    const int64_t inside = hone_maximum(hone_minimum(all - before, window->input[2] * window->channels), 0);
    memset(to, 0, (size_t)hone_minimum(before, all) * sizeof *to);
    if (inside > 0)
        memcpy(to + before, from, (size_t)inside * sizeof *to);
    if (before + inside < all)
        memset(to + before + inside, 0, (size_t)(all - before - inside) * sizeof *to);
}

static const float *copy_of(const hone_window *window, const float *x, int64_t row, seen_rows *seen,
                            float *scratch)
{
    const int64_t room = columns_seen(window) * window->channels;
    for (int64_t i = seen->copies - 1; i >= 0; i--) /* the latest are the likeliest */
        if (seen->copied[i] == row)
            return scratch + i * room;
    float *to = scratch + seen->copies * room;
    copy_between_zeros(window, x + row * window->input[2] * window->channels, to);
    seen->copied[seen->copies++] = row;
    return to;
}

static void see_rows(const hone_window *window, const float *x, int64_t first, int64_t last, float *scratch,
                     seen_rows *seen)
{
    const bool edges = has_edges(window);
    seen->copies = 0;
    for (int64_t row = first; row < last; row++) {
        const hone_window_place place = place_of_row(window, row);
        for (int64_t run = seen->first_run; run < seen->past_run; run++) {
            const int64_t under = row_under(window, &place, run);
            seen->at[row - first][run] = under < 0 ? NULL
                                         : edges   ? copy_of(window, x, under, seen, scratch)
                                                   : x + under * window->input[2] * window->channels;
        }
    }
}

static void forward_row(const hone_product_parts *parts, const hone_window *window, const float *const *seen,
                        const float *weights, float *y)
{
    const float *a[MOST_RUNS], *b[MOST_RUNS];
    const int64_t length = window->size[2] * window->channels, filters = window->filters;
    hone_runs runs = {.length = length, .a = a, .b = b};
    for (int64_t run = 0; run < runs_of(window); run++) {
        if (seen[run] == NULL)
            continue;
        a[runs.count] = seen[run];
        b[runs.count++] = weights + run * length * filters;
    }
    parts->runs(window->output[2], filters, &runs, window->stride[2] * window->channels, 1, filters, y,
                filters, false);
}

void hone_internal_direct_forward_rows(const hone_product_parts *parts, const hone_window *window,
                                       const float *x, const float *weights, float *y, int64_t first,
                                       int64_t last, float *scratch)
{
    const int64_t width = window->output[2] * window->filters;
    seen_rows seen;
    seen.first_run = 0;
    seen.past_run = runs_of(window);
    for (int64_t row = first, end; row < last; row = end) {
        end = hone_minimum(row + rows_together(window), last);
        see_rows(window, x, row, end, scratch, &seen);
        for (int64_t i = row; i < end; i++)
            forward_row(parts, window, seen.at[i - row], weights, y + i * width);
    }
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
static void kernel_run(const hone_product_parts *parts, const hone_window *window, const seen_rows *seen,
                       const float *dy, float *dw, int64_t run, int64_t rows)
{
    const float *a[ROWS_TOGETHER], *b[ROWS_TOGETHER];
    const int64_t length = window->size[2] * window->channels, filters = window->filters;
    hone_runs runs = {.length = window->output[2], .a = a, .b = b};
    for (int64_t row = 0; row < rows; row++) {
        if (seen->at[row][run] == NULL)
            continue;
        a[runs.count] = seen->at[row][run];
        b[runs.count++] = dy + row * window->output[2] * filters;
    }
    parts->runs(length, filters, &runs, 1, window->stride[2] * window->channels, filters,
                dw + run * length * filters, filters, true);
}

void hone_internal_direct_kernel_rows(const hone_product_parts *parts, const hone_window *window,
                                      const float *x, const float *dy, float *dw, int64_t begin, int64_t end,
                                      int64_t first, int64_t last, float *scratch)
{
    const int64_t width = window->channels * window->filters, row_of_y = window->output[2] * window->filters;
    seen_rows seen;
    seen.first_run = begin / window->size[2];
    seen.past_run = end / window->size[2];
    memset(dw + begin * width, 0, (size_t)((end - begin) * width) * sizeof *dw);
    for (int64_t row = first, past; row < last; row = past) {
        past = hone_minimum(row + ROWS_TOGETHER, last);
        see_rows(window, x, row, past, scratch, &seen);
        for (int64_t run = seen.first_run; run < seen.past_run; run++)
            kernel_run(parts, window, &seen, dy + row * row_of_y, dw, run, past - row);
    }
}
