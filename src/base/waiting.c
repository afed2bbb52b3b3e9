/* Waiting for another thread. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include "base/waiting.h"

#include "base/clock.h"
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum {
    CLOCK_EVERY = 16,        /* rounds of waiting between looks at the clock */
    SPIN_CROWDED = 1 * 1000, /* nanoseconds, as HONE_SPIN */
    YIELD = 240 * 1000,      /* nanoseconds of waiting until it is time to sleep */
    YIELD_CROWDED = 20 * 1000
};

#ifdef __linux__
enum {
    WAIT = 0 | 128,
    WAKE = 1 | 128
}; /* of futex(2), within a process; <linux/futex.h> is not everywhere */

void hone_internal_sleep_on(hone_sleep_word *word, uint32_t value)
{
    syscall(SYS_futex, word, WAIT, value, NULL, NULL, 0);
}

void hone_internal_wake(hone_sleep_word *word, int threads)
{
    atomic_fetch_add(word, 1);
    syscall(SYS_futex, word, WAKE, threads, NULL, NULL, 0);
}
#else
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t word_changed = PTHREAD_COND_INITIALIZER;

void hone_internal_sleep_on(hone_sleep_word *word, uint32_t value)
{
    pthread_mutex_lock(&sleep_lock);
    while (atomic_load(word) == value)
        pthread_cond_wait(&word_changed, &sleep_lock);
    pthread_mutex_unlock(&sleep_lock);
}

void hone_internal_wake(hone_sleep_word *word, int threads)
{
    (void)threads;
    pthread_mutex_lock(&sleep_lock);
    atomic_fetch_add(word, 1);
    pthread_cond_broadcast(&word_changed);
    pthread_mutex_unlock(&sleep_lock);
}
#endif

static void pause_processor(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

bool hone_internal_pass_time(hone_waiting *patience, bool crowded)
{
    if (++patience->rounds % CLOCK_EVERY == 0 || patience->waited >= HONE_SPIN) {
        int64_t now = hone_internal_nanoseconds();
        if (patience->began == 0)
            patience->began = now;
        patience->waited = now - patience->began;
    }
    if (patience->waited < (crowded ? SPIN_CROWDED : HONE_SPIN))
        pause_processor();
    else if (patience->waited < (crowded ? YIELD_CROWDED : YIELD))
        sched_yield();
    else
        return false;
    return true;
}
