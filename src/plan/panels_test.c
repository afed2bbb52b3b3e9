/* Which weights lie in panels: those that products alone and element-wise work touch; and training is the
 * same. */
#include "ops/optimizer.h"
#include "plan/plan.h"
#include "testing/test.h"
#include <hone/ops.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 40, ROWS = 70, COLUMNS = 130 };
static const double rates[2] = {0.25, 0.5}; /* rate, momentum */

/* y = x W; W and its slot m are updated with dW = x^T d. What else the plan does with W is `extra`. */
typedef struct training {
    hone_variable *w, *slot;
    hone_plan *plan;
    hone_value x, d, y;
} training;

typedef void extra(hone_graph *graph, hone_variable *w, hone_value gradient);

static hone_variable *weight(const char *name)
{
    hone_variable *made = hone_internal_variable_create(name, HONE_SHAPE(ROWS, COLUMNS), NULL);
    assert_non_null(made);
    assert_int_equal(hone_internal_variables_place(&made, 1), HONE_OK);
    float *data = hone_internal_variable_data(made);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        data[i] = (float)sin(i);
    return made;
}

static training make(const char *kernels, extra *more)
{
    training t = {.w = weight("w"), .slot = weight("m")};
    hone_graph *graph = hone_internal_graph_create(true, false);
    t.x = hone_internal_graph_input(graph, HONE_SHAPE(BATCH, ROWS), "x");
    t.d = hone_internal_graph_input(graph, HONE_SHAPE(BATCH, COLUMNS), "d");
    t.y = hone_op_matmul(graph, t.x, hone_graph_variable(graph, t.w), false, false);
    hone_value gradient = hone_op_matmul(graph, t.x, t.d, true, false);
    hone_internal_graph_keep(graph, t.y);
    if (more != NULL)
        more(graph, t.w, gradient);
    assert_int_equal(hone_internal_op_optimizer_step(graph, HONE_KERNEL_step_sgd_momentum, t.w, gradient,
                                                     &t.slot, 1, rates),
                     HONE_OK);
    t.plan = hone_internal_plan_create(graph, hone_internal_kernels_named(kernels), 1, 2);
    assert_non_null(t.plan);
    float *x = hone_internal_plan_address(t.plan, t.x), *d = hone_internal_plan_address(t.plan, t.d);
    for (int i = 0; i < BATCH * ROWS; i++)
        x[i] = (float)cos(i);
    for (int i = 0; i < BATCH * COLUMNS; i++)
        d[i] = (float)cos(3 * i);
    return t;
}

static void end(training *t)
{
    hone_internal_plan_free(t->plan);
    hone_internal_variable_free(t->w);
    hone_internal_variable_free(t->slot);
}

static int variables_in_panels(const hone_plan *plan)
{
    int count = 0;
    for (int i = 0; i < plan->variable_count; i++)
        count += plan->variables[i].panels;
    return count;
}

static void assert_near(const float *received, const float *expected, int count)
{
    for (int i = 0; i < count; i++)
        assert_true(fabs((double)received[i] - (double)expected[i]) < 1e-4);
}

/* Every table against the reference, which knows no panels. */
TEST(training_in_panels_is_training_in_rows)
{
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        training t = make(*name, NULL), expected = make("ref", NULL);
        assert_int_equal(variables_in_panels(t.plan), strcmp(*name, "ref") == 0 ? 0 : 2);
        for (uint64_t step = 0; step < 3; step++) {
            hone_internal_plan_run(t.plan, NULL, step);
            hone_internal_plan_run(expected.plan, NULL, step);
        }
        assert_int_equal(t.w->panels, variables_in_panels(t.plan) > 0);
        assert_near(hone_internal_plan_address(t.plan, t.y), hone_internal_plan_address(expected.plan, t.y),
                    BATCH * COLUMNS);
        assert_near(hone_internal_variable_data(t.w), hone_internal_variable_data(expected.w),
                    ROWS * COLUMNS);
        assert_near(hone_internal_variable_data(t.slot), hone_internal_variable_data(expected.slot),
                    ROWS * COLUMNS);
        end(&t), end(&expected);
    }
}

/* Who looks at the numbers between two steps, or writes them, changes nothing else. */
TEST(a_weight_is_read_and_written_between_two_steps)
{
    training t = make("generic", NULL), undisturbed = make("generic", NULL);
    hone_internal_plan_run(undisturbed.plan, NULL, 0), hone_internal_plan_run(undisturbed.plan, NULL, 1);
    hone_internal_plan_run(t.plan, NULL, 0);
    float *data = hone_internal_variable_data(t.w), kept = data[COLUMNS + 50];
    data[COLUMNS + 50] = 7;
    data[COLUMNS + 50] = kept;
    hone_internal_plan_run(t.plan, NULL, 1);
    assert_memory_equal(hone_internal_variable_data(t.w), hone_internal_variable_data(undisturbed.w),
                        ROWS * COLUMNS * sizeof(float));
    end(&t), end(&undisturbed);
}

TEST(a_gradient_that_only_its_update_reads_has_no_memory)
{
    training t = make("generic", NULL), rows = make("ref", NULL);
    assert_true(t.plan->memory_bytes + ROWS * COLUMNS * sizeof(float) <= rows.plan->memory_bytes + 64);
    end(&t), end(&rows);
}

TEST(a_plan_no_longer_fits_when_a_weight_is_held_in_rows)
{
    training t = make("generic", NULL);
    assert_true(hone_internal_plan_fits(t.plan));
    hone_internal_variable_hold(t.w);
    assert_false(hone_internal_plan_fits(t.plan));
    end(&t);
}

static void penalty(hone_graph *graph, hone_variable *w, hone_value gradient)
{
    (void)gradient;
    hone_value all = hone_op_reshape(graph, hone_graph_variable(graph, w), HONE_SHAPE(ROWS * COLUMNS));
    hone_internal_graph_keep(graph, hone_op_square(graph, all));
}

static void keep_gradient(hone_graph *graph, hone_variable *w, hone_value gradient)
{
    (void)w;
    hone_internal_graph_keep(graph, gradient);
}

static void as_left_operand(hone_graph *graph, hone_variable *w, hone_value gradient)
{
    (void)gradient;
    hone_value right = hone_internal_graph_input(graph, HONE_SHAPE(COLUMNS, 3), "right");
    hone_internal_graph_keep(graph,
                             hone_op_matmul(graph, hone_graph_variable(graph, w), right, false, false));
}

static void add_row(hone_graph *graph, hone_variable *w, hone_value gradient)
{
    (void)gradient;
    hone_value row = hone_internal_graph_input(graph, HONE_SHAPE(COLUMNS), "row");
    hone_internal_graph_keep(graph, hone_op_bias_add(graph, hone_graph_variable(graph, w), row));
}

static const struct barrier {
    const char *name;
    extra *more;
} barriers[] = {{"a view of it", penalty},
                {"its gradient is kept", keep_gradient},
                {"it is multiplied from the left", as_left_operand},
                {"a row is added to it", add_row}};

TEST_EACH(what_looks_at_a_weight_otherwise_keeps_it_in_rows, barriers)
{
    training t = make("generic", row->more);
    assert_int_equal(variables_in_panels(t.plan), 0);
    end(&t);
}
