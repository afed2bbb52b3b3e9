/* Tables, against what Keras's summary prints. */
#include "terminal/table.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "testing/test.h"
#include <stdint.h>
#include <string.h>

static size_t looked_at; /* bytes whose columns were counted */

static size_t counted_columns(const char *text, size_t length)
{
    looked_at += length;
    return hone_internal_utf8_columns(text, length);
}

#define hone_internal_utf8_columns counted_columns /* in what is tested here */
#undef skip                                        /* cmocka has one, too */
#include "table.c"

static char written[16384];
static size_t written_length;

static void keep(void *context, const char *text, size_t length)
{
    (void)context;
    assert_true(written_length + length < sizeof written);
    memcpy(written + written_length, text, length);
    written_length += length;
    written[written_length] = '\0';
}

static const hone_table_column summary[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.45},
                                            {"Output Shape", HONE_TABLE_LEFT, 0.8},
                                            {"Param #", HONE_TABLE_RIGHT, 1.0}};

static hone_status draw(const char *const *cells, size_t rows, size_t line_length)
{
    written_length = 0;
    written[0] = '\0';
    return hone_internal_table_draw(keep, NULL, summary, 3, cells, rows, line_length);
}

TEST(draws_keras_summary)
{
    const char *const cells[] = {
        "conv2d (Conv2D)",
        "(None, 26, 26, 32)",
        "320",
        "max_pooling2d (MaxPooling2D)",
        "(None, 13, 13, 32)",
        "0",
        "flatten (Flatten)",
        "(None, 5408)",
        "0",
        "batch_normalization (BatchNormalization)",
        "(None, 5408)",
        "21,632",
        "dense (Dense)",
        "(None, 10)",
        "54,090",
    };
    assert_int_equal(draw(cells, 5, 80), HONE_OK);
    assert_string_equal(written,
                        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
                        "┃ Layer (type)                      ┃ Output Shape             ┃       Param # ┃\n"
                        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
                        "│ conv2d (Conv2D)                   │ (None, 26, 26, 32)       │           320 │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ max_pooling2d (MaxPooling2D)      │ (None, 13, 13, 32)       │             0 │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ flatten (Flatten)                 │ (None, 5408)             │             0 │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ batch_normalization               │ (None, 5408)             │        21,632 │\n"
                        "│ (BatchNormalization)              │                          │               │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ dense (Dense)                     │ (None, 10)               │        54,090 │\n"
                        "└───────────────────────────────────┴──────────────────────────┴───────────────┘\n");
}

TEST(wraps_long_words_and_wide_characters)
{
    const char *const cells[] = {
        "averyveryveryveryveryverylongname_withoutspaces_at_all (Dense)",
        "(None, 10)",
        "54,090",
        "中文中文中文中文中文中文中文中文 名字 (Dense)",
        NULL,
        "",
        "a  b   c\nd",
        "   lead",
        "x ",
        "   └ dense_12345678901234567890123456 (Dense)",
        "esc\x1b[2J",
        "0 (unbuilt)",
    };
    assert_int_equal(draw(cells, 4, 80), HONE_OK);
    assert_string_equal(written,
                        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
                        "┃ Layer (type)                      ┃ Output Shape             ┃       Param # ┃\n"
                        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
                        "│ averyveryveryveryveryverylongnam… │ (None, 10)               │        54,090 │\n"
                        "│ (Dense)                           │                          │               │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ 中文中文中文中文中文中文中文中文  │                          │               │\n"
                        "│ 名字 (Dense)                      │                          │               │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│ a  b   c                          │    lead                  │             x │\n"
                        "│ d                                 │                          │               │\n"
                        "├───────────────────────────────────┼──────────────────────────┼───────────────┤\n"
                        "│    └                              │ esc?[2J                  │   0 (unbuilt) │\n"
                        "│ dense_12345678901234567890123456  │                          │               │\n"
                        "│ (Dense)                           │                          │               │\n"
                        "└───────────────────────────────────┴──────────────────────────┴───────────────┘\n");
}

