/* Config trees: building, comparing, describing. */
#include "fields/config.h"

#include "base/memory.h"
#include "testing/test.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void set(hone_config *map, const char *key, hone_config *item)
{
    assert_int_equal(hone_internal_config_set(map, key, item), HONE_OK);
}

static hone_config *make_list(int64_t a, int64_t b)
{
    hone_config *list = hone_internal_config_list();

    assert_int_equal(hone_internal_config_append(list, hone_internal_config_integer(a)), HONE_OK);
    assert_int_equal(hone_internal_config_append(list, hone_internal_config_integer(b)), HONE_OK);
    return list;
}

static hone_config *make_map(void)
{
    hone_config *map = hone_internal_config_map();

    set(map, "units", hone_internal_config_integer(300));
    set(map, "rate", hone_internal_config_number(0.5));
    set(map, "name", hone_internal_config_text("dense"));
    set(map, "none", hone_internal_config_text(NULL));
    set(map, "bias", hone_internal_config_boolean(true));
    set(map, "shape", make_list(28, 28));
    return map;
}

TEST(maps_keep_their_order_and_replace_in_place)
{
    hone_config *map = make_map();

    assert_int_equal(hone_internal_config_count(map), 6);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(map, "units")), 300);
    assert_true(hone_internal_config_as_number(hone_internal_config_get(map, "units")) == 300);
    assert_string_equal(hone_internal_config_get_text(map, "name"), "dense");
    assert_null(hone_internal_config_get_text(map, "units"));
    assert_null(hone_internal_config_get(map, "absent"));
    assert_null(hone_internal_config_get(NULL, "units"));
    assert_null(hone_internal_config_get(hone_internal_config_get(map, "shape"), "units"));
    assert_false(hone_internal_config_present(hone_internal_config_get(map, "none")));
    assert_true(hone_internal_config_present(hone_internal_config_get(map, "name")));
    set(map, "rate", hone_internal_config_number(0.25)); /* in its old place */
    assert_string_equal(hone_internal_config_key(map, 1), "rate");
    assert_true(hone_internal_config_as_number(hone_internal_config_get_mutable(map, "rate")) == 0.25);
    hone_internal_config_remove(map, "units");
    hone_internal_config_remove(map, "absent");
    assert_string_equal(hone_internal_config_key(map, 0), "rate");
    assert_int_equal(hone_internal_config_count(map), 5);
    hone_internal_config_free(map);
}

TEST(a_node_of_another_kind_is_never_misread)
{
    hone_config *map = hone_internal_config_map(), *list = hone_internal_config_list();

    assert_int_equal(hone_internal_config_append(map, hone_internal_config_null()), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_config_set(list, "a", hone_internal_config_null()), HONE_ERROR_ARGUMENT);
    hone_fail(HONE_ERROR_SHAPE, "earlier");
    assert_int_equal(hone_internal_config_append(list, NULL), HONE_ERROR_SHAPE);
    assert_string_equal(hone_error_message(), "earlier");
    hone_internal_config_free(map);
    hone_internal_config_free(list);
    hone_internal_config_free(NULL);
}

/* Beyond a few keys a map has an index of them, which nothing tells apart from a small map. */
TEST(finds_keys_of_large_maps)
{
    enum { COUNT = 1000 };
    hone_config *map = hone_internal_config_map();
    char key[16];

    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof key, "%d", i);
        set(map, key, hone_internal_config_integer(i));
    }
    for (int i = 0; i < COUNT; i += 3) {
        snprintf(key, sizeof key, "%d", i);
        hone_internal_config_remove(map, key);
        assert_null(hone_internal_config_get(map, key));
    }
    set(map, "0", hone_internal_config_integer(5)); /* again, now at the end */
    set(map, "1", hone_internal_config_integer(6)); /* in its old place */
    assert_int_equal(hone_internal_config_count(map), COUNT - COUNT / 3);
    assert_string_equal(hone_internal_config_key(map, 0), "1");
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(map, "0")), 5);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(map, "1")), 6);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_get(map, "998")), 998);
    hone_internal_config_free(map);
}

TEST(what_was_lent_stays)
{
    hone_config *map = make_map();
    const hone_config *units = hone_internal_config_get(map, "units"), *shape;
    const char *key = hone_internal_config_key(map, 0), *name = hone_internal_config_get_text(map, "name");

    hone_internal_config_remove(map, key);
    assert_int_equal(hone_internal_config_as_integer(units), 300);
    assert_string_equal(key, "units");
    set(map, "name", hone_internal_config_null());
    assert_string_equal(name, "dense");
    shape = hone_internal_config_get(map, "shape");
    for (size_t i = 0; i < hone_internal_config_count(map); i++)
        assert_int_equal(hone_internal_config_replace(map, i, hone_internal_config_boolean(true)), HONE_OK);
    assert_true(hone_internal_config_as_boolean(hone_internal_config_get(map, "shape")));
    assert_int_equal(hone_internal_config_count(shape), 2);
    assert_int_equal(hone_internal_config_replace(map, 9, hone_internal_config_null()), HONE_ERROR_ARGUMENT);
    hone_internal_config_free(map);
}

