/* A fit that several processes share: meeting at its start, at the ends of epochs and at its end. Between
 * these they meet in each step, where gradients are added up (shards.h). */
#ifndef HONE_TRAIN_DISTRIBUTE_H
#define HONE_TRAIN_DISTRIBUTE_H

#include "distributed/group.h"
#include "train/fit.h"

/* The group with which a model's fits are shared, or NULL. */
hone_group *hone_internal_model_group(const hone_model *model);
/* Before a fit reads them: arguments as they hold for this rank. A line about shards that were chosen, or "".
 */
hone_status hone_internal_fit_share(const hone_model *model, const hone_dataset *data, hone_fit_args *args,
                                    char *line, size_t size);
/* All have the same weights, settings and build, and start at the same step. */
hone_status hone_internal_fit_meet(hone_fit_run *run);
/* All have the same weights at the end of an epoch. */
hone_status hone_internal_fit_compare(hone_fit_run *run);
/* All end, or are told why this one fails; `status` is passed on. */
hone_status hone_internal_fit_part(hone_fit_run *run, hone_status status);
/* In the midst of an epoch: when others were lost, what all had done is saved before the failure is passed
 * on; not where the lost had a part of the optimizer's state. */
hone_status hone_internal_fit_rescue(hone_fit_run *run, hone_status status);
/* The shards of this rank; all where the fit is not shared. */
hone_tree_node hone_internal_fit_run_of(const hone_fit_run *run);
/* The rows of a batch that are here: of one that is made ahead, those of this rank. */
hone_feed hone_internal_fit_rows_of(const hone_fit_run *run, const hone_feed *feed);
/* What a rank says of a step. */
hone_group_word hone_internal_step_word(const hone_model *model, int64_t rows);
/* Somebody wants this fit to stop. */
bool hone_internal_fit_interrupted(const hone_fit_run *run);

#endif
