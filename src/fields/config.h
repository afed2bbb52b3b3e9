/* Config trees: what recipes, spec strings and model files are made of once their syntax is gone. A tree of
 * null, boolean, integer, number, text, list and map; maps keep their order. Nodes remember where they came
 * from, so that an error about a recipe can name the line and column. A tree is owned by its root; children,
 * keys and texts are borrowed, and stay until the root is freed, also when they are replaced or removed.
 *
 * What is inside is read by the functions here alone. Each takes any node, NULL too, whatever its kind: a
 * tree from a file cannot be misread, only found to be something else than expected. */
#ifndef HONE_FIELDS_CONFIG_H
#define HONE_FIELDS_CONFIG_H

#include <hone/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum hone_config_kind {
    HONE_CONFIG_NULL,
    HONE_CONFIG_BOOLEAN,
    HONE_CONFIG_INTEGER,
    HONE_CONFIG_NUMBER,
    HONE_CONFIG_TEXT,
    HONE_CONFIG_LIST,
    HONE_CONFIG_MAP
} hone_config_kind;

typedef struct hone_config hone_config;

hone_config *hone_internal_config_null(void);
hone_config *hone_internal_config_boolean(bool value);
hone_config *hone_internal_config_integer(int64_t value);
hone_config *hone_internal_config_number(double value);
hone_config *hone_internal_config_text(const char *value); /* NULL gives a null node */
hone_config *hone_internal_config_list(void);
hone_config *hone_internal_config_map(void);
hone_config *hone_internal_config_copy(const hone_config *config);
void hone_internal_config_free(hone_config *config); /* with its children; accepts NULL */

/* What a node is. NULL is as good as a null node. */
hone_config_kind hone_internal_config_kind(const hone_config *config);
bool hone_internal_config_is(const hone_config *config, hone_config_kind kind);
bool hone_internal_config_is_numeric(const hone_config *config); /* an integer or a number */
bool hone_internal_config_present(const hone_config *config);    /* there, and not null */

/* What a node holds; false, 0 and "" when it is of another kind. An integer is a number too. */
bool hone_internal_config_as_boolean(const hone_config *config);
int64_t hone_internal_config_as_integer(const hone_config *config);
double hone_internal_config_as_number(const hone_config *config);
const char *hone_internal_config_as_text(const hone_config *config);

/* Items of a list or map, in order: their number (0 of other kinds), and the item and key at a place: NULL
 * and
 * "" when there is none. */
size_t hone_internal_config_count(const hone_config *config);
const hone_config *hone_internal_config_at(const hone_config *config, size_t place);
/* The item at a place as text; "" when it is not there or not a text. */
const char *hone_internal_config_text_at(const hone_config *config, size_t place);
hone_config *hone_internal_config_at_mutable(hone_config *config, size_t place);
const char *hone_internal_config_key(const hone_config *map, size_t place);

/* The value of a key; NULL when `map` is NULL, not a map, or has no such key. No error is set. */
const hone_config *hone_internal_config_get(const hone_config *map, const char *key);
hone_config *hone_internal_config_get_mutable(hone_config *map, const char *key);
/* The same, as text; NULL when absent or not text. */
const char *hone_internal_config_get_text(const hone_config *map, const char *key);

/* Puts an item at the end of a list; in an item's place; under a key of a map (a key that is there gets the
 * new value in its old place). Takes over `item`, also on failure; a NULL item is an earlier failure and is
 * passed on. */
hone_status hone_internal_config_append(hone_config *list, hone_config *item);
hone_status hone_internal_config_replace(hone_config *config, size_t place, hone_config *item);
hone_status hone_internal_config_set(hone_config *map, const char *key, hone_config *item);
void hone_internal_config_remove(hone_config *map, const char *key);

/* Where a node, and its key when it is a value of a map, stand in the text that they came from: from 1; 0
 * when they came from none. */
typedef struct hone_config_place {
    int line, column, key_line, key_column;
} hone_config_place;
hone_config_place hone_internal_config_place(const hone_config *config);
void hone_internal_config_set_place(hone_config *config, hone_config_place place);

bool hone_internal_config_equal(const hone_config *a, const hone_config *b);
/* "a map", "the text \"abc\"", "the number 3": for error messages. Buffer of at least 64 bytes. */
void hone_internal_config_describe(const hone_config *config, char *buffer, size_t size);

/* HONE_ERROR_FORMAT with the node's line and column in front when it has them: "line 3, column 5: ...". */
hone_status hone_internal_config_fail(const hone_config *config, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* JSON without any library, for --json output, model files written by the core, and logs. One line,
 * separators ", " and
 * ": ", non-ASCII as \uXXXX, numbers as Python's repr; non-finite numbers as null when `finite_only`, else
 * NaN, Infinity. The caller frees the text with hone_internal_free. (Reading JSON is formats/json.c.) */
char *hone_internal_config_to_json(const hone_config *config, bool finite_only);

#endif
