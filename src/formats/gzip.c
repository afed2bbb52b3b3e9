/* Gzip files, inflated piece by piece into memory of a size that the reader has decided on. */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "formats/array_files.h"
#include "formats/zip_inflate.h"
#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW = 1 << 16 }; /* bytes of the packed file in memory */

struct hone_gzip {
    z_stream stream;
    hone_file_reader file;
    size_t unread; /* bytes of the file that are not in the window yet */
    bool ended;    /* the last member is complete */
    char *label;
    unsigned char window[WINDOW];
};

hone_gzip *hone_internal_gzip_open(const char *path)
{
    hone_gzip *gzip = hone_internal_allocate_zeroed(1, sizeof *gzip);
    if (!gzip)
        return NULL;
    hone_internal_zlib_memory(&gzip->stream);
    if (inflateInit2(&gzip->stream, 16 + MAX_WBITS) != Z_OK) { /* 16: a gzip header is expected */
        hone_internal_free(gzip);
        hone_internal_fail_memory(sizeof(hone_gzip), "inflating a gzip file");
        return NULL;
    }
    gzip->label = hone_internal_copy_text(path);
    if (!gzip->label || hone_internal_file_open(&gzip->file, gzip->label) < 0) {
        hone_internal_gzip_close(gzip);
        return NULL;
    }
    gzip->unread = gzip->file.bytes;
    return gzip;
}

void hone_internal_gzip_close(hone_gzip *gzip)
{
    if (!gzip)
        return;
    inflateEnd(&gzip->stream);
    hone_internal_file_close(&gzip->file);
    hone_internal_free(gzip->label);
    hone_internal_free(gzip);
}

/* Deflate makes at most 258 bytes of 2 bits: 1032 of each byte. */
uint64_t hone_internal_gzip_bound(const hone_gzip *gzip)
{
    uint64_t bytes = gzip->file.bytes, ratio = hone_internal_limits.deflate_ratio;
    return bytes > UINT64_MAX / ratio ? UINT64_MAX : bytes * ratio;
}

static hone_status fail_damaged(const hone_gzip *gzip, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the gzip file is damaged: %s", gzip->label, what);
}

/* Fills the window up behind what zlib has not taken yet. */
static hone_status refill(hone_gzip *gzip)
{
    z_stream *stream = &gzip->stream;
    if (stream->avail_in > 0)
        memmove(gzip->window, stream->next_in, stream->avail_in);
    size_t room = WINDOW - stream->avail_in, piece = gzip->unread < room ? gzip->unread : room;
    HONE_TRY(hone_internal_file_take(&gzip->file, gzip->window + stream->avail_in, piece));
    stream->next_in = gzip->window;
    stream->avail_in += (uInt)piece;
    gzip->unread -= piece;
    return HONE_OK;
}

/* After a member's end comes another one or the end of the file. */
static hone_status next_member(hone_gzip *gzip)
{
    HONE_TRY(refill(gzip));
    size_t left = gzip->stream.avail_in;
    gzip->ended = left == 0;
    if (gzip->ended)
        return HONE_OK;
    const unsigned char *next = gzip->stream.next_in;
    if (left < 2 || next[0] != 0x1f || next[1] != 0x8b)
        return fail_damaged(gzip, "there is data after its end");
    return inflateReset(&gzip->stream) == Z_OK ? HONE_OK
                                               : fail_damaged(gzip, "it cannot be read any "
                                                                    "further");
}

/* One call of zlib: from what is left of the file into `room` bytes at most. `made` counts what came. */
static hone_status inflate_piece(hone_gzip *gzip, unsigned char *data, uInt room, size_t *made)
{
    z_stream *stream = &gzip->stream;
    *made = 0;
    if (stream->avail_in == 0 && gzip->unread > 0)
        HONE_TRY(refill(gzip));
    stream->next_out = data;
    stream->avail_out = room;
    uInt before = stream->avail_in;
    int result = inflate(stream, Z_NO_FLUSH);
    *made = room - stream->avail_out;
    if (result == Z_STREAM_END)
        return next_member(gzip);
    if (result == Z_MEM_ERROR)
        return hone_internal_fail_memory(1 << 15, "inflating a gzip file");
    if (result == Z_BUF_ERROR || (result == Z_OK && *made == 0 && stream->avail_in == before))
        return hone_fail(HONE_ERROR_FORMAT, "%s: the gzip file ends too soon", gzip->label);
    if (result != Z_OK)
        return fail_damaged(gzip, stream->msg ? stream->msg : "it cannot be inflated");
    return HONE_OK;
}

hone_status hone_internal_gzip_take(hone_gzip *gzip, void *data, size_t bytes)
{
    unsigned char *next = data;
    while (bytes > 0) {
        if (gzip->ended)
            return hone_fail(HONE_ERROR_FORMAT, "%s: the inflated file ends %zu bytes too soon", gzip->label,
                             bytes);
        size_t made;
        uInt room = bytes < UINT_MAX / 2 ? (uInt)bytes : UINT_MAX / 2;
        HONE_TRY(inflate_piece(gzip, next, room, &made));
        next += made;
        bytes -= made;
    }
    return HONE_OK;
}

hone_status hone_internal_gzip_finish(hone_gzip *gzip)
{
    while (!gzip->ended) { /* the trailer with its checksum is still to be read */
        unsigned char more;
        size_t made;
        HONE_TRY(inflate_piece(gzip, &more, 1, &made));
        if (made > 0)
            return hone_fail(HONE_ERROR_FORMAT, "%s: the inflated file has data after its numbers",
                             gzip->label);
    }
    return HONE_OK;
}
