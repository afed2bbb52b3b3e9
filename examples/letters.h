/* The letters of a word as the network takes them: the program that trains it and the one that runs it include this file. */
#ifndef EXAMPLES_LETTERS_H
#define EXAMPLES_LETTERS_H

enum { LETTERS_MOST = 16, LETTERS_SYMBOLS = 61 }; /* of a word; 0: no letter, 26 of a to z, 32 with accents, the ligature oe, the sharp s */

/* The number of the letter that begins at *word, which moves behind it; capitals are small letters. 0: it is none of those. */
static int letters_next(const char **word)
{
    const unsigned char *bytes = (const unsigned char *)*word;
    if (bytes[0] < 0x80) {
        *word += 1;
        int small = bytes[0] >= 'A' && bytes[0] <= 'Z' ? bytes[0] + 32 : bytes[0];
        return small >= 'a' && small <= 'z' ? 1 + small - 'a' : 0;
    }
    if ((bytes[0] & 0xE0) != 0xC0 || (bytes[1] & 0xC0) != 0x80) return 0; /* not of two bytes */
    *word += 2;
    int code = (bytes[0] & 0x1F) << 6 | (bytes[1] & 0x3F);
    if (code == 0x152 || code == 0x153) return 59;
    if (code == 0xDF) return 60;
    if (code >= 0xC0 && code <= 0xDE) code += 0x20;
    return code >= 0xE0 && code <= 0xFF ? 27 + code - 0xE0 : 0;
}

/* Fills letters[LETTERS_MOST], 0 behind the word; how many it has, 0 when it has another symbol or too many. */
static int letters_of(const char *word, float *letters)
{
    int count = 0;
    for (int i = 0; i < LETTERS_MOST; i++) letters[i] = 0;
    while (*word != '\0' && *word != '\n') {
        int letter = count < LETTERS_MOST ? letters_next(&word) : 0;
        if (letter == 0) return 0;
        letters[count++] = (float)letter;
    }
    return count;
}

#endif
