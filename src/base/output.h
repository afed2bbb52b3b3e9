/* Where text goes: a function of the host's, so that nothing in the library writes to a stream by itself. */
#ifndef HONE_BASE_OUTPUT_H
#define HONE_BASE_OUTPUT_H

#include <stddef.h>

/* Receives `length` bytes of UTF-8, without a final 0. */
typedef void hone_output(void *context, const char *text, size_t length);

#endif
