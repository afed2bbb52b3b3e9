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

/* ---- as libhdf5 reads it ---- */

static hid_t open_image(const void *data, size_t bytes)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    H5Pset_file_image(access, (void *)(uintptr_t)data, bytes);
    hid_t file = H5Fopen("image", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    assert_true(file >= 0);
    return file;
}

static void *image_of(hone_store *store, size_t *bytes)
{
    void *data;
    if (hone_internal_store_to_hdf5(store, &data, bytes) != HONE_OK)
        fail_msg("%s", hone_error_message());
    hone_internal_store_free(store);
    return data;
}

/* X(type, what libhdf5 calls it in memory) */
#define TYPES(X) \
    X(FLOAT32, H5T_NATIVE_FLOAT) \
    X(FLOAT64, H5T_NATIVE_DOUBLE) \
    X(INT8, H5T_NATIVE_INT8) \
    X(INT16, H5T_NATIVE_INT16) \
    X(INT32, H5T_NATIVE_INT32) \
    X(INT64, H5T_NATIVE_INT64) \
    X(UINT8, H5T_NATIVE_UINT8) \
    X(UINT16, H5T_NATIVE_UINT16) \
    X(UINT32, H5T_NATIVE_UINT32) \
    X(UINT64, H5T_NATIVE_UINT64)

TEST(every_type_is_one_of_libhdf5s)
{
    static const double numbers[4] = {1.5, -2.25, 1e300, 0};
#define ROW(name, memory) {HONE_##name, memory},
    const struct {
        hone_dtype type;
        hid_t memory;
    } types[] = {TYPES(ROW)};
#undef ROW
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add_group(store, "vars", "all"), HONE_OK);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        hone_array array = view(numbers, types[i].type, 1, 32 / (int64_t)hone_dtype_size(types[i].type), 0);
        assert_int_equal(hone_internal_store_add(store, "vars", &array, false), HONE_OK);
    }
    size_t bytes;
    void *data = image_of(store, &bytes);
    hid_t file = open_image(data, bytes);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char name[32];
        snprintf(name, sizeof name, "vars/%zu", i);
        hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), type = H5Dget_type(dataset);
        unsigned char received[32] = {0};
        assert_true(H5Tequal(type, types[i].memory) > 0);
        assert_true(H5Dread(dataset, types[i].memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, received) >= 0);
        assert_memory_equal(received, numbers, 32);
        H5Tclose(type);
        H5Dclose(dataset);
    }
    H5Fclose(file);
    hone_internal_free(data);
}

TEST(truth_values_are_those_of_h5py)
{
    static const unsigned char truth[3] = {1, 0, 1};
    const hone_array array = hone_array_view(truth, HONE_BOOL, 1, (int64_t[]){3});
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add_group(store, "g", NULL), HONE_OK);
    assert_int_equal(hone_internal_store_add_named(store, "g", "mask", &array), HONE_OK);
    size_t bytes;
    void *data = image_of(store, &bytes);
    hid_t file = open_image(data, bytes), dataset = H5Dopen2(file, "g/mask", H5P_DEFAULT),
          type = H5Dget_type(dataset);
    signed char yes = 0;
    unsigned char received[3];
    assert_int_equal(H5Tget_class(type), H5T_ENUM);
    assert_true(H5Tenum_valueof(type, "TRUE", &yes) >= 0);
    assert_int_equal(yes, 1);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, received) >= 0);
    assert_memory_equal(received, truth, 3);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
    hone_internal_free(data);
}

static void check_group(hid_t file, const char *path, const char *name)
{
    hid_t group = H5Gopen2(file, path, H5P_DEFAULT);
    assert_true(group >= 0);
    hid_t attribute = H5Aopen(group, "name", H5P_DEFAULT), type = H5Aget_type(attribute);
    char *received = NULL;
    assert_true(H5Tis_variable_str(type) > 0);
    assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
    assert_true(H5Aread(attribute, type, &received) >= 0);
    assert_string_equal(received == NULL ? "" : received, name);
    H5free_memory(received);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Gclose(group);
}

/* Links of a group fill leaves, a node of its tree, and trees of two and three levels; names more than one
 * collection. */
static const struct {
    const char *name;
    int64_t count;
} numbers_of_links[] = {
    {"none", 0},          {"one", 1},          {"a leaf", 8},          {"two leaves", 9},
    {"a full node", 256}, {"two levels", 257}, {"three levels", 9000}, {"two collections", 70000}};

TEST_EACH(groups_hold_any_number_of_links, numbers_of_links)
{
    const int64_t count = row->count;
    hone_store *store = hone_internal_store_create();
    char path[64], name[96];
    assert_int_equal(hone_internal_store_add_group(store, "layers", ""), HONE_OK);
    for (int64_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "layers/%lld-%s", (long long)(i * 7919 % count),
                 i % 3 ? "\xc3\xa4" : "a long name");
        snprintf(name, sizeof name, "the name of %s", path);
        assert_int_equal(hone_internal_store_add_group(store, path, name), HONE_OK);
    }
    size_t bytes;
    void *data = image_of(store, &bytes);
    hid_t file = open_image(data, bytes), layers = H5Gopen2(file, "layers", H5P_DEFAULT);
    H5G_info_t information;
    assert_true(H5Gget_info(layers, &information) >= 0);
    assert_int_equal(information.nlinks, count);
    check_group(file, "layers", "");
    for (int64_t i = 0; i < count; i += 1 + count / 50) {
        snprintf(path, sizeof path, "layers/%lld-%s", (long long)(i * 7919 % count),
                 i % 3 ? "\xc3\xa4" : "a long name");
        snprintf(name, sizeof name, "the name of %s", path);
        check_group(file, path, name);
    }
    H5Gclose(layers);
    H5Fclose(file);
    hone_internal_free(data);
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
