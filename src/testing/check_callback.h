/* For tests: everything that holds for every callback, checked over a pretended training of eight epochs with
 * three batches and a validation each, in which losses fall, stay and rise, and the last batch's is NaN. What
 * fails fails the cmocka test. */
#ifndef HONE_TESTING_CHECK_CALLBACK_H
#define HONE_TESTING_CHECK_CALLBACK_H

#include "testing/pretended_training.h"

#define SEES(event) (1u << HONE_EVENT_##event)

typedef struct callback_example {
    const char *text;             /* a spec; NULL: it is made by `make` */
    hone_callback *(*make)(void); /* for what only a program can give */
    unsigned sees;                /* SEES(EPOCH_END) | ...: the events that it takes */
    unsigned does;                /* STOPS | ...: all that it does to the training, and nothing else */
    const char *file;             /* that it writes, without times in it; NULL: none */
} callback_example;

/* It sees the events that it is said to, and does what it is said to do, and all of that; it may be used
 * again; arguments written and read are equal; after each epoch its memory, saved and put into a fresh
 * callback, leads to the same end of the training, and wrong memory is refused; a failure of the trainer is
 * passed on; no allocation that fails leaves anything behind. */
void check_callback(const callback_example *example);

/* The spec is refused with a message that holds `part`. */
void check_callback_refused(const char *text, const char *part);

/* The golden cases of tests/golden/callbacks/<name>.json, one after the other. `during` an epoch (after its
 * beginning) and `after` it something may be compared with the case's "expected"; `end` when the training is
 * over. */
typedef struct golden_callback {
    const char *name;            /* of the file and of the callback */
    const char *path_key, *path; /* an argument that is a path; NULL: none */
    const char *skipped;         /* a case in which we differ; NULL: none */
    bool validates;
    void (*during)(const char *title, const hone_config *expected, pretended_training *training,
                   int64_t epoch);
    void (*after)(const char *title, const hone_config *expected, pretended_training *training,
                  int64_t epoch);
    void (*end)(const char *title, const hone_config *expected, pretended_training *training, int64_t epochs);
} golden_callback;
void check_callback_golden(const golden_callback *golden);
/* A number of a golden file, where "inf" and "nan" are texts. */
double golden_callback_number(const hone_config *config);
void golden_callback_check_rate(const char *title, double expected, double received);
/* A whole file, as text. */
void check_callback_file(const char *title, const char *path, const char *expected);

#endif
