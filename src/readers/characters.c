/* Text files as sequences of characters, or of the pieces of a tokenizer: the text is cut into windows, whose
 * characters become numbers; what is to be foretold is the next character after each, or after the last. The
 * characters of the training data are the vocabulary, in the order of their bytes; a model keeps it. */
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "data/tokenizer.h"
#include "data/words.h"
#include "fields/fields.h"
#include "formats/source.h"
#include "readers/format.h"
#include "readers/schema.h"
#include <hone/data_files.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_characters_args, HONE_CHARACTERS_FIELDS);

static const hone_dataset_from_characters_args standard = {
    HONE_CHARACTERS_FIELDS(HONE_FIELD_DEFAULT, hone_dataset_from_characters_args)};

enum { STANDARD_WINDOW = 100, MOST_WINDOW = 1 << 24 };

typedef struct text_reading {
    const hone_dataset_from_characters_args *args;
    const char *label;
    char *text;
    size_t length, capacity;
    hone_words characters;
    hone_tokenizer *tokenizer; /* NULL: the text is cut into characters */
    bool known;                /* the characters of training */
    int64_t window, stride;
    int32_t *numbers; /* of the characters in their order */
    int64_t count;
    int64_t unknown; /* pieces, or characters that were left out */
} text_reading;

/* ---- the text ---- */

static hone_status read_all(text_reading *reading, hone_source *source)
{
    size_t bytes = 1;
    while (bytes > 0) {
        HONE_TRY(hone_internal_grow(&reading->text, &reading->capacity, reading->length + 65536, 1));
        HONE_TRY(hone_internal_source_read(source, reading->text + reading->length,
                                           reading->capacity - reading->length, &bytes));
        reading->length += bytes;
    }
    return reading->length > 0 ? HONE_OK
                               : hone_fail(HONE_ERROR_DATA, "%s: the file is empty", reading->label);
}

static int64_t line_of(const text_reading *reading, size_t at)
{
    int64_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += reading->text[i] == '\n';
    return line;
}

static hone_status refuse_bytes(const text_reading *reading, size_t at)
{
    return hone_fail(HONE_ERROR_DATA, "%s, line %lld: the text is not UTF-8: byte %zu of the file is 0x%02X",
                     reading->label, (long long)line_of(reading, at), at + 1,
                     (unsigned)(unsigned char)reading->text[at]);
}

/* The number of a character; -1: it is left out. */
static hone_status take_character(text_reading *reading, size_t at, size_t bytes, int64_t *number)
{
    const char *character = reading->text + at;
    *number = reading->known ? hone_internal_words_find(&reading->characters, character, bytes)
                             : hone_internal_words_add(&reading->characters, character, bytes);
    if (*number == HONE_ERROR_MEMORY)
        return HONE_ERROR_MEMORY;
    if (*number < 0 && strcmp(reading->args->unknown, "error") == 0)
        return hone_fail(HONE_ERROR_DATA,
                         "%s, line %lld: \"%.*s\" is not among the %zu characters of the training data; "
                         "unknown=drop leaves such characters out",
                         reading->label, (long long)line_of(reading, at), (int)bytes, character,
                         reading->characters.count);
    if ((int64_t)reading->characters.count > reading->args->most_characters)
        return hone_fail(HONE_ERROR_DATA, "%s, line %lld: more than %lld different characters",
                         reading->label, (long long)line_of(reading, at),
                         (long long)reading->args->most_characters);
    return HONE_OK;
}

/* Looks at each character, in place, where a tokenizer numbers them. */
static hone_status number_pieces(text_reading *reading)
{
    hone_piece_numbers numbers = {.list = NULL};
    for (size_t at = 0; at < reading->length;) {
        uint32_t character;
        char *letter = reading->text + at;
        size_t bytes = hone_internal_utf8_next(letter, reading->length - at, &character);
        if (character == 0 || (character == 0xFFFD && bytes == 1))
            return refuse_bytes(reading, at);
        if (reading->args->lowercase && *letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter - 'A' + 'a');
        at += bytes;
    }
    const hone_status status =
        hone_internal_tokenizer_encode(reading->tokenizer, reading->text, reading->length, true, &numbers);
    reading->numbers = numbers.list;
    reading->count = (int64_t)numbers.count;
    for (size_t i = 0; i < numbers.count; i++)
        reading->unknown += numbers.list[i] == reading->tokenizer->unknown;
    return status;
}

