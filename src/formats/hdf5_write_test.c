/* HDF5 files that are written, from a store of arrays. */
#include "testing/hdf5_files.h"

#include <unistd.h>

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
