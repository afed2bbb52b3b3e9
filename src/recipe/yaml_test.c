/* Tests of the YAML reader: scalars by the core schema, places, and everything that is refused. */
#include "testing/files.h"
#include "base/error.h"
#include "recipe/yaml.h"
#include "testing/test.h"
#include <math.h>

static hone_config *parse(const char *text)
{
    hone_error_clear();
    return hone_internal_yaml_parse(text, strlen(text), "recipe.yaml");
}

static hone_config *parse_good(const char *text)
{
    hone_config *config = parse(text);
    if (!config)
        fail_msg("%s: %s", text, hone_error_message());
    return config;
}

static void assert_refused(const char *text, const char *part)
{
    hone_config *config = parse(text);
    if (config)
        fail_msg("accepted: %s", text);
    if (hone_error_status() != HONE_ERROR_FORMAT || !strstr(hone_error_message(), part) ||
        strncmp(hone_error_message(), "recipe.yaml: ", 13) != 0)
        fail_msg("%s: received \"%s\", expected \"%s\"", text, hone_error_message(), part);
}

static const char recipe[] =
    "# a classifier\n"
    "model:\n"
    "  - input: [28, 28]\n"
    "  - flatten\n"
    "  - dense: {units: 300, activation: relu, kernel_initializer: he_normal}\n"
    "  - dropout: 0.5\n"
    "compile: {optimizer: adam, loss: mse, metrics: [accuracy]}\n"
    "data: {train: fashion-mnist, test: fashion-mnist#test, validation: last 5000, scale: 1/255}\n"
    "fit:\n"
    "  epochs: 30\n"
    "  callbacks: [\"early_stopping(patience=10, restore_best_weights=true)\"]\n";

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_a_recipe)
{
    hone_config *root = hone_internal_yaml_load(testing_file("r.yaml", recipe, strlen(recipe)));
    assert_non_null(root);
    assert_int_equal(hone_internal_config_kind(root), HONE_CONFIG_MAP);
    assert_int_equal(hone_internal_config_count(root), 4);
    const hone_config *model = hone_internal_config_get(root, "model");
    assert_int_equal(hone_internal_config_kind(model), HONE_CONFIG_LIST);
    assert_int_equal(hone_internal_config_count(model), 4);
    const hone_config *input = hone_internal_config_get(hone_internal_config_at(model, 0), "input");
    assert_int_equal(hone_internal_config_count(input), 2);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_at(input, 1)), 28);
    assert_string_equal(hone_internal_config_text_at(model, 1), "flatten");
    const hone_config *dense = hone_internal_config_get(hone_internal_config_at(model, 2), "dense");
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(dense, "units")), 300);
    assert_int_equal(hone_internal_config_place(dense).line, 5);
    assert_int_equal(hone_internal_config_place(dense).column, 12);
    assert_int_equal(hone_internal_config_place(hone_internal_config_get(dense, "activation")).line, 5);
    assert_int_equal(hone_internal_config_place(hone_internal_config_get(dense, "activation")).column, 37);
    assert_true(hone_internal_config_as_number(
                    hone_internal_config_get(hone_internal_config_at(model, 3), "dropout")) == 0.5);
    const hone_config *data = hone_internal_config_get(root, "data");
    assert_string_equal(hone_internal_config_get_text(data, "scale"), "1/255");
    assert_string_equal(hone_internal_config_get_text(data, "test"), "fashion-mnist#test");
    assert_string_equal(hone_internal_config_get_text(data, "validation"), "last 5000");
    const hone_config *fit = hone_internal_config_get(root, "fit");
    assert_int_equal(hone_internal_config_place(fit).line, 10);
    assert_int_equal(hone_internal_config_place(fit).column, 3);
    assert_string_equal(hone_internal_config_text_at(hone_internal_config_get(fit, "callbacks"), 0),
                        "early_stopping(patience=10, restore_best_weights=true)");
    assert_string_equal(hone_internal_config_key(root, 0), "model"); /* in order */
    assert_string_equal(hone_internal_config_key(root, 3), "fit");
    hone_internal_config_free(root);
}

