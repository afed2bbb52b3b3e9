/* Tables brought to mean 0 and deviation 1 by the training part, and read alike afterwards; classes in an
 * order of one's own; what looks wrong in a table. */
#define _GNU_SOURCE /* mkdtemp */
#include "readers/standardize.h"
#include "testing/files.h"
#include "testing/message.h"
#include <hone/hone.h>
#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char csv[] = "a,c,y\n1,x,ok\n3,x,bad\n5,y,ok\n100,y,ok\n";

static hone_dataset *table(const char *options)
{
    char source[400];
    snprintf(source, sizeof source, "%s%s", testing_file("t.csv", csv, strlen(csv)), options);
    return hone_dataset_load(source, NULL, 0);
}

/* Number `column` of row `row` of the only input. */
static double number_of(const hone_dataset *data, int row, int column)
{
    const hone_array *x = hone_dataset_input(data, 0);
    return hone_array_number(x, row * x->shape[1] + column);
}

TEST(the_training_part_gives_the_statistics)
{
    hone_dataset *data = table("#target=y,encoding=one_hot,standardize=true"),
                 *train = hone_dataset_slice(data, 0, 3);
    assert_true(hone_internal_dataset_unstandardized(train));
    assert_int_equal(hone_internal_dataset_standardize(train), HONE_OK);
    assert_int_equal(hone_internal_dataset_standardize(data), HONE_OK); /* only once */
    assert_float_equal(number_of(data, 0, 0), -1.2247449, 1e-6);        /* (1 - 3) / sqrt(8 / 3) */
    assert_float_equal(number_of(data, 1, 0), 0, 1e-6);
    assert_float_equal(number_of(data, 3, 0), 59.4, 0.01);
    assert_float_equal(number_of(data, 3, 2), 1, 0); /* a category stays */
    hone_dataset *other = hone_dataset_load_like(train, testing_path("t.csv"), NULL, 0);
    for (int row = 0; row < 4; row++)
        assert_true(number_of(other, row, 0) == number_of(data, row, 0));
    hone_dataset_free(other);
    hone_dataset_free(train);
    hone_dataset_free(data);
}

TEST(a_fit_standardizes_and_the_model_keeps_it)
{
    hone_dataset *data = table("#target=y,drop=[c],standardize=true");
    hone_model *model = hone_sequential(hone_input(1), hone_dense(2, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy"), HONE_OK);
    hone_logs logs;
    assert_int_equal(hone_evaluate(model, data, &logs), HONE_ERROR_STATE);
    assert_message_has("standardize=true takes the means and deviations of training data");
    assert_non_null(hone_fit(model, data, .validation_split = 0.25));
    assert_float_equal(number_of(data, 1, 0), 0, 1e-6);
    hone_dataset *other = hone_dataset_load_for(model, testing_path("t.csv"), NULL, 0);
    assert_float_equal(number_of(other, 1, 0), 0, 1e-6);
    char *text = hone_model_data_text(model);
    assert_non_null(strstr(text, "number, standardized: less 3.0, divided by 1.63299"));
    hone_free(text);
    hone_dataset_free(other);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(standardize_and_scale_exclude_each_other)
{
    hone_dataset *data = table("#target=y,drop=[c],standardize=true,scale=2");
    assert_int_equal(hone_internal_dataset_standardize(data), HONE_ERROR_ARGUMENT);
    assert_message_has("standardize and scale cannot both be given");
    hone_dataset_free(data);
}

TEST(classes_have_the_order_that_is_said)
{
    hone_dataset *data = table("#target=y,classes=[ok, bad]");
    assert_string_equal(hone_dataset_class_name(data, 0, 0), "ok");
    assert_float_equal(hone_array_number(hone_dataset_target(data, 0), 1), 1, 0);
    hone_dataset_free(data);
    assert_null(table("#target=y,classes=[ok]"));
    assert_message_has("\"bad\" is not one of the 1 class that was named (\"ok\")");
    assert_null(table("#target=y,classes=[ok, ok]"));
    assert_message_has("stands twice");
    assert_null(table("#target=[a, y],classes=[ok]"));
    assert_message_has("one target column");
}

static const struct {
    const char *name, *text, *options, *says;
} odd[] = {
    {"decimal commas", "a;y\n0,5;1\n1,5;2\n", "#target=y,delimiter=semicolon",
     "decimal=\",\" reads them as numbers"},
    {"dates", "d,y\n2024-01-31,1\n2024-02-01,2\n", "#target=y", "its values look like dates"},
    {"times", "d,y\n2024-01-31 8:30,1\n2024-02-01 9:30,1\n", "#target=y,dates=[d]",
     "the times behind its dates are not used; dates=[\"d(year, month, weekday, day_of_year, hour)\"]"},
    {"times that are used", "d,y\n2024-01-31 8:30,1\n2024-02-01 9:30,1\n", "#target=y,dates=[d(hour)]", NULL},
    {"nothing", "d,y\nx,1\nz,2\n", "#target=y", NULL},
};

TEST_EACH(notes, odd)
{
    char source[400];
    snprintf(source, sizeof source, "%s%s", testing_file("o.csv", row->text, strlen(row->text)),
             row->options);
    hone_dataset *data = hone_dataset_load(source, NULL, 0);
    const char *notes = hone_dataset_notes(data);
    if (row->says == NULL)
        assert_null(notes);
    else if (notes == NULL || strstr(notes, row->says) == NULL)
        fail_msg("expected \"%s\" in %s", row->says, notes == NULL ? "nothing" : notes);
    hone_dataset_free(data);
}

TEST(a_header_that_is_not_utf8_is_refused)
{
    assert_null(hone_dataset_load(testing_file("l.csv",
                                               "a,n\xe4"
                                               "me\n1,2\n",
                                               11),
                                  NULL, 0));
    assert_message_has("line 1: the name of column 1 is not UTF-8");
}
