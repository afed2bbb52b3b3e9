/* hone sweep: trains a recipe with many choices of its values, and tells which is best. */
#include "sweep.h"
#include "base/plural.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIALS = 10000, STANDARD_TRIALS = 20, STANDARD_FACTOR = 3, ATTEMPTS = 100 };

/* ---- what is searched ---- */

static int read_dimensions(cli_sweep *sweep, const cli_settings *settings)
{
    sweep->dimensions = calloc((size_t)settings->set_count + 1, sizeof *sweep->dimensions);
    if (sweep->dimensions == NULL)
        return cli_fail("out of memory");
    for (int i = 0; i < settings->set_count; i++) {
        bool several;
        cli_dimension *next = &sweep->dimensions[sweep->dimension_count];
        int status = cli_dimension_read(settings->sets[i], next, &several);
        if (status != CLI_DONE) {
            cli_dimension_free(next);
            return status;
        }
        sweep->dimension_of[i] = several ? (int)sweep->dimension_count++ : -1;
    }
    if (sweep->dimension_count > 0 && settings->set_count <= CLI_MOST_SETS - 2)
        return CLI_DONE;
    return sweep->dimension_count > 0
               ? cli_fail_usage("sweep: more than %d times --set", CLI_MOST_SETS - 2)
               : cli_fail_usage(
                     "sweep: nothing varies: give --set PATH=VALUE|VALUE..., such as --set 'model.1.units=32|64' or "
                     "--set 'compile.optimizer.learning_rate=log(1e-4, 1e-1)'");
}

/* The number of combinations; 0: no end, or more than can be tried. */
static size_t combinations(const cli_sweep *sweep)
{
    size_t all = 1;
    for (size_t i = 0; i < sweep->dimension_count; i++) {
        size_t size = cli_dimension_size(&sweep->dimensions[i]);
        if (size == 0 || all > MOST_TRIALS / size)
            return 0;
        all *= size;
    }
    return all;
}

/* ---- the choices of each trial ---- */

/* The last dimension runs fastest. */
static bool choose_of_grid(const cli_sweep *sweep, cli_trial *trial, size_t place)
{
    for (size_t i = sweep->dimension_count; i-- > 0;) {
        size_t size = cli_dimension_size(&sweep->dimensions[i]);
        trial->values[i] = cli_dimension_at(&sweep->dimensions[i], place % size);
        place /= size;
        if (trial->values[i] == NULL)
            return false;
    }
    return true;
}

/* splitmix64, over which seed, trial, dimension and attempt this is. */
static double share_of(uint64_t seed, uint64_t trial, uint64_t dimension, uint64_t attempt)
{
    const uint64_t words[] = {seed, trial, dimension, attempt};
    uint64_t state = 0;
    for (size_t i = 0; i < 4; i++) {
        state += words[i] + 0x9e3779b97f4a7c15u;
        state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
        state = (state ^ state >> 27) * 0x94d049bb133111ebu;
        state ^= state >> 31;
    }
    return (double)(state >> 11) * 0x1p-53;
}

