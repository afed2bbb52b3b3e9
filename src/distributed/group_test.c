/* What processes say to each other: words that are equal, that differ, failures, and ends without a word. */
#include "distributed/group.h"
#include "testing/ranks.h"

#include <stdio.h>
#include <string.h>

enum { MOST = TESTING_MOST_RANKS };

/* What each rank came to. */
typedef struct outcome {
    hone_status status;
    char message[512];
    double greatest;
    unsigned flags;
    bool lost, writes;
} outcome;

typedef struct trial {
    int ranks, odd; /* the rank that does otherwise */
    void (*otherwise)(hone_group *group, hone_group_word *word);
    outcome of[MOST];
} trial;

static void note(trial *t, hone_group *group, hone_status status)
{
    outcome *own = &t->of[hone_group_rank(group)];
    own->status = status;
    own->lost = hone_group_lost(group);
    own->writes = hone_group_writes(group);
    if (status < 0)
        snprintf(own->message, sizeof own->message, "%s", hone_error_message());
}

/* ---- rounds ---- */

static void agree(void *context, hone_group *group)
{
    trial *t = context;
    const int rank = hone_group_rank(group);
    hone_status status = HONE_OK;
    for (int round = 0; round < 40 && status >= 0; round++) {
        const hone_group_word word = {
            .kind = HONE_WORD_STEP, .step = round, .flags = rank == 1 && round == 39};
        char text[64];
        snprintf(text, sizeof text, "rank %d in round %d", rank, round);
        status = hone_internal_group_talk(group, &word, rank % 2 == 0 ? text : NULL);
        snprintf(text, sizeof text, "rank 0 in round %d", round);
        if (strcmp(hone_internal_group_text(group, 0), text) != 0)
            status = hone_fail(HONE_ERROR_STATE, "received \"%s\"", hone_internal_group_text(group, 0));
    }
    t->of[rank].flags = hone_internal_group_flags(group);
    if (status >= 0)
        status = hone_group_greatest(group, rank == 2 ? 7 : -rank, &t->of[rank].greatest);
    note(t, group, status);
}

TEST(all_hear_all)
{
    for (int ranks = 1; ranks <= 8; ranks++) {
        trial t = {.ranks = ranks};
        testing_run_ranks(ranks, agree, &t);
        for (int r = 0; r < ranks; r++) {
            assert_string_equal(t.of[r].message, "");
            assert_int_equal(t.of[r].flags, ranks > 1 ? HONE_FLAG_STOP : 0);
            assert_true(t.of[r].greatest == (ranks > 2 ? 7 : 0));
            assert_int_equal(t.of[r].writes, r == 0);
        }
    }
}

/* ---- one that does otherwise ---- */

static void run_odd(void *context, hone_group *group)
{
    trial *t = context;
    hone_group_word word = {.kind = HONE_WORD_STEP, .step = 11, .rows = 32, .hash = 5};
    hone_group_set_patience(group, 0.3);
    const bool odd = hone_group_rank(group) == t->odd;
    if (odd)
        t->otherwise(group, &word);
    if (odd && word.kind == HONE_WORD_KINDS)
        return;
    note(t, group, hone_internal_group_talk(group, &word, NULL));
    if (hone_internal_group_talk(group, &word, NULL) >= 0 && t->of[0].status < 0)
        t->of[hone_group_rank(group)].status = HONE_OK; /* a group that failed goes on failing */
}

static void is_late(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->step = 10;
}
static void has_other_rows(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->rows = 31;
}
static void has_another_rate(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->hash = 6;
}
static void is_at_the_end(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->kind = HONE_WORD_END;
}
static void is_another_release(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->kind = 77;
}
static void goes_without_a_word(hone_group *group, hone_group_word *word)
{
    (void)group;
    word->kind = HONE_WORD_KINDS;
}
static void fails(hone_group *group, hone_group_word *word)
{
    hone_fail(HONE_ERROR_DATA, "x.npy: the file ends 784 bytes too soon");
    hone_group_fail(group);
    word->kind = HONE_WORD_KINDS;
}
static void sleeps(hone_group *group, hone_group_word *word)
{
    (void)group;
    usleep(2000 * 1000);
    word->kind = HONE_WORD_KINDS;
}

