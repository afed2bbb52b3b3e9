/* The optimizer's state in files with loss scaling around it; without, keras_test.c. */
#include "files/files.h"
#include "formats/formats.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 8 };
static const float x[SAMPLES][2] = {{1, 0}, {0, 1}, {2, 1}, {-1, 3}, {1, 1}, {0, 2}, {3, 0}, {1, 2}};

/* Trained for four steps. */
static hone_model *trained(void)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(2, .name = "d"));
    hone_array view = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2});
    hone_dataset *data = hone_dataset_from_arrays(.x = {view}, .y = {view});
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "mse") < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_optimizer_scale(model->compiled.optimizer, NULL);
    if (hone_fit(model, data, .batch_size = 4, .epochs = 2, .verbose = 0) == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    return model;
}

static void assert_same_numbers(const hone_variable *a, const hone_variable *b)
{
    assert_memory_equal(hone_internal_variable_data(a), hone_internal_variable_data(b),
                        (size_t)hone_internal_variable_count(a) * sizeof(float));
}

/* As the policy mixed_float16 has it: the settings name the optimizer alone. */
TEST(a_training_with_loss_scaling_goes_on)
{
    hone_model *model = trained();
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = hone_load(testing_path("m.keras"));
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    const hone_optimizer *a = model->compiled.optimizer, *b = again->compiled.optimizer;
    int32_t counter;
    float scale;
    hone_internal_optimizer_scaling_now(b, &counter, &scale);
    assert_int_equal(counter, 4);
    assert_float_equal(scale, 32768, 0);
    assert_true(b->scaling.there && b->scaling.settings == NULL);
    assert_int_equal(b->iterations, a->iterations);
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(a); i++)
        assert_same_numbers(hone_internal_optimizer_slot_at(a, i), hone_internal_optimizer_slot_at(b, i));
    hone_model_free(model);
    hone_model_free(again);
}

TEST(more_steps_than_a_file_can_count_are_the_most_it_can)
{
    hone_model *model = trained();
    model->compiled.optimizer->iterations = (int64_t)INT32_MAX + 7;
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = hone_load(testing_path("m.keras"));
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(again->compiled.optimizer->iterations, INT32_MAX);
    hone_model_free(model);
    hone_model_free(again);
}

TEST(a_scale_that_is_none_is_refused)
{
    hone_model *model = trained();
    model->compiled.optimizer->scaling.scale = -1;
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    assert_null(hone_load(testing_path("m.keras")));
    assert_message_has("m.keras: the optimizer's loss scale is -1 after 4 steps");
    hone_model_free(model);
}

/* What Keras saves of loss scaling before the first training step: iteration and rate, and those of the
 * optimizer within, twice. */
static hone_weights_file *never_trained(void)
{
    static const char *const groups[] = {"optimizer/vars", "optimizer/vars",
                                         "optimizer/inner_optimizer/vars"};
    static const int32_t iteration = 0;
    static const float rate = 0.25F;
    hone_array counts[] = {hone_array_view(&iteration, HONE_INT32, 0, NULL),
                           hone_array_view(&rate, HONE_FLOAT32, 0, NULL)};
    hone_store *store = hone_internal_store_create();
    void *data = NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i != 1)
            assert_int_equal(hone_internal_store_add_group(store, groups[i], "optimizer"), HONE_OK);
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(hone_internal_store_add(store, groups[i], &counts[k], false), HONE_OK);
    }
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_OK);
    hone_internal_store_free(store);
    return hone_internal_weights_open_memory(data, bytes, "m.keras");
}

TEST(a_scale_that_keras_has_not_made_yet_is_the_first_one)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(2));
    hone_weights_file *file = never_trained();
    int32_t counter;
    float scale;
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "mse"), HONE_OK);
    assert_int_equal(hone_internal_optimizer_restore(model, file, "m.keras", NULL), HONE_OK);
    const hone_optimizer *optimizer = model->compiled.optimizer;
    hone_internal_optimizer_scaling_now(optimizer, &counter, &scale);
    assert_true(optimizer->scaling.there);
    assert_int_equal(counter, 0);
    assert_float_equal(scale, 32768, 0);
    assert_float_equal(optimizer->learning_rate, 0.25, 0);
    hone_internal_weights_close(file);
    hone_model_free(model);
}
