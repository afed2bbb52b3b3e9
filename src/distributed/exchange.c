/* Adding up what the ranks made of a batch. */
#include "distributed/exchange.h"
#include "base/memory.h"

#include <string.h>

enum { SMALL = 32 * 1024, LINE = HONE_ALIGNMENT / sizeof(float), BLOCK = 4096 }; /* bytes, floats, floats */
enum { MANY = 32, MOST_HALVINGS = 31 };                                          /* ranks */

/* The floats of a rank. */
typedef struct window {
    size_t begin, end;
} window;

/* A part of somebody's run, and where its numbers are here. */
typedef struct part {
    hone_tree_node node;
    int rank;
    float *floats; /* of the window */
    double *sums;
} part;

/* One addition: part `into` becomes itself and part `from`. */
typedef struct addition {
    int into, from;
} addition;

struct hone_exchange {
    hone_group *group;
    int shards;
    size_t floats, sums;
    hone_exchange_way way; /* of the three, once it is chosen */
    size_t *ends;          /* of the window of each rank, as they were given; NULL: equal ones */
    part *parts;           /* of all ranks, from left to right */
    int part_count;
    addition *additions;
    int addition_count;
    float *room; /* for what comes from others */
    size_t room_floats;
    double *sum_room;
    size_t sum_numbers;
    hone_bundle *root;
    int64_t bytes;
};

