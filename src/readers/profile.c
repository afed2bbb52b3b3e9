/* Reading a table for what is in its columns. */
#include "readers/profile.h"
#include "base/error.h"
#include "fields/fields.h"
#include "readers/format.h"
#include "readers/options.h"
#include <math.h>
#include <string.h>

extern const hone_data_format hone_internal_csv_format;

/* ---- fields ---- */

static bool digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

bool hone_internal_field_is_date(const hone_csv_field *field)
{
    const char *text = field->text;
    if (field->length < 10 || (field->length > 10 && text[10] != ' ' && text[10] != 'T'))
        return false;
    if (digits(text, 4) && (text[4] == '-' || text[4] == '/') && text[7] == text[4])
        return digits(text + 5, 2) && digits(text + 8, 2);
    return digits(text, 2) && (text[2] == '.' || text[2] == '/') && text[5] == text[2] &&
           digits(text + 3, 2) && digits(text + 6, 4);
}

static void see_number(hone_profile_column *column, double number)
{
    const double difference = number - column->mean;
    column->low = column->numbers == 0 || number < column->low ? number : column->low;
    column->high = column->numbers == 0 || number > column->high ? number : column->high;
    column->mean += difference / (double)++column->numbers;
    column->squares += difference * (number - column->mean);
    column->fraction |= number != floor(number);
}

static hone_status count_word(hone_profile_column *column, const hone_csv_field *field)
{
    int64_t place = hone_internal_words_find(&column->words, field->text, field->length);
    if (place < 0 && column->words.count >= HONE_PROFILE_WORDS) {
        column->more_words = true;
        return HONE_OK;
    }
    const size_t before = column->words.count;
    if (place < 0)
        place = hone_internal_words_add(&column->words, field->text, field->length);
    if (place < 0 ||
        hone_internal_grow(&column->counts, &column->room, column->words.count, sizeof *column->counts) < 0)
        return HONE_ERROR_MEMORY;
    if (column->words.count > before)
        column->counts[place] = 0;
    column->counts[place]++;
    return HONE_OK;
}

static hone_status see(hone_profile *profile, size_t index)
{
    hone_profile_column *column = &profile->columns[index];
    const hone_csv_field field = hone_internal_table_field(&profile->table, index);
    double number;
    for (size_t i = 0; i < field.length; i++)
        column->hash = (column->hash ^ (unsigned char)field.text[i]) * 0x100000001b3u;
    column->hash = (column->hash ^ 0x100u) * 0x100000001b3u;
    const hone_found found = hone_internal_table_classify(&profile->table, &field, &number);
    if (found == HONE_FOUND_MISSING) {
        column->missing++;
        return HONE_OK;
    }
    if (found == HONE_FOUND_NUMBER)
        see_number(column, number);
    else {
        column->texts++;
        column->commas += profile->table.decimal == '.' &&
                          hone_internal_field_to_number(field.text, field.length, ',', &number);
        const bool dated = hone_internal_field_is_date(&field);
        column->dates += dated;
        column->timed = column->timed || (dated && hone_internal_field_has_time(&field));
    }
    return count_word(column, &field);
}

/* ---- the whole ---- */

static hone_status mark_target(hone_table *table, size_t column, void *context)
{
    (void)table;
    ((hone_profile *)context)->columns[column].target = true;
    return HONE_OK;
}

static hone_status mark_dropped(hone_table *table, size_t column, void *context)
{
    (void)table;
    ((hone_profile *)context)->columns[column].dropped = true;
    return HONE_OK;
}

static hone_status mark(hone_profile *profile)
{
    const hone_dataset_from_csv_args *args = profile->args;
    profile->columns = hone_internal_allocate_zeroed(profile->table.width, sizeof *profile->columns);
    if (!profile->columns)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < profile->table.width; i++)
        profile->columns[i].name = profile->table.columns[i].name;
    for (size_t i = 0; i < args->target_count; i++)
        if (!strchr(args->target_list[i], '('))
            HONE_TRY(hone_internal_table_each(&profile->table, args->target_list[i], mark_target, profile));
    for (size_t i = 0; i < args->drop_count; i++)
        HONE_TRY(hone_internal_table_each(&profile->table, args->drop_list[i], mark_dropped, profile));
    return HONE_OK;
}

static hone_status read_rows(hone_profile *profile)
{
    hone_table *table = &profile->table;
    int found;
    HONE_TRY(hone_internal_table_rewind(table));
    while ((found = hone_internal_table_next(table)) == 1) {
        profile->rows++;
        for (size_t i = 0; i < table->width; i++)
            HONE_TRY(see(profile, i));
    }
    return (hone_status)found;
}

