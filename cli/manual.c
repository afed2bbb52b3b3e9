/* Manual pages from the tables that help is made of: `hone help --man hone-train.1`. */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- roff ---- */

/* Text as man(7) shows it: its own letters are escaped, and a line never begins as a request does. */
static void put_text(const char *text, size_t length)
{
    static const struct {
        char letter;
        const char *roff;
    } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'"', "\\(dq"}, {'\'', "\\(aq"},
                   {'^', "\\(ha"}, {'~', "\\(ti"}, {'`', "\\(ga"}};
    for (size_t i = 0; i < length; i++) {
        size_t row = 0, rows = sizeof escapes / sizeof *escapes;
        while (row < rows && escapes[row].letter != text[i])
            row++;
        if (i == 0 && text[i] == '.')
            printf("\\&");
        if (row < rows)
            fputs(escapes[row].roff, stdout);
        else
            putchar(text[i]);
    }
}

static void put_line(const char *text)
{
    put_text(text, strlen(text));
    putchar('\n');
}

/* Paragraphs, and lines that begin with spaces as they stand; below a heading or (`follows`) below a
 * paragraph. */
static void put_prose(const char *text, bool follows)
{
    bool example = false, fresh = follows;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        bool indented = line[0] == ' ';
        if (length > 0 && (fresh || indented != example)) {
            printf("%s.PP\n%s", example && !indented ? ".EE\n" : "", indented && !example ? ".EX\n" : "");
            example = indented;
        }
        fresh = length == 0 && !example;
        if (length > 0 || example) {
            put_text(line, length);
            putchar('\n');
        }
        line += length + (line[length] == '\n');
    }
    if (example)
        printf(".EE\n");
}

static void put_verbatim(const char *text)
{
    printf(".EX\n");
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        put_text(line, length);
        putchar('\n');
        line += length + (line[length] == '\n');
    }
    printf(".EE\n");
}

/* "Trains a model." as "trains a model". */
static void put_summary(const char *summary)
{
    size_t length = strlen(summary);
    bool word = length > 1 && !isupper((unsigned char)summary[1]);
    char first = word ? (char)tolower((unsigned char)summary[0]) : summary[0];
    putchar(first);
    put_text(summary + 1, length > 1 ? length - 1 - (summary[length - 1] == '.') : 0);
    putchar('\n');
}

/* TITLE and the section NAME. */
static void put_head(const char *name, const char *section, const char *summary)
{
    printf(".\\\" Made by: hone help --man %s.%s\n.TH ", name, section);
    for (const char *letter = name; *letter != '\0'; letter++)
        putchar(toupper((unsigned char)*letter));
    printf(" %s \"\" \"Hone %s\" \"Hone\"\n.SH NAME\n", section, HONE_VERSION_TEXT);
    put_text(name, strlen(name));
    printf(" \\- ");
    put_summary(summary);
}

/* ---- commands ---- */

static void put_option(const char *name, const char *argument, const char *help)
{
    printf(".TP\n.BI \\-\\-");
    put_text(name, strlen(name));
    if (argument != NULL) {
        printf(" \" ");
        put_text(argument, strlen(argument));
        putchar('"');
    }
    putchar('\n');
    put_line(help);
}

static void put_options(const cli_command *command)
{
    cli_option option;
    for (size_t i = 0; cli_option_at(command, i, &option); i++)
        put_option(option.name, option.argument, option.help);
}

static const char exit_text[] =
    "0: success, also when training stopped early. 1: an error in a file (such as a recipe) or in the "
    "run, or a training whose weights are not numbers at its end. 2: an error in the\n"
    "command line itself: an unknown command, option or extension, a missing option, or an invalid value. "
    "130: interrupted\n"
    "by Ctrl-C; 143 and 129: ended by SIGTERM and SIGHUP; each after saving.\n";

