/* Cross-entropies. */
#include "testing/check_loss.h"
#include "testing/test.h"
#include "ops/ops.h"

#include <math.h>

/* The gradient of a loss of an activation's result in its input. */
static golden_tensor gradient_through(const char *table, const char *text, bool softmax,
                                      const golden_tensor *targets, const golden_tensor *logits)
{
    hone_loss *loss = loss_of_text(text);
    golden_run run = golden_begin(table, true);
    hone_value y_true = golden_input_of(&run, targets), z = golden_input_of(&run, logits), gradient;
    hone_value p = softmax ? hone_op_softmax(run.graph, z, -1) : hone_op_sigmoid(run.graph, z);
    golden_differentiate(&run, hone_internal_loss_record(loss, run.graph, y_true, p, HONE_NO_VALUE), &z, 1,
                         &gradient);
    golden_execute(&run);
    golden_tensor result = golden_result(&run, gradient);
    golden_end(&run);
    hone_internal_loss_free(loss);
    return result;
}

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"binary_crossentropy", "categorical_crossentropy",
                                        "sparse_categorical_crossentropy", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    static const loss_example examples[] = {
        {"binary_crossentropy", BITS, PROBABILITY},
        {"binary_crossentropy(from_logits=true, label_smoothing=0.1)", BITS, REAL},
        {"binary_crossentropy(axis=1)", BITS, PROBABILITY},
        {"categorical_crossentropy", ROWS, PROBABILITY},
        {"categorical_crossentropy(from_logits=true, label_smoothing=0.2)", ROWS, REAL},
        {"categorical_crossentropy(axis=1)", SHARES, PROBABILITY},
        {"sparse_categorical_crossentropy", IDS, PROBABILITY},
        {"sparse_categorical_crossentropy(from_logits=true)", IDS, REAL},
        {"sparse_categorical_crossentropy(ignore_class=1)", IDS, PROBABILITY},
        {"crossentropy", IDS, PROBABILITY},
        {"crossentropy(from_logits=true)", ROWS, REAL},
    };
    check_loss_gradients(examples, sizeof examples / sizeof *examples);
}

/* (p - t) / rows, where a clip of the probabilities would give 0: the last logit is far ahead, and wrong. */
TEST(saturated_probabilities_have_the_gradient_of_their_logits)
{
    golden_tensor logits = golden_of(HONE_SHAPE(2, 3), (double[]){0, 0, 40, 1, 2, 3});
    golden_tensor ids = golden_of(HONE_SHAPE(2), (double[]){0, 2}),
                  rows = golden_of(HONE_SHAPE(2, 3), (double[]){1, 0, 0, 0, 0, 1});
    golden_tensor bits = golden_of(HONE_SHAPE(2, 3), (double[]){0, 1, 0, 1, 0, 1});
    golden_tensor softmax = golden_filled(HONE_SHAPE(2, 3), 0), sigmoid = golden_filled(HONE_SHAPE(2, 3), 0);
    for (int row = 0; row < 2; row++) {
        double sum = 0;
        for (int i = 0; i < 3; i++)
            sum += exp(logits.values[3 * row + i] - 40);
        for (int i = 0; i < 3; i++) {
            double z = logits.values[3 * row + i];
            softmax.values[3 * row + i] = (exp(z - 40) / sum - rows.values[3 * row + i]) / 2;
            sigmoid.values[3 * row + i] = (1 / (1 + exp(-z)) - bits.values[3 * row + i]) / 6;
        }
    }
    for (const char *const *table = golden_tables; *table != NULL; table++) {
        golden_tensor by_ids =
            gradient_through(*table, "sparse_categorical_crossentropy", true, &ids, &logits);
        golden_tensor by_rows = gradient_through(*table, "categorical_crossentropy", true, &rows, &logits);
        golden_tensor by_bits = gradient_through(*table, "bce", false, &bits, &logits);
        golden_check("sparse", *table, &softmax, &by_ids, 1e-6);
        golden_check("categorical", *table, &softmax, &by_rows, 1e-6);
        golden_check("binary", *table, &sigmoid, &by_bits, 1e-6);
        golden_tensor_free(&by_ids);
        golden_tensor_free(&by_rows);
        golden_tensor_free(&by_bits);
    }
    golden_tensor *all[] = {&logits, &ids, &rows, &bits, &softmax, &sigmoid};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        golden_tensor_free(all[i]);
}

TEST(refuses_what_does_not_fit)
{
    const hone_shape none = {0};
    check_loss_refused("bce(label_smoothing=1.5)", "label_smoothing");
    check_loss_refused("bce(label_smoothing=-0.1)", "label_smoothing");
    check_loss_unfit("sparse_categorical_crossentropy", HONE_SHAPE(3), HONE_SHAPE(4, 5), none, "(3,)");
    check_loss_unfit("categorical_crossentropy", HONE_SHAPE(4), HONE_SHAPE(4, 5), none, "use sparse");
    check_loss_unfit("bce(axis=3)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), none, "axis");
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("ce(from_logits=true)", HONE_SHAPE(4));
}
