/* What the programs of this folder share: the data, the choices on the command line, and several trainings side by side, as a table
 * and as one picture. */
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <hone/hone.h>

/* --samples N --epochs N --output FOLDER, and Fashion-MNIST: the first N training images, the last 5000 (or N / 4, when that is less)
 * to validate with, the test images. Pixels are scaled to 0 .. 1. */
typedef struct example {
    int64_t samples, epochs;
    const char *folder;
    hone_dataset *all, *train, *valid, *test;
} example;

/* `samples` and `epochs` stand unless the command line says otherwise. False, with a message, when the command line is wrong. Data that
 * cannot be loaded are NULL, and what is done with them fails with the message. */
bool example_begin(example *run, int count, char **words, int64_t samples, int64_t epochs);
/* Frees the data; the exit status: 1, with the library's sentence, when anything failed. */
int example_end(example *run, bool failed);

/* A path in the output folder; valid until the next call. */
const char *example_path(const example *run, const char *name);
/* Samples begin .. begin + count - 1 as a batch of floats, for single steps and gradients; freed by example_batch_free. */
bool example_batch(hone_dataset *data, int64_t begin, int64_t count, hone_batch *batch);
void example_batch_free(hone_batch *batch);

/* ---- trainings side by side ---- */

enum { EXAMPLE_MOST_RUNS = 12, EXAMPLE_MOST_EPOCHS = 100 };
typedef struct example_comparison {
    int count;
    double lowest_accuracy; /* where that panel begins; 0: at the lowest */
    struct {
        const char *label;
        int64_t epochs;
        double loss[EXAMPLE_MOST_EPOCHS], valid_loss[EXAMPLE_MOST_EPOCHS], valid_accuracy[EXAMPLE_MOST_EPOCHS];
        double seconds;
    } runs[EXAMPLE_MOST_RUNS];
} example_comparison;

/* Notes a training (its label is borrowed) and prints its row. False after an earlier failure. */
bool example_compare(example_comparison *comparison, const char *label, const hone_history *history);
/* Training loss and validation accuracy of all of them: one picture. */
bool example_draw_comparison(const example_comparison *comparison, const char *path, const char *title);

#endif
