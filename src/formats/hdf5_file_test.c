/* HDF5 files: superblocks, groups and links. */
#include "testing/hdf5_files.h"

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

static const hdf5_lie lies[] = {
    {"a group through a soft link", "soft/0", make_soft_links, "through a link, which is not followed"},
    {"an array through a soft link", "soft0", make_soft_links, "through a link, which is not followed"},
    {"a link into another file", "away/external/x", make_external_link,
     "through a link, which is not followed"},
};

TEST_EACH(refuses_an_array, lies)
{
    check_lie(row);
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
