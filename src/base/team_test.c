/* The thread team: every tile once, results in order, late workers, busy teams, forks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/team.h"

#include "base/cpu.h"
#include "base/error.h"
#include "testing/test.h"
#include <hone/runtime.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY_TILES = 1000 };

#if defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER 1
#endif
#endif

/* A job that counts how often each tile runs. */
typedef struct counts {
    int of_tile[MANY_TILES]; /* plain memory: two threads on one tile are a race */
    atomic_int highest_thread;
} counts;

static void count_tile(void *context, int64_t tile, int thread)
{
    counts *counted = context;
    int highest = atomic_load(&counted->highest_thread);

    counted->of_tile[tile]++;
    while (thread > highest && !atomic_compare_exchange_weak(&counted->highest_thread, &highest, thread))
        continue;
}

static void assert_each_tile_ran(const counts *counted, int64_t tiles, int times)
{
    for (int64_t i = 0; i < MANY_TILES; i++)
        assert_int_equal(counted->of_tile[i], i < tiles ? times : 0);
}

TEST(runs_alone_without_a_team)
{
    counts counted = {.of_tile = {0}};

    hone_internal_team_run(NULL, count_tile, &counted, 7);
    assert_each_tile_ran(&counted, 7, 1);
    assert_int_equal(hone_internal_team_threads(NULL), 1);
    assert_null(hone_internal_team_acquire(1));
    hone_internal_team_release(NULL);
}

TEST(every_tile_runs_once)
{
    static const int sizes[] = {2, 3, 8, 2};
    static const int64_t tiles[] = {0, 1, 2, 3, 17, MANY_TILES};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        hone_team *team = hone_internal_team_acquire(sizes[i]);
        assert_non_null(team);
        assert_int_equal(hone_internal_team_threads(team), sizes[i]);
        for (size_t j = 0; j < sizeof tiles / sizeof *tiles; j++) {
            counts counted = {.of_tile = {0}};
            for (int repeat = 0; repeat < 20; repeat++)
                hone_internal_team_run(team, count_tile, &counted, tiles[j]);
            assert_each_tile_ran(&counted, tiles[j], 20);
            assert_true(atomic_load(&counted.highest_thread) < sizes[i]);
        }
        hone_internal_team_release(team);
    }
}

/* Jobs in quick succession with changing contexts and tile counts: a late worker must not touch the wrong
 * one. */
TEST(jobs_in_quick_succession_do_not_mix)
{
    hone_team *team = hone_internal_team_acquire(4);
    counts *contexts = calloc(2, sizeof *contexts);

    assert_non_null(team);
    assert_non_null(contexts);
    for (int repeat = 0; repeat < 20000; repeat++)
        hone_internal_team_run(team, count_tile, &contexts[repeat % 2], repeat % 2 == 0 ? 2 : 5);
    assert_each_tile_ran(&contexts[0], 2, 10000);
    assert_each_tile_ran(&contexts[1], 5, 10000);
    hone_internal_team_release(team);
    free(contexts);
}

/* Results of one job are seen by all tiles of the next. */
typedef struct exchange {
    int64_t from[64], to[64];
} exchange;

static void shift_tile(void *context, int64_t tile, int thread)
{
    exchange *data = context;

    (void)thread;
    data->to[tile] = data->from[(tile + 1) % 64] + 1;
}

static void copy_tile(void *context, int64_t tile, int thread)
{
    exchange *data = context;

    (void)thread;
    data->from[tile] = data->to[tile];
}

TEST(a_job_sees_what_the_last_has_written)
{
    hone_team *team = hone_internal_team_acquire(3);
    exchange data = {.from = {0}};

    for (int i = 0; i < 500; i++) {
        hone_internal_team_run(team, shift_tile, &data, 64);
        hone_internal_team_run(team, copy_tile, &data, 64);
    }
    for (int i = 0; i < 64; i++)
        assert_int_equal(data.from[i], 500);
    hone_internal_team_release(team);
}

/* Workers that have gone to sleep wake up: a tile that takes long gives them the time. */
static void slow_tile(void *context, int64_t tile, int thread)
{
    (void)tile;
    usleep(3000);
    atomic_fetch_or((atomic_int *)context, 1 << thread);
}

TEST(sleepers_wake)
{
    hone_team *team = hone_internal_team_acquire(2);
    atomic_int threads = 0;

    for (int i = 0; i < 5; i++) {
        usleep(5000);
        hone_internal_team_run(team, slow_tile, &threads, 4);
    }
    assert_int_equal(atomic_load(&threads), 3);
    hone_internal_team_release(team);
}

static void *acquire_elsewhere(void *result)
{
    hone_team *team = hone_internal_team_acquire(2);

    *(bool *)result = team != NULL;
    hone_internal_team_release(team);
    return NULL;
}

static bool acquired_elsewhere(void)
{
    bool acquired = false;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, acquire_elsewhere, &acquired), 0);
    pthread_join(thread, NULL);
    return acquired;
}

TEST(a_team_has_one_owner)
{
    hone_team *team = hone_internal_team_acquire(2);

    assert_non_null(team);
    assert_null(hone_internal_team_acquire(2));
    assert_false(acquired_elsewhere());
    hone_internal_team_release(team);
    assert_true(acquired_elsewhere());
}

/* A tile that runs a job itself does so alone. */
typedef struct nested {
    hone_team *team;
    counts counted[4];
} nested;

