/* backup_and_restore: checkpoints of the run, which fit keeps and continues from. */
#include "callbacks/callback.h"

#include <string.h>

HONE_FIELD_TABLE(hone_backup_and_restore_args, HONE_BACKUP_AND_RESTORE_FIELDS);

static hone_status check(hone_callback *callback)
{
    const hone_backup_and_restore_args *args = hone_callback_args(callback);
    int64_t every;
    if (args->backup_dir[0] == '\0')
        return hone_fail(HONE_ERROR_ARGUMENT, "backup_dir is empty");
    return hone_internal_callback_frequency("save_freq", args->save_freq, &every);
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    const hone_backup_and_restore_args *args = hone_callback_args(callback);
    int64_t every;
    HONE_TRY(hone_internal_callback_frequency("save_freq", args->save_freq, &every));
    return trainer->keep_checkpoint(trainer->context, args->backup_dir, every);
}

/* An interrupted run is not over. */
static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    (void)logs;
    const hone_backup_and_restore_args *args = hone_callback_args(callback);
    bool interrupted = trainer->stop_reason != NULL && strcmp(trainer->stop_reason, "interrupt") == 0;
    if (interrupted || !args->delete_checkpoint)
        return HONE_OK;
    return trainer->drop_checkpoint(trainer->context, args->backup_dir);
}

const hone_callback_type hone_internal_backup_and_restore_callback = {
    .type = {.name = "backup_and_restore",
             .class_name = "BackupAndRestore",
             .module = "keras.callbacks",
             .summary = "Saves checkpoints of the run and resumes from them.",
             HONE_TYPE_FIELDS(hone_backup_and_restore_args)},
    .check = check,
    .train_begin = train_begin,
    .train_end = train_end,
};
HONE_DEFINE_CALLBACK(backup_and_restore)
