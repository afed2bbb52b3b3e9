/* Fetching in the core alone: there is none, and asking for it says so. */
#include "base/error.h"
#include <hone/data.h>

#ifdef HONE_CORE_ONLY

hone_status hone_dataset_fetch_with(const char *name, const hone_dataset_fetch_args *args)
{
    (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without network access",
                     name ? name : "(no name)");
}

#endif
