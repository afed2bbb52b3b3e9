/* For tests of kernels that move windows: every table against the reference (kernel_trials.h). */
#ifndef HONE_TESTING_WINDOW_TRIALS_H
#define HONE_TESTING_WINDOW_TRIALS_H

#include "kernels/window.h"
#include "testing/kernel_trials.h"

/* x has `input` places along each axis, and y as many as windows of `size` fit with `before` in front and as
 * much behind. */
static inline hone_window window_of(int64_t channels, int64_t filters, int64_t groups, const int64_t input[3],
                                    const int64_t size[3], int64_t stride, int64_t dilation, int64_t before)
{
    hone_window window = {.batch = 2, .channels = channels, .filters = filters, .groups = groups, .parts = 1};
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++) {
        const bool moves = input[axis] > 1;
        window.input[axis] = input[axis];
        window.size[axis] = size[axis];
        window.stride[axis] = moves ? stride : 1;
        window.dilation[axis] = moves ? dilation : 1;
        window.before[axis] = moves ? before : 0;
        const int64_t reach = (size[axis] - 1) * window.dilation[axis];
        window.output[axis] = (input[axis] + 2 * window.before[axis] - reach - 1) / window.stride[axis] + 1;
    }
    return window;
}

static inline int64_t window_inputs(const hone_window *window)
{
    return window->batch * hone_window_count(window->input) * window->channels;
}

static inline int64_t window_outputs(const hone_window *window)
{
    return window->batch * hone_window_count(window->output) * window->filters;
}

static inline int64_t window_weights(const hone_window *window)
{
    return hone_window_count(window->size) * hone_window_group_channels(window) * window->filters;
}

/* The kernel on operands of these counts, of which the first is the result. `tiled`: the table chooses the
 * items. */
static inline void check_window(hone_kernel_index kernel, const hone_window *window, bool tiled,
                                int64_t items, const int64_t counts[4])
{
    trial t = new_trial(kernel, items);
    t.args.family = window;
    t.tiled = tiled ? sizeof *window : 0;
    t.tolerance = 2e-5;
    for (int i = 0; i < 4 && counts[i] > 0; i++)
        set_operand(&t, i, new_values(counts[i], -1, 1), counts[i]);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}

#endif
