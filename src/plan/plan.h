/* Plans: a graph made ready to run, once for its shapes, mode and wanted gradients. The plan decides order,
 * memory, what works in place, what is fused and which kernels; running it neither allocates nor decides.
 *
 * Steps are put into phases: the steps of a phase do not depend on each other, so their tiles may be run by
 * any thread in any order, with one meeting of the team at its end. Element-wise steps are chained to the
 * step that makes one of their operands and run on each of its tiles while it is in cache: a product with its
 * bias and activation, a gradient with the optimizer's step. */
#ifndef HONE_PLAN_PLAN_H
#define HONE_PLAN_PLAN_H

#include "base/team.h"
#include "base/text.h"
#include "plan/pace.h"
#include "plan/step.h"

typedef struct hone_phase {
    int first, count; /* its steps in `order` */
    int64_t tiles;    /* of all its steps */
    double cost;      /* estimated nanoseconds on one thread */
    bool parallel;    /* worth waking the team for */
} hone_phase;

typedef struct hone_buffer {
    size_t offset, bytes;
    int birth, death; /* phases; birth -1: filled before the run */
} hone_buffer;

/* How a variable lies in memory while the plan runs: in panels (kernels/panels.h), or row by row. */
typedef struct hone_planned_variable {
    hone_variable *variable; /* of the graph */
    bool panels;
} hone_planned_variable;

typedef struct hone_plan {
    const hone_kernels *kernels;
    hone_graph *graph; /* owned */
    hone_step *steps;  /* in the order of recording */
    int step_count;
    int *order; /* heads by phase */
    hone_phase *phases;
    int phase_count;
    int parallel_phases; /* those worth waking the team for */
    hone_pace pace;
    hone_value *roots; /* of each value: the value whose memory it is */
    int *producers;    /* of each value: its step, or -1 */
    int *buffer_of;    /* of each root: its buffer, or -1 */
    hone_buffer *buffers;
    int buffer_count;
    hone_planned_variable *variables;
    int variable_count;
    void **addresses;    /* of each value */
    void *memory;        /* all buffers; then, for doubles, copies of the variables */
    size_t memory_bytes; /* of the buffers */
    void *scratch;
    size_t scratch_bytes; /* of one thread */
    int threads;          /* that there is scratch for */
    hone_random *randoms; /* one for each step that draws */
    uint64_t seed;
    struct hone_plan_measures *measures; /* of measure.c; NULL unless the plan is measured */
} hone_plan;

/* Takes over the graph, also on failure. `seed` is the model's; `threads` the most that will run it. */
hone_plan *hone_internal_plan_create(hone_graph *graph, const hone_kernels *kernels, uint64_t seed,
                                     int threads);
void hone_internal_plan_free(hone_plan *plan);

/* Scratch for this many threads; a plan with less than a team has runs alone. */
hone_status hone_internal_plan_make_room(hone_plan *plan, int threads);

/* Where a value stands: inputs before a run, kept values after it. */
void *hone_internal_plan_address(const hone_plan *plan, hone_value value);

/* Another place for a variable, or for what is not in a buffer of the plan. The numbers there lie as before.
 */
void hone_internal_plan_place(hone_plan *plan, hone_value value, void *address);
/* The plan's `rows` rows are those from `first` on of a larger batch: it draws the random numbers that these
 * rows have in that batch, wherever axis 0 of what is drawn goes by rows. */
void hone_internal_plan_set_rows(hone_plan *plan, int64_t rows, int64_t first);

/* Runs the plan; `step` is the count that random numbers depend on. `team` NULL: on this thread alone, with
 * the same bits. */
void hone_internal_plan_run(hone_plan *plan, hone_team *team, uint64_t step);

/* A plan with steps that stop (graph/op.h) runs in pieces, on this thread: piece k is what is behind stop k -
 * 1 and up to stop k, piece 0 from the start, the last one to the end. Between two pieces the output of the
 * stop may be changed: its numbers, and how many. */
int hone_internal_plan_stops(const hone_plan *plan);
void hone_internal_plan_run_piece(hone_plan *plan, uint64_t step, int piece);
float *hone_internal_plan_stop_at(const hone_plan *plan, int stop, size_t *count);

/* A table for people: phases, steps with what is chained to them, shapes, FLOP, bytes; and the memory. */
void hone_internal_plan_print(const hone_plan *plan, hone_text *text);
int64_t hone_internal_plan_flops(const hone_plan *plan);

/* Whether the plan still suits its variables: none is retired, none that it wants in panels is held in rows
 * since it was made. */
bool hone_internal_plan_fits(const hone_plan *plan);

/* Inside: panels.c, memory.c and schedule.c. */
hone_status hone_internal_plan_panels(hone_plan *plan);
void hone_internal_plan_arrange(const hone_plan *plan); /* the variables, before a run */
hone_status hone_internal_plan_find_transients(hone_plan *plan);
hone_status hone_internal_plan_schedule(hone_plan *plan);
hone_status hone_internal_plan_lay_out(hone_plan *plan);

#endif
