/* The files of a folder, class by class: folders in order of their paths, files in order of their names, all
 * by bytes. */
#define _XOPEN_SOURCE 700
#include "base/error.h"
#include "base/limits.h"
#include "base/plural.h"
#include "base/posix.h"
#include "base/text.h"
#include "readers/folders.h"
#include "readers/numpy_shuffle.h"
#include "readers/options.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = HONE_LIMIT_FOLDER_DEPTH, MOST_FILES = HONE_LIMIT_FOLDER_FILES };

/* ---- one folder ---- */

typedef struct names {
    char **list;
    size_t count, capacity;
} names;

static void free_names(names *found)
{
    for (size_t i = 0; i < found->count; i++)
        hone_internal_free(found->list[i]);
    hone_internal_free(found->list);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static hone_status read_entries(DIR *folder, names *found)
{
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        HONE_TRY(hone_internal_grow(&found->list, &found->capacity, found->count + 1, sizeof *found->list));
        found->list[found->count] = hone_internal_copy_text(entry->d_name);
        if (!found->list[found->count])
            return HONE_ERROR_MEMORY;
        found->count++;
    }
    return HONE_OK;
}

static hone_status list_folder(const char *path, names *found)
{
    DIR *folder = opendir(path);
    if (!folder)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot read the folder: %s", path, strerror(errno));
    hone_status status = read_entries(folder, found);
    closedir(folder);
    if (status >= 0 && found->count > 0)
        qsort(found->list, found->count, sizeof *found->list, compare_names);
    return status;
}

static bool is_folder(const char *path, bool links)
{
    struct stat status;
    return (links ? stat(path, &status) : lstat(path, &status)) == 0 && S_ISDIR(status.st_mode);
}

/* ---- the files of a class ---- */

/* GIF and BMP are taken up, so that they are refused by name and not skipped. */
static const char *const picture_ends[] = {".bmp", ".gif", ".jpeg", ".jpg", ".png", NULL};
const hone_file_kind hone_internal_pictures = {"pictures", ".png, .jpg or .jpeg", picture_ends};

static bool is_of_kind(const hone_file_kind *kind, const char *name)
{
    const size_t length = strlen(name);
    for (const char *const *end = kind->ends; *end != NULL; end++)
        if (length >= strlen(*end) && hone_internal_text_equal_nocase(name + length - strlen(*end), *end))
            return true;
    return false;
}

static bool is_wanted(const hone_file_list *list, const char *name)
{
    return is_of_kind(list->kind, name);
}

typedef struct holding {
    const hone_file_kind *kind;
    bool wanted, pictures;
} holding;

static void look_into(const char *path, int depth, holding *found)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    for (int looked = 0; folder != NULL && looked < 1000 && (entry = readdir(folder)) != NULL; looked++) {
        found->wanted = found->wanted || (depth > 0 && is_of_kind(found->kind, entry->d_name));
        found->pictures = found->pictures || is_of_kind(&hone_internal_pictures, entry->d_name);
        if (depth == 2 || entry->d_name[0] == '.' || strchr(entry->d_name, '.') != NULL)
            continue;
        char *inner = hone_internal_format("%s/%s", path, entry->d_name);
        if (inner != NULL && is_folder(inner, true))
            look_into(inner, depth + 1, found);
        hone_internal_free(inner);
    }
    if (folder != NULL)
        closedir(folder);
}

hone_status hone_internal_folder_holds(const char *path, const hone_file_kind *kind, bool *is)
{
    holding found = {.kind = kind};
    if (is_folder(path, true))
        look_into(path, 0, &found);
    *is = found.wanted && !found.pictures;
    return HONE_OK;
}

static hone_status add_file(hone_file_list *list, const char *path, size_t label)
{
    if (list->count >= MOST_FILES)
        return hone_fail(HONE_ERROR_DATA, "%s: more than %d %s", path, MOST_FILES, list->kind->noun);
    HONE_TRY(hone_internal_grow(&list->files, &list->capacity, list->count + 1, sizeof *list->files));
    list->files[list->count].path = hone_internal_arena_copy_text(&list->texts, path);
    list->files[list->count].label = (int32_t)label;
    return list->files[list->count++].path ? HONE_OK : HONE_ERROR_MEMORY;
}

