/* What a step that ranks share takes, by arithmetic:
 *
 *     T(N) = ceil(ceil(S/N) / threads) shard + optimizer + rounds latency + (1 + parts)(N-1)/N 4P / bandwidth
 * + parts (N-1)/N P addition
 *
 * with S shards, P floats that are added up, and `parts` nodes of the tree that a rank brings: 1 where N
 * divides S into powers of two. Nothing is hidden behind computing. */
#ifndef HONE_DISTRIBUTED_FORECAST_H
#define HONE_DISTRIBUTED_FORECAST_H

#include "base/error.h"
#include <stdbool.h>

typedef struct hone_link {
    const char *name, *help;
    double latency, bandwidth; /* seconds a message, bytes a second */
    bool within;               /* one machine, whose threads the ranks share */
} hone_link;

/* By its name; NULL with an error that names the nearest. */
const hone_link *hone_internal_link(const char *name);

typedef struct hone_step_cost {
    int shards, threads;     /* of a machine */
    double shard, optimizer; /* seconds: for one shard on one thread, for the update */
    double floats;           /* that are added up */
} hone_step_cost;

typedef struct hone_forecast {
    double computing, optimizer, messages, adding, step; /* seconds */
} hone_forecast;

hone_forecast hone_internal_forecast(const hone_step_cost *cost, const hone_link *link, int ranks);

#endif
