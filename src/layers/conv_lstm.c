/* conv_lstm1d, conv_lstm2d, conv_lstm3d: an LSTM whose products are convolutions over the spatial axes of
 * each step. Gates i, f, o and candidate g, in columns i f g o of the channels; c' = f c + i g; h' = o
 * activation(c'). The inputs of all steps are convolved at once. */
#include "layers/convolution.h"
#include "layers/recurrent.h"

HONE_FIELD_TABLE_NAMED(hone_conv_lstm1d_args, HONE_CONV_LSTM1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_conv_lstm2d_args, HONE_CONV_LSTM2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_conv_lstm3d_args, HONE_CONV_LSTM3D_FIELDS, fields_3d, defaults_3d);
typedef hone_conv_lstm2d_args conv_lstm_args; /* one struct serves all */

enum { GATES = 4 };

/* ---- the cell, which holds the weights, as files have it ---- */

#define CELL_FIELDS(F, A) HONE_LAYER_FIELDS(F, A)
HONE_ARGS_STRUCT(cell_args, CELL_FIELDS);
HONE_FIELD_TABLE_NAMED(cell_args, CELL_FIELDS, cell_fields, cell_defaults);

typedef struct cell_state {
    const conv_lstm_args *args; /* of the layer around it */
    int axes;
} cell_state;

static hone_window_arguments window_of(const conv_lstm_args *args, int axes)
{
    return HONE_WINDOW_ARGUMENTS(axes, args);
}

static hone_status build_cell(hone_layer *cell, const hone_shape *inputs, int count)
{
    (void)count;
    const cell_state *state = hone_layer_state(cell);
    const conv_lstm_args *args = state->args;
    const hone_window_arguments window = window_of(args, state->axes);
    int64_t channels, f = args->filters;
    HONE_TRY(hone_internal_convolution_check_strides(&window));
    HONE_TRY(hone_internal_convolution_check(&window, inputs[0], &channels));
    for (int axis = 0, first = window.channels_first ? 2 : 1; axis < state->axes; axis++)
        if (inputs[0].size[first + axis] == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the sizes of the spatial axes must be known");
    hone_cell_weights weights = HONE_CELL_WEIGHTS(args);
    weights.kernel.shape = hone_internal_convolution_kernel_shape(&window, channels, GATES * f);
    weights.recurrent_kernel.shape = hone_internal_convolution_kernel_shape(&window, f, GATES * f);
    weights.bias.shape = HONE_SHAPE(GATES * f);
    if (hone_layer_add_weight(cell, &weights.kernel) == NULL ||
        hone_layer_add_weight(cell, &weights.recurrent_kernel) == NULL)
        return hone_error_status();
    if (!args->use_bias)
        return HONE_OK;
    hone_variable *bias = hone_layer_add_weight(cell, &weights.bias);
    if (bias != NULL && args->unit_forget_bias)
        bias->ones_begin = f, bias->ones_end = 2 * f;
    return bias == NULL ? hone_error_status() : HONE_OK;
}

static const hone_layer_type cell_type = {
    .type = {.name = "conv_lstm_cell",
             .class_name = "ConvLSTMCell",
             .module = "keras.layers",
             .summary = "The weights of a convolutional LSTM.",
             HONE_TYPE_FIELDS_NAMED(cell_args, cell_fields, cell_defaults)},
    .state_bytes = sizeof(cell_state),
    .build = build_cell,
};

static hone_layer *make_cell(const conv_lstm_args *args, int axes)
{
    cell_args own = cell_defaults;
    own.name = "conv_lstm_cell";
    own.dtype = args->dtype;
    hone_layer *cell = hone_layer_create(&cell_type, &own);
    if (cell != NULL)
        *(cell_state *)hone_layer_state(cell) = (cell_state){args, axes};
    return cell;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    if (inputs[0].rank != axes + 3)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, steps, ...) with %d axes, not %s",
                         axes + 3, text);
    hone_own_cell *state = hone_layer_state(layer);
    hone_layer_free(state->layer); /* of a build that failed */
    state->layer = make_cell(hone_layer_args(layer), axes);
    if (state->layer == NULL)
        return hone_error_status();
    hone_internal_layer_limit(state->layer, layer->allowance);
    if (!hone_layer_trainable(layer))
        hone_internal_layer_set_trainable(state->layer, false);
    hone_shape step = hone_internal_walk_step_shape(inputs[0]);
    return hone_internal_layer_build(state->layer, &step, 1);
}

/* ---- one step ---- */

typedef struct conv_lstm {
    hone_layer *cell;
    const conv_lstm_args *args;
    hone_window_arguments window;
    hone_value kernel, factors[GATES]; /* of the recurrent product; HONE_NO_VALUE: none */
} conv_lstm;

static hone_value columns(hone_graph *graph, hone_value x, int64_t f, int gate)
{
    return hone_op_slice(graph, x, -1, gate * f, (gate + 1) * f);
}

