/* A profile as a config tree: {"rows", "header", "columns": [{"name", "role", "kind", "missing", "different",
 * "lowest", "highest", "mean", "deviation", "values": [{"value", "count"}, ...], "notes": [...]}, ...],
 * "inputs", "inputs_one_hot", "options"}. */
#include "base/error.h"
#include "base/plural.h"
#include "base/text.h"
#include "readers/profile.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_SHOWN = 12, MOST_NUMBERS = 20 };

/* ---- putting ---- */

/* A map that is filled; a failure stays. */
typedef struct maker {
    hone_config *map;
    hone_status status;
} maker;

static void put(maker *made, const char *key, hone_config *value)
{
    if (made->status < 0) {
        hone_internal_config_free(value);
        return;
    }
    made->status = hone_internal_config_set(made->map, key, value);
}

static maker begin_map(void)
{
    hone_config *map = hone_internal_config_map();
    return (maker){map, map ? HONE_OK : HONE_ERROR_MEMORY};
}

static hone_config *end_map(maker *made)
{
    if (made->status >= 0)
        return made->map;
    hone_internal_config_free(made->map);
    return NULL;
}

static void note(hone_config *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(hone_config *list, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (list)
        hone_internal_config_append(list, hone_internal_config_text(text));
}

/* ---- values and how often they are there ---- */

typedef struct counted {
    const hone_word *word;
    uint64_t count;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *first = a, *second = b;
    if (first->count != second->count)
        return first->count > second->count ? -1 : 1;
    return strcmp(first->word->text, second->word->text);
}

static hone_config *describe_value(const counted *value)
{
    maker made = begin_map();
    put(&made, "value", hone_internal_config_text(value->word->text));
    put(&made, "count", hone_internal_config_integer((int64_t)value->count));
    return end_map(&made);
}

static hone_config *describe_values(const hone_profile_column *column)
{
    const size_t count = column->words.count;
    hone_config *list = hone_internal_config_list();
    counted *sorted = hone_internal_allocate_zeroed(count + 1, sizeof *sorted);
    hone_status status = list && sorted ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count && status >= 0; i++)
        sorted[i] = (counted){&column->words.list[i], column->counts[i]};
    if (status >= 0)
        qsort(sorted, count, sizeof *sorted, by_count);
    for (size_t i = 0; i < count && i < VALUES_SHOWN && status >= 0; i++)
        status = hone_internal_config_append(list, describe_value(&sorted[i]));
    hone_internal_free(sorted);
    if (status >= 0)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

/* ---- columns ---- */

static const char *kind_name(const hone_profile_column *column)
{
    static const char *const names[] = {"empty", "number", "categories", "dates", "mixed"};
    const hone_profile_kind kind = hone_internal_profile_kind(column);
    return kind == HONE_PROFILE_NUMBERS && !column->fraction ? "whole" : names[kind];
}

/* dates=[opened, "closed(year, age)"] has it. */
static bool is_said_to_be_date(const hone_profile *profile, const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < profile->args->dates_count; i++) {
        const char *text = profile->args->dates_list[i];
        if (strncmp(text, name, length) == 0 && (text[length] == '\0' || text[length] == '('))
            return true;
    }
    return false;
}

bool hone_internal_profile_reads_as_text(const hone_profile_column *column)
{
    size_t blanks = 0;
    if (column->texts == 0 || column->numbers > 0 || column->dates > 0 || column->words.count < 2)
        return false;
    for (size_t i = 0; i < column->words.count; i++)
        for (const char *letter = column->words.list[i].text; *letter != '\0'; letter++)
            blanks += *letter == ' ';
    return blanks >= 2 * column->words.count;
}

static bool is_said_to_be_text(const hone_profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->args->text_count; i++)
        if (strcmp(profile->args->text_list[i], name) == 0)
            return true;
    return false;
}

