/* A store's arrays as the bytes of an HDF5 file, as h5py lays it out: superblock 0, old-style groups,
 * contiguous little-endian datasets, no times. The same store gives the same bytes. What lies deeper is
 * written first, so an address is known when it is needed; a first run counts the bytes, a second one fills
 * memory of that size. Numbers are those of the "HDF5 File Format Specification Version 2.0". */
#include "base/memory.h"
#include "base/text.h"
#include "formats/array_files.h"
#include "formats/hdf5_write.h"
#include "formats/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUPERBLOCK = 96,
    LEAF_LINKS = 8,     /* of a symbol table node: twice the superblock's 4 */
    TREE_CHILDREN = 32, /* of a node of a tree: twice the superblock's 16 */
    TREE_NODE = 24 + 8 * (2 * TREE_CHILDREN + 1),
    HEAP_LEAST = 4096, /* bytes of a collection of the global heap */
    HEAP_NAMES = 60000 /* objects of a collection: their numbers have 16 bits */
};
static const uint64_t NOWHERE = UINT64_MAX; /* the address of what there is not */

/* A group of the store, or an array in one. Sorted by their paths, whatever lies in a group follows it. */
typedef struct hdf5_entry {
    char *path;
    const hone_store_group *group; /* or NULL */
    const hone_store_array *array;
    uint64_t heap, number; /* where the name of a group is kept */
} hdf5_entry;

typedef struct hdf5_writing {
    hone_hdf5_bytes to;
    hdf5_entry *entries;
    size_t count;
} hdf5_writing;

/* A link of a group, or a node of its tree: the key is where in the heap of names the (last) name stands. */
typedef struct hdf5_link {
    const char *name;
    size_t length;
    uint64_t address, key;
} hdf5_link;

/* ---- datasets ---- */

static hone_status fail(const char *path, const char *reason)
{
    return hone_fail(HONE_ERROR_FORMAT, "%.300s cannot be written into an HDF5 file: %s", path, reason);
}

/* The numbers, little-endian; where they begin. */
static uint64_t put_numbers(hone_hdf5_bytes *to, const hone_array *array)
{
    const size_t bytes = hone_internal_store_bytes(array), size = hone_dtype_size(array->type);
    hone_internal_hdf5_pad(to);
    const uint64_t begin = to->at;
    hone_internal_hdf5_put(to, array->data, bytes);
    if (to->data != NULL)
        hone_internal_little_endian(to->data + begin, bytes / size, size);
    return begin;
}

/* Numbers, then the object header; its address. */
static hone_status put_dataset(hone_hdf5_bytes *to, const hdf5_entry *entry, uint64_t *address)
{
    const hone_array *array = &entry->array->array;
    const uint64_t numbers = put_numbers(to, array), bytes = hone_internal_store_bytes(array),
                   space = 8 + 8 * (uint64_t)array->rank;
    hone_hdf5_bytes measure = {.data = NULL};
    if (!hone_internal_hdf5_put_type(&measure, array->type))
        return fail(entry->path, "it has no form for numbers of this type");
    const uint64_t type = hone_internal_hdf5_padded(measure.at);
    hone_internal_hdf5_pad(to);
    *address = to->at;
    hone_internal_hdf5_put_header(to, 4, 4 * HONE_HDF5_MESSAGE_HEAD + space + type + 8 + 24);
    hone_internal_hdf5_put_message(to, HONE_HDF5_DATASPACE, space);
    hone_internal_hdf5_put_number(to, 1, 1);
    hone_internal_hdf5_put_number(to, (uint64_t)array->rank, 1);
    hone_internal_hdf5_put_zeros(to, 6);
    for (int axis = 0; axis < array->rank; axis++)
        hone_internal_hdf5_put_number(to, (uint64_t)array->shape[axis], 8);
    hone_internal_hdf5_put_message(to, HONE_HDF5_DATATYPE, type);
    hone_internal_hdf5_put_type(to, array->type);
    hone_internal_hdf5_pad(to);
    hone_internal_hdf5_put_message(to, HONE_HDF5_FILL_VALUE, 8);
    hone_internal_hdf5_put_number(
        to, 0x01020202, 4); /* version 2: numbers have their place once written, and are 0 until then */
    hone_internal_hdf5_put_zeros(to, 4);
    hone_internal_hdf5_put_message(to, HONE_HDF5_LAYOUT, 24);
    hone_internal_hdf5_put_number(to, 3, 1);
    hone_internal_hdf5_put_number(to, 1, 1); /* contiguous */
    hone_internal_hdf5_put_number(to, bytes > 0 ? numbers : NOWHERE, 8);
    hone_internal_hdf5_put_number(to, bytes, 8);
    hone_internal_hdf5_pad(to);
    return HONE_OK;
}

