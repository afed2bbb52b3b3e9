/* text_vectorization: a text is standardised (ASCII letters to small ones, punctuation left out), split at
 * white space or into characters, its parts joined to groups (all of the first width, then those of the
 * next), and each group looked up: ids (batch, length), or a vector of the vocabulary's size. */
#include "base/text.h"
#include "base/utf8.h"
#include "layers/lookup.h"
#include "tensor/texts.h"

#include <stdlib.h>
#include <string.h>

HONE_FIELD_TABLE(hone_text_vectorization_args, HONE_TEXT_VECTORIZATION_FIELDS);

enum { MOST_WIDTHS = 8, WIDEST = 64 };

/* How one text becomes terms. */
typedef struct rules {
    bool lower, strip, words, characters;
    int64_t widths[MOST_WIDTHS]; /* of groups */
    int width_count;             /* 0: single parts */
} rules;

/* The terms of one text, ended by 0 each. */
typedef struct terms {
    char *clean; /* the standardised text, its parts ended by 0 */
    size_t clean_room;
    size_t *parts; /* places in it */
    size_t part_count, part_room;
    hone_text joined;
    const char **list;
    size_t count, room;
} terms;

static void free_terms(terms *of)
{
    hone_internal_free(of->clean);
    hone_internal_free(of->parts);
    hone_internal_text_free(&of->joined);
    hone_internal_free(of->list);
}

/* ---- what the arguments say ---- */

/* "2": all widths up to it; "[2, 3]", "(2,)": these. */
static hone_status read_widths(const char *text, rules *to)
{
    const bool list = text[0] == '[' || text[0] == '(';
    char *end = (char *)(uintptr_t)(text + list);
    while (*end != '\0' && *end != ']' && *end != ')') {
        const char *start = end;
        const long width = strtol(start, &end, 10);
        if (end == start || width < 1 || width > WIDEST || to->width_count == MOST_WIDTHS)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "ngrams: expected a number from 1 to %d, or a list of up to %d of them, received \"%.40s\"",
                WIDEST, MOST_WIDTHS, text);
        to->widths[to->width_count++] = width;
        end += strspn(end, ", ");
    }
    if (list || to->width_count == 0)
        return HONE_OK;
    const int64_t widest = to->widths[0];
    if (widest > MOST_WIDTHS)
        return hone_fail(HONE_ERROR_ARGUMENT, "ngrams: expected at most %d, received %lld", MOST_WIDTHS,
                         (long long)widest);
    for (to->width_count = 0; to->width_count < widest; to->width_count++)
        to->widths[to->width_count] = to->width_count + 1;
    return HONE_OK;
}

static bool is_one_of(const char *text, const char *a, const char *b)
{
    return text != NULL && (strcmp(text, a) == 0 || strcmp(text, b) == 0);
}

static hone_status read_rules(const hone_text_vectorization_args *args, rules *to)
{
    *to = (rules){.lower = is_one_of(args->standardize, "lower", "lower_and_strip_punctuation"),
                  .strip = is_one_of(args->standardize, "strip_punctuation", "lower_and_strip_punctuation"),
                  .words = is_one_of(args->split, "whitespace", "whitespace"),
                  .characters = is_one_of(args->split, "character", "character")};
    return args->ngrams == NULL ? HONE_OK : read_widths(args->ngrams, to);
}

/* ---- one text ---- */

static bool is_space(char letter)
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

static hone_status standardise(const rules *of, const char *text, terms *to)
{
    size_t length = strlen(text), kept = 0;
    /* room for an end behind each character */
    HONE_TRY((hone_status)hone_internal_grow(&to->clean, &to->clean_room, 2 * length + 2, 1));
    for (size_t i = 0; i < length; i++) {
        char letter = text[i];
        if (of->strip && strchr("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'", letter) != NULL)
            continue;
        if (of->lower && letter >= 'A' && letter <= 'Z')
            letter = (char)(letter - 'A' + 'a');
        to->clean[kept++] = letter;
    }
    to->clean[kept] = '\0';
    return HONE_OK;
}

static hone_status add_part(terms *to, size_t place)
{
    HONE_TRY(
        (hone_status)hone_internal_grow(&to->parts, &to->part_room, to->part_count + 1, sizeof *to->parts));
    to->parts[to->part_count++] = place;
    return HONE_OK;
}

static hone_status split_words(terms *to)
{
    char *at = to->clean;
    while (*at != '\0') {
        while (is_space(*at))
            at++;
        if (*at == '\0')
            break;
        HONE_TRY(add_part(to, (size_t)(at - to->clean)));
        while (*at != '\0' && !is_space(*at))
            at++;
        if (*at != '\0')
            *at++ = '\0';
    }
    return HONE_OK;
}

