/* Numbers with a chosen count of digits. printf takes the decimal point from the locale, which is put right
 * here. */
#include "base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool stays(char character)
{
    return strchr("0123456789+-e", character) != NULL;
}

/* Replaces what stands between the digits, one byte or several, by a point. */
static void use_point(char *buffer)
{
    char *from = buffer;
    while (stays(*from) && *from != '\0')
        from++;
    if (*from == '\0')
        return;
    char *after = from;
    while (!stays(*after))
        after++;
    *from = '.';
    memmove(from + 1, after, strlen(after) + 1);
}

static void print(double number, int digits, const char *format, char *buffer, size_t size)
{
    if (!isfinite(number)) {
        snprintf(buffer, size, "%s", isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
        return;
    }
    snprintf(buffer, size, format, digits, number);
    if (size > 0)
        use_point(buffer);
}

void hone_internal_decimal_fixed(double number, int digits, char *buffer, size_t size)
{
    print(number, digits, "%.*f", buffer, size);
}

void hone_internal_decimal_scientific(double number, int digits, char *buffer, size_t size)
{
    print(number, digits, "%.*e", buffer, size);
}
