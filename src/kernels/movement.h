/* Movement: what a concatenation is, told to its kernel and to what reads a prepared one. */
#ifndef HONE_KERNELS_MOVEMENT_H
#define HONE_KERNELS_MOVEMENT_H

#include "kernels/kernels.h"

enum { HONE_CONCATENATION_OPERANDS = 10 }; /* at most; a longer one is several */

/* Operands [rows, width[i]] side by side as [rows, total]. */
typedef struct hone_concatenation {
    int count; /* of operands */
    int64_t rows, total;
    int64_t width[HONE_CONCATENATION_OPERANDS];
} hone_concatenation;

#endif
