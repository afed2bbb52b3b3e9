/* The learning-rate finder: training with a rate that grows from step to step, and what the losses say.
 * Smith: "Cyclical learning rates for training neural networks", 2017. */
#ifndef HONE_INSIGHT_FIND_RATE_H
#define HONE_INSIGHT_FIND_RATE_H

#include "base/error.h"
#include <hone/model.h>

typedef struct hone_rate_search_args {
    double lowest, highest; /* the rates of the first and last step; between them equal factors */
    int64_t steps, batch_size;
} hone_rate_search_args;

typedef struct hone_rate_point {
    double rate, loss, smooth; /* smooth: the running average of the losses, 0.9 of the old one, as if it had been full from the start */
} hone_rate_point;

typedef struct hone_rate_search {
    hone_rate_point *points; /* up to where the loss grew to four times its least, or stopped being a number */
    int64_t count;
    int64_t least;     /* the point with the least smooth loss */
    bool diverged;     /* it ended before its last step */
    double suggestion; /* a tenth of that point's rate */
    char reason[512];  /* a sentence */
} hone_rate_search;

/* Trains the model (which is not worth much afterwards). An optimizer with a schedule is refused. */
hone_status hone_internal_find_rate(hone_model *model, hone_dataset *data, const hone_rate_search_args *args, hone_rate_search *search);
void hone_internal_rate_search_free(hone_rate_search *search);

#endif
