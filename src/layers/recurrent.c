/* The walk along time: what simple_rnn, lstm, gru, rnn over any cells and conv_lstm do alike around their
 * steps: states at the start, given or kept from the last batch, masks, the order of steps, and what comes
 * out. Cells that stand on each other are walked one after the other, each over all steps. */
#include "base/plural.h"
#include "layers/recurrent.h"

#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_recurrent_call, HONE_RECURRENT_CALL_FIELDS, call_fields, no_arguments);
const hone_type hone_internal_recurrent_call_fields = {
    .name = "call",
    .class_name = "call",
    HONE_TYPE_FIELDS_NAMED(hone_recurrent_call, call_fields, no_arguments)};

HONE_FIELD_TABLE_NAMED(hone_cell_call, HONE_CELL_CALL_FIELDS, cell_fields, no_states);
const hone_type hone_internal_cell_call_fields = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(hone_cell_call, cell_fields, no_states)};

hone_shape hone_internal_walk_step_shape(hone_shape x)
{
    hone_shape step = {.rank = x.rank - 1, .size = {x.size[0]}};
    for (int axis = 1; axis < step.rank; axis++)
        step.size[axis] = x.size[axis + 1];
    return step;
}

/* ---- a layer's own cell ---- */

hone_layer *hone_internal_own_cell(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "cell";
    return index == 0 ? ((const hone_own_cell *)layer->state)->layer : NULL;
}

void hone_internal_own_cell_free(hone_layer *layer)
{
    hone_layer_free(((hone_own_cell *)layer->state)->layer);
}

hone_status hone_internal_recurrent_build_cell(hone_layer *layer, hone_layer *cell, hone_shape input)
{
    if (!hone_layer_trainable(layer))
        hone_internal_layer_set_trainable(cell, false);
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    bool vectors = hone_internal_cell_known(cell, &(hone_cell){.units = 0});
    if (vectors ? input.rank != 3 || input.size[2] == HONE_ANY : input.rank < 3)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, steps, %s, not %s",
                         vectors ? "n), n known" : "...)", text);
    hone_shape step = hone_internal_walk_step_shape(input);
    HONE_TRY(hone_internal_layer_build(cell, &step, 1));
    return hone_internal_walker_of_cell(&(hone_walker){.walk = NULL}, cell, step);
}

hone_status hone_internal_recurrent_build(hone_layer *layer, hone_layer *own, const hone_shape *inputs,
                                          int count)
{
    (void)count;
    hone_own_cell *state = layer->state;
    hone_layer_free(state->layer); /* of a build that failed */
    state->layer = own;
    if (own == NULL)
        return hone_error_status();
    hone_internal_layer_limit(own, layer->allowance);
    return hone_internal_recurrent_build_cell(layer, own, inputs[0]);
}

/* ---- steps ---- */

/* Something of the shape of x without its axis of steps, when their number is not known. */
hone_value hone_internal_walk_step(hone_graph *graph, hone_value x, int64_t t)
{
    if (hone_value_size(graph, x, 1) == HONE_ANY)
        return hone_op_reduce(graph, "sum", x, (int[]){1}, 1, false);
    return hone_op_squeeze(graph, hone_op_slice(graph, x, 1, t, t + 1), 1);
}

/* Joins steps [n, u] to [n, t, u]: in groups, so that nothing is copied often. */
hone_value hone_internal_walk_join(hone_graph *graph, hone_value *steps, int64_t count)
{
    enum { GROUP = 8 };
    for (int64_t i = 0; i < count; i++)
        steps[i] = hone_op_expand(graph, steps[i], 1);
    while (count > 1) {
        int64_t groups = 0;
        for (int64_t i = 0; i < count; i += GROUP)
            steps[groups++] =
                hone_op_concatenate(graph, steps + i, (int)(count - i < GROUP ? count - i : GROUP), 1);
        count = groups;
    }
    return steps[0];
}

