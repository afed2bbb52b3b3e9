/* Pools of every table against the reference. */
#include "testing/window_trials.h"

static void check_pools(const hone_window *window)
{
    const int64_t x = window_inputs(window), y = window_outputs(window),
                  positions = window->batch * hone_window_count(window->output);
    check_window(HONE_KERNEL_pool_maximum, window, false, positions, (int64_t[4]){y, x});
    check_window(HONE_KERNEL_pool_average, window, false, positions, (int64_t[4]){y, x});
    check_window(HONE_KERNEL_pool_average_gradient, window, false, window->batch, (int64_t[4]){x, y});
}

/* The gradient goes by equality with the maximum, so y has to be that of x. */
static void check_maximum_gradient(const hone_window *window)
{
    const int64_t x_count = window_inputs(window), y_count = window_outputs(window);
    trial t = new_trial(HONE_KERNEL_pool_maximum, window->batch * hone_window_count(window->output));
    float *x = new_ids(x_count, 5),
          *y = new_values(y_count, 0, 1); /* few numbers, so that several are the largest */
    t.args.family = window;
    set_operand(&t, 0, y, y_count);
    set_operand(&t, 1, x, x_count);
    memory forward = run_trial(&t, &hone_internal_kernels_ref, 0);
    memcpy(y, forward.block[0] + GUARD, (size_t)y_count * sizeof *y);
    free_memory(&forward);
    t.kernel = HONE_KERNEL_pool_maximum_gradient;
    t.items = window->batch;
    set_operand(&t, 0, new_values(x_count, 0, 1), x_count);
    set_operand(&t, 2, y, y_count);
    set_operand(&t, 3, new_values(y_count, -1, 1), y_count);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}

TEST(pools_agree)
{
    static const int64_t channels[] = {1, 3, 16, 17, 40};
    for (int i = 0; i < 5; i++)
        for (int64_t size = 1; size <= 3; size++)
            for (int64_t stride = 1; stride <= 3; stride++) {
                const int64_t c = channels[i], flat[3] = {1, 7, 9}, solid[3] = {4, 3, 5};
                const hone_window windows[] = {
                    window_of(c, c, c, flat, (int64_t[3]){1, size, 2}, stride, 1, size / 2),
                    window_of(c, c, c, solid, (int64_t[3]){2, size, 2}, stride, 1, 0)};
                for (int w = 0; w < 2; w++) {
                    check_pools(&windows[w]);
                    check_maximum_gradient(&windows[w]);
                }
            }
}