TEST(reads_scalars_as_yaml_1_2)
{
    static const struct {
        const char *text;
        hone_config_kind kind;
        double number;
        const char *value;
    } cases[] = {
        {"~", HONE_CONFIG_NULL, 0, NULL},
        {"null", HONE_CONFIG_NULL, 0, NULL},
        {"NULL", HONE_CONFIG_NULL, 0, NULL},
        {"nUll", HONE_CONFIG_TEXT, 0, "nUll"},
        {"none", HONE_CONFIG_TEXT, 0, "none"},
        {"true", HONE_CONFIG_BOOLEAN, 1, NULL},
        {"FALSE", HONE_CONFIG_BOOLEAN, 0, NULL},
        {"yes", HONE_CONFIG_TEXT, 0, "yes"},
        {"on", HONE_CONFIG_TEXT, 0, "on"},
        {"12", HONE_CONFIG_INTEGER, 12, NULL},
        {"-12", HONE_CONFIG_INTEGER, -12, NULL},
        {"+7", HONE_CONFIG_INTEGER, 7, NULL},
        {"007", HONE_CONFIG_INTEGER, 7, NULL},
        {"0x1F", HONE_CONFIG_INTEGER, 31, NULL},
        {"0o17", HONE_CONFIG_INTEGER, 15, NULL},
        {"0o18", HONE_CONFIG_TEXT, 0, "0o18"},
        {"0x", HONE_CONFIG_TEXT, 0, "0x"},
        {"-0x1", HONE_CONFIG_TEXT, 0, "-0x1"},
        {"0b11", HONE_CONFIG_TEXT, 0, "0b11"},
        {"1_000", HONE_CONFIG_TEXT, 0, "1_000"},
        {"9223372036854775807", HONE_CONFIG_INTEGER, 0x1p63, NULL},
        {"0.5", HONE_CONFIG_NUMBER, 0.5, NULL},
        {".5", HONE_CONFIG_NUMBER, 0.5, NULL},
        {"1.", HONE_CONFIG_NUMBER, 1, NULL},
        {"-1.25e2", HONE_CONFIG_NUMBER, -125, NULL},
        {"1e-3", HONE_CONFIG_NUMBER, 1e-3, NULL},
        {"1E+3", HONE_CONFIG_NUMBER, 1e3, NULL},
        {".inf", HONE_CONFIG_NUMBER, INFINITY, NULL},
        {"-.INF", HONE_CONFIG_NUMBER, -INFINITY, NULL},
        {"inf", HONE_CONFIG_TEXT, 0, "inf"},
        {"nan", HONE_CONFIG_TEXT, 0, "nan"},
        {".", HONE_CONFIG_TEXT, 0, "."},
        {"1e", HONE_CONFIG_TEXT, 0, "1e"},
        {"e5", HONE_CONFIG_TEXT, 0, "e5"},
        {"1.2.3", HONE_CONFIG_TEXT, 0, "1.2.3"},
        {"1/255", HONE_CONFIG_TEXT, 0, "1/255"},
        {"12:30", HONE_CONFIG_TEXT, 0, "12:30"},
        {"2026-01-01", HONE_CONFIG_TEXT, 0, "2026-01-01"},
        {"\"12\"", HONE_CONFIG_TEXT, 0, "12"},
        {"'true'", HONE_CONFIG_TEXT, 0, "true"},
        {"''", HONE_CONFIG_TEXT, 0, ""},
        {"\"a\\tb\\u00e9\"", HONE_CONFIG_TEXT, 0, "a\tb\xc3\xa9"},
        {"|\n  two\n  lines\n", HONE_CONFIG_TEXT, 0, "two\nlines\n"},
        {">\n  one\n  line\n", HONE_CONFIG_TEXT, 0, "one line\n"},
        {"sgd(learning_rate=0.01, momentum=0.9)", HONE_CONFIG_TEXT, 0,
         "sgd(learning_rate=0.01, momentum=0.9)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        snprintf(text, sizeof text, "key: %s", cases[i].text);
        hone_config *root = parse_good(text);
        const hone_config *node = hone_internal_config_get(root, "key");
        if (hone_internal_config_kind(node) != cases[i].kind)
            fail_msg("%s: kind %d, expected %d", text, (int)hone_internal_config_kind(node),
                     (int)cases[i].kind);
        if (hone_internal_config_is(node, HONE_CONFIG_TEXT))
            assert_string_equal(hone_internal_config_as_text(node), cases[i].value);
        if (hone_internal_config_is(node, HONE_CONFIG_BOOLEAN))
            assert_int_equal(hone_internal_config_as_boolean(node), cases[i].number != 0);
        if (hone_internal_config_is_numeric(node))
            assert_true(hone_internal_config_as_number(node) == cases[i].number);
        assert_int_equal(hone_internal_config_place(node).line, 1);
        assert_int_equal(hone_internal_config_place(node).column, 6);
        hone_internal_config_free(root);
    }
    hone_config *root = parse_good("a: .nan\nb:\nc: 5");
    assert_true(isnan(hone_internal_config_as_number(hone_internal_config_get(root, "a"))));
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(root, "b")), HONE_CONFIG_NULL);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(root, "c")), 5);
    hone_internal_config_free(root);
}

