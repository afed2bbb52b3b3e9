/* Zip archives: round trips, the same bytes twice, deflated members, and archives made to deceive. */
#define _GNU_SOURCE /* mkdtemp */
#include "formats/formats.h"

#include "base/memory.h"
#include "testing/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

static char folder[] = "/tmp/hone-zip-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a.zip", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder); /* fails when a temporary file has been left behind */
}

/* ---- archives by hand: every field can be made to lie ---- */

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

static void put(made_archive *archive, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        archive->bytes[archive->length++] = (unsigned char)(i < 8 ? number >> 8 * i : 0);
}

static void put_bytes(made_archive *archive, const void *data, size_t bytes)
{
    memcpy(archive->bytes + archive->length, data, bytes);
    archive->length += bytes;
}

static uint32_t either(uint32_t claimed, uint32_t real)
{
    return claimed ? claimed : real;
}

static uint32_t real_checksum(const made_member *member)
{
    return (uint32_t)crc32(0, (const Bytef *)member->data, (uInt)member->bytes);
}

static size_t name_length(const made_member *member, const char *name)
{
    return member->name_bytes ? member->name_bytes : strlen(name);
}

static void put_local(made_archive *archive, const made_member *member)
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

static void put_entry(made_archive *archive, const made_member *member, size_t start)
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

static void put_end(made_archive *archive, size_t count)
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

static made_archive make(const made_member *members, size_t count)
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

static hone_zip_reader *open_bytes(const void *bytes, size_t length)
{
    void *copy = hone_internal_allocate(length);
    memcpy(copy, bytes, length);
    return hone_internal_zip_open_memory(copy, length, "a.zip");
}

static void check_refused(const made_archive *archive, const char *words)
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

/* The archive opens, but its only member cannot be read. */
static void check_unreadable(const made_member *member, const char *words)
{
    made_archive archive = make(member, 1);
    hone_zip_reader *zip = open_bytes(archive.bytes, archive.length);
    if (!zip)
        fail_msg("%s", hone_error_message());
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_zip_read(zip, member->name, 1 << 20, &data, &bytes), HONE_ERROR_FORMAT);
    assert_null(data);
    if (!strstr(hone_error_message(), words))
        fail_msg("expected \"%s\": %s", words, hone_error_message());
    hone_internal_zip_close(zip);
}

/* ---- what is there ---- */

static void check_member(hone_zip_reader *zip, const char *name, const char *expected, size_t expected_bytes)
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

AROUND_ALL(make_folder, remove_folder);

TEST(what_is_written_is_read)
{
    static char large[100000];
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (char)(i * 7 % 251);
    const hone_zip_member members[] = {
        {"metadata.json", "{}", 2}, {"empty", NULL, 0}, {"assets/\xc3\xa9/large", large, sizeof large}};
    assert_int_equal(hone_internal_zip_write(path, members, 3), HONE_OK);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    if (!zip)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_internal_zip_count(zip), 3);
    assert_string_equal(hone_internal_zip_name(zip, 1), "empty");
    assert_null(hone_internal_zip_name(zip, 3));
    assert_true(hone_internal_zip_has(zip, "metadata.json"));
    assert_false(hone_internal_zip_has(zip, "metadata"));
    check_member(zip, "metadata.json", "{}", 2);
    check_member(zip, "empty", "", 0);
    check_member(zip, "assets/\xc3\xa9/large", large, sizeof large);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_zip_read(zip, "assets/\xc3\xa9/large", 99999, &data, &bytes),
                     HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "limit of 99999"));
    assert_int_equal(hone_internal_zip_read(zip, "other", 9, &data, &bytes), HONE_ERROR_FORMAT);
    hone_internal_zip_close(zip);
    assert_int_equal(hone_internal_zip_write(path, NULL, 0), HONE_ERROR_ARGUMENT);
}

