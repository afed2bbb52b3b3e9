/* NPZ: a zip archive of NPY files. */
#include "base/memory.h"
#include "base/text.h"
#include "data/files.h"
#include <string.h>

hone_status hone_internal_npz_key(const hone_zip_reader *zip, size_t index, char **key)
{
    const char *name = hone_internal_zip_name(zip, index);
    size_t length = strlen(name);
    *key = NULL;
    if (length <= 4 || strcmp(name + length - 4, ".npy") != 0)
        return HONE_OK;
    *key = hone_internal_copy_text_n(name, length - 4);
    return *key ? HONE_OK : HONE_ERROR_MEMORY;
}

hone_array *hone_internal_npz_load(hone_zip_reader *zip, const char *path, const char *key)
{
    char *member = hone_internal_format("%s.npy", key), *label = hone_internal_format("%s: %s", path, key);
    hone_array *array = NULL;
    void *data = NULL;
    size_t bytes;
    if (member && label &&
        hone_internal_zip_read(zip, member, hone_internal_limits.tensor_bytes, &data, &bytes) == HONE_OK)
        array = hone_internal_npy_parse(data, bytes, label);
    hone_internal_free(data);
    hone_internal_free(member);
    hone_internal_free(label);
    return array;
}

/* A member's bytes: NPY header and numbers in one block. */
static hone_status fill_member(hone_zip_member *member, const char *key, const hone_array *array)
{
    char header[HONE_NPY_HEADER_BYTES];
    HONE_TRY(hone_internal_array_check(array));
    size_t start = hone_internal_npy_header(array, header), whole;
    size_t bytes = (size_t)hone_array_count(array) * hone_dtype_size(array->type);
    if (!hone_internal_add_size(start, bytes, &whole))
        return hone_internal_fail_memory(bytes, "an array of an NPZ file");
    char *block = hone_internal_allocate(whole);
    member->data = block;
    member->bytes = whole;
    member->name = hone_internal_format("%s.npy", key);
    if (!block || !member->name)
        return HONE_ERROR_MEMORY;
    memcpy(block, header, start);
    if (bytes > 0)
        memcpy(block + start, array->data, bytes);
    return HONE_OK;
}

hone_status hone_internal_npz_save(const char *path, const char *const *keys, const hone_array *const *arrays,
                                   size_t count)
{
    hone_zip_member *members = hone_internal_allocate_zeroed(count, sizeof *members);
    if (!members)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count && status == HONE_OK; i++)
        status = fill_member(&members[i], keys[i], arrays[i]);
    if (status == HONE_OK)
        status = hone_internal_zip_write(path, members, count);
    for (size_t i = 0; i < count; i++) {
        hone_internal_free((void *)members[i].data);
        hone_internal_free((void *)members[i].name);
    }
    hone_internal_free(members);
    return status;
}
