/* Convolutions in which each channel is a group: loops over the channels. */
#include "kernels/generic/loops.h"
#include "kernels/generic/taps.h"
#include "kernels/sizes.h"
#include "kernels/unroll.h"

/* ---- with one filter for each channel: vectors of channels, sums in registers ---- */

enum {
    MOST_VECTORS = 6
}; /* of channels together: enough that an addition does not wait for the one before */

/* Pairs of rows of channels that are multiplied and added up: what taps see, and their factors. */
typedef struct pair_list {
    int count;
    const float *a[MOST_TAPS], *b[MOST_TAPS];
} pair_list;

static inline void add_pair(pair_list *pairs, const float *a, const float *b)
{
    pairs->a[pairs->count] = a;
    pairs->b[pairs->count++] = b;
}

/* to[c] (+)= sum over the pairs of a[c] b[c], in their order, for `vectors` vectors of channels from c on. */
static inline __attribute__((always_inline)) void sum_pairs_of(const pair_list *pairs, int vectors, int64_t c,
                                                               float *to, bool add)
{
    floats sum[MOST_VECTORS] = {{0}};
    UNROLL for (int j = 0; j < vectors; j++) if (add) sum[j] = *(const floats *)(to + c + j * FLOATS);
    for (int i = 0; i < pairs->count; i++) {
        const float *a = pairs->a[i] + c, *b = pairs->b[i] + c;
        UNROLL for (int j = 0; j < vectors; j++) sum[j] +=
            *(const floats *)(a + j * FLOATS) * *(const floats *)(b + j * FLOATS);
    }
    UNROLL for (int j = 0; j < vectors; j++)
    {
        *(floats *)(to + c + j * FLOATS) = sum[j];
    }
}

static void sum_pairs(pair_list *pairs, int64_t channels, float *to, bool add)
{
    int64_t c = 0;
    for (; c + 6 * FLOATS <= channels; c += 6 * FLOATS)
        sum_pairs_of(pairs, 6, c, to, add);
    for (; c + 3 * FLOATS <= channels; c += 3 * FLOATS)
        sum_pairs_of(pairs, 3, c, to, add);
    for (; c + FLOATS <= channels; c += FLOATS)
        sum_pairs_of(pairs, 1, c, to, add);
    for (; c < channels; c++) {
        float sum = add ? to[c] : 0;
        for (int i = 0; i < pairs->count; i++)
            sum += pairs->a[i][c] * pairs->b[i][c];
        to[c] = sum;
    }
    pairs->count = 0;
}

/* For one place, which position of the other side stands under tap k along each axis, or -1: `of_x` of x for
 * a place of y, else of y for a place of x. */
typedef struct axis_list {
    int64_t at[HONE_WINDOW_AXES][MOST_TAPS];
} axis_list;

static bool axes_fit(const hone_window *window)
{
    bool fit = true;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        fit = fit && window->size[axis] <= MOST_TAPS;
    return fit;
}

/* All axes where a row begins, else the last alone. */
static void list_axes(const hone_window *window, bool of_x, const hone_window_place *place, bool all,
                      axis_list *list)
{
    for (int axis = all ? 0 : HONE_WINDOW_AXES - 1; axis < HONE_WINDOW_AXES; axis++)
        for (int64_t k = 0; k < window->size[axis]; k++) {
            const int64_t seen = hone_window_source(window, axis, place->at[axis], k);
            list->at[axis][k] = !of_x ? hone_window_target(window, axis, place->at[axis], k)
                                : seen < window->input[axis] ? seen
                                                             : -1;
        }
}

/* One position: to[c] = sum over taps of from[c] W[tap, c], where `from` is [samples, sizes..., channels]. */
static void sum_taps(const hone_window *window, const float *from, const int64_t sizes[HONE_WINDOW_AXES],
                     const float *weights, int64_t sample, const axis_list *list, float *to)
{
    const int64_t channels = window->channels, *size = window->size;
    pair_list pairs = {.count = 0};
    bool add = false;
    for (int64_t plane = 0; plane < size[0]; plane++)
        for (int64_t row = 0; row < size[1]; row++) {
            const int64_t first =
                ((sample * sizes[0] + list->at[0][plane]) * sizes[1] + list->at[1][row]) * sizes[2];
            const float *factors = weights + (plane * size[1] + row) * size[2] * channels;
            if (list->at[0][plane] < 0 || list->at[1][row] < 0)
                continue;
            for (int64_t k = 0; k < size[2]; k++) {
                if (list->at[2][k] >= 0)
                    add_pair(&pairs, from + (first + list->at[2][k]) * channels, factors + k * channels);
                if (pairs.count == MOST_TAPS) {
                    sum_pairs(&pairs, channels, to, add);
                    add = true;
                }
            }
        }
    sum_pairs(&pairs, channels, to, add);
}

