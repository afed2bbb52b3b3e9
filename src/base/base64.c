/* Base64: three bytes are four letters; '=' stands for what is missing of the last three. */
#include "base/base64.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hone_internal_base64_append(hone_text *text, const unsigned char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 3) {
        uint32_t three = (uint32_t)data[i] << 16 | (i + 1 < bytes ? (uint32_t)data[i + 1] << 8 : 0) |
                         (i + 2 < bytes ? data[i + 2] : 0u);
        char four[4] = {letters[three >> 18], letters[three >> 12 & 63],
                        i + 1 < bytes ? letters[three >> 6 & 63] : '=',
                        i + 2 < bytes ? letters[three & 63] : '='};
        hone_internal_text_append_n(text, four, 4);
    }
}

/* -1: no letter. */
static int value_of(char letter)
{
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    return found == NULL ? -1 : (int)(found - letters);
}

bool hone_internal_base64_read(const char *text, size_t length, unsigned char *data, size_t *bytes)
{
    *bytes = 0;
    if (length % 4 != 0)
        return false;
    for (size_t i = 0; i < length; i += 4) {
        const bool last = i + 4 == length;
        const int missing = last && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2 : 1) : 0;
        uint32_t three = 0;
        for (int j = 0; j < 4; j++) {
            const int value = j >= 4 - missing ? 0 : value_of(text[i + (size_t)j]);
            if (value < 0)
                return false;
            three = three << 6 | (uint32_t)value;
        }
        for (int j = 0; j < 3 - missing; j++)
            data[(*bytes)++] = (unsigned char)(three >> (16 - 8 * j));
    }
    return true;
}
