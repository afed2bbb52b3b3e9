/* string_lookup and integer_lookup: terms to ids or vectors, or ids back to terms. */
#include "base/error.h"
#include "layers/lookup.h"
#include "tensor/texts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

HONE_FIELD_TABLE(hone_string_lookup_args, HONE_STRING_LOOKUP_FIELDS);

hone_status hone_internal_lookup_build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)inputs, (void)count;
    return hone_internal_lookup_state(layer) == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_lookup_transformed(hone_layer *layer, const hone_shape *inputs, int count,
                                             hone_shape *output)
{
    (void)count;
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL)
        return hone_error_status();
    return hone_internal_lookup_shape(
        state->rules.mode, hone_internal_lookup_depth(&state->lookup, &state->rules), inputs[0], output);
}

/* Terms of their own kind: a text is no integer. */
static hone_status check_kind(const hone_lookup_state *state, const hone_array *input)
{
    const bool texts = !state->rules.integers && !state->rules.invert;
    if (texts == (input->type == HONE_TEXT))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA, "expected %s, received %s", texts ? "texts" : "integers",
                     input->type == HONE_TEXT ? "texts" : "numbers");
}

static hone_array *find_ids(const hone_lookup_state *state, const hone_array *input)
{
    hone_array *ids = hone_array_create(HONE_INT64, input->rank, input->shape);
    const int64_t count = ids == NULL ? 0 : hone_array_count(ids);
    for (int64_t i = 0; i < count; i++) {
        char room[24];
        if (hone_internal_lookup_find(&state->lookup, &state->rules,
                                      hone_internal_lookup_text(input, i, room),
                                      (int64_t *)ids->data + i) >= 0)
            continue;
        hone_array_free(ids);
        return NULL;
    }
    return ids;
}

/* Ids to texts, or to integers. */
static hone_array *find_terms(const hone_lookup_state *state, const hone_array *ids)
{
    hone_texts texts = {0};
    hone_array *integers =
        state->rules.integers ? hone_array_create(HONE_INT64, ids->rank, ids->shape) : NULL;
    if (state->rules.integers && integers == NULL)
        return NULL;
    for (int64_t i = 0; i < hone_array_count(ids); i++) {
        const char *term =
            hone_internal_lookup_term(&state->lookup, &state->rules, hone_internal_array_integer(ids, i));
        if (term == NULL)
            term = state->rules.unknown != NULL ? state->rules.unknown : "";
        if (integers != NULL)
            ((int64_t *)integers->data)[i] = strtoll(term, NULL, 10);
        else if (hone_internal_texts_add(&texts, term, strlen(term)) < 0) {
            hone_internal_texts_free(&texts);
            return NULL;
        }
    }
    return integers != NULL ? integers : hone_internal_texts_finish(&texts, ids->rank, ids->shape);
}

hone_array *hone_internal_lookup_transform(hone_layer *layer, const hone_array *inputs, int count)
{
    (void)count;
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL || check_kind(state, inputs) < 0)
        return NULL;
    if (!state->lookup.known) {
        hone_fail(HONE_ERROR_STATE, "it has no vocabulary yet: give it one, or adapt it (hone_adapt)");
        return NULL;
    }
    if (state->rules.invert)
        return find_terms(state, inputs);
    hone_array *ids = find_ids(state, inputs);
    return ids == NULL
               ? NULL
               : hone_internal_lookup_encode(&state->lookup, &state->rules,
                                             hone_internal_lookup_depth(&state->lookup, &state->rules), ids);
}

/* Each row of the last axis is a document. */
hone_status hone_internal_lookup_adapt(hone_layer *layer, const hone_array *data)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL)
        return hone_error_status();
    hone_lookup_state forward = *state;
    forward.rules.invert = false;
    HONE_TRY(check_kind(&forward, data));
    hone_term_counts counts = {0};
    hone_status status = HONE_OK;
    const int64_t width = data->rank > 1 ? data->shape[data->rank - 1] : 1;
    for (int64_t i = 0; i < hone_array_count(data) && status >= 0; i++) {
        char room[24];
        if (i % width == 0)
            hone_internal_counts_document(&counts);
        status = hone_internal_counts_add(&counts, hone_internal_lookup_text(data, i, room));
    }
    if (status >= 0)
        status = hone_internal_lookup_learn(layer, &counts);
    hone_internal_counts_free(&counts);
    return status;
}

const hone_layer_type hone_internal_string_lookup_layer = {
    .type = {.name = "string_lookup",
             .class_name = "StringLookup",
             .module = "keras.layers",
             .summary = "Replaces texts with their ids in a vocabulary, or with vectors.",
             HONE_TYPE_FIELDS(hone_string_lookup_args)},
    HONE_LOOKUP_FUNCTIONS,
    .build = hone_internal_lookup_build,
    .adapt = hone_internal_lookup_adapt,
    .transform = hone_internal_lookup_transform,
    .transformed = hone_internal_lookup_transformed,
};
HONE_DEFINE_LAYER(string_lookup)
