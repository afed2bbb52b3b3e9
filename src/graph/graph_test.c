/* The graph: recording, differentiating, shapes, variables. */
#include "graph/graph.h"
#include "base/memory.h"
#include "ops/differentiate.h"
#include "ops/ops.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static hone_graph *graph_of(bool symbolic)
{
    hone_graph *graph = hone_internal_graph_create(true, symbolic);
    assert_non_null(graph);
    return graph;
}

/* ---- recording ---- */

TEST(values_have_shapes_and_makers)
{
    hone_graph *graph = graph_of(false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(2, 3), "x"), y = hone_op_exp(graph, x);
    assert_int_equal(hone_value_size(graph, y, -1), 3);
    assert_int_equal(hone_value_size(graph, y, 0), 2);
    assert_int_equal(hone_value_shape(graph, HONE_NO_VALUE).rank, 0);
    assert_null(hone_internal_graph_producer(graph, x));
    assert_non_null(hone_internal_graph_producer(graph, y));
    assert_true(hone_graph_training(graph));
    assert_int_equal(hone_value_mask(graph, x), HONE_NO_VALUE);
    hone_value_set_mask(graph, x, y);
    assert_int_equal(hone_value_mask(graph, x), y);
    hone_internal_graph_free(graph);
}

/* A failure is passed on by everything, with its message. */
TEST(failures_are_passed_on)
{
    hone_graph *graph = graph_of(false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(2, 3), "x");
    hone_value bad = hone_op_squeeze(graph, x, 0);
    assert_int_equal(bad, HONE_NO_VALUE);
    size_t nodes = graph->node_count;
    hone_value more = hone_op_total(
        graph, hone_op_add(graph, x, hone_op_exp(graph, hone_op_reshape(graph, bad, HONE_SHAPE(6)))));
    assert_int_equal(more, HONE_NO_VALUE);
    assert_int_equal(graph->node_count, nodes);
    assert_non_null(strstr(hone_error_message(), "squeeze"));
    assert_int_equal(hone_internal_differentiate(graph, more, &x, 1, &bad), HONE_ERROR_SHAPE);
    hone_internal_graph_free(graph);
}

TEST(a_variable_is_one_value)
{
    hone_graph *graph = graph_of(false);
    hone_variable *w = hone_internal_variable_create("w", HONE_SHAPE(2), "zeros");
    hone_value first = hone_graph_variable(graph, w);
    assert_int_equal(hone_graph_variable(graph, w), first);
    assert_int_equal(w->references, 2);
    hone_internal_graph_free(graph);
    assert_int_equal(w->references, 1);
    hone_internal_variable_free(w);
}

TEST(an_address_is_one_value)
{
    double a = 0, b = 0;
    hone_graph *graph = graph_of(false);
    hone_value first = hone_internal_graph_external(graph, HONE_SHAPE(1), &a);
    assert_int_equal(hone_internal_graph_external(graph, HONE_SHAPE(1), &a), first);
    assert_int_not_equal(hone_internal_graph_external(graph, HONE_SHAPE(1), &b), first);
    hone_internal_graph_free(graph);
}

TEST(scopes_name_nodes)
{
    hone_graph *graph = graph_of(false);
    hone_graph_scope before = hone_internal_graph_enter(graph, "outer", 1, 2);
    hone_graph_scope outer = hone_internal_graph_enter(graph, "inner", 3, 4);
    hone_value x = hone_graph_filled(graph, HONE_SHAPE(2), 1);
    assert_string_equal(hone_internal_graph_producer(graph, x)->scope, "inner");
    assert_string_equal(hone_internal_graph_producer(graph, x)->path, "outer/inner");
    hone_internal_graph_leave(graph, outer);
    assert_string_equal(graph->scope, "outer");
    assert_string_equal(graph->path, "outer");
    assert_int_equal(graph->scope_call, 1);
    assert_int_equal(graph->seed, 2);
    hone_internal_graph_leave(graph, before);
    assert_string_equal(graph->scope, "");
    hone_internal_graph_free(graph);
}

