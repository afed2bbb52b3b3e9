/* The directory of a zip archive, checked strictly before anything in it is believed: one directory, members
 * that agree with their local headers, do not overlap and have unique, harmless names. */
#include "formats/bytes.h"
#include "formats/formats.h"
#include "formats/zip_reader.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOCAL_BYTES = 30,     /* fixed parts of the records, before name, extra field and comment */
    ENTRY_BYTES = 46,     /* of the central directory */
    END_BYTES = 22,       /* end of the central directory */
    END64_BYTES = 56,     /* its 64-bit form */
    LOCATOR64_BYTES = 20, /* what points to that */
    LONGEST_COMMENT = 65535
};

static const uint32_t LOCAL_MARK = 0x04034b50, ENTRY_MARK = 0x02014b50, END_MARK = 0x06054b50,
                      END64_MARK = 0x06064b50, LOCATOR64_MARK = 0x07064b50,
                      IN_EXTRA = 0xffffffff; /* the 64-bit extra field has the number */

/* Encryption, patches, strong encryption and hidden headers are refused. */
enum {
    FLAG_ENCRYPTED = 1 << 0,
    FLAG_SIZES_FOLLOW = 1 << 3,
    FLAGS_REFUSED = FLAG_ENCRYPTED | 1 << 5 | 1 << 6 | 1 << 13,
    FLAGS_CHECKED = FLAGS_REFUSED | FLAG_SIZES_FOLLOW
};
/* Where the directory lies. */
typedef struct zip_directory {
    uint64_t start, bytes, count, end; /* end: where the records after it start */
} zip_directory;

static hone_status fail(const hone_zip_reader *zip, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: not a valid zip archive: %s", zip->label, what);
}

hone_status hone_internal_zip_fail(const hone_zip_reader *zip, const hone_zip_entry *entry, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the member \"%.200s\" %s", zip->label, entry->name, what);
}

/* `length` bytes of the archive, which has them, from `at`: in memory, or read into the window, where they
 * stay until the next look. NULL after a failure. */
static const unsigned char *look(hone_zip_reader *zip, uint64_t at, size_t length)
{
    if (zip->data)
        return zip->data + at;
    if (length > zip->window_bytes) {
        hone_internal_free(zip->window);
        zip->window = hone_internal_allocate(length);
        zip->window_bytes = zip->window ? length : 0;
    }
    if (!zip->window || hone_internal_file_take_at(&zip->file, at, zip->window, length) < 0)
        return NULL;
    return zip->window;
}

/* A record of fixed size. */
static hone_status copy_record(hone_zip_reader *zip, uint64_t at, unsigned char *record, size_t length)
{
    const unsigned char *found = look(zip, at, length);
    if (!found)
        return hone_error_status();
    memcpy(record, found, length);
    return HONE_OK;
}

/* ---- the records at the end ---- */

/* The end record is the last thing in the file: its comment reaches exactly to the end. */
static hone_status find_end(hone_zip_reader *zip, uint64_t *end)
{
    size_t room = zip->bytes < END_BYTES + LONGEST_COMMENT ? zip->bytes : END_BYTES + LONGEST_COMMENT;
    const unsigned char *tail = room < END_BYTES ? NULL : look(zip, zip->bytes - room, room);
    if (room >= END_BYTES && !tail)
        return hone_error_status();
    for (size_t at = room < END_BYTES ? 0 : room - END_BYTES + 1; at-- > 0;)
        if (hone_internal_get32(tail + at) == END_MARK &&
            hone_internal_get16(tail + at + 20) == room - END_BYTES - at) {
            *end = zip->bytes - room + at;
            return HONE_OK;
        }
    return fail(zip, "there is no end record; the file may be cut off");
}

