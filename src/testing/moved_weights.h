/* For tests that compare two ways to compute a model: weights that are not where they begin. */
#ifndef HONE_TESTING_MOVED_WEIGHTS_H
#define HONE_TESTING_MOVED_WEIGHTS_H

#include "model/model.h"

#include <math.h>
#include <string.h>

/* Statistics and factors that are not 0 and 1; variances from 2/3 to 4/3, the others from -1/3 to 1/3. */
static inline void move_weights(hone_model *model)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        const bool positive = strstr(weight->name, "variance") != NULL;
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_internal_variable_data(weight)[j] =
                (float)(sin((double)(i * 31 + j) * 1.3) / 3 + (positive ? 1 : 0));
    }
}

#endif
