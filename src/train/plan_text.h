/* Plans for batches that do not exist. */
#ifndef HONE_TRAIN_PLAN_TEXT_H
#define HONE_TRAIN_PLAN_TEXT_H

#include "train/pass.h"

/* The pass of a batch of this many samples, of the shapes that the model's inputs and losses say; kept with
 * the model like others. NULL on failure: an input with a variable size among them. */
hone_pass *hone_internal_plan_batch(hone_model *model, int64_t batch, hone_mode mode);

#endif
