/* Bytes that a tree describes, for targets whose inputs structure.h changes: each size, name, type and
 * checksum of a file is a value of the tree, so a change makes a file that is whole and wrong inside.
 * Corpus.py has examples.
 *
 *   null, text          nothing, its bytes
 *   true, 65, 0.5       a byte, a byte, a float of four bytes
 *   [a, b]              one after the other
 *   {"hex": "00ff"}     bytes
 *   {"be4": 7}          an integer of 4 bytes, the highest first; also be2, le2, le4, le8
 *   {"times": 3, "of": a}
 *   {"zlib": a}, {"gzip": a}                packed
 *   {"png": "IHDR", "of": a}                a chunk of PNG with its length and checksum
 *   {"riff": "fmt ", "of": a}               a chunk of WAV with its length
 *   {"segment": 192, "of": a}               a segment of JPEG with its length
 *   {"npy": {"descr": "<f4", ...}, "of": a} NPY with this header; "version": 1, 2, 3
 *   {"idx": 8, "shape": [2, 3], "of": a}
 *   {"safetensors": {...}, "of": a}         with this header
 *   {"json": {...}}                         as text
 *   {"zip": {"name": a, ...}}
 *   {"hdf5": {...}}                         described_hdf5.h
 *
 * "said" beside them stands in place of the true length. */
#ifndef HONE_TESTS_FUZZ_DESCRIBED_H
#define HONE_TESTS_FUZZ_DESCRIBED_H

#include "fields/config.h"
#include "formats/formats.h"
#include "replay.h"

#include <sys/stat.h>
#include <zlib.h>

enum { DESCRIBED_MOST = 1 << 18, DESCRIBED_DEPTH = 32 };

/* Bytes that grow up to DESCRIBED_MOST; what comes behind is dropped. */
typedef struct described {
    uint8_t *data;
    size_t size, room;
    int depth;
} described;

/* Room for more bytes, cut to what there may be. */
static inline size_t make_room(described *to, size_t size)
{
    if (size > DESCRIBED_MOST - to->size)
        size = DESCRIBED_MOST - to->size;
    if (to->size + size + 1 <= to->room)
        return size;
    to->room = 2 * (to->size + size) + 64;
    to->data = realloc(to->data, to->room);
    if (to->data == NULL)
        abort();
    return size;
}

static inline void put_bytes(described *to, const void *data, size_t size)
{
    size = make_room(to, size);
    if (size > 0)
        memcpy(to->data + to->size, data, size);
    to->size += size;
}

static inline void put_integer(described *to, uint64_t number, int bytes, bool big)
{
    uint8_t data[8];
    for (int i = 0; i < bytes; i++)
        data[big ? bytes - 1 - i : i] = (uint8_t)(number >> 8 * i);
    put_bytes(to, data, (size_t)bytes);
}

static inline void put_described(described *to, const hone_config *value);

/* What stands under "of", by itself. */
static inline described content_of(const described *to, const hone_config *map, const char *key)
{
    described content = {.depth = to->depth};
    make_room(&content, 1);
    put_described(&content, hone_internal_config_get(map, key));
    return content;
}

static inline uint64_t said_length(const hone_config *map, size_t length)
{
    const hone_config *said = hone_internal_config_get(map, "said");
    return said == NULL ? length : (uint64_t)hone_internal_config_as_integer(said);
}

static inline const char *name_of(const hone_config *map, const char *key)
{
    const char *name = hone_internal_config_get_text(map, key);
    return name == NULL ? "" : name;
}

/* A name of exactly four bytes, as chunks have. */
static inline void put_name(described *to, const char *name)
{
    char four[4] = {' ', ' ', ' ', ' '};
    size_t length = strlen(name);
    memcpy(four, name, length < 4 ? length : 4);
    put_bytes(to, four, 4);
}

/* ---- the forms: each is told by its first key ---- */

static inline void put_hex(described *to, const hone_config *map, const char *key)
{
    for (const char *text = name_of(map, key); text[0] != '\0' && text[1] != '\0'; text += 2) {
        char digits[3] = {text[0], text[1], '\0'};
        put_integer(to, strtoul(digits, NULL, 16), 1, false);
    }
}

static inline void put_number(described *to, const hone_config *map, const char *key)
{
    put_integer(to, (uint64_t)hone_internal_config_as_integer(hone_internal_config_get(map, key)),
                key[2] - '0', key[0] == 'b');
}

