/* For tests: a training that only pretends. Its one weight is the number of the epoch; what callbacks do to
 * it is written down. */
#ifndef HONE_TESTING_PRETENDED_TRAINING_H
#define HONE_TESTING_PRETENDED_TRAINING_H

#include "base/text.h"
#include "callbacks/callback.h"
#include "callbacks/weights_copy.h"
#include "testing/test.h"

/* What was done to a training. */
enum {
    STOPS = 1,
    SETS_RATE = 2,
    RESTORES_WEIGHTS = 4,
    SWAPS_WEIGHTS = 8,
    SAVES = 16,
    KEEPS_CHECKPOINTS = 32,
    PRINTS = 64,
    ADDS_TO_LOGS = 128,
    TELLS_BEST_EPOCH = 256,
    WATCHES = 512 /* reads weights, gradients, the model or its settings */
};

typedef struct pretended_training {
    hone_trainer trainer;
    double rate;
    float weight;
    hone_text saved, printed; /* paths, and folders of checkpoints, a line each */
    int swaps;
    unsigned done;       /* STOPS and so on */
    const char *failing; /* the function of the trainer that fails with HONE_ERROR_FILE; NULL: none */
    bool failed;         /* it was called */
} pretended_training;

/* Not to be moved afterwards: its trainer points to it. */
void pretend_begin(pretended_training *training, double rate, int64_t epochs);
void pretend_end(pretended_training *training);
/* An event that must succeed. */
void pretend_event(pretended_training *training, hone_callback_list *list, hone_event event, int64_t number,
                   hone_logs *logs);
/* An epoch with one number in its logs and without batches. */
void pretend_epoch(pretended_training *training, hone_callback_list *list, int64_t epoch, const char *name,
                   double value);
/* A list of one callback, taken over; NULL is the failure of its maker. */
hone_callback_list *pretend_list(hone_callback *callback);
/* What was printed, or saved, so far; "" when nothing was. */
const char *pretend_text(const hone_text *text);

#endif
