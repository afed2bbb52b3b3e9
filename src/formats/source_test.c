/* Bytes that come in order, from files as they are. (Out of gzip: formats/gzip_test.c.) */
#include "formats/source.h"
#include "testing/files.h"
#include "testing/test.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char text[] = "0123456789abcdefghij";
enum { LENGTH = sizeof text - 1 };

/* All of it, at most `room` bytes at a time. */
static void check_read(hone_source *source, size_t room)
{
    char read[LENGTH + 8];
    size_t length = 0, bytes;
    do {
        assert_int_equal(hone_internal_source_read(source, read + length, room, &bytes), HONE_OK);
        assert_true(bytes <= room);
        length += bytes;
    } while (bytes > 0);
    assert_int_equal(length, LENGTH);
    assert_memory_equal(read, text, LENGTH);
}

TEST(comes_in_pieces_of_any_size_and_again_after_a_rewind)
{
    hone_source *sources[] = {hone_internal_source_memory(text, LENGTH, "memory"),
                              hone_internal_source_open(testing_file("plain", text, LENGTH))};
    for (int i = 0; i < 2; i++) {
        if (sources[i] == NULL)
            fail_msg("%s", hone_error_message());
        for (size_t room = 1; room <= 7; room++) {
            check_read(sources[i], room);
            assert_int_equal(hone_internal_source_rewind(sources[i]), HONE_OK);
        }
        hone_internal_source_close(sources[i]);
    }
    hone_internal_source_close(NULL);
}

TEST(is_called_by_its_path_or_label)
{
    const char *path = testing_file("named", text, LENGTH);
    hone_source *memory = hone_internal_source_memory(text, LENGTH, "the label"),
                *file = hone_internal_source_open(path);
    assert_string_equal(hone_internal_source_label(memory), "the label");
    assert_string_equal(hone_internal_source_label(file), path);
    hone_internal_source_close(memory);
    hone_internal_source_close(file);
}

TEST(an_empty_file_is_at_its_end)
{
    char byte;
    size_t bytes = 9;
    hone_source *source = hone_internal_source_open(testing_file("empty", "", 0));
    assert_non_null(source);
    assert_int_equal(hone_internal_source_read(source, &byte, 1, &bytes), HONE_OK);
    assert_int_equal(bytes, 0);
    hone_internal_source_close(source);
}

TEST(what_is_no_file_is_told)
{
    assert_null(hone_internal_source_open(testing_path("none")));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "none"));
    assert_null(hone_internal_source_open(testing_folder));
}

TEST(files_of_a_set_follow_each_other)
{
    char read[LENGTH + 8];
    size_t bytes;
    for (int f = 0; f < 3; f++)
        testing_file(f == 0 ? "part-1" : f == 1 ? "part-10" : "part-2", text + f, LENGTH - (size_t)f);
    hone_source *source = hone_internal_source_open_set(testing_path("part-*"));
    assert_non_null(source);
    for (int round = 0; round < 2; round++) {
        static const char *const names[] = {"part-1", "part-2", "part-10"};
        static const int firsts[] = {0, 2, 1};
        for (int f = 0; f < 3; f++) {
            assert_int_equal(f == 0 || hone_internal_source_next(source) == 1, true);
            assert_non_null(strstr(hone_internal_source_label(source), names[f]));
            assert_int_equal(hone_internal_source_read(source, read, sizeof read, &bytes), HONE_OK);
            assert_int_equal(bytes, LENGTH - firsts[f]);
            assert_memory_equal(read, text + firsts[f], bytes);
        }
        assert_int_equal(hone_internal_source_next(source), 0);
        assert_int_equal(hone_internal_source_rewind(source), HONE_OK);
    }
    hone_internal_source_close(source);
}

TEST(survives_failing_allocations)
{
    const char *path = testing_file("memory", text, LENGTH);
    int64_t before = hone_internal_blocks_in_use();
    hone_source *source = NULL;
    for (int64_t n = 0; source == NULL && n < 50; n++) {
        hone_internal_fail_allocations_after(n);
        source = n % 2 == 0 ? hone_internal_source_open(path) : hone_internal_source_open_set(path);
        hone_internal_fail_allocations_after(-1);
        if (source == NULL) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
    }
    assert_non_null(source);
    hone_internal_source_close(source);
}
