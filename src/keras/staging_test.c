/* Weights on their way from a file into a model. */
#include "keras/staging.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <stdio.h>
#include <math.h>

static const float numbers[4] = {1, 2, 3, 4};

/* "layers/dense/vars" with arrays [2] and [2]. */
static hone_weights_file *make_file(void)
{
    void *data;
    size_t bytes;
    const hone_array two = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){2}),
                     others = hone_array_view(numbers + 2, HONE_FLOAT32, 1, (int64_t[]){2});
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add_group(store, "layers/dense/vars", "d"), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "layers/dense/vars", &two, false), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "layers/dense/vars", &others, false), HONE_OK);
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_OK);
    hone_internal_store_free(store);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "w.h5");
    assert_non_null(file);
    return file;
}

typedef struct bench {
    hone_variable *variables[2];
    hone_staging staging;
} bench;

static void note(void *context, const char *text, size_t length)
{
    char *said = context;
    snprintf(said, 400, "%.*s", (int)length, text);
}

static bench begin(int64_t first, int64_t second, const hone_load_weights_args *args)
{
    hone_error_clear();
    bench b = {.variables = {hone_internal_variable_create("a", HONE_SHAPE(first), "zeros"),
                             hone_internal_variable_create("b", HONE_SHAPE(second), "zeros")},
               .staging = {.file = make_file(), .label = "w.h5", .args = args}};
    assert_int_equal(hone_internal_variables_place(b.variables, 2), HONE_OK);
    for (int i = 0; i < 2; i++)
        hone_internal_variable_data(b.variables[i])[0] = -7;
    return b;
}

static void end(bench *b)
{
    hone_internal_staging_free(&b->staging);
    hone_internal_weights_close(b->staging.file);
    for (int i = 0; i < 2; i++)
        hone_internal_variable_free(b->variables[i]);
}

TEST(weights_change_when_all_are_there)
{
    bench b = begin(2, 2, NULL);
    assert_int_equal(hone_internal_stage_object(&b.staging, "layers/dense", "d", b.variables, 2), HONE_OK);
    assert_int_equal(b.staging.count, 2);
    assert_true(hone_internal_variable_data(b.variables[0])[0] == -7);
    hone_internal_staging_commit(&b.staging);
    assert_memory_equal(hone_internal_variable_data(b.variables[0]), numbers, 8);
    assert_memory_equal(hone_internal_variable_data(b.variables[1]), numbers + 2, 8);
    assert_false(b.variables[0]->fresh);
    end(&b);
}

static const struct {
    const char *name;
    const char *path;
    int64_t second; /* size of the second weight */
    size_t count;
    hone_status status;
    const char *words;
} cases[] = {
    {"as many", "layers/dense", 2, 2, HONE_OK, NULL},
    {"none, of a group that is not there", "layers/flatten", 2, 0, HONE_OK, NULL},
    {"fewer weights", "layers/dense", 2, 1, HONE_ERROR_SHAPE,
     "w.h5: layers/dense/vars: the layer \"d\" has 1 weight, but the file has 2"},
    {"another shape", "layers/dense", 3, 2, HONE_ERROR_SHAPE, "layers/dense/vars/1"},
    {"a group that is not there", "layers/dense_1", 2, 2, HONE_ERROR_SHAPE, "but the file has 0"},
};

TEST_EACH(a_layer_must_fit, cases)
{
    bench b = begin(2, row->second, NULL);
    const hone_status status =
        hone_internal_stage_object(&b.staging, row->path, "d", b.variables, row->count);
    assert_int_equal(status, row->status);
    if (row->words != NULL)
        assert_message_has(row->words);
    end(&b);
}

/* What a layer had staged before its second weight did not fit is given up, with a warning. */
TEST_EACH(a_layer_that_does_not_fit_may_be_skipped, cases)
{
    char said[400] = "";
    const hone_load_weights_args args = {.skip_mismatch = true, .output = note, .output_context = said};
    bench b = begin(2, row->second, &args);
    assert_int_equal(hone_internal_stage_object(&b.staging, row->path, "d", b.variables, row->count),
                     HONE_OK);
    assert_int_equal(b.staging.count, row->status < 0 ? 0 : row->count);
    assert_true((strstr(said, "the layer keeps its current weights") != NULL) == (row->status < 0));
    assert_int_equal(hone_error_status(), HONE_OK);
    end(&b);
}

TEST(other_failures_are_not_forgiven)
{
    const hone_load_weights_args args = {.skip_mismatch = true};
    hone_staging staging = {.args = &args};
    assert_int_equal(hone_internal_staging_forgive(&staging, 0, HONE_ERROR_FORMAT), HONE_ERROR_FORMAT);
    assert_int_equal(hone_internal_staging_forgive(&staging, 0, HONE_OK), HONE_OK);
    staging.args = NULL;
    assert_int_equal(hone_internal_staging_forgive(&staging, 0, HONE_ERROR_SHAPE), HONE_ERROR_SHAPE);
}

TEST(the_path_of_a_group)
{
    char *own = hone_internal_vars_path(""), *other = hone_internal_vars_path("layers/dense");
    assert_string_equal(own, "vars");
    assert_string_equal(other, "layers/dense/vars");
    hone_internal_free(own);
    hone_internal_free(other);
}

static const struct {
    const char *name;
    int32_t iteration;
    float rate;
    const char *words; /* NULL: good */
} states[] = {
    {"good", 7, 0.5f, NULL},
    {"the rate 0", 0, 0, NULL},
    {"a negative iteration", -1, 0.5f, "w.h5: the optimizer's iteration is -1"},
    {"a negative rate", 1, -0.5f, "w.h5: the optimizer's learning rate is -0.5"},
    {"no number", 1, NAN, "learning rate is nan"},
    {"no bounds", 1, INFINITY, "learning rate is inf"},
};

TEST_EACH(an_optimizer_has_a_possible_state, states)
{
    const hone_status status = hone_internal_check_optimizer_state("w.h5", row->iteration, row->rate);
    assert_int_equal(status, row->words == NULL ? HONE_OK : HONE_ERROR_FORMAT);
    if (row->words != NULL)
        assert_message_has(row->words);
}
