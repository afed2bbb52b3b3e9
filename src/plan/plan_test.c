/* Plans: sharing memory, working in place, chaining and running side by side change no bit. */
#include "plan/measure.h"
#include "base/random.h"
#include "kernels/product.h"
#include "ops/differentiate.h"
#include "ops/metric.h"
#include "ops/optimizer.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 72, MATRIX = SIZE * SIZE, WEIGHTS = 6, MOST_VALUES = 400, STATES = 3 };

/* A table whose products have small tiles, so that a product of these sizes has many. */
static hone_tiles small_tiles(void *family)
{
    hone_product *product = family;
    hone_tiles tiles = hone_internal_kernels_named("ref")->tiling[HONE_KERNEL_matmul](product);
    product->tile_m = 16;
    product->tile_n = 24;
    tiles.count = hone_product_tile_count(product);
    return tiles;
}

static const hone_kernels *small_tiled(void)
{
    static hone_kernels table;
    table = *hone_internal_kernels_named("ref");
    table.tiling[HONE_KERNEL_matmul] = small_tiles;
    return &table;
}

static void assert_near(float received, double expected)
{
    assert_true(fabs((double)received - expected) <= 1e-3);
}

/* ---- other ways to run a plan ---- */

/* Step after step in the order of recording, nothing chained: right when every value has memory of its own.
 */
static void run_plainly(hone_plan *plan, uint64_t number)
{
    for (int s = 0, draws = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        if (step->draws)
            plan->randoms[draws++].step = number;
        step->args.chain = NULL;
        step->run(&step->args, 0, step->items, plan->scratch);
    }
}

typedef struct tile {
    const hone_step *step;
    int64_t begin, end;
} tile;

/* Phase after phase, the tiles of each in a random order: what a team may do, but every time. */
static void run_shuffled(hone_plan *plan, uint64_t number, uint64_t seed)
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

static void run_by_team(hone_plan *plan, uint64_t number, int threads)
{
    for (int p = 0; p < plan->phase_count; p++)
        plan->phases[p].parallel = true;
    hone_team *team = hone_internal_team_acquire(threads);
    hone_internal_plan_run(plan, team, number);
    hone_internal_team_release(team);
}

/* No two buffers that are needed at one time overlap. */
static void check_layout(const hone_plan *plan)
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

/* ---- random graphs ---- */

typedef struct world {
    uint64_t seed, draws;
    hone_variable *weights[WEIGHTS]; /* the first ones [SIZE, SIZE], the last two [SIZE] */
    double states[STATES][2];
    double numbers[16];
    hone_graph *graph;
    hone_value inputs[3], values[MOST_VALUES], kept[MOST_VALUES];
    int value_count, kept_count;
    hone_plan *plan;
} world;

static int64_t pick(world *w, int64_t below)
{
    hone_random random = hone_internal_random(w->seed, 1, 0);
    return (int64_t)(hone_internal_random_uniform(&random, w->draws++) * (double)below);
}

static hone_value any_value(world *w)
{
    int64_t recent = w->value_count < 12 ? w->value_count : 12; /* near ones more often: they make chains */
    return pick(w, 3) == 0 ? w->values[pick(w, w->value_count)]
                           : w->values[w->value_count - 1 - (int)pick(w, recent)];
}

static hone_value vector_of(world *w, hone_value x)
{
    static const char *const names[] = {"sum", "mean", "maximum", "sum_squares"};
    int axis = (int)pick(w, 2);
    return hone_op_unary(w->graph, "tanh", hone_op_reduce(w->graph, names[pick(w, 4)], x, &axis, 1, false),
                         (hone_parameters){0});
}

static hone_value reshaped(world *w, hone_value x)
{
    hone_value flat = hone_op_reshape(w->graph, x, HONE_SHAPE(MATRIX));
    flat =
        pick(w, 2) == 0 ? hone_op_affine(w->graph, flat, 0.5, 0.25) : hone_op_stop_gradient(w->graph, flat);
    return hone_op_reshape(w->graph, flat, HONE_SHAPE(SIZE, SIZE));
}

static hone_value halves(world *w, hone_value x, hone_value y)
{
    int axis = (int)pick(w, 2);
    hone_value parts[2] = {hone_op_slice(w->graph, x, axis, 0, SIZE / 2),
                           hone_op_slice(w->graph, y, axis, SIZE / 2, SIZE)};
    return hone_op_concatenate(w->graph, parts, 2, axis);
}