static void put_command(const cli_command *command)
{
    char name[64];
    snprintf(name, sizeof name, "hone-%s", command->name);
    put_head(name, "1", command->summary);
    printf(".SH SYNOPSIS\n.B hone ");
    put_line(command->name);
    if (command->operands[0] != '\0') {
        printf(".I ");
        put_line(command->operands);
    }
    printf(".RI [ OPTION ...]\n.SH DESCRIPTION\n");
    put_line(command->summary);
    if (command->details != NULL)
        put_prose(command->details, true);
    printf(".SH OPTIONS\n");
    put_options(command);
    put_option("help", NULL, "print the command and its options");
    printf(".SH EXIT STATUS\n");
    put_prose(exit_text, false);
    printf(".SH SEE ALSO\n.BR hone (1)");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (cli_commands[i] != command) {
            printf(",\n.BR hone\\-");
            put_text(cli_commands[i]->name, strlen(cli_commands[i]->name));
            printf(" (1)");
        }
    putchar('\n');
}

/* ---- topics and families ---- */

/* "units (integer, required): number of outputs", a line a field. */
static hone_status put_fields(const hone_type *type)
{
    char *text = hone_type_describe(type);
    for (char *line = text; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n"), name = strcspn(line, " ");
        char *help = strstr(line, "): ");
        size_t kind = help != NULL && help < line + length ? (size_t)(help - line) + 1 : length;
        printf(".TP\n.BR ");
        put_text(line, name);
        printf(" \" ");
        put_text(line + name + (line[name] == ' '), kind > name ? kind - name - 1 : 0);
        printf("\"\n");
        put_text(line + kind + (kind < length ? 2 : 0), kind < length ? length - kind - 2 : 0);
        putchar('\n');
        line += length + (line[length] == '\n');
    }
    hone_free(text);
    return text == NULL ? hone_error_status() : HONE_OK;
}

static hone_status put_type(const char *family, const hone_type *type)
{
    printf(".SS ");
    put_line(type->name);
    put_line(type->summary != NULL ? type->summary : type->class_name);
    if (type->details != NULL)
        put_prose(type->details, true);
    printf(".br\nIn model files: ");
    put_text(type->class_name, strlen(type->class_name));
    if (type->aliases != NULL)
        printf("; also named ");
    for (const char *letter = type->aliases; letter != NULL && *letter != '\0'; letter++)
        fputs(*letter == '|' ? ", " : (char[]){*letter, '\0'}, stdout);
    printf(".\n");
    CLI_TRY(put_fields(type));
    const hone_type *call = cli_call_fields(family, type);
    if (call == NULL)
        return HONE_OK;
    printf(".PP\nArguments of its call, in recipes under\n.BR call :\n");
    return put_fields(call);
}

static int put_family(const char *family, const char *plural)
{
    char name[64], summary[64];
    const hone_type *type;
    snprintf(name, sizeof name, "hone-%s", plural);
    snprintf(summary, sizeof summary, "The %s of Hone", plural);
    put_head(name, "7", summary);
    printf(".SH DESCRIPTION\nIn specs, recipes and options, each of them is written as its name with "
           "arguments in parentheses:\n"
           ".BR \"name(argument=value)\" .\nIn C, the call has the same name and takes the arguments as "
           "keywords:\n"
           ".BR \"hone_dense(300, .activation = \\(dqrelu\\(dq)\" .\n");
    for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
        if (put_type(family, type) < 0)
            return cli_fail_library();
    printf(".SH SEE ALSO\n.BR hone (1),\n.BR hone (3)\n");
    return CLI_DONE;
}

static int put_topic(const cli_page *page)
{
    char name[64];
    snprintf(name, sizeof name, "hone-%s", page->name);
    put_head(name, "7", page->summary);
    printf(".SH DESCRIPTION\n");
    put_prose(page->text, false);
    if (page->more != NULL) {
        printf(".EX\n");
        page->more();
        printf(".EE\n");
    }
    const hone_type *type;
    for (size_t i = 0; page->section_at != NULL && (type = page->section_at(i)) != NULL; i++) {
        printf(".SH KEYS OF %s\n", type->name);
        if (put_fields(type) < 0)
            return cli_fail_library();
    }
    printf(".SH SEE ALSO\n.BR hone (1)\n");
    return CLI_DONE;
}

