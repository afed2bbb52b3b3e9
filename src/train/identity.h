/* Which run a checkpoint is of: all that decides what training computes, as a map of names and values. */
#ifndef HONE_TRAIN_IDENTITY_H
#define HONE_TRAIN_IDENTITY_H

#include "train/fit.h"

hone_status hone_internal_run_identity(hone_fit_run *run, hone_config **identity);
/* Of the model and the settings, without reading the data: what ranks of a group must have in common. */
hone_status hone_internal_run_settings_hash(hone_fit_run *run, uint64_t *hash);
/* HONE_ERROR_STATE, naming the first that differs. */
hone_status hone_internal_run_check_identity(const char *path, const hone_config *found,
                                             const hone_config *expected);

#endif