/* Axes of size 1 behind x until it has the rank. */
static hone_value widened(hone_graph *graph, hone_value x, int rank)
{
    for (int now = hone_value_shape(graph, x).rank; x >= 0 && now < rank; now++)
        x = hone_op_expand(graph, x, -1);
    return x;
}

hone_value hone_internal_walk_keep(hone_graph *graph, hone_value mask, int64_t t, hone_value after,
                                   hone_value before)
{
    if (mask < 0 || after < 0)
        return after;
    hone_value counts = hone_internal_walk_step(graph, mask, t);
    return hone_op_select(graph, widened(graph, counts, hone_value_shape(graph, after).rank), after, before);
}

/* ---- states at the start ---- */

static bool fits(hone_shape given, hone_shape expected)
{
    bool good = given.rank == expected.rank;
    for (int axis = 0; good && axis < given.rank; axis++)
        good = given.size[axis] == expected.size[axis] || given.size[axis] == HONE_ANY ||
               expected.size[axis] == HONE_ANY;
    return good;
}

static hone_status check_state(const hone_graph *graph, hone_value state, int index, hone_shape wanted)
{
    hone_shape shape = hone_value_shape(graph, state);
    if (fits(shape, wanted))
        return HONE_OK;
    char text[128], expected[128];
    hone_internal_shape_to_text(shape, text, sizeof text);
    hone_internal_shape_to_text(wanted, expected, sizeof expected);
    return hone_fail(HONE_ERROR_SHAPE, "state %d at the start has the shape %s, not %s", index + 1, text,
                     expected);
}

/* The first is shown as (batch, units). */
static hone_status refuse_count(const hone_walker *walker, const char *name, int given)
{
    char shape[128];
    int wanted = walker->state_count;
    hone_shape first = walker->states[0];
    first.size[0] = HONE_ANY;
    hone_internal_shape_to_text(first, shape, sizeof shape);
    return hone_fail(HONE_ERROR_SHAPE, "has %d state%s %s(batch%s, but %s has %d", wanted,
                     hone_internal_plural(wanted), wanted > 2 ? "from " : "", shape + strlen("(None"), name,
                     given);
}

hone_status hone_internal_walk_take_states(hone_graph *graph, const hone_walker *walker, const char *name,
                                           const hone_value *inputs, int count, hone_value *states)
{
    int given = 0, wanted = walker->state_count;
    for (int i = 0; i <= wanted; i++) {
        hone_value state = hone_call_value(graph, name, i);
        if (state < 0 && i + 1 < count)
            state = inputs[i + 1];
        if (i < wanted)
            states[i] = HONE_NO_VALUE;
        given += state >= 0;
        if (i == wanted || state < 0)
            continue;
        HONE_TRY(check_state(graph, state, i, walker->states[i]));
        states[i] = hone_internal_layer_round(graph, state);
    }
    return given == 0 || given == wanted ? HONE_OK : refuse_count(walker, name, given);
}

void hone_internal_walk_fill_states(hone_graph *graph, const hone_walker *walker, hone_value *states,
                                    int first, int count)
{
    for (int i = first; i < first + count; i++)
        if (states[i] < 0)
            states[i] = hone_graph_filled(graph, walker->states[i], 0);
}

/* ---- states from batch to batch ---- */

/* The size that the input of the model says, when it does. */
static hone_status check_batch(const hone_graph *graph, const hone_time_walk *walk, int64_t batch)
{
    int64_t said = walk->layer->input_count > 0 ? walk->layer->input_shapes[0].size[0] : HONE_ANY;
    if (said == HONE_ANY || said == batch || graph->any_batch)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_SHAPE,
        "is stateful, for batches of %lld, and cannot take a batch of %lld; give a batch_size of %lld",
        (long long)said, (long long)batch, (long long)said);
}

static hone_variable *kept_state(const hone_time_walk *walk, const hone_walker *walker, int index)
{
    char name[32];
    snprintf(name, sizeof name, "state_%d", index);
    return hone_layer_carry(walk->layer, name, walker->states[index]);
}

