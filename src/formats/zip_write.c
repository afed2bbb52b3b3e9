/* Zip archives written through libzip into a hone_file_writer: members stored, undated, so that the same
 * content gives the same bytes. libzip writes into a "source", which here is the writer's descriptor. */
#define _POSIX_C_SOURCE 200809L

#include "base/memory.h"
#include "formats/formats.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zip.h>

/* libzip writes 8 KB at a time; the file gets whole blocks. */
enum { BLOCK = 1 << 20 };

typedef struct zip_target {
    hone_file_writer writer;
    unsigned char *block;
    size_t used;        /* bytes of the block that are not in the file yet */
    hone_status status; /* of the first failure, whose sentence is set */
    zip_error_t error;  /* for libzip */
} zip_target;

static const zip_uint16_t DATE_1980_01_01 = 1 << 5 | 1, MIDNIGHT = 0;

static int descriptor_of(const zip_target *target)
{
    return target->writer.descriptor - 1;
}

static zip_int64_t fail_target(zip_target *target, hone_status status)
{
    if (target->status == HONE_OK)
        target->status = status;
    zip_error_set(&target->error, ZIP_ER_WRITE, EIO);
    return -1;
}

static hone_status flush_target(zip_target *target)
{
    size_t bytes = target->used;
    target->used = 0;
    return hone_internal_file_write(&target->writer, target->block, bytes);
}

static zip_int64_t write_target(zip_target *target, const void *data, zip_uint64_t bytes)
{
    const unsigned char *next = data;
    for (size_t left = (size_t)bytes; left > 0;) {
        size_t room = BLOCK - target->used, piece = left < room ? left : room;
        memcpy(target->block + target->used, next, piece);
        target->used += piece;
        next += piece;
        left -= piece;
        hone_status status = target->used == BLOCK ? flush_target(target) : HONE_OK;
        if (status < 0)
            return fail_target(target, status);
    }
    return (zip_int64_t)bytes;
}

static zip_int64_t tell_target(zip_target *target)
{
    off_t at = lseek(descriptor_of(target), 0, SEEK_CUR);
    return at >= 0 ? at + (zip_int64_t)target->used
                   : fail_target(target, hone_fail(HONE_ERROR_FILE, "cannot write %s: %s",
                                                   target->writer.path, strerror(errno)));
}

static zip_int64_t seek_target(zip_target *target, void *data, zip_uint64_t bytes)
{
    const zip_source_args_seek_t *to =
        ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, bytes, &target->error);
    if (!to)
        return -1;
    hone_status status = flush_target(target);
    if (status < 0)
        return fail_target(target, status);
    if (lseek(descriptor_of(target), (off_t)to->offset, to->whence) >= 0)
        return 0;
    return fail_target(
        target, hone_fail(HONE_ERROR_FILE, "cannot write %s: %s", target->writer.path, strerror(errno)));
}

/* To libzip the target is a file that is not there yet. */
static zip_int64_t describe_target(zip_target *target)
{
    zip_error_set(&target->error, ZIP_ER_READ, ENOENT);
    return -1;
}

static zip_int64_t serve_target(void *user, void *data, zip_uint64_t bytes, zip_source_cmd_t command)
{
    zip_target *target = user;
    switch (command) {
    case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_WRITABLE;
    case ZIP_SOURCE_STAT: return describe_target(target);
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&target->error, data, bytes);
    case ZIP_SOURCE_WRITE: return write_target(target, data, bytes);
    case ZIP_SOURCE_TELL_WRITE: return tell_target(target);
    case ZIP_SOURCE_SEEK_WRITE: return seek_target(target, data, bytes);
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_COMMIT_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_REMOVE:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0;
    default: zip_error_set(&target->error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
}

static hone_status fail_libzip(const zip_target *target, zip_error_t *error)
{
    if (target->status != HONE_OK)
        return target->status;
    const int code = zip_error_code_zip(error);
    if (code == ZIP_ER_MEMORY ||
        code == ZIP_ER_OK) /* libzip fails without a word where a small block is refused */
        return hone_fail(HONE_ERROR_MEMORY, "cannot write %s: out of memory", target->writer.path);
    return hone_fail(HONE_ERROR_FILE, "cannot write %s: %s", target->writer.path, zip_error_strerror(error));
}

static hone_status add_member(zip_target *target, zip_t *archive, const hone_zip_member *member)
{
    static const char nothing[1];
    zip_source_t *source =
        zip_source_buffer(archive, member->bytes ? member->data : nothing, member->bytes, 0);
    zip_int64_t at = source ? zip_file_add(archive, member->name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(source);
        return fail_libzip(target, zip_get_error(archive));
    }
    zip_uint64_t index = (zip_uint64_t)at;
    bool set =
        zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) == 0 &&
        zip_file_set_dostime(archive, index, MIDNIGHT, DATE_1980_01_01, 0) == 0 &&
        zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX, (zip_uint32_t)0600 << 16) == 0;
    return set ? HONE_OK : fail_libzip(target, zip_get_error(archive));
}

static zip_t *open_archive(zip_target *target)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_function_create(serve_target, target, &error);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error) : NULL;
    if (!archive) {
        fail_libzip(target, &error);
        zip_source_free(source);
    }
    zip_error_fini(&error);
    return archive;
}

static hone_status write_members(zip_target *target, const hone_zip_member *members, size_t count)
{
    zip_t *archive = open_archive(target);
    if (!archive)
        return hone_error_status();
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count && status == HONE_OK; i++)
        status = add_member(target, archive, &members[i]);
    if (status == HONE_OK && zip_close(archive) == 0)
        return HONE_OK;
    if (status == HONE_OK)
        status = fail_libzip(target, zip_get_error(archive));
    zip_discard(archive);
    return status;
}

hone_status hone_internal_zip_write(const char *path, const hone_zip_member *members, size_t count)
{
    zip_target target = {.status = HONE_OK};
    if (count == 0) /* libzip would remove the file */
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: an archive without members", path);
    HONE_TRY(hone_internal_file_begin(&target.writer, path));
    zip_error_init(&target.error);
    target.block = hone_internal_allocate(BLOCK);
    hone_status status = target.block ? write_members(&target, members, count) : HONE_ERROR_MEMORY;
    if (status == HONE_OK)
        status = flush_target(&target);
    if (status == HONE_OK)
        status = hone_internal_file_finish(&target.writer);
    hone_internal_file_abandon(&target.writer);
    hone_internal_free(target.block);
    zip_error_fini(&target.error);
    return status;
}
