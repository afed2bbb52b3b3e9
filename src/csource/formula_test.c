/* Expressions of the kernel lists as float source, and numbers in it. */
#include "base/memory.h"
#include "base/random.h"
#include "csource/words.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *expression, *source;
} expressions[] = {
    {"parameters stay", "a * x + b", "a * x + b"},
    {"whole numbers stay", "x * x / 2 + 10", "x * x / 2 + 10"},
    {"numbers with a point become floats", "0.5 * x - 1.25", "0.5f * x - 1.25f"},
    {"numbers with an exponent too", "1e-3 * x + 2e+5 + 1e9", "1e-3f * x + 2e+5f + 1e9f"},
    {"functions of libm get their f", "exp(-x) + fabs(y) * pow(a, b)", "expf(-x) + fabsf(y) * powf(a, b)"},
    {"constants are written out", "SELU_SCALE * x < HUGE_VAL", "1.05070099f * x < INFINITY"},
    {"helpers get the prefix", "x * sigmoid_of(x)", "x * net_fn_sigmoid_of(x)"},
    {"operators stay", "x > 0 ? 1 : x < 0 ? -1 : x != x", "x > 0 ? 1 : x < 0 ? -1 : x != x"},
    {"nothing is nothing", "", ""},
};

TEST_EACH(translates, expressions)
{
    hone_c_words words = {.prefix = "net"};
    hone_text text = {0};
    if (!hone_internal_c_formula(&words, row->expression, &text))
        fail_msg("%s is refused", row->expression);
    assert_string_equal(text.data != NULL ? text.data : "", row->source);
    hone_internal_text_free(&text);
    hone_internal_c_words_free(&words);
}

TEST(an_unknown_word_is_refused)
{
    static const char *const unknown[] = {"gamma(x)", "system(x)", "z", "_x", "xx"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        hone_c_words words = {.prefix = "net"};
        hone_text text = {0};
        if (hone_internal_c_formula(&words, unknown[i], &text))
            fail_msg("%s is translated", unknown[i]);
        hone_internal_text_free(&text);
    }
}

TEST(functions_are_written_once_with_those_that_they_use)
{
    hone_c_words words = {.prefix = "net"};
    hone_text text = {0};
    assert_true(hone_internal_c_formula(&words, "gelu_tanh_of(x) + gelu_tanh_of(y)", &text));
    hone_internal_text_free(&text);
    const char *sigmoid = strstr(words.functions.data, "static float net_fn_sigmoid_of("),
               *gelu = strstr(words.functions.data, "static float net_fn_gelu_tanh_of(");
    assert_true(sigmoid != NULL && gelu != NULL && sigmoid < gelu);
    assert_null(strstr(gelu + 1, "static float"));
    hone_internal_c_words_free(&words);
}

TEST(knows_which_parameters_an_expression_uses)
{
    assert_true(hone_internal_c_formula_uses("a * x + b", 'b'));
    assert_false(hone_internal_c_formula_uses("a * x + b", 'c'));
    assert_false(hone_internal_c_formula_uses("exp(ab)", 'a'));
    assert_false(hone_internal_c_formula_uses("exp(ab)", 'e'));
    assert_true(hone_internal_c_formula_uses("d", 'd'));
}

static const struct {
    const char *name;
    float number;
    const char *source;
} numbers[] = {
    {"one", 1, "1.0f"},
    {"zero", 0, "0.0f"},
    {"below zero", -0.0f, "-0.0f"},
    {"a tenth", 0.1f, "0.1f"},
    {"a third", 1.0f / 3, "0.33333334f"},
    {"large", 1e30f, "1e+30f"},
    {"small", 1e-45f, "1.4013e-45f"},
    {"infinity", INFINITY, "INFINITY"},
    {"infinity below zero", -INFINITY, "-INFINITY"},
    {"not a number", NAN, "NAN"},
};

TEST_EACH(writes_the_number, numbers)
{
    char text[32];
    hone_internal_c_number(row->number, text, sizeof text);
    assert_string_equal(text, row->source);
}

TEST(a_number_reads_back_as_itself)
{
    hone_random random = hone_internal_random(1, 2, 3);
    for (uint64_t i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)(hone_internal_random_uniform(&random, i) * 4294967296.0);
        float number;
        char text[32];
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        hone_internal_c_number(number, text, sizeof text);
        assert_int_equal(text[strlen(text) - 1], 'f');
        if (strtof(text, NULL) != number)
            fail_msg("%s is not %.9g", text, (double)number);
    }
}
