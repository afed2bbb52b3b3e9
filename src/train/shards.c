/* Training on a batch in shards.
 *
 * A shard's plan makes the gradient of its part of the batch's loss. What a forward pass writes beside that
 * (moving statistics, vectors of power iterations) goes into copies, of which the mean over the rows becomes
 * the new value; what metrics add up goes into sums of the shard. Floats and sums are added over the shards,
 * and the update's plan takes them from there. */
#include "train/shards.h"
#include "base/float_mode.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/trace.h"
#include "distributed/exchange.h"
#include "train/distribute.h"
#include "train/shards_plan.h"
#include "train/shards_together.h"

#include <pthread.h>
#include <string.h>

/* One training step. */
typedef struct shards_step {
    hone_shards *shards;
    const hone_feed *feed;
    hone_tree_node run; /* of shards that are run here */
    uint64_t number;    /* that random numbers depend on */
    pthread_mutex_t lock;
    int failed; /* the first shard that did; `count` of them: none */
    hone_failure failure;
} shards_step;

static bool has_failed(shards_step *step, int shard)
{
    pthread_mutex_lock(&step->lock);
    const bool failed = step->failed < shard;
    pthread_mutex_unlock(&step->lock);
    return failed;
}

static void note_failure(shards_step *step, int shard)
{
    pthread_mutex_lock(&step->lock);
    if (shard < step->failed) {
        step->failed = shard;
        hone_internal_error_take(&step->failure);
    }
    pthread_mutex_unlock(&step->lock);
}

/* A lane that nobody uses, the thread's own first: there are as many as threads that may run shards at once.
 */
static hone_lane *enter_lane(hone_shards *shards, int thread)
{
    for (int i = thread;; i++) {
        hone_lane *lane = &shards->lanes[i % shards->lane_count];
        if (!atomic_flag_test_and_set(&lane->busy))
            return lane;
    }
}

static hone_status run_on(shards_step *step, hone_lane *lane, int shard)
{
    const hone_shards *shards = step->shards;
    hone_claim claim;
    HONE_TRY(hone_internal_lane_feed(shards, lane, step->feed, shard));
    HONE_TRY(hone_internal_lane_begin(shards, lane, step->feed, shard, &claim));
    const hone_pass *pass = hone_internal_lane_pass(shards, lane, step->feed, shard);
    hone_internal_plan_run(pass->plan, NULL, step->number);
    return hone_internal_lane_end(shards, lane, step->feed, shard, &claim);
}

static void run_shard(void *context, int64_t tile, int thread)
{
    shards_step *step = context;
    const int shard = step->run.begin + (int)tile, count = step->shards->count;
    if (hone_internal_tree_absent(step->feed->count, count, (hone_tree_node){shard, shard + 1}) ||
        has_failed(step, shard))
        return;
    hone_lane *lane = enter_lane(step->shards, thread);
    if (run_on(step, lane, shard) < 0)
        note_failure(step, shard);
    atomic_flag_clear(&lane->busy);
}

static hone_status run_all(shards_step *step, hone_team *team)
{
    hone_internal_collection_begin(step->shards->collection, step->feed->count, step->run);
    pthread_mutex_init(&step->lock, NULL);
    step->failed = step->shards->count;
    const hone_float_mode before = hone_internal_float_mode_begin();
    hone_internal_team_run(team, run_shard, step, step->run.end - step->run.begin);
    hone_internal_float_mode_set(before);
    pthread_mutex_destroy(&step->lock);
    return step->failed < step->shards->count ? hone_internal_error_raise(&step->failure) : HONE_OK;
}

