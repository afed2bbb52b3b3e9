/* A member of a zip archive, read piece by piece. */
#include "base/memory.h"
#include "formats/zip_inflate.h"
#include "formats/formats.h"
#include "formats/zip_reader.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW = 1 << 16 };

struct hone_zip_stream {
    hone_zip_reader *zip;
    const hone_zip_entry *entry;
    uint64_t packed, made; /* bytes of the file, and of the content, that are behind it */
    uint32_t checksum;
    z_stream inflater;
    bool inflating, ended;
    unsigned char window[WINDOW];
};

static hone_status begin(hone_zip_stream *stream, const char *name)
{
    stream->entry = hone_internal_zip_find(stream->zip, name);
    if (!stream->entry)
        return hone_fail(HONE_ERROR_FORMAT, "%s: it has no member \"%.200s\"", stream->zip->label, name);
    stream->checksum = (uint32_t)crc32_z(0, NULL, 0);
    if (stream->entry->method == METHOD_STORED)
        return HONE_OK;
    hone_internal_zlib_memory(&stream->inflater);
    if (inflateInit2(&stream->inflater, -MAX_WBITS) != Z_OK)
        return hone_internal_fail_memory(32 << 10, "inflating");
    stream->inflating = true;
    return HONE_OK;
}

hone_zip_stream *hone_internal_zip_stream_open(hone_zip_reader *zip, const char *name)
{
    hone_zip_stream *stream = hone_internal_allocate_zeroed(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->zip = zip;
    if (begin(stream, name) == HONE_OK)
        return stream;
    hone_internal_zip_stream_close(stream);
    return NULL;
}

void hone_internal_zip_stream_close(hone_zip_stream *stream)
{
    if (stream && stream->inflating)
        inflateEnd(&stream->inflater);
    hone_internal_free(stream);
}

uint64_t hone_internal_zip_stream_left(const hone_zip_stream *stream)
{
    return stream->entry->size - stream->made;
}

bool hone_internal_zip_stream_place(const hone_zip_stream *stream, uint64_t *offset)
{
    *offset = stream->entry->content + stream->made;
    return stream->entry->method == METHOD_STORED;
}

/* The next packed bytes, all of them. */
static hone_status take_packed(hone_zip_stream *stream, void *data, size_t bytes)
{
    uint64_t at = stream->entry->content + stream->packed;
    if (!stream->zip->data)
        HONE_TRY(hone_internal_file_take_at(&stream->zip->file, at, data, bytes));
    else if (bytes > 0)
        memcpy(data, stream->zip->data + at, bytes);
    stream->packed += bytes;
    return HONE_OK;
}

static hone_status fail_damaged(const hone_zip_stream *stream)
{
    return hone_internal_zip_fail(stream->zip, stream->entry,
                                  "is damaged: its bytes do not inflate to its size");
}

static hone_status refill(hone_zip_stream *stream)
{
    uint64_t left = stream->entry->packed - stream->packed;
    size_t piece = left < WINDOW ? (size_t)left : WINDOW;
    HONE_TRY(take_packed(stream, stream->window, piece));
    stream->inflater.next_in = stream->window;
    stream->inflater.avail_in = (uInt)piece;
    return HONE_OK;
}

/* One call of zlib for at most `room` bytes. */
static hone_status inflate_piece(hone_zip_stream *stream, unsigned char *data, size_t room, size_t *made)
{
    z_stream *inflater = &stream->inflater;
    *made = 0;
    if (inflater->avail_in == 0)
        HONE_TRY(refill(stream));
    uInt piece = room < (1u << 30) ? (uInt)room : 1u << 30, before = inflater->avail_in;
    inflater->next_out = data;
    inflater->avail_out = piece;
    int code = inflate(inflater, Z_NO_FLUSH);
    *made = piece - inflater->avail_out;
    if (code == Z_MEM_ERROR)
        return hone_internal_fail_memory(32 << 10, "inflating");
    stream->ended = code == Z_STREAM_END;
    bool moved = *made > 0 || inflater->avail_in < before || stream->ended;
    return moved && (code == Z_OK || stream->ended) ? HONE_OK : fail_damaged(stream);
}

static hone_status inflate_all(hone_zip_stream *stream, unsigned char *data, size_t bytes)
{
    while (bytes > 0) {
        size_t made;
        if (stream->ended)
            return fail_damaged(stream);
        HONE_TRY(inflate_piece(stream, data, bytes, &made));
        data += made;
        bytes -= made;
    }
    return HONE_OK;
}

hone_status hone_internal_zip_stream_take(void *context, void *data, size_t bytes)
{
    hone_zip_stream *stream = context;
    if (bytes > hone_internal_zip_stream_left(stream))
        return hone_fail(HONE_ERROR_FORMAT, "%s: the member \"%.200s\" ends %" PRIu64 " bytes too soon",
                         stream->zip->label, stream->entry->name,
                         bytes - hone_internal_zip_stream_left(stream));
    HONE_TRY(stream->inflating ? inflate_all(stream, data, bytes) : take_packed(stream, data, bytes));
    stream->made += bytes;
    stream->checksum = (uint32_t)crc32_z(stream->checksum, data, bytes);
    return HONE_OK;
}

/* Nothing comes after the last byte: the inflater ends there, with all packed bytes used. */
static hone_status end_inflating(hone_zip_stream *stream)
{
    while (!stream->ended) {
        unsigned char more;
        size_t made;
        HONE_TRY(inflate_piece(stream, &more, 1, &made));
        if (made > 0)
            return fail_damaged(stream);
    }
    bool whole = stream->packed == stream->entry->packed && stream->inflater.avail_in == 0;
    return whole ? HONE_OK : fail_damaged(stream);
}

hone_status hone_internal_zip_stream_finish(hone_zip_stream *stream)
{
    unsigned char *piece = hone_internal_allocate(WINDOW);
    hone_status status = piece ? HONE_OK : HONE_ERROR_MEMORY;
    for (uint64_t left; status == HONE_OK && (left = hone_internal_zip_stream_left(stream)) > 0;)
        status = hone_internal_zip_stream_take(stream, piece, left < WINDOW ? (size_t)left : WINDOW);
    hone_internal_free(piece);
    if (status == HONE_OK && stream->inflating)
        status = end_inflating(stream);
    if (status == HONE_OK && stream->checksum != stream->entry->checksum)
        status = hone_internal_zip_fail(stream->zip, stream->entry, "is damaged: its checksum is wrong");
    return status;
}
