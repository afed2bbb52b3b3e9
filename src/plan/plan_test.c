/* Plans of random graphs: sharing memory, working in place, chaining and running side by side change no bit.
 */
#include "testing/small_plans.h"
#include "ops/differentiate.h"
#include "ops/metric.h"
#include "ops/optimizer.h"

enum { WEIGHTS = 6, MOST_VALUES = 400, STATES = 3 };

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

static void run_by_team(hone_plan *plan, uint64_t number, int threads)
{
    for (int p = 0; p < plan->phase_count; p++)
        plan->phases[p].parallel = true;
    hone_team *team = hone_internal_team_acquire(threads);
    hone_internal_plan_run(plan, team, number);
    hone_internal_team_release(team);
}

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

/* A third of them, unless all tests are run in full. */
static uint64_t rounds(uint64_t all)
{
    return getenv("HONE_TEST_FULL") != NULL ? all : all / 3;
}

TEST(random_graphs_run_alone)
{
    for (uint64_t seed = 0; seed < rounds(60); seed++)
        check_graph(seed, 5 + (int)(seed * 3 % 60), small_tiled(), 0);
}

TEST(random_graphs_run_in_any_order_of_tiles)
{
    for (uint64_t seed = 0; seed < rounds(150); seed++)
        check_graph(seed, 3 + (int)(seed * 7 % 50), small_tiled(), 1);
}

TEST(random_graphs_run_by_teams)
{
    static const int threads[] = {2, 3, 8};
    for (uint64_t seed = 200; seed < 200 + rounds(30); seed++)
        for (int i = 0; i < 3; i++)
            check_graph(seed, 30, hone_internal_kernels(), threads[i]);
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
