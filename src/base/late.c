/* Libraries that are loaded late. */
#include "base/late.h"

#include "base/posix.h"
#include <string.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif

static void *open_first(const hone_late_library *library)
{
    void *handle = NULL;
    for (size_t i = 0; handle == NULL && library->files[i] != NULL; i++)
        handle = dlopen(library->files[i], RTLD_NOW | RTLD_LOCAL);
    return handle;
}

hone_status hone_internal_late_load(const hone_late_library *library, void *table)
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
