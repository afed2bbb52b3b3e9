/* The one table of limits. */
#include "base/limits.h"
#include <hone/limits.h>
#include "testing/test.h"

#include <string.h>

TEST(every_row_has_a_name_of_its_own_and_words)
{
    size_t count = 0;
    for (const hone_limit_row *row; (row = hone_limit_at(count)) != NULL; count++) {
        assert_true(strlen(row->name) > 0 && strlen(row->unit) > 0 && strlen(row->what) > 0);
        assert_true(row->value > 0);
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(hone_limit_at(i)->name, row->name);
    }
    assert_true(count > 10);
    assert_null(hone_limit_at(count + 1000));
}

TEST(rows_and_numbers_are_the_same)
{
    for (size_t i = 0; hone_limit_at(i) != NULL; i++)
        if (strcmp(hone_limit_at(i)->name, "json_depth") == 0) {
            assert_int_equal(hone_limit_at(i)->value, hone_internal_limits.json_depth);
            return;
        }
    fail_msg("there is no json_depth");
}
