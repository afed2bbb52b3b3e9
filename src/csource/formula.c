/* The expressions of unary.def, binary.def and reduction.def as float source: functions of libm get their f,
 * numbers too, and NAME of ref/formulas.h becomes fn_NAME of csource/functions/. */
#include "csource/words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const libm[] = {"exp",  "expm1", "log", "log1p", "tanh", "sqrt",  "pow",  "fabs", "erf",
                                   "erfc", "sin",   "cos", "atan",  "asin", "floor", "ceil", "rint"};

static const struct constant {
    const char *name, *value;
} constants[] = {{"SELU_SCALE", "1.05070099f"},
                 {"SELU_ALPHA", "1.67326324f"},
                 {"ONE_OVER_SQRT_2", "0.707106781f"},
                 {"HUGE_VAL", "INFINITY"}};

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
    char name[64];
    snprintf(name, sizeof name, "fn_%.*s", length < 60 ? (int)length : 0, word);
    if (!hone_internal_c_use(words, name))
        return false;
    hone_internal_text_format(text, "%s_%s", words->prefix, name);
    return true;
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
            length = hone_internal_c_word_length(at);
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
        size_t length = hone_internal_c_word_length(at);
        if (length == 1 && *at == parameter)
            return true;
        at += length > 0 ? length : 1;
    }
    return false;
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
