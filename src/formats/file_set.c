/* Files by a pattern, in the order of their names. */
#include "formats/file_set.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/posix.h"
#include "formats/manifest.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* Runs of digits by their value: without zeros in front a longer one is larger. */
static int compare_digits(const char **a, const char **b)
{
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    size_t lengths[2] = {0, 0};
    while (is_digit((*a)[lengths[0]]))
        lengths[0]++;
    while (is_digit((*b)[lengths[1]]))
        lengths[1]++;
    const int order = lengths[0] == lengths[1]  ? memcmp(*a, *b, lengths[0])
                      : lengths[0] < lengths[1] ? -1
                                                : 1;
    *a += lengths[0];
    *b += lengths[1];
    return order;
}

/* Names that differ in zeros alone are ordered by their bytes. */
static int compare_names(const void *first, const void *second)
{
    const char *const *names[2] = {first, second}, *a = *names[0], *b = *names[1];
    int order = 0;
    while (order == 0 && *a && *b) {
        if (is_digit(*a) && is_digit(*b))
            order = compare_digits(&a, &b);
        else
            order = (unsigned char)*a++ - (unsigned char)*b++;
    }
    if (order == 0)
        order = (unsigned char)*a - (unsigned char)*b;
    return order != 0 ? order : strcmp(*names[0], *names[1]);
}

bool hone_internal_file_set_named(const char *path)
{
    struct stat status;
    return path && (hone_internal_manifest_named(path) || (strpbrk(path, "*?[") && stat(path, &status) != 0));
}

hone_status hone_internal_file_set_add(hone_file_set *set, const char *path)
{
    if (set->count >= hone_internal_limits.set_files)
        return hone_fail(HONE_ERROR_FORMAT, "%s: more than %zu files in one set", path,
                         hone_internal_limits.set_files);
    HONE_TRY((hone_status)hone_internal_grow(&set->paths, &set->room, set->count + 1, sizeof *set->paths));
    char *copy = hone_internal_copy_text(path);
    if (!copy)
        return HONE_ERROR_MEMORY;
    set->paths[set->count++] = copy;
    return HONE_OK;
}

void hone_internal_file_set_free(hone_file_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        hone_internal_free(set->paths[i]);
    hone_internal_free(set->paths);
    *set = (hone_file_set){.count = 0};
}

static hone_status take_found(const char *path, void *set)
{
    return hone_internal_file_set_add(set, path);
}

static hone_status find_by_pattern(const char *pattern, hone_file_set *set)
{
    HONE_TRY(hone_internal_files_of_pattern(pattern, take_found, set));
    if (set->count == 0)
        return hone_fail(HONE_ERROR_FILE, "%s: no file has a name of this pattern", pattern);
    qsort(set->paths, set->count, sizeof *set->paths, compare_names);
    return HONE_OK;
}

hone_status hone_internal_file_set_find(const char *path, bool verify, hone_file_set *set)
{
    *set = (hone_file_set){.count = 0};
    if (hone_internal_manifest_named(path))
        return hone_internal_manifest_read(path, verify, set);
    return hone_internal_file_set_named(path) ? find_by_pattern(path, set)
                                              : hone_internal_file_set_add(set, path);
}
