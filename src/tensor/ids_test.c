/* ids. */
#include "tensor/ids.h"
#include "testing/test.h"

#include <math.h>

TEST(ids_of_both_kinds_come_back)
{
    const int64_t ids[] = {0,        1,        16777215, 16777216,  16777217,
                           16777218, 16777219, 33554433, 500000001, HONE_MOST_IDS - 1};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_true(hone_internal_id_number(hone_internal_id_code(ids[i])) == (double)ids[i]);
}

TEST(neighbours_are_told_apart_in_their_order)
{
    for (int64_t id = HONE_PLAIN_IDS - 1000; id < HONE_PLAIN_IDS + 1000; id++)
        assert_true(hone_internal_id_code(id) < hone_internal_id_code(id + 1));
    for (int64_t id = HONE_MOST_IDS - 1000; id < HONE_MOST_IDS - 1; id++)
        assert_true(hone_internal_id_code(id) < hone_internal_id_code(id + 1));
    assert_true(HONE_MOST_IDS == 889192448);
}

TEST(fractions_of_large_numbers_are_cut_off)
{
    assert_true(hone_internal_id_code_number(16777215.75) == 16777215.0f);
    assert_true(hone_internal_id_number(hone_internal_id_code_number(16777217.5)) == 16777217);
    assert_true(hone_internal_id_code_number(1.25) == 1.25f && hone_internal_id_code_number(-0.5) == -0.5f);
    assert_true(isnan(hone_internal_id_code_number(NAN)) && isinf(hone_internal_id_code_number(1e300)));
}

TEST(what_is_no_id_has_no_code)
{
    assert_true(isinf(hone_internal_id_code(HONE_MOST_IDS)));
    assert_true(isinf(hone_internal_id_code(INT64_MAX)));
    assert_true(hone_internal_id_code(-3) == -3.0f);
    assert_true(isinf(hone_internal_id_number(INFINITY)) && isnan(hone_internal_id_number(NAN)));
    assert_true(hone_internal_id_number(-INFINITY) < 0 && hone_internal_id_number(2.5f) == 2.5);
}