/* The characters move apart, the last one first. */
static hone_status split_characters(terms *to)
{
    const size_t length = strlen(to->clean);
    const int64_t bad = hone_internal_text_bad_byte(to->clean);
    if (bad >= 0)
        return hone_fail(HONE_ERROR_DATA, "the text is not UTF-8: byte %lld is 0x%02X", (long long)bad + 1,
                         (unsigned)(unsigned char)to->clean[bad]);
    char *apart = hone_internal_allocate(2 * length + 1);
    hone_status status = apart == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    size_t used = 0;
    for (size_t at = 0, bytes; at < length && status >= 0; at += bytes) {
        uint32_t character;
        bytes = hone_internal_utf8_next(to->clean + at, length - at, &character);
        status = add_part(to, used);
        memcpy(apart + used, to->clean + at, bytes);
        used += bytes;
        apart[used++] = '\0';
    }
    if (status >= 0)
        memcpy(to->clean, apart, used);
    hone_internal_free(apart);
    return status;
}

/* Groups of a width: places in the joined text, which moves as it grows. */
static hone_status join(terms *to, size_t width, size_t *places)
{
    for (size_t first = 0; first + width <= to->part_count; first++) {
        places[to->count++] = to->joined.length;
        for (size_t i = 0; i < width; i++) {
            hone_internal_text_append(&to->joined, i > 0 ? " " : "");
            hone_internal_text_append(&to->joined, to->clean + to->parts[first + i]);
        }
        hone_internal_text_append_n(&to->joined, "", 1);
    }
    return to->joined.failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status group(const rules *of, terms *to)
{
    const size_t most = to->part_count * (size_t)(of->width_count > 0 ? of->width_count : 1);
    HONE_TRY((hone_status)hone_internal_grow(&to->list, &to->room, most + 1, sizeof *to->list));
    if (of->width_count == 0) {
        for (; to->count < to->part_count; to->count++)
            to->list[to->count] = to->clean + to->parts[to->count];
        return HONE_OK;
    }
    size_t *places = hone_internal_allocate_zeroed(most + 1, sizeof *places);
    hone_status status = places == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < of->width_count && status >= 0; i++)
        status = join(to, (size_t)of->widths[i], places);
    for (size_t i = 0; i < to->count && status >= 0; i++)
        to->list[i] = to->joined.data + places[i];
    hone_internal_free(places);
    return status;
}

/* The terms of a sample, whose `count` texts stand from `first` on. */
static hone_status read_terms(const rules *of, const hone_array *input, int64_t first, int64_t count,
                              terms *to)
{
    to->part_count = to->count = 0;
    to->joined.length = 0;
    if (of->words || of->characters) {
        HONE_TRY(standardise(of, hone_internal_text_at(input, first), to));
        HONE_TRY(of->words ? split_words(to) : split_characters(to));
        return group(of, to);
    }
    hone_text all = {0};
    for (int64_t i = 0; i < count; i++) {
        HONE_TRY(standardise(of, hone_internal_text_at(input, first + i), to));
        HONE_TRY(add_part(to, all.length));
        hone_internal_text_append(&all, to->clean);
        hone_internal_text_append_n(&all, "", 1);
    }
    hone_status status = all.failed ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        status = (hone_status)hone_internal_grow(&to->clean, &to->clean_room, all.length + 1, 1);
    if (status >= 0 && all.length > 0)
        memcpy(to->clean, all.data, all.length);
    hone_internal_text_free(&all);
    return status < 0 ? status : group(of, to);
}

/* ---- the layer ---- */

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_text_vectorization_args *args = hone_layer_args(layer);
    rules of;
    (void)count;
    HONE_TRY(read_rules(args, &of));
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    if (state == NULL)
        return hone_error_status();
    if (strcmp(state->rules.mode, "int") != 0 && args->output_sequence_length != HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "output_sequence_length belongs to output_mode \"int\", not \"%s\"",
                         args->output_mode);
    if (inputs[0].rank <= 1 ||
        (inputs[0].rank == 2 && ((!of.words && !of.characters) || inputs[0].size[1] == 1)))
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE,
                     "its input must have the shape (batch) or (batch, 1), a text for each "
                     "sample, not %s",
                     text);
}

static hone_status transformed(hone_layer *layer, const hone_shape *inputs, int count, hone_shape *output)
{
    const hone_text_vectorization_args *args = hone_layer_args(layer);
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    (void)count;
    if (state == NULL)
        return hone_error_status();
    *output = (hone_shape){.rank = 2, .size = {inputs[0].size[0], args->output_sequence_length}};
    if (args->output_sequence_length == HONE_NONE_INTEGER)
        output->size[1] = HONE_ANY;
    return hone_internal_lookup_shape(
        state->rules.mode, hone_internal_lookup_depth(&state->lookup, &state->rules), *output, output);
}

/* Ids of all samples one after the other, those of sample i from ends[i - 1] on. */
typedef struct found {
    int64_t *ids;
    size_t count, room, longest;
    size_t *ends;
} found;

