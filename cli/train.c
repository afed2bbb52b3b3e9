/* hone train: a recipe, or a model file that trains on. */
#include "cli.h"
#include "json.h"
#include "record.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* All that one training holds. */
typedef struct training {
    const cli_settings *settings;
    cli_ranks ranks;
    int caught; /* the signal that ended it, on any rank; 0: none */
    hone_recipe *recipe;
    hone_model *model;
    cli_recorder recorder;
} training;

/* ---- what the command line alone shows ---- */

/* --learning-rate does not go with an optimizer that has a schedule. */
static int check_optimizer(const cli_settings *settings)
{
    double number = 0;
    const char *spec = cli_given_text(settings, "compile.optimizer"),
               *rate = cli_given_text(settings, "compile.learning_rate");
    if (spec == NULL || rate == NULL || !cli_to_number(rate, &number))
        return CLI_DONE;
    hone_optimizer *optimizer = hone_optimizer_from_text(spec);
    hone_status status =
        optimizer == NULL ? hone_error_status() : hone_optimizer_set_learning_rate(optimizer, number);
    hone_optimizer_free(optimizer);
    return status < 0 ? cli_fail_usage("--learning-rate: %s", hone_error_message()) : CLI_DONE;
}

/* --log-dir: all that there is to see, each epoch. */
static hone_callback *make_logs(const cli_settings *settings)
{
    return hone_tensor_board(settings->log_dir, .histogram_freq = 1, .write_grads = true,
                             .update_freq = settings->update_freq != NULL ? settings->update_freq : "epoch");
}

static int check_logs(const cli_settings *settings)
{
    if (settings->update_freq != NULL && settings->log_dir == NULL)
        return cli_fail_usage("train: --update-freq needs --log-dir DIR");
    if (settings->log_dir == NULL)
        return CLI_DONE;
    hone_callback *logs = make_logs(settings);
    hone_callback_free(logs);
    return logs == NULL ? cli_fail_usage("--update-freq: %s", hone_error_message()) : CLI_DONE;
}

/* --save-best: the model of the best epoch. */
static hone_callback *make_best(const cli_settings *settings, const char *monitor)
{
    return hone_model_checkpoint(settings->save_best, .save_best_only = true, .monitor = monitor,
                                 .mode = settings->mode != NULL ? settings->mode : "auto");
}

static int check_best(const cli_settings *settings)
{
    if ((settings->monitor != NULL || settings->mode != NULL) && settings->save_best == NULL)
        return cli_fail_usage("train: --%s needs --save-best FILE.keras",
                              settings->monitor != NULL ? "monitor" : "mode");
    if (settings->save_best == NULL)
        return CLI_DONE;
    hone_callback *best = make_best(settings, "loss");
    hone_callback_free(best);
    return best == NULL ? cli_fail_usage("--mode: %s", hone_error_message()) : CLI_DONE;
}

static int check_line(const cli_settings *settings)
{
    const char *path = settings->operands[0];
    int status = cli_check_model("train", path, true);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.train") == NULL && !cli_is_recipe(path))
        return cli_fail_usage("train: --data is missing: a model file does not name its data");
    if (cli_given_text(settings, "data.validation") != NULL &&
        cli_given_text(settings, "fit.validation_split") != NULL)
        return cli_fail_usage("train: --validation and --validation-split cannot both be given");
    if (cli_given_text(settings, "data.sample_weight") != NULL &&
        cli_given_text(settings, "fit.class_weight") != NULL)
        return cli_fail_usage("train: --sample-weight and --class-weight cannot both be given");
    bool resume = cli_given_text(settings, "fit.resume") != NULL;
    if (cli_given_text(settings, "fit.checkpoint") == NULL &&
        (resume || cli_given_text(settings, "fit.checkpoint_every") != NULL))
        return cli_fail_usage("train: %s needs --checkpoint DIR", resume ? "--resume" : "--checkpoint-every");
    if (resume && cli_given_text(settings, "compile.learning_rate") != NULL)
        return cli_fail_usage(
            "train: --resume continues with the learning rate of the checkpoint: leave out --learning-rate, or "
            "train on from the saved model: hone train FILE.keras --data DATA --learning-rate X");
    status = check_best(settings);
    if (status == CLI_DONE)
        status = check_logs(settings);
    if (status == CLI_DONE)
        status = cli_check_keras_version(settings);
    return status == CLI_DONE ? check_optimizer(settings) : status;
}

