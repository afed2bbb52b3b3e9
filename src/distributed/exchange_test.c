/* Sums over ranks: to the bit those of one process, by both ways, over a transport in all its moods. */
#include "base/memory.h"
#include "base/random.h"
#include "distributed/exchange.h"
#include "testing/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FLOATS = 9001, SUMS = 3 };

typedef struct trial {
    int shards;
    int64_t rows;
    hone_exchange_way way;
    int steps;
    bool halves;                       /* in its two halves, with windows of its own */
    float *floats[TESTING_MOST_RANKS]; /* what each rank has of all */
    double sums[TESTING_MOST_RANKS][SUMS];
    hone_status status[TESTING_MOST_RANKS];
    int64_t bytes; /* that rank 0 sent */
} trial;

static float number(int shard, int i)
{
    return sinf((float)(shard * 101 + i)) * powf(10, (float)((shard * 7 + i) % 9 - 4));
}

static hone_status bring(hone_collection *collection, int shard)
{
    hone_claim claim;
    HONE_TRY(hone_internal_collection_claim(collection, shard, &claim));
    for (int i = 0; i < FLOATS; i++) {
        float sum = number(shard, i);
        for (int k = claim.count; k-- > 0;)
            sum = claim.from[k]->floats[i] + sum;
        claim.into->floats[i] = sum;
    }
    for (int i = 0; i < SUMS; i++) {
        double sum = sqrt(shard + i + 1);
        for (int k = claim.count; k-- > 0;)
            sum = claim.from[k]->sums[i] + sum;
        claim.into->sums[i] = sum;
    }
    hone_internal_collection_add(collection, &claim);
    return HONE_OK;
}

/* Of the run, downwards, so that the order of arrival is not that of the tree. */
static hone_status bring_all(const trial *t, hone_collection *collection, hone_tree_node run)
{
    hone_internal_collection_begin(collection, t->rows, run);
    for (int s = run.end; s-- > run.begin;)
        if (!hone_internal_tree_absent(t->rows, t->shards, (hone_tree_node){s, s + 1}))
            HONE_TRY(bring(collection, s));
    return HONE_OK;
}

static hone_status step(const trial *t, hone_collection *collection, hone_exchange *exchange,
                        int number_of_step, hone_bundle **root)
{
    hone_bundle *parts[HONE_MOST_PARTS];
    HONE_TRY(bring_all(t, collection, hone_internal_exchange_run(exchange)));
    for (int i = 0; i < HONE_MOST_PARTS; i++)
        parts[i] = hone_internal_collection_part(collection, i);
    if (*root != NULL)
        hone_internal_collection_give_back(collection, *root);
    *root = parts[0] == NULL || number_of_step % 2 == 1 ? hone_internal_collection_take(collection) : NULL;
    const hone_group_word word = {.kind = HONE_WORD_STEP, .step = number_of_step, .rows = t->rows};
    hone_bundle *sum = *root != NULL ? *root : parts[0];
    if (!t->halves)
        return hone_internal_exchange_add(exchange, &word, parts, sum, NULL);
    HONE_TRY(hone_internal_exchange_collect(exchange, &word, parts, sum, NULL));
    return hone_internal_exchange_spread(exchange, &word);
}

/* The first rank has almost all, some have nothing. */
static hone_status set_windows(hone_exchange *exchange, int ranks)
{
    size_t ends[TESTING_MOST_RANKS];
    for (int r = 0; r < ranks; r++)
        ends[r] = r == ranks - 1 ? FLOATS : 8960;
    return hone_internal_exchange_set_windows(exchange, ends);
}

static void run(void *context, hone_group *group)
{
    trial *t = context;
    const int rank = hone_group_rank(group);
    hone_collection *collection = hone_internal_collection_create(t->shards, FLOATS, SUMS);
    hone_exchange *exchange = hone_internal_exchange_create(group, t->shards, FLOATS, SUMS, t->way);
    hone_bundle *root = NULL;
    if (t->halves)
        t->status[rank] = set_windows(exchange, hone_group_ranks(group));
    for (int i = 0; i < t->steps && t->status[rank] >= 0; i++)
        t->status[rank] = step(t, collection, exchange, i, &root);
    if (rank == 0)
        t->bytes = hone_internal_exchange_bytes(exchange);
    const hone_bundle *all = root != NULL ? root : hone_internal_collection_part(collection, 0);
    if (t->status[rank] >= 0) {
        memcpy(t->floats[rank], all->floats, FLOATS * sizeof(float));
        memcpy(t->sums[rank], all->sums, sizeof t->sums[rank]);
    }
    if (root != NULL)
        hone_internal_collection_give_back(collection, root);
    hone_internal_exchange_free(exchange);
    hone_internal_collection_free(collection);
}

/* One process does it all. */
static hone_collection *expect(const trial *t)
{
    hone_collection *collection = hone_internal_collection_create(t->shards, FLOATS, SUMS);
    assert_int_equal(bring_all(t, collection, (hone_tree_node){0, t->shards}), HONE_OK);
    return collection;
}

