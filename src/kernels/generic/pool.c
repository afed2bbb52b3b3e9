/* Pools: loops over the channels. */
#include "kernels/generic/loops.h"
#include "kernels/generic/taps.h"

static void windows_pool_maximum(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels;
    const float *x = args->data[1];
    float *y = (float *)args->data[0] + begin * channels;
    hone_window_place place = hone_window_place_of(window->output, begin);
    const tap_list list = list_taps(window);
    (void)scratch;
    for (int64_t position = begin; position < end; position++, y += channels) {
        const int64_t whole = whole_of(window, &place, &list);
        for (int64_t c = 0; c < channels; c++)
            y[c] = -INFINITY;
        for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
            const int64_t seen = seen_by(window, &place, &list, whole, tap);
            const float *from = x + seen * channels;
            if (seen >= 0)
                INDEPENDENT for (int64_t c = 0; c < channels; c++) y[c] =
                    y[c] >= from[c] || y[c] != y[c] ? y[c] : from[c];
        }
        hone_window_next(window->output, &place);
    }
}

static void windows_pool_average(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels;
    const float *x = args->data[1];
    float *y = (float *)args->data[0] + begin * channels;
    hone_window_place place = hone_window_place_of(window->output, begin);
    const tap_list list = list_taps(window);
    (void)scratch;
    for (int64_t position = begin; position < end; position++, y += channels) {
        const int64_t whole = whole_of(window, &place, &list);
        int64_t count = 0;
        for (int64_t c = 0; c < channels; c++)
            y[c] = 0;
        for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
            const int64_t seen = seen_by(window, &place, &list, whole, tap);
            const float *from = x + seen * channels;
            if (seen < 0)
                continue;
            INDEPENDENT for (int64_t c = 0; c < channels; c++) y[c] += from[c];
            count++;
        }
        const float number = (float)count;
        INDEPENDENT for (int64_t c = 0; c < channels; c++) y[c] /= number;
        hone_window_next(window->output, &place);
    }
}

enum { POOL_BLOCK = 64 }; /* channels whose marks are at hand */

/* Gives dy of `count` channels of one position to the first tap that has the maximum. */
static void pool_maximum_back(const hone_window *window, const hone_window_place *place, const tap_list *list,
                              const float *x, const float *y, const float *dy, float *dx, int64_t count)
{
    const int64_t whole = whole_of(window, place, list);
    float left[POOL_BLOCK]; /* dy while nobody has taken it, else 0 */
    for (int64_t c = 0; c < count; c++)
        left[c] = dy[c];
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++) {
        const int64_t seen = seen_by(window, place, list, whole, tap);
        if (seen < 0)
            continue;
        const float *from = x + seen * window->channels;
        float *to = dx + seen * window->channels;
        INDEPENDENT for (int64_t c = 0; c < count; c++)
        {
            const float taken = from[c] == y[c] ? left[c] : 0;
            left[c] = from[c] == y[c] ? 0 : left[c];
            to[c] += taken;
        }
    }
}

static void windows_pool_maximum_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                          void *scratch)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, inputs = hone_window_count(window->input) * channels,
                  positions = hone_window_count(window->output);
    const float *x = args->data[1], *y = args->data[2], *dy = args->data[3];
    float *dx = args->data[0];
    (void)scratch;
    memset(dx + begin * inputs, 0, (size_t)((end - begin) * inputs) * sizeof *dx);
    hone_window_place place = hone_window_place_of(window->output, begin * positions);
    const tap_list list = list_taps(window);
    for (int64_t position = begin * positions; position < end * positions; position++) {
        for (int64_t c = 0; c < channels; c += POOL_BLOCK)
            pool_maximum_back(window, &place, &list, x + c, y + position * channels + c,
                              dy + position * channels + c, dx + c, smaller_of(POOL_BLOCK, channels - c));
        hone_window_next(window->output, &place);
    }
}

static void windows_pool_average_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                          void *scratch)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, inputs = hone_window_count(window->input) * channels,
                  positions = hone_window_count(window->output), taps = hone_window_count(window->size);
    const float *dy = args->data[1];
    float *dx = args->data[0];
    (void)scratch;
    memset(dx + begin * inputs, 0, (size_t)((end - begin) * inputs) * sizeof *dx);
    hone_window_place place = hone_window_place_of(window->output, begin * positions);
    const tap_list list = list_taps(window);
    for (int64_t position = begin * positions; position < end * positions; position++) {
        const int64_t whole = whole_of(window, &place, &list);
        int64_t count = 0;
        for (int64_t tap = 0; tap < taps; tap++)
            count += seen_by(window, &place, &list, whole, tap) >= 0;
        const float share = 1 / (float)count, *from = dy + position * channels;
        for (int64_t tap = 0; tap < taps; tap++) {
            const int64_t seen = seen_by(window, &place, &list, whole, tap);
            float *to = dx + seen * channels;
            if (seen >= 0)
                INDEPENDENT for (int64_t c = 0; c < channels; c++) to[c] += from[c] * share;
        }
        hone_window_next(window->output, &place);
    }
}

OVERLAY(pool)
{
    table->kernel[HONE_KERNEL_pool_maximum] = windows_pool_maximum;
    table->kernel[HONE_KERNEL_pool_average] = windows_pool_average;
    table->kernel[HONE_KERNEL_pool_maximum_gradient] = windows_pool_maximum_gradient;
    table->kernel[HONE_KERNEL_pool_average_gradient] = windows_pool_average_gradient;
}
