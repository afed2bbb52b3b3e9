/* Sums over shards: in the order of the tree whatever the order of arrival. */
#include "base/memory.h"
#include "base/random.h"
#include "base/team.h"
#include "distributed/collection.h"
#include "testing/test.h"

#include <math.h>

enum { FLOATS = 37, SUMS = 3, MOST = 24 };

static float number(int shard, int i)
{
    return sinf((float)(shard * 101 + i)) * powf(10, (float)((shard * 7 + i) % 9 - 4));
}

/* By the definition; false: no shard has rows. */
static bool expect(int64_t rows, int shards, hone_tree_node node, int i, float *sum)
{
    if (node.end - node.begin == 1) {
        *sum = number(node.begin, i);
        return hone_internal_shard_begin(rows, shards, node.begin) <
               hone_internal_shard_begin(rows, shards, node.end);
    }
    const int split = hone_internal_tree_split(node);
    float a = 0, b = 0;
    const bool first = expect(rows, shards, (hone_tree_node){node.begin, split}, i, &a),
               second = expect(rows, shards, (hone_tree_node){split, node.end}, i, &b);
    *sum = first && second ? a + b : first ? a : b;
    return first || second;
}

typedef struct work {
    hone_collection *collection;
    int64_t rows;
    int shards;
    int64_t order[MOST];
} work;

static void bring(void *context, int64_t tile, int thread)
{
    work *w = context;
    const int shard = (int)w->order[tile];
    (void)thread;
    if (hone_internal_shard_begin(w->rows, w->shards, shard) ==
        hone_internal_shard_begin(w->rows, w->shards, shard + 1))
        return;
    hone_claim claim;
    if (hone_internal_collection_claim(w->collection, shard, &claim) < 0)
        return;
    for (int i = 0; i < FLOATS; i++) {
        float sum = number(shard, i);
        for (int k = claim.count; k-- > 0;)
            sum = claim.from[k]->floats[i] + sum;
        claim.into->floats[i] = sum;
    }
    for (int i = 0; i < SUMS; i++) {
        double sum = shard + i;
        for (int k = claim.count; k-- > 0;)
            sum = claim.from[k]->sums[i] + sum;
        claim.into->sums[i] = sum;
    }
    hone_internal_collection_add(w->collection, &claim);
}

static void check(const work *w)
{
    const hone_bundle *root = hone_internal_collection_part(w->collection, 0);
    assert_non_null(root);
    for (int i = 0; i < FLOATS; i++) {
        float expected = 0;
        expect(w->rows, w->shards, (hone_tree_node){0, w->shards}, i, &expected);
        assert_memory_equal(&root->floats[i], &expected, sizeof expected);
    }
    double first = 0;
    for (int s = 0; s < w->shards; s++)
        if (hone_internal_shard_begin(w->rows, w->shards, s) <
            hone_internal_shard_begin(w->rows, w->shards, s + 1))
            first += s;
    assert_true(root->sums[0] == first);
}

TEST(any_order_of_arrival_gives_the_same_bits)
{
    hone_team *team = hone_internal_team_acquire(3);
    for (int shards = 1; shards <= MOST; shards++) {
        work w = {.collection = hone_internal_collection_create(shards, FLOATS, SUMS), .shards = shards};
        for (int trial = 0; trial < 12; trial++) {
            const hone_random random = hone_internal_random((uint64_t)shards, (uint64_t)trial, 0);
            hone_internal_random_permutation(&random, shards, w.order);
            w.rows = trial % 4 == 3 ? trial / 2 + 1 : 1000; /* few rows: absent shards */
            hone_internal_collection_begin(w.collection, w.rows, (hone_tree_node){0, shards});
            assert_null(hone_internal_collection_part(w.collection, 0));
            hone_internal_team_run(trial % 2 == 0 ? team : NULL, bring, &w, shards);
            check(&w);
        }
        hone_internal_collection_free(w.collection);
    }
    hone_internal_team_release(team);
}

TEST(what_a_failed_step_left_is_taken_back)
{
    const int64_t before = hone_internal_blocks_in_use();
    work w = {.collection = hone_internal_collection_create(4, FLOATS, SUMS),
              .rows = 8,
              .shards = 4,
              .order = {0, 1, 2, 3}};
    hone_internal_collection_begin(w.collection, 8, (hone_tree_node){0, 4});
    bring(&w, 0, 0);
    bring(&w, 2, 0);
    assert_null(hone_internal_collection_part(w.collection, 0));
    hone_internal_collection_begin(w.collection, 8, (hone_tree_node){0, 4});
    for (int s = 0; s < 4; s++)
        bring(&w, s, 0);
    check(&w);
    hone_internal_collection_free(w.collection);
    hone_internal_collection_free(NULL);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    for (int64_t n = 0; n < 6; n++) {
        hone_internal_fail_allocations_after(n);
        hone_collection *collection = hone_internal_collection_create(3, FLOATS, SUMS);
        hone_bundle *bundle = collection == NULL ? NULL : hone_internal_collection_take(collection);
        hone_internal_fail_allocations_after(-1);
        if (bundle != NULL)
            hone_internal_collection_give_back(collection, bundle);
        hone_internal_collection_free(collection);
        assert_true(n < 4 || bundle != NULL);
    }
}