static const struct {
    const char *name;
    void (*otherwise)(hone_group *group, hone_group_word *word);
    const char *message;
    bool lost;
} odd_ones[] = {
    {"a step behind", is_late, "rank 2 is at step 11, rank 0 at step 12: all must do the same", false},
    {"at the end", is_at_the_end, "rank 2 is at the end of a training after step 12, rank 0 at step 12",
     false},
    {"other rows", has_other_rows, "step 12: the batch has 31 samples on rank 2, 32 on rank 0", false},
    {"another rate", has_another_rate,
     "step 12: the learning rate, the momentum or the count of steps differ on rank 2", false},
    {"another release", is_another_release, "rank 2 says what this release of Hone does not understand",
     false},
    {"a failure", fails, "rank 2: x.npy: the file ends 784 bytes too soon", false},
    {"gone", goes_without_a_word, "rank 2 was lost at step 12: it was killed", true},
    {"silent", sleeps, "rank 2 said nothing for 0.", true},
};

TEST_EACH(all_others_say_the_same_of_one, odd_ones)
{
    for (int ranks = 3; ranks <= 5; ranks++) {
        trial t = {.ranks = ranks, .odd = 2, .otherwise = row->otherwise};
        testing_run_ranks(ranks, run_odd, &t);
        for (int r = 0; r < ranks; r++) {
            if (r == t.odd)
                continue;
            assert_true(t.of[r].status < 0);
            if (strstr(t.of[r].message, row->message) == NULL)
                fail_msg("rank %d of %d: %s", r, ranks, t.of[r].message);
            assert_int_equal(t.of[r].lost, row->lost);
        }
    }
}

TEST(the_first_that_is_left_writes)
{
    trial t = {.ranks = 4, .odd = 0, .otherwise = goes_without_a_word};
    testing_run_ranks(4, run_odd, &t);
    for (int r = 1; r < 4; r++) {
        assert_true(t.of[r].lost);
        assert_int_equal(t.of[r].writes, r == 1);
        assert_non_null(strstr(t.of[r].message, "rank 0 was lost at step 12"));
    }
}

/* ---- sockets ---- */

/* What a peer sent before it ended comes whole; all that it owes is lost at once, however much that is. */
TEST(all_that_a_peer_owes_is_lost_with_it)
{
    int files[2][TESTING_MOST_RANKS] = {{0}};
    hone_transport transport;
    char got[3][4] = {{0}};
    hone_parcel parcels[3];
    testing_connect(2, files);
    assert_int_equal(hone_internal_sockets_open(0, 2, files[0], &transport), HONE_OK);
    assert_int_equal(send(files[1][0], "word", 4, 0), 4);
    close(files[1][0]);
    for (int i = 0; i < 3; i++)
        parcels[i] = (hone_parcel){.peer = 1, .data = got[i], .bytes = 4};
    transport.advance(transport.context, parcels, 3, 0);
    transport.close(transport.context);
    assert_int_equal(parcels[0].state, HONE_PARCEL_DONE);
    assert_memory_equal(got[0], "word", 4);
    assert_int_equal(parcels[1].state, HONE_PARCEL_LOST);
    assert_int_equal(parcels[2].state, HONE_PARCEL_LOST);
}

/* ---- what is waited for is told ---- */

static void tell(void *context, const char *line)
{
    snprintf(context, 256, "%s", line);
}

TEST(ranks_that_do_not_exist_are_refused)
{
    assert_null(hone_group_from_sockets(1, 1, (int[]){-1}));
    assert_non_null(strstr(hone_error_message(), "a group of 1 processes has no rank 1"));
    char line[256] = "";
    hone_group *group = hone_group_from_sockets(0, 1, (int[]){-1});
    hone_internal_group_listen(group, tell, line, NULL);
    double greatest;
    assert_int_equal(hone_group_greatest(group, 3, &greatest), HONE_OK);
    assert_true(greatest == 3 && line[0] == '\0');
    hone_group_free(group);
    assert_int_equal(hone_group_ranks(NULL), 1);
    assert_int_equal(hone_group_rank(NULL), 0);
    hone_group_free(NULL);
}
