/* Rounds of words among the processes of a group. */
#include "distributed/group.h"
#include "base/clock.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 0x656e6f48, PAUSE = 200, GOODBYE = 2000 }; /* milliseconds */
enum { PATIENCE = 1800, TOLD_AFTER = 60 };                /* seconds */

/* A word as it comes in, with its text. */
typedef struct heard {
    hone_group_word word;
    char text[HONE_WORD_TEXT];
    bool lost;
    double silent; /* seconds after which it was given up; 0: the transport saw that it is no more */
    int64_t late;  /* rounds in which it came last */
} heard;

struct hone_group {
    hone_transport transport;
    double patience, told_after; /* seconds */
    hone_parcel *list;           /* of this round */
    size_t count, room;
    size_t said; /* parcels of the list that send */
    hone_group_word own;
    char own_text[HONE_WORD_TEXT];
    heard *heard; /* of each rank */
    bool failed, lost, told;
    hone_failure failure;
    void (*tell)(void *context, const char *line);
    void *tell_context;
    const atomic_int *stop;
    double longest; /* seconds that all of a round took */
    int64_t rounds, waited;
};

/* ---- making and ending one ---- */

hone_group *hone_group_create(const hone_transport *transport)
{
    hone_group *group = NULL;
    if (transport->ranks < 1 || transport->rank < 0 || transport->rank >= transport->ranks)
        hone_fail(HONE_ERROR_ARGUMENT, "a group of %d processes has no rank %d", transport->ranks,
                  transport->rank);
    else
        group = hone_internal_allocate_zeroed(1, sizeof *group);
    if (group != NULL) {
        group->heard = hone_internal_allocate_zeroed((size_t)transport->ranks, sizeof *group->heard);
        group->patience = PATIENCE;
        group->told_after = TOLD_AFTER;
        group->transport = *transport;
    }
    if (group != NULL && group->heard != NULL)
        return group;
    transport->close(transport->context);
    hone_internal_free(group);
    return NULL;
}

hone_group *hone_group_from_sockets(int rank, int ranks, const int *files)
{
    hone_transport transport;
    return hone_internal_sockets_open(rank, ranks, files, &transport) < 0 ? NULL
                                                                          : hone_group_create(&transport);
}

void hone_group_free(hone_group *group)
{
    if (group == NULL)
        return;
    group->transport.close(group->transport.context);
    hone_internal_free(group->list);
    hone_internal_free(group->heard);
    hone_internal_free(group);
}

int hone_group_rank(const hone_group *group)
{
    return group == NULL ? 0 : group->transport.rank;
}
int hone_group_ranks(const hone_group *group)
{
    return group == NULL ? 1 : group->transport.ranks;
}
void hone_group_set_patience(hone_group *group, double seconds)
{
    if (group == NULL || !(seconds > 0))
        return;
    group->patience = seconds;
    group->told_after = seconds < 2.0 * TOLD_AFTER ? seconds / 2 : TOLD_AFTER;
}
bool hone_group_failed(const hone_group *group)
{
    return group != NULL && group->failed;
}
bool hone_group_lost(const hone_group *group)
{
    return group != NULL && group->lost;
}

const char *hone_internal_group_name(const hone_group *group, int rank, char *text, size_t size)
{
    const hone_transport *transport = &group->transport;
    const char *machine = transport->name == NULL ? NULL : transport->name(transport->context, rank);
    if (machine == NULL)
        snprintf(text, size, "rank %d", rank);
    else
        snprintf(text, size, "rank %d (%s)", rank, machine);
    return text;
}

void hone_internal_group_listen(hone_group *group, void (*tell)(void *context, const char *line),
                                void *context, const atomic_int *stop)
{
    group->tell = tell;
    group->tell_context = context;
    group->stop = stop;
}

bool hone_group_writes(const hone_group *group)
{
    for (int r = 0; r < hone_group_rank(group); r++)
        if (!group->heard[r].lost)
            return false;
    return true;
}

const char *hone_internal_group_text(const hone_group *group, int rank)
{
    return group->heard[rank].text;
}
double hone_internal_group_number(const hone_group *group, int rank)
{
    return group->heard[rank].word.number;
}
int64_t hone_internal_group_rounds(const hone_group *group)
{
    return group->rounds;
}
int64_t hone_internal_group_late(const hone_group *group, int rank)
{
    return group->heard[rank].late;
}
int64_t hone_internal_group_waited(const hone_group *group)
{
    return group->waited;
}

