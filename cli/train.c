/* hone train: a recipe, or a model file that trains on. */
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "cli.h"
#include "model/model.h"
#include "record.h"
#include "train/checkpoint.h"

#include <hone/charts.h>
#include <hone/look.h>
#include <hone/pipeline.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* All that one training holds. */
typedef struct training {
    const cli_settings *settings;
    hone_recipe *recipe; /* NULL: a model file */
    hone_model *model;
    hone_dataset *all, *train, *validation; /* `train` is all of it, or what is not held out */
    hone_fit_args fit;
    char *identity; /* of the recipe, for checkpoints */
    cli_recorder recorder;
} training;

/* ---- what the command line alone shows ---- */

static int check_optimizer(const cli_settings *settings)
{
    if (settings->optimizer == NULL || !cli_given(settings->learning_rate))
        return CLI_DONE;
    hone_optimizer *optimizer = hone_optimizer_from_text(settings->optimizer);
    hone_status status = optimizer == NULL
                             ? hone_error_status()
                             : hone_optimizer_set_learning_rate(optimizer, settings->learning_rate);
    hone_optimizer_free(optimizer);
    return status < 0 ? cli_fail_usage("--learning-rate: %s", hone_error_message()) : CLI_DONE;
}

/* --log-dir: all that there is to see, each epoch. */
static hone_callback *make_logs(const cli_settings *settings)
{
    return hone_tensor_board(settings->log_dir, .histogram_freq = 1, .write_grads = true,
                             .update_freq = settings->update_freq != NULL ? settings->update_freq : "epoch");
}

static int check_line(const cli_settings *settings)
{
    const char *path = settings->operands[0];
    int status = cli_check_model("train", path, true);
    if (status != CLI_DONE)
        return status;
    if (settings->data == NULL && !cli_is_recipe(path))
        return cli_fail_usage("train: --data is missing: a model file says nothing about data");
    if (settings->validation != NULL && cli_given(settings->validation_split))
        return cli_fail_usage("train: --validation and --validation-split cannot both be given");
    if (settings->sample_weight != NULL && settings->class_weights != NULL)
        return cli_fail_usage("train: --sample-weight and --class-weight cannot both be given");
    if (settings->checkpoint == NULL && (settings->resume || cli_given_integer(settings->checkpoint_every)))
        return cli_fail_usage("train: %s needs --checkpoint DIR",
                              settings->resume ? "--resume" : "--checkpoint-every");
    if (settings->update_freq != NULL && settings->log_dir == NULL)
        return cli_fail_usage("train: --update-freq needs --log-dir DIR");
    if (settings->log_dir != NULL) {
        hone_callback *logs = make_logs(settings);
        hone_callback_free(logs);
        if (logs == NULL)
            return cli_fail_usage("--update-freq: %s", hone_error_message());
    }
    status = cli_check_keras_version(settings);
    return status != CLI_DONE ? status : check_optimizer(settings);
}

static hone_status check_outputs(const cli_settings *settings)
{
    const char *const paths[] = {settings->output, settings->history, settings->plot};
    if (settings->log_dir != NULL)
        HONE_TRY(hone_internal_folder_make(settings->log_dir));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] != NULL)
            HONE_TRY(hone_internal_file_check_writable(paths[i]));
    return HONE_OK;
}

/* ---- the recipe, with the options in place of its keys ---- */

static hone_config *text_or_null(const char *text)
{
    return hone_internal_config_text(text);
}

static hone_status set_text(hone_recipe *recipe, const char *section, const char *key, const char *text)
{
    return text == NULL ? HONE_OK : hone_internal_recipe_set(recipe, section, key, text_or_null(text));
}

static hone_status set_integer(hone_recipe *recipe, const char *section, const char *key, int64_t value)
{
    return cli_given_integer(value)
               ? hone_internal_recipe_set(recipe, section, key, hone_internal_config_integer(value))
               : HONE_OK;
}