static bool equal(const cli_sweep *sweep, const cli_trial *a, const cli_trial *b)
{
    for (size_t i = 0; i < sweep->dimension_count; i++)
        if (strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

static bool is_new(const cli_sweep *sweep, const cli_trial *trial)
{
    for (const cli_trial *other = sweep->trials; other < trial; other++)
        if (equal(sweep, other, trial))
            return false;
    return true;
}

/* Values that no trial before has; any when there seem to be none. */
static bool choose_at_random(const cli_sweep *sweep, cli_trial *trial, uint64_t seed)
{
    for (uint64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (size_t i = 0; i < sweep->dimension_count; i++) {
            free(trial->values[i]);
            trial->values[i] = cli_dimension_draw(&sweep->dimensions[i],
                                                  share_of(seed, (uint64_t)trial->number, i, attempt));
            if (trial->values[i] == NULL)
                return false;
        }
        if (is_new(sweep, trial))
            break;
    }
    return true;
}

static bool is_method(const cli_settings *settings, const char *name)
{
    return settings->method != NULL && strcmp(settings->method, name) == 0;
}

/* A grid when its values are few enough for the trials, and it was not asked for another. */
static int count_trials(cli_sweep *sweep, const cli_settings *settings, bool *grid)
{
    size_t all = combinations(sweep), wanted = STANDARD_TRIALS;
    bool said = cli_given_integer(settings->trials);
    if (said)
        wanted = (size_t)settings->trials;
    *grid = is_method(settings, "grid") ||
            (all > 0 && settings->method == NULL && (!said || wanted >= all)) || (all > 0 && wanted >= all);
    if (is_method(settings, "grid") && all == 0)
        return cli_fail_usage(
            "sweep: a grid has no end here, or more than %d trials: give values separated by |, or how many "
            "of a range: log(1e-4, 1e-1, 4)",
            MOST_TRIALS);
    if (is_method(settings, "grid") && said && wanted < all)
        return cli_fail_usage("sweep: the grid has %zu trial%s: leave out --trials, or take --method random",
                              all, hone_internal_plural((long long)all));
    sweep->count = *grid ? all : wanted;
    return CLI_DONE;
}

static int make_trials(cli_sweep *sweep, const cli_settings *settings)
{
    bool grid;
    int status = count_trials(sweep, settings, &grid);
    if (status != CLI_DONE)
        return status;
    size_t count = sweep->count;
    sweep->count = 0;
    sweep->trials = calloc(count, sizeof *sweep->trials);
    for (size_t i = 0; sweep->trials != NULL && i < count; i++) {
        cli_trial *trial = &sweep->trials[sweep->count++];
        *trial = (cli_trial){.number = (int)i + 1, .best_row = -1, .result = NAN};
        trial->values = calloc(sweep->dimension_count, sizeof *trial->values);
        uint64_t seed = cli_given_integer(settings->seed) ? (uint64_t)settings->seed : 0;
        if (trial->values == NULL ||
            !(grid ? choose_of_grid(sweep, trial, i) : choose_at_random(sweep, trial, seed)))
            return cli_fail("out of memory");
    }
    return sweep->trials == NULL ? cli_fail("out of memory") : CLI_DONE;
}

/* ---- what the recipe says ---- */

/* The recipe with the values of a trial; NULL after a failure. */
static hone_recipe *recipe_of(const cli_sweep *sweep, const cli_trial *trial)
{
    cli_settings settings;
    if (cli_trial_settings(sweep, trial, &settings) < 0)
        return NULL;
    hone_recipe *recipe = cli_load_recipe(sweep->recipe, &settings);
    cli_trial_settings_free(&settings);
    return recipe;
}

/* The values of every trial are tried on the recipe before the first one begins. */
static int check_values(const cli_sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        hone_recipe *recipe = recipe_of(sweep, &sweep->trials[i]);
        hone_recipe_free(recipe);
        if (recipe == NULL)
            return cli_fail_library();
    }
    return CLI_DONE;
}

/* Whether the monitored metric should rise, as the recipe's model says. */
static int find_direction(cli_sweep *sweep, hone_recipe *recipe)
{
    const char *mode = sweep->settings->mode;
    if (mode != NULL && strcmp(mode, "auto") != 0) {
        sweep->highest = strcmp(mode, "max") == 0;
        return CLI_DONE;
    }
    hone_model *model = hone_recipe_model(recipe);
    int direction = model == NULL ? 0 : hone_model_direction(model, sweep->monitor);
    bool loss = model == NULL || hone_model_has_loss(model);
    hone_model_free(model);
    sweep->highest = direction > 0;
    if (!loss)
        return cli_fail("%s: there is no loss to train with: compile: {loss: ...}", sweep->recipe);
    if (direction != 0)
        return CLI_DONE;
    return model == NULL
               ? cli_fail_library()
               : cli_fail("it is not known whether \"%s\" should rise or fall: give --mode max or --mode min",
                          sweep->monitor);
}

/* What the first trial trains tells what all of them do. */
static int read_recipe(cli_sweep *sweep)
{
    hone_recipe *recipe = recipe_of(sweep, &sweep->trials[0]);
    if (recipe == NULL)
        return cli_fail_library();
    char *epochs = hone_recipe_get(recipe, "fit.epochs"), *second = hone_recipe_get(recipe, "fit.1");
    sweep->epochs = epochs != NULL ? strtoll(epochs, NULL, 10) : 1;
    snprintf(sweep->monitor, sizeof sweep->monitor, "%s", cli_monitor(sweep->settings, recipe));
    int status =
        second != NULL
            ? cli_fail("%s: a fit in stages cannot be swept: its trials could not be resumed", sweep->recipe)
            : find_direction(sweep, recipe);
    hone_free(epochs);
    hone_free(second);
    hone_recipe_free(recipe);
    return status;
}

/* ---- the folder ---- */

void cli_sweep_name_folder(cli_sweep *sweep)
{
    const char *end = strrchr(sweep->recipe, '.');
    if (sweep->settings->folder != NULL)
        snprintf(sweep->folder, sizeof sweep->folder, "%s", sweep->settings->folder);
    else
        snprintf(sweep->folder, sizeof sweep->folder, "%.*s.%s", (int)(end - sweep->recipe), sweep->recipe,
                 sweep->kind->ending);
}

/* What two runs must agree in to be the same sweep. */
static char *describe(const cli_sweep *sweep)
{
    cli_settings plain = *sweep->settings;
    char *text = NULL;
    size_t length;
    plain.set_count = 0;
    hone_recipe *loaded = cli_load_recipe(sweep->recipe, &plain);
    char *recipe = hone_recipe_get(loaded, "");
    FILE *out = recipe == NULL ? NULL : open_memstream(&text, &length);
    hone_recipe_free(loaded);
    if (out == NULL) {
        hone_free(recipe);
        return NULL;
    }
    fprintf(out, "recipe %s\nmonitor %s %s\n", recipe, sweep->monitor, sweep->highest ? "max" : "min");
    hone_free(recipe);
    for (int i = 0; i < sweep->settings->set_count; i++)
        fprintf(out, "set %s\n", sweep->settings->sets[i]);
    fprintf(out, "first");
    for (size_t i = 0; i < sweep->dimension_count; i++)
        fprintf(out, " %s", sweep->trials[0].values[i]);
    fprintf(out, "\n");
    return fclose(out) == 0 ? text : NULL;
}

hone_status cli_sweep_claim_folder(const cli_sweep *sweep)
{
    char path[600], before[1 << 16] = "";
    char *now = describe(sweep);
    if (now == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory");
    snprintf(path, sizeof path, "%s/sweep.txt", sweep->folder);
    FILE *file = fopen(path, "rb");
    size_t length = file == NULL ? 0 : fread(before, 1, sizeof before - 1, file), wanted = strlen(now);
    hone_status status = HONE_OK;
    if (file != NULL) {
        fclose(file);
        size_t compared = wanted < sizeof before - 1 ? wanted : sizeof before - 1;
        if (length != compared || memcmp(before, now, compared) != 0)
            status =
                hone_fail(HONE_ERROR_STATE, "%s is the folder of %s", sweep->folder, sweep->kind->others);
    } else {
        status = hone_make_folder(sweep->folder);
        if (status >= 0)
            status = hone_write_file(path, now, wanted);
    }
    free(now);
    return status;
}

/* ---- training ---- */

/* One after the other, each to its end. */
typedef struct queue {
    cli_sweep *sweep;
    size_t next;
} queue;

static bool take_next(void *context, cli_trial **trial, int64_t *budget)
{
    queue *of = context;
    while (of->next < of->sweep->count) {
        cli_trial *one = &of->sweep->trials[of->next++];
        if (cli_trial_has(one, of->sweep->epochs))
            continue;
        *trial = one;
        *budget = of->sweep->epochs;
        return true;
    }
    return false;
}

hone_status cli_sweep_begin(cli_sweep *sweep, int jobs)
{
    const cli_settings *settings = sweep->settings;
    int here;
    sweep->rank = cli_launched_rank(&here);
    sweep->begun = time(NULL) - 1;
    if (sweep->rank > 0)
        cli_be_quiet();
    for (size_t i = 0; i < sweep->count; i++)
        CLI_TRY(cli_trial_look(sweep, &sweep->trials[i]));
    sweep->threads = settings->threads;
    here *= jobs;
    if (!cli_given_integer(settings->threads) && here > 1)
        sweep->threads = hone_threads() / here > 0 ? hone_threads() / here : 1;
    return HONE_OK;
}

static hone_status run_trials(cli_sweep *sweep, const cli_settings *settings)
{
    const int jobs = cli_given_integer(settings->jobs) ? (int)settings->jobs : 1;
    CLI_TRY(cli_sweep_begin(sweep, jobs));
    if (is_method(settings, "halving"))
        return cli_sweep_halve(
            sweep, cli_given_integer(settings->factor) ? settings->factor : STANDARD_FACTOR, jobs);
    return cli_trials_run(sweep, jobs, take_next, &(queue){.sweep = sweep});
}

static int search(cli_sweep *sweep, const cli_settings *settings)
{
    int status = check_values(sweep);
    if (status == CLI_DONE)
        status = read_recipe(sweep);
    if (status == CLI_DONE && cli_sweep_claim_folder(sweep) < 0)
        status = cli_fail_library();
    if (status != CLI_DONE)
        return status;
    cli_guard(NULL);
    if (run_trials(sweep, settings) < 0)
        return cli_fail_library();
    int caught = cli_caught_signal();
    if (sweep->rank > 0)
        return caught == 0 ? CLI_DONE : 128 + caught;
    if (caught == 0)
        cli_trials_tidy(sweep);
    else
        cli_say("stopped: the same command continues where it was");
    status = cli_sweep_results(sweep);
    return caught == 0 ? status : 128 + caught;
}

/* "grid" is one of "grid|random|halving". */
static int check_choice(const char *option, const char *text, const char *choices)
{
    char all[64];
    snprintf(all, sizeof all, "|%s|", choices);
    for (const char *at = all; text != NULL && (at = strchr(at, '|')) != NULL; at++)
        if (strncmp(at + 1, text, strlen(text)) == 0 && at[1 + strlen(text)] == '|')
            return CLI_DONE;
    return text == NULL ? CLI_DONE
                        : cli_fail_usage("--%s: expected %s, received \"%s\"", option, choices, text);
}

static int check_outputs(const cli_settings *settings)
{
    const char *const paths[] = {settings->output, settings->plot, settings->page};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] != NULL && hone_check_writable(paths[i]) < 0)
            return cli_fail_library();
    return CLI_DONE;
}

