/* For tests: a layer on numbers, recorded and planned as an example says. */
#ifndef HONE_TESTING_LAYER_RUN_H
#define HONE_TESTING_LAYER_RUN_H

#include "plan/plan.h"
#include "testing/check_layer.h"

enum { LAYER_RUN_VALUES = 32 };

/* A layer, what was recorded of it, and the plan. */
typedef struct layer_run {
    const layer_example *example;
    hone_layer *layer;
    hone_variable_list weights;
    hone_plan *plan;
    hone_value inputs[CHECK_LAYER_INPUTS], masks[CHECK_LAYER_INPUTS], seed, output, loss;
    hone_value wanted[LAYER_RUN_VALUES], gradients[LAYER_RUN_VALUES]; /* of the inputs, then of the weights */
    int input_count, wanted_count;
    hone_given given;
    void *call_args; /* those in `given` */
} layer_run;

/* The layer that the example's text describes. */
hone_layer *layer_run_layer(const layer_example *example);
/* A run in its parts, for tests of failures: the layer with its weights, then what is recorded and planned.
 */
hone_status layer_run_make_layer(layer_run *run, const layer_example *example);
hone_status layer_run_make_plan(layer_run *run, const char *table, int64_t batch, int threads);
/* A whole run with a batch of this size, by a kernel table. */
layer_run layer_run_begin(const layer_example *example, const char *table, int64_t batch, int threads);
void layer_run_free(layer_run *run);

hone_shape layer_run_shape(const layer_run *run, hone_value value);
int64_t layer_run_count(const layer_run *run, hone_value value);
double layer_run_read(const layer_run *run, hone_value value, int64_t index);
void layer_run_write(const layer_run *run, hone_value value, int64_t index, double number);
/* Inputs, masks and weights get their numbers, from sample `first` on. */
void layer_run_feed(const layer_run *run, int64_t first);
void layer_run_execute(const layer_run *run, hone_team *team);

#endif
