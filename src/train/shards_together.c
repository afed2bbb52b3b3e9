/* Running shards from stop to stop. */
#include "train/shards_together.h"
#include "base/float_mode.h"
#include "base/memory.h"
#include "train/distribute.h"

#include <string.h>

struct hone_meeting {
    hone_collection *collection;
    hone_exchange *exchange; /* NULL without a group */
    size_t floats;           /* of the largest sum */
    hone_bundle *sum;        /* for what others have, where this rank has nothing */
};

typedef struct together {
    hone_shards *shards;
    hone_session *session;
    const hone_feed *feed;
    hone_tree_node run;
    uint64_t number;
    hone_claim *claims; /* of each shard of the run */
    int piece;          /* that runs now: what is behind so many stops */
} together;

/* ---- which models ---- */

static bool layer_meets(const hone_layer *layer)
{
    hone_layer *inner;
    if (hone_internal_layer_flag(layer, "synchronized"))
        return true;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        if (layer_meets(inner))
            return true;
    return false;
}

bool hone_internal_shards_meet(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++)
        if (layer_meets(model->layers[i]))
            return true;
    return false;
}

/* ---- the place of a meeting ---- */

static size_t largest_stop(const hone_plan *plan)
{
    size_t most = 0;
    for (int s = 0; s < plan->step_count; s++)
        if (plan->steps[s].node->op->stops && (size_t)plan->steps[s].items > most)
            most = (size_t)plan->steps[s].items;
    return most;
}

void hone_internal_meeting_free(hone_meeting *meeting)
{
    if (meeting == NULL)
        return;
    if (meeting->sum != NULL)
        hone_internal_collection_give_back(meeting->collection, meeting->sum);
    hone_internal_exchange_free(meeting->exchange);
    hone_internal_collection_free(meeting->collection);
    hone_internal_free(meeting);
}

static hone_status make_meeting(hone_shards *shards, hone_group *group)
{
    hone_meeting *meeting = hone_internal_allocate_zeroed(1, sizeof *meeting);
    if (meeting == NULL)
        return HONE_ERROR_MEMORY;
    meeting->floats = largest_stop(shards->lanes[0].passes[0]->plan);
    meeting->collection = hone_internal_collection_create(shards->count, meeting->floats, 0);
    bool made = meeting->collection != NULL;
    if (made && group != NULL) {
        meeting->exchange =
            hone_internal_exchange_create(group, shards->count, meeting->floats, 0, HONE_EXCHANGE_ALL);
        meeting->sum = hone_internal_collection_take(meeting->collection);
        made = meeting->exchange != NULL && meeting->sum != NULL;
    }
    if (made) {
        shards->meeting = meeting;
        return HONE_OK;
    }
    hone_internal_meeting_free(meeting);
    return HONE_ERROR_MEMORY;
}

/* ---- one shard ---- */

static hone_lane *lane_of(const together *step, int shard)
{
    return &step->shards->lanes[shard - step->run.begin];
}

static hone_claim *claim_of(const together *step, int shard)
{
    return &step->claims[shard - step->run.begin];
}

static hone_plan *plan_of(const together *step, int shard)
{
    return hone_internal_lane_pass(step->shards, lane_of(step, shard), step->feed, shard)->plan;
}

/* Shards with rows, from `shard` on; the end of the run when there are none. */
static int next_shard(const together *step, int shard)
{
    const int64_t rows = step->feed->count;
    const int count = step->shards->count;
    while (shard < step->run.end &&
           hone_internal_tree_absent(rows, count, (hone_tree_node){shard, shard + 1}))
        shard++;
    return shard;
}

/* ---- all of them ---- */

static void run_piece(void *context, int64_t tile, int thread)
{
    const together *step = context;
    const int shard = step->run.begin + (int)tile;
    (void)thread;
    if (next_shard(step, shard) == shard)
        hone_internal_plan_run_piece(plan_of(step, shard), step->number, step->piece);
}

