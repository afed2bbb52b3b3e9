/* Making a plan: which nodes are needed, their steps, and where everything stands. */
#include "plan/measure.h"

#include <stdlib.h>
#include <string.h>

enum { ELEMENTWISE_RATE = 8 }; /* FLOP in a nanosecond */

/* Marks what has an effect, what is kept, and all that those need. */
static bool *needed_nodes(const hone_graph *graph)
{
    bool *needed = hone_internal_allocate_zeroed(graph->node_count, sizeof *needed);
    if (needed == NULL)
        return NULL;
    for (size_t i = 0; i < graph->value_count; i++)
        if (graph->values[i].kept && graph->values[i].kind == HONE_VALUE_RESULT)
            needed[graph->values[i].node] = true;
    for (size_t n = graph->node_count; n-- > 0;) {
        const hone_node *node = &graph->nodes[n];
        needed[n] = needed[n] || node->op->effect;
        for (int i = 0; needed[n] && i < node->input_count; i++)
            if (node->inputs[i] >= 0 && graph->values[node->inputs[i]].kind == HONE_VALUE_RESULT)
                needed[graph->values[node->inputs[i]].node] = true;
    }
    return needed;
}

static int64_t value_bytes(const hone_plan *plan, hone_value value)
{
    if (value < 0)
        return 0;
    return hone_internal_shape_count(hone_value_shape(plan->graph, value)) *
           (int64_t)plan->kernels->element_size;
}

static void measure_step(hone_plan *plan, hone_step *step)
{
    const hone_op *op = step->node->op;
    step->flops = op->flops != NULL ? op->flops(plan->graph, step->node) : step->items;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        step->bytes += value_bytes(plan, step->operands[i]);
}

static hone_status make_step(hone_plan *plan, const hone_node *node)
{
    hone_step *step = &plan->steps[plan->step_count];
    *step = (hone_step){.kernels = plan->kernels,
                        .arena = &plan->graph->arena,
                        .node = node,
                        .phase = -1,
                        .head = plan->step_count};
    HONE_TRY(node->op->prepare(plan->graph, node, step));
    if (step->items <= 0)
        return HONE_OK; /* nothing to do: an empty tensor */
    if (step->grain <= 0)
        step->grain = step->items;
    step->run = plan->kernels->kernel[step->kernel];
    step->args.step = step->numbers;
    if (node->op->chains)
        step->traits.elements = step->items;
    if (step->traits.rate <= 0)
        step->traits.rate = ELEMENTWISE_RATE;
    measure_step(plan, step);
    for (int i = 0; i < node->output_count; i++)
        plan->producers[node->outputs[i]] = plan->step_count;
    plan->step_count++;
    return HONE_OK;
}

/* Views share the memory of what they show; effects stand for their variable. */
static void find_roots(hone_plan *plan)
{
    const hone_graph *graph = plan->graph;
    for (size_t i = 0; i < graph->value_count; i++) {
        const hone_graph_value *value = &graph->values[i];
        plan->roots[i] = (hone_value)i;
        plan->producers[i] = -1;
        if (value->kind == HONE_VALUE_RESULT && graph->nodes[value->node].op->view)
            plan->roots[i] = plan->roots[graph->nodes[value->node].inputs[0]];
    }
}

static hone_status make_steps(hone_plan *plan)
{
    const hone_graph *graph = plan->graph;
    bool *needed = needed_nodes(graph);
    if (needed == NULL)
        return HONE_ERROR_MEMORY;
    find_roots(plan);
    hone_status status = HONE_OK;
    for (size_t n = 0; n < graph->node_count && status == HONE_OK; n++)
        if (needed[n] && graph->nodes[n].op->prepare != NULL)
            status = make_step(plan, &graph->nodes[n]);
    hone_internal_free(needed);
    return status;
}