static hone_status set_callbacks(hone_recipe *recipe, const cli_settings *settings)
{
    if (settings->callback_count == 0)
        return HONE_OK;
    hone_config *list = hone_internal_config_list();
    for (int i = 0; list != NULL && i < settings->callback_count; i++) {
        if (strcmp(settings->callbacks[i], "none") == 0 ||
            hone_internal_config_append(list, hone_internal_config_text(settings->callbacks[i])) >= 0)
            continue;
        hone_internal_config_free(list);
        list = NULL;
    }
    return hone_internal_recipe_set(recipe, "fit", "callbacks", list);
}

/* --validation and --validation-split end everything that the recipe holds out. */
static hone_status set_validation(hone_recipe *recipe, const cli_settings *settings)
{
    if (settings->validation == NULL && !cli_given(settings->validation_split))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_set(recipe, "fit", "validation_split", hone_internal_config_null()));
    if (settings->validation == NULL)
        return hone_internal_recipe_set(recipe, "data", "validation",
                                        hone_internal_config_number(settings->validation_split));
    return hone_internal_recipe_set(recipe, "data", "validation", hone_internal_config_null());
}

static hone_status replace_keys(hone_recipe *recipe, const cli_settings *settings)
{
    HONE_TRY(set_text(recipe, "data", "train", settings->data));
    HONE_TRY(set_text(recipe, "data", "sample_weight", settings->sample_weight));
    if (cli_given(settings->scale))
        HONE_TRY(
            hone_internal_recipe_set(recipe, "data", "scale", hone_internal_config_number(settings->scale)));
    HONE_TRY(set_integer(recipe, "data", "memory_limit", settings->memory_limit));
    HONE_TRY(set_validation(recipe, settings));
    HONE_TRY(set_text(recipe, "compile", "optimizer", settings->optimizer));
    HONE_TRY(set_text(recipe, "compile", "loss", settings->loss));
    HONE_TRY(set_integer(recipe, "fit", "epochs", settings->epochs));
    HONE_TRY(set_integer(recipe, "fit", "batch_size", settings->batch_size));
    HONE_TRY(set_integer(recipe, "fit", "seed", settings->seed));
    HONE_TRY(set_integer(recipe, "fit", "verbose", settings->verbose));
    if (settings->no_shuffle)
        HONE_TRY(hone_internal_recipe_set(recipe, "fit", "shuffle", hone_internal_config_boolean(false)));
    if (settings->class_weights != NULL)
        HONE_TRY(hone_internal_recipe_set(recipe, "fit", "class_weight", hone_internal_config_null()));
    return set_callbacks(recipe, settings);
}

/* What a checkpoint must agree with: the network and how it is compiled. */
static hone_status note_identity(training *run)
{
    hone_config *map = hone_internal_config_map();
    static const char *const keys[] = {"model", "outputs", "compile"};
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && status >= 0; i++) {
        const hone_config *part = hone_internal_config_get(run->recipe->tree, keys[i]);
        if (part != NULL)
            status = hone_internal_config_set(map, keys[i], hone_internal_config_copy(part));
    }
    if (status >= 0)
        run->identity = hone_internal_config_to_json(map, false);
    hone_internal_config_free(map);
    return run->identity == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- the model ---- */

static hone_status make_from_recipe(training *run)
{
    const cli_settings *settings = run->settings;
    run->recipe = hone_internal_recipe_load(settings->operands[0]);
    if (run->recipe == NULL)
        return hone_error_status();
    HONE_TRY(replace_keys(run->recipe, settings));
    HONE_TRY(hone_internal_recipe_read(run->recipe));
    HONE_TRY(check_outputs(settings));
    run->model = hone_internal_recipe_model(run->recipe);
    if (run->model == NULL)
        return hone_error_status();
    if (settings->metrics != NULL)
        HONE_TRY(hone_internal_recipe_set(run->recipe, "compile", "metrics",
                                          cli_metrics(run->model, settings->metrics)));
    HONE_TRY(hone_internal_recipe_compile(run->recipe, run->model));
    HONE_TRY(note_identity(run));
    return hone_model_set_seed(run->model, (uint64_t)run->recipe->fit->seed);
}

