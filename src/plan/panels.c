/* Which matrices lie in panels (kernels/panels.h), and which results are transient.
 *
 * What element-wise steps read and write together must lie alike: a weight, its gradient, its slots. Such
 * values form a group. A group lies in panels when products want it so and nothing in the plan looks at it
 * otherwise. */
#include "kernels/panels.h"
#include "plan/plan.h"

typedef struct group {
    hone_value parent; /* of the union; itself for the group's first value */
    bool wanted, barred;
} group;

static hone_value find(group *groups, hone_value value)
{
    while (groups[value].parent != value)
        value = groups[value].parent = groups[groups[value].parent].parent;
    return value;
}

static hone_value group_of(const hone_plan *plan, group *groups, hone_value value)
{
    return find(groups, plan->roots[value]);
}

static int64_t count_of(const hone_plan *plan, hone_value value)
{
    return hone_internal_shape_count(hone_value_shape(plan->graph, value));
}

/* The operands of element-wise work that it walks over side by side. */
static bool is_walked(const hone_plan *plan, const hone_step *step, int operand)
{
    return step->operands[operand] >= 0 && count_of(plan, step->operands[operand]) == step->items;
}

static void join_operands(const hone_plan *plan, group *groups, const hone_step *step)
{
    hone_value first = HONE_NO_VALUE;
    for (int i = 0; step->node->op->chains && i < HONE_STEP_OPERANDS; i++) {
        if (!is_walked(plan, step, i))
            continue;
        hone_value own = group_of(plan, groups, step->operands[i]);
        if (first >= 0)
            groups[own].parent = find(groups, first);
        first = first >= 0 ? first : own;
    }
}

/* Whether an operand may lie in panels as far as its step goes. */
static bool may_lie_so(const hone_plan *plan, const hone_step *step, int operand)
{
    const hone_layouts *layouts = step->traits.layouts;
    if (layouts != NULL)
        return layouts->panels_possible >> operand & 1;
    if (!step->node->op->chains || step->draws)
        return false;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        if (step->operands[i] >= 0 && !is_walked(plan, step, i) && count_of(plan, step->operands[i]) != 1)
            return false;
    return true;
}

static void ask_steps(const hone_plan *plan, group *groups)
{
    for (int s = 0; s < plan->step_count; s++) {
        const hone_step *step = &plan->steps[s];
        for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
            if (step->operands[i] < 0)
                continue;
            group *own = &groups[group_of(plan, groups, step->operands[i])];
            if (!may_lie_so(plan, step, i))
                own->barred = true;
            else if (step->traits.layouts != NULL)
                own->wanted = true;
        }
    }
}

/* Only matrices of one shape, of several panels, that nobody outside of the plan reads as they lie. */
static void ask_values(const hone_plan *plan, group *groups)
{
    for (size_t v = 0; v < plan->graph->value_count; v++) {
        const hone_graph_value *value = &plan->graph->values[v];
        hone_value own = group_of(plan, groups, (hone_value)v);
        hone_shape shape = value->shape, first = plan->graph->values[own].shape;
        bool outside = value->kind == HONE_VALUE_INPUT || value->kind == HONE_VALUE_EXTERNAL || value->kept ||
                       (value->kind == HONE_VALUE_VARIABLE && value->variable->held);
        bool fits =
            shape.rank == 2 && hone_internal_shape_equal(shape, first) && hone_panel_count(shape.size[1]) > 1;
        if (outside || !fits)
            groups[own].barred = true;
    }
}

static bool in_panels(const hone_plan *plan, group *groups, hone_value value)
{
    const group *own = &groups[group_of(plan, groups, value)];
    return own->wanted && !own->barred && !plan->graph->in_rows;
}

static void tell_steps(hone_plan *plan, group *groups)
{
    for (int s = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        hone_layouts *layouts = step->traits.layouts;
        for (int i = 0; layouts != NULL && i < HONE_STEP_OPERANDS; i++)
            if (step->operands[i] >= 0 && in_panels(plan, groups, step->operands[i]))
                layouts->panels |= 1U << i;
        if (layouts != NULL && layouts->panels != 0)
            hone_internal_step_tile_anew(step);
    }
}

/* How each variable of the plan lies. */
static hone_status note_variables(hone_plan *plan, group *groups)
{
    for (size_t v = 0; v < plan->graph->value_count; v++) {
        hone_variable *variable = plan->graph->values[v].variable;
        if (variable == NULL || plan->roots[v] != (hone_value)v)
            continue;
        bool panels = in_panels(plan, groups, (hone_value)v);
        if (panels)
            HONE_TRY(hone_internal_variable_reserve(variable));
        plan->variables[plan->variable_count++] = (hone_planned_variable){variable, panels};
    }
    return HONE_OK;
}

hone_status hone_internal_plan_panels(hone_plan *plan)
{
    size_t count = plan->graph->value_count;
    group *groups = hone_internal_allocate_zeroed(count + 1, sizeof *groups);
    if (groups == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t v = 0; v < count; v++)
        groups[v].parent = (hone_value)v;
    for (int s = 0; s < plan->step_count; s++)
        join_operands(plan, groups, &plan->steps[s]);
    ask_steps(plan, groups);
    ask_values(plan, groups);
    tell_steps(plan, groups);
    hone_status status = note_variables(plan, groups);
    hone_internal_free(groups);
    return status;
}

bool hone_internal_plan_fits(const hone_plan *plan)
{
    for (int i = 0; i < plan->variable_count; i++)
        if (plan->variables[i].variable->retired ||
            (plan->variables[i].panels && plan->variables[i].variable->held))
            return false;
    return true;
}

void hone_internal_plan_arrange(const hone_plan *plan)
{
    for (int i = 0; i < plan->variable_count; i++)
        hone_internal_variable_arrange(plan->variables[i].variable, plan->variables[i].panels);
}

/* ---- transient results ---- */

/* Of each value: whether anything but the updates that are chained to the step that makes it sees it. */
static bool *seen_elsewhere(const hone_plan *plan)
{
    const hone_graph *graph = plan->graph;
    bool *seen = hone_internal_allocate_zeroed(graph->value_count + 1, sizeof *seen);
    if (seen == NULL)
        return NULL;
    for (size_t v = 0; v < graph->value_count; v++)
        if (graph->values[v].kept || plan->roots[v] != (hone_value)v)
            seen[plan->roots[v]] = true;
    for (int s = 0; s < plan->step_count; s++) {
        const hone_step *step = &plan->steps[s];
        for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
            if (step->operands[i] < 0)
                continue;
            hone_value root = plan->roots[step->operands[i]];
            bool updates =
                step->node->op->effect && step->head == plan->producers[root] && !(step->written >> i & 1);
            if (s != plan->producers[root] && !updates)
                seen[root] = true;
        }
    }
    return seen;
}

hone_status hone_internal_plan_find_transients(hone_plan *plan)
{
    bool *seen = seen_elsewhere(plan);
    if (seen == NULL)
        return HONE_ERROR_MEMORY;
    for (int s = 0; s < plan->step_count; s++) {
        hone_step *step = &plan->steps[s];
        hone_layouts *layouts = step->traits.layouts;
        if (layouts == NULL || !layouts->transient_possible || step->chain.count == 0 ||
            seen[plan->roots[step->operands[0]]])
            continue;
        layouts->transient = true;
        hone_internal_step_tile_anew(step);
    }
    hone_internal_free(seen);
    return HONE_OK;
}
