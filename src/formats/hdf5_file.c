/* HDF5 files: superblock, object headers, and groups over hard links alone. */
#include "formats/hdf5_file.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum {
    NODE_BYTES = 24,   /* of a B-tree's node before its keys */
    SYMBOL_BYTES = 40, /* of a symbol table's entry */
    MOST_LEVELS = 16,  /* of a B-tree */
    CACHED_SOFT_LINK = 2
};
static const uint64_t NOWHERE = UINT64_MAX; /* an address that is not set */

hone_status hone_internal_hdf5_fail(const hone_weights_file *file, const char *path, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %.300s %s", file->label, path[0] ? path : "/", what);
}

hone_span hone_internal_hdf5_at(const hone_weights_file *file, uint64_t address, uint64_t length)
{
    if (address > file->bytes || length > file->bytes - address)
        return (hone_span){.failed = true};
    return (hone_span){.at = file->image + address, .left = (size_t)length};
}

/* ---- opening ---- */

/* The superblock, of which the address of the root group's header is all that is kept. */
static hone_status read_superblock(hone_weights_file *file)
{
    static const char signature[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    hone_span span = {.at = file->image, .left = file->bytes};
    const unsigned char *start = hone_internal_take(&span, sizeof signature);
    if (!start || memcmp(start, signature, sizeof signature) != 0) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected an HDF5 file, received something else",
                         file->label);
    }
    unsigned version = hone_internal_take8(&span);
    if (version > 1) {
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: HDF5 files in the newer format (libver=\"latest\") are not supported",
                         file->label);
    }
    hone_internal_take(&span, 4);
    unsigned offset_bytes = hone_internal_take8(&span), length_bytes = hone_internal_take8(&span);
    hone_internal_take(&span, 1);
    unsigned leaf_nodes = hone_internal_take16(&span), inner_nodes = hone_internal_take16(&span);
    hone_internal_take(&span, version == 0 ? 4 : 8);
    uint64_t base = hone_internal_take64(&span);
    hone_internal_take64(&span);
    uint64_t end = hone_internal_take64(&span);
    hone_internal_take(&span, 16);
    file->root = hone_internal_take64(&span);
    if (span.failed || end > file->bytes)
        return hone_internal_hdf5_fail(file, "the file", "is cut off");
    if (end < file->bytes)
        return hone_internal_hdf5_fail(file, "the file", "has more bytes than its superblock says");
    if (leaf_nodes == 0 || inner_nodes == 0)
        return hone_internal_hdf5_fail(file, "the file",
                                       "has groups whose nodes have room for nothing (K = 0)");
    if (offset_bytes != 8 || length_bytes != 8 || base != 0 || file->root == 0) {
        return hone_internal_hdf5_fail(file, "the file", "has a damaged or unusual superblock");
    }
    return HONE_OK;
}

hone_weights_file *hone_internal_weights_open_memory(void *data, size_t bytes, const char *label)
{
    hone_weights_file *file = hone_internal_allocate_zeroed(1, sizeof *file);
    if (!file) {
        hone_internal_free(data);
        return NULL;
    }
    *file = (hone_weights_file){.label = hone_internal_copy_text(label), .image = data, .bytes = bytes};
    if (file->label && read_superblock(file) == HONE_OK)
        return file;
    hone_internal_weights_close(file);
    return NULL;
}

hone_weights_file *hone_internal_weights_open(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes) != HONE_OK)
        return NULL;
    return hone_internal_weights_open_memory(data, bytes, path);
}

void hone_internal_weights_close(hone_weights_file *file)
{
    while (file) {
        hone_weights_file *next = file->next;
        hone_internal_free(file->image);
        hone_internal_free(file->label);
        hone_internal_free(file);
        file = next;
    }
}

void hone_internal_weights_add_part(hone_weights_file *file, hone_weights_file *part)
{
    while (file->next)
        file = file->next;
    file->next = part;
}

/* ---- object headers ---- */

/* Enters a block of messages, as far as the budget goes. */
static hone_span enter_block(hone_hdf5_header *header, uint64_t address, uint64_t length)
{
    hone_span block = hone_internal_hdf5_at(header->file, address, length);
    if (block.failed || block.left > header->budget) {
        header->damaged = true;
        return (hone_span){.failed = true};
    }
    header->budget -= block.left;
    return block;
}

