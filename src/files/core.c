/* Model files in the core alone: there are none, and asking for one says so. */
#include "base/error.h"
#include "files/files.h"
#include <hone/export.h>
#include <hone/files.h>

#ifdef HONE_CORE_ONLY

static hone_status refuse(const char *path)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without model files",
                     path ? path : "(no path)");
}

unsigned hone_file_uses(const char *path)
{
    (void)path;
    return 0;
}

const char *hone_file_endings(hone_file_use use, char *text, size_t size)
{
    (void)use;
    if (size > 0)
        text[0] = '\0';
    return text;
}

hone_status hone_save_with(hone_model *model, const char *path, const hone_save_args *args)
{
    (void)args;
    return model ? refuse(path) : hone_internal_fail_null("a model");
}

hone_model *hone_load_with(const char *path, const hone_load_args *args)
{
    (void)args;
    refuse(path);
    return NULL;
}

hone_status hone_load_weights_with(hone_model *model, const char *path, const hone_load_weights_args *args)
{
    (void)args;
    return model ? refuse(path) : hone_internal_fail_null("a model");
}

hone_status hone_load_adapters(hone_model *model, const char *path)
{
    return model ? refuse(path) : hone_internal_fail_null("a model");
}

hone_status hone_export_onnx_with(hone_model *model, const char *path, const hone_export_onnx_args *args)
{
    (void)args;
    return model ? refuse(path) : hone_internal_fail_null("a model");
}

#endif