unsigned hone_internal_group_flags(const hone_group *group)
{
    unsigned flags = 0;
    for (int r = 0; r < group->transport.ranks; r++)
        flags |= group->heard[r].word.flags;
    return flags;
}

/* ---- places ---- */

static const struct {
    const char *place, *differs;
} kinds[] = {
#define KIND(name, place, differs) {place, differs},
    HONE_WORDS(KIND)
#undef KIND
};

/* "step 12", "the start of a training" */
static const char *place_of(const hone_group_word *word, char *text, size_t size)
{
    const char *place = kinds[word->kind].place;
    if (strcmp(place + strlen(place) - 4, "step") == 0)
        snprintf(text, size, "%s %lld", place, (long long)word->step + 1);
    else
        snprintf(text, size, "%s", place);
    return text;
}

/* ---- failures ---- */

static hone_status keep_failure(hone_group *group)
{
    hone_internal_error_take(&group->failure);
    group->failed = true;
    return group->failure.status;
}

static int move_on(hone_group *group, size_t first, double seconds);

/* What is still to be received is no longer wanted: the transport lets go of its memory. */
static void drop_receives(hone_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (!group->list[i].sends && group->list[i].state == HONE_PARCEL_WAITS)
            group->list[i].state = HONE_PARCEL_LOST;
    group->transport.advance(group->transport.context, group->list, (int)group->count, 0);
}

/* Behind what is on its way already. Whoever does not take it in time has a failure of his own. */
static void tell_others(hone_group *group, const char *text, uint16_t flags)
{
    size_t kept = 0;
    drop_receives(group);
    for (size_t i = 0; i < group->count; i++)
        if (group->list[i].sends && group->list[i].state == HONE_PARCEL_WAITS)
            group->list[kept++] = group->list[i];
    group->count = kept;
    group->told = true;
    const hone_group_word word = {.kind = HONE_WORD_FAILURE, .flags = flags};
    if (hone_internal_group_say(group, &word, text) >= 0)
        move_on(group, 0, GOODBYE / 1e3);
    group->count = 0;
}

void hone_group_fail(hone_group *group)
{
    char name[128], text[HONE_WORD_TEXT];
    if (group == NULL || group->told)
        return;
    hone_failure failure;
    snprintf(text, sizeof text, "%s: %s",
             hone_internal_group_name(group, hone_group_rank(group), name, sizeof name),
             hone_error_message());
    hone_internal_error_take(&failure);
    if (!group->failed) /* else all others know as much */
        tell_others(group, text, 0);
    group->failed = group->told = true;
    group->failure = failure;
    hone_internal_error_raise(&failure);
}

/* ---- a round ---- */

hone_status hone_internal_group_begin(hone_group *group)
{
    if (group->failed)
        return hone_internal_error_raise(&group->failure);
    group->count = 0;
    return HONE_OK;
}

hone_status hone_internal_group_add(hone_group *group, int peer, bool sends, void *data, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        const size_t left = bytes - done,
                     part = left < (size_t)HONE_LARGEST_PARCEL ? left : (size_t)HONE_LARGEST_PARCEL;
        HONE_TRY(hone_internal_grow(&group->list, &group->room, group->count + 1, sizeof *group->list));
        group->list[group->count++] =
            (hone_parcel){.peer = peer, .sends = sends, .data = (char *)data + done, .bytes = part};
        done += part;
    }
    return HONE_OK;
}

hone_status hone_internal_group_say(hone_group *group, const hone_group_word *word, const char *text)
{
    heard *self = &group->heard[group->transport.rank];
    group->own = *word;
    group->own.magic = MAGIC;
    snprintf(group->own_text, sizeof group->own_text, "%s", text == NULL ? "" : text);
    group->own.bytes = text == NULL ? 0 : (int32_t)strlen(group->own_text) + 1;
    self->word = group->own;
    memcpy(self->text, group->own_text, sizeof self->text);
    for (int r = 0; r < group->transport.ranks; r++) {
        if (r == group->transport.rank || group->heard[r].lost)
            continue;
        HONE_TRY(hone_internal_group_add(group, r, true, &group->own, sizeof group->own));
        HONE_TRY(hone_internal_group_add(group, r, true, group->own_text, (size_t)group->own.bytes));
    }
    return HONE_OK;
}

