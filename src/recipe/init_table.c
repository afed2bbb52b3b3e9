/* hone_recipe_init of a table: its profile says how it is to be read, which columns cannot help, and what the
 * classes are. */
#include "base/text.h"
#include "readers/profile.h"
#include "recipe/parts.h"

#include <string.h>

static bool has(const hone_config *options, const char *key)
{
    return hone_internal_config_present(hone_internal_config_get(options, key));
}

/* A column's name as an option's item: in quotes when it has more than letters, digits, spaces and so on. */
static void put_name(hone_text *text, const char *name)
{
    const bool plain = strpbrk(name, ",[]()\"'#:") == NULL && name[0] != ' ' && name[0] != '\0';
    hone_internal_text_format(text, plain ? "%s" : strchr(name, '"') ? "'%s'" : "\"%s\"", name);
}

typedef bool wanted_column(const hone_profile *profile, const hone_profile_column *column);

/* Named by text=[...]. */
static bool is_read_as_text(const hone_profile *profile, const hone_profile_column *column)
{
    for (size_t i = 0; i < profile->args->text_count; i++)
        if (strcmp(profile->args->text_list[i], column->name) == 0)
            return true;
    return false;
}

static bool is_useless(const hone_profile *profile, const hone_profile_column *column)
{
    const hone_profile_kind kind = hone_internal_profile_kind(column);
    return !column->target && !column->dropped && !is_read_as_text(profile, column) &&
           (kind == HONE_PROFILE_EMPTY ||
            (kind != HONE_PROFILE_DATES && column->more_words * column->texts > 0) ||
            hone_internal_profile_is_constant(column) || hone_internal_profile_is_id(profile, column) ||
            hone_internal_profile_copied(profile, column) != NULL);
}

static bool is_mixed(const hone_profile *profile, const hone_profile_column *column)
{
    return hone_internal_profile_kind(column) == HONE_PROFILE_MIXED && !column->dropped &&
           !is_useless(profile, column);
}

/* Numbers that are not 0, 1, 2, ... yet. */
static bool is_class_target(const hone_profile *profile, const hone_profile_column *column)
{
    return column->target &&
           (column->texts > 0 ? column->numbers > 0 : hone_internal_profile_few(profile, column));
}

static bool is_date(const hone_profile *profile, const hone_profile_column *column)
{
    return hone_internal_profile_kind(column) == HONE_PROFILE_DATES && !column->target && !column->dropped &&
           !is_useless(profile, column);
}

static bool is_text(const hone_profile *profile, const hone_profile_column *column)
{
    return column->texts > 0 && !column->target && !column->dropped && !is_useless(profile, column) &&
           !is_date(profile, column) && !is_read_as_text(profile, column);
}

static bool lacks_values(const hone_profile *profile, const hone_profile_column *column)
{
    return column->missing > 0 && !column->dropped && !is_useless(profile, column);
}

static bool lacks_targets(const hone_profile *profile, const hone_profile_column *column)
{
    return column->target && lacks_values(profile, column);
}

static size_t count_columns(const hone_profile *profile, wanted_column *wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < profile->table.width; i++)
        count += wanted(profile, &profile->columns[i]);
    return count;
}

static void put_item(hone_text *list, const char *name)
{
    hone_internal_text_append(list, list->length > 0 ? "," : "");
    put_name(list, name);
}

/* ",drop=[id,name]", when there are any; takes over the list. */
static void put_list(hone_text *text, const char *key, hone_text *list)
{
    if (list->length > 0)
        hone_internal_text_format(text, ",%s=[%s]", key, list->data);
    text->failed = text->failed || list->failed;
    hone_internal_text_free(list);
}

static void put_dropped(hone_text *text, const hone_profile *profile)
{
    hone_text list = {0};
    for (size_t i = 0; i < profile->args->drop_count; i++)
        put_item(&list, profile->args->drop_list[i]);
    for (size_t i = 0; i < profile->table.width; i++)
        if (is_useless(profile, &profile->columns[i]))
            put_item(&list, profile->columns[i].name);
    put_list(text, "drop", &list);
}

/* A date with times is asked for its hour, too. */
static void put_dates(hone_text *text, const hone_profile *profile)
{
    hone_text list = {0};
    for (size_t i = 0; i < profile->table.width; i++) {
        const hone_profile_column *column = &profile->columns[i];
        if (!is_date(profile, column))
            continue;
        hone_text words = {0};
        hone_internal_text_format(&words, "%s%s", column->name,
                                  column->timed ? "(year, month, weekday, day_of_year, hour)" : "");
        list.failed = list.failed || words.failed;
        put_item(&list, words.failed ? "" : words.data);
        hone_internal_text_free(&words);
    }
    put_list(text, "dates", &list);
}

static void put_categorical(hone_text *text, const hone_profile *profile)
{
    hone_text list = {0};
    for (size_t i = 0; i < profile->table.width; i++)
        if (is_mixed(profile, &profile->columns[i]) || is_class_target(profile, &profile->columns[i]))
            put_item(&list, profile->columns[i].name);
    for (size_t i = 0; i < profile->args->categorical_count; i++)
        put_item(&list, profile->args->categorical_list[i]);
    put_list(text, "categorical", &list);
}

