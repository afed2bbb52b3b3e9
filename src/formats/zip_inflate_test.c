/* Inflating what must have a known size. */
#include "formats/zip_inflate.h"
#include "base/memory.h"
#include "testing/test.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BYTES = 5000 };

static unsigned char plain[BYTES], packed[2 * BYTES], content[BYTES + 1];

/* A text that repeats, packed with a header or without; the count of bytes. */
static size_t pack(bool wrapped)
{
    z_stream stream = {0};
    for (int i = 0; i < BYTES; i++)
        plain[i] = (unsigned char)(i * i % 251);
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, wrapped ? 15 : -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = plain;
    stream.avail_in = BYTES;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return (size_t)stream.total_out;
}

TEST(what_is_packed_is_inflated)
{
    for (int wrapped = 0; wrapped < 2; wrapped++) {
        size_t bytes = pack(wrapped);
        memset(content, 0, sizeof content);
        assert_int_equal(hone_internal_inflate(packed, bytes, content, BYTES, wrapped), HONE_OK);
        assert_memory_equal(content, plain, BYTES);
    }
}

TEST(any_other_size_is_refused_and_never_exceeded)
{
    size_t bytes = pack(false);
    for (size_t size = 0; size < BYTES; size += 97) {
        memset(content, '#', sizeof content);
        assert_int_equal(hone_internal_inflate(packed, bytes, content, size, false), HONE_ERROR_FORMAT);
        assert_int_equal(content[size], '#');
    }
    assert_int_equal(hone_internal_inflate(packed, bytes, content, BYTES + 1, false), HONE_ERROR_FORMAT);
}

TEST(missing_and_superfluous_bytes_are_refused)
{
    for (int wrapped = 0; wrapped < 2; wrapped++) {
        size_t bytes = pack(wrapped);
        for (size_t left = 0; left < bytes; left++)
            assert_int_equal(hone_internal_inflate(packed, left, content, BYTES, wrapped), HONE_ERROR_FORMAT);
        assert_int_equal(hone_internal_inflate(packed, bytes + 1, content, BYTES, wrapped),
                         HONE_ERROR_FORMAT);
    }
}

TEST(a_checksum_finds_damage)
{
    size_t bytes = pack(true);
    packed[bytes - 1] ^= 1;
    assert_int_equal(hone_internal_inflate(packed, bytes, content, BYTES, true), HONE_ERROR_FORMAT);
}

TEST(survives_failing_allocations)
{
    size_t bytes = pack(false);
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 50; n++) {
        hone_internal_fail_allocations_after(n);
        status = hone_internal_inflate(packed, bytes, content, BYTES, false);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
