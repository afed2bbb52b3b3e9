/* What the peers in C share, as ../common.h for Hone's programs: the command line, random data, rounds, lines
 * of JSON. A peer is
 *
 *   PEER SIZES BATCH OPTIMIZER [--threads N] [--rounds N] [--serve]
 *
 * and gives c_peer_measure a function that runs one epoch. */
#ifndef BENCH_C_PEER_H
#define BENCH_C_PEER_H

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { C_PEER_MOST_SIZES = 16 };

typedef struct c_peer {
    int size[C_PEER_MOST_SIZES], sizes, batch, samples, threads, rounds, serve;
    const char *optimizer; /* sgd or adam, for those that have the choice */
    float *x;              /* samples rows of size[0] numbers */
    float *y;              /* samples rows of size[sizes - 1]: one 1 each */
    int *order;            /* a shuffled epoch */
} c_peer;

static double c_peer_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static c_peer c_peer_begin(int count, char **words)
{
    c_peer peer = {.batch = 32, .threads = 1, .rounds = 5, .optimizer = "sgd"};
    const char *sizes = "784-300-100-10";
    for (int i = 1, position = 0; i < count; i++)
        if (strcmp(words[i], "--threads") == 0 && i + 1 < count)
            peer.threads = atoi(words[++i]);
        else if (strcmp(words[i], "--rounds") == 0 && i + 1 < count)
            peer.rounds = atoi(words[++i]);
        else if (strcmp(words[i], "--serve") == 0)
            peer.serve = 1;
        else if (position++ == 0)
            sizes = words[i];
        else if (position == 2)
            peer.batch = atoi(words[i]);
        else
            peer.optimizer = words[i];
    for (const char *at = sizes; at && peer.sizes < C_PEER_MOST_SIZES;
         at = strchr(at, '-') ? strchr(at, '-') + 1 : NULL)
        peer.size[peer.sizes++] = atoi(at);
    int inputs = peer.size[0], classes = peer.size[peer.sizes - 1];
    peer.samples = peer.batch * 2048 < 16384 ? peer.batch * 2048 : 16384; /* as ../dense.c */
    peer.x = malloc((size_t)peer.samples * (size_t)inputs * sizeof *peer.x);
    peer.y = calloc((size_t)peer.samples * (size_t)classes, sizeof *peer.y);
    peer.order = malloc((size_t)peer.samples * sizeof *peer.order);
    if (!peer.x || !peer.y || !peer.order)
        exit(1);
    for (long i = 0; i < (long)peer.samples * inputs; i++)
        peer.x[i] = (float)rand() / (float)RAND_MAX * 2 - 1;
    for (int i = 0; i < peer.samples; i++)
        peer.y[(long)i * classes + rand() % classes] = 1, peer.order[i] = i;
    return peer;
}

static void c_peer_shuffle(const c_peer *peer)
{
    for (int i = peer->samples - 1; i > 0; i--) {
        int other = rand() % (i + 1), kept = peer->order[i];
        peer->order[i] = peer->order[other], peer->order[other] = kept;
    }
}

/* Epochs that last a fifth of a second; prints the seconds of a step. */
static int c_peer_measure(const c_peer *peer, const char *version,
                          void (*epoch)(const c_peer *peer, void *context), void *context)
{
    char line[64];
    struct rusage usage;
    epoch(peer, context);
    double start = c_peer_seconds();
    epoch(peer, context);
    int epochs = 1 + (int)(0.2 / (c_peer_seconds() - start));
    printf("{\"name\": \"c\", \"version\": \"%s\", \"threads\": %d}\n", version, peer->threads);
    fflush(stdout);
    for (int round = 0; peer->serve ? fgets(line, sizeof line, stdin) != NULL : round < peer->rounds;
         round++) {
        start = c_peer_seconds();
        for (int i = 0; i < epochs; i++)
            epoch(peer, context);
        printf("{\"seconds\": %.9g}\n",
               (c_peer_seconds() - start) / epochs / ((peer->samples + peer->batch - 1) / peer->batch));
        fflush(stdout);
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"peak_mb\": %.1f}\n", (double)usage.ru_maxrss / 1024);
    return 0;
}

#endif
