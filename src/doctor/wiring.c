/* What a recorded graph shows beside its layers: windows over nothing, channels in the wrong place, branches
 * that are joined, walks along time, attentions, what is rounded. */
#include "doctor/doctor.h"
#include "doctor/walk.h"
#include "graph/op.h"
#include "ops/binary.h"
#include "ops/window.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct wiring {
    hone_examination *examination;
    const hone_graph_walk *walk;
    hone_probe *probe;
} wiring;

static bool is(const hone_node *node, const char *name)
{
    return strcmp(node->op->name, name) == 0;
}

static int layer_of(const wiring *all, const char *scope)
{
    const hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    for (int i = 0; scope != NULL && i < facts->layer_count; i++)
        if (strcmp(facts->layers[i].name, scope) == 0)
            return i;
    return -1;
}

/* ---- windows ---- */

/* A window of several positions over a map of one, or steps that pass positions by. */
static void look_at_window(const wiring *all, const hone_node *node)
{
    hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    const hone_window_attributes *window = node->attributes;
    hone_shape x = hone_value_shape(all->walk->graph, node->inputs[0]);
    bool single = all->walk->depth[node->inputs[0]] > 0;
    int64_t largest = 1, passed = 0, reach_there = 0;
    for (int axis = 0; axis < window->axes; axis++) {
        int64_t reach = (window->size[axis] - 1) * window->dilation[axis] + 1;
        single = single && x.size[axis + 1] == 1;
        largest = window->size[axis] > largest ? window->size[axis] : largest;
        bool looks =
            window->size[axis] > 1 || all->walk->raw[node->inputs[0]]; /* 1: the short way of a branch */
        if (looks && window->stride[axis] > reach && x.size[axis + 1] > reach)
            passed = window->stride[axis], reach_there = reach;
    }
    if (facts->collapsed != NULL || (!(single && largest > 1) && passed == 0))
        return;
    facts->collapsed = hone_internal_examination_text(all->examination, node->path);
    facts->collapsed_window = passed > 0 ? reach_there : largest;
    facts->collapsed_stride = passed;
    facts->collapsed_map = 1;
}

/* [n, 1 or 3, h, w] straight from the data under a convolution that takes w for the channels. */
static void look_at_channels(const wiring *all, const hone_node *node)
{
    hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    hone_shape x = hone_value_shape(all->walk->graph, node->inputs[0]);
    char text[64];
    bool channels = x.rank == 4 && (x.size[1] == 1 || x.size[1] == 3) && x.size[2] > 4 && x.size[3] > 4;
    if (!channels || !all->walk->raw[node->inputs[0]] || facts->channels_first != NULL)
        return;
    snprintf(text, sizeof text, "(%lld, %lld, %lld)", (long long)x.size[1], (long long)x.size[2],
             (long long)x.size[3]);
    facts->channels_first = hone_internal_examination_text(all->examination, node->path);
    facts->channels_first_shape = hone_internal_examination_text(all->examination, text);
}

/* ---- branches ---- */

static bool joins(const hone_node *node)
{
    if (is(node, "concatenate"))
        return true;
    if (strncmp(node->op->name, "binary", 6) != 0)
        return false;
    hone_kernel_index kernel = ((const hone_binary_attributes *)node->attributes)->kernel;
    return kernel == HONE_KERNEL_add || kernel == HONE_KERNEL_subtract || kernel == HONE_KERNEL_multiply ||
           kernel == HONE_KERNEL_maximum;
}

/* Whether `value` is made from `source`, in any way. Values are numbered in the order of recording. */
static bool comes_from(const hone_graph *graph, hone_value value, hone_value source)
{
    bool *from = hone_internal_allocate_zeroed((size_t)graph->value_count + 1, sizeof *from), found;
    if (from == NULL)
        return true;
    from[source] = true;
    for (size_t n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].input_count; i++)
            if (graph->nodes[n].inputs[i] >= 0 && from[graph->nodes[n].inputs[i]])
                for (int o = 0; o < graph->nodes[n].output_count; o++)
                    from[graph->nodes[n].outputs[o]] = true;
    found = from[value];
    hone_internal_free(from);
    return found;
}

/* What the first product with a kernel in a layer gives. */
static hone_value product_of(const hone_graph *graph, const char *scope)
{
    for (size_t n = 0; n < graph->node_count; n++)
        if (strcmp(graph->nodes[n].path, scope) == 0 &&
            hone_internal_walk_product(graph, &graph->nodes[n]) >= 0)
            return graph->nodes[n].outputs[0];
    return HONE_NO_VALUE;
}

/* A branch: weights of its own, that no other operand comes from. */
static void look_at_join(const wiring *all, const hone_node *node)
{
    const hone_graph *graph = all->walk->graph;
    hone_probe *probe = all->probe;
    int operands = 0;
    for (int i = 0; i < node->input_count; i++)
        operands += hone_internal_walk_of_data(all->walk, node->inputs[i]);
    for (int i = 0; i < node->input_count && operands > 1; i++) {
        hone_value value = node->inputs[i];
        const char *owner =
            value < 0 || all->walk->depth[value] == 0 ? NULL : hone_internal_walk_owner(all->walk, value);
        hone_value product =
            owner == NULL || strcmp(owner, node->path) == 0 ? HONE_NO_VALUE : product_of(graph, owner);
        bool own = product >= 0 && layer_of(all, owner) >= 0 && probe->branch_count < HONE_PROBE_PARTS;
        for (int j = 0; j < node->input_count && own; j++)
            own = j == i || !hone_internal_walk_of_data(all->walk, node->inputs[j]) ||
                  (node->inputs[j] != value && !comes_from(graph, node->inputs[j], product));
        if (own)
            probe->branches[probe->branch_count++] = (hone_probe_branch){
                value, layer_of(all, owner), hone_internal_examination_text(all->examination, node->path), 0};
    }
}

