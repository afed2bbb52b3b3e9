/* Argument structs from one list: the keyword macros, copies, checks, configs, text and help. */
#include "fields/fields.h"

#include "base/error.h"
#include "base/memory.h"
#include "fields/spec.h"
#include "testing/test.h"
#include <string.h>

/* A layer with a field of every kind. */
#define TEST_DENSE_FIELDS(F, A) \
    F(A, INTEGER, units, HONE_NONE_INTEGER, "number of outputs", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, NULL, "applied to the outputs") \
    F(A, BOOLEAN, use_bias, true, "add a bias") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "of the kernel") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "of the kernel") \
    F(A, NUMBER, rate, 0.5, "fraction dropped", HONE_BETWEEN_BELOW(0, 1)) \
    F(A, NUMBER, clip, HONE_NONE, "largest", HONE_ABOVE(0)) \
    F(A, INTEGER, axis, -1, "of the features") \
    F(A, TEXT, padding, "valid", "at the edges", HONE_ONE_OF("valid|same|causal")) \
    F(A, INTEGERS, pool_size, HONE_NO_INTEGERS, "of a window", .scalar_or_list = true, HONE_AT_LEAST(1)) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "of a sample") \
    F(A, NUMBERS, boundaries, HONE_NO_NUMBERS, "of steps") \
    F(A, TEXTS, metrics, HONE_NO_TEXTS, "names") \
    F(A, IDS, classes, HONE_NO_INTEGERS, "of the classes", HONE_AT_LEAST(0)) \
    F(A, LAYER, inner, HONE_NO_LAYER, "wrapped") \
    F(A, NUMBER, learning_rate, 0.01, "of a step", HONE_AT_LEAST(0)) \
    F(A, SCHEDULE, learning_rate_schedule, HONE_NO_SCHEDULE, "instead of the number", .unsaved = true) \
    F(A, TEXT, data_format, "channels_last", "of images", .unsupported = "only channels_last is") \
    F(A, BOOLEAN, fresh, false, "a new key", .newer = true) \
    F(A, NUMBER, lambda_, 1, "a keyword elsewhere", .key = "lambda") \
    F(A, TEXT, name, NULL, "of the layer", HONE_BY_NAME)
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
#define TEST_SEED_FIELDS(F, A) F(A, INTEGER, seed, HONE_NONE_INTEGER, "of the draws")
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

static void retain_layer(void *layer)
{
    ((hone_layer *)layer)->references++;
}

static void free_layer(void *layer)
{
    ((hone_layer *)layer)->references--;
}

static hone_config *layer_to_config(const void *layer)
{
    (void)layer;
    return hone_internal_envelope("keras.layers", "LSTM", hone_internal_config_map());
}

static void retain_schedule(void *schedule)
{
    ((hone_schedule *)schedule)->references++;
}

static void free_schedule(void *schedule)
{
    ((hone_schedule *)schedule)->references--;
}

static hone_config *schedule_to_config(const void *schedule)
{
    (void)schedule;
    return hone_internal_envelope("keras.optimizers.schedules", "CosineDecay", hone_internal_config_map());
}

static void *schedule_from_config(const hone_config *value, const hone_loading *loading)
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
static test_dense_args *create(const test_dense_args *args)
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

static int count_empty(const test_empty_args *args)
{
    return (int)(args->base.size == sizeof *args);
}
#define test_flatten(...) HONE_ARGS_CALL(count_empty, test_empty_args, TEST_EMPTY_FIELDS, __VA_ARGS__)

static test_dense_args *both(test_dense_args *first, test_dense_args *second)
{
    hone_internal_fields_free(&test_dense, first);
    return second;
}

static void destroy(test_dense_args *args)
{
    hone_internal_fields_free(&test_dense, args);
}

static void assert_message(const char *expected)
{
    assert_string_equal(hone_error_message(), expected);
}

/* The sentence behind "fields_test.c:123: ". */
static void assert_sentence(const void *object, const char *expected)
{
    const char *message = strchr(hone_error_message(), ' ');

    assert_null(object);
    assert_int_equal(strncmp(hone_error_message(), "fields_test.c:", 14), 0);
    assert_non_null(message);
    assert_string_equal(message + 1, expected);
}

static hone_config *parse_arguments(const char *spec)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse(spec, &arguments);

    assert_non_null(name);
    hone_internal_free(name);
    return arguments;
}

/* The args from a spec's arguments, NULL with the error set. */
static test_dense_args *from_spec(const char *spec)
{
    hone_config *arguments = parse_arguments(spec);
    test_dense_args *args = hone_internal_fields_from_config(&test_dense, arguments, NULL);

    hone_internal_config_free(arguments);
    return args;
}

