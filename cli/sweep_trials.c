/* The trials of a sweep: each trains in a process and a folder of its own.
 *
 *   FOLDER/007/history.csv best.keras log checkpoint/    and done, with the number of epochs that it was
 * allowed */
#include "sweep.h"
#include "base/plural.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, MOST_BYTES = 1 << 24, LOOKS_OF_A_WHILE = 100 };
static const struct timespec a_look = {.tv_nsec = 2000000}, a_while = {.tv_nsec = 200000000};

void cli_trial_path(const cli_sweep *sweep, const cli_trial *trial, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%03d%s%s", sweep->folder, trial->number, name[0] != '\0' ? "/" : "", name);
}

/* The file's bytes and a 0 behind them; NULL, without a message, when it cannot be read. */
static char *read_file(const cli_sweep *sweep, const cli_trial *trial, const char *name)
{
    char path[PATH_SIZE];
    cli_trial_path(sweep, trial, name, path, sizeof path);
    FILE *file = fopen(path, "rb");
    char *text = file == NULL ? NULL : calloc(MOST_BYTES + 1, 1);
    size_t length = text == NULL ? 0 : fread(text, 1, MOST_BYTES, file);
    if (file != NULL)
        fclose(file);
    char *kept = text == NULL ? NULL : realloc(text, length + 1);
    return kept != NULL ? kept : text;
}

/* ---- what a trial left ---- */

/* The field that begins here, its end cut off, and where the next one begins; NULL behind the last of its
 * line. Lists stand in quotes. */
static char *next_field(char *field)
{
    char *end = field;
    if (*end == '"')
        end = strchr(end + 1, '"');
    end = end == NULL ? field + strlen(field) : end + strcspn(end, ",");
    char last = *end;
    *end = '\0';
    return last == ',' ? end + 1 : NULL;
}

static void forget_numbers(cli_trial *trial)
{
    for (size_t i = 0; i < trial->name_count; i++)
        free(trial->names[i]);
    free(trial->names);
    free(trial->numbers);
    free(trial->curve);
    trial->names = NULL;
    trial->numbers = trial->curve = NULL;
    trial->name_count = 0;
    trial->result = NAN;
    trial->best_row = -1;
    trial->epochs = 0;
}

/* The names in the first line, behind "epoch". */
static bool read_names(cli_trial *trial, char *line)
{
    char *next = next_field(line);
    for (char *name = next; name != NULL; name = next) {
        next = next_field(name);
        char **names = realloc(trial->names, (trial->name_count + 1) * sizeof *names);
        double *numbers = realloc(trial->numbers, (trial->name_count + 1) * sizeof *numbers);
        trial->names = names != NULL ? names : trial->names;
        trial->numbers = numbers != NULL ? numbers : trial->numbers;
        char *copy = names == NULL || numbers == NULL ? NULL : strdup(name);
        if (copy == NULL)
            return false;
        numbers[trial->name_count] = NAN;
        names[trial->name_count++] = copy;
    }
    return true;
}

static size_t monitored(const cli_sweep *sweep, const cli_trial *trial)
{
    size_t column = 0;
    while (column < trial->name_count && strcmp(trial->names[column], sweep->monitor) != 0)
        column++;
    return column;
}

static bool lengthen(cli_trial *trial, double result)
{
    double *curve = realloc(trial->curve, (size_t)(trial->epochs + 1) * sizeof *curve);
    if (curve == NULL)
        return false;
    curve[trial->epochs++] = result;
    trial->curve = curve;
    return true;
}

/* A row of numbers ("NA": none) is kept if it is the best so far, and the first one in any case. */
static bool read_row(const cli_sweep *sweep, cli_trial *trial, char *line)
{
    double numbers[256];
    size_t count = 0, column = monitored(sweep, trial);
    char *next = next_field(line);
    for (char *field = next; field != NULL && count < 256; field = next) {
        char *end;
        next = next_field(field);
        numbers[count] = strtod(field, &end);
        if (end == field || *end != '\0')
            numbers[count] = NAN;
        count++;
    }
    double result = column < count ? numbers[column] : NAN;
    if (count == trial->name_count &&
        (trial->best_row < 0 || cli_sweep_better(sweep, result, trial->result))) {
        memcpy(trial->numbers, numbers, count * sizeof *numbers);
        trial->result = result;
        trial->best_row = trial->epochs;
    }
    return lengthen(trial, result);
}

