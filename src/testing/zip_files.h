/* For tests of zip archives: archives made by hand, of which every field can be made to lie. */
#ifndef HONE_TESTING_ZIP_FILES_H
#define HONE_TESTING_ZIP_FILES_H

#include "base/memory.h"
#include "formats/formats.h"
#include "testing/test.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = 4096, MOST = 8 };

typedef struct made_member {
    const char *name, *data;
    size_t bytes;
    unsigned method, flags;
    /* what the headers claim instead, when not 0 */
    const char *local_name;
    uint32_t local_size, size, packed, checksum, start;
    size_t name_bytes;
    bool nowhere; /* only in the directory: the data of the first member */
} made_member;

typedef struct made_archive {
    unsigned char bytes[ROOM];
    size_t length, starts[MOST], directory;
} made_archive;

static inline void put(made_archive *archive, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        archive->bytes[archive->length++] = (unsigned char)(i < 8 ? number >> 8 * i : 0);
}

static inline void put_bytes(made_archive *archive, const void *data, size_t bytes)
{
    memcpy(archive->bytes + archive->length, data, bytes);
    archive->length += bytes;
}

static inline uint32_t either(uint32_t claimed, uint32_t real)
{
    return claimed ? claimed : real;
}

static inline uint32_t real_checksum(const made_member *member)
{
    return (uint32_t)crc32(0, (const Bytef *)member->data, (uInt)member->bytes);
}

static inline size_t name_length(const made_member *member, const char *name)
{
    return member->name_bytes ? member->name_bytes : strlen(name);
}

static inline void put_local(made_archive *archive, const made_member *member)
{
    const char *name = member->local_name ? member->local_name : member->name;
    put(archive, 0x04034b50, 4);
    put(archive, 20, 2);
    put(archive, member->flags, 2);
    put(archive, member->method, 2);
    put(archive, 0, 4);
    put(archive, either(member->checksum, real_checksum(member)), 4);
    put(archive, either(member->packed, (uint32_t)member->bytes), 4);
    put(archive, either(member->local_size, either(member->size, (uint32_t)member->bytes)), 4);
    put(archive, name_length(member, name), 2);
    put(archive, 0, 2);
    put_bytes(archive, name, name_length(member, name));
    put_bytes(archive, member->data, member->bytes);
}

static inline void put_entry(made_archive *archive, const made_member *member, size_t start)
{
    put(archive, 0x02014b50, 4);
    put(archive, 0x0314, 2);
    put(archive, 20, 2);
    put(archive, member->flags, 2);
    put(archive, member->method, 2);
    put(archive, 0, 4);
    put(archive, either(member->checksum, real_checksum(member)), 4);
    put(archive, either(member->packed, (uint32_t)member->bytes), 4);
    put(archive, either(member->size, (uint32_t)member->bytes), 4);
    put(archive, name_length(member, member->name), 2);
    put(archive, 0, 12);
    put(archive, either(member->start, (uint32_t)start), 4);
    put_bytes(archive, member->name, name_length(member, member->name));
}

static inline void put_end(made_archive *archive, size_t count)
{
    size_t length = archive->length;
    put(archive, 0x06054b50, 4);
    put(archive, 0, 4);
    put(archive, count, 2);
    put(archive, count, 2);
    put(archive, length - archive->directory, 4);
    put(archive, archive->directory, 4);
    put(archive, 0, 2);
}

static inline made_archive make(const made_member *members, size_t count)
{
    made_archive archive = {.length = 0};
    for (size_t i = 0; i < count; i++) {
        archive.starts[i] = members[i].nowhere ? 0 : archive.length;
        if (!members[i].nowhere)
            put_local(&archive, &members[i]);
    }
    archive.directory = archive.length;
    for (size_t i = 0; i < count; i++)
        put_entry(&archive, &members[i], archive.starts[i]);
    put_end(&archive, count);
    return archive;
}

