/* Events of a training, its history as CSV, its curves. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "charts/curves.h"
#include "formats/csv.h"
#include "record.h"
#include "train/history.h"

#include <math.h>
#include <string.h>
#include <time.h>

double cli_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- events ---- */

static bool is_validation(const char *name)
{
    return strncmp(name, "val_", 4) == 0;
}

/* What a row has under a name; NULL when the epoch had nothing: one without validation. A history holds NaN
 * for both none and NaN. */
static const hone_history_cell *look_up(const hone_history *history, int64_t frequency, const char *name,
                                        int64_t row)
{
    static const hone_history_cell nan = {.value = NAN};
    const hone_history_cell *cell = hone_internal_history_cell(history, name, row);
    if (cell != NULL && (cell->list != NULL || !isnan(cell->value)))
        return cell;
    bool validated = (hone_history_epoch(history, row) + 1) % frequency == 0;
    return !is_validation(name) || validated ? &nan : NULL;
}

static void put(bool *good, hone_config *map, const char *key, hone_config *value)
{
    if (hone_internal_config_set(map, key, value) < 0)
        *good = false;
}

/* loss, then the other numbers of training, then those of validation. */
static void put_numbers(bool *good, hone_config *map, const hone_history *history, int64_t frequency,
                        int64_t row)
{
    for (int validation = 0; validation < 2; validation++) {
        const char *loss = validation ? "val_loss" : "loss";
        for (int pass = 0; pass < 2; pass++)
            for (int i = 0; i < hone_history_metric_count(history); i++) {
                const char *name = hone_history_name(history, i);
                bool is_loss = strcmp(name, loss) == 0;
                if (is_validation(name) != (validation == 1) || is_loss != (pass == 0) ||
                    strcmp(name, "learning_rate") == 0)
                    continue;
                const hone_history_cell *cell = look_up(history, frequency, name, row);
                if (cell != NULL && cell->list != NULL)
                    put(good, map, name, hone_internal_config_numbers(cell->list, cell->list_count));
                else if (cell != NULL)
                    put(good, map, name, hone_internal_config_number(cell->value));
            }
    }
}

static void tell_epoch(const hone_history *history, int64_t frequency, int64_t row)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    if (good) {
        put(&good, map, "event", hone_internal_config_text("epoch"));
        put(&good, map, "epoch", hone_internal_config_integer(hone_history_epoch(history, row)));
        put(&good, map, "seconds", hone_internal_config_number(hone_history_seconds(history, row)));
        put_numbers(&good, map, history, frequency, row);
        put(&good, map, "learning_rate",
            hone_internal_config_number(hone_history_learning_rate(history, row)));
    }
    if (good) {
        cli_print_json(map);
        return;
    }
    hone_internal_config_free(map);
}

void cli_recorder_tell(cli_recorder *recorder)
{
    const hone_history *history = hone_model_history(recorder->model);
    int64_t rows = hone_history_epoch_count(history);
    for (; recorder->json && recorder->told < rows; recorder->told++)
        tell_epoch(history, recorder->validation_freq, recorder->told);
}

bool cli_recorder_end(const cli_recorder *recorder, const char *stopped_by, const char *output)
{
    const hone_history *history = hone_model_history(recorder->model);
    int64_t best = hone_history_best_epoch(history);
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    if (!good)
        return false;
    put(&good, map, "event", hone_internal_config_text("end"));
    put(&good, map, "epochs", hone_internal_config_integer(hone_history_epoch_count(history)));
    put(&good, map, "seconds", hone_internal_config_number(cli_now() - recorder->begun));
    put(&good, map, "best_epoch",
        best < 0 ? hone_internal_config_null() : hone_internal_config_integer(best));
    put(&good, map, "stopped_by", hone_internal_config_text(stopped_by));
    put(&good, map, "output", hone_internal_config_text(output));
    if (good)
        return cli_print_json(map);
    hone_internal_config_free(map);
    return false;
}

