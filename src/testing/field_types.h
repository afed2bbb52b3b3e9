/* For tests of field tables: a type with a field of every kind, and stand-ins for the registry, layers and
 * schedules. Each file that includes this is a program of its own (cmake/tests.cmake). */
#ifndef HONE_TESTING_FIELD_TYPES_H
#define HONE_TESTING_FIELD_TYPES_H

#include "base/error.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "testing/test.h"

#include <string.h>

/* A layer with a field of every kind. */
#define TEST_DENSE_FIELDS(F, A) \
    F(A, INTEGER, units, HONE_NONE_INTEGER, "number of outputs", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, NULL, "applied to the outputs") \
    F(A, BOOLEAN, use_bias, true, "add a bias") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "the kernel") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "the kernel") \
    F(A, NUMBER, rate, 0.5, "fraction dropped", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, clip, HONE_NONE, "largest", HONE_ABOVE(0)) \
    F(A, INTEGER, axis, -1, "the features") \
    F(A, TEXT, padding, "valid", "at the edges", HONE_ONE_OF("valid|same|causal")) \
    F(A, INTEGERS, pool_size, HONE_NO_INTEGERS, "a window", .scalar_or_list = true, HONE_AT_LEAST(1)) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "a sample") \
    F(A, NUMBERS, boundaries, HONE_NO_NUMBERS, "steps") \
    F(A, TEXTS, metrics, HONE_NO_TEXTS, "names") \
    F(A, IDS, classes, HONE_NO_INTEGERS, "the classes", HONE_AT_LEAST(0)) \
    F(A, LAYER, inner, HONE_NO_LAYER, "wrapped") \
    F(A, NUMBER, learning_rate, 0.01, "a step", HONE_AT_LEAST(0)) \
    F(A, SCHEDULE, learning_rate_schedule, HONE_NO_SCHEDULE, "instead of the number", .unsaved = true) \
    F(A, TEXT, data_format, "channels_last", "images", .unsupported = "only channels_last is") \
    F(A, BOOLEAN, fresh, false, "a new key", .newer = true) \
    F(A, NUMBER, lambda_, 1, "a keyword elsewhere", .key = "lambda") \
    F(A, TEXT, name, NULL, "the layer", HONE_BY_NAME)
HONE_ARGS_STRUCT(test_dense_args, TEST_DENSE_FIELDS);
HONE_FIELD_TABLE(test_dense_args, TEST_DENSE_FIELDS);
static const hone_type test_dense = {
    .name = "dense", .class_name = "Dense", .module = "keras.layers", HONE_TYPE_FIELDS(test_dense_args)};

/* A type without arguments. */
#define TEST_EMPTY_FIELDS(F, A)
HONE_ARGS_STRUCT(test_empty_args, TEST_EMPTY_FIELDS);
HONE_FIELD_TABLE_NAMED(test_empty_args, TEST_EMPTY_FIELDS, empty_fields, empty_defaults);

/* The small things that the specs name. */
#define TEST_LEAKY_FIELDS(F, A) F(A, NUMBER, negative_slope, 0.2, "slope below 0", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(test_leaky_args, TEST_LEAKY_FIELDS);
HONE_FIELD_TABLE_NAMED(test_leaky_args, TEST_LEAKY_FIELDS, leaky_fields, leaky_defaults);
#define TEST_L2_FIELDS(F, A) F(A, NUMBER, l2, 0.01, "factor", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(test_l2_args, TEST_L2_FIELDS);
HONE_FIELD_TABLE_NAMED(test_l2_args, TEST_L2_FIELDS, l2_fields, l2_defaults);
#define TEST_SEED_FIELDS(F, A) F(A, INTEGER, seed, HONE_NONE_INTEGER, "the draws")
HONE_ARGS_STRUCT(test_seed_args, TEST_SEED_FIELDS);
HONE_FIELD_TABLE_NAMED(test_seed_args, TEST_SEED_FIELDS, seed_fields, seed_defaults);

#define TEST_EMPTY(name_, class_, module_) \
    { \
        .name = name_, .class_name = class_, .module = module_, \
        HONE_TYPE_FIELDS_NAMED(test_empty_args, empty_fields, empty_defaults) \
    }
static const struct {
    const char *family;
    hone_type type;
} small_things[] = {
    {"activation", TEST_EMPTY("relu", "relu", "keras.activations")},
    {"activation", TEST_EMPTY("linear", "linear", "keras.activations")},
    {"activation",
     {.name = "leaky_relu",
      .class_name = "leaky_relu",
      .module = "keras.activations",
      HONE_TYPE_FIELDS_NAMED(test_leaky_args, leaky_fields, leaky_defaults)}},
    {"initializer",
     {.name = "glorot_uniform",
      .class_name = "GlorotUniform",
      .module = "keras.initializers",
      HONE_TYPE_FIELDS_NAMED(test_seed_args, seed_fields, seed_defaults)}},
    {"initializer",
     {.name = "he_normal",
      .class_name = "HeNormal",
      .module = "keras.initializers",
      HONE_TYPE_FIELDS_NAMED(test_seed_args, seed_fields, seed_defaults)}},
    {"regularizer",
     {.name = "l2",
      .class_name = "L2",
      .module = "keras.regularizers",
      HONE_TYPE_FIELDS_NAMED(test_l2_args, l2_fields, l2_defaults)}},
};

