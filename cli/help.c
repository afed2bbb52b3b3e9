/* hone help: the commands, what things are named, and what each takes. */
#include "cli.h"
#include "diagnoses.h"
#include "mentions.h"

#include <hone/extend.h>

#include <stdio.h>
#include <string.h>

/* ---- a command ---- */

void cli_print_usage(const cli_command *command, bool with_options)
{
    cli_option option;
    bool any = cli_option_at(command, 0, &option);
    printf("Usage: hone %s%s%s%s\n", command->name, command->operands[0] != '\0' ? " " : "",
           command->operands, any ? " [OPTION...]" : "");
    printf("%s\n", command->summary);
    if (!with_options)
        return;
    printf("\nOptions:\n");
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        char head[64];
        snprintf(head, sizeof head, "--%s%s%s", option.name, option.argument != NULL ? " " : "",
                 option.argument != NULL ? option.argument : "");
        printf("  %-28s %s\n", head, option.help);
    }
    printf("  %-28s %s\n", "--help", "this help");
    if (command->details != NULL)
        printf("\n%s", command->details);
}

/* ---- pages ---- */

/* "  json_bytes          67108864 bytes       JSON: a model's configuration" */
static void print_limits(void)
{
    const hone_limit_row *row;
    for (size_t i = 0; (row = hone_limit_at(i)) != NULL; i++)
        printf("  %-16s %10zu %-10s  %s\n", row->name, row->value, row->unit, row->what);
}

const cli_variable cli_variables[] = {
    {"HONE_DATA_DIR", "a folder of data sets: searched first, and the target of fetch"},
    {"HONE_THREADS",
     "number of threads when --threads is not given (default: the number of processors of this process)"},
    {"HONE_KERNELS",
     "which kernels to use: ref, generic, avx2, avx512, neon, sve, onednn, amx_bfloat16, amx (default: the best for this machine)"},
    {"HONE_TRACE", "write a trace of what ran when and on which thread to this file, for ui.perfetto.dev and "
                   "chrome://tracing"},
    {"HONE_SYNC",
     "0: files take their places without waiting for the disk; after a loss of power they may be damaged"},
    {"HONE_MPI",
     "what hone train loads when mpirun started it: openmpi, mpich, none, or the path of a plugin (default: by the launcher)"},
    {"TMPDIR", "where files are kept that are needed for a while: unpacked archives, pipes (default: /tmp)"},
    {"NO_COLOR", "when set, progress has no colours"},
    {"COLUMNS", "the width of the terminal"},
    {"CURL_CA_BUNDLE, SSL_CERT_FILE", "certificates to trust when fetching data sets"},
    {NULL, NULL}};

static void print_variables(void)
{
    for (size_t i = 0; cli_variables[i].name != NULL; i++)
        printf("  %-30s %s\n", cli_variables[i].name, cli_variables[i].text);
}

