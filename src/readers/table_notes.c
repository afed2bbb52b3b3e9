/* What looks wrong: in columns that were read as categories without anybody saying so decimal commas, dates,
 * values that are nearly all different; whole numbers that are rounded. */
#include "base/text.h"
#include "readers/profile.h"
#include "readers/table.h"
#include <float.h>
#include <string.h>

enum { FEWEST_ROWS = 20 };

static bool all_words(const hone_data_column *column, bool (*is)(const hone_csv_field *field))
{
    for (size_t i = 0; i < column->words.count; i++) {
        const hone_word *word = &column->words.list[i];
        const hone_csv_field field = {.text = (char *)word->text, .length = word->length};
        if (word->length > 0 && !is(&field))
            return false;
    }
    return column->words.count > 0;
}

static bool has_comma(const hone_csv_field *field)
{
    double number;
    return hone_internal_field_to_number(field->text, field->length, ',', &number);
}

static void note(const hone_table *table, const hone_data_column *column, hone_text *text)
{
    const char *label = hone_internal_source_label(table->source);
    if (table->decimal == '.' && all_words(column, has_comma))
        hone_internal_text_format(
            text,
            "%s: column \"%.80s\": its %zu values look like numbers with a decimal comma, but are read "
            "as categories; decimal=\",\" reads them as numbers\n",
            label, column->name, column->words.count);
    else if (column->target)
        return;
    else if (all_words(column, hone_internal_field_is_date))
        hone_internal_text_format(
            text,
            "%s: column \"%.80s\": its values look like dates, but are read as %zu categories in %lld "
            "rows; dates=[%.80s] makes numbers of them, drop=[%.80s] leaves it out\n",
            label, column->name, column->words.count, (long long)table->rows, column->name, column->name);
    else if (table->rows >= FEWEST_ROWS && 2 * (int64_t)column->words.count > table->rows)
        hone_internal_text_format(
            text, "%s: column \"%.80s\": %zu categories in %lld rows; drop=[%.80s] leaves it out\n", label,
            column->name, column->words.count, (long long)table->rows, column->name);
}

/* Ids that doubles do not all tell apart. */
static void note_wide(const hone_table *table, const hone_data_column *column, hone_text *text)
{
    if (column->used && !column->target && hone_internal_table_is_wide(column, DBL_MANT_DIG))
        hone_internal_text_format(
            text,
            "%s: column \"%.80s\": whole numbers beyond 9007199254740992 are rounded; if they are ids, "
            "text=[%.80s] keeps their digits for string_lookup or hashing\n",
            hone_internal_source_label(table->source), column->name, column->name);
}

/* ---- options that say otherwise than the training data ---- */

/* "age, city" of the group that has no name, or of all groups. */
static void put_columns(const hone_table *table, const char *key, hone_text *text)
{
    const hone_config *groups = hone_internal_config_get(table->schema, key),
                      *columns = hone_internal_config_get(table->schema, "columns");
    for (size_t g = 0; g < hone_internal_config_count(groups); g++) {
        const hone_config *list = hone_internal_config_get(hone_internal_config_at(groups, g), "columns");
        for (size_t i = 0; i < hone_internal_config_count(list); i++) {
            const size_t column = (size_t)hone_internal_config_as_integer(hone_internal_config_at(list, i));
            hone_internal_text_format(
                text, "%s%.40s", g + i > 0 ? ", " : "",
                hone_internal_config_get_text(hone_internal_config_at(columns, column), "name"));
        }
    }
}

static void put_list(hone_text *text, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hone_internal_text_format(text, "%s%.40s", i > 0 ? ", " : "", items[i]);
}

/* One line when both are there and differ. `used`: whether this file's is what counts. */
static void differ(const hone_table *table, hone_text *text, const char *option, hone_text *said,
                   hone_text *trained, bool used)
{
    if (said->length > 0 && trained->length > 0 && strcmp(said->data, trained->data) != 0)
        hone_internal_text_format(text, "%s: %s=%s is %s; the training data were read with %s=%s\n",
                                  hone_internal_source_label(table->source), option, said->data,
                                  used ? "used"
                                       : "not used, because the model knows only what it was trained on",
                                  option, trained->data);
    hone_internal_text_free(said);
    hone_internal_text_free(trained);
}