static void assert_refused(const char *spec, const char *sentence)
{
    assert_null(from_spec(spec));
    assert_message(sentence);
}

TEST(keywords_overwrite_defaults)
{
    test_dense_args *args = test_dense(300, .activation = "relu", .use_bias = false, .rate = 0);

    assert_non_null(args);
    assert_int_equal(args->units, 300);
    assert_string_equal(args->activation, "relu");
    assert_false(args->use_bias);
    assert_true(args->rate == 0);
    assert_string_equal(args->kernel_initializer, "glorot_uniform");
    assert_true(args->learning_rate == 0.01);
    destroy(args);
    assert_int_equal(test_flatten(), 1);
}

TEST(lists_in_braces_are_taken_whole)
{
    test_dense_args *args = test_input(28, 28, .name = "image");

    assert_non_null(args);
    assert_int_equal(args->shape[0], 28);
    assert_int_equal(args->shape[1], 28);
    assert_true(args->shape[2] == HONE_NONE_INTEGER);
    assert_string_equal(args->name, "image");
    destroy(args);
    args = test_dense(2, .metrics = {"accuracy", "mae"}, .boundaries = {1, 2.5});
    assert_string_equal(args->metrics_list[1], "mae");
    assert_int_equal(args->metrics_count, 2);
    assert_true(args->boundaries_list[1] == 2.5 && args->boundaries_count == 2);
    destroy(args);
}

/* In braces zeros at the end do not count, but the first item; HONE_NUMBERS and its kin are exact. */
TEST(lists_end_at_their_mark_or_zeros)
{
    test_dense_args *args = test_dense(2, .boundaries = {0}, .classes = {0, 1});

    assert_int_equal(args->boundaries_count, 1);
    assert_int_equal(args->classes_count, 2);
    assert_int_equal(args->metrics_count, 0);
    destroy(args);
    args = test_dense(2, .boundaries = {1, 0, 0}, .classes = {3, 0});
    assert_int_equal(args->boundaries_count, 1);
    assert_int_equal(args->classes_count, 1);
    destroy(args);
    args = test_dense(2, HONE_NUMBERS(boundaries, 1, 0, 0), HONE_IDS(classes, 3, 0),
                      HONE_TEXTS(metrics, "a", "b"));
    assert_int_equal(args->boundaries_count, 3);
    assert_int_equal(args->classes_count, 2);
    assert_string_equal(args->metrics_list[1], "b");
    destroy(args);
    args = test_dense(2, .boundaries = {1, 0, HONE_NONE, 5}, .classes = {3, 0, HONE_NONE_INTEGER});
    assert_int_equal(args->boundaries_count, 2);
    assert_int_equal(args->classes_count, 2);
    destroy(args);
    assert_null(test_dense(2, HONE_NUMBERS(boundaries, 1, NAN)));
    assert_sentence(NULL, "dense: boundaries[1] is not a number");
    assert_null(test_dense(2, HONE_TEXTS(metrics, "a", NULL)));
    assert_sentence(NULL, "dense: metrics[1] is NULL");
    assert_null(test_dense(2, HONE_IDS(classes, 1, -2)));
    assert_sentence(NULL, "dense: classes[1] must be at least 0, not -2");
}

enum { MANY = 1000 };

/* 1,000 of each: copied, compared, written and read back. */
TEST(lists_longer_than_braces_hold_come_by_pointer)
{
    double numbers[MANY];
    int64_t ids[MANY];
    const char *texts[MANY];
    test_dense_args *args, *again;
    hone_config *config;

    for (int i = 0; i < MANY; i++) {
        numbers[i] = i % 7 - 0.5;
        ids[i] = i;
        texts[i] = i % 2 ? "odd" : "even";
    }
    args = test_dense(2, .boundaries_list = numbers, .boundaries_count = MANY, .classes_list = ids,
                      .classes_count = MANY, .metrics_list = texts, .metrics_count = MANY);
    assert_non_null(args);
    numbers[MANY - 1] = 9;
    config = hone_internal_fields_to_config(&test_dense, args);
    again = hone_internal_fields_from_config(&test_dense, config, NULL);
    hone_internal_config_free(config);
    assert_true(hone_internal_fields_equal(&test_dense, args, again));
    assert_int_equal(again->boundaries_count, MANY);
    assert_true(again->boundaries_list[MANY - 1] == (MANY - 1) % 7 - 0.5);
    assert_int_equal(again->classes_list[MANY - 1], MANY - 1);
    assert_string_equal(again->metrics_list[MANY - 1], "odd");
    assert_int_equal(hone_internal_fields_set_text(&test_dense, again, "classes", "1, 2"), HONE_OK);
    assert_false(hone_internal_fields_equal(&test_dense, args, again));
    destroy(again);
    destroy(args);
}

