/* The cells of simple_rnn, lstm and gru: their weights, one step as a call of its own, and all steps: x
 * (batch, steps, n) times the kernel for all steps at once, then the op `recurrence`. Where that does not
 * know a function (softmax and the like), and under mixed_float16, the steps are recorded one after the
 * other, rounded at each operation as in Keras. Under mixed_bfloat16 the op rounds the recurrent kernel and
 * the states after each step, and computes what is between them in float32. */
#include "layers/recurrent.h"

static const struct {
    const hone_layer_type *type;
    hone_cell_function *function;
} known[] = {{&hone_internal_simple_rnn_cell_layer, hone_internal_simple_rnn_cell},
             {&hone_internal_lstm_cell_layer, hone_internal_lstm_cell},
             {&hone_internal_gru_cell_layer, hone_internal_gru_cell}};

bool hone_internal_cell_known(const hone_layer *layer, hone_cell *cell)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].type == layer->type)
            return *cell = known[i].function(layer), true;
    return false;
}

int hone_internal_cell_states(const hone_cell *cell)
{
    return cell->kind == HONE_RECURRENCE_LSTM ? 2 : 1;
}

static int gate_count(const hone_cell *cell)
{
    return hone_internal_recurrence_gates(cell->kind);
}

/* ---- weights ---- */

hone_status hone_internal_cell_build(hone_layer *layer, const hone_cell *cell, hone_cell_weights weights,
                                     hone_shape input)
{
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    if (input.rank != 2 || input.size[1] == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, n), n known, not %s", text);
    int64_t width = cell->units * gate_count(cell);
    weights.kernel.shape = HONE_SHAPE(input.size[1], width);
    weights.recurrent_kernel.shape = HONE_SHAPE(cell->units, width);
    weights.bias.shape = cell->kind == HONE_RECURRENCE_GRU ? HONE_SHAPE(2, width) : HONE_SHAPE(width);
    if (hone_layer_add_weight(layer, &weights.kernel) == NULL ||
        hone_layer_add_weight(layer, &weights.recurrent_kernel) == NULL ||
        (cell->use_bias && hone_layer_add_weight(layer, &weights.bias) == NULL))
        return hone_error_status();
    return HONE_OK;
}

/* ---- dropout: factors 0 or 1 / (1 - rate), the same at all steps ---- */

typedef struct drops {
    hone_value input; /* [n, c], or [n, gates c] when each gate has its own; HONE_NO_VALUE: none */
    hone_value state; /* [n, gates u]; HONE_NO_VALUE: none */
} drops;

static hone_value factors_of(hone_graph *graph, int64_t samples, int64_t width, double rate,
                             const char *purpose)
{
    hone_value keep = hone_op_random_keep(graph, HONE_SHAPE(samples, width), rate, purpose);
    return hone_op_affine(graph, keep, rate < 1 ? 1 / (1 - rate) : 0, 0);
}

/* A rate of 1 drops everything in SimpleRNN, and nothing in the others, as in Keras. */
static bool drops_at(const hone_cell *cell, double rate)
{
    return rate > 0 && (rate < 1 || cell->kind == HONE_RECURRENCE_SIMPLE);
}

static drops draw(hone_graph *graph, const hone_cell *cell, hone_shape x)
{
    drops drawn = {HONE_NO_VALUE, HONE_NO_VALUE};
    if (!hone_graph_training(graph))
        return drawn;
    uint64_t before = graph->seed;
    if (cell->seed != HONE_NONE_INTEGER)
        graph->seed = (uint64_t)cell->seed * 2 + 1;
    int64_t apart = cell->recurrent_dropout > 0 ? gate_count(cell) : 1;
    if (drops_at(cell, cell->dropout))
        drawn.input = factors_of(graph, x.size[0], apart * x.size[x.rank - 1], cell->dropout, "input");
    if (drops_at(cell, cell->recurrent_dropout))
        drawn.state =
            factors_of(graph, x.size[0], gate_count(cell) * cell->units, cell->recurrent_dropout, "state");
    graph->seed = before;
    return drawn;
}

/* ---- the product with the inputs ---- */

