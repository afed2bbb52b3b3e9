/* HDF5 groups with names that are not ASCII, which libhdf5 writes in the newer form: few links in the group's
 * header, more in a heap, and damage in all of it. */
#include "testing/hdf5_files.h"

#include <inttypes.h>

/* "é7" and so on, or plain numbers beside one such name. */
static void name_of(int index, bool plain, char *name, size_t size)
{
    snprintf(name, size, plain ? "%d" : "\xc3\xa9%d", index);
}

static void link_group(hid_t parent, hid_t links, const char *name)
{
    hid_t group = H5Gcreate2(parent, name, links, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(group >= 0);
    H5Gclose(group);
}

/* A file with the groups "é" and "plain"; in the first `count` groups, each with a group "0". */
static hone_weights_file *file_of(int count, unsigned char **bytes, size_t *size)
{
    char name[40];
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_fapl_core(access, 1 << 16, 0);
    H5Pset_char_encoding(links, H5T_CSET_UTF8);
    hid_t file = H5Fcreate("links.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    link_group(file, links, "\xc3\xa9");
    link_group(file, H5P_DEFAULT, "plain");
    hid_t outer = H5Gopen2(file, "\xc3\xa9", H5P_DEFAULT);
    for (int i = 0; i < count; i++) {
        name_of(i, false, name, sizeof name);
        link_group(outer, links, name);
        strcat(name, "/0");
        link_group(outer, H5P_DEFAULT, name);
    }
    H5Gclose(outer);
    H5Fflush(file, H5F_SCOPE_LOCAL);
    const ssize_t length = H5Fget_file_image(file, NULL, 0);
    assert_true(length > 0);
    *size = (size_t)length;
    *bytes = hone_internal_allocate(*size);
    H5Fget_file_image(file, *bytes, *size);
    H5Fclose(file);
    H5Pclose(links);
    H5Pclose(access);
    unsigned char *own = hone_internal_allocate(*size);
    memcpy(own, *bytes, *size);
    return hone_internal_weights_open_memory(own, *size, "links.h5");
}

static const struct {
    const char *name;
    int count;
} sizes[] = {
    {"none", 0}, {"in the header", 5}, {"one block", 12}, {"a block of blocks", 300}, {"a tree", 3000}};

TEST_EACH(finds_each_link, sizes)
{
    unsigned char *bytes;
    size_t size;
    char path[64], name[40];
    hone_weights_file *file = file_of(row->count, &bytes, &size);
    assert_non_null(file);
    assert_true(hone_internal_weights_has_group(file, "\xc3\xa9"));
    assert_true(hone_internal_weights_has_group(file, "plain"));
    const int step = row->count > 400 ? 17 : 1;
    for (int i = 0; i < row->count; i += step) {
        name_of(i, false, name, sizeof name);
        snprintf(path, sizeof path, "\xc3\xa9/%s/0", name);
        if (!hone_internal_weights_has_group(file, path))
            fail_msg("%s is not there: %s", path, hone_error_message());
        assert_int_equal(hone_internal_weights_count(file, path), 0);
    }
    assert_false(hone_internal_weights_has_group(file, "\xc3\xa9/\xc3\xa9"));
    assert_false(hone_internal_weights_has_group(file, "\xc3\xa9/3000"));
    hone_internal_weights_close(file);
    hone_internal_free(bytes);
}

/* Any byte changed, or the end cut off: found, missing or refused, and never read beyond the file. */
TEST_EACH(survives_damage, sizes)
{
    unsigned char *bytes;
    size_t size;
    uint64_t state = 7;
    hone_internal_weights_close(file_of(row->count < 400 ? row->count : 600, &bytes, &size));
    const int rounds = getenv("HONE_TEST_FULL") != NULL ? 20000 : 600;
    for (int i = 0; i < rounds; i++) {
        unsigned char *copy = hone_internal_allocate(size);
        memcpy(copy, bytes, size);
        for (int k = 0; k < 3; k++)
            copy[next_random(&state) % size] = (unsigned char)next_random(&state);
        hone_weights_file *file = hone_internal_weights_open_memory(copy, size, "links.h5");
        if (file == NULL)
            continue;
        hone_internal_weights_has_group(file, "\xc3\xa9/\xc3\xa9"
                                              "4/0");
        hone_internal_weights_count(file, "\xc3\xa9");
        hone_internal_weights_close(file);
    }
    hone_internal_free(bytes);
}

static const struct {
    const char *name, *mark;
    int count;
} marks[] = {{"the heap", "FRHP", 12}, {"its block", "FHDB", 12}, {"its blocks", "FHIB", 300},
             {"the tree", "BTHD", 12}, {"a leaf", "BTLF", 12},    {"a node", "BTIN", 3000}};

TEST_EACH(a_part_that_is_none_is_damage, marks)
{
    unsigned char *bytes;
    size_t size, changed = 0;
    hone_internal_weights_close(file_of(row->count, &bytes, &size));
    for (size_t i = 0; i + 4 <= size; i++)
        if (memcmp(bytes + i, row->mark, 4) == 0) {
            bytes[i] = 'X';
            changed++;
        }
    assert_true(changed > 0);
    hone_weights_file *file = hone_internal_weights_open_memory(bytes, size, "links.h5");
    assert_non_null(file);
    assert_true(hone_internal_weights_count(file, "\xc3\xa9") < 0);
    assert_non_null(strstr(hone_error_message(), "passes through a damaged group"));
    hone_internal_weights_close(file);
}
