/* orthogonal: of rows and columns the fewer are orthogonal and of length gain. */
#include "base/memory.h"
#include "initializers/initializers.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_variable *fill(const char *spec, hone_shape shape, uint64_t seed)
{
    hone_variable *variable = hone_internal_variable_create("kernel", shape, spec);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    if (hone_internal_initializer_fill(variable, seed) < 0)
        fail_msg("%s: %s", spec, hone_error_message());
    return variable;
}

/* Element k of vector i: a column of a tall matrix, a row of a wide one. */
static double element(const hone_variable *w, int64_t rows, int64_t columns, int64_t i, int64_t k)
{
    return (double)hone_internal_variable_data(w)[rows < columns ? i * columns + k : k * columns + i];
}

static void check(hone_shape shape, double gain)
{
    char spec[64];
    int64_t columns = shape.size[shape.rank - 1], rows = 1;
    for (int axis = 0; axis + 1 < shape.rank; axis++)
        rows *= shape.size[axis];
    snprintf(spec, sizeof spec, "orthogonal(gain=%g)", gain);
    hone_variable *w = fill(spec, shape, 5);
    int64_t count = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j <= i; j++) {
            double product = 0, expected = i == j ? gain * gain : 0;
            for (int64_t k = 0; k < length; k++)
                product += element(w, rows, columns, i, k) * element(w, rows, columns, j, k);
            if (!(fabs(product - expected) < 1e-5 * gain * gain))
                fail_msg("%s: vectors %d and %d have product %g", spec, (int)i, (int)j, product);
        }
    hone_internal_variable_free(w);
}

TEST(a_tall_matrix_has_orthogonal_columns)
{
    check(HONE_SHAPE(20, 7), 1);
    check(HONE_SHAPE(5, 1), 2);
}

TEST(a_wide_matrix_has_orthogonal_rows)
{
    check(HONE_SHAPE(7, 20), 0.5);
    check(HONE_SHAPE(1, 5), 1);
}

TEST(a_square_matrix_has_both)
{
    check(HONE_SHAPE(12, 12), 3);
}

TEST(axes_before_the_last_are_rows)
{
    check(HONE_SHAPE(3, 2, 5), 1);
    check(HONE_SHAPE(2, 2, 9), 1);
}

TEST(seeds_give_other_matrices)
{
    hone_variable *a = fill("orthogonal", HONE_SHAPE(4, 4), 1), *b = fill("orthogonal", HONE_SHAPE(4, 4), 2),
                  *again = fill("orthogonal", HONE_SHAPE(4, 4), 1);
    assert_memory_equal(hone_internal_variable_data(a), hone_internal_variable_data(again),
                        16 * sizeof(float));
    assert_memory_not_equal(hone_internal_variable_data(a), hone_internal_variable_data(b),
                            16 * sizeof(float));
    hone_internal_variable_free(a);
    hone_internal_variable_free(b);
    hone_internal_variable_free(again);
}

TEST(an_empty_matrix_is_no_mistake)
{
    hone_internal_variable_free(fill("orthogonal", HONE_SHAPE(0, 4), 1));
    hone_internal_variable_free(fill("orthogonal", HONE_SHAPE(4, 0), 1));
}

TEST(refuses_a_vector)
{
    hone_variable *variable = hone_internal_variable_create("bias", HONE_SHAPE(4), "orthogonal");
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    assert_int_equal(hone_internal_initializer_fill(variable, 1), HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "at least 2 axes, received 1"));
    hone_internal_variable_free(variable);
}