/* ---- sequences ---- */

enum { RECURRENCE_MASK = 5, ATTENTION_MASK = 3 }; /* operands of the ops */

static void read_sequence(const wiring *all, const hone_node *node, bool masked)
{
    hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    if (masked || facts->pad_layer != NULL)
        return;
    facts->pad_layer = hone_internal_examination_text(all->examination, node->path);
    int layer = layer_of(all, node->path);
    facts->pad_class = layer < 0 ? "" : facts->layers[layer].class_name;
}

static void look_at_walk(const wiring *all, const hone_node *node)
{
    hone_probe *probe = all->probe;
    bool masked = node->input_count > RECURRENCE_MASK && node->inputs[RECURRENCE_MASK] >= 0;
    read_sequence(all, node, masked);
    int layer = layer_of(all, node->path);
    if (layer < 0 || probe->walk_count >= HONE_PROBE_PARTS ||
        hone_value_size(all->walk->graph, node->inputs[0], 1) < 4)
        return;
    probe->walks[probe->walk_count++] = (hone_probe_walk){node->inputs[0], HONE_NO_VALUE, layer, masked};
}

static void look_at_attention(const wiring *all, const hone_node *node)
{
    hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    hone_probe *probe = all->probe;
    const hone_attend *how = node->attributes; /* its first member */
    bool masked = node->input_count > ATTENTION_MASK && node->inputs[ATTENTION_MASK] >= 0;
    hone_shape q = hone_value_shape(all->walk->graph, node->inputs[0]);
    read_sequence(all, node, masked);
    if (how->causal && facts->causal_asked == NULL)
        facts->causal_asked = "an attention has a causal mask";
    int layer = layer_of(all, node->path);
    if (layer < 0 || probe->attention_count >= HONE_PROBE_PARTS)
        return;
    probe->attentions[probe->attention_count++] =
        (hone_probe_attention){node->inputs[0],
                               node->inputs[1],
                               HONE_NO_VALUE,
                               how->scale != 0 ? how->scale : 1 / sqrt((double)q.size[3]),
                               how->causal,
                               masked,
                               layer};
}

/* A softmax whose result is multiplied with other numbers of the data: weights [n, ..., queries, keys]. */
static void look_at_softmax(const wiring *all, const hone_node *node)
{
    hone_probe *probe = all->probe;
    hone_value weights = node->outputs[0];
    hone_shape shape = hone_value_shape(all->walk->graph, weights);
    int layer = layer_of(all, node->path);
    const hone_node *scores = hone_internal_graph_producer(all->walk->graph, node->inputs[0]);
    if (scores != NULL && is(scores, "select")) /* masked: which weights are 0 on purpose is not seen */
        return;
    if (layer < 0 || !all->walk->multiplied[weights] || shape.rank < 3 || shape.size[shape.rank - 1] < 4 ||
        probe->attention_count >= HONE_PROBE_PARTS)
        return;
    probe->attentions[probe->attention_count++] =
        (hone_probe_attention){HONE_NO_VALUE, HONE_NO_VALUE, weights, 1, false, true, layer};
}

/* "causal" as the padding of a convolution along time. */
static void look_for_causal(const wiring *all)
{
    hone_doctor_facts *facts = &all->examination->diagnosis->facts;
    const hone_model *model = all->examination->subject->model;
    for (size_t i = 0; i < model->layer_count; i++) {
        const char *const *padding = hone_internal_layer_argument(model->layers[i], "padding");
        bool text = strncmp(model->layers[i]->type->type.class_name, "Conv1D", 6) == 0;
        if (text && padding != NULL && *padding != NULL && strcmp(*padding, "causal") == 0)
            facts->causal_asked = "a convolution has causal padding";
    }
}

void hone_internal_doctor_wiring(hone_examination *examination, const hone_graph_walk *walk,
                                 hone_probe *probe)
{
    const wiring all = {examination, walk, probe};
    probe->rounded = HONE_NO_VALUE;
    probe->branch_count = probe->walk_count = probe->attention_count = 0;
    for (size_t n = 0; n < walk->graph->node_count; n++) {
        const hone_node *node = &walk->graph->nodes[n];
        if (is(node, "convolution") || is(node, "pool"))
            look_at_window(&all, node);
        if (is(node, "convolution"))
            look_at_channels(&all, node);
        if (joins(node))
            look_at_join(&all, node);
        if (is(node, "recurrence"))
            look_at_walk(&all, node);
        if (is(node, "attention"))
            look_at_attention(&all, node);
        if (is(node, "softmax"))
            look_at_softmax(&all, node);
        if (is(node, "round_bfloat16") && probe->rounded < 0 && walk->raw[node->inputs[0]])
            probe->rounded = node->inputs[0];
    }
    look_for_causal(&all);
}
