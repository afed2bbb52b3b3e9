/* Folders: made with those above them. */
#ifndef HONE_BASE_FOLDER_H
#define HONE_BASE_FOLDER_H

#include "base/error.h"

/* Makes `path` and what is missing above it; fine when it is there. */
hone_status hone_internal_folder_make(const char *path);
/* The same for the folder in which the file `path` stands; "m.keras" needs none. */
hone_status hone_internal_folder_make_for(const char *path);
/* Removes the files written aside (base/file.h) that killed processes have left in a folder. */
void hone_internal_folder_sweep(const char *path);

#endif
