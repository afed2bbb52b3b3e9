/* The data sets that are known by name, and the search for their files. Nothing is downloaded. */
#define _XOPEN_SOURCE 700
#include "data/named.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const hone_named_entry entries[] = {
    {.name = "fashion-mnist",
     .folders = {"fashion_mnist", "FashionMNIST/raw"},
     .title = "70000 grey images (28 x 28) of 10 kinds of clothes",
     .package = "dataset-fashion-mnist",
     .advice = "on Debian: apt-get install dataset-fashion-mnist",
     .archive = "fashion-mnist.npz",
     .format = HONE_NAMED_IDX,
     .samples = {60000, 10000}},
    {.name = "mnist",
     .folders = {"MNIST/raw"},
     .title = "70000 grey images (28 x 28) of the digits 0 to 9",
     .advice = "Keras keeps it as ~/.keras/datasets/mnist.npz",
     .archive = "mnist.npz",
     .format = HONE_NAMED_IDX,
     .samples = {60000, 10000}},
    {.name = "cifar10",
     .folders = {"cifar-10-batches-bin", "cifar10/cifar-10-batches-bin"},
     .title = "60000 colour images (32 x 32) of 10 kinds of things",
     .advice = "its \"binary version\" (cifar-10-batches-bin) is read; the Python version is not",
     .archive = "cifar10.npz",
     .format = HONE_NAMED_CIFAR,
     .samples = {50000, 10000}},
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
    {NULL, "/usr/share/datasets"},
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
    static const char *const cifar[] = {"data_batch_1.bin", "test_batch.bin"};
    if (entry->format == HONE_NAMED_CIFAR) {
        HONE_TRY(look_for(folder, cifar[part], &place->files[0]));
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
    if (own)
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

static hone_status locate(const hone_named_entry *entry, int part, hone_named_place *place)
{
    for (int i = 0; i < ROOTS && !found(place); i++) {
        const char *start = roots[i].variable ? getenv(roots[i].variable) : "";
        if (!start || (roots[i].variable && !start[0]))
            continue;
        char *root = hone_internal_format("%s%s", start, roots[i].below);
        hone_status status = root ? look_below(entry, root, part, place) : HONE_ERROR_MEMORY;
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
        "the data set %s is not on this machine (looked in $HONE_DATA_DIR, ./%s, ~/.keras/datasets and "
        "/usr/share/datasets/%s); %s",
        entry->name, entry->name, entry->name, entry->advice);
}

hone_status hone_internal_named_dataset(size_t index, hone_named_dataset *result)
{
    const hone_named_entry *entry = hone_internal_named_at(index);
    *result = (hone_named_dataset){0};
    if (!entry)
        return hone_fail(HONE_ERROR_ARGUMENT, "there are %d named data sets, not %zu", ENTRIES, index + 1);
    hone_named_place place;
    HONE_TRY(hone_internal_named_locate(entry, 0, &place));
    *result = (hone_named_dataset){.name = entry->name,
                                   .title = entry->title,
                                   .package = entry->package,
                                   .samples = {entry->samples[0], entry->samples[1]}};
    char **where = place.archive ? &place.archive : &place.folder;
    result->where = *where;
    *where = NULL;
    hone_internal_named_place_free(&place);
    return HONE_OK;
}
