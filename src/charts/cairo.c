/* cairo's functions, found when they are first needed. */
#include "charts/cairo.h"

#include "base/late.h"

hone_cairo hone_internal_cairo;

static const char *const files[] = {"libcairo.so.2", "libcairo.2.dylib", "libcairo-2.dll", NULL};
static const char *const functions[] = {
#define HONE_CAIRO_NAME(name) "cairo_" #name,
    HONE_CAIRO_FUNCTIONS(HONE_CAIRO_NAME)
#undef HONE_CAIRO_NAME
};

hone_status hone_internal_cairo_load(void)
{
    static const hone_late_library library = {
        .name = "libcairo",
        .use = "pictures are drawn by",
        .files = files,
        .functions = functions,
        .count = sizeof functions / sizeof *functions,
    };
    return hone_internal_late_load(&library, &hone_internal_cairo);
}
