/* What a sweep searches: "a|b|c", "uniform(low, high)", "log(low, high)", "integers(low, high)",
 * "log_integers(low, high)"; a third number is how many values a grid takes of a range. */
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    cli_range_kind kind;
} ranges[] = {{"uniform", CLI_UNIFORM},   {"log", CLI_LOG},
              {"integers", CLI_INTEGERS}, {"log_integers", CLI_LOG_INTEGERS},
              {"lin", CLI_UNIFORM}, /* shorter words for the same */
              {"int", CLI_INTEGERS}};

static bool whole(cli_range_kind kind)
{
    return kind == CLI_INTEGERS || kind == CLI_LOG_INTEGERS;
}

static bool logarithmic(cli_range_kind kind)
{
    return kind == CLI_LOG || kind == CLI_LOG_INTEGERS;
}

/* ---- ranges ---- */

/* "1e-4, 1e-1)" as two or three numbers; how many, 0 when it is something else. */
static int read_numbers(const char *text, double numbers[3])
{
    for (int count = 0; count < 3; count++) {
        char number[64];
        text += strspn(text, " ");
        size_t length = strcspn(text, ",)"), kept = length;
        while (kept > 0 && text[kept - 1] == ' ')
            kept--;
        snprintf(number, sizeof number, "%.*s", (int)kept, text);
        if (kept >= sizeof number || !cli_to_number(number, &numbers[count]) || !isfinite(numbers[count]))
            return 0;
        text += length;
        if (*text == ')')
            return text[1 + strspn(text + 1, " ")] == '\0' ? count + 1 : 0;
        text += *text == ',';
    }
    return 0;
}

static int check_range(const char *setting, const cli_dimension *range)
{
    if (range->low >= range->high)
        return cli_fail_usage("--set %s: the lower bound must be below the upper one", setting);
    if (logarithmic(range->kind) && range->low <= 0)
        return cli_fail_usage("--set %s: a logarithmic range must lie above 0", setting);
    if (whole(range->kind) && (range->low != floor(range->low) || range->high != floor(range->high)))
        return cli_fail_usage("--set %s: the bounds must be integers", setting);
    if (range->points < 0 || range->points == 1 || range->points > 10000)
        return cli_fail_usage("--set %s: a grid takes 2 to 10000 values of a range", setting);
    return CLI_DONE;
}

static int read_range(const char *setting, const char *value, cli_dimension *dimension, bool *several)
{
    double numbers[3] = {0, 0, 0};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        size_t length = strlen(ranges[i].name);
        if (strncmp(value, ranges[i].name, length) != 0 || value[length] != '(')
            continue;
        int count = read_numbers(value + length + 1, numbers);
        if (count < 2)
            return cli_fail_usage("--set %s: expected %s(LOW, HIGH), or %s(LOW, HIGH, POINTS) for a grid",
                                  setting, ranges[i].name, ranges[i].name);
        dimension->kind = ranges[i].kind;
        dimension->low = numbers[0];
        dimension->high = numbers[1];
        dimension->points = count == 3 ? (int64_t)numbers[2] : 0;
        if (count == 3 && dimension->points == 0)
            dimension->points = -1;
        *several = true;
        return check_range(setting, dimension);
    }
    return CLI_DONE;
}

/* ---- choices ---- */

/* How far it is to the next "|" that stands in no brackets and quotes. */
static size_t length_of_choice(const char *text)
{
    size_t length = 0;
    int depth = 0;
    char quote = '\0';
    for (; text[length] != '\0'; length++) {
        char letter = text[length];
        if (quote != '\0')
            quote = letter == quote ? '\0' : quote;
        else if (letter == '"' || letter == '\'')
            quote = letter;
        else if (strchr("([{", letter) != NULL)
            depth++;
        else if (strchr(")]}", letter) != NULL)
            depth--;
        else if (letter == '|' && depth <= 0)
            break;
    }
    return length;
}

static int read_choices(const char *setting, const char *value, cli_dimension *dimension, bool *several)
{
    *several = value[length_of_choice(value)] == '|';
    for (const char *next = value; *several; next++) {
        size_t length = length_of_choice(next), first = strspn(next, " "), last = length;
        while (last > first && next[last - 1] == ' ')
            last--;
        if (last <= first)
            return cli_fail_usage("--set %s: there is an empty value among those separated by |", setting);
        char **grown = realloc(dimension->choices, (dimension->choice_count + 1) * sizeof *grown);
        if (grown == NULL)
            return cli_fail("out of memory");
        dimension->choices = grown;
        grown[dimension->choice_count] = strndup(next + first, last - first);
        if (grown[dimension->choice_count++] == NULL)
            return cli_fail("out of memory");
        next += length;
        if (*next == '\0')
            break;
    }
    return CLI_DONE;
}

