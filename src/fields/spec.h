/* Spec strings: "relu", "l2(0.01)", "leaky_relu(negative_slope=0.2)", "early_stopping(patience=10,
 * restore_best_weights=true)", "sgd(learning_rate=cosine_decay(0.1, 1000))". The same in a C field, a recipe
 * and on the command line.
 *
 *   spec     := name [ "(" [ argument { "," argument } [","] ] ")" ]
 *   argument := [ name "=" ] value
 *   value    := number | true | false | none | null | "text" | 'text' | spec | "[" values "]" | "(" values
 * ")"
 *
 * True/False/None are read as well; positional arguments come before keywords; a keyword twice is an error.
 */
#ifndef HONE_FIELDS_SPEC_H
#define HONE_FIELDS_SPEC_H

#include "fields/config.h"
#include <hone/fields.h>

/* Splits a spec into its name (returned, to be freed) and its arguments (a map for
 * hone_internal_fields_from_config; a nested spec stays one text). An error shows the text and the place.
 * Returns NULL on failure. */
char *hone_internal_spec_parse(const char *text, hone_config **arguments);

/* One value of the grammar above: "0.5", "true", "[3, 3]", "he_normal"; NULL on failure. */
hone_config *hone_internal_spec_parse_value(const char *text);

/* NULL, or "none" or "null" in any case of letters. */
bool hone_internal_spec_is_none(const char *text);

/* A spec resolved in a family: its type and its checked args. */
typedef struct hone_spec {
    const hone_type *type;
    void *args; /* freed by hone_internal_spec_free */
} hone_spec;
/* Text "name(arguments)" to type and args; `text` NULL or "none" gives type NULL. */
hone_status hone_internal_spec_resolve(const char *family, const char *text, hone_spec *spec);
void hone_internal_spec_free(hone_spec *spec);

/* The canonical text of a spec: the name, and in brackets the arguments that differ from their defaults. To
 * be freed. */
char *hone_internal_spec_to_text(const hone_type *type, const void *args);
/* A Keras value (null, text, or an envelope {class_name, config}) to the canonical text of a spec; to be
 * freed. A null gives "none". So do recipes' short forms: {he_normal: {seed: 3}}, {l2: 0.01}. `family` as
 * above. */
char *hone_internal_spec_from_config(const char *family, const hone_config *value);
/* And back: an envelope, or for activations the bare name when all arguments are defaults; null for NULL or
 * "none". */
hone_config *hone_internal_spec_to_config(const char *family, const char *text);

#endif
