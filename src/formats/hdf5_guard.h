/* The way into HDF5: one lock around its calls, its printing off, plug-ins off, and all as it was before on
 * the way out. */
#ifndef HONE_FORMATS_HDF5_GUARD_H
#define HONE_FORMATS_HDF5_GUARD_H

#include "base/error.h"
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* HDF5's header and library of different releases: its own check would end the process, ours (enter) fails.
 */
#undef H5CHECK
#define H5CHECK

typedef struct hone_hdf5_guard {
    unsigned is_version2; /* of what prints errors */
    H5E_auto1_t print1;
    H5E_auto2_t print2;
    void *print_data;
    unsigned plugins;
    void (*unlock)(void *);
    void *context;
} hone_hdf5_guard;

/* Every call into HDF5 stands between these two; leave is called when enter has succeeded, and only then. */
hone_status hone_internal_hdf5_enter(hone_hdf5_guard *guard);
void hone_internal_hdf5_leave(const hone_hdf5_guard *guard);

/* A name for a file in memory that no other open one has: HDF5 takes two of the same name for the same file.
 * Of at least 40 bytes. */
void hone_internal_hdf5_unique_name(char *name, size_t size);

/* What HDF5 gives as the reason of the last failure, "" when nothing; of at least 100 bytes. */
void hone_internal_hdf5_reason(char *reason, size_t size);

#endif
