/* What messages and help say of a field's range and choices. */
#include "fields/field_kinds.h"

#include "testing/message.h"
#include <math.h>

static const struct {
    const char *name;
    hone_field field;
    double inside, outside;
} ranges[] = {
    {"between 0 and 1", {.bounded = true, .lowest = 0, .highest = 1}, 1, 1.5},
    {"at least 0 and below 1", {.bounded = true, .lowest = 0, .highest = 1, .open_above = true}, 0, 1},
    {"above 0", {.bounded = true, .lowest = 0, .highest = HUGE_VAL, .open_below = true}, 0.1, 0},
    {"at least -2.5", {.bounded = true, .lowest = -2.5, .highest = HUGE_VAL}, -2.5, -3},
    {"at most 1000000", {.bounded = true, .lowest = -HUGE_VAL, .highest = 1e6}, 1e6, 1e6 + 1},
};

TEST_EACH(a_range_is_described_and_checked, ranges)
{
    char text[96];
    hone_internal_field_range(&row->field, text, sizeof text);
    assert_string_equal(text, row->name);
    assert_int_equal(hone_internal_field_check_number(&row->field, "x", row->inside), HONE_OK);
    assert_int_equal(hone_internal_field_check_number(&row->field, "x", row->outside), HONE_ERROR_ARGUMENT);
    assert_message_has(row->name);
}

TEST(integers_are_checked_without_bounds_too)
{
    const hone_field field = {.name = "x"};
    assert_int_equal(hone_internal_field_check_integer(&field, "x", INT64_MIN), HONE_OK);
}

TEST(choices_are_listed)
{
    char text[64];
    hone_internal_field_choices("a|b|c", true, text, sizeof text);
    assert_string_equal(text, "\"a\", \"b\" or \"c\"");
    hone_internal_field_choices("a|b", false, text, sizeof text);
    assert_string_equal(text, "a, b");
    hone_internal_field_choices("a", true, text, sizeof text);
    assert_string_equal(text, "\"a\"");
}
