/* What a cast knows of its input. */
#ifndef HONE_OPERATIONS_CAST_H
#define HONE_OPERATIONS_CAST_H

#include <stdbool.h>

/* The state of the operations "Cast" and "ConvertToTensor". */
typedef struct hone_cast_state {
    bool of_integers; /* its last call was on integers, so that narrow types wrap around: model/whole.c */
} hone_cast_state;

#endif
