/* Lines of a table that is predicted as it comes: how its options cut them, and their fields. */
#include "predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the options of DATA that say how fields are cut ---- */

/* "semicolon" of "delimiter=semicolon"; false when it is not given. */
bool cli_option_of(const char *options, const char *key, char *value, size_t size)
{
    size_t length = strlen(key);
    for (const char *at = options; at != NULL && *at != '\0';) {
        const char *comma = strchr(at, ',');
        if (strncmp(at, key, length) == 0 && at[length] == '=') {
            snprintf(value, size, "%.*s", (int)strcspn(at + length + 1, ","), at + length + 1);
            return true;
        }
        at = comma == NULL ? NULL : comma + 1;
    }
    return false;
}

char cli_delimiter_of(const char *options, const char *path)
{
    static const struct {
        const char *name;
        char letter;
    } names[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"space", ' '}, {"pipe", '|'}};
    char value[32];
    if (!cli_option_of(options, "delimiter", value, sizeof value))
        return cli_ends_with(path, ".tsv") ? '\t' : '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, value) == 0)
            return names[i].letter;
    return value[0];
}

/* ---- fields ---- */

/* The field that begins at `at`, without its quotes, and where the next one begins; NULL behind the last. */
const char *cli_next_field(const cli_source *source, const char *at, char **field)
{
    size_t room = strlen(at) + 1, length = 0;
    bool quoted = *at == source->quote && source->quote != '\0';
    char *copy = malloc(room);
    at += quoted;
    for (; *at != '\0' && (quoted || *at != source->delimiter); at++) {
        if (quoted && *at == source->quote && *++at != source->quote) {
            quoted = false;
            at--;
        } else if (copy != NULL)
            copy[length++] = *at;
    }
    if (copy != NULL)
        copy[length] = '\0';
    *field = copy;
    return *at == '\0' ? NULL : at + 1;
}

char *cli_field_at(const cli_source *source, const char *line, int column)
{
    char *field = NULL;
    for (int i = 0; line != NULL && i <= column; i++) {
        free(field);
        line = cli_next_field(source, line, &field);
        if (line == NULL && i < column) {
            free(field);
            return strdup("");
        }
    }
    return field;
}

/* As reading with header=auto: a line without numbers. */
bool cli_is_header(const cli_source *source, const char *line)
{
    bool numbers = false;
    for (const char *next = line; next != NULL;) {
        char *field, *end;
        next = cli_next_field(source, next, &field);
        numbers = numbers || (field != NULL && field[0] != '\0' && (strtod(field, &end), *end == '\0'));
        free(field);
    }
    return !numbers;
}