static hone_value columns(hone_graph *graph, hone_value x, int64_t width, int index)
{
    return hone_value_size(graph, x, -1) == width
               ? x
               : hone_op_slice(graph, x, -1, index * width, (index + 1) * width);
}

/* x times factors [n, c], of each step when x has steps. */
static hone_value scaled(hone_graph *graph, hone_value x, hone_value factors)
{
    if (hone_value_shape(graph, x).rank == 3)
        factors = hone_op_expand(graph, factors, 1);
    return hone_internal_layer_round(graph, hone_op_multiply(graph, x, factors));
}

static hone_value times_kernel(hone_graph *graph, const hone_cell *cell, hone_value x, hone_value kernel,
                               hone_value factors)
{
    int64_t c = hone_value_size(graph, x, -1);
    if (factors < 0)
        return hone_op_matmul(graph, x, kernel, false, false);
    if (hone_value_size(graph, factors, -1) == c)
        return hone_op_matmul(graph, scaled(graph, x, factors), kernel, false, false);
    hone_value parts[HONE_RECURRENCE_GATES];
    for (int i = 0; i < gate_count(cell); i++)
        parts[i] = hone_op_matmul(graph, scaled(graph, x, columns(graph, factors, c, i)),
                                  columns(graph, kernel, cell->units, i), false, false);
    return hone_op_concatenate(graph, parts, gate_count(cell), -1);
}

/* The bias of one of the two products of a GRU. */
static hone_value bias_row(hone_graph *graph, const hone_cell *cell, hone_value bias, int row)
{
    if (cell->kind != HONE_RECURRENCE_GRU)
        return row == 0 ? bias : HONE_NO_VALUE;
    return hone_op_squeeze(graph, hone_op_slice(graph, bias, 0, row, row + 1), 0);
}

static hone_value bias_of(hone_graph *graph, hone_layer *layer, const hone_cell *cell, int row)
{
    return cell->use_bias
               ? bias_row(graph, cell, hone_graph_variable(graph, hone_layer_weight(layer, "bias")), row)
               : HONE_NO_VALUE;
}

/* x W + b. */
static hone_value project(hone_graph *graph, hone_layer *layer, const hone_cell *cell, hone_value x,
                          hone_value factors)
{
    hone_value y =
        times_kernel(graph, cell, x, hone_graph_variable(graph, hone_layer_weight(layer, "kernel")), factors);
    y = hone_internal_layer_round(graph, y);
    hone_value bias = bias_of(graph, layer, cell, 0);
    return bias < 0 ? y : hone_internal_layer_round(graph, hone_op_bias_add(graph, y, bias));
}

/* ---- one step, op by op ---- */

static hone_value rounded_sum(hone_graph *graph, hone_value a, hone_value b)
{
    return hone_internal_layer_round(graph, hone_op_add(graph, a, b));
}

hone_value hone_internal_rounded_product(hone_graph *graph, hone_value a, hone_value b)
{
    return hone_internal_layer_round(graph, hone_op_multiply(graph, a, b));
}

hone_value hone_internal_rounded_activation(hone_graph *graph, const char *function, hone_value x)
{
    return hone_internal_layer_round(graph, hone_internal_activation_apply(graph, function, x));
}

/* What a step computes with. */
typedef struct step_parts {
    hone_graph *graph;
    const hone_cell *cell;
    hone_value kernel, bias, factors; /* of the recurrent product */
    hone_value x;                     /* x W + b [n, gates u] */
} step_parts;

static hone_value input_part(const step_parts *s, int gate)
{
    return columns(s->graph, s->x, s->cell->units, gate);
}

/* The state's product with a gate's columns, bias included. */
static hone_value state_part(const step_parts *s, hone_value h, int gate)
{
    int64_t u = s->cell->units;
    if (s->factors >= 0)
        h = hone_internal_rounded_product(s->graph, h, columns(s->graph, s->factors, u, gate));
    hone_value y = hone_internal_layer_round(
        s->graph, hone_op_matmul(s->graph, h, columns(s->graph, s->kernel, u, gate), false, false));
    return s->bias < 0 ? y
                       : hone_internal_layer_round(
                             s->graph, hone_op_bias_add(s->graph, y, columns(s->graph, s->bias, u, gate)));
}

