/* Folders: made with those above them. */
#ifndef HONE_BASE_FOLDER_H
#define HONE_BASE_FOLDER_H

#include "base/error.h"
#include <hone/output.h>

/* hone_make_folder (public) for the folder in which the file `path` stands; "m.keras" needs none. */
hone_status hone_internal_folder_make_for(const char *path);
/* Removes the files written aside (base/file.h) that killed processes have left in a folder. */
void hone_internal_folder_sweep(const char *path);

#endif
