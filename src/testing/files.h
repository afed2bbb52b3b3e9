/* Files for tests: a folder that is removed at the end, files written into it, damage done to them. */
#ifndef HONE_TESTING_FILES_H
#define HONE_TESTING_FILES_H

#include "base/memory.h"
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char testing_folder[64];

/* For the group's setup and teardown. */
static inline int testing_folder_make(void **state)
{
    (void)state;
    strcpy(testing_folder, "/tmp/hone-test-XXXXXX");
    return mkdtemp(testing_folder) ? 0 : -1;
}

static inline void testing_folder_empty(const char *folder)
{
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        char path[1024];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%.700s/%.255s", folder, entry->d_name);
        if (unlink(path) == 0)
            continue;
        testing_folder_empty(path);
        rmdir(path);
    }
    if (opened)
        closedir(opened);
}

static inline int testing_folder_remove(void **state)
{
    (void)state;
    testing_folder_empty(testing_folder);
    return rmdir(testing_folder);
}

/* "/tmp/hone-test-x/name"; one of eight buffers used in turn. */
static inline const char *testing_path(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", testing_folder, name);
    return path;
}

/* The path of a new file with these bytes. */
static inline const char *testing_file(const char *name, const void *data, size_t bytes)
{
    const char *path = testing_path(name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0)
        abort();
    return path;
}

static inline size_t testing_entries(const char *folder)
{
    size_t count = 0;
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (opened)
        closedir(opened);
    return count;
}

/* xorshift: the same damage in every run. */
static inline uint32_t testing_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

#endif
