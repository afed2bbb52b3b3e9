/* cairo's functions, found when they are first needed. */
#include "charts/cairo.h"

#include "base/late.h"
#include <pthread.h>

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
hone_cairo hone_internal_cairo;

static const char *const files[] = {"libcairo.so.2", "libcairo.2.dylib", "libcairo-2.dll", NULL};
static const char *const functions[] = {
#define HONE_CAIRO_NAME(name) "cairo_" #name,
    HONE_CAIRO_FUNCTIONS(HONE_CAIRO_NAME)
#undef HONE_CAIRO_NAME
};
static const hone_late_library library = {
    .name = "libcairo",
    .use = "pictures are drawn by",
    .files = files,
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};

hone_status hone_internal_cairo_load(void)
{
    hone_status status = HONE_OK;
    pthread_mutex_lock(&loading);
    if (hone_internal_cairo.arc == NULL)
        status = hone_internal_late_load(&library, &hone_internal_cairo);
    pthread_mutex_unlock(&loading);
    return status;
}
