/* Passes: what one batch runs, planned for its shapes and mode, and kept for the next batch like it.
 * pass_record.c records it. */
#include "base/memory.h"
#include "base/trace.h"
#include "plan/measure.h"
#include "train/feed.h"
#include "train/pass.h"
#include "tensor/ids.h"
#include "train/shards.h"

#include <math.h>
#include <string.h>

hone_status hone_internal_pass_room(hone_pass *pass, const hone_model *model)
{
    size_t inputs = (size_t)model->fed_count, outputs = (size_t)model->output_count;
    if (pass->input_shapes != NULL)
        return HONE_OK;
    hone_shape *shapes = hone_internal_allocate_zeroed(inputs + outputs, sizeof *shapes);
    hone_value *values = hone_internal_allocate_zeroed(2 * inputs + 2 * outputs, sizeof *values);
    if (shapes == NULL || values == NULL) {
        hone_internal_free(shapes);
        hone_internal_free(values);
        return HONE_ERROR_MEMORY;
    }
    pass->input_shapes = shapes;
    pass->target_shapes = shapes + inputs;
    pass->inputs = values;
    pass->input_gradients = values + inputs;
    pass->targets = values + 2 * inputs;
    pass->outputs = pass->targets + outputs;
    return HONE_OK;
}

void hone_internal_pass_free(hone_pass *pass)
{
    hone_internal_plan_free(pass->plan);
    hone_internal_free(pass->gradients);
    hone_internal_coded_ids_free(&pass->ids);
    hone_internal_free(pass->input_shapes);
    hone_internal_free(pass->inputs);
    *pass = (hone_pass){0};
}

void hone_internal_pass_store_clear(hone_pass_store *store)
{
    for (int i = 0; i < HONE_KEPT_PASSES; i++)
        hone_internal_pass_free(&store->passes[i]);
    hone_internal_pass_free(&store->wanted);
}

static void drop_plans(hone_training *training)
{
    hone_kept_training *kept = (hone_kept_training *)training;
    hone_internal_pass_store_clear(&kept->store);
    hone_internal_shards_free(kept->shards);
    kept->shards = NULL;
}

static void free_training(hone_training *training)
{
    drop_plans(training);
    hone_internal_history_free(((hone_kept_training *)training)->history);
    hone_internal_free(training);
}

hone_kept_training *hone_internal_model_training(hone_model *model)
{
    if (model->training != NULL)
        return (hone_kept_training *)model->training;
    hone_kept_training *kept = hone_internal_allocate_zeroed(1, sizeof *kept);
    if (kept != NULL) {
        kept->base = (hone_training){drop_plans, free_training};
        model->training = &kept->base;
    }
    return kept;
}

/* (batch, ...) for arrays whose axis 0 counts samples. */
static hone_shape batch_shape(const hone_array *array, int64_t batch)
{
    hone_shape shape = {.rank = array->rank > 0 ? array->rank : 1, .size = {batch}};
    for (int axis = 1; axis < array->rank; axis++)
        shape.size[axis] = array->shape[axis];
    return shape;
}

static hone_status measure(hone_model *model, hone_pass *pass)
{
    bool wanted = hone_internal_model_training(model)->measured || hone_internal_trace_on();
    return wanted ? hone_internal_plan_measure(pass->plan) : HONE_OK;
}

static hone_status make(hone_model *model, hone_pass *pass, const hone_dataset *data)
{
    const hone_kernels *kernels = hone_internal_kernels();
    if (kernels == NULL)
        return hone_error_status();
    bool training = pass->mode != HONE_MODE_TEST && pass->mode != HONE_MODE_PREDICT;
    hone_graph *graph = hone_internal_graph_create(training, false);
    if (graph == NULL)
        return HONE_ERROR_MEMORY;
    graph->frozen_statistics = pass->mode == HONE_MODE_DRAW;
    graph->kept = model->kept;
    graph->checked = true;
    graph->in_rows = pass->mode == HONE_MODE_SHARD;
    hone_status status = hone_internal_pass_record_batch(model, graph, pass, data);
    if (status < 0) {
        hone_internal_graph_free(graph);
        return status;
    }
    pass->plan = hone_internal_plan_create(graph, kernels, model->seed, hone_internal_team_size());
    return pass->plan == NULL ? hone_error_status() : measure(model, pass);
}

