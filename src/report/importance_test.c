/* Permutation importance: only the columns that a model uses matter; the same numbers again; what is refused.
 */
#define _GNU_SOURCE /* mkdtemp */
#include <hone/look.h>
#include "testing/files.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* A model that says what its first input column says: logits of two classes x and -x; the second column means
 * nothing. */
static hone_model *make_model(void)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .activation = "softmax", .use_bias = false));
    static const float kernel[] = {-3, 3, 0, 0};
    memcpy(hone_variable_data(hone_model_weight(model, 0)), kernel, sizeof kernel);
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy"), HONE_OK);
    return model;
}

static const float x[] = {1, 5, 1, -2, -1, 3, -1, 0, 1, 1}, y[] = {1, 1, 0, 1, 1};

static hone_dataset *make_data(void)
{
    const int64_t of_x[] = {5, 2}, of_y[] = {5};
    return hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                    .y[0] = hone_array_view(y, HONE_FLOAT32, 1, of_y));
}

TEST(only_the_column_that_is_used_matters)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
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
