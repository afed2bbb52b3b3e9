/* The thread team.
 *
 * The tiles of a job are shared out evenly, a range for each thread, the same tiles to the same thread from
 * job to job: what a tile reads and writes is then still in that thread's cache. Who has finished its own
 * range takes from the end of another's. A range is published in one word: the number of its job in the upper
 * half, then the next tile and the end. Whoever wants a tile replaces the word by the next one if it is still
 * that of the job meant, so that a thread that comes late can never take a tile of another job. The caller
 * takes tiles too and could do all of them alone: workers that sleep, start late or leave only make it
 * slower. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/team.h"

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/float_mode.h"
#include "base/placement.h"
#include "base/posix.h"
#include "base/text.h"
#include "base/waiting.h"
#include <hone/runtime.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_THREADS = 256,
    CACHE_LINES = 128,  /* bytes: two lines, which some processors fetch together */
    STALL = 200 * 1000, /* nanoseconds: a wait longer by this than the work makes likely is a stall */
    SHORTEST_REST = 16 * 1000 * 1000, /* nanoseconds without the workers after a stall */
    LONGEST_REST = 512 * 1000 * 1000,
    TOLERATED = 10 /* a stall is no reason to rest when so many times its length went by without another */
};

/* ---- How many threads ---- */

static atomic_int wanted_threads; /* by hone_set_threads; 0 is not set */

hone_status hone_set_threads(int threads)
{
    if (threads < 0 || threads > MOST_THREADS)
        return hone_fail(HONE_ERROR_ARGUMENT, "threads must be between 0 and %d, not %d", (int)MOST_THREADS,
                         threads);
    atomic_store(&wanted_threads, threads);
    return HONE_OK;
}

int hone_threads(void)
{
    return hone_internal_team_size();
}

int hone_internal_team_size(void)
{
    int threads = atomic_load(&wanted_threads);
    const char *environment = threads == 0 ? getenv("HONE_THREADS") : NULL;
    int64_t number;

    if (environment && hone_internal_text_to_integer(environment, &number) && number >= 1)
        threads = number > MOST_THREADS ? MOST_THREADS : (int)number;
    if (threads == 0)
        threads = hone_internal_cpu()->processors;
    return threads > MOST_THREADS ? MOST_THREADS : threads;
}

/* ---- The team ---- */

/* What is left of a thread's range: number of the job << 32 | next << 16 | end, counted in parts from the
 * start of its range. */
typedef struct range {
    _Alignas(CACHE_LINES) atomic_uint_least64_t left;
} range;
enum { MOST_PARTS = UINT16_MAX }; /* of a range */

/* A job: `tiles` in parts of `part` tiles. */
typedef struct job {
    hone_team_tile *run;
    void *context;
    int64_t tiles, part;
    int threads;
} job;

struct hone_team {
    range ranges[MOST_THREADS]; /* written by the owner of the team when a job begins, after `job` */
    _Alignas(CACHE_LINES) job job;

    _Alignas(CACHE_LINES) atomic_int_least64_t unfinished; /* tiles */
    _Alignas(CACHE_LINES) hone_sleep_word job_posted;      /* workers sleep on it */
    atomic_int sleeping_workers;
    _Alignas(CACHE_LINES) hone_sleep_word job_finished; /* the owner sleeps on it */
    atomic_int sleeping_owner;

    /* Of the owner: when the workers are needed again, and how long they rested last. */
    _Alignas(CACHE_LINES) int64_t rest_until;
    int64_t rest;
    int64_t stalled; /* when a stall or a rest ended last */

    _Alignas(CACHE_LINES) atomic_int owned;
    atomic_int leaving; /* workers end */
    atomic_bool crowded;
    atomic_int workers;
    uint32_t number; /* of the job */
    pthread_t threads[MOST_THREADS];
    atomic_int processors[MOST_THREADS]; /* where each worker took its last tile */
};

static hone_team the_team;
static pthread_mutex_t life = PTHREAD_MUTEX_INITIALIZER; /* over starting and ending workers */
static void (*on_start)(void);

static _Thread_local bool is_owner, is_worker, in_tile;

/* The first part of a thread's range. */
static int64_t range_begin(const job *work, int thread)
{
    int64_t parts = (work->tiles + work->part - 1) / work->part;

    return parts * thread / work->threads;
}

/* A part of job `number` from the front of this thread's range or the end of another's; -1 when none is left
 * or the job is over. */
static int64_t claim_part(range *from, uint64_t number, bool own)
{
    uint64_t left = atomic_load_explicit(&from->left, memory_order_acquire), next, end;

    while (left >> 32 == number && (next = left >> 16 & UINT16_MAX) < (end = left & UINT16_MAX)) {
        uint64_t taken = own ? left + (1 << 16) : left - 1;
        if (atomic_compare_exchange_weak_explicit(&from->left, &left, taken, memory_order_acq_rel,
                                                  memory_order_acquire))
            return (int64_t)(own ? next : end - 1);
    }
    return -1;
}

