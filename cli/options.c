/* Reading a command line by a command's table of options, and printing that table. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "fields/fields.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_OPTIONS = 40, FIRST_CODE = 1000, HELP_CODE = 999 };

/* ---- values ---- */

static int fail_value(const cli_option *option, const char *text, const char *expected)
{
    return cli_fail_usage("--%s: expected %s, received \"%s\"", option->name, expected, text);
}

static bool bounded(const cli_option *option)
{
    return option->lowest != 0 || option->highest != 0;
}

static void describe_range(const cli_option *option, const char *what, char *buffer, size_t size)
{
    char low[32], high[32];
    hone_internal_number_to_text(option->lowest, low, sizeof low);
    hone_internal_number_to_text(option->highest, high, sizeof high);
    for (char *zero = strstr(low, ".0"); zero != NULL && zero[2] == '\0'; zero = NULL)
        *zero = '\0';
    for (char *zero = strstr(high, ".0"); zero != NULL && zero[2] == '\0'; zero = NULL)
        *zero = '\0';
    if (!bounded(option))
        snprintf(buffer, size, "%s", what);
    else if (option->highest >= 1e15)
        snprintf(buffer, size, "%s %s %s", what, option->open ? "above" : "of at least", low);
    else
        snprintf(buffer, size, "%s %s %s and %s%s", what, "between", low, high,
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
    if (hone_internal_text_to_integer(text, place) && in_range(option, (double)*place))
        return CLI_DONE;
    describe_range(option, "an integer", expected, sizeof expected);
    return fail_value(option, text, expected);
}

/* Bytes: 1000, 64K, 500M, 2G, 1T; powers of 1024. */
static int take_bytes(const cli_option *option, const char *text, int64_t *place)
{
    static const char units[] = "KMGT";
    size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    char *digits = hone_internal_copy_text_n(text, unit != NULL ? length - 1 : length);
    int64_t factor = unit != NULL ? (int64_t)1 << (10 * (unit - units + 1)) : 1;
    bool good = digits != NULL && hone_internal_text_to_integer(digits, place) &&
                in_range(option, (double)*place * (double)factor);
    hone_internal_free(digits);
    if (!good)
        return fail_value(option, text, "a number of bytes such as 500M or 2G");
    *place *= factor;
    return CLI_DONE;
}

static int take_number(const cli_option *option, const char *text, double *place)
{
    char expected[128];
    bool zero_is_wrong = !bounded(option);
    if (hone_internal_text_to_number(text, true, place) && isfinite(*place) && in_range(option, *place) &&
        !(zero_is_wrong && *place == 0))
        return CLI_DONE;
    describe_range(option,
                   zero_is_wrong ? "a finite number other than 0 or a fraction such as 1/255" : "a number",
                   expected, sizeof expected);
    return fail_value(option, text, expected);
}

/* ".png|.svg" as `a name that ends in .png or .svg`. */
static int fail_extension(const char *option, const char *path, const char *extensions)
{
    hone_text text = {.data = NULL};
    for (const char *next = extensions; *next != '\0'; next++) {
        if (*next == '|')
            hone_internal_text_append(&text, strchr(next + 1, '|') != NULL ? ", " : " or ");
        else
            hone_internal_text_append_n(&text, next, 1);
    }
    int status = cli_fail_usage("--%s: expected a file that ends in %s, received \"%s\"", option,
                                text.failed ? extensions : text.data, path);
    hone_internal_text_free(&text);
    return status;
}

static int take_text(const cli_option *option, const char *text, const char **place)
{
    if (text[0] == '\0')
        return cli_fail_usage("--%s: expected %s, received an empty text", option->name, option->argument);
    if (option->detail != NULL && cli_extension(text, option->detail, NULL, 0) == NULL)
        return fail_extension(option->name, text, option->detail);
    *place = text;
    return CLI_DONE;
}

/* The library's sentence about a value, with the option in front. */
static int fail_spec(const cli_option *option)
{
    return cli_fail_usage("--%s: %s", option->name, hone_error_message());
}

static int take_spec(const cli_option *option, const char *text, const char **place)
{
    if (hone_internal_text_equal_nocase(text, "none"))
        return fail_value(option, text, option->argument);
    if (hone_internal_recipe_check_spec(option->detail, text) < 0)
        return fail_spec(option);
    *place = text;
    return CLI_DONE;
}

static int take_specs(const cli_option *option, const char *text, const char **place)
{
    hone_config *list = cli_split_specs(text);
    hone_status status = list == NULL ? hone_error_status() : HONE_OK;
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(list); i++)
        status = hone_internal_recipe_check_spec(
            option->detail, cli_spec_of(hone_internal_config_as_text(hone_internal_config_at(list, i))));
    hone_internal_config_free(list);
    *place = text;
    return status < 0 ? fail_spec(option) : CLI_DONE;
}