/* This run's sums into the collection. */
static hone_status bring(const together *step, int ordinal)
{
    hone_collection *collection = step->shards->meeting->collection;
    hone_internal_collection_begin(collection, step->feed->count, step->run);
    for (int s = next_shard(step, step->run.begin); s < step->run.end; s = next_shard(step, s + 1)) {
        size_t count;
        const float *x = hone_internal_plan_stop_at(plan_of(step, s), ordinal, &count);
        hone_claim claim;
        HONE_TRY(hone_internal_collection_claim(collection, s, &claim));
        for (size_t i = 0; i < count; i++)
            claim.into->floats[i] = hone_internal_claim_add(&claim, i, x[i]);
        hone_internal_collection_add(collection, &claim);
    }
    return HONE_OK;
}

/* What all have; NULL on failure. */
static const hone_bundle *exchange(const together *step)
{
    hone_meeting *meeting = step->shards->meeting;
    hone_bundle *parts[HONE_MOST_PARTS];
    for (int i = 0; i < HONE_MOST_PARTS; i++)
        parts[i] = hone_internal_collection_part(meeting->collection, i);
    if (meeting->exchange == NULL)
        return parts[0];
    hone_bundle *root = parts[0] != NULL ? parts[0] : meeting->sum;
    hone_group_word word = hone_internal_step_word(step->shards->model, step->feed->count);
    word.kind = HONE_WORD_MOMENTS;
    return hone_internal_exchange_add(meeting->exchange, &word, parts, root, NULL) < 0 ? NULL : root;
}

static hone_status meet(const together *step, int ordinal)
{
    HONE_TRY(bring(step, ordinal));
    const hone_bundle *sum = exchange(step);
    if (sum == NULL)
        return hone_error_status();
    for (int s = next_shard(step, step->run.begin); s < step->run.end; s = next_shard(step, s + 1)) {
        size_t count;
        float *x = hone_internal_plan_stop_at(plan_of(step, s), ordinal, &count);
        memcpy(x, sum->floats, count * sizeof *x);
    }
    return HONE_OK;
}

static hone_status run_pieces(together *step)
{
    const int stops = hone_internal_plan_stops(step->shards->lanes[0].passes[0]->plan);
    for (int k = 0; k <= stops; k++) {
        step->piece = k;
        hone_internal_team_run(step->session->team, run_piece, step, step->run.end - step->run.begin);
        if (k < stops)
            HONE_TRY(meet(step, k));
    }
    return HONE_OK;
}

static hone_status run_begun(together *step)
{
    const hone_tree_node run = step->run;
    for (int s = next_shard(step, run.begin); s < run.end; s = next_shard(step, s + 1))
        HONE_TRY(hone_internal_lane_feed(step->shards, lane_of(step, s), step->feed, s));
    hone_internal_collection_begin(step->shards->collection, step->feed->count, run);
    for (int s = next_shard(step, run.begin); s < run.end; s = next_shard(step, s + 1))
        HONE_TRY(hone_internal_lane_begin(step->shards, lane_of(step, s), step->feed, s, claim_of(step, s)));
    HONE_TRY(run_pieces(step));
    for (int s = next_shard(step, run.begin); s < run.end; s = next_shard(step, s + 1))
        HONE_TRY(hone_internal_lane_end(step->shards, lane_of(step, s), step->feed, s, claim_of(step, s)));
    return HONE_OK;
}

hone_status hone_internal_run_together(hone_shards *shards, hone_session *session, const hone_feed *feed,
                                       hone_tree_node run, uint64_t number)
{
    together step = {.shards = shards, .session = session, .feed = feed, .run = run, .number = number};
    if (shards->meeting == NULL)
        HONE_TRY(make_meeting(shards, session->group));
    step.claims = hone_internal_allocate_zeroed((size_t)(run.end - run.begin) + 1, sizeof *step.claims);
    if (step.claims == NULL)
        return HONE_ERROR_MEMORY;
    const hone_float_mode before = hone_internal_float_mode_begin();
    const hone_status status = run_begun(&step);
    hone_internal_float_mode_set(before);
    hone_internal_free(step.claims);
    return status;
}
