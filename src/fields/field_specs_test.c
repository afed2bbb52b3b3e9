/* Small things named by specs as arguments: copied in full, written as envelopes, checked by their own types.
 */
#include "testing/field_types.h"

TEST(specs_are_checked_by_their_types)
{
    assert_sentence(test_dense(1, .activation = "rellu"),
                    "dense: unknown activation \"rellu\"; did you mean \"relu\"?");
    assert_sentence(test_dense(1, .kernel_regularizer = "l2(-1)"),
                    "dense: l2: l2 must be at least 0, not -1");
    assert_sentence(test_dense(1, .kernel_regularizer = "l2(0.01"),
                    "dense: in \"l2(0.01\": expected \")\" at character 8");
}

TEST(a_config_gives_the_shortest_spec)
{
    test_dense_args *args = from_spec("dense(1, kernel_regularizer=l2(0.01))"),
                    *other = from_spec("dense(1, kernel_regularizer=L2(0.5))");
    assert_string_equal(args->kernel_regularizer, "l2");
    assert_string_equal(other->kernel_regularizer, "l2(l2=0.5)");
    assert_false(hone_internal_fields_equal(&test_dense, args, other));
    destroy(args);
    destroy(other);
}
