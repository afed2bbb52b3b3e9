/* Functions with keyword arguments: the sizes of their structs, NULL, ranges, and what their words mean. */
#include "base/error.h"
#include "fields/fields.h"
#include "verbs.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 12, FEATURES = 3, CLASSES = 40 };

static float samples[SAMPLES][FEATURES];
static uint8_t classes[SAMPLES];

static int fill_samples(void **state)
{
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        classes[i] = (uint8_t)(i % 3 == 2 ? CLASSES - 1 : i % 3);
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)((i * 7 + j * 5) % 11) / 11.0f;
    }
    return 0;
}

AROUND_ALL(fill_samples, NULL);

static hone_dataset *make_data(void)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(classes, HONE_UINT8, 1, (int64_t[]){SAMPLES})});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(hone_input(FEATURES), hone_dense(CLASSES, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.5),
                                  .loss = "sparse_categorical_crossentropy"),
                     HONE_OK);
    return model;
}

/* The first weight after one epoch with these class weights. */
static double trained(const hone_fit_args *args)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_fit_with(model, data, args);
    if (hone_error_status() < 0)
        fail_msg("%s", hone_error_message());
    float *weights = hone_variable_data(hone_model_weight(model, 0));
    double sum = 0;
    for (int i = 0; i < FEATURES * CLASSES; i++)
        sum += fabs((double)weights[i]) * (i + 1);
    hone_dataset_free(data);
    hone_model_free(model);
    return sum;
}

#define TRAINED(...) \
    HONE_WITH_OVERRIDES( \
        trained(HONE_ARGS(hone_fit_args, HONE_FIT_FIELDS, __VA_ARGS__, HONE_BASE(hone_fit_args))))

/* {1, 2} says nothing of the classes from 2 on; they weigh 1, and an explicit 0 before an end mark counts. */
TEST(class_weights_beyond_the_list_are_1)
{
    double all[CLASSES];
    for (int i = 0; i < CLASSES; i++)
        all[i] = i == 1 ? 2 : 1;
    double literal = TRAINED(.class_weight = {1, 2});
    assert_true(literal == TRAINED(.class_weight = {1, 2, 1, 1}));
    assert_true(literal == TRAINED(HONE_NUMBERS(class_weight, 1, 2)));
    assert_true(literal == TRAINED(.class_weight_list = all, .class_weight_count = CLASSES));
    assert_true(literal != TRAINED(.class_weight = {1, 0, HONE_NONE}));
    assert_true(TRAINED(.class_weight = {0, 1}) != TRAINED(.shuffle = true)); /* the first one counts */
}

TEST(class_weights_know_more_than_32_classes)
{
    double all[CLASSES];
    for (int i = 0; i < CLASSES; i++)
        all[i] = 1;
    double plain = TRAINED(.class_weight_list = all, .class_weight_count = CLASSES);
    assert_true(plain == TRAINED(.epochs = 1));
    all[CLASSES - 1] = 5;
    assert_true(plain != TRAINED(.class_weight_list = all, .class_weight_count = CLASSES));
    assert_true(plain == TRAINED(.class_weight_list = all, .class_weight_count = CLASSES - 1));
}

TEST(class_weights_count_in_evaluate)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_logs plain, weighted;
    assert_int_equal(hone_evaluate(model, data, &plain), HONE_OK);
    assert_int_equal(hone_evaluate(model, data, &weighted, .class_weight = {2, 2}), HONE_OK);
    assert_true(weighted.values[0] > plain.values[0]);
    assert_int_equal(hone_evaluate(model, data, &weighted, .class_weight = {-1}), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(steps_end_evaluate_and_predict)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data(), *first = hone_dataset_slice(data, 0, 8);
    hone_logs some, same;
    hone_array *output;
    assert_int_equal(hone_evaluate(model, data, &some, .batch_size = 4, .steps = 2), HONE_OK);
    assert_int_equal(hone_evaluate(model, first, &same, .batch_size = 4), HONE_OK);
    assert_true(some.values[0] == same.values[0]);
    assert_int_equal(hone_predict(model, data, &output, .batch_size = 4, .steps = 2), HONE_OK);
    assert_int_equal(output->shape[0], 8);
    hone_array_free(output);
    assert_int_equal(hone_predict(model, data, &output, .batch_size = 5, .steps = 100), HONE_OK);
    assert_int_equal(output->shape[0], SAMPLES);
    hone_array_free(output);
    hone_dataset_free(first);
    hone_dataset_free(data);
    hone_model_free(model);
}

