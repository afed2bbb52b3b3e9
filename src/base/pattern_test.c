/* Patterns of names, against the C library's fnmatch. */
#include "base/pattern.h"

#include "testing/test.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *const patterns[] = {
    "*",        "",      "dense", "dense*", "*_1",  "d?nse", "[a-d]*", "[!a-d]*",
    "*/kernel", "a*b*c", "\\*x",  "[]x]",   "[a-]", "[x",    "**a",    "?*?",
    "*[0-9]",   "[^_]*", "a\\",   "[a\\]]", "*.*",  "***",   "[!]]*",  "*e[0-9]*s?",
};
static const char *const texts[] = {
    "",   "dense", "dense_1", "d/nse", "conv2d/kernel", "abc", "aXbYc", "*x", "]",        "x",    "-",
    "[x", "a",     "ba",      "ab",    "layer9",        "_a",  "a\\",   ".x", "\xc3\xa9", "e1s2", "xe1e2sz",
};

TEST(fits_what_fnmatch_does)
{
    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            const bool expected = fnmatch(patterns[p], texts[t], 0) == 0;
            if (hone_internal_pattern_fits(patterns[p], texts[t]) != expected)
                fail_msg("\"%s\" and \"%s\": expected %d", patterns[p], texts[t], expected);
        }
}

/* Each '*' that tries all places anew would take 2^40 steps. */
TEST(many_stars_take_no_time)
{
    char text[4001];
    memset(text, 'a', 4000);
    text[4000] = '\0';
    assert_false(hone_internal_pattern_fits("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_true(hone_internal_pattern_fits("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*", text));
}
