/* The plans of shards, and where their numbers lie. */
#include "train/shards_plan.h"
#include "base/memory.h"
#include "train/shards_together.h"

#include <string.h>

_Static_assert((int)HONE_MOST_COLLECTED == (int)HONE_MOST_CLAIMED,
               "the kernel takes all that a shard claims");
_Static_assert(1 << (int)HONE_MOST_CLAIMED == (int)HONE_MOST_SHARDS, "one claim for each level of the tree");

/* ---- where numbers lie in a bundle ---- */

/* The next place, whole cache lines from the last. */
static size_t next_place(size_t *used, const hone_variable *variable)
{
    const size_t place = *used, line = HONE_ALIGNMENT / sizeof(float);
    *used += ((size_t)hone_internal_variable_count(variable) + line - 1) / line * line;
    return place;
}

/* Gradients first. */
static hone_status lay_out_gradients(hone_shards *shards)
{
    const hone_optimizer *optimizer = shards->model->compiled.optimizer;
    const int count = hone_optimizer_variable_count(optimizer);
    shards->places = hone_internal_allocate(sizeof *shards->places * (size_t)(count + 1));
    shards->given = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *shards->given);
    shards->trained = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *shards->trained);
    if (shards->places == NULL || shards->given == NULL || shards->trained == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++) {
        shards->places[i] = next_place(&shards->float_count, hone_optimizer_variable(optimizer, i));
        shards->trained[i] = hone_optimizer_variable(optimizer, i)->trainable;
    }
    return HONE_OK;
}

