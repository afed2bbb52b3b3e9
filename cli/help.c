/* hone help: the commands, what things are named, and what each takes. */
#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "fields/fields.h"
#include "readers/options.h"
#include "registry.h"

#include <stdio.h>
#include <string.h>

/* ---- pages ---- */

/* "  json_bytes          67108864 bytes       JSON: a model's configuration" */
static void print_limits(void)
{
    const hone_limit_row *row;
    for (size_t i = 0; (row = hone_internal_limit_at(i)) != NULL; i++)
        printf("  %-16s %10zu %-10s  %s\n", row->name, row->value, row->unit, row->what);
}

static const cli_page pages[] = {
    {"recipe",
     "how a recipe is written",
     "A recipe is YAML with Keras's words:\n"
     "\n"
     "  model:\n"
     "    - input: [28, 28]\n"
     "    - flatten\n"
     "    - dense: {units: 300, activation: relu, kernel_initializer: he_normal}\n"
     "    - dropout: 0.5\n"
     "    - dense: {units: 10, activation: softmax}\n"
     "  compile: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}\n"
     "  data: {train: fashion-mnist, validation: last 5000, scale: 1/255}\n"
     "  fit: {epochs: 30, callbacks: [\"early_stopping(patience=10)\"]}\n"
     "\n"
     "A layer is a name (flatten), a spec (\"dense(300, activation=relu)\"), or a name with its arguments: one value is the\n"
     "first argument (dropout: 0.5), a map has them by name. hone help layers lists them.\n"
     "\n"
     "In a graph a layer says what it reads; one that says nothing reads the one above it:\n"
     "\n"
     "  model:\n"
     "    - input: {shape: [5], name: wide}\n"
     "    - input: {shape: [6], name: deep}\n"
     "    - dense: {units: 30, activation: relu, name: hidden}\n"
     "    - concatenate: {inputs: [wide, hidden]}\n"
     "    - dense: {units: 1, name: price}\n"
     "    - dense: {units: 1, name: aux, inputs: hidden}\n"
     "  outputs: [price, aux]\n"
     "  compile:\n"
     "    optimizer: {sgd: {learning_rate: 0.01, momentum: 0.9}}\n"
     "    loss: {price: mse, aux: mse}\n"
     "    loss_weights: {price: 0.9, aux: 0.1}\n"
     "\n"
     "Once more the same layer, with the same weights: share: {layer: hidden, name: again, inputs: wide}\n"
     "What a layer's call is given beside its inputs stands under call; names in it are nodes:\n"
     "  softmax: {inputs: scores, call: {mask: valid}}\n"
     "A model as a layer: model: {layers: [...], outputs: [...], name: encoder}\n"
     "name: the model's own name. dtype_policy: mixed_bfloat16 for every layer that names no dtype.\n"
     "\n"
     "data.validation: last N samples, a share such as 0.1, or data; fit.callbacks: a list of specs; fit.class_weight: {0: 1.0, 1: 2.0}.\n",
     {&hone_internal_recipe_data_type, &hone_internal_recipe_fit_type},
     NULL},
    {"data",
     "what --data and a recipe's data take",
     "fashion-mnist        a name: hone datasets lists them\n"
     "file.npz             the keys x and y, or x_train, y_train, x_test, y_test; sample_weight too; or a key for\n"
     "                     each input of the model, by name, and the targets under y or the outputs' names\n"
     "x.npy,y.npy          inputs and targets; the inputs alone for predict\n"
     "images.gz,labels.gz  IDX files, in gzip or not\n"
     "x.npz,y.npz          several inputs or outputs, by the names of the model's\n"
     "table.csv#target=y   a table, in gzip or not; .tsv too; x.csv,y.csv are inputs and targets\n"
     "data.libsvm          lines \"label index:value ...\"\n"
     "folder               PNG and JPEG files in a folder for each class; or CIFAR's binary files\n"
     "\n"
     "What follows a '#' are options, separated by commas: target=price,drop=[id, name],inputs=[wide(a, b), deep(c)]. The options of\n"
     "each format are below; format=csv, libsvm, images or cifar says what a file is when its name does not. A model keeps how its\n"
     "data were read (columns, categories, classes, sizes of pictures): --validation, evaluate, predict and report read alike.\n"
     "\n"
     "#train or #test after a source that has both chooses one: fashion-mnist#test. Without it train takes the one; evaluate,\n"
     "predict and --validation take the other. --scale 1/255 multiplies the inputs on the way; bytes stay bytes in memory.\n"
     "\n"
     "--memory-limit 2G: what is larger stays in its NPY, NPZ or IDX files and is read while the last batch trains, in the\n"
     "same order and with the same results. Gzip and compressed NPZ go through a scratch file in TMPDIR.\n",
     {&hone_internal_csv_type, &hone_internal_images_type, &hone_internal_libsvm_type,
      &hone_internal_cifar_type},
     NULL},
    {"limits",
     "what readers of files refuse to believe",
     "Files are untrusted. These limits are enforced before memory is asked for:\n\n",
     {NULL, NULL},
     print_limits},
};
enum { PAGES = sizeof pages / sizeof *pages };

