/* Copying what lies under a window, tap by tap, and adding it back. */
#include "kernels/window_copy.h"
#include "testing/window_trials.h"

enum { MOST = 8192 };

/* Number of x that a tap sees of one channel; 0 outside. */
static float seen(const hone_window *window, const float *x, int64_t position, int64_t tap, int64_t channel)
{
    const hone_window_place place = hone_window_place_of(window->output, position);
    int64_t at[HONE_WINDOW_AXES];
    hone_window_tap(window, tap, at);
    const int64_t from = hone_window_seen(window, &place, at);
    return from < 0 ? 0 : x[from * window->channels + channel];
}

/* Wide and narrow runs, groups, dilation, padding, strides, planes, more rows of taps than are listed at
 * once. */
static const struct {
    const char *name;
    int64_t channels, filters, groups, input[3], size[3], stride, dilation, before;
} windows[] = {
    {"a row of few", 1, 1, 1, {1, 1, 9}, {1, 1, 3}, 1, 1, 0},
    {"a row of many", 20, 1, 1, {1, 1, 9}, {1, 1, 3}, 1, 1, 0},
    {"padded", 3, 1, 1, {1, 5, 6}, {1, 3, 3}, 1, 1, 1},
    {"in strides", 2, 1, 1, {1, 7, 9}, {1, 3, 2}, 2, 1, 1},
    {"dilated", 3, 1, 1, {1, 7, 7}, {1, 2, 3}, 1, 2, 2},
    {"groups", 4, 2, 2, {1, 4, 5}, {1, 2, 3}, 1, 1, 1},
    {"planes", 2, 1, 1, {3, 4, 5}, {2, 2, 2}, 1, 1, 1},
    {"a tall window", 1, 1, 1, {1, 36, 2}, {1, 34, 2}, 1, 1, 0},
};

TEST_EACH(what_a_window_sees_is_gathered, windows)
{
    static float x[MOST], to[MOST];
    const hone_window window = window_of(row->channels, row->filters, row->groups, row->input, row->size,
                                         row->stride, row->dilation, row->before);
    const int64_t taps = hone_window_count(window.size), width = hone_window_group_channels(&window),
                  positions = window.batch * hone_window_count(window.output);
    for (int64_t i = 0; i < window_inputs(&window); i++)
        x[i] = (float)(i % 251 + 1);
    for (int64_t group = 0; group < row->groups; group++)
        for (int64_t begin = 0; begin<taps; begin += taps> 2 ? taps - 1 : 1) {
            const int64_t first = positions > 3 ? 2 : 0, count = positions - first,
                          stride = (taps - begin) * width;
            assert_true(count * stride <= MOST);
            hone_internal_window_gather(&window, x, first, count, begin, taps, group, to);
            for (int64_t i = 0; i < count; i++)
                for (int64_t k = 0; k < stride; k++)
                    assert_true(to[i * stride + k] ==
                                seen(&window, x, first + i, begin + k / width, group * width + k % width));
        }
}

/* The sum of gathered times any numbers is that of x times those numbers scattered; rows of an axis in two
 * parts. */
TEST_EACH(what_is_given_back_goes_where_it_came_from, windows)
{
    static float x[MOST], gathered[MOST], given[MOST], dx[MOST];
    const hone_window window = window_of(row->channels, row->filters, row->groups, row->input, row->size,
                                         row->stride, row->dilation, row->before);
    const int64_t taps = hone_window_count(window.size), width = hone_window_group_channels(&window),
                  positions = window.batch * hone_window_count(window.output),
                  count = positions * taps * width;
    const int axis = window.input[1] > 1 ? 1 : 2;
    double one = 0, other = 0;
    memset(dx, 0, sizeof dx);
    for (int64_t i = 0; i < window_inputs(&window); i++)
        x[i] = (float)(i % 13) - 6;
    for (int64_t i = 0; i < count; i++)
        given[i] = (float)(i % 7) - 3;
    hone_internal_window_gather(&window, x, 0, positions, 0, taps, 0, gathered);
    for (int64_t i = 0; i < count; i++)
        one += (double)gathered[i] * (double)given[i];
    const int64_t half = window.input[axis] / 2;
    hone_internal_window_scatter(&window, given, 0, positions, 0, taps, 0, axis, 0, half, dx);
    hone_internal_window_scatter(&window, given, 0, positions, 0, taps, 0, axis, half, window.input[axis],
                                 dx);
    for (int64_t i = 0; i < window_inputs(&window); i++)
        other += (double)x[i] * (double)dx[i];
    assert_true(one == other); /* whole numbers */
}
