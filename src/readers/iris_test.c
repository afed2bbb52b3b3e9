/* Iris as scikit-learn has it: 150 rows behind a head line. */
#include "base/text.h"
#include "readers/named.h"
#include "testing/files.h"
#include "testing/message.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* A file of 150 rows, one of which is another line (NULL: none), with what stands behind them. */
static hone_status load(const char *head, int changed, const char *line, const char *rest,
                        hone_dataset_parts *parts)
{
    hone_text text = {.data = NULL};
    if (head != NULL)
        hone_internal_text_format(&text, "%s\n", head);
    for (int i = 0; i < 150; i++)
        if (i == changed)
            hone_internal_text_format(&text, "%s\n", line);
        else
            hone_internal_text_format(&text, "5.1,3.%d,1.4,0.2,%d\r\n", i % 10, i / 50);
    hone_internal_text_append(&text, rest);
    char *path = hone_internal_copy_text(testing_file("iris.csv", text.data, text.length));
    const hone_named_place place = {.files = {path}};
    hone_internal_text_free(&text);
    hone_error_clear();
    assert_int_equal(hone_internal_dataset_parts_begin(parts, 1), HONE_OK);
    const hone_status status = hone_internal_named_iris.load(&place, 0, false, parts);
    hone_internal_free(path);
    return status;
}

#define HEAD "150,4,setosa,versicolor,virginica"

TEST(rows_are_measures_and_a_class)
{
    hone_dataset_parts parts;
    if (load(HEAD, -1, NULL, "", &parts) < 0)
        fail_msg("%s", hone_error_message());
    const float *measures = parts.x[0].array->data;
    const uint8_t *classes = parts.y[0].array->data;
    assert_int_equal(parts.x[0].array->shape[0], 150);
    assert_int_equal(parts.x[0].array->shape[1], 4);
    assert_true(measures[0] == 5.1f && measures[4 * 7 + 1] == 3.7f);
    assert_true(classes[0] == 0 && classes[50] == 1 && classes[149] == 2);
    hone_internal_dataset_parts_free(&parts);
}

static const struct {
    const char *name, *head;
    int changed;
    const char *line, *rest, *words;
} mistakes[] = {
    {"no head", NULL, -1, NULL, "", "expected scikit-learn's iris.csv, which begins with 150,4,"},
    {"another count", "100,4,a,b,c", -1, NULL, "", "which begins with 150,4,"},
    {"three measures", HEAD, 0, "5.1,3.5,1.4,0", "", "line 2: expected four numbers and a class from 0 to 2"},
    {"five measures", HEAD, 3, "5.1,3.5,1.4,0.2,0.3,0", "", "line 5: expected four numbers"},
    {"a word", HEAD, 149, "5.1,x,1.4,0.2,0", "", "line 151: expected four numbers"},
    {"a negative measure", HEAD, 0, "-5.1,3.5,1.4,0.2,0", "", "line 2: expected four numbers"},
    {"a measure of a metre", HEAD, 0, "100,3.5,1.4,0.2,0", "", "line 2: expected four numbers"},
    {"a fourth class", HEAD, 9, "5.1,3.5,1.4,0.2,3", "",
     "line 11: expected four numbers and a class from 0 to 2"},
    {"half a class", HEAD, 9, "5.1,3.5,1.4,0.2,0.5", "", "line 11:"},
    {"more rows", HEAD, -1, NULL, "5.1,3.5,1.4,0.2,0\n", "the file goes on after 150 rows"},
};

TEST_EACH(refuses, mistakes)
{
    hone_dataset_parts parts;
    assert_int_equal(load(row->head, row->changed, row->line, row->rest, &parts), HONE_ERROR_FORMAT);
    assert_message_has("iris.csv: ");
    assert_message_has(row->words);
    hone_internal_dataset_parts_free(&parts);
}

TEST(a_file_that_ends_is_told_by_its_line)
{
    hone_dataset_parts parts;
    const char *path =
        testing_file("iris.csv", HEAD "\n5.1,3.5,1.4,0.2,0\n", sizeof HEAD "\n5.1,3.5,1.4,0.2,0\n" - 1);
    const hone_named_place place = {.files = {(char *)(uintptr_t)path}};
    assert_int_equal(hone_internal_dataset_parts_begin(&parts, 1), HONE_OK);
    assert_failed(hone_internal_named_iris.load(&place, 0, false, &parts), HONE_ERROR_FORMAT,
                  "line 3: expected four numbers");
    hone_internal_dataset_parts_free(&parts);
}
