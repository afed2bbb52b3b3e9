/* Bytes as text: base64 of RFC 4648. */
#ifndef HONE_BASE_BASE64_H
#define HONE_BASE_BASE64_H

#include "base/text.h"

void hone_internal_base64_append(hone_text *text, const unsigned char *data, size_t bytes);
/* What a text stands for, into `data`, which has room for three quarters of its length; false when it is no
 * base64. */
bool hone_internal_base64_read(const char *text, size_t length, unsigned char *data, size_t *bytes);

#endif
