/* Model files and checkpoints in the core alone: there are none, and asking for one says so. */
#include "base/error.h"
#include "model/checkpoint.h"
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

/* Checkpoints: files.c and checkpoint.c otherwise. */

hone_status hone_internal_checkpoint_open(hone_fit_run *run, const char *folder, int64_t every, bool resume)
{
    (void)run, (void)every, (void)resume;
    return refuse(folder);
}

hone_status hone_internal_checkpoint_restore(hone_fit_run *run)
{
    (void)run;
    return HONE_OK;
}

hone_status hone_internal_checkpoint_save(hone_fit_run *run, bool inside)
{
    (void)run, (void)inside;
    return HONE_OK;
}

hone_status hone_internal_checkpoint_batch(hone_fit_run *run)
{
    (void)run;
    return HONE_OK;
}

void hone_internal_checkpoint_close(hone_fit_run *run)
{
    (void)run;
}

char *hone_internal_checkpoint_path(const char *folder)
{
    refuse(folder);
    return NULL;
}

bool hone_internal_checkpoint_exists(const char *folder)
{
    (void)folder;
    return false;
}

hone_status hone_internal_checkpoint_remove(const char *folder)
{
    (void)folder;
    return HONE_OK;
}

#endif
