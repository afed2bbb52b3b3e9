/* UTF-8 read leniently, and how many columns of a terminal a text takes. */
#ifndef HONE_BASE_UTF8_H
#define HONE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character that starts at `text`, which holds `length` > 0 bytes; returns the bytes it takes. What is
 * not UTF-8 gives U+FFFD, a byte at a time. */
size_t hone_internal_utf8_next(const char *text, size_t length, uint32_t *character);

size_t hone_internal_utf8_columns(const char *text, size_t length);
/* The bytes of the longest start of the text that takes at most `columns`. */
size_t hone_internal_utf8_fit(const char *text, size_t length, size_t columns);

#endif
