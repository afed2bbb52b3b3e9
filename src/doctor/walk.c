/* Ways through a recorded graph: how deep a value is, what it comes from, what follows it. */
#include "doctor/walk.h"
#include "graph/op.h"
#include "ops/binary.h"
#include "ops/unary.h"

#include <string.h>

static bool named(const hone_node *node, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(node->op->name, *names) == 0)
            return true;
    return false;
}

/* Functions of unary.def that are activations, by their own name or Keras's. */
static const char *const functions[][2] = {
    {"sigmoid", "sigmoid"},
    {"tanh", "tanh"},
    {"relu", "relu"},
    {"relu_plain", "relu"},
    {"relu6", "relu6"},
    {"leaky_relu", "leaky_relu"},
    {"elu", "elu"},
    {"selu", "selu"},
    {"celu", "celu"},
    {"gelu", "gelu"},
    {"gelu_tanh", "gelu"},
    {"silu", "silu"},
    {"mish", "mish"},
    {"softplus", "softplus"},
    {"softsign", "softsign"},
    {"log_sigmoid", "log_sigmoid"},
    {"hard_sigmoid", "hard_sigmoid"},
    {"hard_silu", "hard_silu"},
    {"hard_tanh", "hard_tanh"},
    {"exp", "exponential"},
    {"squareplus", "squareplus"},
    {"sparse_sigmoid", "sparse_sigmoid"},
};

const char *hone_internal_walk_function(const hone_graph *graph, hone_value value)
{
    const hone_node *node = hone_internal_graph_producer(graph, value);
    if (node == NULL)
        return NULL;
    if (strcmp(node->op->name, "softmax") == 0)
        return "softmax";
    if (strcmp(node->op->name, "unary") != 0)
        return NULL;
    const hone_unary_attributes *attributes = node->attributes;
    const char *name = hone_internal_unary_name(attributes->function);
    if (strcmp(name, "relu") == 0 && attributes->parameters.a != 0)
        return "leaky_relu";
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i][0], name) == 0)
            return functions[i][1];
    return NULL;
}

hone_variable *hone_internal_walk_variable(const hone_graph *graph, hone_value value)
{
    static const char *const turns[] = {
        "reshape", "strided_copy", "round_bfloat16", "unary", "binary", "binary_broadcast", NULL};
    for (int i = 0; i < 6 && value >= 0; i++) {
        const hone_graph_value *found = hone_internal_graph_value(graph, value);
        if (found->kind == HONE_VALUE_VARIABLE)
            return found->variable->shape.rank >= 2 ? found->variable : NULL;
        const hone_node *node = hone_internal_graph_producer(graph, value);
        if (node == NULL || !named(node, turns))
            return NULL;
        value = node->inputs[0];
    }
    return NULL;
}

int hone_internal_walk_product(const hone_graph *graph, const hone_node *node)
{
    static const char *const products[] = {"matmul", "convolution", "convolution_data", "recurrence", NULL};
    if (!named(node, products))
        return -1;
    if (hone_internal_walk_variable(graph, node->inputs[1]) != NULL)
        return 0;
    return hone_internal_walk_variable(graph, node->inputs[0]) != NULL ? 1 : -1;
}

/* Whether a value is something of the samples, not a weight or a constant. */
bool hone_internal_walk_of_data(const hone_graph_walk *walk, hone_value value)
{
    return value >= 0 && (walk->raw[value] || walk->depth[value] > 0);
}

static hone_kernel_index binary_of(const hone_node *node)
{
    bool binary = strncmp(node->op->name, "binary", 6) == 0;
    return binary ? ((const hone_binary_attributes *)node->attributes)->kernel : HONE_KERNEL_COUNT;
}

static bool is_multiplication(const hone_graph_walk *walk, const hone_node *node)
{
    static const char *const pairs[] = {"matmul", "attention", NULL};
    return (named(node, pairs) || binary_of(node) == HONE_KERNEL_multiply) && node->input_count >= 2 &&
           hone_internal_walk_of_data(walk, node->inputs[0]) &&
           hone_internal_walk_of_data(walk, node->inputs[1]);
}

static bool is_affine(const hone_node *node)
{
    static const char *const affine[] = {
        "reshape",     "strided_copy",        "bias_add",       "concatenate", "dropout",
        "batch_apply", "batch_normalization", "round_bfloat16", "pad",         NULL};
    if (strcmp(node->op->name, "unary") == 0) {
        const char *name =
            hone_internal_unary_name(((const hone_unary_attributes *)node->attributes)->function);
        return strcmp(name, "affine") == 0 || strcmp(name, "copy") == 0 || strcmp(name, "negative") == 0;
    }
    hone_kernel_index binary = binary_of(node);
    return named(node, affine) || binary == HONE_KERNEL_add || binary == HONE_KERNEL_subtract ||
           binary == HONE_KERNEL_multiply || binary == HONE_KERNEL_divide;
}

static bool is_raw_step(const hone_node *node)
{
    static const char *const more[] = {"one_hot", "pool", "normalize", "row_normalization", "reduce", NULL};
    return is_affine(node) || named(node, more) || strcmp(node->op->name, "unary") == 0;
}

