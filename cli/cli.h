/* The command: its options, its commands, and what they share. Exit status: 0 done, 2 when the command line
 * alone shows the mistake, 1 for everything that needed a file or the run, 130 and 143 when interrupted. */
#ifndef HONE_CLI_H
#define HONE_CLI_H

#include "fields/config.h"
#include "recipe/recipe.h"
#include <hone/model.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* ---- options ---- */

typedef enum cli_kind {
    CLI_FLAG,
    CLI_TEXT,
    CLI_INTEGER,
    CLI_NUMBER, /* also a fraction: 1/255 */
    CLI_BYTES,  /* an integer, also with K, M, G or T: 500M is 500 * 2^20 */
    CLI_FILE,   /* to be written; `detail`: the extensions, ".png|.svg" */
    CLI_SPEC,   /* `detail`: the family */
    CLI_SPECS,  /* separated by commas */
    CLI_CALLBACKS,
    CLI_MAPS, /* THEIRS=OURS; may be repeated */
    CLI_CLASS_WEIGHT
} cli_kind;

typedef struct cli_option {
    const char *name; /* "batch-size" */
    cli_kind kind;
    size_t offset;        /* of its member in cli_settings */
    const char *argument; /* "N"; NULL for flags */
    const char *help;
    const char *detail;
    double lowest, highest; /* of numbers; 0, 0: any */
    bool open;              /* the bounds themselves are excluded */
} cli_option;

enum { CLI_MOST_CALLBACKS = 64, CLI_MOST_MAPS = 256 };

/* What a command line says; a command has the options of its table. NULL, HONE_NONE and HONE_NONE_INTEGER:
 * not given. */
typedef struct cli_settings {
    const char *operands[2]; /* MODEL, or A and B */
    int operand_count;
    const char *data, *validation, *sample_weight, *optimizer, *loss, *metrics;
    const char *output, *history, *plot, *log_dir, *checkpoint;
    const char *update_freq, *title, *class_names, *graph, *rankdir; /* TensorBoard, reports, summaries */
    int64_t line_length;
    bool expand_nested, show_trainable, show_shapes, show_layer_names, show_layer_activations;
    const char *mirror, *ca_file;
    double validation_split, scale, learning_rate, lowest_rate, highest_rate, timeout;
    int64_t memory_limit, epochs, batch_size, seed, threads, verbose, checkpoint_every, steps;
    const char *callbacks[CLI_MOST_CALLBACKS];
    int callback_count;
    double *class_weights; /* owned: cli_settings_free */
    size_t class_weight_count;
    const char *weights, *prefix;    /* of an export */
    const char *manual, *completion; /* of help */
    int64_t samples;
    const char *arch, *keras_version, *dtype;
    int64_t shard_bytes;
    const char *maps[CLI_MOST_MAPS + 1]; /* NULL-ended */
    int map_count;
    bool no_shuffle, resume, json, classes, profile, by_name, skip_mismatch, partial, ignore_unknown;
} cli_settings;

typedef struct cli_command {
    const char *name;
    const char *operands;      /* "MODEL", for the usage line */
    int least, most;           /* operands */
    const char *summary;       /* one line */
    const char *details;       /* further lines for help, or NULL */
    const cli_option *options; /* ended by a NULL name; beside --help */
    int (*run)(const cli_settings *settings);
} cli_command;

extern const cli_command *const cli_commands[]; /* ended by NULL */
extern const cli_command cli_train, cli_evaluate, cli_predict, cli_summary, cli_plan, cli_convert,
    cli_datasets, cli_find_rate, cli_help, cli_export, cli_doctor, cli_report;
const cli_command *cli_find_command(const char *name); /* NULL when there is none */

#define CLI_AT(member) offsetof(cli_settings, member)
#define CLI_OPTION_DATA \
    { \
        "data", CLI_TEXT, CLI_AT(data), "DATA", "a name, or files: see hone help data", NULL, 0, 0, false \
    }
#define CLI_OPTION_SCALE \
    { \
        "scale", CLI_NUMBER, CLI_AT(scale), "X", \
            "multiply the inputs by X: a number, or a fraction such as 1/255", NULL, 0, 0, false \
    }
#define CLI_OPTION_BATCH_SIZE \
    { \
        "batch-size", CLI_INTEGER, CLI_AT(batch_size), "N", "samples of a batch; 32", NULL, 1, 1e15, false \
    }
#define CLI_OPTION_MEMORY_LIMIT \
    { \
        "memory-limit", CLI_BYTES, CLI_AT(memory_limit), "BYTES", \
            "data beyond this stay in their files and are read as they are needed; 500M, 2G", NULL, 1, 1e15, \
            false \
    }
#define CLI_OPTION_THREADS \
    { \
        "threads", CLI_INTEGER, CLI_AT(threads), "N", "threads to use; results do not depend on it", NULL, \
            1, 256, false \
    }
#define CLI_OPTION_LOSS \
    { \
        "loss", CLI_SPEC, CLI_AT(loss), "SPEC", "the loss", "loss", 0, 0, false \
    }
#define CLI_OPTION_METRICS \
    { \
        "metrics", CLI_SPECS, CLI_AT(metrics), "A,B", "the metrics; price:mae for one output; none", \
            "metric", 0, 0, false \
    }
#define CLI_OPTION_SAMPLE_WEIGHT \
    { \
        "sample-weight", CLI_TEXT, CLI_AT(sample_weight), "FILE.npy", "a weight for each sample", ".npy", 0, \
            0, false \
    }
#define CLI_OPTION_CLASS_WEIGHT \
    { \
        "class-weight", CLI_CLASS_WEIGHT, CLI_AT(class_weights), "0:1.0,1:2.0", \
            "a weight for each class; 1 for the others", NULL, 0, 0, false \
    }
