/* HDF5 weights: what is written, what h5py and old versions of Keras write, and files made to deceive. */
#define _GNU_SOURCE /* memmem */
#include "formats/hdf5_file.h"
#include "formats/hdf5_guard.h"
#include "formats/store.h"

#include "base/memory.h"
#include "testing/test.h"

#include <hone/files.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const float KERNEL[6] = {1, 2, 3, 4, 5, -6.5f};
static const float BIAS[2] = {0.25f, INFINITY};

/* HDF5 tells of each failure on the error output otherwise. */
static int silence(void **state)
{
    (void)state;
    return H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0;
}

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

static hone_array view(const void *data, hone_dtype type, int rank, int64_t first, int64_t second)
{
    return (hone_array){
        .type = type, .rank = rank, .shape = {first, second}, .data = (void *)(uintptr_t)data};
}

/* A Dense layer, a layer without variables, and the iteration of an optimizer. */
static hone_store *make_store(void)
{
    static const int32_t iteration = 7;
    hone_array kernel = view(KERNEL, HONE_FLOAT32, 2, 3, 2), bias = view(BIAS, HONE_FLOAT32, 1, 2, 0);
    hone_array counter = view(&iteration, HONE_INT32, 0, 0, 0), nothing = view(NULL, HONE_FLOAT32, 2, 0, 4);
    hone_store *store = hone_internal_store_create();
    bool made = store && hone_internal_store_add_group(store, "vars", "model") == HONE_OK &&
                hone_internal_store_add_group(store, "layers/dense/vars", "d\xc3\xa9nse") == HONE_OK &&
                hone_internal_store_add(store, "layers/dense/vars", &kernel, false) == HONE_OK &&
                hone_internal_store_add(store, "layers/dense/vars", &bias, true) == HONE_OK &&
                hone_internal_store_add_group(store, "layers/flatten/vars", NULL) == HONE_OK &&
                hone_internal_store_add_group(store, "optimizer/vars", "adam") == HONE_OK &&
                hone_internal_store_add(store, "optimizer/vars", &counter, true) == HONE_OK &&
                hone_internal_store_add(store, "optimizer/vars", &nothing, true) == HONE_OK;
    if (made)
        return store;
    hone_internal_store_free(store);
    return NULL;
}

static void make_image(void **data, size_t *bytes)
{
    hone_store *store = make_store();
    assert_non_null(store);
    if (hone_internal_store_to_hdf5(store, data, bytes) != HONE_OK)
        fail_msg("%s", hone_error_message());
    hone_internal_store_free(store);
}

static hone_weights_file *open_copy(const void *data, size_t bytes)
{
    void *copy = hone_internal_allocate(bytes);
    if (!copy)
        return NULL;
    memcpy(copy, data, bytes);
    return hone_internal_weights_open_memory(copy, bytes, "a.h5");
}

static void check_text(char *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    hone_internal_free(text);
}

static void check_failed(hone_status received, hone_status expected, const char *words)
{
    assert_int_equal(received, expected);
    if (!strstr(hone_error_message(), words))
        fail_msg("expected \"%s\" in the message, received: %s", words, hone_error_message());
}

/* ---- our own ---- */

AROUND_ALL(silence, NULL);

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

