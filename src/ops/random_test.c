/* Operations that draw. */
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RECORD(name, expression) \
    static hone_value name(hone_graph *g, const hone_value *x, const void *context) \
    { \
        (void)context; \
        return expression; \
    }
#define S(...) HONE_SHAPE(__VA_ARGS__)
#define END HONE_NO_SHAPE
#define SCALAR ((hone_shape){.rank = 0})

RECORD(dropped, hone_op_dropout(g, x[0], 0.4))
RECORD(noisy, hone_op_add(g, x[0], hone_op_random_normal(g, hone_value_shape(g, x[0]), 0, 1, "noise")))
RECORD(scaled,
       hone_op_multiply(g, x[0], hone_op_random_uniform(g, hone_value_shape(g, x[0]), 1, 2, "factor")))
RECORD(kept, hone_op_multiply(g, x[0], hone_op_random_keep(g, S(3, 1), 0.5, "mask")))

static void test_gradients(void **state)
{
    (void)state;
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
static void test_streams(void **state)
{
    (void)state;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
