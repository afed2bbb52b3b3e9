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

typedef int32_t bits __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

/* Gives dy of one position to the first tap that has the maximum: a vector of channels. */
static inline void maximum_back_vector(const hone_window *window, const hone_window_place *place,
                                       const tap_list *list, int64_t whole, const float *x, const float *y,
                                       const float *dy, float *dx)
{
    const floats largest = *(const floats *)y;
    bits left = (bits) * (const floats *)dy; /* of dy, while nobody has taken it; else 0 */
    for (int64_t tap = 0; tap < list->count; tap++) {
        const int64_t seen = seen_by(window, place, list, whole, tap);
        if (seen < 0)
            continue;
        const bits takes = *(const floats *)(x + seen * window->channels) == largest;
        *(floats *)(dx + seen * window->channels) += (floats)(left & takes);
        left &= ~takes;
    }
}

/* The same for one channel. */
static inline void maximum_back_one(const hone_window *window, const hone_window_place *place,
                                    const tap_list *list, int64_t whole, const float *x, float largest,
                                    float dy, float *dx)
{
    for (int64_t tap = 0; tap < list->count; tap++) {
        const int64_t seen = seen_by(window, place, list, whole, tap);
        if (seen < 0 || x[seen * window->channels] != largest)
            continue;
        dx[seen * window->channels] += dy;
        return;
    }
}

/* Adds what sample `sample` of y gives back to its dx, which is cleared. */
typedef void sample_back(const hone_kernel_args *args, const tap_list *list, int64_t sample);

/* Sample after sample, each with its chain while it is in the cache. */
static void back_to_inputs(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch,
                           sample_back *back)
{
    const hone_window *window = args->family;
    const int64_t inputs = hone_window_count(window->input) * window->channels;
    const tap_list list = list_taps(window);
    for (int64_t sample = begin; sample < end; sample++) {
        memset((float *)args->data[0] + sample * inputs, 0, (size_t)inputs * sizeof(float));
        back(args, &list, sample);
        hone_chain_run(args->chain, sample * inputs, (sample + 1) * inputs, scratch);
    }
}

static void sample_maximum_back(const hone_kernel_args *args, const tap_list *list, int64_t sample)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, positions = hone_window_count(window->output);
    const float *x = args->data[1], *y = args->data[2], *dy = args->data[3];
    float *dx = args->data[0];
    hone_window_place place = hone_window_place_of(window->output, sample * positions);
    for (int64_t position = sample * positions; position < (sample + 1) * positions; position++) {
        const int64_t whole = whole_of(window, &place, list), at = position * channels;
        int64_t c = 0;
        for (; c + FLOATS <= channels; c += FLOATS)
            maximum_back_vector(window, &place, list, whole, x + c, y + at + c, dy + at + c, dx + c);
        for (; c < channels; c++)
            maximum_back_one(window, &place, list, whole, x + c, y[at + c], dy[at + c], dx + c);
        hone_window_next(window->output, &place);
    }
}

static void sample_average_back(const hone_kernel_args *args, const tap_list *list, int64_t sample)
{
    const hone_window *window = args->family;
    const int64_t channels = window->channels, positions = hone_window_count(window->output),
                  taps = hone_window_count(window->size);
    const float *dy = args->data[1];
    float *dx = args->data[0];
    hone_window_place place = hone_window_place_of(window->output, sample * positions);
    for (int64_t position = sample * positions; position < (sample + 1) * positions; position++) {
        const int64_t whole = whole_of(window, &place, list);
        int64_t count = 0;
        for (int64_t tap = 0; tap < taps; tap++)
            count += seen_by(window, &place, list, whole, tap) >= 0;
        const float share = 1 / (float)count, *from = dy + position * channels;
        for (int64_t tap = 0; tap < taps; tap++) {
            const int64_t seen = seen_by(window, &place, list, whole, tap);
            float *to = dx + seen * channels;
            if (seen >= 0)
                INDEPENDENT for (int64_t c = 0; c < channels; c++) to[c] += from[c] * share;
        }
        hone_window_next(window->output, &place);
    }
}

static void windows_pool_maximum_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                          void *scratch)
{
    back_to_inputs(args, begin, end, scratch, sample_maximum_back);
}

static void windows_pool_average_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                          void *scratch)
{
    back_to_inputs(args, begin, end, scratch, sample_average_back);
}

OVERLAY(pool)
{
    table->kernel[HONE_KERNEL_pool_maximum] = windows_pool_maximum;
    table->kernel[HONE_KERNEL_pool_average] = windows_pool_average;
    table->kernel[HONE_KERNEL_pool_maximum_gradient] = windows_pool_maximum_gradient;
    table->kernel[HONE_KERNEL_pool_average_gradient] = windows_pool_average_gradient;
}