typedef struct walk {
    const hone_class_folder *folder;
    hone_file_list *list;
    names folders; /* all below, to be put in order of their paths */
} walk;

static hone_status find_folders(walk *walked, const char *path, int depth)
{
    names found = {0};
    if (depth > DEEPEST)
        return hone_fail(HONE_ERROR_DATA, "%s: folders are more than %d deep", path, DEEPEST);
    HONE_TRY(hone_internal_grow(&walked->folders.list, &walked->folders.capacity, walked->folders.count + 1,
                                sizeof *walked->folders.list));
    walked->folders.list[walked->folders.count] = hone_internal_copy_text(path);
    if (!walked->folders.list[walked->folders.count])
        return HONE_ERROR_MEMORY;
    walked->folders.count++;
    hone_status status = list_folder(path, &found);
    for (size_t i = 0; status >= 0 && i < found.count; i++) {
        if (is_wanted(walked->list, found.list[i])) /* the most are files: saves a look at each */
            continue;
        char *inner = hone_internal_format("%s/%s", path, found.list[i]);
        status = inner ? HONE_OK : HONE_ERROR_MEMORY;
        if (inner && is_folder(inner, walked->folder->follow_links))
            status = find_folders(walked, inner, depth + 1);
        hone_internal_free(inner);
    }
    free_names(&found);
    return status;
}

static hone_status take_files(walk *walked, const char *path, size_t label)
{
    names found = {0};
    hone_status status = list_folder(path, &found);
    for (size_t i = 0; status >= 0 && i < found.count; i++) {
        if (!is_wanted(walked->list, found.list[i]))
            continue;
        char *inner = hone_internal_format("%s/%s", path, found.list[i]);
        status = inner ? add_file(walked->list, inner, label) : HONE_ERROR_MEMORY;
        hone_internal_free(inner);
    }
    free_names(&found);
    return status;
}

static hone_status walk_class(const hone_class_folder *folder, hone_file_list *list, const char *path,
                              size_t label)
{
    walk walked = {.folder = folder, .list = list};
    hone_status status = find_folders(&walked, path, 0);
    if (status >= 0)
        qsort(walked.folders.list, walked.folders.count, sizeof *walked.folders.list, compare_names);
    for (size_t i = 0; status >= 0 && i < walked.folders.count; i++)
        status = take_files(&walked, walked.folders.list[i], label);
    free_names(&walked.folders);
    return status;
}

/* ---- the classes ---- */

static hone_status add_class(hone_file_list *list, const char *name)
{
    HONE_TRY(hone_internal_grow(&list->classes, &list->class_capacity, list->class_count + 1,
                                sizeof *list->classes));
    list->classes[list->class_count] = hone_internal_arena_copy_text(&list->texts, name);
    return list->classes[list->class_count++] ? HONE_OK : HONE_ERROR_MEMORY;
}

static bool has_class(const hone_file_list *list, const char *name)
{
    for (size_t i = 0; i < list->class_count; i++)
        if (strcmp(list->classes[i], name) == 0)
            return true;
    return false;
}

static hone_status fail_class(const char *path, const char *name, const names *folders)
{
    hone_internal_fail_name("class", name, (const char *const *)folders->list, folders->count);
    return hone_internal_error_in(HONE_ERROR_DATA, path);
}

static bool has_folder(const names *folders, const char *name)
{
    for (size_t i = 0; i < folders->count; i++)
        if (strcmp(folders->list[i], name) == 0)
            return true;
    return false;
}

/* The folders that are classes, of all entries. */
static hone_status keep_folders(const char *path, names *found)
{
    size_t kept = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < found->count; i++) {
        char *name = found->list[i], *inner = hone_internal_format("%s/%s", path, name);
        status = inner && status >= 0 ? HONE_OK : HONE_ERROR_MEMORY;
        if (inner && name[0] != '.' && is_folder(inner, true))
            found->list[kept++] = name;
        else
            hone_internal_free(name);
        hone_internal_free(inner);
    }
    found->count = kept;
    return status;
}

