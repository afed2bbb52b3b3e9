/* Keras's progress bar, as text into a sink. Knows neither models nor clocks: the caller tells training
 * steps, seconds, values. */
#ifndef HONE_TERMINAL_PROGRESS_H
#define HONE_TERMINAL_PROGRESS_H

#include "base/error.h"
#include "base/output.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct hone_progress_value {
    const char *name;
    double value;
} hone_progress_value;

/* The caller fills the first part and leaves the rest zero; one progress serves all epochs of a run. */
typedef struct hone_progress {
    hone_output *output;
    void *context;
    int verbose;     /* 0 nothing, 1 a bar, 2 one line per epoch */
    bool terminal;   /* redraw in place and in colours; else only whole lines, at most one in 10 seconds */
    bool plain;      /* redraw without colours */
    int64_t columns; /* of the terminal, 0 when unknown: a line that is redrawn must not wrap */

    int64_t target; /* training steps of this epoch, below zero while unknown */
    double started, last_drawn, after_first_step;
    bool drawn, first_step_seen;
    size_t width;                      /* columns of the line on the terminal that is to be redrawn */
    struct hone_progress_slot *values; /* in the order in which the names appeared */
    size_t value_count, value_capacity;
} hone_progress;

/* "Epoch 3/10", when there are several epochs and verbose is not 0. `epoch` counts from 0. */
void hone_internal_progress_heading(hone_progress *progress, int64_t epoch, int64_t epochs);

/* Starts an epoch of `target` steps (below zero: unknown until its end) at `now` seconds of any clock. */
void hone_internal_progress_begin(hone_progress *progress, int64_t target, double now);

/* After `current` steps: the values to show as they stand (names seen before keep their place). Draws when it
 * is time to; calling it often is cheap. */
hone_status hone_internal_progress_update(hone_progress *progress, int64_t current, double now,
                                          const hone_progress_value *values, size_t count);
/* The last line of the epoch, always drawn; steps that were unknown are now `current`. */
hone_status hone_internal_progress_finish(hone_progress *progress, int64_t current, double now,
                                          const hone_progress_value *values, size_t count);

/* Ends a half-drawn line, so that a message can follow on a line of its own. */
void hone_internal_progress_break(hone_progress *progress);
void hone_internal_progress_free(hone_progress *progress); /* memory; the caller's part stays */

#endif