static hone_status read_once(const char *path, const hone_config *options, hone_profile *profile)
{
    *profile = (hone_profile){.rows = 0};
    profile->args = hone_internal_options_read(hone_internal_csv_format.type, options, path);
    if (!profile->args)
        return hone_error_status();
    profile->table.args = profile->args;
    profile->table.source = hone_internal_source_open_set(path);
    if (!profile->table.source)
        return hone_error_status();
    HONE_TRY(hone_internal_table_open(&profile->table));
    HONE_TRY(mark(profile));
    return read_rows(profile);
}

static bool says(const hone_config *options, const char *key)
{
    return hone_internal_config_present(hone_internal_config_get(options, key));
}

/* What the options should say beside what they do: a delimiter, a decimal comma; NULL: nothing. */
static const char *missing_option(const hone_profile *profile, const hone_config *options, const char **value)
{
    const hone_table *table = &profile->table;
    if (table->width == 1 && !says(options, "delimiter") && strpbrk(table->columns[0].name, ";\t")) {
        *value = strchr(table->columns[0].name, ';') ? "semicolon" : "tab";
        return "delimiter";
    }
    for (size_t i = 0; i < table->width && profile->columns; i++)
        if (profile->columns[i].commas > 0 && profile->columns[i].commas == profile->columns[i].texts &&
            table->delimiter != ',' && !says(options, "decimal")) {
            *value = ",";
            return "decimal";
        }
    return NULL;
}

hone_status hone_internal_profile_read(const char *path, const hone_config *options, hone_profile *profile)
{
    hone_config *own = options ? hone_internal_config_copy(options) : hone_internal_config_map();
    bool semicolon = false, tab = false, comma = false;
    const char *value, *key = "";
    if (!own)
        return HONE_ERROR_MEMORY;
    hone_internal_config_remove(own, "format");
    hone_status status = read_once(path, own, profile);
    while (key && (status >= 0 || profile->table.width == 1)) {
        key = profile->table.width > 0 ? missing_option(profile, own, &value) : NULL;
        if (!key)
            break;
        semicolon |= strcmp(value, "semicolon") == 0;
        tab |= strcmp(value, "tab") == 0;
        comma |= strcmp(value, ",") == 0;
        status = hone_internal_config_set(own, key, hone_internal_config_text(value));
        hone_internal_profile_free(profile);
        if (status >= 0)
            status = read_once(path, own, profile);
    }
    profile->semicolon = semicolon;
    profile->tab = tab;
    profile->comma = comma;
    hone_internal_config_free(own);
    if (status < 0)
        hone_internal_profile_free(profile);
    return status;
}

void hone_internal_profile_free(hone_profile *profile)
{
    for (size_t i = 0; profile->columns && i < profile->table.width; i++) {
        hone_internal_words_free(&profile->columns[i].words);
        hone_internal_free(profile->columns[i].counts);
    }
    hone_internal_free(profile->columns);
    hone_internal_table_free(&profile->table);
    hone_internal_fields_free(hone_internal_csv_format.type, profile->args);
    *profile = (hone_profile){.rows = 0};
}

/* ---- what it means ---- */

hone_profile_kind hone_internal_profile_kind(const hone_profile_column *column)
{
    if (column->numbers + column->texts == 0)
        return HONE_PROFILE_EMPTY;
    if (column->texts == 0)
        return HONE_PROFILE_NUMBERS;
    if (column->numbers > 0)
        return HONE_PROFILE_MIXED;
    return column->dates == column->texts ? HONE_PROFILE_DATES : HONE_PROFILE_CATEGORIES;
}

bool hone_internal_profile_is_constant(const hone_profile_column *column)
{
    return column->words.count <= 1 && column->missing == 0;
}

enum { FEWEST_ROWS = 20, MOST_CLASSES = 20 };

bool hone_internal_profile_is_id(const hone_profile *profile, const hone_profile_column *column)
{
    const uint64_t values = column->numbers + column->texts;
    const bool different = column->more_words || column->words.count == values;
    if (values < FEWEST_ROWS || values < profile->rows || !different || column->target)
        return false;
    if (column->texts > 0)
        return column->numbers == 0 && column->dates < column->texts;
    /* whole numbers that count the rows */
    return !column->fraction && column->high - column->low + 1 <= 2 * (double)profile->rows;
}

bool hone_internal_profile_few(const hone_profile *profile, const hone_profile_column *column)
{
    const size_t distinct = column->words.count;
    return !column->more_words && !column->fraction && column->numbers > 0 && column->low >= 0 &&
           distinct <= MOST_CLASSES && distinct >= 2 && 5 * distinct <= profile->rows;
}

const hone_profile_column *hone_internal_profile_copied(const hone_profile *profile,
                                                        const hone_profile_column *column)
{
    for (size_t i = 0; i < profile->table.width; i++) {
        const hone_profile_column *other = &profile->columns[i];
        if (other->target && !column->target && other->hash == column->hash)
            return other;
    }
    return NULL;
}
