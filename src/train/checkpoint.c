/* Checkpoints of a fit: writing them, and continuing from them. identity.c says which run one is of. */
#include "train/checkpoint.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "files/files.h"
#include "formats/array_files.h"
#include "train/distribute.h"
#include "train/identity.h"
#include "train/shards.h"
#include "train/state.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION = 2 };

/* ---- folders ---- */

char *hone_internal_checkpoint_path(const char *folder)
{
    return hone_internal_format("%s/latest.keras", folder);
}

bool hone_internal_checkpoint_exists(const char *folder)
{
    struct stat found;
    char *path = hone_internal_checkpoint_path(folder);
    bool exists = path != NULL && stat(path, &found) == 0;
    hone_internal_free(path);
    return exists;
}

hone_status hone_internal_checkpoint_remove(const char *folder)
{
    char *path = hone_internal_checkpoint_path(folder);
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    int failed = unlink(path) != 0 && errno != ENOENT;
    hone_status status =
        failed ? hone_fail(HONE_ERROR_FILE, "%s: cannot remove the file: %s", path, strerror(errno))
               : HONE_OK;
    hone_internal_free(path);
    if (status >= 0)
        rmdir(folder); /* others' files may be in it */
    return status;
}

/* ---- saving ---- */

/* Ctrl-C is not an end of the run. */
static const char *end_of(const hone_fit_run *run)
{
    const char *reason = run->trainer.stopped ? run->trainer.stop_reason : NULL;
    return reason != NULL && strcmp(reason, "interrupt") == 0 ? NULL : reason;
}

static hone_status put_place(hone_config *state, const hone_fit_run *run, bool inside)
{
    const hone_model *model = run->model;
    const hone_optimizer *optimizer = model->compiled.optimizer;
    HONE_TRY(hone_internal_state_put_integer(state, "version", VERSION));
    HONE_TRY(hone_internal_state_put_integer(state, "epoch", inside ? run->epoch : run->epoch + 1));
    HONE_TRY(hone_internal_state_put_integer(state, "batches", inside ? run->done : -1));
    HONE_TRY(hone_internal_state_put_integer(state, "position", run->position));
    HONE_TRY(hone_internal_state_put_number(state, "seconds", hone_internal_now() - run->started));
    HONE_TRY(hone_internal_state_put_integer(state, "forward_passes", (int64_t)model->forward_passes));
    HONE_TRY(hone_internal_state_put_integer(state, "epochs_begun", model->epochs_begun));
    HONE_TRY(hone_internal_state_put_integer(state, "iterations", optimizer->iterations));
    HONE_TRY(hone_internal_state_put_number(state, "learning_rate", optimizer->learning_rate));
    HONE_TRY(hone_internal_state_put_number(state, "momentum", hone_internal_optimizer_momentum(optimizer)));
    HONE_TRY(hone_internal_state_put_integer(state, "swapped", run->swapped));
    HONE_TRY(hone_internal_state_put_integer(state, "best_epoch", run->trainer.best_epoch));
    return hone_internal_config_set(state, "stopped_by", hone_internal_config_text(end_of(run)));
}

static hone_config *make_state(hone_fit_run *run, bool inside)
{
    hone_config *state = hone_internal_config_map();
    if (state == NULL)
        return NULL;
    hone_status status =
        hone_internal_config_set(state, "run", hone_internal_config_copy(run->checkpoint->identity));
    if (status >= 0)
        status = put_place(state, run, inside);
    if (status >= 0)
        status = hone_internal_state_put_targets(state, run->model);
    if (status >= 0)
        status = hone_internal_state_put_carried(state, run->model);
    if (status >= 0)
        status = hone_internal_state_put_callbacks(state, run->callbacks);
    if (status >= 0)
        status = hone_internal_state_put_names(state, run->history);
    if (status >= 0)
        return state;
    hone_internal_config_free(state);
    return NULL;
}

/* What goes into the archive, as every file little-endian, beside the model. */
typedef struct members {
    char *state;
    double *sums, *history;
    float *carried;
    hone_zip_member *items;
    char (*names)[64]; /* of kept weights */
    size_t count;
} members;

static hone_status add_sums(members *all, hone_fit_run *run)
{
    size_t count;
    HONE_TRY(hone_internal_state_sums(run->model, &all->sums, &count));
    hone_internal_little_endian(all->sums, count, sizeof(double));
    all->items[all->count++] = (hone_zip_member){HONE_SUMS_MEMBER, all->sums, count * sizeof(double)};
    return HONE_OK;
}

static hone_status add_carried(members *all, hone_fit_run *run)
{
    size_t count;
    HONE_TRY(hone_internal_state_carried(run->model, &all->carried, &count));
    hone_internal_little_endian(all->carried, count, sizeof(float));
    if (count > 0)
        all->items[all->count++] =
            (hone_zip_member){HONE_CARRIED_MEMBER, all->carried, count * sizeof(float)};
    return HONE_OK;
}

