/* Permutation importance: only the columns that a model uses matter; the same numbers again; what is refused.
 */
#define _GNU_SOURCE /* mkdtemp */
#include <hone/hone.h>
#include <hone/look.h>
#include "testing/files.h"
#include "testing/telling_model.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(only_the_column_that_is_used_matters)
{
    hone_model *model = telling_model();
    hone_dataset *data = telling_data();
    hone_importance importance;
    assert_int_equal(hone_importance_of(model, data, &importance, .repeats = 20, .seed = 3), HONE_OK);
    assert_int_equal(importance.count, 2);
    assert_string_equal(importance.columns[0].name, "column 0");
    assert_true(importance.columns[0].importance > 0.1 && importance.columns[0].deviation > 0);
    assert_true(importance.columns[1].importance == 0 && importance.columns[1].deviation == 0);
    assert_int_equal(hone_importance_draw(&importance, testing_path("i.svg")), HONE_OK);
    unlink(testing_path("i.svg"));
    double first = importance.columns[0].importance;
    hone_importance_free(&importance);
    assert_int_equal(hone_importance_of(model, data, &importance, .repeats = 20, .seed = 3), HONE_OK);
    assert_true(importance.columns[0].importance == first);
    hone_importance_free(&importance);
    assert_true(hone_importance_of(model, data, &importance, .repeats = 0) < 0);
    assert_true(hone_importance_of(NULL, data, &importance) < 0);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* The words of a text decide, its number does not. */
TEST(texts_are_columns_too)
{
    static const char *const texts[] = {"good day", "bad day",  "good one",
                                        "bad one",  "good day", "bad night"};
    static const float y[] = {1, 0, 1, 0, 1, 0}, x[] = {1, 2, 3, 4, 5, 6};
    hone_tensor *words = hone_input_tensor(1, .dtype = "string", .name = "review"),
                *numbers = hone_input_tensor(1, .name = "number");
    hone_tensor *counted = hone_apply(
        hone_text_vectorization(.max_tokens = 12, .output_mode = "count", .pad_to_max_tokens = true), words);
    hone_tensor *out =
        hone_apply(hone_dense(1, .activation = "sigmoid"), hone_apply(hone_concatenate(), counted, numbers));
    hone_model *model = hone_functional((words, numbers), (out));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(texts, HONE_TEXT, 1, (int64_t[]){6}),
                                       hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){6, 1})},
                                 .x_names = {"review", "number"},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){6})});
    hone_importance importance;
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(
        hone_compile(model, .loss = "binary_crossentropy", .optimizer = hone_adam(.learning_rate = 0.1)),
        HONE_OK);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_non_null(hone_fit(model, data, .epochs = 60, .verbose = 0));
    assert_int_equal(hone_importance_of(model, data, &importance, .repeats = 20), HONE_OK);
    assert_int_equal(importance.count, 2);
    assert_non_null(strstr(importance.columns[0].name, "review"));
    assert_true(importance.columns[0].importance > 0.1);
    hone_importance_free(&importance);
    hone_dataset_free(data);
    hone_model_free(model);
}
