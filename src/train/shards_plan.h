/* Inside of shards.c: the plans of shards and of the update, and where their numbers lie in a bundle. */
#ifndef HONE_TRAIN_SHARDS_PLAN_H
#define HONE_TRAIN_SHARDS_PLAN_H

#include "distributed/exchange.h"
#include "kernels/collect.h"
#include "train/optimizer_parts.h"
#include "train/shards.h"
#include <stdatomic.h>

/* What runs one shard at a time. */
typedef struct hone_lane {
    atomic_flag busy;
    hone_pass_store store;
    hone_pass *passes[2];     /* for the batch at hand: of the smaller shards, of the larger ones */
    hone_variable **copies;   /* of what forward passes write */
    double *sums;             /* of losses and metrics, of one shard */
    hone_collected collected; /* where its gradients go */
} hone_lane;

/* A run of doubles that losses or a metric add to. */
typedef struct hone_sums_run {
    double *address;
    size_t count, place; /* in the sums of a bundle */
} hone_sums_run;

/* The plan that takes the floats of all shards: it updates the weights, or adds to their accumulators. */
typedef struct hone_shards_update {
    hone_plan *plan;
    hone_value *gradients, *moved; /* one block */
    hone_value penalty;            /* of the weights; HONE_NO_VALUE: there is none */
} hone_shards_update;

struct hone_shards {
    hone_model *model;
    int count;
    hone_lane *lanes;
    int lane_count;
    size_t *places;        /* in the floats of a bundle: of the gradient of each variable of the optimizer */
    bool *given;           /* whether there is one */
    bool *trained;         /* whether the variable was trainable when this was made */
    hone_variable **moved; /* what forward passes write; retained */
    size_t *moved_places;
    int moved_count;
    hone_sums_run *runs;
    size_t run_count;
    size_t float_count, sum_count; /* of a bundle */
    hone_collection *collection;
    hone_exchange *exchange;       /* with the ranks of a group; NULL: there is none */
    bool meets;                    /* shards have sums over all of them on the way: a lane each */
    struct hone_meeting *meeting;  /* once they did */
    bool in_parts;                 /* the optimizer's state is in parts over a group */
    hone_optimizer_parts *parts;   /* then; else NULL */
    hone_bundle *sum;              /* for what others made, where this rank made nothing */
    hone_shards_update updates[2]; /* [1]: the one that updates */
};

/* With plans for a batch like this one and the next update; NULL on failure. */
hone_shards *hone_internal_shards_ready(hone_model *model, const hone_session *session,
                                        const hone_feed *feed);
/* A shard of a batch runs on a lane. Its plan there, by its rows: */
hone_pass *hone_internal_lane_pass(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                   int shard);
/* gives the plan its rows; before it runs claims a place for what it makes; and takes that afterwards. */
hone_status hone_internal_lane_feed(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                    int shard);
hone_status hone_internal_lane_begin(const hone_shards *shards, hone_lane *lane, const hone_feed *feed,
                                     int shard, hone_claim *claim);
hone_status hone_internal_lane_end(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                   int shard, const hone_claim *claim);

/* A number of the shard, with those of the nodes in front of it. */
static inline float hone_internal_claim_add(const hone_claim *claim, size_t place, float sum)
{
    for (int k = claim->count; k-- > 0;)
        sum = claim->from[k]->floats[place] + sum;
    return sum;
}

/* shards_update.c: the plan of the next update is there; it runs, reading from a bundle, and returns the
 * penalty of the weights before it. */
hone_status hone_internal_shards_ready_update(hone_shards *shards, const hone_session *session);
double hone_internal_shards_update_weights(hone_shards *shards, const hone_bundle *bundle, hone_team *team,
                                           uint64_t number);
void hone_internal_shards_free_update(hone_shards_update *update);
/* With parts: the weights of the others, and what forward passes write, from the bundle of all. */
void hone_internal_shards_take_results(const hone_shards *shards, const hone_bundle *bundle);
/* Adds what losses and metrics of a batch come to; the total loss of the batch. */
double hone_internal_shards_add_sums(const hone_shards *shards, const hone_bundle *bundle, double penalty,
                                     int64_t rows);

#endif
