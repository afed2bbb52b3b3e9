/* For tests of data sets: arrays of the caller, and failures. */
#ifndef HONE_TESTING_VIEWS_H
#define HONE_TESTING_VIEWS_H

#include "data/dataset.h"
#include "base/memory.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

#define VIEW(data, type, rank, ...) hone_array_view(data, type, rank, (int64_t[]){__VA_ARGS__})

static inline void assert_error(hone_status status, const char *part)
{
    if (hone_error_status() != status || !strstr(hone_error_message(), part))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
    hone_error_clear();
}

static __attribute__((unused)) float images[4][2][3] = {{{0, 1, 2}, {3, 4, 5}},
                                                        {{10, 11, 12}, {13, 14, 15}},
                                                        {{20, 21, 22}, {23, 24, 25}},
                                                        {{30, 31, 32}, {33, 34, 35}}};
static __attribute__((unused)) uint8_t labels[4] = {3, 1, 2, 0};
static __attribute__((unused)) double weights[4] = {1, 0.5, 0.25, 2};

#endif