static const cli_page pages[] = {
    {"diagnoses", "what hone doctor can find",
     "hone doctor names the first cause that explains why a training does not learn. Each diagnosis has a page: hone help\n"
     "dead_relu.\n"
     "\n",
     .more = cli_print_diagnoses},
    {"recipe", "how to write a recipe",
     "A recipe is YAML with Keras's names:\n"
     "\n"
     "  model:\n"
     "    - input: [28, 28]\n"
     "    - flatten\n"
     "    - dense: {units: 300, activation: relu,\n"
     "              kernel_initializer: he_normal}\n"
     "    - dropout: 0.5\n"
     "    - dense: {units: 10, activation: softmax}\n"
     "  compile: {optimizer: adam, loss: sparse_categorical_crossentropy,\n"
     "            metrics: [accuracy]}\n"
     "  data: {train: fashion-mnist, validation: last 5000, scale: 1/255}\n"
     "  fit: {epochs: 30, callbacks: [\"early_stopping(patience=10)\"]}\n"
     "\n"
     "A layer is a name (flatten), a spec (\"dense(300, activation=relu)\"), or a name with its arguments: one value is the\n"
     "first argument (dropout: 0.5), a map gives them by name. hone help layers lists the layers.\n"
     "\n"
     "In a graph, inputs names the nodes that a layer reads; without it, a layer reads the one above:\n"
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
     "To use the same layer again, with the same weights: share: {layer: hidden, name: again, inputs: wide}\n"
     "Arguments of a layer's call other than its inputs go under call; names in it are nodes:\n"
     "  softmax: {inputs: scores, call: {mask: valid}}\n"
     "A model as a layer: model: {layers: [...], outputs: [...], name: encoder}, or model: {file: m.keras, name: encoder}\n"
     "\n"
     "A model file (.keras, .h5, .onnx) can be continued. Its layers up to one of them, frozen, with new "
     "layers after it:\n"
     "\n"
     "  model:\n"
     "    - {file: base.keras, until: pooling, freeze: \"*\"}\n"
     "    - dropout: 0.2\n"
     "    - dense: {units: 5, activation: softmax}\n"
     "\n"
     "Later all of it, at a low learning rate; what compile leaves out (loss, metrics, optimizer) comes "
     "from the file:\n"
     "\n"
     "  model: {file: m.keras, unfreeze: \"*\"}\n"
     "  compile: {learning_rate: 1e-5}\n"
     "\n"
     "Or both in one recipe, as stages of fit; a stage has the settings of those before it, but for what it says itself:\n"
     "\n"
     "  fit:\n"
     "    - {epochs: 5, batch_size: 32}\n"
     "    - {unfreeze: \"block5*\", learning_rate: 1e-5, epochs: 10}\n"
     "\n"
     "freeze and unfreeze take a name, a pattern (block1*, where * stands for any letters, ? for one), a list of them, or true for\n"
     "all; nested layers are found by their own name or as outer/inner. The optimizer keeps its state unless "
     "the set of\n"
     "trained weights changes. In a graph, inputs may name any layer of a file above. model: m.keras is that "
     "model, unchanged.\n"
     "\n"
     "lora adapts layers (Dense, EinsumDense, Embedding, Conv1D to Conv3D): their weights stay, and two small matrices of that\n"
     "rank beside each are trained; in a model file and in a stage of fit. Save them alone with --adapters:\n"
     "\n"
     "  model: {file: base.keras, freeze: true,\n"
     "          lora: {layers: \"block*\", rank: 4, alpha: 8}}\n"
     "  model: {file: base.keras, freeze: true, adapters: task.safetensors}\n"
     "\n"
     "metrics may be one string, \"accuracy, price:mae\": accuracy for every output, mae only for the "
     "output price.\n"
     "ignore_unknown: true warns about unknown settings of model files, and keeps them.\n"
     "name: the name of the model. dtype_policy: mixed_bfloat16 (or mixed_float16, float16, bfloat16, float64) applies to every layer without a dtype.\n"
     "mixed_float16 scales the loss as Keras's LossScaleOptimizer, which files keep around their optimizer.\n"
     "\n"
     "data.augment: a list of layers over the training data alone, such as [random_flip: horizontal, random_rotation: 0.05]; they run\n"
     "ahead on the thread that makes batches. Unless given, their value_range is 0 to 255 times data.scale.\n"
     "data.validation: last N samples, a fraction such as 0.1, or data; fit.callbacks: a list of specs; fit.class_weight: {0: 1.0, 1: 2.0}.\n",
     hone_recipe_section, NULL},
    {"data", "what --data and the data of a recipe can be",
     "fashion-mnist        a name: hone datasets lists them\n"
     "file.npz             the keys x and y, or x_train, y_train, x_test, y_test; also sample_weight; or "
     "a key for\n"
     "                     each input of the model, by name, and the targets under y or the outputs' names (if a\n"
     "                     layer is two outputs: d and d_1, or d for both)\n"
     "x.npy,y.npy          inputs and targets; only the inputs for predict\n"
     "images.gz,labels.gz  IDX files, with or without gzip\n"
     "x.npz,y.npz          several inputs or outputs, by the names of the model's\n"
     "table.csv#target=y   a table, with or without gzip; also .tsv; x.csv,y.csv are inputs and targets\n"
     "data.libsvm          lines \"label index:value ...\"\n"
     "data.tfrecord#target=y  records of TensorFlow (tf.train.Example)\n"
     "'train-*.csv'        several files as one set, also NPY, NPZ, IDX, libsvm and TFRecord\n"
     "train.manifest       the files that hone manifest has listed, which are compared with it\n"
     "verses.txt           a text, cut into windows of characters, or of a tokenizer's pieces; each is followed by the next\n"
     "folder               PNG and JPEG, WAV or .txt files in a folder for each class; or CIFAR's binary files\n"
     "picture.png          one PNG or JPEG file, to predict or explain; sound.wav likewise\n"
     "\n"
     "A '#' is followed by options, separated by commas: target=price,drop=[id, name],inputs=[wide(a, b), "
     "deep(c)]. The options of\n"
     "each format are below; format=csv, libsvm, tfrecord, characters, images or cifar gives the format if the file name does "
     "not. A model keeps how its\n"
     "data were read and scaled (columns, categories, classes, picture sizes, --scale), so --validation, evaluate, "
     "predict and report\n"
     "do the same; hone summary --data prints it.\n"
     "\n"
     "#train or #test after a source that has both selects one: fashion-mnist#test. By default train uses "
     "#train; evaluate,\n"
     "predict and --validation use #test. --scale 1/255 multiplies the inputs as they are used; bytes stay "
     "bytes in memory.\n"
     "\n"
     "--memory-limit 2G: larger data stay in their NPY, NPZ or IDX files and are read while the previous "
     "batch trains, in the\n"
     "same order and with the same results. Tables, TFRecord, gzip and compressed NPZ files are unpacked to "
     "scratch files in TMPDIR.\n",
     hone_data_format_at, NULL},
    {"limits", "limits on the contents of files",
     "Files are not trusted. Readers enforce these limits before they allocate memory:\n\n", NULL,
     print_limits},
    {"environment", "variables of the environment that hone reads", "Variables of the environment:\n\n", NULL,
     print_variables},
};
enum { PAGES = sizeof pages / sizeof *pages };

