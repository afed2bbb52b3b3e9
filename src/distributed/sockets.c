/* Messages of a group over stream sockets. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/memory.h"
#include "distributed/group.h"

#ifdef _WIN32
hone_status hone_internal_sockets_open(int rank, int ranks, const int *files, hone_transport *transport)
{
    (void)rank, (void)ranks, (void)files, (void)transport;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "a group of processes needs the sockets of POSIX, which Windows does not have");
}
#else
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS: SO_NOSIGPIPE below */
#endif

typedef struct sockets {
    int ranks;
    int *files;          /* of each rank; -1: of its own, and of one that is no more */
    struct pollfd *wait; /* of each rank */
    hone_parcel_state
        *before; /* two of each rank, read and written: the parcels that were looked at so far */
} sockets;

static void close_all(void *context)
{
    sockets *self = context;
    for (int r = 0; self->files != NULL && r < self->ranks; r++)
        if (self->files[r] >= 0)
            close(self->files[r]);
    hone_internal_free(self->files);
    hone_internal_free(self->wait);
    hone_internal_free(self->before);
    hone_internal_free(self);
}

/* Some of its bytes; false when there is no more to be done now. */
static bool move_some(const sockets *self, hone_parcel *parcel)
{
    char *at = (char *)parcel->data + parcel->moved;
    const size_t left = parcel->bytes - parcel->moved;
    const int file = self->files[parcel->peer];
    const ssize_t count = parcel->sends ? send(file, at, left, MSG_DONTWAIT | MSG_NOSIGNAL)
                                        : recv(file, at, left, MSG_DONTWAIT);
    if (count > 0)
        parcel->moved += (size_t)count;
    else if (count < 0 && errno == EINTR)
        return true;
    else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return false;
    else
        parcel->state = parcel->sends ? HONE_PARCEL_DONE : HONE_PARCEL_LOST;
    if (parcel->moved == parcel->bytes)
        parcel->state = HONE_PARCEL_DONE;
    return true;
}

/* In the order of the list, of each direction of each socket: behind one that waits the others do too, and
 * what is behind a lost one is lost. Whether a state has changed. */
static bool move_all(sockets *self, hone_parcel *parcels, int count)
{
    bool changed = false;
    for (int i = 0; i < 2 * self->ranks; i++)
        self->before[i] = HONE_PARCEL_DONE;
    for (int i = 0; i < count; i++) {
        hone_parcel *parcel = &parcels[i];
        hone_parcel_state *before = &self->before[2 * parcel->peer + parcel->sends];
        while (parcel->state == HONE_PARCEL_WAITS && *before == HONE_PARCEL_DONE && move_some(self, parcel))
            ;
        if (parcel->state == HONE_PARCEL_WAITS && *before == HONE_PARCEL_LOST)
            parcel->state = HONE_PARCEL_LOST;
        if (*before == HONE_PARCEL_DONE)
            *before = parcel->state;
        changed = changed || (parcel->state != HONE_PARCEL_WAITS && !parcel->begun);
        parcel->begun = parcel->state != HONE_PARCEL_WAITS;
    }
    return changed;
}

static void advance(void *context, hone_parcel *parcels, int count, int milliseconds)
{
    sockets *self = context;
    if (move_all(self, parcels, count) || milliseconds == 0)
        return;
    for (int r = 0; r < self->ranks; r++)
        self->wait[r] = (struct pollfd){.fd = -1};
    for (int i = 0; i < count; i++)
        if (parcels[i].state == HONE_PARCEL_WAITS) {
            self->wait[parcels[i].peer].fd = self->files[parcels[i].peer];
            self->wait[parcels[i].peer].events |= parcels[i].sends ? POLLOUT : POLLIN;
        }
    if (poll(self->wait, (nfds_t)self->ranks, milliseconds) > 0)
        move_all(self, parcels, count);
}

/* What could not be taken over is closed. */
static sockets *take_over(int rank, int ranks, const int *files)
{
    const size_t count = (size_t)(ranks > 0 ? ranks : 1);
    sockets *self = hone_internal_allocate_zeroed(1, sizeof *self);
    int *own = hone_internal_allocate(sizeof *own * count);
    for (int r = 0; r < ranks; r++)
        if (own != NULL && self != NULL)
            own[r] = r == rank ? -1 : files[r];
        else if (r != rank)
            close(files[r]);
    if (own == NULL || self == NULL) {
        hone_internal_free(own);
        hone_internal_free(self);
        return NULL;
    }
#ifdef SO_NOSIGPIPE
    for (int r = 0; r < ranks; r++)
        if (r != rank)
            setsockopt(own[r], SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    self->files = own;
    self->ranks = ranks;
    self->wait = hone_internal_allocate_zeroed(count, sizeof *self->wait);
    self->before = hone_internal_allocate_zeroed(2 * count, sizeof *self->before);
    return self;
}

hone_status hone_internal_sockets_open(int rank, int ranks, const int *files, hone_transport *transport)
{
    sockets *self = take_over(rank, ranks, files);
    if (self == NULL)
        return HONE_ERROR_MEMORY;
    *transport = (hone_transport){
        .context = self, .rank = rank, .ranks = ranks, .advance = advance, .close = close_all};
    if (self->wait != NULL && self->before != NULL)
        return HONE_OK;
    close_all(self);
    return HONE_ERROR_MEMORY;
}
#endif
