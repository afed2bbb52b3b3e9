/* hone_describe as a page. */
#define _GNU_SOURCE /* mkdtemp */
#include "base/file.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/look.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static void check_described(const char *source, const char *const *parts)
{
    void *text;
    size_t bytes;
    if (hone_describe_page(source, testing_path("d.html")) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_internal_file_read(testing_path("d.html"), 1u << 24, &text, &bytes), HONE_OK);
    char *page = hone_internal_reallocate(text, bytes + 1);
    page[bytes] = '\0';
    for (const char *at = page; *parts != NULL; parts++)
        if ((at = strstr(at, *parts)) == NULL)
            fail_msg("\"%s\" is not there, or not in its place: %s", *parts, page);
    hone_internal_free(page);
}

TEST(a_table)
{
    const char *text = "city,same,a,y\nR&D,1,1.5,0\nOslo,1,2.5,1\nOslo,1,,1\n";
    char source[400];
    snprintf(source, sizeof source, "%s#target=y", testing_file("t.csv", text, strlen(text)));
    check_described(source, (const char *const[]){"<b>3</b>", "What looks wrong",
                                                  "<b>same</b>: all its values are the same",
                                                  "<b>a</b>: 1 value is missing", "Columns",
                                                  "R&amp;D</span>&nbsp;1", "target", NULL});
}

/* 40 letters of a long value, none of them cut in two; large numbers with all digits before the point. */
TEST(long_values_and_large_numbers)
{
    const char *text = "city,a,y\na" /* 1 and 44 letters of two bytes */
                       "éééééééééééééééééééééééééééééééééééééééééééé,1000000199,0\nOslo,9881579.5,1\n"
                       "Oslo,1234567.25,1\n";
    char source[400];
    snprintf(source, sizeof source, "%s#target=y", testing_file("t.csv", text, strlen(text)));
    check_described(source, (const char *const[]){"aééééééééééééééééééééééééééééééééééééééé...</span>&nbsp;1",
                                                  "<td>1234567</td>", "<td>1000000199</td>", NULL});
}

TEST(other_data)
{
    static const float x[6] = {1, 2, 3, 4, 5, 6};
    const hone_array array = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){3, 2});
    assert_int_equal(hone_array_save(&array, testing_path("x.npy")), HONE_OK);
    check_described(testing_path("x.npy"),
                    (const char *const[]){"<pre>", "3 samples", "(3, 2) float32", NULL});
}

TEST(refuses_what_is_not_there)
{
    hone_error_clear();
    assert_true(hone_describe_page(testing_path("none.csv"), testing_path("d.html")) < 0);
    assert_message_has("none.csv");
    hone_error_clear();
    assert_true(hone_describe_page(testing_path("none.csv"), NULL) < 0);
    hone_error_clear();
    assert_true(hone_describe_page(NULL, testing_path("d.html")) < 0);
}
