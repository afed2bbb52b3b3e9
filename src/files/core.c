/* What the core alone has no files for; asking for one says so. */
#include "base/error.h"
#include <hone/export.h>

#ifdef HONE_CORE_ONLY

hone_status hone_export_onnx_with(hone_model *model, const char *path, const hone_export_onnx_args *args)
{
    (void)args;
    if (model == NULL)
        return hone_internal_fail_null("a model");
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without ONNX",
                     path ? path : "(no path)");
}

#endif