/* ---- groups ---- */

/* A local heap with the names of the links, which get their places in it; its address. */
static uint64_t put_names(hone_hdf5_bytes *to, hdf5_link *links, size_t count)
{
    const uint64_t address = to->at;
    uint64_t bytes = 8; /* the empty name */
    for (size_t i = 0; i < count; i++) {
        links[i].key = bytes;
        bytes += hone_internal_hdf5_padded(links[i].length + 1);
    }
    hone_internal_hdf5_put(to, "HEAP", 4);
    hone_internal_hdf5_put_zeros(to, 4);
    hone_internal_hdf5_put_number(to, bytes, 8);
    hone_internal_hdf5_put_number(to, 1, 8); /* nothing is free */
    hone_internal_hdf5_put_number(to, to->at + 8, 8);
    hone_internal_hdf5_put_zeros(to, 8);
    for (size_t i = 0; i < count; i++)
        hone_internal_hdf5_put_padded(to, links[i].name, links[i].length);
    return address;
}

static void put_leaf(hone_hdf5_bytes *to, const hdf5_link *links, size_t count)
{
    hone_internal_hdf5_put(to, "SNOD\1", 6);
    hone_internal_hdf5_put_number(to, count, 2);
    for (size_t i = 0; i < count; i++) {
        hone_internal_hdf5_put_number(to, links[i].key, 8);
        hone_internal_hdf5_put_number(to, links[i].address, 8);
        hone_internal_hdf5_put_zeros(to, 24);
    }
    hone_internal_hdf5_put_zeros(to, 40 * (LEAF_LINKS - count));
}

static void put_tree_node(hone_hdf5_bytes *to, const hdf5_link *children, size_t count, unsigned level,
                          uint64_t first_key, bool is_first, bool is_last)
{
    const uint64_t address = to->at;
    hone_internal_hdf5_put(to, "TREE", 5);
    hone_internal_hdf5_put_number(to, level, 1);
    hone_internal_hdf5_put_number(to, count, 2);
    hone_internal_hdf5_put_number(to, is_first ? NOWHERE : address - TREE_NODE, 8);
    hone_internal_hdf5_put_number(to, is_last ? NOWHERE : address + TREE_NODE, 8);
    hone_internal_hdf5_put_number(to, first_key, 8);
    for (size_t i = 0; i < count; i++) {
        hone_internal_hdf5_put_number(to, children[i].address, 8);
        hone_internal_hdf5_put_number(to, children[i].key, 8);
    }
    hone_internal_hdf5_put_zeros(to, 16 * (TREE_CHILDREN - count));
}

/* Nodes of a tree over `count` children, in whose places they come; how many. */
static size_t put_level(hone_hdf5_bytes *to, hdf5_link *children, size_t count, unsigned level)
{
    size_t nodes = 0;
    uint64_t first_key = 0;
    for (size_t begin = 0; begin < count || (count == 0 && nodes == 0); begin += TREE_CHILDREN) {
        const size_t held = count - begin < TREE_CHILDREN ? count - begin : TREE_CHILDREN;
        const hdf5_link node = {.address = to->at, .key = held == 0 ? 0 : children[begin + held - 1].key};
        put_tree_node(to, children + begin, held, level, first_key, begin == 0, begin + held >= count);
        first_key = node.key;
        children[nodes++] = node;
    }
    return nodes;
}