static hone_status find_sample(const hone_lookup_state *state, const terms *of, found *to)
{
    HONE_TRY(
        (hone_status)hone_internal_grow(&to->ids, &to->room, to->count + of->count + 1, sizeof *to->ids));
    for (size_t i = 0; i < of->count; i++)
        HONE_TRY(
            hone_internal_lookup_find(&state->lookup, &state->rules, of->list[i], &to->ids[to->count++]));
    to->longest = of->count > to->longest ? of->count : to->longest;
    return HONE_OK;
}

static hone_status find_all(hone_layer *layer, const hone_lookup_state *state, const hone_array *input,
                            found *to)
{
    rules of;
    terms list = {0};
    const int64_t samples = input->shape[0], width = samples > 0 ? hone_array_count(input) / samples : 0;
    hone_status status = read_rules(hone_layer_args(layer), &of);
    to->ends = hone_internal_allocate_zeroed((size_t)samples + 1, sizeof *to->ends);
    if (to->ends == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < samples && status >= 0; i++) {
        status = read_terms(&of, input, i * width, width, &list);
        if (status >= 0)
            status = find_sample(state, &list, to);
        to->ends[i] = to->count;
    }
    free_terms(&list);
    return status;
}

static hone_array *as_ids(const hone_text_vectorization_args *args, const found *of, int64_t samples)
{
    const int64_t length = args->output_sequence_length != HONE_NONE_INTEGER ? args->output_sequence_length
                           : of->longest > 0                                 ? (int64_t)of->longest
                                                                             : 1;
    hone_array *ids = hone_array_create(HONE_INT64, 2, (int64_t[]){samples, length});
    for (int64_t i = 0; ids != NULL && i < samples; i++) {
        const size_t first = i > 0 ? of->ends[i - 1] : 0, count = of->ends[i] - first;
        const size_t kept = count < (size_t)length ? count : (size_t)length;
        if (kept > 0)
            memcpy((int64_t *)ids->data + i * length, of->ids + first, kept * sizeof(int64_t));
    }
    return ids;
}

static hone_array *as_vectors(const hone_lookup_state *state, const found *of, int64_t samples)
{
    const int64_t depth = hone_internal_lookup_depth(&state->lookup, &state->rules);
    hone_array *vectors = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){samples, depth});
    for (int64_t i = 0; vectors != NULL && i < samples; i++) {
        const size_t first = i > 0 ? of->ends[i - 1] : 0;
        hone_internal_lookup_vector(&state->lookup, &state->rules, of->ids + first, of->ends[i] - first,
                                    (float *)vectors->data + i * depth, depth);
    }
    return vectors;
}

static hone_status need_texts(const hone_array *input)
{
    return input->type == HONE_TEXT ? HONE_OK
                                    : hone_fail(HONE_ERROR_DATA, "expected texts, received numbers");
}

static hone_array *transform(hone_layer *layer, const hone_array *inputs, int count)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    (void)count;
    if (state == NULL || need_texts(inputs) < 0)
        return NULL;
    if (!state->lookup.known) {
        hone_fail(HONE_ERROR_STATE, "it has no vocabulary yet: give it one, or adapt it (hone_adapt)");
        return NULL;
    }
    found of = {0};
    hone_array *result = NULL;
    if (find_all(layer, state, inputs, &of) >= 0)
        result = strcmp(state->rules.mode, "int") == 0 ? as_ids(hone_layer_args(layer), &of, inputs->shape[0])
                                                       : as_vectors(state, &of, inputs->shape[0]);
    hone_internal_free(of.ids);
    hone_internal_free(of.ends);
    return result;
}

static hone_status adapt(hone_layer *layer, const hone_array *data)
{
    rules of;
    terms list = {0};
    hone_term_counts counts = {0};
    const int64_t samples = data->rank > 0 ? data->shape[0] : 0,
                  width = samples > 0 ? hone_array_count(data) / samples : 0;
    HONE_TRY(need_texts(data));
    hone_status status = read_rules(hone_layer_args(layer), &of);
    for (int64_t i = 0; i < samples && status >= 0; i++) {
        hone_internal_counts_document(&counts);
        status = read_terms(&of, data, i * width, width, &list);
        for (size_t j = 0; j < list.count && status >= 0; j++)
            status = hone_internal_counts_add(&counts, list.list[j]);
    }
    if (status >= 0)
        status = hone_internal_lookup_learn(layer, &counts);
    free_terms(&list);
    hone_internal_counts_free(&counts);
    return status;
}

const hone_layer_type hone_internal_text_vectorization_layer = {
    .type = {.name = "text_vectorization",
             .class_name = "TextVectorization",
             .module = "keras.layers",
             .summary = "Turns texts into ids of their words, or into one vector each.",
             HONE_TYPE_FIELDS(hone_text_vectorization_args)},
    HONE_LOOKUP_FUNCTIONS,
    .build = build,
    .adapt = adapt,
    .transform = transform,
    .transformed = transformed,
};
HONE_DEFINE_LAYER(text_vectorization)
