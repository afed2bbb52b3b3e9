/* The C functions of convolutions. */
#include "csource/functions/convolution.c"
#include "kernels/window.h"
#include "testing/check_c_function.h"

enum { MOST = 2048 };

static const struct shape {
    const char *name;
    hone_window window;
} shapes[] = {
    {"a row", {1, 2, 3, 1, {1, 1, 7}, {1, 1, 5}, {1, 1, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, .parts = 1}},
    {"a picture, padded",
     {1, 3, 4, 1, {1, 5, 6}, {1, 3, 3}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}, .parts = 1}},
    {"dilated", {1, 2, 2, 1, {1, 7, 6}, {1, 3, 4}, {1, 3, 2}, {1, 1, 1}, {1, 2, 2}, {0, 0, 0}, .parts = 1}},
    {"groups", {1, 6, 4, 2, {1, 4, 4}, {1, 3, 2}, {1, 2, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, .parts = 1}},
    {"a volume", {1, 2, 3, 1, {3, 4, 3}, {2, 3, 3}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 1}, .parts = 1}},
};

static const struct shape depthwise[] = {
    {"channels", {1, 3, 3, 3, {1, 5, 4}, {1, 5, 4}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, .parts = 1}},
    {"several of each channel",
     {1, 2, 6, 2, {1, 6, 5}, {1, 3, 2}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}, .parts = 1}},
    {"steps", {1, 4, 4, 4, {1, 1, 9}, {1, 1, 5}, {1, 1, 3}, {1, 1, 1}, {1, 1, 2}, {0, 0, 0}, .parts = 1}},
};

typedef struct numbers {
    hone_window window;
    int32_t list[22];
    int64_t k, count; /* of a row of weights; of y */
    float x[MOST], w[MOST], rows[MOST], bias[8], scale[8], y[MOST], patch[MOST];
    int8_t bytes[MOST];
} numbers;

static void list_window(const hone_window *window, bool turned, int32_t *list)
{
    for (int axis = 0; axis < 3; axis++) {
        list[axis] = (int32_t)(turned ? window->output : window->input)[axis];
        list[3 + axis] = (int32_t)(turned ? window->input : window->output)[axis];
        list[6 + axis] = (int32_t)window->size[axis];
        list[9 + axis] = (int32_t)window->stride[axis];
        list[12 + axis] = (int32_t)window->dilation[axis];
        list[15 + axis] = (int32_t)window->before[axis];
    }
    list[18] = (int32_t)(turned ? window->filters : window->channels);
    list[19] = (int32_t)(turned ? window->channels : window->filters);
    list[20] = (int32_t)window->groups;
    list[21] = turned;
}

/* W [k, filters] and its rows [filters, k]; with bytes, what they stand for. */
static void fill(numbers *n, const hone_window *window, bool bytes)
{
    n->window = *window;
    list_window(window, false, n->list);
    n->k = hone_window_count(window->size) * window->channels / window->groups;
    n->count = hone_window_count(window->output) * window->filters;
    assert_true(n->count <= MOST && n->k * window->filters <= MOST);
    c_function_fill(n->x, hone_window_count(window->input) * window->channels, -2, 2);
    c_function_fill(n->rows, n->k * window->filters, -1, 1);
    c_function_fill(n->bias, 8, -1, 1);
    c_function_fill(n->scale, 8, 0.001, 0.02);
    c_function_fill_bytes(n->bytes, n->k * window->filters);
    for (int64_t i = 0; i < n->k * window->filters; i++) {
        if (bytes)
            n->rows[i] = (float)n->bytes[i] * n->scale[i / n->k];
        n->w[i % n->k * window->filters + i / n->k] = n->rows[i];
    }
}

static void check(numbers *n, hone_kernel_index kernel, bool biased)
{
    const hone_kernel_args args = {.data = {NULL, n->x, n->w}, .family = &n->window};
    for (int64_t i = 0; biased && i < n->count; i++)
        n->y[i] -= n->bias[i % n->window.filters];
    check_c_function(kernel, &args, kernel == HONE_KERNEL_depthwise ? hone_window_count(n->window.output) : 0,
                     n->y, n->count);
}

TEST_EACH(is_the_kernel, shapes)
{
    numbers n;
    fill(&n, &row->window, false);
    op_convolution(n.y, n.x, n.rows, NULL, n.patch, n.list);
    check(&n, HONE_KERNEL_convolution, false);
    op_convolution(n.y, n.x, n.rows, n.bias, n.patch, n.list);
    check(&n, HONE_KERNEL_convolution, true);
    fill(&n, &row->window, true);
    op_convolution_int8(n.y, n.x, n.bytes, n.scale, n.bias, n.patch, n.list);
    check(&n, HONE_KERNEL_convolution, true);
}

TEST_EACH(each_channel_by_itself, depthwise)
{
    numbers n;
    fill(&n, &row->window, false);
    op_depthwise(n.y, n.x, n.rows, NULL, n.list);
    check(&n, HONE_KERNEL_depthwise, false);
    op_depthwise(n.y, n.x, n.rows, n.bias, n.list);
    check(&n, HONE_KERNEL_depthwise, true);
    fill(&n, &row->window, true);
    op_depthwise_int8(n.y, n.x, n.bytes, n.scale, n.bias, n.list);
    check(&n, HONE_KERNEL_depthwise, true);
}

/* From y [filters] to x [channels]; the kernel has W [filters, taps, channels], the function [channels, taps,
 * filters]. */
TEST_EACH(the_other_way_round, shapes)
{
    const hone_window *window = &row->window;
    const int64_t taps = hone_window_count(window->size), filters = window->filters,
                  channels = window->channels;
    if (window->groups != 1)
        skip();
    numbers n;
    list_window(window, true, n.list);
    c_function_fill(n.x, hone_window_count(window->output) * filters, -2, 2);
    c_function_fill(n.w, filters * taps * channels, -1, 1);
    for (int64_t i = 0; i < filters * taps * channels; i++)
        n.rows[(i % channels * taps + i / channels % taps) * filters + i / (channels * taps)] = n.w[i];
    op_convolution(n.y, n.x, n.rows, NULL, n.patch, n.list);
    const hone_kernel_args args = {.data = {NULL, n.x, n.w}, .family = window};
    check_c_function(HONE_KERNEL_convolution_data, &args, 0, n.y,
                     hone_window_count(window->input) * channels);
}
