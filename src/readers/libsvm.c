/* libsvm's text: "label index:value index:value ... # comment", one sample per line; svmlight's "qid:3" is
 * skipped. Read twice: for the number of samples and features, then into a dense array. */
#include "base/limits.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "formats/csv_reader.h"
#include "readers/format.h"
#include "readers/libsvm.h"
#include "readers/schema.h"
#include <math.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_libsvm_args, HONE_LIBSVM_FIELDS);

enum { MOST_CLASSES = HONE_LIMIT_LIBSVM_CLASSES, MOST_FEATURES = HONE_LIMIT_LIBSVM_FEATURES };

typedef struct svm {
    const hone_dataset_from_libsvm_args *args;
    hone_csv_reader reader; /* lines are records of one field: no delimiter, no quotes */
    hone_words classes;
    bool by_class, known;
    int64_t rows, features, largest; /* largest index seen, from 0 */
    int64_t pairs;                   /* of index and value, in the first reading */
    float *x;                        /* of the second reading */
    float *labels;
    int32_t *class_numbers;
} svm;

static hone_status fail(const svm *reading, const char *what, const char *text, size_t length)
{
    return hone_fail(HONE_ERROR_DATA, "%s, line %llu: %s, received \"%.*s\"",
                     hone_internal_source_label(reading->reader.source),
                     (unsigned long long)reading->reader.line, what, (int)(length < 40 ? length : 40), text);
}

static const char *next_word(const char **at, const char *end, size_t *length)
{
    while (*at < end && (**at == ' ' || **at == '\t'))
        ++*at;
    const char *begin = *at;
    while (*at < end && **at != ' ' && **at != '\t')
        ++*at;
    *length = (size_t)(*at - begin);
    return begin;
}

static hone_status read_index(const svm *reading, const char *text, size_t length, int64_t *index)
{
    *index = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *index > MOST_FEATURES)
            return fail(reading, "expected an index below 16777216", text, length);
        *index = 10 * *index + (text[i] - '0');
    }
    *index -= reading->args->first;
    if (*index < 0)
        return fail(reading, "indices begin at 1 (first=0: at 0)", text, length);
    if (reading->features > 0 && *index >= reading->features)
        return hone_fail(HONE_ERROR_DATA, "%s, line %llu: index %.*s, but there are %lld features",
                         hone_internal_source_label(reading->reader.source),
                         (unsigned long long)reading->reader.line, (int)length, text,
                         (long long)reading->features);
    return HONE_OK;
}

static hone_status read_pair(svm *reading, const char *word, size_t length, int64_t *last)
{
    const char *colon = memchr(word, ':', length);
    double value;
    int64_t index;
    if (!colon || colon == word)
        return fail(reading, "expected index:value", word, length);
    if (colon - word == 3 && memcmp(word, "qid", 3) == 0)
        return HONE_OK;
    HONE_TRY(read_index(reading, word, (size_t)(colon - word), &index));
    if (index <= *last)
        return fail(reading, "expected indices in increasing order", word, length);
    *last = index;
    if (!hone_internal_field_to_number(colon + 1, length - (size_t)(colon + 1 - word), '.', &value))
        return fail(reading, "expected a number after the colon", word, length);
    reading->largest = index > reading->largest ? index : reading->largest;
    reading->pairs += reading->x == NULL;
    if (reading->x)
        reading->x[reading->rows * reading->features + index] = (float)value;
    return HONE_OK;
}

/* "+1" and "1" are one label. */
static hone_status read_label(svm *reading, const char *word, size_t length)
{
    double value;
    size_t sign = length > 1 && word[0] == '+';
    if (!hone_internal_field_to_number(word, length, '.', &value))
        return fail(reading, "expected a number as the label", word, length);
    if (reading->labels)
        reading->labels[reading->rows] = (float)value;
    if (!reading->by_class)
        return HONE_OK;
    int64_t place = reading->known || reading->x
                        ? hone_internal_words_find(&reading->classes, word + sign, length - sign)
                        : hone_internal_words_add(&reading->classes, word + sign, length - sign);
    if (place == HONE_ERROR_MEMORY)
        return HONE_ERROR_MEMORY;
    if (place < 0)
        return fail(reading, "expected a label of the training data", word, length);
    if (reading->classes.count > MOST_CLASSES)
        return fail(reading, "more than 65536 different labels; labels=number uses them as they are", word,
                    length);
    if (reading->class_numbers)
        reading->class_numbers[reading->rows] = (int32_t)reading->classes.list[place].number;
    return HONE_OK;
}

/* A line of this file, or of the next one. */
static int next_line(svm *reading)
{
    int found, more;
    while ((found = hone_internal_csv_next(&reading->reader)) == 0)
        if ((more = hone_internal_csv_next_file(&reading->reader, 0)) != 1)
            return more;
    return found;
}

/* 1 for a sample, 0 for a line without one. */
static int read_line(svm *reading)
{
    const hone_csv_field *field = &reading->reader.fields[0];
    const char *at = field->text, *comment = memchr(at, '#', field->length);
    const char *end = comment ? comment : at + field->length;
    size_t length;
    int64_t last = -1;
    const char *word = next_word(&at, end, &length);
    if (length == 0)
        return 0;
    HONE_TRY(read_label(reading, word, length));
    while ((word = next_word(&at, end, &length)), length > 0)
        HONE_TRY(read_pair(reading, word, length, &last));
    return 1;
}

