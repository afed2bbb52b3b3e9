/* The state of layers with a vocabulary: read from their arguments, which have the same names in each. */
#include "layers/lookup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *text_argument(const hone_layer *layer, const char *name)
{
    const char *const *value = hone_internal_layer_argument(layer, name);
    return value == NULL ? NULL : *value;
}

static int64_t integer_argument(const hone_layer *layer, const char *name, int64_t otherwise)
{
    const int64_t *value = hone_internal_layer_argument(layer, name);
    return value == NULL ? otherwise : *value;
}

static bool flag_argument(const hone_layer *layer, const char *name)
{
    const bool *value = hone_internal_layer_argument(layer, name);
    return value != NULL && *value;
}

/* A token, which is an integer in integer_lookup. */
static const char *token(const hone_layer *layer, const char *name, bool integer, char *room)
{
    if (!integer)
        return text_argument(layer, name);
    const int64_t value = integer_argument(layer, name, HONE_NONE_INTEGER);
    snprintf(room, 24, "%" PRId64, value);
    return value == HONE_NONE_INTEGER ? NULL : room;
}

static void read_rules(const hone_layer *layer, hone_lookup_state *state)
{
    const bool integers = layer->type == &hone_internal_integer_lookup_layer,
               words = layer->type == &hone_internal_text_vectorization_layer;
    const char *method = text_argument(layer, "oov_method");
    state->rules =
        (hone_lookup_rules){.max_terms = integer_argument(layer, "max_tokens", HONE_NONE_INTEGER),
                            .unknown_ids = integer_argument(layer, "num_oov_indices", 1),
                            .told_size = integer_argument(layer, "vocabulary_size", HONE_NONE_INTEGER),
                            .mask = words ? "" : token(layer, "mask_token", integers, state->mask),
                            .unknown = words ? "[UNK]" : token(layer, "oov_token", integers, state->unknown),
                            .mode = hone_internal_lookup_mode(text_argument(layer, "output_mode")),
                            .pad = flag_argument(layer, "pad_to_max_tokens"),
                            .invert = flag_argument(layer, "invert"),
                            .integers = integers,
                            .hash_integers = method != NULL && strcmp(method, "farmhash") == 0,
                            .salt = hone_internal_layer_argument(layer, "salt")};
}

/* The vocabulary among the arguments, texts by a pointer; integers become digits in `room`. */
typedef struct given {
    const char **terms;
    size_t count;
    hone_arena room;
    const double *weights;
    size_t weight_count;
} given;

static hone_status read_given(const hone_layer *layer, given *from)
{
    if (layer->type == &hone_internal_text_vectorization_layer) {
        const hone_text_vectorization_args *args = layer->args;
        *from = (given){(const char **)args->vocabulary_list, args->vocabulary_count,
                        .weights = args->idf_weights_list, .weight_count = args->idf_weights_count};
        return HONE_OK;
    }
    if (layer->type == &hone_internal_string_lookup_layer) {
        const hone_string_lookup_args *args = layer->args;
        *from = (given){(const char **)args->vocabulary_list, args->vocabulary_count,
                        .weights = args->idf_weights_list, .weight_count = args->idf_weights_count};
        return HONE_OK;
    }
    const hone_integer_lookup_args *args = layer->args;
    *from = (given){NULL, args->vocabulary_count, .weights = args->idf_weights_list,
                    .weight_count = args->idf_weights_count};
    from->terms = hone_internal_arena_allocate(&from->room, (from->count + 1) * sizeof *from->terms);
    for (size_t i = 0; from->terms != NULL && i < from->count; i++) {
        char digits[24];
        snprintf(digits, sizeof digits, "%" PRId64, args->vocabulary_list[i]);
        if ((from->terms[i] = hone_internal_arena_copy_text(&from->room, digits)) == NULL)
            return HONE_ERROR_MEMORY;
    }
    return from->terms == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status take_given(const hone_layer *layer, hone_lookup_state *state)
{
    given from = {0};
    float *weights = NULL;
    hone_status status = read_given(layer, &from);
    if (status >= 0 && from.count > 0) {
        weights = hone_internal_allocate_zeroed(from.weight_count + 1, sizeof *weights);
        status = weights == NULL ? HONE_ERROR_MEMORY : HONE_OK;
        for (size_t i = 0; weights != NULL && i < from.weight_count; i++)
            weights[i] = (float)from.weights[i];
        if (status >= 0)
            status = hone_internal_lookup_take(&state->lookup, &state->rules, from.terms, from.count, weights,
                                               from.weight_count);
        state->rules.given = status >= 0;
    } else if (status >= 0 && from.weight_count > 0) {
        status = hone_fail(HONE_ERROR_ARGUMENT, "idf_weights without a vocabulary");
    }
    hone_internal_free(weights);
    hone_internal_arena_free(&from.room);
    return status;
}

hone_lookup_state *hone_internal_lookup_state(const hone_layer *layer)
{
    hone_lookup_state *state = layer->state;
    if (state->ready)
        return state;
    read_rules(layer, state);
    if (hone_internal_lookup_check(&state->rules) < 0 || take_given(layer, state) < 0)
        return NULL;
    state->ready = true;
    return state;
}

void hone_internal_lookup_free_state(hone_layer *layer)
{
    hone_internal_lookup_free(&((hone_lookup_state *)layer->state)->lookup);
}

bool hone_internal_lookup_needs_data(const hone_layer *layer)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    return state != NULL && !state->lookup.known;
}

/* Of those that are not among the arguments. */
int64_t hone_internal_lookup_term_count(const hone_layer *layer)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    return state == NULL || !state->lookup.known || state->rules.given
               ? 0
               : hone_internal_lookup_size(&state->lookup, &state->rules);
}

const char *hone_internal_lookup_layer_term(const hone_layer *layer, int64_t id)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    return state == NULL ? NULL : hone_internal_lookup_term(&state->lookup, &state->rules, id);
}

const float *hone_internal_lookup_term_weights(const hone_layer *layer)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    return state == NULL ? NULL : state->lookup.weights;
}

/* Files say how large the vocabulary is that they bring. */
static void note_size(hone_layer *layer, const hone_lookup_state *state)
{
    int64_t *told = (int64_t *)(uintptr_t)hone_internal_layer_argument(layer, "vocabulary_size");
    *told = hone_internal_lookup_size(&state->lookup, &state->rules);
}

hone_status hone_internal_lookup_take_terms(hone_layer *layer, const char *const *terms, size_t count,
                                            const float *weights)
{
    hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL)
        return hone_error_status();
    const size_t weight_count = weights == NULL    ? 0
                                : state->rules.pad ? (size_t)state->rules.max_terms
                                                   : count;
    HONE_TRY(hone_internal_lookup_take(&state->lookup, &state->rules, terms, count, weights, weight_count));
    note_size(layer, state);
    return HONE_OK;
}

hone_status hone_internal_lookup_learn(hone_layer *layer, const hone_term_counts *counts)
{
    hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL)
        return hone_error_status();
    if (state->rules.given)
        return hone_fail(HONE_ERROR_STATE, "adapt: the layer was given its vocabulary, so it learns none");
    HONE_TRY(hone_internal_counts_learn(counts, &state->lookup, &state->rules));
    note_size(layer, state);
    return HONE_OK;
}
