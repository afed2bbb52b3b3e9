/* hone sweep: what its files share. A sweep is trials in a folder, one for each choice of values; a trial is
 * a process of its own that trains as `hone train` does, with a checkpoint, so that it can be stopped and
 * continued. */
#ifndef HONE_CLI_SWEEP_H
#define HONE_CLI_SWEEP_H

#include "cli.h"

#include <sys/types.h>
#include <time.h>

/* ---- what is searched (sweep_space.c) ---- */

typedef enum cli_range_kind {
    CLI_CHOICES,
    CLI_UNIFORM,
    CLI_LOG,
    CLI_INTEGERS,
    CLI_LOG_INTEGERS
} cli_range_kind;

/* One --set with several values: "model.1.units=32|64|128", "compile.optimizer.learning_rate=log(1e-4,
 * 1e-1)". */
typedef struct cli_dimension {
    char *path;
    cli_range_kind kind;
    double low, high;
    int64_t points; /* of a grid; 0: not given */
    char **choices;
    size_t choice_count;
} cli_dimension;

/* Reads a setting; *several is false when it has one value. The exit status, after a message. */
int cli_dimension_read(const char *setting, cli_dimension *dimension, bool *several);
void cli_dimension_free(cli_dimension *dimension);
/* How many values a grid takes of it; 0: it has no end. */
size_t cli_dimension_size(const cli_dimension *dimension);
/* The value at a place of its grid, and one by a number from 0 to 1; to be freed. NULL: no memory. */
char *cli_dimension_at(const cli_dimension *dimension, size_t place);
char *cli_dimension_draw(const cli_dimension *dimension, double share);
/* What a column is called: "units" of "model.1.dense.units", or the whole path when others end so too. */
const char *cli_dimension_title(const cli_dimension *dimensions, size_t count, size_t index);

/* ---- trials ---- */

typedef enum cli_trial_state { CLI_WAITS, CLI_RUNS, CLI_STOPPED, CLI_FAILS, CLI_TRAINED } cli_trial_state;

typedef struct cli_trial {
    int number;    /* from 1 */
    char **values; /* one for each dimension */
    cli_trial_state state;
    pid_t process;
    int64_t aim;      /* epochs that it is to have had when it ends next; 0: it was not begun yet */
    int64_t budget;   /* epochs that it was allowed last; 0: none yet */
    int64_t epochs;   /* trained */
    double *curve;    /* the monitored metric of each */
    int64_t best_row; /* of its history */
    bool highest;     /* more is better */
    double result;    /* of the monitored metric, at its best; NaN: none */
    char **names;     /* of the history's columns, but for the epoch, and their numbers in the best row */
    double *numbers;
    size_t name_count;
    char reason[256]; /* why it failed */
    int lock;         /* a descriptor, plus 1, while this process has claimed it */
    bool again;       /* its process was killed once, and it was begun again */
} cli_trial;

/* What a trial is: of a sweep, or a fold of the data. */
typedef struct cli_trial_kind {
    const char *noun, *ending; /* "trial", and of the folder's name */
    const char *others;        /* what the folder is of when it is not this one's, and what to do */
    int (*run)(const cli_settings *settings); /* in the trial's process; the exit status */
} cli_trial_kind;

typedef struct cli_sweep {
    const cli_settings *settings;
    const cli_trial_kind *kind;
    const char *recipe;
    char folder[512], monitor[128];
    bool highest; /* more is better */
    cli_dimension *dimensions;
    size_t dimension_count;
    int dimension_of[CLI_MOST_SETS]; /* of each --set; -1: it has one value */
    cli_trial *trials;
    size_t count;
    int64_t epochs;  /* of the recipe */
    int64_t threads; /* of each trial */
    bool anew;       /* trials have no checkpoints */
    time_t begun;
    int rank; /* among the processes that a launcher started: 0 says what comes out */
} cli_sweep;

/* Where the trials are: --folder, or beside the recipe. */
void cli_sweep_name_folder(cli_sweep *sweep);
/* Makes the folder; fails when it is of another sweep. */
hone_status cli_sweep_claim_folder(const cli_sweep *sweep);
/* Finds what is trained, who this process is among others, and the threads of each trial. */
hone_status cli_sweep_begin(cli_sweep *sweep, int jobs);
/* The command line's settings with the values of a trial in each --set, which are to be freed. */
hone_status cli_trial_settings(const cli_sweep *sweep, const cli_trial *trial, cli_settings *settings);
void cli_trial_settings_free(cli_settings *settings);
/* Whether it was trained for so many epochs. */
bool cli_trial_has(const cli_trial *trial, int64_t epochs);
/* Reads what an earlier run of the same sweep left of a trial. */
hone_status cli_trial_look(const cli_sweep *sweep, cli_trial *trial);
/* Says which trial is trained next, and until how many epochs it has had in all. False: none at present;
 * there may be one when another has ended. */
typedef bool cli_next_trial(void *context, cli_trial **trial, int64_t *budget);
/* Trains what `next` says, `jobs` at a time, until it says nothing more. After a signal it stops them. */
hone_status cli_trials_run(cli_sweep *sweep, int jobs, cli_next_trial *next, void *context);
/* Trains few epochs of all trials, and the better ones on (sweep_halving.c). */
hone_status cli_sweep_halve(cli_sweep *sweep, int64_t factor, int jobs);
/* No checkpoint is needed any more. */
void cli_trials_tidy(const cli_sweep *sweep);
void cli_trial_free(const cli_sweep *sweep, cli_trial *trial);
/* The path of a file in a trial's folder. */
void cli_trial_path(const cli_sweep *sweep, const cli_trial *trial, const char *name, char *path,
                    size_t size);
/* Whether a result is better than another; none is the worst. */
bool cli_sweep_better(const cli_sweep *sweep, double a, double b);
/* The best first; failed ones at the end. A new list, to be freed; NULL: no memory. */
cli_trial **cli_sweep_sorted(cli_sweep *sweep);

/* ---- with others (sweep_share.c) ---- */

/* False: another process has it, or, with a failure, the lock cannot be made. */
bool cli_trial_claim(const cli_sweep *sweep, cli_trial *trial);
void cli_trial_release(cli_trial *trial);
hone_status cli_trial_mark_failed(const cli_sweep *sweep, const cli_trial *trial);
void cli_trial_forget_failure(const cli_sweep *sweep, const cli_trial *trial);
/* What another process may have made of it: trained until its aim, failed, or waiting still. */
hone_status cli_trial_look_again(const cli_sweep *sweep, cli_trial *trial);

/* ---- results (sweep_results.c) ---- */

/* The command line that trains a trial again; to be freed. NULL: no memory. */
char *cli_trial_command(const cli_sweep *sweep, const cli_trial *trial);
/* The table or JSON, the picture, the page and the best model, as the options say; the exit status. */
int cli_sweep_results(cli_sweep *sweep);

#endif