static hone_status add_history(members *all, hone_fit_run *run)
{
    size_t count;
    HONE_TRY(hone_internal_state_history(run->history, &all->history, &count));
    hone_internal_little_endian(all->history, count, sizeof(double));
    all->items[all->count++] = (hone_zip_member){HONE_HISTORY_MEMBER, all->history, count * sizeof(double)};
    return HONE_OK;
}

static hone_status collect(members *all, hone_fit_run *run, bool inside)
{
    size_t callbacks = run->callbacks == NULL ? 0 : run->callbacks->count;
    hone_config *state = make_state(run, inside);
    if (state == NULL)
        return hone_error_status();
    all->state = hone_internal_config_to_json(state, false);
    hone_internal_config_free(state);
    all->items = hone_internal_allocate_zeroed(callbacks + 4, sizeof *all->items);
    all->names = hone_internal_allocate_zeroed(callbacks + 1, sizeof *all->names);
    if (all->state == NULL || all->items == NULL || all->names == NULL)
        return HONE_ERROR_MEMORY;
    all->items[all->count++] = (hone_zip_member){HONE_STATE_MEMBER, all->state, strlen(all->state)};
    if (inside)
        HONE_TRY(add_sums(all, run));
    HONE_TRY(add_carried(all, run));
    HONE_TRY(add_history(all, run));
    for (size_t i = 0; i < callbacks; i++) {
        hone_weights_copy **kept = hone_internal_state_kept(run->callbacks->items[i]);
        if (kept == NULL || *kept == NULL)
            continue;
        hone_internal_state_kept_member(i, all->names[i], sizeof all->names[i]);
        all->items[all->count++] =
            (hone_zip_member){all->names[i], (*kept)->data, (*kept)->floats * sizeof(float)};
    }
    return HONE_OK;
}

/* Kept weights, which may be large, become the file's bytes where they are, and numbers again after that. */
static void turn_kept(const hone_callback_list *list)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        hone_weights_copy **kept = hone_internal_state_kept(list->items[i]);
        if (kept != NULL && *kept != NULL)
            hone_internal_little_endian((*kept)->data, (*kept)->floats, sizeof(float));
    }
}

hone_status hone_internal_checkpoint_save(hone_fit_run *run, bool inside)
{
    if (run->checkpoint == NULL)
        return HONE_OK;
    if (run->session.shard_optimizer)
        HONE_TRY(hone_internal_shards_gather(run->model));
    if (!hone_group_writes(hone_internal_model_group(run->model)))
        return HONE_OK;
    members all = {0};
    hone_status status = collect(&all, run, inside);
    turn_kept(run->callbacks);
    if (status >= 0)
        status = hone_internal_model_save_archive(run->model, run->checkpoint->path, 0, all.items, all.count);
    turn_kept(run->callbacks);
    hone_internal_free(all.state);
    hone_internal_free(all.sums);
    hone_internal_free(all.carried);
    hone_internal_free(all.history);
    hone_internal_free(all.items);
    hone_internal_free(all.names);
    return status;
}

hone_status hone_internal_checkpoint_batch(hone_fit_run *run)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    if (checkpoint == NULL || checkpoint->every <= 0)
        return HONE_OK;
    if (run->model->compiled.optimizer->iterations % checkpoint->every != 0)
        return HONE_OK;
    return hone_internal_checkpoint_save(run, true);
}

/* ---- going on ---- */

static hone_status read_state(hone_checkpoint *checkpoint)
{
    void *text;
    size_t bytes;
    int64_t version;
    checkpoint->archive = hone_internal_zip_open(checkpoint->path);
    if (checkpoint->archive == NULL)
        return hone_error_status();
    if (!hone_internal_zip_has(checkpoint->archive, HONE_STATE_MEMBER))
        return hone_fail(HONE_ERROR_FORMAT, "%s: is not a checkpoint: it has no %s", checkpoint->path,
                         HONE_STATE_MEMBER);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, HONE_STATE_MEMBER, hone_internal_limits.json_bytes,
                                    &text, &bytes));
    checkpoint->state = hone_internal_json_parse(text, bytes, checkpoint->path);
    hone_internal_free(text);
    if (checkpoint->state == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "version", 0, &version));
    if (version == VERSION)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: is a checkpoint of version %lld; expected %d", checkpoint->path,
                     (long long)version, VERSION);
}

static hone_status open_folder(hone_fit_run *run, bool resume)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    if (run->trainer.rank == 0) {
        HONE_TRY(hone_make_folder(checkpoint->folder));
        hone_internal_folder_sweep(checkpoint->folder);
        HONE_TRY(hone_check_writable(checkpoint->path));
    }
    HONE_TRY(hone_internal_run_identity(run, &checkpoint->identity));
    if (!hone_internal_checkpoint_exists(checkpoint->folder))
        return HONE_OK;
    if (!resume)
        return hone_fail(
            HONE_ERROR_STATE,
            "%s: a checkpoint already exists: resume from it, remove it, or choose another folder",
            checkpoint->path);
    HONE_TRY(read_state(checkpoint));
    return hone_internal_run_check_identity(
        checkpoint->path, hone_internal_config_get(checkpoint->state, "run"), checkpoint->identity);
}

