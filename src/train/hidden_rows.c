/* Rows of an input of which a mask leaves nothing: each of their numbers is the one that a layer which reads
 * the input takes for padding (embedding with mask_zero, masking). Such a layer records
 *
 *     not_equal_scalar(input, padding)    and, of several numbers a step, the largest along the last axis,
 *
 * whose result is the mask; it counts where another layer, or the loss, reads it. */
#include "base/memory.h"
#include "ops/unary.h"
#include "train/feed.h"

#include <stdio.h>
#include <string.h>

static bool is_padding(const hone_graph *graph, const hone_node *node, hone_value input, float *padding)
{
    const hone_unary_attributes *of = hone_internal_op_unary_attributes(graph, node->outputs[0]);
    if (of == NULL || node->inputs[0] != input ||
        strcmp(hone_internal_unary_name(of->function), "not_equal_scalar") != 0)
        return false;
    *padding = (float)of->parameters.a;
    return true;
}

/* The node of the same layer that reads a value alone, or NULL. */
static const hone_node *next_of(const hone_graph *graph, const hone_node *node)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        const hone_node *next = &graph->nodes[n];
        if (!next->backward && next->input_count == 1 && next->inputs[0] == node->outputs[0] &&
            strcmp(next->scope, node->scope) == 0)
            return next;
    }
    return NULL;
}

/* Something outside the layer reads what the node gives. */
static bool is_read(const hone_graph *graph, const hone_node *node)
{
    for (size_t n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].input_count; i++)
            if (graph->nodes[n].inputs[i] == node->outputs[0] &&
                strcmp(graph->nodes[n].scope, node->scope) != 0)
                return true;
    return false;
}

/* The layer that masks an input, or NULL; what it takes for padding. */
static const char *masking_layer(const hone_graph *graph, hone_value input, float *padding)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        if (!is_padding(graph, &graph->nodes[n], input, padding))
            continue;
        for (const hone_node *mask = &graph->nodes[n]; mask != NULL; mask = next_of(graph, mask))
            if (is_read(graph, mask))
                return mask->scope;
    }
    return NULL;
}

static bool is_hidden(const float *numbers, int64_t width, float padding)
{
    int64_t i = 0;
    while (i < width && numbers[i] == padding)
        i++;
    return i == width;
}

hone_status hone_internal_feed_hidden(const hone_model *model, const hone_pass *pass, const hone_feed *feed,
                                      int input, hone_hidden_rows *hidden)
{
    float padding = 0;
    const hone_graph *graph = pass->plan->graph;
    const bool made = feed->batch != NULL && model->prepared; /* the network is fed other numbers */
    const char *layer =
        pass->inputs[input] < 0 || made ? NULL : masking_layer(graph, pass->inputs[input], &padding);
    if (layer == NULL)
        return HONE_OK;
    const int64_t width = hone_internal_feed_row_size(pass, pass->inputs[input]);
    float *copy = hone_internal_allocate(sizeof *copy * (size_t)(feed->count * width + 1));
    hone_status status = copy == NULL
                             ? HONE_ERROR_MEMORY
                             : hone_internal_feed_read(model, feed, HONE_COMPONENT_INPUT, input, copy);
    for (int64_t i = 0; status >= 0 && i < feed->count; i++) {
        const int64_t row = hone_internal_feed_row_number(feed, i);
        if (!is_hidden(copy + i * width, width, padding))
            continue;
        hidden->first = hidden->count == 0 || row < hidden->first ? row : hidden->first;
        hidden->count++;
    }
    hone_internal_free(copy);
    snprintf(hidden->layer, sizeof hidden->layer, "%s", layer);
    return status;
}
