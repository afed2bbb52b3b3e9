/* Checkpoints in the core alone: there are none, and asking for one says so. */
#include "train/checkpoint.h"

#ifdef HONE_CORE_ONLY

static hone_status refuse(const char *path)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without checkpoints",
                     path ? path : "(no path)");
}

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
