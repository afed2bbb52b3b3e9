/* Where the gradients of a shard go: behind what waits for them in memory, each number added to those there.
 */
#ifndef HONE_KERNELS_COLLECT_H
#define HONE_KERNELS_COLLECT_H

enum { HONE_MOST_COLLECTED = 12 }; /* as deep as a tree over 4096 shards is */

typedef struct hone_collected {
    void *into;
    const void *from[HONE_MOST_COLLECTED]; /* `into` may be one of them */
    int count;
} hone_collected;

#endif