/* ---- differentiating ---- */

static double gradient_at(golden_run *run, hone_value loss, hone_value of)
{
    hone_value gradient;
    golden_differentiate(run, loss, &of, 1, &gradient);
    golden_execute(run);
    return golden_number(run, gradient);
}

static hone_value number(golden_run *run, double value)
{
    golden_tensor tensor = golden_filled((hone_shape){.rank = 0}, value);
    hone_value input = golden_input_of(run, &tensor);
    golden_tensor_free(&tensor);
    return input;
}

/* x^2 x + exp(x^2): every way from x to the loss counts. */
TEST(gradients_of_several_ways_add_up)
{
    golden_run run = golden_begin("ref_double", true);
    hone_value x = number(&run, 0.7), square = hone_op_square(run.graph, x);
    hone_value loss =
        hone_op_add(run.graph, hone_op_multiply(run.graph, square, x), hone_op_exp(run.graph, square));
    assert_true(fabs(gradient_at(&run, loss, x) - (3 * 0.49 + 2 * 0.7 * exp(0.49))) < 1e-12);
    golden_end(&run);
}

/* The gradient of an inner value, and of the loss itself. */
TEST(inner_values_have_gradients)
{
    golden_run run = golden_begin("ref_double", true);
    hone_value x = number(&run, 0.7), y = hone_op_square(run.graph, x), loss = hone_op_square(run.graph, y),
               wanted[3] = {x, y, loss}, gradients[3];
    golden_differentiate(&run, loss, wanted, 3, gradients);
    golden_execute(&run);
    assert_true(fabs(golden_number(&run, gradients[0]) - 4 * pow(0.7, 3)) < 1e-12);
    assert_true(fabs(golden_number(&run, gradients[1]) - 2 * 0.49) < 1e-12);
    assert_true(golden_number(&run, gradients[2]) == 1);
    golden_end(&run);
}

/* What the loss does not depend on has no gradient; what is not wanted costs no node. */
TEST(independent_values_have_none)
{
    hone_graph *graph = graph_of(false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(3), "x"),
               y = hone_internal_graph_input(graph, HONE_SHAPE(3), "y");
    hone_value other = hone_op_exp(graph, y),
               loss = hone_op_total(graph, hone_op_multiply(graph, x, hone_op_exp(graph, x))), gradients[2];
    assert_int_equal(hone_internal_differentiate(graph, loss, (hone_value[]){y, x}, 2, gradients), HONE_OK);
    assert_int_equal(gradients[0], HONE_NO_VALUE);
    assert_true(gradients[1] >= 0);
    for (size_t i = 0; i < graph->node_count; i++)
        for (int j = 0; j < graph->nodes[i].input_count; j++)
            assert_true(!graph->nodes[i].backward || graph->nodes[i].inputs[j] != other);
    size_t nodes = graph->node_count;
    assert_int_equal(hone_internal_differentiate(graph, loss, (hone_value[]){HONE_NO_VALUE, y}, 2, gradients),
                     HONE_OK);
    assert_int_equal(gradients[0], HONE_NO_VALUE);
    assert_int_equal(graph->node_count, nodes + 1); /* the 1 it starts with */
    hone_internal_graph_free(graph);
}

/* A second differentiation starts from scratch. */
TEST(differentiates_twice)
{
    golden_run run = golden_begin("ref_double", true);
    hone_value x = number(&run, 0.7), first = hone_op_square(run.graph, x),
               second = hone_op_exp(run.graph, x), gradients[2];
    golden_differentiate(&run, first, &x, 1, &gradients[0]);
    golden_differentiate(&run, second, &x, 1, &gradients[1]);
    golden_execute(&run);
    assert_true(fabs(golden_number(&run, gradients[0]) - 1.4) < 1e-12);
    assert_true(fabs(golden_number(&run, gradients[1]) - exp(0.7)) < 1e-12);
    golden_end(&run);
}

