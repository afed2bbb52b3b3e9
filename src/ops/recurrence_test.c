/* Walking along time. */
#include "ops/recurrence.h"
#include "testing/check_op.h"

/* What a record function is told. */
typedef struct walk {
    hone_recurrence_kind kind;
    const char *activation, *recurrent;
    bool bias, states, mask, factors; /* which operands follow x and R */
} walk;

static hone_unary_attributes function_named(hone_graph *graph, const char *name)
{
    hone_value x = hone_internal_graph_input(graph, S(1), NULL);
    const hone_unary_attributes *attributes = hone_internal_op_unary_attributes(
        graph, hone_op_unary(graph, name, x, (hone_parameters){1, 0, 0, 0}));
    return attributes == NULL ? (hone_unary_attributes){0} : *attributes;
}

/* All states, the carried ones of an LSTM weighted. */
static hone_value walked(hone_graph *g, const hone_value *x, const void *context)
{
    const walk *w = context;
    int next = 2;
    hone_recurrence_attributes how = {.kind = w->kind,
                                      .units = hone_value_size(g, x[1], 0),
                                      .activation = function_named(g, w->activation),
                                      .recurrent = function_named(g, w->recurrent)};
    hone_recurrence_operands operands = {x[0],          x[1],          HONE_NO_VALUE, HONE_NO_VALUE,
                                         HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE};
    if (w->bias)
        operands.recurrent_bias = x[next++];
    if (w->states)
        operands.h = x[next++];
    if (w->states && w->kind == HONE_RECURRENCE_LSTM)
        operands.c = x[next++];
    if (w->mask)
        operands.mask = x[next++];
    if (w->factors)
        operands.factors = x[next++];
    hone_value carried, h = hone_internal_op_recurrence(g, &how, &operands, &carried);
    return h < 0 || carried < 0 ? h : hone_op_add(g, h, hone_op_affine(g, carried, 0.5, 0));
}

#define EXAMPLE(title_, kind_, activation_, recurrent_, constant_, result_, ...) \
    { \
        .title = title_, .record = walked, \
        .context = &(const walk){kind_, activation_, recurrent_, __VA_ARGS__}, .lowest = -1, .highest = 1, \
        .ids = 2, .constant = constant_, .result = result_, .inputs
#define OPERANDS(...) \
    { \
        __VA_ARGS__, END \
    } \
    }

TEST(a_simple_recurrence_has_its_gradient)
{
    const op_example examples[] = {
        EXAMPLE("simple", HONE_RECURRENCE_SIMPLE, "tanh", "copy", 0, S(3, 5, 4), false, false, false, false) =
            OPERANDS(S(3, 4, 4), S(4, 4)),
        EXAMPLE("simple, states", HONE_RECURRENCE_SIMPLE, "relu_plain", "copy", 0, S(2, 4, 3), false, true,
                false, false) = OPERANDS(S(2, 3, 3), S(3, 3), S(2, 3)),
        EXAMPLE("simple, masked and dropped", HONE_RECURRENCE_SIMPLE, "elu", "copy", 8 | 16, S(4, 4, 3),
                false, true, true, true) = OPERANDS(S(4, 3, 3), S(3, 3), S(4, 3), S(4, 3), S(4, 3)),
        EXAMPLE("simple, several tiles", HONE_RECURRENCE_SIMPLE, "tanh", "copy", 4, S(19, 3, 2), false, false,
                true, false) = OPERANDS(S(19, 2, 2), S(2, 2), S(19, 2)),
        EXAMPLE("simple, many samples", HONE_RECURRENCE_SIMPLE, "sigmoid", "copy", 0, S(35, 2, 1), false,
                false, false, false) = OPERANDS(S(35, 1, 1), S(1, 1)),
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(an_lstm_has_its_gradient)
{
    const op_example examples[] = {
        EXAMPLE("lstm", HONE_RECURRENCE_LSTM, "tanh", "sigmoid", 0, S(3, 5, 2), false, false, false, false) =
            OPERANDS(S(3, 4, 8), S(2, 8)),
        EXAMPLE("lstm, bias", HONE_RECURRENCE_LSTM, "softsign", "hard_sigmoid", 0, S(2, 3, 2), true, true,
                false, false) = OPERANDS(S(2, 2, 8), S(2, 8), S(8), S(2, 2), S(2, 2)),
        EXAMPLE("lstm, masked and dropped", HONE_RECURRENCE_LSTM, "tanh", "sigmoid", 16 | 32, S(10, 4, 2),
                false, true, true, true) =
            OPERANDS(S(10, 3, 8), S(2, 8), S(10, 2), S(10, 2), S(10, 3), S(10, 8)),
        EXAMPLE("lstm, gates kept before", HONE_RECURRENCE_LSTM, "silu", "sigmoid", 8, S(3, 4, 2), true,
                false, true, false) = OPERANDS(S(3, 3, 8), S(2, 8), S(8), S(3, 3)),
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(a_gru_has_its_gradient)
{
    const op_example examples[] = {
        EXAMPLE("gru", HONE_RECURRENCE_GRU, "tanh", "sigmoid", 0, S(3, 5, 2), false, false, false, false) =
            OPERANDS(S(3, 4, 6), S(2, 6)),
        EXAMPLE("gru, bias, masked, dropped", HONE_RECURRENCE_GRU, "tanh", "sigmoid", 16 | 32, S(9, 4, 2),
                true, true, true, true) = OPERANDS(S(9, 3, 6), S(2, 6), S(6), S(9, 2), S(9, 3), S(9, 6)),
        EXAMPLE("gru, gates kept before", HONE_RECURRENCE_GRU, "gelu", "softsign", 4, S(3, 4, 2), false,
                false, true, false) = OPERANDS(S(3, 3, 6), S(2, 6), S(3, 3)),
        EXAMPLE("reset before", HONE_RECURRENCE_GRU_RESET_BEFORE, "tanh", "sigmoid", 0, S(3, 5, 2), false,
                true, false, false) = OPERANDS(S(3, 4, 6), S(2, 6), S(3, 2)),
        EXAMPLE("reset before, masked, dropped", HONE_RECURRENCE_GRU_RESET_BEFORE, "tanh", "sigmoid", 8 | 16,
                S(9, 4, 2), false, true, true, true) =
            OPERANDS(S(9, 3, 6), S(2, 6), S(9, 2), S(9, 3), S(9, 6)),
        EXAMPLE("reset before, gates kept before", HONE_RECURRENCE_GRU_RESET_BEFORE, "silu", "softsign", 4,
                S(3, 4, 2), false, false, true, false) = OPERANDS(S(3, 3, 6), S(2, 6), S(3, 3)),
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_what_does_not_fit)
{
    const op_example wide = EXAMPLE("gates", HONE_RECURRENCE_LSTM, "tanh", "sigmoid", 0, S(3, 4, 2), false,
                                    false, false, false) = OPERANDS(S(3, 3, 6), S(2, 8));
    const op_example states = EXAMPLE("states", HONE_RECURRENCE_SIMPLE, "tanh", "copy", 0, S(3, 4, 2), false,
                                      true, false, false) = OPERANDS(S(3, 3, 2), S(2, 2), S(3, 3));
    check_op_refused(&wide, "(3, 3, 6)");
    check_op_refused(&states, "(3, 3)");
}
