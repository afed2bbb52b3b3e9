/* Shards that need sums over all of them on the way (synchronized batch normalisation): they run together, a
 * lane each, from one such sum to the next. */
#ifndef HONE_TRAIN_SHARDS_TOGETHER_H
#define HONE_TRAIN_SHARDS_TOGETHER_H

#include "train/shards_plan.h"

/* Where shards meet: the sums of one stop, added up by the tree. */
typedef struct hone_meeting hone_meeting;
void hone_internal_meeting_free(hone_meeting *meeting); /* accepts NULL */

/* Whether a layer of the model asks for it. */
bool hone_internal_shards_meet(const hone_model *model);
/* All shards of the run of this rank, into the collection. */
hone_status hone_internal_run_together(hone_shards *shards, hone_session *session, const hone_feed *feed,
                                       hone_tree_node run, uint64_t number);

#endif