static hone_value product(world *w, hone_value x, hone_value y)
{
    bool a = pick(w, 2) == 0, b = pick(w, 2) == 0;
    hone_value z = hone_op_matmul(w->graph, x, y, a, b);
    return pick(w, 2) == 0 ? hone_op_affine(w->graph, z, 1.0 / SIZE, 0)
                           : hone_op_unary(w->graph, "tanh", z, (hone_parameters){0});
}

static hone_value normalized(world *w, hone_value x)
{
    hone_value gamma = hone_graph_variable(w->graph, w->weights[WEIGHTS - 1]);
    if (pick(w, 2) == 0)
        return hone_op_row_normalization(w->graph, x, 1, 1e-3, pick(w, 2) == 0);
    return hone_op_batch_normalization(w->graph, x, 1, gamma, gamma, w->weights[WEIGHTS - 2], NULL, 0.9,
                                       1e-3);
}

static void change_weight(world *w, hone_value x)
{
    hone_variable *weight = w->weights[pick(w, WEIGHTS - 2)];
    int64_t how = pick(w, 4);
    if (how == 0)
        hone_op_assign(w->graph, weight, hone_op_unary(w->graph, "tanh", x, (hone_parameters){0}));
    else if (how == 1)
        hone_internal_op_optimizer_step(w->graph, HONE_KERNEL_step_sgd, weight, x, NULL, 0, w->numbers);
    else if (how == 2)
        hone_internal_op_optimizer_step(w->graph, HONE_KERNEL_step_weight_decay, weight, HONE_NO_VALUE, NULL,
                                        0, w->numbers);
    else if (weight != w->weights[0])
        hone_internal_op_optimizer_step(w->graph, HONE_KERNEL_step_sgd_momentum, weight, x, &w->weights[0], 1,
                                        w->numbers);
}

static hone_value next_value(world *w)
{
    static const char *const unary[] = {"tanh", "sigmoid", "relu_plain", "softplus", "absolute"};
    static const char *const binary[] = {"add", "subtract", "maximum", "minimum"};
    hone_graph *graph = w->graph;
    hone_value x = any_value(w), y = any_value(w);
    switch (pick(w, 18)) {
    case 0:
    case 1:
    case 2: return hone_op_unary(graph, unary[pick(w, 5)], x, (hone_parameters){0});
    case 3: return hone_op_affine(graph, x, 0.7, -0.1);
    case 4:
    case 5: return hone_op_affine(graph, hone_op_binary(graph, binary[pick(w, 4)], x, y), 0.5, 0);
    case 6: return hone_op_binary(graph, binary[pick(w, 4)], x, y);
    case 7:
    case 8: return product(w, x, y);
    case 9: return hone_op_bias_add(graph, x, vector_of(w, y));
    case 10: return hone_op_multiply(graph, x, vector_of(w, y));
    case 11: return hone_op_transpose(graph, x, (int[]){1, 0});
    case 12: return reshaped(w, x);
    case 13: return halves(w, x, y);
    case 14: return hone_op_softmax(graph, x, (int)pick(w, 2));
    case 15:
        return hone_op_select(graph, hone_op_unary(graph, "step_up", x, (hone_parameters){0}), y,
                              any_value(w));
    case 16:
        return pick(w, 2) == 0 ? hone_op_dropout(graph, x, 0.3) : hone_op_reverse(graph, x, (int)pick(w, 2));
    default: return normalized(w, x);
    }
}

static void record_gradients(world *w)
{
    hone_value wanted[WEIGHTS + 3], gradients[WEIGHTS + 3],
        loss = hone_op_total(w->graph, hone_op_unary(w->graph, "tanh", any_value(w), (hone_parameters){0}));
    for (int i = 0; i < WEIGHTS; i++)
        wanted[i] = hone_graph_variable(w->graph, w->weights[i]);
    for (int i = 0; i < 3; i++)
        wanted[WEIGHTS + i] = w->inputs[i];
    assert_int_equal(hone_internal_differentiate(w->graph, loss, wanted, WEIGHTS + 3, gradients), HONE_OK);
    for (int i = 0; i < WEIGHTS; i++)
        if (gradients[i] >= 0 && i > 0)
            hone_internal_op_optimizer_step(w->graph, HONE_KERNEL_step_sgd, w->weights[i], gradients[i], NULL,
                                            0, w->numbers);
    for (int i = 0; i < 3; i++)
        if (gradients[WEIGHTS + i] >= 0)
            w->kept[w->kept_count++] = gradients[WEIGHTS + i];
}

