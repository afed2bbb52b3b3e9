/* Recurrences of every table against the reference: rows longer than registers, R in panels. */
#include "ops/differentiate.h"
#include "ops/recurrence.h"
#include "plan/plan.h"
#include "testing/test.h"

#include <hone/ops.h>
#include <math.h>
#include <string.h>

static hone_unary_attributes function_named(hone_graph *graph, const char *name)
{
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(1), NULL);
    return *hone_internal_op_unary_attributes(graph, hone_op_unary(graph, name, x, (hone_parameters){0}));
}

typedef struct long_walk {
    const char *name;
    hone_recurrence_kind kind;
    int64_t samples, steps, units;
    bool bias, mask, bfloat16;
} long_walk;

static const long_walk long_walks[] = {
    {"an LSTM", HONE_RECURRENCE_LSTM, 11, 4, 37, false, true, false},
    {"an LSTM in panels", HONE_RECURRENCE_LSTM, 9, 8, 112, true, true, false},
    {"a GRU", HONE_RECURRENCE_GRU, 19, 4, 37, true, true, false},
    {"a GRU without bias in panels", HONE_RECURRENCE_GRU, 35, 8, 130, false, false, false},
    {"a reset before the product", HONE_RECURRENCE_GRU_RESET_BEFORE, 9, 8, 37, false, true, false},
    {"a rounded LSTM", HONE_RECURRENCE_LSTM, 9, 4, 19, false, true, true},
    {"a rounded GRU", HONE_RECURRENCE_GRU, 9, 4, 19, true, false, true},
};

enum { MOST_RESULTS = 50000 };

/* All states, the gradients of x and of R, one behind the other; how many. */
static int64_t walk_by(const long_walk *w, const char *table, float *results)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    const int64_t u = w->units, width = u * hone_internal_recurrence_gates(w->kind);
    hone_value x[] = {hone_internal_graph_input(graph, HONE_SHAPE(w->samples, w->steps, width), NULL),
                      hone_internal_graph_input(graph, HONE_SHAPE(u, width), NULL),
                      w->bias ? hone_internal_graph_input(graph, HONE_SHAPE(width), NULL) : HONE_NO_VALUE,
                      w->mask ? hone_internal_graph_input(graph, HONE_SHAPE(w->samples, w->steps), NULL)
                              : HONE_NO_VALUE};
    const hone_recurrence_attributes how = {w->kind, u, function_named(graph, "tanh"),
                                            function_named(graph, "sigmoid"), w->bfloat16};
    const hone_recurrence_operands operands = {x[0],          x[1], x[2],         HONE_NO_VALUE,
                                               HONE_NO_VALUE, x[3], HONE_NO_VALUE};
    hone_value h = hone_internal_op_recurrence(graph, &how, &operands, NULL), kept[3] = {h};
    hone_value loss = hone_op_total(graph, hone_op_multiply(graph, h, h));
    if (h < 0 || hone_internal_differentiate(graph, loss, x, 2, kept + 1) < 0)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 3; i++)
        hone_internal_graph_keep(graph, kept[i]);
    hone_plan *plan = hone_internal_plan_create(graph, hone_internal_kernels_named(table), 1, 1);
    if (plan == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 4; i++) {
        float *to = x[i] < 0 ? NULL : hone_internal_plan_address(plan, x[i]);
        for (int64_t j = 0; to != NULL && j < hone_internal_shape_count(hone_value_shape(graph, x[i])); j++)
            to[j] = i == 3 ? (float)(j % 3 != 1) : (float)sin(1.7 * (double)j + i) * (i == 1 ? 0.1F : 1.0F);
    }
    hone_internal_plan_run(plan, NULL, 0);
    int64_t count = 0;
    for (int i = 0; i < 3; i++) {
        const int64_t more = hone_internal_shape_count(hone_value_shape(graph, kept[i]));
        const float *from = hone_internal_plan_address(plan, kept[i]);
        for (int64_t j = 0; j < more; j += 5) /* some of them */
            results[count++] = from[j];
        assert_true(count < MOST_RESULTS);
    }
    hone_internal_plan_free(plan);
    return count;
}

TEST_EACH(tables_agree, long_walks)
{
    static float expected[MOST_RESULTS], received[MOST_RESULTS];
    const int64_t count = walk_by(row, "ref", expected);
    const float tolerance = row->bfloat16 ? 2e-2f : 2e-5f; /* states between two numbers go either way */
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        if (strncmp(*name, "ref", 3) == 0)
            continue;
        assert_int_equal(walk_by(row, *name, received), count);
        for (int64_t i = 0; i < count; i++)
            if (!(fabsf(received[i] - expected[i]) <= tolerance * (1 + fabsf(expected[i]))))
                fail_msg("%s: number %d is %g, not %g", *name, (int)i, (double)received[i],
                         (double)expected[i]);
    }
}
