/* Checkpoints of a fit: writing them, and going on from them. identity.c says which run one is of. */
#include "train/checkpoint.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "callbacks/weights_copy.h"
#include "files/files.h"
#include "formats/formats.h"
#include "train/identity.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct hone_checkpoint {
    char *folder, *path;
    int64_t every;
    hone_config *identity;    /* of this run */
    hone_zip_reader *archive; /* of the checkpoint to go on from, until that is done; else NULL */
    hone_config *state;
};

enum { VERSION = 1 };
static const char state_member[] = "hone/state.json", sums_member[] = "hone/sums.bin";

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

/* ---- parts of the state ---- */

static hone_status put_integer(hone_config *map, const char *key, int64_t value)
{
    return hone_internal_config_set(map, key, hone_internal_config_integer(value));
}
static hone_status put_number(hone_config *map, const char *key, double value)
{
    return hone_internal_config_set(map, key, hone_internal_config_number(value));
}

static hone_status fail_part(const hone_checkpoint *checkpoint, const char *part)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s: \"%s\" is missing or wrong", checkpoint->path, state_member,
                     part);
}

static hone_status get_integer(const hone_checkpoint *checkpoint, const hone_config *map, const char *key,
                               int64_t lowest, int64_t *value)
{
    const hone_config *found = hone_internal_config_get(map, key);
    *value = 0;
    if (!hone_internal_config_is(found, HONE_CONFIG_INTEGER) ||
        hone_internal_config_as_integer(found) < lowest)
        return fail_part(checkpoint, key);
    *value = hone_internal_config_as_integer(found);
    return HONE_OK;
}

static hone_status get_number(const hone_checkpoint *checkpoint, const hone_config *map, const char *key,
                              double *value)
{
    const hone_config *found = hone_internal_config_get(map, key);
    *value = 0;
    if (found == NULL || (!hone_internal_config_is(found, HONE_CONFIG_INTEGER) &&
                          !hone_internal_config_is(found, HONE_CONFIG_NUMBER)))
        return fail_part(checkpoint, key);
    *value = hone_internal_config_as_number(found);
    return HONE_OK;
}

static hone_status get_items(const hone_checkpoint *checkpoint, const hone_config *map, const char *key,
                             const hone_config **items)
{
    *items = hone_internal_config_get(map, key);
    return *items != NULL && hone_internal_config_is((*items), HONE_CONFIG_LIST) ? HONE_OK
                                                                                 : fail_part(checkpoint, key);
}

/* ---- sums of the running epoch: loss, each output's loss, metrics ---- */

/* Visits each run of doubles. */
typedef void sums_visitor(void *context, double *sums, size_t count);
static void visit_sums(hone_model *model, sums_visitor *visit, void *context)
{
    hone_compiled *compiled = &model->compiled;
    visit(context, compiled->state, 2);
    for (int i = 0; i < compiled->output_count; i++)
        visit(context, compiled->outputs[i].state, 2);
    for (size_t i = 0; i < compiled->entry_count; i++)
        visit(context, compiled->entries[i].metric->state, (size_t)compiled->entries[i].metric->state_count);
}

static void count_sums(void *context, double *sums, size_t count)
{
    (void)sums;
    *(size_t *)context += count;
}
static void take_sums(void *context, double *sums, size_t count)
{
    double **next = context;
    if (count > 0)
        memcpy(*next, sums, count * sizeof(double));
    *next += count;
}
static void give_sums(void *context, double *sums, size_t count)
{
    const double **next = context;
    if (count > 0)
        memcpy(sums, *next, count * sizeof(double));
    *next += count;
}

/* The shapes of the targets that the metrics were made for. */
static hone_status put_targets(hone_config *state, const hone_model *model)
{
    hone_config *targets = hone_internal_config_list();
    for (int i = 0; targets != NULL && i < model->compiled.output_count; i++) {
        hone_shape shape = model->compiled.targets[i];
        hone_config *sizes = hone_internal_config_list();
        hone_status status = sizes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
        for (int axis = 0; axis < shape.rank && status >= 0; axis++)
            status = hone_internal_config_append(sizes, hone_internal_config_integer(shape.size[axis]));
        if (status < 0 || hone_internal_config_append(targets, sizes) < 0) {
            if (status < 0)
                hone_internal_config_free(sizes);
            hone_internal_config_free(targets);
            return HONE_ERROR_MEMORY;
        }
    }
    return hone_internal_config_set(state, "targets", targets);
}