static void differ_text(const hone_table *table, hone_text *text, const char *option, const char *said,
                        const char *unless, bool used)
{
    hone_text ours = {0}, theirs = {0};
    const char *trained = hone_internal_config_get_text(table->schema, option);
    if (said && strcmp(said, unless) != 0)
        hone_internal_text_append(&ours, said);
    hone_internal_text_append(&theirs, trained ? trained : "");
    differ(table, text, option, &ours, &theirs, used);
}

static void differ_columns(const hone_table *table, hone_text *text, const char *option, const char *key,
                           const char *const *items, size_t count)
{
    hone_text ours = {0}, theirs = {0};
    put_list(&ours, items, count);
    put_columns(table, key, &theirs);
    differ(table, text, option, &ours, &theirs, true);
}

/* drop=, categorical= and so on of a column that training read otherwise. */
static void note_column(const hone_table *table, hone_text *text, const char *option,
                        const char *const *items, size_t count,
                        bool (*differs)(const hone_data_column *column))
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < table->fields; c++) {
            const hone_data_column *column = &table->columns[c];
            if (strcmp(column->name, items[i]) == 0 && column->known && differs(column))
                hone_internal_text_format(text,
                                          "%s: %s=[%.60s] is not used: the training data had it as %s\n",
                                          hone_internal_source_label(table->source), option, column->name,
                                          column->dated         ? "a date"
                                          : column->is_text     ? "a text"
                                          : column->categorical ? "categories"
                                          : column->used        ? "an input of numbers"
                                                                : "no input");
        }
}

static bool is_used(const hone_data_column *column)
{
    return column->used && !column->target;
}

static bool has_numbers(const hone_data_column *column)
{
    return column->used && !column->categorical;
}

/* Its dates have times, of which no input is the hour. */
static bool leaves_times(const hone_table *table, const hone_data_column *column)
{
    bool timed = false;
    for (size_t i = table->fields; column->dated && i < table->width; i++) {
        if (table->columns[i].field != column->field)
            continue;
        if (table->columns[i].date == HONE_DATE_HOUR || table->columns[i].known)
            return false;
        timed = timed || table->columns[i].timed;
    }
    return timed;
}

static void note_times(const hone_table *table, const hone_data_column *column, hone_text *text)
{
    if (leaves_times(table, column))
        hone_internal_text_format(
            text,
            "%s: column \"%.80s\": the times behind its dates are not used; "
            "dates=[\"%.80s(year, month, weekday, day_of_year, hour)\"] makes a number of the hour, too\n",
            hone_internal_source_label(table->source), column->name, column->name);
}

static bool has_categories(const hone_data_column *column)
{
    return column->categorical;
}

static bool lacks_dates(const hone_data_column *column)
{
    return !column->dated;
}

static void note_options(const hone_table *table, hone_text *text)
{
    const hone_dataset_from_csv_args *args = table->args;
    if (!table->schema)
        return;
    differ_text(table, text, "missing", args->missing, "error", true);
    differ_text(table, text, "encoding", args->encoding, "integer", false);
    differ_columns(table, text, "target", "targets", args->target_list, args->target_count);
    note_column(table, text, "drop", args->drop_list, args->drop_count, is_used);
    note_column(table, text, "categorical", args->categorical_list, args->categorical_count, has_numbers);
    note_column(table, text, "numeric", args->numeric_list, args->numeric_count, has_categories);
    note_column(table, text, "dates", args->dates_list, args->dates_count, lacks_dates);
}

hone_status hone_internal_table_note(const hone_table *table, hone_dataset_parts *parts)
{
    hone_text text = {0};
    for (size_t i = 0; i < table->width; i++) {
        const hone_data_column *column = &table->columns[i];
        if (column->used && column->categorical && !column->known && !column->wanted_categories)
            note(table, column, &text);
        note_wide(table, column, &text);
        note_times(table, column, &text);
    }
    note_options(table, &text);
    if (text.failed) {
        hone_internal_text_free(&text);
        return HONE_ERROR_MEMORY;
    }
    parts->notes = text.length > 0 ? hone_internal_text_take(&text) : NULL;
    return HONE_OK;
}
