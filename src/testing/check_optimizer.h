/* For tests: everything that holds for every optimizer, checked from its golden file and a list of ways to
 * use it. What fails fails the cmocka test. */
#ifndef HONE_TESTING_CHECK_OPTIMIZER_H
#define HONE_TESTING_CHECK_OPTIMIZER_H

#include "testing/optimizer_bench.h"

enum { CHECK_OPTIMIZER_USES = 8 };

typedef struct optimizer_example {
    const char *golden; /* tests/golden/optimizers/<golden>.json */
    const char *
        uses[CHECK_OPTIMIZER_USES]; /* specs, one for each choice of slots or of rule; up to the first NULL */
} optimizer_example;

/* With Keras's gradients, weights are Keras's after each reported training step up to the 20th, and slots
 * have its order, names and numbers: for each option (one that no golden case sets fails), in every kernel
 * table, and the tables agree with ref. Each bound of the arguments is kept. Of each use: arguments written
 * and read are equal; a model saved and loaded has the same slots and continues with the same bits; one
 * thread gives the bits that several give; weights of any rank move against their gradient, and zeros stay
 * finite; no allocation that fails leaves anything behind. */
void check_optimizer(const optimizer_example *example);
/* What holds of one use alone. */
void check_optimizer_use(const char *text);

/* The spec is refused with this status and a message that holds `part`. */
void check_optimizer_refused(const char *text, hone_status status, const char *part);

#endif
