/* The expressions of unary.def, binary.def and reduction.def as float source: functions of libm get their f,
 * numbers too, and the helpers of ref/formulas.h become functions of the source. */
#include "csource/words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* name, its uses of earlier ones (bits), source */
typedef struct formula {
    const char *name;
    unsigned needs;
    const char *source;
} formula;

static const formula formulas[] = {
    {"sign_of", 0, "static float @fn_sign_of(float x)\n{\n    return x > 0 ? 1.0f : x < 0 ? -1.0f : x;\n}\n"},
    {"sigmoid_of", 0,
     "/* 1 / (1 + e^-x) without overflow */\n"
     "static float @fn_sigmoid_of(float x)\n{\n"
     "    const float e = expf(-fabsf(x));\n"
     "    return x >= 0 ? 1 / (1 + e) : e / (1 + e);\n}\n"},
    {"softplus_of", 0,
     "/* log(1 + e^x) */\n"
     "static float @fn_softplus_of(float x)\n{\n"
     "    return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x)));\n}\n"},
    {"tanh_of_softplus", 0,
     "/* tanh(log(1 + e)) with e = e^x */\n"
     "static float @fn_tanh_of_softplus(float x)\n{\n"
     "    float e;\n"
     "    if (x > 20)\n        return 1;\n"
     "    e = expf(x);\n"
     "    return e * (e + 2) / (e * (e + 2) + 2);\n}\n"},
    {"relu_of", 0,
     "static float @fn_relu_of(float x, float slope, float max_value, float threshold)\n{\n"
     "    if (x <= threshold)\n        return slope * (x - threshold);\n"
     "    if (max_value < INFINITY && x < 0)\n        return 0;\n"
     "    return x > max_value ? max_value : x;\n}\n"},
    {"normal_distribution", 0,
     "static float @fn_normal_distribution(float x)\n{\n"
     "    return 0.5f * erfcf(-x * 0.707106781f);\n}\n"},
    {"gelu_tanh_of", 1u << 1,
     "static float @fn_gelu_tanh_of(float x)\n{\n"
     "    return x * @fn_sigmoid_of(1.59576912f * (x + 0.044715f * x * x * x));\n}\n"},
    {"hard_sigmoid_of", 0,
     "static float @fn_hard_sigmoid_of(float x)\n{\n"
     "    return x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5f;\n}\n"},
};
enum { FORMULAS = sizeof formulas / sizeof *formulas };

static const char *const libm[] = {"exp", "expm1", "log", "log1p", "tanh",  "sqrt", "pow", "fabs",
                                   "erf", "erfc",  "sin", "cos",   "floor", "ceil", "rint"};

static const struct constant {
    const char *name, *value;
} constants[] = {{"SELU_SCALE", "1.05070099f"},
                 {"SELU_ALPHA", "1.67326324f"},
                 {"ONE_OVER_SQRT_2", "0.707106781f"},
                 {"HUGE_VAL", "INFINITY"}};

void hone_internal_c_with_prefix(const hone_c_words *words, const char *source, hone_text *text)
{
    for (const char *at = source; *at != '\0';) {
        size_t plain = strcspn(at, "@");
        hone_internal_text_append_n(text, at, plain);
        at += plain;
        if (*at == '@') {
            hone_internal_text_format(text, "%s_", words->prefix);
            at++;
        }
    }
}

static bool same(const char *name, const char *word, size_t length)
{
    return strlen(name) == length && strncmp(name, word, length) == 0;
}

static bool write_word(hone_c_words *words, const char *word, size_t length, hone_text *text)
{
    if (length == 1 && strchr("xyabcdrn", *word) != NULL) {
        hone_internal_text_append_n(text, word, 1);
        return true;
    }
    for (size_t i = 0; i < sizeof libm / sizeof *libm; i++)
        if (same(libm[i], word, length)) {
            hone_internal_text_format(text, "%sf", libm[i]);
            return true;
        }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (same(constants[i].name, word, length)) {
            hone_internal_text_append(text, constants[i].value);
            return true;
        }
    for (size_t i = 0; i < FORMULAS; i++)
        if (same(formulas[i].name, word, length)) {
            words->formulas[i] = true;
            for (size_t j = 0; j < i; j++)
                words->formulas[j] = words->formulas[j] || (formulas[i].needs >> j & 1);
            hone_internal_text_format(text, "%s_fn_%s", words->prefix, formulas[i].name);
            return true;
        }
    return false;
}

static size_t word_length(const char *at)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length;
}

/* 1 stays, 0.5 becomes 0.5f. */
static size_t write_number(const char *at, hone_text *text)
{
    size_t length = strspn(at, "0123456789.");
    if (at[length] == 'e') {
        length += at[length + 1] == '-' || at[length + 1] == '+' ? 2 : 1;
        length += strspn(at + length, "0123456789");
    }
    hone_internal_text_append_n(text, at, length);
    if (memchr(at, '.', length) != NULL || memchr(at, 'e', length) != NULL)
        hone_internal_text_append(text, "f");
    return length;
}

bool hone_internal_c_formula(hone_c_words *words, const char *expression, hone_text *text)
{
    for (const char *at = expression; *at != '\0';) {
        size_t length = 1;
        if (isdigit((unsigned char)*at)) {
            length = write_number(at, text);
        } else if (isalpha((unsigned char)*at) || *at == '_') {
            length = word_length(at);
            if (!write_word(words, at, length, text))
                return false;
        } else {
            hone_internal_text_append_n(text, at, 1);
        }
        at += length;
    }
    return true;
}

bool hone_internal_c_formula_uses(const char *expression, char parameter)
{
    for (const char *at = expression; *at != '\0';) {
        size_t length = word_length(at);
        if (length == 1 && *at == parameter)
            return true;
        at += length > 0 ? length : 1;
    }
    return false;
}

void hone_internal_c_formula_functions(const hone_c_words *words, hone_text *text)
{
    for (size_t i = 0; i < FORMULAS; i++)
        if (words->formulas[i]) {
            hone_internal_c_with_prefix(words, formulas[i].source, text);
            hone_internal_text_append(text, "\n");
        }
}

void hone_internal_c_number(float number, char *buffer, size_t size)
{
    if (isnan(number) || isinf(number)) {
        snprintf(buffer, size, "%s", isnan(number) ? "NAN" : number > 0 ? "INFINITY" : "-INFINITY");
        return;
    }
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(buffer, size, "%.*g", digits, (double)number);
        if (strtof(buffer, NULL) == number)
            break;
    }
    bool whole = true;
    for (char *at = buffer; *at != '\0'; at++) {
        if (isdigit((unsigned char)*at) || *at == '-' || *at == '+')
            continue;
        whole = false;
        if (*at != 'e')
            *at = '.'; /* the locale's decimal point */
    }
    size_t length = strlen(buffer);
    snprintf(buffer + length, size - length, "%s", whole ? ".0f" : "f");
}
