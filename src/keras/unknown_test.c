/* Settings in model files that Hone does not know: dropped, refused, or kept for the next file. */
#include "keras/unknown.h"
#include "base/error.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "formats/formats.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

static char lines[600]; /* what was warned of */

static void keep_lines(void *context, const char *text, size_t length)
{
    (void)context;
    snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%.*s", (int)length, text);
}

static hone_config *parse(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    return config;
}

static void assert_json(const hone_config *config, const char *expected)
{
    char *text = config == NULL ? NULL : hone_internal_config_to_json(config, false);
    if (expected == NULL)
        assert_null(config);
    else
        assert_string_equal(text, expected);
    hone_internal_free(text);
}

static hone_status take(const char *type, hone_config *config, bool ignore, hone_config **kept)
{
    const hone_load_args args = {.ignore_unknown = ignore, .output = keep_lines};
    const hone_loading loading = {.args = &args};
    lines[0] = '\0';
    *kept = NULL;
    return hone_internal_unknown_take(&loading, hone_internal_type_find("layer", type), config, "dense_1",
                                      kept);
}

static const struct {
    const char *name, *setting;
} silent[] = {
    {"null", "\"kernel_quantizer\": null"},
    {"false", "\"synchronised\": false"},
    {"a default of Keras", "\"data_format\": \"channels_last\""},
    {"what never says anything", "\"shared_object_id\": 7"},
};

TEST_EACH(a_setting_that_says_nothing_is_dropped, silent)
{
    char text[200];
    hone_config *kept;
    snprintf(text, sizeof text, "{\"units\": 3, %s}", row->setting);
    hone_config *config = parse(text);
    assert_int_equal(take("Dense", config, false, &kept), HONE_OK);
    assert_json(config, "{\"units\": 3}");
    assert_null(kept);
    assert_string_equal(lines, "");
    hone_internal_config_free(config);
}

TEST(any_other_is_refused_with_layer_and_nearest)
{
    hone_config *config = parse("{\"unit\": 3}"), *kept;
    assert_int_equal(take("Dense", config, false, &kept), HONE_ERROR_NAME);
    assert_non_null(
        strstr(hone_error_message(), "dense_1: unknown setting \"unit\" of Dense; did you mean \"units\"?"));
    hone_internal_config_free(kept);
    hone_internal_config_free(config);
    config = parse("{\"units\": 3, \"data_format\": \"channels_first\"}");
    assert_int_equal(take("Dense", config, false, &kept), HONE_ERROR_NAME);
    hone_internal_config_free(kept);
    hone_internal_config_free(config);
}

TEST(ignored_ones_are_warned_of_kept_and_given_back)
{
    hone_config *config = parse("{\"units\": 3, \"alpha\": [1, 2], \"beta\": \"x\"}"), *kept;
    assert_int_equal(take("Dense", config, true, &kept), HONE_OK);
    assert_json(config, "{\"units\": 3}");
    assert_non_null(strstr(lines, "\"alpha\" of Dense is ignored"));
    assert_non_null(strstr(lines, "\"beta\" of Dense is ignored"));
    assert_int_equal(hone_internal_unknown_give(config, kept), HONE_OK);
    assert_int_equal(hone_internal_config_count(hone_internal_config_get(config, "alpha")), 2);
    assert_string_equal(hone_internal_config_get_text(config, "beta"), "x");
    hone_internal_config_free(kept);
    hone_internal_config_free(config);
}

TEST(those_within_an_object_are_kept_under_its_key)
{
    static const char text[] = "{\"units\": 3, \"kernel_regularizer\": {\"module\": \"keras.regularizers\", "
                               "\"class_name\": \"L2\", \"config\": {\"l2\": 0.5, \"l9\": 1}}}";
    hone_config *config = parse(text), *kept;
    assert_int_equal(take("Dense", config, true, &kept), HONE_OK);
    assert_json(kept, "{\"kernel_regularizer\": {\"config\": {\"l9\": 1}}}");
    assert_int_equal(hone_internal_unknown_give(config, kept), HONE_OK);
    assert_json(config, text);
    hone_internal_config_free(kept);
    hone_internal_config_free(config);
}

TEST(those_of_losses_are_kept_at_their_place_of_a_list)
{
    const hone_load_args args = {.ignore_unknown = true};
    const hone_loading loading = {.args = &args};
    hone_config *kept = NULL,
                *config =
                    parse("[\"mse\", {\"class_name\": \"Huber\", \"config\": {\"delta\": 2.0, \"eta\": 1}}]");
    assert_int_equal(hone_internal_unknown_take_settings(&loading, "loss", config, "loss", &kept), HONE_OK);
    assert_json(kept, "[null, {\"config\": {\"eta\": 1}}]");
    hone_internal_config_free(kept);
    hone_internal_config_free(config);
}

TEST(outside_of_a_load_nothing_is_done)
{
    const hone_loading nowhere = {0};
    hone_config *config = parse("{\"unit\": 3}"), *kept = NULL;
    assert_int_equal(hone_internal_unknown_take(&nowhere, hone_internal_type_find("layer", "Dense"), config,
                                                "dense", &kept),
                     HONE_OK);
    assert_json(config, "{\"unit\": 3}");
    assert_null(kept);
    hone_internal_loading_warn(NULL, "%s", "nobody listens");
    hone_internal_loading_warn(&nowhere, "%s", "nobody listens");
    hone_internal_config_free(config);
}

TEST(a_long_warning_is_cut_and_is_one_line)
{
    char text[3000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    lines[0] = '\0';
    hone_internal_warn(keep_lines, NULL, "%s", text);
    assert_true(strlen(lines) > 500);
    hone_internal_warn(NULL, NULL, "%s", text);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 200; n++) {
        hone_config *kept, *config = parse("{\"units\": 3, \"alpha\": [1, 2], \"kernel_regularizer\": "
                                           "{\"class_name\": \"L2\", \"config\": {\"l9\": 1}}}");
        hone_internal_fail_allocations_after(n);
        status = take("Dense", config, true, &kept);
        if (status >= 0)
            status = hone_internal_unknown_give(config, kept);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_config_free(kept);
        hone_internal_config_free(config);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
