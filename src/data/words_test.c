/* The texts of a column of categories. */
#include "data/words.h"
#include "fields/config.h"
#include "base/error.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

static int64_t add(hone_words *words, const char *text)
{
    return hone_internal_words_add(words, text, strlen(text));
}

static int64_t find(const hone_words *words, const char *text)
{
    return hone_internal_words_find(words, text, strlen(text));
}

TEST(a_text_has_the_place_at_which_it_came_first)
{
    hone_words words = {0};
    assert_int_equal(find(&words, "Rome"), -1);
    assert_int_equal(add(&words, "Rome"), 0);
    assert_int_equal(add(&words, "Oslo"), 1);
    assert_int_equal(add(&words, "Rome"), 0);
    assert_int_equal(words.count, 2);
    assert_int_equal(find(&words, "Oslo"), 1);
    assert_int_equal(find(&words, "Osl"), -1);
    assert_int_equal(find(&words, ""), -1);
    hone_internal_words_free(&words);
}

TEST(texts_may_be_empty_and_hold_zeros)
{
    hone_words words = {0};
    assert_int_equal(hone_internal_words_add(&words, "", 0), 0);
    assert_int_equal(hone_internal_words_add(&words, "a\0b", 3), 1);
    assert_int_equal(hone_internal_words_add(&words, "a", 1), 2);
    assert_int_equal(hone_internal_words_find(&words, "a\0b", 3), 1);
    assert_int_equal(hone_internal_words_find(&words, "a\0c", 3), -1);
    assert_int_equal(hone_internal_words_find(&words, "", 0), 0);
    hone_internal_words_free(&words);
}

TEST(thousands_are_found_again)
{
    enum { COUNT = 5000 };
    char text[16];
    hone_words words = {0};
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "w%d", i * 7);
        assert_int_equal(add(&words, text), i);
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "w%d", i * 7);
        assert_int_equal(find(&words, text), i);
        snprintf(text, sizeof text, "w%d", i * 7 + 1);
        assert_int_equal(find(&words, text), -1);
    }
    hone_internal_words_free(&words);
}

static void check_order(const char *const *texts, size_t count, const int64_t *numbers)
{
    hone_words words = {0};
    for (size_t i = 0; i < count; i++)
        add(&words, texts[i]);
    assert_int_equal(hone_internal_words_sort(&words), HONE_OK);
    for (size_t i = 0; i < count; i++)
        if (words.list[i].number != numbers[i])
            fail_msg("%s has number %d, not %d", texts[i], (int)words.list[i].number, (int)numbers[i]);
    hone_internal_words_free(&words);
}

TEST(texts_are_ordered_by_bytes)
{
    check_order((const char *const[]){"b", "a", "ab", "", "B", "10"}, 6, (const int64_t[]){5, 3, 4, 0, 2, 1});
}

TEST(texts_that_are_all_numbers_are_ordered_by_value)
{
    check_order((const char *const[]){"10", "9", "-1", "1e1", "0.5"}, 5, (const int64_t[]){3, 2, 0, 4, 1});
}

TEST(what_is_written_is_read)
{
    hone_words words = {0}, read = {0};
    add(&words, "b");
    add(&words, "a");
    hone_internal_words_sort(&words);
    hone_config *list = hone_internal_words_to_config(&words);
    assert_int_equal(hone_internal_config_count(list), 2);
    assert_string_equal(hone_internal_config_text_at(list, 0), "a"); /* by number */
    assert_int_equal(hone_internal_words_from_config(&read, list), HONE_OK);
    assert_int_equal(find(&read, "a"), 0);
    assert_int_equal(find(&read, "b"), 1);
    hone_internal_config_free(list);
    hone_internal_words_free(&words);
    hone_internal_words_free(&read);
}

TEST(refuses_twins_and_what_is_no_text)
{
    for (int kind = 0; kind < 2; kind++) {
        hone_words words = {0};
        hone_config *list = hone_internal_config_list();
        hone_internal_config_append(list, hone_internal_config_text("a"));
        hone_internal_config_append(list, kind == 0 ? hone_internal_config_text("a")
                                                    : hone_internal_config_integer(1));
        assert_int_equal(hone_internal_words_from_config(&words, list), HONE_ERROR_FORMAT);
        hone_internal_config_free(list);
        hone_internal_words_free(&words);
    }
}

static hone_status fill(hone_words *words)
{
    char text[16];
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "w%d", i);
        int64_t place = add(words, text);
        if (place < 0)
            return (hone_status)place;
    }
    HONE_TRY(hone_internal_words_sort(words));
    hone_config *list = hone_internal_words_to_config(words);
    hone_internal_config_free(list);
    return list == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 2000; n++) {
        hone_words words = {0};
        hone_internal_fail_allocations_after(n);
        status = fill(&words);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_words_free(&words);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
