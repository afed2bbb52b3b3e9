/* Running batches over a data set: how many samples, and what is refused. */
#include "layers/layer.h"
#include "testing/toy_training.h"
#include "train/run.h"

#include <string.h>

TEST(prediction_stops_after_its_steps)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    hone_array *outputs[1];
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = 4), HONE_OK);
    assert_int_equal(outputs[0]->shape[0], 10);
    hone_array_free(outputs[0]);
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = 4, .steps = 2), HONE_OK);
    assert_int_equal(outputs[0]->shape[0], 8);
    hone_array_free(outputs[0]);
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = 4, .steps = 9), HONE_OK);
    assert_int_equal(outputs[0]->shape[0], 10);
    hone_array_free(outputs[0]);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(evaluation_weighs_batches_by_their_samples)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    hone_logs logs = {0};
    assert_int_equal(hone_evaluate(model, data, &logs, .batch_size = 4), HONE_OK);
    assert_float_equal(hone_logs_at(&logs, 0).values[0], toy_loss(0, 9), 1e-4);
    hone_logs_free(&logs);
    assert_int_equal(hone_evaluate(model, data, &logs, .batch_size = 4, .steps = 1), HONE_OK);
    assert_float_equal(hone_logs_at(&logs, 0).values[0], toy_loss(0, 3), 1e-4);
    hone_logs_free(&logs);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(a_reading_ends_with_a_smaller_batch)
{
    hone_dataset *data = toy_data();
    hone_reading reading = {.data = data, .size = 4, .steps = HONE_NONE_INTEGER};
    hone_feed feed;
    assert_int_equal(hone_internal_reading_begin(&reading), HONE_OK);
    static const int64_t counts[] = {4, 4, 2};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hone_internal_reading_next(&reading, &feed), 1);
        assert_int_equal(feed.begin, 4 * i);
        assert_int_equal(feed.count, counts[i]);
    }
    assert_int_equal(hone_internal_reading_next(&reading, &feed), 0);
    hone_internal_reading_end(&reading);
    hone_dataset_free(data);
}

TEST(a_remainder_that_is_dropped_does_not_count)
{
    hone_dataset *data = hone_dataset_batch(toy_data(), 4, true);
    assert_non_null(data);
    assert_int_equal(hone_internal_reading_size(data, 32), 4);
    assert_int_equal(hone_internal_reading_count(data, 32), 8);
    hone_dataset_free(data);
    data = toy_data();
    assert_int_equal(hone_internal_reading_size(data, 32), 32);
    assert_int_equal(hone_internal_reading_count(data, 32), 10);
    hone_dataset_free(data);
}

TEST(refuses_a_model_that_is_not_compiled)
{
    hone_dataset *data = toy_data();
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1));
    hone_logs logs;
    assert_failed(hone_evaluate(model, data, &logs), HONE_ERROR_STATE, "evaluate: the model is not compiled");
    assert_null(hone_fit(model, data));
    assert_message_has("fit: the model is not compiled");
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(refuses_class_weights_beside_sample_weights)
{
    static const float weight[TOY_SAMPLES] = {1};
    hone_dataset *plain = toy_data();
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {*hone_dataset_input(plain, 0)}, .y = {*hone_dataset_target(plain, 0)},
                                 .sample_weight =
                                     hone_array_view(weight, HONE_FLOAT32, 1, (int64_t[]){TOY_SAMPLES}));
    hone_model *model = toy_model(0);
    assert_null(hone_fit(model, data, .class_weight = {1, 2}));
    assert_message_has("class_weight and sample weights cannot be given together");
    hone_model_free(model);
    hone_dataset_free(data);
    hone_dataset_free(plain);
}

/* What the samples of a batch are mixed into is no row of it. */
TEST(an_output_without_an_axis_of_samples_is_refused)
{
    static const struct {
        const char *layer, *words;
        int rank;
    } cases[] = {{"mean", "has the shape () for 4 samples", 0},
                 {"sum(axis=0)", "has the shape (3,) for 4 samples", 1},
                 {"transpose([1, 0])", "has the shape (3, 4) for 4 samples", 2}};
    float x[12] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_tensor *input = hone_input_tensor(3);
        hone_layer *layer = hone_internal_layer_of_family("operation", cases[i].layer);
        hone_model *model = hone_functional((input), (hone_apply(layer, input)));
        hone_dataset *data =
            hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){4, 3})});
        hone_array *outputs[1] = {NULL};
        assert_int_equal(hone_predict(model, data, outputs), HONE_ERROR_SHAPE);
        if (strstr(hone_error_message(), cases[i].words) == NULL)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_predict(model, data, outputs, .batch_size = 2, .whole = true),
                         HONE_ERROR_SHAPE);
        assert_int_equal(hone_predict(model, data, outputs, .whole = true), HONE_OK); /* all are one batch */
        assert_int_equal(outputs[0]->rank, cases[i].rank);
        hone_array_free(outputs[0]);
        hone_model_free(model);
        hone_dataset_free(data);
    }
}
