/* The version of the build and that of the headers are one. */
#include "testing/test.h"

#include <hone/version.h>
#include <stdio.h>

TEST(headers_and_library_agree)
{
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", HONE_VERSION_MAJOR, HONE_VERSION_MINOR, HONE_VERSION_PATCH);
    assert_string_equal(hone_version(), text);
    assert_true(HONE_VERSION == HONE_VERSION_MAJOR * 10000 + HONE_VERSION_MINOR * 100 + HONE_VERSION_PATCH);
}
