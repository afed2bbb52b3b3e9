/* embedding. */
#include "testing/check_layer.h"
#include <hone/model.h>
#include <hone/train.h>

#include <string.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "embedding(6, 3)", .inputs = {HONE_SHAPE(4, 5)}, .ids = 6},
        {.text = "embedding(6, 3, mask_zero=true)", .inputs = {HONE_SHAPE(4, 5)}, .ids = 6},
        {.text = "embedding(6, 2, activity_regularizer=l2(0.1))", .inputs = {HONE_SHAPE(4)}, .ids = 6},
        {.text = "embedding(3, 2)", .inputs = {HONE_SHAPE(2, 2, 3)}, .ids = 3},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("embedding(6)", NULL, "output_dim must be given");
    check_layer_refused("embedding(0, 2)", NULL, "input_dim");
}

/* An id that has no row is told apart from the rest, with its place. */
TEST(an_id_without_a_row_is_told_with_its_place)
{
    const float ids[] = {0, 1, 2, 4, 5, 1};
    hone_array x = hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){3, 2}), *outputs[1];
    hone_model *model = hone_sequential(hone_input(2), hone_embedding(5, 3));
    hone_dataset *data = hone_dataset_from_arrays(.x = {x});
    assert_int_equal(hone_predict(model, data, outputs), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "5 in row 2 is not an id from 0 to 4"));
    hone_dataset_free(data);
    hone_model_free(model);
}

/* A float32 does not tell 16777216 and 16777217 apart. */
TEST(refuses_ids_that_floats_do_not_tell_apart)
{
    int32_t ids[] = {16777215, 16777217};
    hone_model *model =
        hone_sequential(hone_input(1), hone_embedding(16777300, 1, .embeddings_initializer = "zeros"));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(ids, HONE_INT32, 2, (int64_t[]){2, 1})});
    hone_array *outputs;
    assert_int_equal(hone_predict(model, data, &outputs), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "row 1 is not an id from 0 to 16777215"));
    hone_dataset_free(data);
    hone_model_free(model);
}
