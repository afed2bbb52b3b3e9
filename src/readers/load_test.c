/* Tests of the DATA forms: names, arrays in files, archives, parts, and what cannot be read. */
#include "readers/schema.h"
#include <hone/memory.h>
#include "testing/files.h"
#include "data/dataset.h"
#include "formats/array_files.h"
#include "readers/named.h"
#include "testing/test.h"

static float numbers[24];
static uint8_t classes[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static void assert_refused(const char *source, const char *part, hone_status status, const char *message)
{
    hone_error_clear();
    hone_dataset *data = hone_dataset_load(source, part, 0);
    if (data)
        fail_msg("accepted: %s", source);
    if (hone_error_status() != status || !strstr(hone_error_message(), message))
        fail_msg("%s: received %d \"%s\", expected \"%s\"", source, hone_error_status(), hone_error_message(),
                 message);
}

static hone_dataset *load(const char *source, const char *part)
{
    hone_dataset *data = hone_dataset_load(source, part, 0);
    if (!data)
        fail_msg("%s: %s", source, hone_error_message());
    return data;
}

static const char *save_npy(const char *name, const void *data, hone_dtype type, int64_t samples,
                            int64_t width)
{
    hone_array array = hone_array_view(data, type, width > 0 ? 2 : 1, (int64_t[]){samples, width});
    assert_int_equal(hone_array_save(&array, testing_path(name)), HONE_OK);
    return testing_path(name);
}

/* "x.npy,y.npy" in the folder; one of four buffers used in turn. */
static const char *pair(const char *first, const char *second)
{
    static char texts[4][1100];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0], "%s,%s", testing_path(first), testing_path(second));
    return text;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(loads_arrays_from_files)
{
    for (int i = 0; i < 24; i++)
        numbers[i] = (float)i;
    save_npy("x.npy", numbers, HONE_FLOAT32, 12, 2);
    save_npy("y.npy", classes, HONE_UINT8, 12, 0);
    hone_dataset *data = load(testing_path("x.npy"), NULL);
    assert_int_equal(hone_dataset_count(data), 12);
    assert_int_equal(hone_dataset_target_count(data), 0);
    assert_non_null(strstr(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "x.npy"));
    hone_dataset_free(data);
    data = hone_dataset_load(pair("x.npy", "y.npy"), "test", 0.5);
    assert_non_null(data);
    assert_int_equal(hone_dataset_target_count(data), 1);
    float row[2];
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 11, 1, row);
    assert_true(row[0] == 11 && row[1] == 11.5f);
    hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, 11, 1, row);
    assert_true(row[0] == 11);
    hone_dataset *slice = hone_dataset_slice(data, -1, HONE_NONE_INTEGER);
    hone_dataset_free(data);
    hone_internal_dataset_gather(slice, HONE_COMPONENT_INPUT, 0, NULL, 0, 1, row);
    assert_true(row[1] == 11.5f);
    hone_dataset_free(slice);
    static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 2, 5, 6};
    testing_file("l.idx", idx, sizeof idx);
    assert_refused(pair("x.npy", "l.idx"), NULL, HONE_ERROR_DATA, "l.idx has 2");
    data = load(testing_path("l.idx"), NULL);
    hone_dataset_free(data);
}

TEST(takes_odd_names)
{
    hone_dataset *data = load(save_npy("a,b#test.npy", numbers, HONE_FLOAT32, 12, 2), NULL);
    hone_dataset_free(data);
    data = load(save_npy("mnist.npy", numbers, HONE_FLOAT32, 12, 2), NULL);
    hone_dataset_free(data);
}

static const char *with(const char *path, const char *end)
{
    static char text[600];
    snprintf(text, sizeof text, "%s%s", path, end);
    return text;
}

#ifndef HONE_CORE_ONLY

static const char *save_npz(const char *name, const char *const *keys, size_t count)
{
    hone_array all[8];
    const hone_array *arrays[8];
    for (size_t i = 0; i < count; i++) {
        bool inputs = keys[i][0] == 'x' || keys[i][0] == 'w' || keys[i][0] == 'd',
             test = strstr(keys[i], "test") != NULL;
        all[i] = inputs ? hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){test ? 6 : 12, 2})
                        : hone_array_view(classes, HONE_UINT8, 1, (int64_t[]){test ? 6 : 12});
        arrays[i] = &all[i];
    }
    assert_int_equal(hone_arrays_save(testing_path(name), keys, arrays, count), HONE_OK);
    return testing_path(name);
}

