/* Files read piece by piece, inflated on the way when they are gzip. */
#include "formats/source.h"
#include "formats/file_set.h"
#include "base/file.h"
#include "base/memory.h"
#include <string.h>
#ifndef HONE_CORE_ONLY
#include "formats/zip_inflate.h"
#include <zlib.h>
#endif

enum { PACKED_PIECE = 1 << 16 };

struct hone_source {
    hone_file_set set; /* one path, or those of a set; of memory its label */
    size_t at;         /* which of them */
    const char *label;
    hone_file_reader file; /* of a file */
    size_t taken;          /* bytes of the file, or of the memory */
    const char *memory;    /* else NULL */
    size_t memory_bytes;
    bool packed; /* gzip */
#ifndef HONE_CORE_ONLY
    z_stream stream;
    bool ready, member_ended;
    unsigned char piece[PACKED_PIECE];
#endif
};

const char *hone_internal_source_label(const hone_source *source)
{
    return source->label;
}

/* ---- the bytes as they are stored ---- */

static size_t left(const hone_source *source)
{
    return (source->memory ? source->memory_bytes : source->file.bytes) - source->taken;
}

static hone_status take(hone_source *source, void *data, size_t room, size_t *bytes)
{
    *bytes = left(source) < room ? left(source) : room;
    if (source->memory && *bytes > 0)
        memcpy(data, source->memory + source->taken, *bytes);
    else if (*bytes > 0)
        HONE_TRY(hone_internal_file_take(&source->file, data, *bytes));
    source->taken += *bytes;
    return HONE_OK;
}

static hone_status restart(hone_source *source)
{
    source->taken = 0;
    if (source->memory)
        return HONE_OK;
    hone_internal_file_close(&source->file);
    return hone_internal_file_open(&source->file, source->label);
}

/* ---- gzip ---- */

#ifdef HONE_CORE_ONLY

static hone_status begin_inflating(hone_source *source)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone cannot read gzip files; unpack it",
                     source->label);
}

static hone_status inflate_some(hone_source *source, void *data, size_t room, size_t *bytes)
{
    (void)data, (void)room, (void)bytes;
    return begin_inflating(source);
}

static void end_inflating(hone_source *source)
{
    (void)source;
}

#else

static void end_inflating(hone_source *source)
{
    if (source->ready)
        inflateEnd(&source->stream);
    source->ready = false;
}

static hone_status begin_inflating(hone_source *source)
{
    end_inflating(source);
    memset(&source->stream, 0, sizeof source->stream);
    hone_internal_zlib_memory(&source->stream);
    source->member_ended = false;
    if (inflateInit2(&source->stream, 16 + MAX_WBITS) != Z_OK) /* 16: a gzip header is expected */
        return hone_internal_fail_memory(1 << 15, "inflating a gzip file");
    source->ready = true;
    return HONE_OK;
}

static hone_status fail_damaged(const hone_source *source, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the gzip file is damaged: %s", source->label, what);
}

static hone_status refill(hone_source *source)
{
    size_t bytes;
    HONE_TRY(take(source, source->piece, sizeof source->piece, &bytes));
    source->stream.next_in = source->piece;
    source->stream.avail_in = (uInt)bytes;
    return HONE_OK;
}

/* Gives nothing only at the end of the last member. */
static hone_status inflate_some(hone_source *source, void *data, size_t room, size_t *bytes)
{
    z_stream *stream = &source->stream;
    uInt wanted = room < PACKED_PIECE * 16 ? (uInt)room : PACKED_PIECE * 16;
    stream->next_out = data;
    stream->avail_out = wanted;
    *bytes = 0;
    while (stream->avail_out == wanted) {
        if (stream->avail_in == 0)
            HONE_TRY(refill(source));
        if (stream->avail_in == 0)
            return source->member_ended
                       ? HONE_OK
                       : hone_fail(HONE_ERROR_FORMAT, "%s: the gzip file ends too soon", source->label);
        if (source->member_ended && inflateReset(stream) != Z_OK)
            return fail_damaged(source, "it cannot be read any further");
        source->member_ended = false;
        int result = inflate(stream, Z_NO_FLUSH);
        source->member_ended = result == Z_STREAM_END;
        if (result == Z_MEM_ERROR)
            return hone_internal_fail_memory(1 << 15, "inflating a gzip file");
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return fail_damaged(source, stream->msg ? stream->msg : "it cannot be inflated");
    }
    *bytes = wanted - stream->avail_out;
    return HONE_OK;
}

#endif

/* ---- both ---- */

static hone_source *begin(const char *label)
{
    hone_source *source = hone_internal_allocate_zeroed(1, sizeof *source);
    if (!source)
        return NULL;
    if (hone_internal_file_set_add(&source->set, label) < 0) {
        hone_internal_file_set_free(&source->set);
        hone_internal_free(source);
        return NULL;
    }
    source->label = source->set.paths[0];
    return source;
}

/* To the first byte of the file at hand. */
static hone_status begin_file(hone_source *source)
{
    HONE_TRY(restart(source));
    return source->packed ? begin_inflating(source) : HONE_OK;
}

/* Looks at the first bytes, and is at the first byte again. */
static hone_status detect(hone_source *source)
{
    unsigned char start[2];
    size_t bytes;
    HONE_TRY(take(source, start, sizeof start, &bytes));
    source->packed = bytes == 2 && start[0] == 0x1f && start[1] == 0x8b;
    return begin_file(source);
}

/* File number `at` of the set, at its first byte. */
static hone_status go_to(hone_source *source, size_t at)
{
    source->at = at;
    source->label = source->set.paths[at];
    HONE_TRY(restart(source));
    return detect(source);
}

static hone_source *checked(hone_source *source, hone_status status)
{
    if (status == HONE_OK && detect(source) == HONE_OK)
        return source;
    hone_internal_source_close(source);
    return NULL;
}

hone_source *hone_internal_source_open(const char *path)
{
    hone_source *source = begin(path);
    return source ? checked(source, hone_internal_file_open(&source->file, source->label)) : NULL;
}

hone_source *hone_internal_source_open_set(const char *path)
{
    hone_source *source = hone_internal_allocate_zeroed(1, sizeof *source);
    if (source && hone_internal_file_set_find(path, true, &source->set) >= 0 && go_to(source, 0) >= 0)
        return source;
    hone_internal_source_close(source);
    return NULL;
}

int hone_internal_source_next(hone_source *source)
{
    if (source->at + 1 >= source->set.count)
        return 0;
    HONE_TRY(go_to(source, source->at + 1));
    return 1;
}

hone_source *hone_internal_source_memory(const void *data, size_t bytes, const char *label)
{
    hone_source *source = begin(label);
    if (!source)
        return NULL;
    source->memory = bytes > 0 ? data : "";
    source->memory_bytes = bytes;
    return checked(source, HONE_OK);
}

hone_status hone_internal_source_read(hone_source *source, void *data, size_t room, size_t *bytes)
{
    return source->packed ? inflate_some(source, data, room, bytes) : take(source, data, room, bytes);
}

hone_status hone_internal_source_rewind(hone_source *source)
{
    return source->at > 0 ? go_to(source, 0) : begin_file(source);
}

void hone_internal_source_close(hone_source *source)
{
    if (!source)
        return;
    end_inflating(source);
    hone_internal_file_close(&source->file);
    hone_internal_file_set_free(&source->set);
    hone_internal_free(source);
}
