/* The order of a model's calls, and of its layers. A walk has a stack of its own, as a network may be as deep
 * as it has layers. Whether something is in a list is decided by the place that it was given there, which
 * costs nothing to clear: a place left from another list does not lead back to it. */
#include "base/limits.h"
#include "base/memory.h"
#include "model/model.h"

#include <stdlib.h>

bool hone_internal_model_has_input(const hone_model *model, const hone_tensor *tensor)
{
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i] == tensor)
            return true;
    return false;
}

/* ---- walking ---- */

/* A tensor on the way, and which input of its call comes next. */
typedef struct visit {
    hone_tensor *tensor;
    int next;
} visit;

typedef struct way {
    visit *visits;
    size_t count, capacity;
} way;

static hone_status go(way *taken, hone_tensor *tensor)
{
    HONE_TRY(hone_internal_grow(&taken->visits, &taken->capacity, taken->count + 1, sizeof *taken->visits));
    taken->visits[taken->count++] = (visit){tensor, 0};
    return HONE_OK;
}

/* The next input to walk to from the end of the way; NULL when there is no further one. */
static hone_tensor *next_input(const hone_model *model, way *taken)
{
    visit *last = &taken->visits[taken->count - 1];
    hone_call *call = last->tensor->call;
    if (last->next == call->input_count ||
        (last->next == 0 && hone_internal_model_has_input(model, last->tensor)))
        return NULL;
    return call->inputs[last->next++];
}

/* ---- calls ---- */

static bool has_call(const hone_model *model, const hone_call *call)
{
    return call->place < (size_t)model->call_count && model->calls[call->place] == call;
}

static hone_status append_call(hone_model *model, hone_call *call)
{
    size_t count = (size_t)model->call_count;
    if (count == hone_internal_limits.model_calls)
        return hone_fail(HONE_ERROR_SHAPE, "the model has more than %zu calls of layers",
                         hone_internal_limits.model_calls);
    HONE_TRY(hone_internal_grow(&model->calls, &model->call_capacity, count + 1, sizeof(hone_call *)));
    call->place = count;
    model->calls[model->call_count++] = call;
    return HONE_OK;
}

/* Each call behind those that it reads. */
static hone_status add_along(hone_model *model, way *taken)
{
    while (taken->count > 0) {
        hone_tensor *tensor = taken->visits[taken->count - 1].tensor, *input = next_input(model, taken);
        if (input != NULL && !has_call(model, input->call)) {
            HONE_TRY(go(taken, input));
            continue;
        }
        if (input != NULL)
            continue;
        if (tensor->call->input_count == 0 && !hone_internal_model_has_input(model, tensor))
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "an output depends on the input \"%s\", which is not among the model's inputs",
                             hone_internal_layer_label(tensor->call->layer));
        HONE_TRY(append_call(model, tensor->call));
        taken->count--;
    }
    return HONE_OK;
}

hone_status hone_internal_model_add_calls(hone_model *model, hone_tensor *output)
{
    way taken = {.visits = NULL};
    if (has_call(model, output->call))
        return HONE_OK;
    hone_status status = go(&taken, output);
    if (status >= 0)
        status = add_along(model, &taken);
    hone_internal_free(taken.visits);
    return status;
}

/* ---- layers ---- */

/* Keras's order of layers: by depth from the outputs, deepest first; equal depths by the order of first sight
 * in a walk from the outputs. */
typedef struct ordered_layer {
    hone_layer *layer;
    int depth, seen;
} ordered_layer;

typedef struct layer_order {
    ordered_layer *items;
    size_t count;
    int next_seen;
    bool *visited; /* of each call */
    int *depths;   /* likewise */
} layer_order;

static ordered_layer *find_ordered(layer_order *order, const hone_layer *layer)
{
    bool there = layer->place < order->count && order->items[layer->place].layer == layer;
    return there ? &order->items[layer->place] : NULL;
}

