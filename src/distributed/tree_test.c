/* The tree over shards, and the rows of a shard. */
#include "distributed/tree.h"
#include "testing/test.h"

TEST(shards_share_out_all_rows)
{
    for (int shards = 1; shards <= 70; shards++)
        for (int64_t rows = 0; rows < 200; rows++)
            for (int s = 0; s <= shards; s++)
                assert_int_equal(hone_internal_shard_begin(rows, shards, s), rows * s / shards);
    const int64_t most = INT64_MAX / 4; /* where the product does not fit */
    assert_int_equal(hone_internal_shard_begin(most, 4096, 4096), most);
}

TEST(a_node_is_split_at_the_largest_power_of_two_below_its_size)
{
    static const struct {
        hone_tree_node node;
        int split;
    } cases[] = {{{0, 2}, 1}, {{0, 3}, 2},   {{0, 4}, 2}, {{0, 5}, 4},
                 {{4, 6}, 5}, {{8, 12}, 10}, {{0, 12}, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hone_internal_tree_split(cases[i].node), cases[i].split);
}

/* Down the tree: each half knows its parent and the other half, and no two nodes are split at one place. */
static void walk(int shards, hone_tree_node node, int *splits)
{
    if (node.end - node.begin == 1)
        return;
    const int split = hone_internal_tree_split(node);
    const hone_tree_node halves[2] = {{node.begin, split}, {split, node.end}};
    assert_int_equal(splits[split]++, 0);
    for (int i = 0; i < 2; i++) {
        const hone_tree_node parent = hone_internal_tree_parent(shards, halves[i]),
                             sibling = hone_internal_tree_sibling(shards, halves[i]);
        assert_true(parent.begin == node.begin && parent.end == node.end);
        assert_true(sibling.begin == halves[1 - i].begin && sibling.end == halves[1 - i].end);
        walk(shards, halves[i], splits);
    }
}

TEST(halves_know_their_parent)
{
    for (int shards = 1; shards <= 70; shards++) {
        int splits[71] = {0};
        walk(shards, (hone_tree_node){0, shards}, splits);
        for (int i = 1; i < shards; i++)
            assert_int_equal(splits[i], 1);
    }
}

TEST(ranks_share_the_shards_in_runs)
{
    for (int shards = 1; shards <= 70; shards++)
        for (int ranks = 1; ranks <= shards; ranks++) {
            int next = 0;
            for (int r = 0; r < ranks; r++) {
                const hone_tree_node run = hone_internal_shards_of(shards, ranks, r);
                assert_int_equal(run.begin, next);
                assert_true(run.end > run.begin && run.end - run.begin <= (shards + ranks - 1) / ranks);
                next = run.end;
            }
            assert_int_equal(next, shards);
        }
    assert_int_equal(hone_internal_shards_of(16, 3, 0).end, 6);
    assert_int_equal(hone_internal_shards_of(16, 3, 1).end, 12);
}

/* Of the nodes within a run none is half of another that is, and together they have its rows. */
TEST(parts_of_a_run_are_as_large_as_can_be)
{
    hone_tree_node parts[HONE_MOST_PARTS];
    for (int begin = 0; begin < 22; begin++)
        for (int end = begin + 1; end <= 22; end++) {
            const int count = hone_internal_tree_parts(1000, 22, (hone_tree_node){begin, end}, parts);
            int next = begin;
            for (int i = 0; i < count; i++) {
                assert_int_equal(parts[i].begin, next);
                next = parts[i].end;
                if (next - parts[i].begin < 22)
                    assert_false(hone_internal_tree_within(hone_internal_tree_parent(22, parts[i]),
                                                           (hone_tree_node){begin, end}));
            }
            assert_int_equal(next, end);
        }
    assert_int_equal(hone_internal_tree_parts(1000, 4096, (hone_tree_node){0, 1024}, parts), 1);
    assert_int_equal(hone_internal_tree_parts(1, 4, (hone_tree_node){0, 2}, parts), 0);
}
