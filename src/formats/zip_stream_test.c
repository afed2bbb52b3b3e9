/* Members of zip archives read piece by piece. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/zip_files.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_zip_stream *open_member(hone_zip_reader *zip, const char *name)
{
    hone_zip_stream *stream = zip != NULL ? hone_internal_zip_stream_open(zip, name) : NULL;
    if (stream == NULL)
        fail_msg("%s", hone_error_message());
    return stream;
}

static made_member zeros(unsigned char *packed, size_t room, uint32_t size)
{
    return (made_member){.name = "zeros",
                         .data = (const char *)packed,
                         .bytes = deflate_zeros(1000, packed, room),
                         .method = 8,
                         .size = size,
                         .checksum = 0x60b1780};
}

static void check_pieces(hone_zip_reader *zip)
{
    unsigned char byte, rest[999], two[2];
    uint64_t place;
    hone_zip_stream *stream = open_member(zip, "zeros");
    assert_false(hone_internal_zip_stream_place(stream, &place));
    assert_int_equal(hone_internal_zip_stream_left(stream), 1000);
    assert_int_equal(hone_internal_zip_stream_take(stream, &byte, 1), HONE_OK);
    assert_int_equal(hone_internal_zip_stream_take(stream, rest, 999), HONE_OK);
    assert_int_equal(byte + rest[0] + rest[998], 0);
    assert_int_equal(hone_internal_zip_stream_finish(stream), HONE_OK);
    hone_internal_zip_stream_close(stream);
    stream = open_member(zip, "abc");
    assert_int_equal(hone_internal_zip_stream_take(stream, two, 2), HONE_OK);
    assert_memory_equal(two, "ab", 2);
    assert_true(hone_internal_zip_stream_place(stream, &place));
    assert_int_equal(place, 35); /* behind the header, its name and two bytes */
    assert_int_equal(hone_internal_zip_stream_take(stream, two, 2), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "ends 1 bytes too soon"));
    assert_int_equal(hone_internal_zip_stream_finish(stream), HONE_OK); /* reads what is left */
    hone_internal_zip_stream_close(stream);
    hone_internal_zip_close(zip);
}

TEST(reads_pieces_of_what_is_in_memory_or_in_a_file)
{
    unsigned char packed[64];
    const made_member members[] = {{.name = "abc", .data = "abc", .bytes = 3},
                                   zeros(packed, sizeof packed, 1000)};
    const made_archive archive = make(members, 2);
    check_pieces(open_bytes(archive.bytes, archive.length));
    check_pieces(hone_internal_zip_open_file(testing_file("a.zip", archive.bytes, archive.length)));
    unlink(testing_path("a.zip"));
}

static void check_damaged(const made_member *member, const char *words)
{
    const made_archive archive = make(member, 1);
    hone_zip_reader *zip = open_bytes(archive.bytes, archive.length);
    hone_zip_stream *stream = open_member(zip, member->name);
    assert_int_equal(hone_internal_zip_stream_finish(stream), HONE_ERROR_FORMAT);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("expected \"%s\": %s", words, hone_error_message());
    hone_internal_zip_stream_close(stream);
    hone_internal_zip_close(zip);
}

TEST(what_is_damaged_is_found_at_the_end)
{
    unsigned char packed[64];
    const made_member shorter = zeros(packed, sizeof packed, 999),
                      longer = zeros(packed, sizeof packed, 1001),
                      wrong = {.name = "abc", .data = "abc", .bytes = 3, .checksum = 1};
    check_damaged(&shorter, "do not inflate to its size");
    check_damaged(&longer, "do not inflate to its size");
    check_damaged(&wrong, "checksum is wrong");
}

TEST(refuses_a_member_that_is_not_there)
{
    const made_member member = {.name = "abc", .data = "abc", .bytes = 3};
    const made_archive archive = make(&member, 1);
    hone_zip_reader *zip = open_bytes(archive.bytes, archive.length);
    assert_null(hone_internal_zip_stream_open(zip, "abd"));
    assert_non_null(strstr(hone_error_message(), "it has no member \"abd\""));
    hone_internal_zip_close(zip);
}
