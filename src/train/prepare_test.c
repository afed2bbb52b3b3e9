/* Data on their way through layers over texts. */
#include "train/prepare.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/pipeline.h>

enum { SAMPLES = 4 };
static const char *const words[SAMPLES] = {"b", "a", "c", "a"}, *const lines[SAMPLES] = {"a", "a b c", "b",
                                                                                         "a a"};
static const float numbers[SAMPLES] = {1, 2, 3, 4};

#define TEXTS(of) hone_array_view(of, HONE_TEXT, 1, (int64_t[]){SAMPLES})
#define NUMBERS hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})

static hone_model *model_of(hone_layer *layer)
{
    hone_model *model =
        hone_sequential(hone_input(1, .dtype = "string"), layer, hone_embedding(9, 2), hone_flatten());
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

static hone_model *looking(void)
{
    return model_of(hone_string_lookup(.vocabulary = {"a", "b"}));
}

static float number_of(hone_dataset *data, int64_t sample, int64_t place, int64_t width)
{
    const hone_batch *batch;
    hone_iterator *batches = hone_dataset_iterate(data, SAMPLES, 0, 0);
    assert_int_equal(hone_iterator_next(batches, &batch), 1);
    const float number = ((const float *)batch->x[0].data)[sample * width + place];
    hone_iterator_free(batches);
    return number;
}

TEST(a_model_without_such_layers_gets_its_data)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1));
    hone_dataset *data = hone_dataset_from_arrays(.x = {NUMBERS}),
                 *same = hone_internal_prepare_data(model, data);
    assert_ptr_equal(same, data);
    hone_dataset_free(same);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(texts_become_numbers)
{
    hone_model *model = looking();
    hone_dataset *data = hone_dataset_from_arrays(.x = {TEXTS(words)}),
                 *made = hone_internal_prepare_data(model, data);
    if (made == NULL)
        fail_msg("%s", hone_error_message());
    static const float expected[SAMPLES] = {2, 1, 0, 1};
    for (int i = 0; i < SAMPLES; i++)
        assert_true(number_of(made, i, 0, 1) == expected[i]);
    hone_dataset_free(made);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Where the layer does not say how long, all are as long as the longest. */
TEST(the_longest_text_counts)
{
    hone_model *model =
        hone_sequential(hone_input(1, .dtype = "string"), hone_text_vectorization(.vocabulary = {"a", "b"}),
                        hone_embedding(9, 2), hone_global_average_pooling1d());
    hone_dataset *data = hone_dataset_from_arrays(.x = {TEXTS(lines)}),
                 *made = hone_internal_prepare_data(model, data);
    if (made == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_input(made, 0)->shape[1], 3);
    assert_true(number_of(made, 1, 0, 3) == 2 && number_of(made, 1, 1, 3) == 3 &&
                number_of(made, 1, 2, 3) == 1);
    assert_true(number_of(made, 0, 0, 3) == 2 && number_of(made, 0, 2, 3) == 0);
    hone_dataset_free(made);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(a_batch_is_made_too)
{
    hone_model *model = looking();
    const hone_batch batch = {.x = {TEXTS(words)}};
    hone_prepared_batch prepared;
    assert_int_equal(hone_internal_prepare_batch(model, &batch, &prepared), HONE_OK);
    assert_true(hone_array_number(&prepared.inputs[0], 0) == 2 &&
                hone_array_number(&prepared.inputs[0], 2) == 0);
    hone_internal_prepared_batch_free(&prepared);
    hone_model_free(model);
}

static hone_dataset *without_inputs_that_fit(void)
{
    return hone_dataset_from_arrays(.x = {TEXTS(words), NUMBERS});
}

static hone_dataset *of_a_pipeline(void)
{
    return hone_dataset_select(hone_dataset_from_arrays(.x = {NUMBERS}), (const int64_t[]){0, 1}, 2);
}

static hone_dataset *part_of_a_pipeline(void)
{
    hone_dataset *whole = of_a_pipeline(), *part = hone_dataset_slice(whole, 0, 1);
    hone_dataset_free(whole);
    return part;
}

static const struct {
    const char *name;
    hone_dataset *(*make)(void);
    const char *words;
} refused[] = {
    {"more inputs than the model has", without_inputs_that_fit,
     "the model takes 1 inputs, but the data have 2"},
    {"data of a pipeline", of_a_pipeline, "take data of arrays or files, not of a pipeline"},
    {"a part of such data", part_of_a_pipeline, "take data of arrays or files, not of a pipeline"},
};

TEST_EACH(other_data_are_refused, refused)
{
    hone_model *model = looking();
    hone_dataset *data = row->make();
    hone_error_clear();
    assert_null(hone_internal_prepare_data(model, data));
    assert_message_has(row->words);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(texts_stand_where_they_are_taken)
{
    hone_model *model = hone_sequential(hone_input(1, .name = "x"), hone_dense(1)), *looks = looking();
    hone_dataset *texts = hone_dataset_from_arrays(.x = {TEXTS(words)}),
                 *targets = hone_dataset_from_arrays(.x = {NUMBERS}, .y = {TEXTS(words)});
    assert_int_equal(hone_internal_prepare_check(looks, texts), HONE_OK);
    assert_failed(hone_internal_prepare_check(model, texts), HONE_ERROR_DATA,
                  "the input \"x\" takes numbers, but its data are texts");
    assert_failed(hone_internal_prepare_check(model, targets), HONE_ERROR_DATA,
                  "holds texts; targets are numbers");
    hone_dataset_free(texts);
    hone_dataset_free(targets);
    hone_model_free(model);
    hone_model_free(looks);
}
