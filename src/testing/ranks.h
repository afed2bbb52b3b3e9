/* Several ranks of a group in one program: a thread each, joined by pairs of sockets. Checks belong behind
 * the run: a failing check must not leave a thread. */
#ifndef HONE_TESTING_RANKS_H
#define HONE_TESTING_RANKS_H

#include "distributed/group.h"
#include "testing/test.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TESTING_MOST_RANKS = 32 };

typedef void testing_rank(void *context, hone_group *group);

typedef struct testing_ranks {
    testing_rank *run;
    void *context;
    hone_group *group;
    pthread_t thread;
} testing_ranks;

__attribute__((unused)) static void *testing_run_rank(void *of)
{
    testing_ranks *one = of;
    one->run(one->context, one->group);
    hone_group_free(one->group);
    return NULL;
}

/* A socket between each two of them. */
__attribute__((unused)) static void testing_connect(int ranks, int files[][TESTING_MOST_RANKS])
{
    for (int a = 0; a < ranks; a++)
        for (int b = 0; b < a; b++) {
            int pair[2];
            assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
            files[a][b] = pair[0];
            files[b][a] = pair[1];
        }
}

/* `wrap`, unless NULL, changes each transport. */
__attribute__((unused)) static void testing_run_ranks_over(int ranks, testing_rank *run, void *context,
                                                           void (*wrap)(hone_transport *transport))
{
    int files[TESTING_MOST_RANKS][TESTING_MOST_RANKS] = {{0}};
    testing_ranks all[TESTING_MOST_RANKS];
    testing_connect(ranks, files);
    for (int r = 0; r < ranks; r++) {
        hone_transport transport;
        assert_int_equal(hone_internal_sockets_open(r, ranks, files[r], &transport), HONE_OK);
        if (wrap != NULL)
            wrap(&transport);
        all[r] = (testing_ranks){.run = run, .context = context, .group = hone_group_create(&transport)};
        assert_non_null(all[r].group);
    }
    for (int r = 0; r < ranks; r++)
        assert_int_equal(pthread_create(&all[r].thread, NULL, testing_run_rank, &all[r]), 0);
    for (int r = 0; r < ranks; r++)
        pthread_join(all[r].thread, NULL);
}

__attribute__((unused)) static void testing_run_ranks(int ranks, testing_rank *run, void *context)
{
    testing_run_ranks_over(ranks, run, context, NULL);
}

#endif
