/* Datasets of HDF5 files that are stored in chunks, through filters: deflate, shuffle and fletcher32. */
#include "formats/hdf5_file.h"
#include "formats/zip_inflate.h"

#include "base/memory.h"

#include <string.h>

enum { FILTER_DEFLATE = 1, FILTER_SHUFFLE = 2, FILTER_FLETCHER32 = 3, NODE_BYTES = 24, MOST_LEVELS = 16 };

typedef struct chunk_walk {
    const hone_weights_file *file;
    const hone_hdf5_chunks *chunks;
    const char *path;
    unsigned char *content;
    size_t chunk_bytes;
    unsigned char *rooms[2]; /* of a chunk, filters go from one to the other */
    size_t left;             /* chunks that are still to come */
    size_t budget;           /* bytes of nodes that may still be visited */
} chunk_walk;

static hone_status fail(const chunk_walk *walk)
{
    return hone_internal_hdf5_fail(walk->file, walk->path, "is damaged");
}

/* ---- filters ---- */

/* HDF5's form of Fletcher's sums: over big-endian pairs of bytes, folded every 360. */
static uint32_t fletcher32(const unsigned char *bytes, size_t count)
{
    uint32_t first = 0, second = 0;
    for (size_t i = 0; i < count; i += 2) {
        first += (uint32_t)bytes[i] << 8 | (i + 1 < count ? bytes[i + 1] : 0u);
        second += first;
        if (i / 2 % 360 == 359 || i + 2 >= count) {
            first = (first & 0xffff) + (first >> 16);
            second = (second & 0xffff) + (second >> 16);
        }
    }
    first = (first & 0xffff) + (first >> 16);
    second = (second & 0xffff) + (second >> 16);
    return second << 16 | first;
}

/* The first bytes of all elements stand together, then the second ones, ...; what is left over stays in its
 * place. */
static void unshuffle(const unsigned char *from, unsigned char *to, size_t bytes, size_t element)
{
    size_t count = bytes / element;
    for (size_t i = 0; i < element; i++) {
        for (size_t j = 0; j < count; j++)
            to[j * element + i] = from[i * count + j];
    }
    memcpy(to + count * element, from + count * element, bytes - count * element);
}

/* Undoes filter `at`, of which `bytes` bytes came; `*data` moves to where the result is. */
static hone_status undo_filter(const chunk_walk *walk, int at, unsigned skipped, const unsigned char **data,
                               size_t *bytes)
{
    unsigned filter = walk->chunks->filters[at];
    unsigned char *room = *data == walk->rooms[0] ? walk->rooms[1] : walk->rooms[0];
    if (skipped >> at & 1)
        return HONE_OK;
    if (filter == FILTER_FLETCHER32) {
        if (*bytes < 4)
            return fail(walk);
        *bytes -= 4;
        return fletcher32(*data, *bytes) == hone_internal_get32(*data + *bytes) ? HONE_OK : fail(walk);
    }
    if (filter == FILTER_SHUFFLE) {
        if (*bytes > walk->chunk_bytes)
            return fail(walk);
        unshuffle(*data, room, *bytes, walk->chunks->element);
    } else {
        size_t size = walk->chunk_bytes; /* and four more for each checksum that was added before deflating */
        for (int i = 0; i < at; i++)
            size += walk->chunks->filters[i] == FILTER_FLETCHER32 && !(skipped >> i & 1) ? 4 : 0;
        hone_status status = hone_internal_inflate(*data, *bytes, room, size, true);
        if (status != HONE_OK)
            return status == HONE_ERROR_FORMAT ? fail(walk) : status;
        *bytes = size;
    }
    *data = room;
    return HONE_OK;
}

/* ---- chunks ---- */

/* Copies the part of a chunk that lies within the dataset, row by row. */
static void copy_chunk(chunk_walk *walk, const uint64_t *start, const unsigned char *data)
{
    const hone_hdf5_chunks *chunks = walk->chunks;
    uint64_t extent[HONE_MAX_RANK], index[HONE_MAX_RANK] = {0};
    int last = chunks->rank - 1;
    for (int i = 0; i <= last; i++) {
        uint64_t room = chunks->sizes[i] - start[i];
        extent[i] = room < chunks->chunk[i] ? room : chunks->chunk[i];
    }
    for (;;) {
        uint64_t from = 0, to = 0;
        for (int i = 0; i <= last; i++) {
            from = from * chunks->chunk[i] + index[i];
            to = to * chunks->sizes[i] + start[i] + index[i];
        }
        memcpy(walk->content + to * chunks->element, data + from * chunks->element,
               (size_t)extent[last] * chunks->element); /* within a chunk in memory */
        int axis = last - 1;
        while (axis >= 0 && ++index[axis] == extent[axis])
            index[axis--] = 0;
        if (axis < 0)
            return;
    }
}

