/* The C functions of walks along time. */
#include "csource/functions/recurrence.c"
#include "kernels/recurrence.h"
#include "testing/test.h"

#include <math.h>

static float half(float x)
{
    return x / 2;
}

static float gate(float x)
{
    return 1 / (1 + expf(-x));
}

/* One unit, two steps, worked by hand. */
TEST(simple_rnn)
{
    float h[3], z[2];
    const float x[] = {1, 2}, r[] = {3}, start[] = {4}, mask[] = {0, 1};
    op_simple_rnn(h, z, x, r, start, NULL, 2, 1, half);
    assert_float_equal(h[1], 6.5, 1e-6);
    assert_float_equal(h[2], (2 + 3 * 6.5) / 2, 1e-6);
    op_simple_rnn(h, z, x, r, NULL, mask, 2, 1, half);
    assert_float_equal(h[1], 0, 1e-6);
    assert_float_equal(h[2], 1, 1e-6);
}

TEST(lstm)
{
    float h[2], c[2], z[4];
    const float x[] = {0.5f, -1, 2, 0.25f}, r[] = {1, 2, 3, 4}, h0[] = {0.5f}, c0[] = {2};
    op_lstm(h, c, z, x, r, h0, c0, NULL, 1, 1, half, gate);
    const double carried = (double)gate(0) * 2 + (double)gate(1) * 1.75;
    assert_float_equal(c[1], (float)carried, 1e-6);
    assert_float_equal(h[1], (float)((double)gate(2.25f) * carried / 2), 1e-6);
}

TEST(gru)
{
    float h[2], second[1], z[3];
    const float x[] = {0.5f, -1, 2}, r[] = {1, 2, 3}, bias[] = {0.5f, 0, 1}, h0[] = {2};
    op_gru(h, second, z, x, r, bias, h0, NULL, 1, 1, half, gate);
    const double update = (double)gate(3), reset = (double)gate(3);
    assert_float_equal(h[1], (float)(update * 2 + (1 - update) * (2 + reset * 7) / 2), 1e-6);
    op_gru_reset_before(h, second, z, x, r, h0, NULL, 1, 1, half, gate);
    const double earlier = (double)gate(2.5f);
    assert_float_equal(h[1], (float)(earlier * 2 + (1 - earlier) * (2 + (double)gate(3) * 2 * 3) / 2), 1e-6);
}
