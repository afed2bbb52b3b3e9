/* A measured plan as a table that people read. */
#include "plan/measure.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/plural.h"
#include "kernels/product.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what the machine can do ---- */

/* What one thread of this machine does at best: products of this table in floating-point operations per
 * second, and bytes per second read and written through the second cache. Measuring takes some milliseconds.
 */
typedef struct hone_machine {
    double flops, bytes;
} hone_machine;

enum {
    SIDE = 384,               /* of the product that shows the peak */
    STREAM = 2 * 1024 * 1024, /* floats of each of the arrays that show the bandwidth */
    ROUNDS = 5
};

static double best_seconds(const hone_kernels *kernels, hone_kernel_index kernel,
                           const hone_kernel_args *args, int64_t items, void *scratch)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = hone_internal_now();
        kernels->kernel[kernel](args, 0, items, scratch);
        double seconds = hone_internal_now() - begin;
        best = seconds < best ? seconds : best;
    }
    return best > 1e-9 ? best : 1e-9;
}

static hone_status measure_product(const hone_kernels *kernels, float *numbers, hone_machine *machine)
{
    hone_product product = hone_product_of(SIDE, SIDE, SIDE, false, false);
    hone_tiles tiles = kernels->tiling[HONE_KERNEL_matmul](&product);
    hone_kernel_args args = {.data = {numbers, numbers + SIDE * SIDE, numbers + 2 * SIDE * SIDE},
                             .family = &product};
    void *scratch = hone_internal_allocate_aligned(tiles.scratch + HONE_ALIGNMENT);
    if (scratch == NULL)
        return HONE_ERROR_MEMORY;
    machine->flops =
        2.0 * SIDE * SIDE * SIDE / best_seconds(kernels, HONE_KERNEL_matmul, &args, tiles.count, scratch);
    hone_internal_free_aligned(scratch);
    return HONE_OK;
}

static hone_status measure_machine(const hone_kernels *kernels, hone_machine *machine)
{
    float *numbers = hone_internal_allocate_aligned(2 * STREAM * kernels->element_size);
    if (numbers == NULL)
        return HONE_ERROR_MEMORY;
    memset(numbers, 0, 2 * STREAM * kernels->element_size);
    hone_status status = measure_product(kernels, numbers, machine);
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = hone_internal_now();
        memcpy(numbers, numbers + STREAM, STREAM * sizeof *numbers);
        double seconds = hone_internal_now() - begin;
        best = seconds < best ? seconds : best;
    }
    machine->bytes = 2.0 * STREAM * sizeof *numbers / (best > 1e-9 ? best : 1e-9);
    hone_internal_free_aligned(numbers);
    return status;
}

/* ---- the table ---- */

/* What keeps a step from being faster: the bound that it is nearest to, or, far from both, what each call
 * costs. */
static const char *limit_of(double arithmetic, double memory)
{
    if (arithmetic < 0.1 && memory < 0.1)
        return "calls";
    return arithmetic >= memory ? "arithmetic" : "memory";
}

static int count_bits(uint64_t bits)
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static void print_measure(const hone_plan *plan, const hone_step *step, bool chained,
                          const hone_machine *machine, hone_text *text)
{
    const hone_plan_measures *measures = plan->measures;
    double runs = (double)measures->runs, busy = (double)hone_internal_measure_own(plan, step) / runs;
    double flops = busy > 0 ? (double)step->flops / busy : 0,
           bytes = busy > 0 ? (double)step->bytes / busy : 0;
    char kernel[64];
    snprintf(kernel, sizeof kernel, "%s%s%s", step->node->backward ? "< " : "  ", chained ? "+ " : "",
             hone_internal_kernel_name(step->kernel));
    hone_internal_text_format(
        text, "%-22.22s %-32.32s %9.2f %6.1f %% %8.1f %6.0f %% %8.1f %7d  %s\n", step->node->scope, kernel,
        busy * 1e-3, 100 * busy * runs / (double)measures->nanoseconds, flops,
        100 * flops * 1e9 / machine->flops, bytes, count_bits(atomic_load(&step->measure->threads)),
        limit_of(flops * 1e9 / machine->flops, bytes * 1e9 / machine->bytes));
}

static double busy_nanoseconds(const hone_plan *plan)
{
    double sum = 0;
    for (int s = 0; s < plan->step_count; s++)
        sum += (double)hone_internal_measure_own(plan, &plan->steps[s]);
    return sum;
}

hone_status hone_internal_measures_print(const hone_plan *plan, hone_text *text)
{
    hone_machine machine;
    HONE_TRY(measure_machine(plan->kernels, &machine));
    hone_internal_text_format(text, "%-22s %-32s %9s %8s %8s %8s %8s %7s  %s\n", "layer",
                              "  kernel (< backward, + chained)", "us/step", "share", "GFLOP/s", "of peak",
                              "GB/s", "threads", "limit");
    for (int i = 0; i < plan->step_count; i++) {
        const hone_step *head = &plan->steps[i];
        if (head->head != i)
            continue;
        print_measure(plan, head, false, &machine, text);
        for (int c = 0; c < head->chain.count; c++)
            print_measure(plan, &plan->steps[head->chained[c]], true, &machine, text);
    }
    const hone_plan_measures *measures = plan->measures;
    double runs = (double)measures->runs, wall = (double)measures->nanoseconds,
           between = (double)(measures->end - measures->begin) - wall;
    hone_internal_text_format(
        text,
        "\n%" PRId64 " step%s of %.1f us, in which kernels were busy for %.1f us on all threads "
        "together; between two steps %.1f us (gathering batches, validation, callbacks).\n"
        "One thread of this machine: %.1f GFLOP/s in a product, %.1f GB/s copied. Reading the clock costs "
        "about 0.05 us per call.\n",
        measures->runs, hone_internal_plural(measures->runs), wall / runs * 1e-3,
        busy_nanoseconds(plan) / runs * 1e-3, between / runs * 1e-3, machine.flops * 1e-9,
        machine.bytes * 1e-9);
    return HONE_OK;
}
