/* Zip archives that are open, and their members, whole in memory. zlib inflates. */
#include "formats/formats.h"
#include "formats/zip_inflate.h"
#include "formats/zip_reader.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

/* ---- opening ---- */

hone_zip_reader *hone_internal_zip_open_memory(void *data, size_t bytes, const char *label)
{
    hone_zip_reader *zip = hone_internal_allocate_zeroed(1, sizeof *zip);
    if (!zip) {
        hone_internal_free(data);
        return NULL;
    }
    zip->data = data;
    zip->bytes = bytes;
    zip->label = hone_internal_copy_text(label);
    if (!zip->label || hone_internal_zip_read_directory(zip) != HONE_OK) {
        hone_internal_zip_close(zip);
        return NULL;
    }
    return zip;
}

hone_zip_reader *hone_internal_zip_open(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes) != HONE_OK)
        return NULL;
    return hone_internal_zip_open_memory(data, bytes, path);
}

hone_zip_reader *hone_internal_zip_open_file(const char *path)
{
    hone_zip_reader *zip = hone_internal_allocate_zeroed(1, sizeof *zip);
    if (!zip)
        return NULL;
    zip->label = hone_internal_copy_text(path);
    if (!zip->label || hone_internal_file_open(&zip->file, zip->label) < 0) {
        hone_internal_zip_close(zip);
        return NULL;
    }
    zip->bytes = zip->file.bytes;
    if (hone_internal_zip_read_directory(zip) == HONE_OK)
        return zip;
    hone_internal_zip_close(zip);
    return NULL;
}

void hone_internal_zip_close(hone_zip_reader *zip)
{
    if (!zip)
        return;
    for (size_t i = 0; i < zip->count; i++)
        hone_internal_free(zip->entries[i].name);
    hone_internal_free(zip->entries);
    hone_internal_free(zip->sorted);
    hone_internal_free(zip->label);
    hone_internal_free(zip->data);
    hone_internal_free(zip->window);
    hone_internal_file_close(&zip->file);
    hone_internal_free(zip);
}

/* ---- members ---- */

size_t hone_internal_zip_count(const hone_zip_reader *zip)
{
    return zip->count;
}

const char *hone_internal_zip_name(const hone_zip_reader *zip, size_t index)
{
    return index < zip->count ? zip->entries[index].name : NULL;
}

bool hone_internal_zip_has(const hone_zip_reader *zip, const char *name)
{
    return hone_internal_zip_find(zip, name) != NULL;
}

static hone_status inflate_entry(const hone_zip_reader *zip, const hone_zip_entry *entry,
                                 unsigned char *content)
{
    hone_status status = hone_internal_inflate(zip->data + entry->content, (size_t)entry->packed, content,
                                               (size_t)entry->size, false);
    if (status != HONE_ERROR_FORMAT)
        return status;
    return hone_internal_zip_fail(zip, entry, "is damaged: its bytes do not inflate to its size");
}

static uint32_t checksum_of(const unsigned char *bytes, size_t count)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, count);
}

hone_status hone_internal_zip_read(hone_zip_reader *zip, const char *name, size_t limit, void **data,
                                   size_t *bytes)
{
    *data = NULL;
    *bytes = 0;
    const hone_zip_entry *entry = hone_internal_zip_find(zip, name);
    if (!entry)
        return hone_fail(HONE_ERROR_FORMAT, "%s: it has no member \"%.200s\"", zip->label, name);
    if (!zip->data)
        return hone_fail(HONE_ERROR_STATE, "%s: its members can only be read in pieces", zip->label);
    if (entry->size > limit || entry->size > SIZE_MAX / 4) {
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: the member \"%.200s\" has %" PRIu64 " bytes, more than the limit of %zu",
                         zip->label, name, entry->size, limit);
    }
    if (entry->method == METHOD_DEFLATED && entry->size / hone_internal_limits.deflate_ratio > entry->packed)
        return hone_internal_zip_fail(zip, entry, "is damaged: its bytes do not inflate to its size");
    unsigned char *content = hone_internal_allocate((size_t)entry->size + 1);
    if (!content)
        return HONE_ERROR_MEMORY;
    content[entry->size] = 0;
    hone_status status = HONE_OK;
    if (entry->method == METHOD_STORED)
        memcpy(content, zip->data + entry->content, (size_t)entry->size);
    else
        status = inflate_entry(zip, entry, content);
    if (status == HONE_OK && checksum_of(content, (size_t)entry->size) != entry->checksum) {
        status = hone_internal_zip_fail(zip, entry, "is damaged: its checksum is wrong");
    }
    if (status != HONE_OK) {
        hone_internal_free(content);
        return status;
    }
    *data = content;
    *bytes = (size_t)entry->size;
    return HONE_OK;
}
