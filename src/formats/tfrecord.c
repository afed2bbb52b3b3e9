/* The records of TFRecord files, one after the other. */
#include "formats/tfrecord.h"
#include "base/crc32c.h"
#include "base/limits.h"
#include "base/memory.h"
#include "formats/bytes.h"
#include <string.h>

enum { PIECE = 1 << 18, HEADER = 12, FOOTER = 4, FIRST_ROOM = 1 << 20 };

static hone_status fail(const hone_tfrecord_reader *reader, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s, record %llu: %s", hone_internal_source_label(reader->source),
                     (unsigned long long)reader->number, what);
}

static hone_status refill(hone_tfrecord_reader *reader)
{
    size_t bytes;
    HONE_TRY(hone_internal_source_read(reader->source, reader->piece, PIECE, &bytes));
    reader->begin = 0;
    reader->end = bytes;
    return HONE_OK;
}

/* At most so many of the next bytes; fewer at the end of the file alone. */
static hone_status take(hone_tfrecord_reader *reader, unsigned char *into, size_t wanted, size_t *taken)
{
    for (*taken = 0; *taken < wanted;) {
        if (reader->begin == reader->end)
            HONE_TRY(refill(reader));
        const size_t left = reader->end - reader->begin,
                     here = left < wanted - *taken ? left : wanted - *taken;
        if (here == 0)
            return HONE_OK;
        memcpy(into + *taken, reader->piece + reader->begin, here);
        reader->begin += here;
        *taken += here;
    }
    return HONE_OK;
}

static hone_status take_all(hone_tfrecord_reader *reader, unsigned char *into, size_t bytes)
{
    size_t taken;
    HONE_TRY(take(reader, into, bytes, &taken));
    return taken == bytes ? HONE_OK : fail(reader, "the file ends within it");
}

/* The length is not believed: memory grows with the bytes that are there. */
static hone_status take_data(hone_tfrecord_reader *reader, size_t bytes)
{
    for (size_t done = 0, upto; done < bytes; done = upto) {
        upto = done == 0 ? FIRST_ROOM : 2 * done;
        upto = upto < bytes ? upto : bytes;
        HONE_TRY((hone_status)hone_internal_grow(&reader->data, &reader->room, upto, 1));
        HONE_TRY(take_all(reader, reader->data + done, upto - done));
    }
    reader->bytes = bytes;
    return HONE_OK;
}

static hone_status read_record(hone_tfrecord_reader *reader, const unsigned char header[HEADER])
{
    unsigned char footer[FOOTER];
    const uint64_t length = hone_internal_get64(header);
    if (hone_internal_get32(header + 8) != hone_internal_crc32c_masked(header, 8))
        return fail(reader, reader->number == 1
                                ? "the checksum of its length is wrong: not a TFRecord file, or damaged"
                                : "the checksum of its length is wrong: the file is damaged");
    if (length > hone_internal_limits.tfrecord_bytes)
        return hone_fail(HONE_ERROR_FORMAT, "%s, record %llu: %llu bytes, more than the limit of %zu",
                         hone_internal_source_label(reader->source), (unsigned long long)reader->number,
                         (unsigned long long)length, hone_internal_limits.tfrecord_bytes);
    HONE_TRY(take_data(reader, (size_t)length));
    HONE_TRY(take_all(reader, footer, FOOTER));
    return hone_internal_get32(footer) == hone_internal_crc32c_masked(reader->data, reader->bytes)
               ? HONE_OK
               : fail(reader, "the checksum of its data is wrong: the file is damaged");
}

int hone_internal_tfrecord_next(hone_tfrecord_reader *reader)
{
    unsigned char header[HEADER];
    size_t taken;
    for (;;) {
        reader->number++;
        HONE_TRY(take(reader, header, HEADER, &taken));
        if (taken > 0)
            break;
        const int more = hone_internal_source_next(reader->source);
        if (more != 1)
            return more;
        reader->number = 0;
    }
    if (taken < HEADER)
        return fail(reader, "the file ends within it");
    HONE_TRY(read_record(reader, header));
    return 1;
}

hone_status hone_internal_tfrecord_begin(hone_tfrecord_reader *reader, hone_source *source)
{
    reader->source = source;
    reader->begin = reader->end = reader->bytes = 0;
    reader->number = 0;
    if (!reader->piece && !(reader->piece = hone_internal_allocate(PIECE)))
        return HONE_ERROR_MEMORY;
    if (!reader->data)
        HONE_TRY((hone_status)hone_internal_grow(&reader->data, &reader->room, 1, 1));
    return hone_internal_source_rewind(source);
}

void hone_internal_tfrecord_end(hone_tfrecord_reader *reader)
{
    hone_internal_free(reader->data);
    hone_internal_free(reader->piece);
    *reader = (hone_tfrecord_reader){0};
}
