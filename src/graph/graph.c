/* Recording values and nodes. */
#include "graph/graph.h"
#include "base/random.h"
#include "graph/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

hone_graph *hone_internal_graph_create(bool training, bool symbolic)
{
    hone_graph *graph = hone_internal_allocate_zeroed(1, sizeof *graph);
    if (graph == NULL)
        return NULL;
    graph->training = training;
    graph->symbolic = symbolic;
    graph->scope = graph->path = "";
    graph->penalty = graph->seen = HONE_NO_VALUE;
    return graph;
}

void hone_internal_graph_free(hone_graph *graph)
{
    if (graph == NULL)
        return;
    for (size_t i = 0; i < graph->value_count; i++)
        hone_internal_variable_free(graph->values[i].variable);
    hone_internal_free(graph->values);
    hone_internal_free(graph->nodes);
    hone_internal_pointers_free(&graph->places);
    hone_internal_arena_free(&graph->arena);
    hone_internal_free(graph);
}

#define MOST_SIZE (INT64_C(1) << 40) /* of an axis */

/* Sizes of axes are added by ops, which need not look for overflows then. */
static bool has_small_axes(hone_shape shape)
{
    for (int axis = 0; axis < shape.rank; axis++)
        if (shape.size[axis] > MOST_SIZE) {
            hone_fail(HONE_ERROR_SHAPE, "axis %d has the size %lld; the limit is %lld", axis,
                      (long long)shape.size[axis], (long long)MOST_SIZE);
            return false;
        }
    return true;
}

static hone_value add_value(hone_graph *graph, hone_graph_value value)
{
    if (!has_small_axes(value.shape))
        return HONE_NO_VALUE;
    if (hone_internal_grow(&graph->values, &graph->value_capacity, graph->value_count + 1,
                           sizeof *graph->values) < 0)
        return HONE_NO_VALUE;
    value.mask = value.gradient = HONE_NO_VALUE;
    graph->values[graph->value_count] = value;
    return (hone_value)graph->value_count++;
}

hone_value hone_internal_graph_input(hone_graph *graph, hone_shape shape, const char *label)
{
    hone_graph_value value = {
        .kind = HONE_VALUE_INPUT, .shape = shape, .input = graph->input_count, .label = label};
    hone_value result = add_value(graph, value);
    if (result >= 0)
        graph->input_count++;
    return result;
}

/* A value that is found again by an address. */
static hone_value add_placed(hone_graph *graph, const void *address, bool first, hone_graph_value value)
{
    if (first && hone_internal_pointers_put(&graph->places, address, graph->value_count) < 0)
        return HONE_NO_VALUE;
    return add_value(graph, value);
}

/* One value for each address, so that what writes there and what reads there is seen to belong together. */
hone_value hone_internal_graph_external(hone_graph *graph, hone_shape shape, void *address)
{
    size_t first;
    bool known = hone_internal_pointers_get(&graph->places, address, &first);
    for (size_t i = first; known && i < graph->value_count; i++)
        if (graph->values[i].kind == HONE_VALUE_EXTERNAL && graph->values[i].address == address &&
            hone_internal_shape_equal(graph->values[i].shape, shape))
            return (hone_value)i;
    return add_placed(graph, address, !known,
                      (hone_graph_value){.kind = HONE_VALUE_EXTERNAL, .shape = shape, .address = address});
}

hone_value hone_graph_variable(hone_graph *graph, hone_variable *variable)
{
    if (variable == NULL)
        return HONE_NO_VALUE;
    size_t place;
    if (hone_internal_pointers_get(&graph->places, variable, &place) && place < graph->value_count &&
        graph->values[place].variable == variable)
        return (hone_value)place;
    hone_graph_value value = {.kind = HONE_VALUE_VARIABLE, .shape = variable->shape, .variable = variable};
    hone_value result = add_placed(graph, variable, true, value);
    if (result >= 0)
        hone_internal_variable_retain(variable);
    return result;
}

hone_value hone_internal_graph_position(hone_graph *graph)
{
    graph->kept->used = true;
    return hone_graph_variable(graph, graph->kept->position);
}

const hone_graph_value *hone_internal_graph_value(const hone_graph *graph, hone_value value)
{
    return &graph->values[value];
}

const hone_node *hone_internal_graph_producer(const hone_graph *graph, hone_value value)
{
    if (value < 0 || graph->values[value].kind != HONE_VALUE_RESULT)
        return NULL;
    return &graph->nodes[graph->values[value].node];
}

void hone_internal_graph_keep(hone_graph *graph, hone_value value)
{
    if (value >= 0)
        graph->values[value].kept = true;
}