TEST(calls_may_stand_in_calls)
{
    test_dense_args *args =
        both(test_dense(1, .name = "a"), both(test_input(3, 4), test_dense(2, .rate = 0.25)));

    assert_int_equal(args->units, 2);
    assert_true(args->rate == 0.25);
    destroy(args);
}

TEST(copies_are_deep)
{
    char name[] = "mine", metric[] = "mae";
    test_dense_args *args = test_dense(3, .name = name, .metrics = {metric});

    name[0] = metric[0] = '?';
    assert_string_equal(args->name, "mine");
    assert_string_equal(args->metrics_list[0], "mae");
    destroy(args);
}

TEST(objects_are_shared)
{
    hone_layer layer = {.references = 1};
    hone_schedule schedule = {.references = 1};
    test_dense_args *args = test_dense(3, .inner = &layer, .learning_rate_schedule = &schedule);

    assert_non_null(args);
    assert_int_equal(layer.references, 2);
    assert_int_equal(schedule.references, 2);
    destroy(args);
    assert_int_equal(layer.references, 1);
    assert_int_equal(schedule.references, 1);
}

TEST(a_null_object_is_an_earlier_failure)
{
    hone_fail(HONE_ERROR_ARGUMENT, "the first failure");
    assert_null(test_dense(3, .learning_rate_schedule = NULL));
    assert_message("the first failure");
}

TEST(an_older_callers_struct_gets_defaults)
{
    test_dense_args old = defaults;
    test_dense_args *args;

    old.base.size = offsetof(test_dense_args, learning_rate);
    old.units = 7;
    old.learning_rate = -1; /* what lies there is not theirs */
    args = create(&old);
    assert_non_null(args);
    assert_int_equal(args->units, 7);
    assert_true(args->learning_rate == 0.01);
    assert_int_equal(args->base.size, sizeof old);
    destroy(args);
    old.base.size = 0;
    assert_null(create(&old));
}

TEST(values_are_checked_against_their_fields)
{
    assert_sentence(test_dense(0), "dense: units must be at least 1, not 0");
    assert_sentence(test_dense(HONE_NONE_INTEGER), "dense: units must be given");
    assert_sentence(test_dense(1, .activation = "rellu"),
                    "dense: unknown activation \"rellu\"; did you mean \"relu\"?");
    assert_sentence(test_dense(1, .rate = 1), "dense: rate must be at least 0 and below 1, not 1");
    assert_sentence(test_dense(1, .rate = HONE_NONE), "dense: rate is not a number");
    assert_sentence(test_dense(1, .clip = -0.5), "dense: clip must be above 0, not -0.5");
    assert_sentence(test_dense(1, .axis = HONE_NONE_INTEGER), "dense: axis must be an integer, not none");
    assert_sentence(test_dense(1, .padding = "smae"),
                    "dense: padding must be \"valid\", \"same\" or \"causal\", not \"smae\"");
    assert_sentence(test_dense(1, .pool_size = {2, 0, 3}), "dense: pool_size[1] must be at least 1, not 0");
    assert_sentence(test_dense(1, .pool_size = {0}), "dense: pool_size[0] must be at least 1, not 0");
    assert_sentence(test_dense(1, .data_format = "channels_first"),
                    "dense: data_format \"channels_first\" is not supported: only channels_last is");
    assert_int_equal(hone_error_status(), HONE_ERROR_UNSUPPORTED);
    assert_sentence(test_dense(1, .kernel_regularizer = "l2(-1)"),
                    "dense: l2: l2 must be at least 0, not -1");
    assert_sentence(test_dense(1, .kernel_regularizer = "l2(0.01"),
                    "dense: in \"l2(0.01\": expected \")\" at character 8");
}

TEST(a_config_becomes_arguments)
{
    test_dense_args *args =
        from_spec("dense(5, 'relu', rate=0.25, pool_size=2, shape=[none, 3], boundaries=[1, 2.5], "
                  "metrics=[mae], lambda=2, kernel_regularizer=l2(0.5))");

    assert_non_null(args);
    assert_int_equal(args->units, 5);
    assert_string_equal(args->activation, "relu");
    assert_int_equal(args->pool_size[0], 2);
    assert_true(args->pool_size[1] == HONE_NONE_INTEGER);
    assert_true(args->shape[0] == HONE_ANY && args->shape[1] == 3);
    assert_true(args->boundaries_list[1] == 2.5);
    assert_string_equal(args->metrics_list[0], "mae");
    assert_true(args->lambda_ == 2);
    assert_string_equal(args->kernel_regularizer, "l2(l2=0.5)");
    destroy(args);
}

