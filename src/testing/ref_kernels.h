/* For tests of the reference kernels in double: known values within 1e-9. */
#ifndef HONE_TESTING_REF_KERNELS_H
#define HONE_TESTING_REF_KERNELS_H

#include "base/memory.h"
#include "kernels/ref/tables.h"
#include "testing/test.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const hone_kernels *const table = &hone_internal_kernels_ref_double;

static const double numbers[12] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}; /* [2, 3, 2] */

static inline void run(hone_kernel_index kernel, const hone_kernel_args *args, int64_t items)
{
    table->kernel[kernel](args, 0, items, NULL);
}

static inline void check_near(const char *what, double got, double expected, double tolerance)
{
    if (got == expected || (got != got && expected != expected))
        return;
    if (!(fabs(got - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s is %.12g, not %.12g", what, got, expected);
}

static inline void check_all(const char *what, const double *got, const double *expected, int64_t count)
{
    char place[100];
    for (int64_t i = 0; i < count; i++) {
        snprintf(place, sizeof place, "%s, element %d", what, (int)i);
        check_near(place, got[i], expected[i], 1e-9);
    }
}

#define CHECK_ALL(what, got, ...) \
    check_all(what, got, (const double[]){__VA_ARGS__}, \
              sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

#endif
