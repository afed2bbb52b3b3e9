/* Patterns of names, as a shell has them. */
#ifndef HONE_BASE_PATTERN_H
#define HONE_BASE_PATTERN_H

#include <stdbool.h>

/* Whether the whole of `text` is what `pattern` says: '*' any number of characters, '?' one, "[a-z_]" one of
 * these, "[!a-z]" (or "[^a-z]") one that is none of them, '\' before a character that character, at the end
 * nothing. A '[' without its ']' means itself. Bytes, whatever the locale; time at most the product of both
 * lengths. */
bool hone_internal_pattern_fits(const char *pattern, const char *text);

#endif
