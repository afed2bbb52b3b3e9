/* Looking into a training. The rate finder: which learning rate suits a model and its data. */
#ifndef HONE_INSIGHT_H
#define HONE_INSIGHT_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_find_rate_args {
    hone_args base;
    double lowest_rate, highest_rate; /* of the sweep: rate = lowest (highest / lowest)^(s / (steps - 1)) at step s */
    int64_t steps;                    /* batches; the data start again when they end */
    int64_t batch_size;
    double smoothing;                 /* weight of a neighbouring step's loss in the smoothed one, 0 to below 1 */
    double stop_factor;               /* the sweep ends early when the loss is this many times its least */
} hone_find_rate_args;
#define HONE_FIND_RATE_DEFAULTS \
    .lowest_rate = 1e-5, .highest_rate = 10, .steps = 500, .batch_size = 32, .smoothing = 0.9, .stop_factor = 4

/* What a sweep found. `steps` numbers each. */
typedef struct hone_rate_search {
    int64_t steps; /* that ended with a finite loss */
    double *rates, *losses, *smoothed;
    double least_rate; /* where the smoothed loss is least */
    double suggested;  /* a rate to train with; NaN when the sweep shows none */
    char reason[320];  /* why, in a sentence or two */
} hone_rate_search;

/* Trains a copy of a compiled model with a rate that grows from batch to batch. The model itself stays as it is.
 * Errors: HONE_ERROR_ARGUMENT for a range that is none; HONE_ERROR_STATE when the rate comes from a schedule, or the model is not
 * compiled; those of training. */
hone_rate_search *hone_find_rate_with(hone_model *model, hone_dataset *data, const hone_find_rate_args *args);
#ifndef __cplusplus
#define hone_find_rate(model_, data_, ...) \
    HONE_WITH_OVERRIDES(hone_find_rate_with(model_, data_, &(hone_find_rate_args){ \
        .base = {sizeof(hone_find_rate_args), HONE_SITE}, HONE_FIND_RATE_DEFAULTS, __VA_ARGS__}))
#endif
/* Loss against rate as a picture (.png or .svg), with the suggestion marked. */
hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path);
void hone_rate_search_free(hone_rate_search *search); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
