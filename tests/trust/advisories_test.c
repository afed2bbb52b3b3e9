/* What went wrong in other readers of models and archives, an advisory a test, named after it: the file of
 * that kind is made here, and Hone refuses it with a message, runs nothing, and touches no other file. The
 * table in docs/trust.md points here. */
#define _XOPEN_SOURCE 700
#include "advisories.h"
#include "formats/tar.h"
#include "readers/named.h"

#include <zlib.h>

/* The files that these tests start from are good ones. */
TEST(the_file_itself_is_good)
{
    hone_model *model = hone_load(keras_file(config));
    if (!model)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
}

/* ---- Keras: code in configurations ---- */

#define LAMBDA \
    "{\"module\": \"keras.layers\", \"class_name\": \"Lambda\", \"config\": {\"name\": \"l\", \"function\": " \
    "{\"class_name\": \"__lambda__\", \"config\": {\"code\": \"4wEAAAA=\", \"defaults\": null, \"closure\": null}}}}"

/* Lambda layers carry marshalled Python code. Hone knows no such layer. */
TEST(CVE_2024_3660)
{
    assert_layer_refused(LAMBDA, "Lambda");
}

/* A configuration named any module and function. Names are looked up in a fixed table, modules never. */
TEST(CVE_2025_1550)
{
    assert_layer_refused(
        "{\"module\": \"os\", \"class_name\": \"system\", \"config\": {\"command\": \"touch x\"}}", "system");
    assert_layer_refused("{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": \"exec\"}",
                         "function");
    assert_refused(replace("\"activation\": \"tanh\"",
                           "\"activation\": {\"module\": \"os\", \"class_name\": \"function\", "
                           "\"config\": \"system\", \"registered_name\": \"function\"}"),
                   "system");
    assert_refused(replace("\"activation\": \"tanh\"", "\"activation\": \"os.system\""), "os.system");
}

/* Allowed functions with side effects (get_file) were called. The tables hold layers, losses and the like
 * alone. */
TEST(CVE_2025_8747)
{
    assert_layer_refused(
        "{\"module\": \"keras.utils\", \"class_name\": \"get_file\", \"config\": {\"fname\": \"x\", "
        "\"origin\": \"https://localhost/x\"}}",
        "get_file");
    assert_refused(replace("\"activation\": \"tanh\"",
                           "\"activation\": {\"module\": \"keras.utils\", \"class_name\": "
                           "\"function\", \"config\": \"get_file\"}"),
                   "get_file");
}

/* A configuration switched the safe mode off. There is no switch: a file can only be read, by the same rules.
 */
TEST(CVE_2025_9906)
{
    assert_layer_refused(
        "{\"module\": \"keras.config\", \"class_name\": \"enable_unsafe_deserialization\", \"config\": {}}, " LAMBDA,
        "enable_unsafe_deserialization");
}

/* The legacy .h5 path ignored the safe mode. Every test here that goes through assert_refused reads both
 * formats. */
TEST(CVE_2025_9905)
{
    char *text = with_layer(LAMBDA);
    assert_model_refused(legacy_file(text), "Lambda");
    hone_internal_free(text);
}

/* A pickled module inside a configuration. */
TEST(CVE_2025_49655)
{
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"TorchModuleWrapper\", \"config\": {\"module\": "
        "\"gASVGAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUhZRSlC4=\"}}",
        "TorchModuleWrapper");
}

/* A vocabulary that was a path or a URL was read. Paths in files are never opened. */
TEST(CVE_2025_12058)
{
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"StringLookup\", \"config\": {\"name\": \"s\", "
        "\"vocabulary\": \"/etc/passwd\"}}",
        "");
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"TextVectorization\", \"config\": {\"name\": \"s\", "
        "\"vocabulary\": \"https://localhost/x\"}}",
        "");
}

/* A layer read an outside SavedModel. */
TEST(CVE_2026_1462)
{
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"TFSMLayer\", \"config\": {\"filepath\": \"/tmp\"}}",
        "TFSMLayer");
}

/* An unset safe mode counted as off. Nothing in a file changes how it is read. */
TEST(CVE_2026_12481)
{
    char *text = with_layer(
        "{\"module\": \"keras.layers\", \"class_name\": \"Lambda\", \"safe_mode\": false, \"config\": "
        "{\"safe_mode\": false}}");
    assert_refused(text, "Lambda");
}