/* As hone train trains it. */
static int train_trial(const cli_settings *settings)
{
    return cli_train.run(settings);
}

static const cli_trial_kind trials = {
    .noun = "trial",
    .ending = "sweep",
    .others =
        "another sweep (another recipe, --set, --seed or --monitor): give another --folder, or remove it",
    .run = train_trial};

static int run_sweep(const cli_settings *settings)
{
    cli_sweep sweep = {.settings = settings, .kind = &trials, .recipe = settings->operands[0]};
    if (!cli_is_recipe(sweep.recipe))
        return cli_fail_usage("sweep: expected a recipe (.yaml), received \"%s\"", sweep.recipe);
    int status = check_choice("method", settings->method, "grid|random|halving");
    if (status == CLI_DONE)
        status = check_choice("mode", settings->mode, "auto|min|max");
    if (status == CLI_DONE)
        status = read_dimensions(&sweep, settings);
    if (status == CLI_DONE)
        status = make_trials(&sweep, settings);
    if (status == CLI_DONE)
        status = check_outputs(settings);
    cli_sweep_name_folder(&sweep);
    if (status == CLI_DONE)
        status = search(&sweep, settings);
    for (size_t i = 0; i < sweep.count; i++)
        cli_trial_free(&sweep, &sweep.trials[i]);
    for (size_t i = 0; i < sweep.dimension_count; i++)
        cli_dimension_free(&sweep.dimensions[i]);
    free(sweep.trials);
    free(sweep.dimensions);
    return status;
}

