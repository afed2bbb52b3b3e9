/* Training one model by several processes, on one machine or on many, with the bits of one process.
 *
 * Each process has the model and its data, and calls hone_fit with the same arguments. Of each batch it
 * trains on some of the shards (`shards` of hone_fit); what all shards make is added up in the order that one
 * process has, so that the result does not depend on the number of processes. Rank 0 shows progress and
 * writes files.
 *
 *     hone_group *group = hone_group_from_sockets(rank, ranks, sockets);
 *     hone_distribute(model, group);
 *     hone_fit(model, data, .batch_size = 2048, .shards = 16);
 *     hone_group_free(group);
 *
 * An error, or hone_model_stop, on one of them ends the fit of all after the same step. */
#ifndef HONE_DISTRIBUTION_H
#define HONE_DISTRIBUTION_H

#include <hone/callbacks.h>
#include <hone/model.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_group hone_group;

/* A group over stream sockets (socketpair, TCP) that are connected already: sockets[r] to rank r, that of its
 * own rank is ignored. They become the group's, also on failure. NULL on failure. */
hone_group *hone_group_from_sockets(int rank, int ranks, const int *sockets);
/* Says goodbye and closes. A process that ends without it is lost to the others. Accepts NULL. */
void hone_group_free(hone_group *group);
int hone_group_rank(const hone_group *group);  /* from 0; 0 for NULL */
int hone_group_ranks(const hone_group *group); /* 1 for NULL */
/* For how many seconds a process that says nothing is waited for before it counts as lost: 1800 unless said.
 */
void hone_group_set_patience(hone_group *group, double seconds);
/* The group is of no more use: a process failed, or was lost. */
bool hone_group_failed(const hone_group *group);
bool hone_group_lost(const hone_group *group); /* that is why: some process is no more */
/* Whether this process writes and says what all have: rank 0, and when processes were lost the first that was
 * not. */
bool hone_group_writes(const hone_group *group);
/* Tells all others the last failure of this thread, which ends what they do together. For failures outside of
 * hone_fit, such as a data set that cannot be read here. */
void hone_group_fail(hone_group *group);
/* The greatest of the numbers that all bring; all call it at the same place of the program. Below zero is
 * a failure. */
hone_status hone_group_greatest(hone_group *group, double number, double *greatest);

/* From now on each fit of this model is shared with the group, which must live as long; NULL: no longer. */
hone_status hone_distribute(hone_model *model, hone_group *group);
/* Of a fit: 0 where it is not shared. Callbacks that write files do so on rank 0 alone. */
int hone_trainer_rank(const hone_trainer *trainer);
/* Shards of a batch of so many samples in a fit that is shared and does not say how many: the largest power
 * of two up to 64 that leaves each at least 128 samples. */
int64_t hone_default_shards(int64_t batch_size);

/* What a step takes on 1 .. ranks processes that share it, as text: from what a shard takes here, and the
 * arithmetic of a link: "processes" of one machine, "1GbE", "10GbE", "25GbE", "100Gbit". `shards` 0: as many
 * as are chosen. Runs the model, which moves statistics of batch normalisation. To be freed with hone_free;
 * NULL on failure. */
char *hone_model_forecast(hone_model *model, int64_t batch_size, int64_t shards, int ranks, const char *link);
/* The same as a number: how many times as fast as one process so many are; below 1 they are slower. */
hone_status hone_model_forecast_speed(hone_model *model, int64_t batch_size, int64_t shards, int ranks,
                                      const char *link, double *speed);

/* ---- other ways to carry messages ---- */

enum { HONE_LARGEST_PARCEL = 1 << 30 }; /* bytes */

typedef enum hone_parcel_state {
    HONE_PARCEL_WAITS,
    HONE_PARCEL_DONE,
    HONE_PARCEL_LOST /* the other end is no more */
} hone_parcel_state;

/* A piece of memory on its way to another process, or from one. */
typedef struct hone_parcel {
    int peer;
    bool sends;
    hone_parcel_state state;
    void *data;
    size_t bytes; /* from 1 to HONE_LARGEST_PARCEL */
    /* The transport's own; zero at the start. */
    size_t moved;
    bool begun;
    void *request;
} hone_parcel;

typedef struct hone_transport {
    void *context;
    int rank, ranks;
    /* Moves parcels on, and waits at most so long for one to change its state. Those to a peer arrive there
     * in the order in which they are given, and are received with the same sizes. Between two calls the list
     * may grow and move; what is begun stays in it until it is done, unless the transport is closed. A
     * parcel to a peer that is no more is done: what is to be read from that peer tells. One to be received
     * that the caller has marked HONE_PARCEL_LOST is no longer wanted: after the next call nothing comes into
     * its memory. */
    void (*advance)(void *context, hone_parcel *parcels, int count, int milliseconds);
    const char *(*name)(void *context,
                        int rank); /* of the machine of a rank; NULL, or may return NULL: not known */
    /* Of a transport that does not see that a process is no more: once this process is asked to stop, one
     * that says nothing for so many seconds is lost (or thrice what was ever waited for, if that is longer).
     * 0: it sees. */
    double grace;
    void (*close)(void *context);
} hone_transport;

/* Takes the transport over, also on failure. */
hone_group *hone_group_create(const hone_transport *transport);

#ifdef __cplusplus
}
#endif
#endif
