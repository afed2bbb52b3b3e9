/* Steps over bytes: a number is (byte - zero) scale. Sums are of int32; with the scales of both sides as m[0]
 * / 2^m[1] a sum becomes a byte in int64, so that it has the same bits on every processor. */
#include "csource/functions/window.c"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

static int8_t fn_clamp_q8(int64_t number)
{
    return (int8_t)(number < -128 ? -128 : number > 127 ? 127 : number);
}

/* sum m[0] / 2^m[1] to the nearest, from `zero` */
static int8_t fn_byte_q8(int64_t sum, const int32_t *m, int32_t zero)
{
    return fn_clamp_q8(((sum * m[0] + ((int64_t)1 << (m[1] - 1))) >> m[1]) + zero);
}

/* x / scale to the nearest byte; NAN counts as the least */
static void op_quantize(int8_t *y, const float *x, int32_t count, float inverse, int32_t zero)
{
    int32_t i;
    for (i = 0; i < count; i++) {
        const float steps = rintf(x[i] * inverse);
        y[i] = steps >= (float)(-128 - zero)
                   ? (steps <= (float)(127 - zero) ? (int8_t)((int32_t)steps + zero) : 127)
                   : -128;
    }
}

static void op_dequantize(float *y, const int8_t *x, int32_t count, float scale, int32_t zero)
{
    int32_t i;
    for (i = 0; i < count; i++)
        y[i] = (float)(x[i] - zero) * scale;
}

/* y[r, j] = bias[j] + sum over i of x[r, i] w[j, i]; bias holds what the zero of x adds */
static void op_dense_q8(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *bias, const int32_t *m,
                        int32_t zero, int32_t rows, int32_t k, int32_t n)
{
    int32_t r, j, i;
    for (r = 0; r < rows; r++, x += k) {
        const int8_t *row = w;
        for (j = 0; j < n; j++, row += k) {
            int32_t sum = bias[j];
            for (i = 0; i < k; i++)
                sum += (int32_t)x[i] * (int32_t)row[i];
            *y++ = fn_byte_q8(sum, m + 2 * j, zero);
        }
    }
}

/* what the window sees from a place of y, [groups, taps, channels of a group], `zero` outside x */
static void fn_patch_q8(int8_t *patch, const int8_t *x, const int32_t *window, int32_t zero, int32_t o0,
                        int32_t o1, int32_t o2)
{
    const int32_t groups = window[20], own = window[18] / groups, taps = window[6] * window[7] * window[8];
    int32_t k, g, c;
    for (k = 0; k < taps; k++, patch += own) {
        int32_t from = fn_offset(window, o0, o1, o2, k);
        for (g = 0; g < groups; g++)
            for (c = 0; c < own; c++)
                patch[g * taps * own + c] = from >= 0 ? x[from++] : (int8_t)zero;
    }
}

static void op_convolution_q8(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *bias,
                              const int32_t *m, int8_t *patch, int32_t zero_x, int32_t zero,
                              const int32_t *window)
{
    const int32_t groups = window[20], each = window[19] / groups;
    const int32_t k = window[6] * window[7] * window[8] * (window[18] / groups);
    int32_t o0, o1, o2, g;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++) {
                fn_patch_q8(patch, x, window, zero_x, o0, o1, o2);
                for (g = 0; g < groups; g++, y += each)
                    op_dense_q8(y, patch + g * k, w + g * each * k, bias + g * each, m + 2 * g * each, zero,
                                1, k, each);
            }
}

/* where each tap of a window of at most 64 looks in x */
static void fn_taps_q8(int32_t under[64], const int32_t *window, int32_t o0, int32_t o1, int32_t o2)
{
    const int32_t taps = window[6] * window[7] * window[8];
    int32_t k;
    for (k = 0; k < taps; k++)
        under[k] = fn_offset(window, o0, o1, o2, k);
}

/* y[o, f] = bias[f] + sum over taps k inside x of x[k, f / each] w[f, k] */
static void op_depthwise_q8(int8_t *y, const int8_t *x, const int8_t *w, const int32_t *bias,
                            const int32_t *m, int32_t zero_x, int32_t zero, const int32_t *window)
{
    const int32_t filters = window[19], each = filters / window[18], taps = window[6] * window[7] * window[8];
    int32_t under[64], o0, o1, o2, k, f;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++) {
                fn_taps_q8(under, window, o0, o1, o2);
                for (f = 0; f < filters; f++) {
                    int32_t sum = bias[f];
                    for (k = 0; k < taps; k++)
                        if (under[k] >= 0)
                            sum += ((int32_t)x[under[k] + f / each] - zero_x) * (int32_t)w[f * taps + k];
                    *y++ = fn_byte_q8(sum, m + 2 * f, zero);
                }
            }
}

