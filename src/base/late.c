/* Libraries that are loaded late. */
#include "base/late.h"

#include "base/posix.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static void *open_first(const hone_late_library *library)
{
    void *handle = NULL;
    for (size_t i = 0; handle == NULL && library->files[i] != NULL; i++)
        handle = dlopen(library->files[i], RTLD_NOW | RTLD_LOCAL);
    return handle;
}

static hone_status load(const hone_late_library *library, void *table)
{
    void *handle = open_first(library);
    if (handle == NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s %s, which cannot be loaded: %s", library->use,
                         library->name, dlerror());
    void *function = NULL;
    for (size_t i = 0; i < library->count; i++)
        if (dlsym(handle, library->functions[i]) == NULL) {
            dlclose(handle);
            return hone_fail(HONE_ERROR_UNSUPPORTED, "%s %s, and the one here is too old: it has no %s",
                             library->use, library->name, library->functions[i]);
        }
    for (size_t i = 0; i < library->count; i++) {
        function = dlsym(handle, library->functions[i]);
        memcpy((char *)table + i * sizeof function, &function, sizeof function);
    }
    return HONE_OK;
}

static bool is_loaded(const void *table)
{
    void *first;
    memcpy(&first, table, sizeof first);
    return first != NULL;
}

hone_status hone_internal_late_load(const hone_late_library *library, void *table)
{
    hone_status status = HONE_OK;
    pthread_mutex_lock(&loading);
    if (!is_loaded(table)) {
        status = load(library, table);
        if (status == HONE_OK && library->begin != NULL)
            library->begin();
    }
    pthread_mutex_unlock(&loading);
    return status;
}
