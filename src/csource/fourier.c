/* Fourier transforms in C source: operand 4 is a constant with the powers of e, operand 5 work space. */
#include "csource/fold.h"

#include <math.h>

/* powers [n, 2]: cosine and sine of -2 pi k / n */
static void fill_powers(float *powers, int64_t n)
{
    static const double turn = 6.28318530717958647692;
    for (int64_t k = 0; k < n; k++) {
        powers[2 * k] = (float)cos(turn * (double)k / (double)n);
        powers[2 * k + 1] = (float)-sin(turn * (double)k / (double)n);
    }
}

/* One for all steps of the same length. */
static int powers_of(hone_c_program *program, int64_t n)
{
    for (int s = 0; s < program->step_count; s++) {
        const hone_c_step *step = &program->steps[s];
        if (step->kernel == HONE_KERNEL_fourier && step->args.size[0] == n && step->slots[4] >= 0)
            return step->slots[4];
    }
    const int powers = hone_internal_c_add_constant(program, 2 * n, "fourier/powers");
    if (powers >= 0)
        fill_powers(hone_internal_c_data(program, powers), n);
    return powers;
}

static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        hone_c_step *step = &program->steps[s];
        if (step->kernel != HONE_KERNEL_fourier)
            continue;
        const int powers = powers_of(program, step->args.size[0]);
        if (powers < 0)
            return HONE_ERROR_MEMORY;
        step->slots[4] = powers;
        HONE_TRY(hone_internal_c_add_room(program, step, 5, 4 * step->args.size[0]));
        hone_internal_c_keep_results(program, step);
    }
    return HONE_OK;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_fourier, .call = "op_fourier($0, $1, $2, $3, $4, $5, #n, #0, %0)"},
};
HONE_C_FAMILY(fourier, forms, rewrite);
