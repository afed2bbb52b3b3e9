/* Recipes that are made for data: how a table is read, what is predicted, and that they train. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/message.h"
#include <hone/hone.h>
#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 60 };

/* Rows of this pattern: %d is the row's number, then some digits. */
static const char *table(const char *header, const char *pattern)
{
    static char csv[16384];
    snprintf(csv, sizeof csv, "%s\n", header);
    for (int i = 0; i < ROWS; i++) {
        const char *letter = pattern;
        size_t length = strlen(csv);
        for (; *letter != '\0'; letter++)
            length += (size_t)(*letter == 'I' ? snprintf(csv + length, sizeof csv - length, "%d", i)
                               : *letter == 'F'
                                   ? snprintf(csv + length, sizeof csv - length, "%d.%d", i * 37 % 11, i % 10)
                               : *letter == 'G' ? snprintf(csv + length, sizeof csv - length, "%d.%d",
                                                           i * 5 % 9, (i + 3) % 10)
                               : *letter == 'K' ? snprintf(csv + length, sizeof csv - length, "%d", i * 7 % 3)
                               : *letter == 'R'
                                   ? snprintf(csv + length, sizeof csv - length, "%s", i % 6 ? "x" : "no way")
                               : *letter == 'W'
                                   ? snprintf(csv + length, sizeof csv - length, "%s", i % 3 ? "red" : "blue")
                                   : snprintf(csv + length, sizeof csv - length, "%c", *letter));
        snprintf(csv + length, sizeof csv - length, "\n");
    }
    return testing_file("t.csv", csv, strlen(csv));
}

static const struct {
    const char *name, *header, *pattern, *options, *says[3];
} tables[] = {
    {"numbers to predict",
     "a,b,y",
     "F,K,G",
     "#target=y",
     {"- dense: 1\n", "normalization: {invert: true}", "loss: mse"}},
    {"two classes by name",
     "a,y",
     "F,W",
     "#target=y",
     {"activation: sigmoid", "binary_crossentropy", "stratify: true"}},
    {"the rarer class is the second",
     "a,y",
     "F,R",
     "#target=y",
     {"classes=[x,no way]", "# \"no way\", the rarer class", "sigmoid"}},
    {"three classes by number",
     "a,y",
     "F,K",
     "#target=y",
     {"units: 3, activation: softmax", "categorical=[y]", "sparse_categorical_crossentropy"}},
    {"categories and an id",
     "id,c,a,y",
     "pI,W,F,G",
     "#target=y",
     {"drop=[id]", "encoding=one_hot", "input: [3]"}},
    {"semicolons", "a;b;y", "F;F;W", "#target=y", {"delimiter=semicolon", "input: [2]", "sigmoid"}},
    {"dates", "d,a,y", "2024-1K-1K,F,G", "#target=y", {"- dense: 1\n", "dates=[d]", "input: [5]"}},
    {"times",
     "d,a,y",
     "2024-1K-1K 1K:30,F,G",
     "#target=y",
     {"- dense: 1\n", "dates=[\"d(year, month, weekday, day_of_year, hour)\"]", "input: [6]"}},
    {"embedded categories",
     "c,a,y",
     "W,F,G",
     "#target=y,embed=true",
     {"embedding: {input_dim: 2, output_dim: 1}", "flatten: {name: \"c_ready\"}",
      "concatenate: {inputs: [\"numbers_ready\", \"c_ready\"]}"}},
    {"a series", "a,b,y", "F,K,G", "#target=y,window=6", {"input: [6, 3]", "- gru: 32", "shuffle: false"}},
    {"texts",
     "a,y",
     "I W b,K",
     "#target=y,text=a",
     {"dtype: string", "text_vectorization: {output_mode: tf_idf", "shuffle: false} # the last ones"}},
    {"what was said stays", "a,b,y", "F,K,G", "#target=y,drop=[a]", {"drop=[a]", "input: [1]", "mse"}},
};

TEST_EACH(fits_the_table, tables)
{
    char source[400];
    snprintf(source, sizeof source, "%s%s", table(row->header, row->pattern), row->options);
    char *text = hone_recipe_init(source);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 3; i++)
        if (strstr(text, row->says[i]) == NULL)
            fail_msg("expected \"%s\" in: %s", row->says[i], text);
    hone_recipe *recipe = hone_recipe_parse(text, "t.yaml");
    assert_int_equal(hone_recipe_set(recipe, "fit.epochs", "2"), HONE_OK);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s\n%s", hone_error_message(), text);
    hone_model_free(model);
    hone_recipe_free(recipe);
    hone_free(text);
}

