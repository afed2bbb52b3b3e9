/* Dates in tables: their year, month, weekday, day of the year, age and hour are numbers, each a column of
 * its own behind those of the file. */
#include "base/text.h"
#include "readers/options.h"
#include "readers/table.h"
#include <stdio.h>
#include <string.h>

const char *const hone_internal_date_parts[HONE_DATE_PARTS] = {
    "", "year", "month", "weekday", "day_of_year", "age", "hour"};

hone_date_part hone_internal_date_part(const char *name)
{
    for (int part = 1; name != NULL && part < HONE_DATE_PARTS; part++)
        if (strcmp(hone_internal_date_parts[part], name) == 0)
            return (hone_date_part)part;
    return HONE_DATE_NONE;
}

/* ---- a date ---- */

typedef struct date {
    int year, month, day;
} date;

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_before(int year, int month)
{
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return days[month - 1] + (month > 2 && is_leap(year));
}

static bool is_real(date of)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return of.month >= 1 && of.month <= 12 && of.day >= 1 &&
           of.day <= length[of.month - 1] + (of.month == 2 && is_leap(of.year));
}

/* Since 1970-01-01, in the calendar of today at all times. */
static int days_of(date of)
{
    const int before = of.year - 1;
    return 365 * before + before / 4 - before / 100 + before / 400 + days_before(of.year, of.month) + of.day -
           1 - 719162;
}

/* Up to `most` digits; where they end, or NULL when there are none. */
static const char *read_digits(const char *text, const char *end, int most, int *number, int *count)
{
    *number = *count = 0;
    for (; text < end && *count < most && *text >= '0' && *text <= '9'; text++, ++*count)
        *number = 10 * *number + (*text - '0');
    return *count > 0 ? text : NULL;
}

/* Three numbers with a separator between them; *behind: what is behind them, nothing or "12:00" of
 * "2024-03-31 12:00". */
static bool read_numbers(const hone_csv_field *field, int numbers[3], int counts[3], char *separator,
                         const char **behind)
{
    const char *text = field->text, *end = text + field->length;
    for (int i = 0; i < 3; i++) {
        text = read_digits(text, end, 4, &numbers[i], &counts[i]);
        if (text == NULL)
            return false;
        if (i == 2)
            break;
        if (text == end || !strchr("-./", *text) || (i > 0 && *text != *separator))
            return false;
        *separator = *text++;
    }
    if (text < end && *text != ' ' && *text != 'T')
        return false;
    text += text < end;
    *behind = text;
    return true;
}

/* The hours of 12:30, 12:30:15, 12:30:15.25 and 12:30Z, with minutes and whole seconds as a fraction; 0 of
 * nothing. What is behind them, as the zone, is not looked at. */
static bool read_hours(const char *text, const char *end, double *hours)
{
    int parts[3] = {0}, count;
    for (int i = 0; i < 3 && text < end; i++) {
        text = read_digits(text, end, 2, &parts[i], &count);
        if (text == NULL || (i > 0 && count < 2))
            return false;
        if (text == end || *text != ':') {
            if (i == 0)
                return false;
            break;
        }
        text++;
    }
    *hours = parts[0] + (60 * parts[1] + parts[2]) / 3600.0;
    return parts[0] < 24 && parts[1] < 60 && parts[2] < 60;
}

/* 2024-03-31, 2024/3/31, 31.03.2024, 31/03/2024 and 03/31/2024; 03/04/2024 by the order. False: none of them;
 * `unclear`: it could be two. */
static bool read_date(const hone_table *table, const hone_csv_field *field, date *found, const char **behind,
                      bool *unclear)
{
    int numbers[3], counts[3];
    char separator = 0;
    const char *order = table->date_order;
    *unclear = false;
    if (!read_numbers(field, numbers, counts, &separator, behind))
        return false;
    if (counts[0] == 4 && counts[1] <= 2 && counts[2] <= 2) {
        *found = (date){numbers[0], numbers[1], numbers[2]};
        return found->year > 0 && is_real(*found);
    }
    if (counts[0] > 2 || counts[1] > 2 || counts[2] != 4 || numbers[2] == 0)
        return false;
    const date day_first = {numbers[2], numbers[1], numbers[0]},
               month_first = {numbers[2], numbers[0], numbers[1]};
    const bool by_day = separator == '.' || (order && order[0] == 'd'), by_month = !by_day && order;
    *found = by_day || (!by_month && is_real(day_first)) ? day_first : month_first;
    *unclear = !by_day && !by_month && is_real(day_first) && is_real(month_first) && numbers[0] != numbers[1];
    return is_real(*found) && !*unclear;
}