/* Runs what is left of one range; how many tiles that were. */
static int64_t take_range(hone_team *team, uint64_t number, int whose, int thread)
{
    int64_t part, finished = 0;

    while ((part = claim_part(&team->ranges[whose], number, whose == thread)) >= 0) {
        const job *work =
            &team->job; /* right, now that a part of it was got: it stays until all are finished */
        int64_t begin = (range_begin(work, whose) + part) * work->part, end = begin + work->part;
        for (int64_t tile = begin; tile < end && tile < work->tiles; tile++, finished++)
            work->run(work->context, tile, thread);
    }
    return finished;
}

/* Takes tiles while there are any, the thread's own first; returns how many. */
static int64_t take_tiles(hone_team *team, uint64_t number, int thread)
{
    int threads = atomic_load_explicit(&team->workers, memory_order_relaxed) + 1;
    int64_t finished = 0;

    if (thread > 0)
        atomic_store_explicit(&team->processors[thread - 1], hone_internal_processor(), memory_order_relaxed);
    in_tile = true;
    for (int i = 0; i < threads; i++)
        finished += take_range(team, number, (thread + i) % threads, thread);
    in_tile = false;
    if (finished > 0 && atomic_fetch_sub(&team->unfinished, finished) == finished &&
        atomic_load(&team->sleeping_owner))
        hone_internal_wake(&team->job_finished, 1);
    return finished;
}

/* ---- Workers ---- */

static uint64_t job_of(const hone_team *team, int thread)
{
    return atomic_load_explicit(&team->ranges[thread].left, memory_order_acquire) >> 32;
}

static bool nothing_new(const hone_team *team, int thread, uint64_t seen)
{
    return job_of(team, thread) == seen && !atomic_load(&team->leaving);
}

/* Returns when there is another job than `seen`, or the workers end. */
static void await_job(hone_team *team, int thread, uint64_t seen)
{
    hone_waiting patience = {.rounds = 0};
    uint32_t posted;

    while (nothing_new(team, thread, seen)) {
        if (hone_internal_pass_time(&patience, atomic_load_explicit(&team->crowded, memory_order_relaxed)))
            continue;
        posted = atomic_load(&team->job_posted);
        atomic_fetch_add(&team->sleeping_workers, 1);
        if (nothing_new(team, thread, seen))
            hone_internal_sleep_on(&team->job_posted, posted);
        atomic_fetch_sub(&team->sleeping_workers, 1);
        patience.rounds = 0;
        patience.began = patience.waited = 0;
    }
}

static void *work(void *argument)
{
    int thread = (int)(intptr_t)argument;
    hone_team *team = &the_team;
    uint64_t seen;

    is_worker = true;
    hone_internal_float_mode_begin();
    if (on_start)
        on_start();
    while (!atomic_load(&team->leaving)) {
        seen = job_of(team, thread);
        take_tiles(team, seen, thread);
        await_job(team, thread, seen);
    }
    return NULL;
}

static void start_workers(hone_team *team, int count)
{
    int started = 0;

    while (started < count &&
           hone_internal_quiet_thread(&team->threads[started], work, (void *)(intptr_t)(started + 1)) == 0)
        started++;
    atomic_store(&team->workers, started);
}

/* `life` is locked. */
static void end_workers(hone_team *team)
{
    int count = atomic_exchange(&team->workers, 0);

    if (count == 0)
        return;
    atomic_store(&team->leaving, 1);
    hone_internal_wake(&team->job_posted, MOST_THREADS);
    for (int i = 0; i < count; i++)
        pthread_join(team->threads[i], NULL);
    atomic_store(&team->leaving, 0);
}

void hone_internal_team_stop(void)
{
    if (is_worker)
        return;
    pthread_mutex_lock(&life);
    end_workers(&the_team);
    pthread_mutex_unlock(&life);
}

/* At exit, and when a shared library is unloaded. */
__attribute__((destructor)) static void stop_at_exit(void)
{
    hone_internal_team_stop();
}

void hone_internal_team_on_start(void (*function)(void))
{
    on_start = function;
}

/* ---- fork() ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&life);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&life);
}

/* Only the forking thread lives on: there are no workers, and nobody else owns the team. */
static void after_fork_in_child(void)
{
    hone_team *team = &the_team;

    atomic_store(&team->workers, 0);
    atomic_store(&team->sleeping_workers, 0);
    atomic_store(&team->sleeping_owner, 0);
    atomic_store(&team->leaving, 0);
    if (!is_owner) {
        atomic_store(&team->owned, 0);
        for (int i = 0; i < MOST_THREADS; i++)
            atomic_store(&team->ranges[i].left, (uint64_t)team->number << 32);
    }
    is_worker = false;
    pthread_mutex_unlock(&life);
}

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* ---- Owning ---- */

hone_team *hone_internal_team_acquire(int threads)
{
    hone_team *team = &the_team;
    int workers = (threads > MOST_THREADS ? MOST_THREADS : threads) - 1, nobody = 0;

    if (workers < 1 || is_worker || is_owner)
        return NULL;
    if (!atomic_compare_exchange_strong(&team->owned, &nobody, 1))
        return NULL;
    pthread_once(&prepared, prepare);
    if (atomic_load(&team->workers) != workers) {
        pthread_mutex_lock(&life);
        end_workers(team);
        start_workers(team, workers);
        pthread_mutex_unlock(&life);
        atomic_store(&team->crowded, workers + 1 > hone_internal_cpu()->processors);
    }
    if (atomic_load(&team->workers) == 0) {
        atomic_store(&team->owned, 0);
        return NULL;
    }
    is_owner = true;
    return team;
}

