/* Functions of one operand, of every table, against the reference. */
#include "testing/kernel_trials.h"

typedef struct unary_case {
    const char *name;
    hone_kernel_index kernel;
    bool from_result;
} unary_case;

typedef enum { X, Y } needs;

static const unary_case unary_cases[] = {
#define HONE_UNARY(name, needs, ...) {#name, HONE_KERNEL_##name, needs},
#include "kernels/unary.def"
};

/* Where a function is defined for all x above 0 only. */
static double lowest_operand(const char *name)
{
    static const char *const positive[] = {"sqrt",        "rsqrt",        "log", "log1p",
                                           "log_clamped", "power_scalar", NULL};
    return hone_internal_text_among(name, positive) ? 0.001 : -12;
}

static void check_unary(const unary_case *u, int64_t count, const double scalars[4])
{
    trial t = new_trial(u->kernel, count);
    memcpy(t.args.scalar, scalars, 4 * sizeof(double));
    const float *x = new_mixture(count, lowest_operand(u->name), 12, true);
    set_operand(&t, 0, x, count);
    set_operand(&t, 1, x, count);
    check_trial(&t);
    t.shares = 1;
    check_trial(&t);
    t.shares = 0;
    if (u->from_result) {
        memory y = run_trial(&t, &hone_internal_kernels_ref, 0);
        float *values = new_values(count, 0, 1);
        if (count > 0)
            memcpy(values, y.block[0] + GUARD, (size_t)count * sizeof(float));
        free_memory(&y);
        set_operand(&t, 1, values, count);
    }
    t.kernel = u->kernel + 1;
    set_operand(&t, 2, new_values(count, -1, 1), count);
    check_trial(&t);
    t.shares = 2;
    check_trial(&t);
}

TEST(unary_kernels_agree)
{
    static const double scalars[3][4] = {{0.5, 1.5, 0.25, 0}, {0, HUGE_VAL, 0, 0}, {1, 4, -1, 0}};
    for (size_t i = 0; i < sizeof unary_cases / sizeof unary_cases[0]; i++)
        for (int length = 0; length < LENGTHS; length++) {
            check_unary(&unary_cases[i], lengths[length], scalars[length % 3]);
            hone_internal_arena_free(&arena);
        }
}