/* What forward passes write, once a pass has shown it. */
static hone_status lay_out(hone_shards *shards, const hone_pass *pass)
{
    const int count = hone_optimizer_variable_count(shards->model->compiled.optimizer);
    shards->moved_places = hone_internal_allocate(sizeof(size_t) * (size_t)(shards->moved_count + 1));
    if (shards->moved_places == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        shards->given[i] = pass->gradients[i] >= 0;
    for (int i = 0; i < shards->moved_count; i++)
        shards->moved_places[i] = next_place(&shards->float_count, shards->moved[i]);
    shards->collection =
        hone_internal_collection_create(shards->count, shards->float_count, shards->sum_count);
    return shards->collection == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static void count_run(void *context, double *sums, size_t count)
{
    (void)sums, (void)count;
    ++*(size_t *)context;
}

static void add_run(void *context, double *sums, size_t count)
{
    hone_shards *shards = context;
    shards->runs[shards->run_count++] = (hone_sums_run){sums, count, shards->sum_count};
    shards->sum_count += count;
}

static hone_status find_runs(hone_shards *shards)
{
    size_t count = 0;
    hone_internal_compiled_visit_sums(shards->model, count_run, &count);
    shards->runs = hone_internal_allocate_zeroed(count + 1, sizeof *shards->runs);
    if (shards->runs == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_compiled_visit_sums(shards->model, add_run, shards);
    return HONE_OK;
}

/* ---- a shard's plan writes into its lane ---- */

/* The place of sums in a bundle, by their address in the model. */
static double *place_of_sums(const hone_shards *shards, const hone_lane *lane, const double *address)
{
    for (size_t i = 0; i < shards->run_count; i++) {
        const hone_sums_run *run = &shards->runs[i];
        if (address >= run->address && address < run->address + run->count)
            return lane->sums + run->place + (address - run->address);
    }
    return NULL;
}

static void move_sums(const hone_shards *shards, const hone_lane *lane, hone_plan *plan)
{
    for (size_t v = 0; v < plan->graph->value_count; v++) {
        const hone_graph_value *value = &plan->graph->values[v];
        double *place =
            value->kind == HONE_VALUE_EXTERNAL ? place_of_sums(shards, lane, value->address) : NULL;
        if (place != NULL)
            hone_internal_plan_place(plan, (hone_value)v, place);
    }
}

static int index_of_moved(const hone_shards *shards, const hone_variable *variable)
{
    for (int i = 0; i < shards->moved_count; i++)
        if (shards->moved[i] == variable)
            return i;
    return -1;
}

/* A variable that the plan writes, or NULL. */
static hone_variable *written_variable(const hone_plan *plan, const hone_step *step, int operand)
{
    if (step->operands[operand] < 0 || !(step->written >> operand & 1))
        return NULL;
    return plan->graph->values[plan->roots[step->operands[operand]]].variable;
}

/* The first pass shows what forward passes write; all of them write the same. */
static hone_status find_moved(hone_shards *shards, const hone_plan *plan)
{
    shards->moved = hone_internal_allocate_zeroed((size_t)plan->variable_count + 1, sizeof(hone_variable *));
    if (shards->moved == NULL)
        return HONE_ERROR_MEMORY;
    for (int s = 0; s < plan->step_count; s++)
        for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
            hone_variable *variable = written_variable(plan, &plan->steps[s], i);
            if (variable != NULL && index_of_moved(shards, variable) < 0)
                shards->moved[shards->moved_count++] = hone_internal_variable_retain(variable);
        }
    return HONE_OK;
}

static hone_status make_copies(const hone_shards *shards, hone_lane *lane)
{
    if (lane->copies != NULL)
        return HONE_OK;
    lane->copies = hone_internal_allocate_zeroed((size_t)shards->moved_count + 1, sizeof(hone_variable *));
    if (lane->copies == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < shards->moved_count; i++) {
        lane->copies[i] =
            hone_internal_variable_create(shards->moved[i]->name, shards->moved[i]->shape, "zeros");
        if (lane->copies[i] == NULL)
            return HONE_ERROR_MEMORY;
    }
    return hone_internal_variables_place(lane->copies, (size_t)shards->moved_count);
}

static hone_status bind(hone_shards *shards, hone_lane *lane, hone_pass *pass)
{
    if (pass->bound)
        return HONE_OK;
    if (shards->moved == NULL)
        HONE_TRY(find_moved(shards, pass->plan));
    HONE_TRY(make_copies(shards, lane));
    move_sums(shards, lane, pass->plan);
    for (size_t v = 0; v < pass->plan->graph->value_count; v++) {
        const hone_variable *variable = pass->plan->graph->values[v].variable;
        const int index = variable == NULL ? -1 : index_of_moved(shards, variable);
        if (index >= 0)
            hone_internal_plan_place(pass->plan, (hone_value)v,
                                     hone_internal_variable_data(lane->copies[index]));
    }
    pass->bound = true;
    return HONE_OK;
}

/* ---- all of them ---- */

static void free_lane(const hone_shards *shards, hone_lane *lane)
{
    hone_internal_pass_store_clear(&lane->store);
    for (int i = 0; lane->copies != NULL && i < shards->moved_count; i++)
        hone_internal_variable_free(lane->copies[i]);
    hone_internal_free(lane->copies);
    hone_internal_free(lane->sums);
}

void hone_internal_shards_free(hone_shards *shards)
{
    if (shards == NULL)
        return;
    for (int i = 0; i < shards->lane_count; i++)
        free_lane(shards, &shards->lanes[i]);
    for (int i = 0; i < 2; i++)
        hone_internal_shards_free_update(&shards->updates[i]);
    for (int i = 0; i < shards->moved_count; i++)
        hone_internal_variable_free(shards->moved[i]);
    if (shards->sum != NULL)
        hone_internal_collection_give_back(shards->collection, shards->sum);
    hone_internal_collection_free(shards->collection);
    hone_internal_exchange_free(shards->exchange);
    hone_internal_parts_free(shards->parts);
    hone_internal_meeting_free(shards->meeting);
    hone_internal_free(shards->lanes);
    hone_internal_free(shards->moved);
    hone_internal_free(shards->places);
    hone_internal_free(shards->given);
    hone_internal_free(shards->trained);
    hone_internal_free(shards->moved_places);
    hone_internal_free(shards->runs);
    hone_internal_free(shards);
}

const hone_pass_store *hone_internal_shards_store(const hone_shards *shards)
{
    return &shards->lanes[0].store;
}

static hone_shards *create(hone_model *model, int count, int lanes)
{
    hone_shards *shards = hone_internal_allocate_zeroed(1, sizeof *shards);
    if (shards == NULL)
        return NULL;
    shards->model = model;
    shards->count = count;
    shards->lanes = hone_internal_allocate_zeroed((size_t)lanes, sizeof *shards->lanes);
    shards->lane_count = shards->lanes == NULL ? 0 : lanes;
    hone_status status = shards->lanes == NULL ? HONE_ERROR_MEMORY : find_runs(shards);
    if (status >= 0)
        status = lay_out_gradients(shards);
    for (int i = 0; i < lanes && status >= 0; i++) {
        shards->lanes[i].sums = hone_internal_allocate_zeroed(shards->sum_count + 1, sizeof(double));
        status = shards->lanes[i].sums == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    }
    if (status >= 0)
        return shards;
    hone_internal_shards_free(shards);
    return NULL;
}

/* Passes for the smaller and the larger shards of the batch. */
static hone_status ready_lane(hone_shards *shards, hone_lane *lane, hone_pass_key key)
{
    const int64_t least = key.whole / shards->count,
                  sizes[2] = {least > 0 ? least : 1, least + (key.whole % shards->count > 0)};
    key.places = shards->places;
    key.collected = &lane->collected;
    for (int i = 0; i < 2; i++) {
        key.batch = sizes[i];
        lane->passes[i] = i > 0 && sizes[1] <= sizes[0]
                              ? lane->passes[0]
                              : hone_internal_store_pass(shards->model, &lane->store, &key);
        if (lane->passes[i] == NULL)
            return hone_error_status();
        HONE_TRY(bind(shards, lane, lane->passes[i]));
        hone_internal_plan_arrange(lane->passes[i]->plan);
    }
    return HONE_OK;
}

/* Metrics in plain C have one state, and functions that know where it is. */
static hone_status check_metrics(const hone_model *model)
{
    for (size_t i = 0; i < model->compiled.entry_count; i++) {
        const hone_metric *metric = model->compiled.entries[i].metric;
        if (metric->type->update == NULL && metric->loss == NULL)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "shards: the metric \"%s\" counts row by row (add_row), which only whole batches can: "
                "shards: 1, or a metric with update",
                metric->name);
    }
    return HONE_OK;
}

/* Passes of other batches would have other gradients than the update takes. */
static bool trains_as_before(const hone_shards *shards)
{
    const hone_optimizer *optimizer = shards->model->compiled.optimizer;
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++)
        if (shards->trained[i] != hone_optimizer_variable(optimizer, i)->trainable)
            return false;
    return true;
}