#define CLI_OPTION_IGNORE_UNKNOWN \
    { \
        "ignore-unknown", CLI_FLAG, CLI_AT(ignore_unknown), NULL, \
            "settings of the file that Hone does not know are warnings, and are kept", NULL, 0, 0, false \
    }
#define CLI_OPTION_KERAS_VERSION \
    { \
        "keras-version", CLI_TEXT, CLI_AT(keras_version), "X.Y", \
            "the oldest Keras that is to read the result, from 3.0 on; 3.4", NULL, 0, 0, false \
    }
#define CLI_OPTIONS_END \
    { \
        NULL, CLI_FLAG, 0, NULL, NULL, NULL, 0, 0, false \
    }

/* Reads the words after the command's name. Returns CLI_USAGE with a message on stderr; -1 when --help was
 * asked for. */
int cli_parse(const cli_command *command, int count, char **words, cli_settings *settings);
void cli_settings_free(cli_settings *settings); /* what cli_parse made */
void cli_print_usage(const cli_command *command, bool with_options);

/* ---- values ---- */

bool cli_ends_with(const char *text, const char *end);
/* The extension among "a|b|c" that the path ends with, or NULL. */
const char *cli_extension(const char *path, const char *extensions, char *buffer, size_t size);
/* "mse, precision(thresholds=[0.1, 0.2])" to a list of texts; "none" to an empty one. */
hone_config *cli_split_specs(const char *text);
/* "mae" of "price:mae", a metric of one output. */
const char *cli_spec_of(const char *item);
/* "0:1.0,1:2.0" to a weight for each class, in place of those of an option given before. */
hone_status cli_read_class_weight(const char *text, cli_settings *settings);

/* ---- messages ---- */

/* "hone: " and a line on stderr; these return the exit status. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail_library(void); /* the library's sentence */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line of JSON on stdout; frees the map. False after a failure, with its message. */
bool cli_print_json(hone_config *map);
/* Fails when something could not be written to stdout. */
int cli_finish_output(int status);

/* ---- the terminal ---- */

bool cli_redraws(
    int descriptor);  /* a terminal on which a line can be written over: not TERM=dumb, nor none */
bool cli_plain(void); /* without colours: NO_COLOR is set */
/* As Python's shutil.get_terminal_size: COLUMNS, else the terminal's, else 80. */
int64_t cli_columns(int descriptor);

/* ---- models and data ---- */

bool cli_is_recipe(const char *path);     /* .yaml, .yml */
bool cli_is_model_file(const char *path); /* .keras, .h5 */
/* Says why MODEL cannot be what the command takes, by its extension alone; 0 when it can. */
int cli_check_model(const char *command, const char *path, bool recipes);
/* A model file by --ignore-unknown; warnings go to stderr. */
hone_model *cli_load_file(const char *path, const cli_settings *settings);
void cli_print_warning(void *context, const char *text, size_t length); /* a sink */
/* Whether --keras-version is one; CLI_DONE or CLI_USAGE. */
int cli_check_keras_version(const cli_settings *settings);
/* A model file, or a recipe's model; *recipe is NULL for a file. NULL after a failure with a sentence. */
hone_model *cli_load_model(const char *path, const cli_settings *settings, hone_recipe **recipe);
/* --loss and --metrics, and a new optimizer (taken over; NULL: the present one, else rmsprop), in place of
 * what the model is compiled with. */
hone_status cli_recompile(hone_model *model, const cli_settings *settings, hone_optimizer *optimizer);
/* --metrics as the model wants them: for every output. */
hone_config *cli_metrics(const hone_model *model, const char *metrics);
bool cli_has_loss(const hone_model *model);
/* --data, scaled; with the weights of an NPY file unless
 * `weights` is NULL; within a limit to the memory, HONE_NONE_INTEGER for none. `model`: which they are for, or
 * NULL. `schema`: how the data of its training were read, or NULL. */
hone_dataset *cli_load_data(const char *source, const char *part, double scale, const char *weights,
                            int64_t memory_limit);
hone_dataset *cli_load_data_as(const hone_model *model, const hone_config *schema, const char *source,
                               const char *part, double scale, const char *weights, int64_t memory_limit);
bool cli_given(double number);
bool cli_given_integer(int64_t integer);
void cli_set_threads(const cli_settings *settings);

/* ---- interruptions ---- */

void cli_catch_signals(void);
/* From now on the first SIGINT, SIGTERM or SIGHUP stops the fit of this model instead of ending the process;
 * NULL: it only counts. */
void cli_guard(hone_model *model);
int cli_caught_signal(void); /* SIGINT, SIGTERM, SIGHUP or 0 */

/* ---- help ---- */

/* A topic of help that is a text, and the types whose fields follow it. */
typedef struct cli_page {
    const char *name, *summary, *text;
    const hone_type *sections[4];
    void (*more)(void); /* prints what follows the text, or NULL */
} cli_page;
const cli_page *cli_page_at(size_t index); /* NULL after the last */
/* The fields of a layer's call; NULL: it has none, or is no layer. */
const hone_type *cli_call_fields(const char *family, const hone_type *type);
/* "layer" to "layers", "loss" to "losses". */
void cli_plural(const char *family, char *buffer, size_t size);
/* A manual page by its name ("hone-train.1"; "list": the names), and what completes command lines in a shell.
 */
int cli_print_manual(const char *page);
int cli_print_completion(const char *shell);
bool cli_comes_later(const cli_command *command); /* it is only announced */
int cli_help_topic(const char *topic);
void cli_print_overview(void);

#endif
