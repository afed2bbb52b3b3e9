/* Permutation importance: only the columns that a model uses matter; the same numbers again; what is refused.
 */
#define _GNU_SOURCE /* mkdtemp */
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