/* ---- the callback ---- */

typedef struct recorder_args {
    hone_args base;
} recorder_args;
static const recorder_args recorder_defaults = {.base = {sizeof recorder_defaults, NULL}};
static const hone_field recorder_fields[] = {{.name = NULL}};

static cli_recorder *recorder_of(hone_callback *callback)
{
    return *(cli_recorder **)hone_callback_state(callback);
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    (void)trainer;
    cli_recorder *recorder = recorder_of(callback);
    if (recorder->keeps_nothing)
        cli_say("there is no --output: the trained model will not be written");
    if (cli_caught_signal() != 0)
        hone_model_stop(recorder->model); /* one that came before the fit had begun */
    return HONE_OK;
}

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    (void)trainer, (void)epoch;
    cli_recorder *recorder = recorder_of(callback);
    const hone_history *history = hone_model_history(recorder->model);
    cli_recorder_tell(recorder);
    if (recorder->history == NULL || hone_history_epoch_count(history) == 0 || cli_now() - recorder->written < 1)
        return HONE_OK;
    recorder->written = cli_now();
    if (cli_write_history(history, recorder->validation_freq, recorder->history) < 0)
        hone_error_clear(); /* the last time counts */
    return HONE_OK;
}

/* In a checkpoint: how many epochs were told of when it was saved. */
static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const cli_recorder *recorder = *(cli_recorder **)hone_callback_state(callback);
    return hone_logs_set(numbers, "rows", (double)hone_history_epoch_count(hone_model_history(recorder->model)));
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    double rows;
    if (hone_logs_get(numbers, "rows", &rows))
        recorder_of(callback)->told = (int64_t)rows;
    return HONE_OK;
}

static const hone_callback_type recorder_type = {.type = {.name = "recorder",
                                                          .class_name = "Recorder",
                                                          .module = "hone",
                                                          .fields = recorder_fields,
                                                          .field_count = 0,
                                                          .args_size = sizeof(recorder_args),
                                                          .defaults = &recorder_defaults},
                                                 .state_bytes = sizeof(cli_recorder *),
                                                 .train_begin = train_begin,
                                                 .epoch_begin = epoch_begin,
                                                 .save = save,
                                                 .restore = restore};

hone_callback *cli_recorder_callback(cli_recorder *recorder)
{
    hone_callback *callback = hone_callback_create(&recorder_type, NULL);
    if (callback != NULL)
        *(cli_recorder **)hone_callback_state(callback) = recorder;
    return callback;
}

/* ---- the history as CSV ---- */

static void append(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

/* Keras's CSVLogger: epoch from 0, then the names in order; NA where an epoch has no such number. */
hone_status cli_write_history(const hone_history *history, int64_t frequency, const char *path)
{
    hone_text text = {.data = NULL};
    hone_csv csv = {.output = append, .context = &text};
    hone_internal_csv_text(&csv, "epoch");
    for (int i = 0; i < hone_history_metric_count(history); i++)
        hone_internal_csv_text(&csv, hone_history_name(history, i));
    hone_internal_csv_end_row(&csv);
    for (int64_t row = 0; row < hone_history_epoch_count(history); row++) {
        hone_internal_csv_integer(&csv, hone_history_epoch(history, row));
        for (int i = 0; i < hone_history_metric_count(history); i++) {
            const hone_history_cell *cell = look_up(history, frequency, hone_history_name(history, i), row);
            if (cell == NULL)
                hone_internal_csv_text(&csv, "NA");
            else if (cell->list != NULL)
                hone_internal_csv_numbers(&csv, cell->list, cell->list_count);
            else
                hone_internal_csv_number(&csv, cell->value);
        }
        hone_internal_csv_end_row(&csv);
    }
    hone_status status =
        text.failed ? HONE_ERROR_MEMORY : hone_internal_file_write_whole(path, text.data, text.length);
    hone_internal_text_free(&text);
    return status;
}