const cli_page *cli_page_at(size_t index)
{
    return index < PAGES ? &pages[index] : NULL;
}

static int print_fields(const hone_type *type, const char *indent)
{
    hone_text text = {.data = NULL};
    if (hone_internal_fields_describe(type, &text) < 0 || text.failed) {
        hone_internal_text_free(&text);
        return cli_fail_library();
    }
    for (char *line = text.data; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        printf("%s%.*s\n", indent, (int)length, line);
        line += length + (line[length] == '\n');
    }
    hone_internal_text_free(&text);
    return CLI_DONE;
}

static int print_page(const cli_page *found)
{
    fputs(found->text, stdout);
    if (found->more != NULL)
        found->more();
    for (int i = 0; i < 4 && found->sections[i] != NULL; i++) {
        printf("\nIn %s:\n", found->sections[i]->name);
        if (print_fields(found->sections[i], "  ") != CLI_DONE)
            return CLI_FAILED;
    }
    return CLI_DONE;
}

/* ---- registered things ---- */

void cli_plural(const char *family, char *buffer, size_t size)
{
    bool hissing = family[strlen(family) - 1] == 's';
    snprintf(buffer, size, "%s%s", family, hissing ? "es" : "s");
}

static void print_family(const char *family)
{
    const hone_type *type;
    char plural[32];
    cli_plural(family, plural, sizeof plural);
    printf("The %s:\n", plural);
    for (size_t i = 0; (type = hone_internal_type_at(family, i)) != NULL; i++)
        printf("  %-32s %s\n", type->name, type->summary != NULL ? type->summary : "");
}

/* "units: 300", as a first line of help shows how a thing is written. */
static void print_signature(const hone_type *type)
{
    printf("%s(", type->name);
    for (size_t i = 0, shown = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (!field->required)
            continue;
        printf("%s%s", shown++ > 0 ? ", " : "", field->name);
    }
    printf(")");
}

const hone_type *cli_call_fields(const char *family, const hone_type *type)
{
    return strcmp(family, "layer") == 0 ? ((const hone_layer_type *)type)->call_fields : NULL;
}

static int print_type(const char *family, const hone_type *type)
{
    printf("%s %s", type->name, strchr("aeiou", family[0]) != NULL ? "is an" : "is a");
    printf(" %s: %s in model files, ", family, type->class_name);
    print_signature(type);
    printf(" in specs\n");
    if (type->aliases != NULL) {
        printf("Also named ");
        for (const char *letter = type->aliases; *letter != '\0'; letter++)
            fputs(*letter == '|' ? ", " : (char[]){*letter, '\0'}, stdout);
        printf("\n");
    }
    if (type->summary != NULL)
        printf("\n%s\n", type->summary);
    if (type->details != NULL)
        printf("%s\n", type->details);
    printf("\n%s\n", type->field_count > 0 ? "Arguments:" : "It takes no arguments.");
    if (print_fields(type, "  ") != CLI_DONE)
        return CLI_FAILED;
    const hone_type *call = cli_call_fields(family, type);
    if (call == NULL)
        return CLI_DONE;
    printf("\nArguments of its call, in recipes under \"call\":\n");
    return print_fields(call, "  ");
}

static const hone_type *find_type(const char *family, const char *name)
{
    const hone_type *type = hone_internal_type_find(family, name);
    if (type == NULL)
        hone_error_clear();
    return type;
}