static hone_status get_target(const hone_checkpoint *checkpoint, const hone_config *sizes, hone_shape *shape)
{
    if (!hone_internal_config_is(sizes, HONE_CONFIG_LIST) ||
        hone_internal_config_count(sizes) > HONE_MAX_RANK)
        return fail_part(checkpoint, "targets");
    shape->rank = (int)hone_internal_config_count(sizes);
    for (size_t axis = 0; axis < hone_internal_config_count(sizes); axis++) {
        const hone_config *size = hone_internal_config_at(sizes, axis);
        if (!hone_internal_config_is(size, HONE_CONFIG_INTEGER) ||
            hone_internal_config_as_integer(size) < HONE_ANY)
            return fail_part(checkpoint, "targets");
        shape->size[axis] = hone_internal_config_as_integer(size);
    }
    return HONE_OK;
}

/* The metrics as they were made for the targets of the checkpoint. */
static hone_status restore_targets(hone_fit_run *run, const hone_config *targets)
{
    size_t count = hone_internal_config_count(targets);
    if (count != (size_t)run->model->compiled.output_count)
        return fail_part(run->checkpoint, "targets");
    hone_shape *shapes = hone_internal_allocate_zeroed(count, sizeof *shapes);
    hone_status status = shapes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = get_target(run->checkpoint, hone_internal_config_at(targets, i), &shapes[i]);
    if (status >= 0)
        status = hone_internal_compiled_make_metrics(run->model, shapes);
    hone_internal_free(shapes);
    return status;
}

static hone_status restore_sums(hone_fit_run *run)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    const hone_config *targets;
    void *data;
    size_t bytes, count = 0;
    HONE_TRY(get_items(checkpoint, checkpoint->state, "targets", &targets));
    HONE_TRY(restore_targets(run, targets));
    visit_sums(run->model, count_sums, &count);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, sums_member, count * sizeof(double), &data, &bytes));
    const double *next = data;
    hone_status status = bytes == count * sizeof(double)
                             ? HONE_OK
                             : hone_fail(HONE_ERROR_FORMAT, "%s: %s has %zu bytes, expected %zu",
                                         checkpoint->path, sums_member, bytes, count * sizeof(double));
    if (status >= 0)
        visit_sums(run->model, give_sums, &next);
    hone_internal_free(data);
    return status;
}

/* ---- history ---- */

static hone_config *cell_to_config(const hone_history_cell *cell)
{
    if (!cell->given)
        return hone_internal_config_null();
    return cell->list != NULL ? hone_internal_config_numbers(cell->list, cell->list_count)
                              : hone_internal_config_number(cell->value);
}

static hone_config *history_row(const hone_history_row *row)
{
    hone_config *map = hone_internal_config_map(), *values = hone_internal_config_list();
    hone_status status = map == NULL || values == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < row->count && status >= 0; i++)
        status = hone_internal_config_append(values, cell_to_config(&row->cells[i]));
    if (status >= 0)
        status = put_integer(map, "epoch", row->epoch);
    if (status >= 0)
        status = put_number(map, "seconds", row->seconds);
    if (status >= 0)
        status = put_number(map, "learning_rate", row->learning_rate);
    if (status >= 0) {
        status = hone_internal_config_set(map, "values", values);
        values = NULL;
    }
    if (status >= 0)
        return map;
    hone_internal_config_free(values);
    hone_internal_config_free(map);
    return NULL;
}

static hone_status put_history(hone_config *state, const hone_history *history)
{
    HONE_TRY(hone_internal_config_set(state, "names", hone_internal_config_list()));
    HONE_TRY(hone_internal_config_set(state, "history", hone_internal_config_list()));
    hone_config *names = hone_internal_config_get_mutable(state, "names"),
                *rows = hone_internal_config_get_mutable(state, "history");
    for (int i = 0; i < history->name_count; i++)
        HONE_TRY(hone_internal_config_append(names, hone_internal_config_text(history->names[i])));
    for (size_t i = 0; i < history->row_count; i++)
        HONE_TRY(hone_internal_config_append(rows, history_row(&history->rows[i])));
    return HONE_OK;
}

