/* The history in a checkpoint: what goes in comes out, and damaged numbers are refused by their place. */
#include "base/memory.h"
#include "testing/test.h"
#include "train/state.h"

#include <math.h>
#include <string.h>

static char path[] = "DIR/latest.keras";

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

/* Reads a history of these names and numbers; NULL when it is refused. */
static hone_history *restore(hone_config *state, const double *numbers, size_t count)
{
    hone_checkpoint checkpoint = {.path = path, .state = state};
    hone_fit_run run = {.checkpoint = &checkpoint, .history = hone_internal_history_create()};
    hone_status status =
        run.history == NULL ? HONE_ERROR_MEMORY : hone_internal_state_give_history(&run, numbers, count);
    hone_internal_arena_free(&run.lists);
    hone_logs_free(&run.logs);
    if (status >= 0)
        return run.history;
    hone_internal_history_free(run.history);
    return NULL;
}

/* What a checkpoint keeps of a history, read again; NULL on failure. */
static hone_history *through(const hone_history *history)
{
    double *numbers = NULL;
    size_t count = 0;
    hone_history *again = NULL;
    hone_config *state = hone_internal_config_map();
    if (state != NULL && hone_internal_state_put_names(state, history) >= 0 &&
        hone_internal_state_history(history, &numbers, &count) >= 0)
        again = restore(state, numbers, count);
    hone_internal_free(numbers);
    hone_internal_config_free(state);
    return again;
}

TEST(it_comes_back_with_its_lists_and_gaps)
{
    hone_history *history = make_history(), *again = through(history);
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
    assert_int_equal(again->rows[1].epoch, 1);
    hone_internal_history_free(history);
    hone_internal_history_free(again);
}

#define ROW(...) (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double)

/* Numbers of a history with the columns "loss" and "f1"; the text that the message has. */
static const struct {
    const char *name;
    const double *numbers;
    size_t count;
    const char *said;
} damaged[] = {
    {"an epoch below 0", ROW(-1, 1, 0.1, 0), "number 1 of 4: expected an epoch"},
    {"an epoch that is a fraction", ROW(0.5, 1, 0.1, 0), "number 1 of 4: expected an epoch"},
    {"an epoch that is not a number", ROW(NAN, 1, 0.1, 0), "number 1 of 4: expected an epoch"},
    {"an end in a row", ROW(0, 1), "number 3 of 2: expected the learning rate"},
    {"more cells than names", ROW(0, 1, 0.1, 3), "number 4 of 4: expected no more cells than names"},
    {"no cell", ROW(0, 1, 0.1, 1), "number 5 of 4: expected the length of a cell"},
    {"a cell of an unknown kind", ROW(0, 1, 0.1, 1, -3), "number 5 of 5: expected the length of a cell"},
    {"no number of a cell", ROW(0, 1, 0.1, 1, -1), "number 6 of 5: expected the number of a cell"},
    {"a list that goes on behind the end", ROW(0, 1, 0.1, 1, 2, 7), "number 6 of 6: expected a list"},
    {"a second row that is cut off", ROW(0, 1, 0.1, 0, 1), "number 6 of 5: expected the seconds"},
};

TEST_EACH(it_is_refused_with, damaged)
{
    static const char text[] = "{\"names\": [\"loss\", \"f1\"]}";
    hone_config *state = hone_internal_json_parse(text, strlen(text), "state");
    assert_non_null(state);
    int64_t before = hone_internal_blocks_in_use();
    assert_null(restore(state, row->numbers, row->count));
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "DIR/latest.keras: hone/history.bin: "));
    if (strstr(hone_error_message(), row->said) == NULL)
        fail_msg("\"%s\" does not say: %s", hone_error_message(), row->said);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_internal_config_free(state);
}

static const struct {
    const char *name, *text;
} wrong_names[] = {
    {"no names", "{}"},
    {"names that are no list", "{\"names\": {}}"},
    {"a name that is a number", "{\"names\": [1]}"},
};

TEST_EACH(a_state_is_refused_with, wrong_names)
{
    hone_config *state = hone_internal_json_parse(row->text, strlen(row->text), "state");
    assert_non_null(state);
    assert_null(restore(state, NULL, 0));
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "\"names\""));
    hone_internal_config_free(state);
}

TEST(survives_failing_allocations)
{
    hone_history *history = make_history();
    int64_t before = hone_internal_blocks_in_use();
    hone_history *again = NULL;
    for (int64_t n = 0; again == NULL && n < 500; n++) {
        hone_internal_fail_allocations_after(n);
        again = through(history);
        hone_internal_fail_allocations_after(-1);
        if (again == NULL)
            assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_non_null(again);
    hone_internal_history_free(again);
    hone_internal_history_free(history);
}
