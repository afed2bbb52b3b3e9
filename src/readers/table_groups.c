/* Which columns of a table are inputs, targets and weights. */
#include "base/text.h"
#include "readers/options.h"
#include "readers/schema.h"
#include "readers/table.h"
#include <math.h>
#include <string.h>

/* ---- groups ---- */

static hone_status add_to_group(hone_table *table, size_t column, void *context)
{
    hone_table_group *group = context;
    if (table->columns[column].dated) { /* its numbers in its place */
        for (size_t i = table->fields; i < table->width; i++)
            if (table->columns[i].field == column)
                HONE_TRY(add_to_group(table, i, context));
        return HONE_OK;
    }
    HONE_TRY(hone_internal_grow(&group->columns, &group->capacity, group->count + 1, sizeof *group->columns));
    group->columns[group->count++] = column;
    return HONE_OK;
}

static hone_status add_group(hone_table_groups *groups, const char *name, size_t length,
                             hone_table_group **group)
{
    HONE_TRY((hone_status)hone_internal_grow(&groups->items, &groups->room, (size_t)groups->count + 1,
                                             sizeof *groups->items));
    *group = &groups->items[groups->count];
    **group = (hone_table_group){.name = NULL};
    if (name && !((*group)->name = hone_internal_copy_text_n(name, length)))
        return HONE_ERROR_MEMORY;
    groups->count++;
    return HONE_OK;
}

bool hone_internal_table_is_group(const hone_table *table, const char *text)
{
    size_t length = strlen(text), name = strcspn(text, "( ");
    if (length < 3 || text[length - 1] != ')' || name == 0 || text[name] != '(')
        return false;
    for (size_t i = 0; i < table->width; i++)
        if (strcmp(table->columns[i].name, text) == 0)
            return false;
    return true;
}

static hone_status read_group(hone_table *table, const char *text, hone_table_group *group)
{
    const char *open = strchr(text, '(') + 1;
    hone_config *list = hone_internal_options_split(open, strlen(open) - 1);
    hone_status status = list ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(list); i++)
        status = hone_internal_table_each(table, hone_internal_config_text_at(list, i), add_to_group, group);
    hone_internal_config_free(list);
    return status;
}

/* The texts of the option `target` or `inputs`. */
static hone_status read_groups(hone_table *table, const char *option, const char *const *texts,
                               size_t text_count, hone_table_groups *groups)
{
    hone_table_group *plain = NULL, *group = NULL;
    for (size_t i = 0; i < text_count; i++) {
        const char *text = texts[i];
        bool named = hone_internal_table_is_group(table, text);
        if (i > 0 && named != (plain == NULL))
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "%s: expected columns, or named groups of columns as wide(a, b), not both",
                             option);
        if (named)
            HONE_TRY(add_group(groups, text, strcspn(text, "("), &group));
        else if (!plain)
            HONE_TRY(add_group(groups, NULL, 0, &plain));
        HONE_TRY(named ? read_group(table, text, group)
                       : hone_internal_table_each(table, text, add_to_group, plain));
    }
    return HONE_OK;
}

/* ---- flags ---- */

static hone_status want_categories(hone_table *table, size_t column, void *context)
{
    (void)context;
    table->columns[column].wanted_categories = true;
    return HONE_OK;
}

static hone_status want_numbers(hone_table *table, size_t column, void *context)
{
    (void)context;
    if (table->columns[column].wanted_categories)
        return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both categorical and numeric",
                         table->columns[column].name);
    table->columns[column].wanted_numbers = true;
    return HONE_OK;
}

static hone_status want_text(hone_table *table, size_t column, void *context)
{
    hone_data_column *wanted = &table->columns[column];
    (void)context;
    if (wanted->target || wanted->wanted_categories || wanted->wanted_numbers)
        return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both a text and %s", wanted->name,
                         wanted->target              ? "a target, weight or group"
                         : wanted->wanted_categories ? "categorical"
                                                     : "numeric");
    wanted->is_text = true;
    return HONE_OK;
}

static hone_status drop_column(hone_table *table, size_t column, void *context)
{
    ((bool *)context)[column] = true;
    for (size_t i = table->fields; table->columns[column].dated && i < table->width; i++)
        ((bool *)context)[i] |= table->columns[i].field == column;
    return HONE_OK;
}

static hone_status each_of(hone_table *table, const char *const *texts, size_t count,
                           hone_status (*take)(hone_table *table, size_t column, void *context),
                           void *context)
{
    for (size_t i = 0; i < count; i++)
        HONE_TRY(hone_internal_table_each(table, texts[i], take, context));
    return HONE_OK;
}