/* The product of a gate, or of all when they have one operand: parts of [..., 4 f]. */
static hone_value convolved(hone_graph *graph, const hone_window_arguments *window, hone_value x,
                            hone_value kernel, const hone_value *factors)
{
    hone_value parts[GATES];
    int64_t f = hone_value_size(graph, kernel, -1) / GATES;
    if (factors[0] < 0)
        return hone_internal_layer_round(graph,
                                         hone_internal_convolution_record(graph, window, x, kernel, 1));
    for (int i = 0; i < GATES; i++)
        parts[i] = hone_internal_layer_round(
            graph,
            hone_internal_convolution_record(
                graph, window, hone_internal_layer_round(graph, hone_op_multiply(graph, x, factors[i])),
                columns(graph, kernel, f, i), 1));
    return hone_op_concatenate(graph, parts, GATES, -1);
}

/* x: the convolved input of a step [n, space..., 4 f]. */
static void step(const conv_lstm *how, hone_graph *graph, hone_value x, const hone_value *before,
                 hone_value *after)
{
    static const int64_t ones[] = {1, 1, 1};
    const conv_lstm_args *args = how->args;
    const hone_window_arguments same = {how->window.axes, how->window.kernel_size, ones, ones, "same", false};
    hone_value sum = hone_internal_layer_round(
        graph, hone_op_add(graph, x, convolved(graph, &same, before[0], how->kernel, how->factors)));
    hone_value gates[GATES];
    for (int i = 0; i < GATES; i++)
        gates[i] =
            hone_internal_rounded_activation(graph, i == 2 ? args->activation : args->recurrent_activation,
                                             columns(graph, sum, args->filters, i));
    after[1] = hone_internal_layer_round(
        graph, hone_op_add(graph, hone_internal_rounded_product(graph, gates[1], before[1]),
                           hone_internal_rounded_product(graph, gates[0], gates[2])));
    after[0] = hone_internal_rounded_product(
        graph, gates[3], hone_internal_rounded_activation(graph, args->activation, after[1]));
}

/* ---- all steps ---- */

static hone_value factors_of(hone_graph *graph, hone_shape shape, double rate, const char *purpose)
{
    hone_value keep = hone_op_random_keep(graph, shape, rate, purpose);
    return hone_op_affine(graph, keep, 1 / (1 - rate), 0);
}

/* The same at all steps, for each gate its own; a rate of 1 drops nothing, as in Keras. */
static void draw(hone_graph *graph, const conv_lstm *how, hone_shape shape, double rate, const char *purpose,
                 hone_value *factors)
{
    uint64_t before = graph->seed;
    if (how->args->seed != HONE_NONE_INTEGER)
        graph->seed = (uint64_t)how->args->seed * 2 + 1;
    for (int i = 0; i < GATES; i++)
        factors[i] = hone_graph_training(graph) && rate > 0 && rate < 1
                         ? factors_of(graph, shape, rate, purpose)
                         : HONE_NO_VALUE;
    graph->seed = before;
}

/* The inputs of all steps convolved, bias included: [n, t, space..., 4 f]. */
static hone_value convolve_inputs(hone_graph *graph, const conv_lstm *how, hone_value x)
{
    hone_shape shape = hone_value_shape(graph, x), step_shape = hone_internal_walk_step_shape(shape);
    hone_value factors[GATES], kernel = hone_graph_variable(graph, hone_layer_weight(how->cell, "kernel"));
    draw(graph, how, step_shape, how->args->dropout, "input", factors);
    for (int i = 0; i < GATES && factors[i] >= 0;
         i++) { /* [n t, ...], a sample's steps one after the other */
        hone_shape all = step_shape;
        all.size[0] *= shape.size[1];
        factors[i] = hone_op_reshape(
            graph, hone_op_broadcast(graph, hone_op_expand(graph, factors[i], 1), shape), all);
    }
    step_shape.size[0] = HONE_ANY;
    hone_value y = convolved(graph, &how->window, hone_op_reshape(graph, x, step_shape), kernel, factors);
    if (how->args->use_bias)
        y = hone_internal_layer_round(
            graph,
            hone_op_bias_add(graph, y, hone_graph_variable(graph, hone_layer_weight(how->cell, "bias"))));
    hone_shape made = hone_value_shape(graph, y), steps = {.rank = shape.rank};
    for (int axis = 2; axis < steps.rank; axis++)
        steps.size[axis] = made.size[axis - 1];
    steps.size[0] = shape.size[0];
    steps.size[1] = shape.size[1];
    return hone_op_reshape(graph, y, steps);
}

/* With unknown sizes one step stands for all. */
static hone_value one_step(hone_graph *graph, hone_value x)
{
    return hone_op_expand(graph, hone_internal_walk_step(graph, x, 0), 1);
}