/* The 64-bit end record, when its locator stands before the end record. */
static hone_status read_end64(hone_zip_reader *zip, uint64_t end, const unsigned char *locator,
                              zip_directory *directory)
{
    unsigned char record[END64_BYTES] = {0};
    uint64_t at = hone_internal_get64(locator + 8);
    if (hone_internal_get32(locator + 4) != 0 || hone_internal_get32(locator + 16) > 1)
        return fail(zip, "it spans several files");
    if (end < LOCATOR64_BYTES + END64_BYTES || at > end - LOCATOR64_BYTES - END64_BYTES) {
        return fail(zip, "its 64-bit directory record lies outside the file");
    }
    HONE_TRY(copy_record(zip, at, record, sizeof record));
    if (hone_internal_get32(record) != END64_MARK ||
        hone_internal_get64(record + 4) != end - LOCATOR64_BYTES - at - 12) {
        return fail(zip, "its 64-bit directory record is damaged");
    }
    if (hone_internal_get32(record + 16) != 0 || hone_internal_get32(record + 20) != 0 ||
        hone_internal_get64(record + 24) != hone_internal_get64(record + 32)) {
        return fail(zip, "it spans several files");
    }
    *directory = (zip_directory){hone_internal_get64(record + 48), hone_internal_get64(record + 40),
                                 hone_internal_get64(record + 32), at};
    return HONE_OK;
}

static hone_status read_end(hone_zip_reader *zip, zip_directory *directory)
{
    unsigned char record[END_BYTES] = {0}, locator[LOCATOR64_BYTES] = {0};
    uint64_t end = 0;
    HONE_TRY(find_end(zip, &end));
    HONE_TRY(copy_record(zip, end, record, sizeof record));
    *directory = (zip_directory){hone_internal_get32(record + 16), hone_internal_get32(record + 12),
                                 hone_internal_get16(record + 10), end};
    if (hone_internal_get16(record + 4) != 0 || hone_internal_get16(record + 6) != 0 ||
        hone_internal_get16(record + 8) != hone_internal_get16(record + 10)) {
        return fail(zip, "it spans several files");
    }
    zip_directory small = *directory;
    if (end >= LOCATOR64_BYTES)
        HONE_TRY(copy_record(zip, end - LOCATOR64_BYTES, locator, sizeof locator));
    if (hone_internal_get32(locator) == LOCATOR64_MARK) {
        HONE_TRY(read_end64(zip, end, locator, directory));
        bool agrees = (small.count == 0xffff || small.count == directory->count) &&
                      (small.bytes == IN_EXTRA || small.bytes == directory->bytes) &&
                      (small.start == IN_EXTRA || small.start == directory->start);
        if (!agrees)
            return fail(zip, "its two directory records disagree");
    }
    if (directory->start > directory->end || directory->bytes != directory->end - directory->start) {
        return fail(zip, "the directory does not end where its record starts");
    }
    if (directory->count > hone_internal_limits.zip_members) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: %" PRIu64 " members are more than the limit of %zu",
                         zip->label, directory->count, hone_internal_limits.zip_members);
    }
    return HONE_OK;
}

/* ---- entries ---- */

/* Names are compared and looked up, never used as paths; still only plain relative ones are let in. */
static bool name_is_harmless(const unsigned char *name, size_t length)
{
    if (length == 0 || length > 4096 || name[0] == '/' || (length > 1 && name[1] == ':'))
        return false;
    size_t part = 0; /* where the present part between slashes starts */
    for (size_t i = 0; i <= length; i++) {
        if (i < length && (name[i] < 32 || name[i] == 127 || name[i] == '\\'))
            return false;
        if (i < length && name[i] != '/')
            continue;
        if (i - part == 2 && name[part] == '.' && name[part + 1] == '.')
            return false;
        part = i + 1;
    }
    return true;
}

/* The 64-bit extra field among `length` bytes of extra fields; NULL when absent or damaged. */
static const unsigned char *find_extra64(const unsigned char *extra, size_t length, size_t *bytes)
{
    while (length >= 4) {
        size_t field = hone_internal_get16(extra + 2);
        if (field > length - 4)
            return NULL;
        if (hone_internal_get16(extra) == 1) {
            *bytes = field;
            return extra + 4;
        }
        extra += 4 + field;
        length -= 4 + field;
    }
    return NULL;
}

/* Takes from the 64-bit extra field, in this order, what the short fields say is there. */
static bool resolve_extra64(const unsigned char *extra, size_t length, uint64_t *const *numbers, size_t count)
{
    size_t bytes = 0;
    const unsigned char *field = NULL;
    for (size_t i = 0; i < count; i++) {
        if (*numbers[i] != IN_EXTRA)
            continue;
        if (!field)
            field = find_extra64(extra, length, &bytes);
        if (!field || bytes < 8)
            return false;
        *numbers[i] = hone_internal_get64(field);
        field += 8;
        bytes -= 8;
    }
    return true;
}

