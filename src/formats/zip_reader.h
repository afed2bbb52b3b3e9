/* An archive that is open: its members, checked. */
#ifndef HONE_FORMATS_ZIP_READER_H
#define HONE_FORMATS_ZIP_READER_H

#include "formats/formats.h"

enum { METHOD_STORED = 0, METHOD_DEFLATED = 8 };

typedef struct hone_zip_entry {
    char *name;
    uint64_t start, packed, size; /* of the local header; bytes in the archive; bytes of the content */
    uint64_t content;             /* where the packed bytes start */
    uint32_t checksum;
    unsigned flags, method;
} hone_zip_entry;

struct hone_zip_reader {
    char *label;
    unsigned char *data;   /* of an archive in memory */
    hone_file_reader file; /* of one that stays in its file */
    unsigned char *window; /* what was read of that last */
    size_t window_bytes;   /* room of the window */
    size_t bytes;
    hone_zip_entry *entries; /* in the directory's order */
    hone_zip_entry **sorted; /* by name */
    size_t count;
};

/* Fills in the entries of a new reader. */
hone_status hone_internal_zip_read_directory(hone_zip_reader *zip);
const hone_zip_entry *hone_internal_zip_find(const hone_zip_reader *zip, const char *name); /* or NULL */
hone_status hone_internal_zip_fail(const hone_zip_reader *zip, const hone_zip_entry *entry, const char *what);

#endif
