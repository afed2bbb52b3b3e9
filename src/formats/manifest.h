/* Manifests: JSON that lists the files of a set with their sizes and SHA-256,
 *
 *   {"hone_manifest": 1, "files": [{"name": "part-0.npz", "bytes": 784000, "sha256": "9f86..."}, ...]}
 *
 * The names begin in the manifest's folder and stay in it. */
#ifndef HONE_FORMATS_MANIFEST_H
#define HONE_FORMATS_MANIFEST_H

#include "formats/file_set.h"

bool hone_internal_manifest_named(const char *path); /* it ends in .manifest */
/* Its files, behind the manifest's folder. `verify`: they have the sizes, and the sums where it has any. */
hone_status hone_internal_manifest_read(const char *path, bool verify, hone_file_set *set);
/* hone_manifest_write is public. */

#endif