/* Nothing that a tree is not can be read out of it. */
TEST(reads_other_kinds_as_nothing)
{
    hone_config *nodes[] = {hone_internal_config_null(),       hone_internal_config_boolean(true),
                            hone_internal_config_integer(3),   hone_internal_config_number(0.5),
                            hone_internal_config_text("text"), make_list(1, 2),
                            hone_internal_config_map(),        NULL};

    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        const hone_config *node = nodes[i];
        hone_config_kind kind = hone_internal_config_kind(node);
        assert_int_equal(kind, node ? i : HONE_CONFIG_NULL);
        assert_int_equal(hone_internal_config_as_boolean(node), kind == HONE_CONFIG_BOOLEAN);
        assert_int_equal(hone_internal_config_as_integer(node), kind == HONE_CONFIG_INTEGER ? 3 : 0);
        assert_string_equal(hone_internal_config_as_text(node), kind == HONE_CONFIG_TEXT ? "text" : "");
        assert_int_equal(hone_internal_config_count(node), kind == HONE_CONFIG_LIST ? 2 : 0);
        assert_string_equal(hone_internal_config_key(node, 0), "");
        assert_null(hone_internal_config_at(node, 2));
        assert_null(hone_internal_config_get(node, "key"));
        hone_internal_config_remove(nodes[i], "key");
        hone_internal_config_free(nodes[i]);
    }
}

TEST(copies_are_equal_and_apart)
{
    hone_config *map = make_map(), *copy;

    hone_internal_config_set_place(hone_internal_config_at_mutable(map, 0), (hone_config_place){.line = 7});
    copy = hone_internal_config_copy(map);
    assert_true(hone_internal_config_equal(map, copy));
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(copy, 0)).line, 7);
    hone_internal_config_remove(copy, "units");
    assert_false(hone_internal_config_equal(map, copy));
    set(copy, "units", hone_internal_config_integer(300)); /* another order */
    assert_true(hone_internal_config_equal(map, copy));
    set(copy, "shape", make_list(28, 29));
    assert_false(hone_internal_config_equal(map, copy));
    hone_internal_config_free(map);
    hone_internal_config_free(copy);
}

static void assert_described(hone_config *config, const char *expected)
{
    char buffer[64];

    hone_internal_config_describe(config, buffer, sizeof buffer);
    assert_string_equal(buffer, expected);
    hone_internal_config_free(config);
}

TEST(nodes_are_described_for_messages)
{
    assert_described(hone_internal_config_null(), "null");
    assert_described(hone_internal_config_boolean(false), "false");
    assert_described(hone_internal_config_integer(3), "the number 3");
    assert_described(hone_internal_config_number(0.5), "the number 0.5");
    assert_described(hone_internal_config_text("abc"), "the string \"abc\"");
    assert_described(hone_internal_config_list(), "a list");
    assert_described(hone_internal_config_map(), "a map");
    assert_described(hone_internal_config_text(
                         "a text that is far too long to be shown as a whole in a message of one line"),
                     "the string \"a text that is far too long to be shown as a wh...\"");
}

TEST(an_error_names_line_and_column)
{
    hone_config *config = hone_internal_config_integer(3);

    assert_int_equal(hone_internal_config_fail(config, "%d is wrong", 3), HONE_ERROR_FORMAT);
    assert_string_equal(hone_error_message(), "3 is wrong");
    hone_internal_config_set_place(config, (hone_config_place){.line = 3, .column = 5});
    hone_internal_config_fail(config, "%d is wrong", 3);
    assert_string_equal(hone_error_message(), "line 3, column 5: 3 is wrong");
    hone_internal_config_free(config);
}

TEST(survives_failing_allocations)
{
    hone_config *map = make_map();
    int64_t blocks = hone_internal_blocks_in_use(), asked;

    hone_internal_fail_allocations_after(-1);
    hone_internal_config_free(hone_internal_config_copy(map));
    asked = hone_internal_fail_allocations_after(-1);
    for (int64_t i = 0; i < asked; i++) {
        hone_internal_fail_allocations_after(i);
        assert_null(hone_internal_config_copy(map));
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
    hone_internal_fail_allocations_after(0);
    assert_null(hone_internal_config_to_json(map, true));
    hone_internal_fail_allocations_after(-1);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    hone_internal_config_free(map);
}
