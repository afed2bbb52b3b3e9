/* Links of HDF5 groups in the newer form, which libhdf5 takes when a name is not ASCII: a few are messages of
 * the group's header, more lie in a fractal heap that a B-tree of version 2 lists. Read without libhdf5, as
 * the rest. */
#include "formats/hdf5_file.h"

#include <string.h>

enum {
    RECORD_HASH = 4, /* bytes of a record before the heap's id */
    NODE_START = 6,  /* of a node of the tree before its records */
    NODE_CHECKSUM = 4,
    MOST_DEPTH = 8, /* of the tree */
    MOST_ROWS = 64, /* of blocks of the heap */
    HARD_LINK = 0,
    NAMES_TREE = 5 /* the type of a tree of names */
};
static const uint64_t NOWHERE = UINT64_MAX; /* an address that is not set */

static uint64_t take_sized(hone_span *span, size_t bytes)
{
    const unsigned char *start = hone_internal_take(span, bytes);
    uint64_t number = 0;
    for (size_t i = 0; start != NULL && i < bytes && i < 8; i++)
        number |= (uint64_t)start[i] << 8 * i;
    return number;
}

/* ---- one link ---- */

static bool read_link(hone_span body, hone_hdf5_link *link)
{
    const unsigned version = hone_internal_take8(&body), flags = hone_internal_take8(&body);
    const unsigned kind = flags & 8 ? hone_internal_take8(&body) : HARD_LINK;
    if (flags & 4)
        hone_internal_take(&body, 8); /* the order of creation */
    if (flags & 16)
        hone_internal_take(&body, 1); /* the character set */
    const uint64_t length = take_sized(&body, (size_t)1 << (flags & 3));
    if (body.failed || version != 1 || length > body.left)
        return false;
    *link = (hone_hdf5_link){.name = (const char *)hone_internal_take(&body, (size_t)length),
                             .length = (size_t)length};
    if (kind == HARD_LINK)
        link->object = hone_internal_take64(&body);
    return !body.failed && (kind != HARD_LINK || (link->object != 0 && link->object != NOWHERE));
}

/* ---- the heap ---- */

typedef struct links {
    const hone_weights_file *file;
    hone_hdf5_link_function *visit;
    void *context;
    size_t budget; /* bytes of nodes that may still be read: circles end */
    /* of the heap: */
    uint64_t root, start, largest; /* the root block; sizes of the first and of the largest direct blocks */
    unsigned rows, width; /* of the root block, when it is one of blocks; 0 rows: it is the only one */
    size_t id_bytes, offset_bytes;
} links;

static bool read_heap(links *of, uint64_t address)
{
    hone_span span = hone_internal_hdf5_at(of->file, address, 142);
    const unsigned char *mark = hone_internal_take(&span, 4);
    const unsigned version = hone_internal_take8(&span);
    of->id_bytes = hone_internal_take16(&span);
    const unsigned filters = hone_internal_take16(&span);
    hone_internal_take(&span, 1 + 4 + 12 * 8); /* flags, the largest object, how much is where */
    of->width = hone_internal_take16(&span);
    of->start = hone_internal_take64(&span);
    of->largest = hone_internal_take64(&span);
    of->offset_bytes = (hone_internal_take16(&span) + 7u) / 8;
    hone_internal_take(&span, 2);
    of->root = hone_internal_take64(&span);
    of->rows = hone_internal_take16(&span);
    return !span.failed && memcmp(mark, "FRHP", 4) == 0 && version == 0 && filters == 0 && of->width > 0 &&
           of->start > 0 && of->rows <= MOST_ROWS && of->offset_bytes >= 1 && of->offset_bytes <= 8 &&
           of->id_bytes > 1 + of->offset_bytes && of->id_bytes <= 1 + of->offset_bytes + 8;
}

/* The sizes of the rows of a block of blocks: s, s, 2 s, 4 s, ... */
static uint64_t block_size(const links *of, unsigned row)
{
    return row < 2 ? of->start : row < 64 ? of->start << (row - 1) : 0;
}

