/* CSV (RFC 4180), record by record: fields in quotes with their delimiters, line ends and doubled quotes;
 * lines ended by LF, CR LF or CR; a byte order mark is skipped, and so are empty lines. */
#ifndef HONE_FORMATS_CSV_READER_H
#define HONE_FORMATS_CSV_READER_H

#include "formats/source.h"
#include <stdint.h>

typedef struct hone_csv_field {
    char *text; /* not ended by 0; without its quotes */
    size_t length;
    bool quoted;
} hone_csv_field;

enum { HONE_CSV_RECORD_BYTES = 1 << 24, HONE_CSV_COLUMNS = 1 << 16 };

typedef struct hone_csv_reader {
    hone_source *source; /* borrowed */
    char delimiter, quote;
    hone_csv_field *fields; /* of the record; until the next one is read */
    size_t count;
    uint64_t line;     /* where the record begins, from 1 */
    const char *wrong; /* what is wrong with the quotes of its last field, when reading it failed for that */

    size_t field_capacity;
    char *buffer;
    size_t capacity, begin, end; /* what is still to be read stands between begin and end */
    bool ended;                  /* the source has ended */
    uint64_t next_line;
    unsigned char stops[256]; /* the bytes at which a field outside quotes may end */
} hone_csv_reader;

/* From the source's first byte, `skip` lines later. The reader is zeroed before its first use, and may begin
 * again. */
hone_status hone_internal_csv_begin(hone_csv_reader *reader, hone_source *source, char delimiter, char quote,
                                    int64_t skip);
/* 1, 0 at the end, or a status below zero. */
int hone_internal_csv_next(hone_csv_reader *reader);
/* On to the next file of a source of several, `skip` lines behind its first byte, where the next record
 * begins line 1 again: 1, 0 when there is none, or a status below zero. */
int hone_internal_csv_next_file(hone_csv_reader *reader, int64_t skip);
void hone_internal_csv_end(hone_csv_reader *reader);

/* A field as a number, without regard to spaces around it: 1, -.5, 1e-3, inf; false when it is none.
 * Correctly rounded. */
bool hone_internal_field_to_number(const char *text, size_t length, char decimal, double *number);

#endif
