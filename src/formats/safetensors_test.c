/* safetensors files: files that were written are read back; damage anywhere is refused or changes nothing but
 * numbers; nothing leaks when memory is short. (tests/interop/test_weights.py compares with the reference
 * package.) */
#include "formats/safetensors.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/memory.h>

static const float matrix[6] = {1, -2, 3.5f, 4, 5, -6.25f}, vector[2] = {0.5f, 8};
static const int32_t counter = 7;

static hone_status write_file(const char *path, const char *dtype)
{
    const hone_named_array arrays[] = {
        {"b/kernel", hone_array_view(matrix, HONE_FLOAT32, 2, (int64_t[]){2, 3})},
        {"a/bias", hone_array_view(vector, HONE_FLOAT32, 1, (int64_t[]){2})},
        {"count", hone_array_view(&counter, HONE_INT32, 0, NULL)},
        {"empty", hone_array_view(NULL, HONE_FLOAT32, 2, (int64_t[]){0, 3})},
    };
    hone_config *metadata = hone_internal_config_map();
    hone_status status =
        metadata == NULL ? HONE_ERROR_MEMORY
                         : hone_internal_config_set(metadata, "format", hone_internal_config_text("keras"));
    if (status >= 0)
        status = hone_internal_safetensors_write(path, arrays, 4, dtype, metadata);
    hone_internal_config_free(metadata);
    return status;
}

static hone_status read_matrix(const char *path, bool transposed, float *numbers)
{
    hone_safetensors *file = hone_internal_safetensors_open(path);
    if (file == NULL)
        return hone_error_status();
    int64_t shape[2] = {transposed ? 3 : 2, transposed ? 2 : 3};
    hone_array expected = hone_array_view(numbers, HONE_FLOAT32, 2, shape);
    ptrdiff_t index = hone_internal_safetensors_find(file, "b/kernel");
    hone_status status = index < 0
                             ? HONE_ERROR_NAME
                             : hone_internal_safetensors_read(file, (size_t)index, &expected, transposed);
    hone_internal_safetensors_close(file);
    return status;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(what_is_written_is_read)
{
    static const char *const types[] = {NULL, "F32", "F64", "F16", "BF16"};
    const char *path = testing_path("w.safetensors");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        float numbers[6];
        assert_int_equal(write_file(path, types[i]), HONE_OK);
        assert_int_equal(read_matrix(path, false, numbers), HONE_OK);
        assert_memory_equal(numbers, matrix, sizeof matrix);
        assert_int_equal(read_matrix(path, true, numbers), HONE_OK);
        for (int row = 0; row < 2; row++)
            for (int column = 0; column < 3; column++)
                assert_true(numbers[column * 2 + row] == matrix[row * 3 + column]);
    }
    assert_int_equal(write_file(path, "F8"), HONE_ERROR_ARGUMENT);
}

TEST(names_metadata_and_shapes)
{
    const char *path = testing_path("n.safetensors");
    float numbers[6];
    assert_int_equal(write_file(path, NULL), HONE_OK);
    hone_safetensors *file = hone_internal_safetensors_open(path);
    assert_non_null(file);
    assert_int_equal(hone_internal_safetensors_count(file), 4);
    assert_string_equal(hone_internal_config_get_text(hone_internal_safetensors_metadata(file), "format"),
                        "keras");
    assert_int_equal(hone_internal_safetensors_find(file, "kernel"), -1);
    size_t kernel = (size_t)hone_internal_safetensors_find(file, "b/kernel");
    hone_array wrong = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){3, 2});
    assert_int_equal(hone_internal_safetensors_read(file, kernel, &wrong, false), HONE_ERROR_SHAPE);
    hone_array flat = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){6});
    assert_int_equal(hone_internal_safetensors_read(file, kernel, &flat, true), HONE_ERROR_SHAPE);
    hone_array scalar = hone_array_view(numbers, HONE_FLOAT32, 0, NULL);
    assert_int_equal(hone_internal_safetensors_read(
                         file, (size_t)hone_internal_safetensors_find(file, "count"), &scalar, false),
                     HONE_OK);
    assert_true(numbers[0] == 7);
    hone_internal_safetensors_close(file);
}

/* Every byte of the header changed, and every length cut. */
TEST(survives_damage)
{
    void *data;
    size_t bytes;
    float numbers[6];
    assert_int_equal(write_file(testing_path("d.safetensors"), NULL), HONE_OK);
    assert_int_equal(hone_internal_file_read(testing_path("d.safetensors"), SIZE_MAX / 4, &data, &bytes),
                     HONE_OK);
    for (size_t length = 0; length < bytes; length++)
        assert_true(read_matrix(testing_file("cut.safetensors", data, length), false, numbers) < 0);
    unsigned char *content = data;
    for (size_t i = 0; i < bytes; i++) {
        content[i] ^= 0x15;
        read_matrix(testing_file("changed.safetensors", data, bytes), false,
                    numbers); /* either way, no crash */
        content[i] ^= 0x15;
    }
    hone_internal_free(data);
}
