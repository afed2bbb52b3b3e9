/* Collecting gradients, a few cache lines at a time. */
#include "kernels/collect.h"
#include "kernels/generic/loops.h"

enum { COLLECTED_AT_ONCE = 256 };

static void loops_collect(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_collected *list = args->family;
    const float *x = args->data[1];
    float sum[COLLECTED_AT_ONCE];
    (void)scratch;
    for (int64_t i = begin, run; i < end; i += run) {
        run = smaller_of(COLLECTED_AT_ONCE, end - i);
        memcpy(sum, x + i, (size_t)run * sizeof *sum);
        for (int k = list->count; k-- > 0;) {
            const float *from = (const float *)list->from[k] + args->size[0] + i;
            INDEPENDENT for (int64_t j = 0; j < run; j++) sum[j] = from[j] + sum[j];
        }
        memcpy((float *)list->into + args->size[0] + i, sum, (size_t)run * sizeof *sum);
    }
}

OVERLAY(collect)
{
    table->kernel[HONE_KERNEL_collect] = loops_collect;
}