static inline hone_zip_reader *open_bytes(const void *bytes, size_t length)
{
    void *copy = hone_internal_allocate(length);
    memcpy(copy, bytes, length);
    return hone_internal_zip_open_memory(copy, length, "a.zip");
}

static inline void check_refused(const made_archive *archive, const char *words)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_zip_reader *zip = open_bytes(archive->bytes, archive->length);
    if (zip)
        fail_msg("expected a failure with \"%s\"", words);
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    if (!strstr(hone_error_message(), words))
        fail_msg("expected \"%s\": %s", words, hone_error_message());
    assert_non_null(strstr(hone_error_message(), "a.zip"));
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

static inline void check_member(hone_zip_reader *zip, const char *name, const char *expected,
                                size_t expected_bytes)
{
    void *data;
    size_t bytes;
    if (hone_internal_zip_read(zip, name, expected_bytes, &data, &bytes) != HONE_OK) {
        fail_msg("%s", hone_error_message());
    }
    assert_int_equal(bytes, expected_bytes);
    assert_memory_equal(data, expected, bytes);
    assert_int_equal(((char *)data)[bytes], 0);
    hone_internal_free(data);
}

/* NumPy gives the local header 64-bit sizes and the directory none; with `claim` it leaves the short sizes
 * out. */
static inline made_archive make_numpy_like(uint32_t claim)
{
    made_archive archive = {.length = 0};
    const made_member member = {.name = "x.npy", .data = "12345", .bytes = 5};
    put_local(&archive, &member);
    archive.length = 0;
    put(&archive, 0x04034b50, 4);
    put(&archive, 45, 2);
    put(&archive, 0, 8);
    put(&archive, real_checksum(&member), 4);
    put(&archive, either(claim, 5), 4);
    put(&archive, either(claim, 5), 4);
    put(&archive, 5, 2);
    put(&archive, 20, 2);
    put_bytes(&archive, "x.npy", 5);
    put(&archive, 1, 2);
    put(&archive, 16, 2);
    put(&archive, 5, 8);
    put(&archive, 5, 8);
    put_bytes(&archive, "12345", 5);
    archive.directory = archive.length;
    put_entry(&archive, &member, 0);
    put_end(&archive, 1);
    return archive;
}

/* A directory of 64-bit fields: end record, its locator, and sizes in the entry's extra field. */
static inline made_archive make_zip64(uint64_t size, uint64_t directory, uint64_t count)
{
    made_archive archive = {.length = 0};
    const made_member member = {.name = "x", .data = "12345", .bytes = 5};
    put_local(&archive, &member);
    archive.directory = archive.length;
    put_entry(&archive, &member, 0);
    unsigned char *entry = archive.bytes + archive.directory;
    memset(entry + 20, 0xff, 8);
    entry[30] = 20; /* bytes of extra field */
    put(&archive, 1, 2);
    put(&archive, 16, 2);
    put(&archive, size, 8);
    put(&archive, size, 8);
    size_t end64 = archive.length;
    put(&archive, 0x06064b50, 4);
    put(&archive, 44, 8);
    put(&archive, 0x032d002d, 4);
    put(&archive, 0, 8);
    put(&archive, count, 8);
    put(&archive, count, 8);
    put(&archive, end64 - archive.directory, 8);
    put(&archive, directory, 8);
    put(&archive, 0x07064b50, 4);
    put(&archive, 0, 4);
    put(&archive, end64, 8);
    put(&archive, 1, 4);
    put(&archive, 0x06054b50, 4);
    put(&archive, 0, 4);
    put(&archive, 0xffffffff, 4);
    put(&archive, 0xffffffffffffffff, 8);
    put(&archive, 0, 2);
    return archive;
}

/* Deflates zeros: a thousand bytes of content out of one. */
static inline size_t deflate_zeros(size_t count, unsigned char *packed, size_t room)
{
    unsigned char *zeros = calloc(1, count);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = zeros;
    stream.avail_in = (uInt)count;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    free(zeros);
    return room - stream.avail_out;
}

#endif