static int take_callback(const cli_option *option, const char *text, cli_settings *settings)
{
    bool none = hone_internal_text_equal_nocase(text, "none");
    if (settings->callback_count == CLI_MOST_CALLBACKS)
        return cli_fail_usage("--callback: more than %d callbacks", CLI_MOST_CALLBACKS);
    if (!none && hone_internal_recipe_check_spec("callback", text) < 0)
        return fail_spec(option);
    settings->callbacks[settings->callback_count++] = text;
    return CLI_DONE;
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

static int take(const cli_option *option, const char *text, cli_settings *settings)
{
    void *place = (char *)settings + option->offset;
    switch (option->kind) {
    case CLI_FLAG: *(bool *)place = true; return CLI_DONE;
    case CLI_INTEGER: return take_integer(option, text, place);
    case CLI_BYTES: return take_bytes(option, text, place);
    case CLI_NUMBER: return take_number(option, text, place);
    case CLI_FILE:
    case CLI_TEXT: return take_text(option, text, place);
    case CLI_SPEC: return take_spec(option, text, place);
    case CLI_SPECS: return take_specs(option, text, place);
    case CLI_MAPS: return take_map(option, text, settings);
    case CLI_CALLBACKS: return take_callback(option, text, settings);
    case CLI_CLASS_WEIGHT: return cli_read_class_weight(text, settings) < 0 ? fail_spec(option) : CLI_DONE;
    }
    return CLI_DONE;
}

/* ---- the line ---- */

static size_t count_options(const cli_command *command)
{
    size_t count = 0;
    while (command->options[count].name != NULL)
        count++;
    return count;
}

static void fill_table(const cli_command *command, struct option *table)
{
    size_t count = count_options(command);
    for (size_t i = 0; i < count; i++)
        table[i] = (struct option){command->options[i].name,
                                   command->options[i].kind == CLI_FLAG ? no_argument : required_argument,
                                   NULL, FIRST_CODE + (int)i};
    table[count] = (struct option){"help", no_argument, NULL, HELP_CODE};
    table[count + 1] = (struct option){NULL, 0, NULL, 0};
}

/* What getopt would not take: the word, cut at its "=". */
static int fail_option(const cli_command *command, const char *word)
{
    const char *names[MOST_OPTIONS + 1], *start = word + strspn(word, "-");
    size_t count = count_options(command);
    for (size_t i = 0; i < count; i++)
        names[i] = command->options[i].name;
    names[count] = "help";
    char *name = hone_internal_copy_text_n(start, strcspn(start, "="));
    const char *nearest = name == NULL ? NULL : hone_internal_text_nearest(name, names, count + 1);
    int shown = (int)strcspn(word, "=");
    if (nearest != NULL)
        cli_fail_usage("%s: unknown option \"%.*s\"; did you mean \"--%s\"?", command->name, shown, word,
                       nearest);
    else
        cli_fail_usage("%s: unknown option \"%.*s\"; hone %s --help lists the options", command->name, shown,
                       word, command->name);
    hone_internal_free(name);
    return CLI_USAGE;
}

/* An unknown option, an abbreviation of several, a flag with a value, or an option without one. */
static int fail_getopt(const cli_command *command, int code, const char *word)
{
    if (optopt == HELP_CODE)
        return cli_fail_usage("%s: --help takes no value", command->name);
    if (optopt < FIRST_CODE)
        return fail_option(command, word);
    const cli_option *option = &command->options[optopt - FIRST_CODE];
    if (code == ':')
        return cli_fail_usage("%s: --%s needs a value: --%s %s", command->name, option->name, option->name,
                              option->argument);
    return cli_fail_usage("%s: --%s takes no value", command->name, option->name);
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

/* What is a number is "not given", by the options of every command: what they share asks for others' too. */
static void give_nothing(const cli_command *command, cli_settings *settings)
{
    for (size_t i = 0; i < count_options(command); i++) {
        const cli_option *option = &command->options[i];
        char *place = (char *)settings + option->offset;
        if (option->kind == CLI_INTEGER || option->kind == CLI_BYTES)
            memcpy(place, &(int64_t){HONE_NONE_INTEGER}, sizeof(int64_t));
        if (option->kind == CLI_NUMBER)
            memcpy(place, &(double){HONE_NONE}, sizeof(double));
    }
}

int cli_parse(const cli_command *command, int count, char **words, cli_settings *settings)
{
    struct option table[MOST_OPTIONS + 2];
    int code;
    *settings = (cli_settings){0};
    for (const cli_command *const *other = cli_commands; *other != NULL; other++)
        give_nothing(*other, settings);
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
        int status = take(&command->options[code - FIRST_CODE], optarg, settings);
        if (status != CLI_DONE)
            return status;
    }
    return take_operands(command, count, words, settings);
}

void cli_settings_free(cli_settings *settings)
{
    hone_internal_free(settings->class_weights);
}

/* ---- help ---- */

void cli_print_usage(const cli_command *command, bool with_options)
{
    size_t count = count_options(command);
    printf("Usage: hone %s%s%s%s\n", command->name, command->operands[0] != '\0' ? " " : "",
           command->operands, count > 0 ? " [OPTION...]" : "");
    printf("%s\n", command->summary);
    if (!with_options)
        return;
    printf("\nOptions:\n");
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = &command->options[i];
        char head[64];
        snprintf(head, sizeof head, "--%s%s%s", option->name, option->argument != NULL ? " " : "",
                 option->argument != NULL ? option->argument : "");
        printf("  %-28s %s\n", head, option->help);
    }
    printf("  %-28s %s\n", "--help", "this help");
    if (command->details != NULL)
        printf("\n%s", command->details);
}
