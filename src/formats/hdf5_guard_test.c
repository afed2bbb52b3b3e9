/* HDF5 beside a host that uses it too, and on several threads. */
#include "testing/hdf5_files.h"
#include "formats/hdf5_guard.h"

#include <hone/files.h>
#include <pthread.h>

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