/* ---- the library ---- */

static const char library_text[] =
    "Hone is a C library that trains deep neural networks: layers, losses, metrics, optimizers, schedules and callbacks\n"
    "with Keras's names, defaults and semantics. <hone/hone.h> includes the whole API; <hone/hone.hpp> is for C++17.\n"
    "The headers document the shapes, units, ranges, errors and ownership of each function.\n"
    "\n"
    "  hone_model *model = hone_sequential(\n"
    "      hone_input(28, 28), hone_flatten(), hone_dense(300, .activation = \"relu\"), hone_dense(10, .activation = \"softmax\"));\n"
    "  hone_compile(model, .optimizer = hone_adam(), .loss = \"sparse_categorical_crossentropy\", .metrics = {\"accuracy\"});\n"
    "  hone_fit(model, train, .epochs = 30);\n"
    "  hone_status status = hone_save(model, \"m.keras\");\n"
    "  if (status < 0)\n"
    "      fprintf(stderr, \"%s\\n\", hone_error_message());\n"
    "\n"
    "Arguments that are left out have Keras's defaults; an explicit 0 or false counts. Layers, "
    "optimizers, schedules and\n"
    "callbacks are calls, hone_NAME(); losses, metrics, activations, initializers, regularizers and "
    "constraints are strings.\n"
    "\n"
    "A function that fails returns a status below zero, or NULL, and hone_error_message() returns its "
    "message in the\n"
    "calling thread. A NULL argument is an earlier failure, so one check at the end is enough. The library "
    "never exits,\n"
    "prints or installs a signal handler. A model is used by one thread at a time; different models are independent.\n"
    "\n"
    "Compile with one of:\n"
    "\n"
    "  cc program.c $(pkg-config --cflags --libs hone)\n"
    "  cc program.c $(pkg-config --cflags --libs hone-static)\n"
    "  find_package(hone) and target_link_libraries(program PRIVATE hone::hone), in CMake\n";

static int put_library(void)
{
    const char *family;
    char plural[32];
    const hone_type *type;
    put_head("hone", "3", "Train deep neural networks in C");
    printf(".SH SYNOPSIS\n.B #include <hone/hone.h>\n.SH DESCRIPTION\n");
    put_prose(library_text, false);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        printf(".SS %s\n", plural);
        for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++) {
            fputs(i > 0 ? ",\n" : "", stdout);
            put_text(type->name, strlen(type->name));
        }
        printf(":\n.BR hone\\-%s (7).\n", plural);
    }
    printf(".SH ENVIRONMENT\n.TP\n.B HONE_THREADS\nnumber of threads; results do not depend on it\n.TP\n.B "
           "HONE_DATA_DIR\n"
           "a folder of data sets\n.SH SEE ALSO\n.BR hone (1)\n");
    return CLI_DONE;
}

/* ---- the command as a whole ---- */

static const char overview_text[] =
    "hone trains, evaluates and runs deep neural networks without Python. MODEL is a recipe (.yaml) or a model file\n"
    "(.keras, .h5, .onnx). Keras's names, defaults and files are used throughout: what hone writes Keras loads, and the\n"
    "other way round. The defaults are Keras's too: batches of 32, shuffled in each epoch, metrics over the epoch, and\n"
    "the last incomplete batch counts.\n"
    "\n"
    "Results and --json go to standard output, progress and messages to standard error. The same command with the same\n"
    "build on the same machine gives the same weights, to the last bit, whatever the number of threads.\n"
    "\n"
    "A layer, optimizer, loss, metric, activation, initializer, regularizer, constraint, schedule or callback is written\n"
    "as a SPEC: its name, and arguments in parentheses, as in \"adam(learning_rate=0.001)\". hone help NAME explains each\n"
    "with every argument, hone COMMAND --help a command.\n"
    "\n"
    "hone --sandbox COMMAND ... lets the command open only what its words name: no other file, no network, no other\n"
    "program; for files of strangers (Linux 6.2 or newer). hone --version prints the version.\n";

