/* Reading a command line by a command's table of options, and printing that table. */
#include "cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_OPTIONS = 48, FIRST_CODE = 1000, HELP_CODE = 999 };

/* ---- options from fields ---- */

static bool ends(const cli_option *option)
{
    return option->name == NULL && option->key == NULL && option->argument_of == NULL;
}

/* The key of a field, in recipes and on the command line. */
static const char *key_of(const hone_field *field)
{
    return field->key != NULL ? field->key : field->name;
}

/* The field of "fit.epochs" in the type of that name; false when it is another type. */
static bool find_in(const hone_type *type, const char *path, cli_option *option)
{
    size_t length = strcspn(path, ".");
    if (strlen(type->name) != length || strncmp(type->name, path, length) != 0)
        return false;
    option->type = type;
    for (size_t i = 0; i < type->field_count; i++)
        if (!type->fields[i].program_only && strcmp(key_of(&type->fields[i]), path + length + 1) == 0)
            option->field = &type->fields[i];
    return true;
}

/* Sets the option's field; a key need have none. */
static void find_field(cli_option *option)
{
    const hone_type *type;
    if (option->key != NULL)
        for (size_t i = 0; (type = hone_recipe_section(i)) != NULL && !find_in(type, option->key, option);
             i++)
            continue;
    if (option->argument_of != NULL)
        for (size_t i = 0;
             (type = hone_function_at(i)) != NULL && !find_in(type, option->argument_of, option); i++)
            continue;
}

/* Texts that are made of fields, kept until the program ends. */
typedef struct kept_text {
    const hone_field *field;
    char name[48], help[256];
} kept_text;
enum { MOST_KEPT = 128 };

static kept_text *keep(const hone_field *field)
{
    static kept_text kept[MOST_KEPT];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (kept[i].field == field)
            return &kept[i];
    if (count == MOST_KEPT)
        return NULL;
    kept[count].field = field;
    return &kept[count++];
}

static void name_of_field(const hone_field *field, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", key_of(field));
    for (char *letter = buffer; *letter != '\0'; letter++)
        if (*letter == '_')
            *letter = '-';
}

/* "32" of "32", "1" of "1.0" */
static void cut_zero(char *number)
{
    size_t length = strlen(number);
    if (length > 2 && strcmp(number + length - 2, ".0") == 0)
        number[length - 2] = '\0';
}

/* "samples per batch (default 32)"; a help that names its default itself stays as it is. */
static void help_of_field(const hone_type *type, const hone_field *field, char *buffer, size_t size)
{
    bool named = field->kind == HONE_FIELD_BOOLEAN || strstr(field->help, "(default") != NULL;
    char *standard = named ? NULL : hone_field_default(type, field);
    if (standard == NULL || *standard == '\0')
        snprintf(buffer, size, "%s", field->help);
    else {
        cut_zero(standard);
        snprintf(buffer, size, "%s (default %s)", field->help, standard);
    }
    hone_free(standard);
}

static cli_kind kind_of(const hone_field *field)
{
    switch (field->kind) {
    case HONE_FIELD_BOOLEAN: return CLI_FLAG;
    case HONE_FIELD_INTEGER: return CLI_INTEGER;
    case HONE_FIELD_NUMBER: return CLI_NUMBER;
    case HONE_FIELD_OPTIMIZER: return CLI_SPEC;
    case HONE_FIELD_CALLBACKS: return CLI_CALLBACKS;
    case HONE_FIELD_CLASS_WEIGHTS: return CLI_CLASS_WEIGHT;
    case HONE_FIELD_TEXT: return field->specs != NULL ? CLI_SPEC : CLI_TEXT;
    case HONE_FIELD_TEXTS: return field->specs != NULL ? CLI_SPECS : CLI_TEXT;
    default: return CLI_TEXT;
    }
}

/* What stands for the value in usage lines. */
static const char *argument_of(cli_kind kind, const hone_field *field)
{
    if (field != NULL && field->argument != NULL)
        return field->argument;
    if (field != NULL && field->choices != NULL)
        return field->choices;
    switch (kind) {
    case CLI_FLAG: return NULL;
    case CLI_INTEGER: return "N";
    case CLI_NUMBER: return "X";
    case CLI_SPEC: return "SPEC";
    default: return "TEXT";
    }
}

