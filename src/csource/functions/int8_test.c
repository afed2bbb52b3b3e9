/* The C functions of steps over bytes, beside the formulas that they stand for. */
#include "csource/functions/int8.c"
#include "testing/check_c_function.h"

#include <string.h>

/* 0.3 as multiplier / 2^shift */
static const int32_t third[] = {1288490189, 32, 1288490189, 32};

static const struct {
    const char *name;
    int64_t sum;
    int32_t zero;
    int8_t byte;
} sums[] = {
    {"nothing", 0, 5, 5},
    {"to the nearest", 9, 0, 3},
    {"down", 8, 0, 2},
    {"below zero", -9, 0, -3},
    {"too large", 100000, 0, 127},
    {"too small", -500, 0, -128},
    {"from a zero", 10, -128, -125},
    {"the most that there is", INT32_MAX, 0, 127},
    {"the least", INT32_MIN, 0, -128},
};

TEST_EACH(a_sum_becomes_a_byte, sums)
{
    assert_int_equal(fn_byte_q8(row->sum, third, row->zero), row->byte);
}

TEST(floats_become_bytes_and_floats_again)
{
    static const float x[] = {0, 0.5f, -0.5f, 1, 100, -100, NAN, INFINITY, -INFINITY, 0.126f};
    static const int8_t expected[] = {-10, -8, -12, -6, 127, -128, -128, 127, -128, -9};
    int8_t bytes[10];
    float back[10];
    op_quantize(bytes, x, 10, 4, -10);
    assert_memory_equal(bytes, expected, sizeof bytes);
    op_dequantize(back, bytes, 10, 0.25f, -10);
    assert_true(back[0] == 0 && back[1] == 0.5f && back[2] == -0.5f && back[3] == 1 && back[9] == 0.25f);
}

/* A window of 3 x 3 over 5 x 4 places of 2 channels, padded, by steps of 2: 3 x 2 places of 4 filters, or 2
 * of each channel. */
static const int32_t window[] = {1, 5, 4, 1, 3, 2, 1, 3, 3, 1, 2, 2, 1, 1, 1, 0, 1, 1, 2, 4, 1, 0};
enum { X = 40, W = 4 * 18, Y = 24, ZERO = 7 };

static int32_t seen(const int8_t *x, int o1, int o2, int tap, int c)
{
    const int u1 = 2 * o1 - 1 + tap / 3, u2 = 2 * o2 - 1 + tap % 3;
    return u1 < 0 || u1 > 4 || u2 < 0 || u2 > 3 ? 0 : x[(u1 * 4 + u2) * 2 + c] - ZERO;
}

TEST(a_convolution_sums_what_its_window_sees)
{
    int8_t x[X], w[W], y[Y], patch[18];
    int32_t bias[4], m[8];
    c_function_fill_bytes(x, X);
    c_function_fill_bytes(w, W);
    for (int f = 0; f < 4; f++) {
        bias[f] = 100 * f;
        memcpy(m + 2 * f, (const int32_t[]){1 << 30, 39 + f}, 2 * sizeof *m);
        for (int i = 0; i < 18; i++)
            bias[f] -= ZERO * w[f * 18 + i];
    }
    op_convolution_q8(y, x, w, bias, m, patch, ZERO, 3, window);
    for (int i = 0; i < Y; i++) {
        int32_t sum = 100 * (i % 4);
        for (int k = 0; k < 18; k++)
            sum += seen(x, i / 8, i / 4 % 2, k / 2, k % 2) * w[i % 4 * 18 + k];
        assert_int_equal(y[i], fn_byte_q8(sum, m + 2 * (i % 4), 3));
    }
}

TEST(a_depthwise_convolution_sums_each_channel)
{
    int8_t x[X], w[36], y[Y];
    int32_t bias[4] = {0, 50, -50, 1000}, m[8];
    c_function_fill_bytes(x, X);
    c_function_fill_bytes(w, 36);
    for (int f = 0; f < 4; f++)
        memcpy(m + 2 * f, (const int32_t[]){1 << 30, 37 + f}, 2 * sizeof *m);
    op_depthwise_q8(y, x, w, bias, m, ZERO, -4, window);
    for (int i = 0; i < Y; i++) {
        int32_t sum = bias[i % 4];
        for (int k = 0; k < 9; k++)
            sum += seen(x, i / 8, i / 4 % 2, k, i % 4 / 2) * w[i % 4 * 9 + k];
        assert_int_equal(y[i], fn_byte_q8(sum, m + 2 * (i % 4), -4));
    }
}

TEST(pools_take_what_is_inside)
{
    (void)fn_under; /* is for floats */
    static const int32_t pool[] = {1, 1, 5, 1, 1, 3, 1, 1, 3, 1, 1, 2, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0};
    static const int8_t x[] = {-128, -127, 4, 3, 6};
    int8_t y[3];
    op_pool_maximum_q8(y, x, pool);
    assert_memory_equal(y, ((const int8_t[]){-127, 4, 6}), 3);
    op_pool_average_q8(y, x, pool);
    assert_memory_equal(y, ((const int8_t[]){-128, -40, 5}), 3); /* -127.5 and 4.5 away from 0 */
}

TEST(means_sums_tables_and_rows)
{
    static const int8_t x[] = {10, 20, 30, 41, -5, 7};
    static const int32_t both[] = {1 << 29, 30, 1 << 30}; /* a / 2 + b */
    int8_t y[8], table[256];
    op_mean_q8(y, x, third, 1, 3, 2, 2, -1); /* sums 29 and 62 from 2 */
    assert_memory_equal(y, ((const int8_t[]){8, 18}), 2);
    op_largest_q8(y, x, 1, 3, 2);
    assert_memory_equal(y, ((const int8_t[]){30, 41}), 2);
    op_add_q8(y, x, x + 3, both, 3, 2, 1, 5);
    assert_memory_equal(y, ((const int8_t[]){49, 8, 25}), 3);
    for (int i = 0; i < 256; i++)
        table[i] = (int8_t)(127 - i);
    op_table_q8(y, x, table, 6);
    assert_memory_equal(y, ((const int8_t[]){-11, -21, -31, -42, 4, -8}), 6);
    op_fill_q8(y, 8, -3);
    op_copy_rows_q8(y + 1, 4, x, 2, 2);
    assert_memory_equal(y, ((const int8_t[]){-3, 10, 20, -3, -3, 30, 41, -3}), 8);
}
