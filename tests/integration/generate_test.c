/* Writing text with a trained model. */
#include "testing/files.h"
#include "testing/golden.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_dataset *abc_data(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/abc.txt", testing_folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 120; i++)
        fputs("abc ", file);
    fclose(file);
    hone_dataset *data = hone_dataset_from_characters(path, .window = 8);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

/* A model that has learned "abc abc abc ". `layer` may be given with return_sequences. */
static hone_model *trained(const char *layer, int64_t steps)
{
    hone_dataset *data = abc_data();
    hone_model *model = hone_sequential(hone_input(steps), hone_embedding(4, 8), hone_layer_from_text(layer),
                                        hone_dense(4, .activation = "softmax"));
    if (model == NULL ||
        hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.03),
                     .loss = "sparse_categorical_crossentropy") < 0 ||
        hone_fit(model, data, .epochs = 25, .batch_size = 16, .verbose = 0) == NULL)
        fail_msg("%s: %s", layer, hone_error_message());
    hone_dataset_free(data);
    return model;
}

static void check_text(hone_model *model, const char *prompt, int64_t length, const char *expected)
{
    char *text = hone_generate(model, .prompt = prompt, .length = length, .temperature = 0);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(text, expected);
    hone_free(text);
}

TEST(recurrent_models_write_what_they_learned)
{
    static const char *const layers[] = {"gru(12, return_sequences=True)", "lstm(12, return_sequences=True)",
                                         "rnn([gru_cell(12), simple_rnn_cell(12)], return_sequences=True)"};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        hone_model *model = trained(layers[i], HONE_ANY);
        check_text(model, "ab", 10, "abc abc abc ");
        hone_model_free(model);
    }
}

TEST(models_that_look_back_write_too)
{
    hone_model *model = trained("conv1d(12, 3, padding=causal)", 8);
    check_text(model, "abc abc a", 7, "abc abc abc abc ");
    check_text(model, "ab", 6, "abc abc ");
    hone_model_free(model);
}

/* Step by step gives the probabilities of the whole at once. */
TEST(states_are_those_of_the_whole_text)
{
    hone_model *model = trained("lstm(12, return_sequences=True)", HONE_ANY);
    static const float ids[] = {1, 2, 3, 0, 1}; /* "abc a" */
    hone_batch batch = {.x = {hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){1, 5})}};
    hone_array *y = NULL;
    assert_int_equal(hone_predict_on_batch(model, &batch, false, &y), HONE_OK);
    hone_generation *generation = hone_generation_begin(model);
    int64_t count;
    assert_null(hone_generation_probabilities(generation, &count));
    for (int again = 0; again < 2; again++) {
        assert_int_equal(hone_generation_read(generation, "abc"), HONE_OK);
        assert_int_equal(hone_generation_read(generation, " a"), HONE_OK);
        const double *p = hone_generation_probabilities(generation, &count);
        assert_int_equal(count, 4);
        for (int i = 0; i < 4; i++)
            assert_true(fabs(p[i] - (double)((const float *)y->data)[16 + i]) < 1e-5);
        assert_int_equal(hone_generation_reset(generation), HONE_OK);
    }
    hone_generation_free(generation);
    hone_array_free(y);
    hone_model_free(model);
}

TEST(sampling_repeats_and_keeps_to_the_likeliest)
{
    hone_model *model = trained("gru(12, return_sequences=True)", HONE_ANY);
    char *first = hone_generate(model, .prompt = "a", .length = 60, .temperature = 5, .seed = 3),
         *same = hone_generate(model, .prompt = "a", .length = 60, .temperature = 5, .seed = 3),
         *other = hone_generate(model, .prompt = "a", .length = 60, .temperature = 5, .seed = 4),
         *likeliest = hone_generate(model, .prompt = "a", .length = 7, .temperature = 5, .top_k = 1),
         *nucleus = hone_generate(model, .prompt = "a", .length = 7, .top_p = 0.01);
    assert_string_equal(first, same);
    assert_string_not_equal(first, other);
    assert_string_equal(likeliest, "abc abc ");
    assert_string_equal(nucleus, "abc abc ");
    hone_free(first);
    hone_free(same);
    hone_free(other);
    hone_free(likeliest);
    hone_free(nucleus);
    hone_model_free(model);
}

TEST(the_vocabulary_goes_with_the_file)
{
    char path[300];
    snprintf(path, sizeof path, "%s/abc.keras", testing_folder);
    hone_model *model = trained("gru(12, return_sequences=True)", HONE_ANY);
    assert_int_equal(hone_save(model, path), HONE_OK);
    hone_model_free(model);
    model = hone_load(path);
    check_text(model, "b", 3, "bc a");
    hone_model_free(model);
}