static void record_nodes(world *w, int nodes)
{
    for (int i = 0; i < nodes; i++) {
        if (pick(w, 12) == 0)
            change_weight(w, any_value(w));
        if (pick(w, 16) == 0)
            hone_internal_op_accumulate_mean(w->graph, w->states[pick(w, STATES)],
                                             hone_op_mean(w->graph, any_value(w), 1), HONE_NO_VALUE, 1);
        hone_value value = pick(w, 10) == 0 ? hone_graph_variable(w->graph, w->weights[pick(w, WEIGHTS - 2)])
                                            : next_value(w);
        if (value < 0)
            fail_msg("%s", hone_error_message());
        w->values[w->value_count++] = value;
    }
}

static void make_weights(world *w)
{
    for (int i = 0; i < WEIGHTS; i++)
        w->weights[i] = hone_internal_variable_create(
            "w", i < WEIGHTS - 2 ? HONE_SHAPE(SIZE, SIZE) : HONE_SHAPE(SIZE), NULL);
    assert_int_equal(hone_internal_variables_place(w->weights, WEIGHTS), HONE_OK);
    for (int i = 0; i < WEIGHTS; i++)
        for (int64_t j = 0; j < hone_internal_variable_count(w->weights[i]); j++)
            hone_internal_variable_data(w->weights[i])[j] = (float)sin((double)(i * 7 + 3) * (double)(j + 1));
}

/* The graph of a seed. `plain`: every value is kept, so that none shares memory. */
static void make_world(world *w, uint64_t seed, int nodes, bool plain, const hone_kernels *kernels)
{
    *w = (world){.seed = seed, .numbers = {0.01, 0.9}};
    make_weights(w);
    w->graph = hone_internal_graph_create(true, false);
    for (int i = 0; i < 3; i++)
        w->values[w->value_count++] = w->inputs[i] =
            hone_internal_graph_input(w->graph, HONE_SHAPE(SIZE, SIZE), "x");
    record_nodes(w, nodes);
    if (pick(w, 2) == 0)
        record_gradients(w);
    w->kept[w->kept_count++] = w->values[w->value_count - 1];
    for (int i = 0; i < 3; i++)
        w->kept[w->kept_count++] = any_value(w);
    for (int i = 0; i < w->kept_count; i++)
        hone_internal_graph_keep(w->graph, w->kept[i]);
    for (hone_value v = 0; plain && v < (hone_value)w->graph->value_count; v++)
        hone_internal_graph_keep(w->graph, v);
    w->plan = hone_internal_plan_create(w->graph, kernels, 5, 8);
    if (w->plan == NULL)
        fail_msg("%s", hone_error_message());
    check_layout(w->plan);
}

static void feed(world *w)
{
    for (int i = 0; i < 3; i++) {
        float *x = hone_internal_plan_address(w->plan, w->inputs[i]);
        for (int j = 0; j < MATRIX; j++)
            x[j] = (float)cos((double)(i + 2) * (double)(j + 1));
    }
}

static void free_world(world *w)
{
    hone_internal_plan_free(w->plan);
    for (int i = 0; i < WEIGHTS; i++)
        hone_internal_variable_free(w->weights[i]);
}

static void same_numbers(const char *what, uint64_t seed, const void *a, const void *b, size_t bytes)
{
    if (memcmp(a, b, bytes) != 0)
        fail_msg("graph %llu: %s differs", (unsigned long long)seed, what);
}

