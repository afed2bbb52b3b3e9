/* What is in a table, column by column, without saying that anything is wrong with it. */
#ifndef HONE_READERS_PROFILE_H
#define HONE_READERS_PROFILE_H

#include "readers/table.h"

typedef struct hone_profile_column {
    const char *name; /* the table's */
    bool target, dropped;
    uint64_t numbers, texts, missing, negative;
    uint64_t commas, dates;          /* of the texts: numbers with a decimal comma; dates */
    bool timed;                      /* a date has a time behind it */
    double low, high, mean, squares; /* Welford: squares is the sum of (x - mean)^2 */
    bool fraction;
    hone_words words; /* different values, at most HONE_PROFILE_WORDS */
    uint64_t *counts; /* of each */
    size_t room;
    bool more_words;
    uint64_t hash; /* of all values in order */
} hone_profile_column;
enum { HONE_PROFILE_WORDS = 10000 };

typedef struct hone_profile {
    hone_table table;
    hone_dataset_from_csv_args *args;
    hone_profile_column *columns; /* table.width of them */
    uint64_t rows;
    bool semicolon, tab, comma; /* the delimiter, the decimal comma, that the options did not say */
} hone_profile;

/* Reads a file with these options (or NULL). A table that has one column with semicolons or tabs in it, or
 * numbers with decimal commas, is read again as that. */
hone_status hone_internal_profile_read(const char *path, const hone_config *options, hone_profile *profile);
void hone_internal_profile_free(hone_profile *profile);

typedef enum hone_profile_kind {
    HONE_PROFILE_EMPTY,
    HONE_PROFILE_NUMBERS,
    HONE_PROFILE_CATEGORIES,
    HONE_PROFILE_DATES,
    HONE_PROFILE_MIXED
} hone_profile_kind;
hone_profile_kind hone_internal_profile_kind(const hone_profile_column *column);
/* Values that are all different, and not measurements: an id. */
bool hone_internal_profile_is_id(const hone_profile *profile, const hone_profile_column *column);
bool hone_internal_profile_is_constant(const hone_profile_column *column);
/* Numbers that are few whole ones: classes, when they are the target. */
bool hone_internal_profile_few(const hone_profile *profile, const hone_profile_column *column);
/* Sentences rather than names: three words or more on average. */
bool hone_internal_profile_reads_as_text(const hone_profile_column *column);
/* The target that it is a copy of, or NULL. */
const hone_profile_column *hone_internal_profile_copied(const hone_profile *profile,
                                                        const hone_profile_column *column);

/* 2024-05-31, 2024/05/31, 31.05.2024, 05/31/2024; a time may follow. */
bool hone_internal_field_is_date(const hone_csv_field *field);

/* All of it as a config tree, for JSON and for people. */
hone_config *hone_internal_profile_describe(const hone_profile *profile);

#endif
