/* The order of a model's layers: by depth from the outputs, as Keras has it. */
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

TEST(layers_stand_by_their_depth_from_the_outputs)
{
    hone_tensor *a = hone_input_tensor(3, .name = "a"), *b = hone_input_tensor(3, .name = "b");
    hone_tensor *far = hone_apply(hone_dense(3, .name = "far"), b);
    hone_tensor *sum = hone_apply(hone_add(.name = "sum"), hone_apply(hone_dense(3, .name = "near"), far), a);
    hone_model *model = hone_functional((a, b), (sum));
    static const char *const expected[] = {"b", "far", "near", "a", "sum"};
    assert_int_equal(model->layer_count, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(hone_internal_layer_label(model->layers[i]), expected[i]);
    for (int i = 0; i < model->call_count; i++) /* a call stands behind those that it reads */
        for (int j = 0; j < model->calls[i]->input_count; j++)
            assert_true(model->calls[i]->inputs[j]->call->place < (size_t)i);
    hone_model_free(model);
}

TEST(an_input_that_is_not_the_models_is_told)
{
    hone_tensor *a = hone_input_tensor(3, .name = "a"), *b = hone_input_tensor(3, .name = "b");
    hone_tensor *sum = hone_apply(hone_add(), a, b);
    assert_null(hone_functional((a), (sum)));
    assert_message_has("depends on the input \"b\", which is not among the model's inputs");
    hone_tensor_free(b);
}
