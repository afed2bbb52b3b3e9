/* Config trees to JSON. */
#include "fields/config.h"

#include "base/memory.h"
#include "fields/spec.h"
#include "testing/test.h"
#include <math.h>

static void assert_json(hone_config *config, bool finite_only, const char *expected)
{
    char *json = hone_internal_config_to_json(config, finite_only);

    assert_string_equal(json, expected);
    hone_internal_free(json);
    hone_internal_config_free(config);
}

TEST(json_is_written_as_python_does)
{
    hone_config *map = NULL;
    char *name = hone_internal_spec_parse(
        "a(units=300, rate=0.5, name=dense, none=none, bias=true, shape=[28, 28])", &map);
    hone_internal_free(name);
    assert_json(map, false,
                "{\"units\": 300, \"rate\": 0.5, \"name\": \"dense\", \"none\": null, \"bias\": true, "
                "\"shape\": [28, 28]}");
    assert_json(hone_internal_config_map(), false, "{}");
    assert_json(hone_internal_config_list(), false, "[]");
    assert_json(hone_internal_config_number(-HUGE_VAL), false, "-Infinity");
    assert_json(hone_internal_config_number((double)NAN), false, "NaN");
    assert_json(hone_internal_config_number((double)NAN), true, "null");
    assert_json(hone_internal_config_integer(INT64_MIN), true, "-9223372036854775808");
}

TEST(json_texts_are_escaped)
{
    assert_json(hone_internal_config_text("a\"b\\c\n\t\x01\x7f"), false,
                "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"");
    assert_json(hone_internal_config_text("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), false,
                "\"\\u00e9 \\u20ac \\ud83d\\ude00\"");
    assert_json(hone_internal_config_text("\xff\xc3"), false, "\"\\ufffd\\ufffd\"");
    assert_json(hone_internal_config_text("\xed\xa0\x80"), false,
                "\"\\ufffd\\ufffd\\ufffd\"");                                        /* half a pair */
    assert_json(hone_internal_config_text("\xc0\x80"), false, "\"\\ufffd\\ufffd\""); /* too long for a 0 */
}
