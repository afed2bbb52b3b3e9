/* Shapes and movement. */
#include "ops/differentiate.h"
#include "testing/check_op.h"

#include <math.h>

RECORD(reshaped, hone_op_reshape(g, x[0], S(4, HONE_ANY)))
RECORD(expanded, hone_op_expand(g, x[0], -1))
RECORD(expanded_front, hone_op_expand(g, x[0], 0))
RECORD(squeezed, hone_op_squeeze(g, x[0], 1))
RECORD(transposed, hone_op_transpose(g, x[0], (int[]){2, 0, 1}))
RECORD(spread, hone_op_broadcast(g, x[0], S(2, 3, 4)))
RECORD(sliced, hone_op_slice(g, x[0], -1, 1, 3))
RECORD(sliced_to_nothing, hone_op_slice(g, x[0], 0, 1, 1))
RECORD(padded, hone_op_pad(g, x[0], (int64_t[]){1, 0}, (int64_t[]){2, 1}, 0.5))
RECORD(reversed, hone_op_reverse(g, x[0], 1))
RECORD(joined, hone_op_concatenate(g, x, 3, 1))
RECORD(joined_last, hone_op_concatenate(g, x, 2, -1))
RECORD(joined_twice,
       hone_op_concatenate(
           g, (hone_value[]){x[0], x[1], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[1], x[0]}, 12, 0))

TEST(views_keep_the_numbers)
{
    const op_example examples[] = {
        {.title = "reshape", .record = reshaped, .inputs = {S(2, 3, 4), END}, .result = S(4, 6)},
        {.title = "expand", .record = expanded, .inputs = {S(2, 3), END}, .result = S(2, 3, 1)},
        {.title = "expand in front",
         .record = expanded_front,
         .inputs = {S(2, 3), END},
         .result = S(1, 2, 3)},
        {.title = "squeeze", .record = squeezed, .inputs = {S(2, 1, 3), END}, .result = S(2, 3)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(moves_each_number_to_its_place)
{
    const op_example examples[] = {
        {.title = "transpose", .record = transposed, .inputs = {S(2, 3, 4), END}, .result = S(4, 2, 3)},
        {.title = "transpose", .record = transposed, .inputs = {S(17, 9, 33), END}, .result = S(33, 17, 9)},
        {.title = "broadcast", .record = spread, .inputs = {S(3, 1), END}, .result = S(2, 3, 4)},
        {.title = "broadcast a number", .record = spread, .inputs = {SCALAR, END}, .result = S(2, 3, 4)},
        {.title = "slice", .record = sliced, .inputs = {S(3, 4), END}, .result = S(3, 2)},
        {.title = "pad", .record = padded, .inputs = {S(2, 3), END}, .result = S(5, 4)},
        {.title = "reverse", .record = reversed, .inputs = {S(2, 3, 2), END}, .result = S(2, 3, 2)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(joins_and_gathers_rows)
{
    const op_example examples[] = {
        {.title = "concatenate",
         .record = joined,
         .inputs = {S(2, 1, 2), S(2, 3, 2), S(2, 2, 2), END},
         .result = S(2, 6, 2)},
        {.title = "concatenate", .record = joined_last, .inputs = {S(2, 3), S(2, 1), END}, .result = S(2, 4)},
        {.title = "concatenate many",
         .record = joined_twice,
         .inputs = {S(1, 3), S(2, 3), END},
         .result = S(14, 3)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

static void refused(const char *title, hone_value (*record)(hone_graph *, const hone_value *, const void *),
                    hone_shape a, hone_shape b, hone_shape c, const char *part)
{
    check_op_refused(&(op_example){.title = title, .record = record, .inputs = {a, b, c, END}}, part);
}

RECORD(twice_an_axis, hone_op_transpose(g, x[0], (int[]){0, 0, 1}))
RECORD(beyond, hone_op_slice(g, x[0], 0, 1, 9))

TEST(refuses_shapes_that_do_not_fit)
{
    refused("reshape", reshaped, S(3, 5), S(1), S(1), "reshape");
    refused("squeeze", squeezed, S(2, 3), S(1), S(1), "size 3, not 1");
    refused("transpose", twice_an_axis, S(2, 3, 4), S(1), S(1), "permutation");
    refused("broadcast", spread, S(2), S(1), S(1), "broadcast");
    refused("slice", beyond, S(3, 4), S(1), S(1), "1 to 9");
    refused("concatenate", joined, S(2, 2), S(3, 2), S(2, 2), "concatenate");
    refused("expand", expanded, S(1, 1, 1, 1, 1, 1, 1, 1), S(1), S(1), "at most 8");
}

/* What is empty has a shape and no numbers. */
TEST(an_empty_slice_is_no_mistake)
{
    check_op(&(op_example){.title = "an empty slice",
                           .record = sliced_to_nothing,
                           .inputs = {S(3, 4), END},
                           .result = S(0, 4),
                           .no_gradient = true});
}

/* A stopped gradient is none. */
TEST(stop_gradient_stops_it)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value x = hone_internal_graph_input(graph, S(3), "x"), gradient;
    hone_value loss = hone_op_total(graph, hone_op_stop_gradient(graph, hone_op_square(graph, x)));
    assert_int_equal(hone_internal_differentiate(graph, loss, &x, 1, &gradient), HONE_OK);
    assert_int_equal(gradient, HONE_NO_VALUE);
    hone_internal_graph_free(graph);
}
