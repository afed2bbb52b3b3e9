/* One batch at a time, and custom training loops. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

static const float x[4][3] = {{1, 0, 2}, {0, 1, -1}, {2, 2, 0}, {-1, 0.5f, 1}},
                   y[4][1] = {{1}, {0}, {3}, {-1}};

static hone_batch batch_of(int64_t rows)
{
    return (hone_batch){.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){rows, 3})},
                        .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){rows, 1})}};
}

static hone_model *make(void)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    if (hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.1), .loss = "mse", .metrics = {"mae"}) <
        0)
        fail_msg("%s", hone_error_message());
    return model;
}

TEST(training_gives_the_loss_before_its_step)
{
    hone_model *model = make();
    hone_batch batch = batch_of(4);
    hone_logs tested = {0}, trained = {0}, after = {0};
    double a = 0, b = 0, c = 0;
    assert_int_equal(hone_test_on_batch(model, &batch, &tested), HONE_OK);
    assert_int_equal(hone_train_on_batch(model, &batch, &trained), HONE_OK);
    assert_int_equal(hone_test_on_batch(model, &batch, &after), HONE_OK);
    assert_true(hone_logs_get(&tested, "loss", &a) && hone_logs_get(&trained, "loss", &b) &&
                hone_logs_get(&after, "loss", &c));
    assert_true(fabs(a - b) < 1e-6 && c < b);
    assert_true(hone_logs_get(&trained, "mae", &a) && !isnan(a));
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 1);
    hone_model_free(model);
}

TEST(testing_moves_nothing)
{
    hone_model *model = make();
    hone_batch batch = batch_of(4);
    float before = hone_variable_data(hone_model_weight(model, 0))[0];
    assert_int_equal(hone_test_on_batch(model, &batch, NULL), HONE_OK);
    assert_true(hone_variable_data(hone_model_weight(model, 0))[0] == before);
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 0);
    hone_model_free(model);
}

/* loss = mean (w x + b - y)^2: its gradients by hand. */
TEST(gradients_are_those_of_the_loss_and_may_be_changed)
{
    hone_model *model = make();
    hone_batch batch = batch_of(4);
    const float *w = hone_variable_data(hone_model_weight(model, 0)),
                *b = hone_variable_data(hone_model_weight(model, 1));
    double expected[3] = {0, 0, 0}, loss = 0;
    for (int i = 0; i < 4; i++) {
        double error = (double)b[0] - (double)y[i][0];
        for (int j = 0; j < 3; j++)
            error += (double)w[j] * (double)x[i][j];
        loss += error * error / 4;
        for (int j = 0; j < 3; j++)
            expected[j] += 2 * error * (double)x[i][j] / 4;
    }
    hone_gradients *gradients = hone_gradients_compute(model, &batch);
    if (gradients == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_gradients_count(gradients), 2);
    assert_true(fabs(hone_gradients_loss(gradients) - loss) < 1e-5);
    for (int j = 0; j < 3; j++)
        assert_true(fabs((double)hone_gradients_data(gradients, 0)[j] - expected[j]) < 1e-5);
    float before = w[1];
    memset(hone_gradients_data(gradients, 0), 0, 3 * sizeof(float));
    hone_gradients_data(gradients, 0)[1] = 2;
    assert_int_equal(hone_gradients_apply(model, gradients), HONE_OK);
    assert_true(fabsf(w[1] - (before - 0.2f)) < 1e-6f);
    hone_gradients_free(gradients);
    hone_model_free(model);
}

TEST(the_gradient_in_an_input_has_its_shape)
{
    hone_model *model = make();
    hone_batch batch = batch_of(4);
    hone_shape shape;
    hone_gradients *gradients = hone_gradients_compute(model, &batch);
    assert_non_null(hone_gradients_input(gradients, 0, &shape));
    assert_true(shape.rank == 2 && shape.size[0] == 4 && shape.size[1] == 3);
    hone_gradients_free(gradients);
    hone_gradients_free(NULL);
    hone_model_free(model);
}

static void assert_refused(hone_model *model, hone_batch batch, const char *words)
{
    hone_error_clear();
    if (hone_train_on_batch(model, &batch, NULL) >= 0)
        fail_msg("accepted");
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), words);
}

TEST(refuses_arrays_that_do_not_fit)
{
    hone_model *model = make();
    hone_batch batch = batch_of(4);
    batch.x[0] = (hone_array){0};
    assert_refused(model, batch, "input");
    batch = batch_of(4);
    batch.y[0] = hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){3, 1});
    assert_refused(model, batch, "their number differs");
    batch = batch_of(4);
    batch.x[0] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){4, 2});
    assert_refused(model, batch, "(None, 3)");
    batch = batch_of(4);
    batch.y[0] = (hone_array){0};
    assert_refused(model, batch, "target");
    hone_model_free(model);
}

TEST(a_model_that_is_not_compiled_cannot_be_trained_but_predicts)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    hone_batch batch = batch_of(2);
    hone_array *outputs[1];
    assert_true(hone_train_on_batch(model, &batch, NULL) < 0);
    assert_null(hone_gradients_compute(model, &batch));
    assert_int_equal(hone_predict_on_batch(model, &batch, false, outputs), HONE_OK);
    assert_int_equal(outputs[0]->shape[0], 2);
    hone_array_free(outputs[0]);
    hone_model_free(model);
}

TEST(batches_of_any_size_follow_each_other)
{
    hone_model *model = make();
    for (int64_t rows = 4; rows >= 1; rows--) {
        hone_batch batch = batch_of(rows);
        assert_int_equal(hone_train_on_batch(model, &batch, NULL), HONE_OK);
    }
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 4);
    hone_model_free(model);
}
