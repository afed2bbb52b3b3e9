/* Waiting for another thread: first spinning, as it is soon there; then giving up the processor; then asleep,
 * so that a busy machine or an idle program costs nothing. */
#ifndef HONE_BASE_WAITING_H
#define HONE_BASE_WAITING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef atomic_uint_least32_t hone_sleep_word;

/* Sleeps while *word is `value`; may return early. */
void hone_internal_sleep_on(hone_sleep_word *word, uint32_t value);
/* Changes the word and wakes this many of its sleepers. */
void hone_internal_wake(hone_sleep_word *word, int threads);

enum { HONE_SPIN = 40 * 1000 }; /* nanoseconds of waiting without giving up the processor */

/* One wait; all zero at its start. */
typedef struct hone_waiting {
    unsigned rounds;
    int64_t began, waited; /* nanoseconds */
} hone_waiting;

/* Passes a moment; false when it is time to sleep. Crowded: there are more threads than processors. */
bool hone_internal_pass_time(hone_waiting *patience, bool crowded);

#endif