static hone_status read_history(const cli_sweep *sweep, cli_trial *trial)
{
    char *text = read_file(sweep, trial, "history.csv");
    forget_numbers(trial);
    char *line = text;
    bool good = text == NULL || *text == '\0';
    for (int number = 0; line != NULL && *line != '\0' && (number == 0 || good); number++) {
        char *end = strchr(line, '\n');
        line[strcspn(line, "\r\n")] = '\0';
        if (number == 0)
            good = read_names(trial, line);
        else
            good = read_row(sweep, trial, line);
        line = end == NULL ? NULL : end + 1;
    }
    free(text);
    return good ? HONE_OK : hone_fail(HONE_ERROR_MEMORY, "out of memory for the history of a trial");
}

bool cli_trial_has(const cli_trial *trial, int64_t epochs)
{
    return trial->state == CLI_TRAINED && trial->budget >= epochs;
}

hone_status cli_trial_look(const cli_sweep *sweep, cli_trial *trial)
{
    char *done = read_file(sweep, trial, "done");
    trial->budget = done == NULL ? 0 : strtoll(done, NULL, 10);
    trial->state = trial->budget > 0 ? CLI_TRAINED : CLI_WAITS;
    free(done);
    return read_history(sweep, trial);
}

/* The last message of the log. */
static void read_reason(const cli_sweep *sweep, cli_trial *trial)
{
    char *log = read_file(sweep, trial, "log");
    for (char *line = log; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "hone: ", 6) == 0 && strncmp(line, "hone: warning: ", 15) != 0)
            snprintf(trial->reason, sizeof trial->reason, "%.*s", (int)length - 6, line + 6);
        line += length + (line[length] == '\n');
    }
    free(log);
}

void cli_trial_free(const cli_sweep *sweep, cli_trial *trial)
{
    forget_numbers(trial);
    for (size_t i = 0; trial->values != NULL && i < sweep->dimension_count; i++)
        free(trial->values[i]);
    free(trial->values);
}

bool cli_sweep_better(const cli_sweep *sweep, double a, double b)
{
    if (isnan(a) || isnan(b))
        return !isnan(a);
    return sweep->highest ? a > b : a < b;
}

/* ---- the process of a trial ---- */

static bool redirect(const char *path)
{
    int log = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    return log >= 0 && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0;
}

static void give(cli_settings *settings, const char *key, cli_kind kind, const char *text)
{
    if (settings->given_count < CLI_MOST_GIVEN)
        settings->given[settings->given_count++] = (cli_key_value){key, kind, text};
}

/* As the command line would say it; what is made here lives as long as the process. */
static bool settle(const cli_sweep *sweep, const cli_trial *trial, cli_settings *settings)
{
    static char checkpoint[PATH_SIZE], latest[PATH_SIZE], history[PATH_SIZE], best[PATH_SIZE];
    cli_settings values;
    if (cli_trial_settings(sweep, trial, &values) < 0)
        return false;
    *settings = (cli_settings){.threads = sweep->threads,
                               .folds = HONE_NONE_INTEGER,
                               .processes = HONE_NONE_INTEGER,
                               .patience = HONE_NONE,
                               .stop_after = trial->aim < sweep->epochs ? trial->aim : HONE_NONE_INTEGER,
                               .operands = {sweep->recipe},
                               .operand_count = 1};
    memcpy(settings->given, values.given, sizeof settings->given);
    settings->given_count = values.given_count;
    memcpy(settings->sets, values.sets, sizeof settings->sets);
    settings->set_count = values.set_count;
    settings->sets[settings->set_count++] = "fit.verbose=0";
    cli_trial_path(sweep, trial, "checkpoint", checkpoint, sizeof checkpoint);
    cli_trial_path(sweep, trial, "checkpoint/latest.keras", latest, sizeof latest);
    cli_trial_path(sweep, trial, "history.csv", history, sizeof history);
    cli_trial_path(sweep, trial, "best.keras", best, sizeof best);
    if (!sweep->anew)
        give(settings, "fit.checkpoint", CLI_TEXT, checkpoint);
    if (!sweep->anew && access(latest, F_OK) == 0)
        give(settings, "fit.resume", CLI_FLAG, "true");
    settings->history = history;
    settings->save_best = best;
    settings->monitor = sweep->monitor;
    settings->mode = sweep->highest ? "max" : "min";
    return true;
}

static int train(const cli_sweep *sweep, const cli_trial *trial)
{
    cli_settings settings;
    char log[PATH_SIZE];
    cli_guard_end();
    cli_trial_path(sweep, trial, "log", log, sizeof log);
    if (!redirect(log) || !settle(sweep, trial, &settings))
        return CLI_FAILED;
    cli_set_threads(&settings);
    return cli_finish_output(sweep->kind->run(&settings));
}