static hone_value walk(const hone_walker *walker, hone_graph *graph, hone_value x, hone_value mask,
                       hone_value *states, bool sequence, hone_value *last)
{
    conv_lstm how = *(const conv_lstm *)walker->how;
    bool first = how.window.channels_first, unknown = hone_value_size(graph, x, 1) == HONE_ANY;
    how.window.channels_first = false;
    hone_internal_walk_fill_states(graph, walker, states, 0, walker->state_count);
    for (int i = 0; i < walker->state_count; i++)
        states[i] = hone_internal_space_enter(graph, states[i], first);
    if (unknown)
        x = one_step(graph, x);
    draw(graph, &how, hone_value_shape(graph, states[0]), how.args->recurrent_dropout, "state", how.factors);
    x = convolve_inputs(graph, &how, x);
    int64_t t = hone_value_size(graph, x, 1);
    hone_value *steps = t < 1 ? NULL : hone_internal_arena_allocate(&graph->arena, sizeof *steps * (size_t)t);
    for (int64_t i = 0; steps != NULL && i < t; i++) {
        hone_value after[2];
        step(&how, graph, hone_internal_walk_step(graph, x, i), states, after);
        for (int j = 0; j < 2; j++)
            states[j] = hone_internal_walk_keep(graph, mask, i, after[j], states[j]);
        steps[i] = hone_internal_space_leave(graph, states[0], first);
    }
    *last = steps == NULL ? HONE_NO_VALUE : steps[t - 1];
    for (int i = 0; i < walker->state_count; i++)
        states[i] = hone_internal_space_leave(graph, states[i], first);
    if (!sequence || *last < 0)
        return HONE_NO_VALUE;
    return unknown ? hone_internal_walk_foretold(graph, *last) : hone_internal_walk_join(graph, steps, t);
}

/* The shape of the states for steps of a shape, which may have an unknown batch. */
static hone_shape state_shape(const conv_lstm *how, hone_shape step_shape)
{
    hone_shape shape = step_shape;
    int axes = how->window.axes, first = how->window.channels_first ? 2 : 1;
    for (int axis = 0; axis < axes; axis++) {
        int64_t n = step_shape.size[first + axis], before, after,
                reach = (how->window.kernel_size[axis] - 1) * how->window.dilation_rate[axis] + 1;
        hone_internal_space_pad(how->window.padding, n, reach, how->window.strides[axis], &before, &after);
        shape.size[first + axis] = (n + before + after - reach) / how->window.strides[axis] + 1;
    }
    shape.size[how->window.channels_first ? 1 : shape.rank - 1] = how->args->filters;
    return shape;
}

/* x [n, t, ...] with the channels last. */
static hone_value channels_last(hone_graph *graph, hone_value x, bool first)
{
    int order[HONE_MAX_RANK] = {0, 1}, rank = hone_value_shape(graph, x).rank;
    for (int axis = 2; axis < rank; axis++)
        order[axis] = axis + 1 < rank ? axis + 1 : 2;
    return first ? hone_op_transpose(graph, x, order) : x;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs, int axes)
{
    const conv_lstm_args *args = hone_layer_args(layer);
    hone_value moved[1 + 2], x = inputs[0];
    conv_lstm how = {.cell = ((hone_own_cell *)hone_layer_state(layer))->layer,
                     .args = args,
                     .window = window_of(args, axes)};
    how.kernel = hone_graph_variable(graph, hone_layer_weight(how.cell, "recurrent_kernel"));
    hone_shape states = state_shape(&how, hone_internal_walk_step_shape(hone_value_shape(graph, x)));
    hone_walker walker = {.walk = walk, .state_count = 2, .states = {states, states}, .how = &how};
    for (int i = 0; i < count && i < 3; i++)
        moved[i] = inputs[i];
    moved[0] = channels_last(graph, x, how.window.channels_first);
    if (moved[0] != x)
        hone_value_set_mask(graph, moved[0], hone_value_mask(graph, x));
    return hone_internal_walk_call(&walker, HONE_WALK(layer, args), graph, moved, count, outputs);
}

#define CONV_LSTM(axes, words) \
    _Static_assert(sizeof(hone_conv_lstm##axes##d_args) == sizeof(conv_lstm_args), "one struct serves all"); \
    static hone_status build_##axes##d(hone_layer *layer, const hone_shape *inputs, int count) \
    { \
        (void)count; \
        return build(layer, inputs, axes); \
    } \
    static int call_##axes##d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                              hone_value *outputs) \
    { \
        return call(layer, graph, inputs, count, outputs, axes); \
    } \
    const hone_layer_type hone_internal_conv_lstm##axes##d_layer = { \
        .type = {.name = "conv_lstm" #axes "d", \
                 .class_name = "ConvLSTM" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_conv_lstm##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .state_bytes = sizeof(hone_own_cell), \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
        .free_state = hone_internal_own_cell_free, \
        .inputs_min = 1, \
        .inputs_max = 3, \
        .call_fields = &hone_internal_recurrent_call_fields, \
        .uses_mask = true, \
        .inner = hone_internal_own_cell, \
    }; \
    HONE_DEFINE_LAYER(conv_lstm##axes##d)

CONV_LSTM(1, "An LSTM over steps of sequences, whose products are convolutions.")
CONV_LSTM(2, "An LSTM over images in time, whose products are convolutions.")
CONV_LSTM(3, "An LSTM over volumes in time, whose products are convolutions.")
