/* Texts in the attributes of HDF5 groups, in every encoding that h5py and PyTables have written: of variable
 * or fixed length, ended by 0 or padded, single or in lists; an empty list is a list of no numbers. */
#include "formats/hdf5_file.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TEXTS = 100000 };

typedef struct text_attribute {
    const hone_weights_file *file;
    const char *name;
    hid_t attribute, type, space;
    size_t count;
} text_attribute;

static hone_status fail(const text_attribute *attribute, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the attribute %.200s %s", attribute->file->label,
                     attribute->name, what);
}

static hone_status fail_hdf5(const text_attribute *attribute)
{
    return hone_internal_hdf5_fail(attribute->file->label, attribute->name, "cannot be read");
}

static void close_attribute(text_attribute *attribute)
{
    if (attribute->space >= 0)
        H5Sclose(attribute->space);
    if (attribute->type >= 0)
        H5Tclose(attribute->type);
    if (attribute->attribute >= 0)
        H5Aclose(attribute->attribute);
}

/* Opens an attribute that is there. To be closed whatever is returned. */
static hone_status open_attribute(text_attribute *attribute, hid_t group)
{
    attribute->attribute = H5Aopen(group, attribute->name, H5P_DEFAULT);
    if (attribute->attribute < 0)
        return fail_hdf5(attribute);
    attribute->type = H5Aget_type(attribute->attribute);
    attribute->space = H5Aget_space(attribute->attribute);
    if (attribute->type < 0 || attribute->space < 0)
        return fail_hdf5(attribute);
    hssize_t count = H5Sget_simple_extent_npoints(attribute->space);
    if (count < 0)
        return fail_hdf5(attribute);
    if (count > MOST_TEXTS)
        return fail(attribute, "holds too many texts");
    attribute->count = (size_t)count;
    if (count > 0 && H5Tget_class(attribute->type) != H5T_STRING)
        return fail(attribute, "does not hold text");
    return HONE_OK;
}

