/* The history in a checkpoint: the names of its columns in the state, its rows as numbers in a member of
 * their own. As text, which is dear to write, the rows of three hundred short epochs took as long as their
 * training: each checkpoint has all of them.
 *
 * A row is epoch, seconds, learning rate, the number of its cells, and each cell: NOT_GIVEN, or ONE and a
 * number, or the length of a list and its numbers. */
#include "base/memory.h"
#include "formats/array_files.h"
#include "train/state.h"

#include <math.h>

enum { NOT_GIVEN = -2, ONE = -1, MOST_WHOLE = 1 << 30 };

/* ---- writing ---- */

/* Numbers one after the other; without a place they are only counted. */
typedef struct writing {
    double *place;
    size_t count;
} writing;

static void put(writing *out, double number)
{
    if (out->place != NULL)
        out->place[out->count] = number;
    out->count++;
}

static void put_cell(writing *out, const hone_history_cell *cell)
{
    put(out, !cell->given ? NOT_GIVEN : cell->list == NULL ? ONE : cell->list_count);
    if (cell->given && cell->list == NULL)
        put(out, cell->value);
    for (int i = 0; cell->given && cell->list != NULL && i < cell->list_count; i++)
        put(out, cell->list[i]);
}

static void put_rows(writing *out, const hone_history *history)
{
    for (size_t i = 0; i < history->row_count; i++) {
        const hone_history_row *row = &history->rows[i];
        put(out, (double)row->epoch);
        put(out, row->seconds);
        put(out, row->learning_rate);
        put(out, row->count);
        for (int column = 0; column < row->count; column++)
            put_cell(out, &row->cells[column]);
    }
}

hone_status hone_internal_state_history(const hone_history *history, double **numbers, size_t *count)
{
    writing out = {0};
    put_rows(&out, history);
    out.place = hone_internal_allocate((out.count + 1) * sizeof *out.place);
    if (out.place == NULL)
        return HONE_ERROR_MEMORY;
    out.count = 0;
    put_rows(&out, history);
    *numbers = out.place;
    *count = out.count;
    return HONE_OK;
}

hone_status hone_internal_state_put_names(hone_config *state, const hone_history *history)
{
    HONE_TRY(hone_internal_config_set(state, "names", hone_internal_config_list()));
    hone_config *names = hone_internal_config_get_mutable(state, "names");
    for (int i = 0; i < history->name_count; i++)
        HONE_TRY(hone_internal_config_append(names, hone_internal_config_text(history->names[i])));
    return HONE_OK;
}

/* ---- reading ---- */

typedef struct reading {
    hone_fit_run *run;
    const double *numbers;
    size_t count, at; /* where the next one stands */
} reading;

static hone_status fail_at(const reading *in, const char *expected)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s: number %zu of %zu: expected %s", in->run->checkpoint->path,
                     HONE_HISTORY_MEMBER, in->at + 1, in->count, expected);
}

static hone_status get(reading *in, const char *what, double *number)
{
    *number = 0;
    if (in->at >= in->count)
        return fail_at(in, what);
    *number = in->numbers[in->at++];
    return HONE_OK;
}

static hone_status get_whole(reading *in, const char *what, double least, double most, int64_t *whole)
{
    double number;
    *whole = 0;
    HONE_TRY(get(in, what, &number));
    if (number >= least && number <= most && number == floor(number)) {
        *whole = (int64_t)number;
        return HONE_OK;
    }
    in->at--;
    return fail_at(in, what);
}

static hone_status get_cell(reading *in, const char *name)
{
    hone_fit_run *run = in->run;
    int64_t length;
    double value;
    HONE_TRY(get_whole(in, "the length of a cell", NOT_GIVEN, MOST_WHOLE, &length));
    if (length == NOT_GIVEN)
        return HONE_OK;
    if (length == ONE) {
        HONE_TRY(get(in, "the number of a cell", &value));
        return hone_logs_set(&run->logs, name, value);
    }
    if ((size_t)length > in->count - in->at)
        return fail_at(in, "a list of numbers");
    double *list = hone_internal_arena_allocate(&run->lists, sizeof *list * ((size_t)length + 1));
    if (list == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < length; i++)
        list[i] = in->numbers[in->at++];
    return hone_logs_set_all(&run->logs, name, list, (int)length);
}

static hone_status get_row(reading *in)
{
    hone_history *history = in->run->history;
    int64_t epoch, cells;
    double seconds, rate;
    hone_logs_free(&in->run->logs);
    HONE_TRY(get_whole(in, "an epoch", 0, 0x1p53, &epoch));
    HONE_TRY(get(in, "the seconds of an epoch", &seconds));
    HONE_TRY(get(in, "the learning rate of an epoch", &rate));
    HONE_TRY(get_whole(in, "no more cells than names", 0, history->name_count, &cells));
    for (int64_t i = 0; i < cells; i++)
        HONE_TRY(get_cell(in, history->names[i]));
    return hone_internal_history_add(history, epoch, &in->run->logs, seconds, rate);
}

static hone_status restore_names(hone_fit_run *run)
{
    const hone_config *names;
    HONE_TRY(hone_internal_state_items(run->checkpoint, run->checkpoint->state, "names", &names));
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        if (!hone_internal_config_is(hone_internal_config_at(names, i), HONE_CONFIG_TEXT))
            return hone_internal_state_fail(run->checkpoint, "names");
        if (hone_internal_history_name(run->history, hone_internal_config_text_at(names, i)) == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

hone_status hone_internal_state_give_history(hone_fit_run *run, const double *numbers, size_t count)
{
    reading in = {.run = run, .numbers = numbers, .count = count};
    HONE_TRY(restore_names(run));
    hone_internal_history_forget(run->history); /* of stages before: they are in the checkpoint too */
    while (in.at < in.count)
        HONE_TRY(get_row(&in));
    return HONE_OK;
}

hone_status hone_internal_state_restore_history(hone_fit_run *run)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    void *data;
    size_t bytes;
    if (!hone_internal_zip_has(checkpoint->archive, HONE_HISTORY_MEMBER))
        return hone_fail(HONE_ERROR_FORMAT, "%s: has no %s", checkpoint->path, HONE_HISTORY_MEMBER);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, HONE_HISTORY_MEMBER, SIZE_MAX, &data, &bytes));
    hone_internal_little_endian(data, bytes / sizeof(double), sizeof(double));
    hone_status status = bytes % sizeof(double) == 0
                             ? hone_internal_state_give_history(run, data, bytes / sizeof(double))
                             : hone_fail(HONE_ERROR_FORMAT, "%s: %s has %zu bytes, expected a multiple of 8",
                                         checkpoint->path, HONE_HISTORY_MEMBER, bytes);
    hone_internal_free(data);
    return status;
}
