/* A folder of a target's own, in memory where the machine has that: an input's files are written there, and
 * are gone after it. Memory is limited, and what asks for it out of proportion to the files is a finding. */
#ifndef HONE_TESTS_FUZZ_FOLDER_H
#define HONE_TESTS_FUZZ_FOLDER_H

#include "described.h"
#include "limited.h"

#include <hone/hone.h>
#include <hone/recipe.h>

/* ---- memory ---- */

enum { FOLDER_MOST_BYTES = 64 << 20 };
static size_t folder_bytes; /* of the files */

/* Files may ask for what their limits say (base/limits.h), not for more. */
static inline void check_proportion(void)
{
    size_t most = ((size_t)64 << 20) + folder_bytes * hone_internal_limits.libsvm_sparsity;
    if (limited_largest <= most)
        return;
    fprintf(stderr, "%zu bytes of memory for %zu bytes of files\n", limited_largest, folder_bytes);
    abort();
}

/* ---- the folder ---- */

static char folder_path[64];
static int folder_outside = -1; /* the folder of the process */

static inline void remove_below(int above, const char *name)
{
    int place = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = place < 0 ? NULL : fdopendir(place);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            unlinkat(place, entry->d_name, 0) == 0)
            continue;
        remove_below(place, entry->d_name);
        unlinkat(place, entry->d_name, AT_REMOVEDIR);
    }
    if (folder != NULL)
        closedir(folder);
}

static inline void remove_folder(void)
{
    remove_below(AT_FDCWD, folder_path);
    rmdir(folder_path);
}

static inline void make_folder(void)
{
    snprintf(folder_path, sizeof folder_path, "%s/hone-fuzz-%ld.d",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    folder_outside = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (mkdir(folder_path, 0700) != 0 || folder_outside < 0)
        abort();
    atexit(remove_folder);
    limit_memory(FOLDER_MOST_BYTES);
    setenv("HONE_DATA_DIR", folder_path, 1); /* no data set by name is there */
    setenv("HOME", folder_path, 1);
    setenv("XDG_CACHE_HOME", folder_path, 1);
}

/* A plain name, or one in plain folders. */
static inline bool is_inside(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && name[0] != '.' && strstr(name, "..") == NULL &&
           strlen(name) < 200;
}

/* Whether a text of a tree could be a path to elsewhere, for what writes files. */
static inline bool leads_outside(const hone_config *value)
{
    const char *text = hone_internal_config_as_text(value);
    bool outside = strstr(text, "..") != NULL;
    for (const char *slash = strchr(text, '/'); slash != NULL && !outside; slash = strchr(slash + 1, '/'))
        outside = slash == text || strchr("abcdefghijklmnopqrstuvwxyz0123456789", slash[-1]) == NULL;
    for (size_t i = 0; i < hone_internal_config_count(value) && !outside; i++)
        outside = leads_outside(hone_internal_config_at(value, i));
    return outside;
}

static inline void write_file(const char *name, const hone_config *value)
{
    char path[256];
    if (!is_inside(name))
        return;
    snprintf(path, sizeof path, "%s", name);
    for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    described content = {.size = 0};
    put_described(&content, value);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0 && write(file, content.data, content.size) != (ssize_t)content.size)
        abort();
    if (file >= 0)
        close(file);
    folder_bytes += content.size;
    free(content.data);
}

/* The tree of an input, and the process stands in the folder with the files that its "files" describes; NULL
 * when the input is none. */
static inline hone_config *enter_folder(const uint8_t *data, size_t size)
{
    if (folder_path[0] == '\0')
        make_folder();
    hone_error_clear();
    hone_config *tree =
        size > 1 && data[0] == '{' ? hone_internal_json_parse((const char *)data, size, "fuzz") : NULL;
    if (tree == NULL)
        return NULL;
    if (chdir(folder_path) != 0)
        abort();
    folder_bytes = 0;
    const hone_config *files = hone_internal_config_get(tree, "files");
    for (size_t i = 0; i < hone_internal_config_count(files) && i < 32; i++)
        write_file(hone_internal_config_key(files, i), hone_internal_config_at(files, i));
    limited_largest = 0;
    return tree;
}

static inline void leave_folder(hone_config *tree)
{
    hone_internal_config_free(tree);
    remove_below(AT_FDCWD, ".");
    if (fchdir(folder_outside) != 0)
        abort();
}

/* The model of a target's own recipe, which is right. */
static inline hone_model *folder_model(const char *text)
{
    hone_recipe *recipe = hone_recipe_parse(text, "fuzz");
    hone_model *model = recipe == NULL ? NULL : hone_recipe_model(recipe);
    hone_recipe_free(recipe);
    if (model == NULL)
        abort();
    return model;
}

#endif