const cli_page *cli_page_at(size_t index)
{
    return index < PAGES ? &pages[index] : NULL;
}

static int print_fields(const hone_type *type, const char *indent)
{
    char *text = hone_type_describe(type);
    if (text == NULL)
        return cli_fail_library();
    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        printf("%s%.*s\n", indent, (int)length, line);
        line += length + (line[length] == '\n');
    }
    hone_free(text);
    return CLI_DONE;
}

static int print_page(const cli_page *found)
{
    fputs(found->text, stdout);
    if (found->more != NULL)
        found->more();
    const hone_type *type;
    for (size_t i = 0; found->section_at != NULL && (type = found->section_at(i)) != NULL; i++) {
        printf("\nIn %s:\n", type->name);
        if (print_fields(type, "  ") != CLI_DONE)
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
    for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
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

/* Every family's thing of that name, behind `count` others; how many there are then, or below zero. */
static int print_types(const char *name, int count)
{
    const char *family;
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        const hone_type *type = hone_type_find(family, name);
        if (type == NULL)
            continue;
        if (count++ > 0)
            printf("\n");
        if (print_type(family, type) != CLI_DONE)
            return -1;
    }
    return count;
}

static const char *find_family(const char *topic)
{
    const char *family;
    char plural[32];
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        if (strcmp(topic, plural) == 0 || strcmp(topic, family) == 0)
            return family;
    }
    return NULL;
}

