/* The tree over shards. */
#include "distributed/tree.h"

int hone_internal_tree_split(hone_tree_node node)
{
    int half = 1;
    while (2 * half < node.end - node.begin)
        half *= 2;
    return node.begin + half;
}

/* Down from the root. */
hone_tree_node hone_internal_tree_parent(int shards, hone_tree_node node)
{
    hone_tree_node above = {0, shards}, parent = above;
    while (above.begin != node.begin || above.end != node.end) {
        const int split = hone_internal_tree_split(above);
        parent = above;
        if (node.begin < split)
            above.end = split;
        else
            above.begin = split;
    }
    return parent;
}

hone_tree_node hone_internal_tree_sibling(int shards, hone_tree_node node)
{
    const hone_tree_node parent = hone_internal_tree_parent(shards, node);
    return node.begin == parent.begin ? (hone_tree_node){node.end, parent.end}
                                      : (hone_tree_node){parent.begin, node.begin};
}

/* ---- over ranks ---- */

hone_tree_node hone_internal_shards_of(int shards, int ranks, int rank)
{
    const int most = (shards + ranks - 1) / ranks;
    int unit = 1;
    for (int u = 2; u <= most; u *= 2) {
        const int units = (shards + u - 1) / u;
        if (units >= ranks && (units + ranks - 1) / ranks * u <= most)
            unit = u;
    }
    const int64_t units = (shards + unit - 1) / unit;
    const int64_t begin = (rank * units + ranks - 1) / ranks * unit,
                  end = ((rank + 1) * units + ranks - 1) / ranks * unit;
    return (hone_tree_node){(int)begin, end < shards ? (int)end : shards};
}

static int add_parts(int64_t rows, int shards, hone_tree_node node, hone_tree_node run, hone_tree_node *parts)
{
    if (node.begin >= run.end || node.end <= run.begin || hone_internal_tree_absent(rows, shards, node))
        return 0;
    if (hone_internal_tree_within(node, run)) {
        parts[0] = node;
        return 1;
    }
    const int split = hone_internal_tree_split(node),
              count = add_parts(rows, shards, (hone_tree_node){node.begin, split}, run, parts);
    return count + add_parts(rows, shards, (hone_tree_node){split, node.end}, run, parts + count);
}

int hone_internal_tree_parts(int64_t rows, int shards, hone_tree_node run, hone_tree_node *parts)
{
    return add_parts(rows, shards, (hone_tree_node){0, shards}, run, parts);
}
