/* A clock that only goes forward. */
#ifndef HONE_BASE_CLOCK_H
#define HONE_BASE_CLOCK_H

#include <stdint.h>

int64_t hone_internal_nanoseconds(void); /* since some moment in the past */
double hone_internal_now(void);          /* the same in seconds */

#endif