/* A group of its own: Ctrl-C reaches the sweep alone, which then stops its trials. */
static hone_status begin(const cli_sweep *sweep, cli_trial *trial)
{
    char folder[PATH_SIZE];
    cli_trial_path(sweep, trial, "", folder, sizeof folder);
    CLI_TRY(hone_make_folder(folder));
    fflush(NULL);
    trial->process = fork();
    if (trial->process == 0) {
        setpgid(0, 0);
        setenv("HONE_SYNC", "0", 0);   /* hundreds of epochs would wait for the disk; see reach_disk */
        setenv("HONE_MPI", "none", 1); /* the processes of a launcher share trials, not this one's batches */
        for (size_t i = 0; i < sweep->count; i++) /* those that others of this process's trials hold */
            if (&sweep->trials[i] != trial)
                cli_trial_release(&sweep->trials[i]);
        _exit(train(sweep, trial));
    }
    if (trial->process < 0)
        return hone_fail(HONE_ERROR_STATE, "a process for a trial cannot be started: %s", strerror(errno));
    trial->state = CLI_RUNS;
    return HONE_OK;
}

/* What a trial wrote without waiting for the disk is there before the trial counts as done. */
static void reach_disk(const cli_sweep *sweep, const cli_trial *trial)
{
    static const char *const names[] = {"history.csv", "best.keras", "checkpoint/latest.keras"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_SIZE];
        cli_trial_path(sweep, trial, names[i], path, sizeof path);
        const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            continue;
        fsync(descriptor);
        close(descriptor);
    }
}

static hone_status mark_done(const cli_sweep *sweep, const cli_trial *trial)
{
    char path[PATH_SIZE], text[32];
    reach_disk(sweep, trial);
    cli_trial_path(sweep, trial, "done", path, sizeof path);
    int length = snprintf(text, sizeof text, "%lld\n", (long long)trial->budget);
    return hone_write_file(path, text, (size_t)length);
}

static hone_status end(const cli_sweep *sweep, cli_trial *trial, int status)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    trial->state = code == 0 ? CLI_TRAINED : code > 128 ? CLI_STOPPED : CLI_FAILS;
    CLI_TRY(read_history(sweep, trial));
    if (trial->state == CLI_TRAINED) {
        trial->budget = trial->aim;
        trial->reason[0] = '\0';
        return mark_done(sweep, trial);
    }
    if (code < 0)
        snprintf(trial->reason, sizeof trial->reason, "ended by signal %d", WTERMSIG(status));
    else if (trial->state == CLI_FAILS)
        read_reason(sweep, trial);
    trial->result = NAN;
    if (code < 0 && !trial->again && cli_caught_signal() == 0) { /* once more, from its checkpoint */
        trial->again = true;
        trial->state = CLI_WAITS;
    }
    return trial->state == CLI_FAILS ? cli_trial_mark_failed(sweep, trial) : HONE_OK;
}

/* ---- all of them ---- */

static void tell(const cli_sweep *sweep, const cli_trial *trial)
{
    const cli_trial *best = trial;
    const char *noun = sweep->kind->noun;
    char epochs[48] = "";
    if (trial->aim < sweep->epochs)
        snprintf(epochs, sizeof epochs, ", %lld epoch%s", (long long)trial->epochs,
                 hone_internal_plural(trial->epochs));
    for (size_t i = 0; i < sweep->count; i++)
        if (cli_sweep_better(sweep, sweep->trials[i].result, best->result))
            best = &sweep->trials[i];
    if (trial->state == CLI_WAITS)
        cli_say("%s %d of %zu: %s; it %s", noun, trial->number, sweep->count, trial->reason,
                sweep->anew ? "begins again" : "continues from its checkpoint");
    else if (trial->state == CLI_FAILS)
        cli_say("%s %d of %zu failed: %s", noun, trial->number, sweep->count, trial->reason);
    else if (trial->state == CLI_TRAINED && sweep->settings->verbose != 0)
        cli_say("%s %d of %zu%s: %s %.4g (best %.4g, %s %d)", noun, trial->number, sweep->count, epochs,
                sweep->monitor, trial->result, best->result, noun, best->number);
}

static void stop(const cli_sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->trials[i].state == CLI_RUNS)
            kill(sweep->trials[i].process, SIGTERM);
}

/* Waits until a trial ends, or, when `others` have some that are waited for, for a while. A signal stops
 * those that run, once. */
