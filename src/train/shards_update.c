/* The plan of the update: it takes what all shards made together. */
#include "base/memory.h"
#include "ops/differentiate.h"
#include "train/shards_plan.h"

#include <string.h>

/* The items of a variable's gradient that are updated here. */
static hone_item_range range_of(const hone_shards *shards, int index)
{
    if (shards->parts != NULL)
        return hone_internal_parts_range(shards->parts, shards->parts->rank, index);
    const hone_variable *variable = hone_optimizer_variable(shards->model->compiled.optimizer, index);
    return (hone_item_range){0, hone_internal_variable_count(variable)};
}

/* Adds the gradients of the weights' penalties to those of the shards. A variable with a penalty is never
 * cut. */
static hone_status add_penalties(const hone_shards *shards, hone_graph *graph, hone_shards_update *update,
                                 hone_value *gradients)
{
    hone_optimizer *optimizer = shards->model->compiled.optimizer;
    const int count = hone_optimizer_variable_count(optimizer);
    update->penalty = hone_internal_pass_weight_penalties(shards->model, graph, HONE_NO_VALUE);
    if (update->penalty < 0)
        return HONE_OK;
    hone_internal_graph_keep(graph, update->penalty);
    hone_value *own = hone_internal_allocate(sizeof *own * (size_t)(count + 1));
    if (own == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status =
        hone_internal_pass_differentiate(shards->model, graph, update->penalty, NULL, 0, own);
    for (int i = 0; i < count && status >= 0; i++)
        if (own[i] >= 0 && !hone_internal_range_empty(range_of(shards, i)))
            gradients[i] = gradients[i] < 0 ? own[i] : hone_op_add(graph, gradients[i], own[i]);
    hone_internal_free(own);
    return status;
}

/* What forward passes wrote comes first, as it does without shards. Where the optimizer is in parts it comes
 * with the weights of the others instead. */
static hone_status record_moved(const hone_shards *shards, hone_graph *graph, hone_shards_update *update,
                                const hone_bundle *bundle)
{
    for (int i = 0; i < shards->moved_count && shards->parts == NULL; i++) {
        update->moved[i] = hone_internal_graph_external(graph, shards->moved[i]->shape,
                                                        bundle->floats + shards->moved_places[i]);
        HONE_TRY(hone_op_assign(graph, shards->moved[i], update->moved[i]));
    }
    return HONE_OK;
}

static hone_value record_gradient(const hone_shards *shards, hone_graph *graph, const hone_bundle *bundle,
                                  int index)
{
    const hone_variable *variable = hone_optimizer_variable(shards->model->compiled.optimizer, index);
    const hone_item_range range = range_of(shards, index);
    if (!shards->given[index] || hone_internal_range_empty(range))
        return HONE_NO_VALUE;
    const bool whole = range.end - range.begin == hone_internal_variable_count(variable);
    return hone_internal_graph_external(graph, whole ? variable->shape : HONE_SHAPE(range.end - range.begin),
                                        bundle->floats + shards->places[index] + range.begin);
}

/* The gradients of what is updated here, in its order. */
static void keep_own(const hone_shards *shards, hone_value *gradients, int count)
{
    for (int i = 0, kept = 0; i < count; i++)
        if (!hone_internal_range_empty(range_of(shards, i)))
            gradients[kept++] = gradients[i];
}

/* `bundle`: any, for addresses that differ. */
static hone_status record_update(hone_shards *shards, hone_graph *graph, hone_shards_update *update,
                                 const hone_bundle *bundle, bool updates)
{
    hone_optimizer *optimizer = shards->model->compiled.optimizer;
    const int count = hone_optimizer_variable_count(optimizer);
    HONE_TRY(record_moved(shards, graph, update, bundle));
    hone_value *gradients = hone_internal_allocate(sizeof *gradients * (size_t)(count + 1));
    if (gradients == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        update->gradients[i] = gradients[i] = record_gradient(shards, graph, bundle, i);
    hone_status status = add_penalties(shards, graph, update, gradients);
    keep_own(shards, gradients, count);
    if (status >= 0)
        status = hone_internal_optimizer_record(shards->parts == NULL ? optimizer : shards->parts->own, graph,
                                                gradients, updates);
    hone_internal_free(gradients);
    return status;
}

void hone_internal_shards_free_update(hone_shards_update *update)
{
    hone_internal_plan_free(update->plan);
    hone_internal_free(update->gradients);
    *update = (hone_shards_update){.plan = NULL};
}

static hone_status make_update(hone_shards *shards, hone_shards_update *update, bool updates)
{
    const size_t count = (size_t)hone_optimizer_variable_count(shards->model->compiled.optimizer);
    const hone_kernels *kernels = hone_internal_kernels();
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(true, false);
    hone_bundle *bundle = hone_internal_collection_take(shards->collection);
    update->gradients =
        hone_internal_allocate(sizeof *update->gradients * (count + (size_t)shards->moved_count + 1));
    hone_status status =
        graph == NULL || bundle == NULL || update->gradients == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0) {
        graph->in_rows = true;
        update->moved = update->gradients + count;
        status = record_update(shards, graph, update, bundle, updates);
    }
    if (bundle != NULL)
        hone_internal_collection_give_back(shards->collection, bundle);
    if (status >= 0) /* takes the graph over */
        update->plan =
            hone_internal_plan_create(graph, kernels, shards->model->seed, hone_internal_team_size());
    else
        hone_internal_graph_free(graph);
    return update->plan == NULL ? hone_error_status() : HONE_OK;
}

static hone_shards_update *next_update(hone_shards *shards)
{
    return &shards->updates[hone_internal_optimizer_updates_next(shards->model->compiled.optimizer)];
}

hone_status hone_internal_shards_ready_update(hone_shards *shards, const hone_session *session)
{
    hone_shards_update *update = next_update(shards);
    if (update->plan != NULL && !hone_internal_plan_fits(update->plan))
        hone_internal_shards_free_update(update);
    if (update->plan == NULL) {
        const hone_status status = make_update(
            shards, update, hone_internal_optimizer_updates_next(shards->model->compiled.optimizer));
        if (status < 0) {
            hone_internal_shards_free_update(update);
            return status;
        }
    }
    return hone_internal_plan_make_room(update->plan, hone_internal_team_threads(session->team));
}

/* The next update, reading from a bundle. */
static hone_shards_update *bind(hone_shards *shards, const hone_bundle *bundle)
{
    hone_shards_update *update = next_update(shards);
    const int count = hone_optimizer_variable_count(shards->model->compiled.optimizer);
    for (int i = 0; i < count; i++)
        if (update->gradients[i] >= 0)
            hone_internal_plan_place(update->plan, update->gradients[i],
                                     bundle->floats + shards->places[i] + range_of(shards, i).begin);
    for (int i = 0; i < shards->moved_count && shards->parts == NULL; i++)
        hone_internal_plan_place(update->plan, update->moved[i], bundle->floats + shards->moved_places[i]);
    return update;
}

double hone_internal_shards_update_weights(hone_shards *shards, const hone_bundle *bundle, hone_team *team,
                                           uint64_t number)
{
    hone_optimizer *optimizer = shards->model->compiled.optimizer;
    const hone_shards_update *update = bind(shards, bundle);
    if (shards->parts != NULL)
        hone_internal_parts_begin(shards->parts);
    else
        hone_internal_optimizer_begin_step(optimizer);
    hone_internal_plan_run(update->plan, team, number);
    hone_internal_optimizer_end_step(optimizer);
    const float *penalty = hone_internal_plan_address(update->plan, update->penalty);
    return penalty == NULL ? 0 : (double)*penalty;
}

void hone_internal_shards_take_results(const hone_shards *shards, const hone_bundle *bundle)
{
    hone_internal_parts_unpack(shards->parts, bundle->floats);
    for (int i = 0; i < shards->moved_count; i++)
        memcpy(hone_internal_variable_data(shards->moved[i]), bundle->floats + shards->moved_places[i],
               (size_t)hone_internal_variable_count(shards->moved[i]) * sizeof(float));
}
