/* Activations along an axis. */
#include "activations/activations.h"
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>
#include <string.h>

static hone_value applied(hone_graph *g, const hone_value *x, const void *context)
{
    return hone_internal_activation_apply(g, context, x[0]);
}

static void check(const char *text, hone_shape shape, hone_shape result)
{
    check_op(&(op_example){
        .title = text, .record = applied, .context = text, .inputs = {shape, END}, .result = result});
}

TEST(work_along_any_axis_with_their_gradients)
{
    check("softmax", S(3, 5), S(3, 5));
    check("softmax(axis=0)", S(3, 5), S(3, 5));
    check("softmax(axis=1)", S(2, 3, 4), S(2, 3, 4));
    check("log_softmax(axis=1)", S(2, 3, 4), S(2, 3, 4));
    check("glu", S(3, 4), S(3, 2));
    check("glu(axis=1)", S(2, 6, 3), S(2, 3, 3));
    check("sparsemax", S(4, 5), S(4, 5));
    check("sparsemax(axis=1)", S(2, 4, 3), S(2, 4, 3));
}

static void check_refused(const char *text, hone_shape shape, const char *words)
{
    check_op_refused(&(op_example){.title = text, .record = applied, .context = text, .inputs = {shape, END}},
                     words);
}

TEST(refuse_axes_and_sizes_that_cannot_be)
{
    check_refused("softmax(axis=2)", S(3, 5), "axis 2");
    check_refused("log_softmax(axis=-3)", S(3, 5), "axis -3");
    check_refused("sparsemax(axis=7)", S(3, 5), "axis 7");
    check_refused("glu", S(3, 5), "even");
}

/* sparsemax([1, 0.8, -1]) = [0.6, 0.4, 0]: the support has two, t = 0.4. */
TEST(sparsemax_is_the_projection_onto_probabilities)
{
    static const double given[] = {1, 0.8, -1, 5, 0, 0, 0.1, 0.1, 0.1},
                        expected[] = {0.6, 0.4, 0, 1, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3};
    golden_run run = golden_begin("ref", false);
    golden_tensor numbers = golden_filled(S(3, 3), 0);
    memcpy(numbers.values, given, sizeof given);
    hone_value y = hone_internal_activation_apply(run.graph, "sparsemax", golden_input_of(&run, &numbers));
    golden_keep(&run, y);
    golden_execute(&run);
    golden_tensor received = golden_result(&run, y);
    for (int i = 0; i < 9; i++)
        if (!(fabs(received.values[i] - expected[i]) < 1e-6))
            fail_msg("number %d is %g, not %g", i, received.values[i], expected[i]);
    golden_tensor_free(&received);
    golden_tensor_free(&numbers);
    golden_end(&run);
}
