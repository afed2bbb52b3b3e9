/* The header of an NPY file, and how an array's numbers stand in a file. */
#ifndef HONE_FORMATS_NPY_H
#define HONE_FORMATS_NPY_H

#include "base/error.h"
#include <hone/array.h>

/* How numbers stand in a file, as they may differ from those in memory. */
typedef struct hone_numbers_layout {
    hone_dtype type; /* in memory */
    bool half;       /* float16 in the file, float32 in memory */
    bool swapped;    /* the other byte order than this machine's */
    uint32_t text;   /* of HONE_TEXT: bytes of a text in the file */
    bool wide;       /* characters of 4 bytes, not UTF-8 */
} hone_numbers_layout;
size_t hone_internal_layout_size(const hone_numbers_layout *layout); /* bytes of a number in the file */
/* Turns numbers as they stand in the file into those of memory, in place: they stand at the end of a block
 * with room for `count` numbers of memory. */
void hone_internal_layout_finish(const hone_numbers_layout *layout, void *block, size_t count);

typedef struct hone_npy_header {
    hone_numbers_layout layout;
    bool fortran; /* column-major */
    int rank;
    int64_t shape[HONE_MAX_RANK];
    const char *label; /* of the file, borrowed */
    size_t bytes;      /* of magic, version and header: where the numbers start */
} hone_npy_header;

/* Takes the next `bytes` bytes of a file from its start; says itself why not. */
typedef hone_status hone_bytes_function(void *context, void *data, size_t bytes);
/* Magic, version and header, checked; what is taken next are the numbers. `label` names the file. */
hone_status hone_internal_npy_read_header(hone_bytes_function *take, void *context, const char *label,
                                          hone_npy_header *header);
/* The numbers take just `left` bytes. */
hone_status hone_internal_npy_check_length(const hone_npy_header *header, uint64_t left, const char *label);

/* HONE_ERROR_UNSUPPORTED for texts, which do not stay in their file. */
hone_status hone_internal_npy_need_numbers(const hone_npy_header *header, const char *label);

/* The numbers that come next as a new array, row-major. */
hone_array *hone_internal_npy_read_numbers(const hone_npy_header *header, hone_bytes_function *take,
                                           void *context);

#endif
