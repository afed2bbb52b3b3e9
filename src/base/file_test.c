/* Tests of base/file: whole reads, writing aside, what stands in the way. */
#include "testing/files.h"
#include "base/file.h"
#include "testing/test.h"

static void assert_error(hone_status status, hone_status expected, const char *part)
{
    assert_int_equal(status, expected);
    if (!strstr(hone_error_message(), part))
        fail_msg("\"%s\" does not hold \"%s\"", hone_error_message(), part);
}

static void save(const char *path, const char *text)
{
    hone_file_writer writer;
    assert_int_equal(hone_internal_file_begin(&writer, path), HONE_OK);
    assert_int_equal(hone_internal_file_write(&writer, text, strlen(text)), HONE_OK);
    assert_int_equal(hone_internal_file_finish(&writer), HONE_OK);
    hone_internal_file_abandon(&writer); /* fine after finish */
}

static void assert_content(const char *path, const char *expected)
{
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1000, &data, &bytes), HONE_OK);
    assert_int_equal(bytes, strlen(expected));
    assert_string_equal(data, expected); /* ended by 0 */
    hone_internal_free(data);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(writes_and_reads)
{
    const char *path = testing_path("a.txt");
    save(path, "first");
    assert_content(path, "first");
    save(path, "");
    assert_content(path, "");
    save(path, "second");
    assert_content(path, "second");
    assert_int_equal(testing_entries(testing_folder), 1); /* no temporary file is left */
    unlink(path);
}

TEST(writes_in_the_present_folder)
{
    char old[512];
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(testing_folder), 0);
    save("bare.txt", "here");
    assert_content("bare.txt", "here");
    unlink("bare.txt");
    assert_int_equal(chdir(old), 0);
}

TEST(abandoned_leaves_the_old_file)
{
    const char *path = testing_path("kept.txt");
    save(path, "old");
    hone_file_writer writer;
    assert_int_equal(hone_internal_file_begin(&writer, path), HONE_OK);
    assert_int_equal(hone_internal_file_write(&writer, "half", 4), HONE_OK);
    hone_internal_file_abandon(&writer);
    assert_content(path, "old");
    assert_int_equal(testing_entries(testing_folder), 1);
    unlink(path);
    hone_file_writer zeroed = {0};
    hone_internal_file_abandon(&zeroed);
}

TEST(keeps_permissions_and_links)
{
    const char *path = testing_path("mode.txt"), *link = testing_path("link.txt");
    save(path, "old");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink("mode.txt", link), 0);
    save(link, "new");
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_content(path, "new");
    assert_int_equal(chmod(path, 04755), 0); /* the new file is not run as its owner */
    save(path, "newer");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    unlink(path);
    save(link, "through a link to nothing");
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_content(path, "through a link to nothing");
    unlink(link);
    unlink(path);
}

TEST(says_what_is_wrong)
{
    void *data;
    size_t bytes;
    hone_file_writer writer;
    const char *missing = testing_path("missing/x.txt"), *file = testing_file("f.txt", "abc", 3);
    assert_error(hone_internal_file_read(missing, 10, &data, &bytes), HONE_ERROR_FILE, "No such file");
    assert_null(data);
    assert_error(hone_internal_file_read(testing_folder, 10, &data, &bytes), HONE_ERROR_FILE, "a folder");
    assert_error(hone_internal_file_read("/dev/zero", 10, &data, &bytes), HONE_ERROR_FILE, "a device");
    assert_error(hone_internal_file_read(file, 2, &data, &bytes), HONE_ERROR_FORMAT, "the limit is 2");
    assert_error(hone_internal_file_begin(&writer, missing), HONE_ERROR_FILE, "does not exist");
    assert_error(hone_internal_file_begin(&writer, testing_folder), HONE_ERROR_FILE,
                 "a folder with this "
                 "name");
    assert_error(hone_internal_file_begin(&writer, ""), HONE_ERROR_FILE, "empty");
    assert_error(hone_internal_file_begin(&writer, testing_path("new/")), HONE_ERROR_FILE,
                 "received a folder");
    assert_error(hone_internal_file_begin(&writer, testing_path("f.txt/g")), HONE_ERROR_FILE,
                 "Not a directory");
    assert_error(hone_check_writable(missing), HONE_ERROR_FILE, "does not exist");
    assert_int_equal(hone_check_writable(file), HONE_OK);
    assert_int_equal(hone_check_writable(testing_path("new.txt")), HONE_OK);
    assert_content(file, "abc");
    assert_int_equal(testing_entries(testing_folder), 1);
    unlink(file);
}

TEST(a_pipe_does_not_block)
{
    void *data;
    size_t bytes;
    const char *path = testing_path("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_error(hone_internal_file_read(path, 10, &data, &bytes), HONE_ERROR_FILE, "a device, pipe");
    unlink(path);
}

TEST(reads_in_pieces)
{
    char piece[8] = "";
    hone_file_reader reader;
    assert_int_equal(hone_internal_file_open(&reader, testing_file("p.txt", "abcdef", 6)), HONE_OK);
    assert_int_equal(reader.bytes, 6);
    assert_int_equal(hone_internal_file_take(&reader, piece, 4), HONE_OK);
    assert_memory_equal(piece, "abcd", 4);
    assert_error(hone_internal_file_take(&reader, piece, 4), HONE_ERROR_FORMAT, "ends 2 bytes too soon");
    hone_internal_file_close(&reader);
    hone_internal_file_close(&reader);
    unlink(testing_path("p.txt"));
}

static hone_status round_trip(const char *path)
{
    hone_file_writer writer;
    void *data;
    size_t bytes;
    HONE_TRY(hone_internal_file_begin(&writer, path));
    HONE_TRY(hone_internal_file_write(&writer, "abc", 3));
    HONE_TRY(hone_internal_file_finish(&writer));
    HONE_TRY(hone_internal_file_read(path, 10, &data, &bytes));
    hone_internal_free(data);
    return HONE_OK;
}

TEST(survives_failing_allocations)
{
    const char *path = testing_path("m.txt");
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (hone_status status = HONE_ERROR_MEMORY; status != HONE_OK && allowed < 100; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        status = round_trip(path);
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (status != HONE_OK)
            assert_int_equal(status, HONE_ERROR_MEMORY);
    }
    assert_in_range(allowed, 3, 20);
    unlink(path);
    assert_int_equal(testing_entries(testing_folder), 0);
}
