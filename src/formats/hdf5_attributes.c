/* Texts in the attributes of HDF5 objects, in every encoding that h5py and PyTables have written: of variable
 * or fixed length, ended by 0 or padded, single or in lists; an empty list is a list of no numbers. */
#include "formats/hdf5_file.h"

#include "base/memory.h"

#include <string.h>

enum { MOST_STEPS = 50000000 };

typedef struct text_attribute {
    const hone_weights_file *file;
    const char *name;
    hone_hdf5_type type;
    size_t count;
    hone_span data;
    size_t steps; /* over pieces of the heap */
} text_attribute;

static hone_status fail(const text_attribute *attribute, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: the attribute %.200s %s", attribute->file->label,
                     attribute->name, what);
}

/* ---- finding and parsing ---- */

static size_t pad(size_t length, bool padded)
{
    return padded ? (length + 7) / 8 * 8 : length;
}

/* Parts of an attribute message: name, type, space, data. Version 1 pads them to eight bytes; version 3 also
 * tells how the name is encoded. False when damaged. */
static bool split_message(hone_span body, hone_span parts[4], bool *shared)
{
    unsigned version = hone_internal_take8(&body), flags = hone_internal_take8(&body);
    size_t lengths[3];
    for (int i = 0; i < 3; i++)
        lengths[i] = hone_internal_take16(&body);
    if (version == 3)
        hone_internal_take8(&body);
    if (version < 1 || version > 3)
        return false;
    for (int i = 0; i < 3; i++) {
        const unsigned char *part = hone_internal_take(&body, pad(lengths[i], version == 1));
        parts[i] = (hone_span){.at = part, .left = lengths[i]};
    }
    parts[3] = body;
    *shared = version > 1 && (flags & 3);
    return !body.failed && lengths[0] > 0 && memchr(parts[0].at, 0, lengths[0]);
}

static hone_status parse_attribute(text_attribute *attribute, hone_span type, hone_span space)
{
    hone_hdf5_space shape;
    if (!hone_internal_hdf5_parse_type(type, &attribute->type) ||
        !hone_internal_hdf5_parse_space(space, &shape)) {
        return fail(attribute, "is damaged");
    }
    uint64_t count = shape.none ? 0 : 1;
    for (int i = 0; i < shape.rank && count > 0; i++) {
        if (shape.sizes[i] > hone_internal_limits.hdf5_texts / count)
            return fail(attribute, "holds too many strings");
        count *= shape.sizes[i];
    }
    attribute->count = (size_t)count;
    if (count > 0 && attribute->type.form < HONE_HDF5_TEXT)
        return fail(attribute, "does not hold text");
    return HONE_OK;
}

/* Looks for the attribute among an object's messages. */
static hone_status find_attribute(text_attribute *attribute, uint64_t object, bool *has)
{
    hone_hdf5_header header;
    hone_hdf5_message message;
    *has = false;
    hone_internal_hdf5_header_start(&header, attribute->file, object);
    while (hone_internal_hdf5_header_next(&header, &message)) {
        hone_span parts[4];
        bool shared;
        if (message.type != HONE_HDF5_ATTRIBUTE)
            continue;
        if (message.shared || !split_message(message.body, parts, &shared))
            return fail(attribute, "is next to a damaged one");
        if (strcmp((const char *)parts[0].at, attribute->name) != 0)
            continue;
        if (shared)
            return fail(attribute, "shares its type, which is not supported");
        *has = true;
        attribute->data = parts[3];
        return parse_attribute(attribute, parts[1], parts[2]);
    }
    return header.damaged ? fail(attribute, "cannot be looked up: the header is damaged") : HONE_OK;
}

/* ---- texts ---- */

