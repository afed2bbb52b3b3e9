/* Which columns of a table are those of the training data. */
#include "base/plural.h"
#include "readers/schema.h"
#include "readers/table.h"
#include <string.h>

static bool holds(const hone_config *groups, size_t column)
{
    for (size_t g = 0; groups && g < hone_internal_config_count(groups); g++) {
        const hone_config *columns = hone_internal_config_get(hone_internal_config_at(groups, g), "columns");
        for (size_t i = 0; columns && i < hone_internal_config_count(columns); i++)
            if (hone_internal_config_as_integer(hone_internal_config_at(columns, i)) == (int64_t)column)
                return true;
    }
    return false;
}

/* And no input, as those of a series are: one that may be missing later. */
static bool is_target_of_schema(const hone_table *table, size_t column)
{
    return holds(hone_internal_config_get(table->schema, "targets"), column) &&
           !holds(hone_internal_config_get(table->schema, "inputs"), column);
}

static int64_t find_by_name(const hone_table *table, const char *name)
{
    for (size_t i = 0; name && i < table->width; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return (int64_t)i;
    return -1;
}

static hone_date_part date_of(const hone_config *columns, size_t column)
{
    return hone_internal_date_part(
        hone_internal_config_get_text(hone_internal_config_at(columns, column), "date"));
}

/* The numbers of dates, behind the columns that the dates are in. */
static hone_status match_dates(hone_table *table, const hone_config *columns, int64_t *places)
{
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        const hone_config *entry = hone_internal_config_at(columns, i);
        const hone_date_part part = date_of(columns, i);
        if (part == HONE_DATE_NONE)
            continue;
        const int64_t of = places[hone_internal_config_as_integer(hone_internal_config_get(entry, "of"))];
        const double latest = hone_internal_config_as_number(hone_internal_config_get(entry, "latest"));
        places[i] = -1;
        if (of >= 0)
            HONE_TRY(hone_internal_table_add_date(table, (size_t)of, part, latest, &places[i]));
    }
    return HONE_OK;
}

/* places[i]: the column of this file that is column i of the training data, or -1. By name when both have
 * headers, else by position, where the targets may be left out. */
hone_status hone_internal_table_match(hone_table *table, const hone_config *columns, int64_t *places)
{
    const hone_config *header = hone_internal_config_get(table->schema, "header");
    bool named = header && hone_internal_config_as_boolean(header) && table->header;
    size_t without = 0, fields = 0;
    for (size_t i = 0; i < hone_internal_config_count(columns); i++)
        if (date_of(columns, i) == HONE_DATE_NONE) {
            fields++;
            without += !is_target_of_schema(table, i);
        }
    bool all = table->width == fields;
    if (!named && !all && table->width != without)
        return hone_fail(HONE_ERROR_DATA, "%s has %zu column%s; the training data had %zu",
                         hone_internal_source_label(table->source), table->width,
                         hone_internal_plural((long long)table->width), fields);
    int64_t next = 0;
    for (size_t i = 0; i < fields; i++)
        if (named)
            places[i] = find_by_name(
                table, hone_internal_config_get_text(hone_internal_config_at(columns, i), "name"));
        else
            places[i] = all || !is_target_of_schema(table, i) ? next++ : -1;
    return match_dates(table, columns, places);
}