static void put_variables(void)
{
    printf(".SH ENVIRONMENT\n");
    for (size_t i = 0; cli_variables[i].name != NULL; i++) {
        printf(".TP\n.B ");
        put_line(cli_variables[i].name);
        put_line(cli_variables[i].text);
    }
}

static void put_synopsis(void)
{
    printf(".SH SYNOPSIS\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("%s.B hone ", i > 0 ? ".br\n" : "");
        put_line(cli_commands[i]->name);
        if (cli_commands[i]->operands[0] != '\0') {
            printf(".I \"");
            put_text(cli_commands[i]->operands, strlen(cli_commands[i]->operands));
            printf("\"\n");
        }
        printf(".RI [ OPTION ...]\n");
    }
}

static void put_commands(void)
{
    printf(".SH COMMANDS\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf(".SS ");
        put_line(cli_commands[i]->name);
        put_line(cli_commands[i]->summary);
        if (cli_commands[i]->details != NULL)
            put_prose(cli_commands[i]->details, true);
        put_options(cli_commands[i]);
    }
}

/* "data" as DATA. */
static void put_page_section(const cli_page *page)
{
    printf(".SH ");
    for (const char *letter = page->name; *letter != '\0'; letter++)
        putchar(toupper((unsigned char)*letter));
    putchar('\n');
    put_verbatim(page->text);
    printf("See\n.BR hone\\-%s (7).\n", page->name);
}

static int put_hone(void)
{
    char plural[32];
    const char *family;
    put_head("hone", "1", "Train deep neural networks from the shell");
    put_synopsis();
    printf(".SH DESCRIPTION\n");
    put_prose(overview_text, false);
    put_commands();
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        if (cli_page_at(i)->more == NULL)
            put_page_section(cli_page_at(i));
    printf(".SH EXIT STATUS\n");
    put_prose(exit_text, false);
    put_variables();
    printf(".SH SEE ALSO\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf(".BR hone\\-%s (1),\n", cli_commands[i]->name);
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        printf(".BR hone\\-%s (7),\n", cli_page_at(i)->name);
    for (size_t i = 0; (family = hone_family_at(i)) != NULL; i++) {
        cli_plural(family, plural, sizeof plural);
        printf(".BR hone\\-%s (7),\n", plural);
    }
    printf(".BR hone (3)\n");
    return CLI_DONE;
}

/* ---- pages by name ---- */

static int print_names(void)
{
    const char *family;
    char plural[32];
    printf("hone.1\nhone.3\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("hone-%s.1\n", cli_commands[i]->name);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        printf("hone-%s.7\n", plural);
    }
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        printf("hone-%s.7\n", cli_page_at(i)->name);
    return CLI_DONE;
}

/* "train", "hone-train" and "hone-train.1" are the same page; "hone" is hone.1. */
static void bare_name(const char *page, char *buffer, size_t size)
{
    if (strncmp(page, "hone-", 5) == 0)
        page += 5;
    snprintf(buffer, size, "%s", page);
    char *dot = strrchr(buffer, '.');
    if (dot != NULL && isdigit((unsigned char)dot[1]) && dot[2] == '\0' && strcmp(buffer, "hone.3") != 0)
        *dot = '\0';
}

int cli_print_manual(const char *page)
{
    const char *family;
    char name[64], plural[32];
    bare_name(page, name, sizeof name);
    if (strcmp(name, "list") == 0)
        return print_names();
    if (strcmp(name, "hone.3") == 0)
        return put_library();
    if (strcmp(name, "hone") == 0)
        return put_hone();
    const cli_command *command = cli_find_command(name);
    if (command != NULL) {
        put_command(command);
        return CLI_DONE;
    }
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        if (strcmp(name, plural) == 0)
            return put_family(family, plural);
    }
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        if (strcmp(name, cli_page_at(i)->name) == 0)
            return put_topic(cli_page_at(i));
    return cli_fail_usage("help: there is no manual page \"%s\"; hone help --man list prints their names",
                          page);
}
