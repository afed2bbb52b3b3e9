/* A flow: the batches of a sweep over a data set, in order, made while the last one is used. */
#ifndef HONE_DATA_FLOW_H
#define HONE_DATA_FLOW_H

#include "data/dataset.h"
#include "distributed/tree.h"

typedef struct hone_flow_args {
    hone_dataset *dataset; /* borrowed, as `order` is */
    hone_data_sweep sweep;
    const int64_t *order; /* of the samples; NULL: as they come */
    int64_t begin, end;   /* samples of the order */
    int64_t batch_size;
    int64_t step,
        steps;  /* of a stream: the first batch to ask for, and the one that is not asked for any more */
    int shards; /* of each batch, of which only `run` is made where samples are made one by one; 0: all of it
                 */
    hone_tree_node run;
    int depth; /* batches made ahead by a thread of the flow's own; 0: each when it is asked for */
} hone_flow_args;

typedef struct hone_flow hone_flow;
hone_flow *hone_internal_flow_start(const hone_flow_args *args);
/* 1 and a batch that stays until the next call: `staged`, or `batch` of a stream (the other is NULL). 0 at
 * the end. Below zero: the message of what failed, on whichever thread. */
int hone_internal_flow_next(hone_flow *flow, const hone_made_batch **staged, const hone_batch **batch);
/* Ends the thread, after the batch that it is making. NULL is fine. */
void hone_internal_flow_stop(hone_flow *flow);

/* How many batches are made ahead: what hone_dataset_prefetch said, else 2 to 16 of a set that is read from
 * files, fewer of large ones, and 0 of any other. */
int hone_internal_dataset_depth(const hone_dataset *dataset, int64_t batch_size);

#endif