static bool keeps(const hone_time_walk *walk, const hone_graph *graph)
{
    return walk->stateful && !graph->symbolic;
}

/* Copies, since the gradient reads them after the variables have changed. */
static hone_status read_kept(hone_graph *graph, const hone_time_walk *walk, const hone_walker *walker,
                             hone_value *states)
{
    if (walk->stateful && graph->plain && graph->symbolic)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "keeps states from batch to batch, which this form of a model cannot; make the model with "
            "initial_state and return_state");
    if (keeps(walk, graph))
        HONE_TRY(check_batch(graph, walk, walker->states[0].size[0]));
    for (int i = 0; keeps(walk, graph) && i < walker->state_count; i++) {
        hone_variable *kept = kept_state(walk, walker, i);
        if (kept == NULL)
            return hone_error_status();
        if (states[i] < 0)
            states[i] = hone_op_stop_gradient(
                graph, hone_op_unary(graph, "copy", hone_graph_variable(graph, kept), (hone_parameters){0}));
    }
    return HONE_OK;
}

static hone_status write_kept(hone_graph *graph, const hone_time_walk *walk, const hone_walker *walker,
                              const hone_value *states)
{
    for (int i = 0; keeps(walk, graph) && i < walker->state_count; i++) {
        hone_variable *kept = kept_state(walk, walker, i);
        if (kept == NULL)
            return hone_error_status();
        HONE_TRY(hone_op_assign(graph, kept, states[i]));
    }
    return HONE_OK;
}

/* ---- cells ---- */

static hone_status add_state(hone_walker *walker, const hone_layer *cell, hone_shape shape)
{
    if (walker->state_count == HONE_WALK_STATES)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the cell \"%s\" has more than %d states",
                         hone_internal_layer_label(cell), HONE_WALK_STATES);
    walker->states[walker->state_count++] = shape;
    return HONE_OK;
}

/* A cell of another type: its call gives the output, then the states. */
static hone_status add_other(hone_walker *walker, hone_layer *cell, hone_shape *step)
{
    hone_shape outputs[HONE_MAX_OUTPUTS];
    if (hone_internal_layer_most_outputs(cell) > HONE_MAX_OUTPUTS || cell->type->call_fields == NULL ||
        hone_internal_fields_find(cell->type->call_fields, "states") == NULL)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "the layer \"%s\" is not a cell: it takes no states in its call (as simple_rnn_cell, "
            "lstm_cell, gru_cell, stacked_rnn_cells do)",
            hone_internal_layer_label(cell));
    int count = hone_internal_layer_output_shapes(cell, step, 1, NULL, outputs);
    if (count < 0)
        return (hone_status)count;
    for (int i = 1; i < count; i++)
        HONE_TRY(add_state(walker, cell, outputs[i]));
    *step = outputs[0];
    return HONE_OK;
}

static hone_status add_cell(hone_walker *walker, hone_layer *cell, hone_shape *step)
{
    hone_cell known;
    hone_layer *inner;
    hone_status status = HONE_OK;
    if (cell->type == &hone_internal_stacked_rnn_cells_layer) {
        for (int i = 0; status >= 0 && (inner = hone_internal_layer_within(cell, i, NULL)) != NULL; i++)
            status = add_cell(walker, inner, step);
        return status;
    }
    int before = walker->state_count;
    if (hone_internal_cell_known(cell, &known)) {
        *step = HONE_SHAPE(step->size[0], known.units);
        for (int i = 0; status >= 0 && i < hone_internal_cell_states(&known); i++)
            status = add_state(walker, cell, *step);
    } else {
        status = add_other(walker, cell, step);
    }
    if (status < 0)
        return status;
    if (walker->cell_count == HONE_WALK_STATES)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "there are more than %d cells", HONE_WALK_STATES);
    walker->states_of[walker->cell_count] = walker->state_count - before;
    walker->cells[walker->cell_count++] = cell;
    return HONE_OK;
}