/* What this process's shards made, and all others; NULL on failure. */
static hone_bundle *add_up(const shards_step *step, hone_session *session)
{
    hone_shards *shards = step->shards;
    hone_bundle *parts[HONE_MOST_PARTS];
    for (int i = 0; i < HONE_MOST_PARTS; i++)
        parts[i] = hone_internal_collection_part(shards->collection, i);
    if (session->group == NULL)
        return parts[0];
    if (parts[0] == NULL && shards->sum == NULL)
        shards->sum = hone_internal_collection_take(shards->collection);
    hone_bundle *root = parts[0] != NULL ? parts[0] : shards->sum;
    if (root == NULL)
        return NULL;
    const hone_group_word word = hone_internal_step_word(shards->model, step->feed->count);
    const int64_t begun = hone_internal_nanoseconds();
    const hone_float_mode before = hone_internal_float_mode_begin();
    const hone_status status =
        shards->parts != NULL
            ? hone_internal_exchange_collect(shards->exchange, &word, parts, root, session->team)
            : hone_internal_exchange_add(shards->exchange, &word, parts, root, session->team);
    hone_internal_float_mode_set(before);
    hone_internal_trace_event("exchange of gradients", "ranks", begun, hone_internal_nanoseconds());
    session->stops = session->stops || (hone_internal_group_flags(session->group) & HONE_FLAG_STOP) != 0;
    return status < 0 ? NULL : root;
}

/* Each rank has updated its part of the weights. */
static hone_status join_parts(const shards_step *step, hone_bundle *root)
{
    hone_shards *shards = step->shards;
    const hone_group_word word = hone_internal_step_word(shards->model, step->feed->count);
    if (shards->parts == NULL)
        return HONE_OK;
    const int64_t begun = hone_internal_nanoseconds();
    hone_internal_parts_pack(shards->parts, root->floats);
    HONE_TRY(hone_internal_exchange_spread(shards->exchange, &word));
    hone_internal_trace_event("exchange of weights", "ranks", begun, hone_internal_nanoseconds());
    hone_internal_shards_take_results(shards, root);
    return HONE_OK;
}

hone_status hone_internal_run_shards(hone_model *model, hone_session *session, const hone_feed *feed,
                                     hone_pass **used, double *loss)
{
    shards_step step = {.feed = feed, .number = model->forward_passes};
    step.shards = hone_internal_shards_ready(model, session, feed);
    if (step.shards == NULL)
        return hone_error_status();
    step.run = session->group == NULL ? (hone_tree_node){0, step.shards->count}
                                      : hone_internal_exchange_run(step.shards->exchange);
    if (used != NULL)
        *used = step.shards->lanes[0].passes[0];
    HONE_TRY(step.shards->meets
                 ? hone_internal_run_together(step.shards, session, feed, step.run, step.number)
                 : run_all(&step, session->team));
    hone_bundle *sum = add_up(&step, session);
    if (sum == NULL)
        return hone_error_status();
    const double penalty = hone_internal_shards_update_weights(step.shards, sum, session->team, step.number);
    HONE_TRY(join_parts(&step, sum));
    const double total = hone_internal_shards_add_sums(step.shards, sum, penalty, feed->count);
    model->forward_passes++;
    if (loss != NULL)
        *loss = total;
    return HONE_OK;
}

int64_t hone_internal_shards_sent(const hone_shards *shards)
{
    return shards->exchange == NULL ? 0 : hone_internal_exchange_bytes(shards->exchange);
}

hone_status hone_internal_shards_gather(hone_model *model)
{
    const hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL)
        return hone_error_status();
    return kept->shards == NULL || kept->shards->parts == NULL
               ? HONE_OK
               : hone_internal_parts_gather(kept->shards->parts, (int64_t)model->forward_passes - 1);
}

/* ---- what cannot be cut ---- */

static hone_status check_layer(const hone_layer *layer)
{
    hone_layer *inner;
    if (hone_internal_layer_flag(layer, "stateful"))
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "shards: the layer \"%s\" carries states from each sample to that of the next batch, which "
            "needs whole batches: shards: 1",
            hone_layer_name(layer));
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(check_layer(inner));
    return HONE_OK;
}

hone_status hone_internal_shards_check(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(check_layer(model->layers[i]));
    return HONE_OK;
}
