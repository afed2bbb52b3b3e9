/* Nouns behind a number: "1 value", "2 values". */
#ifndef HONE_BASE_PLURAL_H
#define HONE_BASE_PLURAL_H

/* What a regular noun ends with: "%lld value%s". */
static inline const char *hone_internal_plural(long long count)
{
    return count == 1 ? "" : "s";
}

/* One of two words: "%lld class%s" with "" and "es", "%lld %s" with "row is" and "rows are". */
static inline const char *hone_internal_number_word(long long count, const char *one, const char *several)
{
    return count == 1 ? one : several;
}

#endif