static inline void put_times(described *to, const hone_config *map, const char *key)
{
    described content = content_of(to, map, "of");
    int64_t times = hone_internal_config_as_integer(hone_internal_config_get(map, key));
    for (int64_t i = 0; content.size > 0 && i < times && to->size < DESCRIBED_MOST; i++)
        put_bytes(to, content.data, content.size);
    free(content.data);
}

static inline void put_packed(described *to, const hone_config *map, const char *key)
{
    described content = content_of(to, map, key);
    z_stream stream = {0};
    int header = strcmp(key, "gzip") == 0 ? 15 + 16 : 15;
    if (deflateInit2(&stream, 1, Z_DEFLATED, header, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    stream.next_in = content.data;
    stream.avail_in = (uInt)content.size;
    stream.avail_out = (uInt)make_room(to, deflateBound(&stream, content.size));
    stream.next_out = to->data + to->size;
    deflate(&stream, Z_FINISH);
    to->size += stream.total_out;
    deflateEnd(&stream);
    free(content.data);
}

static inline void put_png(described *to, const hone_config *map, const char *key)
{
    described content = content_of(to, map, "of");
    put_integer(to, said_length(map, content.size), 4, true);
    size_t start = to->size;
    put_name(to, name_of(map, key));
    put_bytes(to, content.data, content.size);
    put_integer(to, crc32(0, to->data + start, (uInt)(to->size - start)), 4, true);
    free(content.data);
}

static inline void put_riff(described *to, const hone_config *map, const char *key)
{
    described content = content_of(to, map, "of");
    put_name(to, name_of(map, key));
    put_integer(to, said_length(map, content.size), 4, false);
    put_bytes(to, content.data, content.size);
    if (content.size % 2)
        put_integer(to, 0, 1, false);
    free(content.data);
}

static inline void put_segment(described *to, const hone_config *map, const char *key)
{
    described content = content_of(to, map, "of");
    put_integer(to, 0xff, 1, false);
    put_integer(to, (uint64_t)hone_internal_config_as_integer(hone_internal_config_get(map, key)), 1, false);
    put_integer(to, said_length(map, content.size + 2), 2, true);
    put_bytes(to, content.data, content.size);
    free(content.data);
}

static inline void put_text(described *to, const char *text)
{
    put_bytes(to, text, strlen(text));
}

/* A tree as Python writes it. */
static inline void put_python(described *to, const hone_config *value)
{
    bool map = hone_internal_config_is(value, HONE_CONFIG_MAP);
    char number[32];
    switch (hone_internal_config_kind(value)) {
    case HONE_CONFIG_NULL: put_text(to, "None"); return;
    case HONE_CONFIG_BOOLEAN: put_text(to, hone_internal_config_as_boolean(value) ? "True" : "False"); return;
    case HONE_CONFIG_TEXT:
        put_text(to, "'");
        put_text(to, hone_internal_config_as_text(value));
        put_text(to, "'");
        return;
    case HONE_CONFIG_INTEGER:
    case HONE_CONFIG_NUMBER:
        snprintf(number, sizeof number, "%.17g", hone_internal_config_as_number(value));
        put_text(to, number);
        return;
    default: put_text(to, map ? "{" : "(");
    }
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        if (map) {
            put_text(to, "'");
            put_text(to, hone_internal_config_key(value, i));
            put_text(to, "': ");
        }
        put_python(to, hone_internal_config_at(value, i));
        put_text(to, ", ");
    }
    put_text(to, map ? "}" : ")");
}

static inline void put_npy(described *to, const hone_config *map, const char *key)
{
    described header = {.depth = to->depth}, content = content_of(to, map, "of");
    put_python(&header, hone_internal_config_get(map, key));
    put_text(&header, "\n");
    const hone_config *said = hone_internal_config_get(map, "version");
    int64_t version = said == NULL ? 1 : hone_internal_config_as_integer(said);
    put_text(to, "\x93NUMPY");
    put_integer(to, (uint64_t)version, 1, false);
    put_integer(to, 0, 1, false);
    put_integer(to, said_length(map, header.size), version == 1 ? 2 : 4, false);
    put_bytes(to, header.data, header.size);
    put_bytes(to, content.data, content.size);
    free(content.data);
    free(header.data);
}

static inline void put_idx(described *to, const hone_config *map, const char *key)
{
    const hone_config *shape = hone_internal_config_get(map, "shape");
    size_t rank = hone_internal_config_count(shape);
    put_integer(to, 0, 2, true);
    put_integer(to, (uint64_t)hone_internal_config_as_integer(hone_internal_config_get(map, key)), 1, false);
    put_integer(to, said_length(map, rank), 1, false);
    for (size_t i = 0; i < rank; i++)
        put_integer(to, (uint64_t)hone_internal_config_as_integer(hone_internal_config_at(shape, i)), 4,
                    true);
    put_described(to, hone_internal_config_get(map, "of"));
}

static inline void put_json(described *to, const hone_config *map, const char *key)
{
    char *text = hone_internal_config_to_json(hone_internal_config_get(map, key), false);
    if (text != NULL)
        put_text(to, text);
    hone_internal_free(text);
}

static inline void put_safetensors(described *to, const hone_config *map, const char *key)
{
    described header = {.depth = to->depth};
    put_json(&header, map, key);
    put_integer(to, said_length(map, header.size), 8, false);
    put_bytes(to, header.data, header.size);
    put_described(to, hone_internal_config_get(map, "of"));
    free(header.data);
}

/* Hone writes it into the folder of the target; names that it would refuse make no archive. */
static inline void put_zip(described *to, const hone_config *map, const char *key)
{
    enum { MOST = 16 };
    const hone_config *list = hone_internal_config_get(map, key);
    hone_zip_member members[MOST];
    described contents[MOST];
    size_t count = 0, bytes = 0;
    void *data = NULL;
    for (; count < hone_internal_config_count(list) && count < MOST; count++) {
        contents[count] = (described){.depth = to->depth};
        put_described(&contents[count], hone_internal_config_at(list, count));
        members[count] = (hone_zip_member){hone_internal_config_key(list, count), contents[count].data,
                                           contents[count].size};
    }
    if (hone_internal_zip_write(".made.zip", members, count) == HONE_OK &&
        hone_internal_file_read(".made.zip", DESCRIBED_MOST, &data, &bytes) == HONE_OK)
        put_bytes(to, data, bytes);
    hone_internal_free(data);
    unlink(".made.zip");
    while (count > 0)
        free(contents[--count].data);
}

static inline void put_hdf5(described *to, const hone_config *map, const char *key);

static inline void put_form(described *to, const hone_config *map)
{
    static const struct {
        const char *key;
        void (*put)(described *to, const hone_config *map, const char *key);
    } forms[] = {{"hex", put_hex},     {"be2", put_number},  {"be4", put_number},
                 {"le2", put_number},  {"le4", put_number},  {"le8", put_number},
                 {"times", put_times}, {"zlib", put_packed}, {"gzip", put_packed},
                 {"png", put_png},     {"riff", put_riff},   {"segment", put_segment},
                 {"npy", put_npy},     {"idx", put_idx},     {"safetensors", put_safetensors},
                 {"json", put_json},   {"zip", put_zip},     {"hdf5", put_hdf5}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (hone_internal_config_get(map, forms[i].key) != NULL) {
            forms[i].put(to, map, forms[i].key);
            return;
        }
}

static inline void put_described(described *to, const hone_config *value)
{
    float number = (float)hone_internal_config_as_number(value);
    if (to->depth >= DESCRIBED_DEPTH)
        return;
    to->depth++;
    switch (hone_internal_config_kind(value)) {
    case HONE_CONFIG_NULL: break;
    case HONE_CONFIG_BOOLEAN: put_integer(to, hone_internal_config_as_boolean(value), 1, false); break;
    case HONE_CONFIG_INTEGER:
        put_integer(to, (uint64_t)hone_internal_config_as_integer(value), 1, false);
        break;
    case HONE_CONFIG_NUMBER: put_bytes(to, &number, sizeof number); break;
    case HONE_CONFIG_TEXT: put_text(to, hone_internal_config_as_text(value)); break;
    case HONE_CONFIG_LIST:
        for (size_t i = 0; i < hone_internal_config_count(value); i++)
            put_described(to, hone_internal_config_at(value, i));
        break;
    case HONE_CONFIG_MAP: put_form(to, value); break;
    }
    to->depth--;
}

#include "described_hdf5.h"

#endif