/* The first parcel from here on that waits; `count` when there is none. */
static size_t first_waiting(const hone_group *group, size_t first)
{
    while (first < group->count && group->list[first].state != HONE_PARCEL_WAITS)
        first++;
    return first;
}

static void tell_waiting(const hone_group *group, size_t waiting, double seconds)
{
    char name[128], place[64], line[256];
    if (group->tell == NULL || waiting >= group->count)
        return;
    snprintf(line, sizeof line, "waiting for %s at %s for %.0f s\n",
             hone_internal_group_name(group, group->list[waiting].peer, name, sizeof name),
             place_of(&group->own, place, sizeof place), seconds);
    group->tell(group->tell_context, line);
}

static bool is_asked(const hone_group *group)
{
    return group->transport.grace > 0 && group->stop != NULL && atomic_load(group->stop) != 0;
}

static double grace_of(const hone_group *group)
{
    return group->transport.grace > 3 * group->longest ? group->transport.grace : 3 * group->longest;
}

/* Those that are still waited for after so many seconds are lost. */
static void give_up(hone_group *group, size_t first, double seconds)
{
    for (size_t waiting; (waiting = first_waiting(group, first)) < group->count;) {
        group->list[waiting].state = HONE_PARCEL_LOST;
        group->heard[group->list[waiting].peer].silent = seconds;
    }
    group->transport.advance(group->transport.context, group->list, (int)group->count,
                             0); /* lets go of them */
}

/* Until all parcels from `first` on are done or lost, as they are after so many seconds. Returns who was
 * waited for last, or this rank when nobody was. */
static int move_on(hone_group *group, size_t first, double seconds)
{
    const double begun = hone_internal_now();
    double told = group->told_after, asked = 0;
    int last = group->transport.rank;
    size_t waiting;
    group->transport.advance(group->transport.context, group->list, (int)group->count, 0);
    while ((waiting = first_waiting(group, first)) < group->count) {
        last = group->list[waiting].peer;
        if (is_asked(group) && seconds > grace_of(group) && asked == 0)
            asked = hone_internal_now();
        const double left = (asked > 0 ? asked + grace_of(group) : begun + seconds) - hone_internal_now();
        if (left <= 0)
            break;
        group->transport.advance(group->transport.context, group->list, (int)group->count,
                                 left * 1e3 < PAUSE ? (int)ceil(left * 1e3) : PAUSE);
        if (hone_internal_now() - begun < told)
            continue;
        tell_waiting(group, first_waiting(group, first), told);
        told *= 2;
    }
    const double took = hone_internal_now() - begun;
    if (first_waiting(group, first) < group->count)
        give_up(group, first, asked > 0 ? 0 : took);
    group->waited += (int64_t)(took * 1e9);
    group->longest = took > group->longest && asked == 0 ? took : group->longest;
    return last;
}

static void note_lost(hone_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->list[i].state == HONE_PARCEL_LOST)
            group->heard[group->list[i].peer].lost = true;
}

/* Notes who is lost, and tells the others. */
static hone_status fail_lost(hone_group *group, int rank)
{
    char name[128], place[64];
    note_lost(group);
    group->lost = true;
    const char *who = hone_internal_group_name(group, rank, name, sizeof name),
               *where = place_of(&group->own, place, sizeof place);
    if (group->heard[rank].silent > 0)
        hone_fail(
            HONE_ERROR_STATE,
            "%s said nothing for %.3g s at %s and counts as lost: it hangs, or its machine or the cable to it is gone",
            who, group->heard[rank].silent, where);
    else
        hone_fail(HONE_ERROR_STATE,
                  "%s was lost at %s: it was killed, or its machine or the cable to it is gone", who, where);
    keep_failure(group);
    tell_others(group, group->failure.sentence, HONE_FLAG_LOST);
    return hone_internal_error_raise(&group->failure);
}

static hone_status check_lost(hone_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->list[i].state == HONE_PARCEL_LOST)
            return fail_lost(group, group->list[i].peer);
    return HONE_OK;
}

