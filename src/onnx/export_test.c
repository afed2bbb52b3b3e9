/* What ONNX files say of a model's ends. */
#include "formats/onnx.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

TEST(refuses_an_input_twice)
{
    hone_tensor *x = hone_input_tensor(4, .name = "x");
    hone_model *model = hone_functional((x, x), (hone_apply(hone_dense(3), x)));
    assert_int_equal(hone_export_onnx(model, testing_path("twice.onnx")), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "\"x\" is an input of the model twice"));
    hone_model_free(model);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* What a layer over texts makes is an input of the graph. */
TEST(layers_over_texts_stand_before_the_graph)
{
    static const char *const words[] = {"b", "z", "a"};
    const float ids[] = {2, 0, 1};
    hone_array *expected = NULL, *received = NULL;
    hone_tensor *word = hone_input_tensor(1, .dtype = "string", .name = "word");
    hone_tensor *number = hone_apply(hone_string_lookup(.vocabulary = {"a", "b"}, .name = "look"), word);
    hone_model *model = hone_functional((word), (hone_apply(hone_embedding(3, 2), number)));
    if (model == NULL || hone_export_onnx(model, testing_path("words.onnx")) < 0)
        fail_msg("%s", hone_error_message());
    hone_model *network = hone_load(testing_path("words.onnx"));
    if (network == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_model_input_name(network, 0), "look");
    const hone_batch texts = {.x = {hone_array_view(words, HONE_TEXT, 2, (int64_t[]){3, 1})}},
                     numbers = {.x = {hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){3, 1})}};
    assert_int_equal(hone_predict_on_batch(model, &texts, false, &expected), HONE_OK);
    assert_int_equal(hone_predict_on_batch(network, &numbers, false, &received), HONE_OK);
    assert_memory_equal(expected->data, received->data, 6 * sizeof(float));
    hone_array_free(expected);
    hone_array_free(received);
    hone_model_free(network);
    hone_model_free(model);
}

enum { OPEN_SIZE = -1 };

static void assert_end(const hone_onnx_file *file, bool input, int rank, const int64_t *sizes)
{
    const Hone__Onnx__GraphProto *graph = file->model->graph;
    const Hone__Onnx__TensorShapeProto *shape =
        (input ? graph->input : graph->output)[0]->type->tensor_type->shape;
    assert_int_equal(shape->n_dim, rank);
    for (int axis = 0; axis < rank; axis++) {
        bool open =
            shape->dim[axis]->value_case == HONE__ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        assert_int_equal(open ? OPEN_SIZE : shape->dim[axis]->dim_value, sizes[axis]);
    }
    assert_string_equal(shape->dim[0]->dim_param, "batch");
}

/* The ends of a model that was built for one batch, as the first call of a model does. */
static void check_ends(hone_layer *layer, hone_shape batch, const int64_t *input, const int64_t *output)
{
    hone_model *model = hone_sequential(layer);
    assert_int_equal(hone_model_build(model, batch), HONE_OK);
    if (hone_export_onnx(model, testing_path("ends.onnx")) < 0)
        fail_msg("%s", hone_error_message());
    hone_onnx_file *file = hone_internal_onnx_open(testing_path("ends.onnx"));
    assert_non_null(file);
    assert_end(file, true, batch.rank, input);
    assert_end(file, false, batch.rank, output);
    hone_internal_onnx_close(file);
    hone_model_free(model);
}

TEST(a_model_built_for_one_batch_takes_any)
{
    check_ends(hone_dense(2), HONE_SHAPE(4, 3), (int64_t[]){OPEN_SIZE, 3}, (int64_t[]){OPEN_SIZE, 2});
    check_ends(hone_flatten(), HONE_SHAPE(4, 1), (int64_t[]){OPEN_SIZE, 1}, (int64_t[]){OPEN_SIZE, 1});
    check_ends(hone_dense(2), HONE_SHAPE(4, 5, 3), (int64_t[]){OPEN_SIZE, 5, 3},
               (int64_t[]){OPEN_SIZE, 5, 2});
}

TEST(an_input_of_samples_alone_has_one_axis)
{
    check_ends(hone_rescaling(2), HONE_SHAPE(5), (int64_t[]){OPEN_SIZE}, (int64_t[]){OPEN_SIZE});
    check_ends(hone_rescaling(2), HONE_SHAPE(HONE_ANY), (int64_t[]){OPEN_SIZE}, (int64_t[]){OPEN_SIZE});
}

/* That of their use by the nodes, not that of recording, which the compiler chooses within a call. */
TEST(weights_have_one_order_on_every_machine)
{
    static const char *const ends[] = {"moving_mean", "moving_variance", "gamma", "beta"};
    hone_model *model = hone_sequential(hone_input(4), hone_batch_normalization());
    if (model == NULL || hone_export_onnx(model, testing_path("order.onnx")) < 0)
        fail_msg("%s", hone_error_message());
    hone_onnx_file *file = hone_internal_onnx_open(testing_path("order.onnx"));
    assert_non_null(file);
    assert_int_equal(file->model->graph->n_initializer, 4);
    for (size_t i = 0; i < 4; i++)
        assert_non_null(strstr(file->model->graph->initializer[i]->name, ends[i]));
    hone_internal_onnx_close(file);
    hone_model_free(model);
}