static void check_message(const char *part)
{
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, hone_error_message());
    hone_error_clear();
}

TEST(arguments_out_of_range_are_named)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_logs logs;
    assert_null(hone_fit(model, data, .batch_size = 0));
    check_message("verbs_test.c:");
    assert_null(hone_fit(model, data, .validation_split = 1));
    check_message("fit: validation_split must be at least 0 and below 1, not 1");
    assert_int_equal(hone_evaluate(model, data, &logs, .steps = 0), HONE_ERROR_ARGUMENT);
    check_message("evaluate: steps must be at least 1, not 0");
    assert_null(hone_summary(model, .line_length = 0));
    check_message("summary: line_length must be at least 1");
    hone_dataset_free(data);
    hone_model_free(model);
}

/* An older program's struct: the same members up to some point, in a block of just that size. */
TEST(a_smaller_struct_gets_defaults)
{
    volatile size_t size = offsetof(hone_fit_args, shuffle); /* as the compiler of an older program knew it */
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_fit_args *old = malloc(size);
    assert_non_null(old);
    assert_int_equal(hone_args_default("fit", old, size), HONE_OK);
    old->epochs = 2;
    const hone_history *history = hone_fit_with(model, data, old);
    assert_non_null(history);
    assert_int_equal(hone_history_epoch_count(history), 2);
    free(old);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(a_larger_or_unset_struct_is_refused)
{
    struct {
        hone_fit_args known;
        int64_t from_the_future;
    } newer = {.known = {.base = {sizeof newer, NULL}}};
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    assert_int_equal(hone_args_default("fit", &newer, sizeof newer), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    assert_null(hone_fit_with(model, data, &newer.known));
    assert_int_equal(hone_error_status(), HONE_ERROR_ARGUMENT);
    check_message("compiled for a newer Hone");
    assert_int_equal(hone_compile_with(model, &(hone_compile_args){.loss = NULL}), HONE_ERROR_ARGUMENT);
    check_message("size of the arguments is not set");
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(defaults_never_write_beyond_the_size)
{
    unsigned char block[sizeof(hone_fit_args) + 1];
    for (size_t size = sizeof(hone_args); size <= sizeof(hone_fit_args); size++) {
        memset(block, 0x5A, sizeof block);
        assert_int_equal(hone_args_default("fit", block, size), HONE_OK);
        for (size_t i = size; i < sizeof block; i++)
            assert_int_equal(block[i], 0x5A);
    }
}

TEST(no_struct_means_the_defaults)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_array *output;
    assert_non_null(hone_fit_with(model, data, NULL));
    assert_int_equal(hone_predict_with(model, data, &output, NULL), HONE_OK);
    hone_array_free(output);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* ---- NULL ---- */

static void is_refused(bool refused, const char *call)
{
    if (!refused || hone_error_status() != HONE_ERROR_ARGUMENT ||
        strstr(hone_error_message(), "received NULL") == NULL)
        fail_msg("%s: \"%s\"", call, hone_error_message());
    hone_error_clear();
}

#define REFUSED(call) is_refused((call) < 0, #call)
#define NOTHING(call) is_refused((call) == NULL, #call)

TEST(null_is_an_error_of_its_own)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_logs logs;
    hone_array *outputs[1];
    hone_rate_search search;
    hone_batch batch = {0};
    hone_error_clear();
    REFUSED(hone_compile(NULL));
    NOTHING(hone_fit(NULL, data));
    NOTHING(hone_fit(model, NULL));
    REFUSED(hone_evaluate(NULL, data, &logs));
    REFUSED(hone_evaluate(model, NULL, &logs));
    REFUSED(hone_predict(NULL, data, outputs));
    REFUSED(hone_save(NULL, "m.keras"));
    REFUSED(hone_load_weights(NULL, "m.keras"));
    REFUSED(hone_export_onnx(NULL, "m.onnx"));
    REFUSED(hone_export_c(NULL, "m.c", NULL));
    REFUSED(hone_find_rate(NULL, data, &search));
    NOTHING(hone_summary(NULL));
    NOTHING(hone_model_plan(NULL, 1, false));
    REFUSED(hone_model_profile_begin(NULL));
    NOTHING(hone_model_profile(NULL));
    NOTHING(hone_model_clone(NULL));
    REFUSED(hone_model_set_name(NULL, "m"));
    REFUSED(hone_model_set_seed(NULL, 1));
    REFUSED(hone_model_build(NULL, HONE_SHAPE(1, 2)));
    REFUSED(hone_model_add(NULL, hone_flatten()));
    REFUSED(hone_model_add(model, NULL));
    REFUSED(hone_model_pop(NULL));
    NOTHING(hone_sequential(hone_flatten(), NULL));
    NOTHING(hone_model_as_layer(NULL));
    NOTHING(hone_apply(NULL, NULL));
    NOTHING(hone_tensor_output(NULL, 0));
    NOTHING(hone_model_layer(NULL, "dense"));
    NOTHING(hone_model_layer_at(NULL, 0));
    NOTHING(hone_model_layer_output(NULL, "dense"));
    NOTHING(hone_model_weight(NULL, 0));
    REFUSED(hone_train_on_batch(NULL, &batch, NULL));
    REFUSED(hone_test_on_batch(model, NULL, NULL));
    REFUSED(hone_predict_on_batch(NULL, &batch, false, outputs));
    NOTHING(hone_gradients_compute(NULL, &batch));
    REFUSED(hone_gradients_apply(model, NULL));
    REFUSED(hone_gradients_apply_part(NULL, NULL, NULL, 0));
    NOTHING(hone_dataset_iterate(NULL, 0, 0, 0));
    NOTHING(hone_dataset_take(NULL, 1));
    NOTHING(hone_dataset_slice(NULL, 0, 1));
    REFUSED(hone_optimizer_set_learning_rate(NULL, 1));
    NOTHING(hone_array_convert(NULL, HONE_FLOAT32));
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(null_after_a_failure_keeps_its_sentence)
{
    hone_dataset *data = make_data();
    hone_layer *layer = hone_layer_from_text("dense(3, activation=rellu)");
    assert_null(layer);
    hone_model *model = hone_sequential(hone_input(FEATURES), layer);
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_ERROR_NAME);
    assert_null(hone_fit(model, data));
    check_message("rellu");
    hone_dataset_free(data);
}

/* ---- the tables ---- */

static bool asks_for_something(const hone_type *verb)
{
    bool required = false;
    for (size_t i = 0; i < verb->field_count; i++)
        required = required || verb->fields[i].required;
    return required;
}

TEST(every_verb_is_described)
{
    for (const hone_type *const *verb = hone_internal_verbs; *verb != NULL; verb++) {
        hone_text text = {.data = NULL};
        void *args = hone_internal_fields_defaults(*verb);
        assert_non_null(args);
        if (!asks_for_something(*verb) && hone_internal_fields_check(*verb, args) < 0)
            fail_msg("the defaults of %s: %s", (*verb)->name, hone_error_message());
        assert_int_equal(hone_internal_fields_describe(*verb, &text), HONE_OK);
        for (size_t i = 0; i < (*verb)->field_count; i++) {
            const hone_field *field = &(*verb)->fields[i];
            assert_true(field->help != NULL && field->help[0] != '\0' && strncmp(field->help, "of ", 3) != 0);
            assert_true(!field->program_only || hone_internal_fields_find(*verb, field->name) == NULL ||
                        hone_internal_fields_find(*verb, field->name) != field);
        }
        hone_internal_fields_free(*verb, args);
        hone_internal_text_free(&text);
    }
}

TEST(texts_set_what_the_command_takes)
{
    hone_fit_args *args = hone_internal_fields_defaults(&hone_internal_fit_verb);
    assert_non_null(args);
    const hone_type *fit = &hone_internal_fit_verb;
    assert_int_equal(hone_internal_fields_set_text(fit, args, "class_weight", "0:1.5, 35:1/2"), HONE_OK);
    assert_int_equal(args->class_weight_count, 36);
    assert_true(args->class_weight_list[0] == 1.5 && args->class_weight_list[1] == 1 &&
                args->class_weight_list[35] == 0.5);
    assert_int_equal(hone_internal_fields_set_text(fit, args, "class_weight", "0:1,0:2"),
                     HONE_ERROR_ARGUMENT);
    check_message("the class 0 is given twice");
    assert_int_equal(hone_internal_fields_set_text(fit, args, "class_weight", "x:1"), HONE_ERROR_ARGUMENT);
    check_message("expected a class number from 0 to");
    assert_int_equal(hone_internal_fields_set_text(fit, args, "class_weight", "1"), HONE_ERROR_ARGUMENT);
    check_message("CLASS:WEIGHT");
    assert_int_equal(hone_internal_fields_set_text(fit, args, "output", "x"), HONE_ERROR_NAME);
    hone_error_clear();
    assert_int_equal(hone_internal_fields_set_text(fit, args, "callbacks", "early_stopping(patience=3)"),
                     HONE_OK);
    hone_internal_fields_free(fit, args);
}
