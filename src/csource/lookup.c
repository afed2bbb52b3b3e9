/* Rows by number in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_gather_rows,
     .call = "op_gather_rows($0, $1, $2, #0, #1, #2)",
     .call_int8 = "op_gather_rows_int8($0, $1, &1, $2, #0, #1, #2)",
     .bytes = 1},
    {.kernel = HONE_KERNEL_gather_along, .call = "op_gather_along($0, $1, $2, #0, #1, #2)"},
    {.kernel = HONE_KERNEL_one_hot, .call = "op_one_hot($0, $1, #0, #1)", .reads_ids = true},
};

/* Ids are floats in C source. */
static hone_status check(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        const hone_c_step *step = &program->steps[s];
        if (step->kernel == HONE_KERNEL_gather_rows && step->args.size[3] != 0)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "%s: its table has %lld rows, but C source takes ids as floats, which tell those below "
                "16777216 apart; put a hashing layer in front",
                step->scope, (long long)step->args.size[2]);
    }
    return HONE_OK;
}
HONE_C_FAMILY(lookup, forms, check);