static hone_status load_file(training *run)
{
    const cli_settings *settings = run->settings;
    HONE_TRY(check_outputs(settings));
    run->model = cli_load_file(settings->operands[0], settings);
    if (run->model == NULL)
        return hone_error_status();
    hone_optimizer *optimizer = NULL;
    if (settings->optimizer != NULL && (optimizer = hone_optimizer_from_text(settings->optimizer)) == NULL)
        return hone_error_status();
    HONE_TRY(cli_recompile(run->model, settings, optimizer));
    return cli_given_integer(settings->seed) ? hone_model_set_seed(run->model, (uint64_t)settings->seed)
                                             : HONE_OK;
}

static hone_status make_model(training *run)
{
    const cli_settings *settings = run->settings;
    HONE_TRY(cli_is_recipe(settings->operands[0]) ? make_from_recipe(run) : load_file(run));
    if (!cli_has_loss(run->model))
        return hone_fail(HONE_ERROR_STATE, "%s: there is no loss to train by; give --loss%s",
                         settings->operands[0], run->recipe != NULL ? ", or compile: {loss: ...}" : "");
    return cli_given(settings->learning_rate)
               ? hone_optimizer_set_learning_rate(hone_model_optimizer(run->model), settings->learning_rate)
               : HONE_OK;
}

/* ---- the data ---- */

static hone_status hold_out(training *run, int64_t last)
{
    int64_t count = hone_dataset_count(run->all);
    if (last >= count)
        return hone_fail(HONE_ERROR_DATA,
                         "%s: validation: last %lld of %lld samples leaves none for training",
                         run->recipe->label, (long long)last, (long long)count);
    run->train = hone_dataset_slice(run->all, 0, count - last);
    run->validation = hone_dataset_slice(run->all, count - last, HONE_NONE_INTEGER);
    return run->train == NULL || run->validation == NULL ? hone_error_status() : HONE_OK;
}

static hone_status load_data(training *run)
{
    const cli_settings *settings = run->settings;
    const hone_recipe *recipe = run->recipe;
    const char *source = recipe != NULL ? recipe->data->train : settings->data;
    const char *weights = recipe != NULL ? recipe->data->sample_weight : settings->sample_weight;
    double scale = recipe != NULL ? recipe->data->scale : settings->scale;
    int64_t limit = recipe != NULL ? recipe->data->memory_limit : settings->memory_limit;
    hone_holdout holdout = recipe != NULL ? recipe->validation : (hone_holdout){.source = NULL};
    if (settings->validation != NULL)
        holdout = (hone_holdout){.source = settings->validation};
    if (recipe == NULL && cli_given(settings->validation_split))
        holdout.share = settings->validation_split;
    if (source == NULL)
        return hone_fail(HONE_ERROR_DATA,
                         "%s: there are no data to train on; give --data, or data: {train: ...}",
                         recipe->label);
    run->all = cli_load_data_as(run->model, run->model->schema, source, "train", scale, weights, limit);
    if (run->all != NULL && recipe != NULL && recipe->data->cache != NULL)
        run->all = hone_dataset_cache(run->all, recipe->data->cache);
    if (run->all != NULL && recipe != NULL && recipe->data->prefetch != HONE_NONE_INTEGER)
        run->all = hone_dataset_prefetch(run->all, (int)recipe->data->prefetch);
    if (run->all == NULL)
        return hone_error_status();
    if (holdout.last > 0)
        return hold_out(run, holdout.last);
    run->train = hone_dataset_slice(run->all, 0, HONE_NONE_INTEGER);
    if (run->train == NULL)
        return hone_error_status();
    run->fit.validation_split = holdout.share;
    if (holdout.source == NULL)
        return HONE_OK;
    run->validation = cli_load_data_as(run->model, hone_internal_dataset_schema(run->all), holdout.source,
                                       "test", scale, NULL, limit);
    return run->validation == NULL ? hone_error_status() : HONE_OK;
}

/* ---- fit ---- */

