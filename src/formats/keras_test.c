/* The .keras archive: round trips, files of real Keras against libhdf5's view of them, and what is refused.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "formats/hdf5_file.h"

#include "base/memory.h"
#include "testing/test.h"

#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char GOLDEN[] = "tests/golden/files";
static char folder[] = "/tmp/hone-keras-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a.keras", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder); /* fails when a temporary file has been left behind */
}

static const char CONFIG[] = "{\"class_name\": \"Sequential\", \"x\": [1, Infinity]}";

static hone_config *make_config(void)
{
    return hone_internal_json_parse(CONFIG, sizeof CONFIG - 1, "sample");
}

static hone_store *make_store(void)
{
    static const float numbers[2] = {1.5f, -2};
    hone_array array = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){2});
    hone_store *store = hone_internal_store_create();
    if (store && hone_internal_store_add_group(store, "vars", "model") == HONE_OK &&
        hone_internal_store_add_group(store, "layers/dense/vars", "dense") == HONE_OK &&
        hone_internal_store_add(store, "layers/dense/vars", &array, false) == HONE_OK)
        return store;
    hone_internal_store_free(store);
    return NULL;
}

static hone_status write_sample(const hone_zip_member *extra, size_t count)
{
    hone_config *config = make_config();
    hone_store *store = config ? make_store() : NULL;
    hone_status status =
        store ? hone_internal_keras_write(path, config, store, 304, extra, count) : hone_error_status();
    hone_internal_config_free(config);
    hone_internal_store_free(store);
    return status;
}

static hone_status read_sample(void)
{
    hone_config *config;
    hone_weights_file *weights;
    float numbers[2] = {0};
    hone_array array = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){2});
    HONE_TRY(hone_internal_keras_read(path, &config, &weights));
    hone_status status = hone_internal_weights_read(weights, "layers/dense/vars", 0, &array);
    if (status == HONE_OK) {
        assert_string_equal(hone_internal_config_get_text(config, "class_name"), "Sequential");
        assert_true(numbers[0] == 1.5f && numbers[1] == -2);
    }
    hone_internal_config_free(config);
    hone_internal_weights_close(weights);
    return status;
}

AROUND_ALL(make_folder, remove_folder);

TEST(what_is_written_is_read)
{
    const hone_zip_member extra = {"hone/state.json", "{}", 2};
    assert_int_equal(write_sample(&extra, 1), HONE_OK);
    assert_int_equal(read_sample(), HONE_OK);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    assert_int_equal(hone_internal_zip_count(zip), 4);
    assert_string_equal(hone_internal_zip_name(zip, 0), "metadata.json");
    assert_string_equal(hone_internal_zip_name(zip, 1), "config.json");
    assert_string_equal(hone_internal_zip_name(zip, 2), "model.weights.h5");
    assert_string_equal(hone_internal_zip_name(zip, 3), "hone/state.json");
    void *text;
    size_t bytes;
    assert_int_equal(hone_internal_zip_read(zip, "config.json", 999, &text, &bytes), HONE_OK);
    assert_string_equal(text, CONFIG);
    hone_internal_free(text);
    hone_internal_zip_close(zip);
    hone_config *config;
    assert_int_equal(hone_internal_keras_read(path, &config, NULL), HONE_OK); /* the config alone */
    hone_internal_config_free(config);
}

TEST(the_same_model_gives_the_same_bytes)
{
    void *first, *second;
    size_t first_bytes, second_bytes;
    assert_int_equal(write_sample(NULL, 0), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &first, &first_bytes), HONE_OK);
    sleep(2);
    assert_int_equal(write_sample(NULL, 0), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &second, &second_bytes), HONE_OK);
    assert_int_equal(first_bytes, second_bytes);
    assert_memory_equal(first, second, first_bytes);
    hone_internal_free(first);
    hone_internal_free(second);
}