void hone_internal_hdf5_header_start(hone_hdf5_header *header, const hone_weights_file *file, uint64_t object)
{
    *header = (hone_hdf5_header){.file = file, .budget = file->bytes};
    hone_span prefix = hone_internal_hdf5_at(file, object, 16);
    unsigned version = hone_internal_take8(&prefix);
    hone_internal_take(&prefix, 7); /* reserved, count of messages, count of links */
    uint32_t length = hone_internal_take32(&prefix);
    if (prefix.failed || version != 1)
        header->damaged = true;
    else
        header->block = enter_block(header, object + 16, length);
}

static void queue_continuation(hone_hdf5_header *header, hone_span body)
{
    uint64_t address = hone_internal_take64(&body), length = hone_internal_take64(&body);
    int most = (int)(sizeof header->later / sizeof *header->later);
    if (body.failed || header->last == most)
        header->damaged = true;
    else
        header->later[header->last++] = enter_block(header, address, length);
}

bool hone_internal_hdf5_header_next(hone_hdf5_header *header, hone_hdf5_message *message)
{
    while (!header->damaged) {
        if (header->block.left < 8) { /* a gap too small for a message may end a block */
            if (header->first == header->last)
                return false;
            header->block = header->later[header->first++];
            continue;
        }
        message->type = hone_internal_take16(&header->block);
        size_t length = hone_internal_take16(&header->block);
        unsigned flags = hone_internal_take8(&header->block);
        hone_internal_take(&header->block, 3);
        const unsigned char *body = hone_internal_take(&header->block, length);
        if (!body) {
            header->damaged = true;
            return false;
        }
        message->shared = flags & 2;
        message->body = (hone_span){.at = body, .left = length};
        if (message->type != HONE_HDF5_CONTINUATION)
            return true;
        queue_continuation(header, message->body);
    }
    return false;
}

/* ---- groups ---- */

/* A walk over a group's B-tree: for one name, or to count the arrays "0", "1", ... that it should hold. */
typedef struct group_walk {
    const hone_weights_file *file;
    hone_span heap;   /* the names */
    const char *name; /* NULL to count */
    size_t name_length;
    uint64_t object; /* found */
    int64_t count, largest;
    const char *previous; /* name */
    bool other;           /* a name that is not a number was met */
    size_t budget;        /* bytes of nodes that may still be visited */
    bool soft_link, damaged;
} group_walk;

/* A node or a table of a walk: `length` bytes that start with a mark. */
static hone_span visit(group_walk *walk, uint64_t address, uint64_t length, const char *mark)
{
    hone_span span = hone_internal_hdf5_at(walk->file, address, length);
    const unsigned char *start = hone_internal_take(&span, 4);
    if (!start || memcmp(start, mark, 4) != 0 || length > walk->budget) {
        walk->damaged = true;
        return (hone_span){.failed = true};
    }
    walk->budget -= (size_t)length;
    return span;
}

/* A name of the heap, ended by 0 within it. */
static const char *heap_name(group_walk *walk, uint64_t offset)
{
    if (offset < walk->heap.left && memchr(walk->heap.at + offset, 0, walk->heap.left - (size_t)offset))
        return (const char *)walk->heap.at + offset;
    walk->damaged = true;
    return "";
}

/* How the name that is looked for compares with one of the heap. */
static int compare_name(group_walk *walk, uint64_t offset)
{
    const char *other = heap_name(walk, offset);
    int order = strncmp(walk->name, other, walk->name_length);
    return order ? order : -(other[walk->name_length] != 0);
}

static void count_number(group_walk *walk, const char *name)
{
    int64_t number;
    bool plain = name[0] >= '0' && name[0] <= '9' && (name[0] != '0' || !name[1]);
    if (!plain || !hone_internal_text_to_integer(name, &number))
        walk->other = true;
    else if (number > walk->largest)
        walk->largest = number;
    walk->count++;
}

/* Counts a member: names rise from one to the next, so none comes twice. */
static void count_name(group_walk *walk, uint64_t offset)
{
    const char *name = heap_name(walk, offset);
    if (walk->previous && strcmp(walk->previous, name) >= 0)
        walk->damaged = true;
    walk->previous = name;
    count_number(walk, name);
}

