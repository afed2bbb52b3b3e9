/* A fit in progress: what its parts share. fit.c sets it up, trainer.c is what callbacks see of it, epochs.c
 * runs it, checkpoint.c saves it and continues with it. */
#ifndef HONE_TRAIN_FIT_H
#define HONE_TRAIN_FIT_H

#include "terminal/progress.h"
#include "train/history.h"
#include "train/run.h"

typedef struct hone_checkpoint hone_checkpoint;

typedef struct hone_fit_run {
    hone_model *model;
    hone_dataset *data, *validation;
    hone_dataset *slices[2];   /* made here by validation_split */
    hone_dataset *prepared[2]; /* those that are fed: prepare.h */
    const hone_fit_args *args;
    hone_callback_list *callbacks;
    hone_trainer trainer;
    hone_history *history;
    hone_session session;
    hone_progress progress;
    hone_numbers class_weight;
    bool told_not_finite;
    hone_hidden_rows *hidden; /* of each input that is fed, in the first epoch; else NULL */
    int64_t looked;           /* rows that were looked at for that */
    bool masks;               /* a layer masks padding of one of them */

    /* Where it is. */
    int64_t epoch;              /* that is running, or is next */
    bool inside;                /* a checkpoint has put it into the midst of this epoch */
    int64_t done;               /* batches of this epoch */
    int64_t *order;             /* of the samples in this sweep over the data, or NULL */
    int64_t position;           /* samples of this sweep that are done */
    hone_reading reading;       /* of this sweep, once it has begun */
    const hone_batch *batch;    /* of a stream, when its step is over; else NULL */
    hone_arena lists;           /* what the logs of this epoch's end point to */
    hone_logs logs;             /* of the last batch, of the last epoch */
    hone_logs tested;           /* of the last validation */
    hone_progress_value *shown; /* of `logs`, on the terminal */
    size_t shown_room;
    double started; /* the clock when this epoch began, less what was spent on it before a checkpoint */
    bool swapped;   /* the optimizer's averages and the weights have changed places */
    hone_checkpoint *checkpoint; /* NULL: none is needed */
    char *kept_reason;           /* why the run had ended, from a checkpoint */
} hone_fit_run;

/* The next fit of this model goes on with the history of the last one. */
hone_status hone_internal_fit_goes_on(hone_model *model);
void hone_internal_fit_say(hone_fit_run *run, const char *text);
void hone_internal_fit_fill_trainer(hone_fit_run *run);
hone_status hone_internal_fit_run_epochs(hone_fit_run *run);
/* Steps of an epoch: those asked for, at most those of the rows. HONE_ANY for a stream whose length is
 * unknown. */
int64_t hone_internal_fit_steps(const hone_fit_run *run);
/* The order of the samples in the sweep over the data that is running. */
void hone_internal_fit_shuffle(hone_fit_run *run);

/* What callbacks that look on are given (watch.c); the context is the run. */
hone_status hone_internal_watch_weights(void *context, hone_weight_visitor *visit, void *visitor);
hone_status hone_internal_watch_gradients(void *context, hone_weight_visitor *visit, void *visitor);
char *hone_internal_watch_model(void *context);
hone_config *hone_internal_watch_training(void *context);
hone_status hone_internal_watch_maps(void *context, hone_weight_visitor *visit, void *visitor);
hone_status hone_internal_watch_calls(void *context, hone_call_visitor *visit, void *visitor);

#endif
