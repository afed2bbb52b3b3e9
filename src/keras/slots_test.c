/* The order of an optimizer's slots in files. */
#include "keras/staging.h"
#include "optimizers/optimizer.h"
#include "testing/test.h"

#include <hone/optimizers.h>
#include <string.h>

/* An optimizer for two variables; `expected`: the slot at each place of the file, -1 at the end. */
static void check(hone_optimizer *optimizer, int version, const int *expected)
{
    size_t places[32];
    hone_variable *variables[2] = {hone_internal_variable_create("a", HONE_SHAPE(2), "zeros"),
                                   hone_internal_variable_create("b", HONE_SHAPE(3), "zeros")};
    assert_non_null(optimizer);
    assert_int_equal(hone_internal_variables_place(variables, 2), HONE_OK);
    assert_int_equal(hone_internal_optimizer_build(optimizer, variables, 2), HONE_OK);
    hone_internal_slot_places(optimizer, version, places);
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(optimizer); i++)
        if ((int)places[i] != expected[i])
            fail_msg("place %d has slot %d, not %d", (int)i, (int)places[i], expected[i]);
    assert_int_equal(expected[hone_internal_optimizer_slot_count(optimizer)], -1);
    hone_optimizer_free(optimizer);
    for (int i = 0; i < 2; i++)
        hone_internal_variable_free(variables[i]);
}

TEST(slots_stand_in_their_order_since_keras_3_10)
{
    check(hone_adam(.use_ema = true, .gradient_accumulation_steps = 2), 310,
          (const int[]){0, 1, 2, 3, 4, 5, 6, 7, -1});
    check(hone_nadam(), 315, (const int[]){0, 1, 2, 3, 4, -1});
}

TEST(averages_and_accumulators_alternated_before)
{
    check(hone_sgd(.use_ema = true, .gradient_accumulation_steps = 2), 309, (const int[]){0, 2, 1, 3, -1});
    check(hone_sgd(.use_ema = true), 309, (const int[]){0, 1, -1});
}

TEST(the_product_of_nadam_came_first_before)
{
    check(hone_nadam(), 309, (const int[]){4, 0, 1, 2, 3, -1});
}

TEST(files_of_tf_keras_have_an_order_of_their_own)
{
    check(hone_nadam(), 0, (const int[]){0, 1, 2, 3, 4, -1});
}
