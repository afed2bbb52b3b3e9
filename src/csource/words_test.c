/* The functions of csource/functions/, found in their text. */
#include "csource/words.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

/* Any function can be had by its name, with a prefix, whole, and without what another file begins with. */
TEST(every_function_is_found)
{
    int count = 0;
    for (const char *at = hone_internal_c_functions; (at = strstr(at, "\nstatic ")) != NULL; at++, count++) {
        char name[64], wanted[80];
        const char *word = strchr(at, '(');
        size_t length = 0;
        while (strchr(" *", word[-1]) == NULL)
            word--, length++;
        snprintf(name, sizeof name, "%.*s", (int)length, word);
        if (strncmp(name, "op_", 3) != 0 && strncmp(name, "fn_", 3) != 0)
            fail_msg("%s begins neither with op_ nor with fn_: it would get no prefix", name);
        hone_c_words words = {.prefix = "net"};
        assert_true(hone_internal_c_use(&words, name));
        snprintf(wanted, sizeof wanted, "net_%s(", name);
        assert_non_null(strstr(words.functions.data, wanted));
        assert_null(strstr(words.functions.data, "#include"));
        assert_null(strstr(words.functions.data, " op_"));
        assert_null(strstr(words.functions.data, " fn_"));
        assert_string_equal(words.functions.data + words.functions.length - 4, "\n}\n\n");
        hone_internal_c_words_free(&words);
    }
    assert_true(count >= 20);
}

TEST(a_function_is_written_once)
{
    hone_c_words words = {.prefix = "net"};
    assert_true(hone_internal_c_use(&words, "op_dense"));
    size_t length = words.functions.length;
    assert_true(hone_internal_c_use(&words, "op_dense"));
    assert_int_equal(words.functions.length, length);
    assert_int_equal(words.function_count, 1);
    hone_internal_c_words_free(&words);
}

TEST(part_of_a_name_is_no_name)
{
    static const char *const names[] = {"op_dens", "dense", "p_dense", "op_dense_", "static", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        hone_c_words words = {.prefix = "net"};
        if (hone_internal_c_use(&words, names[i]))
            fail_msg("\"%s\" is found", names[i]);
        assert_null(words.functions.data);
    }
}
