/* Tests of rows that stay in files: the same numbers as from memory, whatever the file; files that change. */
#include "testing/files.h"
#include "formats/array_files.h"
#include "formats/rows.h"
#include "testing/test.h"

enum { ROWS = 11, WIDTH = 6 };

/* An NPY file of 11 x 2 x 3 numbers that count up in the file. */
static const char *write_file(const char *name, const char *type, size_t size, bool fortran)
{
    unsigned char file[2048] = "\x93NUMPY\1\0";
    size_t count = ROWS * WIDTH;
    int length =
        snprintf((char *)file + 10, 200, "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, 2, 3), }\n",
                 type, fortran ? "True" : "False", ROWS);
    file[8] = (unsigned char)length;
    for (size_t i = 0; i < count * size; i++)
        file[10 + (size_t)length + i] = (unsigned char)(i * 7 % 60);
    return testing_file(name, file, 10 + (size_t)length + count * size);
}

static const struct {
    const char *type;
    size_t size;
} types[] = {{"<f4", 4}, {">f4", 4}, {"<f2", 2}, {">f2", 2}, {"|u1", 1}, {"|b1", 1}, {">i8", 8}, {"<f8", 8}};

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(same_as_in_memory)
{
    int64_t before = hone_internal_blocks_in_use();
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (int fortran = 0; fortran < 2; fortran++) {
            const char *path = write_file("r.npy", types[i].type, types[i].size, fortran);
            hone_array *array = hone_array_load(path);
            hone_rows *rows = hone_internal_rows_open_npy(path);
            assert_non_null(array);
            assert_non_null(rows);
            assert_int_equal(rows->array.type, array->type);
            assert_int_equal(rows->array.shape[2], 3);
            size_t row = WIDTH * hone_dtype_size(array->type);
            char result[4 * WIDTH * 8];
            for (int64_t first = 0; first + 4 <= ROWS; first++) {
                assert_int_equal(hone_internal_rows_read(rows, first, 4, result), HONE_OK);
                assert_memory_equal(result, (char *)array->data + (size_t)first * row, 4 * row);
            }
            hone_array *loaded = hone_internal_rows_load(rows);
            assert_memory_equal(loaded->data, array->data, ROWS * row);
            hone_array_free(loaded);
            hone_array_free(array);
            hone_internal_rows_free(rows);
        }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(reads_rows_of_idx)
{
    unsigned char file[12 + 6] = {0, 0, 0x0b, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6}; /* int16, 3 x 1 */
    hone_rows *rows = hone_internal_rows_open_idx(testing_file("r.idx", file, sizeof file));
    int16_t numbers[2];
    assert_non_null(rows);
    assert_int_equal(hone_internal_rows_read(rows, 1, 2, numbers), HONE_OK);
    assert_int_equal(numbers[0], 0x0304);
    assert_int_equal(numbers[1], 0x0506);
    hone_internal_rows_free(rows);
}

TEST(refuses_files_that_lie)
{
    const char *path = write_file("short.npy", "<f4", 4, false);
    hone_rows *rows = hone_internal_rows_open_npy(path);
    char result[ROWS * WIDTH * 4];
    assert_int_equal(truncate(path, 200), 0); /* while it is open */
    assert_int_equal(hone_internal_rows_read(rows, ROWS - 1, 1, result), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "short.npy: the file ends 24 bytes too soon"));
    hone_internal_rows_free(rows);
    assert_null(hone_internal_rows_open_npy(path));
    assert_non_null(strstr(hone_error_message(), "the NPY header declares 264 bytes"));
    assert_null(hone_internal_rows_open_npy(write_file("complex.npy", "<c8", 8, false)));
    assert_non_null(strstr(hone_error_message(), "complex numbers"));
    assert_null(hone_internal_rows_open_idx(write_file("other.npy", "<f4", 4, false)));
    assert_non_null(strstr(hone_error_message(), "not an IDX file"));
    assert_null(hone_internal_rows_open_npy("/nowhere/x.npy"));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
}

TEST(says_that_scratch_has_no_place)
{
    const char *path = write_file("f.npy", "<f4", 4, true);
    setenv("TMPDIR", "/nowhere", 1);
    assert_null(hone_internal_rows_open_npy(path));
    unsetenv("TMPDIR");
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "f.npy: cannot create a scratch file /nowhere/"));
}

TEST(survives_failing_allocations)
{
    const char *path = write_file("a.npy", ">f2", 2, true);
    int64_t before = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t allowed = 0; !done && allowed < 50; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_rows *rows = hone_internal_rows_open_npy(path);
        hone_array *array = rows ? hone_internal_rows_load(rows) : NULL;
        hone_internal_fail_allocations_after(-1);
        done = array != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_array_free(array);
        hone_internal_rows_free(rows);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_true(done);
}
