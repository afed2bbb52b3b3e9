/* Vocabularies. Ids: the mask (in mode int), then those of unknown terms, then the terms in their order. Of
 * several ids an unknown integer v has v mod n, any other unknown term its hash mod n. A vector of mode
 * tf_idf has count * log(1 + documents / (1 + documents with the term)). */
#include "layers/lookup.h"
#include "base/fingerprint.h"
#include "base/text.h"
#include "tensor/texts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- terms ---- */

/* The place of a text, or -1. */
static int64_t find_term(const hone_terms *terms, const char *text)
{
    return (int64_t)(intptr_t)hone_internal_names_get(&terms->places, text) - 1;
}

int64_t hone_internal_terms_add(hone_terms *terms, const char *text)
{
    const int64_t found = find_term(terms, text);
    if (found >= 0)
        return found;
    const char *copy = hone_internal_arena_copy_text(&terms->texts, text);
    if (copy == NULL ||
        hone_internal_grow(&terms->list, &terms->capacity, terms->count + 1, sizeof *terms->list) < 0 ||
        hone_internal_names_put(&terms->places, copy, (void *)(intptr_t)(terms->count + 1)) < 0)
        return HONE_ERROR_MEMORY;
    terms->list[terms->count] = copy;
    return (int64_t)terms->count++;
}

void hone_internal_terms_free(hone_terms *terms)
{
    hone_internal_free(terms->list);
    hone_internal_names_free(&terms->places);
    hone_internal_arena_free(&terms->texts);
    *terms = (hone_terms){0};
}

void hone_internal_lookup_free(hone_lookup *lookup)
{
    hone_internal_terms_free(&lookup->terms);
    hone_internal_free(lookup->weights);
    *lookup = (hone_lookup){0};
}

/* ---- numbers and hashes ---- */

int64_t hone_internal_array_integer(const hone_array *array, int64_t index)
{
    switch (array->type) {
    case HONE_INT64: return ((const int64_t *)array->data)[index];
    case HONE_UINT64: return (int64_t)((const uint64_t *)array->data)[index];
    default: return (int64_t)hone_array_number(array, index);
    }
}

const char *hone_internal_lookup_text(const hone_array *array, int64_t index, char *room)
{
    if (array->type == HONE_TEXT)
        return hone_internal_text_at(array, index);
    snprintf(room, 24, "%" PRId64, hone_internal_array_integer(array, index));
    return room;
}

uint64_t hone_internal_lookup_hash(const int64_t *salt, const char *text)
{
    if (salt == NULL || salt[0] == HONE_NONE_INTEGER)
        return hone_internal_fingerprint(text, strlen(text));
    const uint64_t key[2] = {(uint64_t)salt[0], (uint64_t)(salt[1] == HONE_NONE_INTEGER ? salt[0] : salt[1])};
    return hone_internal_siphash(key, text, strlen(text));
}

/* ---- sizes ---- */

const char *hone_internal_lookup_mode(const char *mode)
{
    return strcmp(mode, "binary") == 0 ? "multi_hot" : strcmp(mode, "tf-idf") == 0 ? "tf_idf" : mode;
}

static int64_t mask_count(const hone_lookup_rules *rules)
{
    return rules->mask != NULL && strcmp(rules->mode, "int") == 0;
}

int64_t hone_internal_lookup_specials(const hone_lookup_rules *rules)
{
    return mask_count(rules) + rules->unknown_ids;
}

int64_t hone_internal_lookup_size(const hone_lookup *lookup, const hone_lookup_rules *rules)
{
    return hone_internal_lookup_specials(rules) + (int64_t)lookup->terms.count;
}

int64_t hone_internal_lookup_depth(const hone_lookup *lookup, const hone_lookup_rules *rules)
{
    if (rules->pad)
        return rules->max_terms;
    if (lookup->known)
        return hone_internal_lookup_size(lookup, rules);
    return rules->told_size != HONE_NONE_INTEGER ? rules->told_size : HONE_ANY;
}

const char *hone_internal_lookup_term(const hone_lookup *lookup, const hone_lookup_rules *rules, int64_t id)
{
    const int64_t specials = hone_internal_lookup_specials(rules);
    if (id < 0 || id >= hone_internal_lookup_size(lookup, rules))
        return NULL;
    if (id >= specials)
        return lookup->terms.list[id - specials];
    return id < mask_count(rules) ? rules->mask : rules->unknown;
}

hone_status hone_internal_lookup_check(const hone_lookup_rules *rules)
{
    int salts = 0;
    while (rules->salt != NULL && salts < HONE_MAX_RANK && rules->salt[salts] != HONE_NONE_INTEGER)
        salts++;
    if (salts > 2)
        return hone_fail(HONE_ERROR_ARGUMENT, "salt: expected one or two integers, received %d", salts);
    if (salts > 0 && rules->integers && !rules->hash_integers)
        return hone_fail(HONE_ERROR_ARGUMENT, "salt needs oov_method \"farmhash\", not \"floormod\"");
    if (rules->pad && rules->max_terms == HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_ARGUMENT, "pad_to_max_tokens needs max_tokens");
    if (rules->invert && strcmp(rules->mode, "int") != 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "invert needs output_mode \"int\", not \"%s\"", rules->mode);
    return HONE_OK;
}