static void compare_worlds(const world *expected, const world *received)
{
    for (int i = 0; i < expected->kept_count; i++) {
        int64_t count = hone_internal_shape_count(hone_value_shape(expected->plan->graph, expected->kept[i]));
        same_numbers(
            "a kept value", expected->seed, hone_internal_plan_address(expected->plan, expected->kept[i]),
            hone_internal_plan_address(received->plan, received->kept[i]), (size_t)count * sizeof(float));
    }
    for (int i = 0; i < WEIGHTS; i++)
        same_numbers("a weight", expected->seed, hone_internal_variable_data(expected->weights[i]),
                     hone_internal_variable_data(received->weights[i]),
                     (size_t)hone_internal_variable_count(expected->weights[i]) * sizeof(float));
    same_numbers("a state", expected->seed, expected->states, received->states, sizeof expected->states);
}

/* `how`: 0 on one thread, 1 shuffled, above: that many threads. Two runs, since weights go on changing. */
static void check_graph(uint64_t seed, int nodes, const hone_kernels *kernels, int how)
{
    world *plain = malloc(sizeof *plain), *shared = malloc(sizeof *shared);
    make_world(plain, seed, nodes, true, kernels);
    make_world(shared, seed, nodes, false, kernels);
    for (uint64_t number = 0; number < 2; number++) {
        feed(plain);
        feed(shared);
        run_plainly(plain->plan, number);
        if (how == 0)
            hone_internal_plan_run(shared->plan, NULL, number);
        else if (how == 1)
            run_shuffled(shared->plan, number, seed + number);
        else
            run_by_team(shared->plan, number, how);
        compare_worlds(plain, shared);
    }
    free_world(plain);
    free_world(shared);
    free(plain);
    free(shared);
}

TEST(random_graphs_run_alone)
{
    for (uint64_t seed = 0; seed < 60; seed++)
        check_graph(seed, 5 + (int)(seed % 60), small_tiled(), 0);
}

TEST(random_graphs_run_in_any_order_of_tiles)
{
    for (uint64_t seed = 0; seed < 150; seed++)
        check_graph(seed, 3 + (int)(seed % 50), small_tiled(), 1);
}

TEST(random_graphs_run_by_teams)
{
    static const int threads[] = {2, 3, 8};
    for (uint64_t seed = 200; seed < 230; seed++)
        for (int i = 0; i < 3; i++)
            check_graph(seed, 30, hone_internal_kernels(), threads[i]);
}

/* ---- single things ---- */

typedef struct small {
    hone_graph *graph;
    hone_value x;
    hone_variable *w;
    hone_plan *plan;
} small;

static small begin(hone_shape x, hone_shape w)
{
    small s = {.graph = hone_internal_graph_create(true, false),
               .w = hone_internal_variable_create("w", w, NULL)};
    assert_int_equal(hone_internal_variables_place(&s.w, 1), HONE_OK);
    for (int64_t i = 0; i < hone_internal_variable_count(s.w); i++)
        hone_internal_variable_data(s.w)[i] = (float)sin((double)i);
    s.x = hone_internal_graph_input(s.graph, x, "x");
    return s;
}

static void make(small *s, const hone_kernels *kernels)
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

static void end(small *s)
{
    hone_internal_plan_free(s->plan);
    hone_internal_variable_free(s->w);
}

static int attached_steps(const hone_plan *plan)
{
    int count = 0;
    for (int s = 0; s < plan->step_count; s++)
        count += plan->steps[s].head != s;
    return count;
}

/* A product, its bias, activation and dropout are one step with three chained to it. */
TEST(element_wise_steps_ride_on_a_product)
{
    small s = begin(HONE_SHAPE(64, 32), HONE_SHAPE(32, 48));
    hone_variable *bias = hone_internal_variable_create("b", HONE_SHAPE(48), NULL);
    assert_int_equal(hone_internal_variables_place(&bias, 1), HONE_OK);
    hone_value y = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
    y = hone_op_dropout(s.graph,
                        hone_op_unary(s.graph, "relu_plain",
                                      hone_op_bias_add(s.graph, y, hone_graph_variable(s.graph, bias)),
                                      (hone_parameters){0}),
                        0.5);
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->step_count, 4);
    assert_int_equal(attached_steps(s.plan), 3);
    assert_int_equal(s.plan->phase_count, 1);
    hone_internal_plan_run(s.plan, NULL, 0);
    end(&s);
    hone_internal_variable_free(bias);
}

