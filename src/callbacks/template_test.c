/* File names with numbers, against what Python's str.format gives. */
#include "base/memory.h"
#include "callbacks/template.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const hone_template_value values[] = {
    {"epoch", 7, true},     {"batch", 120, true}, {"loss", 0.123456789, false}, {"val_loss", -2.5, false},
    {"small", 1e-7, false}, {"nan", NAN, false},  {"whole", 3, false},          {"big", 1234567890.0, false},
};
enum { VALUES = sizeof values / sizeof *values };

/* What "pattern".format(epoch=7, batch=120, loss=0.123456789, val_loss=-2.5, small=1e-07, nan=nan,
 * whole=3.0, big=1234567890.0) gives. */
static const char *const cases[][2] = {
    {"m.keras", "m.keras"},
    {"", ""},
    {"m-{epoch}.keras", "m-7.keras"},
    {"{epoch:02d}-{val_loss:.2f}", "07--2.50"},
    {"{epoch:4}|{epoch:<4}|{epoch:^4}|{epoch:>4}|", "   7|7   | 7  |   7|"},
    {"{epoch:+d} {epoch: d} {epoch:+04d}", "+7  7 +007"},
    {"{epoch:*>5}{epoch:x^3}", "****7x7x"},
    {"{epoch:.1f} {epoch:e}", "7.0 7.000000e+00"},
    {"{loss}", "0.123456789"},
    {"{whole} {small} {nan}", "3.0 1e-07 nan"},
    {"{loss:.3} {whole:.3} {whole:.1} {big:.3} {big:.11}", "0.123 3.0 3e+00 1.23e+09 1234567890.0"},
    {"{loss:.4g} {small:g} {big:g} {whole:g}", "0.1235 1e-07 1.23457e+09 3"},
    {"{loss:8.3f}|{val_loss:08.2f}", "   0.123|-0002.50"},
    {"{loss:.1%}", "12.3%"},
    {"{val_loss:E} {big:.2E}", "-2.500000E+00 1.23E+09"},
    {"{val_loss:=+8.1f}", "-    2.5"},
    {"{{epoch}} {epoch}", "{epoch} 7"},
    {"}}{{", "}{"},
    {"{nan:.2f} {nan:F}", "nan NAN"},
    {"\xd8\xb3{epoch}", "\xd8\xb3"
                        "7"},
};

TEST(fills_patterns_as_python_does)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_text text = {0};
        assert_int_equal(hone_internal_template_check(cases[i][0]), HONE_OK);
        if (hone_internal_template_fill(cases[i][0], values, VALUES, &text) < 0)
            fail_msg("%s: %s", cases[i][0], hone_error_message());
        const char *given = text.data != NULL ? text.data : "";
        if (strcmp(given, cases[i][1]) != 0)
            fail_msg("%s: \"%s\", expected \"%s\"", cases[i][0], given, cases[i][1]);
        hone_internal_text_free(&text);
    }
}

TEST(refuses_broken_patterns)
{
    static const char *const broken[] = {"{",           "}",          "a{epoch",  "{}",  "{:2d}",
                                         "{epoch:5q}",  "{epoch:.f}", "a}b",      "{{}", "{epoch:9999}",
                                         "{loss:.99f}", "{ep{och}}",  "{epoch:,}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        if (hone_internal_template_check(broken[i]) != HONE_ERROR_ARGUMENT)
            fail_msg("\"%s\" was taken", broken[i]);
}

static void check_refused(const char *pattern, hone_status status, const char *word)
{
    hone_text text = {0};
    assert_int_equal(hone_internal_template_fill(pattern, values, VALUES, &text), status);
    if (strstr(hone_error_message(), word) == NULL)
        fail_msg("\"%s\" does not say %s", hone_error_message(), word);
    hone_internal_text_free(&text);
}

TEST(refuses_unknown_names_and_wrong_types)
{
    check_refused("{val_acc:.2f}", HONE_ERROR_NAME, "\"val_acc\"");
    check_refused("{val_acc:.2f}", HONE_ERROR_NAME, "epoch, batch, loss, val_loss");
    check_refused("{loss:d}", HONE_ERROR_ARGUMENT, "{loss}");
    check_refused("{epoch:.2d}", HONE_ERROR_ARGUMENT, "{epoch}");
    check_refused("{epoch:.2}", HONE_ERROR_ARGUMENT, "{epoch}");
}
