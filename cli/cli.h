/* The command: its options, its commands, and what they share. Exit status: 0 done, 2 when the command line
 * alone shows the mistake, 1 for everything that needed a file or the run, 130 and 143 when interrupted. */
#ifndef HONE_CLI_H
#define HONE_CLI_H

#include <hone/hone.h>

/* Users of the command have no use for places in its source. */
#undef HONE_SITE
#define HONE_SITE NULL

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* ---- options ---- */

typedef enum cli_kind {
    CLI_OF_FIELD, /* as the field says: a flag, a text, an integer, a number */
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
    CLI_SETS, /* PATH=VALUE, for the recipe; may be repeated */
    CLI_CLASS_WEIGHT
} cli_kind;

/* An option. One that sets a key of a recipe ("fit.epochs") has its name, type, range, default and help from
 * the field table of that section, unless the row gives another word. */
typedef struct cli_option {
    const char *name; /* "batch-size" */
    cli_kind kind;
    size_t offset;        /* of its member in cli_settings; without a key */
    const char *argument; /* "N"; NULL for flags */
    const char *help;
    const char *detail;
    double lowest, highest;  /* of numbers; 0, 0: any */
    bool open;               /* the bounds themselves are excluded */
    const char *key;         /* of the recipe, or NULL */
    const char *value;       /* of a flag with a key: what it sets; NULL: true */
    const char *argument_of; /* a function's argument, or NULL */
    const hone_type *type;   /* whose field it is; cli_option_at sets both */
    const hone_field *field;
} cli_option;

/* An option that sets a key, and the text it was given. */
typedef struct cli_key_value {
    const char *key;
    cli_kind kind;
    const char *text;
} cli_key_value;

enum { CLI_MOST_GIVEN = 128, CLI_MOST_MAPS = 256, CLI_MOST_SETS = 64 };

/* What a command line says; a command has the options of its table. NULL, HONE_NONE and HONE_NONE_INTEGER:
 * not given. */
typedef struct cli_settings {
    const char *operands[2]; /* MODEL, or A and B */
    int operand_count;
    cli_key_value given[CLI_MOST_GIVEN]; /* for the recipe */
    int given_count;
    char bytes[24]; /* the text of a CLI_BYTES: digits */
    const char *output, *history, *plot, *log_dir, *save_best, *monitor, *mode;
    const char *folder, *page; /* of a sweep */
    int64_t trials, jobs, factor, stop_after;
    const char *keep, *measure; /* of predictions, of a threshold */
    int64_t draws;
    bool confusion, per_class, calibration, weight_facts, importance, row;
    int64_t repeats;
    bool header, streams; /* streams: standard input is read by the command itself */
    const char *update_freq, *title, *class_names, *graph, *rankdir; /* TensorBoard, reports, summaries */
    int64_t line_length;
    bool expand_nested, show_trainable, show_shapes, show_layer_names, show_layer_activations;
    const char *mirror, *ca_file;
    double lowest_rate, highest_rate, timeout;
    int64_t threads, verbose, steps, folds, processes;
    double patience;                          /* seconds */
    const char *link;                         /* of a forecast */
    bool advised;                             /* a plan, in sentences */
    const char *weights, *prefix, *calibrate; /* of an export */
    const char *manual, *completion;          /* of help */
    const char *prompt;                       /* of a text to be written */
    int64_t length, top_k, seed, beams;
    double temperature, top_p;
    int64_t samples;
    const char *method, *layer; /* of an explanation */
    int64_t class_number, sample;
    const char *arch, *keras_version, *dtype, *adapters, *quantize;
    int64_t shard_bytes;
    const char *maps[CLI_MOST_MAPS + 1]; /* NULL-ended */
    int map_count;
    const char *sets[CLI_MOST_SETS]; /* "fit.epochs=5" */
    int set_count;
    bool feature_maps, filters;                                     /* what to explain */
    bool data_facts;                                                /* what to summarize */
    const char *apply, *html, *without, *doctor_page, *doctor_file; /* of the doctor */
    double seconds;
    bool detailed, fails, watched;
    bool fold;
    bool sizes_alone; /* of a manifest */
    bool json, classes, profile, by_name, skip_mismatch, partial, ignore_unknown, merge_lora;
} cli_settings;

typedef struct cli_command {
    const char *name;
    const char *operands;      /* "MODEL", for the usage line */
    int least, most;           /* operands */
    const char *summary;       /* one line */
    const char *details;       /* further lines for help, or NULL */
    const cli_option *options; /* ended by one that names nothing; beside --help */
    int (*run)(const cli_settings *settings);
} cli_command;

extern const cli_command *const cli_commands[]; /* ended by NULL */
extern const cli_command cli_train, cli_evaluate, cli_predict, cli_summary, cli_plan, cli_convert,
    cli_datasets, cli_find_rate, cli_help, cli_export, cli_report, cli_explain, cli_generate, cli_describe,
    cli_init, cli_sweep_command, cli_schema, cli_doctor, cli_threshold, cli_calibrate, cli_manifest;
const cli_command *cli_find_command(const char *name); /* NULL when there is none */