TEST(reads_other_roots)
{
    hone_config *root = parse_good("[1, [], {}]");
    assert_int_equal(hone_internal_config_count(root), 3);
    assert_int_equal(hone_internal_config_kind(hone_internal_config_at(root, 1)), HONE_CONFIG_LIST);
    assert_int_equal(hone_internal_config_kind(hone_internal_config_at(root, 2)), HONE_CONFIG_MAP);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(root, 2)).column, 9);
    hone_internal_config_free(root);
    root = parse_good("%YAML 1.2\n---\nonly text\n...\n");
    assert_string_equal(hone_internal_config_as_text(root), "only text");
    hone_internal_config_free(root);
    root = parse_good("\xef\xbb\xbf"
                      "a: 1\r\nb: \xc3\xa9\r\n");
    assert_string_equal(hone_internal_config_get_text(root, "b"), "\xc3\xa9");
    hone_internal_config_free(root);
}

TEST(refuses_what_recipes_do_not_need)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"", "the file is empty"},
        {"# only a comment\n", "the file is empty"},
        {"a: 1\nb: 2\n  a: 3", "line 3, column 4: mapping values are not allowed"},
        {"a: 1\nb: 2\na: 3", "line 3, column 1: the key \"a\" appears twice, first on line 1"},
        {"a: {x: 1,\n  y: 2, x: 3}", "line 2, column 9: the key \"x\" appears twice, first on line 1"},
        {"a: 1\n\"a\": 3", "line 2, column 1: the key \"a\" appears twice"},
        {"a: [1, 2\nb: 3",
         "line 2, column 2: did not find expected ',' or ']' (while parsing a flow sequence from "
         "line 1, column 4)"},
        {"a: {b: 1", "while parsing a flow mapping from line 1, column 4"},
        {"a: \"open", "line 1, column 9: found unexpected end of stream"},
        {"a:\n\tb: 1", "line 2, column 1: a tab; indent with spaces"},
        {"\xc3\xa9: 1\na:\n\tb: 1", "line 3, column 1: a tab; indent with spaces"},
        {"a: &x 1\nb: *x", "line 1, column 4: anchors and aliases"},
        {"a: &x [1]", "line 1, column 4: anchors and aliases"},
        {"a: &x {b: 1}", "line 1, column 4: anchors and aliases"},
        {"a: *x", "line 1, column 4: anchors and aliases"},
        {"*x : 1", "line 1, column 1: anchors and aliases"},
        {"- *x", "line 1, column 3: anchors and aliases"},
        {"*x", "line 1, column 1: anchors and aliases"},
        {"a: !!python/object:os.system x", "line 1, column 4: tags"},
        {"a: !!str 1", "line 1, column 4: tags"},
        {"a: !thing {b: 1}", "line 1, column 4: tags"},
        {"a: !!seq [b]", "line 1, column 4: tags"},
        {"? [a, b]\n: 1", "line 1, column 3: expected a name before ':'"},
        {"{a: 1}: 2", "line 1, column 1: expected a name before ':'"},
        {"'': 1", "line 1, column 1: expected a name before ':'"},
        {"a: 1\n---\nb: 2", "line 2, column 1: a second document"},
        {"a: \"x\\0y\"", "line 1, column 4: this string contains the character NUL"},
        {"a: 9223372036854775808", "line 1, column 4: this integer is too large"},
        {"a: 0x8000000000000000", "line 1, column 4: this integer is too large"},
        {"a: \xff", "byte 4: invalid leading UTF-8 octet; expected UTF-8 text"},
        {"a: @b", "line 1, column 4: found character that cannot start any token"},
        {"a: %b", "line 1, column 4"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i].text, bad[i].part);
    assert_null(hone_internal_yaml_load(testing_path("missing.yaml")));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    assert_null(hone_internal_yaml_load(NULL));
}

