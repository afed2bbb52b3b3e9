/* Pools: the largest number, or the mean of those inside x, under the window, channel by channel. */
#include "csource/functions/window.c"

#include <math.h>
#include <stdint.h>

/* NAN counts as the largest */
static void op_pool_maximum(float *y, const float *x, const int32_t *window)
{
    const int32_t channels = window[18], taps = window[6] * window[7] * window[8];
    int32_t o0, o1, o2, k, c;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++, y += channels) {
                for (c = 0; c < channels; c++)
                    y[c] = -INFINITY;
                for (k = 0; k < taps; k++) {
                    const float *from = fn_under(x, window, o0, o1, o2, k);
                    for (c = 0; from != NULL && c < channels; c++)
                        if (from[c] > y[c] || from[c] != from[c])
                            y[c] = from[c];
                }
            }
}

static void op_pool_average(float *y, const float *x, const int32_t *window)
{
    const int32_t channels = window[18], taps = window[6] * window[7] * window[8];
    int32_t o0, o1, o2, k, c;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++, y += channels) {
                int32_t inside = 0;
                for (c = 0; c < channels; c++)
                    y[c] = 0;
                for (k = 0; k < taps; k++) {
                    const float *from = fn_under(x, window, o0, o1, o2, k);
                    for (c = 0; from != NULL && c < channels; c++)
                        y[c] += from[c];
                    inside += from != NULL;
                }
                for (c = 0; c < channels; c++)
                    y[c] /= (float)inside;
            }
}
