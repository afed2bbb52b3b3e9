/* Fetching the data sets that are known by name: their files one by one, and what is in a tar archive taken
 * out. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/tar.h"
#include "readers/named.h"
#include "readers/transfer.h"
#include "fields/fields.h"
#include "verbs.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static hone_status check_mirror(const char *mirror)
{
    for (const char *next = mirror; *next; next++)
        if ((unsigned char)*next <= ' ' || *next == 127)
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "the mirror \"%s\" has a space or a control character in it", mirror);
    if (strncmp(mirror, "https://", 8) == 0 && mirror[8])
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "expected a mirror that begins with https://, received \"%s\"",
                     mirror);
}

static const hone_named_entry *find(const char *name)
{
    const hone_named_entry *entry = name ? hone_internal_named_find(name) : NULL;
    const char *names[16];
    size_t count = hone_internal_named_datasets();
    if (entry)
        return entry;
    for (size_t i = 0; i < count && i < 16; i++)
        names[i] = hone_internal_named_at(i)->name;
    hone_internal_fail_name("data set", name ? name : "", names, count < 16 ? count : 16);
    return NULL;
}

/* "folder/below/name", or without the middle when that is ""; to be freed. */
static char *place(const char *folder, const char *below, const char *name)
{
    return hone_internal_format("%s%s%s%s%s", folder, below[0] ? "/" : "", below, name[0] ? "/" : "", name);
}

static hone_status fetch_file(const hone_named_entry *entry, const hone_known_file *file, const char *folder,
                              const hone_dataset_fetch_args *args)
{
    const char *origin = args->mirror ? args->mirror : entry->origin;
    bool slash = origin[strlen(origin) - 1] == '/';
    char *url = hone_internal_format("%s%s%s", origin, slash ? "" : "/", file->name);
    char *path = place(folder, "", file->name);
    hone_transfer order = {.url = url,
                           .path = path,
                           .name = file->name,
                           .bytes = file->bytes,
                           .sha256 = file->sha256,
                           .ca_file = args->ca_file,
                           .patience = args->patience,
                           .progress = args->progress,
                           .context = args->context};
    hone_status status = url && path ? hone_internal_transfer(&order) : HONE_ERROR_MEMORY;
    hone_internal_free(url);
    hone_internal_free(path);
    return status;
}

/* ---- archives ---- */

/* 1 when all members stand there with their sizes. */
static int has_members(const hone_named_entry *entry, const char *folder)
{
    for (int i = 0; entry->members[i].name; i++) {
        const char *slash = strrchr(entry->members[i].name, '/');
        struct stat found;
        char *path = place(folder, "", slash ? slash + 1 : entry->members[i].name);
        if (!path)
            return HONE_ERROR_MEMORY;
        bool there = stat(path, &found) == 0 && S_ISREG(found.st_mode) &&
                     (uint64_t)found.st_size == entry->members[i].bytes;
        hone_internal_free(path);
        if (!there)
            return 0;
    }
    return 1;
}

/* Takes the members out of the archive, which has the right checksum, and removes it. */
static hone_status unpack(const hone_named_entry *entry, const char *folder)
{
    char *path = place(folder, "", entry->files[0].name);
    if (!path)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_tar_extract(path, entry->members, folder);
    if (status == HONE_OK)
        unlink(path);
    hone_internal_free(path);
    return status;
}

/* ---- a data set ---- */

static hone_status fetch_into(const hone_named_entry *entry, const char *folder,
                              const hone_dataset_fetch_args *args)
{
    bool packed = entry->members[0].name != NULL;
    HONE_TRY(hone_make_folder(folder));
    if (packed) {
        int there = has_members(entry, folder);
        if (there != 0)
            return there < 0 ? (hone_status)there : HONE_OK;
    }
    for (int i = 0; entry->files[i].name; i++)
        HONE_TRY(fetch_file(entry, &entry->files[i], folder, args));
    return packed ? unpack(entry, folder) : HONE_OK;
}

hone_status hone_internal_fetch(const hone_named_entry *entry, const hone_dataset_fetch_args *args)
{
    char *root = args->folder ? hone_internal_copy_text(args->folder) : hone_internal_named_home();
    char *folder = root ? place(root, entry->below, "") : NULL;
    hone_status status = folder ? fetch_into(entry, folder, args) : hone_error_status();
    hone_internal_free(root);
    hone_internal_free(folder);
    return status;
}

hone_status hone_dataset_fetch_with(const char *name, const hone_dataset_fetch_args *said)
{
    hone_dataset_fetch_args args;
    const hone_named_entry *entry = find(name);
    if (!entry)
        return hone_error_status();
    HONE_TRY(hone_internal_args_read(&hone_internal_dataset_fetch_verb, said, &args));
    if (args.folder && !args.folder[0])
        return hone_fail(HONE_ERROR_ARGUMENT, "the name of the folder for %s is empty", entry->name);
    if (args.mirror)
        HONE_TRY(check_mirror(args.mirror));
    return hone_internal_fetch(entry, &args);
}