static void follow(hone_graph_walk *walk, const hone_node *node)
{
    const hone_graph *graph = walk->graph;
    int depth = 0, product = hone_internal_walk_product(graph, node);
    bool raw = is_raw_step(node), any = false, straight = is_affine(node) && !is_multiplication(walk, node);
    bool from_straight = false;
    for (int i = 0; i < node->input_count; i++) {
        hone_value value = node->inputs[i];
        if (value < 0)
            continue;
        depth = walk->depth[value] > depth ? walk->depth[value] : depth;
        any = any || walk->raw[value];
        raw = raw && walk->depth[value] == 0;
        from_straight = from_straight || walk->straight[value];
        straight = straight && (walk->straight[value] || walk->depth[value] == 0);
    }
    if (product >= 0 && depth > 0 && !walk->straight[node->inputs[product]])
        walk->affine = false;
    for (int i = 0; i < node->output_count; i++) {
        walk->depth[node->outputs[i]] = depth + (product >= 0);
        walk->raw[node->outputs[i]] = raw && any && product < 0;
        walk->straight[node->outputs[i]] =
            product >= 0 ? strcmp(node->op->name, "recurrence") != 0 : straight && from_straight;
    }
    walk->bfloat16 = walk->bfloat16 || strcmp(node->op->name, "round_bfloat16") == 0;
}

static void look_back(hone_graph_walk *walk, const hone_node *node)
{
    int product = hone_internal_walk_product(walk->graph, node);
    bool feeds = product >= 0, multiplies = is_multiplication(walk, node),
         passes = node->op->view || strcmp(node->op->name, "dropout") == 0;
    bool multiplied = false;
    for (int i = 0; i < node->output_count; i++) {
        feeds = feeds || walk->feeds[node->outputs[i]];
        multiplied = multiplied || (passes && walk->multiplied[node->outputs[i]]);
    }
    for (int i = 0; i < node->input_count; i++)
        if (node->inputs[i] >= 0) {
            walk->feeds[node->inputs[i]] = walk->feeds[node->inputs[i]] || feeds;
            walk->multiplied[node->inputs[i]] = walk->multiplied[node->inputs[i]] || multiplies || multiplied;
        }
}

hone_status hone_internal_walk_begin(hone_graph_walk *walk, const hone_graph *graph)
{
    size_t count = graph->value_count + 1;
    *walk = (hone_graph_walk){.graph = graph, .affine = true};
    walk->depth = hone_internal_allocate_zeroed(count, sizeof *walk->depth);
    walk->raw = hone_internal_allocate_zeroed(count, 4 * sizeof *walk->raw);
    if (walk->depth == NULL || walk->raw == NULL)
        return HONE_ERROR_MEMORY;
    walk->straight = walk->raw + count;
    walk->feeds = walk->straight + count;
    walk->multiplied = walk->feeds + count;
    int deepest = 0;
    for (size_t i = 0; i < graph->value_count; i++)
        walk->raw[i] = graph->values[i].kind == HONE_VALUE_INPUT;
    for (size_t n = 0; n < graph->node_count; n++)
        follow(walk, &graph->nodes[n]);
    for (size_t n = graph->node_count; n-- > 0;)
        look_back(walk, &graph->nodes[n]);
    for (size_t i = 0; i < graph->value_count; i++)
        deepest = walk->depth[i] > deepest ? walk->depth[i] : deepest;
    walk->affine = walk->affine && deepest >= 2;
    return HONE_OK;
}

void hone_internal_walk_end(hone_graph_walk *walk)
{
    hone_internal_free(walk->depth);
    hone_internal_free(walk->raw);
}

/* The operand that has come deepest. */
static hone_value deepest_operand(const hone_graph_walk *walk, const hone_node *node)
{
    hone_value found = HONE_NO_VALUE;
    for (int i = 0; i < node->input_count; i++) {
        hone_value value = node->inputs[i];
        if (value >= 0 && walk->depth[value] > 0 && (found < 0 || walk->depth[value] > walk->depth[found]))
            found = value;
    }
    return found;
}

const char *hone_internal_walk_owner(const hone_graph_walk *walk, hone_value value)
{
    const hone_node *node = hone_internal_graph_producer(walk->graph, value);
    while (node != NULL && hone_internal_walk_product(walk->graph, node) < 0) {
        value = deepest_operand(walk, node);
        node = value < 0 ? NULL : hone_internal_graph_producer(walk->graph, value);
    }
    return node == NULL ? NULL : node->path;
}

bool hone_internal_walk_reaches(const hone_graph_walk *walk, hone_value to, hone_value from)
{
    while (to >= from && to >= 0) {
        if (to == from)
            return true;
        const hone_node *node = hone_internal_graph_producer(walk->graph, to);
        if (node == NULL || hone_internal_walk_product(walk->graph, node) >= 0)
            return false;
        to = deepest_operand(walk, node);
    }
    return false;
}

bool hone_internal_walk_normalized(const hone_graph_walk *walk, hone_value value)
{
    static const char *const kinds[] = {"batch_moments",
                                        "batch_statistics",
                                        "batch_normalization",
                                        "batch_apply",
                                        "normalize",
                                        "row_normalization",
                                        NULL};
    for (size_t n = 0; n < walk->graph->node_count; n++) {
        const hone_node *node = &walk->graph->nodes[n];
        for (int i = 0; i < node->input_count; i++)
            if (node->inputs[i] == value && named(node, kinds))
                return true;
    }
    return false;
}
