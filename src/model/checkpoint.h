/* Checkpoints of a fit: DIR/latest.keras, the model with its optimizer, and in further members of the archive all else that the rest of
 * the run depends on: counts, place in the data, sums of the running epoch, callbacks' memory, history. Written aside, synced, renamed: a kill
 * at any moment leaves the last one or the new one. */
#ifndef HONE_MODEL_CHECKPOINT_H
#define HONE_MODEL_CHECKPOINT_H

#include "base/error.h"

/* The file of a folder, to be freed; NULL on failure. */
char *hone_internal_checkpoint_path(const char *folder);
/* Whether the folder holds a checkpoint. */
bool hone_internal_checkpoint_exists(const char *folder);
/* The text of hone_fit_args.checkpoint_identity of a checkpoint's run, or NULL when it had none; to be freed. */
hone_status hone_internal_checkpoint_identity(const char *folder, char **identity);

#endif
