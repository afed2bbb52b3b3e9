/* What went wrong in other readers of models and data, an advisory a test, named after it: the file of that
 * kind is made here, and Hone refuses it with a sentence, runs nothing, and touches no other file. The table
 * in docs/trust.md points here. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "formats/formats.h"
#include "formats/onnx.h"
#include "formats/tar.h"
#include "readers/named.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data.h>
#include <hone/layers.h>
#include <hone/model.h>
#include <hone/recipe.h>
#include <hone/files.h>
#include <hone/export.h>

#include <hdf5.h>
#include <zlib.h>

static const char golden[] = "tests/golden/files/chapter_without_dropout.keras";
static char *config, *weights; /* of that file */
static size_t weights_bytes;

/* ---- making files ---- */

static int setup(void **state)
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

static int teardown(void **state)
{
    hone_internal_free(config);
    hone_internal_free(weights);
    return testing_folder_remove(state);
}

AROUND_ALL(setup, teardown);

/* The configuration with one text in place of another, which must be there; to be freed. */
static char *replace(const char *old, const char *now)
{
    char *place = strstr(config, old);
    assert_non_null(place);
    return hone_internal_format("%.*s%s%s", (int)(place - config), config, now, place + strlen(old));
}

/* The classes of layers that files may name are in Dense's place. */
static char *with_layer(const char *layer)
{
    static const char flatten[] = "{\"module\": \"keras.layers\", \"class_name\": \"Flatten\"";
    char *text = hone_internal_format("%s, %s", layer, flatten), *whole = replace(flatten, text);
    hone_internal_free(text);
    return whole;
}

static const char *keras_file(const char *text)
{
    const hone_zip_member members[] = {{"metadata.json", "{\"keras_version\": \"3.13.0\"}", 27},
                                       {"config.json", text, strlen(text)},
                                       {"model.weights.h5", weights, weights_bytes}};
    const char *path = testing_path("bad.keras");
    assert_int_equal(hone_internal_zip_write(path, members, 3), HONE_OK);
    return path;
}

/* The same model in Keras's legacy form: JSON in an attribute of an HDF5 file. */
static const char *legacy_file(const char *text)
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

/* ---- what must happen ---- */

static void assert_sentence(const char *what, const char *piece)
{
    if (hone_error_status() >= 0 || hone_error_status() == HONE_ERROR_MEMORY ||
        !strstr(hone_error_message(), piece))
        fail_msg("%s: received %d \"%s\", expected \"%s\"", what, hone_error_status(), hone_error_message(),
                 piece);
}

static void assert_model_refused(const char *path, const char *piece)
{
    hone_error_clear();
    hone_model *model = hone_load(path);
    if (model)
        fail_msg("%s was loaded", path);
    assert_sentence(path, piece);
}

/* In both formats, as CVE-2025-9905 teaches: one table of classes serves every path. Takes the text. */
static void assert_refused(char *text, const char *piece)
{
    assert_non_null(text);
    assert_model_refused(keras_file(text), piece);
    assert_model_refused(legacy_file(text), piece);
    hone_internal_free(text);
}

static void assert_layer_refused(const char *layer, const char *piece)
{
    assert_refused(with_layer(layer), piece);
}

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

/* ---- other formats ---- */

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

/* ---- ONNX ---- */

typedef struct message {
    unsigned char bytes[2048];
    size_t length;
} message;

static void put_number(message *to, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        to->bytes[to->length++] = (unsigned char)(number | 128);
    to->bytes[to->length++] = (unsigned char)number;
}

static void put_integer(message *to, unsigned field, uint64_t number)
{
    put_number(to, field << 3);
    put_number(to, number);
}

static void put_bytes(message *to, unsigned field, const void *data, size_t length)
{
    put_number(to, field << 3 | 2);
    put_number(to, length);
    memcpy(to->bytes + to->length, data, length);
    to->length += length;
}

static void put_text(message *to, unsigned field, const char *text)
{
    put_bytes(to, field, text, strlen(text));
}

static void put_message(message *to, unsigned field, const message *part)
{
    put_bytes(to, field, part->bytes, part->length);
}

/* y = Identity(w), w a tensor of 2 floats whose data are as `fill` says. */
static const char *onnx_file(const message *fill)
{
    message model = {.length = 0}, graph = model, node = model, tensor = *fill, output = model, opset = model;
    put_text(&node, 1, "w");
    put_text(&node, 2, "y");
    put_text(&node, 4, "Identity");
    put_integer(&tensor, 1, 2);
    put_integer(&tensor, 2, 1);
    put_text(&tensor, 8, "w");
    put_text(&output, 1, "y");
    put_message(&graph, 1, &node);
    put_text(&graph, 2, "g");
    put_message(&graph, 5, &tensor);
    put_message(&graph, 12, &output);
    put_text(&opset, 1, "");
    put_integer(&opset, 2, 17);
    put_integer(&model, 1, 8);
    put_message(&model, 7, &graph);
    put_message(&model, 8, &opset);
    return testing_file("models/a.onnx", model.bytes, model.length);
}

