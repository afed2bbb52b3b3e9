/* What a tokenizer does to a text before it cuts it. A file's `changes` are the size of a tree in bytes, the
 * tree, and texts ended by 0. The tree is a double array: node n with an offset o is followed by the letter c
 * at n ^ o ^ c, whose unit tells c again; a leaf's unit is the place of the text that its letters become. */
#include "base/utf8.h"
#include "data/tokenizer.h"

#include <string.h>

/* ---- changes ---- */

enum {
    LONGEST_CHANGE = 256
}; /* bytes, before and after: Unicode's own have 33; a circle in a tree has no end */

static uint32_t unit_at(const unsigned char *tree, uint32_t place)
{
    const unsigned char *at = tree + 4 * (size_t)place;
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The texts, which begin at a place. */
static bool are_short(const hone_pieces *pieces, size_t at)
{
    for (size_t end; at < pieces->changes_bytes; at = end + 1) {
        end = at + strlen((const char *)pieces->changes + at);
        if (end - at > LONGEST_CHANGE)
            return false;
    }
    return true;
}

bool hone_internal_changes_are_whole(const hone_pieces *pieces)
{
    if (pieces->changes_bytes == 0)
        return true;
    if (pieces->changes_bytes <= 8)
        return false;
    const uint32_t tree = unit_at(pieces->changes, 0);
    return tree >= 4 && tree % 4 == 0 && tree < pieces->changes_bytes - 4 &&
           pieces->changes[pieces->changes_bytes - 1] == '\0' && are_short(pieces, 4 + (size_t)tree);
}

static uint32_t offset_of(uint32_t unit)
{
    return (unit >> 10) << ((unit & 512) >> 6);
}

/* The longest start of a text that becomes another, which is given; NULL: none. */
static const char *find_change(const hone_pieces *pieces, const char *text, size_t length, size_t *taken)
{
    if (pieces->changes_bytes == 0)
        return NULL;
    const unsigned char *tree = pieces->changes + 4;
    const uint32_t bytes = unit_at(pieces->changes, 0), units = bytes / 4;
    const size_t texts = pieces->changes_bytes - 4 - bytes;
    const char *found = NULL;
    uint32_t node = offset_of(unit_at(tree, 0));
    for (size_t i = 0; i < length && i < LONGEST_CHANGE; i++) {
        const unsigned char letter = (unsigned char)text[i];
        if ((node ^= letter) >= units)
            break;
        const uint32_t unit = unit_at(tree, node);
        if ((unit & (1U << 31 | 0xFF)) != letter)
            break;
        node ^= offset_of(unit);
        if ((unit >> 8 & 1) == 0)
            continue;
        const uint32_t place = node < units ? unit_at(tree, node) & ~(1U << 31) : UINT32_MAX;
        if (place >= texts)
            break;
        found = (const char *)tree + bytes + place;
        *taken = i + 1;
    }
    return found;
}

/* ---- the text ---- */

typedef struct writing {
    const hone_tokenizer *tokenizer;
    char *text;
    size_t length, capacity;
    bool after_space;
} writing;

static hone_status put(writing *to, const char *bytes, size_t count)
{
    HONE_TRY(hone_internal_grow(&to->text, &to->capacity, to->length + count + 1, 1));
    memcpy(to->text + to->length, bytes, count);
    to->length += count;
    return HONE_OK;
}

static hone_status put_space(writing *to)
{
    return to->tokenizer->pieces.escapes ? put(to, "\xE2\x96\x81", 3) : put(to, " ", 1);
}

/* The part of a text that is taken next: how many of its bytes, and what they become. */
static size_t take_part(const hone_tokenizer *tokenizer, const char *text, size_t length,
                        const char **becomes, size_t *bytes)
{
    const int32_t own = hone_internal_tokenizer_own(tokenizer, text, length);
    size_t taken = 0;
    *becomes = own < 0 ? find_change(&tokenizer->pieces, text, length, &taken) : NULL;
    if (*becomes != NULL) {
        *bytes = strlen(*becomes);
        return taken;
    }
    *becomes = text;
    return *bytes = own >= 0 ? tokenizer->pieces.list[own].length
                             : hone_internal_tokenizer_character(text, length);
}

/* Of several spaces in a row one where the tokenizer trims. */
static hone_status put_part(writing *to, const char *text, size_t length)
{
    const bool trims = to->tokenizer->pieces.trims;
    while (to->after_space && length > 0 && *text == ' ')
        text++, length--;
    for (size_t i = 0; i < length; i++)
        HONE_TRY(text[i] == ' ' ? put_space(to) : put(to, text + i, 1));
    if (length > 0)
        to->after_space = trims && text[length - 1] == ' ';
    return HONE_OK;
}

static void trim_end(writing *to)
{
    const char *space = to->tokenizer->pieces.escapes ? "\xE2\x96\x81" : " ";
    const size_t bytes = strlen(space);
    while (to->length >= bytes && memcmp(to->text + to->length - bytes, space, bytes) == 0)
        to->length -= bytes;
}

/* The spaces that a text begins with. */
static size_t leading(const hone_tokenizer *tokenizer, const char *text, size_t length)
{
    size_t at = 0, bytes;
    const char *becomes;
    while (at < length) {
        const size_t taken = take_part(tokenizer, text + at, length - at, &becomes, &bytes);
        if (bytes != 1 || *becomes != ' ')
            break;
        at += taken;
    }
    return at;
}

static hone_status normalize(writing *to, const char *text, size_t length, bool begins)
{
    const hone_tokenizer *tokenizer = to->tokenizer;
    const bool trims = tokenizer->pieces.trims;
    size_t at = trims && begins ? leading(tokenizer, text, length) : 0;
    if (at == length)
        return HONE_OK;
    if (begins && tokenizer->pieces.prefix)
        HONE_TRY(put_space(to));
    to->after_space = trims && begins;
    while (at < length) {
        const char *becomes;
        size_t bytes, taken = take_part(tokenizer, text + at, length - at, &becomes, &bytes);
        HONE_TRY(put_part(to, becomes, bytes));
        at += taken;
    }
    if (trims)
        trim_end(to);
    return HONE_OK;
}

char *hone_internal_tokenizer_normalize(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                        bool begins, size_t *changed)
{
    writing to = {.tokenizer = tokenizer};
    if (put(&to, "", 0) < 0 || normalize(&to, text, length, begins) < 0) {
        hone_internal_free(to.text);
        return NULL;
    }
    *changed = to.length;
    return to.text;
}