static hone_status get_cell(hone_fit_run *run, hone_logs *logs, const char *name, const hone_config *value)
{
    if (!hone_internal_config_present(value))
        return HONE_OK;
    if (!hone_internal_config_is(value, HONE_CONFIG_LIST))
        return hone_logs_set(logs, name, hone_internal_config_as_number(value));
    double *list =
        hone_internal_arena_allocate(&run->lists, sizeof *list * hone_internal_config_count(value));
    if (list == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < hone_internal_config_count(value); i++)
        list[i] = hone_internal_config_as_number(hone_internal_config_at(value, i));
    return hone_logs_set_all(logs, name, list, (int)hone_internal_config_count(value));
}

static hone_status get_row(hone_fit_run *run, const hone_config *map)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    hone_logs *logs = &run->logs;
    int64_t epoch;
    double seconds, rate;
    const hone_config *values;
    hone_logs_free(logs);
    HONE_TRY(get_integer(checkpoint, map, "epoch", 0, &epoch));
    HONE_TRY(get_number(checkpoint, map, "seconds", &seconds));
    HONE_TRY(get_number(checkpoint, map, "learning_rate", &rate));
    HONE_TRY(get_items(checkpoint, map, "values", &values));
    if (hone_internal_config_count(values) > (size_t)run->history->name_count)
        return fail_part(checkpoint, "values");
    for (size_t i = 0; i < hone_internal_config_count(values); i++)
        HONE_TRY(get_cell(run, logs, run->history->names[i], hone_internal_config_at(values, i)));
    return hone_internal_history_add(run->history, epoch, logs, seconds, rate);
}

static hone_status restore_history(hone_fit_run *run)
{
    const hone_checkpoint *checkpoint = run->checkpoint;
    const hone_config *names, *rows;
    HONE_TRY(get_items(checkpoint, checkpoint->state, "names", &names));
    HONE_TRY(get_items(checkpoint, checkpoint->state, "history", &rows));
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        if (!hone_internal_config_is(hone_internal_config_at(names, i), HONE_CONFIG_TEXT))
            return fail_part(checkpoint, "names");
        if (hone_internal_history_name(run->history, hone_internal_config_text_at(names, i)) == NULL)
            return HONE_ERROR_MEMORY;
    }
    for (size_t i = 0; i < hone_internal_config_count(rows); i++)
        HONE_TRY(get_row(run, hone_internal_config_at(rows, i)));
    return HONE_OK;
}

/* ---- callbacks: their numbers, and the weights that they keep ---- */

static hone_weights_copy **kept_by(hone_callback *callback)
{
    return callback->type->kept_weights == NULL ? NULL : callback->type->kept_weights(callback);
}

static hone_config *callback_memory(const hone_callback *callback)
{
    hone_logs numbers = {0};
    hone_log log;
    hone_config *map = hone_internal_config_map();
    if (map == NULL)
        return NULL;
    hone_status status = callback->type->save == NULL ? HONE_OK : callback->type->save(callback, &numbers);
    for (int i = 0; status >= 0 && (log = hone_logs_at(&numbers, i)).name != NULL; i++)
        status = put_number(map, log.name, log.values[0]);
    hone_logs_free(&numbers);
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status put_callbacks(hone_config *state, const hone_callback_list *list)
{
    HONE_TRY(hone_internal_config_set(state, "callbacks", hone_internal_config_list()));
    hone_config *items = hone_internal_config_get_mutable(state, "callbacks");
    for (size_t i = 0; list != NULL && i < list->count; i++)
        HONE_TRY(hone_internal_config_append(items, callback_memory(list->items[i])));
    return HONE_OK;
}

static void kept_member(size_t index, char *name, size_t size)
{
    snprintf(name, size, "hone/kept_weights_%zu.bin", index);
}

static hone_status restore_kept(hone_fit_run *run, size_t index, hone_weights_copy **kept)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    char name[64];
    void *data;
    size_t bytes;
    kept_member(index, name, sizeof name);
    if (!hone_internal_zip_has(checkpoint->archive, name))
        return HONE_OK;
    *kept = hone_trainer_copy_weights(&run->trainer, *kept);
    if (*kept == NULL)
        return hone_error_status();
    size_t expected = (*kept)->floats * sizeof(float);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, name, expected, &data, &bytes));
    if (bytes == expected && bytes > 0)
        memcpy((*kept)->data, data, bytes);
    hone_internal_free(data);
    if (bytes == expected)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s has %zu bytes, expected %zu", checkpoint->path, name, bytes,
                     expected);
}