/* What the user said, but for lists that grow. */
static void put_said(hone_text *text, const hone_config *options)
{
    for (size_t i = 0; i < hone_internal_config_count(options); i++) {
        const char *key = hone_internal_config_key(options, i);
        const hone_config *value = hone_internal_config_at(options, i);
        if (strcmp(key, "drop") == 0 || strcmp(key, "categorical") == 0)
            continue;
        hone_internal_text_format(text, ",%s=", key);
        if (!hone_internal_config_is(value, HONE_CONFIG_LIST)) {
            put_name(text, hone_internal_config_as_text(value));
            continue;
        }
        for (size_t k = 0; k < hone_internal_config_count(value); k++) {
            hone_internal_text_append(text, k == 0 ? "[" : ",");
            if (strchr(hone_internal_config_text_at(value, k), '('))
                hone_internal_text_append(text, hone_internal_config_text_at(value, k));
            else
                put_name(text, hone_internal_config_text_at(value, k));
        }
        hone_internal_text_append(text, "]");
    }
}

static void explain(hone_text *comments, const hone_profile *profile)
{
    for (size_t i = 0; i < profile->table.width; i++)
        if (is_useless(profile, &profile->columns[i]))
            hone_internal_text_format(comments, "  # \"%s\" is left out: hone describe says why\n",
                                      profile->columns[i].name);
}

/* The target of two texts, of which the one that would be class 0, the first by its bytes, is far rarer;
 * NULL: none. */
static const hone_profile_column *rare_first(const hone_profile *profile, size_t *rare)
{
    const hone_profile_column *target = NULL;
    for (size_t i = 0; i < profile->table.width; i++)
        if (profile->columns[i].target) {
            if (target != NULL)
                return NULL;
            target = &profile->columns[i];
        }
    if (target == NULL || target->numbers > 0 || target->more_words || target->words.count != 2)
        return NULL;
    *rare = strcmp(target->words.list[0].text, target->words.list[1].text) < 0 ? 0 : 1;
    return 2 * target->counts[*rare] < target->counts[1 - *rare] ? target : NULL;
}

/* ",classes=[ok,fraud]": probabilities, precision, recall and thresholds speak of the second class. */
static void put_classes(hone_text *comments, hone_text *text, const hone_profile *profile)
{
    size_t rare = 0;
    const hone_profile_column *target = rare_first(profile, &rare);
    if (target == NULL)
        return;
    hone_text list = {0};
    put_item(&list, target->words.list[1 - rare].text);
    put_item(&list, target->words.list[rare].text);
    put_list(text, "classes", &list);
    hone_internal_text_format(comments,
                              "  # \"%.60s\", the rarer class, is the second: its probability is predicted\n",
                              target->words.list[rare].text);
}

static void put_options(hone_text *comments, hone_text *text, const hone_config *options,
                        const hone_profile *profile)
{
    const hone_dataset_from_csv_args *args = profile->args;
    const bool inputs = has(options, "inputs");
    const char *missing = count_columns(profile, lacks_targets) > 0 ? "drop" : "mean";
    put_said(text, options);
    if (profile->semicolon || profile->tab)
        hone_internal_text_format(text, ",delimiter=%s", profile->semicolon ? "semicolon" : "tab");
    if (profile->comma)
        hone_internal_text_append(text, ",decimal=\",\"");
    if (!inputs)
        put_dropped(text, profile);
    if (!has(options, "dates"))
        put_dates(text, profile);
    put_categorical(text, profile);
    if (!has(options, "encoding") && !hone_internal_recipe_says_embed(options) &&
        count_columns(profile, is_text) + args->categorical_count > 0)
        hone_internal_text_append(text, ",encoding=one_hot,unknown=ignore");
    if (!has(options, "missing") && count_columns(profile, lacks_values) > 0)
        hone_internal_text_format(text, ",missing=%s", missing);
    if (!has(options, "classes"))
        put_classes(comments, text, profile);
    if (!inputs)
        explain(comments, profile);
}

static hone_status check_target(const hone_profile *profile, const char *source)
{
    size_t targets = 0;
    for (size_t i = 0; i < profile->table.width; i++)
        targets += profile->columns[i].target;
    if (targets > 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s: which column is to be predicted? say it: %s%ctarget=%.80s",
                     source, source, strchr(source, '#') == NULL ? '#' : ',',
                     profile->columns[profile->table.width - 1].name);
}

/* Columns that look like ids, constants or copies are left out: if that is all of them, what to say instead.
 */
static hone_status check_inputs(const hone_profile *profile, const char *source)
{
    const hone_profile_column *text = NULL;
    for (size_t i = 0; i < profile->table.width; i++) {
        const hone_profile_column *column = &profile->columns[i];
        if (!column->target && !column->dropped && !is_useless(profile, column))
            return HONE_OK;
        if (text == NULL && !column->target && !column->dropped &&
            hone_internal_profile_reads_as_text(column))
            text = column;
    }
    if (text != NULL)
        return hone_fail(HONE_ERROR_DATA,
                         "%s: no column is left to be an input, but \"%.80s\" holds texts of several words: "
                         "%s,text=[%.80s]",
                         source, text->name, source, text->name);
    return hone_fail(
        HONE_ERROR_DATA,
        "%s: no column is left to be an input; hone describe says what is in them, and inputs=[...] "
        "takes columns as they are",
        source);
}

hone_status hone_internal_recipe_table(const char *source, const char *path, const hone_config *options,
                                       char **data, hone_text *comments)
{
    hone_profile profile;
    HONE_TRY(hone_internal_profile_read(path, options, &profile));
    hone_status status = has(options, "target") ? HONE_OK : check_target(&profile, source);
    if (status >= 0 && !has(options, "inputs"))
        status = check_inputs(&profile, source);
    hone_text text = {0};
    if (status >= 0)
        put_options(comments, &text, options, &profile);
    if (text.length > 0) {
        *data = hone_internal_format("%s#%s", path, text.data + 1);
        status = *data == NULL || text.failed ? HONE_ERROR_MEMORY : status;
    }
    hone_internal_text_free(&text);
    hone_internal_profile_free(&profile);
    return status;
}
