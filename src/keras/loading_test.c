/* What holds while a model is read: weights within what the file allows, however deep they stand; depth. */
#include "keras/loading.h"
#include "base/memory.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <string.h>

#define INPUT(sizes) \
    "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"x\", \"batch_shape\": [null, " sizes "]}}"
#define DENSE(units) "{\"class_name\": \"Dense\", \"config\": {\"units\": " units "}}"
#define SEQUENTIAL(layers) "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [" layers "]}}"

static hone_model *read_with(const char *text, const hone_loading *loading)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    assert_non_null(config);
    hone_model *model = hone_internal_model_from_config(config, loading);
    hone_internal_config_free(config);
    return model;
}

/* Dense(4) on 4 numbers: a kernel of 64 bytes and a bias of 16, which takes a line of 64 too. */
static const struct {
    const char *name, *text;
    size_t bytes;
} asking[] = {
    {"a layer", SEQUENTIAL(INPUT("4") ", " DENSE("4")), 128},
    {"two layers together", SEQUENTIAL(INPUT("4") ", " DENSE("4") ", " DENSE("4")), 256},
    {"a model within", SEQUENTIAL(INPUT("4") ", " SEQUENTIAL(INPUT("4") ", " DENSE("4"))), 128},
    {"a model within that is built when it is called", SEQUENTIAL(INPUT("4") ", " SEQUENTIAL(DENSE("4"))),
     128},
    {"what a wrapper wraps",
     SEQUENTIAL(
         INPUT("4") ", {\"class_name\": \"SpectralNormalization\", \"config\": {\"layer\": " DENSE("4") "}}"),
     192},
    {"what a wrapper wraps, as text",
     SEQUENTIAL(
         INPUT("4") ", {\"class_name\": \"SpectralNormalization\", \"config\": {\"layer\": \"dense(4)\"}}"),
     192},
    {"a constant of one number for all",
     SEQUENTIAL(INPUT("16") ", {\"class_name\": \"Normalization\", \"config\": {\"axis\": -1, \"mean\": 0.5, "
                            "\"variance\": 2.0}}"),
     128},
};

TEST_EACH(weights_take_no_more_than_the_file_allows, asking)
{
    hone_loading loading;
    assert_int_equal(hone_internal_loading_begin(&loading, NULL, row->bytes), HONE_OK);
    hone_model *model = read_with(row->text, &loading);
    hone_internal_loading_end(&loading);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
    assert_int_equal(hone_internal_loading_begin(&loading, NULL, row->bytes - 1), HONE_OK);
    assert_null(read_with(row->text, &loading));
    hone_internal_loading_end(&loading);
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "more than the file can hold"));
}

TEST(what_is_added_to_a_model_after_its_load_is_not_limited)
{
    hone_loading loading;
    assert_int_equal(hone_internal_loading_begin(&loading, NULL, 128), HONE_OK);
    hone_model *model = read_with(asking[0].text, &loading);
    hone_internal_loading_end(&loading);
    assert_int_equal(hone_model_add(model, hone_layer_from_text("dense(100)")), HONE_OK);
    hone_model_free(model);
}

/* {class_name, config: {key: value}}; takes over `value`. JSON of a file is not read that deep. */
static hone_config *around(const char *class_name, const char *key, hone_config *value)
{
    hone_config *config = hone_internal_config_map();
    assert_int_equal(hone_internal_config_set(config, key, value), HONE_OK);
    return hone_internal_envelope("keras.layers", class_name, config);
}

static hone_config *sequential(hone_config *layer)
{
    hone_config *layers = hone_internal_config_list();
    assert_int_equal(hone_internal_config_append(layers, layer), HONE_OK);
    return around("Sequential", "layers", layers);
}

static hone_config *dense(void)
{
    return around("Dense", "units", hone_internal_config_integer(4));
}

static const struct {
    const char *name, *words;
    bool wrappers;
} deep[] = {{"models", "models are nested more than 32 deep", false},
            {"wrappers", "layers are nested more than 32 deep", true}};

TEST_EACH(what_stands_within_is_at_most_32_deep, deep)
{
    for (int count = 32; count <= 33; count++) {
        hone_config *config = dense();
        for (int i = 0; i < count; i++)
            config = row->wrappers ? around("SpectralNormalization", "layer", config) : sequential(config);
        config = sequential(config);
        hone_model *model = hone_internal_model_from_config(config, NULL);
        if (count == 32 && model == NULL)
            fail_msg("%s", hone_error_message());
        if (count == 33 && (model != NULL || strstr(hone_error_message(), row->words) == NULL))
            fail_msg("%d deep: \"%s\"", count, hone_error_message());
        hone_model_free(model);
        hone_internal_config_free(config);
    }
}

static void count_lines(void *context, const char *text, size_t length)
{
    assert_int_equal(text[length - 1], '\n');
    ++*(int *)context;
}

TEST(a_warning_goes_to_the_load_that_it_is_about)
{
    int lines = 0;
    const hone_load_args args = {.output = count_lines, .output_context = &lines};
    hone_internal_loading_warn(&(hone_loading){.args = &args}, "%s", "odd");
    hone_internal_loading_warn(&(hone_loading){0}, "%s", "odd");
    hone_internal_loading_warn(NULL, "%s", "odd");
    assert_int_equal(lines, 1);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_model *model = NULL;
    for (int64_t n = 0; model == NULL && n < 1000; n++) {
        hone_loading loading;
        hone_config *config = hone_internal_json_parse(asking[4].text, strlen(asking[4].text), "test");
        hone_internal_fail_allocations_after(n);
        if (hone_internal_loading_begin(&loading, NULL, 1000) >= 0)
            model = hone_internal_model_from_config(config, &loading);
        hone_internal_loading_end(&loading);
        hone_internal_fail_allocations_after(-1);
        if (model == NULL)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_internal_config_free(config);
        if (model == NULL)
            assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_non_null(model);
    hone_model_free(model);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