static hone_status append(const text_attribute *attribute, hone_text *texts, const char *text, size_t length)
{
    if (length > hone_internal_limits.json_bytes - texts->length)
        return fail(attribute, "is too long");
    hone_internal_text_append_n(texts, text, length);
    hone_internal_text_append_n(texts, "", 1);
    return texts->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status append_variable(const text_attribute *attribute, hone_text *texts)
{
    char **values = hone_internal_allocate_zeroed(attribute->count, sizeof *values);
    if (!values)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    if (H5Aread(attribute->attribute, attribute->type, values) < 0)
        status = fail_hdf5(attribute);
    for (size_t i = 0; i < attribute->count && status == HONE_OK; i++) {
        status = append(attribute, texts, values[i] ? values[i] : "", values[i] ? strlen(values[i]) : 0);
    }
    H5Dvlen_reclaim(attribute->type, attribute->space, H5P_DEFAULT, values);
    hone_internal_free(values);
    return status;
}

/* Up to the first 0 or the end, without the spaces that pad it. */
static size_t fixed_length(const char *text, size_t size, bool spaces)
{
    size_t length = 0;
    while (length < size && text[length])
        length++;
    while (spaces && length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

static hone_status append_fixed(const text_attribute *attribute, hone_text *texts)
{
    size_t size = H5Tget_size(attribute->type), bytes;
    if (!hone_internal_multiply_size(size, attribute->count, &bytes) ||
        bytes > hone_internal_limits.json_bytes) {
        return fail(attribute, "is too long");
    }
    char *values = hone_internal_allocate_zeroed(bytes, 1);
    if (!values)
        return HONE_ERROR_MEMORY;
    bool spaces = H5Tget_strpad(attribute->type) == H5T_STR_SPACEPAD;
    hone_status status = HONE_OK;
    if (H5Aread(attribute->attribute, attribute->type, values) < 0)
        status = fail_hdf5(attribute);
    for (size_t i = 0; i < attribute->count && status == HONE_OK; i++) {
        status = append(attribute, texts, values + i * size, fixed_length(values + i * size, size, spaces));
    }
    hone_internal_free(values);
    return status;
}

/* Appends the texts of one attribute of a group, each ended by 0; `*has` tells whether it is there. */
static hone_status append_attribute(const hone_weights_file *file, hid_t group, const char *name,
                                    hone_text *texts, size_t *count, bool *has)
{
    text_attribute attribute = {.file = file, .name = name, .attribute = -1, .type = -1, .space = -1};
    htri_t exists = H5Aexists(group, name);
    *has = exists > 0;
    if (exists < 0)
        return fail_hdf5(&attribute);
    if (!*has)
        return HONE_OK;
    hone_status status = open_attribute(&attribute, group);
    if (status == HONE_OK && attribute.count > 0) {
        bool variable = H5Tis_variable_str(attribute.type) > 0;
        status = variable ? append_variable(&attribute, texts) : append_fixed(&attribute, texts);
        *count += attribute.count;
    }
    close_attribute(&attribute);
    return status;
}

/* An attribute, or the attributes that Keras splits a long list into: name0, name1, ... */
static hone_status append_split(const hone_weights_file *file, hid_t group, const char *name,
                                hone_text *texts, size_t *count, bool *has)
{
    HONE_TRY(append_attribute(file, group, name, texts, count, has));
    bool more = !*has;
    for (int i = 0; more && *count <= MOST_TEXTS; i++) {
        char *part = hone_internal_format("%s%d", name, i);
        if (!part)
            return HONE_ERROR_MEMORY;
        hone_status status = append_attribute(file, group, part, texts, count, &more);
        hone_internal_free(part);
        if (status != HONE_OK)
            return status;
        *has = *has || more;
    }
    return HONE_OK;
}

/* All texts of a group's attribute; nothing when the group or the attribute is not there. */
static hone_status collect(const hone_weights_file *file, const char *path, const char *name,
                           hone_text *texts, size_t *count, bool *has)
{
    hone_hdf5_guard guard;
    hid_t group;
    *count = 0;
    *has = false;
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    hone_status status = hone_internal_hdf5_open_group(file, path, &group);
    if (status == HONE_OK && group >= 0)
        status = append_split(file, group, name, texts, count, has);
    if (group >= 0)
        H5Gclose(group);
    hone_internal_hdf5_leave(&guard);
    return status;
}

char *hone_internal_weights_attribute(hone_weights_file *file, const char *group, const char *attribute)
{
    hone_text texts = {0};
    size_t count;
    bool has;
    char *text = NULL;
    hone_status status = collect(file, group, attribute, &texts, &count, &has);
    if (status == HONE_OK && has && count != 1) {
        status =
            hone_fail(HONE_ERROR_FORMAT, "%s: the attribute %.200s of %.200s holds %zu texts, expected one",
                      file->label, attribute, group, count);
    }
    if (status == HONE_OK && has)
        text = hone_internal_copy_text(texts.data);
    else if (status == HONE_OK)
        hone_error_clear();
    hone_internal_text_free(&texts);
    return text;
}

char *hone_internal_weights_name(hone_weights_file *file, const char *path)
{
    return hone_internal_weights_attribute(file, path, "name");
}

/* One block: the addresses, NULL, then the texts themselves. */
static char **make_list(const hone_text *texts, size_t count)
{
    size_t head = (count + 1) * sizeof(char *);
    char **list = hone_internal_allocate_zeroed(1, head + texts->length);
    if (!list)
        return NULL;
    char *at = (char *)list + head;
    if (texts->length > 0)
        memcpy(at, texts->data, texts->length);
    for (size_t i = 0; i < count; i++) {
        list[i] = at;
        at += strlen(at) + 1;
    }
    return list;
}

char **hone_internal_weights_attribute_list(hone_weights_file *file, const char *group, const char *attribute,
                                            size_t *count)
{
    hone_text texts = {0};
    bool has;
    char **list = NULL;
    hone_status status = collect(file, group, attribute, &texts, count, &has);
    if (status == HONE_OK && has)
        list = make_list(&texts, *count);
    else if (status == HONE_OK)
        hone_error_clear();
    if (!list)
        *count = 0;
    hone_internal_text_free(&texts);
    return list;
}