static char *repeat(const char *part, size_t times)
{
    size_t length = strlen(part);
    char *text = malloc(length * times + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, part, length);
    text[length * times] = 0;
    return text;
}

TEST(keeps_its_limits)
{
    static const struct {
        const char *part;
        size_t times;
        const char *message;
    } bad[] = {
        {"[", 65, "more than 64 lists and maps"},     {"[", 500000, "more than 64 lists and maps"},
        {"- ", 65, "more than 64 lists and maps"},    {"{a: ", 65, "more than 64 lists and maps"},
        {"x", 65537, "more than 65536 bytes"},        {" ", 1048577, "too many; the limit is 1048576"},
        {"- 1\n", 100001, "more than 100000 values"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *text = repeat(bad[i].part, bad[i].times);
        assert_refused(text, bad[i].message);
        free(text);
    }
    char *text = malloc(100000);
    size_t used = 0;
    for (int i = 0; i < 4097; i++)
        used += (size_t)snprintf(text + used, 100000 - used, "k%d: 1\n", i);
    assert_refused(text, "line 4097, column 1: this map has more than 4096 keys");
    free(text);
    text = repeat("[", 64);
    assert_refused(text, "did not find expected node content"); /* deep enough to be read, but not closed */
    free(text);
}

/* Cut and damaged: a tree or an error of one line, never a crash or a leak. */
TEST(survives_damage)
{
    int64_t before = hone_internal_blocks_in_use();
    size_t length = strlen(recipe);
    for (size_t cut = 0; cut <= length; cut++) {
        char *text = malloc(cut + 1);
        memcpy(text, recipe, cut);
        hone_internal_config_free(hone_internal_yaml_parse(text, cut, "recipe.yaml"));
        free(text);
    }
    static const char letters[] = "{}[]:,-#&*!|>'\"%@` \t\n0aA~?\xff\x80";
    uint32_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        char *text = malloc(length);
        memcpy(text, recipe, length);
        for (int flips = 0; flips < 1 + i % 4; flips++)
            text[testing_random(&seed) % length] = letters[testing_random(&seed) % sizeof letters];
        hone_error_clear();
        hone_config *root = hone_internal_yaml_parse(text, length, "recipe.yaml");
        if (!root)
            assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
        hone_internal_config_free(root);
        free(text);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    const char *path = testing_file("m.yaml", recipe, strlen(recipe));
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 1000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_config *root = hone_internal_yaml_load(path);
        hone_internal_fail_allocations_after(-1);
        done = root != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_internal_config_free(root);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 20, 999);
}