static void put_ordered(layer_order *order, hone_layer *layer, int seen)
{
    layer->place = order->count;
    order->items[order->count++] = (ordered_layer){layer, 0, seen};
}

static hone_status see(layer_order *order, way *taken, hone_tensor *tensor)
{
    if (order->visited[tensor->call->place])
        return HONE_OK;
    order->visited[tensor->call->place] = true;
    if (find_ordered(order, tensor->call->layer) == NULL)
        put_ordered(order, tensor->call->layer, order->next_seen++);
    return go(taken, tensor);
}

static hone_status see_all(const hone_model *model, layer_order *order, hone_tensor *output)
{
    way taken = {.visits = NULL};
    hone_status status = see(order, &taken, output);
    while (taken.count > 0 && status >= 0) {
        hone_tensor *input = next_input(model, &taken);
        if (input == NULL)
            taken.count--;
        else
            status = see(order, &taken, input);
    }
    hone_internal_free(taken.visits);
    return status;
}

/* Depths of calls, from the last to the first: a call is one deeper than the deepest that reads it. */
static void find_depths(const hone_model *model, layer_order *order)
{
    for (int c = model->call_count - 1; c >= 0; c--) {
        hone_call *call = model->calls[c];
        ordered_layer *layer = find_ordered(order, call->layer);
        if (layer == NULL)
            continue;
        int depth = order->depths[c] > layer->depth ? order->depths[c] : layer->depth;
        order->depths[c] = layer->depth = depth;
        if (hone_internal_model_has_input(model, &call->outputs[0]))
            continue;
        for (int i = 0; i < call->input_count; i++) {
            const hone_call *before = call->inputs[i]->call;
            if (has_call(model, before) && order->depths[before->place] < depth + 1)
                order->depths[before->place] = depth + 1;
        }
    }
}

static int compare_layers(const void *a, const void *b)
{
    const ordered_layer *left = a, *right = b;
    if (left->depth != right->depth)
        return left->depth > right->depth ? -1 : 1;
    return left->seen < right->seen ? -1 : left->seen > right->seen;
}

static hone_status find_order(const hone_model *model, layer_order *order)
{
    for (int i = 0; i < model->input_count; i++) /* unused inputs come before the outputs, at depth 0 */
        if (!has_call(model, model->inputs[i]->call))
            put_ordered(order, model->inputs[i]->call->layer, i - model->input_count);
    for (int i = 0; i < model->output_count; i++)
        HONE_TRY(see_all(model, order, model->outputs[i]));
    find_depths(model, order);
    qsort(order->items, order->count, sizeof *order->items, compare_layers);
    return HONE_OK;
}

static hone_status take_layers(hone_model *model, const layer_order *order)
{
    for (size_t i = 0; i < model->layer_count; i++)
        hone_layer_free(model->layers[i]);
    model->layer_count = 0;
    HONE_TRY(
        hone_internal_grow(&model->layers, &model->layer_capacity, order->count + 1, sizeof *model->layers));
    for (size_t i = 0; i < order->count; i++)
        model->layers[model->layer_count++] = hone_layer_retain(order->items[i].layer);
    return HONE_OK;
}

hone_status hone_internal_model_order_layers(hone_model *model)
{
    size_t room = (size_t)model->call_count + (size_t)model->input_count + 1;
    layer_order order = {.items = hone_internal_allocate_zeroed(room, sizeof *order.items),
                         .visited = hone_internal_allocate_zeroed(room, sizeof *order.visited),
                         .depths = hone_internal_allocate_zeroed(room, sizeof *order.depths)};
    bool good = order.items != NULL && order.visited != NULL && order.depths != NULL;
    hone_status status = good ? find_order(model, &order) : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = take_layers(model, &order);
    hone_internal_free(order.items);
    hone_internal_free(order.visited);
    hone_internal_free(order.depths);
    return status;
}
