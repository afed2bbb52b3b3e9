/* The doctor of recipes. */
#include "testing/test.h"

#include <hone/doctor.h>
#include <hone/hone.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 200 };
static char names[2][96];

/* Points in a square; whether the first number is the larger. */
static void make_files(void)
{
    static float x[SAMPLES][2], y[SAMPLES];
    const char *const ends[] = {"x", "y"};
    for (int i = 0; i < 2; i++)
        snprintf(names[i], sizeof names[i], "/tmp/hone_doctor_%d_%s.npy", (int)getpid(), ends[i]);
    for (int i = 0; i < SAMPLES; i++) {
        x[i][0] = (float)(i * 37 % 101) / 50 - 1;
        x[i][1] = (float)(i * 53 % 97) / 48 - 1;
        y[i] = x[i][0] > x[i][1];
    }
    hone_array xs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2}),
               ys = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    assert_int_equal(hone_array_save(&xs, names[0]), 0);
    assert_int_equal(hone_array_save(&ys, names[1]), 0);
}

/* A network, a rate and a fit; what the doctor says. */
typedef struct asked {
    const char *name, *layers, *fit;
    const char *id, *layer, *text; /* the first diagnosis; part of what is printed */
} asked;

static const asked runs[] = {
    {"cured", "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: softmax}\n",
     "{epochs: 20}", "softmax_one_unit", "dense_1", "proved"},
    {"shapes", "  - lstm: 4\n  - dense: {units: 1, activation: sigmoid}\n", "{epochs: 2}", "shape_mismatch",
     "lstm", "line 3: lstm needs an input of shape (batch, steps, n), n known, not (None, 2)"},
    {"shapes cured", "  - lstm: 4\n  - dense: {units: 1, activation: sigmoid}\n", "{epochs: 2}",
     "shape_mismatch", "lstm", "1 seed: it trains"},
    {"first stage", "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n",
     "[{epochs: 40, learning_rate: 1e-9}, {epochs: 5, learning_rate: 0.01}]", "rate_too_low", "",
     "fit, stage 1: {learning_rate:"},
    {"second stage", "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n",
     "[{epochs: 40}, {epochs: 20, learning_rate: 200}]", "rate_too_high", "dense", "in stage 2 of 2"},
    {"frozen stage", "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n",
     "[{epochs: 40}, {epochs: 2, freeze: true}]", "nothing_trains", "", "in stage 2 of 2"},
    {"good stages", "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n",
     "[{epochs: 40}, {epochs: 3, learning_rate: 1e-3}]", NULL, NULL, "in stage 2 of 2"}};

TEST_EACH(recipes_are_diagnosed, runs)
{
    char text[768];
    make_files();
    snprintf(
        text, sizeof text,
        "model:\n  - input: [2]\n%scompile: {optimizer: \"adam(learning_rate=0.01)\", loss: binary_crossentropy}\n"
        "data: {train: \"%s,%s\"}\nfit: %s\n",
        row->layers, names[0], names[1], row->fit);
    hone_recipe *recipe = hone_recipe_parse(text, "r");
    hone_diagnosis *diagnosis = hone_recipe_diagnose(recipe, .time = 1000, .seeds = 1);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    const hone_finding *first = hone_diagnosis_at(diagnosis, 0);
    char *said = hone_diagnosis_text(diagnosis, true);
    if (strcmp(first == NULL ? "nothing" : first->id, row->id == NULL ? "nothing" : row->id) != 0)
        fail_msg("%s", said);
    if (row->id != NULL)
        assert_string_equal(first->layer, row->layer);
    if (strstr(said, row->text) == NULL)
        fail_msg("%s", said);
    hone_free(said);
    hone_diagnosis_free(diagnosis);
    hone_recipe_free(recipe);
    unlink(names[0]);
    unlink(names[1]);
}

/* Texts become numbers before they are looked at; those of text_vectorization need a row of the embedding
 * each. */
