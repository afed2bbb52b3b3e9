/* Depthwise convolutions of every table against the reference. */
#include "testing/window_trials.h"

static void check_depthwise(hone_window window)
{
    const int64_t x = window_inputs(&window), y = window_outputs(&window), w = window_weights(&window);
    check_window(HONE_KERNEL_depthwise, &window, false, window.batch * hone_window_count(window.output),
                 (int64_t[4]){y, x, w});
    check_window(HONE_KERNEL_depthwise_data, &window, false, window.batch * hone_window_count(window.input),
                 (int64_t[4]){x, y, w});
    for (window.parts = 1; window.parts <= 3; window.parts += 2)
        check_window(HONE_KERNEL_depthwise_kernel, &window, false,
                     window.parts * hone_window_count(window.size), (int64_t[4]){window.parts * w, x, y});
}

TEST(depthwise_convolutions_agree)
{
    static const int64_t channels[] = {1, 3, 16, 33, 150};
    for (int i = 0; i < 5; i++)
        for (int64_t each = 1; each <= 2; each++)
            for (int64_t stride = 1; stride <= 2; stride++) {
                const int64_t c = channels[i], size[3] = {1, 3, 2}, input[3] = {1, 6, 7};
                check_depthwise(window_of(c, c * each, c, input, size, stride, 1, 1));
                check_depthwise(window_of(c, c * each, c, input, size, stride, 2, 0));
            }
}

/* More taps than are listed at a time, and longer along an axis than a list. */
TEST(depthwise_convolutions_of_many_taps_agree)
{
    const int64_t input[3] = {1, 9, 70}, square[3] = {1, 9, 9}, line[3] = {1, 1, 66};
    check_depthwise(window_of(5, 5, 5, input, square, 1, 1, 4));
    check_depthwise(window_of(5, 5, 5, input, line, 1, 1, 0));
}
