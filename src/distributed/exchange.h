/* Adding up what the ranks made of a batch, in the order of the tree, so that all have the sum.
 *
 * Each rank brings the parts of its run of shards. Each rank owns a window of the floats: it gets that window
 * of all parts, adds them up, and sends the sum to all, 2 (N-1)/N times the floats for each rank. With two
 * ranks, or few floats, everybody sends everything to everybody instead, which is one round. From 32 ranks
 * on, where the tree over them is whole, they halve what they have: at distance 1, 2, 4, .. each sends the
 * half of its window that the partner keeps, and back in the other order, as many floats in 2 lg N messages.
 * The sums in doubles go to all in any case. All ways add the same numbers in the same order. */
#ifndef HONE_DISTRIBUTED_EXCHANGE_H
#define HONE_DISTRIBUTED_EXCHANGE_H

#include "base/team.h"
#include "distributed/collection.h"
#include "distributed/group.h"

typedef struct hone_exchange hone_exchange;

typedef enum hone_exchange_way {
    HONE_EXCHANGE_CHOSEN, /* by the number of ranks and floats */
    HONE_EXCHANGE_ALL,
    HONE_EXCHANGE_OWNERS,
    HONE_EXCHANGE_HALVES /* where it can be; else by owners */
} hone_exchange_way;

hone_exchange *hone_internal_exchange_create(hone_group *group, int shards, size_t floats, size_t sums,
                                             hone_exchange_way way);
void hone_internal_exchange_free(hone_exchange *exchange);                /* accepts NULL */
hone_tree_node hone_internal_exchange_run(const hone_exchange *exchange); /* the shards of this rank */
/* `word` has step, flags and hash. `parts` are what the shards of this rank come to, as many as
 * hone_internal_tree_parts says; `root`, which may be the first of them, gets the sum. The team adds. */
hone_status hone_internal_exchange_add(hone_exchange *exchange, const hone_group_word *word,
                                       hone_bundle *const *parts, hone_bundle *root, hone_team *team);
/* Where the window of each rank ends: whole cache lines, floor(lines (r + 1) / N) of them; or other ends, at
 * multiples of a cache line, the last one that of all floats. Then each rank is the owner of its window. */
size_t hone_internal_exchange_window_end(size_t floats, int ranks, int rank);
hone_status hone_internal_exchange_set_windows(hone_exchange *exchange, const size_t *ends);
/* The two halves of adding up where ranks own windows: then `root` has the sum of this rank's window and all
 * sums of doubles; what the ranks have put into their windows of it goes to all others. */
hone_status hone_internal_exchange_collect(hone_exchange *exchange, const hone_group_word *word,
                                           hone_bundle *const *parts, hone_bundle *root, hone_team *team);
hone_status hone_internal_exchange_spread(hone_exchange *exchange, const hone_group_word *word);
int64_t hone_internal_exchange_bytes(const hone_exchange *exchange); /* sent so far */

#endif
