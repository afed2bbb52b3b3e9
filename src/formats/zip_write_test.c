/* Zip archives that are written: the same bytes each time, on disks that fill up. */
#define _GNU_SOURCE /* memmem, mkdtemp */
#include "testing/zip_files.h"
#include "testing/files.h"

#include <signal.h>
#include <sys/resource.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* The layout that Keras writes: stored, flags 0, sizes in the local header, 1980-01-01, Unix, mode 0600. */
TEST(writes_known_bytes)
{
    const hone_zip_member members[] = {{"a", "xyz", 3}, {"b/c", "", 0}};
    void *first, *second;
    size_t first_bytes, second_bytes;
    assert_int_equal(hone_internal_zip_write(testing_path("a.zip"), members, 2), HONE_OK);
    assert_int_equal(hone_internal_file_read(testing_path("a.zip"), 1 << 20, &first, &first_bytes), HONE_OK);
    sleep(2); /* DOS times count by two seconds */
    assert_int_equal(hone_internal_zip_write(testing_path("a.zip"), members, 2), HONE_OK);
    assert_int_equal(hone_internal_file_read(testing_path("a.zip"), 1 << 20, &second, &second_bytes),
                     HONE_OK);
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

TEST(survives_failing_allocations)
{
    const hone_zip_member members[] = {{"a", "abc", 3}, {"b", "d", 1}};
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t n = 0; !done; n++) {
        hone_internal_fail_allocations_after(n);
        hone_status status = hone_internal_zip_write(testing_path("a.zip"), members, 2);
        hone_zip_reader *zip = status == HONE_OK ? hone_internal_zip_open(testing_path("a.zip")) : NULL;
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
    assert_int_equal(hone_internal_zip_write(testing_path("a.zip"), &old, 1), HONE_OK);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit < 200000; limit = limit < 64 ? limit + 9 : limit * 2) {
        small = before;
        small.rlim_cur = limit;
        setrlimit(RLIMIT_FSIZE, &small);
        hone_status status = hone_internal_zip_write(testing_path("a.zip"), members, 1);
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, HONE_ERROR_FILE);
        assert_non_null(strstr(hone_error_message(), testing_path("a.zip")));
        hone_zip_reader *zip = hone_internal_zip_open(testing_path("a.zip"));
        assert_non_null(zip);
        assert_true(hone_internal_zip_has(zip, "old"));
        hone_internal_zip_close(zip);
    }
    signal(SIGXFSZ, handler);
    assert_int_equal(hone_internal_zip_write("/nowhere/at/all.zip", members, 1), HONE_ERROR_FILE);
    assert_null(hone_internal_zip_open("/nowhere/at/all.zip"));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
}
