/* What all losses share: weights and masks, class numbers, settings, what Keras saves. */
#include "base/memory.h"
#include "fields/fields.h"
#include "testing/check_loss.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

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

TEST(weights_and_masks_count_as_they_should)
{
    golden_tensor samples = golden_of(HONE_SHAPE(2), (double[]){1, 3}),
                  column = golden_of(HONE_SHAPE(2, 1), (double[]){1, 3});
    golden_tensor steps = golden_of(HONE_SHAPE(2, 3), (double[]){1, 0, 1, 0, 0, 2}),
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

TEST(tells_which_class_numbers_fit)
{
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

TEST(is_saved_and_read_back)
{
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

TEST(refuses_what_does_not_fit)
{
    check_loss_refused("mean_square_error", "did you mean \"mean_squared_error\"");
    check_loss_refused("mse(reduction=median)", "sum_over_batch_size");
    check_loss_refused("mse(", "mse(");
    check_loss_unfit("mse", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), HONE_SHAPE(3),
                     "sample weights of shape (3,)");
}

/* ---- what Keras saves of an instance with default arguments ---- */

TEST(saves_defaults_as_keras_does)
{
    hone_config *file = golden_open("defaults", "loss");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++) {
        const char *title = golden_title(file, hone_internal_config_at(cases, i));
        const hone_config *expected = golden_get(hone_internal_config_at(cases, i), "serialized");
        hone_config *envelope = golden_envelope(NULL, hone_internal_config_get_text(expected, "class_name"),
                                                golden_get(hone_internal_config_at(cases, i), "arguments"));
        hone_loss *loss = hone_internal_loss_create(envelope);
        if (loss == NULL)
            fail_msg("%s: %s", title, hone_error_message());
        hone_config *received = hone_internal_loss_to_config(loss);
        assert_string_equal(hone_internal_config_get_text(received, "module"),
                            hone_internal_config_get_text(expected, "module"));
        assert_string_equal(hone_internal_config_get_text(received, "class_name"),
                            hone_internal_config_get_text(expected, "class_name"));
        golden_check_config(title, golden_get(expected, "config"), golden_get(received, "config"));
        hone_internal_config_free(received);
        hone_internal_loss_free(loss);
        hone_internal_config_free(envelope);
    }
    hone_internal_config_free(file);
}