/* A chunk by its key: stored bytes, filters that were skipped, where it starts, and an element's own offset,
 * 0. */
static hone_status read_chunk(chunk_walk *walk, hone_span key, uint64_t address)
{
    const hone_hdf5_chunks *chunks = walk->chunks;
    size_t bytes = hone_internal_take32(&key);
    unsigned skipped = hone_internal_take32(&key);
    uint64_t start[HONE_MAX_RANK];
    for (int i = 0; i < chunks->rank; i++) {
        start[i] = hone_internal_take64(&key);
        if (start[i] >= chunks->sizes[i] || start[i] % chunks->chunk[i] != 0)
            return fail(walk);
    }
    if (walk->left-- == 0)
        return fail(walk);
    hone_span stored = hone_internal_hdf5_at(walk->file, address, bytes);
    if (stored.failed)
        return fail(walk);
    const unsigned char *data = stored.at;
    for (int i = chunks->filter_count; i-- > 0;)
        HONE_TRY(undo_filter(walk, i, skipped, &data, &bytes));
    if (bytes != walk->chunk_bytes)
        return fail(walk);
    copy_chunk(walk, start, data);
    return HONE_OK;
}

static hone_status walk_node(chunk_walk *walk, uint64_t address, unsigned above)
{
    hone_span start = hone_internal_hdf5_at(walk->file, address, NODE_BYTES);
    if (start.failed)
        return fail(walk);
    size_t count = hone_internal_get16(start.at + 6), key = 8 * (size_t)walk->chunks->rank + 16;
    unsigned type = start.at[4], level = start.at[5];
    hone_span span = hone_internal_hdf5_at(walk->file, address + NODE_BYTES, count * (key + 8));
    if (memcmp(start.at, "TREE", 4) != 0 || type != 1 || level >= above || span.failed ||
        NODE_BYTES + count * (key + 8) > walk->budget) {
        return fail(walk);
    }
    walk->budget -= NODE_BYTES + count * (key + 8);
    for (size_t i = 0; i < count; i++) {
        hone_span description = {.at = hone_internal_take(&span, key), .left = key};
        uint64_t child = hone_internal_take64(&span);
        HONE_TRY(level > 0 ? walk_node(walk, child, level) : read_chunk(walk, description, child));
    }
    return HONE_OK;
}

/* How many bytes a chunk has, which may not be far more than the dataset's, and how many chunks there are. */
static bool measure(chunk_walk *walk)
{
    const hone_hdf5_chunks *chunks = walk->chunks;
    size_t bytes = chunks->element, whole = chunks->element, limit = (size_t)16 << 20;
    walk->left = 1;
    for (int i = 0; i < chunks->rank; i++) {
        uint64_t size = chunks->sizes[i], chunk = chunks->chunk[i];
        if (chunk == 0 || !hone_internal_multiply_size(bytes, chunk, &bytes) ||
            !hone_internal_multiply_size(whole, size, &whole))
            return false;
        walk->left *= (size_t)(size / chunk + (size % chunk > 0)); /* no more than elements */
    }
    walk->chunk_bytes = bytes;
    return bytes <= limit || bytes / 4 <= whole;
}

hone_status hone_internal_hdf5_read_chunks(const hone_weights_file *file, const hone_hdf5_chunks *chunks,
                                           const char *path, unsigned char *content)
{
    chunk_walk walk = {
        .file = file, .chunks = chunks, .path = path, .content = content, .budget = file->bytes};
    if (!measure(&walk))
        return hone_internal_hdf5_fail(file, path, "is stored in pieces larger than itself");
    int deflated = 0;
    for (int i = 0; i < chunks->filter_count; i++) {
        unsigned filter = chunks->filters[i];
        deflated += filter == FILTER_DEFLATE;
        if (filter < FILTER_DEFLATE || filter > FILTER_FLETCHER32 || deflated > 1) {
            return hone_internal_hdf5_fail(
                file, path,
                "is compressed in a way that is not supported (deflate, shuffle and "
                "fletcher32 are)");
        }
    }
    size_t room = walk.chunk_bytes + 4 * HONE_HDF5_MAX_FILTERS;
    hone_status status = HONE_OK;
    for (int i = 0; i < 2 && chunks->filter_count > 0 && status == HONE_OK; i++) {
        walk.rooms[i] = hone_internal_allocate(room);
        if (!walk.rooms[i])
            status = HONE_ERROR_MEMORY;
    }
    if (status == HONE_OK)
        status = walk_node(&walk, chunks->tree, MOST_LEVELS);
    if (status == HONE_OK && walk.left > 0) {
        status = hone_internal_hdf5_fail(file, path, "has a shape but not all of its data");
    }
    hone_internal_free(walk.rooms[0]);
    hone_internal_free(walk.rooms[1]);
    return status;
}
