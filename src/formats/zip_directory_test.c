/* Directories of zip archives: 64-bit ones, and those made to deceive. */
#include "testing/zip_files.h"

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