static hone_status choose_classes(const hone_class_folder *folder, const hone_config *classes,
                                  const names *folders, hone_file_list *list)
{
    for (size_t i = 0; i < folder->class_count; i++) {
        const char *wanted = folder->classes[i];
        if (!has_folder(folders, wanted))
            return fail_class(folder->path, wanted, folders);
        HONE_TRY(add_class(list, wanted));
    }
    if (list->class_count > 0)
        return HONE_OK;
    for (size_t i = 0; classes && i < hone_internal_config_count(classes); i++)
        HONE_TRY(add_class(list, hone_internal_config_text_at(classes, i)));
    for (size_t i = 0; i < folders->count; i++) {
        if (!classes)
            HONE_TRY(add_class(list, folders->list[i]));
        else if (!has_class(list, folders->list[i]))
            return hone_fail(HONE_ERROR_DATA,
                             "%s: \"%s\" is not one of the %zu class%s of the training data; "
                             "classes=[...] selects classes",
                             folder->path, folders->list[i], list->class_count,
                             hone_internal_number_word((long long)list->class_count, "", "es"));
    }
    return HONE_OK;
}

static hone_status walk_classes(const hone_class_folder *folder, const names *folders, hone_file_list *list)
{
    for (size_t i = 0; i < list->class_count; i++) {
        if (!has_folder(folders, list->classes[i])) /* of training, and not here */
            continue;
        char *path = hone_internal_format("%s/%s", folder->path, list->classes[i]);
        hone_status status = path ? walk_class(folder, list, path, i) : HONE_ERROR_MEMORY;
        hone_internal_free(path);
        HONE_TRY(status);
    }
    return HONE_OK;
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static hone_status find_files(const hone_class_folder *folder, const hone_config *classes,
                              hone_file_list *list)
{
    names folders = {0};
    if (is_file(folder->path)) /* one picture, for prediction */
        return add_file(list, folder->path, 0);
    hone_status status = list_folder(folder->path, &folders);
    bool labelled = strcmp(folder->labels, "none") != 0;
    if (status >= 0)
        status = keep_folders(folder->path, &folders);
    bool flat = !labelled || folders.count == 0; /* without classes: all files, for prediction */
    if (status >= 0 && flat)
        status = walk_class(folder, list, folder->path, 0);
    if (status >= 0 && !flat)
        status = choose_classes(folder, classes, &folders, list);
    if (status >= 0 && !flat)
        status = walk_classes(folder, &folders, list);
    free_names(&folders);
    if (status >= 0 && list->count == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: no %s; expected a folder for each class with %s files",
                         folder->path, list->kind->noun, list->kind->shown);
    return status;
}

/* ---- order and parts ---- */

static hone_status shuffle(const hone_class_folder *folder, hone_file_list *list)
{
    size_t *order = hone_internal_allocate(list->count * sizeof *order);
    hone_listed_file *files = hone_internal_allocate(list->count * sizeof *files);
    if (order && files) {
        hone_internal_numpy_shuffle(folder->seed == HONE_NONE_INTEGER ? 0 : (uint32_t)folder->seed,
                                    list->count, order);
        for (size_t i = 0; i < list->count; i++)
            files[i] = list->files[order[i]];
        memcpy(list->files, files, list->count * sizeof *files);
    }
    hone_status status = order && files ? HONE_OK : HONE_ERROR_MEMORY;
    hone_internal_free(order);
    hone_internal_free(files);
    return status;
}

/* The last floor(share n) are for validation. */
static hone_status split(const hone_class_folder *folder, hone_file_list *list)
{
    bool shared = !isnan(folder->validation_split);
    if (shared != (folder->subset != NULL))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s needs %s too: validation_split=0.2,subset=training",
                         shared ? "validation_split" : "subset", shared ? "subset" : "validation_split");
    if (!shared)
        return HONE_OK;
    size_t held = (size_t)(folder->validation_split * (double)list->count), first = list->count - held;
    if (held == 0 || first == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: validation_split=%g of %zu %s leaves one part empty",
                         folder->path, folder->validation_split, list->count, list->kind->noun);
    if (strcmp(folder->subset, "validation") == 0)
        memmove(list->files, list->files + first, held * sizeof *list->files);
    list->count = strcmp(folder->subset, "validation") == 0 ? held : first;
    return HONE_OK;
}