/* The row that holds an offset of the heap, where it begins, and the size of its blocks; of->rows: none. */
static unsigned find_row(const links *of, uint64_t offset, uint64_t *begin, uint64_t *size)
{
    unsigned row = 0;
    for (*begin = 0; row < of->rows; row++) {
        *size = block_size(of, row);
        if (*size == 0 || *size > of->largest)
            return of->rows; /* blocks of blocks of blocks: half a million bytes of names and more */
        if ((offset - *begin) / *size < of->width)
            return row;
        *begin += of->width * *size;
    }
    return row;
}

/* The direct block that holds an offset of the heap, and where it begins; false when there is none. */
static bool find_block(const links *of, uint64_t offset, uint64_t *block, uint64_t *begin, uint64_t *size)
{
    *block = of->root;
    *begin = 0;
    *size = of->start;
    if (of->rows == 0)
        return offset < *size;
    const uint64_t head = 5 + 8 + of->offset_bytes;
    hone_span table = hone_internal_hdf5_at(of->file, of->root, head + (uint64_t)of->rows * of->width * 8);
    const unsigned char *mark = hone_internal_take(&table, (size_t)head);
    const unsigned row = find_row(of, offset, begin, size);
    if (mark == NULL || memcmp(mark, "FHIB", 4) != 0 || row == of->rows)
        return false;
    const uint64_t place = (offset - *begin) / *size;
    hone_internal_take(&table, (size_t)(row * (uint64_t)of->width + place) * 8);
    *begin += place * *size;
    *block = hone_internal_take64(&table);
    return !table.failed && *block != NOWHERE;
}

/* The object of the heap that an id names. */
static bool find_object(const links *of, hone_span id, hone_span *object)
{
    uint64_t block, begin, size;
    if (hone_internal_take8(&id) != 0)
        return false; /* another version, or an object outside the blocks */
    const uint64_t offset = take_sized(&id, of->offset_bytes),
                   length = take_sized(&id, of->id_bytes - 1 - of->offset_bytes);
    if (id.failed || !find_block(of, offset, &block, &begin, &size) || length > size - (offset - begin))
        return false;
    hone_span head = hone_internal_hdf5_at(of->file, block, size);
    if (head.failed || head.left < 4 || memcmp(head.at, "FHDB", 4) != 0)
        return false;
    *object = hone_internal_hdf5_at(of->file, block + (offset - begin), length);
    return !object->failed;
}

/* ---- the tree ---- */

typedef struct tree {
    uint64_t node_bytes;
    size_t record_bytes, count_bytes;   /* count: of the records of a child */
    size_t total_bytes[MOST_DEPTH + 1]; /* of all records below a child of a level */
} tree;

static size_t bytes_for(uint64_t number)
{
    size_t bytes = 1;
    while (bytes < 8 && number >> 8 * bytes != 0)
        bytes++;
    return bytes;
}

/* A child of a node on level d is an address, its count, and above the first level the total below it. */
static size_t pointer_bytes(const tree *of, unsigned level)
{
    return 8 + of->count_bytes + (level > 1 ? of->total_bytes[level - 1] : 0);
}

/* Sizes of numbers follow from how many records fit. */
static bool measure(tree *of, unsigned depth)
{
    const uint64_t overhead = NODE_START + NODE_CHECKSUM;
    if (of->node_bytes <= overhead + of->record_bytes)
        return false;
    uint64_t most = (of->node_bytes - overhead) / of->record_bytes, total = most;
    of->count_bytes = bytes_for(most);
    of->total_bytes[0] = 0;
    for (unsigned level = 1; level <= depth; level++) {
        const uint64_t pointer = pointer_bytes(of, level);
        if (of->node_bytes <= overhead + 2 * pointer + of->record_bytes)
            return false;
        most = (of->node_bytes - overhead - pointer) / (of->record_bytes + pointer);
        total = total > UINT64_MAX / (most + 2) ? UINT64_MAX : (most + 1) * total + most;
        of->total_bytes[level] = bytes_for(total);
    }
    return true;
}

