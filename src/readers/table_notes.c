/* What looks wrong in columns that were read as categories without anybody saying so: decimal commas, dates,
 * values that are nearly all different. */
#include "base/text.h"
#include "readers/profile.h"
#include "readers/table.h"
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
            "rows; drop=[%.80s] leaves it out\n",
            label, column->name, column->words.count, (long long)table->rows, column->name);
    else if (table->rows >= FEWEST_ROWS && 2 * (int64_t)column->words.count > table->rows)
        hone_internal_text_format(
            text, "%s: column \"%.80s\": %zu categories in %lld rows; drop=[%.80s] leaves it out\n", label,
            column->name, column->words.count, (long long)table->rows, column->name);
}

hone_status hone_internal_table_note(const hone_table *table, hone_dataset_parts *parts)
{
    hone_text text = {0};
    for (size_t i = 0; i < table->width; i++) {
        const hone_data_column *column = &table->columns[i];
        if (column->used && column->categorical && !column->known && !column->wanted_categories)
            note(table, column, &text);
    }
    if (text.failed) {
        hone_internal_text_free(&text);
        return HONE_ERROR_MEMORY;
    }
    parts->notes = text.length > 0 ? hone_internal_text_take(&text) : NULL;
    return HONE_OK;
}
