/* ctc: connectionist temporal classification (Graves and others, 2006). Logits for each time step, a label
 * without its alignment: the loss is -log of the sum, over all ways to spread the label over the steps with
 * blanks between, of the product of their probabilities.
 *
 * The sum goes over states 0 .. 2n of a label of n places: even states are blanks, state 2i + 1 is place i.
 * a[s] holds the log of all ways that end in state s after the current time step:
 *
 *     a'[s] = log p[what s stands for] + log(e^a[s] + e^a[s-1] + e^a[s-2])
 *
 * with the last term only from one letter to another. A label has as many letters as are not 0, the blank;
 * one of n letters ends in state 2n or 2n - 1. As in Keras, a 0 among the first n places is a letter too. */
#include "losses/types.h"

#define CTC_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "ctc")
HONE_LOSS_ARGS(ctc, CTC_FIELDS);

/* In place of log 0; as in Keras, so that what is impossible costs 1e5 and not infinity. */
#define LOG_OF_NOTHING -1e5

/* log(e^x + e^y) */
static hone_value log_add(hone_graph *graph, hone_value x, hone_value y)
{
    hone_value apart = hone_op_negative(graph, hone_op_absolute(graph, hone_op_subtract(graph, x, y)));
    return hone_op_add(graph, hone_op_maximum(graph, x, y),
                       hone_op_unary(graph, "softplus", apart, (hone_parameters){0}));
}

/* [batch, n] moved right by `places`, with `number` where nothing comes from. */
static hone_value shift(hone_graph *graph, hone_value x, int64_t places, double number)
{
    int64_t width = hone_value_size(graph, x, 1);
    if (places >= width)
        return hone_graph_filled(graph, hone_value_shape(graph, x), number);
    hone_value kept = hone_op_slice(graph, x, 1, 0, width - places);
    return hone_op_pad(graph, kept, (int64_t[]){0, places}, (int64_t[]){0, 0}, number);
}

/* Labels [batch, n] with a blank before, between and after: [batch, 2n + 1]. */
static hone_value with_blanks(hone_graph *graph, hone_value labels)
{
    hone_shape shape = hone_value_shape(graph, labels);
    hone_value letters = hone_op_expand(graph, labels, 2);
    hone_value pairs = hone_op_pad(graph, letters, (int64_t[]){0, 0, 1}, (int64_t[]){0, 0, 0}, 0);
    hone_value flat = hone_op_reshape(graph, pairs, HONE_SHAPE(shape.size[0], 2 * shape.size[1]));
    return hone_op_pad(graph, flat, (int64_t[]){0, 0}, (int64_t[]){0, 1}, 0);
}

/* 0 where the way from two states before is open: to a letter that differs from the one before it; else
 * LOG_OF_NOTHING. */
static hone_value two_back(hone_graph *graph, hone_value labels, hone_value states)
{
    hone_value differs = hone_op_binary(graph, "not_equal", states, shift(graph, states, 2, 0));
    hone_value letter = with_blanks(graph, hone_graph_filled(graph, hone_value_shape(graph, labels), 1));
    return hone_op_affine(graph, hone_op_multiply(graph, differs, letter), -LOG_OF_NOTHING, LOG_OF_NOTHING);
}

/* log p of what each state stands for at each time step: [batch, steps, states]. */
static hone_value emissions(hone_graph *graph, hone_value states, hone_value logits)
{
    hone_value rows = hone_op_one_hot(graph, states, hone_value_size(graph, logits, 2));
    return hone_op_matmul(graph, hone_op_log_softmax(graph, logits, -1), rows, false, true);
}

/* The log of all ways that end in each state after the last time step. */
static hone_value run_steps(hone_graph *graph, hone_value emitted, hone_value skip)
{
    hone_shape shape = hone_value_shape(graph, emitted);
    int64_t batch = shape.size[0], steps = shape.size[1], states = shape.size[2];
    hone_value start = hone_op_pad(graph, hone_graph_filled(graph, HONE_SHAPE(batch, 1), 0),
                                   (int64_t[]){0, 0}, (int64_t[]){0, states - 1}, LOG_OF_NOTHING);
    hone_value a = log_add(graph, start, shift(graph, start, 1, LOG_OF_NOTHING));
    for (int64_t step = 0; step < steps && a >= 0; step++) {
        hone_value now = hone_op_reshape(graph, hone_op_slice(graph, emitted, 1, step, step + 1),
                                         HONE_SHAPE(batch, states));
        if (step > 0) {
            hone_value from_two = hone_op_add(graph, shift(graph, a, 2, LOG_OF_NOTHING), skip);
            a = log_add(graph, log_add(graph, a, shift(graph, a, 1, LOG_OF_NOTHING)), from_two);
        }
        a = hone_op_add(graph, a, now);
    }
    return a;
}

/* a [batch, states] at one state of each row, given as a number [batch]; out of range: `missing`. */
static hone_value pick(hone_graph *graph, hone_value a, hone_value state, double missing)
{
    hone_value row = hone_op_one_hot(graph, state, hone_value_size(graph, a, 1));
    hone_value found = hone_op_sum(graph, hone_op_select(graph, row, a, hone_graph_constant(graph, 0)), 1);
    hone_value there = hone_op_reduce(graph, "maximum", row, (int[]){1}, 1, false);
    return hone_op_select(graph, there, found, hone_graph_constant(graph, missing));
}

static hone_value values(hone_graph *graph, hone_value labels, hone_value logits, const void *args)
{
    (void)args;
    hone_shape of_labels = hone_value_shape(graph, labels), of_logits = hone_value_shape(graph, logits);
    if (of_labels.rank != 2 || of_logits.rank != 3 || of_labels.size[0] != of_logits.size[0]) {
        hone_internal_fail_targets(graph, labels, logits);
        return HONE_NO_VALUE;
    }
    hone_internal_check_classes(graph, labels, of_logits.size[2]);
    hone_value states = with_blanks(graph, labels);
    hone_value a = run_steps(graph, emissions(graph, states, logits), two_back(graph, labels, states));
    hone_value letters = hone_op_unary(graph, "not_equal_scalar", labels, (hone_parameters){.a = 0});
    hone_value last = hone_op_affine(graph, hone_op_sum(graph, letters, 1), 2, 0);
    hone_value on_blank = pick(graph, a, last, LOG_OF_NOTHING);
    hone_value on_letter = pick(graph, a, hone_op_affine(graph, last, 1, -1), LOG_OF_NOTHING);
    return hone_op_negative(graph, log_add(graph, on_blank, on_letter));
}

HONE_LOSS_TYPE(ctc, "CTC", "CTC loss, for label sequences without alignment to the input steps.", NULL,
               "Targets: letters [batch, n], filled up with 0, the blank; predictions: logits [batch, "
               "steps, classes].",
               .values = values);