/* x + x W: the sum may not take x's memory while other tiles of the product read it. */
TEST(a_sum_waits_for_other_readers_of_its_operand)
{
    for (int order = 0; order < 2; order++) {
        small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
        hone_value x = hone_op_affine(s.graph, s.x, 2, 0),
                   product = hone_op_matmul(s.graph, x, hone_graph_variable(s.graph, s.w), false, false);
        hone_value y = order == 0 ? hone_op_add(s.graph, x, product) : hone_op_add(s.graph, product, x);
        hone_internal_graph_keep(s.graph, y);
        make(&s, small_tiled());
        run_shuffled(s.plan, 0, 3);
        const float *result = hone_internal_plan_address(s.plan, y);
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) {
                double expected = 2 * (double)(float)cos(i * SIZE + j);
                for (int k = 0; k < SIZE; k++)
                    expected += 2 * (double)(float)cos(i * SIZE + k) *
                                (double)hone_internal_variable_data(s.w)[k * SIZE + j];
                assert_true(fabs((double)result[i * SIZE + j] - expected) < 1e-3);
            }
        end(&s);
    }
}

/* The step of a weight whose gradient is a product with the weight itself must wait for all of that product.
 */
TEST(a_step_waits_for_the_product_that_reads_its_weight)
{
    static const double rate[1] = {0.5};
    small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
    float before[MATRIX];
    memcpy(before, hone_internal_variable_data(s.w), sizeof before);
    hone_value gradient = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
    assert_int_equal(
        hone_internal_op_optimizer_step(s.graph, HONE_KERNEL_step_sgd, s.w, gradient, NULL, 0, rate),
        HONE_OK);
    make(&s, small_tiled());
    run_shuffled(s.plan, 0, 1);
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            double sum = 0;
            for (int k = 0; k < SIZE; k++)
                sum += (double)(float)cos(i * SIZE + k) * (double)before[k * SIZE + j];
            assert_true(fabs((double)hone_internal_variable_data(s.w)[i * SIZE + j] -
                             ((double)before[i * SIZE + j] - 0.5 * sum)) < 1e-3);
        }
    end(&s);
}

/* dX = dY W^T reads the weight as it was, though the step rides on dW, which is ready at the same time. */
TEST(a_step_waits_for_all_reads_of_its_weight)
{
    static const double rate[1] = {0.5};
    small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
    float before[MATRIX];
    memcpy(before, hone_internal_variable_data(s.w), sizeof before);
    hone_value w = hone_graph_variable(s.graph, s.w), dx = hone_op_matmul(s.graph, s.x, w, false, true);
    hone_value dw = hone_op_matmul(s.graph, s.x, s.x, true, false);
    assert_int_equal(hone_internal_op_optimizer_step(s.graph, HONE_KERNEL_step_sgd, s.w, dw, NULL, 0, rate),
                     HONE_OK);
    hone_internal_graph_keep(s.graph, dx);
    make(&s, small_tiled());
    assert_int_equal(attached_steps(s.plan), 1);
    assert_int_equal(s.plan->phase_count, 2);
    run_shuffled(s.plan, 0, 1);
    const float *result = hone_internal_plan_address(s.plan, dx);
    for (int j = 0; j < SIZE; j++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++)
            sum += (double)(float)cos(k) * (double)before[j * SIZE + k];
        assert_near(result[j], sum);
    }
    assert_true(hone_internal_variable_data(s.w)[0] != before[0]);
    end(&s);
}

/* Reads recorded before a write see the old value, later ones the new, also through element-wise chains. */
TEST(an_assignment_stands_between_its_reads)
{
    small s = begin(HONE_SHAPE(4), HONE_SHAPE(4));
    hone_value w = hone_graph_variable(s.graph, s.w), head = hone_op_affine(s.graph, s.x, 2, 0);
    hone_value old = hone_op_add(s.graph, head, w);
    assert_int_equal(hone_op_assign(s.graph, s.w, hone_op_affine(s.graph, s.x, 0, 7)), HONE_OK);
    hone_value new = hone_op_add(s.graph, head, hone_graph_variable(s.graph, s.w));
    hone_internal_graph_keep(s.graph, old);
    hone_internal_graph_keep(s.graph, new);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 0);
    const float *before = hone_internal_plan_address(s.plan, old),
                *after = hone_internal_plan_address(s.plan, new);
    for (int i = 0; i < 4; i++) {
        assert_near(before[i], 2 * cos(i) + sin(i));
        assert_near(after[i], 2 * cos(i) + 7);
    }
    end(&s);
}