/* ---- taking a vocabulary ---- */

static bool is_term(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether the special terms stand in front. */
static bool has_specials(const hone_lookup_rules *rules, const char *const *terms, size_t count)
{
    const int64_t specials = hone_internal_lookup_specials(rules), masks = mask_count(rules);
    bool there = (int64_t)count >= specials;
    for (int64_t i = 0; there && i < specials; i++)
        there = is_term(terms[i], i < masks ? rules->mask : rules->unknown);
    return there;
}

static hone_status add_terms(hone_lookup *lookup, const hone_lookup_rules *rules, const char *const *terms,
                             size_t first, size_t count)
{
    for (size_t i = first; i < count; i++) {
        const int64_t bad = hone_internal_text_bad_byte(terms[i]);
        if (bad >= 0)
            return hone_fail(HONE_ERROR_DATA, "vocabulary: term %zu is not UTF-8: byte %lld is 0x%02X", i,
                             (long long)bad + 1, (unsigned)(unsigned char)terms[i][bad]);
        if (rules->mask != NULL && strcmp(terms[i], rules->mask) == 0)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "vocabulary: the mask token \"%s\" stands at place %zu; special terms stand in front, all "
                "of them in order, or are left out",
                rules->mask, i);
        if (rules->invert && rules->unknown != NULL && strcmp(terms[i], rules->unknown) == 0)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "vocabulary: the token for unknown terms, \"%s\", stands at place %zu; special terms "
                "stand in front, all of them in order, or are left out",
                rules->unknown, i);
        const int64_t place = hone_internal_terms_add(&lookup->terms, terms[i]);
        if (place < 0)
            return HONE_ERROR_MEMORY;
        if (place != (int64_t)(i - first))
            return hone_fail(HONE_ERROR_ARGUMENT, "vocabulary: \"%.80s\" stands at the places %lld and %zu",
                             terms[i], (long long)place + (long long)first, i);
    }
    if (rules->max_terms != HONE_NONE_INTEGER && hone_internal_lookup_size(lookup, rules) > rules->max_terms)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "vocabulary: %" PRId64
                         " terms with the special ones are more than max_tokens, %" PRId64,
                         hone_internal_lookup_size(lookup, rules), rules->max_terms);
    return HONE_OK;
}

/* One weight for each id: in front the mean of all where special terms have none, behind 0. */
static hone_status take_weights(hone_lookup *lookup, const hone_lookup_rules *rules, const float *weights,
                                size_t count, size_t terms, bool specials)
{
    const size_t front = specials ? 0 : (size_t)hone_internal_lookup_specials(rules),
                 all = (size_t)hone_internal_lookup_depth(lookup, rules);
    if (count != terms && count != all)
        return hone_fail(HONE_ERROR_ARGUMENT, "idf_weights: expected %zu, one for each term, received %zu",
                         terms, count);
    const bool whole = count == all && count != terms;
    double sum = 0;
    lookup->weights = hone_internal_allocate_zeroed(all + 1, sizeof *lookup->weights);
    if (lookup->weights == NULL)
        return HONE_ERROR_MEMORY;
    lookup->weight_count = all;
    for (size_t i = 0; i < count; i++)
        sum += (double)weights[i];
    for (size_t i = 0; !whole && i < front; i++)
        lookup->weights[i] = (float)(sum / (double)count);
    for (size_t i = 0; i < count && i + (whole ? 0 : front) < all; i++)
        lookup->weights[i + (whole ? 0 : front)] = weights[i];
    return HONE_OK;
}

static hone_status take(hone_lookup *lookup, const hone_lookup_rules *rules, const char *const *terms,
                        size_t count, const float *weights, size_t weight_count)
{
    const bool specials = has_specials(rules, terms, count);
    if (count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "vocabulary: it is empty");
    if (strcmp(rules->mode, "tf_idf") == 0 && weight_count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "output_mode \"tf_idf\" with a vocabulary needs idf_weights");
    if (strcmp(rules->mode, "tf_idf") != 0 && weight_count > 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "idf_weights belong to output_mode \"tf_idf\", not \"%s\"",
                         rules->mode);
    HONE_TRY(
        add_terms(lookup, rules, terms, specials ? (size_t)hone_internal_lookup_specials(rules) : 0, count));
    lookup->known = true;
    return weight_count == 0 ? HONE_OK : take_weights(lookup, rules, weights, weight_count, count, specials);
}