#define CLI_AT(member) .offset = offsetof(cli_settings, member)
#define CLI_OPTION_SCALE \
    { \
        .key = "data.scale" \
    }
#define CLI_OPTION_BATCH_SIZE \
    { \
        .key = "fit.batch_size" \
    }
#define CLI_OPTION_MEMORY_LIMIT \
    { \
        .key = "data.memory_limit", .kind = CLI_BYTES \
    }
#define CLI_OPTION_JSON \
    { \
        "json", CLI_FLAG, CLI_AT(json), .help = "print one JSON object on stdout" \
    }
#define CLI_OPTION_LOSS \
    { \
        .key = "compile.loss" \
    }
#define CLI_OPTION_METRICS \
    { \
        .key = "compile.metrics", .argument = "A,B", \
        .help = "metrics of every output; price:mae: only for the output price; none: no metrics" \
    }
#define CLI_OPTION_SET \
    { \
        "set", CLI_SETS, \
            .argument = "PATH=VALUE", \
            .help = "set any key of the recipe, such as model.1.dense.units=64; may be repeated" \
    }
#define CLI_OPTION_CLASS_WEIGHT \
    { \
        .key = "fit.class_weight" \
    }
/* Data that a model is applied to. */
#define CLI_OPTION_DATA \
    { \
        "data", .key = "data.test", .help = "a name, or files (see hone help data)" \
    }
#define CLI_OPTION_THREADS \
    { \
        "threads", CLI_INTEGER, CLI_AT(threads), \
            .argument = "N", .lowest = 1, .highest = 256, \
            .help = "number of threads; results do not depend on it (default: all processors)" \
    }
#define CLI_OPTION_IGNORE_UNKNOWN \
    { \
        .argument_of = "load.ignore_unknown", CLI_AT(ignore_unknown), \
        .help = "warn about unknown settings of a model file, and keep them" \
    }
#define CLI_OPTION_FOLD \
    { \
        "fold", CLI_FLAG, CLI_AT(fold), \
            .help = \
                "fold each batch normalization into the convolution or dense layer before it where that is " \
                "exact to 1e-6" \
    }
#define CLI_OPTION_KERAS_VERSION \
    { \
        .argument_of = "save.keras_version", CLI_AT(keras_version), \
        .help = "the oldest Keras version that must read the result, 3.0 or newer (default 3.4)" \
    }
#define CLI_OPTIONS_END \
    { \
        .name = NULL \
    }

/* The options of a command, one after the other, with what their keys' fields say; false behind the last.
 * Their texts live until the program ends. */
bool cli_option_at(const cli_command *command, size_t index, cli_option *option);
/* The text that the option of a key was given, the last one; or NULL. */
const char *cli_given_text(const cli_settings *settings, const char *key);

/* Reads the words after the command's name. Returns CLI_USAGE with a message on stderr; -1 when --help was
 * asked for. */
int cli_parse(const cli_command *command, int count, char **words, cli_settings *settings);
void cli_print_usage(const cli_command *command, bool with_options);

/* ---- values ---- */

bool cli_given(double number);
bool cli_given_integer(int64_t integer);
bool cli_to_integer(const char *text, int64_t *integer);
bool cli_to_number(const char *text, double *number); /* also a fraction: 1/255 */
bool cli_ends_with(const char *text, const char *end);
bool cli_has_extension(const char *path, const char *extensions); /* one of "a|b|c" */

/* ---- messages ---- */

/* "hone: " and a line on stderr; these return the exit status. */
/* Confines the process to the files that the words of a command name; CLI_DONE, or a failure that is told. */
int cli_enter_sandbox(const cli_command *command, int count, char **words);
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail_library(void); /* the library's sentence */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fails when something could not be written to stdout. */
int cli_finish_output(int status);

/* ---- the terminal ---- */

bool cli_redraws(
    int descriptor);  /* a terminal on which a line can be written over: not TERM=dumb, nor none */
bool cli_plain(void); /* without colours: NO_COLOR is set */
/* As Python's shutil.get_terminal_size: COLUMNS, else the terminal's, else 80. */
int64_t cli_columns(int descriptor);

/* ---- models and data ---- */

/* Returns the status of an expression from the enclosing function when it is below zero. */
#define CLI_TRY(expression) \
    do { \
        hone_status cli_status = (expression); \
        if (cli_status < 0) \
            return cli_status; \
    } while (0)

bool cli_is_recipe(const char *path);     /* .yaml, .yml */
bool cli_is_model_file(const char *path); /* by its name */
/* Says why MODEL cannot be what the command takes, by its extension alone; 0 when it can. */
int cli_check_model(const char *command, const char *path, bool recipes);
void cli_print_warning(void *context, const char *text, size_t length); /* a sink */
/* Whether --keras-version is one; CLI_DONE or CLI_USAGE. */
int cli_check_keras_version(const cli_settings *settings);
/* MODEL as a recipe, with the options in place of its keys, checked. NULL after a failure with a message. */
hone_recipe *cli_load_recipe(const char *path, const cli_settings *settings);
/* DATA as it is, or "shoe.png" as the model takes it: of its size, with its number of channels. */
hone_status cli_name_picture(const char *source, hone_model *model, char *name, size_t size);
/* With --fold the folded model in place of `model`, and on stderr which normalisations stay and why; NULL
 * after a failure, and for NULL. */
