/* Text: a growable buffer, names and their likeness, numbers as text. */
#ifndef HONE_BASE_TEXT_H
#define HONE_BASE_TEXT_H

#include <hone/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growable text, always ended by 0. Zero-initialise to start. A failed append sets `failed` and the error
 * sentence; later appends do nothing, so one check at the end serves. */
typedef struct hone_text {
    char *data; /* NULL while empty */
    size_t length, capacity;
    bool failed;
} hone_text;
void hone_internal_text_append(hone_text *text, const char *more);
void hone_internal_text_append_n(hone_text *text, const char *more, size_t length);
void hone_internal_text_format(hone_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *hone_internal_text_take(
    hone_text *text); /* the caller frees it (hone_internal_free); NULL when failed; text is empty */
void hone_internal_text_free(hone_text *text);

/* Edit distance (insert, delete, replace, swap of neighbours), case and '-' against '_' ignored. */
size_t hone_internal_text_distance(const char *a, const char *b);
/* hone_nearest_name (public): at a distance of at most a third of the longer length, rounded up. */

/* "BatchNormalization" to "batch_normalization" by Keras's rule: conv2d, re_lu,
 * lstm. */
char *hone_internal_text_snake_case(const char *class_name);

/* Equal when case is ignored, ASCII only (independent of the locale, as everything here). */
bool hone_internal_text_equal_nocase(const char *a, const char *b);

/* Below, at or above 0: the order of bytes, as of strcmp, of texts that may have any. */
int hone_internal_text_order(const char *a, size_t a_length, const char *b, size_t b_length);

/* Whether a list that ends with NULL has the text. */
bool hone_internal_text_among(const char *text, const char *const *texts);

/* Parses the whole of `text` as a number, '.' as the decimal point whatever the locale: "0.5", "1e-3", "inf",
 * "nan", "1/255" when fractions are allowed. False when anything is left over. */
bool hone_internal_text_to_number(const char *text, bool fractions, double *number);
bool hone_internal_text_to_integer(const char *text,
                                   int64_t *integer); /* decimal, optional sign, range checked */

/* The shortest text that reads back as the same double ("0.1", "1e-07"), as Python's repr; at least 32 bytes.
 */
void hone_internal_number_to_text(double number, char *buffer, size_t size);
/* "297.04 KB" as Keras's summary prints bytes. */
void hone_internal_bytes_to_text(uint64_t bytes, char *buffer, size_t size);
/* "235,200" */
void hone_internal_count_to_text(uint64_t count, char *buffer, size_t size);

#endif