static void write_file(const char *name, const char *text)
{
    char whole[96];
    snprintf(whole, sizeof whole, "%s/%s", path, name);
    FILE *file = fopen(whole, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A folder with the members as files, as Keras unpacks an archive. */
TEST(reads_a_folder_like_an_archive)
{
    void *image;
    size_t bytes;
    hone_store *store = make_store();
    assert_int_equal(hone_internal_store_to_hdf5(store, &image, &bytes), HONE_OK);
    hone_internal_store_free(store);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    hone_config *config;
    hone_weights_file *weights;
    assert_int_equal(hone_internal_keras_read(path, &config, &weights), HONE_ERROR_FILE);
    write_file("config.json", "{\"class_name\": \"Sequential\"}");
    assert_int_equal(hone_internal_keras_read(path, &config, &weights), HONE_ERROR_FILE);
    assert_null(config);
    assert_null(weights);
    hone_file_writer writer;
    char whole[96];
    snprintf(whole, sizeof whole, "%s/model.weights.h5", path);
    assert_int_equal(hone_internal_file_begin(&writer, whole), HONE_OK);
    assert_int_equal(hone_internal_file_write(&writer, image, bytes), HONE_OK);
    assert_int_equal(hone_internal_file_finish(&writer), HONE_OK);
    assert_int_equal(read_sample(), HONE_OK);
    unlink(whole);
    snprintf(whole, sizeof whole, "%s/config.json", path);
    unlink(whole);
    rmdir(path);
    hone_internal_free(image);
}

static void check_refused(const hone_zip_member *members, size_t count, hone_status status, const char *words)
{
    hone_config *config;
    hone_weights_file *weights;
    assert_int_equal(hone_internal_zip_write(path, members, count), HONE_OK);
    assert_int_equal(hone_internal_keras_read(path, &config, &weights), status);
    assert_null(config);
    assert_null(weights);
    if (!strstr(hone_error_message(), words))
        fail_msg("expected \"%s\": %s", words, hone_error_message());
    assert_non_null(strstr(hone_error_message(), path));
}

TEST(refuses_what_is_no_keras_archive)
{
    const hone_zip_member config = {"config.json", "{}", 2}, list = {"config.json", "[1]", 3};
    const hone_zip_member broken = {"config.json", "{\"a\":\n x}", 9},
                          wide = {"config.json", "\xff\xfe{\0}\0", 6};
    const hone_zip_member weights = {"model.weights.h5", "no", 2}, pickled = {"model.weights.npz", "no", 2};
    check_refused((hone_zip_member[]){weights}, 1, HONE_ERROR_FORMAT, "without config.json");
    check_refused((hone_zip_member[]){config}, 1, HONE_ERROR_FORMAT, "no model.weights.h5");
    check_refused((hone_zip_member[]){config, pickled}, 2, HONE_ERROR_UNSUPPORTED, "pickled");
    check_refused((hone_zip_member[]){config, weights}, 2, HONE_ERROR_FORMAT,
                  "model.weights.h5: expected an HDF5");
    check_refused((hone_zip_member[]){list, weights}, 2, HONE_ERROR_FORMAT, "config.json: expected a map");
    check_refused((hone_zip_member[]){broken, weights}, 2, HONE_ERROR_FORMAT, "config.json: line 2");
    check_refused((hone_zip_member[]){wide, weights}, 2, HONE_ERROR_FORMAT, "UTF-16");
    hone_config *tree;
    assert_int_equal(hone_internal_keras_read("/nowhere/at/all.keras", &tree, NULL), HONE_ERROR_FILE);
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status != HONE_OK; n++) {
        hone_internal_fail_allocations_after(n);
        status = write_sample(NULL, 0);
        if (status == HONE_OK)
            status = read_sample();
        hone_internal_fail_allocations_after(-1);
        if (status != HONE_OK)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
}

/* A disk that fills up at any place leaves the old file. */
TEST(a_full_disk_leaves_the_old_file)
{
    struct rlimit before, small;
    assert_int_equal(write_sample(NULL, 0), HONE_OK);
    struct stat information;
    assert_int_equal(stat(path, &information), 0);
    getrlimit(RLIMIT_FSIZE, &before);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    const hone_zip_member extra = {"more", "x", 1};
    for (rlim_t limit = 0; limit < (rlim_t)information.st_size; limit += 97) {
        small = before;
        small.rlim_cur = limit;
        setrlimit(RLIMIT_FSIZE, &small);
        hone_status status = write_sample(&extra, 1);
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, HONE_ERROR_FILE);
    }
    signal(SIGXFSZ, handler);
    hone_zip_reader *zip = hone_internal_zip_open(path);
    assert_int_equal(hone_internal_zip_count(zip), 3);
    hone_internal_zip_close(zip);
}

/* ---- files of real Keras ---- */

typedef struct comparison {
    hone_weights_file *file;
    hid_t reference;
    size_t arrays, names;
} comparison;

/* An array as libhdf5 reads it, and as this library does. */
static void compare_array(comparison *compare, const char *name)
{
    hid_t dataset = H5Dopen2(compare->reference, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    hone_array array = {.type = HONE_FLOAT32, .rank = H5Sget_simple_extent_ndims(space)};
    hsize_t shape[HONE_MAX_RANK] = {0};
    H5Sget_simple_extent_dims(space, shape, NULL);
    for (int i = 0; i < array.rank; i++)
        array.shape[i] = (int64_t)shape[i];
    size_t count = (size_t)hone_array_count(&array);
    float *expected = calloc(count + 1, sizeof *expected), *received = calloc(count + 1, sizeof *received);
    assert_true(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected) >= 0);
    array.data = received;
    if (hone_internal_weights_read_path(compare->file, name, &array) != HONE_OK)
        fail_msg("%s", hone_error_message());
    assert_memory_equal(expected, received, count * sizeof *expected);
    free(expected);
    free(received);
    H5Sclose(space);
    H5Dclose(dataset);
    compare->arrays++;
}

static void compare_group(comparison *compare, const char *name)
{
    hid_t group = H5Gopen2(compare->reference, name, H5P_DEFAULT);
    H5G_info_t information;
    assert_true(hone_internal_weights_has_group(compare->file, name));
    if (strlen(name) >= 4 && strcmp(name + strlen(name) - 4, "vars") == 0) {
        H5Gget_info(group, &information);
        assert_int_equal(hone_internal_weights_count(compare->file, name), information.nlinks);
        char *text = hone_internal_weights_name(compare->file, name);
        compare->names += text != NULL;
        hone_internal_free(text);
    }
    H5Gclose(group);
}

static herr_t compare_object(hid_t root, const char *name, const H5O_info_t *information, void *compare)
{
    (void)root;
    if (information->type == H5O_TYPE_DATASET)
        compare_array(compare, name);
    else
        compare_group(compare, strcmp(name, ".") == 0 ? "/" : name);
    return 0;
}

static hid_t open_reference(const hone_weights_file *file)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    H5Pset_file_image(access, file->image, file->bytes);
    hid_t id = H5Fopen("reference", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return id;
}

static void compare_golden(const char *name)
{
    char whole[512];
    hone_config *config = NULL;
    comparison compare = {0};
    snprintf(whole, sizeof whole, "%s/%s", GOLDEN, name);
    if (strstr(name, ".keras"))
        hone_internal_keras_read(whole, &config, &compare.file);
    else
        compare.file = hone_internal_weights_open(whole);
    if (!compare.file)
        fail_msg("%s", hone_error_message());
    compare.reference = open_reference(compare.file);
    assert_true(compare.reference >= 0);
    assert_true(H5Ovisit(compare.reference, H5_INDEX_NAME, H5_ITER_NATIVE, compare_object, &compare) >= 0);
    H5Fclose(compare.reference);
    assert_true(compare.names > 0);
    if (config)
        assert_non_null(hone_internal_config_get_text(config, "class_name"));
    hone_internal_config_free(config);
    hone_internal_weights_close(compare.file);
}

TEST(reads_golden_files)
{
    DIR *files = opendir(GOLDEN);
    int count = 0;
    for (struct dirent *entry; files && (entry = readdir(files));) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || (strcmp(end, ".keras") != 0 && strcmp(end, ".h5") != 0))
            continue;
        compare_golden(entry->d_name);
        count++;
    }
    if (files)
        closedir(files);
    if (count == 0)
        skip();
}

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Damage inside the archive: nearly always a wrong checksum, and never a crash. */
TEST(survives_damage)
{
    int64_t blocks = hone_internal_blocks_in_use();
    void *data;
    size_t bytes, read = 0;
    uint64_t random = 1;
    assert_int_equal(write_sample(NULL, 0), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &data, &bytes), HONE_OK);
    for (int round = 0; round < 3000; round++) {
        unsigned char *copy = hone_internal_allocate(bytes);
        memcpy(copy, data, bytes);
        copy[next_random(&random) % bytes] ^= (unsigned char)(1 << next_random(&random) % 8);
        hone_config *config;
        hone_weights_file *weights;
        size_t length = round % 2 ? bytes : (size_t)(next_random(&random) % bytes);
        hone_status status = hone_internal_keras_read_memory(copy, length, "a.keras", &config, &weights);
        assert_true(status == HONE_OK || status == HONE_ERROR_FORMAT);
        read += status == HONE_OK;
        hone_internal_config_free(config);
        hone_internal_weights_close(weights);
    }
    assert_true(read < 300); /* dates, modes, the metadata */
    hone_internal_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}