static void walk_symbols(group_walk *walk, uint64_t address)
{
    hone_span start = hone_internal_hdf5_at(walk->file, address, 8);
    uint64_t count = start.failed ? 0 : hone_internal_get16(start.at + 6);
    hone_span span = visit(walk, address, 8 + count * SYMBOL_BYTES, "SNOD");
    hone_internal_take(&span, 4);
    for (uint64_t i = 0; i < count && !walk->damaged && !walk->object && !walk->soft_link; i++) {
        uint64_t name = hone_internal_take64(&span), object = hone_internal_take64(&span);
        uint32_t cached = hone_internal_take32(&span);
        hone_internal_take(&span, 20);
        if (!walk->name)
            count_name(walk, name);
        else if (compare_name(walk, name) != 0)
            continue;
        if (walk->damaged)
            return;
        if (cached == CACHED_SOFT_LINK)
            walk->soft_link = true;
        else if (object == 0 || object == NOWHERE)
            walk->damaged = true;
        else if (walk->name)
            walk->object = object;
    }
}

/* Child i of a node holds the names after key i, up to key i + 1. */
static bool may_hold(group_walk *walk, uint64_t before, uint64_t last)
{
    return !walk->name || (compare_name(walk, before) > 0 && compare_name(walk, last) <= 0);
}

static void walk_node(group_walk *walk, uint64_t address, unsigned above)
{
    hone_span start = hone_internal_hdf5_at(walk->file, address, NODE_BYTES);
    uint64_t count = start.failed ? 0 : hone_internal_get16(start.at + 6);
    hone_span span = visit(walk, address, NODE_BYTES + (count ? count * 16 + 8 : 0), "TREE");
    unsigned type = hone_internal_take8(&span), level = hone_internal_take8(&span);
    hone_internal_take(&span, 18);
    if (span.failed || type != 0 || level >= above)
        walk->damaged = true;
    uint64_t key = hone_internal_take64(&span);
    for (uint64_t i = 0; i < count && !walk->damaged && !walk->object && !walk->soft_link; i++) {
        uint64_t child = hone_internal_take64(&span), next = hone_internal_take64(&span);
        if (may_hold(walk, key, next) && !walk->damaged) {
            if (level > 0)
                walk_node(walk, child, level);
            else
                walk_symbols(walk, child);
        }
        key = next;
    }
}

/* Walks the group whose symbol table message this is. */
static void walk_group(group_walk *walk, hone_span body)
{
    uint64_t tree = hone_internal_take64(&body), heap = hone_internal_take64(&body);
    hone_span span = hone_internal_hdf5_at(walk->file, heap, 32);
    const unsigned char *mark = hone_internal_take(&span, 8);
    uint64_t length = hone_internal_take64(&span);
    hone_internal_take64(&span);
    walk->heap = hone_internal_hdf5_at(walk->file, hone_internal_take64(&span), length);
    walk->budget = walk->file->bytes;
    if (body.failed || span.failed || memcmp(mark, "HEAP", 4) != 0 || walk->heap.failed)
        walk->damaged = true;
    else
        walk_node(walk, tree, MOST_LEVELS);
}

/* The same for a group in the newer form, whose links come in no order. */
static bool walk_link(void *context, const hone_hdf5_link *link)
{
    group_walk *walk = context;
    char name[24];
    const bool same =
        walk->name && link->length == walk->name_length && memcmp(link->name, walk->name, link->length) == 0;
    if (walk->name && !same)
        return true;
    walk->soft_link = link->object == 0;
    if (walk->name)
        walk->object = link->object;
    else if (link->length < sizeof name) {
        memcpy(name, link->name, link->length);
        name[link->length] = '\0';
        count_number(walk, name);
    } else {
        walk->other = true;
        walk->count++;
    }
    return !walk->soft_link && !walk->name;
}

typedef enum object_kind { NO_GROUP, OLD_GROUP, NEW_GROUP, DAMAGED } object_kind;

