/* Convolutions of every table against the reference: by products of windows, and directly. */
#include "testing/window_trials.h"
#include <stdlib.h>

/* How the positions are parted is the table's business; the sum of the parts is that of all positions. */
static void check_parts(hone_window window)
{
    enum { PARTS = 3 };
    const int64_t x = window_inputs(&window), y = window_outputs(&window), w = window_weights(&window);
    trial t = new_trial(HONE_KERNEL_convolution_kernel, 0);
    t.args.family = &window;
    t.tiled = sizeof window;
    set_operand(&t, 0, new_values(PARTS * w, 0, 1), PARTS * w);
    set_operand(&t, 1, new_values(x, -1, 1), x);
    set_operand(&t, 2, new_values(y, -1, 1), y);
    memory whole = run_trial(&t, &hone_internal_kernels_ref, 0);
    window.parts = PARTS;
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        memory parts = run_trial(&t, hone_internal_kernels_named(*name), 0);
        const float *expected = (const float *)(const void *)(whole.block[0] + GUARD),
                    *part = (const float *)(const void *)(parts.block[0] + GUARD);
        for (int64_t i = 0; i < w; i++)
            assert_float_equal(part[i] + part[w + i] + part[2 * w + i], expected[i], 1e-4);
        free_memory(&parts);
    }
    free_memory(&whole);
    hone_internal_arena_free(&arena);
}

static void check_convolution(hone_window window)
{
    const int64_t x = window_inputs(&window), y = window_outputs(&window), w = window_weights(&window);
    check_window(HONE_KERNEL_convolution, &window, true, 0, (int64_t[4]){y, x, w});
    check_window(HONE_KERNEL_convolution_data, &window, true, 0, (int64_t[4]){x, y, w});
    check_window(HONE_KERNEL_convolution_kernel, &window, true, 0, (int64_t[4]){w, x, y});
    check_parts(window);
}

TEST(convolutions_agree_along_one_two_and_three_axes)
{
    static const int64_t inputs[3][3] = {{1, 1, 11}, {1, 6, 7}, {3, 4, 5}};
    static const int64_t sizes[3][3] = {{1, 1, 3}, {1, 3, 2}, {2, 2, 3}};
    for (int axes = 0; axes < 3; axes++)
        for (int64_t before = 0; before <= 1; before++) {
            check_convolution(window_of(3, 5, 1, inputs[axes], sizes[axes], 1, 1, before));
            check_convolution(window_of(4, 6, 2, inputs[axes], sizes[axes], 2, 1, before));
            check_convolution(window_of(2, 3, 1, inputs[axes], sizes[axes], 1, 2, 1));
        }
}

TEST(convolutions_of_many_channels_agree)
{
    const int64_t input[3] = {1, 9, 10}, three[3] = {1, 3, 3}, one[3] = {1, 1, 1};
    check_convolution(window_of(32, 48, 1, input, three, 1, 1, 1));
    check_convolution(window_of(40, 64, 1, input, one, 1, 1, 0));
    check_convolution(window_of(1, 8, 1, input, three, 1, 1, 1));
    if (getenv("HONE_TEST_EMULATED") != NULL)
        return; /* a machine that takes a minute for each of the others */
    check_convolution(window_of(33, 17, 1, input, three, 2, 1, 1));
    check_convolution(window_of(64, 32, 4, input, three, 1, 1, 1));
    check_convolution(window_of(200, 64, 1, input, one, 1, 1, 0));
}

/* Few positions and many weights, as late in a network: each step still has tiles for all threads. */
TEST(a_convolution_of_few_positions_has_many_tiles)
{
    static const hone_kernel_index kernels[] = {HONE_KERNEL_convolution, HONE_KERNEL_convolution_data,
                                                HONE_KERNEL_convolution_kernel};
    const int64_t input[3] = {1, 12, 12}, one[3] = {1, 1, 1};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++)
        for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
            hone_window window = window_of(160, 960, 1, input, one, 1, 1, 0);
            const hone_kernels *table = hone_internal_kernels_named(*name);
            if (strcmp(*name, "ref") != 0)
                assert_in_range(table->tiling[kernels[i]](&window).count, 5, 100);
        }
}
