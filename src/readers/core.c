/* What the core alone has in place of pictures, archives and fetching: none, and asking for it says so. */
#include "base/error.h"
#include "readers/images.h"
#include <hone/data.h>
#include <hone/data_files.h>

#ifdef HONE_CORE_ONLY

hone_status hone_dataset_fetch_with(const char *name, const hone_dataset_fetch_args *args)
{
    (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without network access",
                     name ? name : "(no name)");
}

/* ---- archives ---- */

static hone_status refuse_archive(const hone_data_source *source, const void *args, hone_dataset_parts *parts)
{
    (void)args, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone cannot read NPZ files; use NPY files",
                     source->path);
}

static hone_status refuse_half(const hone_data_source *source, const void *args, int half,
                               hone_dataset_parts *parts)
{
    (void)half;
    return refuse_archive(source, args, parts);
}

const hone_data_format hone_internal_npz_format = {.name = "npz",
                                                   .starts = {{"PK\3\4", 4}, {"PK\5\6", 4}},
                                                   .has_parts = true,
                                                   .load = refuse_archive,
                                                   .load_half = refuse_half};

/* ---- pictures ---- */

hone_status hone_internal_images_load(const hone_data_source *source, const void *args,
                                      hone_dataset_parts *parts)
{
    (void)source, (void)parts;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: this build of Hone cannot read pictures; save them as an NPY file",
                     ((const hone_dataset_from_images_args *)args)->path);
}

#endif
