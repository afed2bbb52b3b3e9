/* Tests of plain IDX files: every type, sizes that lie, damage. */
#include "testing/files.h"
#include "formats/array_files.h"
#include "testing/test.h"

static hone_array *load(const void *data, size_t bytes)
{
    hone_error_clear();
    return hone_internal_idx_load(testing_file("t.idx", data, bytes));
}

static void assert_refused(const void *data, size_t bytes, hone_status status, const char *part)
{
    hone_array *array = load(data, bytes);
    if (array)
        fail_msg("accepted, expected \"%s\"", part);
    if (hone_error_status() != status || !strstr(hone_error_message(), part) ||
        !strstr(hone_error_message(), "t.idx"))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_images_and_labels)
{
    static const unsigned char images[] = {0, 0, 8, 3, 0, 0,  0,  2,  0,  0,  0,
                                           1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255};
    hone_array *array = load(images, sizeof images);
    assert_non_null(array);
    assert_int_equal(array->type, HONE_UINT8);
    assert_int_equal(array->rank, 3);
    assert_int_equal(array->shape[0], 2);
    assert_int_equal(array->shape[1], 1);
    assert_int_equal(array->shape[2], 3);
    assert_memory_equal(array->data, images + 16, 6);
    hone_array_free(array);
    static const unsigned char empty[] = {0, 0, 8, 1, 0, 0, 0, 0};
    array = load(empty, sizeof empty);
    assert_non_null(array);
    assert_int_equal(array->shape[0], 0);
    hone_array_free(array);
}

TEST(reads_every_type)
{
    static const struct {
        unsigned char file[24];
        size_t bytes;
        hone_dtype type;
        double first, second;
    } cases[] = {
        {{0, 0, 0x08, 1, 0, 0, 0, 2, 1, 200}, 10, HONE_UINT8, 1, 200},
        {{0, 0, 0x09, 1, 0, 0, 0, 2, 1, 200}, 10, HONE_INT8, 1, -56},
        {{0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 0xff, 0xfe}, 12, HONE_INT16, 258, -2},
        {{0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff}, 16, HONE_INT32, 65536, -1},
        {{0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0xc0, 0, 0, 0xbf, 0x80, 0, 0}, 16, HONE_FLOAT32, 1.5, -1},
        {{0, 0, 0x0e, 1, 0, 0, 0, 2, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0},
         24,
         HONE_FLOAT64,
         1.5,
         -2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_array *array = load(cases[i].file, cases[i].bytes);
        if (!array)
            fail_msg("case %zu: %s", i, hone_error_message());
        assert_int_equal(array->type, cases[i].type);
        assert_true(hone_array_number(array, 0) == cases[i].first);
        assert_true(hone_array_number(array, 1) == cases[i].second);
        hone_array_free(array);
    }
}

TEST(refuses_broken_headers)
{
    static const unsigned char short_by_one[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 2},
                               long_by_one[] = {0, 0, 8, 1, 0, 0, 0, 1, 1, 2};
    static const unsigned char huge[] = {0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1};
    static const unsigned char overflow[] = {0,    0,    14,   4,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    assert_refused("", 0, HONE_ERROR_FORMAT, "ends 4 bytes too soon");
    assert_refused("\0\0\10", 3, HONE_ERROR_FORMAT, "ends 1 bytes too soon");
    assert_refused("\0\1\10\1\0\0\0\0", 8, HONE_ERROR_FORMAT, "not an IDX file");
    assert_refused("\0\0\7\1\0\0\0\0", 8, HONE_ERROR_FORMAT, "0x07 is not an IDX type");
    assert_refused("\0\0\10\0", 4, HONE_ERROR_FORMAT, "0 axes");
    assert_refused("\0\0\10\5\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0", 25, HONE_ERROR_FORMAT, "5 axes");
    assert_refused(short_by_one, sizeof short_by_one, HONE_ERROR_FORMAT,
                   "declares a file of 11 bytes, but this one has 10");
    assert_refused(long_by_one, sizeof long_by_one, HONE_ERROR_FORMAT,
                   "declares a file of 9 bytes, but this one has 10");
    assert_refused(huge, sizeof huge, HONE_ERROR_FORMAT,
                   SIZE_MAX > UINT32_MAX ? "4294967303 bytes" : "too large");
    assert_refused(overflow, sizeof overflow, HONE_ERROR_FORMAT, "too large");
    assert_null(hone_internal_idx_load(testing_path("missing")));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    assert_null(hone_internal_idx_load(testing_folder));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
}

TEST(survives_damage)
{
    unsigned char file[22] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};
    int64_t before = hone_internal_blocks_in_use();
    for (size_t length = 0; length < sizeof file; length++)
        assert_null(load(file, length));
    uint32_t seed = 3;
    for (int i = 0; i < 2000; i++) {
        unsigned char copy[sizeof file];
        memcpy(copy, file, sizeof file);
        copy[testing_random(&seed) % 16] = (unsigned char)testing_random(&seed);
        hone_array_free(load(copy, sizeof copy));
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
