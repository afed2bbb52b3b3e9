/* A group of processes: what they say to each other, and what they do when one fails.
 *
 * They talk in rounds. In a round everybody says a word to everybody, perhaps with a text and with numbers
 * behind it, and hears a word from everybody. All see the same words, so all decide the same: whether to
 * stop, whether all are at the same place, whether one has failed.
 *
 *     hone_internal_group_begin(group);
 *     hone_internal_group_say(group, &word, NULL);
 *     hone_internal_group_add(group, peer, true, numbers, bytes);     on their way while words are heard
 *     hone_internal_group_hear(group);
 *     hone_internal_group_add(group, peer, false, numbers, bytes);
 *     hone_internal_group_finish(group);
 *
 * A failure ends the group: it is kept, told to the others once, and returned from then on. */
#ifndef HONE_DISTRIBUTED_GROUP_H
#define HONE_DISTRIBUTED_GROUP_H

#include "base/error.h"
#include <hone/distribution.h>
#include <stdatomic.h>
#include <stdint.h>

/* X(name, place, what differs where hashes do) */
#define HONE_WORDS(X) \
    X(MEETING, "the start of a training", "the weights, the data or the settings at the start") \
    X(STEP, "step", "the learning rate, the momentum or the count of steps") \
    X(RESULTS, "the results of step", "") \
    X(EPOCH, "the end of the epoch after step", "the weights") \
    X(END, "the end of a training after step", "") \
    X(MOMENTS, "the moments of step", "the learning rate, the momentum or the count of steps") \
    X(SLOTS, "the optimizer's state after step", "") \
    X(NUMBER, "a number that all agree on", "") \
    X(FAILURE, "a failure", "")

typedef enum hone_group_word_kind {
#define HONE_WORD_KIND(name, place, differs) HONE_WORD_##name,
    HONE_WORDS(HONE_WORD_KIND)
#undef HONE_WORD_KIND
        HONE_WORD_KINDS
} hone_group_word_kind;

/* It is asked to stop; it has lost another; what runs when is recorded on it. */
enum { HONE_FLAG_STOP = 1, HONE_FLAG_LOST = 2, HONE_FLAG_TRACE = 4 };
enum { HONE_WORD_TEXT = 1024 };

typedef struct hone_group_word {
    uint32_t magic; /* the library's own, as all up to here */
    int32_t bytes;  /* of the text behind it, with its 0 */
    uint16_t kind, flags;
    uint32_t unused;
    int64_t step, rows; /* where it is; the batch's samples */
    uint64_t hash;      /* of what has to be the same on all */
    double number;
} hone_group_word;

hone_status hone_internal_group_begin(hone_group *group);
hone_status hone_internal_group_say(hone_group *group, const hone_group_word *word,
                                    const char *text); /* text may be NULL */
hone_status hone_internal_group_add(hone_group *group, int peer, bool sends, void *data, size_t bytes);
/* Also checks that kind, step, rows and hash are those of rank 0. */
hone_status hone_internal_group_hear(hone_group *group);
hone_status hone_internal_group_finish(hone_group *group);
/* A round without numbers. */
hone_status hone_internal_group_talk(hone_group *group, const hone_group_word *word, const char *text);

/* Of the round that was heard last. */
const char *hone_internal_group_text(const hone_group *group, int rank); /* "" when there was none */
double hone_internal_group_number(const hone_group *group, int rank);
unsigned hone_internal_group_flags(const hone_group *group); /* those that anybody set */

/* "rank 3 (node7)" */
const char *hone_internal_group_name(const hone_group *group, int rank, char *text, size_t size);
/* Where lines about waiting go, and where it stands that this process is asked to stop; either may be NULL.
 */
void hone_internal_group_listen(hone_group *group, void (*tell)(void *context, const char *line),
                                void *context, const atomic_int *stop);
/* Rounds so far, and in how many of them this rank's word came last. */
int64_t hone_internal_group_rounds(const hone_group *group);
int64_t hone_internal_group_late(const hone_group *group, int rank);
/* Nanoseconds that this process has waited for others. */
int64_t hone_internal_group_waited(const hone_group *group);

/* Of each rank, the most nanoseconds that this clock can be ahead of that one's. All call it together. */
hone_status hone_internal_group_clocks(hone_group *group, double *bounds);

/* The transport of hone_group_from_sockets; the sockets are its own, also on failure. */
hone_status hone_internal_sockets_open(int rank, int ranks, const int *files, hone_transport *transport);

#endif
