/* The state in a checkpoint: what goes in comes out, and a damaged one is refused by its key. */
#include "train/state.h"
#include "base/memory.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static char path[] = "DIR/latest.keras";

static hone_config *parse(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "state");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    return config;
}

TEST(numbers_come_back_and_whole_ones_serve_as_numbers)
{
    hone_checkpoint checkpoint = {.path = path};
    hone_config *map = hone_internal_config_map();
    int64_t whole;
    double number;
    assert_int_equal(hone_internal_state_put_integer(map, "epoch", 3), HONE_OK);
    assert_int_equal(hone_internal_state_put_number(map, "seconds", 0.1), HONE_OK);
    assert_int_equal(hone_internal_state_put_number(map, "momentum", NAN), HONE_OK);
    assert_int_equal(hone_internal_state_integer(&checkpoint, map, "epoch", 0, &whole), HONE_OK);
    assert_int_equal(whole, 3);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "epoch", &number), HONE_OK);
    assert_true(number == 3);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "seconds", &number), HONE_OK);
    assert_true(number == 0.1);
    assert_int_equal(hone_internal_state_number(&checkpoint, map, "momentum", &number), HONE_OK);
    assert_true(isnan(number));
    hone_internal_config_free(map);
}

static const struct {
    const char *name, *text;
} wrong[] = {
    {"one that is not there", "{}"},    {"text", "{\"epoch\": \"3\"}"},       {"null", "{\"epoch\": null}"},
    {"a fraction", "{\"epoch\": 3.5}"}, {"one too small", "{\"epoch\": -1}"}, {"a list", "{\"epoch\": [3]}"},
};

TEST_EACH(a_whole_number_is_not, wrong)
{
    hone_checkpoint checkpoint = {.path = path};
    hone_config *map = parse(row->text);
    int64_t whole = 7;
    assert_int_equal(hone_internal_state_integer(&checkpoint, map, "epoch", 0, &whole), HONE_ERROR_FORMAT);
    assert_int_equal(whole, 0);
    assert_string_equal(hone_error_message(),
                        "DIR/latest.keras: hone/state.json: \"epoch\" is missing or wrong");
    hone_internal_config_free(map);
}
