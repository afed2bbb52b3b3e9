/* The data sets that are known by name, and the search for their files. Nothing is fetched here (fetch.c). */
#define _XOPEN_SOURCE 700
#include "readers/named.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/posix.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 and sizes as Keras 3.15 (keras/src/datasets) and TensorFlow Datasets 4.9.10 (url_checksums) publish
 * them. */
#define TENSORFLOW_DATASETS "TensorFlow Datasets"
static const hone_named_entry entries[] = {
    {.name = "fashion-mnist",
     .folders = {"fashion_mnist", "FashionMNIST/raw"},
     .title = "70000 grey images (28 x 28) of 10 kinds of clothes",
     .package = "dataset-fashion-mnist",
     .advice =
         "on Debian: apt-get install dataset-fashion-mnist; elsewhere: hone datasets fetch fashion-mnist",
     .archive = "fashion-mnist.npz",
     .kind = &hone_internal_named_idx,
     .samples = {60000, 10000},
     .origin = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
               "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
     .below = "fashion-mnist",
     .checksums = TENSORFLOW_DATASETS,
     .files = {{"train-images-idx3-ubyte.gz", 26421880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
               {"train-labels-idx1-ubyte.gz", 29515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
               {"t10k-images-idx3-ubyte.gz", 4422102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
               {"t10k-labels-idx1-ubyte.gz", 5148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}}},
    {.name = "mnist",
     .folders = {"MNIST/raw"},
     .title = "70000 grey images (28 x 28) of the digits 0 to 9",
     .advice = "hone datasets fetch mnist",
     .archive = "mnist.npz",
     .kind = &hone_internal_named_idx,
     .samples = {60000, 10000},
     .origin = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
     .below = "",
     .checksums = "Keras",
     .files = {{"mnist.npz", 11490434, "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"}}},
    {.name = "kmnist",
     .folders = {"KMNIST/raw", "kuzushiji-mnist"},
     .title = "70000 grey images (28 x 28) of 10 hiragana in cursive writing",
     .advice = "hone datasets fetch kmnist",
     .archive = "kmnist.npz",
     .kind = &hone_internal_named_idx,
     .samples = {60000, 10000},
     .origin = "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
     .below = "kmnist",
     .checksums = TENSORFLOW_DATASETS,
     .files = {{"train-images-idx3-ubyte.gz", 18165135,
                "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
               {"train-labels-idx1-ubyte.gz", 29497,
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
               {"t10k-images-idx3-ubyte.gz", 3041136,
                "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
               {"t10k-labels-idx1-ubyte.gz", 5120,
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}}},
    {.name = "cifar10",
     .folders = {"cifar-10-batches-bin", "cifar10/cifar-10-batches-bin"},
     .title = "60000 colour images (32 x 32) of 10 kinds of things",
     .advice = "hone datasets fetch cifar10; its \"binary version\" is read, the Python version is not",
     .archive = "cifar10.npz",
     .kind = &hone_internal_named_cifar10,
     .samples = {50000, 10000},
     .origin = "https://www.cs.toronto.edu/~kriz/",
     .below = "cifar-10-batches-bin",
     .checksums = TENSORFLOW_DATASETS,
     .files = {{"cifar-10-binary.tar.gz", 170052171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}},
     .members = {{"cifar-10-batches-bin/data_batch_1.bin", 30730000},
                 {"cifar-10-batches-bin/data_batch_2.bin", 30730000},
                 {"cifar-10-batches-bin/data_batch_3.bin", 30730000},
                 {"cifar-10-batches-bin/data_batch_4.bin", 30730000},
                 {"cifar-10-batches-bin/data_batch_5.bin", 30730000},
                 {"cifar-10-batches-bin/test_batch.bin", 30730000}}},
    {.name = "cifar100",
     .folders = {"cifar-100-binary", "cifar100/cifar-100-binary"},
     .title = "60000 colour images (32 x 32) of 100 kinds of things",
     .advice = "hone datasets fetch cifar100; its \"binary version\" is read, the Python version is not",
     .archive = "cifar100.npz",
     .kind = &hone_internal_named_cifar100,
     .samples = {50000, 10000},
     .origin = "https://www.cs.toronto.edu/~kriz/",
     .below = "cifar-100-binary",
     .checksums = TENSORFLOW_DATASETS,
     .files = {{"cifar-100-binary.tar.gz", 168513733,
                "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"}},
     .members = {{"cifar-100-binary/train.bin", 153700000}, {"cifar-100-binary/test.bin", 30740000}}},
    {.name = "iris",
     .title = "150 irises of 3 kinds, by 4 measures in cm",
     .package = "python3-sklearn",
     .advice = "hone datasets fetch iris",
     .archive = "iris.npz",
     .kind = &hone_internal_named_iris,
     .samples = {150, 0},
     .origin = "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.9.1/sklearn/datasets/data/",
     .below = "",
     .checksums = "the wheel of scikit-learn 1.9.1",
     .files = {{"iris.csv", 2734, "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449"}}},
    {.name = "california-housing",
     .title = "20640 districts of California in 1990: 8 numbers and the median price of a house in dollars",
     .advice = "hone datasets fetch california-housing",
     .archive = "california_housing.npz",
     .samples = {20640, 0},
     .origin = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
     .below = "",
     .checksums = "Keras",
     .files = {{"california_housing.npz", 743530,
                "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"}}},
};
enum { ENTRIES = sizeof entries / sizeof *entries };

/* Folders that hold folders of data sets, the user's own first. */
static const struct {
    const char *variable, *below;
} roots[] = {
    {"HONE_DATA_DIR", ""},
    {NULL, "."},
    {NULL, "data"},
    {"KERAS_HOME", "/datasets"},
    {"HOME", "/.keras/datasets"},
    {"XDG_CACHE_HOME", "/hone/datasets"},
    {"HOME", "/.cache/hone/datasets"},
    {NULL, "/usr/share/datasets"},
    {NULL, "/usr/lib/python3/dist-packages/sklearn/datasets/data"},
};
enum { ROOTS = sizeof roots / sizeof *roots };

size_t hone_internal_named_datasets(void)
{
    return ENTRIES;
}

const hone_named_entry *hone_internal_named_at(size_t index)
{
    return index < ENTRIES ? &entries[index] : NULL;
}

const hone_named_entry *hone_internal_named_find(const char *name)
{
    for (size_t i = 0; i < ENTRIES; i++) /* a distance of 0 ignores cases and '-' against '_' */
        if (strlen(name) < 32 && hone_internal_text_distance(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

void hone_internal_named_place_free(hone_named_place *place)
{
    hone_internal_free(place->folder);
    hone_internal_free(place->archive);
    hone_internal_free(place->files[0]);
    hone_internal_free(place->files[1]);
    *place = (hone_named_place){0};
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* "folder/name" when that is a file, else NULL in *path. */
static hone_status look_for(const char *folder, const char *name, char **path)
{
    *path = hone_internal_format("%s/%s", folder, name);
    if (!*path)
        return HONE_ERROR_MEMORY;
    if (is_file(*path))
        return HONE_OK;
    hone_internal_free(*path);
    *path = NULL;
    return HONE_OK;
}

/* The names that mirrors give the files: images and labels, of train and test. */
static hone_status look_for_idx(const char *folder, int part, int kind, char **path)
{
    static const char *const parts[] = {"train", "t10k"}, *const kinds[] = {"images", "labels"};
    static const char *const forms[] = {"%s-%s-idx%d-ubyte", "%s-%s-idx%d-ubyte.gz", "%s-%s.idx%d-ubyte",
                                        "%s-%s.idx%d-ubyte.gz"};
    *path = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !*path; i++) {
        char name[64];
        snprintf(name, sizeof name, forms[i], parts[part], kinds[kind], kind == 0 ? 3 : 1);
        HONE_TRY(look_for(folder, name, path));
    }
    return HONE_OK;
}

/* The data set's own files; other data sets have files of the same names, so its folder must be known to be
 * its own. */
static hone_status look_for_files(const hone_named_entry *entry, const char *folder, int part,
                                  hone_named_place *place)
{
    if (!entry->kind)
        return HONE_OK;
    if (entry->kind->files[part]) {
        HONE_TRY(look_for(folder, entry->kind->files[part], &place->files[0]));
        if (!place->files[0])
            return HONE_OK;
    } else {
        for (int kind = 0; kind < 2; kind++) {
            HONE_TRY(look_for_idx(folder, part, kind, &place->files[kind]));
            if (!place->files[kind])
                return HONE_OK;
        }
    }
    place->folder = hone_internal_copy_text(folder);
    return place->folder ? HONE_OK : HONE_ERROR_MEMORY;
}

static bool found(const hone_named_place *place)
{
    return place->folder || place->archive;
}

static hone_status look_in(const hone_named_entry *entry, const char *folder, bool own, int part,
                           hone_named_place *place)
{
    if (own || (entry->kind && entry->kind->anywhere))
        HONE_TRY(look_for_files(entry, folder, part, place));
    if (found(place))
        return HONE_OK;
    hone_internal_named_place_free(place); /* one file of two is none */
    return entry->archive ? look_for(folder, entry->archive, &place->archive) : HONE_OK;
}

/* "/data/fashion-mnist" is the data set's own folder, "/data" is not. */
static bool is_own(const hone_named_entry *entry, const char *folder)
{
    const char *last = strrchr(folder, '/');
    return hone_internal_named_find(last ? last + 1 : folder) == entry;
}

static hone_status look_below(const hone_named_entry *entry, const char *root, int part,
                              hone_named_place *place)
{
    HONE_TRY(look_in(entry, root, is_own(entry, root), part, place));
    for (int i = -1; i < HONE_NAMED_FOLDERS && !found(place); i++) {
        const char *name = i < 0 ? entry->name : entry->folders[i];
        if (!name)
            break;
        char *folder = hone_internal_format("%s/%s", root, name);
        hone_status status = folder ? look_in(entry, folder, true, part, place) : HONE_ERROR_MEMORY;
        hone_internal_free(folder);
        HONE_TRY(status);
    }
    return HONE_OK;
}

char *hone_dataset_root(size_t index)
{
    if (index >= ROOTS) {
        hone_error_clear();
        return NULL;
    }
    const char *start = roots[index].variable ? getenv(roots[index].variable) : "";
    bool unset = !start || (roots[index].variable && !start[0]);
    return unset ? hone_internal_copy_text("") : hone_internal_format("%s%s", start, roots[index].below);
}

char *hone_internal_named_home(void)
{
    static const struct {
        const char *variable, *below;
    } homes[] = {
        {"HONE_DATA_DIR", ""}, {"XDG_CACHE_HOME", "/hone/datasets"}, {"HOME", "/.cache/hone/datasets"}};
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        const char *start = getenv(homes[i].variable);
        if (start && start[0])
            return hone_internal_format("%s%s", start, homes[i].below);
    }
    hone_fail(HONE_ERROR_FILE, "there is no folder for data sets: set HONE_DATA_DIR, or name one");
    return NULL;
}

static hone_status locate(const hone_named_entry *entry, int part, hone_named_place *place)
{
    for (size_t i = 0; i < ROOTS && !found(place); i++) {
        char *root = hone_dataset_root(i);
        hone_status status = root ? HONE_OK : HONE_ERROR_MEMORY;
        if (root && root[0])
            status = look_below(entry, root, part, place);
        hone_internal_free(root);
        HONE_TRY(status);
    }
    return HONE_OK;
}

hone_status hone_internal_named_locate(const hone_named_entry *entry, int part, hone_named_place *place)
{
    *place = (hone_named_place){0};
    hone_status status = locate(entry, part, place);
    if (status < 0 || !found(place))
        hone_internal_named_place_free(place);
    return status;
}

hone_status hone_internal_named_missing(const hone_named_entry *entry)
{
    return hone_fail(
        HONE_ERROR_FILE,
        "the data set %s is not on this machine (looked in $HONE_DATA_DIR, ./%s, ~/.keras/datasets, "
        "~/.cache/hone/datasets and /usr/share/datasets/%s); %s",
        entry->name, entry->name, entry->name, entry->advice);
}

/* ---- the public side ---- */

bool hone_known_dataset_at(size_t index, hone_known_dataset *set)
{
    const hone_named_entry *entry = hone_internal_named_at(index);
    if (!entry)
        return false;
    *set = (hone_known_dataset){.name = entry->name,
                                .title = entry->title,
                                .package = entry->package,
                                .origin = entry->origin,
                                .below = entry->below,
                                .samples = {entry->samples[0], entry->samples[1]},
                                .files = entry->files};
    return true;
}

bool hone_known_dataset_find(const char *name, hone_known_dataset *set)
{
    const hone_named_entry *entry = hone_internal_named_find(name);
    return entry && hone_known_dataset_at((size_t)(entry - entries), set);
}

char *hone_known_dataset_place(const char *name)
{
    const hone_named_entry *entry = hone_internal_named_find(name);
    hone_named_place place;
    if (!entry || hone_internal_named_locate(entry, 0, &place) < 0)
        return NULL;
    char **where = place.archive ? &place.archive : &place.folder, *found = *where;
    *where = NULL;
    hone_internal_named_place_free(&place);
    return found;
}