/* One step of a cell of another type. Where a mask hides the step the output is that of the step before,
 * which the first state is taken for, as in Keras. */
static hone_value step_other(hone_layer *cell, hone_graph *graph, const hone_value *x, hone_value mask,
                             int64_t t, hone_value *states, int count)
{
    hone_given_value values[HONE_WALK_STATES];
    hone_value outputs[HONE_MAX_OUTPUTS], step = hone_internal_walk_step(graph, *x, t);
    for (int i = 0; i < count; i++)
        values[i] = (hone_given_value){"states", i, states[i]};
    hone_given given = {.values = values, .count = count};
    if (step < 0 || hone_internal_layer_call(cell, graph, &step, 1, &given, outputs, graph->scope_call,
                                             graph->seed) != 1 + count)
        return HONE_NO_VALUE;
    hone_value output = outputs[0];
    if (count > 0 &&
        hone_internal_shape_equal(hone_value_shape(graph, output), hone_value_shape(graph, states[0])))
        output = hone_internal_walk_keep(graph, mask, t, output, states[0]);
    for (int i = 0; i < count; i++)
        states[i] = hone_internal_walk_keep(graph, mask, t, outputs[1 + i], states[i]);
    return output;
}

/* [n, steps, ...] of an output [n, ...]. */
hone_value hone_internal_walk_foretold(hone_graph *graph, hone_value output)
{
    hone_shape shape = hone_value_shape(graph, output), all = {.rank = shape.rank + 1};
    for (int i = 0; i < shape.rank; i++)
        all.size[i + (i > 0)] = shape.size[i];
    all.size[1] = HONE_ANY;
    return hone_internal_graph_input(graph, all, NULL);
}

static hone_value walk_other(hone_layer *cell, hone_graph *graph, hone_value x, hone_value mask,
                             hone_value *states, int count, bool sequence, hone_value *last)
{
    int64_t known = hone_value_size(graph, x, 1), t = known == HONE_ANY ? 1 : known;
    hone_value *steps = hone_internal_arena_allocate(&graph->arena, sizeof *steps * (size_t)(t + 1));
    for (int64_t i = 0; steps != NULL && i < t; i++) {
        steps[i] = step_other(cell, graph, &x, mask, i, states, count);
        if (steps[i] < 0)
            return *last = HONE_NO_VALUE;
    }
    *last = steps == NULL ? HONE_NO_VALUE : steps[t - 1];
    if (!sequence || *last < 0)
        return HONE_NO_VALUE;
    return known == HONE_ANY ? hone_internal_walk_foretold(graph, *last)
                             : hone_internal_walk_join(graph, steps, t);
}

static hone_value walk_cells(const hone_walker *walker, hone_graph *graph, hone_value x, hone_value mask,
                             hone_value *states, bool sequence, hone_value *last)
{
    for (int i = 0, first = 0; i < walker->cell_count; first += walker->states_of[i++]) {
        hone_cell known;
        bool all = sequence || i + 1 < walker->cell_count;
        if (hone_internal_cell_known(walker->cells[i], &known)) {
            x = hone_internal_cell_walk(walker->cells[i], &known, graph, x, mask, states + first, all);
            *last = states[first];
        } else {
            hone_internal_walk_fill_states(graph, walker, states, first, walker->states_of[i]);
            x = walk_other(walker->cells[i], graph, x, mask, states + first, walker->states_of[i], all, last);
        }
        if (*last < 0)
            return HONE_NO_VALUE;
    }
    return x;
}

hone_status hone_internal_walker_of_cell(hone_walker *walker, hone_layer *cell, hone_shape step)
{
    *walker = (hone_walker){.walk = walk_cells};
    return add_cell(walker, cell, &step);
}

/* ---- a call ---- */

/* Outputs of masked steps that are 0: all, or, unrolled with given states, those before the first step that
 * counts. */