static void mark(hone_table *table, const hone_table_groups *groups, bool target)
{
    for (int g = 0; g < groups->count; g++)
        for (size_t i = 0; i < groups->items[g].count; i++) {
            table->columns[groups->items[g].columns[i]].used = true;
            table->columns[groups->items[g].columns[i]].target |= target;
        }
}

/* ---- by the options ---- */

/* Of a series the earlier values of a target are inputs. */
static bool is_past(const hone_table *table, size_t column)
{
    return table->windows.window > 0 && !table->targets_only && (int64_t)column != table->weight &&
           (int64_t)column != table->group;
}

static hone_status take_the_rest(hone_table *table, bool *left_out)
{
    hone_table_group *group = NULL;
    HONE_TRY(add_group(table->targets_only ? &table->targets : &table->inputs, NULL, 0, &group));
    for (size_t i = 0; i < table->width; i++)
        if (!left_out[i] && !table->columns[i].dated && (!table->columns[i].target || is_past(table, i)))
            HONE_TRY(add_to_group(table, i, group));
    if (group->count > 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA, "%s: no column is left to be an input",
                     hone_internal_source_label(table->source));
}

static hone_status check_inputs(const hone_table *table)
{
    for (int g = 0; g < table->inputs.count; g++) {
        const hone_table_group *group = &table->inputs.items[g];
        for (size_t i = 0; i < group->count; i++)
            if (table->columns[group->columns[i]].target && !is_past(table, group->columns[i]))
                return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both an input and a target or weight",
                                 table->columns[group->columns[i]].name);
    }
    return HONE_OK;
}

static hone_status assign_inputs(hone_table *table)
{
    const hone_dataset_from_csv_args *args = table->args;
    if (args->inputs_count > 0)
        return read_groups(table, "inputs", args->inputs_list, args->inputs_count, &table->inputs);
    bool *left_out = hone_internal_allocate_zeroed(table->width, sizeof *left_out);
    hone_status status = left_out ? each_of(table, args->drop_list, args->drop_count, drop_column, left_out)
                                  : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = take_the_rest(table, left_out);
    hone_internal_free(left_out);
    return status;
}

static hone_status assign_weight(hone_table *table)
{
    size_t column;
    if (!table->args->weight)
        return HONE_OK;
    HONE_TRY(hone_internal_table_find(table, table->args->weight, &column));
    if (table->columns[column].target)
        return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both a target and the weight",
                         table->columns[column].name);
    table->weight = (int64_t)column;
    table->columns[column].used = table->columns[column].target = table->columns[column].wanted_numbers =
        true;
    return HONE_OK;
}

/* Not an input; its categories are those of this file, whatever the training data had. */
static hone_status assign_group(hone_table *table)
{
    size_t column;
    if (!table->args->group)
        return HONE_OK;
    HONE_TRY(hone_internal_table_find(table, table->args->group, &column));
    hone_data_column *group = &table->columns[column];
    if (group->target && table->group < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "column \"%s\" is both a target or the weight and the group",
                         group->name);
    table->group = (int64_t)column;
    group->used = group->target = group->wanted_categories = true;
    group->known = group->categorical = false;
    return HONE_OK;
}

/* The words of the target as they were said, in that order. */
static hone_status assign_classes(hone_table *table)
{
    const hone_dataset_from_csv_args *args = table->args;
    if (args->classes_count == 0 || table->schema)
        return HONE_OK;
    if (table->targets.count != 1 || table->targets.items[0].count != 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "classes: expected one target column, target=NAME");
    hone_data_column *column = &table->columns[table->targets.items[0].columns[0]];
    for (size_t i = 0; i < args->classes_count; i++) {
        const size_t before = column->words.count;
        if (hone_internal_words_add(&column->words, args->classes_list[i], strlen(args->classes_list[i])) < 0)
            return HONE_ERROR_MEMORY;
        if (column->words.count == before)
            return hone_fail(HONE_ERROR_ARGUMENT, "classes: \"%.60s\" stands twice", args->classes_list[i]);
    }
    column->known = column->categorical = true;
    column->wanted_categories = false;
    return HONE_OK;
}

static hone_status read_targets(hone_table *table)
{
    if (table->targets_only && table->args->target_count > 0)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "target: the second file holds the targets; a target column belongs to one file alone");
    HONE_TRY(
        read_groups(table, "target", table->args->target_list, table->args->target_count, &table->targets));
    mark(table, &table->targets, true);
    return HONE_OK;
}

