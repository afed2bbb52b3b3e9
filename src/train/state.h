/* What a checkpoint has beside the model: a state, a tree of numbers (member HONE_STATE_MEMBER of the
 * archive), the sums of the running epoch, and the history. Written and read back part by part. */
#ifndef HONE_TRAIN_STATE_H
#define HONE_TRAIN_STATE_H

#include "callbacks/weights_copy.h"
#include "formats/formats.h"
#include "train/fit.h"

#define HONE_STATE_MEMBER "hone/state.json"
#define HONE_SUMS_MEMBER "hone/sums.bin"
#define HONE_CARRIED_MEMBER "hone/carried.bin"
#define HONE_HISTORY_MEMBER "hone/history.bin"

struct hone_checkpoint {
    char *folder, *path;
    int64_t every;
    hone_config *identity;    /* of this run */
    hone_zip_reader *archive; /* of the checkpoint to continue from, until that is done; else NULL */
    hone_config *state;
};

/* Numbers of the state; reading one that is missing, of another kind or too small fails with its key. */
hone_status hone_internal_state_put_integer(hone_config *map, const char *key, int64_t value);
hone_status hone_internal_state_put_number(hone_config *map, const char *key, double value);
hone_status hone_internal_state_integer(const hone_checkpoint *checkpoint, const hone_config *map,
                                        const char *key, int64_t lowest, int64_t *value);
hone_status hone_internal_state_number(const hone_checkpoint *checkpoint, const hone_config *map,
                                       const char *key, double *value);
hone_status hone_internal_state_items(const hone_checkpoint *checkpoint, const hone_config *map,
                                      const char *key, const hone_config **items); /* of a list */
hone_status hone_internal_state_fail(const hone_checkpoint *checkpoint, const char *key);

/* The shapes of targets, which the metrics of a running epoch are made for; the sums, to be freed, and back.
 */
hone_status hone_internal_state_put_targets(hone_config *state, const hone_model *model);
hone_status hone_internal_state_sums(hone_model *model, double **sums, size_t *count);
hone_status hone_internal_state_restore_sums(hone_fit_run *run);

/* The names of the history's columns; its rows as numbers (state_history.c), to be freed, and back. */
hone_status hone_internal_state_put_names(hone_config *state, const hone_history *history);
hone_status hone_internal_state_history(const hone_history *history, double **numbers, size_t *count);
hone_status hone_internal_state_give_history(hone_fit_run *run, const double *numbers, size_t count);
hone_status hone_internal_state_restore_history(hone_fit_run *run);

/* The states that layers carry from batch to batch (state_carried.c); the numbers, to be freed, and back. */
hone_status hone_internal_state_put_carried(hone_config *state, const hone_model *model);
hone_status hone_internal_state_carried(const hone_model *model, float **data, size_t *count);
hone_status hone_internal_state_restore_carried(hone_fit_run *run);

/* The memory of callbacks; the weights that one keeps (NULL: it is not of that kind) and the name of their
 * member. */
hone_status hone_internal_state_put_callbacks(hone_config *state, const hone_callback_list *list);
hone_status hone_internal_state_restore_callbacks(hone_fit_run *run);
hone_weights_copy **hone_internal_state_kept(hone_callback *callback);
void hone_internal_state_kept_member(size_t index, char *name, size_t size);

#endif