/* ---- topics ---- */

enum { MOST_TOPICS = 1200 };

static int fail_topic(const char *topic)
{
    const char *family;
    const char *names[MOST_TOPICS];
    char plurals[16][32];
    size_t count = 0, families = 0;
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        names[count++] = cli_commands[i]->name;
    for (size_t i = 0; i < PAGES; i++)
        names[count++] = pages[i].name;
    for (size_t f = 0; (family = hone_family_at(f)) != NULL && families < 16; f++) {
        const hone_type *type;
        cli_plural(family, plurals[families], sizeof plurals[families]);
        names[count++] = plurals[families++];
        for (size_t i = 0; (type = hone_type_at(family, i)) != NULL && count < MOST_TOPICS - 32; i++)
            names[count++] = type->name;
    }
    const char *nearest = hone_nearest_name(topic, names, count);
    if (nearest != NULL)
        return cli_fail_usage("help: unknown topic \"%s\"; did you mean \"%s\"?", topic, nearest);
    return cli_fail_usage("help: unknown topic \"%s\"; hone help lists the topics", topic);
}

int cli_help_topic(const char *topic)
{
    const cli_command *command = cli_find_command(topic);
    if (command != NULL)
        cli_print_usage(command, true);
    else if (cli_print_diagnosis(topic))
        return CLI_DONE;
    for (size_t i = 0; i < PAGES; i++)
        if (strcmp(pages[i].name, topic) == 0)
            return print_page(&pages[i]);
    int things = print_types(topic, command != NULL ? 1 : 0);
    const char *family = find_family(topic);
    if (things < 0)
        return CLI_FAILED;
    if (family != NULL) {
        if (things > 0)
            printf("\n");
        print_family(family);
        return CLI_DONE;
    }
    return things > 0 || cli_print_mentions(topic) > 0 ? CLI_DONE : fail_topic(topic);
}

/* The type that stands for its family in the overview: one with arguments, as most users want. */
static const char *shown_type(const char *family)
{
    const hone_type *type;
    for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
        for (size_t f = 0; f < type->field_count; f++)
            if (type->fields[f].required)
                return type->name;
    type = hone_type_at(family, 0);
    return type != NULL ? type->name : family;
}

void cli_print_overview(void)
{
    const char *family;
    printf(
        "hone trains, evaluates and runs deep neural networks.\n\nUsage: hone COMMAND [ARGUMENT...]\n\nCommands:\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    printf("\nhone COMMAND --help lists the options of a command; hone help TOPIC explains a topic:\n");
    printf("  %-14s %s\n", "a command", "hone help train");
    for (size_t i = 0; i < PAGES; i++)
        printf("  %-14s %s\n", pages[i].name, pages[i].summary);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        char plural[32];
        size_t count = 0;
        cli_plural(family, plural, sizeof plural);
        while (hone_type_at(family, count) != NULL)
            count++;
        printf("  %-14s all %zu, or one by name: hone help %s\n", plural, count, shown_type(family));
    }
    printf(
        "\nhone --version prints the version. hone --sandbox COMMAND ... lets the command open only what its words name:\n"
        "no other file, no network, no other program; for files of strangers (Linux 6.2 or newer).\n");
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
    {"man", CLI_TEXT, CLI_AT(manual), .argument = "PAGE",
     .help = "print a manual page in man(7) format, such as hone-train.1; list prints their names"},
    {"completion", CLI_TEXT, CLI_AT(completion), .argument = "bash|zsh|fish",
     .help = "print a script for command-line completion in a shell"},
    CLI_OPTIONS_END};

const cli_command cli_help = {
    .name = "help",
    .operands = "[TOPIC]",
    .least = 0,
    .most = 1,
    .options = options,
    .run = help,
    .summary = "Lists the topics, or explains one: a command, a layer, an optimizer, a loss, and so on."};
