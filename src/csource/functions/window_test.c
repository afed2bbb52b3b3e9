/* The C functions of windows: the places of x that a place of y sees. */
#include "csource/functions/window.c"
#include "testing/test.h"

enum { NONE = -1 };

/* `window` along one axis: sizes of x and y, stride, dilation, padding, the way; `seen` from each place of y
 * by each of two taps. */
static const struct {
    const char *name;
    int32_t x, y, stride, dilation, before, turned;
    int32_t seen[4][2];
} axes[] = {
    {"one place on", 4, 3, 1, 1, 0, 0, {{0, 1}, {1, 2}, {2, 3}}},
    {"in strides", 5, 2, 2, 1, 0, 0, {{0, 1}, {2, 3}}},
    {"dilated", 5, 3, 1, 2, 0, 0, {{0, 2}, {1, 3}, {2, 4}}},
    {"padded before", 3, 3, 1, 1, 1, 0, {{NONE, 0}, {0, 1}, {1, 2}}},
    {"beyond the end", 3, 3, 1, 1, 0, 0, {{0, 1}, {1, 2}, {2, NONE}}},
    {"the other way", 2, 3, 1, 1, 0, 1, {{0, NONE}, {1, 0}, {NONE, 1}}},
    {"the other way in strides", 2, 4, 2, 1, 0, 1, {{0, NONE}, {NONE, 0}, {1, NONE}, {NONE, 1}}},
    {"the other way, cut before", 2, 2, 1, 1, 1, 1, {{1, 0}, {NONE, 1}}},
};

TEST_EACH(a_place_sees_by_a_tap, axes)
{
    const int32_t window[22] = {
        [2] = row->x,         [5] = row->y,       [8] = 2,           [11] = row->stride,
        [14] = row->dilation, [17] = row->before, [21] = row->turned};
    for (int32_t o = 0; o < row->y; o++)
        for (int32_t k = 0; k < 2; k++) {
            const int32_t seen = fn_seen(window, 2, o, k);
            assert_int_equal(seen < 0 ? NONE : seen, row->seen[o][k]);
        }
}

/* x [2, 3, 4] of 5 channels, windows of [1, 2, 2] padded by one row: tap k is its row k / 2 and column k % 2.
 */
TEST(numbers_lie_under_a_window)
{
    static const int32_t window[22] = {2, 3, 4, 2, 4, 3, 1, 2, 2, 1, 1, 1, 1, 1, 1, 0, 1, 0, 5, 5, 1, 0};
    static const float x[2 * 3 * 4 * 5] = {0};
    assert_ptr_equal(fn_under(x, window, 0, 1, 0, 0), x);
    assert_ptr_equal(fn_under(x, window, 0, 1, 0, 1), x + 5);
    assert_ptr_equal(fn_under(x, window, 0, 1, 0, 2), x + 4 * 5);
    assert_ptr_equal(fn_under(x, window, 1, 2, 1, 3), x + ((3 + 2) * 4 + 2) * 5);
    assert_null(fn_under(x, window, 0, 0, 0, 1));     /* above the first row */
    assert_non_null(fn_under(x, window, 0, 0, 0, 2)); /* the row below it */
    assert_null(fn_under(x, window, 2, 1, 0, 0));     /* behind the last plane */
    assert_null(fn_under(x, window, 0, 1, 3, 1));     /* beside the last column */
}
