/* Where threads run. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getcpu, affinities */
#endif
#include "base/placement.h"

#include <sched.h>
#include <stdatomic.h>

int hone_internal_thread_number(void)
{
    static atomic_int threads;
    static _Thread_local int number;
    if (number == 0)
        number = atomic_fetch_add(&threads, 1) + 1;
    return number;
}

#ifdef __linux__
int hone_internal_processor(void)
{
    return sched_getcpu();
}

void hone_internal_processor_avoid(pthread_t thread, int processor)
{
    cpu_set_t allowed;
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    CPU_CLR((size_t)processor, &allowed);
    if (CPU_COUNT(&allowed) > 0)
        pthread_setaffinity_np(thread, sizeof allowed, &allowed);
}
#else
int hone_internal_processor(void)
{
    return -1;
}

void hone_internal_processor_avoid(pthread_t thread, int processor)
{
    (void)thread;
    (void)processor;
}
#endif
