/* Tests of IDX files in gzip: several members, checksums, bombs, damage. */
#include "testing/files.h"
#include "formats/array_files.h"
#include "testing/test.h"
#include <zlib.h>

enum { ROOM = 1 << 20 };

static size_t pack(const void *data, size_t bytes, unsigned char *packed)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)data;
    stream.avail_in = (uInt)bytes;
    stream.next_out = packed;
    stream.avail_out = ROOM;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = ROOM - stream.avail_out;
    deflateEnd(&stream);
    return length;
}

static hone_array *load(const void *data, size_t bytes)
{
    hone_error_clear();
    return hone_internal_idx_load(testing_file("t.gz", data, bytes));
}

static void assert_refused(const void *data, size_t bytes, const char *part)
{
    hone_array *array = load(data, bytes);
    if (array)
        fail_msg("accepted, expected \"%s\"", part);
    if (hone_error_status() != HONE_ERROR_FORMAT || !strstr(hone_error_message(), part))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
}

static const unsigned char plain[22] = {0, 0, 8, 3, 0, 0,  0,  2,  0,  0,  0,
                                        1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};
static unsigned char packed[ROOM];

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_what_gzip_packs)
{
    size_t bytes = pack(plain, sizeof plain, packed);
    hone_array *array = load(packed, bytes);
    assert_non_null(array);
    assert_int_equal(array->rank, 3);
    assert_memory_equal(array->data, plain + 16, 6);
    hone_array_free(array);
    bytes = pack("\0\0\13\1\0\0\0\2\1\2\3\4", 12, packed);
    array = load(packed, bytes);
    assert_non_null(array);
    assert_int_equal(((int16_t *)array->data)[1], 772);
    hone_array_free(array);
}

TEST(reads_two_members)
{
    size_t first = pack(plain, 7, packed), second = pack(plain + 7, sizeof plain - 7, packed + first);
    hone_array *array = load(packed, first + second);
    assert_non_null(array);
    assert_memory_equal(array->data, plain + 16, 6);
    hone_array_free(array);
    second = pack("", 0, packed + first);
    assert_refused(packed, first + second, "ends 1 bytes too soon");
}

TEST(refuses_what_is_not_gzip)
{
    unsigned char longer[sizeof plain + 1] = {0};
    memcpy(longer, plain, sizeof plain);
    size_t bytes = pack(longer, sizeof longer, packed);
    assert_refused(packed, bytes, "has data after its numbers");
    bytes = pack(plain, sizeof plain - 1, packed);
    assert_refused(packed, bytes, "ends 1 bytes too soon");
    bytes = pack(plain, sizeof plain, packed);
    packed[bytes] = 'x';
    assert_refused(packed, bytes + 1, "data after its end");
    packed[bytes - 8] ^= 1;
    assert_refused(packed, bytes, "incorrect data check");
    packed[bytes - 8] ^= 1;
    packed[bytes - 4] ^= 1;
    assert_refused(packed, bytes, "incorrect length check");
    bytes = pack("not numbers", 11, packed);
    assert_refused(packed, bytes, "not an IDX file");
}

/* A header that promises 4 GB is not believed of a small file; a file that inflates to more than it promises
 * is not read. */
TEST(refuses_bombs)
{
    static const unsigned char huge[] = {0, 0, 8, 2, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 1, 2, 3};
    size_t bytes = pack(huge, sizeof huge, packed);
    assert_refused(packed, bytes, "more than the gzip file can hold");
    unsigned char *zeros = calloc(1, 100 << 20);
    assert_non_null(zeros);
    memcpy(zeros, "\0\0\10\1\0\0\0\5", 8);
    bytes = pack(zeros, 100 << 20, packed);
    free(zeros);
    assert_true(bytes < ROOM);
    assert_refused(packed, bytes, "has data after its numbers");
}

TEST(survives_damage)
{
    size_t bytes = pack(plain, sizeof plain, packed);
    int64_t before = hone_internal_blocks_in_use();
    for (size_t length = 0; length < bytes; length++)
        assert_null(load(packed, length));
    uint32_t seed = 5;
    for (int i = 0; i < 3000; i++) {
        unsigned char copy[128];
        memcpy(copy, packed, bytes);
        copy[testing_random(&seed) % bytes] = (unsigned char)testing_random(&seed);
        hone_array_free(load(copy, bytes));
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    size_t bytes = pack(plain, sizeof plain, packed);
    const char *path = testing_file("m.gz", packed, bytes);
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 100; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_array *array = hone_internal_idx_load(path);
        hone_internal_fail_allocations_after(-1);
        done = array != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_array_free(array);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 5, 50);
}