/* One for each thread, or for each shard that is run here. */
static int lanes_for(const hone_session *session, bool meets)
{
    const hone_tree_node run = hone_internal_shards_of(session->shards, hone_group_ranks(session->group),
                                                       hone_group_rank(session->group));
    const int threads = hone_internal_team_threads(session->team), most = run.end - run.begin;
    return meets || threads > most ? most : threads;
}

static hone_shards *kept_or_made(hone_model *model, const hone_session *session)
{
    hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL)
        return NULL;
    const bool meets = kept->shards != NULL ? kept->shards->meets : hone_internal_shards_meet(model);
    const int lanes = lanes_for(session, meets);
    if (kept->shards != NULL && kept->shards->count == session->shards && kept->shards->lane_count >= lanes &&
        kept->shards->in_parts == session->shard_optimizer && trains_as_before(kept->shards))
        return kept->shards;
    hone_internal_shards_free(kept->shards);
    kept->shards = create(model, session->shards, lanes);
    if (kept->shards != NULL) {
        kept->shards->in_parts = session->shard_optimizer;
        kept->shards->meets = meets;
    }
    return kept->shards;
}

static hone_status deal_optimizer(hone_shards *shards, hone_group *group)
{
    shards->parts = hone_internal_parts_create(shards->model->compiled.optimizer, shards->places,
                                               shards->float_count, group);
    return shards->parts == NULL ? hone_error_status()
                                 : hone_internal_exchange_set_windows(shards->exchange, shards->parts->ends);
}

static hone_status make_ready(hone_shards *shards, const hone_session *session, hone_pass_key key)
{
    for (int i = 0; i < shards->lane_count; i++)
        HONE_TRY(ready_lane(shards, &shards->lanes[i], key));
    if (shards->collection == NULL)
        HONE_TRY(lay_out(shards, shards->lanes[0].passes[0]));
    if (session->group != NULL && shards->exchange == NULL) {
        shards->exchange = hone_internal_exchange_create(session->group, shards->count, shards->float_count,
                                                         shards->sum_count, HONE_EXCHANGE_CHOSEN);
        if (shards->exchange == NULL)
            return HONE_ERROR_MEMORY;
    }
    if (shards->in_parts && shards->parts == NULL)
        HONE_TRY(deal_optimizer(shards, session->group));
    return hone_internal_shards_ready_update(shards, session);
}

/* Of what is half made nothing is kept. */
static void drop(hone_model *model)
{
    hone_kept_training *kept = hone_internal_model_training(model);
    hone_internal_shards_free(kept->shards);
    kept->shards = NULL;
}

