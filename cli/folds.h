/* hone train --folds: what its files share. */
#ifndef HONE_CLI_FOLDS_H
#define HONE_CLI_FOLDS_H

#include "cli.h"

enum { CLI_MOST_RESULTS = 32, CLI_LONGEST_RESULT = 48 };

/* The results of all folds: a row for each, a column for each number that has a name of its own, loss first.
 */
typedef struct cli_folds {
    char names[CLI_MOST_RESULTS][CLI_LONGEST_RESULT];
    int columns;
    double (*rows)[CLI_MOST_RESULTS];
    int64_t count;
} cli_folds;

/* Trains the recipe with these settings and evaluates it on the part that is left out, into row `count`. */
hone_status cli_fold_run(const cli_settings *settings, cli_folds *all);
/* The settings with those of one fold, whose texts are the caller's. */
enum { CLI_FOLD_TEXT = 40 };
typedef char cli_fold_texts[2][CLI_FOLD_TEXT];
hone_status cli_fold_settings(const cli_settings *settings, int64_t fold, cli_fold_texts texts,
                              cli_settings *own);

/* ---- what comes out (folds_results.c); the exit status ---- */

int cli_folds_tell(const cli_settings *settings, const cli_folds *all, int64_t fold);
int cli_folds_tell_all(const cli_settings *settings, const cli_folds *all);

/* Trains the folds in processes of their own, `jobs` at a time in this one, and shares them out with those
 * that a launcher started beside it (folds_share.c). `all` has as many rows as there are folds. */
int cli_folds_share(const cli_settings *settings, int jobs, cli_folds *all);

#endif
