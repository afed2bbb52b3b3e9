/* Values of options: numbers and extensions. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cli_given(double number)
{
    return !isnan(number);
}
bool cli_given_integer(int64_t integer)
{
    return integer != HONE_NONE_INTEGER;
}

/* Digits with a sign, and nothing else. */
bool cli_to_integer(const char *text, int64_t *integer)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    errno = 0;
    *integer = strtoll(text, NULL, 10);
    return errno == 0;
}

/* The command never sets a locale, so the decimal point is a point. */
static bool to_number(const char *text, size_t length, double *number)
{
    char copy[64], *end;
    if (length == 0 || length >= sizeof copy || strchr("+-.0123456789in", text[0]) == NULL ||
        memchr(text, 'x', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *number = strtod(copy, &end);
    return *end == '\0';
}

bool cli_to_number(const char *text, double *number)
{
    double divisor = 1;
    size_t length = strcspn(text, "/");
    if (!to_number(text, length, number))
        return false;
    if (text[length] == '/' && !to_number(text + length + 1, strlen(text + length + 1), &divisor))
        return false;
    *number /= divisor;
    return true;
}

bool cli_ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

bool cli_has_extension(const char *path, const char *extensions)
{
    char one[32];
    for (const char *next = extensions; *next != '\0'; next += *next == '|') {
        size_t length = strcspn(next, "|");
        snprintf(one, sizeof one, "%.*s", (int)length, next);
        if (cli_ends_with(path, one))
            return true;
        next += length;
    }
    return false;
}
