/* UTF-8 and the width of characters. */
#include "base/utf8.h"

#include <stdbool.h>

typedef struct span {
    uint32_t first, last;
} span;

/* The main blocks of combining and invisible characters. */
static const span narrowest[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},   {0x05bf, 0x05c7}, {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc},   {0x06df, 0x06e4}, {0x06e7, 0x06e8},
    {0x06ea, 0x06ed}, {0x0900, 0x0902}, {0x093c, 0x093c},   {0x0941, 0x0948}, {0x094d, 0x094d},
    {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},   {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

/* East Asian wide and fullwidth blocks, and emoji. */
static const span widest[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool inside(uint32_t character, const span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (character >= spans[i].first && character <= spans[i].last)
            return true;
    return false;
}

/* Columns of one character: 0 for combining ones, 2 for East Asian wide ones and emoji, else 1. */
static size_t columns_of(uint32_t character)
{
    if (character < 0x300)
        return 1;
    if (inside(character, narrowest, sizeof narrowest / sizeof *narrowest))
        return 0;
    return inside(character, widest, sizeof widest / sizeof *widest) ? 2 : 1;
}

/* The bytes that a first byte promises; 0 when none can start so. */
static size_t promised(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t hone_internal_utf8_next(const char *text, size_t length, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t count = promised(bytes[0]);
    *character = 0xfffd;
    if (count == 0 || count > length)
        return 1;
    uint32_t result = count == 1 ? bytes[0] : (uint32_t)(bytes[0] & (0x7f >> count));
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 1;
        result = result << 6 | (bytes[i] & 0x3f);
    }
    bool surrogate = result >= 0xd800 && result <= 0xdfff;
    if (result < smallest[count] || surrogate || result > 0x10ffff)
        return 1;
    *character = result;
    return count;
}

size_t hone_internal_utf8_columns(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t at = 0; at < length;) {
        uint32_t character;
        at += hone_internal_utf8_next(text + at, length - at, &character);
        columns += columns_of(character);
    }
    return columns;
}

size_t hone_internal_utf8_fit(const char *text, size_t length, size_t columns)
{
    size_t at = 0;
    for (size_t used = 0; at < length;) {
        uint32_t character;
        size_t bytes = hone_internal_utf8_next(text + at, length - at, &character);
        used += columns_of(character);
        if (used > columns)
            break;
        at += bytes;
    }
    return at;
}
