/* Tar archives (POSIX ustar; GNU's and pax's extra members are skipped) in gzip:
 *
 *     header   512 bytes: name 100, mode, uid, gid, size (octal) at 124, checksum at 148, kind at 156,
 * "ustar" at 257, prefix of the name at 345 content  padded to 512 bytes
 *
 * and a header of zeros at the end. */
#include "formats/tar.h"
#include "base/file.h"
#include "base/memory.h"
#include <string.h>

enum { BLOCK = 512, PIECE = 1 << 16, MOST_WANTED = 16 };

static hone_status fail_damaged(const hone_tar *tar, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the tar archive is damaged: member %zu %s", tar->label,
                     tar->members, what);
}

/* Octal digits between spaces, ended by a space, a 0 or the field's end. */
static bool read_octal(const unsigned char *field, size_t length, uint64_t *number)
{
    size_t i = 0;
    *number = 0;
    while (i < length && field[i] == ' ')
        i++;
    size_t first = i;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++)
        *number = *number * 8 + (uint64_t)(field[i] - '0');
    return i > first && i - first <= 20 && (i == length || field[i] == ' ' || field[i] == 0);
}

/* The sum of the header's bytes, its checksum taken as spaces. */
static bool sum_is_right(const unsigned char header[BLOCK])
{
    uint64_t expected, sum = 0;
    for (int i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : header[i];
    return read_octal(header + 148, 8, &expected) && sum == expected;
}

static bool all_zero(const unsigned char header[BLOCK])
{
    for (int i = 0; i < BLOCK; i++)
        if (header[i] != 0)
            return false;
    return true;
}

static void read_name(const unsigned char header[BLOCK], char name[HONE_TAR_NAME])
{
    size_t length = 0;
    if (memcmp(header + 257, "ustar", 5) == 0 && header[345] != 0) {
        length = strnlen((const char *)header + 345, 155);
        memcpy(name, header + 345, length);
        name[length++] = '/';
    }
    size_t last = strnlen((const char *)header, 100);
    memcpy(name + length, header, last);
    name[length + last] = 0;
}

hone_status hone_internal_tar_take(hone_tar *tar, void *data, size_t bytes)
{
    if (bytes > tar->left - tar->padding)
        return fail_damaged(tar, "ends too soon");
    tar->left -= bytes;
    return hone_internal_gzip_take(tar->gzip, data, bytes);
}

static hone_status pass_over(hone_tar *tar)
{
    unsigned char piece[PIECE];
    while (tar->left > 0) {
        size_t count = tar->left < PIECE ? (size_t)tar->left : PIECE;
        HONE_TRY(hone_internal_gzip_take(tar->gzip, piece, count));
        tar->left -= count;
    }
    return HONE_OK;
}

static hone_status read_header(hone_tar *tar, const unsigned char header[BLOCK], hone_tar_member *member)
{
    tar->members++;
    if (!sum_is_right(header))
        return fail_damaged(tar, "has a wrong checksum");
    read_name(header, member->name);
    member->regular = header[156] == '0' || header[156] == 0;
    if (!read_octal(header + 124, 12, &member->bytes) || member->bytes > hone_internal_gzip_bound(tar->gzip))
        return fail_damaged(tar, "has an impossible size");
    tar->padding = (BLOCK - member->bytes % BLOCK) % BLOCK;
    tar->left = member->bytes + tar->padding;
    return HONE_OK;
}

int hone_internal_tar_next(hone_tar *tar, hone_tar_member *member)
{
    unsigned char header[BLOCK];
    HONE_TRY(pass_over(tar));
    HONE_TRY(hone_internal_gzip_take(tar->gzip, header, BLOCK));
    if (all_zero(header))
        return 0;
    if (tar->members >= hone_internal_limits.zip_members)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the archive has more than %zu members", tar->label,
                         hone_internal_limits.zip_members);
    HONE_TRY(read_header(tar, header, member));
    return 1;
}

/* ---- extraction ---- */

static hone_status copy_member(hone_tar *tar, uint64_t bytes, hone_file_writer *writer)
{
    unsigned char piece[PIECE];
    while (bytes > 0) {
        size_t count = bytes < PIECE ? (size_t)bytes : PIECE;
        HONE_TRY(hone_internal_tar_take(tar, piece, count));
        HONE_TRY(hone_internal_file_write(writer, piece, count));
        bytes -= count;
    }
    return hone_internal_file_finish(writer);
}

static hone_status write_member(hone_tar *tar, const hone_tar_wanted *wanted, const char *folder)
{
    const char *slash = strrchr(wanted->name, '/');
    char *path = hone_internal_format("%s/%s", folder, slash ? slash + 1 : wanted->name);
    if (!path)
        return HONE_ERROR_MEMORY;
    hone_file_writer writer;
    hone_status status = hone_internal_file_begin(&writer, path);
    if (status == HONE_OK)
        status = copy_member(tar, wanted->bytes, &writer);
    hone_internal_file_abandon(&writer);
    hone_internal_free(path);
    return status;
}

static hone_status take_member(hone_tar *tar, const hone_tar_member *member, const hone_tar_wanted *wanted,
                               const char *folder)
{
    if (!member->regular)
        return hone_fail(HONE_ERROR_FORMAT, "%s: %s is not a regular file", tar->label, wanted->name);
    if (member->bytes != wanted->bytes)
        return hone_fail(HONE_ERROR_FORMAT, "%s: %s has %llu bytes, expected %llu", tar->label, wanted->name,
                         (unsigned long long)member->bytes, (unsigned long long)wanted->bytes);
    return write_member(tar, wanted, folder);
}

static hone_status extract(hone_tar *tar, const hone_tar_wanted *wanted, const char *folder)
{
    bool done[MOST_WANTED] = {false};
    hone_tar_member member;
    int more;
    while ((more = hone_internal_tar_next(tar, &member)) > 0)
        for (size_t i = 0; i < MOST_WANTED && wanted[i].name; i++)
            if (!done[i] && strcmp(member.name, wanted[i].name) == 0) {
                HONE_TRY(take_member(tar, &member, &wanted[i], folder));
                done[i] = true;
            }
    HONE_TRY(more);
    for (size_t i = 0; i < MOST_WANTED && wanted[i].name; i++)
        if (!done[i])
            return hone_fail(HONE_ERROR_FORMAT, "%s: the archive lacks %s", tar->label, wanted[i].name);
    return HONE_OK;
}

hone_status hone_internal_tar_extract(const char *path, const hone_tar_wanted *wanted, const char *folder)
{
    hone_tar tar = {.label = path, .gzip = hone_internal_gzip_open(path)};
    if (!tar.gzip)
        return hone_error_status();
    hone_status status = extract(&tar, wanted, folder);
    hone_internal_gzip_close(tar.gzip);
    return status;
}