bool cli_option_at(const cli_command *command, size_t index, cli_option *option)
{
    *option = command->options[index];
    if (ends(option))
        return false;
    find_field(option);
    kept_text *texts = option->field == NULL ? NULL : keep(option->field);
    if (texts != NULL) {
        name_of_field(option->field, texts->name, sizeof texts->name);
        help_of_field(option->type, option->field, texts->help, sizeof texts->help);
        option->kind = option->kind == CLI_OF_FIELD ? kind_of(option->field) : option->kind;
        option->name = option->name != NULL ? option->name : texts->name;
        option->help = option->help != NULL ? option->help : texts->help;
        if (option->detail == NULL)
            option->detail = option->field->kind == HONE_FIELD_OPTIMIZER ? "optimizer" : option->field->specs;
    }
    if (option->kind == CLI_OF_FIELD)
        option->kind = CLI_TEXT;
    if (option->argument == NULL)
        option->argument = argument_of(option->kind, option->field);
    return true;
}

/* ---- values ---- */

static int fail_value(const cli_option *option, const char *text, const char *expected)
{
    return cli_fail_usage("--%s: expected %s, received \"%s\"", option->name, expected, text);
}

/* "--epochs must be at least 1, not 0": the library's sentence with the option in place of its field. */
static int fail_library(const cli_option *option)
{
    hone_error_parts parts;
    hone_error_get_parts(&parts, sizeof parts);
    const char *names[] = {option->field == NULL ? "" : option->field->name,
                           option->field == NULL ? "" : key_of(option->field)};
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(names[i]);
        if (length > 0 && strncmp(parts.sentence, names[i], length) == 0 && parts.sentence[length] == ' ')
            return cli_fail_usage("--%s%s", option->name, parts.sentence + length);
    }
    return cli_fail_usage("--%s: %s", option->name, parts.sentence);
}

static bool bounded(const cli_option *option)
{
    return option->lowest != 0 || option->highest != 0;
}

static void describe_range(const cli_option *option, const char *what, char *buffer, size_t size)
{
    if (!bounded(option))
        snprintf(buffer, size, "%s", what);
    else if (option->highest >= 1e15)
        snprintf(buffer, size, "%s %s %g", what, option->open ? "above" : "of at least", option->lowest);
    else
        snprintf(buffer, size, "%s between %g and %g%s", what, option->lowest, option->highest,
                 option->open ? ", both excluded" : "");
}

static bool in_range(const cli_option *option, double number)
{
    if (!bounded(option))
        return true;
    return option->open ? number > option->lowest && number < option->highest
                        : number >= option->lowest && number <= option->highest;
}

static int take_integer(const cli_option *option, const char *text, int64_t *place)
{
    char expected[128];
    if (cli_to_integer(text, place) && in_range(option, (double)*place))
        return CLI_DONE;
    describe_range(option, "an integer", expected, sizeof expected);
    return fail_value(option, text, expected);
}

static int take_number(const cli_option *option, const char *text, double *place)
{
    char expected[128];
    if (cli_to_number(text, place) && isfinite(*place) && in_range(option, *place))
        return CLI_DONE;
    describe_range(option, "a number", expected, sizeof expected);
    return fail_value(option, text, expected);
}

/* ".png|.svg" as `a name that ends in .png or .svg`. */
static int fail_extension(const char *option, const char *path, const char *extensions)
{
    char list[128] = "";
    for (const char *next = extensions; *next != '\0'; next++) {
        size_t length = strlen(list);
        if (*next == '|')
            snprintf(list + length, sizeof list - length, "%s",
                     strchr(next + 1, '|') != NULL ? ", " : " or ");
        else
            snprintf(list + length, sizeof list - length, "%c", *next);
    }
    return cli_fail_usage("--%s: expected a file that ends in %s, received \"%s\"", option, list, path);
}

static int check_text(const cli_option *option, const char *text)
{
    if (text[0] == '\0')
        return cli_fail_usage("--%s: expected %s, received an empty string", option->name, option->argument);
    if (option->detail != NULL && option->detail[0] == '.' && !cli_has_extension(text, option->detail))
        return fail_extension(option->name, text, option->detail);
    return CLI_DONE;
}

static int take_text(const cli_option *option, const char *text, const char **place)
{
    *place = text;
    return check_text(option, text);
}

static int take_map(const cli_option *option, const char *text, cli_settings *settings)
{
    const char *equals = strchr(text, '=');
    if (settings->map_count == CLI_MOST_MAPS)
        return cli_fail_usage("--%s: more than %d names", option->name, CLI_MOST_MAPS);
    if (equals == NULL || equals == text)
        return fail_value(option, text, option->argument);
    settings->maps[settings->map_count++] = text;
    return CLI_DONE;
}