/* The number of a value, where it is one that integers are wrong from: of `most` 2^24 and more, of `least`
 * the same below 0, and any below 0 of types without a sign. */
static bool beyond(const hone_plan *plan, hone_value value, bool without_sign, double *number)
{
    const float *address = hone_internal_plan_address(plan, value);
    *number = address == NULL ? 0 : (double)*address;
    return fabs(*number) >= (double)HONE_PLAIN_IDS || (without_sign && *number < 0);
}

hone_status hone_internal_pass_check_whole(const hone_pass *pass)
{
    double number;
    const hone_whole_check *first = NULL;
    for (const hone_whole_check *check = pass->plan->graph->checks; check != NULL; check = check->next)
        if (beyond(pass->plan, check->most, false, &number) ||
            beyond(pass->plan, check->least, check->without_sign, &number))
            first = check;
    if (first == NULL)
        return HONE_OK;
    if (!beyond(pass->plan, first->most, false, &number))
        beyond(pass->plan, first->least, true, &number);
    return hone_fail(
        HONE_ERROR_DATA,
        "%s: computes with the %s %.0f; integers are floats here, which are exact %s 16777216 (a "
        "cast to float32 in front of the layer rounds them as Keras does)",
        first->layer, first->type, number, fabs(number) < (double)HONE_PLAIN_IDS ? "from 0 to" : "below");
}

static bool same(const hone_model *model, const hone_pass *a, const hone_pass *b)
{
    if (a->plan == NULL || a->mode != b->mode || a->batch != b->batch || a->whole != b->whole ||
        a->weighted != b->weighted || !hone_internal_shape_equal(a->weight_shape, b->weight_shape) ||
        !hone_internal_plan_fits(a->plan))
        return false;
    for (int i = 0; i < model->fed_count; i++)
        if (!hone_internal_shape_equal(a->input_shapes[i], b->input_shapes[i]))
            return false;
    for (int i = 0; i < model->output_count && hone_internal_mode_has_targets(a->mode); i++)
        if (!hone_internal_shape_equal(a->target_shapes[i], b->target_shapes[i]))
            return false;
    return true;
}

/* Classes have a weight each, so that what comes of them is one for each sample. */
static hone_shape weight_shape(const hone_pass *pass, const hone_dataset *data, const hone_batch *arrays)
{
    const hone_array *weights = arrays != NULL ? hone_internal_feed_array(arrays, HONE_COMPONENT_WEIGHT, 0)
                                               : hone_internal_dataset_weights(data);
    if (!pass->weighted || weights == NULL || weights->data == NULL)
        return (hone_shape){.rank = 1, .size = {pass->batch}};
    return batch_shape(weights, pass->batch);
}

static void fill_shapes(const hone_model *model, hone_pass *pass, const hone_dataset *data,
                        const hone_batch *arrays)
{
    memset(pass->target_shapes, 0, sizeof *pass->target_shapes * (size_t)model->output_count);
    pass->weight_shape = weight_shape(pass, data, arrays);
    for (int i = 0; i < model->fed_count; i++)
        pass->input_shapes[i] =
            batch_shape(arrays != NULL ? hone_internal_feed_array(arrays, HONE_COMPONENT_INPUT, i)
                                       : hone_dataset_input(data, hone_internal_feed_input(model, data, i)),
                        pass->batch);
    for (int i = 0; i < model->output_count && hone_internal_mode_has_targets(pass->mode); i++) {
        int index = hone_internal_feed_target(model, data, arrays, i);
        if (index < 0)
            continue;
        pass->target_shapes[i] =
            batch_shape(arrays != NULL ? hone_internal_feed_array(arrays, HONE_COMPONENT_TARGET, index)
                                       : hone_dataset_target(data, index),
                        pass->batch);
    }
}

