/* Models that take texts and integers: Keras's file, learning vocabularies and training, saving, batches. */
#include "base/memory.h"
#include "fields/config.h"
#include "formats/formats.h"
#include "testing/files.h"
#include "testing/golden.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char *const reviews[] = {"a good film",     "good, good!", "bad plot", "so bad",
                                      "a bad, bad film", "good plot",   "Good.",    "BAD"};
static const float liked[] = {1, 1, 0, 0, 0, 1, 1, 0};

static hone_dataset *review_data(void)
{
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(reviews, HONE_TEXT, 1, (int64_t[]){8})},
                                 .y = {hone_array_view(liked, HONE_FLOAT32, 1, (int64_t[]){8})});
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

static hone_model *reviewer(hone_layer *words, int64_t ids)
{
    hone_model *model =
        hone_sequential(hone_input(1, .dtype = "string"), words, hone_embedding(ids, 4),
                        hone_global_average_pooling1d(), hone_dense(1, .activation = "sigmoid"));
    if (model == NULL || hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.1),
                                      .loss = "binary_crossentropy", .metrics = {"accuracy"}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

static hone_array *predict(hone_model *model, hone_dataset *data)
{
    hone_array *y = NULL;
    if (hone_predict(model, data, &y) < 0)
        fail_msg("%s", hone_error_message());
    return y;
}

static void check_same(const hone_array *a, const hone_array *b)
{
    assert_int_equal(hone_array_count(a), hone_array_count(b));
    assert_memory_equal(a->data, b->data, (size_t)hone_array_count(a) * sizeof(float));
}

TEST(learns_words_and_what_they_mean)
{
    char path[400];
    hone_dataset *data = review_data();
    hone_model *model = reviewer(hone_text_vectorization(.max_tokens = 20, .output_sequence_length = 4), 20);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    const hone_layer *words = hone_model_layer_at(model, 0);
    assert_int_equal(hone_layer_vocabulary_size(words), 8);
    assert_string_equal(hone_layer_vocabulary_term(words, 2), "good");
    if (hone_fit(model, data, .epochs = 30, .batch_size = 3, .validation_split = 0.25, .verbose = 0) == NULL)
        fail_msg("%s", hone_error_message());
    hone_logs logs = {.count = 0};
    assert_int_equal(hone_evaluate(model, data, &logs), HONE_OK);
    double accuracy = 0;
    assert_true(hone_logs_get(&logs, "accuracy", &accuracy));
    assert_true(accuracy == 1);
    hone_logs_free(&logs);
    snprintf(path, sizeof path, "%s/reviews.keras", testing_folder);
    if (hone_save(model, path) < 0)
        fail_msg("%s", hone_error_message());
    hone_model *again = hone_load(path);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    hone_array *before = predict(model, data), *after = predict(again, data);
    check_same(before, after);
    hone_batch batch = {.x = {hone_array_view(reviews, HONE_TEXT, 1, (int64_t[]){8})}};
    hone_array *at_once = NULL;
    assert_int_equal(hone_predict_on_batch(again, &batch, false, &at_once), HONE_OK);
    for (int i = 0; i < 8; i++)
        assert_true(fabs(hone_array_number(at_once, i) - hone_array_number(before, i)) < 1e-6);
    hone_array_free(at_once);
    hone_array_free(before);
    hone_array_free(after);
    hone_model_free(again);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(texts_without_a_length_are_as_long_as_the_longest)
{
    hone_dataset *data = review_data();
    hone_model *model = reviewer(hone_text_vectorization(.vocabulary = {"good", "bad"}), 4),
               *fixed = reviewer(
                   hone_text_vectorization(.vocabulary = {"good", "bad"}, .output_sequence_length = 4), 4);
    hone_model_set_seed(model, 5);
    hone_model_set_seed(fixed, 5);
    hone_array *a = predict(model, data), *b = predict(fixed, data);
    check_same(a, b);
    hone_array_free(a);
    hone_array_free(b);
    hone_model_free(model);
    hone_model_free(fixed);
    hone_dataset_free(data);
}

/* ---- Keras's file ---- */

static hone_array *read_array(const hone_config *config)
{
    const hone_config *shape = golden_get(config, "shape"), *texts = golden_get(config, "texts"),
                      *values = golden_get(config, "values");
    int64_t sizes[2] = {0};
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        sizes[i] = hone_internal_config_as_integer(hone_internal_config_at(shape, i));
    const int rank = (int)hone_internal_config_count(shape);
    if (texts != NULL) {
        const char *list[16];
        for (size_t i = 0; i < hone_internal_config_count(texts); i++)
            list[i] = hone_internal_config_text_at(texts, i);
        return hone_array_texts(rank, sizes, list);
    }
    const bool integers = hone_internal_config_get_text(config, "dtype") != NULL;
    hone_array *array = hone_array_create(integers ? HONE_INT64 : HONE_FLOAT32, rank, sizes);
    for (size_t i = 0; i < hone_internal_config_count(values); i++)
        if (integers)
            ((int64_t *)array->data)[i] = hone_internal_config_as_integer(hone_internal_config_at(values, i));
        else
            ((float *)array->data)[i] =
                (float)hone_internal_config_as_number(hone_internal_config_at(values, i));
    return array;
}

static void check_outputs(hone_model *model, hone_dataset *data, const hone_config *expected)
{
    hone_array *received = predict(model, data), *wanted = read_array(expected);
    assert_int_equal(hone_array_count(received), hone_array_count(wanted));
    for (int64_t i = 0; i < hone_array_count(wanted); i++)
        if (fabs(hone_array_number(received, i) - hone_array_number(wanted, i)) > 1e-5)
            fail_msg("number %lld is %g; expected %g", (long long)i, hone_array_number(received, i),
                     hone_array_number(wanted, i));
    hone_array_free(received);
    hone_array_free(wanted);
}

TEST(reads_and_writes_the_file_of_keras)
{
    char path[400];
    const char *root = getenv("HONE_SOURCE_DIR");
    hone_config *file = golden_open("text", "every_layer");
    const hone_config *inputs = golden_get(file, "inputs");
    hone_array *arrays[3];
    for (size_t i = 0; i < 3; i++)
        arrays[i] = read_array(hone_internal_config_at(inputs, i));
    hone_dataset *data = hone_dataset_from_arrays(.x = {*arrays[0], *arrays[1], *arrays[2]});
    snprintf(path, sizeof path, "%s/tests/golden/text/every_layer.keras", root != NULL ? root : ".");
    hone_model *model = hone_load(path);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    check_outputs(model, data, golden_get(file, "output"));
    snprintf(path, sizeof path, "%s/again.keras", testing_folder);
    assert_int_equal(hone_save(model, path), HONE_OK);
    hone_model *again = hone_load(path);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    check_outputs(again, data, golden_get(file, "output"));
    hone_model_free(again);
    hone_model_free(model);
    hone_dataset_free(data);
    for (size_t i = 0; i < 3; i++)
        hone_array_free(arrays[i]);
    hone_internal_config_free(file);
}

/* ---- what does not fit ---- */

TEST(says_where_texts_do_not_go)
{
    hone_dataset *texts = review_data();
    const float numbers[8] = {0};
    hone_dataset *plain =
        hone_dataset_from_arrays(.x = {hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){8})},
                                 .y = {hone_array_view(liked, HONE_FLOAT32, 1, (int64_t[]){8})});
    hone_model *model = reviewer(hone_text_vectorization(.vocabulary = {"good", "bad"}), 4);
    hone_array *y = NULL;
    assert_true(hone_predict(model, plain, &y) < 0);
    assert_message_has("takes texts, but its data are numbers");
    hone_model *numeric = hone_sequential(hone_input(1), hone_dense(1));
    assert_true(hone_predict(numeric, texts, &y) < 0);
    assert_message_has("takes numbers, but its data are texts");
    assert_null(hone_sequential(hone_input(1, .dtype = "string"), hone_dense(1)));
    assert_message_has("the layer \"dense\" takes numbers, but the input \"input_layer\" holds texts");
    assert_null(hone_sequential(hone_input(1), hone_dense(1), hone_hashing(3)));
    assert_message_has("only inputs of the model");
    hone_model *unknown = reviewer(hone_text_vectorization(.output_sequence_length = 3), 4);
    assert_true(hone_predict(unknown, texts, &y) < 0);
    assert_message_has("no vocabulary yet");
    assert_null(hone_sequential(hone_input(1, .dtype = "string"),
                                hone_text_vectorization(.output_mode = "count"), hone_dense(1)));
    assert_message_has("max_tokens and pad_to_max_tokens");
    hone_model *small = reviewer(hone_text_vectorization(.vocabulary = {"good", "bad", "plot"}), 3);
    assert_true(hone_predict(small, texts, &y) < 0);
    assert_message_has("id");
    assert_null(hone_dataset_shuffle(hone_dataset_retain(texts), 4, 1));
    assert_message_has("holds texts, which do not go through the pipeline");
    hone_model_free(small);
    hone_model_free(unknown);
    hone_model_free(numeric);
    hone_model_free(model);
    hone_dataset_free(texts);
    hone_dataset_free(plain);
}