/* Positions begin .. end-1 of y (`of_x`), or of x. */
static void sum_positions(const hone_kernel_args *args, bool of_x, int64_t begin, int64_t end)
{
    const hone_window *window = args->family;
    const int64_t *own = of_x ? window->output : window->input,
                  *other = of_x ? window->input : window->output;
    hone_window_place place = hone_window_place_of(own, begin);
    axis_list list;
    for (int64_t position = begin; position < end; position++) {
        list_axes(window, of_x, &place, position == begin || place.at[2] == 0, &list);
        sum_taps(window, args->data[1], other, args->data[2], place.sample, &list,
                 (float *)args->data[0] + position * window->channels);
        hone_window_next(own, &place);
    }
}

/* sum[c] += sum over positions of x[c] dy[c], for `vectors` vectors of channels from c on. */
static inline __attribute__((always_inline)) void add_positions_of(int vectors, int64_t c, int64_t count,
                                                                   const float *x, int64_t x_step,
                                                                   const float *dy, int64_t channels,
                                                                   float *to)
{
    floats sum[MOST_VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) sum[j] = *(const floats *)(to + c + j * FLOATS);
    for (int64_t i = 0; i < count; i++) {
        const float *a = x + i * x_step + c, *b = dy + i * channels + c;
        UNROLL for (int j = 0; j < vectors; j++) sum[j] +=
            *(const floats *)(a + j * FLOATS) * *(const floats *)(b + j * FLOATS);
    }
    UNROLL for (int j = 0; j < vectors; j++)
    {
        *(floats *)(to + c + j * FLOATS) = sum[j];
    }
}

static void add_positions(int64_t count, const float *x, int64_t x_step, const float *dy, int64_t channels,
                          float *to)
{
    int64_t c = 0;
    for (; c + 6 * FLOATS <= channels; c += 6 * FLOATS)
        add_positions_of(6, c, count, x, x_step, dy, channels, to);
    for (; c + 3 * FLOATS <= channels; c += 3 * FLOATS)
        add_positions_of(3, c, count, x, x_step, dy, channels, to);
    for (; c + FLOATS <= channels; c += FLOATS)
        add_positions_of(1, c, count, x, x_step, dy, channels, to);
    for (; c < channels; c++)
        for (int64_t i = 0; i < count; i++)
            to[c] += x[i * x_step + c] * dy[i * channels + c];
}

/* What `count` positions of a row of y, from a place on, add to dW under one tap. */
static void add_row(const hone_window *window, const float *x, const float *dy,
                    const hone_window_place *place, int64_t count, int64_t tap, float *to)
{
    const int64_t channels = window->channels, stride = window->stride[2];
    int64_t at[HONE_WINDOW_AXES];
    hone_window_tap(window, tap, at);
    const int64_t plane = hone_window_source(window, 0, place->at[0], at[0]);
    const int64_t row = hone_window_source(window, 1, place->at[1], at[1]);
    if (plane < 0 || plane >= window->input[0] || row < 0 || row >= window->input[1])
        return;
    /* Position o sees column o stride - shift of x: those from `first` to before `last` see one. */
    const int64_t shift = window->before[2] - at[2] * window->dilation[2],
                  high = window->input[2] - 1 + shift;
    const int64_t first = hone_maximum(place->at[2], shift > 0 ? hone_divide_up(shift, stride) : 0);
    const int64_t last = hone_minimum(place->at[2] + count, high < 0 ? 0 : high / stride + 1);
    const int64_t column = first * stride - shift;
    if (first < last)
        add_positions(
            last - first,
            x + (((place->sample * window->input[0] + plane) * window->input[1] + row) * window->input[2] +
                 column) *
                    channels,
            stride * channels, dy + (first - place->at[2]) * channels, channels, to);
}

/* Taps begin .. end-1 of one part: dW[tap, c] = sum over the part's positions of x[c] dy[c]. */
static void depthwise_kernel_taps(const hone_kernel_args *args, int64_t part, int64_t begin, int64_t end)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, taps = hone_window_count(window->size);
    const int64_t positions = window->batch * hone_window_count(window->output);
    const int64_t first = positions * part / window->parts, last = positions * (part + 1) / window->parts;
    float *result = (float *)args->data[0] + part * taps * channels;
    hone_window_place place = hone_window_place_of(window->output, first);
    memset(result + begin * channels, 0, (size_t)((end - begin) * channels) * sizeof *result);
    for (int64_t position = first, count; position < last; position += count) {
        count = smaller_of(window->output[2] - place.at[2], last - position);
        for (int64_t tap = begin; tap < end; tap++)
            add_row(window, args->data[1], (const float *)args->data[2] + position * channels, &place, count,
                    tap, result + tap * channels);
        hone_window_advance(window->output, &place, count);
    }
}

/* ---- with several filters for each channel, or a very long window ---- */

