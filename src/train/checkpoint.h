/* Checkpoints of a fit: DIR/latest.keras, the model with its optimizer, and in further members of the
 * archive all else that the rest of the run depends on: counts, place in the data, sums of the running
 * epoch, callbacks' memory, history. Written aside, synced, renamed: a kill at any moment leaves the last
 * one or the new one. */
#ifndef HONE_TRAIN_CHECKPOINT_H
#define HONE_TRAIN_CHECKPOINT_H

#include "train/fit.h"

/* The fit keeps checkpoints in this folder (made when missing), also after every `every` batches when that
 * is above 0. One that is there is read and checked to be of this run when `resume`, else it is
 * HONE_ERROR_STATE. Before the first batch. */
hone_status hone_internal_checkpoint_open(hone_fit_run *run, const char *folder, int64_t every, bool resume);
/* Puts model, optimizer, callbacks, history and place as they were in the checkpoint that was read; nothing
 * when there is none. After the callbacks' train_begin. */
hone_status hone_internal_checkpoint_restore(hone_fit_run *run);
/* Saves; `inside`: the epoch is not over, its batches up to run->done are. Nothing when the run has no
 * checkpoints. */
hone_status hone_internal_checkpoint_save(hone_fit_run *run, bool inside);
hone_status hone_internal_checkpoint_batch(hone_fit_run *run); /* after each batch: saves when one is due */
void hone_internal_checkpoint_close(hone_fit_run *run);

/* "DIR/latest.keras", to be freed; NULL on failure. */
char *hone_internal_checkpoint_path(const char *folder);
bool hone_internal_checkpoint_exists(const char *folder);
hone_status
hone_internal_checkpoint_remove(const char *folder); /* the file, and the folder when it is then empty */

#endif
