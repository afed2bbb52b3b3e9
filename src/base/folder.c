/* Folders: made with those above them. */
#include "base/folder.h"
#include "base/memory.h"
#include "base/posix.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static hone_status make_one(const char *path)
{
    struct stat found;
    if (mkdir(path, 0777) == 0)
        return HONE_OK;
    int reason = errno;
    if (stat(path, &found) == 0) {
        if (S_ISDIR(found.st_mode))
            return HONE_OK;
        return hone_fail(HONE_ERROR_FILE, "%s: cannot create the folder: a file with this name exists", path);
    }
    return hone_fail(HONE_ERROR_FILE, "%s: cannot create the folder: %s", path, strerror(reason));
}

/* "a/b/c": a, a/b, a/b/c. */
static hone_status make_all(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        hone_status status = make_one(path);
        *slash = '/';
        if (status < 0)
            return status;
    }
    return make_one(path);
}

hone_status hone_make_folder(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0)
        return hone_fail(HONE_ERROR_FILE, "the name of the folder is empty");
    char *copy = hone_internal_copy_text_n(path, length);
    if (copy == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = make_all(copy);
    hone_internal_free(copy);
    return status;
}

hone_status hone_internal_folder_make_for(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path)
        return HONE_OK;
    char *folder = hone_internal_copy_text_n(path, (size_t)(slash - path));
    if (folder == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_make_folder(folder);
    hone_internal_free(folder);
    return status;
}

/* ".hone-<process>-<number>.part" of a process that has ended. */
static bool left_over(const char *name)
{
    long process;
    unsigned number;
    int length = 0;
    if (sscanf(name, ".hone-%ld-%u.part%n", &process, &number, &length) != 2 || length == 0 ||
        name[length] != '\0')
        return false;
    return process > 0 && !hone_internal_process_lives(process);
}

void hone_internal_folder_sweep(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (left_over(entry->d_name)) {
            char *name = hone_internal_format("%s/%s", path, entry->d_name);
            if (name != NULL)
                unlink(name);
            hone_internal_free(name);
        }
    closedir(folder);
}