static hone_status check_outputs(const cli_settings *settings)
{
    const char *const paths[] = {settings->output, settings->save_best, settings->history,
                                 settings->plot,   settings->adapters,  settings->doctor_page};
    if (settings->log_dir != NULL)
        CLI_TRY(hone_make_folder(settings->log_dir));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] != NULL)
            CLI_TRY(hone_check_writable(paths[i]));
    return HONE_OK;
}

/* ---- the model ---- */

static hone_status make_model(training *run)
{
    const cli_settings *settings = run->settings;
    run->recipe = cli_load_recipe(settings->operands[0], settings);
    if (run->recipe == NULL)
        return hone_error_status();
    CLI_TRY(cli_choose_shards(run->recipe, run->ranks.group));
    if (hone_group_rank(run->ranks.group) == 0)
        CLI_TRY(check_outputs(settings));
    run->model = hone_recipe_model(run->recipe);
    if (run->model == NULL)
        return hone_error_status();
    if (hone_model_has_loss(run->model))
        return HONE_OK;
    return hone_fail(HONE_ERROR_STATE, "%s: there is no loss to train with; give --loss%s",
                     settings->operands[0],
                     cli_is_recipe(settings->operands[0]) ? ", or compile: {loss: ...}" : "");
}

/* ---- fit ---- */

static void print_progress(void *context, const char *text, size_t length)
{
    fwrite(text, 1, length, context);
    fflush(context);
}

/* Through the fit, which ends a line that is redrawn; a silent fit has no output. */
static hone_callback *make_doctor(const cli_settings *settings)
{
    const char *verbose = cli_given_text(settings, "fit.verbose");
    bool silent = verbose != NULL && strcmp(verbose, "0") == 0;
    return silent ? hone_doctor(.output = print_progress, .output_context = stderr) : hone_doctor();
}

/* The logs, the best model, the doctor and the recorder, behind the recipe's callbacks. */
static hone_callback_list *make_callbacks(training *run)
{
    hone_callback *list[5];
    size_t count = 0;
    if (run->settings->save_best != NULL)
        list[count++] = make_best(run->settings, cli_monitor(run->settings, run->recipe));
    if (run->settings->log_dir != NULL)
        list[count++] = make_logs(run->settings);
    if (run->settings->watched || run->settings->doctor_page != NULL)
        run->recorder.doctor = list[count++] = make_doctor(run->settings);
    list[count++] = cli_recorder_callback(&run->recorder);
    list[count] = hone_callbacks_end;
    return hone_callbacks_with(list);
}

static const hone_history *fit(training *run)
{
    const cli_settings *settings = run->settings;
    run->recorder = (cli_recorder){.model = run->model,
                                   .history = settings->history,
                                   .json = settings->json,
                                   .doctor_page = settings->doctor_page,
                                   .stop_after = settings->stop_after,
                                   .keeps_nothing = settings->output == NULL && settings->save_best == NULL,
                                   .begun = cli_now()};
    hone_error_clear();
    if (settings->profile)
        hone_model_profile_begin(run->model);
    return hone_recipe_fit(run->recipe, run->model, .callbacks = make_callbacks(run),
                           .output = print_progress, .output_context = stderr,
                           .output_terminal = cli_redraws(STDERR_FILENO), .output_plain = cli_plain(),
                           .output_columns = cli_columns(STDERR_FILENO));
}

/* ---- the end ---- */

