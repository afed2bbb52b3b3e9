/* A clock that only goes forward. */
#include "base/clock.h"

#include <time.h>

int64_t hone_internal_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

double hone_internal_now(void)
{
    return (double)hone_internal_nanoseconds() * 1e-9;
}
