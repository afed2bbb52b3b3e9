/* Files: what a host needs to know. Saving and loading models is in hone/model.h. */
#ifndef HONE_FORMATS_H
#define HONE_FORMATS_H

#ifdef __cplusplus
extern "C" {
#endif

/* For a program that uses HDF5 itself from several threads: every stretch of calls that Hone makes into HDF5
 * runs between `lock(context)` and `unlock(context)`. They are called in pairs, in one thread, never nested;
 * the program must not hold the lock when it calls Hone unless the lock may be taken twice by one thread.
 * NULL for both: only Hone's own lock. To be set before other threads load or save. */
void hone_set_hdf5_lock(void (*lock)(void *context), void (*unlock)(void *context), void *context);

#ifdef __cplusplus
}
#endif
#endif
