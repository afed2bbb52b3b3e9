/* What a model knows of its training data, set from within. */
#ifndef HONE_MODEL_FACTS_H
#define HONE_MODEL_FACTS_H

#include "model/model.h"

/* Takes the value over, also on failure; NULL takes the fact away. */
hone_status hone_internal_model_set_fact(hone_model *model, const char *key, hone_config *value);
/* Fails for an output that is one of several classes, or of numbers by its loss. What is not known yet (a
 * loss) is let pass. */
hone_status hone_internal_model_check_probability(hone_model *model, int output);

#endif