static hone_config *describe_notes(const hone_profile *profile, const hone_profile_column *column)
{
    hone_config *list = hone_internal_config_list();
    const hone_profile_kind kind = hone_internal_profile_kind(column);
    const hone_profile_column *copied = hone_internal_profile_copied(profile, column);
    const char *name = column->name;
    if (is_said_to_be_text(profile, name))
        return list;
    if (hone_internal_profile_reads_as_text(column) && !column->target &&
        !hone_internal_profile_is_constant(column))
        note(
            list,
            "its values are texts of several words: text=[%.80s] reads them as texts, of which hone init makes a "
            "network over words; drop=[%.80s] leaves them out",
            name, name);
    else if (kind == HONE_PROFILE_EMPTY)
        note(list, "it has no values: drop=[%.80s]", name);
    else if (hone_internal_profile_is_constant(column))
        note(list, "all its values are the same: drop=[%.80s]", name);
    else if (hone_internal_profile_is_id(profile, column))
        note(list, "all its values are different, as those of an id: drop=[%.80s]", name);
    if (copied)
        note(list, "it is a copy of the target \"%.80s\": drop=[%.80s]", copied->name, name);
    if (column->texts > 0 && column->commas == column->texts)
        note(list, "its texts are numbers with a decimal comma: decimal=\",\"");
    else if (kind == HONE_PROFILE_MIXED)
        note(
            list,
            "%llu of its values are numbers and %llu are not: categorical=[%.80s], or missing_values=[...] for "
            "words that mean missing",
            (unsigned long long)column->numbers, (unsigned long long)column->texts, name);
    if (kind == HONE_PROFILE_DATES && !is_said_to_be_date(profile, name))
        note(list,
             "its values are dates, which would be read as categories: dates=[%.80s] makes numbers of them",
             name);
    if (column->missing > 0)
        note(list, "%llu %s missing: missing=mean fills %s, missing=drop leaves out the row%s",
             (unsigned long long)column->missing,
             hone_internal_number_word((long long)column->missing, "value is", "values are"),
             hone_internal_number_word((long long)column->missing, "it in", "them in"),
             hone_internal_plural((long long)column->missing));
    return list;
}

static void put_range(maker *made, const hone_profile_column *column)
{
    if (column->numbers == 0)
        return;
    put(made, "lowest", hone_internal_config_number(column->low));
    put(made, "highest", hone_internal_config_number(column->high));
    put(made, "mean", hone_internal_config_number(column->mean));
    put(made, "deviation", hone_internal_config_number(sqrt(column->squares / (double)column->numbers)));
}

static hone_config *describe_column(const hone_profile *profile, const hone_profile_column *column)
{
    maker made = begin_map();
    put(&made, "name", hone_internal_config_text(column->name));
    put(&made, "role",
        hone_internal_config_text(column->target    ? "target"
                                  : column->dropped ? "dropped"
                                                    : "input"));
    put(&made, "kind", hone_internal_config_text(kind_name(column)));
    put(&made, "missing", hone_internal_config_integer((int64_t)column->missing));
    put(&made, "different", hone_internal_config_integer((int64_t)column->words.count));
    if (column->more_words)
        put(&made, "more", hone_internal_config_boolean(true));
    put_range(&made, column);
    const bool few = column->words.count <= MOST_NUMBERS && !column->more_words;
    if (column->texts > 0 || (column->target && few) || hone_internal_profile_few(profile, column))
        put(&made, "values", describe_values(column));
    put(&made, "notes", describe_notes(profile, column));
    return end_map(&made);
}

static hone_config *describe_columns(const hone_profile *profile)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; list && i < profile->table.width; i++)
        if (hone_internal_config_append(list, describe_column(profile, &profile->columns[i])) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
    return list;
}

/* How many numbers the inputs are. */
static int64_t width_of(const hone_profile *profile, bool one_hot)
{
    int64_t width = 0;
    for (size_t i = 0; i < profile->table.width; i++) {
        const hone_profile_column *column = &profile->columns[i];
        const bool texts = column->texts > 0 && one_hot;
        if (!column->target && !column->dropped)
            width += texts ? (int64_t)column->words.count + (column->missing > 0) : 1;
    }
    return width;
}

hone_config *hone_internal_profile_describe(const hone_profile *profile)
{
    maker made = begin_map();
    put(&made, "rows", hone_internal_config_integer((int64_t)profile->rows));
    put(&made, "header", hone_internal_config_boolean(profile->table.header));
    put(&made, "inputs", hone_internal_config_integer(width_of(profile, false)));
    put(&made, "inputs_one_hot", hone_internal_config_integer(width_of(profile, true)));
    if (profile->semicolon || profile->tab)
        put(&made, "delimiter", hone_internal_config_text(profile->semicolon ? "semicolon" : "tab"));
    if (profile->comma)
        put(&made, "decimal", hone_internal_config_text(","));
    put(&made, "columns", describe_columns(profile));
    return end_map(&made);
}
