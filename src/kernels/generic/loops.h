/* What the plain loops of this folder share. Compilers turn them into vector code: each file is compiled once
 * for each instruction set (HONE_LOOPS: generic, avx2, avx512, neon) and ends with the function that puts its
 * kernels into a table.
 *
 * Sums are in double, in lanes whose number is fixed; the rest is in float. Vector code and the tails of
 * loops do the same operations, so that an item's bits depend on nothing but its operands. */
#ifndef HONE_KERNELS_GENERIC_LOOPS_H
#define HONE_KERNELS_GENERIC_LOOPS_H

#include "kernels/generic/lanes.h"
#include "kernels/generic/math.h"
#include "kernels/overlays.h"
#include "kernels/ref/formulas.h"
#include "kernels/ref/tables.h"

#include <math.h>
#include <string.h>

/* The head of the function that ends a file: OVERLAY(unary) { table->kernel[...] = ...; } */
#define OVERLAY_NAME(family, level) hone_internal_##family##_loops_##level
#define OVERLAY_OF(family, level) void OVERLAY_NAME(family, level)(hone_kernels * table)
#define OVERLAY(family) OVERLAY_OF(family, HONE_LOOPS)

/* Before a loop whose results may be operands of the same element (in place) but never of another. */
#ifdef __clang__
#define INDEPENDENT /* finds out by itself, at run time */
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Leaves a shape that is rare to the reference kernel. */
#define LEAVE_TO_REFERENCE(name) \
    do { \
        hone_internal_kernels_ref.kernel[HONE_KERNEL_##name](args, begin, end, scratch); \
        return; \
    } while (0)

static inline int64_t smaller_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif
