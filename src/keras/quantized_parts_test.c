/* Attention with heads that a file has quantised: only its weights say so. */
#include "keras/staging.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { STEPS = 3, WIDTH = 8 };

static hone_model *make(bool grouped)
{
    hone_tensor *x = hone_input_tensor(STEPS, WIDTH);
    hone_layer *attention =
        grouped ? hone_group_query_attention(4, 4, 2) : hone_multi_head_attention(2, 5, .use_bias = false);
    hone_tensor *y = hone_apply(attention, x, x);
    hone_model *model = hone_functional((x), (y));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

static void predict(hone_model *model, float *y)
{
    float x[2 * STEPS * WIDTH];
    for (int i = 0; i < 2 * STEPS * WIDTH; i++)
        x[i] = (float)sin(i);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){2, STEPS, WIDTH})});
    hone_array *outputs = NULL;
    if (hone_predict(model, data, &outputs) < 0)
        fail_msg("%s", hone_error_message());
    memcpy(y, outputs->data, sizeof x);
    hone_array_free(outputs);
    hone_dataset_free(data);
}

static const struct {
    const char *name, *mode;
    bool grouped;
    int weights; /* of the quantised model */
} rows[] = {{"of eight bits", "int8", false, 8},
            {"of four bits", "int4/-1", false, 8},
            {"in blocks", "int4/4", false, 16},
            {"in one block", "int4", false, 16},
            {"of eight bits in groups, with biases", "int8", true, 12},
            {"in blocks and in groups, with biases", "int4/8", true, 20}};

TEST_EACH(a_file_tells_by_its_weights, rows)
{
    float expected[2 * STEPS * WIDTH], received[2 * STEPS * WIDTH];
    hone_model *theirs = make(row->grouped), *ours = make(row->grouped);
    assert_int_equal(hone_quantize(theirs, row->mode), HONE_OK);
    assert_int_equal(hone_model_weight_count(theirs), row->weights);
    predict(theirs, expected);
    assert_int_equal(hone_save(theirs, testing_path("a.weights.h5")), HONE_OK);
    hone_weights_file *file = hone_internal_weights_open(testing_path("a.weights.h5"));
    assert_non_null(file);
    assert_int_equal(hone_internal_keras_quantize_parts(ours, file, HONE_WEIGHTS_LAYERS), HONE_OK);
    hone_internal_weights_close(file);
    assert_int_equal(hone_model_weight_count(ours), row->weights);
    if (hone_load_weights(ours, testing_path("a.weights.h5")) < 0)
        fail_msg("%s", hone_error_message());
    predict(ours, received);
    assert_memory_equal(received, expected, sizeof received);
    hone_model_free(ours);
    hone_model_free(theirs);
}

TEST(floats_in_a_file_change_nothing)
{
    hone_model *model = make(false);
    assert_int_equal(hone_save(model, testing_path("f.weights.h5")), HONE_OK);
    hone_weights_file *file = hone_internal_weights_open(testing_path("f.weights.h5"));
    assert_int_equal(hone_internal_keras_quantize_parts(model, file, HONE_WEIGHTS_LAYERS), HONE_OK);
    assert_int_equal(hone_model_weight_count(model), 4);
    hone_internal_weights_close(file);
    hone_model_free(model);
}

TEST_EACH(a_quantised_model_comes_back_from_a_file, rows)
{
    float expected[2 * STEPS * WIDTH], received[2 * STEPS * WIDTH];
    hone_model *model = make(row->grouped);
    assert_int_equal(hone_quantize(model, row->mode), HONE_OK);
    predict(model, expected);
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = hone_load(testing_path("m.keras"));
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    predict(again, received);
    assert_memory_equal(received, expected, sizeof received);
    assert_int_equal(hone_quantize(again, "int8"), HONE_ERROR_ARGUMENT); /* once */
    hone_error_clear();
    hone_model_free(again);
    hone_model_free(model);
}
