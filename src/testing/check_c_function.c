/* The functions of C source beside the kernels of `ref`. */
#include "testing/check_c_function.h"

#include <math.h>

static uint64_t sequence = 1;

static double next_number(void)
{
    sequence = sequence * 6364136223846793005u + 1442695040888963407u;
    return (double)(sequence >> 40) / (double)(1 << 24);
}

void c_function_fill(float *numbers, int64_t count, double low, double high)
{
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (float)(low + (high - low) * next_number());
}

void c_function_fill_bytes(int8_t *bytes, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        bytes[i] = (int8_t)(255 * next_number() - 127);
}

void check_c_numbers(const char *title, const float *received, const float *expected, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const bool same = received[i] == expected[i] || (isnan(received[i]) && isnan(expected[i]));
        if (!same && !(fabsf(received[i] - expected[i]) <= 1e-5f * (1 + fabsf(expected[i]))))
            fail_msg("%s: number %d is %g, not %g", title, (int)i, (double)received[i], (double)expected[i]);
    }
}

void check_c_function(hone_kernel_index kernel, const hone_kernel_args *args, int64_t items, const float *y,
                      int64_t count)
{
    static float expected[4096];
    static double scratch[4096];
    const hone_kernels *table = hone_internal_kernels_named("ref");
    hone_kernel_args own = *args;
    assert_true(count <= (int64_t)(sizeof expected / sizeof *expected));
    own.data[0] = expected;
    if (items == 0) {
        const hone_tiles tiles = table->tiling[kernel]((void *)(uintptr_t)args->family);
        assert_true(tiles.scratch <= sizeof scratch);
        items = tiles.count;
    }
    table->kernel[kernel](&own, 0, items, scratch);
    check_c_numbers(hone_internal_kernel_name(kernel), y, expected, count);
}