hone_shape hone_value_shape(const hone_graph *graph, hone_value value)
{
    if (value < 0)
        return (hone_shape){0};
    return graph->values[value].shape;
}

int64_t hone_value_size(const hone_graph *graph, hone_value value, int axis)
{
    hone_shape shape = hone_value_shape(graph, value);
    if (axis < 0)
        axis += shape.rank;
    return axis < 0 || axis >= shape.rank ? 1 : shape.size[axis];
}

bool hone_graph_training(const hone_graph *graph)
{
    return graph->training;
}

hone_value hone_value_mask(const hone_graph *graph, hone_value value)
{
    return value < 0 ? HONE_NO_VALUE : graph->values[value].mask;
}

void hone_value_set_mask(hone_graph *graph, hone_value value, hone_value mask)
{
    if (value >= 0)
        graph->values[value].mask = mask;
}

/* "around/inner" in the arena; the inner name alone outside of layers. */
static const char *join_path(hone_graph *graph, const char *around, const char *inner)
{
    size_t length = strlen(around) + strlen(inner) + 2;
    char *path = around[0] == '\0' ? NULL : hone_internal_arena_allocate(&graph->arena, length);
    if (path == NULL)
        return inner;
    snprintf(path, length, "%s/%s", around, inner);
    return path;
}

hone_graph_scope hone_internal_graph_enter(hone_graph *graph, const char *scope, uint64_t call, uint64_t seed)
{
    hone_graph_scope previous = {graph->scope, graph->path, graph->scope_call, graph->scope_draws,
                                 graph->seed};
    const char *copy = hone_internal_arena_copy_text(&graph->arena, scope);
    graph->scope = copy != NULL ? copy : "";
    graph->path = join_path(graph, graph->path, graph->scope);
    graph->scope_call = call;
    graph->scope_draws = 0;
    graph->seed = seed;
    return previous;
}

void hone_internal_graph_leave(hone_graph *graph, hone_graph_scope previous)
{
    graph->scope = previous.scope;
    graph->path = previous.path;
    graph->scope_call = previous.call;
    graph->scope_draws = previous.draws;
    graph->seed = previous.seed;
}

/* Fills in the node's outputs: their shapes, and whether a gradient may flow to them. */
static hone_status add_outputs(hone_graph *graph, hone_node *node, int index)
{
    hone_shape shapes[HONE_NODE_OUTPUTS];
    memset(shapes, 0, sizeof shapes);
    HONE_TRY(node->op->infer(graph, node, shapes));
    node->output_count = node->op->outputs > 0 ? node->op->outputs : 1;
    bool differentiable = false;
    for (int i = 0; i < node->input_count; i++)
        if (node->inputs[i] >= 0 && graph->values[node->inputs[i]].differentiable)
            differentiable = true;
    for (int i = 0; i < node->output_count; i++) {
        hone_graph_value value = {.kind = HONE_VALUE_RESULT,
                                  .shape = shapes[i],
                                  .node = index,
                                  .output = i,
                                  .differentiable = differentiable};
        node->outputs[i] = add_value(graph, value);
        if (node->outputs[i] < 0)
            return hone_error_status();
    }
    return HONE_OK;
}

hone_value hone_internal_graph_node(hone_graph *graph, const hone_op *op, const hone_value *inputs,
                                    int input_count, const void *attributes, size_t attributes_bytes,
                                    hone_value *outputs)
{
    for (int i = 0; i < input_count; i++)
        if (inputs[i] < 0 && !(op->optional >> i & 1))
            return HONE_NO_VALUE;
    if (hone_internal_grow(&graph->nodes, &graph->node_capacity, graph->node_count + 1,
                           sizeof *graph->nodes) < 0)
        return HONE_NO_VALUE;
    hone_node node = {.op = op,
                      .input_count = input_count,
                      .scope = graph->scope,
                      .path = graph->path,
                      .backward = graph->backward};
    if (input_count > 0)
        memcpy(node.inputs, inputs, (size_t)input_count * sizeof *inputs);
    if (attributes_bytes > 0) {
        void *copy = hone_internal_arena_allocate(&graph->arena, attributes_bytes);
        if (copy == NULL)
            return HONE_NO_VALUE;
        memcpy(copy, attributes, attributes_bytes);
        node.attributes = copy;
    }
    if (add_outputs(graph, &node, (int)graph->node_count) < 0)
        return HONE_NO_VALUE;
    graph->nodes[graph->node_count++] = node;
    if (outputs != NULL)
        memcpy(outputs, node.outputs, (size_t)node.output_count * sizeof *outputs);
    return node.outputs[0];
}