TEST(loads_archives)
{
    const char *path = save_npz("xy.npz", (const char *const[]){"y", "x"}, 2);
    hone_dataset *data = load(path, "test");
    assert_int_equal(hone_dataset_input_count(data), 1);
    assert_int_equal(hone_dataset_target_count(data), 1);
    assert_int_equal(hone_dataset_input(data, 0)->rank, 2);
    assert_non_null(strstr(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "xy.npz: x"));
    assert_null(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0));
    hone_dataset_free(data);
    assert_refused(with(path, "#test"), NULL, HONE_ERROR_DATA, "has no parts (x_train, x_test), but #test");
    path = save_npz("w.npz", (const char *const[]){"x", "y", "sample_weight"}, 3);
    data = load(path, NULL);
    assert_non_null(hone_internal_dataset_weights(data));
    hone_dataset_free(data);
}

/* What a model's inputs are called comes before what x and y usually are. */
TEST(archives_by_inputs)
{
    const char *path = save_npz("named.npz", (const char *const[]){"y", "x", "price", "sample_weight"}, 4);
    hone_dataset *data = hone_internal_dataset_load_as(
        path, &(hone_data_reading){.inputs = (const char *const[]){"x", "y", NULL}, .scale = 1});
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 1);
    assert_non_null(hone_internal_dataset_weights(data));
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0), "x");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 1), "y");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_TARGET, 0), "price");
    hone_dataset_free(data);
    data = hone_internal_dataset_load_as(
        path, &(hone_data_reading){.inputs = (const char *const[]){"price", "x", NULL}, .scale = 1});
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 1);
    assert_null(hone_internal_dataset_name(data, HONE_COMPONENT_TARGET, 0)); /* y */
    hone_dataset_free(data);
    data = hone_internal_dataset_load_as(
        path, &(hone_data_reading){.inputs = (const char *const[]){"x", "wide", NULL}, .scale = 1});
    assert_int_equal(hone_dataset_input_count(data), 1); /* as usual: not every input is there */
    hone_dataset_free(data);
}

TEST(loads_parts_of_archives)
{
    const char *path =
        save_npz("parts.npz", (const char *const[]){"x_train", "y_train", "x_test", "y_test"}, 4);
    static const struct {
        const char *end, *part;
        int64_t count;
    } cases[] = {
        {"", NULL, 12}, {"", "train", 12}, {"", "test", 6}, {"#train", "test", 12}, {"#test", NULL, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_dataset *data = load(with(path, cases[i].end), cases[i].part);
        assert_int_equal(hone_dataset_count(data), cases[i].count);
        hone_dataset_free(data);
    }
    path = save_npz("train.npz", (const char *const[]){"x_train", "y_train"}, 2);
    assert_refused(path, "test", HONE_ERROR_DATA, "there is no array \"x_test\"; there is x_train, y_train");
    assert_refused(with(path, "#tset"), NULL, HONE_ERROR_NAME, "did you mean \"test\"");
    assert_refused(path, "validation", HONE_ERROR_NAME, "validation");
    assert_refused(with(testing_path("x.npy"), "#test"), NULL, HONE_ERROR_DATA, "has no parts, but #test");
}

TEST(loads_several_inputs)
{
    save_npz("in.npz", (const char *const[]){"wide", "deep"}, 2);
    save_npz("out.npz", (const char *const[]){"price", "aux"}, 2);
    hone_dataset *data = load(pair("in.npz", "out.npz"), NULL);
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 2);
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 1), "deep");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_TARGET, 0), "price");
    hone_dataset_free(data);
    data = load(pair("in.npz", "y.npy"), NULL);
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 1);
    hone_dataset_free(data);
    data = load(testing_path("in.npz"), NULL); /* for predict */
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 0);
    hone_dataset_free(data);
    hone_zip_member member = {"notes.txt", "hello", 5};
    assert_int_equal(hone_internal_zip_write(testing_path("none.npz"), &member, 1), HONE_OK);
    assert_refused(testing_path("none.npz"), NULL, HONE_ERROR_FORMAT, "holds no arrays");
}

