/* Running batches: one place for training, evaluation and prediction. */
#ifndef HONE_TRAIN_RUN_H
#define HONE_TRAIN_RUN_H

#include "base/team.h"
#include "data/flow.h"
#include "train/feed.h"

/* The threads and process-wide settings of a run, taken at its start and given back at its end. */
typedef struct hone_session {
    hone_team *team;
    int shards;               /* of each batch that is trained on (shards.h); 0 and 1: none */
    struct hone_group *group; /* whose ranks have some of the shards each; NULL: all are run here */
    bool shard_optimizer;     /* each rank has a part of the optimizer's state */
    bool traces;              /* what ran when is told to rank 0 at the end */
    bool stops;               /* somebody in the group wants to stop */
} hone_session;
hone_session hone_internal_session_begin(void);
void hone_internal_session_end(hone_session *session);

/* The batches of one sweep over a data set. Arrays in memory are gathered straight into the plan; all others
 * come through a flow, which makes them ahead. */
typedef struct hone_reading {
    hone_dataset *data;
    const int64_t *order;  /* of the samples, or NULL */
    int64_t position, end; /* samples of this sweep that are behind, and all of them */
    int64_t size;          /* of a batch */
    int64_t step, steps;   /* batches of a stream: those behind it, and the last one or HONE_NONE_INTEGER */
    hone_numbers class_weight;
    hone_data_sweep sweep;
    int shards; /* of each batch, of which this rank needs `run`; 0: all of it */
    hone_tree_node run;
    hone_flow *flow;
    bool open;
} hone_reading;
/* From position (step) on; what is set before: data, order, position, size, step, steps, class_weight, sweep.
 */
hone_status hone_internal_reading_begin(hone_reading *reading);
int hone_internal_reading_next(hone_reading *reading, hone_feed *feed); /* 1, 0 at the end, or a status */
void hone_internal_reading_end(hone_reading *reading);                  /* fine when it is not open */
/* The batch size of a data set that says its own, else `size`; and the samples of a sweep: without a
 * remainder that is to be dropped. */
int64_t hone_internal_reading_size(const hone_dataset *data, int64_t size);
int64_t hone_internal_reading_count(const hone_dataset *data, int64_t size);

/* One batch: chooses the pass, feeds it, runs it; in training also the optimizer's counts. `loss` may be
 * NULL; it gets the batch's total loss. */
hone_status hone_internal_run_batch(hone_model *model, hone_session *session, hone_mode mode,
                                    const hone_feed *feed, hone_pass **used, double *loss);
hone_status hone_internal_need_compiled(const hone_model *model, const char *what);
/* New arrays with the outputs of a pass. */
hone_status hone_internal_copy_outputs(const hone_model *model, const hone_pass *pass, int64_t count,
                                       hone_array **outputs);
/* Before training: the optimizer has its slots for the present trainable weights. */
hone_status hone_internal_prepare_training(hone_model *model);
/* Loss and metrics over a data set into logs (added to what is there, under names with `prefix` kept by the
 * history when it is not NULL). */
typedef struct hone_evaluation {
    hone_dataset *data;
    int64_t batch_size, steps; /* steps HONE_NONE_INTEGER: all */
    hone_numbers class_weight;
} hone_evaluation;
/* Weights of classes go with one output, and not with weights of samples. */
hone_status hone_internal_class_weights_fit(const hone_model *model, const hone_dataset *data,
                                            hone_numbers weights);
hone_status hone_internal_evaluate(hone_model *model, hone_session *session,
                                   const hone_evaluation *evaluation);

#endif
