/* Lists of axes. */
#include "layers/axes.h"
#include "testing/test.h"

#include <string.h>

#define AXES(...) ((const int64_t[HONE_MAX_RANK + 1]){__VA_ARGS__, HONE_NONE_INTEGER})

TEST(axes_are_sorted_and_counted_from_the_front)
{
    int resolved[HONE_MAX_RANK];
    hone_shape shape = HONE_SHAPE(HONE_ANY, 3, 4, 5);
    assert_int_equal(hone_internal_axes_resolve(AXES(-1), shape, resolved), 1);
    assert_int_equal(resolved[0], 3);
    assert_int_equal(hone_internal_axes_resolve(AXES(3, -3), shape, resolved), 2);
    assert_true(resolved[0] == 1 && resolved[1] == 3);
    assert_int_equal(hone_internal_axes_resolve(AXES(0, 1), shape, resolved), 2); /* the batch is one too */
    assert_true(resolved[0] == 0 && resolved[1] == 1);
    assert_int_equal(hone_internal_axes_resolve((const int64_t[]){HONE_NONE_INTEGER}, shape, resolved), 0);
    assert_int_equal(hone_internal_axes_or_all((const int64_t[]){HONE_NONE_INTEGER}, shape, resolved), 4);
    assert_true(resolved[0] == 0 && resolved[3] == 3);
    assert_int_equal(hone_internal_axes_or_all(AXES(2), shape, resolved), 1);
    assert_int_equal(resolved[0], 2);
}

static void check_refused(const int64_t *axes, hone_status status, const char *words)
{
    int resolved[HONE_MAX_RANK];
    hone_error_clear();
    assert_int_equal(hone_internal_axes_resolve(axes, HONE_SHAPE(HONE_ANY, 3, 4), resolved), status);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), words);
}

TEST(refuses_twins_and_axes_that_are_not_there)
{
    check_refused(AXES(1, -2), HONE_ERROR_ARGUMENT, "axis 1 is given twice");
    check_refused(AXES(3), HONE_ERROR_SHAPE, "axis 3");
    check_refused(AXES(-4), HONE_ERROR_SHAPE, "axis -4");
}

TEST(moved_to_the_end_and_back_is_where_it_was)
{
    int order[4], back[4];
    hone_internal_axes_to_end((const int[]){1, 2}, 2, 4, order, back);
    assert_memory_equal(order, ((int[]){0, 3, 1, 2}), sizeof order);
    for (int axis = 0; axis < 4; axis++)
        assert_int_equal(order[back[axis]], axis);
    hone_internal_axes_to_end((const int[]){3, 1}, 2, 4, order, back); /* in their order */
    assert_memory_equal(order, ((int[]){0, 2, 3, 1}), sizeof order);
}

TEST(axes_that_are_at_the_end_record_nothing)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(2, 3, 4), "x");
    assert_int_equal(hone_internal_axes_move(graph, x, (const int[]){0, 1, 2}), x);
    hone_value moved = hone_internal_axes_move(graph, x, (const int[]){0, 2, 1});
    assert_int_not_equal(moved, x);
    assert_true(hone_internal_shape_equal(hone_value_shape(graph, moved), HONE_SHAPE(2, 4, 3)));
    hone_internal_graph_free(graph);
}
