/* What the self-test of a source calls. */
#include "csource/functions/samples.c"
#include "testing/test.h"

static const struct {
    const char *name;
    float received[3], expected[3];
    int32_t wrong;
    float largest;
} numbers[] = {
    {"equal", {1, 2, 3}, {1, 2, 3}, 0, 0},
    {"near", {1, 2, 3.01f}, {1, 2, 3}, 0, 0.01f},
    {"near zero", {0.005f, 2, 3}, {0, 2, 3}, 0, 0.005f},
    {"one too far", {1, 2.5f, 3}, {1, 2, 3}, 1, 0.5f},
    {"large numbers have room", {1000, 0, 0}, {1009, 0, 0}, 0, 9},
    {"infinity and NaN are themselves", {INFINITY, NAN, -INFINITY}, {INFINITY, NAN, -INFINITY}, 0, 0},
    {"NaN is no number", {NAN, 1, 1}, {1, 1, NAN}, 2, 0},
    {"infinity is none either", {INFINITY, 1, 1}, {1, 1, 1}, 1, INFINITY},
};

TEST_EACH(counts, numbers)
{
    float largest = 0;
    assert_int_equal(fn_count_wrong(row->received, row->expected, 3, 0.01f, &largest), row->wrong);
    if (!(largest == row->largest || fabsf(largest - row->largest) < 1e-6f))
        fail_msg("the largest is %g, not %g", (double)largest, (double)row->largest);
}
