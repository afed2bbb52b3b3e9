/* The characters that cut a table: of the options, of the file's name, of the training data. */
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data_files.h>

#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* As the model of a training on `train` reads it. */
static hone_dataset *read_later(const hone_dataset *train, const char *name, const char *text,
                                const char *options)
{
    char source[400];
    snprintf(source, sizeof source, "%s%s", testing_file(name, text, strlen(text)), options);
    hone_dataset *data = hone_dataset_load_like(train, source, NULL, 1);
    if (data == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return data;
}

static hone_dataset *train_data(void)
{
    return read_later(HONE_NO_DATASET, "train.csv", "a;b;y\n1,5;2;0\n3;4,5;1\n",
                      "#target=y,delimiter=semicolon,decimal=\",\"");
}

/* Each says 1.5, 2 and 3, 4.5. */
static const struct {
    const char *name, *file, *text, *options;
} later[] = {
    {"as the training data", "l.csv", "a;b;y\n1,5;2;0\n3;4,5;1\n", ""},
    {"in another order", "l.csv", "b;a\n2;1,5\n4,5;3\n", ""},
    {"as a plain CSV file", "l.csv", "a,b,y\n1.5,2,0\n3,4.5,1\n", ""},
    {"by its name", "l.tsv", "a\tb\n1,5\t2\n3\t4,5\n", ""},
    {"by another delimiter", "l.csv", "a|b\n1,5|2\n3|4,5\n", "#delimiter=pipe"},
    {"by another decimal point", "l.csv", "a;b\n1.5;2\n3;4.5\n", "#decimal=."},
    {"by commas", "l.csv", "a,b\n1.5,2\n3,4.5\n", "#delimiter=comma"},
};

TEST_EACH(a_later_file_is_cut, later)
{
    static const double numbers[] = {1.5, 2, 3, 4.5};
    hone_dataset *train = train_data(), *data = read_later(train, row->file, row->text, row->options);
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(x->shape[0], 2);
    assert_int_equal(x->shape[1], 2);
    for (int i = 0; i < 4; i++)
        assert_true(hone_array_number(x, i) == numbers[i]);
    hone_dataset_free(data);
    hone_dataset_free(train);
}

TEST(a_later_file_that_does_not_fit_is_refused_by_its_column)
{
    hone_dataset *train = train_data();
    const char *path = testing_file("l.csv", "a;c\n1,5;2\n", 10);
    assert_null(hone_dataset_load_like(train, path, NULL, 1));
    assert_non_null(strstr(hone_error_message(), "has no column \"b\""));
    hone_dataset_free(train);
}
