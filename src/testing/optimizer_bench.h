/* For tests: variables under training. Gradients go in; a plan that updates and, under accumulation, one that
 * only gathers are run. What fails fails the cmocka test. */
#ifndef HONE_TESTING_OPTIMIZER_BENCH_H
#define HONE_TESTING_OPTIMIZER_BENCH_H

#include "optimizers/optimizer.h"
#include "testing/golden.h"

enum { BENCH_VARIABLES = 4 };

typedef struct optimizer_bench {
    hone_optimizer *optimizer; /* taken over */
    hone_variable *variables[BENCH_VARIABLES];
    int count;
    const char *table;  /* of kernels; NULL: the best of this machine */
    golden_run runs[2]; /* by whether it updates */
} optimizer_bench;

/* A bench with an optimizer and no variables yet; a NULL optimizer is the failure of its maker. */
optimizer_bench bench_begin(hone_optimizer *optimizer, const char *table);
/* One more variable; `constraint` NULL: none. */
void bench_add(optimizer_bench *bench, const char *name, const golden_tensor *start, const char *constraint);
void bench_add_filled(optimizer_bench *bench, const char *name, hone_shape shape, double number,
                      const char *constraint);
/* After the last variable: makes the slots and records both plans. */
void bench_prepare(optimizer_bench *bench);
/* A batch with these gradients, or with gradients that are `number` everywhere. */
void bench_step(optimizer_bench *bench, const golden_tensor *gradients);
void bench_step_with(optimizer_bench *bench, double number);
/* The same with every phase run by a team (NULL: alone) over tiles for `threads`. */
void bench_step_by_team(optimizer_bench *bench, const golden_tensor *gradients, hone_team *team, int threads);
void bench_end(optimizer_bench *bench);

/* A copy of the numbers; freed with golden_tensor_free. */
golden_tensor bench_numbers(const hone_variable *variable);
/* The one number of a variable with one element. */
double bench_number(const hone_variable *variable);

#endif
