/* A plan as a table that people read: what runs in which phase, on which tiles, with how much work and
 * memory. */
#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>

static void print_shape(const hone_plan *plan, const hone_step *step, char *buffer, size_t size)
{
    hone_value value = step->node->outputs[0];
    if (value < 0)
        value = step->operands[0];
    hone_internal_shape_to_text(hone_value_shape(plan->graph, value), buffer, size);
}

static const char *scope_of(const hone_step *step)
{
    if (step->node->scope[0] != '\0')
        return step->node->scope;
    return "";
}

static void print_step(const hone_plan *plan, const hone_step *step, int number, hone_text *text)
{
    char shape[128], bytes[32], work[32];
    print_shape(plan, step, shape, sizeof shape);
    hone_internal_bytes_to_text((uint64_t)step->bytes, bytes, sizeof bytes);
    hone_internal_count_to_text((uint64_t)step->flops, work, sizeof work);
    int64_t tiles = (step->items + step->grain - 1) / step->grain;
    char phase[16] = "";
    if (number >= 0)
        snprintf(phase, sizeof phase, "%d", number + 1);
    hone_internal_text_format(text, "%5s  %-22.22s %s%-32.32s %-16.16s %14s %12s %6" PRId64 "\n", phase,
                              scope_of(step), step->node->backward ? "< " : "  ",
                              hone_internal_kernel_name(step->kernel), shape, work, bytes, tiles);
    for (int c = 0; c < step->chain.count; c++) {
        const hone_step *chained = &plan->steps[step->chained[c]];
        print_shape(plan, chained, shape, sizeof shape);
        hone_internal_count_to_text((uint64_t)chained->flops, work, sizeof work);
        hone_internal_text_format(text, "%5s  %-22.22s %s+ %-30.30s %-16.16s %14s %12s\n", "",
                                  scope_of(chained), chained->node->backward ? "< " : "  ",
                                  hone_internal_kernel_name(chained->kernel), shape, work, "in cache");
    }
}

void hone_internal_plan_print(const hone_plan *plan, hone_text *text)
{
    char bytes[32], count[32];
    hone_internal_text_format(text, "%5s  %-22s %-34s %-16s %14s %12s %6s\n", "phase", "layer",
                              "  kernel (< backward, + chained)", "shape", "FLOP", "bytes", "tiles");
    for (int p = 0; p < plan->phase_count; p++) {
        const hone_phase *phase = &plan->phases[p];
        for (int i = 0; i < phase->count; i++)
            print_step(plan, &plan->steps[plan->order[phase->first + i]], i == 0 ? p : -1, text);
    }
    hone_internal_count_to_text((uint64_t)hone_internal_plan_flops(plan), count, sizeof count);
    hone_internal_text_format(text,
                              "\nKernels: %s. %d phases, %d of them worth several threads. Work: %s FLOP.\n",
                              plan->kernels->name, plan->phase_count, plan->parallel_phases, count);
    hone_internal_bytes_to_text(plan->memory_bytes, bytes, sizeof bytes);
    uint64_t apart = 0;
    for (int i = 0; i < plan->buffer_count; i++)
        apart += plan->buffers[i].bytes;
    hone_internal_text_format(text, "Memory of activations, gradients and work space: %s", bytes);
    hone_internal_bytes_to_text(apart, bytes, sizeof bytes);
    hone_internal_text_format(text, " (%s without sharing).\n", bytes);
}
