/* Completion of command lines in bash, zsh and fish from the tables of options: `hone help --completion
 * bash`. Here is what all of them say; each shell has a file. */
#include "completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- what a word may be ---- */

/* Recipes, and all that can be loaded as a model: ".yaml|.yml|.keras|...". */
static const char *model_files(void)
{
    static char files[100];
    char endings[64];
    hone_file_endings(HONE_LOADS_MODEL, endings, sizeof endings); /* ".keras, .h5 or .onnx" */
    size_t length = (size_t)snprintf(files, sizeof files, ".yaml|.yml");
    for (const char *ending = strchr(endings, '.'); ending != NULL; ending = strchr(ending + 1, '.'))
        length += (size_t)snprintf(files + length, sizeof files - length, "|%.*s", (int)strcspn(ending, ", "),
                                   ending);
    return files;
}

static cli_word word_of_text(const char *argument, const char *detail)
{
    if (detail != NULL && detail[0] == '.')
        return (cli_word){WORD_FILE, detail};
    if (strcmp(argument, "DATA") == 0)
        return (cli_word){WORD_DATA, ""};
    if (strcmp(argument, "DIR") == 0)
        return (cli_word){WORD_FOLDER, ""};
    if (strstr(argument, "FILE") != NULL)
        return (cli_word){WORD_FILE, ""};
    return strchr(argument, '|') != NULL ? (cli_word){WORD_CHOICE, argument} : (cli_word){WORD_FREE, ""};
}

cli_word cli_word_of(const cli_option *option)
{
    switch (option->kind) {
    case CLI_FLAG: return (cli_word){WORD_FLAG, ""};
    case CLI_SPEC: return (cli_word){WORD_ONE, option->detail};
    case CLI_SPECS: return (cli_word){WORD_LIST, option->detail};
    case CLI_CALLBACKS: return (cli_word){WORD_ONE, "callback"};
    default: return word_of_text(option->argument, option->detail);
    }
}

/* The word that stands at a place among a command's operands: "MODEL --data DATA", "A B", "[fetch NAME]". */
bool cli_operand_at(const cli_command *command, int place, cli_word *found, char *name, size_t size)
{
    const cli_word model = {WORD_FILE, model_files()};
    const struct {
        const char *name;
        cli_word word;
    } known[] = {{"MODEL", model},
                 {"A", model},
                 {"B", model},
                 {"TOPIC", {WORD_TOPIC, ""}},
                 {"fetch", {WORD_CHOICE, "fetch"}},
                 {"NAME", {WORD_SET, ""}},
                 {"DATA", {WORD_DATA, ""}}};
    const char *start = command->operands;
    if (place >= command->most)
        return false;
    for (int i = 0; i < place; i++)
        start += strcspn(start, " ") + (strchr(start, ' ') != NULL);
    size_t opening = strspn(start, "[");
    snprintf(name, size, "%.*s", (int)strcspn(start + opening, " ]."), start + opening);
    if (name[0] == '\0' || name[0] == '-')
        return false;
    *found = (cli_word){WORD_FILE, ""};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            *found = known[i].word;
    return true;
}

void cli_each_of_family(const char *family, cli_put_item *put)
{
    const hone_type *type;
    for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
        put(type->name, type->summary);
}

void cli_each_set(cli_put_item *put)
{
    hone_known_dataset set;
    for (size_t i = 0; hone_known_dataset_at(i, &set); i++)
        put(set.name, set.title);
}

void cli_each_command_name(cli_put_item *put)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        put(cli_commands[i]->name, cli_commands[i]->summary);
}

void cli_each_topic(cli_put_item *put)
{
    const char *family;
    char plural[32];
    cli_each_command_name(put);
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        put(cli_page_at(i)->name, cli_page_at(i)->summary);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        put(plural, plural);
        cli_each_of_family(family, put);
    }
}

void cli_each_choice(const char *choices, cli_put_item *put)
{
    char name[32];
    for (const char *start = choices; *start != '\0';) {
        size_t length = strcspn(start, "|");
        snprintf(name, sizeof name, "%.*s", (int)length, start);
        if (!isupper((unsigned char)start[0]))
            put(name, NULL);
        start += length + (start[length] == '|');
    }
}

/* Text within single quotes; `special` letters get a backslash. */
void cli_put_quoted(const char *text, const char *special, const char *quote)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs(quote, stdout);
        else
            printf(strchr(special, *text) != NULL ? "\\%c" : "%c", *text);
    }
}

void cli_put_plain(const char *name, const char *summary)
{
    (void)summary;
    printf(" %s", name);
}

/* ".png|.svg" with `start` before each, `joint` between them, and the dots as `dot`. */
void cli_put_extensions(const char *extensions, const char *joint, const char *dot)
{
    for (; *extensions != '\0'; extensions++) {
        if (*extensions == '|')
            fputs(joint, stdout);
        else if (*extensions == '.')
            fputs(dot, stdout);
        else
            putchar(*extensions);
    }
}

void cli_each_command(void (*put)(const cli_command *command))
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        put(cli_commands[i]);
}

/* ---- by name ---- */

int cli_print_completion(const char *shell)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", cli_print_bash}, {"zsh", cli_print_zsh}, {"fish", cli_print_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print();
            return CLI_DONE;
        }
    return cli_fail_usage("--completion: expected bash, zsh or fish, received \"%s\"", shell);
}
