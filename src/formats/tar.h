/* Tar archives in gzip, read member by member. Nothing is written: who reads says where a member goes. */
#ifndef HONE_FORMATS_TAR_H
#define HONE_FORMATS_TAR_H

#include "formats/array_files.h"

enum { HONE_TAR_NAME = 257 }; /* prefix (155), a slash, name (100), and a 0 */

typedef struct hone_tar {
    hone_gzip *gzip;   /* borrowed */
    const char *label; /* borrowed; for messages */
    uint64_t left;     /* of the member at hand, its padding included */
    uint64_t padding;  /* of them */
    size_t members;    /* seen */
} hone_tar;

typedef struct hone_tar_member {
    char name[HONE_TAR_NAME];
    uint64_t bytes;
    bool regular; /* a file: no link, folder or device */
} hone_tar_member;

/* The next member: 1, 0 at the end, or below zero. What is left of the one before is skipped. */
int hone_internal_tar_next(hone_tar *tar, hone_tar_member *member);
/* The next bytes of the member, all of them. */
hone_status hone_internal_tar_take(hone_tar *tar, void *data, size_t bytes);

/* A file that is needed out of an archive. */
typedef struct hone_tar_wanted {
    const char *name; /* in the archive; the file takes the last part */
    uint64_t bytes;
} hone_tar_wanted;

/* Writes the members of these names and sizes (a list ended by a NULL name), and only them, into a folder
 * under the last part of their names, each aside and renamed. A link or a device of such a name, another
 * size, or a missing member is an error. */
hone_status hone_internal_tar_extract(const char *path, const hone_tar_wanted *wanted, const char *folder);

#endif
