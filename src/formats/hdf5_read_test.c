/* Datasets of HDF5 files: what is written here, what other writers make, and what deceives. */
#include "testing/hdf5_files.h"

#include <math.h>

TEST(what_is_written_is_read)
{
    int64_t blocks = hone_internal_blocks_in_use();
    void *data;
    size_t bytes;
    make_image(&data, &bytes);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "a.h5");
    assert_non_null(file);
    assert_true(hone_internal_weights_has_group(file, "vars"));
    assert_true(hone_internal_weights_has_group(file, "/layers//dense/vars/"));
    assert_true(hone_internal_weights_has_group(file, ""));
    assert_false(hone_internal_weights_has_group(file, "layers/dense_1"));
    assert_false(hone_internal_weights_has_group(file, "./layers"));
    assert_false(hone_internal_weights_has_group(file, "layers/dense/vars/0"));
    assert_int_equal(hone_internal_weights_count(file, "layers/dense/vars"), 2);
    assert_int_equal(hone_internal_weights_count(file, "layers/flatten/vars"), 0);
    assert_int_equal(hone_internal_weights_count(file, "layers/none/vars"), 0);
    assert_int_equal(hone_internal_weights_count(file, "layers"), HONE_ERROR_FORMAT);
    check_text(hone_internal_weights_name(file, "layers/dense/vars"), "d\xc3\xa9nse");
    assert_null(hone_internal_weights_name(file, "layers/flatten/vars"));
    assert_int_equal(hone_error_status(), HONE_OK);
    assert_null(hone_internal_weights_name(file, "nowhere"));
    assert_int_equal(hone_error_status(), HONE_OK);

    float kernel[6] = {0}, bias[2] = {0};
    double wide[6];
    int32_t counter = 0, numbers[2];
    hone_array to = view(kernel, HONE_FLOAT32, 2, 3, 2);
    assert_int_equal(hone_internal_weights_read(file, "layers/dense/vars", 0, &to), HONE_OK);
    assert_memory_equal(kernel, KERNEL, sizeof kernel);
    to = view(wide, HONE_FLOAT64, 2, 3, 2);
    assert_int_equal(hone_internal_weights_read_path(file, "/layers/dense/vars/0", &to), HONE_OK);
    assert_true(wide[5] == -6.5);
    to = view(bias, HONE_FLOAT32, 1, 2, 0);
    assert_int_equal(hone_internal_weights_read(file, "layers/dense/vars", 1, &to), HONE_OK);
    assert_memory_equal(bias, BIAS, sizeof bias);
    to = view(&counter, HONE_INT32, 0, 0, 0);
    assert_int_equal(hone_internal_weights_read(file, "optimizer/vars", 0, &to), HONE_OK);
    assert_int_equal(counter, 7);
    to = view(NULL, HONE_FLOAT32, 2, 0, 4);
    assert_int_equal(hone_internal_weights_read(file, "optimizer/vars", 1, &to), HONE_OK);
    to = view(numbers, HONE_INT32, 1, 2, 0);
    check_failed(hone_internal_weights_read(file, "optimizer/vars", 0, &to), HONE_ERROR_SHAPE,
                 "a.h5: optimizer/vars/0: expected the shape (2,), received ()");
    to = view(kernel, HONE_FLOAT32, 2, 2, 3);
    check_failed(hone_internal_weights_read(file, "layers/dense/vars", 0, &to), HONE_ERROR_SHAPE,
                 "a.h5: layers/dense/vars/0: expected the shape (2, 3), received (3, 2)");
    check_failed(hone_internal_weights_read(file, "layers/dense/vars", 2, &to), HONE_ERROR_FORMAT,
                 "layers/dense/vars/2 is missing");
    check_failed(hone_internal_weights_read_path(file, "layers/dense/vars", &to), HONE_ERROR_FORMAT,
                 "layers/dense/vars is not an array");
    check_failed(hone_internal_weights_read_path(file, "layers/dense/vars/0/1", &to), HONE_ERROR_FORMAT,
                 "passes through something that is not a group");
    hone_array shape;
    assert_int_equal(hone_internal_weights_shape(file, "layers/dense/vars", 0, &shape), HONE_OK);
    assert_int_equal(shape.type, HONE_FLOAT32);
    assert_int_equal(shape.rank, 2);
    assert_int_equal(shape.shape[0], 3);
    assert_null(shape.data);
    hone_internal_weights_close(file);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(reads_all_types)
{
    uint8_t truths[3] = {1, 0, 1}, read_truths[3];
    double numbers[3] = {1, 0, 3}, read_numbers[3];
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add_group(store, "a", NULL), HONE_OK);
    for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
        hone_array from = view(numbers, HONE_FLOAT64, 1, 3, 0);
        hone_array *converted = hone_array_convert(&from, (hone_dtype)type);
        assert_int_equal(hone_internal_store_add(store, "a", converted, true), HONE_OK);
        hone_array_free(converted);
    }
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_OK);
    hone_internal_store_free(store);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "a.h5");
    for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
        hone_array shape, to = view(read_numbers, HONE_FLOAT64, 1, 3, 0);
        assert_int_equal(hone_internal_weights_shape(file, "a", type, &shape), HONE_OK);
        assert_int_equal(shape.type, type);
        if (type == HONE_BOOL) {
            to = view(read_truths, HONE_BOOL, 1, 3, 0);
            assert_int_equal(hone_internal_weights_read(file, "a", type, &to), HONE_OK);
            assert_memory_equal(read_truths, truths, 3);
            to.type = HONE_FLOAT32;
            check_failed(hone_internal_weights_read(file, "a", type, &to), HONE_ERROR_FORMAT, "truth values");
        } else {
            assert_int_equal(hone_internal_weights_read(file, "a", type, &to), HONE_OK);
            assert_true(read_numbers[0] == 1 && read_numbers[1] == 0 && read_numbers[2] == 3);
        }
    }
    hone_internal_weights_close(file);
}

