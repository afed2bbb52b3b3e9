/* Folders of pictures as a format: how they are told and their options, also where nothing reads pictures. */
#include "readers/images.h"
#include <sys/stat.h>

HONE_FIELD_TABLE(hone_dataset_from_images_args, HONE_IMAGES_FIELDS);
static const hone_type images_type = {.name = "images",
                                      .class_name = "images",
                                      .summary = "a folder of PNG and JPEG files by class, or one such file",
                                      HONE_TYPE_FIELDS(hone_dataset_from_images_args)};

/* Asked last, of the formats of folders. */
static hone_status any_folder(const char *path, bool *is)
{
    struct stat status;
    *is = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return HONE_OK;
}

const hone_data_format hone_internal_images_format = {.name = "images",
                                                      .type = &images_type,
                                                      .starts = {{"\x89PNG", 4}, {"\xff\xd8\xff", 3}},
                                                      .has_parts = true,
                                                      .is_folder = any_folder,
                                                      .load = hone_internal_images_load};

hone_dataset *hone_dataset_from_images_with(const hone_dataset *like,
                                            const hone_dataset_from_images_args *args)
{
    return hone_internal_format_create(&hone_internal_images_format, like, args);
}
