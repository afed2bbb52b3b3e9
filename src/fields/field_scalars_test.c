/* Arguments of one value, checked against their fields. */
#include "testing/field_types.h"

TEST(values_are_checked_against_their_fields)
{
    assert_sentence(test_dense(0), "dense: units must be at least 1, not 0");
    assert_sentence(test_dense(HONE_NONE_INTEGER), "dense: units must be given");
    assert_sentence(test_dense(1, .rate = 1), "dense: rate must be at least 0 and below 1, not 1");
    assert_sentence(test_dense(1, .rate = HONE_NONE), "dense: rate is not a number");
    assert_sentence(test_dense(1, .clip = -0.5), "dense: clip must be above 0, not -0.5");
    assert_sentence(test_dense(1, .axis = HONE_NONE_INTEGER), "dense: axis must be an integer, not none");
    assert_sentence(test_dense(1, .padding = "smae"),
                    "dense: padding must be \"valid\", \"same\" or \"causal\", not \"smae\"");
    assert_sentence(test_dense(1, .data_format = "channels_first"),
                    "dense: data_format \"channels_first\" is not supported: only channels_last is");
    assert_int_equal(hone_error_status(), HONE_ERROR_UNSUPPORTED);
}

TEST(integers_beyond_64_bits_are_told_the_bound)
{
    assert_refused("dense(1e300)",
                   "dense: units must be at most 9223372036854775807, not 1.0000000000000001e+300");
    assert_refused("dense(-1e19)", "dense: units must be at least -9223372036854775807, not -1e+19");
    assert_refused("dense(1.5)", "dense: units must be an integer, not the number 1.5");
}
