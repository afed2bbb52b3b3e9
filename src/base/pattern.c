/* Patterns of names. */
#include "base/pattern.h"

#include <stddef.h>
#include <string.h>

/* A character of a set, or of a pattern: "\x" is x. */
static char take(const char **at)
{
    if (**at == '\\' && (*at)[1] != '\0')
        (*at)++;
    return *(*at)++;
}

/* Behind the set at `at`, which is after its '['; NULL when it has no end. `fits` says whether `letter` is
 * one of it. */
static const char *read_set(const char *at, char letter, bool *fits)
{
    const bool other = *at == '!' || *at == '^';
    bool found = false, first = true;
    for (at += other; *at != ']' || first; first = false) {
        if (*at == '\0')
            return NULL;
        const unsigned char low = (unsigned char)take(&at);
        unsigned char high = low;
        if (at[0] == '-' && at[1] != ']' && at[1] != '\0') {
            at++;
            high = (unsigned char)take(&at);
        }
        found |= low <= (unsigned char)letter && (unsigned char)letter <= high;
    }
    *fits = found != other;
    return at + 1;
}

/* Behind the pattern of one character at `at` when `letter` fits it, else NULL. */
static const char *fit_one(const char *at, char letter)
{
    bool fits = false;
    const char *end = *at == '[' ? read_set(at + 1, letter, &fits) : NULL;
    if (end != NULL)
        return fits ? end : NULL;
    if (*at == '?')
        return at + 1;
    if (*at == '\0' || (*at == '\\' && at[1] == '\0'))
        return NULL;
    return take(&at) == letter ? at : NULL;
}

/* After a '*' that took too little, it takes one more: only the last one has to. */
bool hone_internal_pattern_fits(const char *pattern, const char *text)
{
    const char *star = NULL, *taken = NULL;
    while (*text != '\0') {
        const char *next = *pattern == '*' ? NULL : fit_one(pattern, *text);
        if (*pattern == '*') {
            star = ++pattern;
            taken = text;
        } else if (next != NULL) {
            pattern = next;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++taken;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
