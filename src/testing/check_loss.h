/* For tests of losses: golden files, gradients against differences, what is refused, failing allocations.
 * What fails fails the cmocka test. */
#ifndef HONE_TESTING_CHECK_LOSS_H
#define HONE_TESTING_CHECK_LOSS_H

#include "losses/loss.h"
#include "testing/golden.h"

/* tests/golden/losses/NAME.json for each name (up to NULL), with every kind of kernel table: values and
 * gradients. */
void check_loss_golden(const char *const *names);

hone_loss *loss_of_text(const char *text);

/* What an input of a loss holds. SHARES and ROWS: rows that add up to 1 (ROWS: a single 1); UNIT: rows of
 * length 1. */
typedef enum loss_input {
    REAL,
    POSITIVE,
    BITS,
    SIGNS,
    ROWS,
    IDS,
    LABELS,
    PROBABILITY,
    SHARES,
    UNIT
} loss_input;

/* The gradient in the predictions against differences. */
typedef struct loss_example {
    const char *text;
    loss_input y_true, y_pred;
} loss_example;
/* For predictions of shape (3, 4, 5), with sample weights and without. */
void check_loss_gradients(const loss_example *examples, size_t count);
/* For inputs of other shapes; `classes` for ids. */
void check_loss_pair(const char *text, loss_input y_true, hone_shape of_targets, loss_input y_pred,
                     hone_shape of_predictions, int classes);

/* Refused when it is made, or when it is recorded for these shapes, with a message that holds `words`. */
void check_loss_refused(const char *text, const char *words);
void check_loss_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions,
                      hone_shape of_weights, const char *words);

/* No allocation that fails leaves anything behind, for predictions of shape (4, 7). */
void check_loss_allocations(const char *text, hone_shape of_targets);

#endif
