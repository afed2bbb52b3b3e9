/* Rows of an array that stays in its file: read by position when a batch needs them. */
#ifndef HONE_FORMATS_ROWS_H
#define HONE_FORMATS_ROWS_H

#include "base/file.h"
#include "formats/formats.h"
#include "formats/npy.h"
#include <stdatomic.h>

/* Where an array's numbers stand: row-major in a file, `start` bytes from its beginning. Counted. Nothing
 * changes after it is made, so that several threads may read. Files are read, never mapped: a file that
 * becomes shorter gives an error and no SIGBUS. */
typedef struct hone_rows {
    atomic_int references;
    hone_array array; /* type in memory and shape; no data */
    hone_numbers_layout layout;
    hone_file_reader file; /* of the user's, or a scratch file */
    uint64_t start;
    size_t width;             /* numbers of a row */
    char *label;              /* of the file, for messages */
    char *path;               /* of a file that can be opened again; NULL: a scratch file */
    struct hone_rows **parts; /* whose rows these are, one after the other, or NULL */
    int64_t *firsts;          /* of each part, and the count behind the last */
    size_t part_count;
} hone_rows;

/* An NPY or IDX file. What cannot be read by position (column-major, gzip) goes into a scratch file first, in
 * pieces. */
hone_rows *hone_internal_rows_open_npy(const char *path);
hone_rows *hone_internal_rows_open_idx(const char *path);
void hone_internal_rows_free(hone_rows *rows); /* accepts NULL */
/* Rows of several, which are taken over (also on failure): all have the type and the shape of the first but
 * for the number of rows, or it is HONE_ERROR_DATA. The list is the caller's. */
hone_rows *hone_internal_rows_join(hone_rows **parts, size_t count);
/* Lets go of the file until rows are read, so that a set may have more files than a process can hold open. */
void hone_internal_rows_rest(hone_rows *rows);
/* Rows first .. first+count-1, as numbers of memory, into `result`. */
hone_status hone_internal_rows_read(const hone_rows *rows, int64_t first, int64_t count, void *result);
size_t hone_internal_rows_bytes(const hone_rows *rows); /* of all of them in memory */
/* All of them, in memory. */
hone_array *hone_internal_rows_load(const hone_rows *rows);

/* For those who make such sources: rows of this shape (axis 0 counts them) that stand in `file`, which is
 * taken over (also on failure). The sizes have been checked. */
hone_rows *hone_internal_rows_create(const hone_array *array, const hone_numbers_layout *layout,
                                     hone_file_reader *file, uint64_t start, const char *label);
/* Numbers that can only be taken in order, moved to a scratch file in pieces of at most a few MiB; in a
 * column-major source the rest of the axes count backwards. */
hone_rows *hone_internal_rows_from_stream(const hone_array *array, const hone_numbers_layout *layout,
                                          hone_bytes_function *take, void *context, const char *label);
/* Row-major rows of a column-major array in a file (not taken over). */
hone_rows *hone_internal_rows_from_columns(const hone_npy_header *header, const hone_file_reader *file,
                                           uint64_t start, const char *label);

/* An array of an NPZ archive. */
hone_rows *hone_internal_rows_open_npz(hone_zip_reader *zip, const char *path, const char *key);

#endif