hone_status hone_internal_checkpoint_open(hone_fit_run *run, const char *folder, int64_t every, bool resume)
{
    if (run->checkpoint != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "a fit keeps only one checkpoint, in %s",
                         run->checkpoint->folder);
    if (every < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "checkpoint_every must be at least 0, not %lld",
                         (long long)every);
    hone_checkpoint *checkpoint = hone_internal_allocate_zeroed(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return HONE_ERROR_MEMORY;
    run->checkpoint = checkpoint;
    checkpoint->every = every;
    checkpoint->folder = hone_internal_copy_text(folder);
    checkpoint->path = hone_internal_checkpoint_path(folder);
    return checkpoint->folder == NULL || checkpoint->path == NULL ? HONE_ERROR_MEMORY
                                                                  : open_folder(run, resume);
}

static void close_archive(hone_checkpoint *checkpoint)
{
    if (checkpoint->archive != NULL)
        hone_internal_zip_close(checkpoint->archive);
    hone_internal_config_free(checkpoint->state);
    checkpoint->archive = NULL;
    checkpoint->state = NULL;
}

void hone_internal_checkpoint_close(hone_fit_run *run)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    if (checkpoint == NULL)
        return;
    close_archive(checkpoint);
    hone_internal_config_free(checkpoint->identity);
    hone_internal_free(checkpoint->folder);
    hone_internal_free(checkpoint->path);
    hone_internal_free(checkpoint);
    run->checkpoint = NULL;
}

static hone_status restore_optimizer(hone_fit_run *run)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    hone_optimizer *optimizer = run->model->compiled.optimizer;
    double rate, momentum;
    int64_t passes;
    HONE_TRY(
        hone_internal_state_integer(checkpoint, checkpoint->state, "iterations", 0, &optimizer->iterations));
    HONE_TRY(hone_internal_state_number(checkpoint, checkpoint->state, "learning_rate", &rate));
    if (!(rate >= 0 && rate <= (double)FLT_MAX))
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: " HONE_STATE_MEMBER ": learning_rate: expected 0 to %g, received %g",
                         checkpoint->path, (double)FLT_MAX, rate);
    HONE_TRY(hone_internal_state_number(checkpoint, checkpoint->state, "momentum", &momentum));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "forward_passes", 0, &passes));
    optimizer->learning_rate = rate;
    run->model->forward_passes = (uint64_t)passes;
    bool same = isnan(momentum) || momentum == hone_internal_optimizer_momentum(optimizer);
    return same ? HONE_OK : hone_internal_optimizer_set_momentum(optimizer, momentum);
}

static hone_status restore_place(hone_fit_run *run)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    double seconds;
    int64_t swapped;
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "epoch", 0, &run->epoch));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "batches", -1, &run->done));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "position", 0, &run->position));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "epochs_begun", 0,
                                         &run->model->epochs_begun));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "best_epoch", -1,
                                         &run->trainer.best_epoch));
    HONE_TRY(hone_internal_state_integer(checkpoint, checkpoint->state, "swapped", 0, &swapped));
    HONE_TRY(hone_internal_state_number(checkpoint, checkpoint->state, "seconds", &seconds));
    run->inside = run->done >= 0;
    if (run->inside && run->order != NULL && run->model->epochs_begun < 1)
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: " HONE_STATE_MEMBER
                         ": epochs_begun: expected at least 1 within an epoch, received %lld",
                         checkpoint->path, (long long)run->model->epochs_begun);
    run->swapped = swapped != 0;
    run->started = hone_internal_now() - seconds;
    if (run->model->epochs_begun > 0)
        hone_internal_fit_shuffle(run);
    const char *reason = hone_internal_config_get_text(checkpoint->state, "stopped_by");
    if (reason == NULL)
        return HONE_OK;
    run->kept_reason = hone_internal_copy_text(reason);
    if (run->kept_reason == NULL)
        return HONE_ERROR_MEMORY;
    hone_trainer_stop(&run->trainer, run->kept_reason);
    return HONE_OK;
}

hone_status hone_internal_checkpoint_restore(hone_fit_run *run)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    if (checkpoint == NULL || checkpoint->state == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_model_load_training(run->model, checkpoint->path));
    HONE_TRY(restore_optimizer(run));
    HONE_TRY(hone_internal_state_restore_history(run));
    HONE_TRY(hone_internal_state_restore_callbacks(run));
    HONE_TRY(restore_place(run));
    HONE_TRY(hone_internal_state_restore_carried(run));
    if (run->inside)
        HONE_TRY(hone_internal_state_restore_sums(run));
    close_archive(checkpoint);
    return HONE_OK;
}