/* The tensor's two numbers are read (1, 2), or what says why not. */
static bool read_tensor(const char *path)
{
    hone_error_clear();
    hone_onnx_file *file = hone_internal_onnx_open(path);
    const hone_onnx_tensor *tensor = file ? hone_internal_onnx_tensor(file, "w") : NULL;
    hone_array *array = tensor ? hone_internal_onnx_read(file, tensor) : NULL;
    bool good = array && ((float *)array->data)[0] == 1 && ((float *)array->data)[1] == 2;
    hone_array_free(array);
    hone_internal_onnx_close(file);
    return good;
}

static bool read_external(const char *location, const char *key, const char *value)
{
    message fill = {.length = 0}, entry = fill;
    put_text(&entry, 1, "location");
    put_text(&entry, 2, location);
    put_message(&fill, 13, &entry);
    if (key) {
        entry.length = 0;
        put_text(&entry, 1, key);
        put_text(&entry, 2, value);
        put_message(&fill, 13, &entry);
    }
    put_integer(&fill, 14, 1);
    return read_tensor(onnx_file(&fill));
}

static void make_onnx_folders(void)
{
    static const float numbers[2] = {1, 2};
    mkdir(testing_path("models"), 0700);
    mkdir(testing_path("models/a"), 0700);
    testing_file("outside", numbers, sizeof numbers);
    testing_file("models/w.data", numbers, sizeof numbers);
    testing_file("models/a/w.data", numbers, sizeof numbers);
}

/* External data: ../, then a/../../b, then links in parents, then hard links. One bare name of a plain file
 * beside the graph. */
TEST(CVE_2022_25882_and_CVE_2024_27318_and_CVE_2026_27489_and_CVE_2026_34446_and_CVE_2026_34447)
{
    make_onnx_folders();
    assert_true(read_external("w.data", NULL, NULL));
    assert_int_equal(symlink("..", testing_path("models/up")), 0);
    assert_int_equal(symlink("../outside", testing_path("models/soft")), 0);
    assert_int_equal(link(testing_path("outside"), testing_path("models/hard")), 0);
    char whole[600];
    snprintf(whole, sizeof whole, "%s", testing_path("outside"));
    const char *const places[] = {
        "../outside", "a/../../outside", "a/w.data", "up/outside", "soft",    "hard", "", ".", "..",
        whole,        "/etc/passwd",     "a",        "w.data/",    "./w.data"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (read_external(places[i], NULL, NULL))
            fail_msg("external data were read from \"%s\"", places[i]);
        assert_sentence(places[i], "");
    }
}

/* Keys of external data, and numbers, that nobody had checked. */
TEST(GHSA_538c_55jv_c5g9)
{
    make_onnx_folders();
    assert_true(read_external("w.data", "offset", "0"));
    static const char *const pairs[][2] = {
        {"offset", "-4"},  {"length", "-1"},          {"offset", "4"},
        {"length", "1e9"}, {"length", "99999999999"}, {"offset", "18446744073709551612"},
        {"offset", "0x0"}, {"length", "4"},           {"__class__", "x"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (read_external("w.data", pairs[i][0], pairs[i][1]))
            fail_msg("%s = %s was taken", pairs[i][0], pairs[i][1]);
        assert_sentence(pairs[i][0], "");
    }
}

/* The checker took raw data of the wrong length. */
TEST(onnx_checker_of_raw_data)
{
    static const float numbers[3] = {1, 2, 3};
    mkdir(testing_path("models"), 0700);
    for (size_t length = 0; length <= 12; length += 4) {
        message fill = {.length = 0};
        put_bytes(&fill, 9, numbers, length);
        assert_int_equal(read_tensor(onnx_file(&fill)), length == 8);
    }
}

/* A read beyond the end of what was parsed: every shorter form of a good file, and raw data a byte short or
 * long. */
TEST(CVE_2024_27319)
{
    static const float numbers[3] = {1, 2, 3};
    mkdir(testing_path("models"), 0700);
    for (size_t length = 7; length <= 9; length++) {
        message fill = {.length = 0};
        put_bytes(&fill, 9, numbers, length);
        assert_int_equal(read_tensor(onnx_file(&fill)), length == 8);
    }
    message good = {.length = 0};
    put_bytes(&good, 9, numbers, 8);
    const char *path = onnx_file(&good);
    void *bytes;
    size_t length;
    assert_int_equal(hone_internal_file_read(path, 1 << 16, &bytes, &length), HONE_OK);
    for (size_t kept = 0; kept < length; kept++)
        read_tensor(
            testing_file("models/b.onnx", bytes, kept)); /* refused or a shorter message; never beyond */
    hone_internal_free(bytes);
}

/* External data were written where the model said. Hone takes the place from the output's name alone. */
TEST(CVE_2025_51480)
{
    mkdir(testing_path("written"), 0700);
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(2, .name = "..\\..\\evil"), hone_dense(1, .name = ".."));
    assert_non_null(model);
    hone_model_set_name(model, "..\\evil");
    char path[600];
    snprintf(path, sizeof path, "%s", testing_path("written/m.onnx"));
    assert_int_equal(hone_export_onnx(model, path), HONE_OK);
    assert_int_equal(testing_entries(testing_path("written")), 1);
    assert_int_not_equal(access(testing_path("evil"), F_OK), 0);
    hone_model_free(model);
}
