/* Model files in the core alone: there are none, and asking for one says so. */
#include "base/error.h"
#include <hone/model.h>

#ifdef HONE_CORE_ONLY

static hone_status refuse(const char *path)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is the core alone, without model files",
                     path ? path : "(no path)");
}

hone_status hone_model_save(hone_model *model, const char *path)
{
    return model ? refuse(path) : hone_error_status();
}

hone_model *hone_model_load(const char *path)
{
    refuse(path);
    return NULL;
}

hone_status hone_model_load_weights(hone_model *model, const char *path)
{
    return model ? refuse(path) : hone_error_status();
}

#endif
