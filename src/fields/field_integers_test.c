/* Sizes and axes as arguments. */
#include "testing/field_types.h"

TEST(each_of_several_is_checked)
{
    assert_sentence(test_dense(1, .pool_size = {2, 0, 3}), "dense: pool_size[1] must be at least 1, not 0");
    assert_sentence(test_dense(1, .pool_size = {0}), "dense: pool_size[0] must be at least 1, not 0");
}

TEST(one_number_stands_for_a_list_where_a_field_says_so)
{
    test_dense_args *args = from_spec("dense(1, pool_size=3, shape=[none, 4])");
    assert_int_equal(args->pool_size[0], 3);
    assert_true(args->pool_size[1] == HONE_NONE_INTEGER);
    assert_true(args->shape[0] == HONE_ANY && args->shape[1] == 4 && args->shape[2] == HONE_NONE_INTEGER);
    destroy(args);
    assert_refused("dense(1, shape=4)", "dense: shape must be a list of integers, not the number 4");
    assert_refused("dense(1, pool_size=[2, x])",
                   "dense: pool_size[1] must be an integer, not the string \"x\"");
}