TEST(mistakes_in_a_config_are_told)
{
    assert_refused("dense(unit=3)", "dense: unknown argument \"unit\"; did you mean \"units\"?");
    assert_refused("dense(units=300.0)", "dense: units must be an integer, not the number 300.0");
    assert_refused("dense(units=\"300\")", "dense: units must be an integer, not the string \"300\"");
    assert_refused("dense(1, use_bias=1)", "dense: use_bias must be true or false, not the number 1");
    assert_refused("dense(1, rate=nan)", "dense: rate is not a number");
    assert_refused("dense(1, clip=nan)", "dense: clip is not a number");
    assert_refused("dense(1, units=2)", "dense: units is given twice");
    assert_refused("dense()", "dense: units must be given");
    assert_refused("dense(1, metrics=[1])", "dense: metrics[0] must be a string, not the number 1");
    assert_refused("dense(1, pool_size=[1,1,1,1,1,1,1,1,1])",
                   "dense: pool_size must have at most 8 items, not 9");
    assert_refused("dense(1, kernel_regularizer=3)",
                   "dense: expected the name of a regularizer or a map with its class_name and config, "
                   "not the number 3");
    assert_refused("dense(1, learning_rate=exponential)", "dense: unknown schedule \"exponential\"");
}

TEST(null_in_a_config_is_none_or_the_default)
{
    test_dense_args *args =
        from_spec("dense(1, activation=none, kernel_initializer=none, clip=null, name=None, "
                  "quantization_config=null, inner=none, learning_rate=0.5)");

    assert_non_null(args);
    assert_null(args->activation);
    assert_string_equal(args->kernel_initializer, "glorot_uniform");
    assert_true(args->clip != args->clip);
    assert_false(hone_internal_object_given(args->inner));
    destroy(args);
}

TEST(a_schedule_stands_under_the_numbers_key)
{
    test_dense_args *args = from_spec("dense(1, learning_rate=cosine_decay(0.1, 1000))");
    hone_config *config;
    const char *class_name;

    assert_non_null(args);
    assert_ptr_equal(args->learning_rate_schedule, &loaded_schedule);
    assert_true(args->learning_rate == 0.01);
    config = hone_internal_fields_to_config(&test_dense, args);
    class_name =
        hone_internal_config_get_text(hone_internal_config_get(config, "learning_rate"), "class_name");
    assert_string_equal(class_name, "CosineDecay");
    assert_null(hone_internal_config_get(config, "learning_rate_schedule"));
    hone_internal_config_free(config);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "learning_rate", "0.25"), HONE_OK);
    assert_false(hone_internal_object_given(args->learning_rate_schedule));
    assert_true(args->learning_rate == 0.25);
    destroy(args);
    assert_int_equal(loaded_schedule.references, 0);
}

TEST(arguments_become_a_config)
{
    test_dense_args *args =
        test_dense(5, .kernel_regularizer = "l2", .pool_size = {2}, .shape = {HONE_ANY, 3});
    hone_config *config = hone_internal_fields_to_config(&test_dense, args);
    char *json = hone_internal_config_to_json(config, false);
    test_dense_args *again = hone_internal_fields_from_config(&test_dense, config, NULL);

    assert_string_equal(
        json,
        "{\"units\": 5, \"activation\": \"linear\", \"use_bias\": true, \"kernel_initializer\": {\"module\": "
        "\"keras.initializers\", \"class_name\": \"GlorotUniform\", \"config\": {\"seed\": null}, "
        "\"registered_name\": null}, \"kernel_regularizer\": {\"module\": \"keras.regularizers\", \"class_name\": "
        "\"L2\", \"config\": {\"l2\": 0.01}, \"registered_name\": null}, \"rate\": 0.5, \"clip\": null, \"axis\": -1, "
        "\"padding\": \"valid\", \"pool_size\": 2, \"shape\": [null, 3], \"boundaries\": null, \"metrics\": null, \"classes\": null, "
        "\"inner\": null, \"learning_rate\": 0.01, \"data_format\": \"channels_last\", \"lambda\": 1.0, "
        "\"name\": null}");
    assert_non_null(again);
    assert_true(hone_internal_fields_equal(&test_dense, args, again));
    again->units = 6;
    assert_false(hone_internal_fields_equal(&test_dense, args, again));
    destroy(args);
    destroy(again);
    hone_internal_free(json);
    hone_internal_config_free(config);
}

