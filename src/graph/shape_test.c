/* Shapes: counts, axes, broadcasting, text. */
#include "graph/graph.h"
#include "testing/test.h"

#include <string.h>

#define SCALAR ((hone_shape){.rank = 0})

TEST(counts_elements_and_passes_on_what_is_unknown)
{
    assert_int_equal(hone_internal_shape_count(SCALAR), 1);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(2, 3, 4)), 24);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(2, 0, 4)), 0);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(2, HONE_ANY)), HONE_ANY);
    assert_int_equal(hone_internal_shape_count(HONE_SHAPE(HONE_ANY, 0)), HONE_ANY);
}

TEST(a_count_that_overflows_is_the_largest)
{
    assert_true(hone_internal_shape_count(HONE_SHAPE(INT64_MAX, 2)) == INT64_MAX);
    assert_true(hone_internal_shape_count(HONE_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)) == INT64_MAX);
    assert_true(hone_internal_size_product(INT64_MAX, 1) == INT64_MAX);
}

TEST(equal_shapes_have_equal_ranks_and_sizes)
{
    assert_true(hone_internal_shape_equal(HONE_SHAPE(2, 3), HONE_SHAPE(2, 3)));
    assert_true(hone_internal_shape_equal(HONE_SHAPE(HONE_ANY), HONE_SHAPE(HONE_ANY)));
    assert_true(hone_internal_shape_equal(SCALAR, SCALAR));
    assert_false(hone_internal_shape_equal(HONE_SHAPE(2, 3), HONE_SHAPE(2, 4)));
    assert_false(hone_internal_shape_equal(HONE_SHAPE(2, 3), HONE_SHAPE(2, 3, 1)));
    assert_false(hone_internal_shape_equal(HONE_SHAPE(HONE_ANY), HONE_SHAPE(3)));
}

static void assert_text(hone_shape shape, const char *expected)
{
    char text[128];
    hone_internal_shape_to_text(shape, text, sizeof text);
    assert_string_equal(text, expected);
}

TEST(is_written_as_a_tuple_of_python)
{
    assert_text(SCALAR, "()");
    assert_text(HONE_SHAPE(7), "(7,)");
    assert_text(HONE_SHAPE(HONE_ANY, 28, 28), "(None, 28, 28)");
    assert_text(HONE_SHAPE(HONE_ANY), "(None,)");
}

TEST(text_is_cut_at_the_end_of_its_buffer)
{
    for (size_t size = 1; size < 20; size++) {
        char text[24];
        memset(text, '#', sizeof text);
        hone_internal_shape_to_text(HONE_SHAPE(123456, HONE_ANY, 7), text, size);
        assert_true(strlen(text) < size);
        assert_int_equal(text[size], '#');
    }
}

TEST(axes_are_counted_from_either_end)
{
    hone_shape shape = HONE_SHAPE(2, 3, 4);
    for (int axis = 0; axis < 3; axis++) {
        assert_int_equal(hone_internal_shape_axis(shape, axis, "here"), axis);
        assert_int_equal(hone_internal_shape_axis(shape, axis - 3, "here"), axis);
    }
    assert_int_equal(hone_internal_shape_axis(shape, 3, "here"), -1);
    assert_string_equal(hone_error_message(), "here: axis 3 is not an axis of shape (2, 3, 4)");
    assert_int_equal(hone_internal_shape_axis(shape, -4, "here"), -1);
    assert_int_equal(hone_internal_shape_axis(SCALAR, 0, "here"), -1);
}

static const struct {
    const char *name;
    hone_shape a, b, result;
} broadcasts[] = {
    {"equal", {.rank = 2, .size = {2, 3}}, {.rank = 2, .size = {2, 3}}, {.rank = 2, .size = {2, 3}}},
    {"a scalar", {.rank = 0}, {.rank = 2, .size = {2, 3}}, {.rank = 2, .size = {2, 3}}},
    {"missing axes in front",
     {.rank = 1, .size = {3}},
     {.rank = 2, .size = {2, 3}},
     {.rank = 2, .size = {2, 3}}},
    {"ones on both sides",
     {.rank = 2, .size = {2, 1}},
     {.rank = 2, .size = {1, 3}},
     {.rank = 2, .size = {2, 3}}},
    {"none and one", {.rank = 1, .size = {0}}, {.rank = 1, .size = {1}}, {.rank = 1, .size = {0}}},
    {"an unknown size and one",
     {.rank = 1, .size = {HONE_ANY}},
     {.rank = 1, .size = {1}},
     {.rank = 1, .size = {HONE_ANY}}},
    {"an unknown size and a known",
     {.rank = 1, .size = {HONE_ANY}},
     {.rank = 1, .size = {5}},
     {.rank = 1, .size = {5}}},
};

TEST_EACH(broadcasts_as_numpy, broadcasts)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        hone_shape result;
        assert_true(
            hone_internal_shape_broadcast(swapped ? row->b : row->a, swapped ? row->a : row->b, &result));
        assert_true(hone_internal_shape_equal(result, row->result));
    }
}

TEST(other_sizes_do_not_broadcast)
{
    hone_shape result;
    assert_false(hone_internal_shape_broadcast(HONE_SHAPE(2, 3), HONE_SHAPE(2, 4), &result));
    assert_false(hone_internal_shape_broadcast(HONE_SHAPE(2), HONE_SHAPE(2, 3), &result));
    assert_false(hone_internal_shape_broadcast(HONE_SHAPE(0), HONE_SHAPE(2), &result));
}

TEST(splits_at_an_axis)
{
    int64_t outer, length, inner;
    hone_internal_shape_split(HONE_SHAPE(2, 3, 4, 5), 1, &outer, &length, &inner);
    assert_true(outer == 2 && length == 3 && inner == 20);
    hone_internal_shape_split(HONE_SHAPE(2, 3), 1, &outer, &length, &inner);
    assert_true(outer == 2 && length == 3 && inner == 1);
    hone_internal_shape_split(SCALAR, 0, &outer, &length, &inner);
    assert_true(outer == 1 && length == 1 && inner == 1);
    hone_internal_shape_split(HONE_SHAPE(HONE_ANY, 3, 4), 2, &outer, &length, &inner);
    assert_true(outer == HONE_ANY && length == 4 && inner == 1);
}
