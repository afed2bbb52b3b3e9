/* What went wrong in other readers of data, recipes and JSON, an advisory a test, named after it: the file of
 * that kind is made here, and Hone refuses it with a message, runs nothing, and touches no other file. The
 * table in docs/trust.md points here. */
#define _XOPEN_SOURCE 700
#include "advisories.h"

#include <hone/recipe.h>

/* YAML made objects. Tags, anchors and aliases are refused. */
TEST(CVE_2021_37678)
{
    static const char *const texts[] = {"model: !!python/object/apply:os.system [\"touch x\"]\n",
                                        "model: &a [*a]\n"};
    for (int i = 0; i < 2; i++) {
        hone_error_clear();
        assert_null(hone_recipe_parse(texts[i], "recipe"));
        assert_sentence(texts[i], "recipe: line 1");
    }
}

static void assert_data_refused(const char *path, const char *piece)
{
    hone_error_clear();
    hone_dataset *data = hone_dataset_load(path, NULL, 0);
    if (data)
        fail_msg("%s was loaded", path);
    assert_sentence(path, piece);
}

static const char *npy_file(const char *description, const char *shape)
{
    unsigned char bytes[256] = "\x93NUMPY\1\0\166\0";
    int length = snprintf((char *)bytes + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                          description, shape);
    memset(bytes + 10 + length, ' ', (size_t)(117 - length));
    bytes[127] = '\n';
    return testing_file("bad.npy", bytes, sizeof bytes);
}

/* Object arrays are pickles. */
TEST(CVE_2019_6446)
{
    assert_data_refused(npy_file("|O", "(1,)"), "");
}

/* Pickles ran code even where only weights were asked for. No pickle is read. */
TEST(CVE_2025_32434_and_CVE_2026_24747)
{
    static const char pickle[] = "\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.";
    const hone_zip_member member = {"archive/data.pkl", pickle, sizeof pickle - 1};
    assert_int_equal(hone_internal_zip_write(testing_path("model.pt"), &member, 1), HONE_OK);
    assert_model_refused(testing_path("model.pt"), "");
    assert_data_refused(testing_path("model.pt"), "");
    assert_model_refused(testing_file("model.pkl", pickle, sizeof pickle - 1), "");
    assert_data_refused(testing_path("model.pkl"), "");
    const hone_zip_member pickled[] = {{"config.json", config, strlen(config)},
                                       {"model.weights.npz", pickle, sizeof pickle - 1}};
    assert_int_equal(hone_internal_zip_write(testing_path("npz.keras"), pickled, 2), HONE_OK);
    assert_model_refused(testing_path("npz.keras"), "model.weights.npz");
}

/* Counts in headers overflowed, or were larger than the file. */
TEST(CVE_2025_53630_and_CVE_2026_27940_and_CVE_2026_7482)
{
    assert_data_refused(npy_file("<f4", "(4611686018427387904, 4)"), "");
    assert_data_refused(npy_file("<f4", "(18446744073709551616,)"), "");
    assert_data_refused(npy_file("<f4", "(1000,)"), "");
    assert_data_refused(npy_file("<f4", "(-1,)"), "");
    assert_data_refused(
        testing_file("bad.idx", "\0\0\10\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16), "IDX");
    assert_data_refused(testing_file("bad.idx", "\0\0\10\1\0\0\0\5\1\2", 10), "IDX");
}

/* Very long numbers in JSON. */
TEST(CVE_2023_26819)
{
    size_t length = 1000000;
    char *text = malloc(length + 1);
    memset(text, '9', length);
    hone_error_clear();
    assert_null(hone_internal_json_parse(text, length, "long"));
    assert_sentence("a long number", "long");
    free(text);
}

/* Malformed models ended the process by assertion. Every cut of a file is an error, and no more. */
TEST(CVE_2022_23582_and_CVE_2022_23583_and_CVE_2022_23586_and_CVE_2022_23594)
{
    void *bytes;
    size_t size;
    assert_int_equal(hone_internal_file_read(golden, 1 << 20, &bytes, &size), HONE_OK);
    for (size_t cut = 0; cut < size; cut += 1 + size / 200)
        assert_model_refused(testing_file("cut.keras", bytes, cut), "");
    hone_internal_free(bytes);
}