static const cli_option options[] = {
    {"set", CLI_SETS, .argument = "PATH=VALUES",
     .help =
         "what to search: a|b|c, uniform(LOW, HIGH), log(...), integers(...), log_integers(...); or one value"},
    {"trials", CLI_INTEGER, CLI_AT(trials), .argument = "N", .lowest = 1, .highest = MOST_TRIALS,
     .help = "how many choices to try (default: all of a grid, else 20)"},
    {"jobs", CLI_INTEGER, CLI_AT(jobs), .argument = "N", .lowest = 1, .highest = 256,
     .help = "how many trials run at a time; the processors are shared among them (default 1)"},
    {"method", CLI_TEXT, CLI_AT(method), .argument = "grid|random|halving",
     .help =
         "all combinations, values drawn at random, or random ones of which only the best go on (default grid if the "
         "trials suffice, else random)"},
    {"factor", CLI_INTEGER, CLI_AT(factor), .argument = "N", .lowest = 2, .highest = 100,
     .help = "of halving: one trial of N goes on, for N times as many epochs (default 3)"},
    {"seed", CLI_INTEGER, CLI_AT(seed), .argument = "N", .lowest = 0, .highest = 1e15,
     .help = "seed of the values that are drawn (default 0); that of the training is fit.seed"},
    {"monitor", CLI_TEXT, CLI_AT(monitor), .argument = "METRIC",
     .help =
         "the metric that tells which is best, at its best epoch (default val_loss, or loss without validation data)"},
    {"mode", CLI_TEXT, CLI_AT(mode), .argument = "auto|min|max",
     .help = "whether the metric should fall or rise (default auto: as the metric says)"},
    {"data", .key = "data.train", .help = "training data (see hone help data)"},
    {"validation", .key = "data.validation", .argument = "DATA", .help = "validation data"},
    {.key = "fit.epochs"},
    {"folder", CLI_TEXT, CLI_AT(folder), .argument = "DIR",
     .help = "where the trials are kept: models, histories, logs (default RECIPE.sweep beside the recipe)"},
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.keras", .detail = ".keras",
     .help = "write the best model here, of its best epoch"},
    {"plot", CLI_FILE, CLI_AT(plot), .argument = "FILE.png|.svg", .detail = ".png|.svg",
     .help = "draw the trials as parallel coordinates"},
    {"page", CLI_FILE, CLI_AT(page), .argument = "FILE.html", .detail = ".html",
     .help = "write the picture and the table of all trials as a page"},
    CLI_OPTION_JSON,
    {"verbose", CLI_INTEGER, CLI_AT(verbose), .argument = "0|1", .lowest = 0, .highest = 1,
     .help = "0: no line for each trial on stderr"},
    CLI_OPTION_THREADS,
    CLI_OPTIONS_END};