void hone_internal_team_release(hone_team *team)
{
    if (!team)
        return;
    is_owner = false;
    atomic_store(&team->owned, 0);
}

int hone_internal_team_threads(const hone_team *team)
{
    return team ? atomic_load(&the_team.workers) + 1 : 1;
}

/* ---- Running ---- */

/* No more are woken than can run, nor than there is work for. */
static void wake_workers(hone_team *team, uint64_t tiles)
{
    int sleeping = atomic_load(&team->sleeping_workers);
    int useful = tiles > MOST_THREADS ? MOST_THREADS : (int)tiles - 1;
    int processors = hone_internal_cpu()->processors;

    if (sleeping == 0)
        return;
    if (atomic_load_explicit(&team->crowded, memory_order_relaxed) && useful > processors - 1)
        useful = processors > 1 ? processors - 1 : 1;
    hone_internal_wake(&team->job_posted, useful);
}

/* Workers that share the owner's processor, which then waits for itself, are moved to others. */
static void move_workers(hone_team *team)
{
    int mine = hone_internal_processor(), workers = atomic_load(&team->workers);

    for (int i = 0; i < workers && mine >= 0; i++)
        if (atomic_load_explicit(&team->processors[i], memory_order_relaxed) == mine)
            hone_internal_processor_avoid(team->threads[i], mine);
}

/* Waits until all tiles are finished; nanoseconds of it, 0 for a short wait. */
static int64_t await_finish(hone_team *team)
{
    hone_waiting patience = {.rounds = 0};
    uint32_t finished;
    bool moved = false;

    while (atomic_load(&team->unfinished) > 0) {
        bool passed =
            hone_internal_pass_time(&patience, atomic_load_explicit(&team->crowded, memory_order_relaxed));
        if (patience.waited >= HONE_SPIN && !moved) {
            move_workers(team);
            moved = true;
        }
        if (passed)
            continue;
        finished = atomic_load(&team->job_finished);
        atomic_store(&team->sleeping_owner, 1);
        if (atomic_load(&team->unfinished) > 0)
            hone_internal_sleep_on(&team->job_finished, finished);
        atomic_store(&team->sleeping_owner, 0);
    }
    return patience.began == 0 ? 0 : hone_internal_nanoseconds() - patience.began;
}

/* A worker whose processor serves another process too may lose it within a tile, for milliseconds, while the
 * owner waits. After such a stall the owner works alone for a while, twice as long each time that it soon
 * happens again; but not when it waited for a small part of the time since the last one. */
static void rest_after_stall(hone_team *team, int64_t now, int64_t waited)
{
    const int64_t undisturbed = now - team->stalled;

    team->stalled = now;
    if (waited * TOLERATED < undisturbed)
        return;
    bool again = team->rest > 0 && now - team->rest_until < 4 * team->rest;

    team->rest = !again ? SHORTEST_REST : team->rest < LONGEST_REST ? 2 * team->rest : LONGEST_REST;
    team->rest_until = team->stalled = now + team->rest;
}

static void publish(hone_team *team, uint64_t number)
{
    const job *work = &team->job;

    for (int thread = work->threads - 1; thread >= 0; thread--) {
        int64_t parts = range_begin(work, thread + 1) - range_begin(work, thread);
        atomic_store(&team->ranges[thread].left, number << 32 | (uint64_t)parts);
    }
}

static void run_job(hone_team *team, hone_team_tile *run, void *context, int64_t tiles)
{
    uint64_t number = ++team->number;
    int64_t begin = hone_internal_nanoseconds(), threads = atomic_load(&team->workers) + 1;

    team->job = (job){run, context, tiles, tiles / (threads * MOST_PARTS) + 1, (int)threads};
    atomic_store_explicit(&team->unfinished, tiles, memory_order_relaxed);
    publish(team, number);
    wake_workers(team, (uint64_t)tiles);
    int64_t taken = take_tiles(team, number, 0), worked = hone_internal_nanoseconds() - begin;
    int64_t waited = await_finish(team);
    if (taken > 0 && waited > STALL + 3 * worked / taken)
        rest_after_stall(team, begin + worked + waited, waited);
}

static void run_alone(hone_team_tile *run, void *context, int64_t tiles)
{
    for (int64_t tile = 0; tile < tiles; tile++)
        run(context, tile, 0);
}

void hone_internal_team_run(hone_team *team, hone_team_tile *run, void *context, int64_t tiles)
{
    bool alone =
        !team || tiles < 2 || in_tile || atomic_load_explicit(&team->workers, memory_order_relaxed) == 0;

    if (alone || (team->rest_until > 0 && hone_internal_nanoseconds() < team->rest_until))
        run_alone(run, context, tiles);
    else
        run_job(team, run, context, tiles);
}
