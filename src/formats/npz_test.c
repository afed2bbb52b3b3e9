/* Tests of NPZ: there and back, and damage. */
#include "testing/files.h"
#include "formats/array_files.h"
#include "testing/test.h"

static float numbers[6] = {1, 2, 3, 4, 5, 6};
static uint8_t labels[2] = {7, 9};

static hone_status save(const char *path)
{
    hone_array x = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){2, 3});
    hone_array y = hone_array_view(labels, HONE_UINT8, 1, (int64_t[]){2});
    return hone_arrays_save(path, (const char *const[]){"x", "y"}, (const hone_array *const[]){&x, &y}, 2);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(what_is_written_is_read)
{
    const char *path = testing_path("a.npz");
    assert_int_equal(save(path), HONE_OK);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    assert_non_null(zip);
    assert_int_equal(hone_internal_zip_count(zip), 2);
    char *key;
    assert_int_equal(hone_internal_npz_key(zip, 1, &key), HONE_OK);
    assert_string_equal(key, "y");
    hone_internal_free(key);
    hone_array *x = hone_internal_npz_load(zip, path, "x"), *y = hone_internal_npz_load(zip, path, "y");
    assert_non_null(x);
    assert_non_null(y);
    assert_int_equal(x->shape[1], 3);
    assert_memory_equal(x->data, numbers, sizeof numbers);
    assert_memory_equal(y->data, labels, sizeof labels);
    hone_array_free(x);
    hone_array_free(y);
    assert_null(hone_internal_npz_load(zip, path, "z"));
    assert_non_null(strstr(hone_error_message(), "a.npz"));
    hone_internal_zip_close(zip);
}

TEST(other_members_are_no_arrays)
{
    const char *path = testing_path("o.npz");
    hone_zip_member members[] = {{"notes.txt", "hello", 5}, {".npy", "", 0}, {"bad.npy", "nonsense", 8}};
    assert_int_equal(hone_internal_zip_write(path, members, 3), HONE_OK);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    assert_non_null(zip);
    char *key;
    assert_int_equal(hone_internal_npz_key(zip, 0, &key), HONE_OK);
    assert_null(key);
    assert_int_equal(hone_internal_npz_key(zip, 1, &key), HONE_OK);
    assert_null(key);
    assert_null(hone_internal_npz_load(zip, path, "bad"));
    assert_non_null(strstr(hone_error_message(), "o.npz: bad: not an NPY file"));
    hone_internal_zip_close(zip);
}

TEST(refuses_to_save)
{
    hone_array bad = {.type = HONE_FLOAT32, .rank = 1, .shape = {3}};
    assert_int_equal(hone_arrays_save(testing_path("b.npz"), (const char *const[]){"x"},
                                      (const hone_array *const[]){&bad}, 1),
                     HONE_ERROR_ARGUMENT);
    assert_int_not_equal(access(testing_path("b.npz"), F_OK), 0);
}

TEST(survives_failing_allocations)
{
    const char *path = testing_path("m.npz");
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 200; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_zip_reader *zip = save(path) == HONE_OK ? hone_internal_zip_open(path) : NULL;
        hone_array *x = zip ? hone_internal_npz_load(zip, path, "x") : NULL;
        hone_internal_fail_allocations_after(-1);
        done = x != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_array_free(x);
        hone_internal_zip_close(zip);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 8, 199);
}