TEST(mistakes_have_their_line_and_column)
{
    hone_config *arguments = parse_arguments("dense(units=0)");

    hone_internal_config_set_place(hone_internal_config_at_mutable(arguments, 0),
                                   (hone_config_place){.line = 3, .column = 5});
    assert_null(hone_internal_fields_from_config(&test_dense, arguments, NULL));
    assert_message("line 3, column 5: dense: units must be at least 1, not 0");
    hone_internal_config_free(arguments);
}

TEST(a_field_is_set_from_text)
{
    test_dense_args *args = test_dense(1);

    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "units", "12"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "pool_size", "3, 4"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "metrics", "mae,accuracy"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "use_bias", "false"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "rate", "1/4"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "name", "x, y"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "activation", "leaky_relu(0.5)"),
                     HONE_OK);
    assert_int_equal(args->units, 12);
    assert_int_equal(args->pool_size[1], 4);
    assert_string_equal(args->metrics_list[1], "accuracy");
    assert_false(args->use_bias);
    assert_true(args->rate == 0.25);
    assert_string_equal(args->name, "x, y");
    assert_string_equal(args->activation, "leaky_relu(negative_slope=0.5)");
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "unts", "1"), HONE_ERROR_NAME);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "units", "0"), HONE_ERROR_ARGUMENT);
    destroy(args);
}

TEST(fields_are_described_for_help)
{
    hone_text text = {.data = NULL};
    const char *const lines[] = {
        "units (integer, required, at least 1): number of outputs\n",
        "rate (number, default 0.5, at least 0 and below 1)",
        "padding (string, default valid, one of valid, same, causal): at the edges\n",
        "kernel_initializer (initializer, default glorot_uniform): of the kernel\n",
        "name (string, default none)"};

    assert_int_equal(hone_internal_fields_describe(&test_dense, &text), HONE_OK);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(text.data, lines[i]));
    assert_null(strstr(text.data, "data_format"));
    hone_internal_text_free(&text);
}

/* Everything that allocates, with each allocation made to fail in turn: no crash, no leak. */
static void exercise(void)
{
    test_dense_args *args =
        from_spec("dense(5, 'relu', pool_size=[2], metrics=[mae], kernel_regularizer=l2(0.5), "
                  "learning_rate=cosine)");
    hone_config *config = args ? hone_internal_fields_to_config(&test_dense, args) : NULL;
    test_dense_args *again = args ? hone_internal_fields_copy(&test_dense, args) : NULL;
    char *spec = args ? hone_internal_spec_from_config("regularizer",
                                                       hone_internal_config_get(config, "kernel_regularizer"))
                      : NULL;
    hone_text text = {.data = NULL};

    if (again) {
        hone_internal_fields_set_text(&test_dense, again, "metrics", "a,b");
        hone_internal_fields_describe(&test_dense, &text);
        hone_internal_fields_equal(&test_dense, args, again);
    }
    hone_internal_text_free(&text);
    hone_internal_free(spec);
    hone_internal_config_free(config);
    destroy(again);
    destroy(args);
}

static void exercise_config(void)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse("dense(5, 'relu', a=[1, (2, x)], b=l2(0.5))", &arguments);
    void *args = name ? hone_internal_fields_from_config(&test_dense, arguments, NULL) : NULL;

    destroy(args);
    hone_internal_free(name);
    if (name)
        hone_internal_config_free(arguments);
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    int64_t asked;
    test_dense_args *args =
        test_dense(5, .activation = "relu", .metrics = {"a"}, .kernel_regularizer = "l2(3)");

    hone_internal_fail_allocations_after(-1);
    exercise_config();
    asked = hone_internal_fail_allocations_after(-1);
    assert_true(asked > 10);
    for (int64_t i = 0; i < asked; i++) {
        hone_internal_fail_allocations_after(i);
        exercise_config();
    }
    hone_internal_fail_allocations_after(-1);
    exercise();
    asked = hone_internal_fail_allocations_after(-1);
    for (int64_t i = 0; i < asked; i++) {
        test_dense_args *copy;
        hone_config *config;
        hone_internal_fail_allocations_after(i);
        copy = hone_internal_fields_copy(&test_dense, args);
        config = hone_internal_fields_to_config(&test_dense, args);
        hone_internal_fail_allocations_after(i);
        if (config)
            destroy(hone_internal_fields_from_config(&test_dense, config, NULL));
        hone_internal_fail_allocations_after(-1);
        hone_internal_config_free(config);
        destroy(copy);
    }
    destroy(args);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    assert_int_equal(loaded_schedule.references, 0);
}
