/* Events of a training, and its history as CSV kept up to date. */
#include "record.h"
#include "json.h"

#include <hone/doctor.h>
#include <hone/extend.h>
#include <stdlib.h>
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

/* An epoch without validation has no val_loss. */
static void put_values(cli_json *json, const hone_history *history, const char *name, int64_t row)
{
    double few[64], *values = few;
    int count = hone_history_values(history, name, row, few, 64);
    if (count > 64 && (values = malloc(sizeof *values * (size_t)count)) != NULL)
        hone_history_values(history, name, row, values, count);
    if (count > 0 && values != NULL && hone_history_is_list(history, name, row))
        cli_json_numbers(json, name, values, count);
    else if (count > 0 && values != NULL)
        cli_json_number(json, name, values[0]);
    if (values != few)
        free(values);
}

/* loss, then the other numbers of training, then those of validation. */
static void put_numbers(cli_json *json, const hone_history *history, int64_t row)
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
                put_values(json, history, name, row);
            }
    }
}

static void tell_epoch(const hone_history *history, int64_t row)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "epoch");
    cli_json_integer(&json, "epoch", hone_history_epoch(history, row));
    cli_json_number(&json, "seconds", hone_history_seconds(history, row));
    put_numbers(&json, history, row);
    cli_json_number(&json, "learning_rate", hone_history_learning_rate(history, row));
    cli_json_print(&json);
}

void cli_recorder_tell(cli_recorder *recorder)
{
    const hone_history *history = hone_model_history(recorder->model);
    int64_t rows = hone_history_epoch_count(history);
    for (; recorder->json && recorder->told < rows; recorder->told++)
        tell_epoch(history, recorder->told);
}

int cli_recorder_end(const cli_recorder *recorder, const char *stopped_by, const char *output)
{
    const hone_history *history = hone_model_history(recorder->model);
    int64_t best = hone_history_best_epoch(history);
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "end");
    cli_json_integer(&json, "epochs", hone_history_epoch_count(history));
    cli_json_number(&json, "seconds", cli_now() - recorder->begun);
    if (best < 0)
        cli_json_text(&json, "best_epoch", NULL);
    else
        cli_json_integer(&json, "best_epoch", best);
    cli_json_text(&json, "stopped_by", stopped_by);
    cli_json_text(&json, "output", output);
    return cli_json_print(&json);
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
    recorder->begun = recorder->written = cli_now();
    cli_guard(recorder->model);
    return HONE_OK;
}

static void tell_finding(const hone_finding *finding, int64_t epoch)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "event", "doctor");
    cli_json_integer(&json, "epoch", epoch);
    cli_json_integer(&json, "step", finding->step);
    cli_json_text(&json, "id", finding->id);
    cli_json_text(&json, "layer", finding->layer[0] == '\0' ? NULL : finding->layer);
    cli_json_text(&json, "title", finding->title);
    cli_json_text(&json, "message", finding->message);
    cli_json_print(&json);
}

/* What the doctor found since the last call: its first two are findings, more are notes. */
static void tell_findings(cli_recorder *recorder, int64_t epoch)
{
    const hone_diagnosis *diagnosis = hone_doctor_diagnosis(recorder->doctor);
    int first = hone_diagnosis_count(diagnosis), all = first + hone_diagnosis_note_count(diagnosis);
    for (; recorder->json && recorder->found < all; recorder->found++)
        tell_finding(recorder->found < first ? hone_diagnosis_at(diagnosis, recorder->found)
                                             : hone_diagnosis_note_at(diagnosis, recorder->found - first),
                     epoch);
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)logs;
    cli_recorder *recorder = recorder_of(callback);
    tell_findings(recorder, epoch);
    if (cli_given_integer(recorder->stop_after) && epoch + 1 >= recorder->stop_after &&
        epoch + 1 < hone_trainer_epoch_count(trainer))
        hone_trainer_stop(trainer, "interrupt"); /* its checkpoint can be continued */
    return HONE_OK;
}

/* The page of the doctor, or its numbers, of which hone report makes one. */
static hone_status write_diagnosis(const hone_diagnosis *diagnosis, const char *path)
{
    if (!cli_ends_with(path, ".json"))
        return hone_diagnosis_report(diagnosis, path);
    char *json = hone_diagnosis_json(diagnosis);
    hone_status status = json == NULL ? hone_error_status() : hone_write_file(path, json, strlen(json));
    hone_free(json);
    return status;
}

static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    cli_recorder *recorder = recorder_of(callback);
    const hone_diagnosis *diagnosis = hone_doctor_diagnosis(recorder->doctor);
    (void)trainer, (void)logs;
    return recorder->doctor_page == NULL || diagnosis == NULL
               ? HONE_OK
               : write_diagnosis(diagnosis, recorder->doctor_page);
}

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    (void)trainer, (void)epoch;
    cli_recorder *recorder = recorder_of(callback);
    const hone_history *history = hone_model_history(recorder->model);
    cli_recorder_tell(recorder);
    if (recorder->history == NULL || hone_history_epoch_count(history) == 0 ||
        cli_now() - recorder->written < 1)
        return HONE_OK;
    recorder->written = cli_now();
    if (hone_history_save(history, recorder->history) < 0)
        hone_error_clear(); /* the last time counts */
    return HONE_OK;
}

/* In a checkpoint: how many epochs were told of when it was saved. */
static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const cli_recorder *recorder = *(cli_recorder **)hone_callback_state(callback);
    return hone_logs_set(numbers, "rows",
                         (double)hone_history_epoch_count(hone_model_history(recorder->model)));
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    cli_recorder *recorder = recorder_of(callback);
    double rows;
    if (!hone_logs_get(numbers, "rows", &rows))
        return HONE_OK;
    recorder->told = (int64_t)rows;
    if (cli_given_integer(recorder->stop_after) && recorder->told >= recorder->stop_after)
        hone_model_stop(recorder->model); /* so far it was trained before */
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
                                                 .epoch_end = epoch_end,
                                                 .train_end = train_end,
                                                 .save = save,
                                                 .restore = restore};

hone_callback *cli_recorder_callback(cli_recorder *recorder)
{
    hone_callback *callback = hone_callback_create(&recorder_type, NULL);
    if (callback != NULL)
        *(cli_recorder **)hone_callback_state(callback) = recorder;
    return callback;
}
