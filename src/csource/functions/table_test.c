/* The C functions of a table's fields. */
#include "csource/functions/table.c"
#include "testing/test.h"

static const struct {
    const char *name, *text;
    int part, order;
    double number; /* NaN: it cannot be read */
} dates[] = {
    {"the year", "2024-02-29", 1, 0, 2024},
    {"the month", "1.12.1999", 2, 0, 12},
    {"a Thursday", "2024-02-29 12:00", 3, 0, 3},
    {"the last day of a leap year", "2024/12/31T00:00Z", 4, 0, 366},
    {"the first day of all", "1970-01-01", 5, 0, 100},
    {"before that day", "1969-12-31", 5, 0, 101},
    {"the day first", "03/04/2024", 2, 1, 4},
    {"the month first", "03/04/2024", 2, 2, 3},
    {"no order", "03/04/2024", 2, 0, NAN},
    {"no leap year", "2023-02-29", 1, 0, NAN},
    {"a month too many", "2024-13-01", 1, 0, NAN},
    {"three digits of a day", "2024-12-311", 1, 0, NAN},
    {"two separators", "2024-12/31", 1, 0, NAN},
    {"a word", "today", 1, 0, NAN},
    {"more behind it", "2024-12-31x", 1, 0, NAN},
    {"an hour", "2024-12-31 18:30", 6, 0, 18.5f},
    {"of an hour and seconds", "31.12.2024T6:45:36Z", 6, 0, 6.76f},
    {"without a time", "2024-12-31", 6, 0, 0},
    {"a time that is none", "2024-12-31 24:00", 6, 0, NAN},
    {"a word for a time", "2024-12-31 noon", 6, 0, NAN},
    {"a word that nobody asks for", "2024-12-31 noon", 2, 0, 12},
    {"nothing", "", 1, 0, NAN},
};

TEST_EACH(dates_are_read, dates)
{
    float y = -1;
    const int good = op_read_date(&y, row->text, row->part, row->order, 100, 0, 0, 0, 0, 1);
    assert_int_equal(good, !isnan(row->number));
    if (good)
        assert_float_equal(y, row->number, 0);
}

TEST(what_is_missing_is_filled)
{
    float y = -1;
    assert_int_equal(op_read_date(&y, "NA", 1, 0, 0, 1, 2000, 0, 0, 1), 1);
    assert_float_equal(y, 2000, 0);
    assert_int_equal(op_read_number(&y, "", 1, 2.5, 0, 0, 2), 1);
    assert_float_equal(y, 5, 0);
    assert_int_equal(op_read_number(&y, "nan", 0, 0, 0, 0, 1), 0);
}

TEST(numbers_are_standardized_and_scaled)
{
    float y = -1;
    assert_int_equal(op_read_number(&y, "7.5", 0, 0, 2.5, 2, 0.5f), 1);
    assert_float_equal(y, 1.25, 0);
    assert_int_equal(op_read_number(&y, "7,5", 0, 0, 0, 0, 1), 0);
    assert_int_equal(op_read_number(&y, "x", 0, 0, 0, 0, 1), 0);
}

TEST(categories_have_numbers_or_places)
{
    static const char *const words[] = {"", "Oslo", "Rome"};
    float y[3] = {-1, -1, -1};
    assert_int_equal(op_read_category(y, "Rome", words, 3, 0, 1), 1);
    assert_float_equal(y[0], 2, 0);
    assert_int_equal(op_read_category(y, "NA", words, 3, 1, 1), 1);
    assert_true(y[0] == 1 && y[1] == 0 && y[2] == 0);
    assert_int_equal(op_read_category(y, "Bonn", words, 3, 1, 1), 0);
}
