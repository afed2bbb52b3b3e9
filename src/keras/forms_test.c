/* What a user's own layer says about Keras's releases and files, as the built-in ones do. */
#include "base/memory.h"
#include "fields/fields.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "keras/parts.h"
#include "testing/test.h"
#include <hone/hone.h>

#include <math.h>
#include <string.h>

#define BOUNDED_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, slope, 0.5, "slope", .was = "alpha|a") \
    F(A, NUMBERS, bounds, HONE_NO_NUMBERS, "lowest and highest", .keys = "low=0|high=inf", .newer = true) \
    F(A, INTEGER, axis, -1, "axis", .one_in_list = true) \
    F(A, NUMBERS, center, HONE_NO_NUMBERS, "center", .plain_without = "bounds", .newer = true) \
    F(A, BOOLEAN, fresh, false, "newer", .since = 310) \
    F(A, BOOLEAN, shiny, false, "a truth value", .newer = true)
HONE_ARGS_STRUCT(bounded_args, BOUNDED_FIELDS);
HONE_FIELD_TABLE(bounded_args, BOUNDED_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)layer, (void)graph, (void)count;
    outputs[0] = inputs[0];
    return 1;
}

static const hone_layer_type bounded = {
    .type = {.name = "bounded",
             .class_name = "Bounded",
             .module = "mine",
             .since = 305,
             .ignored = "remark",
             HONE_TYPE_FIELDS(bounded_args)},
    .call = call,
};

static hone_layer *read_layer(const char *config)
{
    char *text = hone_internal_format(
        "{\"module\": \"keras.layers\", \"class_name\": \"Bounded\", \"config\": %s}", config);
    hone_config *tree = hone_internal_json_parse(text, strlen(text), "layer");
    hone_layer *layer = tree == NULL ? NULL : hone_internal_layer_from_config(tree, NULL);
    hone_internal_config_free(tree);
    hone_internal_free(text);
    return layer;
}

TEST(files_have_maps_and_lists_where_rows_say_so)
{
    hone_register_layer(&bounded);
    hone_layer *layer = read_layer(
        "{\"alpha\": 2, \"shiny\": 1, \"bounds\": {\"low\": 0.25}, \"axis\": [1], \"center\": [3]}");
    if (layer == NULL)
        fail_msg("%s", hone_error_message());
    const bounded_args *args = hone_layer_args(layer);
    assert_true(args->slope == 2 && args->axis == 1 && args->shiny);
    assert_int_equal(args->bounds_count, 2);
    assert_true(args->bounds_list[0] == 0.25 && args->bounds_list[1] == HUGE_VAL);
    hone_config *written = hone_internal_layer_to_config(layer),
                *config = hone_internal_config_get_mutable(written, "config");
    char *bounds = hone_internal_config_to_json(hone_internal_config_get(config, "bounds"), false);
    assert_string_equal(bounds, "{\"low\": 0.25}");
    assert_true(hone_internal_config_is(hone_internal_config_get(config, "center"), HONE_CONFIG_LIST));
    hone_internal_free(bounds);
    hone_internal_config_free(written);
    hone_layer_free(layer);
    layer = read_layer("{\"slope\": 1, \"a\": 2, \"bounds\": {}, \"center\": [3]}");
    args = hone_layer_args(layer);
    assert_true(args->slope == 1); /* the present name counts */
    assert_int_equal(args->bounds_count, 0);
    written = hone_internal_layer_to_config(layer);
    assert_true(hone_internal_config_is(
        hone_internal_config_get(hone_internal_config_get(written, "config"), "center"), HONE_CONFIG_NUMBER));
    hone_internal_config_free(written);
    hone_layer_free(layer);
}

static hone_status write_for(const char *config, int version)
{
    char *text = hone_internal_format("{\"class_name\": \"Bounded\", \"config\": %s}", config);
    hone_config *tree = hone_internal_json_parse(text, strlen(text), "layer");
    hone_status status = hone_internal_config_for_release(tree, version);
    hone_internal_config_free(tree);
    hone_internal_free(text);
    return status;
}

TEST(a_release_lacks_what_rows_and_types_say)
{
    hone_register_layer(&bounded);
    assert_int_equal(write_for("{\"fresh\": true}", 310), HONE_OK);
    assert_int_equal(write_for("{\"fresh\": false}", 309), HONE_OK);
    assert_int_equal(write_for("{\"fresh\": true}", 309), HONE_ERROR_UNSUPPORTED);
    assert_int_equal(write_for("{}", 304), HONE_ERROR_UNSUPPORTED);
    hone_error_clear();
}

TEST(a_text_of_numbers_gives_each_under_its_name)
{
    hone_config *config = hone_internal_config_map();
    assert_int_equal(hone_internal_keras_others_write(config, " h = 2, wide=30,c =4"), HONE_OK);
    char *text = hone_internal_config_to_json(config, false);
    assert_string_equal(text, "{\"h\": 2, \"wide\": 30, \"c\": 4}");
    hone_internal_free(text);
    assert_int_equal(hone_internal_keras_others_write(config, "alone"), HONE_OK);
    hone_internal_config_free(config);
}