/* Stands in for the registry. */
const hone_type *hone_internal_type_find(const char *family, const char *name)
{
    const char *known[8];
    size_t count = 0;

    for (size_t i = 0; i < sizeof small_things / sizeof *small_things; i++) {
        const hone_type *type = &small_things[i].type;
        if (strcmp(small_things[i].family, family) != 0)
            continue;
        if (strcmp(type->name, name) == 0 || strcmp(type->class_name, name) == 0)
            return type;
        known[count++] = type->name;
    }
    hone_internal_fail_name(family, name, known, count);
    return NULL;
}

/* Stand-ins for layers and schedules: a count of references and a text. */
struct hone_layer {
    int references;
};
struct hone_schedule {
    int references;
};
static hone_schedule loaded_schedule;

static inline void retain_layer(void *layer)
{
    ((hone_layer *)layer)->references++;
}

static inline void free_layer(void *layer)
{
    ((hone_layer *)layer)->references--;
}

static inline hone_config *layer_to_config(const void *layer)
{
    (void)layer;
    return hone_internal_envelope("keras.layers", "LSTM", hone_internal_config_map());
}

static inline void retain_schedule(void *schedule)
{
    ((hone_schedule *)schedule)->references++;
}

static inline void free_schedule(void *schedule)
{
    ((hone_schedule *)schedule)->references--;
}

static inline hone_config *schedule_to_config(const void *schedule)
{
    (void)schedule;
    return hone_internal_envelope("keras.optimizers.schedules", "CosineDecay", hone_internal_config_map());
}

static inline void *schedule_from_config(const hone_config *value, const hone_loading *loading)
{
    (void)loading;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT) &&
        strncmp(hone_internal_config_as_text(value), "cosine", 6) != 0) {
        hone_fail(HONE_ERROR_NAME, "unknown schedule \"%s\"", hone_internal_config_as_text(value));
        return NULL;
    }
    loaded_schedule.references++;
    return &loaded_schedule;
}

const hone_object_family *hone_internal_object_family(const char *name)
{
    static const hone_object_family layers = {
        .name = "layer", .retain = retain_layer, .release = free_layer, .write = layer_to_config};
    static const hone_object_family schedules = {.name = "schedule",
                                                 .retain = retain_schedule,
                                                 .release = free_schedule,
                                                 .write = schedule_to_config,
                                                 .read = schedule_from_config};

    return strcmp(name, "layer") == 0 ? &layers : &schedules;
}

/* What hone_dense() and its kin do: a copy, checked. */
static inline test_dense_args *create(const test_dense_args *args)
{
    test_dense_args *copy = hone_internal_fields_copy(&test_dense, args);

    if (copy && hone_internal_fields_check(&test_dense, copy) < 0) {
        hone_internal_fields_free(&test_dense, copy);
        return NULL;
    }
    return copy;
}
#define test_dense(...) HONE_ARGS_CALL(create, test_dense_args, TEST_DENSE_FIELDS, .units = __VA_ARGS__)
#define test_input(...) \
    HONE_ARGS_CALL(create, test_dense_args, TEST_DENSE_FIELDS, .units = 1, .shape[0] = __VA_ARGS__)

static inline int count_empty(const test_empty_args *args)
{
    return (int)(args->base.size == sizeof *args);
}
#define test_flatten(...) HONE_ARGS_CALL(count_empty, test_empty_args, TEST_EMPTY_FIELDS, __VA_ARGS__)

static inline test_dense_args *both(test_dense_args *first, test_dense_args *second)
{
    hone_internal_fields_free(&test_dense, first);
    return second;
}

static inline void destroy(test_dense_args *args)
{
    hone_internal_fields_free(&test_dense, args);
}

static inline void assert_message(const char *expected)
{
    assert_string_equal(hone_error_message(), expected);
}

/* The sentence behind the caller's "field_lists_test.c:123: ". */
static inline void assert_sentence(const void *object, const char *expected)
{
    const char *slash = strrchr(__BASE_FILE__, '/'), *message = strchr(hone_error_message(), ' ');
    assert_null(object);
    assert_int_equal(strncmp(hone_error_message(), slash + 1, strlen(slash + 1)), 0);
    assert_non_null(message);
    assert_string_equal(message + 1, expected);
}

static inline hone_config *parse_arguments(const char *spec)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse(spec, &arguments);

    assert_non_null(name);
    hone_internal_free(name);
    return arguments;
}

/* The args from a spec's arguments, NULL with the error set. */
static inline test_dense_args *from_spec(const char *spec)
{
    hone_config *arguments = parse_arguments(spec);
    test_dense_args *args = hone_internal_fields_from_config(&test_dense, arguments, NULL);

    hone_internal_config_free(arguments);
    return args;
}

static inline void assert_refused(const char *spec, const char *sentence)
{
    assert_null(from_spec(spec));
    assert_message(sentence);
}

#endif
