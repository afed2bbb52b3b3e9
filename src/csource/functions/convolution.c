/* Convolutions: what a window sees is put side by side, and then it is a dense step. */
#include "csource/functions/dense.c"
#include "csource/functions/window.c"

#include <stddef.h>
#include <stdint.h>

/* what the window sees from a place of y, [groups, taps, channels of a group], zeros outside x */
static void fn_patch(float *patch, const float *x, const int32_t *window, int32_t o0, int32_t o1, int32_t o2)
{
    const int32_t groups = window[20], own = window[18] / groups, taps = window[6] * window[7] * window[8];
    int32_t k, g, c;
    for (k = 0; k < taps; k++, patch += own) {
        const float *from = fn_under(x, window, o0, o1, o2, k);
        for (g = 0; g < groups; g++)
            for (c = 0; c < own; c++)
                patch[g * taps * own + c] = from != NULL ? *from++ : 0;
    }
}

/* y[o, f] = bias[f] + sum over taps k and channels c of what the window sees, times w[f, k, c] */
static void op_convolution(float *y, const float *x, const float *w, const float *bias, float *patch,
                           const int32_t *window)
{
    const int32_t groups = window[20], each = window[19] / groups;
    const int32_t k = window[6] * window[7] * window[8] * (window[18] / groups);
    int32_t o0, o1, o2, g;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++) {
                fn_patch(patch, x, window, o0, o1, o2);
                for (g = 0; g < groups; g++, y += each)
                    op_dense(y, patch + g * k, w + g * each * k, bias != NULL ? bias + g * each : NULL, 1, k,
                             each);
            }
}

/* the same with weights w[f, k, c] scale[f] */
static void op_convolution_int8(float *y, const float *x, const int8_t *w, const float *scale,
                                const float *bias, float *patch, const int32_t *window)
{
    const int32_t groups = window[20], each = window[19] / groups;
    const int32_t k = window[6] * window[7] * window[8] * (window[18] / groups);
    int32_t o0, o1, o2, g;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++) {
                fn_patch(patch, x, window, o0, o1, o2);
                for (g = 0; g < groups; g++, y += each)
                    op_dense_int8(y, patch + g * k, w + g * each * k, scale + g * each,
                                  bias != NULL ? bias + g * each : NULL, 1, k, each);
            }
}

/* sums over taps of each channel by itself: y[f] += x[f / each] w[f, tap], from one place of x */
static void fn_depthwise_tap(float *y, const float *x, const float *w, int32_t channels, int32_t each,
                             int32_t taps)
{
    int32_t c, e;
    for (c = 0; c < channels; c++)
        for (e = 0; e < each; e++, w += taps)
            *y++ += x[c] * *w;
}

/* y[o, f] = bias[f] + sum over taps k of what the window sees of channel f / each, times w[f, k] */
static void op_depthwise(float *y, const float *x, const float *w, const float *bias, const int32_t *window)
{
    const int32_t channels = window[18], filters = window[19], taps = window[6] * window[7] * window[8];
    int32_t o0, o1, o2, k, f;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++, y += filters) {
                for (f = 0; f < filters; f++)
                    y[f] = bias != NULL ? bias[f] : 0;
                for (k = 0; k < taps; k++) {
                    const float *from = fn_under(x, window, o0, o1, o2, k);
                    if (from != NULL)
                        fn_depthwise_tap(y, from, w + k, channels, filters / channels, taps);
                }
            }
}

/* the same tap with weights of bytes */
static void fn_depthwise_tap_int8(float *y, const float *x, const int8_t *w, int32_t channels, int32_t each,
                                  int32_t taps)
{
    int32_t c, e;
    for (c = 0; c < channels; c++)
        for (e = 0; e < each; e++, w += taps)
            *y++ += x[c] * (float)*w;
}

/* the same with weights w[f, k] scale[f] */
static void op_depthwise_int8(float *y, const float *x, const int8_t *w, const float *scale,
                              const float *bias, const int32_t *window)
{
    const int32_t channels = window[18], filters = window[19], taps = window[6] * window[7] * window[8];
    int32_t o0, o1, o2, k, f;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++, y += filters) {
                for (f = 0; f < filters; f++)
                    y[f] = 0;
                for (k = 0; k < taps; k++) {
                    const float *from = fn_under(x, window, o0, o1, o2, k);
                    if (from != NULL)
                        fn_depthwise_tap_int8(y, from, w + k, channels, filters / channels, taps);
                }
                for (f = 0; f < filters; f++)
                    y[f] = y[f] * scale[f] + (bias != NULL ? bias[f] : 0);
            }
}