static hone_status wait_for_one(cli_sweep *sweep, bool others, bool *told)
{
    int status = 0;
    pid_t process;
    for (int looks = 0; (process = waitpid(-1, &status, WNOHANG)) == 0; looks++) {
        if (others && looks == LOOKS_OF_A_WHILE)
            return HONE_OK;
        nanosleep(&a_look, NULL);
        if (cli_caught_signal() == 0 || *told)
            continue;
        stop(sweep);
        *told = true;
    }
    if (process < 0)
        return hone_fail(HONE_ERROR_STATE, "the trials cannot be waited for: %s", strerror(errno));
    for (size_t i = 0; i < sweep->count; i++)
        if (sweep->trials[i].state == CLI_RUNS && sweep->trials[i].process == process) {
            cli_trial *trial = &sweep->trials[i];
            const hone_status ended = end(sweep, trial, status);
            cli_trial_release(trial);
            CLI_TRY(ended);
            tell(sweep, trial);
        }
    return HONE_OK;
}

static int running(const cli_sweep *sweep)
{
    int number = 0;
    for (size_t i = 0; i < sweep->count; i++)
        number += sweep->trials[i].state == CLI_RUNS;
    return number;
}

/* Begins a trial with its aim, unless another process has it or has done it. */
static hone_status begin_claimed(const cli_sweep *sweep, cli_trial *trial)
{
    hone_error_clear();
    trial->state = CLI_WAITS;
    if (!cli_trial_claim(sweep, trial))
        return hone_error_status();
    hone_status status = cli_trial_look_again(sweep, trial);
    if (status >= 0 && trial->state == CLI_WAITS) {
        cli_trial_forget_failure(sweep, trial);
        status = begin(sweep, trial);
    }
    if (trial->state != CLI_RUNS)
        cli_trial_release(trial);
    return status;
}

/* Was to be trained, and another process has it, or its own was killed. */
static bool waits(const cli_trial *trial)
{
    return trial->aim > 0 && trial->state == CLI_WAITS;
}

static size_t waiting(const cli_sweep *sweep)
{
    size_t number = 0;
    for (size_t i = 0; i < sweep->count; i++)
        number += waits(&sweep->trials[i]);
    return number;
}

/* Whether one more may begin. */
static bool has_room(const cli_sweep *sweep, int jobs)
{
    return running(sweep) < jobs && cli_caught_signal() == 0;
}

static hone_status begin_waiting(const cli_sweep *sweep, int jobs)
{
    hone_status status = HONE_OK;
    for (size_t i = 0; i < sweep->count && status >= 0 && has_room(sweep, jobs); i++)
        if (waits(&sweep->trials[i]))
            status = begin_claimed(sweep, &sweep->trials[i]);
    return status;
}

static hone_status begin_next(const cli_sweep *sweep, int jobs, cli_next_trial *next, void *context)
{
    cli_trial *trial;
    int64_t budget;
    hone_status status = HONE_OK;
    while (status >= 0 && has_room(sweep, jobs) && next(context, &trial, &budget)) {
        trial->aim = budget;
        status = begin_claimed(sweep, trial);
    }
    return status;
}

hone_status cli_trials_run(cli_sweep *sweep, int jobs, cli_next_trial *next, void *context)
{
    hone_status status = HONE_OK;
    bool told = false;
    for (;;) {
        if (status >= 0)
            status = begin_waiting(sweep, jobs);
        if (status >= 0)
            status = begin_next(sweep, jobs, next, context);
        if (running(sweep) == 0 && (waiting(sweep) == 0 || status < 0 || cli_caught_signal() != 0))
            break;
        if (running(sweep) == 0) { /* others have what is left */
            nanosleep(&a_while, NULL);
            continue;
        }
        if (status < 0 && !told) {
            stop(sweep);
            told = true;
        }
        const bool others = status >= 0 && has_room(sweep, jobs) && waiting(sweep) > 0;
        hone_status waited = wait_for_one(sweep, others, &told);
        status = status < 0 ? status : waited;
        if (waited < 0 && running(sweep) > 0)
            break;
    }
    return status;
}

/* ---- checkpoints ---- */

static void remove_files(const char *folder)
{
    DIR *open_folder = opendir(folder);
    char path[PATH_SIZE + 260];
    for (struct dirent *entry; open_folder != NULL && (entry = readdir(open_folder)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (open_folder != NULL)
        closedir(open_folder);
    rmdir(folder);
}

void cli_trials_tidy(const cli_sweep *sweep)
{
    char folder[PATH_SIZE];
    for (size_t i = 0; i < sweep->count; i++) {
        cli_trial_path(sweep, &sweep->trials[i], "checkpoint", folder, sizeof folder);
        if (sweep->trials[i].state == CLI_TRAINED)
            remove_files(folder);
    }
}
