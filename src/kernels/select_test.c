/* The kernel tables by their names. */
#include "base/error.h"
#include "kernels/ref/tables.h"
#include "testing/message.h"

#include <stdlib.h>

static int choose_generic(void **state)
{
    (void)state;
    return setenv("HONE_KERNELS", "generic", 1);
}

AROUND_ALL(choose_generic, NULL);

TEST(tables_are_complete)
{
    assert_string_equal(hone_internal_kernels_names()[0], "ref");
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        assert_non_null(table);
        assert_string_equal(table->name, *name);
        assert_int_equal(table->element_size, sizeof(float));
#define HONE_KERNEL(name)
#define HONE_TILED_KERNEL(name) assert_non_null(table->tiling[HONE_KERNEL_##name]);
#include "kernels/kernels.def"
        for (int i = 0; i < HONE_KERNEL_COUNT; i++)
            assert_non_null(table->kernel[i]);
    }
    assert_int_equal(hone_internal_kernels_named("ref_double")->element_size, sizeof(double));
    assert_ptr_equal(hone_internal_kernels(),
                     hone_internal_kernels_named("generic")); /* as asked for above */
}

TEST(unknown_names_are_refused)
{
    assert_null(hone_internal_kernels_named("generik"));
    assert_failed(hone_error_status(), HONE_ERROR_NAME, "\"generic\"");
}

TEST(kernels_have_names)
{
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_relu_plain_gradient), "relu_plain_gradient");
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_reduce_sum), "reduce_sum");
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_COUNT), "unknown");
}