static hone_value gate_of(const step_parts *s, hone_value h, int gate, const char *function)
{
    return hone_internal_rounded_activation(
        s->graph, function, rounded_sum(s->graph, input_part(s, gate), state_part(s, h, gate)));
}

static void step_simple(const step_parts *s, const hone_value *before, hone_value *after)
{
    after[0] = gate_of(s, before[0], 0, s->cell->activation);
}

static void step_lstm(const step_parts *s, const hone_value *before, hone_value *after)
{
    const char *gates = s->cell->recurrent_activation;
    hone_value i = gate_of(s, before[0], 0, gates), f = gate_of(s, before[0], 1, gates),
               candidate = gate_of(s, before[0], 2, s->cell->activation), o = gate_of(s, before[0], 3, gates);
    after[1] = rounded_sum(s->graph, hone_internal_rounded_product(s->graph, f, before[1]),
                           hone_internal_rounded_product(s->graph, i, candidate));
    after[0] = hone_internal_rounded_product(
        s->graph, o, hone_internal_rounded_activation(s->graph, s->cell->activation, after[1]));
}

static void step_gru(const step_parts *s, const hone_value *before, hone_value *after)
{
    hone_graph *graph = s->graph;
    const char *gates = s->cell->recurrent_activation;
    hone_value h = before[0], z = gate_of(s, h, 0, gates), r = gate_of(s, h, 1, gates);
    hone_value part = s->cell->kind == HONE_RECURRENCE_GRU
                          ? hone_internal_rounded_product(graph, r, state_part(s, h, 2))
                          : state_part(s, hone_internal_rounded_product(graph, r, h), 2);
    hone_value candidate = hone_internal_rounded_activation(graph, s->cell->activation,
                                                            rounded_sum(graph, input_part(s, 2), part));
    hone_value rest = hone_internal_layer_round(graph, hone_op_affine(graph, z, -1, 1));
    after[0] = rounded_sum(graph, hone_internal_rounded_product(graph, z, h),
                           hone_internal_rounded_product(graph, rest, candidate));
}

static void step(const step_parts *s, const hone_value *before, hone_value *after)
{
    if (s->cell->kind == HONE_RECURRENCE_SIMPLE)
        step_simple(s, before, after);
    else if (s->cell->kind == HONE_RECURRENCE_LSTM)
        step_lstm(s, before, after);
    else
        step_gru(s, before, after);
}

static step_parts parts_of(hone_graph *graph, hone_layer *layer, const hone_cell *cell, hone_value factors)
{
    return (step_parts){.graph = graph,
                        .cell = cell,
                        .kernel = hone_graph_variable(graph, hone_layer_weight(layer, "recurrent_kernel")),
                        .bias = bias_of(graph, layer, cell, 1),
                        .factors = factors,
                        .x = HONE_NO_VALUE};
}

/* ---- one step as a call ---- */

int hone_internal_cell_call(hone_layer *layer, const hone_cell *cell, hone_graph *graph, hone_value x,
                            hone_value *outputs)
{
    hone_walker walker;
    hone_value states[HONE_WALK_STATES];
    HONE_TRY(hone_internal_walker_of_cell(&walker, layer, hone_value_shape(graph, x)));
    HONE_TRY(hone_internal_walk_take_states(graph, &walker, "states", &x, 1, states));
    hone_internal_walk_fill_states(graph, &walker, states, 0, walker.state_count);
    drops drawn = draw(graph, cell, hone_value_shape(graph, x));
    step_parts s = parts_of(graph, layer, cell, drawn.state);
    s.x = project(graph, layer, cell, x, drawn.input);
    step(&s, states, outputs + 1);
    outputs[0] = outputs[1];
    return 1 + walker.state_count;
}

/* ---- all steps ---- */

/* The function of a spec when it works on each element by one formula. */
static bool find_function(const char *spec, hone_unary_attributes *function)
{
    hone_graph *graph = hone_internal_graph_create(false, true);
    if (graph == NULL)
        return false;
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(HONE_ANY, 2), NULL),
               y = hone_internal_activation_apply(graph, spec, x);
    const hone_unary_attributes *found = hone_internal_op_unary_attributes(graph, y);
    bool alone = y == x || (found != NULL && hone_internal_graph_producer(graph, y)->inputs[0] == x);
    if (alone)
        *function =
            found != NULL
                ? *found
                : (hone_unary_attributes){.function = hone_internal_unary_of_kernel(HONE_KERNEL_copy)};
    hone_internal_graph_free(graph);
    return alone;
}

