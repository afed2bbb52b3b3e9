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
    assert_null(hone_internal_logs_get(&logs, "loss").name);
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

enum { MANY = 3 * HONE_MAX_LOGS + 5 };

/* m000 to m388, in an order that goes up and down. */
static hone_status set_many(hone_logs *logs)
{
    static char names[MANY][8];
    for (int i = 0; i < MANY; i++) {
        int number = i * 100 % MANY; /* MANY and 100 have no divisor in common */
        snprintf(names[number], sizeof names[number], "m%03d", number);
        HONE_TRY(hone_logs_set(logs, names[number], number));
    }
    return HONE_OK;
}

TEST(holds_any_number_sorted)
{
    double value;
    char name[8];
    hone_logs logs = {0};
    assert_int_equal(set_many(&logs), HONE_OK);
    assert_int_equal(hone_logs_count(&logs), MANY);
    assert_int_equal(logs.count, HONE_MAX_LOGS);
    for (int i = 0; i < MANY; i++) {
        hone_log log = hone_logs_at(&logs, i);
        snprintf(name, sizeof name, "m%03d", i);
        assert_string_equal(log.name, name);
        assert_true(log.count == 1 && !log.list && log.values[0] == i);
        assert_true(hone_logs_get(&logs, name, &value) && value == i);
    }
    assert_null(hone_logs_at(&logs, MANY).name);
    assert_null(hone_logs_at(&logs, -1).name);
    assert_int_equal(hone_logs_set(&logs, "m388", 7), HONE_OK); /* one that is there */
    assert_int_equal(hone_logs_count(&logs), MANY);
    assert_true(hone_logs_get(&logs, "m388", &value) && value == 7);
    assert_false(hone_logs_get(&logs, "n", &value));
    hone_logs_free(&logs);
    assert_int_equal(hone_logs_count(&logs), 0);
}

TEST(many_survive_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t after = 0;; after++) {
        hone_logs logs = {0};
        hone_internal_fail_allocations_after(after);
        hone_status status = set_many(&logs);
        hone_internal_fail_allocations_after(-1);
        hone_logs_free(&logs);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (status == HONE_OK)
            break;
        assert_int_equal(status, HONE_ERROR_MEMORY);
    }
}

TEST(a_list_of_one_is_a_list_and_has_a_value)
{
    static const double list[] = {4};
    double value;
    hone_logs logs = {0};
    hone_logs_set_all(&logs, "f1", list, 1);
    hone_logs_set(&logs, "loss", 2);
    assert_true(hone_logs_at(&logs, 0).list && hone_logs_at(&logs, 0).count == 1);
    assert_false(hone_logs_at(&logs, 1).list);
    assert_true(hone_logs_get(&logs, "f1", &value) && value == 4);
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
