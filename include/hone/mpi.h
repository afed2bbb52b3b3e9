/* Training over MPI: a group from a communicator. This header is all that there is: it is compiled with the
 * mpicc of the program, so that any MPI will do, and libhone itself knows none.
 *
 *     MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
 *     hone_group *group = hone_group_from_mpi(MPI_COMM_WORLD);
 *     hone_distribute(model, group);
 *     hone_fit(model, data, .batch_size = 2048, .shards = 16);
 *     hone_group_free(group);
 *     MPI_Finalize();
 *
 * Only MPI_Isend, MPI_Irecv and MPI_Test (MPI_Cancel of what a lost process owes) are called while it trains,
 * by the thread that called hone_fit, on a communicator of its own. Sums are not MPI's: their order would
 * depend on the number of processes. */
#ifndef HONE_MPI_H
#define HONE_MPI_H

#include <hone/distribution.h>
#include <mpi.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

typedef struct hone_mpi {
    MPI_Comm comm;
    char (*names)[MPI_MAX_PROCESSOR_NAME]; /* of each rank's machine */
} hone_mpi;

/* A request lies in the pointer of the parcel: it is a number or a pointer itself. */
typedef char hone_mpi_request_fits[sizeof(MPI_Request) <= sizeof(void *) ? 1 : -1];

static inline void hone_mpi_begin_parcel(const hone_mpi *mpi, hone_parcel *parcel)
{
    MPI_Request request = MPI_REQUEST_NULL;
    const int failed =
        parcel->sends
            ? MPI_Isend(parcel->data, (int)parcel->bytes, MPI_BYTE, parcel->peer, 0, mpi->comm, &request)
            : MPI_Irecv(parcel->data, (int)parcel->bytes, MPI_BYTE, parcel->peer, 0, mpi->comm, &request);
    parcel->begun = true;
    memcpy(&parcel->request, &request, sizeof request);
    if (failed != MPI_SUCCESS)
        parcel->state = parcel->sends ? HONE_PARCEL_DONE : HONE_PARCEL_LOST;
}

static inline bool hone_mpi_test_parcel(hone_parcel *parcel)
{
    MPI_Request request;
    int done = 0;
    memcpy(&request, &parcel->request, sizeof request);
    const int failed = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    memcpy(&parcel->request, &request, sizeof request);
    if (failed != MPI_SUCCESS)
        parcel->state = parcel->sends ? HONE_PARCEL_DONE : HONE_PARCEL_LOST;
    else if (done)
        parcel->state = HONE_PARCEL_DONE;
    return parcel->state != HONE_PARCEL_WAITS;
}

/* Nothing more may come into its memory. A receive is cancelled here alone, so that MPI_Wait returns. */
static inline void hone_mpi_cancel_parcel(hone_parcel *parcel)
{
    MPI_Request request;
    memcpy(&request, &parcel->request, sizeof request);
    if (request != MPI_REQUEST_NULL && MPI_Cancel(&request) == MPI_SUCCESS)
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    parcel->begun = false;
}

/* Gives up the processor more and more: ranks may be more than there are processors. */
static inline void hone_mpi_rest(int round)
{
    struct timeval nap = {0, 50}; /* microseconds */
    if (round > 200)
        select(0, NULL, NULL, NULL, &nap);
    else if (round > 20)
        sched_yield();
}

static inline void hone_mpi_advance(void *context, hone_parcel *parcels, int count, int milliseconds)
{
    hone_mpi *mpi = (hone_mpi *)context;
    const double end = MPI_Wtime() + milliseconds / 1e3;
    for (int i = 0; i < count; i++)
        if (parcels[i].state == HONE_PARCEL_WAITS && !parcels[i].begun)
            hone_mpi_begin_parcel(mpi, &parcels[i]);
        else if (parcels[i].state == HONE_PARCEL_LOST && !parcels[i].sends && parcels[i].begun)
            hone_mpi_cancel_parcel(&parcels[i]);
    for (int round = 0;; round++) {
        bool changed = false, waits = false;
        for (int i = 0; i < count; i++)
            if (parcels[i].state == HONE_PARCEL_WAITS) {
                changed = hone_mpi_test_parcel(&parcels[i]) || changed;
                waits = waits || parcels[i].state == HONE_PARCEL_WAITS;
            }
        if (changed || !waits || MPI_Wtime() >= end)
            return;
        hone_mpi_rest(round);
    }
}

static inline const char *hone_mpi_name(void *context, int rank)
{
    return ((hone_mpi *)context)->names[rank];
}

static inline void hone_mpi_close(void *context)
{
    hone_mpi *mpi = (hone_mpi *)context;
    int over = 0;
    MPI_Finalized(&over);
    if (!over)
        MPI_Comm_free(&mpi->comm);
    free(mpi->names);
    free(mpi);
}

/* Collective. False: MPI is not running, or there is no memory. */
static inline bool hone_mpi_open(MPI_Comm comm, hone_transport *transport)
{
    int running = 0, over = 0, length = 0;
    char name[MPI_MAX_PROCESSOR_NAME] = "";
    MPI_Initialized(&running);
    MPI_Finalized(&over);
    hone_mpi *mpi = running && !over ? (hone_mpi *)calloc(1, sizeof *mpi) : NULL;
    if (mpi == NULL || MPI_Comm_dup(comm, &mpi->comm) != MPI_SUCCESS) {
        free(mpi);
        return false;
    }
    memset(transport, 0, sizeof *transport);
    MPI_Comm_set_errhandler(mpi->comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(mpi->comm, &transport->rank);
    MPI_Comm_size(mpi->comm, &transport->ranks);
    mpi->names = (char(*)[MPI_MAX_PROCESSOR_NAME])calloc((size_t)transport->ranks, sizeof *mpi->names);
    MPI_Get_processor_name(name, &length);
    if (mpi->names == NULL || MPI_Allgather(name, sizeof name, MPI_CHAR, mpi->names, sizeof name, MPI_CHAR,
                                            mpi->comm) != MPI_SUCCESS) {
        hone_mpi_close(mpi);
        return false;
    }
    transport->context = mpi;
    transport->grace = 0.5;
    transport->advance = hone_mpi_advance;
    transport->name = hone_mpi_name;
    transport->close = hone_mpi_close;
    return true;
}

/* A group of the communicator's processes; all of them call it. To be freed before MPI_Finalize. NULL on
 * failure. */
static inline hone_group *hone_group_from_mpi(MPI_Comm comm)
{
    hone_transport transport;
    if (hone_mpi_open(comm, &transport))
        return hone_group_create(&transport);
    hone_fail(HONE_ERROR_STATE,
              "a group from MPI: MPI is not running (MPI_Init comes before, MPI_Finalize behind), or "
              "there is no memory");
    return NULL;
}

#endif
