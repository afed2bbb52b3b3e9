/* For the tests of advisories: a good file of Keras with something bad in it, in both formats, which must be
 * refused with a message. */
#ifndef TESTS_TRUST_ADVISORIES_H
#define TESTS_TRUST_ADVISORIES_H

#include "base/file.h"
#include "formats/formats.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data.h>
#include <hone/layers.h>
#include <hone/model.h>
#include <hone/files.h>
#include <hdf5.h>

static const char golden[] = "tests/golden/files/chapter_without_dropout.keras";
static char *config, *weights; /* of that file */
static size_t weights_bytes;

static inline int setup(void **state)
{
    size_t bytes;
    if (testing_folder_make(state) != 0)
        return -1;
    hone_zip_reader *zip = hone_internal_zip_open(golden);
    if (!zip || hone_internal_zip_read(zip, "config.json", SIZE_MAX, (void **)&config, &bytes) < 0 ||
        hone_internal_zip_read(zip, "model.weights.h5", SIZE_MAX, (void **)&weights, &weights_bytes) < 0)
        return -1;
    hone_internal_zip_close(zip);
    return 0;
}

static inline int teardown(void **state)
{
    hone_internal_free(config);
    hone_internal_free(weights);
    return testing_folder_remove(state);
}

AROUND_ALL(setup, teardown);

/* The configuration with one text in place of another, which must be there; to be freed. */
static inline char *replace(const char *old, const char *now)
{
    char *place = strstr(config, old);
    assert_non_null(place);
    return hone_internal_format("%.*s%s%s", (int)(place - config), config, now, place + strlen(old));
}

/* The classes of layers that files may name are in Dense's place. */
static inline char *with_layer(const char *layer)
{
    static const char flatten[] = "{\"module\": \"keras.layers\", \"class_name\": \"Flatten\"";
    char *text = hone_internal_format("%s, %s", layer, flatten), *whole = replace(flatten, text);
    hone_internal_free(text);
    return whole;
}

static inline const char *keras_file(const char *text)
{
    const hone_zip_member members[] = {{"metadata.json", "{\"keras_version\": \"3.13.0\"}", 27},
                                       {"config.json", text, strlen(text)},
                                       {"model.weights.h5", weights, weights_bytes}};
    const char *path = testing_path("bad.keras");
    assert_int_equal(hone_internal_zip_write(path, members, 3), HONE_OK);
    return path;
}

/* The same model in Keras's legacy form: JSON in an attribute of an HDF5 file. */
static inline const char *legacy_file(const char *text)
{
    const char *path = testing_path("bad.h5");
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(file, "model_config", type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, &text) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Fclose(file);
    return path;
}

static inline void assert_sentence(const char *what, const char *piece)
{
    if (hone_error_status() >= 0 || hone_error_status() == HONE_ERROR_MEMORY ||
        !strstr(hone_error_message(), piece))
        fail_msg("%s: received %d \"%s\", expected \"%s\"", what, hone_error_status(), hone_error_message(),
                 piece);
}

static inline void assert_model_refused(const char *path, const char *piece)
{
    hone_error_clear();
    hone_model *model = hone_load(path);
    if (model)
        fail_msg("%s was loaded", path);
    assert_sentence(path, piece);
}

/* In both formats, as CVE-2025-9905 teaches: one table of classes serves every path. Takes the text. */
static inline void assert_refused(char *text, const char *piece)
{
    assert_non_null(text);
    assert_model_refused(keras_file(text), piece);
    assert_model_refused(legacy_file(text), piece);
    hone_internal_free(text);
}

static inline void assert_layer_refused(const char *layer, const char *piece)
{
    assert_refused(with_layer(layer), piece);
}

#endif
