/* Changes that know what they change, for targets whose inputs are trees (JSON, YAML) or messages (Protocol
 * Buffers): one value, kind, name or size at a time, and pieces of one file in another. A change takes the
 * tree or message apart, changes it, and writes it again, so what comes out is well-formed and wrong inside.
 */
#ifndef HONE_TESTS_FUZZ_STRUCTURE_H
#define HONE_TESTS_FUZZ_STRUCTURE_H

#include "base/memory.h"
#include "fields/config.h"
#include "formats/formats.h"
#include "recipe/yaml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- trees ---- */

static inline size_t count_values(const hone_config *value)
{
    size_t count = 1;
    for (size_t i = 0; i < hone_internal_config_count(value); i++)
        count += count_values(hone_internal_config_at(value, i));
    return count;
}

static inline const hone_config *value_at(const hone_config *value, size_t *left)
{
    const hone_config *found = (*left)-- == 0 ? value : NULL;
    for (size_t i = 0; found == NULL && i < hone_internal_config_count(value); i++)
        found = value_at(hone_internal_config_at(value, i), left);
    return found;
}

typedef struct change {
    const hone_config *value; /* of the tree, that becomes another */
    hone_config *other;       /* NULL: it is gone */
    const char *key;          /* its key becomes this one, or NULL */
} change;

/* A copy of a tree with the change. */
static inline hone_config *changed(const hone_config *value, const change *what)
{
    if (value == what->value)
        return hone_internal_config_copy(what->other);
    bool map = hone_internal_config_is(value, HONE_CONFIG_MAP);
    if (!map && !hone_internal_config_is(value, HONE_CONFIG_LIST))
        return hone_internal_config_copy(value);
    hone_config *copy = map ? hone_internal_config_map() : hone_internal_config_list();
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        const hone_config *item = hone_internal_config_at(value, i);
        const char *key = hone_internal_config_key(value, i);
        if (item == what->value && what->other == NULL)
            continue;
        if (map)
            hone_internal_config_set(copy, item == what->value && what->key != NULL ? what->key : key,
                                     changed(item, what));
        else
            hone_internal_config_append(copy, changed(item, what));
    }
    return copy;
}

/* ---- as files ---- */