/* The layout that Keras writes: stored, flags 0, sizes in the local header, 1980-01-01, Unix, mode 0600. */
TEST(writes_known_bytes)
{
    const hone_zip_member members[] = {{"a", "xyz", 3}, {"b/c", "", 0}};
    void *first, *second;
    size_t first_bytes, second_bytes;
    assert_int_equal(hone_internal_zip_write(path, members, 2), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &first, &first_bytes), HONE_OK);
    sleep(2); /* DOS times count by two seconds */
    assert_int_equal(hone_internal_zip_write(path, members, 2), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &second, &second_bytes), HONE_OK);
    assert_int_equal(first_bytes, second_bytes);
    assert_memory_equal(first, second, first_bytes);
    const unsigned char *local = first;
    assert_memory_equal(local, "PK\3\4", 4);
    const unsigned char fields[] = {0, 0, 0, 0, 0, 0, 0x21, 0}; /* flags, method, time, date */
    assert_memory_equal(local + 6, fields, sizeof fields);
    const unsigned char sizes[] = {3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 'a', 'x', 'y', 'z', 'P', 'K'};
    assert_memory_equal(local + 18, sizes, sizeof sizes);
    const unsigned char *entry = memmem(first, first_bytes, "PK\1\2", 4);
    assert_non_null(entry);
    assert_int_equal(entry[5], 3); /* Unix */
    const unsigned char mode[] = {0, 0, 0x80, 0x01};
    assert_memory_equal(entry + 38, mode, sizeof mode);
    hone_internal_free(first);
    hone_internal_free(second);
}