/* The leaves and the tree above them; its address. There is room for one link at least. */
static uint64_t put_tree(hone_hdf5_bytes *to, hdf5_link *links, size_t count)
{
    size_t nodes = 0;
    for (size_t begin = 0; begin < count; begin += LEAF_LINKS) {
        const size_t held = count - begin < LEAF_LINKS ? count - begin : LEAF_LINKS;
        const hdf5_link leaf = {.address = to->at, .key = links[begin + held - 1].key};
        put_leaf(to, links + begin, held);
        links[nodes++] = leaf;
    }
    for (unsigned level = 0; level == 0 || nodes > 1; level++)
        nodes = put_level(to, links, nodes, level);
    return links[0].address;
}

/* The attribute "name", whose text lies in the global heap. */
static void put_attribute(hone_hdf5_bytes *to, const hdf5_entry *entry)
{
    enum { TEXT_TYPE = 20, SCALAR = 8, ATTRIBUTE = 8 + 8 + 24 + SCALAR + 16 };
    hone_internal_hdf5_put_message(to, HONE_HDF5_ATTRIBUTE, ATTRIBUTE);
    hone_internal_hdf5_put_number(to, 1, 2);
    hone_internal_hdf5_put_number(to, sizeof "name", 2);
    hone_internal_hdf5_put_number(to, TEXT_TYPE, 2);
    hone_internal_hdf5_put_number(to, SCALAR, 2);
    hone_internal_hdf5_put_padded(to, "name", 4);
    hone_internal_hdf5_put_text_type(to);
    hone_internal_hdf5_pad(to);
    hone_internal_hdf5_put_number(to, 1, 8);
    hone_internal_hdf5_put_number(to, strlen(entry->group->name), 4);
    hone_internal_hdf5_put_number(to, entry->heap, 8);
    hone_internal_hdf5_put_number(to, entry->number, 4);
}

static hone_status put_group(hdf5_writing *all, size_t begin, size_t end, size_t prefix, hdf5_link *group,
                             uint64_t places[2]);

/* What the links from `begin` on say first: an array, or a group with all that lies in it. */
static hone_status put_child(hdf5_writing *all, size_t begin, size_t end, size_t prefix, hdf5_link *link)
{
    const hdf5_entry *entry = &all->entries[begin];
    uint64_t places[2];
    if (entry->array == NULL || entry->path[prefix + link->length] != '\0')
        return put_group(all, begin, end, prefix + link->length + 1, link, places);
    if (end - begin > 1)
        return fail(all->entries[begin + 1].path, "an array has this name");
    return put_dataset(&all->to, entry, &link->address);
}

static size_t end_of_child(const hdf5_writing *all, size_t begin, size_t end, size_t length)
{
    const char *path = all->entries[begin].path;
    size_t at = begin + 1;
    while (at < end && strncmp(all->entries[at].path, path, length) == 0 &&
           (all->entries[at].path[length] == '/' || all->entries[at].path[length] == '\0'))
        at++;
    return at;
}

static hone_status put_children(hdf5_writing *all, size_t begin, size_t end, size_t prefix, hdf5_link *links,
                                size_t *count)
{
    for (size_t next; begin < end; begin = next) {
        const char *name = all->entries[begin].path + prefix;
        hdf5_link *link = &links[(*count)++];
        *link = (hdf5_link){.name = name, .length = strcspn(name, "/")};
        next = end_of_child(all, begin, end, prefix + link->length);
        HONE_TRY(put_child(all, begin, next, prefix, link));
    }
    return HONE_OK;
}

/* Entries begin .. end-1 lie in the group whose path, with its slash, has `prefix` characters, or are itself.
 * Its address goes to `group`, those of its tree and its heap to `places`. */