/* What an object is; of a group that is read, the symbol table message. */
static object_kind examine(const hone_weights_file *file, uint64_t object, hone_span *table)
{
    hone_hdf5_header header;
    hone_hdf5_message message;
    object_kind kind = NO_GROUP;
    hone_internal_hdf5_header_start(&header, file, object);
    while (hone_internal_hdf5_header_next(&header, &message)) {
        if (message.type == HONE_HDF5_LINK_INFO)
            kind = NEW_GROUP;
        if (message.type != HONE_HDF5_SYMBOL_TABLE)
            continue;
        kind = OLD_GROUP;
        *table = message.body;
    }
    return header.damaged ? DAMAGED : kind;
}

static hone_status fail_kind(const hone_weights_file *file, const char *path, object_kind kind)
{
    return hone_internal_hdf5_fail(file, path,
                                   kind == NO_GROUP ? "passes through something that is not a group"
                                                    : "passes through a damaged group");
}

/* Walks a group of either form. */
static hone_status walk_members(const hone_weights_file *file, uint64_t group, const char *path,
                                group_walk *walk)
{
    hone_span table = {.failed = true};
    object_kind kind = examine(file, group, &table);
    walk->file = file;
    if (kind == OLD_GROUP)
        walk_group(walk, table);
    else if (kind == NEW_GROUP)
        walk->damaged = !hone_internal_hdf5_links(file, group, walk_link, walk);
    else
        return fail_kind(file, path, kind);
    return walk->damaged ? fail_kind(file, path, DAMAGED) : HONE_OK;
}

/* The member of a group; 0 when it is not there. `path` is for messages. */
static hone_status find_member(const hone_weights_file *file, uint64_t group, const char *path,
                               const char *name, size_t length, uint64_t *object)
{
    group_walk walk = {.name = name, .name_length = length};
    *object = 0;
    HONE_TRY(walk_members(file, group, path, &walk));
    if (walk.soft_link)
        return hone_internal_hdf5_fail(file, path, "passes through a link, which is not followed");
    *object = walk.object;
    return HONE_OK;
}

hone_status hone_internal_hdf5_find(const hone_weights_file *file, const char *path, uint64_t *object)
{
    const char *at = path;
    *object = file->root;
    while (*object && at[strspn(at, "/")]) {
        at += strspn(at, "/");
        size_t length = strcspn(at, "/");
        HONE_TRY(find_member(file, *object, path, at, length, object));
        at += length;
    }
    return HONE_OK;
}

bool hone_internal_weights_has_group(hone_weights_file *file, const char *path)
{
    uint64_t object;
    hone_span table;
    for (; file; file = file->next) {
        if (hone_internal_hdf5_find(file, path, &object) != HONE_OK || !object)
            continue;
        object_kind kind = examine(file, object, &table);
        if (kind == OLD_GROUP || kind == NEW_GROUP)
            return true;
    }
    return false;
}

/* Adds the members of a group in one file. */
static hone_status count_members(const hone_weights_file *file, const char *path, group_walk *total)
{
    group_walk walk = {.largest = -1};
    uint64_t group;
    HONE_TRY(hone_internal_hdf5_find(file, path, &group));
    if (!group)
        return HONE_OK;
    HONE_TRY(walk_members(file, group, path, &walk));
    if (walk.soft_link)
        return hone_internal_hdf5_fail(file, path, "holds a link, which is not followed");
    total->count += walk.count;
    total->other = total->other || walk.other;
    total->largest = walk.largest > total->largest ? walk.largest : total->largest;
    return HONE_OK;
}

int64_t hone_internal_weights_count(hone_weights_file *file, const char *path)
{
    group_walk total = {.largest = -1};
    for (const hone_weights_file *part = file; part; part = part->next)
        HONE_TRY(count_members(part, path, &total));
    if (!total.other && total.largest == total.count - 1)
        return total.count;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: %.300s has %" PRId64 " members, expected arrays with the names 0 to %" PRId64,
                     file->label, path, total.count, total.count - 1);
}

const hone_weights_file *hone_internal_hdf5_file_of(const hone_weights_file *file, const char *path)
{
    uint64_t object;
    for (const hone_weights_file *part = file; part && part->next; part = part->next) {
        if (hone_internal_hdf5_find(part, path, &object) != HONE_OK || object)
            return part;
        file = part->next;
    }
    return file;
}

int hone_internal_weights_version(const hone_weights_file *file)
{
    return file->version;
}

void hone_internal_weights_set_version(hone_weights_file *file, int version)
{
    file->version = version;
}
