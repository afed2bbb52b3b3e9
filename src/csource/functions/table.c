/* Fields of a table's row, as texts, to numbers of an input. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The place of a text among words, or -1 */
static int op_find(const char *const *words, int count, const char *text)
{
    int i;
    for (i = 0; i < count; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

/* Whether a field says that there is no value */
static int op_is_missing(const char *text)
{
    static const char *const words[] = {"",     "#N/A",   "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN",
                                        "-nan", "1.#IND", "1.#QNAN",  "<NA>", "N/A",     "NA",       "NULL",
                                        "NaN",  "None",   "n/a",      "nan",  "null"};
    return op_find(words, (int)(sizeof words / sizeof *words), text) >= 0;
}

/* (number - mean) / deviation, of the number as a float, then times the scale; deviation 0: as it is */
static void op_put_number(float *y, double number, double mean, double deviation, float scale)
{
    if (deviation > 0)
        number = ((double)(float)number - mean) / deviation;
    *y = (float)number * scale;
}

/* A number, or `fill` where there is none; 0: it cannot be read (`filled` 0: none may be missing) */
static int op_read_number(float *y, const char *text, int filled, double fill, double mean, double deviation,
                          float scale)
{
    char *end;
    double number = fill;
    if (!op_is_missing(text)) {
        number = strtod(text, &end);
        if (end == text || *end != '\0')
            return 0;
    } else if (!filled)
        return 0;
    op_put_number(y, number, mean, deviation, scale);
    return 1;
}

/* The number of a category, or with one-hot a 1 at it; 0: there is no such category */
static int op_read_category(float *y, const char *text, const char *const *words, int count, int one_hot,
                            float scale)
{
    int i;
    const int place = op_find(words, count, op_is_missing(text) ? "" : text);
    if (place < 0)
        return 0;
    for (i = 0; one_hot && i < count; i++)
        y[i] = i == place ? scale : 0;
    if (!one_hot)
        *y = (float)place * scale;
    return 1;
}

/* Days before a month of a year, of which 1 is the first; 13: of all months */
static int op_days_before(int year, int month)
{
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month > 2 ? leap : 0);
}

/* Year, month and day of 2024-03-31, 2024/3/31 or 31.03.2024, with or without a time behind it, where *behind
 * is; of 03/04/2024 by the order: 1 the day first, 2 the month first, 0 not read; 0: none */
static int op_split_date(const char *text, int order, int parts[3], const char **behind)
{
    int i, digits, first = 0;
    char between = 0;
    for (i = 0; i < 3; i++) {
        parts[i] = 0;
        for (digits = 0; digits < 4 && *text >= '0' && *text <= '9'; digits++)
            parts[i] = 10 * parts[i] + (*text++ - '0');
        if (digits == 0 || (i == 1 && digits > 2) || (i == 2 && (first == 4 ? digits > 2 : digits != 4)))
            return 0;
        if (i == 0)
            first = digits;
        if (i == 2)
            break;
        if ((*text != '-' && *text != '/' && *text != '.') || (i > 0 && *text != between))
            return 0;
        between = *text++;
    }
    if (*text != '\0' && *text != ' ' && *text != 'T')
        return 0;
    *behind = *text != '\0' ? text + 1 : text;
    if (first != 4) {
        const int month_first = between != '.' && order == 2;
        const int year = parts[2], month = parts[month_first ? 0 : 1];
        parts[2] = parts[month_first ? 1 : 0];
        parts[1] = month;
        parts[0] = year;
    }
    return (first == 4 || (first <= 2 && (between == '.' || order != 0))) && parts[0] > 0 && parts[1] >= 1 &&
           parts[1] <= 12 && parts[2] >= 1 &&
           parts[2] <= op_days_before(parts[0], parts[1] + 1) - op_days_before(parts[0], parts[1]);
}

/* The hours of 12:30 or 12:30:15, minutes and seconds as a fraction, 0 of nothing; 0: none */
static int op_hours(const char *text, double *hours)
{
    int i, digits, parts[3] = {0, 0, 0};
    for (i = 0; i < 3 && *text != '\0'; i++) {
        for (digits = 0; digits < 2 && *text >= '0' && *text <= '9'; digits++)
            parts[i] = 10 * parts[i] + (*text++ - '0');
        if (digits == 0 || (i > 0 && digits < 2) || (i == 0 && *text != ':'))
            return 0;
        if (*text != ':')
            break;
        text++;
    }
    *hours = parts[0] + (60 * parts[1] + parts[2]) / 3600.0;
    return parts[0] < 24 && parts[1] < 60 && parts[2] < 60;
}

/* A number of a date: 1 year, 2 month, 3 weekday from Monday 0, 4 day of the year, 5 days up to `latest`, a
 * day since 1970, 6 the hour; 0: it cannot be read */
static int op_read_date(float *y, const char *text, int part, int order, double latest, int filled,
                        double fill, double mean, double deviation, float scale)
{
    int date[3], day, days;
    const char *behind;
    double hours = 0;
    if (op_is_missing(text)) {
        op_put_number(y, fill, mean, deviation, scale);
        return filled;
    }
    if (!op_split_date(text, order, date, &behind) || (part == 6 && !op_hours(behind, &hours)))
        return 0;
    day = op_days_before(date[0], date[1]) + date[2];
    date[0]--;
    days = 365 * date[0] + date[0] / 4 - date[0] / 100 + date[0] / 400 + day - 719163;
    op_put_number(y,
                  part == 1   ? date[0] + 1
                  : part == 2 ? date[1]
                  : part == 3 ? ((days + 3) % 7 + 7) % 7
                  : part == 4 ? day
                  : part == 5 ? latest - days
                              : hours,
                  mean, deviation, scale);
    return 1;
}