static void op_pool_maximum_q8(int8_t *y, const int8_t *x, const int32_t *window)
{
    const int32_t channels = window[18], taps = window[6] * window[7] * window[8];
    int32_t o0, o1, o2, k, c;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++, y += channels) {
                for (c = 0; c < channels; c++)
                    y[c] = -128;
                for (k = 0; k < taps; k++) {
                    const int32_t from = fn_offset(window, o0, o1, o2, k);
                    for (c = 0; from >= 0 && c < channels; c++)
                        if (x[from + c] > y[c])
                            y[c] = x[from + c];
                }
            }
}

/* sum / count to the nearest, a half away from 0 */
static int8_t fn_mean_q8(int32_t sum, int32_t count)
{
    return (int8_t)((sum >= 0 ? sum + count / 2 : sum - count / 2) / count);
}

static void op_pool_average_q8(int8_t *y, const int8_t *x, const int32_t *window)
{
    const int32_t channels = window[18], taps = window[6] * window[7] * window[8];
    int32_t under[64], o0, o1, o2, k, c;
    for (o0 = 0; o0 < window[3]; o0++)
        for (o1 = 0; o1 < window[4]; o1++)
            for (o2 = 0; o2 < window[5]; o2++) {
                fn_taps_q8(under, window, o0, o1, o2);
                for (c = 0; c < channels; c++) {
                    int32_t sum = 0, inside = 0;
                    for (k = 0; k < taps; k++)
                        if (under[k] >= 0) {
                            sum += x[under[k] + c];
                            inside++;
                        }
                    *y++ = fn_mean_q8(sum, inside);
                }
            }
}

/* the mean along the axis of [outer, axis, inner] */
static void op_mean_q8(int8_t *y, const int8_t *x, const int32_t *m, int32_t outer, int32_t axis,
                       int32_t inner, int32_t zero_x, int32_t zero)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++, x += axis * inner)
        for (i = 0; i < inner; i++) {
            int32_t sum = 0;
            for (j = 0; j < axis; j++)
                sum += x[i + j * inner] - zero_x;
            *y++ = fn_byte_q8(sum, m, zero);
        }
}

static void op_largest_q8(int8_t *y, const int8_t *x, int32_t outer, int32_t axis, int32_t inner)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++, x += axis * inner)
        for (i = 0; i < inner; i++) {
            int8_t largest = -128;
            for (j = 0; j < axis; j++)
                if (x[i + j * inner] > largest)
                    largest = x[i + j * inner];
            *y++ = largest;
        }
}

/* a + b; m holds the multiplier of a, the shift of both, the multiplier of b */
static void op_add_q8(int8_t *y, const int8_t *a, const int8_t *b, const int32_t *m, int32_t count,
                      int32_t zero_a, int32_t zero_b, int32_t zero)
{
    const int64_t half = (int64_t)1 << (m[1] - 1);
    int32_t i;
    for (i = 0; i < count; i++)
        y[i] = fn_clamp_q8(
            (((int64_t)(a[i] - zero_a) * m[0] + (int64_t)(b[i] - zero_b) * m[2] + half) >> m[1]) + zero);
}

/* a function of one number, by its 256 values */
static void op_table_q8(int8_t *y, const int8_t *x, const int8_t *table, int32_t count)
{
    int32_t i;
    for (i = 0; i < count; i++)
        y[i] = table[x[i] + 128];
}

/* rows of `width` numbers, `next` apart in y */
static void op_copy_rows_q8(int8_t *y, int32_t next, const int8_t *x, int32_t width, int32_t rows)
{
    int32_t r, i;
    for (r = 0; r < rows; r++, y += next)
        for (i = 0; i < width; i++)
            y[i] = *x++;
}

static void op_fill_q8(int8_t *y, int32_t count, int32_t zero)
{
    int32_t i;
    for (i = 0; i < count; i++)
        y[i] = (int8_t)zero;
}
