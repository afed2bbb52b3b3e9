/* The learning-rate finder: training with a rate that grows from step to step, and what the losses say.
 * Smith: "Cyclical learning rates for training neural networks", 2017. */
#ifndef HONE_TRAIN_FIND_RATE_H
#define HONE_TRAIN_FIND_RATE_H

#include "base/error.h"
#include <hone/look.h>

/* Trains the model (which is not worth much afterwards). An optimizer with a schedule is refused. */
hone_status hone_internal_find_rate(hone_model *model, hone_dataset *data, const hone_find_rate_args *args,
                                    hone_rate_search *search);

#endif