static void check(trial *t, int ranks, void (*wrap)(hone_transport *transport))
{
    hone_collection *expected = expect(t);
    const hone_bundle *all = hone_internal_collection_part(expected, 0);
    for (int r = 0; r < ranks; r++)
        t->floats[r] = calloc(FLOATS, sizeof(float));
    testing_run_ranks_over(ranks, run, t, wrap);
    for (int r = 0; r < ranks; r++) {
        if (t->status[r] < 0 || memcmp(t->floats[r], all->floats, FLOATS * sizeof(float)) != 0 ||
            memcmp(t->sums[r], all->sums, sizeof t->sums[r]) != 0)
            fail_msg("%d shards, %lld rows, rank %d of %d, way %d", t->shards, (long long)t->rows, r, ranks,
                     t->way);
        free(t->floats[r]);
    }
    hone_internal_collection_free(expected);
}

TEST(any_number_of_ranks_has_the_bits_of_one)
{
    const int64_t before = hone_internal_blocks_in_use();
    for (int ranks = 1; ranks <= 9; ranks++)
        for (int shards = ranks; shards <= 24; shards += shards < 9 ? 1 : 5)
            for (int trial_number = 0; trial_number < 4; trial_number++) {
                trial t = {.shards = shards,
                           .rows = trial_number < 2 ? 1000 : 1 + shards / 2, /* few rows: absent shards */
                           .way = trial_number % 2 == 0 ? HONE_EXCHANGE_ALL : HONE_EXCHANGE_OWNERS,
                           .steps = 2};
                check(&t, ranks, NULL);
            }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* Where the tree over the ranks is not whole they are added by owners. */
TEST(halving_has_the_bits_of_one)
{
    const int64_t before = hone_internal_blocks_in_use();
    for (int ranks = 1; ranks <= 32; ranks *= 2)
        for (int more = 1; more <= 4; more++) {
            trial t = {.shards = ranks * more, .rows = 1000, .way = HONE_EXCHANGE_HALVES, .steps = 2};
            check(&t, ranks, NULL);
        }
    const int odd[][3] = {{32, 50, 1000}, {8, 8, 5}, {3, 4, 100}, {12, 16, 100}}; /* ranks, shards, rows */
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        trial t = {.shards = odd[i][1], .rows = odd[i][2], .way = HONE_EXCHANGE_HALVES, .steps = 3};
        check(&t, odd[i][0], NULL);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* Of many ranks, and all others; the bytes tell which way it was. */
TEST(the_way_is_chosen_by_the_number_of_ranks)
{
    const struct {
        int ranks;
        hone_exchange_way way;
    } rows[] = {{2, HONE_EXCHANGE_ALL},
                {5, HONE_EXCHANGE_OWNERS},
                {31, HONE_EXCHANGE_OWNERS},
                {32, HONE_EXCHANGE_HALVES}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        trial chosen = {.shards = 64, .rows = 999, .steps = 2}, said = chosen;
        said.way = rows[i].way;
        check(&chosen, rows[i].ranks, NULL);
        check(&said, rows[i].ranks, NULL);
        assert_int_equal(chosen.bytes, said.bytes);
    }
    trial owners = {.shards = 64, .rows = 999, .steps = 1, .way = HONE_EXCHANGE_OWNERS}, halves = owners;
    halves.way = HONE_EXCHANGE_HALVES;
    check(&owners, 32, NULL);
    check(&halves, 32, NULL);
    assert_int_not_equal(halves.bytes, owners.bytes);
}

TEST(windows_may_be_of_any_width)
{
    for (int ranks = 1; ranks <= 5; ranks++) {
        trial t = {.shards = 7, .rows = 50, .steps = 3, .halves = true};
        check(&t, ranks, NULL);
    }
}

TEST(windows_are_whole_lines_of_all_floats)
{
    const size_t counts[] = {1, 15, 16, 17, 9001};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int ranks = 1; ranks <= 9; ranks++) {
            size_t before = 0;
            for (int r = 0; r < ranks; r++) {
                const size_t end = hone_internal_exchange_window_end(counts[i], ranks, r);
                assert_true(end >= before && (end % 16 == 0 || end == counts[i]));
                before = end;
            }
            assert_int_equal(before, counts[i]);
        }
}

/* ---- a transport with moods: it looks only at the first few parcels, now and then, and pauses ---- */

typedef struct moody {
    hone_transport inner;
    hone_random random;
    uint64_t calls;
} moody;

static void advance_moodily(void *context, hone_parcel *parcels, int count, int milliseconds)
{
    moody *self = context;
    const uint64_t draw = hone_internal_random_word(&self->random, self->calls++);
    if (draw % 3 == 0)
        usleep((useconds_t)(draw % 300));
    (void)milliseconds;
    self->inner.advance(self->inner.context, parcels,
                        draw % 2 == 0 ? count : 1 + (int)(draw / 2 % (uint64_t)count), 1);
}

static void close_moody(void *context)
{
    moody *self = context;
    self->inner.close(self->inner.context);
    free(self);
}

static void make_moody(hone_transport *transport)
{
    moody *self = malloc(sizeof *self);
    *self = (moody){.inner = *transport, .random = hone_internal_random(9, (uint64_t)transport->rank, 0)};
    transport->context = self;
    transport->advance = advance_moodily;
    transport->close = close_moody;
}

TEST(the_bits_do_not_depend_on_when_messages_come)
{
    for (int ranks = 2; ranks <= 5; ranks++) {
        trial t = {.shards = 11,
                   .rows = 100,
                   .way = ranks % 2 == 0 ? HONE_EXCHANGE_OWNERS : HONE_EXCHANGE_ALL,
                   .steps = 12};
        check(&t, ranks, make_moody);
    }
    trial t = {.shards = 16, .rows = 100, .way = HONE_EXCHANGE_HALVES, .steps = 12};
    check(&t, 8, make_moody);
}
