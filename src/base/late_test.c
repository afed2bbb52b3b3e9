/* Libraries that are loaded late: what is there, what is not, what lacks a function. */
#include "base/late.h"

#include "testing/test.h"
#include <string.h>

typedef struct functions {
    double (*cosine)(double);
    double (*sine)(double);
} functions;

static const char *const names[] = {"cos", "sin"};
static const char *const files[] = {"libhone-is-not-there.so.9", "libm.so.6", NULL};

TEST(finds_the_functions_of_the_first_that_is_there)
{
    const hone_late_library library = {"libm", "angles are counted by", files, names, 2, NULL};
    functions found = {0};
    assert_int_equal(hone_internal_late_load(&library, &found), HONE_OK);
    assert_true(found.cosine(0) == 1 && found.sine(0) == 0);
}

static int begun;

static void count_begun(void)
{
    begun++;
}

TEST(begins_once)
{
    const char *const nowhere[] = {NULL};
    const hone_late_library library = {"libm", "angles are counted by", files, names, 2, count_begun},
                            gone = {"libm", "angles are counted by", nowhere, names, 2, count_begun};
    functions found = {0};
    begun = 0;
    assert_int_equal(hone_internal_late_load(&library, &found), HONE_OK);
    assert_int_equal(hone_internal_late_load(&gone, &found), HONE_OK); /* is not looked for again */
    assert_int_equal(begun, 1);
}

TEST(says_what_is_missing)
{
    const char *const nowhere[] = {"libhone-is-not-there.so.9", NULL};
    const hone_late_library library = {"libangle", "angles are counted by", nowhere, names, 2, NULL};
    functions found = {0};
    assert_int_equal(hone_internal_late_load(&library, &found), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "angles are counted by libangle, which cannot be loaded: "));
    assert_null(found.cosine);
}

TEST(takes_all_functions_or_none)
{
    const char *const more[] = {"cos", "hone_angle"};
    const hone_late_library library = {"libm", "angles are counted by", files, more, 2, NULL};
    functions found = {0};
    assert_int_equal(hone_internal_late_load(&library, &found), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "too old: it has no hone_angle"));
    assert_null(found.cosine);
}
