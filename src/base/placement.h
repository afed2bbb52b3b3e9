/* Where threads run. On systems that do not tell, nothing here does anything. */
#ifndef HONE_BASE_PLACEMENT_H
#define HONE_BASE_PLACEMENT_H

#include <pthread.h>

/* The processor that the calling thread is on, -1 when that is not known. Costs some nanoseconds. */
int hone_internal_processor(void);
/* The calling thread's own number, from 1 on, in the order in which threads first asked. */
int hone_internal_thread_number(void);
/* Has a thread run on any processor that the calling thread may use, but this one; does nothing when there is
 * no other. */
void hone_internal_processor_avoid(pthread_t thread, int processor);

#endif