static hone_value output_factors(hone_graph *graph, const hone_time_walk *walk, hone_value mask, bool given)
{
    if (mask < 0 || !(walk->unroll ? given : walk->zero_output_for_mask))
        return HONE_NO_VALUE;
    hone_value counts = hone_op_unary(graph, "not_equal_scalar", mask, (hone_parameters){0});
    if (!walk->unroll)
        return counts;
    return hone_op_unary(graph, "greater_scalar", hone_op_cumulative_sum(graph, counts, 1),
                         (hone_parameters){0});
}

static void clear_outputs(hone_graph *graph, hone_value *sequence, hone_value *last, hone_value factors)
{
    if (factors < 0)
        return;
    int rank = hone_value_shape(graph, *last).rank;
    hone_value final = hone_internal_walk_step(graph, factors, hone_value_size(graph, factors, 1) - 1);
    *last = hone_op_multiply(graph, *last, widened(graph, final, rank));
    if (*sequence >= 0)
        *sequence = hone_op_multiply(graph, *sequence, widened(graph, factors, rank + 1));
}

/* A mask of more axes than (batch, steps) keeps a step of which it keeps anything. */
static hone_value mask_of_steps(hone_graph *graph, hone_value mask)
{
    int last = -1;
    while (mask >= 0 && hone_value_shape(graph, mask).rank > 2)
        mask = hone_op_reduce(graph, "maximum", mask, &last, 1, false);
    return mask;
}

/* Keras does not look for the mask of the input of a call that is given states too: one given by hand counts.
 */
static bool hides_steps(const hone_graph *graph)
{
    return hone_call_value(graph, "initial_state", 0) < 0 || hone_call_value(graph, "mask", 0) >= 0;
}

/* Gives the outputs, whose number is returned. With `as_before` the mask goes on with all steps. */
static int give(hone_graph *graph, const hone_time_walk *walk, const hone_walker *walker, hone_value output,
                hone_value mask, const hone_value *states, hone_value *outputs)
{
    outputs[0] = output;
    if (output >= 0 && mask >= 0 && walk->return_sequences && walk->layer->masks_as_before)
        hone_value_set_mask(graph, output, mask);
    for (int i = 0; walk->return_state && i < walker->state_count; i++)
        outputs[1 + i] = states[i];
    return walk->return_state ? 1 + walker->state_count : 1;
}

int hone_internal_walk_call(const hone_walker *walker, hone_time_walk walk, hone_graph *graph,
                            const hone_value *inputs, int count, hone_value *outputs)
{
    hone_value states[HONE_WALK_STATES],
        x = inputs[0], last = HONE_NO_VALUE, given = hone_value_mask(graph, x),
        mask = hides_steps(graph) ? mask_of_steps(graph, given) : HONE_NO_VALUE;
    HONE_TRY(hone_internal_walk_take_states(graph, walker, "initial_state", inputs, count, states));
    HONE_TRY(read_kept(graph, &walk, walker, states));
    bool started = walker->state_count > 0 && states[0] >= 0;
    if (walk.go_backwards)
        x = hone_op_reverse(graph, x, 1), mask = hone_op_reverse(graph, mask, 1);
    hone_value sequence = walker->walk(walker, graph, x, mask, states, walk.return_sequences, &last);
    if (last < 0)
        return outputs[0] = HONE_NO_VALUE, 1;
    HONE_TRY(write_kept(graph, &walk, walker, states));
    clear_outputs(graph, &sequence, &last, output_factors(graph, &walk, mask, started));
    return give(graph, &walk, walker, walk.return_sequences ? sequence : last, given, states, outputs);
}

int hone_internal_recurrent_call(hone_layer *cell, hone_time_walk walk, hone_graph *graph,
                                 const hone_value *inputs, int count, hone_value *outputs)
{
    hone_walker walker;
    hone_shape step = hone_internal_walk_step_shape(hone_value_shape(graph, inputs[0]));
    HONE_TRY(hone_internal_walker_of_cell(&walker, cell, step));
    return hone_internal_walk_call(&walker, walk, graph, inputs, count, outputs);
}