typedef struct of_texts {
    const char *name, *layers, *id, *text;
} of_texts;
static const of_texts texts[] = {
    {"a softmax",
     "  - text_vectorization: {max_tokens: 20, output_mode: multi_hot, pad_to_max_tokens: true}\n"
     "  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: softmax}\n",
     "softmax_one_unit", "proved"},
    {"a small table",
     "  - text_vectorization: {max_tokens: 20, output_sequence_length: 8}\n  - embedding: {input_dim: 9, output_dim: 4}\n"
     "  - global_average_pooling1d\n  - dense: {units: 1, activation: sigmoid}\n",
     "embedding_ids", "the ids of text_vectorization go from 0 to 19, but embedding knows those from 0 to 8"},
};

TEST_EACH(recipes_of_texts_are_diagnosed, texts)
{
    static const char *const words[2][3] = {{"dull", "poor", "sad"}, {"great", "fine", "lovely"}};
    char path[96], text[768];
    snprintf(path, sizeof path, "/tmp/hone_doctor_%d.csv", (int)getpid());
    FILE *file = fopen(path, "w");
    fprintf(file, "said,y\n");
    for (int i = 0; i < SAMPLES; i++)
        fprintf(file, "a film of %d hours and %s,%d\n", i % 9, words[i % 2][i % 3], i % 2);
    fclose(file);
    snprintf(text, sizeof text,
             "model:\n  - input: {shape: [1], dtype: string, name: said}\n%s"
             "compile: {optimizer: \"adam(learning_rate=0.01)\", loss: binary_crossentropy}\n"
             "data: {train: \"%s#target=y,text=said\"}\nfit: {epochs: 20}\n",
             row->layers, path);
    hone_recipe *recipe = hone_recipe_parse(text, "r");
    hone_diagnosis *diagnosis = hone_recipe_diagnose(recipe, .time = 1000, .seeds = 1);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    char *said = hone_diagnosis_text(diagnosis, true);
    if (hone_diagnosis_count(diagnosis) == 0 || strcmp(hone_diagnosis_at(diagnosis, 0)->id, row->id) != 0 ||
        strstr(said, row->text) == NULL)
        fail_msg("%s", said);
    assert_true(hone_diagnosis_at(diagnosis, 0)->verified);
    hone_free(said);
    hone_diagnosis_free(diagnosis);
    hone_recipe_free(recipe);
    unlink(path);
}

/* A layer that learns from the data refuses those that are not finite: that is the diagnosis, not a failure.
 */
TEST(data_that_a_layer_refuses_are_diagnosed)
{
    char path[96], text[512];
    snprintf(path, sizeof path, "/tmp/hone_doctor_%d.csv", (int)getpid());
    FILE *file = fopen(path, "w");
    fprintf(file, "a,b,y\n");
    for (int i = 0; i < SAMPLES; i++)
        if (i == 7)
            fprintf(file, ",%d,%d\n", i % 5, i % 2);
        else
            fprintf(file, "%d,%d,%d\n", i, i % 5, i % 2);
    fclose(file);
    snprintf(text, sizeof text,
             "model:\n  - input: [2]\n  - normalization\n  - dense: {units: 1, activation: sigmoid}\n"
             "compile: {optimizer: adam, loss: binary_crossentropy}\n"
             "data: {train: \"%s#target=y,missing=nan\"}\nfit: {epochs: 2}\n",
             path);
    hone_recipe *recipe = hone_recipe_parse(text, "r");
    hone_diagnosis *diagnosis = hone_recipe_diagnose(recipe, .time = 1000, .seeds = 1);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_diagnosis_at(diagnosis, 0)->id, "data_not_finite");
    assert_string_equal(hone_diagnosis_outcome(diagnosis), "refused");
    assert_non_null(
        strstr(hone_diagnosis_facts(diagnosis)->refusal, "normalization: adapt: sample 7 contains NaN"));
    hone_diagnosis_free(diagnosis);
    hone_recipe_free(recipe);
    unlink(path);
}
