/* Arrays of texts. */
#include "tensor/texts.h"
#include "base/memory.h"
#include "testing/message.h"

TEST(keeps_copies)
{
    char first[] = "one";
    const char *const list[] = {first, NULL, "zwölf"};
    hone_array *array = hone_array_texts(1, (int64_t[]){3}, list);
    assert_non_null(array);
    first[0] = 'x';
    assert_int_equal(array->type, HONE_TEXT);
    assert_string_equal(hone_array_text(array, 0), "one");
    assert_string_equal(hone_array_text(array, 1), "");
    assert_string_equal(hone_array_text(array, 2), "zwölf");
    assert_null(hone_array_text(array, 3));
    assert_true(hone_array_number(array, 0) != hone_array_number(array, 0));
    assert_null(hone_array_convert(array, HONE_FLOAT32));
    assert_message_has("an array of text cannot be converted to float32");
    hone_array_free(array);
}

TEST(views_texts)
{
    const char *const list[] = {"a", "b", "c", "d"};
    hone_array view = hone_array_view(list, HONE_TEXT, 2, (int64_t[]){2, 2});
    assert_string_equal(hone_array_text(&view, 3), "d");
    assert_int_equal(hone_dtype_size(HONE_TEXT), sizeof(char *));
    assert_string_equal(hone_dtype_name(HONE_TEXT), "text");
}

TEST(adds_up_to_a_shape)
{
    hone_texts texts = {0};
    assert_int_equal(hone_internal_texts_add(&texts, "a\0b", 3), HONE_OK);
    assert_int_equal(hone_internal_texts_add(&texts, "", 0), HONE_OK);
    assert_null(hone_internal_texts_finish(&texts, 1, (int64_t[]){3}));
    assert_message_has("2 texts do not fill an array of 3");
    assert_int_equal(hone_internal_texts_add(&texts, "a\0b", 3), HONE_OK);
    hone_array *array = hone_internal_texts_finish(&texts, 1, (int64_t[]){1});
    assert_string_equal(hone_array_text(array, 0), "a");
    hone_array_free(array);
    array = hone_internal_texts_finish(&texts, 1, (int64_t[]){0});
    assert_non_null(array);
    hone_array_free(array);
}

TEST(finds_what_is_not_utf8)
{
    assert_int_equal(hone_internal_text_bad_byte("é"), -1);
    assert_int_equal(hone_internal_text_bad_byte(""), -1);
    assert_int_equal(hone_internal_text_bad_byte("ab\xc3"), 2);
}

TEST(survives_failing_allocations)
{
    const char *const list[] = {"a", "b"};
    for (int64_t after = 0;; after++) {
        hone_internal_fail_allocations_after(after);
        hone_array *array = hone_array_texts(1, (int64_t[]){2}, list);
        hone_internal_fail_allocations_after(-1);
        if (array == NULL)
            continue;
        hone_array_free(array);
        break;
    }
}
