/* The two complete tables: elements are floats in the first, doubles in the second. */
#ifndef HONE_KERNELS_REF_TABLES_H
#define HONE_KERNELS_REF_TABLES_H

#include "kernels/kernels.h"

extern const hone_kernels hone_internal_kernels_ref;
extern const hone_kernels hone_internal_kernels_ref_double;

#endif