hone_exchange *hone_internal_exchange_create(hone_group *group, int shards, size_t floats, size_t sums,
                                             hone_exchange_way way)
{
    const int ranks = hone_group_ranks(group);
    hone_exchange *exchange = hone_internal_allocate_zeroed(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    if (way == HONE_EXCHANGE_CHOSEN)
        way = ranks <= 2 || floats * sizeof(float) <= SMALL ? HONE_EXCHANGE_ALL
              : ranks < MANY                                ? HONE_EXCHANGE_OWNERS
                                                            : HONE_EXCHANGE_HALVES;
    *exchange = (hone_exchange){.group = group, .shards = shards, .floats = floats, .sums = sums, .way = way};
    exchange->parts = hone_internal_allocate_zeroed((size_t)shards, sizeof *exchange->parts);
    exchange->additions = hone_internal_allocate_zeroed((size_t)shards, sizeof *exchange->additions);
    if (exchange->parts != NULL && exchange->additions != NULL)
        return exchange;
    hone_internal_exchange_free(exchange);
    return NULL;
}

void hone_internal_exchange_free(hone_exchange *exchange)
{
    if (exchange == NULL)
        return;
    hone_internal_free(exchange->ends);
    hone_internal_free(exchange->parts);
    hone_internal_free(exchange->additions);
    hone_internal_free_aligned(exchange->room);
    hone_internal_free(exchange->sum_room);
    hone_internal_free(exchange);
}

hone_status hone_internal_exchange_set_windows(hone_exchange *exchange, const size_t *ends)
{
    const size_t ranks = (size_t)hone_group_ranks(exchange->group);
    size_t *own = hone_internal_allocate(sizeof *own * ranks);
    if (own == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(own, ends, sizeof *own * ranks);
    hone_internal_free(exchange->ends);
    exchange->ends = own;
    exchange->way = HONE_EXCHANGE_OWNERS;
    return HONE_OK;
}

hone_tree_node hone_internal_exchange_run(const hone_exchange *exchange)
{
    return hone_internal_shards_of(exchange->shards, hone_group_ranks(exchange->group),
                                   hone_group_rank(exchange->group));
}

int64_t hone_internal_exchange_bytes(const hone_exchange *exchange)
{
    return exchange->bytes;
}

size_t hone_internal_exchange_window_end(size_t floats, int ranks, int rank)
{
    const size_t lines = (floats + LINE - 1) / LINE, end = lines * ((size_t)rank + 1) / (size_t)ranks * LINE;
    return end < floats ? end : floats;
}

static window window_of(const hone_exchange *exchange, int rank)
{
    const int ranks = hone_group_ranks(exchange->group);
    if (exchange->way == HONE_EXCHANGE_ALL)
        return (window){0, exchange->floats};
    if (exchange->ends != NULL)
        return (window){rank > 0 ? exchange->ends[rank - 1] : 0, exchange->ends[rank]};
    return (window){rank > 0 ? hone_internal_exchange_window_end(exchange->floats, ranks, rank - 1) : 0,
                    hone_internal_exchange_window_end(exchange->floats, ranks, rank)};
}
/* ---- which parts there are, and how they are added ---- */

static void list_parts(hone_exchange *exchange, int64_t rows)
{
    const int ranks = hone_group_ranks(exchange->group);
    hone_tree_node nodes[HONE_MOST_PARTS];
    exchange->part_count = 0;
    for (int r = 0; r < ranks; r++) {
        const int count = hone_internal_tree_parts(
            rows, exchange->shards, hone_internal_shards_of(exchange->shards, ranks, r), nodes);
        for (int i = 0; i < count; i++)
            exchange->parts[exchange->part_count++] = (part){.node = nodes[i], .rank = r};
    }
}

static int find_part(const hone_exchange *exchange, hone_tree_node node)
{
    for (int i = 0; i < exchange->part_count; i++)
        if (exchange->parts[i].node.begin == node.begin && exchange->parts[i].node.end == node.end)
            return i;
    return -1;
}

/* Lists the additions of a node; the part that it ends up in, or -1 where there is nothing. */
static int list_additions(hone_exchange *exchange, int64_t rows, hone_tree_node node)
{
    if (hone_internal_tree_absent(rows, exchange->shards, node))
        return -1;
    const int own = find_part(exchange, node);
    if (own >= 0)
        return own;
    const int split = hone_internal_tree_split(node),
              first = list_additions(exchange, rows, (hone_tree_node){node.begin, split}),
              second = list_additions(exchange, rows, (hone_tree_node){split, node.end});
    if (first < 0 || second < 0)
        return first < 0 ? second : first;
    exchange->additions[exchange->addition_count++] = (addition){first, second};
    return first;
}

static hone_status grow_room(hone_exchange *exchange, size_t floats, size_t sums)
{
    if (floats > exchange->room_floats) {
        hone_internal_free_aligned(exchange->room);
        exchange->room_floats = 0;
        exchange->room = hone_internal_allocate_aligned(floats * sizeof(float));
        if (exchange->room == NULL)
            return HONE_ERROR_MEMORY;
        exchange->room_floats = floats;
    }
    return hone_internal_grow(&exchange->sum_room, &exchange->sum_numbers, sums + 1, sizeof(double)) < 0
               ? HONE_ERROR_MEMORY
               : HONE_OK;
}

/* Room for the parts of others. */
static hone_status make_room(hone_exchange *exchange, size_t width)
{
    size_t others = 0;
    const size_t padded = (width + LINE - 1) / LINE * LINE;
    for (int i = 0; i < exchange->part_count; i++)
        others += exchange->parts[i].rank != hone_group_rank(exchange->group);
    return grow_room(exchange, others * padded, others * exchange->sums);
}

static hone_status lay_out(hone_exchange *exchange, int64_t rows, hone_bundle *const *own)
{
    const int rank = hone_group_rank(exchange->group);
    const window mine = window_of(exchange, rank);
    const size_t padded = (mine.end - mine.begin + LINE - 1) / LINE * LINE;
    list_parts(exchange, rows);
    exchange->addition_count = 0;
    list_additions(exchange, rows, (hone_tree_node){0, exchange->shards});
    HONE_TRY(make_room(exchange, mine.end - mine.begin));
    size_t others = 0, used = 0;
    for (int i = 0; i < exchange->part_count; i++) {
        part *p = &exchange->parts[i];
        const bool here = p->rank == rank;
        p->floats = here ? own[used]->floats + mine.begin : exchange->room + others * padded;
        p->sums = here ? own[used]->sums : exchange->sum_room + others * exchange->sums;
        used += here;
        others += !here;
    }
    return HONE_OK;
}

/* ---- adding ---- */

/* A block of floats through all additions, while it is in the cache. The last one, or the only part, goes to
 * the root. */
static void add_block(void *context, int64_t tile, int thread)
{
    hone_exchange *exchange = context;
    const window mine = window_of(exchange, hone_group_rank(exchange->group));
    const size_t begin = (size_t)tile * BLOCK, width = mine.end - mine.begin,
                 count = width - begin < BLOCK ? width - begin : BLOCK;
    float *root = exchange->root->floats + mine.begin + begin;
    (void)thread;
    if (exchange->addition_count == 0) {
        const float *only = exchange->parts[0].floats + begin;
        if (only != root)
            memcpy(root, only, count * sizeof *root);
        return;
    }
    for (int a = 0; a < exchange->addition_count; a++) {
        const float *first = exchange->parts[exchange->additions[a].into].floats + begin,
                    *second = exchange->parts[exchange->additions[a].from].floats + begin;
        float *into = a + 1 < exchange->addition_count
                          ? exchange->parts[exchange->additions[a].into].floats + begin
                          : root;
        for (size_t i = 0; i < count; i++)
            into[i] = first[i] + second[i];
    }
}

static void add_sums(hone_exchange *exchange)
{
    const part *parts = exchange->parts;
    for (int a = 0; a < exchange->addition_count; a++)
        for (size_t i = 0; i < exchange->sums; i++)
            parts[exchange->additions[a].into].sums[i] += parts[exchange->additions[a].from].sums[i];
    if (parts[0].sums != exchange->root->sums)
        memcpy(exchange->root->sums, parts[0].sums, exchange->sums * sizeof(double));
}

/* ---- messages ---- */

static hone_status add_parcel(hone_exchange *exchange, int peer, bool sends, void *data, size_t bytes)
{
    exchange->bytes += sends ? (int64_t)bytes : 0;
    return hone_internal_group_add(exchange->group, peer, sends, data, bytes);
}

/* This rank's parts, to each peer its window of them. */
static hone_status send_parts(hone_exchange *exchange, hone_bundle *const *own, int count)
{
    const int rank = hone_group_rank(exchange->group);
    for (int peer = 0; peer < hone_group_ranks(exchange->group); peer++) {
        const window theirs = window_of(exchange, peer);
        for (int i = 0; i < count && peer != rank; i++) {
            HONE_TRY(add_parcel(exchange, peer, true, own[i]->sums, exchange->sums * sizeof(double)));
            HONE_TRY(add_parcel(exchange, peer, true, own[i]->floats + theirs.begin,
                                (theirs.end - theirs.begin) * sizeof(float)));
        }
    }
    return HONE_OK;
}

static hone_status receive_parts(hone_exchange *exchange)
{
    const int rank = hone_group_rank(exchange->group);
    const window mine = window_of(exchange, rank);
    for (int i = 0; i < exchange->part_count; i++) {
        const part *p = &exchange->parts[i];
        if (p->rank == rank)
            continue;
        HONE_TRY(add_parcel(exchange, p->rank, false, p->sums, exchange->sums * sizeof(double)));
        HONE_TRY(add_parcel(exchange, p->rank, false, p->floats, (mine.end - mine.begin) * sizeof(float)));
    }
    return HONE_OK;
}

/* Each window from its owner to all others. */
static hone_status move_results(hone_exchange *exchange, bool sends)
{
    const int rank = hone_group_rank(exchange->group);
    for (int peer = 0; peer < hone_group_ranks(exchange->group); peer++) {
        const window w = window_of(exchange, sends ? rank : peer);
        if (peer != rank)
            HONE_TRY(add_parcel(exchange, peer, sends, exchange->root->floats + w.begin,
                                (w.end - w.begin) * sizeof(float)));
    }
    return HONE_OK;
}

hone_status hone_internal_exchange_spread(hone_exchange *exchange, const hone_group_word *word)
{
    hone_group_word results = *word;
    results.kind = HONE_WORD_RESULTS;
    HONE_TRY(hone_internal_group_begin(exchange->group));
    HONE_TRY(hone_internal_group_say(exchange->group, &results, NULL));
    HONE_TRY(move_results(exchange, true));
    HONE_TRY(hone_internal_group_hear(exchange->group));
    HONE_TRY(move_results(exchange, false));
    return hone_internal_group_finish(exchange->group);
}

hone_status hone_internal_exchange_collect(hone_exchange *exchange, const hone_group_word *word,
                                           hone_bundle *const *parts, hone_bundle *root, hone_team *team)
{
    hone_tree_node nodes[HONE_MOST_PARTS];
    const int count =
        hone_internal_tree_parts(word->rows, exchange->shards, hone_internal_exchange_run(exchange), nodes);
    const window mine = window_of(exchange, hone_group_rank(exchange->group));
    hone_group *group = exchange->group;
    exchange->root = root;
    HONE_TRY(hone_internal_group_begin(group));
    HONE_TRY(lay_out(exchange, word->rows, parts));
    HONE_TRY(hone_internal_group_say(group, word, NULL));
    HONE_TRY(send_parts(exchange, parts, count));
    HONE_TRY(hone_internal_group_hear(group));
    HONE_TRY(receive_parts(exchange));
    HONE_TRY(hone_internal_group_finish(group));
    hone_internal_team_run(team, add_block, exchange, (int64_t)((mine.end - mine.begin + BLOCK - 1) / BLOCK));
    add_sums(exchange);
    return HONE_OK;
}

/* ---- by halves ---- */

/* Rank r and its partner r ^ 2^k at step k, and what they have of the floats then. */
typedef struct halving {
    int partner;
    bool first; /* this one's shards come first in the tree */
    window kept, given;
} halving;

/* A power of two of shards with rows each, and of ranks: every rank has one node of a whole tree. */
static bool can_halve(const hone_exchange *exchange, int64_t rows)
{
    const int ranks = hone_group_ranks(exchange->group), shards = exchange->shards;
    return exchange->way == HONE_EXCHANGE_HALVES && (ranks & (ranks - 1)) == 0 &&
           (shards & (shards - 1)) == 0 && rows >= shards;
}

/* How often; the steps in their order. */
static int list_halvings(const hone_exchange *exchange, halving *steps)
{
    const int rank = hone_group_rank(exchange->group), ranks = hone_group_ranks(exchange->group);
    window now = {0, exchange->floats};
    int count = 0;
    for (int distance = 1; distance < ranks; distance *= 2, count++) {
        const size_t middle = now.begin + (now.end - now.begin) / 2 / LINE * LINE;
        const window halves[2] = {{now.begin, middle}, {middle, now.end}};
        const bool first = (rank & distance) == 0;
        steps[count] = (halving){rank ^ distance, first, halves[!first], halves[first]};
        now = steps[count].kept;
    }
    return count;
}

static hone_status move_window(hone_exchange *exchange, const halving *step, bool sends, float *floats,
                               window w)
{
    return add_parcel(exchange, step->partner, sends, floats + w.begin, (w.end - w.begin) * sizeof(float));
}

/* Sends the given half, and the sums as they are now. */
static hone_status halve(hone_exchange *exchange, const halving *step, int number)
{
    const size_t bytes = exchange->sums * sizeof(double);
    double *sent = exchange->sum_room + (size_t)number * exchange->sums;
    HONE_TRY(move_window(exchange, step, true, exchange->root->floats, step->given));
    memcpy(sent, exchange->root->sums, bytes);
    return add_parcel(exchange, step->partner, true, sent, bytes);
}

typedef struct joining {
    float *into;
    const float *other;
    size_t count;
    bool first;
} joining;

static void join_block(void *context, int64_t tile, int thread)
{
    const joining *of = context;
    const size_t begin = (size_t)tile * BLOCK, end = begin + BLOCK < of->count ? begin + BLOCK : of->count;
    (void)thread;
    for (size_t i = begin; i < end; i++)
        of->into[i] = of->first ? of->into[i] + of->other[i] : of->other[i] + of->into[i];
}

/* Waits for the partner's half and adds it. */
static hone_status join_half(hone_exchange *exchange, const halving *step, int steps, hone_team *team)
{
    double *sums = exchange->sum_room + (size_t)steps * exchange->sums, *own = exchange->root->sums;
    joining of = {exchange->root->floats + step->kept.begin, exchange->room,
                  step->kept.end - step->kept.begin, step->first};
    HONE_TRY(add_parcel(exchange, step->partner, false, exchange->room, of.count * sizeof(float)));
    HONE_TRY(add_parcel(exchange, step->partner, false, sums, exchange->sums * sizeof(double)));
    HONE_TRY(hone_internal_group_finish(exchange->group));
    hone_internal_team_run(team, join_block, &of, (int64_t)((of.count + BLOCK - 1) / BLOCK));
    for (size_t i = 0; i < exchange->sums; i++)
        own[i] = step->first ? own[i] + sums[i] : sums[i] + own[i];
    return HONE_OK;
}

static hone_status double_back(hone_exchange *exchange, const halving *step)
{
    HONE_TRY(move_window(exchange, step, true, exchange->root->floats, step->kept));
    HONE_TRY(move_window(exchange, step, false, exchange->root->floats, step->given));
    return hone_internal_group_finish(exchange->group);
}

static hone_status add_by_halves(hone_exchange *exchange, const hone_group_word *word, hone_bundle *own,
                                 hone_bundle *root, hone_team *team)
{
    halving steps[MOST_HALVINGS];
    const int count = list_halvings(exchange, steps);
    exchange->root = root;
    HONE_TRY(hone_internal_group_begin(exchange->group));
    HONE_TRY(grow_room(exchange, exchange->floats / 2 + LINE, ((size_t)count + 1) * exchange->sums));
    if (root != own) {
        memcpy(root->floats, own->floats, exchange->floats * sizeof *root->floats);
        memcpy(root->sums, own->sums, exchange->sums * sizeof *root->sums);
    }
    HONE_TRY(hone_internal_group_say(exchange->group, word, NULL));
    for (int k = 0; k < count; k++) {
        HONE_TRY(halve(exchange, &steps[k], k));
        if (k == 0)
            HONE_TRY(hone_internal_group_hear(exchange->group));
        HONE_TRY(join_half(exchange, &steps[k], count, team));
    }
    for (int k = count; k-- > 0;)
        HONE_TRY(double_back(exchange, &steps[k]));
    return hone_internal_group_finish(exchange->group);
}

hone_status hone_internal_exchange_add(hone_exchange *exchange, const hone_group_word *word,
                                       hone_bundle *const *parts, hone_bundle *root, hone_team *team)
{
    if (can_halve(exchange, word->rows))
        return add_by_halves(exchange, word, parts[0], root, team);
    HONE_TRY(hone_internal_exchange_collect(exchange, word, parts, root, team));
    return exchange->way == HONE_EXCHANGE_ALL ? HONE_OK : hone_internal_exchange_spread(exchange, word);
}