static hone_status restore_numbers(hone_fit_run *run, hone_callback *callback, const hone_config *memory)
{
    hone_logs numbers = {0};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(memory) && status >= 0; i++)
        status = hone_logs_set(&numbers, hone_internal_config_key(memory, i),
                               hone_internal_config_as_number(hone_internal_config_at(memory, i)));
    if (status >= 0) {
        hone_internal_error_push(NULL, callback->type->type.name);
        status = callback->type->restore(callback, &numbers);
        hone_internal_error_pop();
    }
    hone_logs_free(&numbers);
    return status < 0 ? hone_internal_error_in(status, run->checkpoint->path) : HONE_OK;
}

static hone_status restore_callback(hone_fit_run *run, size_t index, const hone_config *memory)
{
    hone_callback *callback = run->callbacks->items[index];
    if (!hone_internal_config_is(memory, HONE_CONFIG_MAP))
        return fail_part(run->checkpoint, "callbacks");
    if (callback->type->restore != NULL)
        HONE_TRY(restore_numbers(run, callback, memory));
    hone_weights_copy **kept = kept_by(callback);
    return kept == NULL ? HONE_OK : restore_kept(run, index, kept);
}

static hone_status restore_callbacks(hone_fit_run *run)
{
    const hone_config *items;
    HONE_TRY(get_items(run->checkpoint, run->checkpoint->state, "callbacks", &items));
    size_t count = run->callbacks == NULL ? 0 : run->callbacks->count;
    if (hone_internal_config_count(items) != count)
        return fail_part(run->checkpoint, "callbacks");
    for (size_t i = 0; i < count; i++)
        HONE_TRY(restore_callback(run, i, hone_internal_config_at(items, i)));
    return HONE_OK;
}

/* ---- saving ---- */

/* Ctrl-C is no end of the run. */
static const char *end_of(const hone_fit_run *run)
{
    const char *reason = run->trainer.stopped ? run->trainer.stop_reason : NULL;
    return reason != NULL && strcmp(reason, "interrupt") == 0 ? NULL : reason;
}

static hone_status put_place(hone_config *state, const hone_fit_run *run, bool inside)
{
    const hone_model *model = run->model;
    const hone_optimizer *optimizer = model->compiled.optimizer;
    HONE_TRY(put_integer(state, "version", VERSION));
    HONE_TRY(put_integer(state, "epoch", inside ? run->epoch : run->epoch + 1));
    HONE_TRY(put_integer(state, "batches", inside ? run->done : -1));
    HONE_TRY(put_integer(state, "position", run->position));
    HONE_TRY(put_number(state, "seconds", hone_internal_now() - run->started));
    HONE_TRY(put_integer(state, "forward_passes", (int64_t)model->forward_passes));
    HONE_TRY(put_integer(state, "epochs_begun", model->epochs_begun));
    HONE_TRY(put_integer(state, "iterations", optimizer->iterations));
    HONE_TRY(put_number(state, "learning_rate", optimizer->learning_rate));
    HONE_TRY(put_number(state, "momentum", hone_internal_optimizer_momentum(optimizer)));
    HONE_TRY(put_integer(state, "swapped", run->swapped));
    HONE_TRY(put_integer(state, "best_epoch", run->trainer.best_epoch));
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
        status = put_targets(state, run->model);
    if (status >= 0)
        status = put_callbacks(state, run->callbacks);
    if (status >= 0)
        status = put_history(state, run->history);
    if (status >= 0)
        return state;
    hone_internal_config_free(state);
    return NULL;
}

