/* Steps of optimizers, of every table, against the reference. */
#include "testing/kernel_trials.h"

typedef struct step_case {
    const char *name;
    hone_kernel_index kernel;
    int slots;
} step_case;

static const step_case steps[] = {
#define HONE_OPTIMIZER_STEP(name, slots, ...) {#name, HONE_KERNEL_step_##name, slots},
#include "kernels/optimizer.def"
};

static void check_step(const step_case *s, int64_t count)
{
    static const double numbers[HONE_KERNEL_SCALARS] = {0.01, 0.1, 0.03, 0.002, 1.25, 1e-3, 0.5, 0.5};
    static const char *const without_gradient[] = {"weight_decay", "ema", NULL};
    trial t = new_trial(s->kernel, count);
    t.args.step = numbers;
    if (strcmp(s->name, "accumulate") != 0)
        set_operand(&t, 0, new_values(count, -1, 1), count);
    if (!hone_internal_text_among(s->name, without_gradient))
        set_operand(&t, 1, new_values(count, -1, 1), count);
    for (int slot = 0; slot < s->slots; slot++)
        set_operand(&t, 2 + slot, new_values(count, 0.05, 1), count);
    check_trial(&t);
}

TEST(optimizer_kernels_agree)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (int length = 0; length < LENGTHS; length++)
            check_step(&steps[i], lengths[length]);
    hone_internal_arena_free(&arena);
}
