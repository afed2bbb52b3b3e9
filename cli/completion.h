/* Completion of command lines: what a word may be, lists of words, and each shell's own form. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli.h"

typedef enum cli_word_kind {
    WORD_FLAG,   /* there is no word */
    WORD_FREE,   /* a number, a text */
    WORD_ONE,    /* a thing of a family, `detail` */
    WORD_LIST,   /* such things, separated by commas */
    WORD_CHOICE, /* one of `detail`, "a|b"; what is not in lower case stands for something else */
    WORD_FILE,   /* with one of the extensions `detail`, ".a|.b"; "": any */
    WORD_FOLDER,
    WORD_DATA,  /* a data set by name, or files */
    WORD_SET,   /* a data set by name */
    WORD_TOPIC, /* of help */
} cli_word_kind;

typedef struct cli_word {
    cli_word_kind kind;
    const char *detail;
} cli_word;

typedef void cli_put_item(const char *name, const char *summary);

/* What stands after an option; at a place among the operands of a command: "MODEL --data DATA", "A B",
 * "[fetch NAME]". */
cli_word cli_word_of(const cli_option *option);
bool cli_operand_at(const cli_command *command, int place, cli_word *found, char *name, size_t size);

/* Lists of words, one after the other. */
void cli_each_of_family(const char *family, cli_put_item *put);
void cli_each_set(cli_put_item *put);
void cli_each_command_name(cli_put_item *put);
void cli_each_topic(cli_put_item *put);
void cli_each_choice(const char *choices, cli_put_item *put);

/* Text within single quotes; `special` letters get a backslash, and quotes are `quote`. */
void cli_put_quoted(const char *text, const char *special, const char *quote);
/* A space and the name. */
void cli_put_plain(const char *name, const char *summary);
/* ".png|.svg" with `joint` between them, and the dots as `dot`. */
void cli_put_extensions(const char *extensions, const char *joint, const char *dot);
void cli_each_command(void (*put)(const cli_command *command));

void cli_print_bash(void);
void cli_print_zsh(void);
void cli_print_fish(void);

#endif