/* What other writers make of two numbers: other types, byte orders, chunks, filters. */
TEST(reads_types_orders_and_filters_of_other_writers)
{
    const double wide[2] = {1.5, -2};
    const int64_t whole[2] = {1, -2};
    const uint16_t brain[2] = {0x3fc0, 0xc000};
    const hsize_t two[1] = {2};
    hid_t chunked = H5Pcreate(H5P_DATASET_CREATE), half = H5Tcopy(H5T_IEEE_F32LE),
          opaque = H5Tcreate(H5T_OPAQUE, 2);
    hid_t compact = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(chunked, 1, two);
    H5Pset_shuffle(chunked);
    H5Pset_deflate(chunked, 9);
    H5Pset_fletcher32(chunked);
    H5Pset_layout(compact, H5D_COMPACT);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    begin_file();
    make_dataset("double", H5T_IEEE_F64LE, 1, two, H5P_DEFAULT, H5T_NATIVE_DOUBLE, wide);
    make_dataset("big", H5T_IEEE_F32BE, 1, two, H5P_DEFAULT, H5T_NATIVE_DOUBLE, wide);
    make_dataset("half", half, 1, two, H5P_DEFAULT, H5T_NATIVE_DOUBLE, wide);
    make_dataset("integers", H5T_STD_I16BE, 1, two, H5P_DEFAULT, H5T_NATIVE_INT64, whole);
    make_dataset("packed", H5T_IEEE_F64LE, 1, two, chunked, H5T_NATIVE_DOUBLE, wide);
    make_dataset("compact", H5T_IEEE_F32LE, 1, two, compact, H5T_NATIVE_DOUBLE, wide);
    make_dataset("brain", opaque, 1, two, H5P_DEFAULT, opaque, brain);
    H5Pclose(chunked);
    H5Pclose(compact);
    H5Tclose(half);
    H5Tclose(opaque);
    hone_weights_file *file = finish_file();
    check_vector(file, "double", 1.5f, -2);
    check_vector(file, "big", 1.5f, -2);
    check_vector(file, "half", 1.5f, -2);
    check_vector(file, "integers", 1, -2);
    check_vector(file, "packed", 1.5f, -2);
    check_vector(file, "compact", 1.5f, -2);
    check_vector(file, "brain", 1.5f, -2);
    hone_internal_weights_close(file);
}

