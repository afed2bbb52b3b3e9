/* Base64 there and back, and what is none. */
#include "base/base64.h"
#include "testing/test.h"

#include <string.h>

static const struct {
    const char *name, *bytes, *text;
} pairs[] = {{"nothing", "", ""},           {"one", "f", "Zg=="},
             {"two", "fo", "Zm8="},         {"three", "foo", "Zm9v"},
             {"six", "foobar", "Zm9vYmFy"}, {"high bits", "\xff\xfe\xfb\xf0", "//778A=="}};

TEST_EACH(goes_there_and_back, pairs)
{
    hone_text text = {.data = NULL};
    unsigned char data[16];
    size_t bytes;
    hone_internal_text_append(&text, "");
    hone_internal_base64_append(&text, (const unsigned char *)row->bytes, strlen(row->bytes));
    assert_string_equal(text.data, row->text);
    assert_true(hone_internal_base64_read(text.data, strlen(text.data), data, &bytes));
    assert_int_equal(bytes, strlen(row->bytes));
    assert_memory_equal(data, row->bytes, bytes);
    hone_internal_text_free(&text);
}

TEST(other_texts_are_refused)
{
    static const char *const none[] = {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9\n", "Z-9v", "====", "Zm=v"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        unsigned char data[16];
        size_t bytes;
        if (hone_internal_base64_read(none[i], strlen(none[i]), data, &bytes))
            fail_msg("\"%s\" was read", none[i]);
    }
}