static bool stands_alone(const hone_table *table, size_t column)
{
    return table->columns[column].is_text || (table->args->embed && table->columns[column].categorical);
}

/* A text among other columns becomes an input of its own, with the column's name. */
static hone_status move_alone(hone_table *table, size_t column)
{
    hone_table_group *own;
    const char *name = table->columns[column].name;
    HONE_TRY(add_group(&table->inputs, name, strlen(name), &own));
    return add_to_group(table, column, own);
}

static hone_status move_from(hone_table *table, int at)
{
    size_t kept = 0;
    const size_t count = table->inputs.items[at].count;
    for (size_t i = 0; i < count; i++) {
        size_t *columns = table->inputs.items[at].columns, column = columns[i];
        if (stands_alone(table, column) && count > 1)
            HONE_TRY(move_alone(table, column));
        else
            columns[kept++] = column;
    }
    hone_table_group *left = &table->inputs.items[at];
    left->count = kept;
    if (!table->args->embed || kept == count || left->name)
        return HONE_OK;
    left->name = hone_internal_copy_text("numbers"); /* beside inputs with names it needs one */
    return left->name ? HONE_OK : HONE_ERROR_MEMORY;
}

hone_status hone_internal_table_separate(hone_table *table)
{
    hone_table_groups *groups = &table->inputs;
    int kept = 0;
    const int before = groups->count;
    for (int g = 0; g < before; g++)
        HONE_TRY(move_from(table, g));
    for (int g = 0; g < groups->count; g++) {
        if (groups->items[g].count > 0)
            groups->items[kept++] = groups->items[g];
        else {
            hone_internal_free(groups->items[g].name);
            hone_internal_free(groups->items[g].columns);
        }
    }
    groups->count = kept;
    return HONE_OK;
}

/* ---- as the training data had them ---- */

static const hone_config *schema_columns(const hone_table *table)
{
    const hone_config *list = hone_internal_config_get(table->schema, "columns");
    return hone_internal_config_is(list, HONE_CONFIG_LIST) ? list : NULL;
}

static hone_status take_category(hone_table *table, const hone_config *entry, int64_t place)
{
    const hone_config *words = hone_internal_config_get(entry, "categories"),
                      *fill = hone_internal_config_get(entry, "fill");
    hone_data_column *column = &table->columns[place];
    column->known = true;
    column->categorical = hone_internal_config_present(words);
    column->is_text = hone_internal_config_present(hone_internal_config_get(entry, "text"));
    column->wanted_categories = false;
    const hone_config *mean = hone_internal_config_get(entry, "mean"),
                      *deviation = hone_internal_config_get(entry, "deviation");
    column->standard = hone_internal_config_is_numeric(mean) && hone_internal_config_as_number(deviation) > 0;
    column->mean = hone_internal_config_as_number(mean);
    column->deviation = hone_internal_config_as_number(deviation);
    if (fill) {
        column->has_fill = true;
        column->fill = !hone_internal_config_present(fill) ? NAN : hone_internal_config_as_number(fill);
    }
    return column->categorical && column->words.count == 0
               ? hone_internal_words_from_config(&column->words, words)
               : HONE_OK;
}

/* Targets may all be missing, for prediction. */
static hone_status take_group(hone_table *table, const hone_config *entry, const int64_t *places,
                              bool targets)
{
    const hone_config *list = hone_internal_config_get(entry, "columns"), *columns = schema_columns(table);
    const char *name = hone_internal_config_get_text(entry, "name");
    hone_table_group *group = NULL;
    size_t absent = 0, first = 0;
    for (size_t i = 0; list && i < hone_internal_config_count(list); i++) {
        int64_t column = hone_internal_config_as_integer(hone_internal_config_at(list, i));
        if (column < 0 || (size_t)column >= hone_internal_config_count(columns))
            return hone_fail(HONE_ERROR_FORMAT,
                             "the model file's description of its data refers to a column %lld",
                             (long long)column);
        if (places[column] < 0 && absent++ == 0)
            first = (size_t)column;
    }
    if (targets && list && absent == hone_internal_config_count(list))
        return HONE_OK;
    if (absent > 0 && hone_internal_config_get(hone_internal_config_at(columns, first), "date"))
        first = (size_t)hone_internal_config_as_integer(
            hone_internal_config_get(hone_internal_config_at(columns, first), "of"));
    if (absent > 0)
        return hone_fail(HONE_ERROR_DATA, "%s has no column \"%s\", which the training data had",
                         hone_internal_source_label(table->source),
                         hone_internal_config_get_text(hone_internal_config_at(columns, first), "name"));
    HONE_TRY(add_group(targets ? &table->targets : &table->inputs, name, name ? strlen(name) : 0, &group));
    for (size_t i = 0; list && i < hone_internal_config_count(list); i++)
        HONE_TRY(add_to_group(
            table, (size_t)places[hone_internal_config_as_integer(hone_internal_config_at(list, i))], group));
    return HONE_OK;
}