TEST(loads_any_number_of_inputs)
{
    enum { MANY = 3 * HONE_MAX_COMPONENTS };
    static char names[MANY][8];
    const char *many[MANY];
    hone_array one = hone_array_view(classes, HONE_UINT8, 1, (int64_t[]){12});
    const hone_array *arrays[MANY];
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "a%d", i);
        many[i] = names[i];
        arrays[i] = &one;
    }
    assert_int_equal(hone_arrays_save(testing_path("many.npz"), many, arrays, MANY), HONE_OK);
    hone_dataset *data = load(testing_path("many.npz"), NULL);
    assert_int_equal(hone_dataset_input_count(data), MANY);
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, MANY - 1), names[MANY - 1]);
    hone_dataset_free(data);
    char *both = hone_internal_format("%s,%s", testing_path("many.npz"), testing_path("many.npz"));
    data = load(both, NULL);
    assert_int_equal(hone_dataset_input_count(data), MANY);
    assert_int_equal(hone_dataset_target_count(data), MANY);
    hone_dataset_free(data);
    hone_internal_free(both);
}

TEST(finds_keras_archives_by_name)
{
    assert_int_equal(mkdir(testing_path("keras"), 0700), 0);
    save_npz("keras/mnist.npz", (const char *const[]){"x_train", "y_train", "x_test", "y_test"}, 4);
    setenv("HONE_DATA_DIR", testing_path("keras"), 1);
    hone_dataset *data = load("mnist", "test");
    assert_int_equal(hone_dataset_count(data), 6);
    hone_dataset_free(data);
    hone_known_dataset found;
    assert_true(hone_known_dataset_at(1, &found));
    assert_string_equal(found.name, "mnist");
    char *place = hone_known_dataset_place("MNIST");
    assert_non_null(strstr(place, "keras/mnist.npz"));
    hone_free(place);
    unsetenv("HONE_DATA_DIR");
}

TEST(survives_failing_allocations)
{
    char source[1100];
    snprintf(source, sizeof source, "%s", pair("in.npz", "out.npz"));
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 1000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *data = hone_dataset_load(source, NULL, 0);
        hone_internal_fail_allocations_after(-1);
        done = data != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 20, 999);
}

/* The real thing, where the Debian package is installed. */
TEST(loads_the_real_fashion_mnist)
{
    if (access("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz", R_OK) != 0)
        skip();
    unsetenv("HONE_DATA_DIR");
    hone_dataset *train = load("fashion-mnist", NULL), *test = load("fashion_mnist#test", NULL);
    const hone_array *images = hone_dataset_input(train, 0), *labels = hone_dataset_target(train, 0);
    assert_int_equal(images->type, HONE_UINT8);
    assert_int_equal(images->rank, 3);
    assert_int_equal(images->shape[0], 60000);
    assert_int_equal(images->shape[1], 28);
    assert_int_equal(images->shape[2], 28);
    assert_int_equal(labels->rank, 1);
    assert_int_equal(labels->shape[0], 60000);
    assert_int_equal(hone_dataset_count(test), 10000);
    assert_memory_equal(labels->data, "\11\0\0\3\0\2\7\2\5\5", 10); /* an ankle boot, a T-shirt, ... */
    int64_t counts[10] = {0};
    for (int i = 0; i < 60000; i++)
        counts[((uint8_t *)labels->data)[i]]++;
    for (int i = 0; i < 10; i++)
        assert_int_equal(counts[i], 6000);
    hone_dataset_free(train);
    hone_dataset_free(test);
    hone_known_dataset found;
    assert_true(hone_known_dataset_find("fashion_mnist", &found));
    char *place = hone_known_dataset_place(found.name);
    assert_string_equal(place, "/usr/share/datasets/fashion-mnist");
    assert_string_equal(found.package, "dataset-fashion-mnist");
    assert_int_equal(found.samples[1], 10000);
    hone_free(place);
}

#endif