const cli_command cli_sweep_command = {
    .name = "sweep",
    .operands = "RECIPE",
    .least = 1,
    .most = 1,
    .options = options,
    .run = run_sweep,
    .summary = "Trains a recipe with many choices of its values, and prints which is best.",
    .details =
        "Each --set with several values is searched; those with one value are set. PATH is any key, as of hone train --set.\n"
        "  a|b|c                     these values; numbers, names, \"sgd(0.1)|adam\"\n"
        "  uniform(0, 0.5)           any number between the two; lin(0, 0.5) is the same\n"
        "  log(1e-4, 1e-1)           any number, each factor as likely: for learning rates and penalties\n"
        "  integers(1, 4), log_integers(16, 512)   the same in whole numbers; int(1, 4) is integers(1, 4)\n"
        "A third number is how many values a grid takes: log(1e-4, 1e-1, 4).\n"
        "\n"
        "The table has the best first. Each trial is a training of its own, with the weights of its best epoch kept; the\n"
        "commands below the table train them again, to the bit. The same command after an interruption continues where it\n"
        "was, and with more --trials adds to them. The values are those of --seed, and the results do not depend on --jobs.\n"
        "Under mpirun, or as the same command on several machines that see one --folder, the processes share the trials: one\n"
        "each at a time (or --jobs each). Those of a process that is killed are taken up by the others.\n"
        "--method halving (ASHA) trains trials for a few epochs and lets the best third go on, three times as long, and so on;\n"
        "a trial goes on as soon as it is among the best third of those before it.\n"
        "\n"
        "--json: monitor, mode, output, and trials with trial, state, result, epoch (from 0), epochs, set, metrics, command.\n"
        "\n"
        "  hone sweep r.yaml --set 'model.1.dense.units=32|64|128' --set 'compile.optimizer.learning_rate=log(1e-4, 1e-1)' \\\n"
        "      --trials 40 --jobs 2 --plot sweep.png --output best.keras\n"};
