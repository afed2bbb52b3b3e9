/* What a model knows of its training data: asked for, set, and as a text for people. */
#include "base/error.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "fields/spec.h"
#include "model/facts.h"
#include "readers/schema.h"

#include <string.h>

/* ---- asking and setting ---- */

char *hone_model_data(const hone_model *model, const char *key)
{
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    const bool all = key == NULL || key[0] == '\0';
    const hone_config *value = all ? model->schema : hone_internal_config_get(model->schema, key);
    return value == NULL ? NULL : hone_internal_config_to_json(value, true);
}

static hone_status check_key(const hone_config *schema, const char *key)
{
    static const char *const keys[] = {"scale", "preprocess", "threshold", "classes"};
    enum { KEYS = sizeof keys / sizeof *keys };
    bool known = false;
    for (size_t i = 0; i < KEYS; i++)
        known = known || strcmp(key, keys[i]) == 0;
    if (!known)
        return hone_internal_fail_name("fact about the training data", key, keys, KEYS);
    if (strcmp(key, "classes") == 0 &&
        (hone_internal_schema_of(schema, "table") || hone_internal_schema_of(schema, "pair")))
        return hone_fail(HONE_ERROR_STATE,
                         "the classes of a table are the categories of its target; they cannot be set");
    return HONE_OK;
}

bool hone_internal_model_regresses(const hone_model *model, int output)
{
    static const char *const words[] = {"error",   "huber",      "cosh",    "cosine",
                                        "poisson", "divergence", "quantile"};
    const hone_loss *loss = hone_internal_model_loss(model, output);
    for (size_t i = 0; loss != NULL && i < sizeof words / sizeof *words; i++)
        if (strstr(loss->type->type.name, words[i]) != NULL)
            return true;
    return false;
}

/* A single number is for a model that has one. */
static hone_status check_threshold(hone_model *model, const hone_config *value)
{
    const int outputs = hone_model_output_count(model);
    if (outputs < 1)
        return HONE_OK;
    const hone_shape shape = hone_tensor_shape(hone_model_output(model, 0));
    HONE_TRY(hone_internal_model_check_probability(model, 0));
    if (hone_internal_config_is_numeric(value) &&
        (outputs > 1 || (shape.rank > 1 && shape.size[shape.rank - 1] != 1)))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the model has several probabilities: say for which of them a threshold is "
                         "(hone_model_set_threshold; hone threshold MODEL NAME=NUMBER)");
    return HONE_OK;
}

/* A copy of the model's facts with this one in it (taken over), or without it; NULL on failure. */
static hone_config *facts_with(const hone_model *model, const char *key, hone_config *value)
{
    hone_config *schema =
        model->schema != NULL ? hone_internal_config_copy(model->schema) : hone_internal_config_map();
    hone_status status = schema == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && model->schema == NULL)
        status = hone_internal_config_set(schema, "format", hone_internal_config_text("arrays"));
    if (status >= 0 && value == NULL)
        hone_internal_config_remove(schema, key);
    else if (status >= 0)
        status = hone_internal_config_set(schema, key, value);
    else
        hone_internal_config_free(value);
    if (status >= 0)
        status = hone_internal_schema_check(schema);
    if (status >= 0)
        return schema;
    hone_internal_config_free(schema);
    return NULL;
}

hone_status hone_internal_model_set_fact(hone_model *model, const char *key, hone_config *value)
{
    hone_config *schema = facts_with(model, key, value);
    if (schema == NULL)
        return hone_error_status();
    hone_internal_config_free(model->schema);
    model->schema = schema;
    return HONE_OK;
}

