/* Functions of two operands, of every table, against the reference. */
#include "testing/kernel_trials.h"

static const hone_kernel_index binary_kernels[] = {
#define HONE_BINARY(name, ...) HONE_KERNEL_##name,
#include "kernels/binary.def"
};

static void check_binary(hone_kernel_index kernel, const hone_strides *strides, int64_t count)
{
    trial t = new_trial(kernel, count);
    const bool power = kernel == HONE_KERNEL_power;
    t.args.family = strides;
    set_operand(&t, 0, new_values(count, -1, 1), count);
    set_operand(&t, 1, new_mixture(count, power ? 0.1 : -3, 3, true), count);
    set_operand(&t, 2, power ? new_values(count, -3, 3) : new_mixture(count, -3, 3, true), count);
    check_trial(&t);
    if (strides != NULL)
        return;
    t.shares = 1;
    check_trial(&t);
    t.shares = 2;
    check_trial(&t);
}

TEST(binary_kernels_agree)
{
    static const hone_strides broadcasts[] = {
        {.rank = 0},
        {.rank = 1, .dims = {17}, .a = {1}, .b = {0}},
        {.rank = 2, .dims = {5, 33}, .a = {33, 1}, .b = {0, 1}},
        {.rank = 2, .dims = {5, 33}, .a = {1, 0}, .b = {33, 1}},
        {.rank = 3, .dims = {3, 5, 7}, .a = {35, 1, 5}, .b = {0, 7, 1}},
        {.rank = 4, .dims = {2, 3, 1, 19}, .a = {57, 19, 19, 1}, .b = {3, 1, 1, 0}},
    };
    for (size_t i = 0; i < sizeof binary_kernels / sizeof binary_kernels[0]; i++) {
        for (int length = 0; length < LENGTHS; length++)
            check_binary(binary_kernels[i], NULL, lengths[length]);
        for (size_t j = 0; j < sizeof broadcasts / sizeof broadcasts[0]; j++) {
            int64_t count = 1;
            for (int axis = 0; axis < broadcasts[j].rank; axis++)
                count *= broadcasts[j].dims[axis];
            check_binary(binary_kernels[i], &broadcasts[j], count);
        }
        hone_internal_arena_free(&arena);
    }
}
