/* Arrays in files: NPY, NPZ and IDX. */
#ifndef HONE_FORMATS_ARRAY_FILES_H
#define HONE_FORMATS_ARRAY_FILES_H

#include "base/error.h"
#include "base/file.h"
#include "formats/formats.h"
#include <hone/array.h>

/* An NPY file that stands in memory, of exactly `bytes` bytes; `label` names it in messages. */
hone_array *hone_internal_npy_parse(const void *data, size_t bytes, const char *label);

/* The header of an NPY file of this array, byte for byte NumPy's; returns its length. */
enum { HONE_NPY_HEADER_BYTES = 512 };
size_t hone_internal_npy_header(const hone_array *array, char header[HONE_NPY_HEADER_BYTES]);

/* An array as a caller gives it: a type, rank and sizes that exist, and data unless it is empty. NULL fails
 * too, and keeps the message of the failure that it comes from. */
hone_status hone_internal_array_check(const hone_array *array);
/* And that it holds no texts. */
hone_status hone_internal_array_check_numbers(const hone_array *array);

/* IDX (the MNIST family): big-endian numbers with 1 to 4 axes, as they are or in gzip, told by content. */
hone_array *hone_internal_idx_load(const char *path);

/* Turns the byte order of `count` numbers of `size` bytes around. */
void hone_internal_swap_bytes(void *data, size_t count, size_t size);
/* This machine's numbers to the little-endian bytes that every file of Hone has, or back, in place; and into
 * a file. */
void hone_internal_little_endian(void *numbers, size_t count, size_t size);
hone_status hone_internal_write_numbers(hone_file_writer *writer, const void *numbers, size_t count,
                                        size_t size);

/* A gzip file being inflated; of several members too. */
typedef struct hone_gzip hone_gzip;
hone_gzip *hone_internal_gzip_open(const char *path);
hone_status hone_internal_gzip_take(hone_gzip *gzip, void *data,
                                    size_t bytes);        /* the next bytes, all of them */
hone_status hone_internal_gzip_finish(hone_gzip *gzip);   /* nothing may be left; the checksum is verified */
uint64_t hone_internal_gzip_bound(const hone_gzip *gzip); /* no file of this size inflates to more bytes */
void hone_internal_gzip_close(hone_gzip *gzip);           /* accepts NULL */

/* NPZ: a zip archive of NPY files. Member "x.npy" is the array "x". */
hone_array *hone_internal_npz_load(hone_zip_reader *zip, const char *path, const char *key);
/* The key of member `index` ("x"), to be freed; NULL without an error for members that are not arrays. */
hone_status hone_internal_npz_key(const hone_zip_reader *zip, size_t index, char **key);
/* hone_arrays_save is public. */

#endif
