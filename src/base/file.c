/* Files: reading regular files, and writing aside, syncing and renaming. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "base/memory.h"
#include "base/posix.h"
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECE = 1 << 30 }; /* bytes of one read or write call; Linux moves at most 2 GiB in one */

static hone_status fail_system(const char *path, const char *doing)
{
    int reason = errno;
    hone_status status = reason == ENOMEM ? HONE_ERROR_MEMORY : HONE_ERROR_FILE;
    return hone_fail(status, "%s: cannot %s: %s", path, doing, strerror(reason));
}

/* Closes without disturbing errno. */
static void close_quietly(int descriptor)
{
    int reason = errno;
    close(descriptor);
    errno = reason;
}

/* ---- reading ---- */

hone_status hone_internal_file_open(hone_file_reader *reader, const char *path)
{
    *reader = (hone_file_reader){.path = path};
    int descriptor;
    do
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0)
        return fail_system(path, "open the file");
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        close_quietly(descriptor);
        return fail_system(path, "examine the file");
    }
    if (!S_ISREG(status.st_mode)) {
        close(descriptor);
        return hone_fail(HONE_ERROR_FILE, "%s: expected a regular file, received %s", path,
                         S_ISDIR(status.st_mode) ? "a folder" : "a device, pipe or socket");
    }
    reader->descriptor = descriptor + 1;
    reader->bytes = (size_t)status.st_size;
    return HONE_OK;
}

hone_status hone_internal_file_take(hone_file_reader *reader, void *data, size_t bytes)
{
    char *next = data;
    while (bytes > 0) {
        ssize_t count = read(reader->descriptor - 1, next, bytes < PIECE ? bytes : PIECE);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_system(reader->path, "read the file");
        if (count == 0)
            return hone_fail(HONE_ERROR_FORMAT, "%s: the file ends %zu bytes too soon", reader->path, bytes);
        next += count;
        bytes -= (size_t)count;
    }
    return HONE_OK;
}