static hone_status append(const text_attribute *attribute, hone_text *texts, const char *text, size_t length)
{
    if (length >= hone_internal_limits.json_bytes - texts->length)
        return fail(attribute, "is too long");
    hone_internal_text_append_n(texts, text, length);
    hone_internal_text_append_n(texts, "", 1);
    return texts->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

/* Up to the first 0 or the end, without the spaces that pad it. */
static size_t fixed_length(const char *text, size_t size, bool spaces)
{
    size_t length = strnlen(text, size);
    while (spaces && length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

/* An object of the global heap: a collection of numbered pieces at an address. Failed when it is not there.
 */
static hone_span find_piece(text_attribute *attribute, uint64_t address, uint32_t number)
{
    const hone_weights_file *file = attribute->file;
    hone_span head = hone_internal_hdf5_at(file, address, 16);
    if (head.failed || memcmp(head.at, "GCOL", 4) != 0)
        return (hone_span){.failed = true};
    uint64_t length = hone_internal_get64(head.at + 8);
    hone_span span = hone_internal_hdf5_at(file, address, length);
    hone_internal_take(&span, 16);
    while (!span.failed && span.left >= 16 && ++attribute->steps < MOST_STEPS) {
        unsigned index = hone_internal_take16(&span);
        hone_internal_take(&span, 6);
        uint64_t bytes = hone_internal_take64(&span);
        if (index == 0 || bytes > span.left)
            break; /* free space is at the end */
        if (index == number)
            return (hone_span){.at = span.at, .left = (size_t)bytes};
        hone_internal_take(&span,
                           pad((size_t)bytes, true) < span.left ? pad((size_t)bytes, true) : span.left);
    }
    return (hone_span){.failed = true};
}

/* A reference: length, address of the heap's collection, number in it. A length of 0 refers to nothing. */
static hone_status append_variable(text_attribute *attribute, hone_text *texts, hone_span *data)
{
    uint32_t length = hone_internal_take32(data);
    uint64_t address = hone_internal_take64(data);
    uint32_t number = hone_internal_take32(data);
    if (data->failed)
        return fail(attribute, "is damaged");
    if (length == 0)
        return append(attribute, texts, "", 0);
    hone_span piece = find_piece(attribute, address, number);
    if (piece.failed || piece.left < length)
        return fail(attribute, "is damaged");
    return append(attribute, texts, (const char *)piece.at, strnlen((const char *)piece.at, length));
}

static hone_status append_fixed(text_attribute *attribute, hone_text *texts, hone_span *data)
{
    size_t size = attribute->type.size;
    const char *text = (const char *)hone_internal_take(data, size);
    if (!text)
        return fail(attribute, "is damaged");
    return append(attribute, texts, text, fixed_length(text, size, attribute->type.padded));
}

hone_status hone_internal_hdf5_attribute(const hone_weights_file *file, uint64_t object, const char *name,
                                         hone_text *texts, size_t *count, bool *has)
{
    text_attribute attribute = {.file = file, .name = name};
    HONE_TRY(find_attribute(&attribute, object, has));
    if (!*has)
        return HONE_OK;
    bool variable = attribute.type.form == HONE_HDF5_VARIABLE_TEXT;
    for (size_t i = 0; i < attribute.count; i++) {
        HONE_TRY(variable ? append_variable(&attribute, texts, &attribute.data)
                          : append_fixed(&attribute, texts, &attribute.data));
    }
    *count += attribute.count;
    return HONE_OK;
}

/* An attribute, or the attributes that Keras splits a long list into: name0, name1, ... */
static hone_status append_split(const hone_weights_file *file, uint64_t object, const char *name,
                                hone_text *texts, size_t *count, bool *has)
{
    HONE_TRY(hone_internal_hdf5_attribute(file, object, name, texts, count, has));
    bool more = !*has;
    for (int i = 0; more && *count <= hone_internal_limits.hdf5_texts; i++) {
        char *part = hone_internal_format("%s%d", name, i);
        if (!part)
            return HONE_ERROR_MEMORY;
        hone_status status = hone_internal_hdf5_attribute(file, object, part, texts, count, &more);
        hone_internal_free(part);
        if (status != HONE_OK)
            return status;
        *has = *has || more;
    }
    return HONE_OK;
}

/* All texts of the attribute of an object, in the first part of the file that has it; nothing when the object
 * or the attribute is not there. */
static hone_status collect(const hone_weights_file *file, const char *path, const char *name,
                           hone_text *texts, size_t *count, bool *has)
{
    uint64_t object;
    *count = 0;
    *has = false;
    for (; file && !*has; file = file->next) {
        HONE_TRY(hone_internal_hdf5_find(file, path, &object));
        if (object)
            HONE_TRY(append_split(file, object, name, texts, count, has));
    }
    return HONE_OK;
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
            hone_fail(HONE_ERROR_FORMAT, "%s: the attribute %.200s of %.200s holds %zu strings, expected one",
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
