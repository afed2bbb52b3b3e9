/* Tests of tar archives: the files asked for come out and nothing else, wherever names, links and sizes
 * point. */
#include "formats/tar.h"
#include "testing/files.h"
#include "testing/test.h"

#include <zlib.h>

typedef struct part {
    const char *name, *content;
    char kind;
    const char *size; /* octal in place of the content's, or NULL */
} part;

static void write_part(gzFile file, const part *one)
{
    unsigned char block[512] = {0};
    unsigned sum = 0;
    size_t length = strlen(one->content);
    snprintf((char *)block, 100, "%s", one->name);
    snprintf((char *)block + 124, 12, "%s", one->size ? one->size : "");
    if (!one->size)
        snprintf((char *)block + 124, 12, "%011o", (unsigned)length & 07777);
    memset(block + 148, ' ', 8);
    block[156] = (unsigned char)one->kind;
    memcpy(block + 157, "/etc/passwd", 11);
    memcpy(block + 257, "ustar", 6);
    for (int i = 0; i < 512; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    gzwrite(file, block, 512);
    memset(block, 0, sizeof block);
    memcpy(block, one->content, length);
    if (length > 0)
        gzwrite(file, block, 512);
}

/* The path of a tar.gz with these members, ended as it should be. */
static const char *make(const part *parts, size_t count)
{
    static const char zeros[1024];
    const char *path = testing_path("a.tar.gz");
    gzFile file = gzopen(path, "wb");
    for (size_t i = 0; i < count; i++)
        write_part(file, &parts[i]);
    gzwrite(file, zeros, sizeof zeros);
    gzclose(file);
    return path;
}

static const hone_tar_wanted wanted[] = {{"set/a.bin", 5}, {"set/b.bin", 2}, {NULL, 0}};

static const char *out(void)
{
    testing_folder_empty(testing_path("out"));
    mkdir(testing_path("out"), 0700);
    return testing_path("out");
}

static void assert_refused(const part *parts, size_t count, const char *message)
{
    const char *path = make(parts, count);
    assert_true(hone_internal_tar_extract(path, wanted, out()) < 0);
    if (!strstr(hone_error_message(), message))
        fail_msg("received \"%s\", expected \"%s\"", hone_error_message(), message);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(takes_what_is_wanted)
{
    const part parts[] = {{"set", "", '5', NULL},           {"set/readme", "hello there", '0', NULL},
                          {"set/b.bin", "hi", '0', NULL},   {"../../evil", "evil", '0', NULL},
                          {"/etc/evil", "evil", '0', NULL}, {"set/link", "", '2', NULL},
                          {"set/a.bin", "12345", '0', NULL}};
    assert_int_equal(hone_internal_tar_extract(make(parts, 7), wanted, out()), HONE_OK);
    assert_int_equal(testing_entries(testing_path("out")), 2);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(testing_path("out/a.bin"), 100, &data, &bytes), HONE_OK);
    assert_int_equal(bytes, 5);
    assert_memory_equal(data, "12345", 5);
    hone_internal_free(data);
}

TEST(refuses_archives_that_deceive)
{
    const part good = {"set/b.bin", "hi", '0', NULL};
    assert_refused(&good, 1, "lacks set/a.bin");
    assert_refused((part[]){good, {"set/a.bin", "", '2', NULL}}, 2, "set/a.bin is not a regular file");
    assert_refused((part[]){good, {"set/a.bin", "", '1', NULL}}, 2, "set/a.bin is not a regular file");
    assert_refused((part[]){good, {"set/a.bin", "1234", '0', NULL}}, 2, "has 4 bytes, expected 5");
    assert_refused((part[]){good, {"x", "", '0', "77777777777"}}, 2, "an impossible size");
    assert_refused((part[]){good, {"x", "", '0', "\200\1\1\1"}}, 2, "an impossible size");
    assert_refused((part[]){good, {"x", "", '0', "0000000017"}}, 2, "lacks set/a.bin"); /* the end, eaten */
    assert_refused((part[]){good, {"x", "", '0', "0000020000"}}, 2, "ends");
    testing_file("b.tar.gz", "\x1f\x8b nonsense", 10);
    assert_true(hone_internal_tar_extract(testing_path("b.tar.gz"), wanted, out()) < 0);
    assert_true(hone_internal_tar_extract(testing_path("none"), wanted, out()) < 0);
    assert_int_equal(testing_entries(testing_path("out")), 0);
}

TEST(refuses_damage)
{
    gzFile file = gzopen(testing_path("a.tar.gz"), "wb");
    char block[512] = "set/a.bin";
    gzwrite(file, block, 512);
    gzclose(file);
    assert_true(hone_internal_tar_extract(testing_path("a.tar.gz"), wanted, out()) < 0);
    assert_non_null(strstr(hone_error_message(), "member 1 has a wrong checksum"));
}