static hone_status put_group(hdf5_writing *all, size_t begin, size_t end, size_t prefix, hdf5_link *group,
                             uint64_t places[2])
{
    const hdf5_entry *own =
        prefix > 0 && all->entries[begin].path[prefix - 1] == '\0' ? &all->entries[begin++] : NULL;
    const bool named = own != NULL && own->group->name != NULL;
    hdf5_link *links = hone_internal_allocate((end - begin + 1) * sizeof *links);
    size_t count = 0;
    hone_status status =
        links == NULL ? HONE_ERROR_MEMORY : put_children(all, begin, end, prefix, links, &count);
    if (status >= 0) {
        places[1] = put_names(&all->to, links, count);
        places[0] = put_tree(&all->to, links, count);
        group->address = all->to.at;
        hone_internal_hdf5_put_header(
            &all->to, named ? 2 : 1, HONE_HDF5_MESSAGE_HEAD + 16 + (named ? HONE_HDF5_MESSAGE_HEAD + 64 : 0));
        hone_internal_hdf5_put_message(&all->to, HONE_HDF5_SYMBOL_TABLE, 16);
        hone_internal_hdf5_put_number(&all->to, places[0], 8);
        hone_internal_hdf5_put_number(&all->to, places[1], 8);
        if (named)
            put_attribute(&all->to, own);
    }
    hone_internal_free(links);
    return status;
}

/* ---- the names of groups, in collections of the global heap ---- */

static const char *heap_name(const hdf5_entry *entry)
{
    return entry->group != NULL && entry->group->name != NULL ? entry->group->name : "";
}

/* How many bytes the names of the next entries take with their heads, as many as a collection may hold. */
static uint64_t measure_collection(const hdf5_writing *all, size_t begin, size_t *end)
{
    uint64_t bytes = 16;
    size_t names = 0;
    for (*end = begin; *end < all->count && names < HEAP_NAMES; ++*end) {
        const size_t length = strlen(heap_name(&all->entries[*end]));
        bytes += length == 0 ? 0 : 16 + hone_internal_hdf5_padded(length);
        names += length > 0;
    }
    return names == 0 ? 0 : bytes;
}

static void put_collection(hdf5_writing *all, size_t begin, size_t end, uint64_t bytes)
{
    const uint64_t address = all->to.at, least = bytes + 16 > HEAP_LEAST ? bytes + 16 : HEAP_LEAST;
    hone_internal_hdf5_put(&all->to, "GCOL\1\0\0\0", 8);
    hone_internal_hdf5_put_number(&all->to, least, 8);
    uint64_t number = 0;
    for (size_t i = begin; i < end; i++) {
        hdf5_entry *entry = &all->entries[i];
        const char *name = heap_name(entry);
        const size_t length = strlen(name);
        if (length == 0)
            continue;
        entry->heap = address;
        entry->number = ++number;
        hone_internal_hdf5_put_number(&all->to, number, 2);
        hone_internal_hdf5_put_zeros(&all->to, 6);
        hone_internal_hdf5_put_number(&all->to, length, 8);
        hone_internal_hdf5_put(&all->to, name, length);
        hone_internal_hdf5_pad(&all->to);
    }
    hone_internal_hdf5_put_zeros(&all->to, 8); /* what is free */
    hone_internal_hdf5_put_number(&all->to, least - bytes, 8);
    hone_internal_hdf5_put_zeros(&all->to, least - bytes - 16);
}

/* ---- the file ---- */

static void put_superblock(hone_hdf5_bytes *to, uint64_t bytes, uint64_t root, const uint64_t places[2])
{
    hone_internal_hdf5_put(to, "\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08", 16);
    hone_internal_hdf5_put_number(to, LEAF_LINKS / 2, 2);
    hone_internal_hdf5_put_number(to, TREE_CHILDREN / 2, 2);
    hone_internal_hdf5_put_zeros(to, 4 + 8); /* its address */
    hone_internal_hdf5_put_number(to, NOWHERE, 8);
    hone_internal_hdf5_put_number(to, bytes, 8);
    hone_internal_hdf5_put_number(to, NOWHERE, 8);
    hone_internal_hdf5_put_zeros(to, 8);
    hone_internal_hdf5_put_number(to, root, 8);
    hone_internal_hdf5_put_number(to, 1, 8); /* tree and heap follow */
    hone_internal_hdf5_put_number(to, places[0], 8);
    hone_internal_hdf5_put_number(to, places[1], 8);
}

