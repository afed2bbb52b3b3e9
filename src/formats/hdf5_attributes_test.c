/* Texts in attributes of HDF5 files, as versions of Keras 2 wrote them. */
#include "testing/hdf5_files.h"

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