/* A small MNIST: 4 training images of 2 x 2, 2 test images. */
static void make_mnist(const char *folder)
{
    static const unsigned char train[] = {0, 0, 8, 3, 0, 0, 0, 4, 0, 0,  0,  2,  0,  0,  0,  2,
                                          1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static const unsigned char train_labels[] = {0, 0, 8, 1, 0, 0, 0, 4, 9, 8, 7, 6};
    static const unsigned char test[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,
                                         0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    static const unsigned char test_labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};
    char name[64];
    mkdir(testing_path(folder), 0700);
    snprintf(name, sizeof name, "%s/train-images-idx3-ubyte", folder);
    testing_file(name, train, sizeof train);
    snprintf(name, sizeof name, "%s/train-labels.idx1-ubyte", folder); /* as some mirrors have it */
    testing_file(name, train_labels, sizeof train_labels);
    snprintf(name, sizeof name, "%s/t10k-images-idx3-ubyte", folder);
    testing_file(name, test, sizeof test);
    snprintf(name, sizeof name, "%s/t10k-labels-idx1-ubyte", folder);
    testing_file(name, test_labels, sizeof test_labels);
}

TEST(finds_sets_by_name)
{
    make_mnist("mnist");
    for (int own = 0; own < 2; own++) { /* the folder above, and the folder itself */
        setenv("HONE_DATA_DIR", own ? testing_path("mnist") : testing_folder, 1);
        hone_dataset *data = load("mnist", NULL);
        assert_int_equal(hone_dataset_count(data), 4);
        assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "mnist#train: x");
        float row[4];
        hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 3, 1, row);
        assert_true(row[3] == 16);
        hone_dataset_free(data);
        data = load("MNIST#test", "train");
        assert_int_equal(hone_dataset_count(data), 2);
        hone_dataset_free(data);
    }
    unlink(testing_path("mnist/t10k-labels-idx1-ubyte"));
    setenv("HOME", testing_folder, 1);
    unsetenv("KERAS_HOME");
    assert_refused("mnist#test", NULL, HONE_ERROR_FILE, "the data set mnist is not on this machine");
    unsetenv("HONE_DATA_DIR");
}

/* A record's planes become pixels. */
TEST(makes_pixels_of_cifars_planes)
{
    enum { RECORD = 3073, BYTES = 10000 * RECORD };
    unsigned char *file = calloc(1, BYTES);
    assert_non_null(file);
    file[RECORD] = 7;                  /* label of record 1 */
    file[RECORD + 1 + 33] = 10;        /* red of row 1, column 1 */
    file[RECORD + 1 + 1024 + 33] = 20; /* green */
    file[RECORD + 1 + 2048 + 33] = 30; /* blue */
    assert_int_equal(mkdir(testing_path("cifar10"), 0700), 0);
    testing_file("cifar10/test_batch.bin", file, BYTES);
    setenv("HONE_DATA_DIR", testing_folder, 1);
    hone_dataset *data = load("cifar10#test", NULL);
    assert_int_equal(hone_dataset_count(data), 10000);
    const hone_array *images = hone_dataset_input(data, 0), *labels = hone_dataset_target(data, 0);
    assert_int_equal(images->rank, 4);
    assert_int_equal(images->shape[3], 3);
    assert_int_equal(labels->rank, 2);
    assert_int_equal(((uint8_t *)labels->data)[1], 7);
    assert_memory_equal((uint8_t *)images->data + 3072 + 33 * 3, "\12\24\36", 3);
    hone_dataset_free(data);
    file[0] = 10;
    testing_file("cifar10/test_batch.bin", file, BYTES);
    assert_refused("cifar10#test", NULL, HONE_ERROR_FORMAT, "the label of record 0 is 10");
    testing_file("cifar10/test_batch.bin", file, BYTES - 1);
    assert_refused("cifar10#test", NULL, HONE_ERROR_FORMAT, "received 30729999");
    assert_refused("cifar10", NULL, HONE_ERROR_FILE, "binary version");
    unsetenv("HONE_DATA_DIR");
    free(file);
}

