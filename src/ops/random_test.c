/* Operations that draw. */
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>

RECORD(dropped, hone_op_dropout(g, x[0], 0.4))
RECORD(noisy, hone_op_add(g, x[0], hone_op_random_normal(g, hone_value_shape(g, x[0]), 0, 1, "noise")))
RECORD(scaled,
       hone_op_multiply(g, x[0], hone_op_random_uniform(g, hone_value_shape(g, x[0]), 1, 2, "factor")))
RECORD(kept, hone_op_multiply(g, x[0], hone_op_random_keep(g, S(3, 1), 0.5, "mask")))

TEST(gradients_pass_through_what_is_drawn)
{
    const op_example examples[] = {
        {.title = "dropout", .record = dropped, .inputs = {S(5, 6), END}, .result = S(5, 6)},
        {.title = "noise", .record = noisy, .inputs = {S(5, 6), END}, .result = S(5, 6)},
        {.title = "factors", .record = scaled, .inputs = {S(5, 6), END}, .result = S(5, 6)},
        {.title = "keep", .record = kept, .inputs = {S(3, 6), END}, .result = S(3, 6)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

/* Numbers are a function of the layer, its call, the purpose and the seed; two draws of one call with one
 * purpose differ. */
TEST(draws_depend_on_layer_call_purpose_and_seed)
{
    golden_run run = golden_begin("ref", true);
    hone_value draws[6];
    hone_graph_scope before = hone_internal_graph_enter(run.graph, "a", 0, 0);
    draws[0] = hone_op_random_uniform(run.graph, S(8), 0, 1, "mask");
    draws[1] = hone_op_random_uniform(run.graph, S(8), 0, 1, "mask");
    hone_internal_graph_leave(run.graph, before);
    const struct {
        const char *scope;
        uint64_t call, seed;
    } places[] = {{"a", 1, 0}, {"b", 0, 0}, {"a", 0, 4}, {"a", 0, 0}};
    for (int i = 0; i < 4; i++) {
        before = hone_internal_graph_enter(run.graph, places[i].scope, places[i].call, places[i].seed);
        draws[2 + i] = hone_op_random_uniform(run.graph, S(8), 0, 1, "mask");
        hone_internal_graph_leave(run.graph, before);
    }
    for (int i = 0; i < 6; i++)
        golden_keep(&run, draws[i]);
    golden_execute(&run);
    golden_tensor numbers[6];
    for (int i = 0; i < 6; i++)
        numbers[i] = golden_result(&run, draws[i]);
    for (int i = 1; i < 6; i++)
        for (int j = 0; j < i; j++)
            assert_true((numbers[i].values[0] == numbers[j].values[0]) == (i == 5 && j == 0));
    for (int i = 0; i < 6; i++)
        golden_tensor_free(&numbers[i]);
    golden_end(&run);
}
