/* hone train --processes N: the ranks of a training on one machine, joined by sockets. Rank 0 is the process
 * that was called; the others are silent, unless it is lost. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli.h"
#include "base/plural.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 64, PAUSE = 5, ASKED = 5000, TOLD = 2000 }; /* milliseconds */

/* A socket of each rank to each other. */
typedef int mesh[MOST][MOST];

/* ---- sockets ---- */

/* Two for each pair of ranks, and some files. */
static void raise_limit(int ranks)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)(ranks * ranks + 256);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void close_mesh(mesh files, int ranks, int kept)
{
    for (int a = 0; a < ranks; a++)
        for (int b = 0; b < ranks && a != kept; b++)
            if (files[a][b] >= 0)
                close(files[a][b]);
}

static bool make_mesh(mesh files, int ranks)
{
    memset(files, -1, sizeof(mesh));
    raise_limit(ranks);
    for (int a = 0; a < ranks; a++)
        for (int b = 0; b < a; b++) {
            int pair[2];
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
                const int reason = errno;
                close_mesh(files, ranks, -1);
                errno = reason;
                return false;
            }
            files[a][b] = pair[0];
            files[b][a] = pair[1];
        }
    return true;
}

/* ---- threads ---- */

/* Processors are shared out unless the user says how. */
void cli_share_threads(const cli_settings *settings, int ranks)
{
    const char *environment = getenv("HONE_THREADS");
    const bool said = cli_given_integer(settings->threads) || (environment != NULL && environment[0] != '\0');
    const int threads = hone_threads();
    if (!said)
        hone_set_threads(threads > ranks ? threads / ranks : 1);
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors > 0 && (long)ranks * hone_threads() > processors)
        cli_say("%d processes of %d thread%s on %ld processor%s: a step takes longer than with fewer", ranks,
                hone_threads(), hone_internal_plural(hone_threads()), processors,
                hone_internal_plural(processors));
}

/* ---- starting ---- */

void cli_be_quiet(void)
{
    cli_ranks none = {.group = NULL};
    cli_be_silent(&none);
}

/* Rank 0 speaks for all; what this one would say is kept back. */
void cli_be_silent(cli_ranks *ranks)
{
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC), kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    fflush(NULL);
    unsetenv("HONE_TRACE"); /* one file: rank 0 writes what all have */
    if (null < 0)
        return;
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    close(null);
    ranks->messages = kept + 1;
}

static int take_part(cli_ranks *ranks, mesh files, int rank, int count, double patience)
{
    close_mesh(files, count, rank);
    ranks->group = hone_group_from_sockets(rank, count, files[rank]);
    if (cli_given(patience))
        hone_group_set_patience(ranks->group, patience);
    return ranks->group == NULL ? cli_fail_library() : CLI_DONE;
}

/* Those that are begun see that this one goes, and end. */
static int fail_fork(mesh files, int count)
{
    const int reason = errno;
    close_mesh(files, count, -1);
    return cli_fail("train: a process cannot be started: %s", strerror(reason));
}

static int join(const cli_settings *settings, cli_ranks *ranks)
{
    int here = 1;
    const int status = cli_launched(ranks, &here);
    if (status != CLI_DONE)
        return status;
    if (ranks->group == NULL)
        return cli_given(settings->patience)
                   ? cli_fail_usage("train: --patience needs --processes N, or mpirun")
                   : CLI_DONE;
    if (cli_given(settings->patience))
        hone_group_set_patience(ranks->group, settings->patience);
    if (hone_group_rank(ranks->group) > 0)
        cli_be_silent(ranks);
    ranks->here = here;
    cli_share_threads(settings, here);
    return CLI_DONE;
}

int cli_ranks_begin(const cli_settings *settings, cli_ranks *ranks)
{
    static mesh files;
    *ranks = (cli_ranks){.group = NULL};
    if (!cli_given_integer(settings->processes))
        return join(settings, ranks);
    const int count = (int)settings->processes;
    if (!make_mesh(files, count))
        return cli_fail("train: %d processes need %d sockets: %s%s", count, count * (count - 1),
                        strerror(errno), errno == EPERM ? " (--sandbox refuses them)" : "");
    cli_share_threads(settings, count);
    ranks->children = calloc((size_t)count, sizeof *ranks->children);
    if (ranks->children == NULL)
        return cli_fail("out of memory");
    ranks->here = count;
    fflush(NULL);
    for (int rank = 1; rank < count; rank++) {
        const pid_t child = fork();
        if (child < 0)
            return fail_fork(files, count);
        if (child == 0) {
            ranks->count = 0;
            cli_be_silent(ranks);
            return take_part(ranks, files, rank, count, settings->patience);
        }
        ranks->children[ranks->count++] = (int)child;
    }
    return take_part(ranks, files, 0, count, settings->patience);
}