/* Sequences (batch, steps, units) of outputs, left out unless wanted; states before become those after. */
static hone_value walk_at_once(hone_graph *graph, const hone_recurrence_attributes *how,
                               const hone_recurrence_operands *operands, hone_value *states, bool sequence)
{
    hone_value carried, h = hone_internal_op_recurrence(graph, how, operands, &carried);
    if (h < 0)
        return states[0] = HONE_NO_VALUE;
    int64_t t = hone_value_size(graph, h, 1) - 1;
    bool unknown = hone_value_size(graph, h, 1) == HONE_ANY; /* then h has the shape that is wanted */
    states[0] = unknown ? hone_internal_op_recurrence_last(graph, h) : hone_internal_walk_step(graph, h, t);
    if (carried >= 0)
        states[1] = unknown ? hone_internal_op_recurrence_last(graph, carried)
                            : hone_internal_walk_step(graph, carried, t);
    return !sequence ? HONE_NO_VALUE : unknown ? h : hone_op_slice(graph, h, 1, 1, t + 1);
}

static hone_value walk_by_steps(const step_parts *parts, const hone_recurrence_operands *operands,
                                hone_value *states, bool sequence)
{
    hone_graph *graph = parts->graph;
    int64_t t = hone_value_size(graph, operands->x, 1);
    hone_value *steps = hone_internal_arena_allocate(&graph->arena, sizeof *steps * (size_t)t);
    for (int64_t i = 0; steps != NULL && i < t; i++) {
        step_parts s = *parts;
        hone_value after[HONE_CELL_STATES] = {HONE_NO_VALUE, HONE_NO_VALUE};
        s.x = hone_internal_walk_step(graph, operands->x, i);
        step(&s, states, after);
        for (int j = 0; j < hone_internal_cell_states(parts->cell); j++)
            states[j] = hone_internal_walk_keep(graph, operands->mask, i, after[j], states[j]);
        steps[i] = states[0];
    }
    if (steps == NULL)
        return states[0] = HONE_NO_VALUE;
    return sequence ? hone_internal_walk_join(graph, steps, t) : HONE_NO_VALUE;
}

hone_value hone_internal_cell_walk(hone_layer *layer, const hone_cell *cell, hone_graph *graph, hone_value x,
                                   hone_value mask, hone_value *states, bool sequence)
{
    hone_recurrence_attributes how = {
        .kind = cell->kind, .units = cell->units, .bfloat16 = graph->half == HONE_HALF_BFLOAT16};
    drops drawn = draw(graph, cell, hone_value_shape(graph, x));
    step_parts parts = parts_of(graph, layer, cell, drawn.state);
    bool known_functions = graph->half != HONE_HALF_FLOAT16 &&
                           find_function(cell->activation, &how.activation) &&
                           find_function(cell->recurrent_activation, &how.recurrent);
    bool unknown = hone_value_size(graph, x, 1) == HONE_ANY,
         at_once = known_functions || (graph->symbolic && (unknown || !graph->plain));
    if (unknown && graph->plain && !known_functions)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "with steps of unknown number its activation cannot be written elsewhere"),
               states[0] = HONE_NO_VALUE;
    for (int i = 0; !at_once && i < hone_internal_cell_states(cell); i++)
        if (states[i] < 0)
            states[i] = hone_graph_filled(graph, HONE_SHAPE(hone_value_size(graph, x, 0), cell->units), 0);
    hone_recurrence_operands operands = {project(graph, layer, cell, x, drawn.input),
                                         at_once ? hone_internal_layer_round(graph, parts.kernel)
                                                 : parts.kernel,
                                         parts.bias,
                                         states[0],
                                         cell->kind == HONE_RECURRENCE_LSTM ? states[1] : HONE_NO_VALUE,
                                         mask,
                                         drawn.state};
    return at_once ? walk_at_once(graph, &how, &operands, states, sequence)
                   : walk_by_steps(&parts, &operands, states, sequence);
}