hone_status hone_internal_pass_record(hone_model *model, hone_graph *graph, hone_pass *pass,
                                      const hone_dataset *data)
{
    HONE_TRY(hone_internal_pass_room(pass, model));
    fill_shapes(model, pass, data, NULL);
    return hone_internal_pass_record_ends(model, graph, pass, data);
}

static hone_pass *oldest(hone_pass_store *store)
{
    hone_pass *pass = &store->passes[0];
    for (int i = 1; i < HONE_KEPT_PASSES; i++)
        if (store->passes[i].used < pass->used)
            pass = &store->passes[i];
    return pass;
}

static hone_status copy_wanted(hone_pass *pass, const hone_pass *wanted, const hone_model *model)
{
    *pass = (hone_pass){.mode = wanted->mode,
                        .batch = wanted->batch,
                        .whole = wanted->whole,
                        .collected = wanted->collected,
                        .places = wanted->places,
                        .weighted = wanted->weighted,
                        .weight_shape = wanted->weight_shape};
    HONE_TRY(hone_internal_pass_room(pass, model));
    memcpy(pass->input_shapes, wanted->input_shapes, sizeof *pass->input_shapes * (size_t)model->fed_count);
    memcpy(pass->target_shapes, wanted->target_shapes,
           sizeof *pass->target_shapes * (size_t)model->output_count);
    return HONE_OK;
}

/* What is looked for, with its shapes. */
static hone_status fill_wanted(const hone_model *model, hone_pass *wanted, const hone_pass_key *key)
{
    HONE_TRY(hone_internal_pass_room(wanted, model));
    wanted->mode = key->mode;
    wanted->batch = key->batch;
    wanted->whole = key->whole;
    wanted->collected = key->collected;
    wanted->places = key->places;
    wanted->weighted = key->weighted && hone_internal_mode_has_targets(key->mode);
    fill_shapes(model, wanted, key->data, key->arrays);
    return HONE_OK;
}

static hone_pass *find(const hone_model *model, hone_pass_store *store)
{
    for (int i = 0; i < HONE_KEPT_PASSES; i++) {
        if (!same(model, &store->passes[i], &store->wanted))
            continue;
        store->passes[i].used = ++store->clock;
        return &store->passes[i];
    }
    return NULL;
}

hone_status hone_internal_pass_prepare(hone_model *model, const hone_pass_key *key)
{
    hone_pass wanted = {.plan = NULL}; /* metrics that are made again drop what is kept */
    hone_status status = fill_wanted(model, &wanted, key);
    if (status >= 0 && hone_internal_mode_has_targets(key->mode))
        status = hone_internal_compiled_make_metrics(model, wanted.target_shapes);
    hone_internal_pass_free(&wanted);
    return status;
}

static hone_pass *make_in(hone_model *model, hone_pass_store *store, const hone_dataset *data)
{
    hone_pass *pass = oldest(store);
    hone_internal_pass_free(pass);
    if (copy_wanted(pass, &store->wanted, model) < 0 || make(model, pass, data) < 0) {
        hone_internal_pass_free(pass);
        return NULL;
    }
    pass->used = ++store->clock;
    return pass;
}

hone_pass *hone_internal_store_pass(hone_model *model, hone_pass_store *store, const hone_pass_key *key)
{
    if (fill_wanted(model, &store->wanted, key) < 0)
        return NULL;
    hone_pass *found = find(model, store);
    return found != NULL ? found : make_in(model, store, key->data);
}

hone_pass *hone_internal_model_pass(hone_model *model, hone_mode mode, const hone_dataset *data,
                                    int64_t batch, bool weighted, const hone_batch *arrays)
{
    const hone_pass_key key = {
        .mode = mode, .batch = batch, .weighted = weighted, .data = data, .arrays = arrays};
    hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL || fill_wanted(model, &kept->store.wanted, &key) < 0)
        return NULL;
    hone_pass *found = find(model, &kept->store);
    if (found != NULL)
        return found;
    if (hone_internal_pass_prepare(model, &key) < 0)
        return NULL;
    return hone_internal_store_pass(model, &kept->store, &key);
}