hone_status hone_internal_file_take_at(const hone_file_reader *reader, uint64_t offset, void *data,
                                       size_t bytes)
{
    char *next = data;
    while (bytes > 0) {
        ssize_t count = pread(reader->descriptor - 1, next, bytes < PIECE ? bytes : PIECE, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_system(reader->path, "read the file");
        if (count == 0)
            return hone_fail(HONE_ERROR_FORMAT,
                             "%s: the file ends %zu bytes too soon: it was shortened after it was opened",
                             reader->path, bytes);
        next += count;
        offset += (uint64_t)count;
        bytes -= (size_t)count;
    }
    return HONE_OK;
}

/* ---- scratch files ---- */

const char *hone_internal_file_scratch_folder(void)
{
    const char *folder = getenv(HONE_SCRATCH_VARIABLE);
    return folder != NULL && folder[0] != '\0' ? folder : HONE_SCRATCH_FOLDER;
}

hone_status hone_internal_file_scratch(hone_file_reader *scratch, const char *path)
{
    *scratch = (hone_file_reader){.path = path};
    char *name = hone_internal_format("%s/hone-scratch-XXXXXX", hone_internal_file_scratch_folder());
    if (!name)
        return HONE_ERROR_MEMORY;
    int descriptor = hone_internal_scratch_open(name);
    hone_status status = HONE_OK;
    if (descriptor < 0)
        status =
            hone_fail(HONE_ERROR_FILE, "%s: cannot create a scratch file %s (" HONE_SCRATCH_VARIABLE "): %s",
                      path, name, strerror(errno));
    else
        scratch->descriptor = descriptor + 1;
    hone_internal_free(name);
    return status;
}

hone_status hone_internal_file_put_at(const hone_file_reader *scratch, uint64_t offset, const void *data,
                                      size_t bytes)
{
    const char *next = data;
    while (bytes > 0) {
        ssize_t count = pwrite(scratch->descriptor - 1, next, bytes < PIECE ? bytes : PIECE, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_system(scratch->path, "write its scratch file (" HONE_SCRATCH_VARIABLE ")");
        next += count;
        offset += (uint64_t)count;
        bytes -= (size_t)count;
    }
    return HONE_OK;
}

void hone_internal_file_close(hone_file_reader *reader)
{
    if (reader->descriptor > 0)
        close(reader->descriptor - 1);
    reader->descriptor = 0;
}

static hone_status read_whole(hone_file_reader *reader, size_t limit, char **block)
{
    if (reader->bytes > limit || reader->bytes == SIZE_MAX)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the file has %zu bytes; the limit is %zu", reader->path,
                         reader->bytes, limit);
    *block = hone_internal_allocate(reader->bytes + 1);
    if (!*block)
        return HONE_ERROR_MEMORY;
    (*block)[reader->bytes] = 0;
    return hone_internal_file_take(reader, *block, reader->bytes);
}

hone_status hone_internal_file_read(const char *path, size_t limit, void **data, size_t *bytes)
{
    *data = NULL;
    *bytes = 0;
    hone_file_reader reader;
    char *block = NULL;
    HONE_TRY(hone_internal_file_open(&reader, path));
    hone_status status = read_whole(&reader, limit, &block);
    hone_internal_file_close(&reader);
    if (status < 0) {
        hone_internal_free(block);
        return status;
    }
    *data = block;
    *bytes = reader.bytes;
    return HONE_OK;
}

/* ---- temporary files under way ---- */

enum { TEMPORARIES = 16, LONGEST_PATH = 1024, OPENING_WAITS = 20, LINKS = 40 };
enum {
    SLOT_FREE = 0,
    SLOT_FILLING,
    SLOT_OPENING,
    SLOT_USED
}; /* opening: the file may be there at any moment */

/* Fixed memory, so that a signal handler can read it at any time. What finds no place is not removed by it.
 */
static struct {
    atomic_int use;
    char path[LONGEST_PATH];
} temporaries[TEMPORARIES];

/* Notes the name of a file before it is made, so that there is no moment at which nobody knows of it. */
static void remember(const char *path)
{
    size_t length = strlen(path);
    for (int i = 0; i < TEMPORARIES && length < LONGEST_PATH; i++) {
        int expected = SLOT_FREE;
        if (!atomic_compare_exchange_strong(&temporaries[i].use, &expected, SLOT_FILLING))
            continue;
        memcpy(temporaries[i].path, path, length + 1);
        atomic_store(&temporaries[i].use, SLOT_OPENING);
        return;
    }
}

/* The file of a noted name is there (SLOT_USED), or nobody's business any more (SLOT_FREE). */
static void settle(const char *path, int use)
{
    for (int i = 0; i < TEMPORARIES; i++)
        if (atomic_load(&temporaries[i].use) >= SLOT_OPENING && strcmp(temporaries[i].path, path) == 0)
            atomic_store(&temporaries[i].use, use);
}

static void forget(const char *path)
{
    settle(path, SLOT_FREE);
}

/* Another thread may be making a file just now: waits a moment for it. What this very thread was making when
 * the signal came is there or will never be. */
void hone_remove_temporaries(void)
{
    for (int i = 0; i < TEMPORARIES; i++) {
        for (int wait = 0; wait < OPENING_WAITS && atomic_load(&temporaries[i].use) == SLOT_OPENING; wait++)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (atomic_load(&temporaries[i].use) >= SLOT_OPENING)
            unlink(temporaries[i].path);
    }
}

/* ---- writing ---- */

/* "models" of "models/a.keras", "." of "a.keras", "/" of "/a.keras"; to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return hone_internal_copy_text(".");
    return hone_internal_copy_text_n(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A new empty file of a name that nobody has: ".hone-<process>-<number>.part". Sets errno on failure; a NULL
 * `temporary` means memory. */
static int create_beside(const char *folder, mode_t mode, char **temporary)
{
    static atomic_uint serial;
    for (int attempt = 0; attempt < 1000; attempt++) {
        unsigned number = atomic_fetch_add(&serial, 1u);
        *temporary = hone_internal_format("%s/.hone-%ld-%u.part", folder, (long)getpid(), number);
        if (!*temporary)
            return -1;
        remember(*temporary);
        int descriptor = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        settle(*temporary, descriptor >= 0 ? SLOT_USED : SLOT_FREE);
        if (descriptor >= 0)
            return descriptor;
        if (errno != EEXIST && errno != EINTR)
            return -1;
        hone_internal_free(*temporary);
        *temporary = NULL;
    }
    *temporary = hone_internal_copy_text(folder);
    errno = EEXIST;
    return -1;
}

/* What stands at `path` now may be replaced when it is a regular file that this user may write, or nothing.
 */
static hone_status check_replaceable(const char *path, bool *exists, struct stat *status)
{
    size_t length = strlen(path);
    if (length == 0)
        return hone_fail(HONE_ERROR_FILE, "the name of the file to write is empty");
    if (path[length - 1] == '/')
        return hone_fail(HONE_ERROR_FILE, "%s: expected a file, received a folder", path);
    *exists = stat(path, status) == 0;
    if (!*exists)
        return errno == ENOENT ? HONE_OK : fail_system(path, "write the file");
    if (!S_ISREG(status->st_mode))
        return hone_fail(HONE_ERROR_FILE, "%s: cannot write the file: %s with this name exists", path,
                         S_ISDIR(status->st_mode) ? "a folder" : "a device, pipe or socket");
    return access(path, W_OK) == 0 ? HONE_OK : fail_system(path, "write the file");
}

/* What the symbolic link at `path` names, from where the link is; to be freed. Not a link: NULL. */
static char *link_target(const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return NULL;
    target[length] = '\0';
    const char *slash = target[0] == '/' ? NULL : strrchr(path, '/');
    return hone_internal_format("%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, target);
}

/* Writing through a symbolic link replaces the file that it names, or makes it, as other programs do; to be
 * freed. Links in a ring end at one of them. */
static char *resolve(const char *path, bool exists)
{
    char *whole = exists ? realpath(path, NULL) : NULL;
    char *copy = hone_internal_copy_text(whole ? whole : path);
    free(whole);
    for (int links = 0; !exists && copy && links < LINKS; links++) {
        char *target = link_target(copy);
        if (!target)
            break;
        hone_internal_free(copy);
        copy = target;
    }
    return copy;
}

static hone_status fail_creation(const char *path, const char *folder)
{
    if (errno != ENOENT)
        return fail_system(path, "write the file");
    return hone_fail(HONE_ERROR_FILE, "%s: cannot write the file: the folder %s does not exist", path,
                     folder);
}

/* The new file's permissions are those of the file that it replaces (not to run as another user: it is
 * another file), else what the user's umask leaves. */
static hone_status open_aside(hone_file_writer *writer, const char *path, const char *folder,
                              const struct stat *old)
{
    int descriptor = create_beside(folder, old ? 0600 : 0666, &writer->temporary);
    if (!writer->temporary)
        return HONE_ERROR_MEMORY;
    if (descriptor < 0) {
        hone_status status = fail_creation(path, folder);
        hone_internal_free(writer->temporary); /* not ours: nothing to remove */
        writer->temporary = NULL;
        return status;
    }
    writer->descriptor = descriptor + 1;
    if (!old || fchmod(descriptor, old->st_mode & 0777) == 0)
        return HONE_OK;
    return fail_system(path, "set the permissions of the file");
}

hone_status hone_internal_file_begin(hone_file_writer *writer, const char *path)
{
    *writer = (hone_file_writer){0};
    bool exists = false;
    struct stat old;
    HONE_TRY(check_replaceable(path, &exists, &old));
    writer->path = resolve(path, exists);
    char *folder = writer->path ? folder_of(writer->path) : NULL;
    hone_status status = folder ? open_aside(writer, path, folder, exists ? &old : NULL) : HONE_ERROR_MEMORY;
    hone_internal_free(folder);
    if (status < 0)
        hone_internal_file_abandon(writer);
    return status;
}

hone_status hone_internal_file_write(hone_file_writer *writer, const void *data, size_t bytes)
{
    const char *next = data;
    while (bytes > 0) {
        ssize_t count = write(writer->descriptor - 1, next, bytes < PIECE ? bytes : PIECE);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_system(writer->path, "write the file");
        next += count;
        bytes -= (size_t)count;
    }
    return HONE_OK;
}

/* The folder's entry reaches the disk too. Some file systems cannot sync folders, which is not a failure. */
void hone_internal_file_sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int descriptor = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    hone_internal_free(folder);
}

/* HONE_SYNC=0: files take their places without waiting for the disk, so that only a loss of power harms. */
static bool waits_for_disk(void)
{
    const char *said = getenv("HONE_SYNC");
    return said == NULL || strcmp(said, "0") != 0;
}

static hone_status sync_and_rename(hone_file_writer *writer)
{
    const bool waits = waits_for_disk();
    int descriptor = writer->descriptor - 1;
    if (waits && fsync(descriptor) != 0 && errno != EINVAL)
        return fail_system(writer->path, "write the file");
    writer->descriptor = 0;
    if (close(descriptor) != 0 && errno != EINTR)
        return fail_system(writer->path, "write the file");
    if (rename(writer->temporary, writer->path) != 0)
        return fail_system(writer->path, "replace the file");
    forget(writer->temporary);
    hone_internal_free(writer->temporary);
    writer->temporary = NULL;
    if (waits)
        hone_internal_file_sync_folder(writer->path);
    return HONE_OK;
}

hone_status hone_internal_file_finish(hone_file_writer *writer)
{
    hone_status status = sync_and_rename(writer);
    hone_internal_file_abandon(writer);
    return status;
}

void hone_internal_file_abandon(hone_file_writer *writer)
{
    if (writer->descriptor > 0)
        close(writer->descriptor - 1);
    if (writer->temporary) {
        unlink(writer->temporary);
        forget(writer->temporary);
    }
    hone_internal_free(writer->temporary);
    hone_internal_free(writer->path);
    *writer = (hone_file_writer){0};
}

hone_status hone_write_file(const char *path, const void *data, size_t bytes)
{
    hone_file_writer writer;
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status >= 0)
        status = hone_internal_file_write(&writer, data, bytes);
    if (status >= 0)
        status = hone_internal_file_finish(&writer);
    hone_internal_file_abandon(&writer);
    return status;
}

hone_status hone_check_writable(const char *path)
{
    hone_file_writer writer;
    hone_status status = hone_internal_file_begin(&writer, path);
    hone_internal_file_abandon(&writer);
    return status;
}