int cli_dimension_read(const char *setting, cli_dimension *dimension, bool *several)
{
    const char *value = setting + strcspn(setting, "=") + 1;
    *dimension = (cli_dimension){.kind = CLI_CHOICES};
    *several = false;
    value += strspn(value, " ");
    int status = read_range(setting, value, dimension, several);
    if (status == CLI_DONE && !*several)
        status = read_choices(setting, value, dimension, several);
    if (status == CLI_DONE && *several) {
        dimension->path = strndup(setting, strcspn(setting, "="));
        status = dimension->path == NULL ? cli_fail("out of memory") : CLI_DONE;
    }
    return status;
}

void cli_dimension_free(cli_dimension *dimension)
{
    for (size_t i = 0; i < dimension->choice_count; i++)
        free(dimension->choices[i]);
    free(dimension->choices);
    free(dimension->path);
}

/* ---- values ---- */

static char *number_text(const cli_dimension *range, double number)
{
    char text[64];
    if (whole(range->kind))
        snprintf(text, sizeof text, "%.0f", fmin(fmax(round(number), range->low), range->high));
    else
        snprintf(text, sizeof text, "%.4g", fmin(fmax(number, range->low), range->high));
    return strdup(text);
}

/* From low to high; of integers each one is as likely as the next. */
static double number_at(const cli_dimension *range, double share)
{
    double low = range->low, high = range->high;
    if (logarithmic(range->kind))
        return low * pow(high / low, share);
    return low + (high - low) * share;
}

size_t cli_dimension_size(const cli_dimension *dimension)
{
    double span = dimension->high - dimension->low + 1;
    if (dimension->kind == CLI_CHOICES)
        return dimension->choice_count;
    if (dimension->points > 0)
        return (size_t)dimension->points;
    return dimension->kind == CLI_INTEGERS && span <= 10000 ? (size_t)span : 0;
}

char *cli_dimension_at(const cli_dimension *dimension, size_t place)
{
    size_t size = cli_dimension_size(dimension);
    if (dimension->kind == CLI_CHOICES)
        return strdup(dimension->choices[place]);
    return number_text(dimension, number_at(dimension, size > 1 ? (double)place / (double)(size - 1) : 0));
}

char *cli_dimension_draw(const cli_dimension *dimension, double share)
{
    if (dimension->kind == CLI_CHOICES)
        return strdup(dimension->choices[(size_t)(share * (double)dimension->choice_count)]);
    if (dimension->kind != CLI_INTEGERS)
        return number_text(dimension, number_at(dimension, share));
    double span = dimension->high - dimension->low + 1;
    return number_text(dimension, dimension->low + floor(share * span));
}

/* ---- titles ---- */

static const char *last_piece(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL ? path : dot + 1;
}

const char *cli_dimension_title(const cli_dimension *dimensions, size_t count, size_t index)
{
    const char *own = last_piece(dimensions[index].path);
    for (size_t i = 0; i < count; i++)
        if (i != index && strcmp(last_piece(dimensions[i].path), own) == 0)
            return dimensions[index].path;
    return own;
}

/* ---- the settings of a trial ---- */

void cli_trial_settings_free(cli_settings *settings)
{
    for (int i = 0; i < settings->set_count; i++)
        free((char *)settings->sets[i]);
    settings->set_count = 0;
}

hone_status cli_trial_settings(const cli_sweep *sweep, const cli_trial *trial, cli_settings *settings)
{
    *settings = *sweep->settings;
    settings->set_count = 0;
    for (int i = 0; i < sweep->settings->set_count; i++) {
        const char *given = sweep->settings->sets[i];
        int dimension = sweep->dimension_of[i];
        size_t path = strcspn(given, "=") + 1,
               size = path + strlen(dimension < 0 ? given + path : trial->values[dimension]) + 1;
        char *setting = malloc(size);
        if (setting == NULL) {
            cli_trial_settings_free(settings);
            return hone_fail(HONE_ERROR_MEMORY, "out of memory for the values of a trial");
        }
        snprintf(setting, size, "%.*s%s", (int)path, given,
                 dimension < 0 ? given + path : trial->values[dimension]);
        settings->sets[settings->set_count++] = setting;
    }
    return HONE_OK;
}
