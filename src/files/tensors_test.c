/* Weights by name in safetensors files: names, rules that map those of others, and what is refused. */
#include "model/model.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static void number(hone_model *model, float first)
{
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_internal_variable_data(weight)[j] = first++;
    }
}

static float first_of(const hone_model *model, int weight)
{
    return hone_internal_variable_data(hone_model_weight(model, weight))[0];
}

/* A file of the layers "theirs" [2, 2] with 1 to 6 and "out" [2, 1] with 7 to 9. */
static const char *make_file(void)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .name = "theirs"), hone_dense(1, .name = "out"));
    number(model, 1);
    assert_int_equal(hone_save(model, testing_path("w.safetensors")), HONE_OK);
    hone_model_free(model);
    return testing_path("w.safetensors");
}

/* A model "ours", "out" with 100 and so on; the first numbers of its four weights afterwards. */
static const struct {
    const char *name, *map[4];
    bool partial;
    float expected[4];
    hone_status status;
    const char *words;
} rules[] = {
    {"name by name",
     {"theirs/kernel=ours/kernel", "theirs/bias=ours/bias"},
     false,
     {1, 5, 7, 9},
     HONE_OK,
     NULL},
    {"a star", {"theirs/*=ours/*"}, false, {1, 5, 7, 9}, HONE_OK, NULL},
    {"a star for all",
     {"out*=out*", "*s/kernel=ours/kernel", "*bias=ours/bias"},
     false,
     {1, 5, 7, 9},
     HONE_OK,
     NULL},
    {"the first rule counts",
     {"theirs/kernel=ours/kernel", "theirs/*=", "*=*"},
     true,
     {1, 104, 7, 9},
     HONE_OK,
     NULL},
    {"a matrix transposed",
     {"theirs/kernel=ours/kernel.T", "theirs/bias=ours/bias"},
     false,
     {1, 5, 7, 9},
     HONE_OK,
     NULL},
    {"one left out", {"theirs/*="}, true, {100, 104, 7, 9}, HONE_OK, NULL},
    {"a part", {NULL}, true, {100, 104, 7, 9}, HONE_OK, NULL},
    {"all of it",
     {NULL},
     false,
     {100, 104, 106, 108},
     HONE_ERROR_NAME,
     "the tensor \"theirs/bias\" is not a weight of the model"},
    {"a weight that has no tensor",
     {"theirs/*="},
     false,
     {100, 104, 106, 108},
     HONE_ERROR_FORMAT,
     "there is no tensor for the weight \"ours/kernel\""},
    {"a name that is none here",
     {"theirs/*=our/*"},
     true,
     {100, 104, 106, 108},
     HONE_ERROR_NAME,
     "(here \"our/bias\") is not a weight of the model; did you mean \"ours/bias\"?"},
    {"two for one",
     {"theirs/bias=ours/bias", "theirs/kernel=ours/bias"},
     true,
     {100, 104, 106, 108},
     HONE_ERROR_NAME,
     "two tensors are for the weight \"ours/bias\""},
    {"another shape",
     {"theirs/kernel=out/kernel", "theirs/*=", "out/*="},
     true,
     {100, 104, 106, 108},
     HONE_ERROR_SHAPE,
     "expected the shape"},
    {"no rule",
     {"theirs"},
     true,
     {100, 104, 106, 108},
     HONE_ERROR_ARGUMENT,
     "\"theirs\" does not map a name: expected THEIRS=OURS"},
    {"a rule for nothing", {"=ours"}, true, {100, 104, 106, 108}, HONE_ERROR_ARGUMENT, "does not map a name"},
};

TEST_EACH(names_of_others_are_mapped, rules)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .name = "ours"), hone_dense(1, .name = "out"));
    number(model, 100);
    hone_error_clear();
    const hone_status status = hone_load_weights(
        model, make_file(), .map = row->map[0] != NULL ? row->map : NULL, .partial = row->partial);
    if (status != row->status)
        fail_msg("%d: %s", (int)status, hone_error_message());
    if (row->words != NULL)
        assert_message_has(row->words);
    for (int i = 0; i < 4; i++)
        assert_true(first_of(model, i) == row->expected[i]);
    hone_model_free(model);
}

TEST(a_transposed_matrix_changes_its_sides)
{
    static const char *const map[] = {"theirs/kernel=ours/kernel.T", NULL};
    hone_model *model = hone_sequential(hone_input(2), hone_dense(2, .name = "ours"));
    number(model, 100);
    assert_int_equal(hone_load_weights(model, make_file(), .map = map, .partial = true), HONE_OK);
    assert_memory_equal(hone_internal_variable_data(hone_model_weight(model, 0)), ((float[]){1, 3, 2, 4}),
                        16);
    hone_model_free(model);
}

static void note(void *context, const char *text, size_t length)
{
    snprintf(context, 400, "%.*s", (int)length, text);
}

TEST(a_weight_that_does_not_fit_may_keep_its_values)
{
    char said[400] = "";
    hone_model *model = hone_sequential(hone_input(2), hone_dense(3, .name = "theirs", .use_bias = false));
    number(model, 100);
    if (hone_load_weights(model, make_file(), .partial = true, .skip_mismatch = true, .output = note,
                          .output_context = said) < 0)
        fail_msg("%s", hone_error_message());
    assert_non_null(strstr(said, "it keeps its current values"));
    assert_true(first_of(model, 0) == 100);
    hone_model_free(model);
}

/* Weights of one name in a layer have numbers; those of layers within have the path. */
TEST(each_weight_has_a_name)
{
    hone_model *inner = hone_sequential(hone_input(2), hone_dense(2, .name = "d"));
    assert_int_equal(hone_model_set_name(inner, "tower"), HONE_OK);
    hone_model *model =
        hone_sequential(hone_input(2), hone_model_as_layer(inner), hone_dense(1, .name = "out"));
    hone_model *other =
        hone_sequential(hone_input(2), hone_dense(2, .name = "e"), hone_dense(1, .name = "out"));
    static const char *const map[] = {"tower/d/*=e/*", NULL};
    number(model, 1);
    number(other, 100);
    assert_int_equal(hone_save(model, testing_path("nested.safetensors")), HONE_OK);
    if (hone_load_weights(other, testing_path("nested.safetensors"), .map = map) < 0)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 4; i++)
        assert_true(first_of(other, i) == first_of(model, i));
    hone_model_free(other);
    hone_model_free(model);
}

static const struct {
    const char *name;
    float number, back;
} types[] = {{"float32", 1.0009765f, 1.0009765f},
             {"float64", 1.0009765f, 1.0009765f},
             {"float16", 1.0004f, 1},
             {"bfloat16", 1.003f, 1}};

TEST_EACH(numbers_have_a_type, types)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1, .use_bias = false, .name = "d"));
    number(model, row->number);
    assert_int_equal(hone_save(model, testing_path("t.safetensors"), .dtype = row->name), HONE_OK);
    number(model, 0);
    assert_int_equal(hone_load_weights(model, testing_path("t.safetensors")), HONE_OK);
    assert_true(first_of(model, 0) == row->back);
    hone_model_free(model);
}
