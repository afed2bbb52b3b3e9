/* What a step that ranks share takes. */
#include "distributed/forecast.h"
#include "distributed/tree.h"

#include <string.h>

static const hone_link links[] = {
    {"processes", "sockets between processes of one machine", 15e-6, 1.5e9, true},
    {"1GbE", "Ethernet of 1 Gbit/s", 50e-6, 0.11e9, false},
    {"10GbE", "Ethernet of 10 Gbit/s", 20e-6, 1.1e9, false},
    {"25GbE", "Ethernet of 25 Gbit/s", 15e-6, 2.8e9, false},
    {"100Gbit", "InfiniBand or Ethernet of 100 Gbit/s", 2e-6, 11e9, false},
};
enum { LINKS = sizeof links / sizeof *links };

static const double ADDITION = 0.8e-9; /* seconds a float */

const hone_link *hone_internal_link(const char *name)
{
    const char *names[LINKS];
    for (int i = 0; i < LINKS; i++) {
        names[i] = links[i].name;
        if (strcmp(links[i].name, name) == 0)
            return &links[i];
    }
    hone_internal_fail_name("link", name, names, LINKS);
    return NULL;
}

/* The nodes that a rank brings, at most. */
static int most_parts(int shards, int ranks)
{
    hone_tree_node parts[HONE_MOST_PARTS];
    int most = 1;
    for (int r = 0; r < ranks; r++) {
        const int count =
            hone_internal_tree_parts(shards, shards, hone_internal_shards_of(shards, ranks, r), parts);
        most = count > most ? count : most;
    }
    return most;
}

hone_forecast hone_internal_forecast(const hone_step_cost *cost, const hone_link *link, int ranks)
{
    const double others = (ranks - 1.0) / ranks, parts = most_parts(cost->shards, ranks);
    const int most = (cost->shards + ranks - 1) / ranks,
              shared = link->within ? cost->threads / ranks : cost->threads,
              threads = shared > 0 ? shared : 1;
    hone_forecast made = {.computing = (most + threads - 1) / threads * cost->shard,
                          .optimizer = cost->optimizer};
    if (ranks > 1) {
        made.messages = (ranks > 2 ? 2 : 1) * link->latency +
                        (1 + parts) * others * cost->floats * sizeof(float) / link->bandwidth;
        made.adding = parts * others * cost->floats * ADDITION;
    }
    made.step = made.computing + made.optimizer + made.messages + made.adding;
    return made;
}
