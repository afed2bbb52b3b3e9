#include "base/names.h"

#include "base/memory.h"
#include "testing/test.h"
#include <hone/error.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { COUNT = 20000 };

TEST(finds_what_was_put)
{
    static char texts[COUNT][16];
    hone_names names = {0};
    assert_null(hone_internal_names_get(&names, "x"));
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(texts[i], sizeof texts[i], "%zu", i * 7919 % COUNT);
        assert_int_equal(hone_internal_names_put(&names, texts[i], texts[i]), HONE_OK);
    }
    assert_int_equal(names.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char asked[24];
        snprintf(asked, sizeof asked, "%zu", i);
        const char *found = hone_internal_names_get(&names, asked);
        assert_non_null(found);
        assert_string_equal(found, asked);
        snprintf(asked, sizeof asked, "%zu", i + COUNT);
        assert_null(hone_internal_names_get(&names, asked));
    }
    hone_internal_names_free(&names);
    assert_int_equal(names.count, 0);
}

/* Names that are each other's beginnings, the empty one among them, and bytes above 127. */
TEST(tells_beginnings_apart)
{
    static const char *const TEXTS[] = {"aaa", "a", "", "aa", "\xff", "a\xff", "\xff\xff", "a\x01", "b"};
    enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS };
    int values[TEXT_COUNT];
    hone_names names = {0};
    for (size_t i = 0; i < TEXT_COUNT; i++)
        assert_int_equal(hone_internal_names_put(&names, TEXTS[i], &values[i]), HONE_OK);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        assert_ptr_equal(hone_internal_names_get(&names, TEXTS[i]), &values[i]);
    assert_null(hone_internal_names_get(&names, "aaaa"));
    assert_null(hone_internal_names_get(&names, "a\x02"));
    assert_int_equal(hone_internal_names_put(&names, "aa", &values[0]), HONE_OK);
    assert_ptr_equal(hone_internal_names_get(&names, "aa"), &values[0]);
    assert_int_equal(hone_internal_names_put(&names, "b", NULL), HONE_OK); /* as good as not there */
    assert_null(hone_internal_names_get(&names, "b"));
    assert_int_equal(names.count, TEXT_COUNT);
    hone_internal_names_free(&names);
}

TEST(changes_nothing_without_memory)
{
    int value;
    for (int64_t room = 0;; room++) {
        hone_names names = {0};
        hone_internal_fail_allocations_after(room);
        int first = hone_internal_names_put(&names, "first", &value);
        int second = hone_internal_names_put(&names, "second", &value);
        hone_internal_fail_allocations_after(-1);
        assert_ptr_equal(hone_internal_names_get(&names, "first"), first == HONE_OK ? &value : NULL);
        assert_ptr_equal(hone_internal_names_get(&names, "second"), second == HONE_OK ? &value : NULL);
        hone_internal_names_free(&names);
        if (first == HONE_OK && second == HONE_OK)
            break;
    }
}
