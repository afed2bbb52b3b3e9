/* Inflating by zlib, with this library's memory. */
#include "formats/zip_inflate.h"

#include "base/memory.h"

#include <zlib.h>

static voidpf allocate_for_zlib(voidpf opaque, uInt count, uInt bytes)
{
    (void)opaque;
    return hone_internal_allocate_zeroed(count, bytes);
}

static void free_for_zlib(voidpf opaque, voidpf block)
{
    (void)opaque;
    hone_internal_free(block);
}

void hone_internal_zlib_memory(struct z_stream_s *stream)
{
    stream->zalloc = allocate_for_zlib;
    stream->zfree = free_for_zlib;
}

/* zlib counts in 32 bits. */
static uInt piece(size_t bytes)
{
    return bytes < ((size_t)1 << 30) ? (uInt)bytes : (uInt)1 << 30;
}

static hone_status inflate_exactly(z_stream *stream, size_t packed, size_t size)
{
    const Bytef *input_end = stream->next_in + packed;
    const Bytef *output_end = stream->next_out + size;
    int code = Z_OK;
    while (code == Z_OK) {
        stream->avail_in = piece((size_t)(input_end - stream->next_in));
        stream->avail_out = piece((size_t)(output_end - stream->next_out));
        code = inflate(stream, Z_NO_FLUSH);
    }
    if (code == Z_MEM_ERROR)
        return hone_internal_fail_memory(32 << 10, "inflating");
    bool whole = code == Z_STREAM_END && stream->next_in == input_end && stream->next_out == output_end;
    return whole ? HONE_OK : HONE_ERROR_FORMAT;
}

hone_status hone_internal_inflate(const unsigned char *bytes, size_t packed, unsigned char *content,
                                  size_t size, bool wrapped)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .next_out = content};
    hone_internal_zlib_memory(&stream);
    if (inflateInit2(&stream, wrapped ? MAX_WBITS : -MAX_WBITS) != Z_OK)
        return hone_internal_fail_memory(32 << 10, "inflating");
    hone_status status = inflate_exactly(&stream, packed, size);
    inflateEnd(&stream);
    return status;
}