/* A text in pieces of a tokenizer, which goes with the file of the model. */
TEST(pieces_are_written_as_text)
{
    char tokenizer[300], text_path[300], model_path[300];
    snprintf(tokenizer, sizeof tokenizer, "%s/pairs.model", testing_folder);
    snprintf(text_path, sizeof text_path, "%s/pieces.txt", testing_folder);
    snprintf(model_path, sizeof model_path, "%s/pieces.keras", testing_folder);
    golden_tokenizer_write("pairs_bytes", tokenizer);
    FILE *file = fopen(text_path, "w");
    assert_non_null(file);
    for (int i = 0; i < 120; i++)
        fputs("in the night \xE6\x97\xA5 ", file);
    fclose(file);
    hone_dataset *data = hone_dataset_from_characters(text_path, .window = 16, .tokenizer = tokenizer);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *model = hone_sequential(hone_input(16), hone_embedding(380, 16),
                                        hone_layer_from_text("transformer_decoder(16, 2)"),
                                        hone_gru(24, .return_sequences = true), hone_dense(380));
    if (model == NULL ||
        hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.02),
                     .loss = "sparse_categorical_crossentropy(from_logits=True)") < 0 ||
        hone_fit(model, data, .epochs = 30, .batch_size = 16, .verbose = 0) == NULL ||
        hone_save(model, model_path) < 0)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    hone_model_free(model);
    remove(tokenizer);
    model = hone_load(model_path);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    check_text(model, "in the", 8, "in the night \xE6\x97\xA5 in the");
    data = hone_dataset_load_for(model, text_path, NULL, HONE_NONE);
    assert_non_null(data);
    assert_int_equal(hone_dataset_class_count(data, 0), 380);
    assert_null(hone_generate(model, .prompt = "in\xFF"));
    assert_non_null(strstr(hone_error_message(), "is not UTF-8: byte 3 is 0xFF"));
    for (int beams = 0; beams < 2; beams++) {
        hone_error_clear();
        assert_null(hone_generate(model, .prompt = " ", .beams = beams ? 2 : HONE_NONE_INTEGER));
        assert_non_null(strstr(hone_error_message(), "the tokenizer leaves nothing of the prompt \" \""));
    }
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(refuses_what_cannot_be_continued)
{
    hone_model *model = trained("gru(4, return_sequences=True)", HONE_ANY);
    assert_null(hone_generate(model, .prompt = ""));
    assert_non_null(strstr(hone_error_message(), "the prompt is empty"));
    assert_null(hone_generate(model, .prompt = "ab\xC3\xA9"));
    assert_non_null(strstr(hone_error_message(),
                           "character 3 of the text, \"\xC3\xA9\", is not among the 4 that the model knows"));
    assert_null(hone_generate(model, .prompt = "a\xFF"));
    assert_non_null(strstr(hone_error_message(), "is not UTF-8: byte 2 is 0xFF"));
    assert_null(hone_generate(model, .prompt = "a", .temperature = -1));
    hone_model_free(model);
    model = hone_sequential(hone_input(3), hone_dense(2));
    assert_null(hone_generate(model, .prompt = "a"));
    assert_non_null(strstr(hone_error_message(), "the model has no vocabulary"));
    hone_model_free(model);
}

/* ---- beam search ---- */

/* The log of the probability of `text` behind `prompt`. */
static double score(hone_generation *generation, const char *prompt, const char *text)
{
    double sum = 0;
    assert_int_equal(hone_generation_reset(generation), HONE_OK);
    assert_int_equal(hone_generation_read(generation, prompt), HONE_OK);
    for (const char *at = text; *at != '\0'; at++) {
        static const char symbols[] = " abc";
        int64_t count;
        const double *probabilities = hone_generation_probabilities(generation, &count);
        assert_int_equal(count, 4);
        sum += log(probabilities[strchr(symbols, *at) - symbols]);
        assert_int_equal(hone_generation_read(generation, (char[]){*at, '\0'}), HONE_OK);
    }
    return sum;
}

static double best_of_all(hone_generation *generation, const char *prompt)
{
    double best = -HUGE_VAL;
    for (int i = 0; i < 64; i++) {
        const char text[] = {" abc"[i % 4], " abc"[i / 4 % 4], " abc"[i / 16], '\0'};
        best = fmax(best, score(generation, prompt, text));
    }
    return best;
}

static void check_beams(const char *layer, int64_t steps)
{
    hone_model *model = trained(layer, steps);
    char *all = hone_generate(model, .prompt = "cabca", .length = 3, .beams = 64),
         *one = hone_generate(model, .prompt = "cabca", .length = 3, .beams = 1),
         *greedy = hone_generate(model, .prompt = "cabca", .length = 3, .temperature = 0);
    if (all == NULL || one == NULL || greedy == NULL)
        fail_msg("%s: %s", layer, hone_error_message());
    assert_string_equal(one, greedy);
    hone_generation *generation = hone_generation_begin(model);
    assert_true(fabs(score(generation, "cabca", all + 5) - best_of_all(generation, "cabca")) < 1e-6);
    hone_generation_free(generation);
    hone_free(all);
    hone_free(one);
    hone_free(greedy);
    hone_model_free(model);
}

TEST(beams_find_the_likeliest_text)
{
    check_beams("gru(12, return_sequences=True)", HONE_ANY);
    check_beams("conv1d(12, 2, padding=causal)", 8);
}

TEST(beams_find_the_likeliest_text_of_a_transformer)
{
    check_beams("transformer_decoder(16, 2)", HONE_ANY);
}

TEST(beams_do_not_go_with_chance)
{
    hone_model *model = trained("gru(4, return_sequences=True)", HONE_ANY);
    assert_null(hone_generate(model, .prompt = "ab", .beams = 3, .top_k = 2));
    assert_non_null(strstr(hone_error_message(), "top_k and top_p do not go with it"));
    hone_model_free(model);
}