hone_model *cli_fold(hone_model *model, const cli_settings *settings);
/* Its fit.batch_size. */
int64_t cli_batch_size(const hone_recipe *recipe);
/* hone train --folds. */
int cli_train_folds(const cli_settings *settings);
/* --monitor, or what is monitored without it: val_loss if the recipe has validation data, else loss. */
const char *cli_monitor(const cli_settings *settings, const hone_recipe *recipe);
void cli_set_threads(const cli_settings *settings);

/* ---- standard input and pipes (spool.c) ---- */

bool cli_is_stdin(const char *source);  /* "-", "-#target=y" */
bool cli_is_stream(const char *source); /* that, or a pipe */
/* A new file without a name, in TMPDIR; below zero after a failure. */
int cli_temporary(void);
hone_status cli_write_all(int descriptor, const char *bytes, size_t count);
/* What names that file as DATA, with its format and these options; to be freed. */
char *cli_name_descriptor(int descriptor, const char *options);
/* DATA that is standard input or a pipe, read into such a file, as DATA to be freed. NULL when it is neither
 * (*spooled false), and after a failure. */
char *cli_spool(const char *source, bool *spooled);

/* Least, mean, most, deviation and share of zeros of each weight (weights.c); the exit status. */
int cli_print_weights(const hone_model *model, bool as_json);
double cli_finite_share(hone_variable *weight); /* 1: all of its numbers are finite */

/* ---- processes ---- */

/* The ranks of a training, this process one of them; all zero: there is but this one. */
typedef struct cli_ranks {
    hone_group *group;
    int *children, count;                 /* of rank 0 */
    void (*end)(bool failed, int status); /* of a launcher's library; NULL: they were started here */
    int messages; /* a descriptor, plus 1, for what the others have to say when rank 0 is lost */
    int here;     /* on this machine */
} cli_ranks;
/* With --processes N starts the others, which return from here too; under mpirun joins them. CLI_DONE, or a
 * failure that is told. */
int cli_ranks_begin(const cli_settings *settings, cli_ranks *ranks);
/* Before a failure is told: tells the others, and whether this one speaks. */
void cli_ranks_fail(cli_ranks *ranks);
int cli_ranks_end(cli_ranks *ranks, int status); /* waits for the others; the exit status */
/* launch.c: the ranks that a launcher of MPI started; nothing when none did. */
int cli_launched(cli_ranks *ranks, int *here); /* `here`: on this machine */
/* The number of this process among those that a launcher started, -1 without one, and how many are on this
 * machine. What needs no messages asks for it: no MPI is loaded. */
int cli_launched_rank(int *here);
void cli_be_quiet(void); /* another process speaks for this one */
/* From now on this process says nothing; ranks->messages is where it would. */
void cli_be_silent(cli_ranks *ranks);
/* Processors are shared by so many ranks on this machine, unless the user says how many threads each has. */
void cli_share_threads(const cli_settings *settings, int ranks);
/* How many shards are chosen when ranks share the training stands in what is saved, as if it were given: so
 * it gives the same bits again. Too few are left to the fit, which says why. */
hone_status cli_choose_shards(hone_recipe *recipe, const hone_group *group);
/* Before a training that ranks share: that they are slower than one, by how much, and what is lost with one
 * of them. */
void cli_warn_ranks(const cli_ranks *ranks, hone_recipe *recipe);

/* ---- interruptions ---- */

void cli_catch_signals(void);
/* From now on the first SIGINT, SIGTERM or SIGHUP stops the fit of this model instead of ending the process;
 * NULL: it only counts. */
void cli_guard(hone_model *model);
void cli_guard_end(void);    /* from now on the first one ends the process again */
int cli_caught_signal(void); /* SIGINT, SIGTERM, SIGHUP or 0 */

/* ---- help ---- */

/* A topic of help that is a text. */
typedef struct cli_page {
    const char *name, *summary, *text;
    const hone_type *(*section_at)(size_t index); /* types whose fields follow, or NULL */
    void (*more)(void);                           /* prints what follows the text, or NULL */
} cli_page;
const cli_page *cli_page_at(size_t index); /* NULL after the last */
/* What the environment may say; ends with one without a name. */
typedef struct cli_variable {
    const char *name, *text;
} cli_variable;
extern const cli_variable cli_variables[];
/* The fields of a layer's call; NULL: it has none, or is not a layer. */
const hone_type *cli_call_fields(const char *family, const hone_type *type);
/* "layer" to "layers", "loss" to "losses". */
void cli_plural(const char *family, char *buffer, size_t size);
/* A manual page by its name ("hone-train.1"; "list": the names), and what completes command lines in a shell.
 */
int cli_print_manual(const char *page);
int cli_print_completion(const char *shell);
int cli_help_topic(const char *topic);
void cli_print_overview(void);

#endif