hone_status hone_model_set_data(hone_model *model, const char *key, const char *value)
{
    if (model == NULL || key == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a key");
    HONE_TRY(check_key(model->schema, key));
    hone_config *given = value == NULL ? NULL : hone_internal_spec_parse_value(value);
    if (value != NULL && given == NULL)
        return hone_error_status();
    hone_config *schema = facts_with(model, key, given);
    if (schema == NULL)
        return hone_error_status();
    if (value != NULL && strcmp(key, "threshold") == 0 &&
        check_threshold(model, hone_internal_config_get(schema, key)) < 0) {
        hone_internal_config_free(schema);
        return hone_error_status();
    }
    hone_internal_config_free(model->schema);
    model->schema = schema;
    return HONE_OK;
}

/* ---- as a text ---- */

static void put_number(hone_text *text, double number)
{
    char digits[40];
    hone_internal_number_to_text(number, digits, sizeof digits);
    hone_internal_text_append(text, digits);
}

enum { NAMES_SHOWN = 20 };

/* A name in one line: a character of a text may be the end of one. */
static void put_name(hone_text *text, const char *name)
{
    for (const char *letter = name; *letter != '\0'; letter++)
        if (*letter == '\n')
            hone_internal_text_append(text, "\\n");
        else if (*letter == '\t')
            hone_internal_text_append(text, "\\t");
        else if (*letter == '\r')
            hone_internal_text_append(text, "\\r");
        else
            hone_internal_text_append_n(text, letter, 1);
}

/* "Oslo, Rome, ... (120 in all)" */
static void put_names(hone_text *text, const hone_config *names)
{
    const size_t count = hone_internal_config_count(names);
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        hone_internal_text_append(text, i > 0 ? ", " : "");
        put_name(text, hone_internal_config_text_at(names, i));
    }
    if (count > NAMES_SHOWN)
        hone_internal_text_format(text, ", ... (%zu in all)", count);
}

static bool holds(const hone_config *groups, int64_t column)
{
    for (size_t g = 0; g < hone_internal_config_count(groups); g++) {
        const hone_config *columns = hone_internal_config_get(hone_internal_config_at(groups, g), "columns");
        for (size_t i = 0; i < hone_internal_config_count(columns); i++)
            if (hone_internal_config_as_integer(hone_internal_config_at(columns, i)) == column)
                return true;
    }
    return false;
}

static void put_fact(hone_text *text, const hone_config *column, const char *key, const char *words)
{
    const hone_config *value = hone_internal_config_get(column, key);
    if (!hone_internal_config_is_numeric(value))
        return;
    hone_internal_text_append(text, words);
    put_number(text, hone_internal_config_as_number(value));
}

/* "number", or "year of "opened"", "days from "opened" to 2024-03-31" being its age. */
static void put_date(hone_text *text, const hone_config *columns, const hone_config *column)
{
    const char *part = hone_internal_config_get_text(column, "date");
    if (part == NULL) {
        hone_internal_text_append(text, "number");
        return;
    }
    const int64_t of = hone_internal_config_as_integer(hone_internal_config_get(column, "of"));
    hone_internal_text_format(
        text, "%s of the date \"%s\"", part,
        hone_internal_config_get_text(hone_internal_config_at(columns, (size_t)of), "name"));
    put_fact(text, column, "latest", " in days, up to day ");
}

/* "  input   age    number, mean 38.2, deviation 13.1" */
static void put_column(hone_text *text, const hone_config *table, size_t index, int width)
{
    const hone_config *column = hone_internal_config_at(hone_internal_config_get(table, "columns"), index),
                      *words = hone_internal_config_get(column, "categories");
    const bool input = holds(hone_internal_config_get(table, "inputs"), (int64_t)index),
               target = holds(hone_internal_config_get(table, "targets"), (int64_t)index);
    hone_internal_text_format(text, "  %-7s %-*s ",
                              input    ? "input"
                              : target ? "target"
                                       : "unused",
                              width, hone_internal_config_get_text(column, "name"));
    if (hone_internal_config_present(words)) {
        hone_internal_text_append(text, target ? "classes: " : "categories: ");
        put_names(text, words);
    } else if (input || target) {
        put_date(text, hone_internal_config_get(table, "columns"), column);
        put_fact(text, column, "fill", ", missing ones become ");
        put_fact(text, column, "mean", ", standardized: less ");
        put_fact(text, column, "deviation", ", divided by ");
    }
    hone_internal_text_append(text, input && target ? ", also a target\n" : "\n");
}

