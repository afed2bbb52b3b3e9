/* What ONNX files say of a model's ends. */
#include "formats/onnx.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <stdio.h>
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

/* A network behind a layer over two words. */
static hone_model *behind(const char *layer, const char *dtype)
{
    hone_tensor *word = hone_input_tensor(2, .dtype = dtype, .name = "word");
    hone_tensor *made = hone_apply(hone_layer_from_text(layer), word);
    hone_model *model = hone_functional((word), (hone_apply(hone_embedding(30, 2), made)));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

static void keep_remark(void *context, const char *text, size_t length)
{
    snprintf(context, 400, "%.*s", (int)length, text);
}

static void check_same(hone_model *model, hone_model *again, const hone_batch *batch)
{
    hone_array *expected = NULL, *received = NULL;
    assert_int_equal(hone_predict_on_batch(model, batch, false, &expected), HONE_OK);
    assert_int_equal(hone_predict_on_batch(again, batch, false, &received), HONE_OK);
    assert_int_equal(hone_array_count(expected), hone_array_count(received));
    assert_memory_equal(expected->data, received->data, (size_t)hone_array_count(expected) * sizeof(float));
    hone_array_free(expected);
    hone_array_free(received);
}

static const struct {
    const char *name, *layer;
    bool texts;
} vocabularies[] = {
    {"texts", "string_lookup(vocabulary=[a, b])", true},
    {"texts with a mask, how many", "string_lookup(vocabulary=[a, b], mask_token='', output_mode=count)",
     true},
    {"texts, weighed", "string_lookup(vocabulary=[a, b], output_mode=tf_idf, idf_weights=[1, 0.5])", true},
    {"texts, which", "string_lookup(vocabulary=[a, b], output_mode=multi_hot)", true},
    {"texts, each", "string_lookup(vocabulary=[a, b], output_mode=one_hot)", true},
    {"integers", "integer_lookup(vocabulary=[3, -2], mask_token=0)", false},
};

TEST_EACH(vocabularies_are_in_the_graph, vocabularies)
{
    static const char *const words[] = {"b", "z", "a", ""};
    static const int64_t numbers[] = {3, -2, 0, 7};
    char remark[400] = "";
    hone_model *model = behind(row->layer, row->texts ? "string" : "int64");
    assert_int_equal(
        hone_export_onnx(model, testing_path("words.onnx"), .remark = keep_remark, .remark_context = remark),
        HONE_OK);
    assert_string_equal(remark, "");
    hone_onnx_file *file = hone_internal_onnx_open(testing_path("words.onnx"));
    assert_non_null(file);
    assert_string_equal(file->model->graph->input[0]->name, "word");
    assert_int_equal(file->model->graph->input[0]->type->tensor_type->elem_type,
                     row->texts ? HONE__ONNX__TENSOR_PROTO__DATA_TYPE__STRING
                                : HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
    assert_string_equal(file->model->graph->node[0]->op_type, "LabelEncoder");
    hone_internal_onnx_close(file);
    hone_model *again = hone_load(testing_path("words.onnx"));
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    const void *data = row->texts ? (const void *)words : numbers;
    const hone_batch batch = {
        .x = {hone_array_view(data, row->texts ? HONE_TEXT : HONE_INT64, 2, (int64_t[]){2, 2})}};
    check_same(model, again, &batch);
    hone_model_free(again);
    hone_model_free(model);
}

static const struct {
    const char *name, *layer, *why;
} left_out[] = {
    {"a hash", "hashing(5, name=look)",
     "\"look\" takes what that layer makes: ONNX has no operator that hashes"},
    {"hashes of unknown terms", "string_lookup(vocabulary=[a], num_oov_indices=2, name=look)", "by a hash"},
    {"no unknown terms", "string_lookup(vocabulary=[a], num_oov_indices=0, name=look)", "num_oov_indices 0"},
};

/* What such a layer makes is an input of the graph, which is another model then. */
TEST_EACH(what_stays_before_the_graph_is_told, left_out)
{
    char remark[400] = "";
    hone_model *model = behind(row->layer, "string");
    assert_int_equal(
        hone_export_onnx(model, testing_path("words.onnx"), .remark = keep_remark, .remark_context = remark),
        HONE_OK);
    if (strstr(remark, row->why) == NULL)
        fail_msg("the remark is \"%s\"", remark);
    hone_model *network = hone_load(testing_path("words.onnx"));
    if (network == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_model_input_name(network, 0), "look");
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
