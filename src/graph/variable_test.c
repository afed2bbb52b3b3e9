/* Variables and the blocks of memory that they share. */
#include "graph/variable.h"
#include "base/memory.h"
#include "kernels/panels.h"
#include "testing/test.h"

#include <stdlib.h>
#include <string.h>

static hone_variable *make(hone_shape shape)
{
    hone_variable *variable = hone_internal_variable_create("kernel", shape, "zeros");
    assert_non_null(variable);
    return variable;
}

TEST(begins_trainable_with_copies_of_its_texts)
{
    char name[] = "kernel", initializer[] = "ones";
    hone_variable *variable = hone_internal_variable_create(name, HONE_SHAPE(2, 3), initializer);
    name[0] = initializer[0] = '?';
    assert_string_equal(variable->name, "kernel");
    assert_string_equal(variable->initializer, "ones");
    assert_true(variable->trainable && variable->created_trainable);
    assert_null(hone_internal_variable_data(variable));
    assert_int_equal(hone_internal_variable_count(variable), 6);
    hone_internal_variable_free(variable);
}

TEST(placed_together_they_are_one_block_of_aligned_zeros)
{
    hone_variable *variables[] = {make(HONE_SHAPE(3)), make(HONE_SHAPE(17)), make((hone_shape){.rank = 0})};
    assert_int_equal(hone_internal_variables_place(variables, 3), HONE_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal((uintptr_t)hone_internal_variable_data(variables[i]) % HONE_ALIGNMENT, 0);
        for (int64_t j = 0; j < hone_internal_variable_count(variables[i]); j++)
            assert_true(hone_internal_variable_data(variables[i])[j] == 0);
    }
    assert_ptr_equal(hone_internal_variable_data(variables[1]),
                     hone_internal_variable_data(variables[0]) + 16);
    assert_ptr_equal(hone_internal_variable_data(variables[2]),
                     hone_internal_variable_data(variables[1]) + 32);
    assert_ptr_equal(variables[0]->block, variables[2]->block);
    for (int i = 0; i < 3; i++)
        hone_internal_variable_free(variables[i]);
}

TEST(a_placed_variable_stays_where_it_is)
{
    hone_variable *variables[] = {make(HONE_SHAPE(3)), make(HONE_SHAPE(5))};
    assert_int_equal(hone_internal_variables_place(variables, 1), HONE_OK);
    float *first = hone_internal_variable_data(variables[0]);
    first[2] = 7;
    assert_int_equal(hone_internal_variables_place(variables, 2), HONE_OK);
    assert_ptr_equal(hone_internal_variable_data(variables[0]), first);
    assert_true(first[2] == 7);
    assert_non_null(hone_internal_variable_data(variables[1]));
    assert_ptr_not_equal(variables[0]->block, variables[1]->block);
    for (int i = 0; i < 2; i++)
        hone_internal_variable_free(variables[i]);
}

TEST(a_block_lives_as_long_as_its_last_variable)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_variable *variables[] = {make(HONE_SHAPE(3)), make(HONE_SHAPE(5))};
    assert_int_equal(hone_internal_variables_place(variables, 2), HONE_OK);
    assert_ptr_equal(hone_internal_variable_retain(variables[1]), variables[1]);
    hone_internal_variable_free(variables[0]);
    hone_internal_variable_free(variables[1]);
    hone_internal_variable_data(variables[1])[4] = 1; /* the sanitizers watch */
    hone_internal_variable_free(variables[1]);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    assert_null(hone_internal_variable_retain(NULL));
    hone_internal_variable_free(NULL);
}

TEST(a_limit_holds_for_all_that_is_placed_under_it)
{
    hone_variable *variables[] = {make(HONE_SHAPE(16)), make(HONE_SHAPE(16))};
    hone_allowance *allowance = hone_internal_allowance_create(100);
    for (int i = 0; i < 2; i++)
        variables[i]->allowance = hone_internal_allowance_retain(allowance);
    assert_int_equal(hone_internal_variables_place(&variables[0], 1), HONE_OK);
    assert_int_equal(hone_internal_variables_place(&variables[1], 1), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "64 bytes, more than the file can hold"));
    assert_null(hone_internal_variable_data(variables[1]));
    hone_internal_allowance_lift(allowance);
    assert_int_equal(hone_internal_variables_place(&variables[1], 1), HONE_OK);
    for (int i = 0; i < 2; i++)
        hone_internal_variable_free(variables[i]);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    bool complete = false;
    for (int64_t n = 0; !complete && n < 100; n++) {
        hone_internal_fail_allocations_after(n);
        hone_variable *variable = hone_internal_variable_create("kernel", HONE_SHAPE(3), "zeros");
        hone_status status =
            variable == NULL ? hone_error_status() : hone_internal_variables_place(&variable, 1);
        hone_internal_fail_allocations_after(-1);
        complete = status >= 0;
        if (!complete)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_variable_free(variable);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_true(complete);
}

/* ---- panels ---- */

static hone_variable *matrix(int64_t rows, int64_t columns)
{
    hone_variable *made = make(HONE_SHAPE(rows, columns));
    assert_int_equal(hone_internal_variables_place(&made, 1), HONE_OK);
    assert_int_equal(hone_internal_variable_reserve(made), HONE_OK);
    for (int64_t i = 0; i < rows * columns; i++)
        made->memory[i] = (float)i;
    return made;
}

static const struct matrix_case {
    const char *name;
    int64_t rows, columns;
} matrices[] = {
    {"one panel", 5, 30}, {"narrow last panel", 13, 100}, {"even panels", 7, 128}, {"one row", 1, 300}};

/* With memory for a copy, and without. */
TEST_EACH(turned_into_panels_and_back_it_holds_the_same, matrices)
{
    size_t bytes = (size_t)(row->rows * row->columns) * sizeof(float);
    for (int without = 0; without < 2; without++) {
        hone_variable *variable = matrix(row->rows, row->columns);
        float *expected = malloc(bytes);
        assert_non_null(expected);
        hone_internal_panels_pack(row->rows, row->columns, variable->memory, expected);
        hone_internal_fail_allocations_after(without ? 0 : -1);
        hone_internal_variable_arrange(variable, true);
        assert_memory_equal(variable->memory, expected, bytes);
        const float *data = hone_internal_variable_data(variable);
        hone_internal_fail_allocations_after(-1);
        assert_false(variable->panels);
        for (int64_t i = 0; i < row->rows * row->columns; i++)
            assert_true(data[i] == (float)i);
        hone_internal_variable_free(variable);
        free(expected);
    }
}

TEST(held_it_is_in_rows)
{
    hone_variable *variable = matrix(3, 100);
    hone_internal_variable_arrange(variable, true);
    const float *data = hone_internal_variable_hold(variable);
    assert_true(variable->held && !variable->panels && data[1] == 1 && data[299] == 299);
    hone_internal_variable_free(variable);
}