static const char *stopped_by(const training *run)
{
    const char *reason = hone_history_stopped_by(hone_model_history(run->model));
    if (reason == NULL || strcmp(reason, "interrupt") != 0)
        return reason;
    return run->caught == SIGINT || run->caught == 0 ? reason : "terminate";
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
    if (settings->history != NULL && hone_history_save(history, settings->history) < 0)
        status = cli_fail_library();
    if (settings->plot == NULL)
        return status;
    if (hone_history_epoch_count(history) == 0)
        cli_say("no epoch was finished, so %s was not written", settings->plot);
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
    const char *adapters = run->settings->adapters;
    if (adapters != NULL && hone_save(run->model, adapters, .adapters = true) < 0)
        return cli_fail_library();
    if (output == NULL)
        return CLI_DONE;
    return hone_save(run->model, output, .keras_version = run->settings->keras_version) < 0
               ? cli_fail_library()
               : CLI_DONE;
}

/* A model whose weights are not numbers predicts nothing: scripts see it by the exit status. The best one is
 * kept apart. */
static int tell_not_finite(const training *run, const char *reason)
{
    for (int i = 0;
         i < hone_model_weight_count(run->model) && run->settings->save_best == NULL && !said_nan(reason);
         i++) {
        hone_variable *weight = hone_model_weight(run->model, i);
        if (cli_finite_share(weight) == 1)
            continue;
        cli_fail("the training has diverged: the weights %s are not numbers%s%s", hone_variable_path(weight),
                 run->settings->output != NULL ? ", and so they stand in " : "",
                 run->settings->output != NULL ? run->settings->output : "");
        return CLI_FAILED;
    }
    return CLI_DONE;
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

static hone_status evaluate(const training *run, hone_logs *logs)
{
    hone_dataset *data = hone_recipe_test_data(run->recipe, run->model);
    hone_status status =
        data == NULL ? hone_error_status()
                     : hone_evaluate(run->model, data, logs, .batch_size = cli_batch_size(run->recipe));
    hone_dataset_free(data);
    return status;
}

/* On the recipe's data.test, when it has them. */
static int test(const training *run)
{
    hone_logs logs = {.count = 0};
    char *source = hone_recipe_get(run->recipe, "data.test");
    const bool wanted = source != NULL && strcmp(source, "null") != 0;
    hone_free(source);
    if (!wanted)
        return CLI_DONE;
    int status = evaluate(run, &logs) < 0 ? cli_fail_library()
                                          : cli_print_results(&logs, "test ", "test", run->settings->json);
    hone_logs_free(&logs);
    return status;
}

static int finish(training *run)
{
    const char *reason = stopped_by(run);
    cli_guard(NULL);
    cli_recorder_tell(&run->recorder);
    int recorded = write_records(run), saved = save_model(run, reason);
    if (run->caught == 0 && !said_nan(reason) && test(run) != CLI_DONE)
        recorded = CLI_FAILED;
    if (run->settings->json && cli_recorder_end(&run->recorder, reason,
                                                saved == CLI_DONE ? run->settings->output : NULL) != CLI_DONE)
        saved = CLI_FAILED;
    if (recorded != CLI_DONE || saved != CLI_DONE || tell_not_finite(run, reason) != CLI_DONE)
        return CLI_FAILED;
    if (tell_profile(run) != CLI_DONE)
        return CLI_FAILED;
    return run->caught == 0 ? CLI_DONE : 128 + run->caught; /* as shells say it: 130, 143, 129 */
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

/* The signal that any of them caught. */
static hone_status gather_signal(training *run)
{
    double caught;
    CLI_TRY(hone_group_greatest(run->ranks.group, cli_caught_signal(), &caught));
    run->caught = (int)caught;
    return HONE_OK;
}

static int run_training(training *run)
{
    if (make_model(run) < 0 || hone_distribute(run->model, run->ranks.group) < 0) {
        cli_ranks_fail(&run->ranks);
        return cli_fail_library();
    }
    cli_warn_ranks(&run->ranks, run->recipe);
    if (fit(run) == NULL || gather_signal(run) < 0) {
        cli_ranks_fail(&run->ranks);
        return fail_fit(run);
    }
    return hone_group_rank(run->ranks.group) > 0 ? CLI_DONE : finish(run);
}

/* What rank 0 writes and prints, the others do not. */
static void settle_rank(training *run, cli_settings *own)
{
    if (hone_group_rank(run->ranks.group) == 0)
        return;
    *own = *run->settings;
    own->output = own->history = own->plot = own->adapters = own->doctor_page = NULL;
    own->json = own->profile = false;
    run->settings = own;
}

static int train(const cli_settings *settings)
{
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if (cli_given_integer(settings->folds) && cli_given_integer(settings->stop_after))
        return cli_fail_usage("train: --folds and --stop-after cannot both be given");
    if (cli_given_integer(settings->folds))
        return cli_train_folds(settings);
    if (cli_given_text(settings, "data.folds_in_order") != NULL)
        return cli_fail_usage("train: --folds-in-order needs --folds N");
    training run = {.settings = settings};
    cli_settings own;
    status = cli_ranks_begin(settings, &run.ranks);
    if (status != CLI_DONE)
        return status;
    settle_rank(&run, &own);
    status = run_training(&run);
    hone_model_free(run.model);
    hone_recipe_free(run.recipe);
    return cli_ranks_end(&run.ranks, status);
}

static const cli_option options[] = {
    {"data", .key = "data.train", .help = "training data (see hone help data)"},
    {"validation", .key = "data.validation", .argument = "DATA",
     .help = "validation data; no training data is held out then"},
    {.key = "fit.validation_split", .help = "hold out this last fraction of the training data"},
    {"folds", CLI_INTEGER, CLI_AT(folds), .argument = "N", .lowest = 2, .highest = 1000,
     .help = "train N models, each without one of N parts of the data, and print what they are worth on it"},
    {"folds-in-order", CLI_FLAG, .key = "data.folds_in_order", .value = "true",
     .help = "with --folds: parts in the order of the samples, each predicted from those before it"},
    {.key = "fit.epochs"},
    CLI_OPTION_BATCH_SIZE,
    {.key = "fit.shards"},
    {.key = "fit.shard_optimizer"},
    {.key = "compile.optimizer",
     .help = "the optimizer, with a fresh state (default rmsprop, or that of the model file)"},
    {.key = "compile.learning_rate"},
    CLI_OPTION_LOSS,
    CLI_OPTION_METRICS,
    CLI_OPTION_SET,
    {"callback", .key = "fit.callbacks",
     .help = "a callback, in place of the recipe's; may be repeated; none: no callbacks"},
    {.key = "data.sample_weight", .detail = ".npy"},
    CLI_OPTION_CLASS_WEIGHT,
    {"no-shuffle", CLI_FLAG, .key = "fit.shuffle", .value = "false", .help = "take the samples in order"},
    {.key = "data.shuffle_window"},
    {.key = "fit.seed"},
    CLI_OPTION_THREADS,
    {"processes", CLI_INTEGER, CLI_AT(processes), .argument = "N", .lowest = 1, .highest = 64,
     .help =
         "train in N processes that share each batch, or the folds of --folds; the result is that of one with the same "
         "--shards"},
    {"patience", CLI_NUMBER, CLI_AT(patience), .argument = "SECONDS", .lowest = 0, .highest = 1e6,
     .open = true, .help = "with --processes: how long one that says nothing is waited for (default 1800)"},
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_SCALE,
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the trained model here; may name MODEL itself"},
    {"adapters", CLI_FILE, CLI_AT(adapters), .argument = "FILE.safetensors", .detail = ".safetensors",
     .help = "write the low-rank adaptations alone (lora of a recipe); hone convert --adapters reads them"},
    {"save-best", CLI_FILE, CLI_AT(save_best), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the model here after each epoch in which the monitored metric improved"},
    {"monitor", CLI_TEXT, CLI_AT(monitor), .argument = "METRIC",
     .help = "the metric that --save-best monitors (default val_loss, or loss without validation data)"},
    {"mode", CLI_TEXT, CLI_AT(mode), .argument = "auto|min|max",
     .help = "whether that metric should fall or rise (default auto: as the metric says)"},
    {"history", CLI_FILE, CLI_AT(history), .argument = "FILE.csv", .detail = ".csv",
     .help = "write one row per epoch: the epoch from 0, then the metrics"},
    {"plot", CLI_FILE, CLI_AT(plot), .argument = "FILE.png|.svg", .detail = ".png|.svg",
     .help = "plot the curves of loss and metrics; with --folds the results of each fold"},
    {"log-dir", CLI_TEXT, CLI_AT(log_dir), .argument = "DIR",
     .help = "write logs for TensorBoard: metrics, histograms, the graph, hyperparameters"},
    {"update-freq", CLI_TEXT, CLI_AT(update_freq), .argument = "epoch|batch|N",
     .help = "log the metrics after each epoch, also after each batch, or every N batches (default epoch)"},
    {.key = "fit.checkpoint",
     .help = "save checkpoints here at the end of each epoch and when the run is "
             "stopped"},
    {.key = "fit.checkpoint_every", .argument = "STEPS", .help = "also save every STEPS steps"},
    {.key = "fit.resume"},
    {"stop-after", CLI_INTEGER, CLI_AT(stop_after), .argument = "N", .lowest = 1, .highest = 9e15,
     .help = "stop when N epochs of --epochs are done; with --checkpoint, --resume goes on"},
    {.key = "fit.verbose", .argument = "0|1|2"},
    {"doctor", CLI_FLAG, CLI_AT(watched),
     .help = "say in a line why it does not learn, at the ends of epochs; the result stays the same"},
    {"doctor-page", CLI_FILE, CLI_AT(doctor_page), .argument = "FILE.html|.json",
     .detail = ".html|.htm|.json",
     .help = "the same, and a page: gradients, updates, dead and saturated units of each layer over time"},
    {"profile", CLI_FLAG, CLI_AT(profile),
     .help = "print a table at the end: where the time was spent, and what limits the speed"},
    {"json", CLI_FLAG, CLI_AT(json),
     .help = "print one line of JSON per epoch on stdout, and one at the "
             "end"},
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
    .summary =
        "Trains the model of a recipe (.yaml), or continues training a model file (.keras, .h5, .onnx).",
    .details =
        "An option replaces exactly its key of the recipe. A model file provides its weights, its optimizer with its state,\n"
        "its loss and its metrics; an option replaces each of them. --optimizer starts with a fresh state; "
        "--learning-rate\n"
        "keeps the state (not with --resume). --data keeps the recipe's scale and validation; --validation and\n"
        "--validation-split replace the recipe's validation data. Without --output or --save-best no model is written.\n"
        "--set replaces any key, after the other options: --set model.1.dense.units=64, --set compile.optimizer.learning_rate=0.01,\n"
        "--set model.hidden.activation=tanh (a layer by its name), --set 'fit.callbacks.0.patience=5'.\n"
        "\n"
        "Ctrl-C finishes the step, runs the end of the callbacks (restores the best weights, writes history and plot), saves\n"
        "the --output file and exits with 130; a second Ctrl-C exits at once. Output paths are checked before training starts.\n"
        "Files are written completely or not at all.\n"
        "\n"
        "--json prints one object per line: \"event\": \"epoch\" with epoch (from 0), seconds, loss, each metric, val_...,\n"
        "and learning_rate; \"event\": \"doctor\" (with --doctor) with epoch, step, id, layer, title and message of what was found;\n"
        "\"event\": \"test\" with the results on the recipe's test data; at the end \"event\": \"end\" with epochs, seconds, best_epoch,\n"
        "stopped_by (null, \"early_stopping\", \"terminate_on_nan\", \"interrupt\" (--stop-after too) or \"terminate\") and output. A number that is not finite is null.\n"
        "\n"
        "--log-dir writes DIR/train and DIR/validation for tensorboard --logdir; give each run its own "
        "folder in a common one.\n"
        "\n"
        "  hone train examples/chapter.yaml --output m.keras --history m.csv --plot m.png\n"
        "  hone train m.keras --data fashion-mnist --epochs 5 --output m.keras\n"};
