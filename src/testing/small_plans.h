/* For tests of plans: a graph of one input and one variable with its plan, products of many tiles, and tiles
 * run in a random order, as a team may run them. */
#ifndef HONE_TESTING_SMALL_PLANS_H
#define HONE_TESTING_SMALL_PLANS_H

#include "base/random.h"
#include "kernels/product.h"
#include "plan/plan.h"
#include <hone/ops.h>
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 72, MATRIX = SIZE * SIZE };

/* A table whose products have small tiles, so that a product of these sizes has many. */
static inline hone_tiles small_tiles(void *family)
{
    hone_product *product = family;
    hone_tiles tiles = hone_internal_kernels_named("ref")->tiling[HONE_KERNEL_matmul](product);
    product->tile_m = 16;
    product->tile_n = 24;
    tiles.count = hone_product_tile_count(product);
    return tiles;
}

static inline const hone_kernels *small_tiled(void)
{
    static hone_kernels table;
    table = *hone_internal_kernels_named("ref");
    table.tiling[HONE_KERNEL_matmul] = small_tiles;
    return &table;
}

static inline void assert_near(float received, double expected)
{
    assert_true(fabs((double)received - expected) <= 1e-3);
}

typedef struct tile {
    const hone_step *step;
    int64_t begin, end;
} tile;

/* Phase after phase, the tiles of each in a random order: what a team may do, but every time. */
static inline void run_shuffled(hone_plan *plan, uint64_t number, uint64_t seed)
{
    for (int s = 0, draws = 0; s < plan->step_count; s++)
        if (plan->steps[s].draws)
            plan->randoms[draws++].step = number;
    for (int p = 0; p < plan->phase_count; p++) {
        const hone_phase *phase = &plan->phases[p];
        tile *tiles = calloc((size_t)phase->tiles + 1, sizeof *tiles);
        int64_t *order = calloc((size_t)phase->tiles + 1, sizeof *order), count = 0;
        for (int i = 0; i < phase->count; i++) {
            const hone_step *step = &plan->steps[plan->order[phase->first + i]];
            for (int64_t begin = 0; begin < step->items; begin += step->grain)
                tiles[count++] = (tile){
                    step, begin, begin + step->grain < step->items ? begin + step->grain : step->items};
        }
        hone_random random = hone_internal_random(seed, (uint64_t)p, 0);
        hone_internal_random_permutation(&random, count, order);
        for (int64_t i = 0; i < count; i++) {
            const tile *t = &tiles[order[i]];
            t->step->run(&t->step->args, t->begin, t->end, plan->scratch);
            for (int c = 0; t->step->kernel != HONE_KERNEL_matmul && c < t->step->chain.count; c++)
                t->step->chain.step[c].run(t->step->chain.step[c].args, t->begin, t->end, plan->scratch);
        }
        free(tiles);
        free(order);
    }
}

/* No two buffers that are needed at one time overlap. */
static inline void check_layout(const hone_plan *plan)
{
    for (int i = 0; i < plan->buffer_count; i++) {
        const hone_buffer *a = &plan->buffers[i];
        assert_true(a->offset + a->bytes <= plan->memory_bytes);
        for (int j = 0; j < i; j++) {
            const hone_buffer *b = &plan->buffers[j];
            bool together = a->birth <= b->death && b->birth <= a->death;
            bool overlap = a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
            if (together && overlap)
                fail_msg("buffers %d and %d overlap", i, j);
        }
    }
}

typedef struct small {
    hone_graph *graph;
    hone_value x;
    hone_variable *w;
    hone_plan *plan;
} small;

static inline small begin(hone_shape x, hone_shape w)
{
    small s = {.graph = hone_internal_graph_create(true, false),
               .w = hone_internal_variable_create("w", w, NULL)};
    assert_int_equal(hone_internal_variables_place(&s.w, 1), HONE_OK);
    for (int64_t i = 0; i < hone_internal_variable_count(s.w); i++)
        hone_internal_variable_data(s.w)[i] = (float)sin((double)i);
    s.x = hone_internal_graph_input(s.graph, x, "x");
    return s;
}

static inline void make(small *s, const hone_kernels *kernels)
{
    s->plan = hone_internal_plan_create(s->graph, kernels, 1, 3);
    if (s->plan == NULL)
        fail_msg("%s", hone_error_message());
    check_layout(s->plan);
    float *x = hone_internal_plan_address(s->plan, s->x);
    for (int64_t i = 0; x != NULL && i < hone_internal_shape_count(hone_value_shape(s->plan->graph, s->x));
         i++)
        x[i] = (float)cos((double)i);
}

static inline void end(small *s)
{
    hone_internal_plan_free(s->plan);
    hone_internal_variable_free(s->w);
}

static inline int attached_steps(const hone_plan *plan)
{
    int count = 0;
    for (int s = 0; s < plan->step_count; s++)
        count += plan->steps[s].head != s;
    return count;
}

#endif