static inline uint64_t next_of(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

static inline const hone_config *any_value(const hone_config *tree, uint64_t *random)
{
    size_t left = next_of(random) % count_values(tree);
    return value_at(tree, &left);
}

static inline bool is_tree(const uint8_t *data, size_t size)
{
    return size > 1 && data[0] >= '#'; /* an ONNX message begins with a small tag */
}

static inline hone_config *tree_of(const uint8_t *data, size_t size)
{
    return data[0] == '{' ? hone_internal_json_parse((const char *)data, size, "fuzz")
                          : hone_internal_yaml_parse((const char *)data, size, "fuzz");
}

static inline hone_config *another_number(const hone_config *value, uint64_t *random)
{
    static const int64_t SIZES[] = {0, 1, -1, 2, 3, 5, 7, 64, 1000, INT32_MAX, INT64_MAX, INT64_MIN};
    static const double NUMBERS[] = {0, 0.5, 1, -1, 1e-30, -1e30, 1e300, NAN, INFINITY, -INFINITY};
    uint64_t kind = next_of(random) % 4;
    if (kind == 0)
        return hone_internal_config_integer(
            (int64_t)((uint64_t)hone_internal_config_as_integer(value) + next_of(random) % 5 - 2));
    if (kind == 1)
        return hone_internal_config_number(NUMBERS[next_of(random) % (sizeof NUMBERS / sizeof *NUMBERS)]);
    return hone_internal_config_integer(SIZES[next_of(random) % (sizeof SIZES / sizeof *SIZES)]);
}

static inline hone_config *another_text(uint64_t *random)
{
    static const char *const NAMES[] = {"",
                                        "relu",
                                        "softmax",
                                        "mse",
                                        "accuracy",
                                        "adam",
                                        "Dense",
                                        "zeros",
                                        "auto",
                                        "float32",
                                        "none",
                                        "same",
                                        "valid",
                                        "causal",
                                        "l2",
                                        "x",
                                        "sum",
                                        "float16",
                                        "int32",
                                        "mixed_bfloat16",
                                        "sigmoid",
                                        "orthogonal",
                                        "max_norm",
                                        "Functional",
                                        "Sequential",
                                        "__keras_tensor__",
                                        "channels_first",
                                        "channels_last",
                                        "mean",
                                        "concat",
                                        "linear",
                                        "nearest",
                                        "ij",
                                        "bfloat16",
                                        "../x",
                                        "\xff"};
    return hone_internal_config_text(NAMES[next_of(random) % (sizeof NAMES / sizeof *NAMES)]);
}

/* A text with a stretch of it gone or twice, or another character. */
static inline hone_config *edited_text(const char *text, uint64_t *random)
{
    static const char SIGNS[] = ",;:\"'\n\t -+.[](){}=#/\\0123456789eE%_aZ";
    size_t length = strlen(text), from = next_of(random) % (length + 1),
           most = length - from < 8 ? length - from : 8, count = next_of(random) % (most + 1);
    char *copy = malloc(length + 10);
    if (copy == NULL)
        abort();
    uint64_t kind = next_of(random) % 4;
    size_t kept = kind == 0 ? from : from + count, at = kept;
    memcpy(copy, text, kept);
    if (kind > 1)
        copy[at++] = SIGNS[next_of(random) % (sizeof SIGNS - 1)];
    size_t rest = kind == 0 ? from + count : kind == 1 ? from : kept + (kind == 2 && kept < length);
    memcpy(copy + at, text + rest, length - rest + 1);
    hone_config *edited = hone_internal_config_text(copy);
    free(copy);
    return edited;
}

/* A list with its last item twice, or without it. */
static inline hone_config *another_length(const hone_config *list, bool longer)
{
    hone_config *copy = hone_internal_config_list();
    size_t count = hone_internal_config_count(list);
    for (size_t i = 0; i + !longer < count; i++)
        hone_internal_config_append(copy, hone_internal_config_copy(hone_internal_config_at(list, i)));
    if (longer)
        hone_internal_config_append(
            copy, count == 0 ? hone_internal_config_integer(1)
                             : hone_internal_config_copy(hone_internal_config_at(list, count - 1)));
    return copy;
}

/* `donor` is the tree itself or another file's. */
static inline hone_config *another_value(const hone_config *value, const hone_config *donor, uint64_t *random)
{
    hone_config_kind kind = hone_internal_config_kind(value);
    bool same_kind = next_of(random) % 3 > 0;
    if (same_kind && (kind == HONE_CONFIG_INTEGER || kind == HONE_CONFIG_NUMBER))
        return another_number(value, random);
    if (same_kind && kind == HONE_CONFIG_LIST)
        return another_length(value, next_of(random) % 2);
    if (same_kind && kind == HONE_CONFIG_TEXT && next_of(random) % 2)
        return edited_text(hone_internal_config_as_text(value), random);
    if (same_kind && kind == HONE_CONFIG_BOOLEAN)
        return hone_internal_config_boolean(!hone_internal_config_as_boolean(value));
    switch (next_of(random) % 8) {
    case 0: return hone_internal_config_null();
    case 1: return hone_internal_config_boolean(true);
    case 2: return another_number(value, random);
    case 3: return another_text(random);
    case 4: return hone_internal_config_list();
    case 5: return hone_internal_config_map();
    default: return hone_internal_config_copy(any_value(donor, random));
    }
}

/* A tree of the same kind as `value` (a layer for a layer), of the donor if it has one. */
static inline const hone_config *alike(const hone_config *value, const hone_config *donor, uint64_t *random)
{
    const hone_config *found = value;
    for (int tries = 0; tries < 30; tries++) {
        const hone_config *candidate = any_value(donor, random);
        if (hone_internal_config_kind(candidate) != hone_internal_config_kind(value))
            continue;
        found = candidate;
        if ((hone_internal_config_get(candidate, "class_name") != NULL) ==
            (hone_internal_config_get(value, "class_name") != NULL))
            break;
    }
    return found;
}

/* One change of a tree. */
static inline hone_config *change_of(const hone_config *tree, const hone_config *donor, uint64_t *random)
{
    change what = {.value = any_value(tree, random)};
    uint64_t kind = next_of(random) % 16;
    if (what.value == tree)
        return hone_internal_config_copy(tree);
    if (kind == 0)
        return changed(tree, &what); /* it is gone */
    if (kind == 1) {
        what.other = hone_internal_config_copy(what.value);
        const hone_config *map = any_value(donor, random);
        size_t count = hone_internal_config_count(map);
        what.key = count > 0 ? hone_internal_config_key(map, next_of(random) % count) : "name";
    } else if (kind < 7) {
        what.other = hone_internal_config_copy(alike(what.value, donor, random));
    } else {
        what.other = another_value(what.value, donor, random);
    }
    hone_config *next = changed(tree, &what);
    hone_internal_config_free(what.other);
    return next;
}

/* Writes a tree over the data as JSON, when there is room; frees it. */
static inline size_t put_tree(hone_config *tree, uint8_t *data, size_t size, size_t most)
{
    char *text = tree == NULL ? NULL : hone_internal_config_to_json(tree, false);
    size_t length = text == NULL ? 0 : strlen(text);
    if (length > 1 && length <= most) {
        memcpy(data, text, length);
        size = length;
    }
    hone_internal_free(text);
    hone_internal_config_free(tree);
    return size;
}

static inline size_t change_tree_file(uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
                                      size_t most, uint64_t *random)
{
    hone_config *tree = tree_of(data, size);
    if (tree == NULL || hone_internal_config_count(tree) == 0) {
        hone_internal_config_free(tree);
        return size;
    }
    hone_config *donor = other != NULL && is_tree(other, other_size) ? tree_of(other, other_size) : NULL;
    for (uint64_t i = 0, count = 1 + next_of(random) % 3; tree != NULL && i < count; i++) {
        hone_config *next = change_of(tree, donor != NULL && next_of(random) % 2 ? donor : tree, random);
        hone_internal_config_free(tree);
        tree = next;
    }
    hone_internal_config_free(donor);
    return put_tree(tree, data, size, most);
}

/* ---- messages ---- */

/* A field of a message: its tag, and where its value begins and ends. */
typedef struct message_field {
    uint64_t tag;
    size_t start, value, end; /* `value` is behind tag and length */
} message_field;

static inline bool take_varint(const uint8_t *data, size_t size, size_t *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; *at < size && shift < 64; shift += 7) {
        uint8_t byte = data[(*at)++];
        *number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

static inline bool take_field(const uint8_t *data, size_t size, size_t at, message_field *field)
{
    static const size_t WIDTHS[8] = {[1] = 8, [5] = 4};
    uint64_t length = 0;
    field->start = at;
    if (!take_varint(data, size, &at, &field->tag))
        return false;
    field->value = at;
    if (field->tag % 8 == 0 && !take_varint(data, size, &at, &length))
        return false;
    if (field->tag % 8 == 2) {
        if (!take_varint(data, size, &at, &length) || length > size - at)
            return false;
        field->value = at;
        at += length;
    }
    at += WIDTHS[field->tag % 8];
    field->end = at;
    return at <= size && (field->tag % 8 < 3 || field->tag % 8 == 5);
}

/* How many fields a message has; 0 when it is none. */
static inline size_t count_fields(const uint8_t *data, size_t size)
{
    size_t count = 0, at = 0;
    message_field field;
    while (at < size && take_field(data, size, at, &field)) {
        count++;
        at = field.end;
    }
    return at == size ? count : 0;
}

static inline size_t put_varint(uint8_t *to, uint64_t number)
{
    size_t count = 0;
    for (; number > 127; number >>= 7)
        to[count++] = (uint8_t)(number | 128);
    to[count++] = (uint8_t)number;
    return count;
}

/* Any field at any depth: `path` gets the fields that hold it, outermost first. */
enum { MESSAGE_DEPTH = 12 };
static inline int any_field(const uint8_t *data, size_t size, message_field *path, uint64_t *random)
{
    size_t from = 0;
    for (int depth = 0; depth < MESSAGE_DEPTH; depth++) {
        size_t count = count_fields(data + from, size - from), at = from;
        if (count == 0)
            return depth;
        for (size_t left = next_of(random) % count + 1; left > 0; left--) {
            take_field(data, size, at, &path[depth]);
            at = path[depth].end;
        }
        if (path[depth].tag % 8 != 2 || next_of(random) % 4 == 0)
            return depth + 1;
        from = path[depth].value;
        size = path[depth].end;
    }
    return MESSAGE_DEPTH;
}

/* Replaces the innermost field of the path by other bytes (whole fields), and mends the lengths around it. */
static inline size_t replace_field(uint8_t *data, size_t size, const message_field *path, int depth,
                                   const uint8_t *bytes, size_t length, size_t most)
{
    uint8_t *inner = malloc(most + 32), *outer = malloc(most + 32);
    size_t inner_length = length;
    if (inner == NULL || outer == NULL)
        abort();
    memcpy(inner, bytes, length);
    for (int i = depth - 1; i >= 0; i--) {
        size_t from = i > 0 ? path[i - 1].value : 0, to = i > 0 ? path[i - 1].end : size, at = 0;
        size_t before = path[i].start - from, after = to - path[i].end;
        if (before + after + inner_length + 20 > most) {
            inner_length = 0;
            break;
        }
        if (i > 0) {
            at += put_varint(outer, path[i - 1].tag);
            at += put_varint(outer + at, before + inner_length + after);
        }
        memcpy(outer + at, data + from, before);
        memcpy(outer + at + before, inner, inner_length);
        memcpy(outer + at + before + inner_length, data + path[i].end, after);
        inner_length += at + before + after;
        uint8_t *swap = inner;
        inner = outer;
        outer = swap;
    }
    if (inner_length > 0 && inner_length <= most) {
        memcpy(data, inner, inner_length);
        size = inner_length;
    }
    free(inner);
    free(outer);
    return size;
}

/* Another value in place of one, with its tag; returns its length. */
static inline size_t another_field(const uint8_t *data, const message_field *field, uint8_t *to,
                                   uint64_t *random)
{
    static const uint64_t NUMBERS[] = {0,       1,         2,          3,         7,         255,
                                       1 << 20, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};
    size_t at = put_varint(to, field->tag), length = field->end - field->value;
    uint64_t number = 0;
    size_t place = field->value;
    switch (field->tag % 8) {
    case 0:
        take_varint(data, field->end, &place, &number);
        number = next_of(random) % 2 ? NUMBERS[next_of(random) % (sizeof NUMBERS / sizeof *NUMBERS)]
                                     : number + next_of(random) % 5 - 2;
        return at + put_varint(to + at, number);
    case 2: {
        size_t kept = length == 0 ? 0 : next_of(random) % (length + 1);
        at += put_varint(to + at, kept);
        memcpy(to + at, data + field->value, kept);
        if (kept > 0)
            to[at + next_of(random) % kept] = (uint8_t)next_of(random);
        return at + kept;
    }
    default:
        memcpy(to + at, data + field->value, length);
        to[at + next_of(random) % length] = (uint8_t)next_of(random);
        return at + length;
    }
}

static inline size_t change_message(uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
                                    size_t most, uint64_t *random)
{
    message_field path[MESSAGE_DEPTH], donor[MESSAGE_DEPTH];
    int depth = any_field(data, size, path, random);
    if (depth == 0)
        return size;
    const message_field *field = &path[depth - 1];
    uint8_t *bytes = malloc(most + 64);
    size_t length = 0;
    if (bytes == NULL)
        abort();
    const uint8_t *from = other != NULL && !is_tree(other, other_size) ? other : data;
    int from_depth = any_field(from, from == data ? size : other_size, donor, random);
    uint64_t kind = next_of(random) % 8;
    if (kind == 0) { /* twice */
        length = 2 * (field->end - field->start);
        if (length <= most) {
            memcpy(bytes, data + field->start, length / 2);
            memcpy(bytes + length / 2, data + field->start, length / 2);
        }
    } else if (kind <= 3 && from_depth > 0 &&
               donor[from_depth - 1].end - donor[from_depth - 1].start <= most) {
        length = donor[from_depth - 1].end - donor[from_depth - 1].start;
        memcpy(bytes, from + donor[from_depth - 1].start, length);
    } else if (kind > 4) {
        length = another_field(data, field, bytes, random);
    } /* else it is gone */
    if (length <= most)
        size = replace_field(data, size, path, depth, bytes, length, most);
    free(bytes);
    return size;
}

/* ---- both, as libFuzzer and replay.h call them ---- */

static inline size_t change_file(uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
                                 size_t most, unsigned seed)
{
    uint64_t random = seed;
    return is_tree(data, size) ? change_tree_file(data, size, other, other_size, most, &random)
                               : change_message(data, size, other, other_size, most, &random);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return size == 0 ? 0 : change_file(data, size, NULL, 0, most, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
                                 uint8_t *out, size_t most, unsigned seed)
{
    if (size == 0 || other_size == 0 || size > most)
        return 0;
    memcpy(out, data, size);
    return change_file(out, size, other, other_size, most, seed);
}
#define FUZZ_STRUCTURED

#endif