/* What libzip deflates is read; so are 64-bit fields and a comment at the end. */
TEST(reads_deflated_members)
{
    static char text[300000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "the quick brown fox "[i * i % 20];
    unlink(path);
    int code;
    zip_t *archive = zip_open(path, ZIP_CREATE, &code);
    assert_non_null(archive);
    zip_source_t *source = zip_source_buffer(archive, text, sizeof text, 0);
    assert_true(zip_file_add(archive, "t.txt", source, 0) >= 0);
    zip_set_file_compression(archive, 0, ZIP_CM_DEFLATE, 9);
    zip_set_archive_comment(archive, "a comment with PK\5\6 in it", 25);
    assert_int_equal(zip_close(archive), 0);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    if (!zip)
        fail_msg("%s", hone_error_message());
    check_member(zip, "t.txt", text, sizeof text);
    hone_internal_zip_close(zip);
}

/* NumPy gives the local header 64-bit sizes and the directory none; with `claim` it leaves the short sizes
 * out. */
static made_archive make_numpy_like(uint32_t claim)
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
static made_archive make_zip64(uint64_t size, uint64_t directory, uint64_t count)
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

TEST(reads_64_bit_archives)
{
    const made_archive archives[] = {make_numpy_like(0), make_numpy_like(0xffffffff), make_zip64(5, 36, 1)};
    static const char *const names[] = {"x.npy", "x.npy", "x"};
    for (size_t i = 0; i < 3; i++) {
        hone_zip_reader *zip = open_bytes(archives[i].bytes, archives[i].length);
        if (!zip)
            fail_msg("%zu: %s", i, hone_error_message());
        check_member(zip, names[i], "12345", 5);
        hone_internal_zip_close(zip);
    }
    made_archive lies = make_zip64(UINT64_MAX, 36, 1);
    check_refused(&lies, "lies outside");
    lies = make_zip64((uint64_t)1 << 63, 36, 1);
    check_refused(&lies, "lies outside");
    lies = make_zip64(5, UINT64_MAX - 10, 1);
    check_refused(&lies, "directory does not end");
    lies = make_zip64(5, 36, UINT64_MAX / 2);
    check_refused(&lies, "more than the limit");
    lies = make_zip64(5, 36, 9999);
    check_refused(&lies, "too short for its members");
}

/* ---- what deceives ---- */

TEST(refuses_archives_that_deceive)
{
    const made_member fine = {.name = "a", .data = "abc", .bytes = 3};
    made_archive archive = make(&fine, 1);
    hone_zip_reader *zip = open_bytes(archive.bytes, archive.length);
    assert_non_null(zip);
    hone_internal_zip_close(zip);

    const struct {
        made_member members[3];
        size_t count;
        const char *words;
    } cases[] = {
        {{fine, {.name = "a", .data = "xyz", .bytes = 3}}, 2, "appears twice"},
        {{fine, {.name = "b", .data = "abc", .bytes = 3, .local_name = "a", .nowhere = true}},
         2,
         "two headers"},
        {{fine, {.name = "a", .data = "abc", .bytes = 3, .nowhere = true}}, 2, "overlaps"},
        {{{.name = "a", .data = "abc", .bytes = 3, .flags = 1}}, 1, "is encrypted"},
        {{{.name = "a", .data = "abc", .bytes = 3, .flags = 1 << 13}}, 1, "not supported"},
        {{{.name = "a", .data = "abc", .bytes = 3, .method = 14}}, 1, "compressed by method 14"},
        {{{.name = "a", .data = "abc", .bytes = 3, .local_name = "b"}}, 1, "two headers"},
        {{{.name = "a", .data = "abc", .bytes = 3, .method = 8, .local_size = 7}}, 1, "two headers"},
        {{{.name = "a", .data = "abc", .bytes = 3, .size = 4}}, 1, "has two sizes"},
        {{{.name = "a", .data = "abc", .bytes = 3, .method = 8, .size = 100000}}, 1, "more content than"},
        {{{.name = "a", .data = "abc", .bytes = 3, .size = 300, .packed = 300}}, 1, "lies outside"},
        {{{.name = "a", .data = "abc", .bytes = 3, .size = 0xfffffffe, .packed = 0xfffffffe}},
         1,
         "lies outside"},
        {{{.name = "a", .data = "abc", .bytes = 3, .size = 0xffffffff, .packed = 0xffffffff}},
         1,
         "64-bit sizes"},
        {{{.name = "a", .data = "abc", .bytes = 3, .start = 0xfffffffe}}, 1, "lies outside"},
        {{{.name = "a", .data = "abc", .bytes = 3, .start = 3}}, 1, "lies outside"},
        {{{.name = "", .data = "abc", .bytes = 3}}, 1, "name is empty"},
        {{{.name = "/a", .data = "abc", .bytes = 3}}, 1, "absolute"},
        {{{.name = "../a", .data = "abc", .bytes = 3}}, 1, "leads outside"},
        {{{.name = "a/..", .data = "abc", .bytes = 3}}, 1, "leads outside"},
        {{{.name = "a/../../b", .data = "abc", .bytes = 3}}, 1, "leads outside"},
        {{{.name = "a\\b", .data = "abc", .bytes = 3}}, 1, "leads outside"},
        {{{.name = "C:a", .data = "abc", .bytes = 3}}, 1, "leads outside"},
        {{{.name = "a\nb", .data = "abc", .bytes = 3}}, 1, "control characters"},
        {{{.name = "a\0b", .name_bytes = 3, .data = "abc", .bytes = 3}}, 1, "control characters"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        archive = make(cases[i].members, cases[i].count);
        check_refused(&archive, cases[i].words);
    }
    const made_member harmless = {.name = "a..b/...", .data = "", .bytes = 0};
    archive = make(&harmless, 1);
    zip = open_bytes(archive.bytes, archive.length);
    assert_non_null(zip);
    hone_internal_zip_close(zip);
}

TEST(finds_the_archive_within_its_frame)
{
    const made_member members[] = {{.name = "a", .data = "abc", .bytes = 3},
                                   {.name = "b", .data = "d", .bytes = 1}};
    made_archive archive = make(members, 2);
    made_archive longer = archive; /* something before it */
    memmove(longer.bytes + 4, longer.bytes, longer.length);
    longer.length += 4;
    check_refused(&longer, "directory does not end");
    longer = archive; /* something after it */
    longer.length += 1;
    check_refused(&longer, "no end record");
    made_archive fewer = archive; /* one member less than there are entries */
    fewer.bytes[fewer.length - 12] = fewer.bytes[fewer.length - 14] = 1;
    check_refused(&fewer, "longer than its members");
    made_archive more = archive;
    more.bytes[more.length - 12] = more.bytes[more.length - 14] = 3;
    check_refused(&more, "too short for its members");
    made_archive disks = archive;
    disks.bytes[disks.length - 18] = 1;
    check_refused(&disks, "several files");
    made_archive hidden = {.length = 0}; /* the first member is not in the directory */
    put_local(&hidden, &members[0]);
    size_t start = hidden.length;
    put_local(&hidden, &members[1]);
    hidden.directory = hidden.length;
    put_entry(&hidden, &members[1], start);
    put_end(&hidden, 1);
    check_refused(&hidden, "data before its first member");
    made_archive partly = {.length = 0}; /* the second starts inside the first one's data */
    made_member outer = members[0];
    made_archive inner = {.length = 0};
    put_local(&inner, &members[1]);
    outer.data = (const char *)inner.bytes;
    outer.bytes = inner.length;
    put_local(&partly, &outer);
    partly.directory = partly.length;
    put_entry(&partly, &outer, 0);
    put_entry(&partly, &members[1], partly.length - partly.directory > 0 ? 31 : 0);
    put_end(&partly, 2);
    check_refused(&partly, "overlaps");
}

/* Deflates zeros: a thousand bytes of content out of one. */
static size_t deflate_zeros(size_t count, unsigned char *packed, size_t room)
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

TEST(checks_the_content_of_members)
{
    unsigned char packed[2048];
    size_t bytes = deflate_zeros(1000000, packed, sizeof packed);
    made_member bomb = {.name = "a", .data = (const char *)packed, .bytes = bytes, .method = 8, .size = 500};
    check_unreadable(&bomb, "do not inflate to its size"); /* more comes out than was declared */
    bomb.size = 1000001;
    check_unreadable(&bomb, "do not inflate to its size"); /* less */
    bomb.size = 1000000;
    check_unreadable(&bomb, "checksum");
    bomb.size = 2000000000;
    made_archive archive = make(&bomb, 1);
    check_refused(&archive, "more content than");
    const made_member wrong = {.name = "a", .data = "abc", .bytes = 3, .checksum = 1};
    check_unreadable(&wrong, "checksum");
    const made_member junk = {.name = "a", .data = "\xff\xff\xff", .bytes = 3, .method = 8, .size = 3};
    check_unreadable(&junk, "do not inflate");
    const made_member trailing = {.name = "a", .data = "\x03\x00zz", .bytes = 4, .method = 8, .size = 1};
    check_unreadable(&trailing, "do not inflate");
}

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Opens damaged bytes and reads what it can. */
static bool read_all(const void *bytes, size_t length)
{
    hone_zip_reader *zip = open_bytes(bytes, length);
    if (!zip)
        return false;
    bool whole = true;
    for (size_t i = 0; i < hone_internal_zip_count(zip); i++) {
        void *data;
        size_t size;
        if (hone_internal_zip_read(zip, hone_internal_zip_name(zip, i), 1 << 20, &data, &size) != HONE_OK)
            whole = false;
        hone_internal_free(data);
    }
    hone_internal_zip_close(zip);
    return whole;
}

TEST(survives_damage)
{
    int64_t blocks = hone_internal_blocks_in_use();
    unsigned char packed[64];
    size_t bytes = deflate_zeros(1000, packed, sizeof packed);
    made_archive archive = make_zip64(5, 36, 1);
    const made_member members[] = {{.name = "abc", .data = "abc", .bytes = 3},
                                   {.name = "d",
                                    .data = (const char *)packed,
                                    .bytes = bytes,
                                    .method = 8,
                                    .size = 1000,
                                    .checksum = 0x40a39c0b}};
    const made_archive archives[] = {archive, make(members, 2), make_numpy_like(0xffffffff)};
    uint64_t random = 1;
    for (size_t i = 0; i < 3; i++) {
        for (size_t length = 0; length < archives[i].length; length++) {
            assert_false(read_all(archives[i].bytes, length));
        }
        for (int round = 0; round < 10000; round++) {
            made_archive copy = archives[i];
            for (uint64_t j = 0, count = 1 + next_random(&random) % 4; j < count; j++) {
                copy.bytes[next_random(&random) % copy.length] = (unsigned char)next_random(&random);
            }
            read_all(copy.bytes, copy.length);
        }
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(survives_failing_allocations)
{
    const hone_zip_member members[] = {{"a", "abc", 3}, {"b", "d", 1}};
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t n = 0; !done; n++) {
        hone_internal_fail_allocations_after(n);
        hone_status status = hone_internal_zip_write(path, members, 2);
        hone_zip_reader *zip = status == HONE_OK ? hone_internal_zip_open(path) : NULL;
        void *data = NULL;
        size_t bytes;
        if (zip)
            status = hone_internal_zip_read(zip, "b", 1, &data, &bytes);
        hone_internal_fail_allocations_after(-1);
        done = data != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_internal_free(data);
        hone_internal_zip_close(zip);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
}

/* A disk that fills up, acted by a limit on the size of files: the old file stays, and nothing else. */
TEST(a_full_disk_leaves_the_old_file)
{
    static char large[200000];
    const hone_zip_member old = {"old", "abc", 3}, members[] = {{"large", large, sizeof large}};
    assert_int_equal(hone_internal_zip_write(path, &old, 1), HONE_OK);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit < 200000; limit = limit < 64 ? limit + 9 : limit * 2) {
        small = before;
        small.rlim_cur = limit;
        setrlimit(RLIMIT_FSIZE, &small);
        hone_status status = hone_internal_zip_write(path, members, 1);
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, HONE_ERROR_FILE);
        assert_non_null(strstr(hone_error_message(), path));
        hone_zip_reader *zip = hone_internal_zip_open(path);
        assert_non_null(zip);
        assert_true(hone_internal_zip_has(zip, "old"));
        hone_internal_zip_close(zip);
    }
    signal(SIGXFSZ, handler);
    assert_int_equal(hone_internal_zip_write("/nowhere/at/all.zip", members, 1), HONE_ERROR_FILE);
    assert_null(hone_internal_zip_open("/nowhere/at/all.zip"));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
}
