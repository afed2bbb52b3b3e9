/* Members of zip archives: what is there, and what is damaged. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/zip_files.h"
#include "testing/files.h"

#include <zip.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

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

TEST(what_is_written_is_read)
{
    static char large[100000];
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (char)(i * 7 % 251);
    const hone_zip_member members[] = {
        {"metadata.json", "{}", 2}, {"empty", NULL, 0}, {"assets/\xc3\xa9/large", large, sizeof large}};
    assert_int_equal(hone_internal_zip_write(testing_path("a.zip"), members, 3), HONE_OK);
    hone_zip_reader *zip = hone_internal_zip_open(testing_path("a.zip"));
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
    assert_int_equal(hone_internal_zip_write(testing_path("a.zip"), NULL, 0), HONE_ERROR_ARGUMENT);
}

/* What libzip deflates is read; so are 64-bit fields and a comment at the end. */
TEST(reads_deflated_members)
{
    static char text[300000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "the quick brown fox "[i * i % 20];
    unlink(testing_path("a.zip"));
    int code;
    zip_t *archive = zip_open(testing_path("a.zip"), ZIP_CREATE, &code);
    assert_non_null(archive);
    zip_source_t *source = zip_source_buffer(archive, text, sizeof text, 0);
    assert_true(zip_file_add(archive, "t.txt", source, 0) >= 0);
    zip_set_file_compression(archive, 0, ZIP_CM_DEFLATE, 9);
    zip_set_archive_comment(archive, "a comment with PK\5\6 in it", 25);
    assert_int_equal(zip_close(archive), 0);
    hone_zip_reader *zip = hone_internal_zip_open(testing_path("a.zip"));
    if (!zip)
        fail_msg("%s", hone_error_message());
    check_member(zip, "t.txt", text, sizeof text);
    hone_internal_zip_close(zip);
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
                                    .checksum = 0x60b1780}};
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
