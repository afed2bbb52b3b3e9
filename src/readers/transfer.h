/* One file over HTTPS, of a size and SHA-256 that are known beforehand. */
#ifndef HONE_READERS_TRANSFER_H
#define HONE_READERS_TRANSFER_H

#include "base/error.h"
#include <hone/data.h>
#include <stdbool.h>

typedef struct hone_transfer {
    const char *url, *path; /* from, to */
    const char *name;       /* of the file, for messages and progress */
    int64_t bytes;
    const char *sha256;
    const char *ca_file; /* or NULL */
    double patience;     /* seconds */
    hone_fetch_function *progress;
    void *context;
} hone_transfer;

/* HTTPS only, redirects (at most 5) too. Written to "<path>.incomplete", where an interrupted transfer goes
 * on; when size and checksum are right, synced and renamed. A file of the right checksum at `path` is left as
 * it is, one of another checksum is never replaced. */
hone_status hone_internal_transfer(const hone_transfer *transfer);

#endif
