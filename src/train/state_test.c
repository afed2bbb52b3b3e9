/* The state in a checkpoint: what goes in comes out, and a damaged one is refused by its key. */
#include "train/state.h"
#include "base/memory.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static char path[] = "DIR/latest.keras";

static hone_config *parse(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "state");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    return config;
}

TEST(numbers_come_back_and_whole_ones_serve_as_numbers)
{
    hone_checkpoint checkpoint = {.path = path};
    hone_config *map = hone_internal_config_map();
    int64_t whole;
    double number;
    assert_int_equal(hone_internal_state_put_integer(map, "epoch", 3), HONE_OK);
    assert_int_equal(hone_internal_state_put_number(map, "seconds", 0.1), HONE_OK);
    assert_int_equal(hone_internal_state_put_number(map, "momentum", NAN), HONE_OK);
    assert_int_equal(hone_internal_state_integer(&checkpoint, map, "epoch", 0, &whole), HONE_OK);
    assert_int_equal(whole, 3);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "epoch", &number), HONE_OK);
    assert_true(number == 3);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "seconds", &number), HONE_OK);
    assert_true(number == 0.1);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "momentum", &number), HONE_OK);
    assert_true(isnan(number));
    hone_internal_config_free(map);
}

static const struct {
    const char *name, *text;
} wrong[] = {
    {"one that is not there", "{}"},    {"text", "{\"epoch\": \"3\"}"},       {"null", "{\"epoch\": null}"},
    {"a fraction", "{\"epoch\": 3.5}"}, {"one too small", "{\"epoch\": -1}"}, {"a list", "{\"epoch\": [3]}"},
};

TEST_EACH(a_whole_number_is_not, wrong)
{
    hone_checkpoint checkpoint = {.path = path};
    hone_config *map = parse(row->text);
    int64_t whole = 7;
    assert_int_equal(hone_internal_state_integer(&checkpoint, map, "epoch", 0, &whole), HONE_ERROR_FORMAT);
    assert_int_equal(whole, 0);
    assert_string_equal(hone_error_message(),
                        "DIR/latest.keras: hone/state.json: \"epoch\" is missing or wrong");
    hone_internal_config_free(map);
}

/* A history of two epochs with a metric that is a list. */
static hone_history *make_history(void)
{
    hone_history *history = hone_internal_history_create();
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        hone_logs logs = {0};
        const double lists[] = {0.5, 0.25 + (double)epoch};
        assert_int_equal(hone_logs_set(&logs, "loss", 2.0 - (double)epoch), HONE_OK);
        if (epoch == 1) /* a column that begins later */
            assert_int_equal(hone_logs_set_all(&logs, "f1", lists, 2), HONE_OK);
        assert_int_equal(hone_internal_history_add(history, epoch, &logs, 1.5, 0.01), HONE_OK);
        hone_logs_free(&logs);
    }
    return history;
}

/* Reads the history of a state; NULL when it is refused. */
static hone_history *restore(hone_config *state)
{
    hone_checkpoint checkpoint = {.path = path, .state = state};
    hone_fit_run run = {.checkpoint = &checkpoint, .history = hone_internal_history_create()};
    hone_status status = run.history == NULL ? HONE_ERROR_MEMORY : hone_internal_state_restore_history(&run);
    hone_internal_arena_free(&run.lists);
    hone_logs_free(&run.logs);
    if (status >= 0)
        return run.history;
    hone_internal_history_free(run.history);
    return NULL;
}

TEST(a_history_comes_back_with_its_lists_and_gaps)
{
    hone_history *history = make_history();
    hone_config *state = hone_internal_config_map();
    assert_int_equal(hone_internal_state_put_history(state, history), HONE_OK);
    hone_history *again = restore(state);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(again->row_count, 2);
    assert_true(hone_internal_history_one_value(again, "loss", 1) == 1);
    const hone_history_cell *none = hone_internal_history_cell(again, "f1", 0),
                            *cell = hone_internal_history_cell(again, "f1", 1);
    assert_true(none == NULL || !none->given);
    assert_int_equal(cell->list_count, 2);
    assert_true(cell->list[0] == 0.5 && cell->list[1] == 1.25);
    assert_true(again->rows[1].seconds == 1.5 && again->rows[1].learning_rate == 0.01);
    hone_internal_config_free(state);
    hone_internal_history_free(history);
    hone_internal_history_free(again);
}

#define ROW(epoch, values) \
    "{\"epoch\": " epoch ", \"seconds\": 1.0, \"learning_rate\": 0.1, \"values\": " values "}"

static const struct {
    const char *name, *text, *part;
} damaged[] = {
    {"no names", "{\"history\": []}", "\"names\""},
    {"names that are no list", "{\"names\": {}, \"history\": []}", "\"names\""},
    {"a name that is a number", "{\"names\": [1], \"history\": []}", "\"names\""},
    {"no rows", "{\"names\": []}", "\"history\""},
    {"a row that is a number", "{\"names\": [], \"history\": [1]}", "\"epoch\""},
    {"an epoch below 0", "{\"names\": [], \"history\": [" ROW("-1", "[]") "]}", "\"epoch\""},
    {"more values than names", "{\"names\": [\"loss\"], \"history\": [" ROW("0", "[1, 2]") "]}",
     "\"values\""},
    {"values that are no list", "{\"names\": [\"loss\"], \"history\": [" ROW("0", "1") "]}", "\"values\""},
};

TEST_EACH(a_history_is_refused_with, damaged)
{
    hone_config *state = parse(row->text);
    int64_t before = hone_internal_blocks_in_use();
    assert_null(restore(state));
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    if (strstr(hone_error_message(), row->part) == NULL)
        fail_msg("\"%s\" does not name %s", hone_error_message(), row->part);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_internal_config_free(state);
}

TEST(survives_failing_allocations)
{
    hone_history *history = make_history();
    int64_t before = hone_internal_blocks_in_use();
    hone_history *again = NULL;
    for (int64_t n = 0; again == NULL && n < 500; n++) {
        hone_internal_fail_allocations_after(n);
        hone_config *state = hone_internal_config_map();
        if (state != NULL && hone_internal_state_put_history(state, history) >= 0)
            again = restore(state);
        hone_internal_fail_allocations_after(-1);
        hone_internal_config_free(state);
        if (again == NULL)
            assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_non_null(again);
    hone_internal_history_free(again);
    hone_internal_history_free(history);
}
