/* Axes by names: "b (h 2) w -> b h (w 2)" splits axes of the input, orders them anew and joins them again.
 * A name in parentheses whose size is not given takes what the others leave of its axis. */
#include "base/text.h"
#include "base/plural.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <ctype.h>
#include <string.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define PATTERN_FIELDS(F, A) \
    F(A, TEXT, pattern, NULL, "the axes before and after: \"b (h r) c -> b h (r c)\"", HONE_REQUIRED) \
    F(A, TEXT, sizes, NULL, "sizes of names in parentheses: \"r=2, s=3\"", .others_here = true)
HONE_OPERATION_CALL_FIELDS(pattern, PATTERN_FIELDS)

/* A name on one side of the arrow; `place`: the axis of the tensor that it is, or is a part of. */
typedef struct part {
    const char *name;
    size_t length;
    int place;
    int64_t size;
} part;

typedef struct side {
    part parts[HONE_MAX_RANK];
    int count, places;
} side;

static bool same_name(const part *one, const part *other)
{
    return one->length == other->length && strncmp(one->name, other->name, one->length) == 0;
}

static int find(const side *all, const part *wanted)
{
    for (int i = 0; i < all->count; i++)
        if (same_name(&all->parts[i], wanted))
            return i;
    return -1;
}

static bool fail_pattern(const char *pattern, const char *at, const char *what)
{
    hone_fail(HONE_ERROR_ARGUMENT, "pattern \"%.80s\": %s at \"%.20s\"", pattern, what, at);
    return false;
}

static bool add_name(const char *pattern, const char **rest, side *into)
{
    part found = {.name = *rest, .place = into->places, .size = HONE_ANY};
    while (isalnum((unsigned char)**rest) || **rest == '_')
        ++*rest;
    found.length = (size_t)(*rest - found.name);
    if (found.length == 0)
        return fail_pattern(pattern, *rest, "a name or parentheses are expected");
    if (find(into, &found) >= 0)
        return fail_pattern(pattern, found.name, "a name stands twice");
    if (into->count == HONE_MAX_RANK)
        return fail_pattern(pattern, found.name, "there are too many names");
    into->parts[into->count++] = found;
    return true;
}

/* Names and groups of them up to `end`. */
static bool read_side(const char *pattern, const char *rest, const char *end, side *into)
{
    bool open = false;
    *into = (side){.count = 0};
    for (rest += strspn(rest, " "); rest < end; rest += strspn(rest, " ")) {
        const bool opens = *rest == '(', closes = *rest == ')';
        if ((opens && open) || (closes && !open))
            return fail_pattern(pattern, rest, "parentheses do not match");
        if (opens || closes)
            rest++;
        else if (!add_name(pattern, &rest, into))
            return false;
        open = opens || (open && !closes);
        into->places += !open;
        if (into->places > HONE_MAX_RANK)
            return fail_pattern(pattern, rest, "there are too many axes");
    }
    return !open || fail_pattern(pattern, end, "a parenthesis is missing");
}

static bool read_pattern(const char *pattern, side *before, side *after)
{
    const char *arrow = strstr(pattern, "->");
    if (arrow == NULL)
        return fail_pattern(pattern, pattern, "\"->\" is missing");
    if (!read_side(pattern, pattern, arrow, before) ||
        !read_side(pattern, arrow + 2, pattern + strlen(pattern), after))
        return false;
    for (int i = 0; i < after->count; i++)
        if (find(before, &after->parts[i]) < 0)
            return fail_pattern(pattern, after->parts[i].name, "a name does not stand before the arrow");
    return before->count == after->count ||
           fail_pattern(pattern, arrow, "each name must stand on both sides, but does not");
}

/* "r=2, s=3" into the names of a side. */
static bool read_sizes(const char *text, side *names)
{
    hone_literal_pair pair;
    while (text != NULL && hone_internal_literal_next_pair(&text, &pair)) {
        char number[24] = "";
        const part wanted = {.name = pair.name, .length = pair.name_length};
        const int found = find(names, &wanted);
        memcpy(number, pair.value, pair.value_length < sizeof number ? pair.value_length : 0);
        if (found < 0 || !hone_internal_text_to_integer(number, &names->parts[found].size) ||
            names->parts[found].size < 1) {
            hone_fail(HONE_ERROR_ARGUMENT, "the size \"%.40s\" is not that of a name of the pattern",
                      wanted.name);
            return false;
        }
    }
    return true;
}

/* The sizes of the names that are one axis or a part of it, one of which may be unknown. */
static bool split_axis(side *names, int place, int64_t size)
{
    int64_t known = 1;
    int unknown = -1, unknowns = 0, parts = 0;
    for (int i = 0; i < names->count; i++) {
        if (names->parts[i].place != place)
            continue;
        parts++;
        if (names->parts[i].size != HONE_ANY)
            known = hone_internal_size_product(known, names->parts[i].size);
        else
            unknown = i, unknowns++;
    }
    const bool fits = size == HONE_ANY || (unknowns == 0 ? known == size : size % known == 0);
    if (unknowns > 1 || parts == 0 || !fits) {
        hone_fail(HONE_ERROR_SHAPE,
                  unknowns > 1 ? "axis %d of size %lld is split into names of which %d have no size"
                               : "axis %d of size %lld does not consist of its names",
                  place, (long long)size, unknowns);
        return false;
    }
    if (unknown >= 0)
        names->parts[unknown].size = size == HONE_ANY ? HONE_ANY : size / known;
    return true;
}

static hone_value rearranged(hone_graph *graph, hone_value x, const pattern_call *call)
{
    const hone_shape shape = hone_value_shape(graph, x);
    side before, after;
    if (!read_pattern(call->pattern, &before, &after) || !read_sizes(call->sizes, &before))
        return HONE_NO_VALUE;
    if (before.places != shape.rank) {
        hone_fail(HONE_ERROR_SHAPE, "pattern \"%.80s\" has %d %s, the input %d", call->pattern, before.places,
                  hone_internal_number_word(before.places, "axis", "axes"), shape.rank);
        return HONE_NO_VALUE;
    }
    hone_shape split = {.rank = before.count}, joined = {.rank = after.places};
    int order[HONE_MAX_RANK];
    for (int place = 0; place < shape.rank; place++)
        if (!split_axis(&before, place, shape.size[place]))
            return HONE_NO_VALUE;
    for (int i = 0; i < joined.rank; i++)
        joined.size[i] = 1;
    for (int i = 0; i < before.count; i++) {
        int64_t *size = &joined.size[after.parts[i].place];
        order[i] = find(&before, &after.parts[i]);
        *size = hone_internal_size_product(*size, before.parts[order[i]].size);
        split.size[i] = before.parts[i].size;
    }
    x = hone_op_transpose(graph, hone_op_reshape(graph, x, split), order);
    return hone_op_reshape(graph, x, joined);
}

static int call_rearrange(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    (void)layer, (void)count;
    outputs[0] = rearranged(graph, inputs[0], hone_call_args(graph));
    return 1;
}
HONE_OPERATION_OF(einops, rearrange, "Rearrange", plain_args, plain_fields, plain_defaults,
                  .call = call_rearrange, .call_fields = &pattern_call_type);