/* One entry of the directory at `at`; moves `at` behind it. */
static hone_status read_entry(hone_zip_reader *zip, const zip_directory *directory, uint64_t *at,
                              hone_zip_entry *entry)
{
    if (directory->end - *at < ENTRY_BYTES)
        return fail(zip, "the directory is too short for its members");
    unsigned char record[ENTRY_BYTES] = {0};
    HONE_TRY(copy_record(zip, *at, record, sizeof record));
    size_t name = hone_internal_get16(record + 28), extra = hone_internal_get16(record + 30),
           comment = hone_internal_get16(record + 32);
    if (hone_internal_get32(record) != ENTRY_MARK)
        return fail(zip, "the directory is damaged");
    if (directory->end - *at - ENTRY_BYTES < name + extra + comment) {
        return fail(zip, "the directory is too short for its members");
    }
    const unsigned char *texts = look(zip, *at + ENTRY_BYTES, name + extra);
    if (!texts)
        return hone_error_status();
    if (!name_is_harmless(texts, name)) {
        return fail(zip, "a member's name is empty, absolute, leads outside or has control characters");
    }
    *entry = (hone_zip_entry){.start = hone_internal_get32(record + 42),
                              .packed = hone_internal_get32(record + 20),
                              .size = hone_internal_get32(record + 24),
                              .checksum = hone_internal_get32(record + 16),
                              .flags = hone_internal_get16(record + 8),
                              .method = hone_internal_get16(record + 10)};
    entry->name = hone_internal_copy_text_n((const char *)texts, name);
    if (!entry->name)
        return HONE_ERROR_MEMORY;
    uint64_t *const numbers[] = {&entry->size, &entry->packed, &entry->start};
    if (!resolve_extra64(texts + name, extra, numbers, 3)) {
        return hone_internal_zip_fail(zip, entry, "lacks its 64-bit sizes");
    }
    if (hone_internal_get16(record + 34) != 0)
        return fail(zip, "it spans several files");
    *at += ENTRY_BYTES + name + extra + comment;
    return HONE_OK;
}

static hone_status check_method(const hone_zip_reader *zip, const hone_zip_entry *entry)
{
    if (entry->flags & FLAG_ENCRYPTED)
        return hone_internal_zip_fail(zip, entry, "is encrypted");
    if (entry->flags & FLAGS_REFUSED)
        return hone_internal_zip_fail(zip, entry, "uses a zip feature that is not supported");
    if (entry->method == METHOD_STORED) {
        return entry->packed == entry->size
                   ? HONE_OK
                   : hone_internal_zip_fail(zip, entry, "is stored but has two sizes");
    }
    if (entry->method != METHOD_DEFLATED) {
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: the member \"%.200s\" is compressed by method %u, expected stored or deflate",
                         zip->label, entry->name, entry->method);
    }
    /* Deflate makes at most 1032 bytes out of one. */
    bool possible = entry->size / 1032 <= entry->packed;
    return possible ? HONE_OK
                    : hone_internal_zip_fail(zip, entry, "claims more content than its bytes can hold");
}

