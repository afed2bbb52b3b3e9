/* Shards: a batch is cut into parts by its number of rows and their number S alone, and what they make is
 * added up in one order, a tree that S alone decides:
 *
 *     T(begin, end) = T(begin, m) + T(m, end), m = begin + the largest power of two below end - begin;
 *     T(s, s + 1) = what shard s made.
 *
 * Whoever computes which shard, and when, has no part in it: the bits are the same for any number of threads
 * and processes. */
#ifndef HONE_DISTRIBUTED_TREE_H
#define HONE_DISTRIBUTED_TREE_H

#include <stdbool.h>
#include <stdint.h>

/* Shard s has the rows from this on up to that of shard s + 1: floor(s rows / S). */
static inline int64_t hone_internal_shard_begin(int64_t rows, int shards, int shard)
{
    return rows / shards * shard + rows % shards * shard / shards;
}

/* The shards begin .. end-1, a node of the tree, or a run of them. */
typedef struct hone_tree_node {
    int begin, end;
} hone_tree_node;

/* The rows of a run of shards, as the first of them and their number. */
static inline int64_t hone_internal_run_rows(int64_t rows, int shards, hone_tree_node run, int64_t *first)
{
    *first = hone_internal_shard_begin(rows, shards, run.begin);
    return hone_internal_shard_begin(rows, shards, run.end) - *first;
}

/* Where the second half of a node of at least two shards begins; of no two nodes at the same. */
int hone_internal_tree_split(hone_tree_node node);
/* The node that another one, not all of the tree, is half of. */
hone_tree_node hone_internal_tree_parent(int shards, hone_tree_node node);
/* The other half of its parent. */
hone_tree_node hone_internal_tree_sibling(int shards, hone_tree_node node);

/* The shards of a rank: runs of them, cut at multiples of the largest power of two with which nobody has more
 * than ceil(S / N), so that few nodes say what a run comes to: of 16 shards three ranks have 6, 6 and 4. N <=
 * S. */
hone_tree_node hone_internal_shards_of(int shards, int ranks, int rank);
/* For a batch of so many rows: the largest nodes within a run that have any, from left to right; their
 * number, at most HONE_MOST_PARTS. */
enum { HONE_MOST_PARTS = 24 };
int hone_internal_tree_parts(int64_t rows, int shards, hone_tree_node run, hone_tree_node *parts);
static inline bool hone_internal_tree_absent(int64_t rows, int shards, hone_tree_node node)
{
    return hone_internal_shard_begin(rows, shards, node.begin) ==
           hone_internal_shard_begin(rows, shards, node.end);
}
static inline bool hone_internal_tree_within(hone_tree_node node, hone_tree_node run)
{
    return node.begin >= run.begin && node.end <= run.end;
}

#endif
