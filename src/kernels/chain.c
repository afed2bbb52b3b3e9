/* Chains on results that are nowhere but in scratch. */
#include "kernels/kernels.h"

/* Each step gets arguments whose result seems to begin so far before `result` that element `begin` is its
 * first. */
void hone_internal_chain_run_transient(const hone_chain *chain, int64_t begin, int64_t end, float *result,
                                       void *scratch)
{
    void *seeming_start = (void *)((uintptr_t)result - (uintptr_t)begin * sizeof(float));
    for (int i = 0; i < chain->count; i++) {
        hone_kernel_args args = *chain->step[i].args;
        for (int k = 0; k < HONE_KERNEL_OPERANDS; k++)
            if (chain->step[i].results >> k & 1)
                args.data[k] = seeming_start;
        chain->step[i].run(&args, begin, end, scratch);
    }
}