bool hone_internal_table_date(const hone_table *table, const hone_csv_field *field, hone_date_part part,
                              double *number)
{
    date found;
    const char *behind;
    bool unclear;
    double hours = 0;
    if (!read_date(table, field, &found, &behind, &unclear) ||
        (part == HONE_DATE_HOUR && !read_hours(behind, field->text + field->length, &hours)))
        return false;
    const int days = days_of(found);
    const double numbers[HONE_DATE_PARTS] = {
        [HONE_DATE_YEAR] = found.year,
        [HONE_DATE_MONTH] = found.month,
        [HONE_DATE_WEEKDAY] = ((days + 3) % 7 + 7) % 7,
        [HONE_DATE_DAY_OF_YEAR] = days_before(found.year, found.month) + found.day,
        [HONE_DATE_AGE] = days,
        [HONE_DATE_HOUR] = hours,
    };
    *number = numbers[part];
    return true;
}

hone_status hone_internal_table_fail_date(const hone_table *table, size_t column, const hone_csv_field *field)
{
    date found;
    const char *behind;
    bool unclear;
    const bool is_date = read_date(table, field, &found, &behind, &unclear);
    return hone_internal_table_fail(
        table, column,
        unclear   ? "\"%.*s\" could be two dates; set date_order=dmy or date_order=mdy"
        : is_date ? "expected a time such as 18:30 behind the date, received \"%.*s\""
                  : "expected a date such as 2024-03-31 or 31.03.2024, received \"%.*s\"",
        (int)(field->length < 48 ? field->length : 48), field->text);
}

void hone_internal_table_settle_age(hone_data_column *column)
{
    if (column->numbers == 0)
        return;
    if (!column->known)
        column->latest = column->high;
    const double low = column->low;
    column->low = column->latest - column->high;
    column->high = column->latest - low;
    column->sum = (double)column->numbers * column->latest - column->sum;
}

bool hone_internal_field_has_time(const hone_csv_field *field)
{
    return memchr(field->text, ':', field->length) != NULL;
}

/* ---- further columns ---- */

hone_status hone_internal_table_add_date(hone_table *table, size_t column, hone_date_part part, double latest,
                                         int64_t *place)
{
    hone_data_column *columns =
        hone_internal_reallocate(table->columns, (table->width + 1) * sizeof *table->columns);
    if (!columns)
        return HONE_ERROR_MEMORY;
    table->columns = columns;
    columns[table->width] = (hone_data_column){
        .name = hone_internal_format("%s_%s", columns[column].name, hone_internal_date_parts[part]),
        .field = columns[column].field,
        .date = part,
        .wanted_numbers = true,
        .latest = latest};
    if (!columns[table->width].name)
        return HONE_ERROR_MEMORY;
    columns[column].dated = true;
    *place = (int64_t)table->width++;
    return HONE_OK;
}

/* `context`: the parts, an array of flags. */
static hone_status want_date(hone_table *table, size_t column, void *context)
{
    const bool *parts = context;
    const hone_data_column *wanted = &table->columns[column];
    int64_t place;
    const char *other = wanted->target              ? "a target, weight or group"
                        : wanted->wanted_categories ? "categorical"
                        : wanted->wanted_numbers    ? "numeric"
                        : wanted->is_text           ? "a text"
                        : wanted->dated             ? "named before in dates"
                                                    : NULL;
    if (other)
        return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both a date and %s", wanted->name, other);
    for (int part = 1; part < HONE_DATE_PARTS; part++)
        if (parts[part])
            HONE_TRY(hone_internal_table_add_date(table, column, (hone_date_part)part, 0, &place));
    return HONE_OK;
}

/* "(year, age)" */
static hone_status read_parts(const char *text, bool parts[HONE_DATE_PARTS])
{
    hone_config *list = hone_internal_options_split(text + 1, strlen(text) - 2);
    hone_status status = list ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(list); i++) {
        const char *name = hone_internal_config_text_at(list, i);
        const hone_date_part part = hone_internal_date_part(name);
        parts[part] = true;
        if (part == HONE_DATE_NONE)
            status = hone_internal_fail_name("number of a date", name, hone_internal_date_parts + 1,
                                             HONE_DATE_PARTS - 1);
    }
    hone_internal_config_free(list);
    return status;
}

hone_status hone_internal_table_dates(hone_table *table)
{
    for (size_t i = 0; i < table->args->dates_count; i++) {
        const char *text = table->args->dates_list[i];
        const bool chosen = hone_internal_table_is_group(table, text);
        bool parts[HONE_DATE_PARTS] = {[HONE_DATE_YEAR] = !chosen,
                                       [HONE_DATE_MONTH] = !chosen,
                                       [HONE_DATE_WEEKDAY] = !chosen,
                                       [HONE_DATE_DAY_OF_YEAR] = !chosen};
        char *name = hone_internal_copy_text_n(text, chosen ? strcspn(text, "(") : strlen(text));
        hone_status status = !name    ? HONE_ERROR_MEMORY
                             : chosen ? read_parts(strchr(text, '('), parts)
                                      : HONE_OK;
        if (status >= 0)
            status = hone_internal_table_each(table, name, want_date, parts);
        hone_internal_free(name);
        HONE_TRY(status);
    }
    return HONE_OK;
}