TEST(predictions_are_in_the_units_of_the_target)
{
    static float x[ROWS], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i] = (float)(i % 7);
        y[i] = 5000 + 100 * x[i];
    }
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){ROWS, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){ROWS})});
    hone_model *model = hone_sequential(hone_input(1), hone_normalization(), hone_dense(1),
                                        hone_normalization(.invert = true));
    assert_int_equal(hone_compile(model, .loss = "mse", .optimizer = hone_adam(.learning_rate = 0.05)),
                     HONE_OK);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_non_null(hone_fit(model, data, .epochs = 100));
    hone_array *outputs = NULL;
    assert_int_equal(hone_predict(model, data, &outputs), HONE_OK);
    for (int i = 0; i < ROWS; i++)
        assert_float_equal(((const float *)outputs->data)[i], y[i], 5);
    hone_array_free(outputs);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(images_get_convolutions)
{
    static uint8_t x[20 * 16 * 16], y[20];
    for (int i = 0; i < 20; i++)
        y[i] = (uint8_t)(i % 2);
    const hone_array inputs = hone_array_view(x, HONE_UINT8, 4, (int64_t[]){20, 16, 16, 1}),
                     targets = hone_array_view(y, HONE_UINT8, 1, (int64_t[]){20});
    char source[600];
    snprintf(source, sizeof source, "%s,%s", testing_path("x.npy"), testing_path("y.npy"));
    assert_int_equal(hone_array_save(&inputs, testing_path("x.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&targets, testing_path("y.npy")), HONE_OK);
    char *text = hone_recipe_init(source);
    assert_non_null(strstr(text, "conv2d: {filters: 32"));
    assert_non_null(strstr(text, "rescaling: {scale: 1/255}"));
    hone_recipe *recipe = hone_recipe_parse(text, "i.yaml");
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
    hone_recipe_free(recipe);
    hone_free(text);
    unlink(testing_path("x.npy"));
    unlink(testing_path("y.npy"));
}

static const struct {
    const char *name, *options, *gru;
} writings[] = {
    {"what comes after each character", "#window=5", "- gru: {units: 192, return_sequences: true}\n"},
    {"what comes after windows of one", "#window=1", "- gru: {units: 192, return_sequences: true}\n"},
    {"what comes after the last", "#window=5,targets=last", "- gru: 192\n"},
};

TEST_EACH(a_text_is_continued, writings)
{
    char source[600];
    const char *written = "one two three\nfour five six\nseven eight nine\n";
    snprintf(source, sizeof source, "%s%s", testing_file("w.txt", written, strlen(written)), row->options);
    char *text = hone_recipe_init(source);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    assert_non_null(strstr(text, "embedding: {input_dim: 16"));
    assert_non_null(strstr(text, row->gru));
    assert_non_null(strstr(text, "shuffle: false} # the end of the text"));
    hone_recipe *recipe = hone_recipe_parse(text, "w.yaml");
    assert_int_equal(hone_recipe_set(recipe, "fit.epochs", "1"), HONE_OK);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_class_count(model, 0), 16);
    hone_model_free(model);
    hone_recipe_free(recipe);
    hone_free(text);
}

TEST(texts_that_are_all_that_is_left_are_named)
{
    char source[600];
    snprintf(source, sizeof source, "%s#target=y", table("id,t,y", "I,I W b,K"));
    assert_null(hone_recipe_init(source));
    assert_message_has("\"t\" holds texts of several words: ");
    assert_message_has("#target=y,text=[t]");
    snprintf(source, sizeof source, "%s#target=y", table("id,y", "pI,K"));
    assert_null(hone_recipe_init(source));
    assert_message_has("no column is left to be an input; hone describe says");
}

TEST(refuses_what_it_cannot_know)
{
    assert_null(hone_recipe_init(NULL));
    assert_null(hone_recipe_init(table("a,price", "F,F")));
    assert_message_has("which column is to be predicted?");
    assert_message_has("#target=price");
    assert_null(hone_recipe_init(testing_path("none.csv#target=a")));
    assert_message_has("none.csv");
    char source[400];
    snprintf(source, sizeof source, "%s#missing=0", table("a,price", "F,F"));
    assert_null(hone_recipe_init(source));
    assert_message_has("#missing=0,target=price");
    snprintf(source, sizeof source, "%s#target=b", table("a,price", "F,F"));
    assert_null(hone_recipe_init(source));
    assert_message_has("unknown column \"b\"");
}
