/* Linear algebra in C source: some steps have work space, as their last operand. */
#include "csource/fold.h"

static int64_t square_and_rows(const int64_t *size)
{
    return size[0] * size[0] + size[0];
}

static int64_t square_and_columns(const int64_t *size)
{
    return size[0] * size[0] + 3 * size[0];
}

static int64_t matrix_and_rows(const int64_t *size)
{
    return size[0] * size[1] + size[0];
}

static const struct {
    hone_kernel_index kernel;
    int operand; /* of the work space */
    int64_t (*count)(const int64_t *size);
} rooms[] = {
    {HONE_KERNEL_inverse, 2, square_and_columns},
    {HONE_KERNEL_solve, 3, square_and_columns},
    {HONE_KERNEL_determinant, 2, square_and_rows},
    {HONE_KERNEL_orthogonal_factors, 3, matrix_and_rows},
};

static hone_status add_room(hone_c_program *program, hone_c_step *step)
{
    for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++)
        if (rooms[r].kernel == step->kernel)
            return hone_internal_c_add_room(program, step, rooms[r].operand, rooms[r].count(step->args.size));
    return HONE_OK;
}

static hone_status rewrite(hone_c_program *program);

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_cholesky, .call = "op_cholesky($0, $1, #n, #0)"},
    {.kernel = HONE_KERNEL_inverse, .call = "op_solve($0, $1, NULL, $2, #n, #0, #0)"},
    {.kernel = HONE_KERNEL_solve, .call = "op_solve($0, $1, $2, $3, #n, #0, #1)"},
    {.kernel = HONE_KERNEL_solve_triangular, .call = "op_solve_triangular($0, $1, $2, #n, #0, #1, %0)"},
    {.kernel = HONE_KERNEL_determinant, .call = "op_determinant($0, $1, $2, #n, #0)"},
    {.kernel = HONE_KERNEL_triangular_factors, .call = "op_triangular_factors($0, $1, $2, $3, #n, #0, #1)"},
    {.kernel = HONE_KERNEL_orthogonal_factors,
     .call = "op_orthogonal_factors($0, $1, $2, $3, #n, #0, #1, #2)"},
};
HONE_C_FAMILY(matrix, forms, rewrite);

static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            hone_c_step *step = &program->steps[s];
            if (step->kernel != forms[f].kernel)
                continue;
            HONE_TRY(add_room(program, step));
            step->in_place = 0;
            hone_internal_c_keep_results(program, step);
        }
    return HONE_OK;
}
