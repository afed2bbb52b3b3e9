/* Sets of files: patterns, their order, manifests that are written, verified and refused. */
#include "formats/file_set.h"
#include "formats/manifest.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/message.h"
#include "testing/test.h"

#include <hone/data_files.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static void write_parts(void)
{
    static const char *const names[] = {"part-10.csv", "part-2.csv", "part-1.csv", "part-02.csv",
                                        "other.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        testing_file(names[i], names[i], strlen(names[i]));
}

static const char *name_of(const hone_file_set *set, size_t index)
{
    return strrchr(set->paths[index], '/') + 1;
}

TEST(numbers_in_names_are_ordered_as_numbers)
{
    static const char *const expected[] = {"part-1.csv", "part-02.csv", "part-2.csv", "part-10.csv"};
    hone_file_set set;
    write_parts();
    mkdir(testing_path("part-3.csv"), 0700); /* a folder is no file */
    assert_int_equal(hone_internal_file_set_find(testing_path("part-*.csv"), true, &set), HONE_OK);
    assert_int_equal(set.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(name_of(&set, i), expected[i]);
    hone_internal_file_set_free(&set);
    rmdir(testing_path("part-3.csv"));
}

TEST(a_plain_name_is_itself_and_so_is_a_file_that_looks_like_a_pattern)
{
    hone_file_set set;
    const char *path = testing_file("a[1].csv", "a", 1);
    assert_false(hone_internal_file_set_named(path));
    assert_false(hone_internal_file_set_named("plain.csv"));
    assert_false(hone_internal_file_set_named(NULL));
    assert_true(hone_internal_file_set_named("x?.csv"));
    assert_true(hone_internal_file_set_named("x.MANIFEST"));
    assert_int_equal(hone_internal_file_set_find("plain.csv", true, &set), HONE_OK);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.paths[0], "plain.csv");
    hone_internal_file_set_free(&set);
    assert_int_equal(hone_internal_file_set_find(testing_path("none-*.csv"), true, &set), HONE_ERROR_FILE);
    assert_message_has("no file has a name of this pattern");
    hone_internal_file_set_free(&set);
}

TEST(a_manifest_has_the_files_it_was_written_of)
{
    hone_file_set set;
    for (int sums = 0; sums < 2; sums++) {
        write_parts();
        const char *path = testing_path("set.manifest");
        assert_int_equal(hone_manifest_write(testing_path("part-*.csv"), path, sums), HONE_OK);
        assert_int_equal(hone_internal_file_set_find(path, true, &set), HONE_OK);
        assert_int_equal(set.count, 4);
        assert_string_equal(name_of(&set, 3), "part-10.csv");
        hone_internal_file_set_free(&set);
        testing_file("part-2.csv", "PART-2.csv", 10); /* other bytes of the same number */
        assert_int_equal(hone_internal_file_set_find(path, false, &set), HONE_OK);
        hone_internal_file_set_free(&set);
        assert_int_equal(hone_internal_file_set_find(path, true, &set), sums ? HONE_ERROR_DATA : HONE_OK);
        if (sums)
            assert_message_has("part-2.csv: the file is not the one that");
        hone_internal_file_set_free(&set);
        testing_file("part-2.csv", "short", 5);
        assert_int_equal(hone_internal_file_set_find(path, true, &set), HONE_ERROR_DATA);
        assert_message_has("part-2.csv: the file has 5 bytes");
        hone_internal_file_set_free(&set);
        unlink(testing_path("part-2.csv"));
        assert_int_equal(hone_internal_file_set_find(path, true, &set), HONE_ERROR_FILE);
        hone_internal_file_set_free(&set);
    }
}

TEST(a_manifest_stands_above_its_files)
{
    char other[32] = "/tmp/hone-other-XXXXXX", path[64];
    write_parts();
    assert_non_null(mkdtemp(other));
    snprintf(path, sizeof path, "%s/set.manifest", other);
    assert_int_equal(hone_manifest_write(testing_path("part-*.csv"), path, true), HONE_ERROR_ARGUMENT);
    assert_message_has("the file is not in the folder of");
    rmdir(other);
    assert_int_equal(hone_manifest_write(testing_path("part-*.csv"), testing_path("set.txt"), true),
                     HONE_ERROR_ARGUMENT);
    assert_message_has("ends in .manifest");
    assert_int_equal(hone_manifest_write(NULL, path, true), HONE_ERROR_ARGUMENT);
}

static const struct {
    const char *name, *text, *says;
} lies[] = {
    {"no JSON", "part", "line 1"},
    {"another version", "{\"hone_manifest\": 2, \"files\": []}", "expected a manifest"},
    {"no files", "{\"hone_manifest\": 1, \"files\": []}", "lists no files"},
    {"no name", "{\"hone_manifest\": 1, \"files\": [{\"bytes\": 1}]}", "file 1: expected a \"name\""},
    {"from the root", "{\"hone_manifest\": 1, \"files\": [{\"name\": \"/etc/passwd\", \"bytes\": 1}]}",
     "within the manifest's folder"},
    {"above", "{\"hone_manifest\": 1, \"files\": [{\"name\": \"a/../../b\", \"bytes\": 1}]}",
     "within the manifest's folder"},
    {"no size", "{\"hone_manifest\": 1, \"files\": [{\"name\": \"a\"}]}", "its size as \"bytes\""},
    {"a short sum",
     "{\"hone_manifest\": 1, \"files\": [{\"name\": \"a\", \"bytes\": 1, \"sha256\": \"ab\"}]}", "64 digits"},
};

TEST_EACH(refuses, lies)
{
    hone_file_set set;
    hone_error_clear();
    const char *path = testing_file("lie.manifest", row->text, strlen(row->text));
    assert_true(hone_internal_file_set_find(path, false, &set) < 0);
    assert_message_has(row->says);
    hone_internal_file_set_free(&set);
}

TEST(survives_failing_allocations)
{
    hone_file_set set;
    write_parts();
    const int64_t before = hone_internal_blocks_in_use();
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        set = (hone_file_set){.count = 0};
        const bool done =
            hone_manifest_write(testing_path("part-*.csv"), testing_path("m.manifest"), true) >= 0 &&
            hone_internal_file_set_find(testing_path("m.manifest"), true, &set) >= 0;
        hone_internal_fail_allocations_after(-1);
        hone_internal_file_set_free(&set);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (done)
            return;
        assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
    }
}
