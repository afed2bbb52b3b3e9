/* What a training tells of while it runs: events on stdout, the history as CSV. */
#ifndef HONE_CLI_RECORD_H
#define HONE_CLI_RECORD_H

#include "cli.h"
#include <hone/callbacks.h>
#include <hone/train.h>

typedef struct cli_recorder {
    hone_model *model;
    const char *history; /* path or NULL */
    bool json;
    bool keeps_nothing;          /* a line says so before the start */
    int64_t told;                /* rows of the history that were events already */
    const hone_callback *doctor; /* among the callbacks in front of the recorder, or NULL */
    const char *doctor_page;     /* path or NULL */
    int64_t stop_after;          /* epochs in all, then the training is stopped as by a signal; or none */
    int found;                   /* its findings that were events already */
    double begun, written;       /* the clock when training began, and when the CSV was last written */
} cli_recorder;

double cli_now(void);
/* Follows the training: an event an epoch, and the CSV kept up to date. */
hone_callback *cli_recorder_callback(cli_recorder *recorder);
/* The events of epochs that were not told yet. */
void cli_recorder_tell(cli_recorder *recorder);
int cli_recorder_end(const cli_recorder *recorder, const char *stopped_by, const char *output);

#endif
