/* Attention of every table against the reference: rows shorter and longer than what is summed at a time. */
#include "ops/attention.h"
#include "plan/plan.h"
#include "testing/test.h"

#include <hone/ops.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 2, HEADS = 2, MOST = 4096 };

typedef struct kind {
    const char *name;
    int64_t queries, keys, size; /* of a key and a value */
    hone_attend how;
    bool masked;
} kind;

static const kind kinds[] = {
    {"one key", 1, 1, 1, {.scale = 1}, false},
    {"less than a register", 3, 5, 3, {.scale = 0.5}, false},
    {"registers and a rest", 5, 35, 17, {.scale = 0.25}, false},
    {"more than is summed at a time", 2, 1100, 1, {.scale = 1}, false},
    {"one query", 1, 35, 7, {.scale = 0.25}, false},
    {"one masked query", 1, 35, 7, {.scale = 0.25}, true},
    {"several tiles", 70, 33, 6, {.scale = 0.25}, false},
    {"several causal tiles", 70, 70, 6, {.scale = 0.25, .causal = true}, false},
    {"nothing but the mean", 20, 9, 4, {.scale = 0}, true},
    {"causal", 19, 19, 4, {.scale = 0.5, .causal = true}, false},
    {"a window", 20, 20, 4, {.scale = 0.5, .window = 3}, false},
    {"a causal window", 20, 20, 2, {.scale = 0.5, .causal = true, .window = 4}, false},
    {"masks", 4, 9, 5, {.scale = 0.5}, true},
    {"queries that read nothing", 4, 9, 5, {.scale = 0.5, .nothing_is_zero = true}, true},
};

/* By a table: y [n, t, h, e]. */
static int64_t run(const kind *k, const char *table, float *result)
{
    const hone_shape query = HONE_SHAPE(SAMPLES, k->queries, HEADS, k->size),
                     key = HONE_SHAPE(SAMPLES, k->keys, HEADS, k->size),
                     mask = HONE_SHAPE(SAMPLES, 1, 1, k->keys);
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value inputs[4] = {hone_internal_graph_input(graph, query, NULL),
                            hone_internal_graph_input(graph, key, NULL),
                            hone_internal_graph_input(graph, key, NULL), HONE_NO_VALUE};
    if (k->masked)
        inputs[3] = hone_internal_graph_input(graph, mask, NULL);
    const hone_value y =
        hone_op_attention(graph, inputs[0], inputs[1], inputs[2], HONE_NO_VALUE, inputs[3], &k->how);
    if (y < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_graph_keep(graph, y);
    hone_plan *plan = hone_internal_plan_create(graph, hone_internal_kernels_named(table), 1, 1);
    if (plan == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 4 && inputs[i] >= 0; i++) {
        float *x = hone_internal_plan_address(plan, inputs[i]);
        const int64_t count = hone_internal_shape_count(hone_value_shape(graph, inputs[i]));
        for (int64_t j = 0; j < count; j++) /* of the second sample the mask hides all */
            x[j] = i < 3 ? (float)(3 * sin(1.7 * (double)j + i)) : j < k->keys && j % 3 != 1;
    }
    hone_internal_plan_run(plan, NULL, 0);
    const int64_t count = hone_internal_shape_count(hone_value_shape(graph, y));
    assert_true(count <= MOST);
    memcpy(result, hone_internal_plan_address(plan, y), (size_t)count * sizeof *result);
    hone_internal_plan_free(plan);
    return count;
}

TEST_EACH(tables_agree, kinds)
{
    static float expected[MOST], received[MOST];
    const int64_t count = run(row, "ref", expected);
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        if (strcmp(*name, "ref_double") == 0)
            continue;
        assert_int_equal(run(row, *name, received), count);
        for (int64_t i = 0; i < count; i++)
            if (!(fabsf(received[i] - expected[i]) <= 1e-5f * (1 + fabsf(expected[i]))))
                fail_msg("%s: number %d is %g, not %g", *name, (int)i, (double)received[i],
                         (double)expected[i]);
    }
}

/* ---- steps in pieces ---- */

enum { ROOM = 40, PIECE = 8 };

static const struct kept_kind {
    const char *name;
    int64_t heads, groups, key_size, value_size, window;
} kept_kinds[] = {{"one of each", 1, 1, 1, 1, 0},
                  {"registers and a rest", 2, 2, 17, 35, 0},
                  {"groups", 6, 2, 8, 4, 0},
                  {"a window", 2, 1, 4, 5, 7}};