static int take_set(const cli_option *option, const char *text, cli_settings *settings)
{
    const char *equals = strchr(text, '=');
    if (settings->set_count == CLI_MOST_SETS)
        return cli_fail_usage("--%s: more than %d keys", option->name, CLI_MOST_SETS);
    if (equals == NULL || equals == text || equals[1] == '\0')
        return fail_value(option, text, "PATH=VALUE such as model.1.dense.units=64");
    for (int i = 0; i < settings->set_count; i++) {
        size_t length = (size_t)(equals - text);
        if (strncmp(settings->sets[i], text, length) == 0 && strchr(".=", settings->sets[i][length]) != NULL)
            return cli_fail_usage("--%s %s would replace --%s %s, which stands before it", option->name, text,
                                  option->name, settings->sets[i]);
    }
    settings->sets[settings->set_count++] = text;
    return CLI_DONE;
}

/* ---- values of keys ---- */

/* Bytes: 1000, 64K, 500M, 2G, 1T; powers of 1024. Gives the digits. */
static const char *take_bytes(const cli_option *option, const char *text, cli_settings *settings)
{
    static const char units[] = "KMGT";
    char digits[24];
    int64_t bytes = 0;
    size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    int64_t factor = unit != NULL ? (int64_t)1 << (10 * (unit - units + 1)) : 1;
    snprintf(digits, sizeof digits, "%.*s", (int)(unit != NULL ? length - 1 : length), text);
    if (!cli_to_integer(digits, &bytes) || bytes < 1 || bytes > (int64_t)1e15 / factor) {
        fail_value(option, text, "a number of bytes such as 500M or 2G");
        return NULL;
    }
    snprintf(settings->bytes, sizeof settings->bytes, "%" PRId64, bytes * factor);
    return settings->bytes;
}

static bool is_none(const char *text)
{
    return strcasecmp(text, "none") == 0;
}

/* Whether the text may be the key's value: what the library says of it. */
static int check_key(const cli_option *option, const char *text)
{
    if (check_text(option, text) != CLI_DONE)
        return CLI_USAGE;
    if (option->kind == CLI_TEXT || option->kind == CLI_FILE)
        return CLI_DONE;
    if (is_none(text))
        return option->kind == CLI_SPECS || option->kind == CLI_CALLBACKS
                   ? CLI_DONE
                   : fail_value(option, text, option->argument);
    return hone_recipe_check_value(option->key, text) < 0 ? fail_library(option) : CLI_DONE;
}

/* The same of a function's argument. */
static int check_argument(const cli_option *option, const char *text)
{
    if (option->kind == CLI_FLAG || option->kind == CLI_MAPS)
        return CLI_DONE;
    if (check_text(option, text) != CLI_DONE)
        return CLI_USAGE;
    return hone_field_check(option->type, option->field, text) < 0 ? fail_library(option) : CLI_DONE;
}

static int take_key(const cli_option *option, const char *text, cli_settings *settings)
{
    if (option->kind == CLI_FLAG)
        text = option->value != NULL ? option->value : "true";
    else if (option->kind == CLI_BYTES && (text = take_bytes(option, text, settings)) == NULL)
        return CLI_USAGE;
    else if (check_key(option, text) != CLI_DONE)
        return CLI_USAGE;
    if (settings->given_count == CLI_MOST_GIVEN)
        return cli_fail_usage("--%s: more than %d options", option->name, CLI_MOST_GIVEN);
    settings->given[settings->given_count++] = (cli_key_value){option->key, option->kind, text};
    return CLI_DONE;
}

const char *cli_given_text(const cli_settings *settings, const char *key)
{
    for (int i = settings->given_count; i > 0; i--)
        if (strcmp(settings->given[i - 1].key, key) == 0)
            return settings->given[i - 1].text;
    return NULL;
}

/* ---- the line ---- */

