/* What kernels of lookup.def need beyond a few sizes. */
#ifndef HONE_KERNELS_LOOKUP_H
#define HONE_KERNELS_LOOKUP_H

#include "kernels/kernels.h"

/* Rows that are added to those of a table [count, width] by their numbers. */
typedef struct hone_scatter {
    int64_t rows, width, count;
    int64_t tile; /* rows of the table; the tiling fills it in */
    bool coded;   /* ids are codes, of floats (tensor/ids.h) */
    hone_layouts layouts;
} hone_scatter;

#endif