static void print_progress(void *context, const char *text, size_t length)
{
    fwrite(text, 1, length, context);
    fflush(context);
}

/* The recipe's callbacks (or the options in their place), then the logs and the recorder. */
static hone_status make_callbacks(training *run)
{
    const cli_settings *settings = run->settings;
    size_t count = 0, of_recipe = run->recipe != NULL ? hone_internal_recipe_callbacks(run->recipe) : 0;
    size_t wanted = run->recipe != NULL ? of_recipe : (size_t)settings->callback_count;
    hone_callback **list = hone_internal_allocate((wanted + 3) * sizeof *list);
    if (list == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < wanted; i++) {
        if (run->recipe == NULL && strcmp(settings->callbacks[i], "none") == 0)
            continue;
        list[count++] = run->recipe != NULL ? hone_internal_recipe_callback(run->recipe, i)
                                            : hone_callback_from_text(settings->callbacks[i]);
    }
    if (settings->log_dir != NULL)
        list[count++] = make_logs(settings);
    list[count++] = cli_recorder_callback(&run->recorder);
    list[count] = hone_callbacks_end;
    run->fit.callbacks = hone_callbacks_with(list);
    hone_internal_free(list);
    return run->fit.callbacks == NULL ? hone_error_status() : HONE_OK;
}

static void fill_from_recipe(hone_fit_args *fit, const hone_recipe *recipe)
{
    const hone_recipe_fit *said = recipe->fit;
    fit->epochs = said->epochs;
    fit->batch_size = said->batch_size;
    fit->initial_epoch = said->initial_epoch;
    fit->shuffle = said->shuffle;
    fit->validation_freq = said->validation_freq;
    fit->validation_batch_size = said->validation_batch_size;
    fit->validation_steps = said->validation_steps;
    fit->steps_per_epoch = said->steps_per_epoch;
    fit->verbose = said->verbose;
    fit->class_weight_list = said->class_weight_list;
    fit->class_weight_count = said->class_weight_count;
}

static void fill_fit(training *run)
{
    const cli_settings *settings = run->settings;
    run->fit = (hone_fit_args){.base = {sizeof run->fit, NULL}, HONE_FIT_FIELDS(HONE_FIELD_DEFAULT, )};
    if (run->recipe != NULL) {
        fill_from_recipe(&run->fit, run->recipe);
    } else {
        if (cli_given_integer(settings->epochs))
            run->fit.epochs = settings->epochs;
        if (cli_given_integer(settings->batch_size))
            run->fit.batch_size = settings->batch_size;
        if (cli_given_integer(settings->verbose))
            run->fit.verbose = settings->verbose;
        run->fit.shuffle = !settings->no_shuffle;
    }
    if (settings->class_weights != NULL) {
        run->fit.class_weight_list = settings->class_weights;
        run->fit.class_weight_count = settings->class_weight_count;
    }
    run->fit.output = print_progress;
    run->fit.output_context = stderr;
    run->fit.output_terminal = cli_redraws(STDERR_FILENO);
    run->fit.output_plain = cli_plain();
    run->fit.output_columns = cli_columns(STDERR_FILENO);
    run->fit.checkpoint = settings->checkpoint;
    run->fit.checkpoint_every = settings->checkpoint_every;
    run->fit.resume = settings->resume;
    run->fit.checkpoint_identity = run->identity;
    run->recorder = (cli_recorder){.model = run->model,
                                   .history = settings->history,
                                   .json = settings->json,
                                   .keeps_nothing = settings->output == NULL,
                                   .validation_freq = run->fit.validation_freq};
}

/* ---- the end ---- */

static const char *stopped_by(const training *run)
{
    const char *reason = hone_history_stopped_by(hone_model_history(run->model));
    if (reason == NULL || strcmp(reason, "interrupt") != 0)
        return reason;
    return cli_caught_signal() == SIGINT || cli_caught_signal() == 0 ? reason : "terminate";
}

static bool said_nan(const char *reason)
{
    return reason != NULL && strcmp(reason, "terminate_on_nan") == 0;
}

