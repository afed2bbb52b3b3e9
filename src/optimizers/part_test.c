/* Parts of optimizers: which variables can be cut, and that two parts do what the whole does. The bits of
 * whole trainings are in train/optimizer_parts_test.c. */
#include "optimizers/part.h"
#include "testing/optimizer_bench.h"

#include <string.h>

static optimizer_bench begin_with(hone_optimizer *optimizer, const char *constraint)
{
    optimizer_bench bench = bench_begin(optimizer, NULL);
    bench_add_filled(&bench, "w", HONE_SHAPE(40), 1, constraint);
    bench_prepare(&bench);
    return bench;
}

TEST(only_what_goes_item_by_item_is_cut)
{
    optimizer_bench benches[] = {begin_with(hone_adam(), NULL), begin_with(hone_lamb(), NULL),
                                 begin_with(hone_adam(.clipnorm = 1), NULL),
                                 begin_with(hone_adam(.clipvalue = 1), NULL),
                                 begin_with(hone_adam(), "max_norm(3)")};
    const bool expected[] = {true, false, false, true, false};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(hone_internal_optimizer_can_cut(benches[i].optimizer, 0), expected[i]);
        bench_end(&benches[i]);
    }
}

TEST(a_part_is_in_the_memory_of_the_whole)
{
    optimizer_bench bench = begin_with(hone_nadam(.learning_rate = 0.1), NULL);
    const hone_item_range range = {16, 40}, none = {0, 0};
    hone_optimizer *part = hone_internal_optimizer_part(bench.optimizer, &range),
                   *empty = hone_internal_optimizer_part(bench.optimizer, &none);
    assert_non_null(part);
    assert_non_null(empty);
    assert_int_equal(hone_optimizer_variable_count(part), 1);
    assert_int_equal(hone_optimizer_variable_count(empty), 0);
    assert_int_equal(hone_internal_optimizer_slot_count(part), 3); /* two of the variable and the product */
    assert_int_equal(hone_internal_optimizer_slot_count(empty), 1);
    assert_ptr_equal(hone_internal_variable_data(hone_optimizer_variable(part, 0)),
                     hone_internal_variable_data(bench.variables[0]) + 16);
    assert_ptr_equal(hone_internal_variable_data(hone_optimizer_slot(part, 0, 1)),
                     hone_internal_variable_data(hone_optimizer_slot(bench.optimizer, 0, 1)) + 16);
    assert_ptr_equal(hone_optimizer_slot(part, -1, 0), hone_optimizer_slot(bench.optimizer, -1, 0));
    bench.optimizer->iterations = 7;
    hone_internal_optimizer_set_momentum(bench.optimizer, 0.5);
    hone_internal_optimizer_begin_part(part, bench.optimizer);
    assert_int_equal(hone_optimizer_iterations(part), 7);
    assert_true(hone_internal_optimizer_momentum(part) == 0.5);
    hone_optimizer_free(part);
    hone_optimizer_free(empty);
    bench_end(&bench);
}

TEST(what_needs_the_whole_is_told)
{
    optimizer_bench bench = begin_with(hone_adam(), NULL);
    assert_int_equal(hone_internal_optimizer_need_whole(bench.optimizer), HONE_OK);
    bench.optimizer->parts = 3;
    bench.optimizer->part = 2;
    assert_int_equal(hone_internal_optimizer_need_whole(bench.optimizer), HONE_ERROR_STATE);
    assert_non_null(strstr(hone_error_message(), "in parts on 3 processes"));
    bench_end(&bench);
}
