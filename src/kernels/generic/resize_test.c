/* Resizing of every table against the reference. */
#include "kernels/resize.h"
#include "testing/kernel_trials.h"

TEST(resizing_agrees)
{
    static const int64_t start[] = {0, 2, 2, 3, 6}, place[] = {0, 4, 2, 1, 3, 1};
    static const double weight[] = {0.25, 0.75, 1, -0.5, 1, 0.5};
    static const int64_t widths[] = {1, 3, 16, 33};
    for (int i = 0; i < 4; i++) {
        const hone_resize resize = {
            .rows = 4, .columns = 5, .inner = widths[i], .start = start, .place = place, .weight = weight};
        const int64_t outer = 3, y = outer * 4 * widths[i], x = outer * 5 * widths[i];
        trial t = new_trial(HONE_KERNEL_resize, outer * 4);
        t.args.family = &resize;
        set_operand(&t, 0, new_values(y, -1, 1), y);
        set_operand(&t, 1, new_values(x, -1, 1), x);
        check_trial(&t);
        hone_internal_arena_free(&arena);
    }
}