TEST(an_operation_without_gradient_is_said)
{
    hone_graph *graph = graph_of(false);
    hone_value table = hone_internal_graph_input(graph, HONE_SHAPE(4, 2), "table"),
               ids = hone_internal_graph_input(graph, HONE_SHAPE(3), "ids"), gradient;
    hone_value loss = hone_op_total(graph, hone_op_square(graph, hone_op_gather_rows(graph, table, ids)));
    assert_int_equal(hone_internal_differentiate(graph, loss, &table, 1, &gradient), HONE_OK);
    hone_value again = hone_op_total(graph, gradient), twice;
    assert_int_equal(hone_internal_differentiate(graph, again, &table, 1, &twice), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "has no gradient"));
    assert_false(graph->backward);
    hone_internal_graph_free(graph);
}

/* Comparisons, positions and draws count as constants. */
TEST(constants_have_no_gradient)
{
    hone_graph *graph = graph_of(false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(2, 3), "x"), gradient;
    hone_value loss = hone_op_total(graph, hone_op_argmax(graph, x, 1));
    assert_int_equal(hone_internal_differentiate(graph, loss, &x, 1, &gradient), HONE_OK);
    assert_int_equal(gradient, HONE_NO_VALUE);
    hone_internal_graph_free(graph);
}

/* An output that nothing uses gives no gradient to what it came from: the mask of a dropout. */
TEST(unused_outputs_count_as_zero)
{
    hone_graph *graph = graph_of(false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(2, 3), "x"), gradient;
    hone_value dropped = hone_op_dropout(graph, x, 0.5),
               mask = hone_internal_graph_producer(graph, dropped)->outputs[1];
    assert_int_equal(hone_internal_differentiate(graph, hone_op_total(graph, dropped), &x, 1, &gradient),
                     HONE_OK);
    assert_true(gradient >= 0);
    assert_true(hone_internal_shape_equal(hone_value_shape(graph, mask), HONE_SHAPE(2, 3)));
    hone_internal_graph_free(graph);
}

/* ---- shapes ---- */

TEST(gradients_of_broadcast_operands_are_summed)
{
    const struct {
        hone_shape a, b, result;
        bool fits;
    } cases[] = {
        {HONE_SHAPE(2, 3), HONE_SHAPE(3), HONE_SHAPE(2, 3), true},
        {HONE_SHAPE(2, 1), HONE_SHAPE(1, 3), HONE_SHAPE(2, 3), true},
        {HONE_SHAPE(2, 3), HONE_SHAPE(2), {0}, false},
        {HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(4, 1), HONE_SHAPE(4, 3), true},
        {HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 1), HONE_SHAPE(HONE_ANY, 3), true},
        {HONE_SHAPE(HONE_ANY), HONE_SHAPE(1), HONE_SHAPE(HONE_ANY), true},
        {{.rank = 0}, HONE_SHAPE(2), HONE_SHAPE(2), true},
        {HONE_SHAPE(0, 3), HONE_SHAPE(1, 3), HONE_SHAPE(0, 3), true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int swapped = 0; swapped < 2; swapped++) {
            hone_shape result;
            bool fits = hone_internal_shape_broadcast(swapped ? cases[i].b : cases[i].a,
                                                      swapped ? cases[i].a : cases[i].b, &result);
            assert_int_equal(fits, cases[i].fits);
            if (fits)
                assert_true(hone_internal_shape_equal(result, cases[i].result));
        }
}