TEST(draws_five_columns)
{
    static const hone_table_column columns[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.3 * 0.9},
                                                {"Output Shape", HONE_TABLE_LEFT, 0.56 * 0.9},
                                                {"Param #", HONE_TABLE_RIGHT, 0.74 * 0.9},
                                                {"Connected to", HONE_TABLE_LEFT, 1.0 * 0.9},
                                                {"Trainable", HONE_TABLE_CENTER, 1.0}};
    const char *const cells[] = {"a", "b", "c", "d[0][0], e[0][0], averylongerword[0][0]", "Y"};
    written_length = 0;
    assert_int_equal(hone_internal_table_draw(keep, NULL, columns, 5, cells, 1, 120), HONE_OK);
    const char *expected = "│ a                             │ b                         │                c │ "
                           "d[0][0], e[0][0],         │     Y     │\n"
                           "│                               │                           │                  │ "
                           "averylongerword[0][0]     │           │\n";
    assert_non_null(strstr(written, expected));
}

TEST(draws_a_head_without_rows)
{
    assert_int_equal(draw(NULL, 0, 60), HONE_OK);
    assert_string_equal(written, "┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓\n"
                                 "┃ Layer (type)             ┃ Output Shape      ┃   Param # ┃\n"
                                 "┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩\n"
                                 "└──────────────────────────┴───────────────────┴───────────┘\n");
}

TEST(titles_stand_at_the_foot_of_the_head)
{
    static const hone_table_column columns[] = {{"Layer (type)", HONE_TABLE_LEFT, 0.45},
                                                {"Shape", HONE_TABLE_RIGHT, 1}};
    written_length = 0;
    assert_int_equal(hone_internal_table_draw(keep, NULL, columns, 2, NULL, 0, 24), HONE_OK);
    assert_string_equal(written, "┏━━━━━━━━┳━━━━━━━━━━━━━┓\n"
                                 "┃ Layer  ┃             ┃\n"
                                 "┃ (type) ┃       Shape ┃\n"
                                 "┡━━━━━━━━╇━━━━━━━━━━━━━┩\n"
                                 "└────────┴─────────────┘\n");
}

TEST(refuses_a_width_that_holds_nothing)
{
    const char *const cells[] = {"中文", "b", "c"};
    for (size_t length = 0; length < 60; length++) {
        hone_status status = draw(cells, 1, length);
        assert_true(length > 12 || status == HONE_ERROR_ARGUMENT);
        assert_true(length < 24 || status == HONE_OK);
        assert_true((status == HONE_OK) == (written_length > 0));
    }
    assert_int_equal(draw(cells, 1, SIZE_MAX), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_table_draw(keep, NULL, summary, 0, cells, 1, 80), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_table_draw(keep, NULL, summary, 17, cells, 1, 80), HONE_ERROR_ARGUMENT);
}

TEST(survives_failing_allocations)
{
    const char *const cells[] = {"dense (Dense)", "(None, 10)", "1"};
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t i = 0; status != HONE_OK; i++) {
        hone_internal_fail_allocations_after(i);
        status = draw(cells, 1, 80);
        hone_internal_fail_allocations_after(-1);
        assert_true(status == HONE_OK || (status == HONE_ERROR_MEMORY && written_length == 0));
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}

static void count(void *context, const char *text, size_t length)
{
    (void)text;
    *(size_t *)context += length;
}

/* A cell of `length` bytes, `pattern` again and again: how many bytes are looked at to draw it. */
static size_t work_of(const char *pattern, size_t length)
{
    size_t drawn = 0, repeated = strlen(pattern);
    char *cell = hone_internal_allocate(length + 1);
    for (size_t i = 0; i < length; i++)
        cell[i] = pattern[i % repeated];
    cell[length] = '\0';
    const char *const cells[] = {cell, "(None, 1)", "0"};
    looked_at = 0;
    assert_int_equal(hone_internal_table_draw(count, &drawn, summary, 3, cells, 1, 80), HONE_OK);
    assert_true(drawn > 0);
    hone_internal_free(cell);
    return looked_at;
}

/* A name may come from a file, 65,536 bytes of it. */
TEST(work_is_linear_in_the_length_of_a_cell)
{
    static const char *const patterns[] = {"a ", " ", "a", "a\n", "a       ", "\xe4\xb8\xad "};
    enum { SHORT = 4096, TIMES = 16 };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const size_t less = work_of(patterns[i], SHORT), more = work_of(patterns[i], SHORT * TIMES);
        assert_true(more < less * (TIMES + 2));
        assert_true(more < (size_t)16 * SHORT * TIMES);
    }
}
