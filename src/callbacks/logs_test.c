/* Logs: numbers by name, sorted. */
#include "callbacks/logs.h"
#include "base/error.h"
#include "base/memory.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

TEST(names_are_sorted_whatever_their_order)
{
    static const char *const names[] = {"loss", "accuracy", "val_loss", "auc"}, *const sorted[] = {
                                                                                    "accuracy", "auc", "loss",
                                                                                    "val_loss"};
    hone_logs logs = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(hone_logs_set(&logs, names[i], i), HONE_OK);
    assert_int_equal(logs.count, 4);
    for (int i = 0; i < 4; i++) {
        double value;
        assert_string_equal(logs.names[i], sorted[i]);
        assert_true(hone_logs_get(&logs, names[i], &value) && value == i);
    }
}

TEST(a_name_given_again_is_replaced)
{
    double value;
    static const double list[] = {1, 2};
    hone_logs logs = {0};
    hone_logs_set(&logs, "loss", 1);
    hone_logs_set(&logs, "loss", 2);
    assert_int_equal(logs.count, 1);
    assert_true(hone_logs_get(&logs, "loss", &value) && value == 2);
    hone_logs_set_all(&logs, "loss", list, 2);
    assert_false(hone_logs_get(&logs, "loss", &value));
    hone_logs_set(&logs, "loss", 3);
    assert_true(hone_logs_get(&logs, "loss", &value) && value == 3);
}

TEST(a_missing_name_is_nan_and_false)
{
    double value = 1;
    hone_logs logs = {0};
    assert_false(hone_logs_get(&logs, "loss", &value));
    assert_true(isnan(value));
    assert_int_equal(hone_logs_get_all(&logs, "loss", &value, 1), 0);
    assert_int_equal(hone_internal_logs_find(&logs, "loss"), -1);
}

TEST(gives_as_many_of_several_values_as_there_is_room_for)
{
    static const double list[] = {1, 2, 3};
    double values[4] = {0, 0, 0, 9};
    hone_logs logs = {0};
    hone_logs_set(&logs, "accuracy", 0.5);
    hone_logs_set_all(&logs, "f1", list, 3);
    assert_int_equal(hone_logs_get_all(&logs, "f1", values, 2), 3);
    assert_true(values[0] == 1 && values[1] == 2 && values[2] == 0);
    assert_int_equal(hone_logs_get_all(&logs, "f1", values, 4), 3);
    assert_true(values[2] == 3 && values[3] == 9);
    assert_int_equal(hone_logs_get_all(&logs, "f1", NULL, 0), 3);
    assert_int_equal(hone_logs_get_all(&logs, "accuracy", values, 4), 1);
    assert_true(values[0] == 0.5);
}

TEST(a_list_keeps_its_place_when_names_come_before_it)
{
    static const double list[] = {1, 2};
    double values[2];
    hone_logs logs = {0};
    hone_logs_set_all(&logs, "f1", list, 2);
    hone_logs_set(&logs, "accuracy", 0.5);
    hone_logs_set(&logs, "loss", 3);
    assert_int_equal(hone_logs_get_all(&logs, "f1", values, 2), 2);
    assert_true(values[1] == 2);
}

TEST(refuses_more_than_it_holds)
{
    static char names[HONE_MAX_LOGS + 1][8];
    hone_logs logs = {0};
    for (int i = 0; i <= HONE_MAX_LOGS; i++) {
        snprintf(names[i], sizeof names[i], "m%d", i);
        assert_int_equal(hone_logs_set(&logs, names[i], i), i < HONE_MAX_LOGS ? HONE_OK : HONE_ERROR_STATE);
    }
    assert_int_equal(logs.count, HONE_MAX_LOGS);
    assert_int_equal(hone_logs_set(&logs, "m0", 7), HONE_OK); /* one that is there */
}

TEST(kept_lists_are_copies)
{
    double list[] = {1, 2}, values[2];
    int64_t before = hone_internal_blocks_in_use();
    hone_arena arena = {.chunks = NULL};
    hone_logs logs = {0};
    hone_logs_set_all(&logs, "f1", list, 2);
    assert_int_equal(hone_internal_logs_keep(&logs, &arena), HONE_OK);
    list[1] = 9;
    assert_int_equal(hone_logs_get_all(&logs, "f1", values, 2), 2);
    assert_true(values[1] == 2);
    hone_internal_arena_free(&arena);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