/* Numbers of the steps from `step` on: each sample and step has its own. */
static void fill_steps(float *x, hone_shape shape, int64_t step, int which)
{
    const int64_t steps = shape.size[1], width = shape.size[2] * shape.size[3];
    for (int64_t j = 0; j < shape.size[0] * steps * width; j++) {
        const int64_t sample = j / width / steps, at = step + j / width % steps;
        x[j] = (float)(3 * sin(1.7 * (double)(sample * width + j % width) + which + 0.9 * (double)at));
    }
}

/* What steps in pieces read, after those before them: y [step, n, h, e] of all steps. */
static int64_t run_steps(const struct kept_kind *k, const char *table, int64_t piece, float *result)
{
    hone_variable *keys = hone_internal_variable_create(
                      "k", HONE_SHAPE(SAMPLES, k->groups, ROOM, k->key_size), NULL),
                  *values = hone_internal_variable_create(
                      "v", HONE_SHAPE(SAMPLES, k->groups, ROOM, k->value_size), NULL),
                  *position = hone_internal_variable_create("p", HONE_SHAPE(1), NULL);
    assert_int_equal(hone_internal_variables_place((hone_variable *[]){keys, values, position}, 3), HONE_OK);
    hone_kept_steps kept = {.position = position, .steps = piece, .room = ROOM};
    hone_graph *graph = hone_internal_graph_create(false, false);
    graph->kept = &kept;
    const hone_value inputs[] = {
        hone_internal_graph_input(graph, HONE_SHAPE(SAMPLES, piece, k->heads, k->key_size), NULL),
        hone_internal_graph_input(graph, HONE_SHAPE(SAMPLES, piece, k->groups, k->key_size), NULL),
        hone_internal_graph_input(graph, HONE_SHAPE(SAMPLES, piece, k->groups, k->value_size), NULL)};
    const hone_attend how = {.scale = 0.4, .window = k->window};
    const hone_value y =
        hone_internal_attend_kept(graph, inputs[0], inputs[1], inputs[2], keys, values, &how);
    if (y < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_graph_keep(graph, y);
    hone_plan *plan = hone_internal_plan_create(graph, hone_internal_kernels_named(table), 1, 1);
    assert_non_null(plan);
    const int64_t width = k->heads * k->value_size;
    for (int64_t step = 0; step < ROOM; step += piece) {
        *(float *)hone_internal_variable_data(position) = (float)step;
        for (int i = 0; i < 3; i++)
            fill_steps(hone_internal_plan_address(plan, inputs[i]), hone_value_shape(graph, inputs[i]), step,
                       i);
        hone_internal_plan_run(plan, NULL, 0);
        const float *rows = hone_internal_plan_address(plan, y);
        for (int64_t row = 0; row < SAMPLES * piece; row++)
            memcpy(result + ((step + row % piece) * SAMPLES + row / piece) * width, rows + row * width,
                   (size_t)width * sizeof *result);
    }
    hone_internal_plan_free(plan);
    hone_internal_variable_free(keys);
    hone_internal_variable_free(values);
    hone_internal_variable_free(position);
    return ROOM * SAMPLES * width;
}

TEST_EACH(tables_agree_step_by_step, kept_kinds)
{
    static float expected[ROOM * MOST], received[ROOM * MOST];
    const int64_t count = run_steps(row, "ref", 1, expected);
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        if (strcmp(*name, "ref_double") == 0)
            continue;
        assert_int_equal(run_steps(row, *name, 1, received), count);
        for (int64_t i = 0; i < count; i++)
            if (!(fabsf(received[i] - expected[i]) <= 1e-5f * (1 + fabsf(expected[i]))))
                fail_msg("%s: number %d is %g, not %g", *name, (int)i, (double)received[i],
                         (double)expected[i]);
        assert_int_equal(run_steps(row, *name, PIECE, expected), count); /* pieces keep the bits */
        assert_memory_equal(expected, received, (size_t)count * sizeof *received);
    }
}

/* Equal scores: the mean of what may be read, whatever the table. */
TEST(equal_keys_are_read_alike)
{
    static float y[MOST];
    const kind even = {.queries = 2, .keys = 33, .size = 1, .how = {.scale = 1e-12}};
    const int64_t count = run(&even, "generic", y);
    for (int64_t i = 0; i < count; i++) {
        double mean = 0;
        for (int64_t s = 0; s < even.keys; s++) /* values [n, s, h, 1] */
            mean += 3 * sin(1.7 * (double)((i / (2 * HEADS) * even.keys + s) * HEADS + i % HEADS) + 2) /
                    (double)even.keys;
        assert_true(fabs((double)y[i] - mean) < 1e-5);
    }
}
