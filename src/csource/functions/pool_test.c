/* The C functions of pools. */
#include "csource/functions/pool.c"
#include "kernels/window.h"
#include "testing/check_c_function.h"

static const struct {
    const char *name;
    hone_window window;
    bool nan;
} shapes[] = {
    {"a row",
     {1, 3, 3, 1, {1, 1, 7}, {1, 1, 3}, {1, 1, 2}, {1, 1, 2}, {1, 1, 1}, {0, 0, 0}, .parts = 1},
     false},
    {"a picture",
     {1, 2, 2, 1, {1, 6, 5}, {1, 3, 2}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}, .parts = 1},
     false},
    {"padded",
     {1, 2, 2, 1, {1, 5, 5}, {1, 3, 3}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}, .parts = 1},
     false},
    {"a volume",
     {1, 2, 2, 1, {4, 4, 3}, {2, 2, 3}, {2, 2, 1}, {2, 2, 1}, {1, 1, 1}, {0, 0, 0}, .parts = 1},
     false},
    {"with NaN",
     {1, 2, 2, 1, {1, 6, 5}, {1, 3, 2}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}, .parts = 1},
     true},
};

TEST_EACH(is_the_kernel, shapes)
{
    const hone_window *window = &row->window;
    int32_t list[22] = {0};
    float x[256], y[256];
    const int64_t places = hone_window_count(window->output), count = places * window->channels;
    const hone_kernel_args args = {.data = {NULL, x}, .family = window};
    for (int axis = 0; axis < 3; axis++) {
        list[axis] = (int32_t)window->input[axis];
        list[3 + axis] = (int32_t)window->output[axis];
        list[6 + axis] = (int32_t)window->size[axis];
        list[9 + axis] = (int32_t)window->stride[axis];
        list[12 + axis] = (int32_t)window->dilation[axis];
        list[15 + axis] = (int32_t)window->before[axis];
    }
    list[18] = list[19] = (int32_t)window->channels;
    c_function_fill(x, hone_window_count(window->input) * window->channels, -2, 2);
    if (row->nan)
        x[0] = x[13] = NAN;
    op_pool_maximum(y, x, list);
    check_c_function(HONE_KERNEL_pool_maximum, &args, places, y, count);
    op_pool_average(y, x, list);
    check_c_function(HONE_KERNEL_pool_average, &args, places, y, count);
}