static hone_status allocate_tables(hone_plan *plan)
{
    size_t nodes = plan->graph->node_count + 1, values = plan->graph->value_count + 1;
    plan->steps = hone_internal_allocate_zeroed(nodes, sizeof *plan->steps);
    plan->order = hone_internal_allocate_zeroed(nodes, sizeof *plan->order);
    plan->phases = hone_internal_allocate_zeroed(nodes, sizeof *plan->phases);
    plan->roots = hone_internal_allocate_zeroed(values, sizeof *plan->roots);
    plan->producers = hone_internal_allocate_zeroed(values, sizeof *plan->producers);
    plan->buffer_of = hone_internal_allocate_zeroed(values, sizeof *plan->buffer_of);
    plan->buffers = hone_internal_allocate_zeroed(values, sizeof *plan->buffers);
    plan->addresses = hone_internal_allocate_zeroed(values, sizeof *plan->addresses);
    plan->randoms = hone_internal_allocate_zeroed(nodes, sizeof *plan->randoms);
    plan->variables = hone_internal_allocate_zeroed(values, sizeof *plan->variables);
    bool failed = plan->steps == NULL || plan->order == NULL || plan->phases == NULL || plan->roots == NULL ||
                  plan->producers == NULL || plan->buffer_of == NULL || plan->buffers == NULL ||
                  plan->addresses == NULL || plan->randoms == NULL || plan->variables == NULL;
    return failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status allocate_scratch(hone_plan *plan)
{
    for (int i = 0; i < plan->step_count; i++)
        if (plan->steps[i].scratch > plan->scratch_bytes)
            plan->scratch_bytes = plan->steps[i].scratch;
    plan->scratch_bytes = (plan->scratch_bytes + HONE_ALIGNMENT - 1) / HONE_ALIGNMENT * HONE_ALIGNMENT;
    int threads = plan->threads;
    plan->threads = 0;
    return hone_internal_plan_make_room(plan, threads);
}

hone_status hone_internal_plan_make_room(hone_plan *plan, int threads)
{
    if (threads <= plan->threads)
        return HONE_OK;
    if (plan->scratch_bytes > 0) {
        void *scratch = hone_internal_allocate_aligned(plan->scratch_bytes * (size_t)threads);
        if (scratch == NULL)
            return HONE_ERROR_MEMORY;
        hone_internal_free_aligned(plan->scratch);
        plan->scratch = scratch;
    }
    plan->threads = threads;
    return HONE_OK;
}

/* Bit i: operand i of a chained step is the result of the step that it is chained to. */
static unsigned results_of(const hone_plan *plan, const hone_step *head, const hone_step *chained)
{
    unsigned results = 0;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        if (chained->operands[i] >= 0 && plan->roots[chained->operands[i]] == plan->roots[head->operands[0]])
            results |= 1U << i;
    return results;
}

/* Addresses, chains and streams, now that the memory is laid out. */
static void bind_steps(hone_plan *plan)
{
    int draws = 0;
    for (int s = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        for (int i = 0; i < HONE_STEP_OPERANDS; i++)
            step->args.data[i] = step->operands[i] < 0 ? NULL : plan->addresses[step->operands[i]];
        step->args.owner = step;
        if (step->draws) {
            plan->randoms[draws] = hone_internal_random(plan->seed, step->node->stream, 0);
            step->args.random = &plan->randoms[draws++];
        }
        for (int c = 0; c < step->chain.count; c++) {
            step->chain.step[c].run = plan->steps[step->chained[c]].run;
            step->chain.step[c].args = &plan->steps[step->chained[c]].args;
            step->chain.step[c].results = results_of(plan, step, &plan->steps[step->chained[c]]);
        }
        if (step->traits.runs_chain && step->chain.count > 0)
            step->args.chain = &step->chain;
    }
}

hone_plan *hone_internal_plan_create(hone_graph *graph, const hone_kernels *kernels, uint64_t seed,
                                     int threads)
{
    if (graph == NULL)
        return NULL;
    hone_plan *plan = hone_internal_allocate_zeroed(1, sizeof *plan);
    if (plan == NULL) {
        hone_internal_graph_free(graph);
        return NULL;
    }
    plan->graph = graph;
    plan->kernels = kernels;
    plan->seed = seed;
    plan->threads = threads > 1 ? threads : 1;
    if (kernels == NULL || allocate_tables(plan) < 0 || make_steps(plan) < 0 ||
        hone_internal_plan_panels(plan) < 0 || hone_internal_plan_schedule(plan) < 0 ||
        hone_internal_plan_lay_out(plan) < 0 || allocate_scratch(plan) < 0) {
        hone_internal_plan_free(plan);
        return NULL;
    }
    bind_steps(plan);
    return plan;
}

void hone_internal_plan_free(hone_plan *plan)
{
    if (plan == NULL)
        return;
    hone_internal_graph_free(plan->graph);
    hone_internal_measures_free(plan->measures);
    hone_internal_free(plan->steps);
    hone_internal_free(plan->order);
    hone_internal_free(plan->phases);
    hone_internal_free(plan->roots);
    hone_internal_free(plan->producers);
    hone_internal_free(plan->buffer_of);
    hone_internal_free(plan->buffers);
    hone_internal_free(plan->addresses);
    hone_internal_free(plan->randoms);
    hone_internal_free(plan->variables);
    hone_internal_free_aligned(plan->memory);
    hone_internal_free_aligned(plan->scratch);
    hone_internal_free(plan);
}

void *hone_internal_plan_address(const hone_plan *plan, hone_value value)
{
    return value < 0 ? NULL : plan->addresses[value];
}

void hone_internal_plan_place(hone_plan *plan, hone_value value, void *address)
{
    const hone_value root = plan->roots[value];
    for (size_t v = 0; v < plan->graph->value_count; v++)
        if (plan->roots[v] == root)
            plan->addresses[v] = address;
    for (int s = 0; s < plan->step_count; s++)
        for (int i = 0; i < HONE_STEP_OPERANDS; i++)
            if (plan->steps[s].operands[i] >= 0 && plan->roots[plan->steps[s].operands[i]] == root)
                plan->steps[s].args.data[i] = address;
}

void hone_internal_plan_set_rows(hone_plan *plan, int64_t rows, int64_t first)
{
    for (int s = 0, draws = 0; s < plan->step_count; s++) {
        if (!plan->steps[s].draws)
            continue;
        const hone_shape shape = hone_value_shape(plan->graph, plan->steps[s].operands[0]);
        const bool by_rows = shape.rank > 0 && rows > 0 && shape.size[0] > 0 && shape.size[0] % rows == 0;
        const int64_t row = by_rows ? hone_internal_shape_count(shape) / rows : 0;
        plan->randoms[draws++].base = (uint64_t)(first * row);
    }
}

int64_t hone_internal_plan_flops(const hone_plan *plan)
{
    int64_t flops = 0;
    for (int i = 0; i < plan->step_count; i++)
        flops += plan->steps[i].flops;
    return flops;
}