/* The local header must say what the directory says; sizes may be absent when they follow the data. */
static hone_status check_local(hone_zip_reader *zip, const zip_directory *directory, hone_zip_entry *entry)
{
    uint64_t room = directory->start;
    if (entry->start > room || room - entry->start < LOCAL_BYTES) {
        return hone_internal_zip_fail(zip, entry, "lies outside the archive");
    }
    unsigned char record[LOCAL_BYTES] = {0};
    HONE_TRY(copy_record(zip, entry->start, record, sizeof record));
    size_t name = hone_internal_get16(record + 26), extra = hone_internal_get16(record + 28);
    room -= entry->start + LOCAL_BYTES;
    if (hone_internal_get32(record) != LOCAL_MARK || room < name + extra ||
        room - name - extra < entry->packed) {
        return hone_internal_zip_fail(zip, entry, "lies outside the archive");
    }
    entry->content = entry->start + LOCAL_BYTES + name + extra;
    const unsigned char *texts = look(zip, entry->start + LOCAL_BYTES, name + extra);
    if (!texts)
        return hone_error_status();
    bool same = name == strlen(entry->name) && memcmp(texts, entry->name, name) == 0 &&
                ((hone_internal_get16(record + 6) ^ entry->flags) & FLAGS_CHECKED) == 0 &&
                hone_internal_get16(record + 8) == entry->method;
    uint64_t packed = hone_internal_get32(record + 18), size = hone_internal_get32(record + 22);
    uint64_t *const numbers[] = {&size, &packed};
    if (!resolve_extra64(texts + name, extra, numbers, 2))
        same = false;
    if (!(entry->flags & FLAG_SIZES_FOLLOW)) {
        same = same && packed == entry->packed && size == entry->size &&
               hone_internal_get32(record + 14) == entry->checksum;
    }
    return same ? HONE_OK : hone_internal_zip_fail(zip, entry, "is described differently in its two headers");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(hone_zip_entry *const *)a)->name, (*(hone_zip_entry *const *)b)->name);
}

static int compare_starts(const void *a, const void *b)
{
    uint64_t first = (*(hone_zip_entry *const *)a)->start, second = (*(hone_zip_entry *const *)b)->start;
    return first < second ? -1 : first > second;
}

/* No byte belongs to two members, the first stands at the start of the file, and no name comes twice. */
static hone_status check_together(hone_zip_reader *zip, uint64_t directory_start)
{
    for (size_t i = 0; i < zip->count; i++)
        zip->sorted[i] = &zip->entries[i];
    qsort(zip->sorted, zip->count, sizeof *zip->sorted, compare_starts);
    if ((zip->count > 0 ? zip->sorted[0]->start : directory_start) != 0) {
        return fail(zip, "there is data before its first member");
    }
    for (size_t i = 1; i < zip->count; i++) {
        const hone_zip_entry *before = zip->sorted[i - 1];
        if (before->content + before->packed > zip->sorted[i]->start) {
            return hone_internal_zip_fail(zip, zip->sorted[i], "overlaps another member");
        }
    }
    qsort(zip->sorted, zip->count, sizeof *zip->sorted, compare_names);
    for (size_t i = 1; i < zip->count; i++) {
        if (compare_names(&zip->sorted[i - 1], &zip->sorted[i]) == 0) {
            return hone_internal_zip_fail(zip, zip->sorted[i], "appears twice");
        }
    }
    return HONE_OK;
}

hone_status hone_internal_zip_read_directory(hone_zip_reader *zip)
{
    zip_directory directory = {0};
    HONE_TRY(read_end(zip, &directory));
    uint64_t at = directory.start;
    if (directory.count * ENTRY_BYTES > directory.bytes)
        return fail(zip, "the directory is too short for its members");
    zip->entries = hone_internal_allocate_zeroed((size_t)directory.count, sizeof *zip->entries);
    zip->sorted = hone_internal_allocate_zeroed((size_t)directory.count, sizeof(hone_zip_entry *));
    if (!zip->entries || !zip->sorted)
        return HONE_ERROR_MEMORY;
    for (; zip->count < directory.count; zip->count++) {
        hone_zip_entry *entry = &zip->entries[zip->count];
        hone_status status = read_entry(zip, &directory, &at, entry);
        if (status == HONE_OK)
            status = check_method(zip, entry);
        if (status == HONE_OK)
            status = check_local(zip, &directory, entry);
        if (status != HONE_OK) {
            hone_internal_free(entry->name);
            return status;
        }
    }
    if (at != directory.end)
        return fail(zip, "the directory is longer than its members");
    return check_together(zip, directory.start);
}

const hone_zip_entry *hone_internal_zip_find(const hone_zip_reader *zip, const char *name)
{
    hone_zip_entry wanted = {.name = (char *)(uintptr_t)name};
    hone_zip_entry *const key = &wanted;
    hone_zip_entry *const *found = bsearch(&key, zip->sorted, zip->count, sizeof *zip->sorted, compare_names);
    return found ? *found : NULL;
}
