/* Text: a growable buffer, names and their likeness, numbers as text. Nothing here depends on the locale. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strtod_l */
#endif
#include "base/text.h"

#include "base/error.h"
#include "base/memory.h"
#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

/* Characters, ASCII only. */

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

static bool is_lower(char letter)
{
    return letter >= 'a' && letter <= 'z';
}

static char lower(char letter)
{
    return is_upper(letter) ? (char)(letter - 'A' + 'a') : letter;
}

/* Bytes above 127 are parts of letters. */
static bool is_word(char letter)
{
    return is_digit(letter) || is_upper(letter) || is_lower(letter) || letter == '_' ||
           (unsigned char)letter >= 0x80;
}

/* The growable text. */

static bool make_room(hone_text *text, size_t length)
{
    size_t needed;

    if (text->failed)
        return false;
    if (hone_internal_add_size(text->length, length, &needed) && hone_internal_add_size(needed, 1, &needed) &&
        hone_internal_grow(&text->data, &text->capacity, needed, 1) == HONE_OK)
        return true;
    text->failed = true;
    return false;
}

void hone_internal_text_append_n(hone_text *text, const char *more, size_t length)
{
    if (!make_room(text, length))
        return;
    if (length > 0)
        memcpy(text->data + text->length, more, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void hone_internal_text_append(hone_text *text, const char *more)
{
    hone_internal_text_append_n(text, more, strlen(more));
}

void hone_internal_text_format(hone_text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        hone_fail(HONE_ERROR_ARGUMENT, "cannot format a string");
        text->failed = true;
        return;
    }
    if (!make_room(text, (size_t)length))
        return;
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

char *hone_internal_text_take(hone_text *text)
{
    char *data;

    if (!text->failed && !text->data)
        hone_internal_text_append(text, "");
    data = text->failed ? NULL : text->data;
    if (data)
        text->data = NULL;
    hone_internal_text_free(text);
    return data;
}

void hone_internal_text_free(hone_text *text)
{
    hone_internal_free(text->data);
    *text = (hone_text){.data = NULL};
}

/* Names and their likeness. */

enum { LONGEST_NAME = 64 }; /* longer ones are like nothing but themselves */

static char plain(char letter)
{
    return letter == '-' ? '_' : lower(letter);
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Optimal string alignment: row i holds the distances of i letters of `a` from the beginnings of `b`. */
size_t hone_internal_text_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t rows[3][LONGEST_NAME + 1];

    if (a_length > LONGEST_NAME || b_length > LONGEST_NAME)
        return strcmp(a, b) == 0 ? 0 : a_length > b_length ? a_length : b_length;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            bool same = plain(a[i - 1]) == plain(b[j - 1]);
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) && plain(a[i - 2]) == plain(b[j - 1]) &&
                second_above[j - 2] + 1 < row[j])
                row[j] = second_above[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *hone_nearest_name(const char *name, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(name) > strlen(candidates[i]) ? strlen(name) : strlen(candidates[i]);
        size_t distance = hone_internal_text_distance(name, candidates[i]);
        if (distance <= (length + 2) / 3 && distance < length && distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

/* Keras's rules: "_" before an upper-case letter that a lower-case one follows, unless it comes first, and
 * "_" between a lower-case and an upper-case letter. */
static bool starts_word(const char *name, size_t i)
{
    if (i == 0 || !is_upper(name[i]))
        return false;
    return is_lower(name[i + 1]) || is_lower(name[i - 1]);
}

char *hone_internal_text_snake_case(const char *class_name)
{
    hone_text text = {.data = NULL};
    char *words = hone_internal_copy_text(class_name);
    size_t length = 0;

    if (!words)
        return NULL;
    for (size_t i = 0; words[i]; i++)
        if (is_word(words[i]))
            words[length++] = words[i];
    words[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        char letter = lower(words[i]);
        if (starts_word(words, i))
            hone_internal_text_append(&text, "_");
        hone_internal_text_append_n(&text, &letter, 1);
    }
    hone_internal_free(words);
    return hone_internal_text_take(&text);
}

bool hone_internal_text_equal_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

int hone_internal_text_order(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

bool hone_internal_text_among(const char *text, const char *const *texts)
{
    for (; *texts != NULL; texts++)
        if (strcmp(text, *texts) == 0)
            return true;
    return false;
}

/* Numbers as text. */

#ifdef _WIN32
static double to_double(const char *text)
{
    return strtod(text, NULL); /* MinGW's, which knows no locale */
}
#else
static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static double to_double(const char *text)
{
    pthread_once(&c_locale_once, make_c_locale);
    return c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}
#endif

/* The end of [sign] digits [. digits] [e [sign] digits] at `text`, NULL when there is none. */
static const char *skip_decimal(const char *text)
{
    const char *exponent;
    bool digits = false;

    if (*text == '+' || *text == '-')
        text++;
    for (; is_digit(*text); text++)
        digits = true;
    if (*text == '.')
        for (text++; is_digit(*text); text++)
            digits = true;
    if (!digits)
        return NULL;
    if (*text != 'e' && *text != 'E')
        return text;
    exponent = text + 1;
    if (*exponent == '+' || *exponent == '-')
        exponent++;
    if (!is_digit(*exponent))
        return NULL;
    while (is_digit(*exponent))
        exponent++;
    return exponent;
}

static bool special_number(const char *text, double *number)
{
    bool negative = *text == '-';

    if (*text == '+' || *text == '-')
        text++;
    if (hone_internal_text_equal_nocase(text, "inf") || hone_internal_text_equal_nocase(text, "infinity"))
        *number = negative ? -HUGE_VAL : HUGE_VAL;
    else if (hone_internal_text_equal_nocase(text, "nan"))
        *number = (double)NAN;
    else
        return false;
    return true;
}

bool hone_internal_text_to_number(const char *text, bool fractions, double *number)
{
    const char *end = skip_decimal(text);
    double divisor;

    if (!end)
        return special_number(text, number);
    if (*end == '\0') {
        *number = to_double(text);
        return true;
    }
    if (!fractions || *end != '/')
        return false;
    if (!skip_decimal(end + 1) || *skip_decimal(end + 1) != '\0')
        return false;
    divisor = to_double(end + 1);
    if (divisor == 0)
        return false;
    *number = to_double(text) / divisor; /* the first stops at the '/' */
    return true;
}

bool hone_internal_text_to_integer(const char *text, int64_t *integer)
{
    const char *digits = *text == '+' || *text == '-' ? text + 1 : text;
    long long value;

    if (!is_digit(*digits))
        return false;
    for (const char *letter = digits; *letter; letter++)
        if (!is_digit(*letter))
            return false;
    errno = 0;
    value = strtoll(text, NULL, 10);
    if (errno == ERANGE || value > INT64_MAX || value < INT64_MIN)
        return false;
    *integer = value;
    return true;
}

/* The fewest significant digits that read back as the number, and its exponent: 0.00123 is "123" and -3. */
static void shortest_digits(double magnitude, char digits[20], int *count, int *exponent)
{
    char text[40];

    /* What has at most 15 digits comes out of 15, with zeros behind it; subnormal numbers have fewer. */
    for (int precision = magnitude < DBL_MIN ? 0 : DBL_DIG - 1; precision < 17; precision++) {
        char *letter = text;
        char plain_text[40];
        snprintf(text, sizeof text, "%.*e", precision, magnitude);
        *count = 0;
        for (; *letter && *letter != 'e'; letter++)
            if (is_digit(*letter))
                digits[(*count)++] = *letter; /* any decimal point is skipped */
        digits[*count] = '\0';
        *exponent = *letter ? atoi(letter + 1) : 0;
        snprintf(plain_text, sizeof plain_text, "%c.%se%d", digits[0], digits + 1, *exponent);
        if (to_double(plain_text) == magnitude)
            break;
    }
    while (*count > 1 && digits[*count - 1] == '0')
        digits[--*count] = '\0';
}

/* As Python: 1e-07 and 1.5e+16 with an exponent below -4 or above 15, else 0.001, 12.0. */
static void lay_out(const char *sign, const char *digits, int count, int exponent, char *buffer, size_t size)
{
    static const char zeros[] = "0000000000000000";

    if (exponent < -4 || exponent > 15)
        snprintf(buffer, size, "%s%c%s%se%c%02d", sign, digits[0], count > 1 ? "." : "", digits + 1,
                 exponent < 0 ? '-' : '+', abs(exponent));
    else if (exponent < 0)
        snprintf(buffer, size, "%s0.%.*s%s", sign, -exponent - 1, zeros, digits);
    else if (count <= exponent + 1)
        snprintf(buffer, size, "%s%s%.*s.0", sign, digits, exponent + 1 - count, zeros);
    else
        snprintf(buffer, size, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
}

void hone_internal_number_to_text(double number, char *buffer, size_t size)
{
    char digits[20];
    int count = 0, exponent = 0;
    const char *sign = signbit(number) ? "-" : "";

    if (isnan(number)) {
        snprintf(buffer, size, "nan");
    } else if (isinf(number)) {
        snprintf(buffer, size, "%sinf", sign);
    } else {
        shortest_digits(fabs(number), digits, &count, &exponent);
        lay_out(sign, digits, count, exponent, buffer, size);
    }
}

/* "%.2f" in the largest unit that leaves at least 1, but with '.' in every locale. */
void hone_internal_bytes_to_text(uint64_t bytes, char *buffer, size_t size)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    double amount = (double)bytes;
    uint64_t hundredths;

    while (amount / 1024 >= 1 && unit + 1 < sizeof units / sizeof *units) {
        amount /= 1024;
        unit++;
    }
    hundredths = (uint64_t)rint(amount * 100);
    snprintf(buffer, size, "%llu.%02u %s", (unsigned long long)(hundredths / 100),
             (unsigned)(hundredths % 100), units[unit]);
}

void hone_internal_count_to_text(uint64_t count, char *buffer, size_t size)
{
    char digits[24];
    size_t length, out = 0;

    snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    length = strlen(digits);
    for (size_t i = 0; i < length && out + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer[out++] = ',';
        buffer[out++] = digits[i];
    }
    if (size > 0)
        buffer[out] = '\0';
}
