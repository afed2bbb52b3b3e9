/* Tables whose columns are brought to mean 0 and deviation 1. */
#ifndef HONE_READERS_STANDARDIZE_H
#define HONE_READERS_STANDARDIZE_H

#include "data/dataset.h"

/* The table behind these data is to be standardized, and has not been yet. */
bool hone_internal_dataset_unstandardized(const hone_dataset *dataset);
/* Standardizes it by the statistics of these samples: the training part. Once: later calls do nothing. */
hone_status hone_internal_dataset_standardize(const hone_dataset *train);

/* HONE_ERROR_STATE when that is still to come: these data are no training data. */
hone_status hone_internal_dataset_need_standard(const hone_dataset *dataset);

#endif