/* Scanners looked at the outermost layers only. */
TEST(nested_lambda_of_scanners)
{
    assert_layer_refused(
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"inner\", \"layers\": [" LAMBDA
        "]}}",
        "Lambda");
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"TimeDistributed\", \"config\": {\"name\": \"t\", \"layer\": " LAMBDA
        "}}",
        "");
    assert_layer_refused(
        "{\"module\": \"keras.layers\", \"class_name\": \"SpectralNormalization\", \"config\": {\"name\": \"t\", "
        "\"layer\": " LAMBDA "}}",
        "");
    char *text = replace("\"loss\": \"", "\"loss\": " LAMBDA ", \"z\": \"");
    assert_model_refused(keras_file(text), "");
    hone_internal_free(text);
}

/* Names with ../ reached a writer of files. Names never become paths; those with a '/' are refused. */
TEST(CVE_2026_12479)
{
    assert_refused(replace("\"config\": {\"name\": \"dense\"", "\"config\": {\"name\": \"../../evil\""),
                   "evil");
    hone_error_clear();
    hone_layer *layer = hone_dense(3, .name = "../evil");
    hone_model *model = layer ? hone_sequential(hone_input(4), layer) : NULL;
    assert_true(!model || hone_save(model, testing_path("m.keras")) < 0);
    assert_sentence("a layer", "evil");
    hone_model_free(model);
    assert_int_not_equal(access(testing_path("../evil"), F_OK), 0);
}

/* ---- archives ---- */

/* Members outside the archive's folder. Nothing of a model is ever unpacked, and such names are refused. */
TEST(GHSA_hqp4_2352_xf5r)
{
    static const char *const names[] = {"../evil", "/evil", "assets/../../evil", "a\\evil", "C:evil"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const hone_zip_member members[] = {{"config.json", config, strlen(config)},
                                           {"model.weights.h5", weights, weights_bytes},
                                           {names[i], "x", 1}};
        const char *path = testing_path("bad.keras");
        if (hone_internal_zip_write(path, members, 3) == HONE_OK)
            assert_model_refused(path, "not a valid zip archive");
    }
}

/* Tar archives with .. and links wrote outside the folder. What is fetched is taken out by name and size
 * alone. */
TEST(CVE_2025_12060_and_CVE_2024_55459_and_CVE_2024_5187)
{
    static const struct {
        const char *name;
        char kind;
    } members[] = {{"../evil", '0'}, {"/tmp/evil", '0'}, {"set/a.bin", '2'}};
    const hone_tar_wanted wanted[] = {{"set/a.bin", 0}, {NULL, 0}};
    gzFile file = gzopen(testing_path("a.tar.gz"), "wb");
    unsigned char block[512];
    for (size_t i = 0; i < 3; i++) {
        unsigned sum = 0;
        memset(block, 0, sizeof block);
        snprintf((char *)block, 100, "%s", members[i].name);
        memset(block + 124, '0', 11);
        memset(block + 148, ' ', 8);
        block[156] = (unsigned char)members[i].kind;
        memcpy(block + 157, "../evil", 7);
        for (int j = 0; j < 512; j++)
            sum += block[j];
        snprintf((char *)block + 148, 8, "%06o", sum);
        gzwrite(file, block, 512);
    }
    memset(block, 0, sizeof block);
    gzwrite(file, block, 512);
    gzclose(file);
    mkdir(testing_path("out"), 0700);
    hone_error_clear();
    assert_true(hone_internal_tar_extract(testing_path("a.tar.gz"), wanted, testing_path("out")) < 0);
    assert_sentence("a link", "not a regular file");
    assert_int_equal(testing_entries(testing_path("out")), 0);
    assert_int_not_equal(access(testing_path("evil"), F_OK), 0);
}

/* ---- HDF5 ---- */

static hid_t begin_weights(hid_t *link)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 12, false);
    hid_t file = H5Fcreate("x", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    *link = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(*link, 1);
    return file;
}

