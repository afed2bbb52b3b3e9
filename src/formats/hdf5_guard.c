/* The lock around HDF5, and what it prints. */
#include "formats/hdf5_guard.h"

#include <hone/files.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    void (*lock)(void *), (*unlock)(void *);
    void *context;
} host; /* under the mutex */

void hone_set_hdf5_lock(void (*lock)(void *context), void (*unlock)(void *context), void *context)
{
    pthread_mutex_lock(&mutex);
    host.lock = lock && unlock ? lock : NULL;
    host.unlock = lock && unlock ? unlock : NULL;
    host.context = context;
    pthread_mutex_unlock(&mutex);
}

static void take_locks(hone_hdf5_guard *guard)
{
    pthread_mutex_lock(&mutex);
    guard->unlock = host.unlock;
    guard->context = host.context;
    if (host.lock)
        host.lock(host.context);
}

static void release_locks(const hone_hdf5_guard *guard)
{
    if (guard->unlock)
        guard->unlock(guard->context);
    pthread_mutex_unlock(&mutex);
}

/* The library that is loaded must be of the headers' release series: types and constants are laid out by it.
 */
static hone_status check_version(void)
{
    unsigned major, minor, release;
    if (H5get_libversion(&major, &minor, &release) < 0)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory: the HDF5 library does not start");
    if (major == H5_VERS_MAJOR && minor == H5_VERS_MINOR)
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "Hone was built with HDF5 %d.%d, but the HDF5 library here has another version",
                     H5_VERS_MAJOR, H5_VERS_MINOR);
}

static void silence(hone_hdf5_guard *guard)
{
    guard->is_version2 = 1;
    H5Eauto_is_v2(H5E_DEFAULT, &guard->is_version2);
    if (guard->is_version2)
        H5Eget_auto2(H5E_DEFAULT, &guard->print2, &guard->print_data);
    else
        H5Eget_auto1(&guard->print1, &guard->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

hone_status hone_internal_hdf5_enter(hone_hdf5_guard *guard)
{
    *guard = (hone_hdf5_guard){0};
    take_locks(guard);
    hone_status status = check_version();
    if (status == HONE_OK && H5open() < 0)
        status = hone_fail(HONE_ERROR_UNSUPPORTED, "the HDF5 library cannot be initialized");
    if (status != HONE_OK) {
        release_locks(guard);
        return status;
    }
    silence(guard);
    H5PLget_loading_state(&guard->plugins);
    H5PLset_loading_state(0);
    return HONE_OK;
}

void hone_internal_hdf5_leave(const hone_hdf5_guard *guard)
{
    H5PLset_loading_state(guard->plugins);
    H5Eclear2(H5E_DEFAULT);
    if (guard->is_version2)
        H5Eset_auto2(H5E_DEFAULT, guard->print2, guard->print_data);
    else
        H5Eset_auto1(guard->print1, guard->print_data);
    release_locks(guard);
}

void hone_internal_hdf5_unique_name(char *name, size_t size)
{
    static unsigned long long last; /* under the mutex */
    snprintf(name, size, "hone:%llu", ++last);
}

/* The innermost entry of HDF5's error stack. */
static herr_t keep_reason(unsigned depth, const H5E_error2_t *error, void *reason)
{
    if (depth == 0 && error->desc)
        snprintf(reason, 100, "%s", error->desc);
    return 0;
}

void hone_internal_hdf5_reason(char *reason, size_t size)
{
    memset(reason, 0, size);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_reason, reason);
}