static hone_status put_file(hdf5_writing *all)
{
    uint64_t places[2] = {0};
    hdf5_link root = {.address = 0};
    size_t end;
    all->to.at = SUPERBLOCK;
    for (size_t begin = 0; begin < all->count; begin = end) {
        const uint64_t bytes = measure_collection(all, begin, &end);
        if (bytes > 0)
            put_collection(all, begin, end, bytes);
    }
    HONE_TRY(put_group(all, 0, all->count, 0, &root, places));
    const uint64_t bytes = all->to.at;
    all->to.at = 0;
    put_superblock(&all->to, bytes, root.address, places);
    all->to.at = bytes;
    return HONE_OK;
}

/* ---- sorting ---- */

/* The end of a path comes before a slash, and that before all letters; of equal ones an array comes before a
 * group. */
static int rank_of(char letter)
{
    return letter == '\0' ? -1 : letter == '/' ? 0 : (unsigned char)letter;
}

static int compare_entries(const void *left, const void *right)
{
    const char *a = ((const hdf5_entry *)left)->path, *b = ((const hdf5_entry *)right)->path;
    while (*a == *b && *a != '\0')
        a++, b++;
    if (rank_of(*a) != rank_of(*b))
        return rank_of(*a) - rank_of(*b);
    return (((const hdf5_entry *)left)->array == NULL) - (((const hdf5_entry *)right)->array == NULL);
}

static hone_status add_entry(hdf5_writing *all, char *path, const hone_store_group *group,
                             const hone_store_array *array)
{
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    all->entries[all->count++] = (hdf5_entry){.path = path, .group = group, .array = array};
    return HONE_OK;
}

static hone_status add_group(hdf5_writing *all, const hone_store_group *group)
{
    HONE_TRY(add_entry(all, hone_internal_copy_text(group->path), group, NULL));
    for (size_t i = 0; i < group->count; i++) {
        const hone_store_array *array = &group->arrays[i];
        HONE_TRY(add_entry(all,
                           array->name != NULL ? hone_internal_format("%s/%s", group->path, array->name)
                                               : hone_internal_format("%s/%zu", group->path, array->number),
                           NULL, array));
    }
    return HONE_OK;
}

static hone_status sort_entries(hdf5_writing *all, const hone_store *store)
{
    size_t count = store->count;
    for (size_t i = 0; i < store->count; i++)
        count += store->groups[i].count;
    all->entries = hone_internal_allocate_zeroed(count + 1, sizeof *all->entries);
    if (all->entries == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < store->count; i++)
        HONE_TRY(add_group(all, &store->groups[i]));
    qsort(all->entries, all->count, sizeof *all->entries, compare_entries);
    return HONE_OK;
}

static hone_status allocate_file(hdf5_writing *all)
{
    if (all->to.at > SIZE_MAX / 2)
        return hone_fail(HONE_ERROR_MEMORY, "weights of %llu bytes are more than this machine can address",
                         (unsigned long long)all->to.at);
    all->to.data = hone_internal_allocate((size_t)all->to.at);
    return all->to.data == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_store_to_hdf5(const hone_store *store, void **data, size_t *bytes)
{
    hdf5_writing writing = {.count = 0};
    *data = NULL;
    *bytes = 0;
    hone_status status = sort_entries(&writing, store);
    if (status >= 0)
        status = put_file(&writing);
    if (status >= 0)
        status = allocate_file(&writing);
    if (status >= 0)
        status = put_file(&writing);
    for (size_t i = 0; i < writing.count; i++)
        hone_internal_free(writing.entries[i].path);
    hone_internal_free(writing.entries);
    if (status >= 0) {
        *data = writing.to.data;
        *bytes = (size_t)writing.to.at;
    } else {
        hone_internal_free(writing.to.data);
    }
    return status;
}
