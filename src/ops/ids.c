/* Ids beyond those that floats tell apart, as codes: which inputs may hold them. */
#include "ops/ids.h"
#include "ops/binary.h"
#include "ops/lookup.h"
#include "ops/movement.h"
#include "ops/unary.h"
#include "tensor/ids.h"

#include <math.h>
#include <string.h>

enum { MOST_VALUES = 256 };

/* Whether a node gives numbers of its operands as they are. */
static bool moves(const hone_node *node)
{
    static const char *const names[] = {"reshape", "stop_gradient", "strided_copy", "concatenate"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(node->op->name, names[i]) == 0)
            return true;
    return false;
}

/* `left`: values that may still be looked at. */
static bool comes_from_inputs(const hone_graph *graph, hone_value value, int *left)
{
    if (value < 0 || --*left < 0)
        return false;
    const hone_node *node = hone_internal_graph_producer(graph, value);
    if (node == NULL)
        return graph->values[value].kind == HONE_VALUE_INPUT;
    for (int i = 0; i < node->input_count; i++)
        if (!comes_from_inputs(graph, node->inputs[i], left))
            return false;
    return moves(node);
}

bool hone_internal_ids_are_coded(const hone_graph *graph, hone_value ids, int64_t rows)
{
    int left = MOST_VALUES;
    return rows > HONE_PLAIN_IDS && comes_from_inputs(graph, ids, &left);
}

/* ---- a whole graph ---- */

static bool takes_rows(const hone_node *node)
{
    return strcmp(node->op->name, "gather_rows") == 0;
}

/* From the nodes that decode back to the inputs; false: there are none. */
static bool mark_sources(const hone_graph *graph, bool *coded)
{
    bool any = false;
    for (size_t n = graph->node_count; n-- > 0;) {
        const hone_node *node = &graph->nodes[n];
        if (takes_rows(node) && ((const hone_gathered_rows *)node->attributes)->coded)
            any = coded[node->inputs[1]] = true;
        for (int i = 0; moves(node) && coded[node->outputs[0]] && i < node->input_count; i++)
            if (node->inputs[i] >= 0)
                coded[node->inputs[i]] = true;
    }
    return any;
}

static bool is_small(const hone_graph *graph, hone_value value)
{
    const hone_node *node = hone_internal_graph_producer(graph, value);
    return node != NULL && strcmp(node->op->name, "fill") == 0 &&
           fabs(((const hone_fill_attributes *)node->attributes)->number) < (double)HONE_PLAIN_IDS;
}

static bool compares_two(const hone_graph *graph, const hone_node *node)
{
    static const hone_kernel_index kernels[] = {HONE_KERNEL_equal,         HONE_KERNEL_not_equal,
                                                HONE_KERNEL_greater,       HONE_KERNEL_less,
                                                HONE_KERNEL_greater_equal, HONE_KERNEL_less_equal};
    if (strncmp(node->op->name, "binary", 6) != 0)
        return false;
    const hone_kernel_index kernel = ((const hone_binary_attributes *)node->attributes)->kernel;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernel == kernels[i])
            return is_small(graph, node->inputs[0]) || is_small(graph, node->inputs[1]);
    return false;
}

bool hone_internal_ids_compare(const hone_graph *graph, const hone_node *node)
{
    const hone_unary_attributes *of = hone_internal_op_unary_attributes(graph, node->outputs[0]);
    const char *name = of != NULL ? hone_internal_unary_name(of->function) : "";
    if (strcmp(name, "not_equal_scalar") == 0 || strcmp(name, "equal_scalar") == 0)
        return fabs(of->parameters.a) < (double)HONE_PLAIN_IDS;
    return compares_two(graph, node);
}

static bool decodes(const hone_node *node, int operand)
{
    return operand == 1 && takes_rows(node) && ((const hone_gathered_rows *)node->attributes)->coded;
}

/* Who computes with codes; NULL: nobody. What they are moved to is a code, too. */
static const char *find_reader(const hone_graph *graph, const hone_value *outputs, int count, bool *coded)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        const hone_node *node = &graph->nodes[n];
        for (int i = 0; i < node->input_count; i++) {
            if (node->inputs[i] < 0 || !coded[node->inputs[i]])
                continue;
            if (moves(node))
                coded[node->outputs[0]] = true;
            else if (!decodes(node, i) && !hone_internal_ids_compare(graph, node))
                return node->scope;
        }
    }
    for (int i = 0; i < count; i++)
        if (outputs[i] >= 0 && coded[outputs[i]])
            return "output";
    return NULL;
}

static hone_status take_inputs(const hone_value *inputs, int count, hone_coded_ids *ids)
{
    ids->inputs = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *ids->inputs);
    for (int i = 0; ids->inputs != NULL && i < count; i++)
        ids->inputs[i] = ids->values[inputs[i]];
    return ids->inputs == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_coded_ids_find(const hone_graph *graph, const hone_value *inputs, int input_count,
                                         const hone_value *outputs, int output_count, hone_coded_ids *ids)
{
    *ids = (hone_coded_ids){.inputs = NULL};
    bool *coded = hone_internal_allocate_zeroed(graph->value_count + 1, sizeof *coded);
    if (coded == NULL)
        return HONE_ERROR_MEMORY;
    const bool any = mark_sources(graph, coded);
    ids->reader = any ? find_reader(graph, outputs, output_count, coded) : NULL;
    ids->values = coded;
    if (any && ids->reader == NULL)
        return take_inputs(inputs, input_count, ids);
    hone_internal_free(coded);
    ids->values = NULL;
    return HONE_OK;
}

void hone_internal_coded_ids_free(hone_coded_ids *ids)
{
    hone_internal_free(ids->inputs);
    hone_internal_free(ids->values);
    *ids = (hone_coded_ids){.inputs = NULL};
}