/* The model with this file of weights. Takes both. */
static void assert_weights_refused(hid_t file, hid_t link, const char *piece)
{
    H5Pclose(link);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    size_t bytes = (size_t)H5Fget_file_image(file, NULL, 0);
    void *image = malloc(bytes);
    H5Fget_file_image(file, image, bytes);
    H5Fclose(file);
    const hone_zip_member members[] = {{"metadata.json", "{}", 2},
                                       {"config.json", config, strlen(config)},
                                       {"model.weights.h5", image, bytes}};
    assert_int_equal(hone_internal_zip_write(testing_path("w.keras"), members, 3), HONE_OK);
    assert_model_refused(testing_path("w.keras"), piece);
    testing_file("w.weights.h5", image, bytes);
    free(image);
    hone_model *model = hone_load(golden);
    assert_non_null(model);
    hone_error_clear();
    assert_true(hone_load_weights(model, testing_path("w.weights.h5")) < 0);
    assert_sentence("only weights", piece);
    hone_model_free(model);
}

/* A dataset of terabytes that nobody has stored, at a path that the model asks for. */
TEST(CVE_2026_0897_and_CVE_2026_12570)
{
    hid_t link, file = begin_weights(&link), space = H5Screate_simple(2, (hsize_t[]){1 << 20, 1 << 20}, NULL);
    hid_t dataset =
        H5Dcreate2(file, "layers/dense/vars/0", H5T_IEEE_F32LE, space, link, H5P_DEFAULT, H5P_DEFAULT);
    H5Dclose(dataset);
    H5Sclose(space);
    space = H5Screate_simple(1, (hsize_t[]){12}, NULL);
    H5Dclose(H5Dcreate2(file, "layers/dense/vars/1", H5T_IEEE_F32LE, space, link, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    assert_weights_refused(file, link, "dense");
}

/* The other way round, a configuration that asks for more than the file could hold. */
TEST(configuration_that_asks_for_memory)
{
    char *text = replace("\"units\": 12", "\"units\": 200000000");
    assert_model_refused(keras_file(text), "more than the file can hold");
    hone_internal_free(text);
}

/* External storage, virtual datasets, and links to other files read those. */
TEST(CVE_2026_1669)
{
    const hsize_t shape[2] = {16, 12};
    const char *outside = testing_file("outside.bin", weights, 16 * 12 * 4);
    for (int kind = 0; kind < 4; kind++) {
        hid_t link, file = begin_weights(&link), space = H5Screate_simple(2, shape, NULL);
        hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        if (kind == 0)
            H5Pset_external(creation, outside, 0, sizeof(float) * 16 * 12);
        if (kind == 1)
            H5Pset_virtual(creation, space, outside, "data", space);
        if (kind < 2)
            H5Dclose(
                H5Dcreate2(file, "layers/dense/vars/0", H5T_IEEE_F32LE, space, link, creation, H5P_DEFAULT));
        if (kind == 2)
            H5Lcreate_external(outside, "/", file, "layers/dense/vars/0", link, H5P_DEFAULT);
        if (kind == 3)
            H5Lcreate_soft("/etc/passwd", file, "layers/dense/vars/0", link, H5P_DEFAULT);
        H5Pclose(creation);
        H5Sclose(space);
        space = H5Screate_simple(1, shape + 1, NULL);
        if (kind != 2) /* a group of external links has another form, which is refused as a whole */
            H5Dclose(H5Dcreate2(file, "layers/dense/vars/1", H5T_IEEE_F32LE, space, link, H5P_DEFAULT,
                                H5P_DEFAULT));
        H5Sclose(space);
        assert_weights_refused(file, link, "dense");
    }
}

/* libhdf5 is corrupted by crafted files. It never sees a file that is read: Hone has a reader of its own, and
 * damage in every byte of a file is an error or harmless. (tests/fuzz goes on with that.) */
TEST(CVE_2016_4333_and_CVE_2026_26200)
{
    uint32_t random = 1;
    unsigned char *copy = malloc(weights_bytes);
    hone_model *model = hone_load(golden);
    for (int i = 0; i < 300; i++) {
        memcpy(copy, weights, weights_bytes);
        for (int j = 0; j < 4; j++)
            copy[testing_random(&random) % (i % 2 ? 4096 : weights_bytes)] =
                (unsigned char)testing_random(&random);
        hone_load_weights(model, testing_file("d.weights.h5", copy, weights_bytes));
    }
    hone_model_free(model);
    free(copy);
}