static hone_status read_lines(svm *reading, hone_source *source)
{
    HONE_TRY(hone_internal_csv_begin(&reading->reader, source, 0, 0, 0));
    int64_t most = reading->x ? reading->rows : INT64_MAX;
    reading->rows = 0;
    int found;
    while ((found = next_line(reading)) == 1 && reading->rows < most) {
        int sample = read_line(reading);
        if (sample < 0)
            return (hone_status)sample;
        reading->rows += sample;
    }
    if (found < 0)
        return (hone_status)found;
    if (reading->rows == 0 || (reading->x && reading->rows < most))
        return hone_fail(HONE_ERROR_DATA, "%s: %s", hone_internal_source_label(source),
                         reading->rows == 0 ? "there is no sample"
                                            : "the file changed while it was being read");
    return HONE_OK;
}

/* ---- arrays ---- */

/* One high index makes all rows long: a few bytes may not ask for gigabytes, unless somebody said `features`.
 */
static hone_status check_density(const svm *reading, const char *label)
{
    if (reading->args->features != HONE_NONE_INTEGER ||
        !hone_internal_too_sparse(reading->rows, reading->features, reading->pairs,
                                  hone_internal_limits.libsvm_sparsity))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "%s: %lld rows of %lld features hold %lld values, fewer than one in %zu; features=%lld "
                     "reads them anyway",
                     label, (long long)reading->rows, (long long)reading->features, (long long)reading->pairs,
                     hone_internal_limits.libsvm_sparsity, (long long)reading->features);
}

static hone_status make_arrays(svm *reading, hone_dataset_parts *parts, const char *label)
{
    if (reading->features <= 0)
        reading->features = reading->largest + 1;
    if (reading->features == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: no sample has any features", label);
    HONE_TRY(check_density(reading, label));
    parts->x[0].array = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){reading->rows, reading->features});
    parts->y[0].array = hone_array_create(reading->by_class ? HONE_INT32 : HONE_FLOAT32, 1, &reading->rows);
    parts->x[0].label = hone_internal_copy_text(label);
    parts->y[0].label = hone_internal_format("%s: labels", label);
    if (!parts->x[0].array || !parts->y[0].array || !parts->x[0].label || !parts->y[0].label)
        return hone_error_status();
    reading->x = parts->x[0].array->data;
    reading->labels = reading->by_class ? NULL : parts->y[0].array->data;
    reading->class_numbers = reading->by_class ? parts->y[0].array->data : NULL;
    return HONE_OK;
}

static hone_config *describe(const svm *reading)
{
    hone_config *map = hone_internal_config_map();
    if (map && hone_internal_config_set(map, "format", hone_internal_config_text("libsvm")) >= 0 &&
        hone_internal_config_set(map, "features", hone_internal_config_integer(reading->features)) >= 0 &&
        (!reading->by_class ||
         hone_internal_config_set(map, "classes", hone_internal_words_to_config(&reading->classes)) >= 0))
        return map;
    hone_internal_config_free(map);
    return NULL;
}

/* The features and labels of training, unless the options say otherwise. */
static hone_status begin(svm *reading, const hone_config *schema)
{
    const hone_config *features = hone_internal_config_get(schema, "features"),
                      *classes = hone_internal_schema_classes(schema, 0);
    reading->largest = -1;
    reading->by_class = strcmp(reading->args->labels, "class") == 0 && (!schema || classes);
    reading->features = reading->args->features != HONE_NONE_INTEGER ? reading->args->features
                        : features && hone_internal_config_as_integer(features) >= 1 &&
                                hone_internal_config_as_integer(features) <= MOST_FEATURES
                            ? hone_internal_config_as_integer(features)
                            : 0;
    reading->known = reading->by_class && classes;
    return reading->known ? hone_internal_words_from_config(&reading->classes, classes) : HONE_OK;
}

static hone_status load(svm *reading, hone_source *source, const hone_config *schema,
                        hone_dataset_parts *parts)
{
    HONE_TRY(begin(reading, schema));
    HONE_TRY(read_lines(reading, source));
    if (reading->by_class && !reading->known)
        HONE_TRY(hone_internal_words_sort(&reading->classes));
    HONE_TRY(make_arrays(reading, parts, hone_internal_source_label(source)));
    HONE_TRY(read_lines(reading, source));
    parts->schema = describe(reading);
    return parts->schema ? HONE_OK : HONE_ERROR_MEMORY;
}

hone_status hone_internal_libsvm_read(hone_source *source, const hone_dataset_from_libsvm_args *args,
                                      const hone_config *schema, hone_dataset_parts *parts)
{
    svm reading = {.args = args};
    hone_status status = load(&reading, source, schema, parts);
    hone_internal_csv_end(&reading.reader);
    hone_internal_words_free(&reading.classes);
    hone_internal_source_close(source);
    return status;
}

/* ---- the format ---- */

static hone_status load_whole(const hone_data_source *from, const void *given, hone_dataset_parts *parts)
{
    const hone_dataset_from_libsvm_args *args = given;
    hone_internal_parts_scale(parts, args->scale);
    hone_source *source = hone_internal_source_open_set(args->path);
    return source ? hone_internal_libsvm_read(source, args, hone_internal_schema_of(from->schema, "libsvm"),
                                              parts)
                  : hone_error_status();
}

static const hone_type libsvm_type = {.name = "libsvm",
                                      .class_name = "libsvm",
                                      .summary = "libsvm's text: label index:value ...",
                                      HONE_TYPE_FIELDS(hone_dataset_from_libsvm_args)};

const hone_data_format hone_internal_libsvm_format = {
    .name = "libsvm",
    .type = &libsvm_type,
    .endings = ".libsvm|.svm|.svmlight|.libsvm.gz|.svm.gz|.svmlight.gz",
    .sets = HONE_SETS_READ,
    .load = load_whole};

hone_dataset *hone_dataset_from_libsvm_with(const hone_dataset *like,
                                            const hone_dataset_from_libsvm_args *args)
{
    return hone_internal_format_create(&hone_internal_libsvm_format, like, args);
}