/* What goes into the archive beside the model. */
typedef struct members {
    char *state;
    double *sums;
    hone_zip_member *items;
    char (*names)[64]; /* of kept weights */
    size_t count;
} members;

static hone_status add_sums(members *all, hone_fit_run *run)
{
    size_t count = 0;
    visit_sums(run->model, count_sums, &count);
    all->sums = hone_internal_allocate(count * sizeof(double));
    if (all->sums == NULL)
        return HONE_ERROR_MEMORY;
    double *next = all->sums;
    visit_sums(run->model, take_sums, &next);
    all->items[all->count++] = (hone_zip_member){sums_member, all->sums, count * sizeof(double)};
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
    all->items = hone_internal_allocate_zeroed(callbacks + 2, sizeof *all->items);
    all->names = hone_internal_allocate_zeroed(callbacks + 1, sizeof *all->names);
    if (all->state == NULL || all->items == NULL || all->names == NULL)
        return HONE_ERROR_MEMORY;
    all->items[all->count++] = (hone_zip_member){state_member, all->state, strlen(all->state)};
    if (inside)
        HONE_TRY(add_sums(all, run));
    for (size_t i = 0; i < callbacks; i++) {
        hone_weights_copy **kept = kept_by(run->callbacks->items[i]);
        if (kept == NULL || *kept == NULL)
            continue;
        kept_member(i, all->names[i], sizeof all->names[i]);
        all->items[all->count++] =
            (hone_zip_member){all->names[i], (*kept)->data, (*kept)->floats * sizeof(float)};
    }
    return HONE_OK;
}

hone_status hone_internal_checkpoint_save(hone_fit_run *run, bool inside)
{
    if (run->checkpoint == NULL)
        return HONE_OK;
    members all = {0};
    hone_status status = collect(&all, run, inside);
    if (status >= 0)
        status = hone_internal_model_save_archive(run->model, run->checkpoint->path, 0, all.items, all.count);
    hone_internal_free(all.state);
    hone_internal_free(all.sums);
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
    if (!hone_internal_zip_has(checkpoint->archive, state_member))
        return hone_fail(HONE_ERROR_FORMAT, "%s: is not a checkpoint: it has no %s", checkpoint->path,
                         state_member);
    HONE_TRY(hone_internal_zip_read(checkpoint->archive, state_member, hone_internal_limits.json_bytes, &text,
                                    &bytes));
    checkpoint->state = hone_internal_json_parse(text, bytes, checkpoint->path);
    hone_internal_free(text);
    if (checkpoint->state == NULL)
        return hone_error_status();
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "version", 0, &version));
    if (version == VERSION)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: is a checkpoint of version %lld; expected %d", checkpoint->path,
                     (long long)version, VERSION);
}

static hone_status open_folder(hone_fit_run *run, bool resume)
{
    hone_checkpoint *checkpoint = run->checkpoint;
    HONE_TRY(hone_make_folder(checkpoint->folder));
    hone_internal_folder_sweep(checkpoint->folder);
    HONE_TRY(hone_check_writable(checkpoint->path));
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
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "iterations", 0, &optimizer->iterations));
    HONE_TRY(get_number(checkpoint, checkpoint->state, "learning_rate", &rate));
    HONE_TRY(get_number(checkpoint, checkpoint->state, "momentum", &momentum));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "forward_passes", 0, &passes));
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
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "epoch", 0, &run->epoch));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "batches", -1, &run->done));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "position", 0, &run->position));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "epochs_begun", 0, &run->model->epochs_begun));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "best_epoch", -1, &run->trainer.best_epoch));
    HONE_TRY(get_integer(checkpoint, checkpoint->state, "swapped", 0, &swapped));
    HONE_TRY(get_number(checkpoint, checkpoint->state, "seconds", &seconds));
    run->inside = run->done >= 0;
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
    HONE_TRY(restore_history(run));
    HONE_TRY(restore_callbacks(run));
    HONE_TRY(restore_place(run));
    if (run->inside)
        HONE_TRY(restore_sums(run));
    close_archive(checkpoint);
    return HONE_OK;
}