TEST(shapes_are_compared_and_written)
{
    char text[128];
    int64_t outer, length, inner;
    hone_internal_shape_to_text(HONE_SHAPE(HONE_ANY, 28, 28), text, sizeof text);
    assert_string_equal(text, "(None, 28, 28)");
    hone_internal_shape_to_text(HONE_SHAPE(3), text, sizeof text);
    assert_string_equal(text, "(3,)");
    hone_internal_shape_to_text((hone_shape){0}, text, sizeof text);
    assert_string_equal(text, "()");
    hone_internal_shape_to_text(HONE_SHAPE(123456789, 123456789, 3), text, 12);
    assert_int_equal(strlen(text), 11);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(2, 3, 4)), 24);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(2, HONE_ANY)), HONE_ANY);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(INT64_MAX, 2)), INT64_MAX);
    assert_int_equal(hone_internal_shape_axis(HONE_SHAPE(2, 3), -1, "softmax"), 1);
    assert_int_equal(hone_internal_shape_axis(HONE_SHAPE(2, 3), 2, "softmax"), -1);
    assert_non_null(strstr(hone_error_message(), "softmax: axis 2"));
    hone_internal_shape_split(HONE_SHAPE(2, 3, 4, 5), 1, &outer, &length, &inner);
    assert_true(outer == 2 && length == 3 && inner == 20);
}

/* With unknown sizes only shapes come out. */
TEST(unknown_sizes_pass_through)
{
    hone_graph *graph = graph_of(true);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(HONE_ANY, 3), "x"),
               w = hone_internal_graph_input(graph, HONE_SHAPE(3, 5), "w");
    hone_value y = hone_op_matmul(graph, x, w, false, false);
    assert_true(hone_internal_shape_equal(hone_value_shape(graph, y), HONE_SHAPE(HONE_ANY, 5)));
    y = hone_op_mean(graph, hone_op_reshape(graph, hone_op_softmax(graph, y, -1), HONE_SHAPE(HONE_ANY, 5, 1)),
                     1);
    assert_true(hone_internal_shape_equal(hone_value_shape(graph, y), HONE_SHAPE(HONE_ANY, 1)));
    hone_internal_graph_free(graph);
}

/* ---- variables ---- */

TEST(variables_are_placed_in_one_block)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_variable *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = hone_internal_variable_create("w", HONE_SHAPE(3, 7), NULL);
    assert_int_equal(hone_internal_variables_place(all, 2), HONE_OK);
    assert_ptr_equal(all[0]->block, all[1]->block);
    assert_int_equal(hone_internal_variable_data(all[1]) - hone_internal_variable_data(all[0]),
                     32); /* 21 floats in two cache lines */
    float *data = hone_internal_variable_data(all[0]);
    data[0] = 5;
    assert_int_equal(hone_internal_variables_place(all, 3), HONE_OK); /* what has its place keeps it */
    assert_ptr_equal(hone_internal_variable_data(all[0]), data);
    for (int i = 0; i < 3; i++)
        assert_int_equal((uintptr_t)hone_internal_variable_data(all[i]) % HONE_ALIGNMENT, 0);
    assert_true(hone_internal_variable_data(all[2])[20] == 0);
    hone_internal_variable_free(all[1]);
    assert_true(data[0] == 5);
    hone_internal_variable_free(hone_internal_variable_retain(all[0]));
    hone_internal_variable_free(all[0]);
    hone_internal_variable_free(all[2]);
    hone_internal_variable_free(NULL);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* Ops add sizes of axes without looking for overflows. */
TEST(refuses_an_axis_without_bounds)
{
    hone_graph *graph = hone_internal_graph_create(false, true);
    assert_true(
        hone_internal_graph_input(graph, (hone_shape){.rank = 2, .size = {2, INT64_C(1) << 40}}, NULL) >= 0);
    assert_true(hone_internal_graph_input(graph, (hone_shape){.rank = 2, .size = {2, INT64_MAX}}, NULL) < 0);
    assert_non_null(
        strstr(hone_error_message(), "axis 1 has the size 9223372036854775807; the limit is 1099511627776"));
    hone_internal_graph_free(graph);
}