static hone_status number_characters(text_reading *reading)
{
    reading->numbers = hone_internal_allocate((reading->length + 1) * sizeof *reading->numbers);
    if (reading->numbers == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t at = 0; at < reading->length;) {
        uint32_t character;
        int64_t number;
        char *letter = reading->text + at;
        size_t bytes = hone_internal_utf8_next(letter, reading->length - at, &character);
        if (character == 0 || (character == 0xFFFD && bytes == 1))
            return refuse_bytes(reading, at);
        if (reading->args->lowercase && *letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter - 'A' + 'a');
        HONE_TRY(take_character(reading, at, bytes, &number));
        if (number >= 0)
            reading->numbers[reading->count++] = (int32_t)number;
        reading->unknown += number < 0;
        at += bytes;
    }
    if (reading->known)
        return HONE_OK;
    HONE_TRY(hone_internal_words_sort(&reading->characters));
    for (int64_t i = 0; i < reading->count; i++)
        reading->numbers[i] = (int32_t)reading->characters.list[reading->numbers[i]].number;
    return HONE_OK;
}

/* ---- windows ---- */

static bool has_targets(const text_reading *reading)
{
    return strcmp(reading->args->targets, "none") != 0;
}

static void fill(hone_array *array, const int32_t *from, int64_t count, int64_t at)
{
    for (int64_t i = 0; i < count; i++)
        if (array->type == HONE_UINT8)
            ((uint8_t *)array->data)[at + i] = (uint8_t)from[i];
        else
            ((int32_t *)array->data)[at + i] = from[i];
}

static hone_status make_arrays(text_reading *reading, hone_dataset_parts *parts)
{
    bool last = strcmp(reading->args->targets, "last") == 0;
    int64_t window = reading->window, needed = window + (has_targets(reading) ? 1 : 0),
            samples = reading->count < needed ? 0 : (reading->count - needed) / reading->stride + 1;
    const hone_tokenizer *tokenizer = reading->tokenizer;
    if (samples == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: a text of %lld %s has no window of %lld", reading->label,
                         (long long)reading->count, tokenizer != NULL ? "pieces" : "characters",
                         (long long)needed);
    const size_t symbols = tokenizer != NULL ? tokenizer->pieces.count : reading->characters.count;
    hone_dtype type = symbols <= 256 ? HONE_UINT8 : HONE_INT32;
    parts->x[0].array = hone_array_create(type, 2, (int64_t[]){samples, window});
    parts->x[0].label = hone_internal_copy_text(reading->label);
    if (parts->x[0].array == NULL || parts->x[0].label == NULL)
        return hone_error_status();
    if (has_targets(reading)) {
        parts->y[0].array = hone_array_create(type, 2, (int64_t[]){samples, last ? 1 : window});
        parts->y[0].label =
            hone_internal_format("%s: next %s", reading->label, tokenizer != NULL ? "pieces" : "characters");
        if (parts->y[0].array == NULL || parts->y[0].label == NULL)
            return hone_error_status();
    }
    for (int64_t sample = 0; sample < samples; sample++) {
        const int32_t *from = reading->numbers + sample * reading->stride;
        fill(parts->x[0].array, from, window, sample * window);
        if (has_targets(reading))
            fill(parts->y[0].array, from + (last ? window : 1), last ? 1 : window,
                 sample * (last ? 1 : window));
    }
    return HONE_OK;
}

/* ---- the schema ---- */

static hone_config *describe(const text_reading *reading)
{
    const hone_tokenizer *tokenizer = reading->tokenizer;
    const hone_schema_entry entries[] = {
        {"format", hone_internal_config_text("characters")},
        {"window", hone_internal_config_integer(reading->window)},
        {"classes", tokenizer != NULL ? hone_internal_tokenizer_pieces(tokenizer)
                                      : hone_internal_words_to_config(&reading->characters)},
        {"tokenizer", tokenizer != NULL ? hone_internal_tokenizer_to_config(tokenizer) : NULL}};
    return hone_internal_schema_make(entries, tokenizer != NULL ? 4 : 3);
}

