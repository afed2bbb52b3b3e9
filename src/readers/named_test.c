/* Data sets by name: names, places in which they may lie, and what is said of those that do not. */
#include "readers/named.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/memory.h>

static const char *const variables[] = {"HONE_DATA_DIR", "KERAS_HOME", "XDG_CACHE_HOME", "HOME"};
enum { VARIABLES = sizeof variables / sizeof *variables };
static char *kept[VARIABLES];

/* The user's own folders are out of reach, and come back. */
static int begin(void **state)
{
    for (int i = 0; i < VARIABLES; i++) {
        const char *value = getenv(variables[i]);
        kept[i] = value != NULL ? strdup(value) : NULL;
        unsetenv(variables[i]);
    }
    return testing_folder_make(state);
}

static int end(void **state)
{
    for (int i = 0; i < VARIABLES; i++) {
        if (kept[i] != NULL)
            setenv(variables[i], kept[i], 1);
        else
            unsetenv(variables[i]);
        free(kept[i]);
    }
    return testing_folder_remove(state);
}

AROUND_ALL(begin, end);

static const struct {
    const char *name, *found; /* NULL: none */
} names[] = {
    {"mnist", "mnist"},
    {"MNIST", "mnist"},
    {"fashion_mnist", "fashion-mnist"},
    {"Fashion-MNIST", "fashion-mnist"},
    {"california-housing", "california-housing"},
    {"cifar", NULL},
    {"", NULL},
    {"a name that is far longer than any of them", NULL},
};

TEST_EACH(a_name_is_found, names)
{
    hone_known_dataset set;
    assert_int_equal(hone_known_dataset_find(row->name, &set), row->found != NULL);
    if (row->found != NULL)
        assert_string_equal(set.name, row->found);
}

TEST(each_is_whole)
{
    hone_known_dataset set;
    for (size_t i = 0; hone_known_dataset_at(i, &set); i++) {
        const hone_named_entry *entry = hone_internal_named_at(i);
        assert_true(strncmp(set.origin, "https://", 8) == 0 && set.origin[strlen(set.origin) - 1] == '/');
        assert_true(set.samples[0] > 0 && entry->archive != NULL && entry->checksums != NULL);
        for (const hone_known_file *file = set.files; file->name != NULL; file++)
            assert_true(strlen(file->sha256) == 64 && file->bytes > 0);
    }
    assert_int_equal(hone_internal_named_datasets(), 7);
    assert_null(hone_internal_named_at(7));
    assert_false(hone_known_dataset_at(7, &set));
}

/* The folder of all data sets is set; files in it, and where the train part is found then. */
static const struct {
    const char *name, *set, *folder, *files[3],
        *place; /* the end of the folder or archive; NULL: not found */
} places[] = {
    {"its own folder", "mnist", "mnist", {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, "/mnist"},
    {"another name of it",
     "mnist",
     "MNIST/raw",
     {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"},
     "/MNIST/raw"},
    {"points in place of hyphens",
     "kmnist",
     "kmnist",
     {"train-images.idx3-ubyte", "train-labels.idx1-ubyte.gz"},
     "/kmnist"},
    {"one file of two", "mnist", "mnist", {"train-images-idx3-ubyte"}, NULL},
    {"only the test part", "mnist", "mnist", {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}, NULL},
    {"the files of another", "mnist", ".", {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, NULL},
    {"Keras's archive", "mnist", ".", {"mnist.npz"}, "/mnist.npz"},
    {"Keras's archive in a folder", "mnist", "mnist", {"mnist.npz"}, "/mnist/mnist.npz"},
    {"a file of a name of its own, anywhere", "iris", ".", {"iris.csv"}, ""},
    {"cifar", "cifar10", "cifar-10-batches-bin", {"data_batch_1.bin"}, "/cifar-10-batches-bin"},
    {"an archive alone", "california-housing", ".", {"california_housing.npz"}, "/california_housing.npz"},
};

static void make_folders(const char *folder)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", testing_folder, folder);
    for (char *slash = path + strlen(testing_folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
}

TEST_EACH(a_place_is_found, places)
{
    hone_named_place place;
    testing_folder_empty(testing_folder);
    setenv("HONE_DATA_DIR", testing_folder, 1);
    make_folders(row->folder);
    for (int i = 0; i < 3 && row->files[i] != NULL; i++) {
        char path[100];
        snprintf(path, sizeof path, "%.40s/%.50s", row->folder, row->files[i]);
        testing_file(path, "x", 1);
    }
    const hone_named_entry *entry = hone_internal_named_find(row->set);
    assert_int_equal(hone_internal_named_locate(entry, 0, &place), HONE_OK);
    const char *found = place.archive != NULL ? place.archive : place.folder;
    char *shown = hone_known_dataset_place(row->set);
    /* other places than ours are as this machine has them */
    if (found != NULL && strncmp(found, testing_folder, strlen(testing_folder)) == 0) {
        assert_non_null(row->place);
        assert_string_equal(found + strlen(testing_folder), row->place);
        assert_string_equal(shown, found);
    } else
        assert_null(row->place);
    hone_free(shown);
    hone_internal_named_place_free(&place);
    unsetenv("HONE_DATA_DIR");
}

TEST(roots_begin_with_variables)
{
    setenv("HONE_DATA_DIR", "/d", 1);
    setenv("KERAS_HOME", "", 1);
    setenv("HOME", "/h", 1);
    static const char *const roots[] = {"/d",
                                        ".",
                                        "data",
                                        "",
                                        "/h/.keras/datasets",
                                        "",
                                        "/h/.cache/hone/datasets",
                                        "/usr/share/datasets",
                                        "/usr/lib/python3/dist-packages/sklearn/datasets/data"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        char *root = hone_dataset_root(i);
        assert_string_equal(root, roots[i]);
        hone_free(root);
    }
    assert_null(hone_dataset_root(sizeof roots / sizeof *roots));
}

TEST(fetched_files_go_to_the_users_folder)
{
    static const struct {
        const char *data, *cache, *home, *expected;
    } rows[] = {{"/d", "/c", "/h", "/d"},
                {"", "/c", "/h", "/c/hone/datasets"},
                {"", "", "/h", "/h/.cache/hone/datasets"},
                {"", "", "", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("HONE_DATA_DIR", rows[i].data, 1);
        setenv("XDG_CACHE_HOME", rows[i].cache, 1);
        setenv("HOME", rows[i].home, 1);
        hone_error_clear();
        char *home = hone_internal_named_home();
        if (rows[i].expected == NULL) {
            assert_null(home);
            assert_message_has("there is no folder for data sets: set HONE_DATA_DIR, or name one");
        } else
            assert_string_equal(home, rows[i].expected);
        hone_internal_free(home);
    }
}

TEST(a_missing_one_is_told_with_advice)
{
    assert_failed(
        hone_internal_named_missing(hone_internal_named_find("mnist")), HONE_ERROR_FILE,
        "the data set mnist is not on this machine (looked in $HONE_DATA_DIR, ./mnist, ~/.keras/datasets");
    assert_message_has("hone datasets fetch mnist");
}