TEST(says_what_cannot_be_read)
{
    setenv("HOME", testing_folder, 1);
    unsetenv("KERAS_HOME");
    assert_refused("fashion-mnits", NULL, HONE_ERROR_NAME, "did you mean \"fashion-mnist\"");
    assert_refused("imagenet", NULL, HONE_ERROR_NAME, "unknown data set \"imagenet\"");
    assert_refused("missing.npy", NULL, HONE_ERROR_FILE, "missing.npy: cannot open the file: No such file");
    assert_refused("folder/missing", NULL, HONE_ERROR_FILE, "No such file");
    assert_refused("table.csv#target=price", NULL, HONE_ERROR_FILE, "table.csv: cannot open the file");
    assert_refused(with(testing_path("x.npy"), "#target=price"), NULL, HONE_ERROR_ARGUMENT,
                   "takes no options; received target=");
    assert_refused(testing_file("x.pkl", "\x80\4.", 3), NULL, HONE_ERROR_UNSUPPORTED, "pickle");
    assert_int_equal(mkdir(testing_path("folder"), 0700), 0);
#ifndef HONE_CORE_ONLY
    assert_refused(testing_path("folder"), NULL, HONE_ERROR_DATA,
                   "no pictures; expected a folder for each class");
    assert_refused(testing_file("x.png", "\x89PNG\r\n", 6), NULL, HONE_ERROR_FORMAT,
                   "neither a PNG nor a JPEG file");
#endif
    assert_refused(testing_file("empty", "", 0), NULL, HONE_ERROR_FORMAT, "it starts with the bytes 00");
    assert_refused("a.npy,b.npy,c.npy", NULL, HONE_ERROR_ARGUMENT, "received more");
    assert_refused("a.npy,", NULL, HONE_ERROR_ARGUMENT, "before and after the comma");
    assert_refused(",", NULL, HONE_ERROR_ARGUMENT, "before and after the comma");
    assert_refused("#test", NULL, HONE_ERROR_ARGUMENT, "expected the name");
    assert_refused("", NULL, HONE_ERROR_ARGUMENT, "an empty string");
    assert_refused(NULL, NULL, HONE_ERROR_ARGUMENT, "NULL");
    assert_refused("mnist,y.npy", NULL, HONE_ERROR_ARGUMENT, "its own inputs and targets");
    hone_known_dataset found;
    assert_false(hone_known_dataset_at(99, &found));
    assert_false(hone_known_dataset_find("nothing", &found));
    assert_null(hone_known_dataset_place("nothing"));
}

/* Iris is read as scikit-learn has it, and nothing else; neither it nor California's houses have parts. */
TEST(iris_and_houses_have_no_parts)
{
    char text[4096] = "150,4,setosa,versicolor,virginica\n";
    for (int i = 0; i < 150; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "5.%d,3.5,1.4,0.2,%d\n", i % 10, i / 50);
    mkdir(testing_path("sets"), 0700);
    setenv("HONE_DATA_DIR", testing_path("sets"), 1);
    testing_file("sets/iris.csv", text, strlen(text));
    hone_dataset *data = load("iris", "test");
    assert_int_equal(hone_dataset_count(data), 150);
    assert_int_equal(hone_dataset_input(data, 0)->shape[1], 4);
    assert_int_equal(((uint8_t *)hone_dataset_target(data, 0)->data)[149], 2);
    hone_dataset_free(data);
    assert_refused("iris#test", NULL, HONE_ERROR_DATA, "iris has no parts");
    static const char *const damage[][2] = {
        {"150,4,", "151,4,"}, {"5.3,3.5", "5.3;3.5"}, {"0.2,2\n", "0.2,3\n"}, {"5.1", "nan"}};
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        char copy[4096];
        memcpy(copy, text, sizeof copy);
        memcpy(strstr(copy, damage[i][0]), damage[i][1], strlen(damage[i][1]));
        testing_file("sets/iris.csv", copy, strlen(copy));
        assert_refused("iris", NULL, HONE_ERROR_FORMAT, "iris.csv");
    }
    testing_file("sets/iris.csv", text, strlen(text) - 10);
    assert_refused("iris", NULL, HONE_ERROR_FORMAT, "line 151");
    unsetenv("HONE_DATA_DIR");
}