/* Every family's thing of that name; how many there were, or below zero. */
static int print_types(const char *name)
{
    int count = 0;
    for (const char *const *family = hone_internal_families; *family != NULL; family++) {
        const hone_type *type = find_type(*family, name);
        if (type == NULL)
            continue;
        if (count++ > 0)
            printf("\n");
        if (print_type(*family, type) != CLI_DONE)
            return -1;
    }
    return count;
}

static const char *find_family(const char *topic)
{
    char plural[32];
    for (const char *const *family = hone_internal_families; *family != NULL; family++) {
        cli_plural(*family, plural, sizeof plural);
        if (strcmp(topic, plural) == 0 || strcmp(topic, *family) == 0)
            return *family;
    }
    return NULL;
}

/* ---- topics ---- */

enum { MOST_TOPICS = 1200 };

static int fail_topic(const char *topic)
{
    const char *names[MOST_TOPICS];
    char plurals[16][32];
    size_t count = 0, families = 0;
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        names[count++] = cli_commands[i]->name;
    for (size_t i = 0; i < PAGES; i++)
        names[count++] = pages[i].name;
    for (const char *const *family = hone_internal_families; *family != NULL && families < 16; family++) {
        const hone_type *type;
        cli_plural(*family, plurals[families], sizeof plurals[families]);
        names[count++] = plurals[families++];
        for (size_t i = 0; (type = hone_internal_type_at(*family, i)) != NULL && count < MOST_TOPICS - 32;
             i++)
            names[count++] = type->name;
    }
    const char *nearest = hone_internal_text_nearest(topic, names, count);
    if (nearest != NULL)
        return cli_fail_usage("help: nothing is named \"%s\"; did you mean \"%s\"?", topic, nearest);
    return cli_fail_usage("help: nothing is named \"%s\"; hone help lists the topics", topic);
}

int cli_help_topic(const char *topic)
{
    const cli_command *command = cli_find_command(topic);
    if (command != NULL)
        cli_print_usage(command, true);
    for (size_t i = 0; i < PAGES; i++)
        if (strcmp(pages[i].name, topic) == 0)
            return print_page(&pages[i]);
    int things = command != NULL ? 1 : print_types(topic);
    const char *family = find_family(topic);
    if (things < 0)
        return CLI_FAILED;
    if (family != NULL) {
        if (things > 0)
            printf("\n");
        print_family(family);
        return CLI_DONE;
    }
    return things > 0 ? CLI_DONE : fail_topic(topic);
}

void cli_print_overview(void)
{
    printf(
        "hone trains, evaluates and runs deep neural networks.\n\nUsage: hone COMMAND [ARGUMENT...]\n\nCommands:\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    printf("\nhone COMMAND --help lists a command's options, hone help TOPIC explains:\n");
    printf("  %-14s %s\n", "a command", "hone help train");
    for (size_t i = 0; i < PAGES; i++)
        printf("  %-14s %s\n", pages[i].name, pages[i].summary);
    for (const char *const *family = hone_internal_families; *family != NULL; family++) {
        char plural[32];
        size_t count = 0;
        cli_plural(*family, plural, sizeof plural);
        while (hone_internal_type_at(*family, count) != NULL)
            count++;
        const hone_type *first =
            hone_internal_type_at(*family, strcmp(*family, "layer") == 0 && count > 2 ? 2 : 0);
        printf("  %-14s the %zu of them, or one by its name: hone help %s\n", plural, count,
               first != NULL ? first->name : *family);
    }
    printf("\nhone --version prints the version.\n");
}

static int help(const cli_settings *settings)
{
    if (settings->manual != NULL)
        return cli_print_manual(settings->manual);
    if (settings->completion != NULL)
        return cli_print_completion(settings->completion);
    if (settings->operand_count > 0)
        return cli_help_topic(settings->operands[0]);
    cli_print_overview();
    return CLI_DONE;
}

static const cli_option options[] = {
    {"man", CLI_TEXT, CLI_AT(manual), "PAGE",
     "print a manual page in man(7)'s form, as hone-train.1; list names them", NULL, 0, 0, false},
    {"completion", CLI_TEXT, CLI_AT(completion), "bash|zsh|fish",
     "print what completes command lines in a shell", NULL, 0, 0, false},
    CLI_OPTIONS_END};

const cli_command cli_help = {
    .name = "help",
    .operands = "[TOPIC]",
    .least = 0,
    .most = 1,
    .options = options,
    .run = help,
    .summary = "Lists the topics, or explains one: a command, a layer, an optimizer, a loss, ..."};