static int take(const cli_command *command, size_t index, const char *text, cli_settings *settings)
{
    cli_option row, *option = &row;
    cli_option_at(command, index, option);
    void *place = (char *)settings + option->offset;
    if (option->key != NULL)
        return take_key(option, text, settings);
    if (option->field != NULL && check_argument(option, text) != CLI_DONE)
        return CLI_USAGE;
    switch (option->kind) {
    case CLI_FLAG: *(bool *)place = true; return CLI_DONE;
    case CLI_INTEGER: return take_integer(option, text, place);
    case CLI_NUMBER: return take_number(option, text, place);
    case CLI_FILE:
    case CLI_TEXT: return take_text(option, text, place);
    case CLI_MAPS: return take_map(option, text, settings);
    case CLI_SETS: return take_set(option, text, settings);
    default: return CLI_USAGE;
    }
}

static void fill_table(const cli_command *command, struct option *table)
{
    cli_option option;
    size_t count = 0;
    for (; cli_option_at(command, count, &option); count++)
        table[count] = (struct option){option.name, option.kind == CLI_FLAG ? no_argument : required_argument,
                                       NULL, FIRST_CODE + (int)count};
    table[count] = (struct option){"help", no_argument, NULL, HELP_CODE};
    table[count + 1] = (struct option){NULL, 0, NULL, 0};
}

/* What getopt would not take: the word, cut at its "=". */
static int fail_option(const cli_command *command, const char *word)
{
    const char *names[MOST_OPTIONS + 1], *start = word + strspn(word, "-");
    char name[128];
    cli_option option;
    size_t count = 0;
    for (; cli_option_at(command, count, &option); count++)
        names[count] = option.name;
    names[count] = "help";
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    const char *nearest = hone_nearest_name(name, names, count + 1);
    int shown = (int)strcspn(word, "=");
    if (nearest != NULL)
        return cli_fail_usage("%s: unknown option \"%.*s\"; did you mean \"--%s\"?", command->name, shown,
                              word, nearest);
    return cli_fail_usage("%s: unknown option \"%.*s\"; hone %s --help lists the options", command->name,
                          shown, word, command->name);
}

/* An unknown option, an abbreviation of several, a flag with a value, or an option without one. */
static int fail_getopt(const cli_command *command, int code, const char *word)
{
    cli_option option;
    if (optopt == HELP_CODE)
        return cli_fail_usage("%s: --help takes no value", command->name);
    if (optopt < FIRST_CODE)
        return fail_option(command, word);
    cli_option_at(command, (size_t)(optopt - FIRST_CODE), &option);
    if (code == ':')
        return cli_fail_usage("%s: --%s needs a value: --%s %s", command->name, option.name, option.name,
                              option.argument);
    return cli_fail_usage("%s: --%s takes no value", command->name, option.name);
}

static int take_operands(const cli_command *command, int count, char **words, cli_settings *settings)
{
    int given = count - optind;
    if (given < command->least)
        return cli_fail_usage("%s: %s is missing: hone %s %s", command->name, command->operands,
                              command->name, command->operands);
    if (given > command->most)
        return cli_fail_usage("%s: unexpected \"%s\"", command->name, words[optind + command->most]);
    for (int i = 0; i < given; i++) {
        if (words[optind + i][0] == '\0')
            return cli_fail_usage("%s: %s is empty", command->name, command->operands);
        settings->operands[settings->operand_count++] = words[optind + i];
    }
    return CLI_DONE;
}

/* Every number of the command's own options is none until it is given. */
static void clear_settings(const cli_command *command, cli_settings *settings)
{
    cli_option option;
    *settings = (cli_settings){.threads = HONE_NONE_INTEGER};
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        void *place = (char *)settings + option.offset;
        if (option.key == NULL && option.kind == CLI_INTEGER)
            *(int64_t *)place = HONE_NONE_INTEGER;
        if (option.key == NULL && option.kind == CLI_NUMBER)
            *(double *)place = HONE_NONE;
    }
}

int cli_parse(const cli_command *command, int count, char **words, cli_settings *settings)
{
    struct option table[MOST_OPTIONS + 2];
    int code;
    clear_settings(command, settings);
    fill_table(command, table);
    for (int i = 1; i < count && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0)
            return -1;
    opterr = 0;
    optind = 0;
    for (int at = 1; (code = getopt_long(count, words, ":h", table, NULL)) != -1; at = optind) {
        const char *word = words[optind > 1 ? optind - 1 : at];
        if (code == HELP_CODE || code == 'h')
            return -1;
        if (code == '?' || code == ':')
            return fail_getopt(command, code, word);
        int status = take(command, (size_t)(code - FIRST_CODE), optarg, settings);
        if (status != CLI_DONE)
            return status;
    }
    return take_operands(command, count, words, settings);
}