/* One position of y: y[f] = sum over taps of x[f / each] W[tap, f]. */
static void wider_position(const hone_window *window, const float *x, const float *weights,
                           const hone_window_place *place, const tap_list *list, float *y)
{
    const int64_t channels = window->channels, filters = window->filters, each = filters / channels;
    const int64_t whole = whole_of(window, place, list);
    for (int64_t f = 0; f < filters; f++)
        y[f] = 0;
    for (int64_t tap = 0; tap < list->count; tap++) {
        const int64_t seen = seen_by(window, place, list, whole, tap);
        const float *from = x + seen * channels, *factors = weights + tap * filters;
        for (int64_t c = 0; seen >= 0 && c < channels; c++)
            for (int64_t i = 0; i < each; i++)
                y[c * each + i] += from[c] * factors[c * each + i];
    }
}

static void wider_positions(const hone_kernel_args *args, int64_t begin, int64_t end)
{
    const hone_window *window = args->family;
    hone_window_place place = hone_window_place_of(window->output, begin);
    const tap_list list = list_taps(window);
    for (int64_t position = begin; position < end; position++) {
        wider_position(window, args->data[1], args->data[2], &place, &list,
                       (float *)args->data[0] + position * window->filters);
        hone_window_next(window->output, &place);
    }
}

/* One position of x: dx[c] = sum over taps and the channel's filters of dy[f] W[tap, f]. */
static void wider_data_position(const hone_window *window, const float *dy, const float *weights,
                                const hone_window_place *place, float *dx)
{
    const int64_t channels = window->channels, filters = window->filters, each = filters / channels;
    for (int64_t c = 0; c < channels; c++)
        dx[c] = 0;
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
        int64_t at[HONE_WINDOW_AXES];
        hone_window_tap(window, tap, at);
        const int64_t seer = hone_window_seer(window, place, at);
        const float *from = dy + seer * filters, *factors = weights + tap * filters;
        for (int64_t f = 0; seer >= 0 && f < filters; f++)
            dx[f / each] += from[f] * factors[f];
    }
}

static void wider_data_positions(const hone_kernel_args *args, int64_t begin, int64_t end)
{
    const hone_window *window = args->family;
    hone_window_place place = hone_window_place_of(window->input, begin);
    for (int64_t position = begin; position < end; position++) {
        wider_data_position(window, args->data[1], args->data[2], &place,
                            (float *)args->data[0] + position * window->channels);
        hone_window_next(window->input, &place);
    }
}

/* One tap of one part: dW[tap, f] = sum over the part's positions of x[f / each] dy[f]. */
static void wider_kernel_tap(const hone_kernel_args *args, int64_t part, int64_t tap)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, filters = window->filters, each = filters / channels;
    const int64_t positions = window->batch * hone_window_count(window->output);
    const int64_t first = positions * part / window->parts, last = positions * (part + 1) / window->parts;
    const float *x = args->data[1], *dy = args->data[2];
    float *result = (float *)args->data[0] + (part * hone_window_count(window->size) + tap) * filters;
    int64_t at[HONE_WINDOW_AXES];
    hone_window_tap(window, tap, at);
    hone_window_place place = hone_window_place_of(window->output, first);
    for (int64_t f = 0; f < filters; f++)
        result[f] = 0;
    for (int64_t position = first; position < last; position++) {
        const int64_t seen = hone_window_seen(window, &place, at);
        const float *from = x + seen * channels, *gradient = dy + position * filters;
        hone_window_next(window->output, &place);
        for (int64_t f = 0; seen >= 0 && f < filters; f++)
            result[f] += from[f / each] * gradient[f];
    }
}

/* ---- the kernels ---- */

/* A filter for each channel. */
static bool is_narrow(const hone_window *window)
{
    return window->filters == window->channels && axes_fit(window);
}

static void windows_depthwise(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    (void)scratch;
    if (is_narrow(window))
        sum_positions(args, true, begin, end);
    else
        wider_positions(args, begin, end);
}

static void windows_depthwise_data(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    (void)scratch;
    if (is_narrow(window))
        sum_positions(args, false, begin, end);
    else
        wider_data_positions(args, begin, end);
}

/* The taps of a part together, as far as they are asked for: its positions are then read once. */
static void windows_depthwise_kernel(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t taps = hone_window_count(window->size);
    (void)scratch;
    for (int64_t item = begin, last; item < end; item = last) {
        const int64_t part = item / taps;
        last = window->filters == window->channels ? smaller_of(end, (part + 1) * taps) : item + 1;
        if (window->filters == window->channels)
            depthwise_kernel_taps(args, part, item - part * taps, last - part * taps);
        else
            wider_kernel_tap(args, part, item - part * taps);
    }
}

OVERLAY(convolution)
{
    table->kernel[HONE_KERNEL_depthwise] = windows_depthwise;
    table->kernel[HONE_KERNEL_depthwise_data] = windows_depthwise_data;
    table->kernel[HONE_KERNEL_depthwise_kernel] = windows_depthwise_kernel;
}
