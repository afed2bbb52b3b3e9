/* Passes: kept for batches of the same shape and mode, the few that were used last. */
#include "testing/toy_training.h"
#include "train/pass.h"

static hone_pass *pass_for(hone_model *model, hone_mode mode, hone_dataset *data, int64_t batch)
{
    hone_pass *pass = hone_internal_model_pass(model, mode, data, batch, false, NULL);
    if (pass == NULL)
        fail_msg("%s", hone_error_message());
    return pass;
}

TEST(a_batch_of_the_same_shape_and_mode_has_the_same_plan)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    const hone_plan *four = pass_for(model, HONE_MODE_TEST, data, 4)->plan;
    assert_ptr_equal(pass_for(model, HONE_MODE_TEST, data, 4)->plan, four);
    assert_ptr_not_equal(pass_for(model, HONE_MODE_TEST, data, 2)->plan, four);
    assert_ptr_not_equal(pass_for(model, HONE_MODE_PREDICT, data, 4)->plan, four);
    assert_ptr_not_equal(hone_internal_model_pass(model, HONE_MODE_TEST, data, 4, true, NULL)->plan, four);
    assert_ptr_equal(pass_for(model, HONE_MODE_TEST, data, 4)->plan, four);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(the_pass_used_longest_ago_makes_room)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    hone_pass *passes[HONE_KEPT_PASSES];
    for (int i = 0; i < HONE_KEPT_PASSES; i++)
        passes[i] = pass_for(model, HONE_MODE_TEST, data, i + 1);
    pass_for(model, HONE_MODE_TEST, data, 1); /* used again */
    assert_ptr_equal(pass_for(model, HONE_MODE_TEST, data, HONE_KEPT_PASSES + 1), passes[1]);
    assert_int_equal(passes[1]->batch, HONE_KEPT_PASSES + 1);
    assert_int_equal(passes[0]->batch, 1);
    hone_model_free(model);
    hone_dataset_free(data);
}

/* As Keras does: an axis of size 1 at the end may be missing, or be too much. */
TEST(an_axis_of_size_1_is_added_or_dropped)
{
    static const float x[3] = {1, 2, 3};
    const hone_array flat = hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){3}),
                     deep = hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){3, 1, 1}),
                     wide = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, 3});
    hone_model *model = toy_model(0);
    hone_batch batch = {.x = {flat}};
    assert_non_null(hone_internal_model_pass(model, HONE_MODE_PREDICT, NULL, 3, false, &batch));
    batch.x[0] = deep;
    assert_non_null(hone_internal_model_pass(model, HONE_MODE_PREDICT, NULL, 3, false, &batch));
    batch.x[0] = wide;
    assert_null(hone_internal_model_pass(model, HONE_MODE_PREDICT, NULL, 1, false, &batch));
    assert_message_has("the input \"x\" takes data of shape (None, 1), not (None, 3)");
    hone_model_free(model);
}
