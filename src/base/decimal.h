/* Numbers with a chosen count of digits, '.' as the decimal point whatever the locale. */
#ifndef HONE_BASE_DECIMAL_H
#define HONE_BASE_DECIMAL_H

#include <stddef.h>

/* As printf's "%.<digits>f". "nan" has no sign. 400 bytes hold the longest, 64 all below 1e40. */
void hone_internal_decimal_fixed(double number, int digits, char *buffer, size_t size);
/* As printf's "%.<digits>e". */
void hone_internal_decimal_scientific(double number, int digits, char *buffer, size_t size);

#endif