TEST(the_same_weights_give_the_same_bytes)
{
    void *first, *second;
    size_t first_bytes, second_bytes;
    make_image(&first, &first_bytes);
    void *dirt = malloc(first_bytes); /* other bytes where HDF5 allocates */
    memset(dirt, 0xaa, first_bytes);
    free(dirt);
    sleep(1);
    make_image(&second, &second_bytes);
    assert_int_equal(first_bytes, second_bytes);
    assert_memory_equal(first, second, first_bytes);
    assert_int_equal(((unsigned char *)first)[8], 0); /* superblock 0, as h5py's */
    hone_internal_free(first);
    hone_internal_free(second);
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

TEST(a_store_refuses_what_a_file_cannot_hold)
{
    hone_store *store = make_store();
    hone_array array = view(BIAS, HONE_FLOAT32, 1, 2, 0);
    static const char *const paths[] = {"", "/a", "a/", "a//b", ".", "a/..", "a/./b"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(hone_internal_store_add_group(store, paths[i], NULL), HONE_ERROR_ARGUMENT);
    check_failed(hone_internal_store_add_group(store, "vars", NULL), HONE_ERROR_ARGUMENT, "already exists");
    check_failed(hone_internal_store_add(store, "none", &array, true), HONE_ERROR_ARGUMENT, "no group");
    assert_int_equal(hone_internal_store_add_group(store, "layers/dense/vars/0", NULL), HONE_OK);
    void *data;
    size_t bytes;
    check_failed(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_ERROR_FORMAT, "layers/dense/vars/0");
    assert_null(data);
    hone_internal_store_free(store);
    hone_internal_store_free(NULL);
}

/* ---- files made with HDF5's own calls ---- */

static hid_t making;

static void begin_file(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    making = H5Fcreate("test", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    assert_true(making >= 0);
}

static void end_file(void **data, size_t *bytes)
{
    H5Fflush(making, H5F_SCOPE_GLOBAL);
    *bytes = (size_t)H5Fget_file_image(making, NULL, 0);
    *data = hone_internal_allocate(*bytes);
    H5Fget_file_image(making, *data, *bytes);
    H5Fclose(making);
}

static hone_weights_file *finish_file(void)
{
    void *data;
    size_t bytes;
    end_file(&data, &bytes);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "a.h5");
    if (!file)
        fail_msg("%s", hone_error_message());
    return file;
}

static void make_group(const char *path)
{
    hid_t link = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(link, 1);
    hid_t group = H5Gcreate2(making, path, link, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(group >= 0);
    H5Gclose(group);
    H5Pclose(link);
}

/* A dataset, kept open by nobody. `data` may be NULL: then none are written. */
static void make_dataset(const char *path, hid_t type, int rank, const hsize_t *shape, hid_t creation,
                         hid_t memory, const void *data)
{
    hid_t space = rank < 0    ? H5Screate(H5S_NULL)
                  : rank == 0 ? H5Screate(H5S_SCALAR)
                              : H5Screate_simple(rank, shape, NULL);
    hid_t dataset = H5Dcreate2(making, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (data)
        assert_true(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void make_vector(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, H5P_DEFAULT, H5T_NATIVE_FLOAT, BIAS);
}

static void check_vector(hone_weights_file *file, const char *path, float first, float second)
{
    float read[2] = {0};
    hone_array to = view(read, HONE_FLOAT32, 1, 2, 0);
    if (hone_internal_weights_read_path(file, path, &to) != HONE_OK)
        fail_msg("%s", hone_error_message());
    assert_true(read[0] == first && read[1] == second);
}

static void check_unread(hone_weights_file *file, const char *path, const char *words)
{
    float read[2];
    hone_array to = view(read, HONE_FLOAT32, 1, 2, 0);
    check_failed(hone_internal_weights_read_path(file, path, &to), HONE_ERROR_FORMAT, words);
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

/* Chunks that do not divide the shape, through filters in several orders, some of them left out for single
 * chunks. */
static void make_chunked(const char *path, unsigned filters)
{
    static double numbers[37 * 53];
    for (int i = 0; i < 37 * 53; i++)
        numbers[i] = i * 0.5;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 2, (hsize_t[]){8, 16});
    for (; filters > 0; filters /= 10) {
        if (filters % 10 == 1)
            H5Pset_deflate(creation, 6);
        if (filters % 10 == 2)
            H5Pset_shuffle(creation);
        if (filters % 10 == 3)
            H5Pset_fletcher32(creation);
    }
    make_dataset(path, H5T_IEEE_F64BE, 2, (hsize_t[]){37, 53}, creation, H5T_NATIVE_DOUBLE, numbers);
    H5Pclose(creation);
}

static hone_status read_chunked(hone_weights_file *file, const char *path, double numbers[37 * 53])
{
    hone_array to = view(numbers, HONE_FLOAT64, 2, 37, 53);
    return hone_internal_weights_read_path(file, path, &to);
}

/* The digits of a name are the filters, the first one last. */
static const char *const CHUNKED[] = {"0", "1", "2", "3", "12", "312", "13", "31", "132", "2133"};

TEST(reads_chunks_of_every_kind)
{
    enum { COUNT = sizeof CHUNKED / sizeof *CHUNKED };
    begin_file();
    for (int i = 0; i < COUNT; i++)
        make_chunked(CHUNKED[i], (unsigned)atoi(CHUNKED[i]));
    void *data;
    size_t bytes;
    end_file(&data, &bytes);
    hone_weights_file *file = open_copy(data, bytes);
    for (int i = 0; i < COUNT; i++) {
        double numbers[37 * 53] = {0};
        if (read_chunked(file, CHUNKED[i], numbers) != HONE_OK)
            fail_msg("%s", hone_error_message());
        for (int j = 0; j < 37 * 53; j++)
            if (numbers[j] != j * 0.5)
                fail_msg("%s: number %d is %g", CHUNKED[i], j, numbers[j]);
    }
    hone_internal_weights_close(file);

    int64_t blocks = hone_internal_blocks_in_use();
    uint64_t random = 1;
    for (int round = 0; round < 500; round++) {
        file = open_copy(data, bytes);
        for (int i = 0; i < 200; i++) {
            uint64_t at = 96 + next_random(&random) % (bytes - 96);
            file->image[at] = (unsigned char)next_random(&random);
        }
        double numbers[37 * 53];
        for (int i = 0; i < COUNT; i++)
            read_chunked(file, CHUNKED[i], numbers);
        hone_internal_weights_close(file);
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    hone_internal_free(data);
}

/* So many groups and arrays that their B-trees have several levels. */
TEST(reads_thousands_of_groups)
{
    enum { GROUPS = 2000, ARRAYS = 300 };
    hone_store *store = hone_internal_store_create();
    char path[64];
    for (int i = 0; i < GROUPS; i++) {
        snprintf(path, sizeof path, "layers/dense_%d/vars", i);
        assert_int_equal(hone_internal_store_add_group(store, path, path), HONE_OK);
        for (int j = 0; i % 500 == 0 && j < ARRAYS; j++) {
            float number = (float)(i + j);
            hone_array array = view(&number, HONE_FLOAT32, 0, 0, 0);
            assert_int_equal(hone_internal_store_add(store, path, &array, true), HONE_OK);
        }
    }
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_OK);
    hone_internal_store_free(store);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "a.h5");
    for (int i = 0; i < GROUPS; i++) {
        snprintf(path, sizeof path, "layers/dense_%d/vars", i);
        assert_int_equal(hone_internal_weights_count(file, path), i % 500 == 0 ? ARRAYS : 0);
        check_text(hone_internal_weights_name(file, path), path);
        for (int j = 0; i % 500 == 0 && j < ARRAYS; j++) {
            float number = -1;
            hone_array array = view(&number, HONE_FLOAT32, 0, 0, 0);
            assert_int_equal(hone_internal_weights_read(file, path, j, &array), HONE_OK);
            assert_true(number == (float)(i + j));
        }
    }
    assert_false(hone_internal_weights_has_group(file, "layers/dense_2000"));
    assert_false(hone_internal_weights_has_group(file, "layers/dense_"));
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

/* ---- files that deceive: each lie in a file of its own, beside arrays that are good ---- */

static void make_soft_links(const char *path)
{
    (void)path;
    H5Lcreate_soft("/layers/dense/vars", making, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/layers/dense/vars/0", making, "soft0", H5P_DEFAULT, H5P_DEFAULT);
}

static void make_external_link(const char *path)
{
    (void)path;
    make_group("away");
    H5Lcreate_external("/etc/passwd", "/", making, "away/external", H5P_DEFAULT, H5P_DEFAULT);
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

/* A filter that HDF5 knows and this library does not want. */
static void make_filtered(const char *path)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, (hsize_t[]){2});
    H5Pset_nbit(creation);
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, creation, H5T_NATIVE_FLOAT, BIAS);
    H5Pclose(creation);
}

/* Terabytes of zeros that nobody has stored. */
static void make_endless(const char *path, hsize_t rows)
{
    hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(chunked, 2, (hsize_t[]){1, 1 << 20});
    make_dataset(path, H5T_IEEE_F32LE, 2, (hsize_t[]){rows, 1 << 20}, chunked, 0, NULL);
    H5Pclose(chunked);
}

static void make_bomb(const char *path)
{
    make_endless(path, 1 << 20);
}

static void make_sparse(const char *path)
{
    make_endless(path, 1 << 10);
}

static void make_long(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){(hsize_t)1 << 40}, H5P_DEFAULT, 0, NULL);
}

static void make_unwritten(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, H5P_DEFAULT, 0, NULL);
}

/* Two numbers in a compressed chunk of eight million. */
static void make_pieces(const char *path)
{
    hid_t pieces = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, (hsize_t[]){2}, (hsize_t[]){H5S_UNLIMITED});
    H5Pset_chunk(pieces, 1, (hsize_t[]){1 << 23});
    H5Pset_deflate(pieces, 9);
    hid_t dataset = H5Dcreate2(making, path, H5T_IEEE_F32LE, space, H5P_DEFAULT, pieces, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, BIAS) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(pieces);
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

/* A file with a good array and what `make` adds. */
static hone_weights_file *file_with(void (*make)(const char *path), const char *path)
{
    begin_file();
    make_group("layers/dense/vars");
    make_vector("layers/dense/vars/0");
    make(path);
    hone_weights_file *file = finish_file();
    check_vector(file, "layers/dense/vars/0", BIAS[0], BIAS[1]);
    return file;
}

static const struct {
    const char *name, *path;
    void (*make)(const char *path);
    const char *words; /* of the message */
} lies[] = {
    {"a group through a soft link", "soft/0", make_soft_links, "through a link, which is not followed"},
    {"an array through a soft link", "soft0", make_soft_links, "through a link, which is not followed"},
    {"a link into another file", "away/external/x", make_external_link, "newer format (external links"},
    {"an array put together from another file's", "virtual", make_virtual,
     "has a layout that is not "
     "supported"},
    {"an array whose bytes lie in another file", "outside", make_outside, "is stored in another file"},
    {"an unwanted filter", "filtered", make_filtered, "compressed in a way"},
    {"terabytes in chunks that are not there", "bomb", make_bomb, "too large a shape"},
    {"terabytes in one piece", "long", make_long, "too large a shape"},
    {"a shape without data", "unwritten", make_unwritten, "has a shape but no data"},
    {"a shape without chunks", "sparse", make_sparse, "has a shape but no"},
    {"a chunk larger than the array", "pieces", make_pieces, "pieces larger than itself"},
    {"texts", "text", make_texts, "does not hold numbers"},
    {"floats of no machine", "odd", make_odd, "does not hold numbers"},
    {"opaque bytes", "opaque", make_opaque, "does not hold numbers"},
    {"no shape", "null", make_null, "has no shape"},
    {"nine axes", "axes", make_nine_axes, "too many axes"},
};

TEST_EACH(refuses_an_array, lies)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_weights_file *file = file_with(row->make, row->path);
    check_unread(file, row->path, row->words);
    hone_internal_weights_close(file);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

static void make_gap(const char *path)
{
    (void)path;
    make_group("gap");
    make_vector("gap/0");
    make_vector("gap/2");
}

static void make_more(const char *path)
{
    (void)path;
    make_group("more");
    make_vector("more/0");
    make_vector("more/extra");
}

static void make_linked(const char *path)
{
    (void)path;
    make_group("linked");
    H5Lcreate_soft("/layers/dense/vars/0", making, "linked/0", H5P_DEFAULT, H5P_DEFAULT);
}

static const struct {
    const char *name, *path;
    void (*make)(const char *path);
    const char *words;
} false_groups[] = {
    {"a number left out", "gap", make_gap, "expected arrays with the names 0 to 1"},
    {"a name that is no number", "more", make_more, "expected arrays with the names 0 to 1"},
    {"an array through a soft link", "linked", make_linked, "linked holds a link, which is not followed"},
    {"a group through a soft link", "soft", make_soft_links, "through a link, which is not followed"},
};

TEST_EACH(refuses_to_count_a_group, false_groups)
{
    hone_weights_file *file = file_with(row->make, row->path);
    check_failed((hone_status)hone_internal_weights_count(file, row->path), HONE_ERROR_FORMAT, row->words);
    hone_internal_weights_close(file);
}

TEST(a_group_through_a_link_is_not_there)
{
    hone_weights_file *file = file_with(make_soft_links, NULL);
    assert_false(hone_internal_weights_has_group(file, "soft"));
    hone_internal_weights_close(file);
    file = file_with(make_external_link, NULL);
    assert_false(hone_internal_weights_has_group(file, "away/external"));
    hone_internal_weights_close(file);
}

static void make_circle(const char *path)
{
    (void)path;
    H5Lcreate_hard(making, "/layers", making, "layers/again", H5P_DEFAULT, H5P_DEFAULT);
}

TEST(a_circle_of_groups_harms_nobody)
{
    hone_weights_file *file = file_with(make_circle, NULL);
    check_vector(file, "layers/again/again/again/dense/vars/0", BIAS[0], BIAS[1]);
    hone_internal_weights_close(file);
}

TEST(refuses_what_is_no_hdf5_file)
{
    assert_null(open_copy("PK\3\4 is something else", 20));
    check_failed(hone_error_status(), HONE_ERROR_FORMAT, "expected an HDF5 file");
    assert_null(hone_internal_weights_open("/nowhere/at/all.h5"));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
}

/* Each of these stands in every file's superblock. */
TEST(refuses_a_superblock_that_cannot_be)
{
    enum { LEAF_K = 16, INNER_K = 18, END = 40 };
    size_t bytes;
    void *image;
    make_image(&image, &bytes);
    unsigned char *data = image;
    hone_internal_weights_close(open_copy(data, bytes)); /* a good one */
    static const size_t places[] = {LEAF_K, INNER_K};
    for (size_t i = 0; i < 2; i++) {
        unsigned char before = data[places[i]];
        data[places[i]] = 0;
        assert_null(open_copy(data, bytes));
        check_failed(hone_error_status(), HONE_ERROR_FORMAT, "room for nothing");
        data[places[i]] = before;
    }
    data[END]--;
    assert_null(open_copy(data, bytes));
    check_failed(hone_error_status(), HONE_ERROR_FORMAT, "more bytes than its superblock says");
    hone_internal_free(data);
}

/* ---- attributes of Keras 2 ---- */

static void make_attribute(const char *group, const char *name, hid_t type, int rank, hsize_t count,
                           const void *data)
{
    hid_t id = H5Gopen2(making, group, H5P_DEFAULT),
          space = rank ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(id, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0);
    if (data)
        assert_true(H5Awrite(attribute, type, data) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Gclose(id);
}

static void check_list(hone_weights_file *file, const char *name, size_t expected, const char *first,
                       const char *last)
{
    size_t count;
    char **list = hone_internal_weights_attribute_list(file, "model_weights", name, &count);
    if (!list)
        fail_msg("%s: %s", name, hone_error_message());
    assert_int_equal(count, expected);
    assert_null(list[count]);
    if (count > 0) {
        assert_string_equal(list[0], first);
        assert_string_equal(list[count - 1], last);
    }
    hone_internal_free(list);
}

TEST(reads_attributes_of_keras_2)
{
    int64_t blocks = hone_internal_blocks_in_use();
    static const char *const names[2] = {"dense/kernel:0", "d\xc3\xa9/bias:0"}, *const one[1] = {
                                                                                    "{\"class_name\": 1}"};
    hid_t variable = H5Tcopy(H5T_C_S1), utf8 = H5Tcopy(H5T_C_S1), fixed = H5Tcopy(H5T_C_S1),
          spaced = H5Tcopy(H5T_C_S1);
    H5Tset_size(variable, H5T_VARIABLE);
    H5Tset_size(utf8, H5T_VARIABLE);
    H5Tset_cset(utf8, H5T_CSET_UTF8);
    H5Tset_size(fixed, 4);
    H5Tset_strpad(fixed, H5T_STR_NULLPAD);
    H5Tset_size(spaced, 4);
    H5Tset_strpad(spaced, H5T_STR_SPACEPAD);
    begin_file();
    make_group("model_weights");
    make_attribute("/", "model_config", variable, 0, 1, one);
    make_attribute("/", "backend", fixed, 0, 1, "ten\0");
    make_attribute("/", "full", fixed, 0, 1, "abcd");
    make_attribute("/", "spaced", spaced, 0, 1, "a b ");
    make_attribute("/", "number", H5T_NATIVE_INT, 0, 1, &(int){3});
    make_attribute("model_weights", "variable", variable, 1, 2, names);
    make_attribute("model_weights", "utf8", utf8, 1, 2, names);
    make_attribute("model_weights", "fixed", fixed, 1, 3, "a\0\0\0bc\0\0defg");
    make_attribute("model_weights", "empty", H5T_IEEE_F64LE, 1, 0, NULL);
    make_attribute("model_weights", "unwritten", variable, 1, 2, NULL);
    make_attribute("model_weights", "split0", fixed, 1, 2, "a\0\0\0b\0\0\0");
    make_attribute("model_weights", "split1", variable, 1, 2, names);
    make_attribute("model_weights", "split3", fixed, 1, 1, "no\0\0");
    H5Tclose(variable);
    H5Tclose(utf8);
    H5Tclose(fixed);
    H5Tclose(spaced);
    hone_weights_file *file = finish_file();
    check_text(hone_internal_weights_attribute(file, "/", "model_config"), one[0]);
    check_text(hone_internal_weights_attribute(file, "/", "backend"), "ten");
    check_text(hone_internal_weights_attribute(file, "/", "full"), "abcd");
    check_text(hone_internal_weights_attribute(file, "/", "spaced"), "a b");
    check_list(file, "variable", 2, names[0], names[1]);
    check_list(file, "utf8", 2, names[0], names[1]);
    check_list(file, "fixed", 3, "a", "defg");
    check_list(file, "empty", 0, NULL, NULL);
    check_list(file, "unwritten", 2, "", "");
    check_list(file, "split", 4, "a", names[1]);
    size_t count;
    hone_error_clear();
    assert_null(hone_internal_weights_attribute(file, "/", "none"));
    assert_null(hone_internal_weights_attribute_list(file, "none", "none", &count));
    assert_int_equal(hone_error_status(), HONE_OK);
    assert_null(hone_internal_weights_attribute(file, "/", "number"));
    check_failed(hone_error_status(), HONE_ERROR_FORMAT, "does not hold text");
    assert_null(hone_internal_weights_attribute(file, "model_weights", "utf8"));
    check_failed(hone_error_status(), HONE_ERROR_FORMAT, "holds 2 strings, expected one");
    hone_internal_weights_close(file);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

/* ---- memory, damage, the host ---- */

/* Reads everything that the sample holds; the first failure. */
static hone_status read_sample(const void *data, size_t bytes)
{
    float kernel[6], bias[2];
    int32_t counter;
    hone_weights_file *file = open_copy(data, bytes);
    if (!file)
        return hone_error_status();
    hone_array arrays[] = {view(kernel, HONE_FLOAT32, 2, 3, 2), view(bias, HONE_FLOAT32, 1, 2, 0),
                           view(&counter, HONE_INT32, 0, 0, 0)},
               shape;
    hone_status status = hone_internal_weights_read(file, "layers/dense/vars", 0, &arrays[0]);
    if (status == HONE_OK)
        status = hone_internal_weights_read_path(file, "layers/dense/vars/1", &arrays[1]);
    if (status == HONE_OK)
        status = hone_internal_weights_read(file, "optimizer/vars", 0, &arrays[2]);
    if (status == HONE_OK)
        status = hone_internal_weights_shape(file, "optimizer/vars", 1, &shape);
    if (status == HONE_OK && hone_internal_weights_count(file, "layers/dense/vars") != 2)
        status = hone_error_status();
    char *name = status == HONE_OK ? hone_internal_weights_name(file, "layers/dense/vars") : NULL;
    if (status == HONE_OK && !name)
        status = hone_error_status();
    hone_internal_free(name);
    hone_internal_weights_close(file);
    return status;
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status != HONE_OK; n++) {
        void *data = NULL;
        size_t bytes = 0;
        hone_internal_fail_allocations_after(n);
        hone_store *store = make_store();
        status = store ? hone_internal_store_to_hdf5(store, &data, &bytes) : hone_error_status();
        if (status == HONE_OK)
            status = read_sample(data, bytes);
        hone_internal_fail_allocations_after(-1);
        if (status != HONE_OK)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_free(data);
        hone_internal_store_free(store);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
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

static int locks, unlocks;
static pthread_t locker;

static void count_lock(void *context)
{
    assert_ptr_equal(context, &locks);
    assert_int_equal(locks, unlocks); /* never nested */
    locks++;
    locker = pthread_self();
}

static void count_unlock(void *context)
{
    assert_ptr_equal(context, &locks);
    assert_true(pthread_equal(locker, pthread_self()));
    unlocks++;
}

static herr_t host_printer(hid_t stack, void *context)
{
    (void)stack;
    ++*(int *)context;
    return 0;
}

/* A host's lock is taken in pairs, its error printer neither called nor lost, its plug-in setting kept. */
TEST(leaves_the_hosts_hdf5_as_it_was)
{
    void *data;
    size_t bytes;
    int printed = 0;
    unsigned plugins = 0;
    H5Eset_auto2(H5E_DEFAULT, host_printer, &printed);
    H5PLset_loading_state(H5PL_FILTER_PLUGIN);
    hone_set_hdf5_lock(count_lock, count_unlock, &locks);
    make_image(&data, &bytes);
    hone_internal_free(data);
    hone_store *store = make_store();
    assert_int_equal(hone_internal_store_add_group(store, "layers/dense/vars/0", NULL), HONE_OK);
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_ERROR_FORMAT);
    hone_internal_store_free(store);
    hone_set_hdf5_lock(NULL, NULL, NULL);
    assert_int_equal(locks, 2);
    assert_int_equal(locks, unlocks);
    make_image(&data, &bytes);
    hone_internal_free(data);
    assert_int_equal(locks, 2);
    assert_int_equal(printed, 0);
    H5Fopen("/nowhere/at/all", H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_int_equal(printed, 1);
    H5PLget_loading_state(&plugins);
    assert_int_equal(plugins, H5PL_FILTER_PLUGIN);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0); /* nothing is left open */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static void *write_often(void *image)
{
    void *const *parts = image;
    for (int i = 0; i < 50; i++) {
        void *data = NULL;
        size_t bytes;
        hone_store *store = make_store();
        bool same = store && hone_internal_store_to_hdf5(store, &data, &bytes) == HONE_OK &&
                    bytes == (size_t)(uintptr_t)parts[1] && memcmp(data, parts[0], bytes) == 0 &&
                    read_sample(data, bytes) == HONE_OK;
        hone_internal_free(data);
        hone_internal_store_free(store);
        if (!same)
            return image;
    }
    return NULL;
}

TEST(threads_write_and_read_at_once)
{
    void *data, *result;
    size_t bytes;
    pthread_t threads[4];
    make_image(&data, &bytes);
    void *parts[2] = {data, (void *)(uintptr_t)bytes};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_often, parts), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    hone_internal_free(data);
}
