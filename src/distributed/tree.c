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
