/* What losses and metrics share: fitting targets to predictions, and weights to values. */
#include "ops/targets.h"
#include "testing/test.h"

#include <string.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static void assert_shape(const hone_graph *graph, hone_value value, hone_shape expected)
{
    char text[128];
    if (value < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_shape_to_text(hone_value_shape(graph, value), text, sizeof text);
    if (!hone_internal_shape_equal(hone_value_shape(graph, value), expected))
        fail_msg("the shape is %s", text);
}

static void check_ranks(hone_shape y_true, hone_shape y_pred, hone_shape true_after, hone_shape pred_after)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value a = hone_internal_graph_input(graph, y_true, "y"),
               b = hone_internal_graph_input(graph, y_pred, "p");
    assert_int_equal(hone_internal_align_ranks(graph, &a, &b), HONE_OK);
    assert_shape(graph, a, true_after);
    assert_shape(graph, b, pred_after);
    hone_internal_graph_free(graph);
}

TEST(a_rank_of_one_gets_the_others_last_axis)
{
    check_ranks(S(4), S(4, 1), S(4, 1), S(4, 1));
    check_ranks(S(4, 1), S(4), S(4, 1), S(4, 1));
}

TEST(a_higher_rank_loses_its_last_axis_of_one)
{
    check_ranks(S(4, 3), S(4, 3, 1), S(4, 3), S(4, 3));
    check_ranks(S(4, 3, 1), S(4, 3), S(4, 3), S(4, 3));
}

TEST(other_ranks_stay)
{
    check_ranks(S(4), S(4, 3), S(4), S(4, 3));
    check_ranks(S(4, 1), S(4, 3), S(4, 1), S(4, 3));
    check_ranks(S(4), S(4, 3, 1), S(4), S(4, 3, 1));
}

TEST(ids_lose_an_axis_that_only_counts_them)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value predictions = hone_internal_graph_input(graph, S(4, 3), "p"),
               column = hone_internal_graph_input(graph, S(4, 1), "y"),
               row = hone_internal_graph_input(graph, S(4), "y"),
               wide = hone_internal_graph_input(graph, S(4, 3), "y");
    assert_shape(graph, hone_internal_align_ids(graph, column, predictions), S(4));
    assert_int_equal(hone_internal_align_ids(graph, row, predictions), row);
    assert_int_equal(hone_internal_align_ids(graph, wide, predictions), wide);
    hone_internal_graph_free(graph);
}

TEST(the_fewest_classes_of_an_input_count_through_views)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value ids = hone_internal_graph_input(graph, S(4, 1), "y"), view = hone_op_reshape(graph, ids, S(4));
    hone_internal_check_classes(graph, view, 7);
    assert_int_equal(graph->values[ids].classes, 7);
    hone_internal_check_classes(graph, view, 5);
    hone_internal_check_classes(graph, ids, 9);
    hone_internal_check_classes(graph, ids, HONE_ANY);
    assert_int_equal(graph->values[ids].classes, 5);
    hone_value computed = hone_op_affine(graph, ids, 2, 0);
    hone_internal_check_classes(graph, computed, 3); /* of what is computed nobody knows */
    assert_int_equal(graph->values[ids].classes, 5);
    hone_internal_graph_free(graph);
}

TEST(targets_of_another_shape_are_told)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value a = hone_internal_graph_input(graph, S(4, 3), "y"),
               b = hone_internal_graph_input(graph, S(4, 5), "p");
    assert_int_equal(hone_internal_same_targets(graph, a, a), HONE_OK);
    assert_int_equal(hone_internal_same_targets(graph, a, b), HONE_ERROR_SHAPE);
    assert_string_equal(hone_error_message(),
                        "targets of shape (4, 3) do not match predictions of shape (4, 5)");
    hone_internal_graph_free(graph);
}

static const struct {
    const char *name;
    hone_shape weights, values, fitted; /* of rank below 0: refused */
} fits[] = {
    {"one for each sample", {1, {4}}, {2, {4, 3}}, {2, {4, 1}}},
    {"one for each value", {2, {4, 3}}, {2, {4, 3}}, {2, {4, 3}}},
    {"a column for single values", {2, {4, 1}}, {1, {4}}, {1, {4}}},
    {"steps of a sequence", {2, {4, 3}}, {3, {4, 3, 5}}, {3, {4, 3, 1}}},
    {"one for all", {0, {0}}, {2, {4, 3}}, {0, {0}}},
    {"too many", {1, {5}}, {2, {4, 3}}, {-1, {0}}},
    {"an axis too many", {2, {4, 3}}, {1, {4}}, {-1, {0}}},
};

TEST_EACH(weights_fit_the_first_axes, fits)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value weights = hone_internal_graph_input(graph, row->weights, "w");
    hone_error_clear();
    hone_value fitted = hone_internal_fit_weights(graph, weights, row->values, "sample weights");
    if (row->fitted.rank >= 0)
        assert_shape(graph, fitted, row->fitted);
    else {
        assert_int_equal(fitted, HONE_NO_VALUE);
        assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
        assert_non_null(strstr(hone_error_message(), "sample weights of shape"));
    }
    assert_int_equal(hone_internal_fit_weights(graph, HONE_NO_VALUE, row->values, "w"), HONE_NO_VALUE);
    hone_internal_graph_free(graph);
}

TEST(one_mask_does_not_fit)
{
    hone_graph *graph = hone_internal_graph_create(false, true);
    const hone_value mask = hone_internal_graph_input(graph, HONE_SHAPE(2, 3), NULL);
    assert_int_equal(hone_internal_fit_weights(graph, mask, HONE_SHAPE(2, 4), "a mask"), HONE_NO_VALUE);
    assert_string_equal(hone_error_message(), "a mask of shape (2, 3) does not match values of shape (2, 4)");
    hone_internal_graph_free(graph);
}

TEST(weights_that_are_not_there_join_as_nothing)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value a = hone_internal_graph_input(graph, S(4), "a"),
               b = hone_internal_graph_input(graph, S(4), "b");
    assert_int_equal(hone_internal_join_weights(graph, a, HONE_NO_VALUE), a);
    assert_int_equal(hone_internal_join_weights(graph, HONE_NO_VALUE, b), b);
    assert_int_equal(hone_internal_join_weights(graph, HONE_NO_VALUE, HONE_NO_VALUE), HONE_NO_VALUE);
    hone_value product = hone_internal_join_weights(graph, a, b);
    assert_true(product != a && product != b);
    hone_internal_graph_free(graph);
}

TEST(accuracy_goes_by_shapes)
{
    assert_string_equal(hone_internal_kind_by_shapes(S(4), S(4, 1)), "binary");
    assert_string_equal(hone_internal_kind_by_shapes(S(4, 1), S(4, 1)), "binary");
    assert_string_equal(hone_internal_kind_by_shapes(S(4), S(4, 3)), "sparse_categorical");
    assert_string_equal(hone_internal_kind_by_shapes(S(4, 1), S(4, 3)), "sparse_categorical");
    assert_string_equal(hone_internal_kind_by_shapes(S(4, 3), S(4, 3)), "categorical");
    assert_string_equal(hone_internal_kind_by_shapes(S(4, 2, 3), S(4, 2, 3)), "categorical");
}