hone_status hone_internal_lookup_take(hone_lookup *lookup, const hone_lookup_rules *rules,
                                      const char *const *terms, size_t count, const float *weights,
                                      size_t weight_count)
{
    hone_lookup taken = {.known = false};
    const int64_t before = hone_internal_lookup_depth(lookup, rules);
    hone_status status = take(&taken, rules, terms, count, weights, weight_count);
    if (status >= 0 && strcmp(rules->mode, "int") != 0 && before != HONE_ANY &&
        hone_internal_lookup_depth(&taken, rules) != before)
        status = hone_fail(HONE_ERROR_STATE,
                           "vocabulary: the layer is in use with %" PRId64
                           " terms and cannot change to %" PRId64 "; pad_to_max_tokens leaves room",
                           before, hone_internal_lookup_depth(&taken, rules));
    if (status < 0) {
        hone_internal_lookup_free(&taken);
        return status;
    }
    hone_internal_lookup_free(lookup);
    *lookup = taken;
    return HONE_OK;
}

/* ---- finding ---- */

static int64_t choose_unknown(const hone_lookup_rules *rules, const char *text)
{
    const int64_t count = rules->unknown_ids;
    if (count == 1)
        return 0;
    int64_t number;
    if (!rules->integers || rules->hash_integers || !hone_internal_text_to_integer(text, &number))
        return (int64_t)(hone_internal_lookup_hash(rules->salt, text) % (uint64_t)count);
    return ((number % count) + count) % count;
}

hone_status hone_internal_lookup_find(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                      const char *text, int64_t *id)
{
    if (rules->mask != NULL && strcmp(text, rules->mask) == 0) {
        *id = strcmp(rules->mode, "int") == 0 ? 0 : HONE_DROPPED;
        return HONE_OK;
    }
    const int64_t place = find_term(&lookup->terms, text);
    if (place < 0 && rules->unknown_ids == 0)
        return hone_fail(
            HONE_ERROR_DATA,
            "\"%.80s\" is not in the vocabulary; num_oov_indices above 0 gives unknown terms an id", text);
    *id = place < 0 ? mask_count(rules) + choose_unknown(rules, text)
                    : hone_internal_lookup_specials(rules) + place;
    return HONE_OK;
}

void hone_internal_lookup_vector(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                 const int64_t *ids, size_t count, float *vector, int64_t depth)
{
    const bool counts = strcmp(rules->mode, "count") == 0 || strcmp(rules->mode, "tf_idf") == 0;
    for (size_t i = 0; i < count; i++)
        if (ids[i] >= 0 && ids[i] < depth)
            vector[ids[i]] = counts ? vector[ids[i]] + 1 : 1;
    for (int64_t i = 0; strcmp(rules->mode, "tf_idf") == 0 && i < depth; i++)
        vector[i] *= (size_t)i < lookup->weight_count ? lookup->weights[i] : 0;
}

hone_status hone_internal_lookup_shape(const char *mode, int64_t depth, hone_shape ids, hone_shape *output)
{
    *output = ids;
    if (strcmp(mode, "int") == 0)
        return HONE_OK;
    if (depth == HONE_ANY)
        return hone_fail(
            HONE_ERROR_STATE,
            "output_mode \"%s\" has a number for each term, and there is no vocabulary yet: give it, adapt "
            "the layer before, or set max_tokens and pad_to_max_tokens",
            mode);
    const bool each = strcmp(mode, "one_hot") == 0;
    if (ids.rank < 2 && !each)
        return hone_fail(
            HONE_ERROR_SHAPE,
            "output_mode \"%s\" needs an input of shape (batch, n), not one term for each sample", mode);
    if (each && (ids.rank < 2 || ids.size[ids.rank - 1] != 1)) {
        if (ids.rank == HONE_MAX_RANK)
            return hone_fail(HONE_ERROR_SHAPE, "its input has too many axes");
        output->rank++;
    }
    output->size[output->rank - 1] = depth;
    return HONE_OK;
}

hone_array *hone_internal_lookup_encode(const hone_lookup *lookup, const hone_lookup_rules *rules,
                                        int64_t depth, hone_array *ids)
{
    hone_shape shape = {.rank = ids->rank}, made;
    memcpy(shape.size, ids->shape, sizeof shape.size);
    if (strcmp(rules->mode, "int") == 0)
        return ids;
    hone_array *vectors = NULL;
    if (hone_internal_lookup_shape(rules->mode, depth, shape, &made) >= 0)
        vectors = hone_array_create(HONE_FLOAT32, made.rank, made.size);
    const bool each = strcmp(rules->mode, "one_hot") == 0;
    const int64_t width = each ? 1 : ids->shape[ids->rank - 1],
                  rows = width > 0 ? hone_array_count(ids) / width : 0;
    for (int64_t i = 0; vectors != NULL && i < rows; i++)
        hone_internal_lookup_vector(lookup, rules, (const int64_t *)ids->data + i * width, (size_t)width,
                                    (float *)vectors->data + i * depth, depth);
    hone_array_free(ids);
    return vectors;
}