static hone_status take_groups(hone_table *table, const char *key, const int64_t *places, bool targets)
{
    const hone_config *groups = hone_internal_config_get(table->schema, key);
    for (size_t g = 0;
         hone_internal_config_is(groups, HONE_CONFIG_LIST) && g < hone_internal_config_count(groups); g++)
        HONE_TRY(take_group(table, hone_internal_config_at(groups, g), places, targets));
    return HONE_OK;
}

static hone_status assign_as(hone_table *table, const hone_config *columns, int64_t *places)
{
    HONE_TRY(hone_internal_table_match(table, columns, places));
    for (size_t i = 0; i < hone_internal_config_count(columns); i++)
        if (places[i] >= 0)
            HONE_TRY(take_category(table, hone_internal_config_at(columns, i), places[i]));
    if (table->targets.count == 0)
        HONE_TRY(take_groups(table, "targets", places, true));
    mark(table, &table->targets, true);
    return table->args->inputs_count > 0 ? assign_inputs(table) : take_groups(table, "inputs", places, false);
}

static hone_status assign_by_schema(hone_table *table, const hone_config *columns)
{
    const char *encoding = hone_internal_config_get_text(table->schema, "encoding");
    table->one_hot = encoding && strcmp(encoding, "one_hot") == 0;
    int64_t *places = hone_internal_allocate_zeroed(hone_internal_config_count(columns), sizeof *places);
    hone_status status = places ? assign_as(table, columns, places) : HONE_ERROR_MEMORY;
    hone_internal_free(places);
    return status;
}

/* ---- the rule for missing values ---- */

static hone_status read_missing(hone_table *table)
{
    static const char *const words[] = {"error", "drop", "mean"};
    const char *text = table->args->missing,
               *trained = hone_internal_config_get_text(table->schema, "missing");
    if ((!text || strcmp(text, "error") == 0) && trained)
        text = trained;
    table->missing_text = text ? text : "error";
    table->missing_number = NAN;
    table->missing = HONE_MISSING_NUMBER;
    for (int i = 0; i < 3; i++)
        if (!text || strcmp(text, words[i]) == 0) {
            table->missing = (hone_missing_rule)i;
            return HONE_OK;
        }
    if (hone_internal_text_to_number(text, true, &table->missing_number))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "missing: expected error, drop, mean, nan or a number, received \"%s\"", text);
}

hone_status hone_internal_table_assign(hone_table *table)
{
    const hone_dataset_from_csv_args *args = table->args;
    const hone_config *columns = schema_columns(table);
    table->weight = table->group = -1;
    table->one_hot = strcmp(args->encoding, "one_hot") == 0;
    HONE_TRY(hone_internal_table_windows(table));
    table->date_order =
        args->date_order ? args->date_order : hone_internal_config_get_text(table->schema, "date_order");
    HONE_TRY(read_missing(table));
    HONE_TRY(read_targets(table));
    HONE_TRY(assign_weight(table));
    HONE_TRY(assign_group(table));
    HONE_TRY(each_of(table, args->categorical_list, args->categorical_count, want_categories, NULL));
    HONE_TRY(each_of(table, args->numeric_list, args->numeric_count, want_numbers, NULL));
    HONE_TRY(each_of(table, args->text_list, args->text_count, want_text, NULL));
    if (args->embed && table->one_hot)
        return hone_fail(HONE_ERROR_ARGUMENT, "embed=true and encoding=one_hot cannot both be given");
    if (!columns)
        HONE_TRY(hone_internal_table_dates(table));
    HONE_TRY(columns ? assign_by_schema(table, columns) : assign_inputs(table));
    HONE_TRY(hone_internal_table_separate(table));
    HONE_TRY(assign_group(table));
    if (strcmp(table->unknown, "ignore") == 0 && !table->one_hot)
        return hone_fail(HONE_ERROR_ARGUMENT, "unknown=ignore needs encoding=one_hot");
    mark(table, &table->inputs, false);
    mark(table, &table->targets, true);
    HONE_TRY(assign_classes(table));
    HONE_TRY(hone_internal_table_check_windows(table));
    return check_inputs(table);
}