/* A kept value keeps its memory, though its reader could work in place; a kept view keeps what it shows. */
TEST(kept_values_keep_their_memory)
{
    small s = begin(HONE_SHAPE(2, 3), HONE_SHAPE(1));
    hone_value a = hone_op_affine(s.graph, s.x, 2, 0), view = hone_op_reshape(s.graph, a, HONE_SHAPE(6)),
               b = hone_op_affine(s.graph, a, 3, 0), last = b;
    for (int i = 0; i < 8; i++)
        last = hone_op_affine(s.graph, last, 1, 1);
    hone_internal_graph_keep(s.graph, view);
    hone_internal_graph_keep(s.graph, s.x);
    hone_internal_graph_keep(s.graph, last);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 0);
    const float *x = hone_internal_plan_address(s.plan, s.x),
                *shown = hone_internal_plan_address(s.plan, view),
                *end_ = hone_internal_plan_address(s.plan, last);
    for (int i = 0; i < 6; i++) {
        assert_near(x[i], cos(i));
        assert_near(shown[i], 2 * cos(i));
        assert_near(end_[i], 6 * cos(i) + 8);
    }
    end(&s);
}

/* Forty functions one after the other need two buffers at most: the input's and one more. */
TEST(works_in_place)
{
    small s = begin(HONE_SHAPE(100, 100), HONE_SHAPE(1));
    hone_value y = s.x;
    for (int i = 0; i < 40; i++)
        y = hone_op_affine(s.graph, y, 1, 1);
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    assert_true(s.plan->memory_bytes <= 2 * 40064);
    hone_internal_plan_run(s.plan, NULL, 0);
    assert_near(((float *)hone_internal_plan_address(s.plan, y))[5], cos(5) + 40);
    end(&s);
}

TEST(nothing_unneeded_runs)
{
    small s = begin(HONE_SHAPE(3), HONE_SHAPE(1));
    hone_value unused = hone_op_exp(s.graph, s.x), used = hone_op_affine(s.graph, s.x, 1, 1);
    hone_internal_graph_keep(s.graph, used);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->step_count, 1);
    assert_null(hone_internal_plan_address(s.plan, unused));
    end(&s);
}

/* Sums into one state follow each other, in the order of recording. */
TEST(sums_into_one_state_follow_each_other)
{
    double sums[2] = {0, 0};
    small s = begin(HONE_SHAPE(4), HONE_SHAPE(1));
    assert_int_equal(hone_internal_op_accumulate_mean(s.graph, sums, s.x, HONE_NO_VALUE, 1), HONE_OK);
    assert_int_equal(hone_internal_op_accumulate_mean(s.graph, sums, s.x, HONE_NO_VALUE, 1), HONE_OK);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->phase_count, 2);
    hone_internal_plan_run(s.plan, NULL, 0);
    assert_true(sums[1] == 8);
    end(&s);
}

TEST(empty_tensors_are_no_mistake)
{
    for (const char *const *table = hone_internal_kernels_names(); *table != NULL; table++) {
        small s = begin(HONE_SHAPE(0, 3), HONE_SHAPE(3, 2));
        int first = 0;
        hone_value y = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
        hone_value z = hone_op_unary(s.graph, "tanh", y, (hone_parameters){0}),
                   sum = hone_op_reduce(s.graph, "sum", z, &first, 1, false);
        hone_value outer = hone_op_matmul(s.graph, s.x, s.x, true, false); /* (3, 0) x (0, 3) */
        hone_internal_graph_keep(s.graph, z);
        hone_internal_graph_keep(s.graph, sum);
        hone_internal_graph_keep(s.graph, outer);
        make(&s, hone_internal_kernels_named(*table));
        hone_internal_plan_run(s.plan, NULL, 0);
        for (int i = 0; i < 2; i++)
            assert_near(((float *)hone_internal_plan_address(s.plan, sum))[i], 0);
        for (int i = 0; i < 9; i++)
            assert_near(((float *)hone_internal_plan_address(s.plan, outer))[i], 0);
        end(&s);
    }
}