static void put_table(hone_text *text, const hone_config *table)
{
    const hone_config *columns = hone_internal_config_get(table, "columns");
    enum { WIDEST = 32 };
    size_t width = 0;
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        const size_t length =
            strlen(hone_internal_config_get_text(hone_internal_config_at(columns, i), "name"));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < hone_internal_config_count(columns); i++)
        put_column(text, table, i, width < WIDEST ? (int)width : WIDEST);
}

/* Every other key, as it is kept. */
static hone_status put_rest(hone_text *text, const hone_config *schema)
{
    static const char *const told[] = {"columns", "inputs", "targets", "classes", "tokenizer"};
    for (size_t i = 0; i < hone_internal_config_count(schema); i++) {
        const hone_config *value = hone_internal_config_at(schema, i);
        const char *key = hone_internal_config_key(schema, i);
        bool skip = !hone_internal_config_present(value) ||
                    (hone_internal_config_is(value, HONE_CONFIG_MAP) && strcmp(key, "threshold") != 0);
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            skip = skip || strcmp(key, told[k]) == 0;
        if (skip)
            continue;
        char *json = hone_internal_config_is(value, HONE_CONFIG_TEXT)
                         ? NULL
                         : hone_internal_config_to_json(value, true);
        hone_internal_text_format(text, "%s: %s\n", key,
                                  json != NULL ? json : hone_internal_config_as_text(value));
        hone_internal_free(json);
    }
    return text->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

/* "trained by Hone 0.1.0, seed 0", how many samples, the digest of the data, the recipe. */
static void put_run(hone_text *text, const hone_config *run)
{
    static const char *const parts[] = {"train", "validation"};
    if (!hone_internal_config_is(run, HONE_CONFIG_MAP))
        return;
    const char *version = hone_internal_config_get_text(run, "hone");
    hone_internal_text_format(
        text, "trained by Hone %s, seed %lld\n", version != NULL ? version : "?",
        (long long)hone_internal_config_as_integer(hone_internal_config_get(run, "seed")));
    for (size_t i = 0; i < 2; i++) {
        const hone_config *samples =
            hone_internal_config_get(hone_internal_config_get(run, parts[i]), "samples");
        if (hone_internal_config_present(samples))
            hone_internal_text_format(text, "%s: %lld sample%s\n", parts[i],
                                      (long long)hone_internal_config_as_integer(samples),
                                      hone_internal_plural(hone_internal_config_as_integer(samples)));
    }
    const char *digest = hone_internal_config_get_text(run, "data");
    if (digest != NULL)
        hone_internal_text_format(text, "digest of the data: %s\n", digest);
    const hone_config *recipe = hone_internal_config_get(run, "recipe");
    char *json = recipe != NULL ? hone_internal_config_to_json(recipe, true) : NULL;
    if (json != NULL)
        hone_internal_text_format(text, "recipe: %s\n", json);
    hone_internal_free(json);
}

static void put_schema(hone_text *text, const hone_config *schema)
{
    const hone_config *classes = hone_internal_config_get(schema, "classes");
    put_rest(text, schema);
    const bool pieces = hone_internal_config_present(hone_internal_config_get(schema, "tokenizer"));
    if (pieces)
        hone_internal_text_format(text, "tokenizer: SentencePiece, %zu pieces\n",
                                  hone_internal_config_count(classes));
    if (hone_internal_config_is(classes, HONE_CONFIG_LIST)) {
        hone_internal_text_append(text, "classes: ");
        put_names(text, classes);
        hone_internal_text_append(text, "\n");
    }
    if (hone_internal_schema_of(schema, "table"))
        put_table(text, schema);
}

char *hone_model_data_text(const hone_model *model)
{
    hone_text text = {0};
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (model->schema == NULL)
        hone_internal_text_append(&text, "nothing is known of the training data\n");
    else
        put_schema(&text, model->schema);
    put_run(&text, hone_internal_config_get(model->schema, HONE_RUN_KEY));
    for (int half = 0; half < 2; half++) {
        const hone_config *inner = hone_internal_config_get(model->schema, half == 0 ? "x" : "y");
        if (hone_internal_config_is(inner, HONE_CONFIG_MAP)) {
            hone_internal_text_append(&text, half == 0 ? "inputs:\n" : "targets:\n");
            put_schema(&text, inner);
        }
    }
    return hone_internal_text_take(&text);
}