/* The history and the curves; each failure is said, and the rest goes on. */
static int write_records(const training *run)
{
    const hone_history *history = hone_model_history(run->model);
    const cli_settings *settings = run->settings;
    int status = CLI_DONE;
    if (settings->history != NULL &&
        cli_write_history(history, run->fit.validation_freq, settings->history) < 0)
        status = cli_fail_library();
    if (settings->plot == NULL)
        return status;
    if (hone_history_epoch_count(history) == 0)
        cli_say("no epoch was finished: %s is not drawn", settings->plot);
    else if (hone_plot_history(history, settings->plot) < 0)
        status = cli_fail_library();
    return status;
}

static int save_model(const training *run, const char *reason)
{
    const char *output = run->settings->output;
    if (said_nan(reason)) {
        cli_fail("the loss is not a number: terminate_on_nan stopped the training%s%s",
                 output != NULL ? "; not written: " : "", output != NULL ? output : "");
        return CLI_FAILED;
    }
    if (output == NULL)
        return CLI_DONE;
    return hone_save(run->model, output, .keras_version = run->settings->keras_version) < 0
               ? cli_fail_library()
               : CLI_DONE;
}

/* Where the time went; on stderr when stdout carries JSON. */
static int tell_profile(const training *run)
{
    if (!run->settings->profile)
        return CLI_DONE;
    char *profile = hone_model_profile(run->model);
    if (profile == NULL)
        return cli_fail_library();
    fprintf(run->settings->json ? stderr : stdout, "\n%s", profile);
    hone_free(profile);
    return CLI_DONE;
}

static int finish(training *run)
{
    const char *reason = stopped_by(run);
    cli_guard(NULL);
    cli_recorder_tell(&run->recorder);
    int recorded = write_records(run), saved = save_model(run, reason);
    if (run->settings->json &&
        !cli_recorder_end(&run->recorder, reason, saved == CLI_DONE ? run->settings->output : NULL))
        saved = CLI_FAILED;
    if (recorded != CLI_DONE || saved != CLI_DONE)
        return CLI_FAILED;
    if (tell_profile(run) != CLI_DONE)
        return CLI_FAILED;
    int caught = cli_caught_signal();
    return caught == 0 ? CLI_DONE : 128 + caught; /* as shells say it: 130, 143, 129 */
}

/* A fit that failed leaves the history of the epochs before. */
static int fail_fit(training *run)
{
    cli_fail_library();
    cli_guard(NULL);
    cli_recorder_tell(&run->recorder);
    if (hone_history_epoch_count(hone_model_history(run->model)) > 0)
        write_records(run);
    return CLI_FAILED;
}

static int run_training(training *run)
{
    if (make_model(run) < 0)
        return cli_fail_library();
    fill_fit(run);
    if (load_data(run) < 0 || make_callbacks(run) < 0)
        return cli_fail_library();
    if (run->validation != NULL)
        run->fit.validation_data = run->validation;
    run->recorder.begun = run->recorder.written = cli_now();
    cli_guard(run->model);
    hone_error_clear();
    if (run->settings->profile)
        hone_model_profile_begin(run->model);
    const hone_history *history = hone_fit_with(run->model, run->train, &run->fit);
    return history == NULL ? fail_fit(run) : finish(run);
}

static int train(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    training run = {.settings = settings};
    status = run_training(&run);
    hone_dataset_free(run.validation);
    hone_dataset_free(run.train);
    hone_dataset_free(run.all);
    hone_model_free(run.model);
    hone_internal_recipe_free(run.recipe);
    hone_internal_free(run.identity);
    return status;
}