hone_shards *hone_internal_shards_ready(hone_model *model, const hone_session *session, const hone_feed *feed)
{
    const hone_pass_key key = {.mode = HONE_MODE_SHARD,
                               .batch = 1,
                               .whole = feed->count,
                               .weighted = hone_internal_feed_weighted(feed),
                               .data = feed->data,
                               .arrays = feed->batch};
    hone_status status = hone_internal_pass_prepare(model, &key);
    if (status >= 0)
        status = check_metrics(model);
    hone_shards *shards = status < 0 ? NULL : kept_or_made(model, session);
    if (shards == NULL || make_ready(shards, session, key) >= 0)
        return shards;
    drop(model);
    return NULL;
}

/* ---- before and after a shard ---- */

static int64_t rows_of(const hone_shards *shards, const hone_feed *feed, int shard, int64_t *first)
{
    return hone_internal_run_rows(feed->count, shards->count, (hone_tree_node){shard, shard + 1}, first);
}

hone_pass *hone_internal_lane_pass(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                   int shard)
{
    int64_t first;
    return lane->passes[rows_of(shards, feed, shard, &first) == lane->passes[0]->batch ? 0 : 1];
}

hone_status hone_internal_lane_feed(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                    int shard)
{
    int64_t first;
    const int64_t rows = rows_of(shards, feed, shard, &first);
    hone_feed part = hone_internal_feed_part(feed, first, rows);
    part.team = NULL;
    return hone_internal_feed_copy(shards->model, hone_internal_lane_pass(shards, lane, feed, shard), &part);
}

/* Its copies and sums, and where its gradients go. */
static void fill_lane(const hone_shards *shards, hone_lane *lane, const hone_claim *claim)
{
    memset(lane->sums, 0, shards->sum_count * sizeof *lane->sums);
    for (int i = 0; i < shards->moved_count; i++)
        memcpy(hone_internal_variable_data(lane->copies[i]), shards->moved[i]->memory,
               (size_t)hone_internal_variable_count(shards->moved[i]) * sizeof(float));
    lane->collected = (hone_collected){.into = claim->into->floats, .count = claim->count};
    for (int k = 0; k < claim->count; k++)
        lane->collected.from[k] = claim->from[k]->floats;
}

static double add_double(const hone_claim *claim, size_t place, double sum)
{
    for (int k = claim->count; k-- > 0;)
        sum = claim->from[k]->sums[place] + sum;
    return sum;
}

hone_status hone_internal_lane_begin(const hone_shards *shards, hone_lane *lane, const hone_feed *feed,
                                     int shard, hone_claim *claim)
{
    int64_t first;
    const int64_t rows = rows_of(shards, feed, shard, &first);
    HONE_TRY(hone_internal_collection_claim(shards->collection, shard, claim));
    fill_lane(shards, lane, claim);
    hone_internal_plan_set_rows(hone_internal_lane_pass(shards, lane, feed, shard)->plan, rows, first);
    return HONE_OK;
}

hone_status hone_internal_lane_end(const hone_shards *shards, const hone_lane *lane, const hone_feed *feed,
                                   int shard, const hone_claim *claim)
{
    const hone_pass *pass = hone_internal_lane_pass(shards, lane, feed, shard);
    const float share = (float)((double)pass->batch / (double)pass->whole);
    for (int i = 0; i < shards->moved_count; i++) {
        const float *copy = hone_internal_variable_data(lane->copies[i]);
        const size_t count = (size_t)hone_internal_variable_count(shards->moved[i]);
        for (size_t j = 0, place = shards->moved_places[i]; j < count; j++, place++)
            claim->into->floats[place] = hone_internal_claim_add(claim, place, share * copy[j]);
    }
    for (size_t i = 0; i < shards->sum_count; i++)
        claim->into->sums[i] = add_double(claim, i, lane->sums[i]);
    hone_internal_collection_add(shards->collection, claim);
    return hone_internal_pass_check_whole(pass);
}

double hone_internal_shards_add_sums(const hone_shards *shards, const hone_bundle *bundle, double penalty,
                                     int64_t rows)
{
    double *total = shards->model->compiled.state;
    for (size_t i = 0; i < shards->run_count; i++)
        for (size_t j = 0; j < shards->runs[i].count; j++)
            shards->runs[i].address[j] += bundle->sums[shards->runs[i].place + j];
    total[0] += penalty * (double)rows;
    return bundle->sums[0] / (double)rows + penalty; /* the total loss has the first run */
}
