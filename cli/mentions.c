/* hone help on a word that names no topic: what has an argument or an option of that name, or else what says
 * the word. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strcasestr */
#endif
#include "mentions.h"

#include "cli.h"
#include "base/plural.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SHOWN = 12 };

typedef struct search {
    const char *word;
    int found;
    bool beginnings; /* of names are enough */
    char last[200];  /* formats share arguments: each line once */
} search;

/* "  normalization      hone help normalization: ..." */
static void tell(search *of, const char *topic, const char *text, size_t length)
{
    char line[sizeof of->last];
    snprintf(line, sizeof line, "%s %.*s", topic, (int)length, text);
    if (strcmp(line, of->last) == 0)
        return;
    snprintf(of->last, sizeof of->last, "%s", line);
    if (of->found == 0)
        printf("\"%s\" is in:\n", of->word);
    if (of->found++ < MOST_SHOWN)
        printf("  hone help %-20s %.*s\n", topic, (int)length, text);
}

static void tell_summary(search *of, const char *topic, const char *summary)
{
    if (summary != NULL)
        tell(of, topic, summary, strlen(summary));
}

/* Whether an option has the word's name: arguments are written with "_", options with "-". */
static bool is_option(const char *name, const char *word)
{
    for (; *name != '\0' && (*name == *word || (*name == '-' && *word == '_')); name++)
        word++;
    return *name == '\0' && *word == '\0';
}

/* "loss_scale" begins "loss_scale_factor". */
static bool begins(const char *name, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '_' || name[length] == '-');
}

/* The line of a description that begins with the word and a blank, or with the word as the beginning of a
 * name. */
static void tell_field(search *of, const char *topic, const hone_type *type)
{
    char *text = hone_type_describe(type);
    const size_t length = strlen(of->word);
    for (const char *line = text; line != NULL && *line != '\0';) {
        const size_t end = strcspn(line, "\n");
        if ((strncmp(line, of->word, length) == 0 && line[length] == ' ') ||
            (of->beginnings && begins(line, of->word)))
            tell(of, topic, line, end);
        line += end + (line[end] == '\n');
    }
    hone_free(text);
}

static void each_field(search *of)
{
    const hone_type *type;
    const char *family;
    cli_option option;
    for (size_t p = 0; cli_page_at(p) != NULL; p++)
        for (size_t i = 0;
             cli_page_at(p)->section_at != NULL && (type = cli_page_at(p)->section_at(i)) != NULL; i++)
            tell_field(of, cli_page_at(p)->name, type);
    for (size_t c = 0; cli_commands[c] != NULL; c++)
        for (size_t i = 0; cli_option_at(cli_commands[c], i, &option); i++)
            if (is_option(option.name, of->word) || (of->beginnings && begins(option.name, of->word)))
                tell_summary(of, cli_commands[c]->name, option.help);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
            tell_field(of, type->name, type);
}

/* Upper and lower case are one. */
static bool says(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = text; at != NULL && (at = strcasestr(at, word)) != NULL; at++)
        if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[length]))
            return true;
    return false;
}

static void each_text(search *of)
{
    const hone_type *type;
    const char *family;
    for (size_t i = 0; cli_variables[i].name != NULL; i++)
        if (says(cli_variables[i].name, of->word))
            tell_summary(of, "environment", cli_variables[i].text);
    for (size_t p = 0; cli_page_at(p) != NULL; p++)
        if (says(cli_page_at(p)->text, of->word))
            tell_summary(of, cli_page_at(p)->name, cli_page_at(p)->summary);
    for (size_t c = 0; cli_commands[c] != NULL; c++)
        if (says(cli_commands[c]->summary, of->word) || says(cli_commands[c]->details, of->word))
            tell_summary(of, cli_commands[c]->name, cli_commands[c]->summary);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
            if (says(type->summary, of->word) || says(type->details, of->word))
                tell_summary(of, type->name, type->summary);
}

int cli_print_mentions(const char *word)
{
    search of = {.word = word};
    if (strlen(word) < 3)
        return 0;
    each_field(&of);
    if (of.found == 0)
        each_text(&of);
    of.beginnings = of.found == 0;
    if (of.beginnings)
        each_field(&of);
    if (of.found > MOST_SHOWN)
        printf("  and %d other%s\n", of.found - MOST_SHOWN, hone_internal_plural(of.found - MOST_SHOWN));
    return of.found;
}