static const cli_option options[] = {
    {"data", CLI_TEXT, CLI_AT(data), "DATA", "training data in place of the recipe's: see hone help data",
     NULL, 0, 0, false},
    {"validation", CLI_TEXT, CLI_AT(validation), "DATA",
     "validation data; nothing of the training data is held out then", NULL, 0, 0, false},
    {"validation-split", CLI_NUMBER, CLI_AT(validation_split), "X",
     "hold out the last share X of the training data", NULL, 0, 1, true},
    {"epochs", CLI_INTEGER, CLI_AT(epochs), "N", "epochs in all; 1 for a model file", NULL, 1, 1e15, false},
    CLI_OPTION_BATCH_SIZE,
    {"optimizer", CLI_SPEC, CLI_AT(optimizer), "SPEC",
     "a fresh optimizer: \"sgd(learning_rate=0.01, momentum=0.9)\"", "optimizer", 0, 0, false},
    {"learning-rate", CLI_NUMBER, CLI_AT(learning_rate), "X", "another rate, with the optimizer's state kept",
     NULL, 0, 1e15, true},
    CLI_OPTION_LOSS,
    CLI_OPTION_METRICS,
    {"callback", CLI_CALLBACKS, CLI_AT(callbacks), "SPEC",
     "a callback in place of the recipe's; may be repeated", NULL, 0, 0, false},
    CLI_OPTION_SAMPLE_WEIGHT,
    CLI_OPTION_CLASS_WEIGHT,
    {"no-shuffle", CLI_FLAG, CLI_AT(no_shuffle), NULL, "take the samples in order", NULL, 0, 0, false},
    {"seed", CLI_INTEGER, CLI_AT(seed), "N", "of weights, shuffling and dropout; 0", NULL, 0, 1e18, false},
    CLI_OPTION_THREADS,
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_SCALE,
    {"output", CLI_FILE, CLI_AT(output), "FILE.keras", "where the trained model goes; it may name MODEL",
     ".keras", 0, 0, false},
    {"history", CLI_FILE, CLI_AT(history), "FILE.csv", "a row an epoch: epoch from 0, then the metrics",
     ".csv", 0, 0, false},
    {"plot", CLI_FILE, CLI_AT(plot), "FILE.png|.svg", "the curves of loss and metrics", ".png|.svg", 0, 0,
     false},
    {"log-dir", CLI_TEXT, CLI_AT(log_dir), "DIR",
     "logs for TensorBoard: metrics, histograms, the graph, hyper-parameters", NULL, 0, 0, false},
    {"update-freq", CLI_TEXT, CLI_AT(update_freq), "epoch|batch|N",
     "log the metrics after each epoch, each batch too, or every N batches too; epoch", NULL, 0, 0, false},
    {"checkpoint", CLI_TEXT, CLI_AT(checkpoint), "DIR",
     "save the run at each epoch's end and when it is stopped", NULL, 0, 0, false},
    {"checkpoint-every", CLI_INTEGER, CLI_AT(checkpoint_every), "STEPS", "and every so many steps", NULL, 1,
     1e15, false},
    {"resume", CLI_FLAG, CLI_AT(resume), NULL, "go on from the checkpoint, as if it had never stopped", NULL,
     0, 0, false},
    {"verbose", CLI_INTEGER, CLI_AT(verbose), "0|1|2", "0 nothing, 1 a progress bar, 2 a line an epoch; 1",
     NULL, 0, 2, false},
    {"profile", CLI_FLAG, CLI_AT(profile), NULL,
     "a table at the end: where the time went, and what limits it", NULL, 0, 0, false},
    {"json", CLI_FLAG, CLI_AT(json), NULL, "a line of JSON an epoch on stdout, and a last one", NULL, 0, 0,
     false},
    CLI_OPTION_KERAS_VERSION,
    CLI_OPTION_IGNORE_UNKNOWN,
    CLI_OPTIONS_END};

const cli_command cli_train = {
    .name = "train",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = train,
    .summary = "Trains a recipe (.yaml), or trains a model file (.keras, .h5) on.",
    .details =
        "An option replaces exactly its key of the recipe. A model file brings its optimizer with its state, its loss\n"
        "and metrics; each is replaced by its option. Without --output no model is written.\n"
        "\n"
        "  hone train examples/chapter.yaml --output m.keras --history m.csv --plot m.png\n"
        "  hone train m.keras --data fashion-mnist --scale 1/255 --epochs 5 --output m.keras\n"};