/* Draws depend on the step, and on nothing else. */
TEST(draws_depend_on_the_step_alone)
{
    float first[64], other[64];
    small s = begin(HONE_SHAPE(64), HONE_SHAPE(1));
    hone_value y = hone_op_dropout(s.graph, s.x, 0.5);
    hone_internal_graph_keep(s.graph, y);
    hone_internal_graph_keep(s.graph, s.x);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 4);
    memcpy(first, hone_internal_plan_address(s.plan, y), sizeof first);
    hone_internal_plan_run(s.plan, NULL, 5);
    memcpy(other, hone_internal_plan_address(s.plan, y), sizeof other);
    assert_memory_not_equal(first, other, sizeof first);
    hone_internal_plan_run(s.plan, NULL, 4);
    assert_memory_equal(first, hone_internal_plan_address(s.plan, y), sizeof first);
    end(&s);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0;; n++) {
        hone_internal_fail_allocations_after(n);
        hone_graph *graph = hone_internal_graph_create(true, false);
        hone_value y = HONE_NO_VALUE;
        hone_plan *plan = NULL;
        if (graph != NULL) {
            hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(3, 3), "x");
            y = hone_op_dropout(graph, hone_op_matmul(graph, x, x, false, true), 0.5);
            if (y >= 0)
                hone_internal_graph_keep(graph, y);
            if (y < 0)
                hone_internal_graph_free(graph);
            else
                plan = hone_internal_plan_create(graph, hone_internal_kernels(), 1, 2);
        }
        hone_internal_fail_allocations_after(-1);
        bool done = plan != NULL;
        hone_internal_plan_free(plan);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (done)
            break;
        assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        assert_true(n < 1000);
    }
}

TEST(prints_steps_and_chains)
{
    small s = begin(HONE_SHAPE(8, 4), HONE_SHAPE(4, 4));
    hone_value y =
        hone_op_exp(s.graph, hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false));
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    hone_text text = {0};
    hone_internal_plan_print(s.plan, &text);
    assert_non_null(strstr(text.data, "matmul"));
    assert_non_null(strstr(text.data, "+ exp"));
    assert_non_null(strstr(text.data, "(8, 4)"));
    assert_true(hone_internal_plan_flops(s.plan) >= 2 * 8 * 4 * 4);
    hone_internal_text_free(&text);
    end(&s);
}

static float *run_product_and_exp(bool measured, small *s, hone_value *y)
{
    *s = begin(HONE_SHAPE(200, 40), HONE_SHAPE(40, 30));
    *y = hone_op_exp(s->graph,
                     hone_op_matmul(s->graph, s->x, hone_graph_variable(s->graph, s->w), false, false));
    hone_internal_graph_keep(s->graph, *y);
    make(s, hone_internal_kernels());
    if (measured)
        assert_int_equal(hone_internal_plan_measure(s->plan), HONE_OK);
    for (int run = 0; run < 3; run++)
        hone_internal_plan_run(s->plan, NULL, 0);
    return hone_internal_plan_address(s->plan, *y);
}

/* A measured plan gives the same bits; each step has been called, and no time is counted twice. */
TEST(a_measured_plan_gives_the_same_bits)
{
    small plain, measured;
    hone_value y;
    const float *expected = run_product_and_exp(false, &plain, &y),
                *received = run_product_and_exp(true, &measured, &y);
    assert_memory_equal(received, expected, 200 * 30 * sizeof *received);
    const hone_plan_measures *measures = measured.plan->measures;
    assert_int_equal(measures->runs, 3);
    int64_t sum = 0;
    for (int i = 0; i < measured.plan->step_count; i++) {
        assert_true(atomic_load(&measures->steps[i].calls) >= 3);
        assert_int_equal(atomic_load(&measures->steps[i].threads) != 0, 1);
        int64_t own = hone_internal_measure_own(measured.plan, &measured.plan->steps[i]);
        assert_true(own >= 0);
        sum += own;
    }
    assert_true(sum <= measures->nanoseconds);
    hone_text text = {0};
    assert_int_equal(hone_internal_measures_print(measured.plan, &text), HONE_OK);
    assert_non_null(strstr(text.data, "matmul"));
    assert_non_null(strstr(text.data, "+ exp"));
    assert_non_null(strstr(text.data, "GFLOP/s"));
    hone_internal_text_free(&text);
    end(&measured);
    end(&plain);
}