static bool visit_records(links *of, const tree *in, hone_span *records, uint64_t count, bool *more)
{
    for (uint64_t i = 0; i < count && *more; i++) {
        hone_hdf5_link link;
        hone_span body, id = {.at = hone_internal_take(records, in->record_bytes), .left = in->record_bytes};
        if (id.at == NULL)
            return false;
        hone_internal_take(&id, RECORD_HASH);
        if (!find_object(of, id, &body) || !read_link(body, &link))
            return false;
        *more = of->visit(of->context, &link);
    }
    return true;
}

static bool walk(links *of, const tree *in, uint64_t address, uint64_t count, unsigned level, bool *more)
{
    const size_t pointer = pointer_bytes(in, level);
    hone_span span = hone_internal_hdf5_at(of->file, address, in->node_bytes);
    const unsigned char *start = hone_internal_take(&span, NODE_START);
    if (start == NULL || in->node_bytes > of->budget || memcmp(start, level > 0 ? "BTIN" : "BTLF", 4) != 0 ||
        count > span.left / in->record_bytes)
        return false;
    of->budget -= (size_t)in->node_bytes;
    if (!visit_records(of, in, &span, count, more))
        return false;
    for (uint64_t i = 0; level > 0 && i <= count && *more; i++) {
        hone_span child = {.at = hone_internal_take(&span, pointer), .left = pointer};
        if (child.at == NULL)
            return false;
        const uint64_t where = hone_internal_take64(&child), below = take_sized(&child, in->count_bytes);
        if (!walk(of, in, where, below, level - 1, more))
            return false;
    }
    return true;
}

static bool walk_tree(links *of, uint64_t address, bool *more)
{
    tree in = {0};
    hone_span span = hone_internal_hdf5_at(of->file, address, 38);
    const unsigned char *mark = hone_internal_take(&span, 4);
    const unsigned version = hone_internal_take8(&span), type = hone_internal_take8(&span);
    in.node_bytes = hone_internal_take32(&span);
    in.record_bytes = hone_internal_take16(&span);
    const unsigned depth = hone_internal_take16(&span);
    hone_internal_take(&span, 2);
    const uint64_t root = hone_internal_take64(&span), count = hone_internal_take16(&span);
    if (span.failed || memcmp(mark, "BTHD", 4) != 0 || version != 0 || type != NAMES_TREE ||
        depth > MOST_DEPTH || in.record_bytes != RECORD_HASH + of->id_bytes || !measure(&in, depth))
        return false;
    return root == NOWHERE || walk(of, &in, root, count, depth, more);
}

/* ---- a group ---- */

/* What a link info message says: nothing when the links are messages themselves. */
static bool walk_info(links *of, hone_span body, bool *more)
{
    const unsigned version = hone_internal_take8(&body), flags = hone_internal_take8(&body);
    if (flags & 1)
        hone_internal_take(&body, 8);
    const uint64_t heap = hone_internal_take64(&body), names = hone_internal_take64(&body);
    if (body.failed || version != 0)
        return false;
    return heap == NOWHERE || (read_heap(of, heap) && walk_tree(of, names, more));
}

bool hone_internal_hdf5_links(const hone_weights_file *file, uint64_t group, hone_hdf5_link_function *visit,
                              void *context)
{
    links of = {.file = file, .visit = visit, .context = context, .budget = file->bytes};
    hone_hdf5_header header;
    hone_hdf5_message message;
    hone_hdf5_link link;
    bool more = true;
    hone_internal_hdf5_header_start(&header, file, group);
    while (more && hone_internal_hdf5_header_next(&header, &message)) {
        if (message.type == HONE_HDF5_LINK_INFO && !walk_info(&of, message.body, &more))
            return false;
        if (message.type != HONE_HDF5_LINK)
            continue;
        if (!read_link(message.body, &link))
            return false;
        more = visit(context, &link);
    }
    return !header.damaged;
}