/* One that failed by itself is told before one that lost another. */
static hone_status check_failures(hone_group *group)
{
    for (int lost = 0; lost < 2; lost++)
        for (int r = 0; r < group->transport.ranks; r++) {
            const heard *other = &group->heard[r];
            if (other->lost || other->word.kind != HONE_WORD_FAILURE ||
                ((other->word.flags & HONE_FLAG_LOST) != 0) != (lost == 1))
                continue;
            group->lost = lost == 1;
            hone_fail(HONE_ERROR_STATE, "%s", other->text);
            return keep_failure(group);
        }
    return HONE_OK;
}

static hone_status check_same(hone_group *group)
{
    char name[128], own[64], others[64];
    const hone_group_word *first = &group->heard[0].word;
    for (int r = 1; r < group->transport.ranks; r++) {
        const hone_group_word *word = &group->heard[r].word;
        hone_internal_group_name(group, r, name, sizeof name);
        if (word->kind != first->kind || word->step != first->step)
            hone_fail(HONE_ERROR_STATE, "%s is at %s, rank 0 at %s: all must do the same", name,
                      place_of(word, others, sizeof others), place_of(first, own, sizeof own));
        else if (word->rows != first->rows)
            hone_fail(HONE_ERROR_DATA,
                      "%s: the batch has %lld samples on %s, %lld on rank 0: their data differ",
                      place_of(first, own, sizeof own), (long long)word->rows, name, (long long)first->rows);
        else if (word->hash != first->hash)
            hone_fail(HONE_ERROR_STATE, "%s: %s differ on %s from those of rank 0",
                      place_of(first, own, sizeof own), kinds[first->kind].differs, name);
        else
            continue;
        return keep_failure(group);
    }
    return HONE_OK;
}

/* Words are of this library, and texts as long as they may be. */
static hone_status check_sound(hone_group *group)
{
    char name[128];
    for (int r = 0; r < group->transport.ranks; r++) {
        const hone_group_word *word = &group->heard[r].word;
        if (group->heard[r].lost || (word->magic == MAGIC && word->kind < HONE_WORD_KINDS &&
                                     word->bytes >= 0 && word->bytes <= HONE_WORD_TEXT))
            continue;
        hone_fail(HONE_ERROR_STATE, "%s says what this release of Hone does not understand",
                  hone_internal_group_name(group, r, name, sizeof name));
        return keep_failure(group);
    }
    return HONE_OK;
}

static hone_status hear_words(hone_group *group, size_t *first)
{
    *first = group->count;
    for (int r = 0; r < group->transport.ranks; r++)
        if (r != group->transport.rank)
            HONE_TRY(
                hone_internal_group_add(group, r, false, &group->heard[r].word, sizeof(hone_group_word)));
    return HONE_OK;
}

static hone_status hear_texts(hone_group *group)
{
    const size_t first = group->count;
    for (int r = 0; r < group->transport.ranks; r++) {
        heard *other = &group->heard[r];
        if (r == group->transport.rank || other->lost)
            continue;
        other->text[0] = '\0';
        HONE_TRY(hone_internal_group_add(group, r, false, other->text, (size_t)other->word.bytes));
    }
    move_on(group, first, group->patience);
    for (int r = 0; r < group->transport.ranks; r++)
        group->heard[r].text[HONE_WORD_TEXT - 1] = '\0';
    return HONE_OK;
}

hone_status hone_internal_group_hear(hone_group *group)
{
    size_t first;
    HONE_TRY(hear_words(group, &first));
    group->heard[move_on(group, first, group->patience)].late++;
    group->rounds++;
    note_lost(group);
    HONE_TRY(check_sound(group));
    HONE_TRY(hear_texts(group));
    HONE_TRY(check_failures(group));
    HONE_TRY(check_lost(group));
    return check_same(group);
}

hone_status hone_internal_group_finish(hone_group *group)
{
    move_on(group, 0, group->patience);
    return check_lost(group);
}

hone_status hone_internal_group_talk(hone_group *group, const hone_group_word *word, const char *text)
{
    HONE_TRY(hone_internal_group_begin(group));
    HONE_TRY(hone_internal_group_say(group, word, text));
    HONE_TRY(hone_internal_group_hear(group));
    return hone_internal_group_finish(group);
}
