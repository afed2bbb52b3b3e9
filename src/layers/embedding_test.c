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
    assert_non_null(strstr(hone_error_message(),
                           "5 in row 2 is not an id from 0 to 4, as the layer \"embedding\" needs"));
    hone_dataset_free(data);
    hone_model_free(model);
}

/* ---- more rows than a float32 tells apart: 16777216 and 16777217 are one ---- */

enum { LARGE = 16777300, FIRST = 16777210, FOLLOWING = 40 };
static const int64_t large_ids[] = {16777217, 16777216, 16777215, 16777219, 3, 16777218};
enum { LARGE_IDS = sizeof large_ids / sizeof *large_ids };

/* Row FIRST + i of the table is i. */
static float *fill_table(hone_model *model)
{
    float *rows = hone_variable_data(hone_model_weight(model, 0));
    for (int i = 0; i < FOLLOWING; i++)
        rows[FIRST + i] = (float)i;
    return rows;
}

static hone_model *large_table(void)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_embedding(LARGE, 1, .embeddings_initializer = "zeros"));
    assert_non_null(model);
    fill_table(model);
    return model;
}

static hone_dataset *ids_of(hone_dtype type, const void *ids, int64_t count)
{
    return hone_dataset_from_arrays(.x = {hone_array_view((void *)ids, type, 2, (int64_t[]){count, 1})});
}

static void assert_large_rows(const hone_array *y)
{
    for (int i = 0; i < LARGE_IDS; i++)
        assert_true(((const float *)y->data)[i] ==
                    (large_ids[i] < FIRST ? 0 : (float)(large_ids[i] - FIRST)));
}

TEST(large_ids_of_every_type_are_exact)
{
    double doubles[LARGE_IDS];
    int32_t integers[LARGE_IDS];
    for (int i = 0; i < LARGE_IDS; i++)
        doubles[i] = (double)large_ids[i], integers[i] = (int32_t)large_ids[i];
    hone_model *model = large_table();
    hone_dataset *sets[] = {ids_of(HONE_INT64, large_ids, LARGE_IDS), ids_of(HONE_INT32, integers, LARGE_IDS),
                            ids_of(HONE_FLOAT64, doubles, LARGE_IDS)};
    for (int i = 0; i < 3; i++) {
        hone_array *y;
        assert_int_equal(hone_predict(model, sets[i], &y, .batch_size = 4), HONE_OK);
        assert_large_rows(y);
        hone_array_free(y);
        hone_dataset_free(sets[i]);
    }
    hone_model_free(model);
}

TEST(gradients_go_to_the_rows_of_large_ids)
{
    const float targets[LARGE_IDS] = {0};
    hone_model *model = large_table();
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 1), .loss = "mse"), HONE_OK);
    hone_dataset *data = hone_dataset_from_arrays(.x = {hone_array_view((void *)large_ids, HONE_INT64, 2,
                                                                        (int64_t[]){LARGE_IDS, 1})},
                                                  .y = {hone_array_view((void *)targets, HONE_FLOAT32, 2,
                                                                        (int64_t[]){LARGE_IDS, 1})});
    assert_non_null(hone_fit(model, data, .epochs = 1));
    const float *rows = hone_variable_data(hone_model_weight(model, 0));
    for (int i = 0; i < FOLLOWING; i++) { /* w - 2 w / n for the ids of the batch */
        const bool used = FIRST + i >= 16777215 && FIRST + i <= 16777219;
        const float expected = used ? (float)i * (1 - 2.0f / LARGE_IDS) : (float)i;
        assert_float_equal(rows[FIRST + i], expected, 1e-5);
    }
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(an_id_beyond_a_large_table_is_told)
{
    const int64_t ids[] = {5, LARGE}, far[] = {INT64_MAX, 1};
    hone_model *model = large_table();
    hone_array *y;
    hone_dataset *sets[] = {ids_of(HONE_INT64, ids, 2), ids_of(HONE_INT64, far, 2)};
    assert_int_equal(hone_predict(model, sets[0], &y), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "16777300 in row 1 is not an id from 0 to 16777299"));
    assert_int_equal(hone_predict(model, sets[1], &y), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "in row 0 is not an id from 0 to 16777299"));
    hone_dataset_free(sets[0]);
    hone_dataset_free(sets[1]);
    hone_model_free(model);
}

/* What else computes with the ids would take their codes for numbers. */
TEST(large_ids_that_are_computed_with_are_refused)
{
    hone_tensor *ids = hone_tensor_input(hone_input(1));
    hone_tensor *rows =
                    hone_apply(hone_flatten(),
                               hone_apply(hone_embedding(LARGE, 1, .embeddings_initializer = "zeros"), ids)),
                *numbers = hone_apply(hone_dense(1, .name = "other"), ids),
                *both = hone_apply(hone_add(), rows, numbers);
    hone_model *model = hone_functional((ids), (both));
    assert_non_null(model);
    hone_dataset *data = ids_of(HONE_INT64, large_ids, 1), *small = ids_of(HONE_INT64, large_ids + 4, 1);
    hone_array *y;
    assert_int_equal(hone_predict(model, data, &y), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "is not an id from 0 to 16777215"));
    assert_non_null(strstr(hone_error_message(), "as the layer \"other\" does"));
    assert_int_equal(hone_predict(model, small, &y), HONE_OK);
    hone_array_free(y);
    hone_dataset_free(data);
    hone_dataset_free(small);
    hone_model_free(model);
}