/* The tokenizer of the training data, which another file must not differ from; else that of the option. */
static hone_status find_tokenizer(text_reading *reading, const hone_config *schema)
{
    const char *path = reading->args->tokenizer;
    const hone_config *kept = hone_internal_config_get(schema, "tokenizer");
    if (kept == NULL && path != NULL && hone_internal_schema_classes(schema, 0) != NULL)
        return hone_fail(HONE_ERROR_DATA,
                         "tokenizer: the training data were read without one, as characters");
    if (kept != NULL && (reading->tokenizer = hone_internal_tokenizer_from_config(kept)) == NULL)
        return hone_error_status();
    if (path == NULL)
        return HONE_OK;
    hone_tokenizer *given = hone_internal_tokenizer_open(path);
    if (given == NULL)
        return hone_error_status();
    if (kept == NULL) {
        reading->tokenizer = given;
        return HONE_OK;
    }
    const bool same = given->file_bytes == reading->tokenizer->file_bytes &&
                      memcmp(given->file, reading->tokenizer->file, given->file_bytes) == 0;
    hone_internal_tokenizer_free(given);
    return same ? HONE_OK
                : hone_fail(HONE_ERROR_DATA,
                            "tokenizer: %.200s is not the tokenizer of the training data, "
                            "which the model has with it; leave the option out",
                            path);
}

static hone_status begin(text_reading *reading, const hone_config *schema)
{
    const hone_config *classes = hone_internal_schema_classes(schema, 0),
                      *window = hone_internal_config_get(schema, "window");
    bool told = hone_internal_config_is(window, HONE_CONFIG_INTEGER) &&
                hone_internal_config_as_integer(window) >= 1 &&
                hone_internal_config_as_integer(window) <= MOST_WINDOW;
    reading->window = reading->args->window != HONE_NONE_INTEGER ? reading->args->window
                      : told                                     ? hone_internal_config_as_integer(window)
                                                                 : STANDARD_WINDOW;
    reading->stride = reading->args->stride != HONE_NONE_INTEGER ? reading->args->stride : reading->window;
    reading->known = classes != NULL;
    return reading->known ? hone_internal_words_from_config(&reading->characters, classes) : HONE_OK;
}

/* What was not known, and an option that decides nothing. */
static hone_status take_notes(const text_reading *reading, hone_dataset_parts *parts)
{
    const bool pieces = reading->tokenizer != NULL;
    const int64_t all = reading->count + (pieces ? 0 : reading->unknown);
    hone_text text = {.data = NULL};
    if (reading->unknown > 0)
        hone_internal_text_format(&text, "%s: %lld of %lld %s (%.2g %%) are not known to %s\n",
                                  reading->label, (long long)reading->unknown, (long long)all,
                                  pieces ? "pieces" : "characters",
                                  100 * (double)reading->unknown / (double)all,
                                  pieces ? "the tokenizer" : "the model, and were left out");
    if (pieces && reading->args->most_characters != standard.most_characters)
        hone_internal_text_format(
            &text,
            "%s: most_characters=%lld is not used: with a tokenizer its pieces count, not characters\n",
            reading->label, (long long)reading->args->most_characters);
    if (text.failed) {
        hone_internal_text_free(&text);
        return HONE_ERROR_MEMORY;
    }
    parts->notes = text.length > 0 ? hone_internal_text_take(&text) : NULL;
    return HONE_OK;
}

static hone_status load(text_reading *reading, hone_source *source, const hone_config *schema,
                        hone_dataset_parts *parts)
{
    HONE_TRY(begin(reading, schema));
    HONE_TRY(find_tokenizer(reading, schema));
    HONE_TRY(read_all(reading, source));
    HONE_TRY(reading->tokenizer != NULL ? number_pieces(reading) : number_characters(reading));
    HONE_TRY(make_arrays(reading, parts));
    HONE_TRY(take_notes(reading, parts));
    parts->schema = describe(reading);
    return parts->schema == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- the format ---- */

static hone_status load_whole(const hone_data_source *from, const void *given, hone_dataset_parts *parts)
{
    text_reading reading = {.args = given};
    hone_source *source = hone_internal_source_open(reading.args->path);
    if (source == NULL)
        return hone_error_status();
    reading.label = hone_internal_source_label(source);
    hone_status status = load(&reading, source, hone_internal_schema_of(from->schema, "characters"), parts);
    hone_internal_source_close(source);
    hone_internal_words_free(&reading.characters);
    hone_internal_tokenizer_free(reading.tokenizer);
    hone_internal_free(reading.text);
    hone_internal_free(reading.numbers);
    return status;
}

static const hone_type characters_type = {.name = "characters",
                                          .class_name = "characters",
                                          .summary =
                                              "A text file as windows of characters, with the next ones.",
                                          HONE_TYPE_FIELDS(hone_dataset_from_characters_args)};

const hone_data_format hone_internal_characters_format = {
    .name = "characters", .type = &characters_type, .endings = ".txt|.txt.gz", .load = load_whole};

hone_dataset *hone_dataset_from_characters_with(const hone_dataset *like,
                                                const hone_dataset_from_characters_args *args)
{
    return hone_internal_format_create(&hone_internal_characters_format, like, args);
}
