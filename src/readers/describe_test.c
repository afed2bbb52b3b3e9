/* What hone_describe says of tables and arrays. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/message.h"
#include <hone/hone.h>
#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static char *described(const char *csv, const char *options, bool json)
{
    char source[400];
    snprintf(source, sizeof source, "%s%s", testing_file("t.csv", csv, strlen(csv)), options);
    char *text = hone_describe(source, json);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    return text;
}

static const struct {
    const char *name, *csv, *options, *says;
} findings[] = {
    {"a number", "a,b\n1.5,2\n2.5,3\n", "",
     "  a       number             0          2  1.5 to 2.5, mean 2\n"},
    {"classes", "a,k\n1,x\n2,y\n3,x\n", "#target=k", "target: x 2, y 1\n"},
    {"missing values", "a,b\n1,2\n,3\n", "", "column \"a\": 1 value is missing: missing=mean"},
    {"a constant", "a,b\n1,2\n1,3\n", "", "column \"a\": all its values are the same: drop=[a]"},
    {"no values", "a,b\n,2\n,3\n", "", "column \"a\": it has no values: drop=[a]"},
    {"a copy of the target", "a,b\n1,1\n5,5\n5,5\n", "#target=b",
     "column \"a\": it is a copy of the target \"b\""},
    {"dates", "d,b\n2024-01-31,1\n2024-02-29,1\n", "", "column \"d\": its values are dates"},
    {"numbers and texts", "a,b\n1,1\nx,2\n2,3\n", "",
     "2 of its values are numbers and 1 are not: categorical=[a]"},
    {"semicolons and decimal commas", "a;b\n0,5;1\n1,25;2\n", "", "decimal=\",\"\n"},
    {"semicolons", "a;b\n0.5;1\n1.25;2\n", "", "separated by something else: delimiter=semicolon\n"},
    {"texts of several words", "a,k\nfine and good,1\nnot so very good,2\nfine and good,2\n", "",
     "column \"a\": its values are texts of several words: text=[a] reads them"},
    {"large whole numbers", "a,b\n16777217,1\n40000000000,2\n", "",
     "  a       whole              0          2  16777217 to 40000000000, mean"},
    {"the width of categories", "a,c\n1,x\n2,y\n3,z\n", "",
     "inputs: 2 numbers per row; 4 with encoding=one_hot\n"},
};

TEST_EACH(finds, findings)
{
    char *text = described(row->csv, row->options, false);
    if (strstr(text, row->says) == NULL)
        fail_msg("expected \"%s\" in: %s", row->says, text);
    hone_free(text);
}

TEST(an_id_is_told)
{
    char csv[2000] = "id,a\n";
    for (int i = 0; i < 40; i++)
        snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "p%d,%d\n", i, i % 7);
    char *text = described(csv, "", false);
    assert_non_null(
        strstr(text, "column \"id\": all its values are different, as those of an id: drop=[id]"));
    hone_free(text);
}

TEST(json_has_the_same)
{
    char *text = described("a,k\n1,x\n2,y\n", "#target=k", true);
    assert_non_null(strstr(text, "{\"rows\": 2, \"header\": true, \"inputs\": 1,"));
    assert_non_null(
        strstr(text, "\"values\": [{\"value\": \"x\", \"count\": 1}, {\"value\": \"y\", \"count\": 1}]"));
    hone_free(text);
}

TEST(arrays_have_shapes_and_classes)
{
    static const uint8_t x[6] = {1, 2, 3, 4, 5, 6}, y[3] = {0, 1, 1};
    const hone_array inputs = hone_array_view(x, HONE_UINT8, 2, (int64_t[]){3, 2}),
                     targets = hone_array_view(y, HONE_UINT8, 1, (int64_t[]){3});
    char source[600];
    snprintf(source, sizeof source, "%s,%s", testing_path("x.npy"), testing_path("y.npy"));
    assert_int_equal(hone_array_save(&inputs, testing_path("x.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&targets, testing_path("y.npy")), HONE_OK);
    char *text = hone_describe(source, false);
    assert_non_null(strstr(text, "input: (3, 2) uint8, 1 to 6, mean 3.5\n"));
    assert_non_null(strstr(text, "classes: 0: 1, 1: 2\n"));
    hone_free(text);
    unlink(testing_path("x.npy"));
    unlink(testing_path("y.npy"));
}

TEST(what_cannot_be_read_is_refused)
{
    char source[400];
    assert_null(hone_describe(NULL, false));
    assert_null(hone_describe(testing_path("none.csv"), false));
    assert_message_has("none.csv");
    snprintf(source, sizeof source, "%s#target=c", testing_file("t.csv", "a,b\n1,2\n", 8));
    assert_null(hone_describe(source, false));
    assert_message_has("unknown column \"c\"");
    snprintf(source, sizeof source, "%s", testing_file("t.csv", "a,b\n1,2\n1\n", 10));
    assert_null(hone_describe(source, false));
    assert_message_has("line 3");
    assert_null(hone_describe(testing_file("t.csv", "", 0), true));
    assert_message_has("the table is empty");
}
