/* Passes: what one batch runs, planned for its shapes and mode, and kept with the model for the next batch
 * like it; beside them, what else a model keeps of its training. */
#ifndef HONE_TRAIN_PASS_H
#define HONE_TRAIN_PASS_H

#include "model/model.h"
#include "ops/collect.h"
#include "ops/ids.h"
#include "plan/plan.h"
#include "train/history.h"

/* TRAIN: a training step with its update. ACCUMULATE: one that only adds to the gradients. GRADIENTS: forward
 * and gradients, kept. SHARD: the same for some rows of a batch (shards.h). TEST: loss and metrics. PREDICT:
 * the outputs. DRAW: the outputs as in training, for Monte Carlo. */
typedef enum hone_mode {
    HONE_MODE_TRAIN,
    HONE_MODE_ACCUMULATE,
    HONE_MODE_GRADIENTS,
    HONE_MODE_SHARD,
    HONE_MODE_TEST,
    HONE_MODE_PREDICT,
    HONE_MODE_DRAW
} hone_mode;
static inline bool hone_internal_mode_has_targets(hone_mode mode)
{
    return mode < HONE_MODE_PREDICT;
}

typedef struct hone_pass {
    hone_plan *plan;
    hone_mode mode;
    bool weighted;
    int64_t batch;
    int64_t whole;           /* of a shard: the rows of its batch; else 0 */
    hone_shape weight_shape; /* (batch), or that and the axes of what a sample's parts weigh */
    hone_shape *input_shapes, *target_shapes; /* these and the next by the model's inputs and outputs */
    hone_value *inputs, *targets, weight, loss, *outputs, *input_gradients;
    hone_coded_ids ids;    /* which inputs hold codes of ids */
    hone_value *gradients; /* of the optimizer's variables; in mode GRADIENTS. Of a shard: which there are */
    hone_collected *collected; /* of a shard, as in its key */
    const size_t *places;
    uint64_t used; /* for keeping the few used last */
    bool bound;    /* of a shard: its plan writes to where its lane wants it */
} hone_pass;
/* Room for the model's inputs and outputs, unless there is. */
hone_status hone_internal_pass_room(hone_pass *pass, const hone_model *model);
void hone_internal_pass_free(hone_pass *pass);
/* For passes of one's own, by mode and batch: the shapes, then the model from its inputs to its outputs, and
 * the targets, without a loss. */
hone_status hone_internal_pass_record(hone_model *model, hone_graph *graph, hone_pass *pass,
                                      const hone_dataset *data);

/* pass_record.c: all that a pass of its mode runs; the model and the targets alone. Shapes are filled in. */
hone_status hone_internal_pass_record_batch(hone_model *model, hone_graph *graph, hone_pass *pass,
                                            const hone_dataset *data);
/* Of each output the first axis must be that of the samples. */
hone_status hone_internal_pass_check_rows(const hone_model *model, const hone_graph *graph,
                                          const hone_pass *pass);
hone_status hone_internal_pass_record_ends(hone_model *model, hone_graph *graph, hone_pass *pass,
                                           const hone_dataset *data);

/* After a run: HONE_ERROR_DATA where integers went beyond what floats tell apart. */
hone_status hone_internal_pass_check_whole(const hone_pass *pass);

enum { HONE_KEPT_PASSES = 8 };

/* The passes used last. */
typedef struct hone_pass_store {
    hone_pass passes[HONE_KEPT_PASSES];
    hone_pass wanted; /* the one that is looked for */
    uint64_t clock;   /* of the passes' use */
} hone_pass_store;
void hone_internal_pass_store_clear(hone_pass_store *store);

typedef struct hone_shards hone_shards;

/* What is behind model->training. */
typedef struct hone_kept_training {
    hone_training base;
    hone_pass_store store;
    struct hone_group *group; /* whose ranks share the fits; NULL: nobody does */
    hone_shards *shards;      /* how batches are trained by shards; NULL: none was */
    bool measured;            /* passes are measured: hone_model_profile_begin */
    hone_history *history;    /* of the last fit; NULL: none */
    bool goes_on;             /* the next fit adds to it */
} hone_kept_training;
/* Made when there is none; NULL on failure. */
hone_kept_training *hone_internal_model_training(hone_model *model);

/* What a pass is for. */
typedef struct hone_pass_key {
    hone_mode mode;
    int64_t batch, whole;
    bool weighted;
    const hone_dataset *data;
    const hone_batch *arrays; /* or NULL */
    /* Of a shard: where gradients go, and the place of each variable's there. */
    hone_collected *collected;
    const size_t *places;
} hone_pass_key;
/* The pass for a batch of these shapes, kept or made. Shapes have the batch's size in front. NULL on failure.
 */
hone_pass *hone_internal_model_pass(hone_model *model, hone_mode mode, const hone_dataset *data,
                                    int64_t batch, bool weighted, const hone_batch *arrays);
/* The same in another store. Metrics must be made: hone_internal_pass_prepare, which may drop all plans. */
hone_pass *hone_internal_store_pass(hone_model *model, hone_pass_store *store, const hone_pass_key *key);
hone_status hone_internal_pass_prepare(hone_model *model, const hone_pass_key *key);
/* The penalties of the trainable weights, added to `total`, which may be HONE_NO_VALUE, as the result then is
 * where there are none. */
hone_value hone_internal_pass_weight_penalties(hone_model *model, hone_graph *graph, hone_value total);
/* The gradients of a loss, scaled for the optimizer, in its variables, and in `inputs`: room for all. */
hone_status hone_internal_pass_differentiate(hone_model *model, hone_graph *graph, hone_value loss,
                                             const hone_value *inputs, int input_count,
                                             hone_value *gradients);

#endif
