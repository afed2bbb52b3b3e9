/* text_vectorization, string_lookup, integer_lookup, hashing, hashed_crossing: beside Keras's numbers
 * (tests/golden/text), and what they refuse. */
#include "layers/lookup.h"
#include "fields/fields.h"
#include "keras/keras.h"
#include "tensor/texts.h"
#include "testing/golden.h"
#include "testing/message.h"

#include <math.h>
#include <stdio.h>

static hone_array *read_array(const hone_config *config)
{
    const hone_config *shape = golden_get(config, "shape"), *texts = golden_get(config, "texts"),
                      *values = golden_get(config, "values");
    const bool integers = hone_internal_config_get_text(config, "dtype") != NULL;
    const char *list[256];
    int64_t sizes[HONE_MAX_RANK] = {0};
    const int rank = (int)hone_internal_config_count(shape);
    for (int i = 0; i < rank; i++)
        sizes[i] = hone_internal_config_as_integer(hone_internal_config_at(shape, (size_t)i));
    if (texts != NULL) {
        assert_true(hone_internal_config_count(texts) <= 256);
        for (size_t i = 0; i < hone_internal_config_count(texts); i++)
            list[i] = hone_internal_config_text_at(texts, i);
        return hone_array_texts(rank, sizes, list);
    }
    hone_array *array = hone_array_create(integers ? HONE_INT64 : HONE_FLOAT32, rank, sizes);
    for (size_t i = 0; i < hone_internal_config_count(values); i++)
        if (integers)
            ((int64_t *)array->data)[i] = hone_internal_config_as_integer(hone_internal_config_at(values, i));
        else
            ((float *)array->data)[i] =
                (float)hone_internal_config_as_number(hone_internal_config_at(values, i));
    return array;
}

static void check_arrays(const char *title, const hone_array *expected, const hone_array *received)
{
    if (received == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    assert_int_equal(expected->type == HONE_TEXT, received->type == HONE_TEXT);
    if (expected->rank != received->rank || hone_array_count(expected) != hone_array_count(received))
        fail_msg("%s: another shape", title);
    for (int axis = 0; axis < expected->rank; axis++)
        assert_int_equal(expected->shape[axis], received->shape[axis]);
    for (int64_t i = 0; i < hone_array_count(expected); i++) {
        if (expected->type == HONE_TEXT) {
            assert_string_equal(hone_array_text(expected, i), hone_array_text(received, i));
            continue;
        }
        const double a = hone_array_number(expected, i), b = hone_array_number(received, i);
        if (!(fabs(a - b) <= 1e-5 * fmax(1, fabs(a))))
            fail_msg("%s: number %lld is %.9g; expected %.9g", title, (long long)i, b, a);
    }
}

static void check_vocabulary(const char *title, const hone_config *expected, const hone_layer *layer)
{
    if (expected == NULL)
        return;
    if ((int64_t)hone_internal_config_count(expected) != hone_layer_vocabulary_size(layer))
        fail_msg("%s: %lld terms; expected %zu", title, (long long)hone_layer_vocabulary_size(layer),
                 hone_internal_config_count(expected));
    for (size_t i = 0; i < hone_internal_config_count(expected); i++)
        assert_string_equal(hone_internal_config_text_at(expected, i),
                            hone_layer_vocabulary_term(layer, (int64_t)i));
}

static void check_case(const char *class_name, const char *title, const hone_config *example)
{
    hone_config *envelope = golden_envelope("keras.layers", class_name, golden_get(example, "arguments"));
    hone_layer *layer = hone_internal_layer_from_config(envelope, NULL);
    hone_internal_config_free(envelope);
    if (layer == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    if (golden_get(example, "adapt") != NULL) {
        hone_array *data = read_array(golden_get(example, "adapt"));
        if (hone_layer_adapt(layer, data) < 0)
            fail_msg("%s: %s", title, hone_error_message());
        hone_array_free(data);
    }
    check_vocabulary(title, golden_get(example, "vocabulary"), layer);
    const hone_config *inputs = golden_get(example, "inputs");
    const int count = (int)hone_internal_config_count(inputs);
    hone_array *arrays[8], views[8], *expected = read_array(golden_get(example, "output"));
    for (int i = 0; i < count; i++)
        views[i] = *(arrays[i] = read_array(hone_internal_config_at(inputs, (size_t)i)));
    hone_array *received = hone_layer_transform(layer, views, count);
    check_arrays(title, expected, received);
    for (int i = 0; i < count; i++)
        hone_array_free(arrays[i]);
    hone_array_free(expected);
    hone_array_free(received);
    hone_layer_free(layer);
}

static const struct {
    const char *name;
} families[] = {
    {"text_vectorization"}, {"string_lookup"}, {"integer_lookup"}, {"hashing"}, {"hashed_crossing"}};

TEST_EACH(agrees_with_keras, families)
{
    hone_config *file = golden_open("text", row->name);
    const hone_config *cases = golden_cases(file);
    assert_true(hone_internal_config_count(cases) > 3);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++) {
        const hone_config *example = hone_internal_config_at(cases, i);
        check_case(hone_internal_config_get_text(file, "class"), golden_title(file, example), example);
    }
    hone_internal_config_free(file);
}
