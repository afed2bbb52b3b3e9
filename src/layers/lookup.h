/* Vocabularies: texts (of integers their decimal digits) to ids and to vectors, and learning them. */
#ifndef HONE_LAYERS_LOOKUP_H
#define HONE_LAYERS_LOOKUP_H

#include "base/memory.h"
#include "base/names.h"
#include "layers/layer.h"

enum { HONE_DROPPED = -1 }; /* the id of what counts for nothing in vectors */

/* Texts, each once, in the order in which they came. Zero-initialise to start. */
typedef struct hone_terms {
    const char **list;
    size_t count, capacity;
    hone_names places; /* from 1 */
    hone_arena texts;
} hone_terms;
/* Its place, added when it is new. HONE_ERROR_MEMORY is all that can fail. */
int64_t hone_internal_terms_add(hone_terms *terms, const char *text);
void hone_internal_terms_free(hone_terms *terms);

/* What the arguments of a layer say. */
typedef struct hone_lookup_rules {
    int64_t max_terms, unknown_ids, told_size;
    const char *mask, *unknown;                       /* NULL: none */
    const char *mode;                                 /* "int", "one_hot", "multi_hot", "count", "tf_idf" */
    bool pad, invert, integers, hash_integers, given; /* given: the vocabulary is an argument */
    const int64_t *salt;                              /* up to two, ended by HONE_NONE_INTEGER */
} hone_lookup_rules;

typedef struct hone_lookup {
    hone_terms terms; /* without special ones */
    float *weights;   /* in mode tf_idf: of each id */
    size_t weight_count;
    bool known;
} hone_lookup;

void hone_internal_lookup_free(hone_lookup *lookup);
/* "binary" is an old name. */
const char *hone_internal_lookup_mode(const char *mode);
int64_t hone_internal_lookup_specials(const hone_lookup_rules *rules);
int64_t hone_internal_lookup_size(const hone_lookup *lookup, const hone_lookup_rules *rules);
/* Numbers of a vector; HONE_ANY while the vocabulary is not known. */
int64_t hone_internal_lookup_depth(const hone_lookup *lookup, const hone_lookup_rules *rules);
/* The text of an id; "" of the mask. NULL: there is none. */
const char *hone_internal_lookup_term(const hone_lookup *lookup, const hone_lookup_rules *rules, int64_t id);
hone_status hone_internal_lookup_check(const hone_lookup_rules *rules);
/* A vocabulary with or without special terms in front, and its weights (or NULL) for all of these. */
hone_status hone_internal_lookup_take(hone_lookup *lookup, const hone_lookup_rules *rules,
                                      const char *const *terms, size_t count, const float *weights,
                                      size_t weight_count);
/* The id of a text, or HONE_DROPPED. */
hone_status hone_internal_lookup_find(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                      const char *text, int64_t *id);
/* The vector of ids: which there are, how many, or these times their weights. `vector` has depth numbers. */
void hone_internal_lookup_vector(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                 const int64_t *ids, size_t count, float *vector, int64_t depth);
/* The shape that comes of ids of a shape. */
hone_status hone_internal_lookup_shape(const char *mode, int64_t depth, hone_shape ids, hone_shape *output);
/* int64 ids as they are, or as vectors, in a new array; `ids` is taken over, also on failure. */
hone_array *hone_internal_lookup_encode(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                        int64_t depth, hone_array *ids);

/* Counting terms. Zero-initialise to start. */
typedef struct hone_term_count {
    int64_t times, documents, last; /* last: the document in which it was seen last, from 1 */
} hone_term_count;
typedef struct hone_term_counts {
    hone_terms terms;
    hone_term_count *counts; /* by place */
    size_t room;
    int64_t document;
} hone_term_counts;
void hone_internal_counts_document(hone_term_counts *counts); /* another one begins */
hone_status hone_internal_counts_add(hone_term_counts *counts, const char *text);
/* The vocabulary of what was counted: the most frequent first, equal ones by their bytes (integers: by their
 * value) from the last. */
hone_status hone_internal_counts_learn(const hone_term_counts *counts, hone_lookup *lookup,
                                       const hone_lookup_rules *rules);
void hone_internal_counts_free(hone_term_counts *counts);

/* An element of an array as a text: a text, or the digits of a number; `room` has 24 bytes. */
const char *hone_internal_lookup_text(const hone_array *array, int64_t index, char *room);
int64_t hone_internal_array_integer(const hone_array *array, int64_t index);
/* The hash of a text under a salt (one integer stands for two); without one the fingerprint. */
uint64_t hone_internal_lookup_hash(const int64_t *salt, const char *text);

/* lookup_layer.c: what text_vectorization, string_lookup and integer_lookup share: their state, made of their
 * arguments at the first use (NULL on failure), and functions of their types. */
typedef struct hone_lookup_state {
    bool ready;
    hone_lookup_rules rules;
    hone_lookup lookup;
    char mask[24], unknown[24]; /* digits, of integers */
} hone_lookup_state;
hone_lookup_state *hone_internal_lookup_state(const hone_layer *layer);
void hone_internal_lookup_free_state(hone_layer *layer);
bool hone_internal_lookup_needs_data(const hone_layer *layer);
int64_t hone_internal_lookup_term_count(const hone_layer *layer);
const char *hone_internal_lookup_layer_term(const hone_layer *layer, int64_t id);
const float *hone_internal_lookup_term_weights(const hone_layer *layer);
hone_status hone_internal_lookup_take_terms(hone_layer *layer, const char *const *terms, size_t count,
                                            const float *weights);
/* A layer that is adapted: without a vocabulary among its arguments. */
hone_status hone_internal_lookup_learn(hone_layer *layer, const hone_term_counts *counts);
#define HONE_LOOKUP_FUNCTIONS \
    .state_bytes = sizeof(hone_lookup_state), .free_state = hone_internal_lookup_free_state, \
    .needs_data = hone_internal_lookup_needs_data, .term_count = hone_internal_lookup_term_count, \
    .term = hone_internal_lookup_layer_term, .term_weights = hone_internal_lookup_term_weights, \
    .take_terms = hone_internal_lookup_take_terms
/* string_lookup.c: the rest of it and of integer_lookup. */
hone_array *hone_internal_lookup_transform(hone_layer *layer, const hone_array *inputs, int count);
hone_status hone_internal_lookup_transformed(hone_layer *layer, const hone_shape *inputs, int count,
                                             hone_shape *output);
hone_status hone_internal_lookup_adapt(hone_layer *layer, const hone_array *data);
hone_status hone_internal_lookup_build(hone_layer *layer, const hone_shape *inputs, int count);

#endif
