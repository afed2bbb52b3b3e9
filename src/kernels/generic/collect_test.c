/* Collecting gradients in every table: the order of additions, any cut into items, a target that is one of
 * the sources. */
#include "base/memory.h"
#include "kernels/collect.h"
#include "kernels/kernels.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

enum { COUNT = 600, BEFORE = 16, ALL = BEFORE + COUNT + 8 };

static float number(int list, int i)
{
    return sinf((float)(list * 31 + i)) * powf(10, (float)((list * 5 + i) % 7 - 3));
}

static void check(const hone_kernels *table, int sources, int64_t cut)
{
    static float x[COUNT], from[3][ALL], target[ALL], *into;
    hone_collected list = {.count = sources};
    for (int i = 0; i < COUNT; i++)
        x[i] = number(9, i);
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < ALL; i++)
            from[k][i] = number(k, i);
        list.from[k] = from[k];
    }
    memset(target, 0, sizeof target);
    into = sources > 0 ? from[0] : target;
    list.into = into;
    const hone_kernel_args args = {.data = {NULL, x}, .size = {BEFORE}, .family = &list};
    for (int64_t begin = 0; begin < COUNT; begin += cut)
        table->kernel[HONE_KERNEL_collect](&args, begin, begin + cut < COUNT ? begin + cut : COUNT, NULL);
    for (int i = 0; i < COUNT; i++) {
        float expected = x[i];
        for (int k = sources; k-- > 0;)
            expected = number(k, BEFORE + i) + expected;
        assert_memory_equal(&into[BEFORE + i], &expected, sizeof expected);
    }
    for (int i = 0; i < BEFORE; i++) { /* what is not its own stays */
        const float kept = sources > 0 ? number(0, i) : 0;
        assert_memory_equal(&into[i], &kept, sizeof kept);
    }
}

TEST(adds_from_the_last_to_the_first)
{
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        assert_non_null(table);
        for (int sources = 0; sources <= 3; sources++)
            for (int64_t cut = 1; cut <= COUNT; cut = cut * 3 + 4)
                check(table, sources, cut);
    }
}
