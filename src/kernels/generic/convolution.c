/* Convolutions in which each channel is a group: loops over the channels. */
#include "kernels/generic/loops.h"
#include "kernels/generic/taps.h"

/* One position of y: y[f] = sum over taps of x[f / each] W[tap, f]. */
static void depthwise_position(const hone_window *window, const float *x, const float *weights,
                               const hone_window_place *place, const tap_list *list, float *y)
{
    const int64_t channels = window->channels, filters = window->filters, each = filters / channels;
    const int64_t whole = whole_of(window, place, list);
    for (int64_t f = 0; f < filters; f++)
        y[f] = 0;
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
        const int64_t seen = seen_by(window, place, list, whole, tap);
        if (seen < 0)
            continue;
        const float *from = x + seen * channels, *factors = weights + tap * filters;
        if (each == 1)
            INDEPENDENT for (int64_t c = 0; c < channels; c++) y[c] += from[c] * factors[c];
        else
            for (int64_t c = 0; c < channels; c++)
                for (int64_t i = 0; i < each; i++)
                    y[c * each + i] += from[c] * factors[c * each + i];
    }
}

static void windows_depthwise(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    hone_window_place place = hone_window_place_of(window->output, begin);
    const tap_list list = list_taps(window);
    (void)scratch;
    for (int64_t position = begin; position < end; position++) {
        depthwise_position(window, args->data[1], args->data[2], &place, &list,
                           (float *)args->data[0] + position * window->filters);
        hone_window_next(window->output, &place);
    }
}

/* One position of x: dx[c] = sum over taps and the channel's filters of dy[f] W[tap, f]. */
static void depthwise_data_position(const hone_window *window, const float *dy, const float *weights,
                                    const hone_window_place *place, float *dx)
{
    const int64_t channels = window->channels, filters = window->filters, each = filters / channels;
    for (int64_t c = 0; c < channels; c++)
        dx[c] = 0;
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
        int64_t at[HONE_WINDOW_AXES];
        hone_window_tap(window, tap, at);
        const int64_t seer = hone_window_seer(window, place, at);
        if (seer < 0)
            continue;
        const float *from = dy + seer * filters, *factors = weights + tap * filters;
        if (each == 1)
            INDEPENDENT for (int64_t c = 0; c < channels; c++) dx[c] += from[c] * factors[c];
        else
            for (int64_t f = 0; f < filters; f++)
                dx[f / each] += from[f] * factors[f];
    }
}

static void windows_depthwise_data(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    hone_window_place place = hone_window_place_of(window->input, begin);
    (void)scratch;
    for (int64_t position = begin; position < end; position++) {
        depthwise_data_position(window, args->data[1], args->data[2], &place,
                                (float *)args->data[0] + position * window->channels);
        hone_window_next(window->input, &place);
    }
}

/* One tap of one part: dW[tap, f] = sum over the part's positions of x[f / each] dy[f]. */
static void depthwise_kernel_tap(const hone_kernel_args *args, int64_t part, int64_t tap)
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
        hone_window_next(window->output, &place);
        if (seen < 0)
            continue;
        const float *from = x + seen * channels, *gradient = dy + position * filters;
        if (each == 1)
            INDEPENDENT for (int64_t c = 0; c < channels; c++) result[c] += from[c] * gradient[c];
        else
            for (int64_t f = 0; f < filters; f++)
                result[f] += from[f / each] * gradient[f];
    }
}

static void windows_depthwise_kernel(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t taps = hone_window_count(((const hone_window *)args->family)->size);
    (void)scratch;
    for (int64_t item = begin; item < end; item++)
        depthwise_kernel_tap(args, item / taps, item % taps);
}

OVERLAY(convolution)
{
    table->kernel[HONE_KERNEL_depthwise] = windows_depthwise;
    table->kernel[HONE_KERNEL_depthwise_data] = windows_depthwise_data;
    table->kernel[HONE_KERNEL_depthwise_kernel] = windows_depthwise_kernel;
}