hone_status hone_internal_files_list(const hone_class_folder *folder, const hone_config *classes,
                                     hone_file_list *list)
{
    HONE_TRY(find_files(folder, classes, list));
    /* Pictures of one class after the other must not be held out as they stand. */
    if (folder->shuffle || !isnan(folder->validation_split))
        HONE_TRY(shuffle(folder, list));
    return split(folder, list);
}

static hone_array *make_labels(const hone_file_list *list, const char *labels_as, const char *path)
{
    int64_t count = (int64_t)list->count, classes = (int64_t)list->class_count;
    bool whole = strcmp(labels_as, "int") == 0, one = strcmp(labels_as, "binary") == 0;
    if (one && classes != 2) {
        hone_fail(HONE_ERROR_DATA, "%s: labels=binary needs 2 classes; there are %lld", path,
                  (long long)classes);
        return NULL;
    }
    hone_array *labels = hone_array_create(whole ? HONE_INT32 : HONE_FLOAT32, whole ? 1 : 2,
                                           (int64_t[]){count, one ? 1 : classes});
    for (int64_t i = 0; labels && i < count; i++)
        if (whole)
            ((int32_t *)labels->data)[i] = list->files[i].label;
        else if (one)
            ((float *)labels->data)[i] = (float)list->files[i].label;
        else
            ((float *)labels->data)[i * classes + list->files[i].label] = 1;
    return labels;
}

hone_status hone_internal_files_targets(const hone_file_list *list, const char *labels, const char *path,
                                        hone_component *targets)
{
    if (list->class_count == 0)
        return HONE_OK;
    targets->array = make_labels(list, labels, path);
    targets->label = hone_internal_format("%s: classes", path);
    return targets->array == NULL || targets->label == NULL ? hone_error_status() : HONE_OK;
}

hone_config *hone_internal_files_names(const hone_file_list *list)
{
    hone_config *paths = hone_internal_config_list();
    for (size_t i = 0; paths != NULL && i < list->count; i++)
        if (hone_internal_config_append(paths, hone_internal_config_text(list->files[i].path)) < 0) {
            hone_internal_config_free(paths);
            return NULL;
        }
    return paths;
}

hone_config *hone_internal_files_classes(const hone_file_list *list)
{
    hone_config *result = hone_internal_config_list();
    for (size_t i = 0; result && i < list->class_count; i++)
        if (hone_internal_config_append(result, hone_internal_config_text(list->classes[i])) < 0) {
            hone_internal_config_free(result);
            return NULL;
        }
    return result;
}

void hone_internal_files_free(hone_file_list *list)
{
    hone_internal_free(list->files);
    hone_internal_free(list->classes);
    hone_internal_arena_free(&list->texts);
    *list = (hone_file_list){0};
}

/* ---- folders train and test ---- */

/* A folder with the folders train and test has parts. */
hone_status hone_internal_part_of_folder(const hone_data_source *source, char **folder)
{
    char *inner[2] = {NULL, NULL};
    bool has[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        inner[i] = hone_internal_format("%s/%s", source->path, hone_internal_part_names[i]);
        has[i] = inner[i] && is_folder(inner[i], true);
    }
    int wanted = strcmp(source->part, hone_internal_part_names[1]) == 0;
    bool parted = (has[0] && has[1]) || (source->said && has[wanted]);
    hone_status status = inner[0] && inner[1] ? HONE_OK : HONE_ERROR_MEMORY;
    if (status >= 0 && source->said && !parted)
        status =
            hone_fail(HONE_ERROR_DATA, "%s has no parts (the folders train and test), but #%s was asked for",
                      source->path, source->part);
    *folder = status < 0 ? NULL : hone_internal_copy_text(parted ? inner[wanted] : source->path);
    hone_internal_free(inner[0]);
    hone_internal_free(inner[1]);
    return status >= 0 && !*folder ? HONE_ERROR_MEMORY : status;
}
