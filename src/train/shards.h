/* Training on a batch in shards: each by a small plan of its rows, one shard a thread at a time; what they
 * make is added up by a tree (distributed/tree.h), and one more plan updates the weights. The bits depend on
 * the number of shards, on nothing else; the memory is that of one shard for each thread. */
#ifndef HONE_TRAIN_SHARDS_H
#define HONE_TRAIN_SHARDS_H

#include "train/run.h"

/* One training step. `used` (may be NULL) gets a pass that holds one of the shards. */
hone_status hone_internal_run_shards(hone_model *model, hone_session *session, const hone_feed *feed,
                                     hone_pass **used, double *loss);
/* Why a model cannot be trained in shards; HONE_OK when it can. */
hone_status hone_internal_shards_check(const hone_model *model);
void hone_internal_shards_free(hone_shards *shards); /* accepts NULL */
/* Where the optimizer's state is in parts: all ranks call it after the same step, and rank 0 has all of it
 * until the next one. */
hone_status hone_internal_shards_gather(hone_model *model);
/* Bytes sent to other ranks. */
int64_t hone_internal_shards_sent(const hone_shards *shards);
/* The passes of one thread, for profiles. */
const hone_pass_store *hone_internal_shards_store(const hone_shards *shards);

#endif