/* Half precision: all 65536 numbers, as HDF5 itself converts them. */
TEST(reads_every_half_as_hdf5_does)
{
    static uint16_t halves[65536];
    static float expected[65536], numbers[65536];
    for (unsigned i = 0; i < 65536; i++)
        halves[i] = (uint16_t)i;
    hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    begin_file();
    make_dataset("half", half, 1, (hsize_t[]){65536}, H5P_DEFAULT, half, halves);
    hid_t dataset = H5Dopen2(making, "half", H5P_DEFAULT);
    assert_true(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected) >= 0);
    H5Dclose(dataset);
    H5Tclose(half);
    hone_weights_file *file = finish_file();
    hone_array to = view(numbers, HONE_FLOAT32, 1, 65536, 0);
    assert_int_equal(hone_internal_weights_read_path(file, "half", &to), HONE_OK);
    for (unsigned i = 0; i < 65536; i++)
        assert_true(numbers[i] == expected[i] || (isnan(numbers[i]) && isnan(expected[i])));
    hone_internal_weights_close(file);
}

static void make_virtual(const char *path)
{
    const hsize_t two[1] = {2};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, two, NULL);
    H5Pset_virtual(creation, space, "/etc/passwd", "data", space);
    make_dataset(path, H5T_IEEE_F32LE, 1, two, creation, 0, NULL);
    H5Sclose(space);
    H5Pclose(creation);
}

static void make_outside(const char *path)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "/etc/passwd", 0, 8);
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, creation, 0, NULL);
    H5Pclose(creation);
}

static void make_long(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){(hsize_t)1 << 40}, H5P_DEFAULT, 0, NULL);
}

static void make_unwritten(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, H5P_DEFAULT, 0, NULL);
}

static void make_texts(const char *path)
{
    static const char *const texts[2] = {"1", "2"};
    hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    make_dataset(path, text, 1, (hsize_t[]){2}, H5P_DEFAULT, text, texts);
    H5Tclose(text);
}

/* A float of 32 bits whose exponent and mantissa are those of no machine. */
static void make_odd(const char *path)
{
    hid_t odd = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(odd, 31, 20, 11, 0, 20);
    make_dataset(path, odd, 1, (hsize_t[]){2}, H5P_DEFAULT, H5T_NATIVE_FLOAT, BIAS);
    H5Tclose(odd);
}

static void make_opaque(const char *path)
{
    hid_t opaque = H5Tcreate(H5T_OPAQUE, 4);
    make_dataset(path, opaque, 1, (hsize_t[]){2}, H5P_DEFAULT, opaque, BIAS);
    H5Tclose(opaque);
}

static void make_null(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, -1, NULL, H5P_DEFAULT, 0, NULL);
}

static void make_nine_axes(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 9, (hsize_t[]){1, 1, 1, 1, 1, 1, 1, 1, 2}, H5P_DEFAULT,
                 H5T_NATIVE_FLOAT, BIAS);
}

static const hdf5_lie lies[] = {
    {"an array put together from another file's", "virtual", make_virtual,
     "has a layout that is not "
     "supported"},
    {"an array whose bytes lie in another file", "outside", make_outside, "is stored in another file"},
    {"terabytes in one piece", "long", make_long, "too large a shape"},
    {"a shape without data", "unwritten", make_unwritten, "has a shape but no data"},
    {"texts", "text", make_texts, "does not hold numbers"},
    {"floats of no machine", "odd", make_odd, "does not hold numbers"},
    {"opaque bytes", "opaque", make_opaque, "does not hold numbers"},
    {"no shape", "null", make_null, "has no shape"},
    {"nine axes", "axes", make_nine_axes, "too many axes"},
};

TEST_EACH(refuses_an_array, lies)
{
    check_lie(row);
}

TEST(refuses_a_file_cut_off_anywhere)
{
    int64_t blocks = hone_internal_blocks_in_use();
    void *data;
    size_t bytes;
    make_image(&data, &bytes);
    assert_int_equal(read_sample(data, bytes), HONE_OK);
    for (size_t length = 0; length < bytes; length++)
        assert_int_not_equal(read_sample(data, length), HONE_OK);
    hone_internal_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(survives_damage)
{
    int64_t blocks = hone_internal_blocks_in_use();
    const char *rounds = getenv("HONE_TEST_FULL") ? "200000" : "5000";
    uint64_t random = 1;
    void *data;
    size_t bytes, refused = 0;
    make_image(&data, &bytes);
    for (long round = 0; round < atol(rounds); round++) {
        unsigned char *copy = malloc(bytes);
        memcpy(copy, data, bytes);
        for (uint64_t i = 0, count = 1 + next_random(&random) % 3; i < count; i++)
            copy[next_random(&random) % bytes] = (unsigned char)next_random(&random);
        refused += read_sample(copy, bytes) != HONE_OK;
        free(copy);
    }
    assert_true(refused > 0);
    hone_internal_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}