/* ---- before the training ---- */

hone_status cli_choose_shards(hone_recipe *recipe, const hone_group *group)
{
    char *said = hone_recipe_get(recipe, "fit.shards"), text[24];
    const int64_t size = cli_batch_size(recipe), shards = hone_default_shards(size);
    const bool given = said != NULL && strcmp(said, "1") != 0;
    hone_free(said);
    if (group == NULL || given || shards < 2 || shards < hone_group_ranks(group))
        return HONE_OK;
    snprintf(text, sizeof text, "%lld", (long long)shards);
    cli_say("%s shards of %lld samples; --shards %s gives the same bits in one process", text,
            (long long)(size / shards), text);
    return hone_recipe_set(recipe, "fit.shards", text);
}

/* Beside one process with the threads of all; a model of its own is timed, for less than a second. 1: not
 * known. */
static double speed_of(const cli_ranks *ranks, hone_recipe *recipe, int64_t size)
{
    const int count = hone_group_ranks(ranks->group), threads = hone_threads();
    char *said = hone_recipe_get(recipe, "fit.shards");
    const long long shards = said == NULL ? 0 : atoll(said);
    double speed = 1;
    hone_free(said);
    hone_model *model = hone_recipe_model(recipe);
    hone_set_threads(ranks->here > 1 ? threads * ranks->here : threads);
    if (model == NULL || hone_model_forecast_speed(model, size, shards > 1 ? shards : 0, count,
                                                   ranks->here == count ? "processes" : "10GbE", &speed) < 0)
        hone_error_clear();
    hone_model_free(model);
    hone_set_threads(threads);
    return speed;
}

void cli_warn_ranks(const cli_ranks *ranks, hone_recipe *recipe)
{
    enum { ENOUGH_ROWS = 300 }; /* of a rank: more are no loss on one machine */
    const int count = hone_group_ranks(ranks->group);
    const int64_t size = cli_batch_size(recipe);
    if (count < 2 || hone_group_rank(ranks->group) > 0)
        return;
    const double speed = size / count < ENOUGH_ROWS ? speed_of(ranks, recipe, size) : 1;
    if (speed < 0.995)
        cli_say(
            "%d processes with %lld samples of each batch are about %.2f times as fast as one process%s; larger batches "
            "pay, or independent runs (hone sweep)",
            count, (long long)(size / count), speed, ranks->here == count ? "" : ", over 10 Gbit/s");
    char *folder = hone_recipe_get(recipe, "fit.checkpoint");
    const bool kept = folder != NULL && strcmp(folder, "null") != 0;
    hone_free(folder);
    if (!kept)
        cli_say("without --checkpoint all steps are lost when one of the %d processes is", count);
}

/* ---- the end ---- */

void cli_ranks_fail(cli_ranks *ranks)
{
    hone_group_fail(ranks->group);
    if (ranks->messages > 0 && hone_group_failed(ranks->group) && hone_group_writes(ranks->group))
        dup2(ranks->messages - 1, STDERR_FILENO);
}

/* Whether all have ended after so many milliseconds. */
static bool wait_for(cli_ranks *ranks, int milliseconds)
{
    int left = ranks->count;
    for (int waited = 0; left > 0 && waited <= milliseconds; waited += PAUSE) {
        left = 0;
        for (int i = 0; i < ranks->count; i++) {
            if (ranks->children[i] > 0 && waitpid(ranks->children[i], NULL, WNOHANG) != 0)
                ranks->children[i] = 0;
            left += ranks->children[i] > 0;
        }
        if (left > 0)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE * 1000000L}, NULL);
    }
    return left == 0;
}

static void signal_all(const cli_ranks *ranks, int signal_number)
{
    for (int i = 0; i < ranks->count; i++)
        if (ranks->children[i] > 0)
            kill(ranks->children[i], signal_number);
}

/* A launcher's ranks, all of which end by the first one that aborts: rank 0 gets the time to speak. */
static void end_launched(cli_ranks *ranks, bool failed, bool speaks, int status)
{
    const struct timespec a_while = {.tv_sec = 3};
    if (failed && !speaks)
        nanosleep(&a_while, NULL);
    fflush(NULL);
    ranks->end(failed, status);
}

int cli_ranks_end(cli_ranks *ranks, int status)
{
    const bool failed = hone_group_failed(ranks->group), speaks = hone_group_writes(ranks->group);
    hone_group_free(ranks->group);
    if (ranks->end != NULL)
        end_launched(ranks, failed, speaks, status);
    if (!wait_for(ranks, ASKED)) {
        signal_all(ranks, SIGTERM);
        if (!wait_for(ranks, TOLD)) {
            signal_all(ranks, SIGKILL);
            wait_for(ranks, TOLD);
        }
    }
    free(ranks->children);
    return status;
}
