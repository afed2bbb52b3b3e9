/* Losses: Keras's numbers, differences, reductions, weights, masks, settings, and what is refused. */
#include "fields/fields.h"
#include "base/memory.h"
#include "losses/loss.h"
#include "ops/ops.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static hone_loss *loss_of_text(const char *text)
{
    hone_config *config = hone_internal_config_text(text);
    hone_loss *loss = hone_internal_loss_create(config);
    hone_internal_config_free(config);
    if (loss == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return loss;
}

/* ---- golden files ---- */

static void check_case(const char *name, const char *class_name, const hone_config *example,
                       const char *table)
{
    char title[512];
    snprintf(title, sizeof title, "%s [%s]", name, table);
    hone_config *envelope = golden_envelope("keras.losses", class_name, golden_get(example, "arguments"));
    hone_loss *loss = hone_internal_loss_create(envelope);
    if (loss == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    golden_run run = golden_begin(table, true);
    hone_value y_true = golden_input(&run, golden_get(example, "y_true")),
               y_pred = golden_input(&run, golden_get(example, "y_pred"));
    const hone_config *weights = golden_get(example, "sample_weight"), *mask = golden_get(example, "mask");
    hone_value weight = weights != NULL ? golden_input(&run, weights) : HONE_NO_VALUE;
    if (mask != NULL)
        hone_value_set_mask(run.graph, y_pred, golden_input(&run, mask));
    hone_value value = hone_internal_loss_record(loss, run.graph, y_true, y_pred, weight), gradient;
    if (value < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, value);
    golden_differentiate(&run, hone_op_total(run.graph, value), &y_pred, 1, &gradient);
    golden_execute(&run);
    golden_check_value(title, "value", golden_get(example, "value"), &run, value, golden_tolerance(example));
    golden_check_value(title, "gradient", golden_get(example, "y_pred_gradient"), &run, gradient,
                       golden_tolerance(example));
    golden_end(&run);
    hone_internal_loss_free(loss);
    hone_internal_config_free(envelope);
}

static void test_golden(void **state)
{
    (void)state;
    char **names = golden_list("losses");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("losses", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < cases->count; i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(golden_title(file, cases->items[i]), hone_internal_config_get_text(file, "class"),
                           cases->items[i], *table);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

/* ---- differences ---- */

static double draw(uint32_t *state)
{ /* (0, 1) */
    *state = *state * 1664525u + 1013904223u;
    return ((*state >> 8) + 0.5) / (1 << 24);
}

typedef enum kind { REAL, POSITIVE, BITS, SIGNS, ROWS, IDS, LABELS, PROBABILITY, SHARES, UNIT } kind;

/* Numbers of a kind; `classes` for ids. SHARES and ROWS: rows that add up to 1 (ROWS: a single 1); UNIT:
 * rows of length 1. */
static golden_tensor numbers(kind which, hone_shape shape, int classes, uint32_t *state)
{
    golden_tensor tensor = golden_filled(shape, 0);
    int64_t width = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    for (int64_t i = 0; i < tensor.count; i++) {
        double u = draw(state);
        const double by_kind[] = {4 * u - 2,
                                  0.1 + 3 * u,
                                  u < 0.4,
                                  u < 0.5 ? -1 : 1,
                                  0,
                                  floor(u * classes),
                                  1 + floor(u * (classes - 1)),
                                  0.05 + 0.9 * u,
                                  0.1 + u,
                                  u - 0.5};
        tensor.values[i] = by_kind[which];
    }
    for (int64_t row = 0; row < tensor.count / width; row++) {
        double *first = tensor.values + row * width, sum = 0, squares = 0;
        for (int64_t i = 0; i < width; i++)
            sum += first[i], squares += first[i] * first[i];
        for (int64_t i = 0; i < width; i++)
            first[i] /= which == SHARES ? sum : which == UNIT ? sqrt(squares) : 1;
        if (which == ROWS)
            first[row % width] = 1;
    }
    return tensor;
}

static hone_value record_loss(hone_graph *graph, const hone_value *inputs, int count, void *context)
{
    return hone_internal_loss_record(context, graph, inputs[0], inputs[1],
                                     count > 2 ? inputs[2] : HONE_NO_VALUE);
}

static const struct {
    const char *loss;
    kind y_true, y_pred;
} differentiable[] = {
    {"mse", REAL, REAL},
    {"mae", REAL, REAL},
    {"mape", POSITIVE, POSITIVE},
    {"msle", POSITIVE, POSITIVE},
    {"huber", REAL, REAL},
    {"huber(delta=0.4)", REAL, REAL},
    {"log_cosh", REAL, REAL},
    {"poisson", POSITIVE, POSITIVE},
    {"kld", SHARES, SHARES},
    {"cosine_similarity", REAL, REAL},
    {"cosine_similarity(axis=1)", REAL, REAL},
    {"hinge", SIGNS, REAL},
    {"hinge", BITS, REAL},
    {"squared_hinge", SIGNS, REAL},
    {"categorical_hinge", ROWS, REAL},
    {"binary_crossentropy", BITS, PROBABILITY},
    {"binary_crossentropy(from_logits=true, label_smoothing=0.1)", BITS, REAL},
    {"binary_crossentropy(axis=1)", BITS, PROBABILITY},
    {"binary_focal_crossentropy", BITS, PROBABILITY},
    {"binary_focal_crossentropy(apply_class_balancing=true, from_logits=true, gamma=1.5)", BITS, REAL},
    {"categorical_crossentropy", ROWS, PROBABILITY},
    {"categorical_crossentropy(from_logits=true, label_smoothing=0.2)", ROWS, REAL},
    {"categorical_crossentropy(axis=1)", SHARES, PROBABILITY},
    {"categorical_focal_crossentropy", ROWS, PROBABILITY},
    {"categorical_focal_crossentropy(from_logits=true, alpha=0.5, axis=1)", SHARES, REAL},
    {"sparse_categorical_crossentropy", IDS, PROBABILITY},
    {"sparse_categorical_crossentropy(from_logits=true)", IDS, REAL},
    {"sparse_categorical_crossentropy(ignore_class=1)", IDS, PROBABILITY},
    {"categorical_generalized_cross_entropy(q=0.7)", IDS, PROBABILITY},
    {"crossentropy", IDS, PROBABILITY},
    {"crossentropy(from_logits=true)", ROWS, REAL},
    {"dice", BITS, PROBABILITY},
    {"dice(axis=[1, 2])", BITS, PROBABILITY},
    {"tversky(alpha=0.3, beta=0.8, axis=-1)", BITS, PROBABILITY},
};

static void test_differences(void **state)
{
    (void)state;
    uint32_t random = 8;
    for (size_t i = 0; i < sizeof differentiable / sizeof *differentiable; i++) {
        hone_loss *loss = loss_of_text(differentiable[i].loss);
        hone_shape shape = HONE_SHAPE(3, 4, 5), of_targets = shape;
        if (differentiable[i].y_true == IDS)
            of_targets.rank--;
        golden_tensor inputs[3] = {numbers(differentiable[i].y_true, of_targets, 5, &random),
                                   numbers(differentiable[i].y_pred, shape, 5, &random),
                                   numbers(POSITIVE, HONE_SHAPE(3), 1, &random)};
        const bool wanted[3] = {false, true, false};
        for (int count = 2; count <= 3; count++)
            golden_check_differences(differentiable[i].loss, record_loss, loss, inputs, count, wanted, true,
                                     1e-6);
        for (int j = 0; j < 3; j++)
            golden_tensor_free(&inputs[j]);
        hone_internal_loss_free(loss);
    }
}

static void check_pair(const char *text, kind y_true, hone_shape of_targets, kind y_pred,
                       hone_shape of_predictions, int classes)
{
    uint32_t random = 11;
    hone_loss *loss = loss_of_text(text);
    golden_tensor inputs[2] = {numbers(y_true, of_targets, classes, &random),
                               numbers(y_pred, of_predictions, classes, &random)};
    golden_check_differences(text, record_loss, loss, inputs, 2, (bool[]){false, true}, true, 1e-6);
    golden_tensor_free(&inputs[0]);
    golden_tensor_free(&inputs[1]);
    hone_internal_loss_free(loss);
}

static void test_differences_of_sets(void **state)
{
    (void)state;
    check_pair("circle(gamma=4)", IDS, HONE_SHAPE(8), UNIT, HONE_SHAPE(8, 3), 3);
    check_pair("circle(gamma=2, margin=0.25, remove_diagonal=false)", IDS, HONE_SHAPE(6), UNIT,
               HONE_SHAPE(6, 4), 2);
    check_pair("ctc", LABELS, HONE_SHAPE(3, 3), REAL, HONE_SHAPE(3, 8, 5), 4);
    check_pair("ctc(reduction=sum)", IDS, HONE_SHAPE(2, 4), REAL, HONE_SHAPE(2, 9, 4), 1);
}

/* ---- straight from softmax and sigmoid ---- */

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

static golden_tensor tensor_of(hone_shape shape, const double *values)
{
    golden_tensor tensor = golden_filled(shape, 0);
    memcpy(tensor.values, values, (size_t)tensor.count * sizeof *values);
    return tensor;
}

/* (p - t) / rows, where a clip of the probabilities would give 0: the last logit is far ahead, and wrong. */
static void test_gradient_of_saturated(void **state)
{
    (void)state;
    golden_tensor logits = tensor_of(HONE_SHAPE(2, 3), (double[]){0, 0, 40, 1, 2, 3});
    golden_tensor ids = tensor_of(HONE_SHAPE(2), (double[]){0, 2}),
                  rows = tensor_of(HONE_SHAPE(2, 3), (double[]){1, 0, 0, 0, 0, 1});
    golden_tensor bits = tensor_of(HONE_SHAPE(2, 3), (double[]){0, 1, 0, 1, 0, 1});
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

/* ---- weights and masks beyond Keras ---- */

/* The value of a loss of 2 x 3 steps whose differences are 1, 2, ... 6 (targets 0), with weights and a
 * mask. */
static double value_of(const char *text, const golden_tensor *weights, const golden_tensor *mask)
{
    hone_loss *loss = loss_of_text(text);
    golden_run run = golden_begin(NULL, true);
    golden_tensor targets = golden_filled(HONE_SHAPE(2, 3, 1), 0),
                  predictions = golden_filled(HONE_SHAPE(2, 3, 1), 0);
    for (int i = 0; i < 6; i++)
        predictions.values[i] = i + 1;
    hone_value y_true = golden_input_of(&run, &targets), y_pred = golden_input_of(&run, &predictions);
    if (mask != NULL)
        hone_value_set_mask(run.graph, y_pred, golden_input_of(&run, mask));
    hone_value weight = weights != NULL ? golden_input_of(&run, weights) : HONE_NO_VALUE;
    hone_value value = hone_internal_loss_record(loss, run.graph, y_true, y_pred, weight);
    golden_keep(&run, value);
    golden_execute(&run);
    double result = golden_number(&run, value);
    golden_end(&run);
    golden_tensor_free(&targets);
    golden_tensor_free(&predictions);
    hone_internal_loss_free(loss);
    return result;
}

static void test_weights(void **state)
{
    (void)state;
    golden_tensor samples = tensor_of(HONE_SHAPE(2), (double[]){1, 3}),
                  column = tensor_of(HONE_SHAPE(2, 1), (double[]){1, 3});
    golden_tensor steps = tensor_of(HONE_SHAPE(2, 3), (double[]){1, 0, 1, 0, 0, 2}),
                  none = golden_filled(HONE_SHAPE(2, 3), 0);
    assert_float_equal(value_of("mae", NULL, NULL), 21.0 / 6, 1e-6);
    assert_float_equal(value_of("mae", &samples, NULL), (6 + 3 * 15.0) / 6,
                       1e-6); /* one weight for each sample, not for each step */
    assert_float_equal(value_of("mae", &column, NULL), (6 + 3 * 15.0) / 6, 1e-6);
    assert_float_equal(value_of("mae", &steps, NULL), (1 + 3 + 12.0) / 6, 1e-6);
    assert_float_equal(value_of("mae(reduction=mean_with_sample_weight)", &samples, NULL),
                       (6 + 3 * 15.0) / 12, 1e-6);
    assert_float_equal(value_of("mae(reduction=sum)", &samples, NULL), 6 + 3 * 15.0, 1e-5);
    assert_float_equal(value_of("mae", &samples, &steps), (1 + 3 + 3 * 12.0) / 4,
                       1e-5); /* a mask counts as it is: 1 + 1 + 2 */
    assert_float_equal(value_of("mae", NULL, &none), 0, 0);
    assert_float_equal(value_of("mae(reduction=mean_with_sample_weight)", &none, NULL), 0, 0);
    golden_tensor *all[] = {&samples, &column, &steps, &none};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        golden_tensor_free(all[i]);
}

/* ---- class numbers that the input may hold ---- */

static int64_t classes_of(const char *text, hone_shape of_targets)
{
    hone_loss *loss = loss_of_text(text);
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
    hone_value y_pred = hone_internal_graph_input(graph, HONE_SHAPE(4, 7), "predictions");
    assert_true(hone_internal_loss_record(loss, graph, y_true, y_pred, HONE_NO_VALUE) >= 0);
    int64_t classes = graph->values[y_true].classes;
    hone_internal_graph_free(graph);
    hone_internal_loss_free(loss);
    return classes;
}

static void test_class_check(void **state)
{
    (void)state;
    assert_int_equal(classes_of("sparse_categorical_crossentropy", HONE_SHAPE(4)), 7);
    assert_int_equal(classes_of("sparse_categorical_crossentropy", HONE_SHAPE(4, 1)), 7);
    assert_int_equal(classes_of("ce", HONE_SHAPE(4)), 7);
    assert_int_equal(classes_of("categorical_generalized_cross_entropy", HONE_SHAPE(4)), 7);
    assert_int_equal(classes_of("sparse_categorical_crossentropy(ignore_class=-1)", HONE_SHAPE(4)), 0);
    assert_int_equal(classes_of("mse", HONE_SHAPE(4, 7)), 0);
}

/* ---- settings ---- */

static void expect_json(const hone_loss *loss, const char *json)
{
    hone_config *config = hone_internal_loss_to_config(loss);
    char *text = hone_internal_config_to_json(config, true);
    assert_string_equal(text, json);
    hone_internal_free(text);
    hone_internal_config_free(config);
}

static void test_settings(void **state)
{
    (void)state;
    const char *const plain[] = {
        "mse", "MSE", "MeanSquaredError", "mean_squared_error", "bce", "kld", "huber_loss", "ce", "Dice"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        hone_loss *loss = loss_of_text(plain[i]);
        char json[64];
        snprintf(json, sizeof json, "\"%s\"", plain[i]);
        expect_json(loss, json);
        hone_internal_loss_free(loss);
    }
    hone_loss *huber = loss_of_text("huber(2.5, reduction=none)");
    expect_json(huber,
                "{\"module\": \"keras.losses\", \"class_name\": \"Huber\", \"config\": {\"delta\": 2.5, "
                "\"reduction\": null, "
                "\"name\": \"huber_loss\"}, \"registered_name\": null}");
    hone_config *envelope = hone_internal_loss_to_config(huber);
    hone_loss *again = hone_internal_loss_create(envelope);
    assert_non_null(again);
    assert_true(again->type == huber->type &&
                hone_internal_fields_equal(&huber->type->type, again->args, huber->args));
    hone_internal_loss_free(again);
    hone_internal_loss_free(huber);
    hone_internal_config_free(envelope);
    hone_config *name = hone_internal_config_text("mean_absolute_error");
    hone_config *function = hone_internal_envelope("builtins", "function", name);
    hone_loss *by_function = hone_internal_loss_create(function);
    assert_string_equal(by_function->type->type.name, "mean_absolute_error");
    hone_internal_loss_free(by_function);
    hone_internal_config_free(function);
}

static void expect_refused(const char *text, const char *words)
{
    hone_config *config = hone_internal_config_text(text);
    assert_null(hone_internal_loss_create(config));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_config_free(config);
}

static void expect_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions,
                         hone_shape of_weights, const char *words)
{
    hone_loss *loss = loss_of_text(text);
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
    hone_value y_pred = hone_internal_graph_input(graph, of_predictions, "predictions");
    hone_value weight =
        of_weights.rank > 0 ? hone_internal_graph_input(graph, of_weights, "weights") : HONE_NO_VALUE;
    assert_true(hone_internal_loss_record(loss, graph, y_true, y_pred, weight) < 0);
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_graph_free(graph);
    hone_internal_loss_free(loss);
}

static void test_refused(void **state)
{
    (void)state;
    expect_refused("mean_square_error", "did you mean \"mean_squared_error\"");
    expect_refused("mse(reduction=median)", "sum_over_batch_size");
    expect_refused("bce(label_smoothing=1.5)", "label_smoothing");
    expect_refused("bce(label_smoothing=-0.1)", "label_smoothing");
    expect_refused("huber(delta=0)", "delta");
    expect_refused("huber(detla=1)", "delta");
    expect_refused("categorical_generalized_cross_entropy(q=1)", "q");
    expect_refused("binary_focal_crossentropy(alpha=2)", "alpha");
    expect_refused("circle(margin=1.5)", "margin");
    expect_refused("mse(", "mse(");
    const hone_shape none = {0};
    expect_unfit("mse", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5), none,
                 "targets of shape (4, 3) do not fit predictions of shape (4, 5)");
    expect_unfit("sparse_categorical_crossentropy", HONE_SHAPE(3), HONE_SHAPE(4, 5), none, "(3,)");
    expect_unfit("categorical_crossentropy", HONE_SHAPE(4), HONE_SHAPE(4, 5), none,
                 "for class ids there is sparse");
    expect_unfit("circle", HONE_SHAPE(4, 2), HONE_SHAPE(4, 5), none, "(4, 2)");
    expect_unfit("ctc", HONE_SHAPE(4), HONE_SHAPE(4, 5), none, "(4, 5)");
    expect_unfit("mse", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), HONE_SHAPE(3), "sample weights of shape (3,)");
    expect_unfit("bce(axis=3)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), none, "axis");
    expect_unfit("dice(axis=2)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), none, "axis");
}

/* ---- what Keras saves of an instance with default arguments ---- */

/* Equal but for the order of keys, `dtype`, and 0 against 0.0. */
static void expect_same_config(const char *title, const hone_config *expected, const hone_config *received)
{
    size_t compared = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const char *key = expected->keys[i];
        if (strcmp(key, "dtype") == 0)
            continue;
        compared++;
        const hone_config *a = expected->items[i], *b = hone_internal_config_get(received, key);
        if (b == NULL)
            fail_msg("%s: no \"%s\"", title, key);
        bool numbers = (a->kind == HONE_CONFIG_INTEGER || a->kind == HONE_CONFIG_NUMBER) &&
                       (b->kind == HONE_CONFIG_INTEGER || b->kind == HONE_CONFIG_NUMBER);
        if (numbers ? a->number != b->number : !hone_internal_config_equal(a, b))
            fail_msg("%s: \"%s\" differs", title, key);
    }
    if (received->count != compared)
        fail_msg("%s: %zu keys, not %zu", title, received->count, compared);
}

static void test_defaults(void **state)
{
    (void)state;
    hone_config *file = golden_open("defaults", "loss");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const char *title = golden_title(file, cases->items[i]);
        const hone_config *expected = golden_get(cases->items[i], "serialized");
        hone_config *envelope = golden_envelope(NULL, hone_internal_config_get_text(expected, "class_name"),
                                                golden_get(cases->items[i], "arguments"));
        hone_loss *loss = hone_internal_loss_create(envelope);
        if (loss == NULL)
            fail_msg("%s: %s", title, hone_error_message());
        hone_config *received = hone_internal_loss_to_config(loss);
        assert_string_equal(hone_internal_config_get_text(received, "module"),
                            hone_internal_config_get_text(expected, "module"));
        assert_string_equal(hone_internal_config_get_text(received, "class_name"),
                            hone_internal_config_get_text(expected, "class_name"));
        expect_same_config(title, golden_get(expected, "config"), golden_get(received, "config"));
        hone_internal_config_free(received);
        hone_internal_loss_free(loss);
        hone_internal_config_free(envelope);
    }
    hone_internal_config_free(file);
}

/* ---- memory ---- */

static bool try_once(const char *text, hone_shape of_targets)
{
    hone_config *config = hone_internal_config_text(text);
    hone_loss *loss = config != NULL ? hone_internal_loss_create(config) : NULL;
    hone_graph *graph = loss != NULL ? hone_internal_graph_create(true, false) : NULL;
    bool good = false;
    if (graph != NULL) {
        hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
        hone_value y_pred = hone_internal_graph_input(graph, HONE_SHAPE(4, 7), "predictions");
        good = hone_internal_loss_record(loss, graph, y_true, y_pred, HONE_NO_VALUE) >= 0;
    }
    hone_internal_graph_free(graph);
    hone_internal_loss_free(loss);
    hone_internal_config_free(config);
    return good;
}

static void test_memory(void **state)
{
    (void)state;
    const char *const texts[] = {"mse", "ce(from_logits=true)", "huber(delta=2, reduction=none)", "circle",
                                 "hinge"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool ids = texts[i][0] == 'c';
        hone_shape of_targets = ids ? HONE_SHAPE(4) : HONE_SHAPE(4, 7);
        int64_t before = hone_internal_blocks_in_use();
        for (int64_t n = 0; n < 200; n++) {
            hone_internal_fail_allocations_after(n);
            bool good = try_once(texts[i], of_targets);
            hone_internal_fail_allocations_after(-1);
            assert_int_equal(hone_internal_blocks_in_use(), before);
            if (good)
                break;
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_true(n < 199);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_differences_of_sets),
        cmocka_unit_test(test_gradient_of_saturated),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_class_check),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
