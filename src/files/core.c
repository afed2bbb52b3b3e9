/* Model files in the core alone: there are none, and asking for one says so. */
#include "base/error.h"
#include <hone/model.h>
#include <hone/files.h>
#include <hone/export.h>

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

hone_status hone_model_save_with(hone_model *model, const char *path, const hone_save_args *args)
{
    (void)args;
    return hone_model_save(model, path);
}

hone_model *hone_model_load_with(const char *path, const hone_load_args *args)
{
    (void)args;
    return hone_model_load(path);
}

hone_status hone_model_load_weights_with(hone_model *model, const char *path,
                                         const hone_load_weights_args *args)
{
    (void)args;
    return hone_model_load_weights(model, path);
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

hone_status hone_model_export_onnx(hone_model *model, const char *path)
{
    return model ? refuse(path) : hone_error_status();
}

#endif
