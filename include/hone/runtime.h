/* What the library takes of the machine. */
#ifndef HONE_RUNTIME_H
#define HONE_RUNTIME_H

#include <hone/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many threads trainings use from now on, 1 to 256; 0 goes back to the environment's HONE_THREADS, or
 * else to as many as there are processors for this process. Results do not depend on it, to the last bit.
 * Errors: HONE_ERROR_ARGUMENT when out of range. */
hone_status hone_set_threads(int threads);

/* How many threads a training would use now. */
int hone_threads(void);

#ifdef __cplusplus
}
#endif
#endif