static void nested_tile(void *context, int64_t tile, int thread)
{
    nested *outer = context;

    (void)thread;
    assert_null(hone_internal_team_acquire(2));
    hone_internal_team_run(outer->team, count_tile, &outer->counted[tile], 10);
}

TEST(jobs_within_jobs_run_alone)
{
    nested *outer = calloc(1, sizeof *outer);

    assert_non_null(outer);
    outer->team = hone_internal_team_acquire(3);
    hone_internal_team_run(outer->team, nested_tile, outer, 4);
    for (int i = 0; i < 4; i++)
        assert_each_tile_ran(&outer->counted[i], 10, 1);
    hone_internal_team_release(outer->team);
    free(outer);
}

TEST(stops_and_starts_again)
{
    for (int i = 0; i < 20; i++) {
        counts counted = {.of_tile = {0}};
        hone_team *team = hone_internal_team_acquire(2);
        hone_internal_team_run(team, count_tile, &counted, 20);
        hone_internal_team_release(team);
        assert_each_tile_ran(&counted, 20, 1);
        hone_internal_team_stop();
    }
}

/* A team that is stopped under its owner (at exit) leaves the owner to work alone. */
TEST(stopping_under_the_owner_leaves_it_working)
{
    hone_team *team = hone_internal_team_acquire(2);
    counts counted = {.of_tile = {0}};

    hone_internal_team_stop();
    hone_internal_team_run(team, count_tile, &counted, 9);
    assert_each_tile_ran(&counted, 9, 1);
    assert_int_equal(hone_internal_team_threads(team), 1);
    hone_internal_team_release(team);
}

static atomic_int starts;

static void note_start(void)
{
    sigset_t mask;

    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if (sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1)
        atomic_fetch_add(&starts, 1);
}

TEST(workers_start_with_signals_blocked)
{
    hone_team *team;

    hone_internal_team_stop();
    hone_internal_team_on_start(note_start);
    team = hone_internal_team_acquire(4);
    hone_internal_team_release(team);
    hone_internal_team_stop();
    hone_internal_team_on_start(NULL);
    assert_int_equal(atomic_load(&starts), 3);
}

/* In the child of a fork a new team starts. */
static int work_in_child(void)
{
    counts counted = {.of_tile = {0}};
    hone_team *team = hone_internal_team_acquire(2);

    if (!team)
        return 1;
    hone_internal_team_run(team, count_tile, &counted, 50);
    for (int i = 0; i < 50; i++)
        if (counted.of_tile[i] != 1)
            return 2;
    hone_internal_team_release(team);
    hone_internal_team_stop();
    return 0;
}

TEST(a_forked_child_gets_its_own_team)
{
    counts counted = {.of_tile = {0}};
    hone_team *team = hone_internal_team_acquire(2);
    int result = -1;
    pid_t child;

#ifdef THREAD_SANITIZER
    hone_internal_team_release(team);
    skip(); /* it knows no threads after a fork */
#endif
    if (getenv("HONE_TEST_EMULATED") != NULL) {
        hone_internal_team_release(team);
        skip(); /* QEMU's emulation of programs knows none either: it ends with an assertion of its own */
    }
    hone_internal_team_run(team, count_tile, &counted, 50);
    hone_internal_team_release(team);
    child = fork();
    if (child == 0)
        _exit(work_in_child());
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
}

/* A worker that stays away within a tile: the owner may go on alone, and every tile still runs once. */
static void stall_worker(void *context, int64_t tile, int thread)
{
    count_tile(context, tile, thread);
    if (thread > 0)
        usleep(2000);
}

TEST(a_stalled_worker_holds_up_nothing)
{
    counts counted = {.of_tile = {0}};
    hone_team *team = hone_internal_team_acquire(2);

    assert_non_null(team);
    for (int job = 0; job < 50; job++)
        hone_internal_team_run(team, stall_worker, &counted, 64);
    hone_internal_team_release(team);
    assert_each_tile_ran(&counted, 64, 50);
}

#ifdef __linux__
/* The processors of the owner become fewer while it works, and again more. */
TEST(survives_fewer_processors)
{
    counts counted = {.of_tile = {0}};
    cpu_set_t all, one;

    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    hone_team *team = hone_internal_team_acquire(2);
    assert_non_null(team);
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    for (int job = 0; job < 60; job++) {
        if (job % 20 == 10)
            assert_int_equal(sched_setaffinity(0, sizeof one, job == 50 ? &all : &one), 0);
        hone_internal_team_run(team, count_tile, &counted, MANY_TILES);
    }
    hone_internal_team_release(team);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_each_tile_ran(&counted, MANY_TILES, 60);
}
#endif

TEST(threads_come_from_the_environment_or_the_call)
{
    unsetenv("HONE_THREADS");
    assert_int_equal(hone_threads(), hone_internal_cpu()->processors);
    setenv("HONE_THREADS", "3", 1);
    assert_int_equal(hone_threads(), 3);
    setenv("HONE_THREADS", "100000", 1);
    assert_int_equal(hone_threads(), 256);
    setenv("HONE_THREADS", "several", 1);
    assert_int_equal(hone_threads(), hone_internal_cpu()->processors);
    setenv("HONE_THREADS", "3", 1);
    assert_int_equal(hone_set_threads(5), HONE_OK);
    assert_int_equal(hone_threads(), 5);
    assert_int_equal(hone_set_threads(257), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_set_threads(-1), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_set_threads(0), HONE_OK);
    assert_int_equal(hone_threads(), 3);
    unsetenv("HONE_THREADS");
}
