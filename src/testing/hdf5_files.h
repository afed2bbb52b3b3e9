/* For tests of HDF5 files: a store of weights, files made by HDF5's own calls, and what is read of them. Each
 * file that includes this does not hear of HDF5's failures on the error output. */
#ifndef HONE_TESTING_HDF5_FILES_H
#define HONE_TESTING_HDF5_FILES_H

#include "base/memory.h"
#include "formats/hdf5_file.h"
#include "formats/store.h"
#include "testing/test.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float KERNEL[6] = {1, 2, 3, 4, 5, -6.5f};
static const float BIAS[2] = {0.25f, INFINITY};

/* HDF5 tells of each failure on the error output otherwise. */
static inline int silence(void **state)
{
    (void)state;
    return H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0;
}

static inline uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

static inline hone_array view(const void *data, hone_dtype type, int rank, int64_t first, int64_t second)
{
    return (hone_array){
        .type = type, .rank = rank, .shape = {first, second}, .data = (void *)(uintptr_t)data};
}

/* A Dense layer, a layer without variables, and the iteration of an optimizer. */
static inline hone_store *make_store(void)
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

static inline void make_image(void **data, size_t *bytes)
{
    hone_store *store = make_store();
    assert_non_null(store);
    if (hone_internal_store_to_hdf5(store, data, bytes) != HONE_OK)
        fail_msg("%s", hone_error_message());
    hone_internal_store_free(store);
}

static inline hone_weights_file *open_copy(const void *data, size_t bytes)
{
    void *copy = hone_internal_allocate(bytes);
    if (!copy)
        return NULL;
    memcpy(copy, data, bytes);
    return hone_internal_weights_open_memory(copy, bytes, "a.h5");
}

static inline void check_text(char *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    hone_internal_free(text);
}

static inline void check_failed(hone_status received, hone_status expected, const char *words)
{
    assert_int_equal(received, expected);
    if (!strstr(hone_error_message(), words))
        fail_msg("expected \"%s\" in the message, received: %s", words, hone_error_message());
}

AROUND_ALL(silence, NULL);

static hid_t making;

static inline void begin_file(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    making = H5Fcreate("test", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    assert_true(making >= 0);
}

static inline void end_file(void **data, size_t *bytes)
{
    H5Fflush(making, H5F_SCOPE_GLOBAL);
    *bytes = (size_t)H5Fget_file_image(making, NULL, 0);
    *data = hone_internal_allocate(*bytes);
    H5Fget_file_image(making, *data, *bytes);
    H5Fclose(making);
}

static inline hone_weights_file *finish_file(void)
{
    void *data;
    size_t bytes;
    end_file(&data, &bytes);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "a.h5");
    if (!file)
        fail_msg("%s", hone_error_message());
    return file;
}

static inline void make_group(const char *path)
{
    hid_t link = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(link, 1);
    hid_t group = H5Gcreate2(making, path, link, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(group >= 0);
    H5Gclose(group);
    H5Pclose(link);
}

/* A dataset, kept open by nobody. `data` may be NULL: then none are written. */
static inline void make_dataset(const char *path, hid_t type, int rank, const hsize_t *shape, hid_t creation,
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

static inline void make_vector(const char *path)
{
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, H5P_DEFAULT, H5T_NATIVE_FLOAT, BIAS);
}

static inline void check_vector(hone_weights_file *file, const char *path, float first, float second)
{
    float read[2] = {0};
    hone_array to = view(read, HONE_FLOAT32, 1, 2, 0);
    if (hone_internal_weights_read_path(file, path, &to) != HONE_OK)
        fail_msg("%s", hone_error_message());
    assert_true(read[0] == first && read[1] == second);
}

static inline void check_unread(hone_weights_file *file, const char *path, const char *words)
{
    float read[2];
    hone_array to = view(read, HONE_FLOAT32, 1, 2, 0);
    check_failed(hone_internal_weights_read_path(file, path, &to), HONE_ERROR_FORMAT, words);
}

/* A file with a good array and what `make` adds. */
static inline hone_weights_file *file_with(void (*make)(const char *path), const char *path)
{
    begin_file();
    make_group("layers/dense/vars");
    make_vector("layers/dense/vars/0");
    make(path);
    hone_weights_file *file = finish_file();
    check_vector(file, "layers/dense/vars/0", BIAS[0], BIAS[1]);
    return file;
}

/* Reads everything that the sample holds; the first failure. */
static inline hone_status read_sample(const void *data, size_t bytes)
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

/* A file that deceives: beside arrays that are good, `make` adds one at `path`, which is refused. */
typedef struct hdf5_lie {
    const char *name, *path;
    void (*make)(const char *path);
    const char *words; /* of the message */
} hdf5_lie;

static inline void check_lie(const hdf5_lie *lie)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_weights_file *file = file_with(lie->make, lie->path);
    check_unread(file, lie->path, lie->words);
    hone_internal_weights_close(file);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

#endif
