/* The thread team: one per process, started when first needed, parked when idle. A job is a number of tiles;
 * whichever thread is free takes the next tile, so the tiles' geometry must not depend on the number of
 * threads. A waiting thread spins briefly (a training step is about 150 microseconds), then yields, then
 * sleeps (futex or condition variable), so that a busy machine or an idle program costs nothing.
 *
 * Workers run with all signals blocked, in the float mode of plans (float_mode.h), call
 * omp_set_num_threads(1) once when oneDNN is linked (see hone_internal_team_on_start), and are joined at
 * process exit or hone_internal_team_stop(). fork() in the host leaves the child without a team until it
 * trains: it starts a new one then (pthread_atfork). */
#ifndef HONE_BASE_TEAM_H
#define HONE_BASE_TEAM_H

#include <stdint.h>

typedef struct hone_team hone_team;
typedef void hone_team_tile(void *context, int64_t tile,
                            int thread); /* thread: 0 is the caller, workers count from 1 */

/* How many threads to use: hone_set_threads() if called, else HONE_THREADS, else the processors of
 * hone_internal_cpu(); between 1 and 256. */
int hone_internal_team_size(void);

/* Takes the process's team for this thread, with `threads` threads in all, the caller included. NULL when
 * threads is 1, when another thread has it, when this thread has it already, or when no thread could be
 * started: then run alone. Cheap (no thread is started or stopped when the size is as before). */
hone_team *hone_internal_team_acquire(int threads);
void hone_internal_team_release(hone_team *team);      /* NULL is fine; the workers soon sleep */
int hone_internal_team_threads(const hone_team *team); /* 1 for NULL */

/* Runs tiles 0 .. tiles-1 on the team and returns when all are done; with a NULL team on the caller alone, in
 * order. Allocates nothing. */
void hone_internal_team_run(hone_team *team, hone_team_tile *run, void *context, int64_t tiles);

/* Called once in each worker as it starts (the kernels set OpenMP's thread count there). Set before the first
 * acquire. */
void hone_internal_team_on_start(void (*function)(void));
/* Ends the workers (tests, and unloading). */
void hone_internal_team_stop(void);

#endif
