/* Errors: sentences, contexts, names, threads. */
#include "base/error.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_message(const char *expected)
{
    assert_string_equal(hone_error_message(), expected);
}

static void test_sentence_and_status(void **state)
{
    (void)state;
    hone_error_clear();
    assert_message("");
    assert_int_equal(hone_error_status(), HONE_OK);
    assert_int_equal(hone_fail(HONE_ERROR_SHAPE, "%d is not %s", 3, "four"), HONE_ERROR_SHAPE);
    assert_message("3 is not four");
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    hone_error_clear();
    assert_message("");
}

static void test_status_texts(void **state)
{
    (void)state;
    assert_string_equal(hone_status_text(HONE_OK), "done");
    assert_string_equal(hone_status_text(HONE_ERROR_MEMORY), "out of memory");
    assert_string_equal(hone_status_text((hone_status)-99), "unknown status");
}

static void test_contexts(void **state)
{
    (void)state;
    hone_internal_error_push("some/where/train.c:12", "dense");
    hone_fail(HONE_ERROR_ARGUMENT, "no");
    assert_message("train.c:12: dense: no");
    hone_internal_error_push("some/where/train.c:12", "dense"); /* said once */
    hone_internal_error_push(NULL, "l2");
    hone_fail(HONE_ERROR_ARGUMENT, "no");
    assert_message("train.c:12: dense: l2: no");
    hone_internal_error_pop();
    hone_internal_error_pop();
    hone_internal_error_pop();
    hone_fail(HONE_ERROR_ARGUMENT, "no");
    assert_message("no");
}

static void test_deep_contexts(void **state)
{
    char expected[128] = "";

    (void)state;
    for (int i = 0; i < 40; i++)
        hone_internal_error_push(NULL, i % 2 ? "b" : "a");
    hone_fail(HONE_ERROR_ARGUMENT, "end");
    for (int i = 0; i < 8; i++)
        strcat(expected, "a: b: ");
    strcat(expected, "end");
    assert_message(expected);
    for (int i = 0; i < 40; i++)
        hone_internal_error_pop();
    hone_internal_error_pop(); /* one too many does no harm */
    hone_fail(HONE_ERROR_ARGUMENT, "end");
    assert_message("end");
}

static void test_passing_on(void **state)
{
    (void)state;
    hone_fail(HONE_ERROR_FORMAT, "units is wrong");
    hone_internal_error_at(HONE_ERROR_FORMAT, 3, 5);
    hone_internal_error_at(HONE_ERROR_FORMAT, 2, 1); /* a node around it */
    assert_int_equal(hone_internal_error_in(HONE_ERROR_FILE, "a.yaml"), HONE_ERROR_FILE);
    hone_internal_error_in(HONE_ERROR_FILE, "a.yaml");
    assert_message("a.yaml: line 3, column 5: units is wrong");
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    hone_fail(HONE_ERROR_FORMAT, "again: %s", hone_error_message());
    assert_message("again: a.yaml: line 3, column 5: units is wrong");
    assert_int_equal(hone_internal_error_in(HONE_OK, "b.yaml"), HONE_OK);
    hone_internal_error_add(HONE_ERROR_NAME, "; see c");
    assert_message("again: a.yaml: line 3, column 5: units is wrong; see c");
}

static void test_parts(void **state)
{
    hone_error_parts parts;

    (void)state;
    hone_internal_error_push("dir/train.c:12", "sequential");
    hone_internal_error_push(NULL, "dense");
    hone_fail(HONE_ERROR_ARGUMENT, "no");
    hone_internal_error_pop();
    hone_internal_error_pop();
    hone_internal_error_at(HONE_ERROR_ARGUMENT, 7, 9);
    hone_internal_error_in(HONE_ERROR_ARGUMENT, "a.yaml");
    assert_int_equal(hone_error_get_parts(&parts, sizeof parts), HONE_ERROR_ARGUMENT);
    assert_string_equal(parts.site, "train.c:12");
    assert_string_equal(parts.file, "a.yaml");
    assert_int_equal(parts.line, 7);
    assert_int_equal(parts.column, 9);
    assert_string_equal(parts.name, "sequential: dense");
    assert_string_equal(parts.sentence, "no");
    assert_message("train.c:12: a.yaml: line 7, column 9: sequential: dense: no");
    /* A caller that was compiled before the last members came. */
    parts.sentence = "untouched";
    hone_error_get_parts(&parts, offsetof(hone_error_parts, sentence));
    assert_string_equal(parts.sentence, "untouched");
    hone_error_clear();
    assert_int_equal(hone_error_get_parts(&parts, sizeof parts), HONE_OK);
    assert_string_equal(parts.sentence, "");
}

static void test_files_within_files(void **state)
{
    hone_error_parts parts;

    (void)state;
    hone_fail(HONE_ERROR_FORMAT, "base.keras: config.json: it ends early"); /* as readers of bytes say it */
    hone_internal_error_in(HONE_ERROR_FORMAT, "base.keras");
    assert_message("base.keras: config.json: it ends early");
    hone_error_get_parts(&parts, sizeof parts);
    assert_string_equal(parts.file, "base.keras");
    hone_internal_error_at(HONE_ERROR_FORMAT, 2, 4);
    hone_internal_error_in(HONE_ERROR_FORMAT, "r.yaml");
    assert_message("r.yaml: line 2, column 4: base.keras: config.json: it ends early");
    hone_error_get_parts(&parts, sizeof parts);
    assert_string_equal(parts.file, "r.yaml");
    hone_fail(HONE_ERROR_FORMAT, "folder/x.png: no picture");
    hone_internal_error_in(HONE_ERROR_FORMAT, "folder");
    assert_message("folder/x.png: no picture");
}

static void test_a_failure_is_kept(void **state)
{
    hone_failure failure;

    (void)state;
    hone_fail(HONE_ERROR_FORMAT, "first");
    hone_internal_error_at(HONE_ERROR_FORMAT, 1, 2);
    hone_internal_error_take(&failure);
    hone_fail(HONE_ERROR_ARGUMENT, "second");
    assert_int_equal(hone_internal_error_raise(&failure), HONE_ERROR_FORMAT);
    assert_message("line 1, column 2: first");
}

static void test_long_sentences_are_cut(void **state)
{
    char text[3000];
    size_t length;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2); /* e with an acute accent */
    text[sizeof text - 2] = '\0';
    hone_fail(HONE_ERROR_ARGUMENT, "x%s", text);
    length = strlen(hone_error_message());
    assert_in_range(length, 1000, 1023);
    assert_string_equal(hone_error_message() + length - 3, "...");
    assert_int_equal((unsigned char)hone_error_message()[length - 4], 0xa9); /* whole characters */
}

static void test_control_characters(void **state)
{
    (void)state;
    hone_fail(HONE_ERROR_ARGUMENT, "a\x1b[31m\nb");
    assert_message("a?[31m?b");
}

static void test_names(void **state)
{
    static const char *const names[] = {"relu", "elu", "sigmoid"};
    static const char *const many[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7",
                                       "a8", "a9", "b1", "b2", "b3", "b4"};

    (void)state;
    assert_int_equal(hone_internal_fail_name("activation", "rellu", names, 3), HONE_ERROR_NAME);
    assert_message("unknown activation \"rellu\"; did you mean \"relu\"?");
    hone_internal_fail_name("activation", "xyzzyx", names, 3);
    assert_message("unknown activation \"xyzzyx\"; known are relu, elu, sigmoid");
    hone_internal_fail_name("thing", "something else", many, 13);
    assert_message("unknown thing \"something else\"");
    hone_internal_fail_memory(64, "a tensor");
    assert_message("out of memory: 64 bytes for a tensor");
}

static void *fail_elsewhere(void *message)
{
    *(int *)message = hone_error_message()[0] == '\0';
    hone_fail(HONE_ERROR_ARGUMENT, "elsewhere");
    return NULL;
}

static void test_threads_are_apart(void **state)
{
    pthread_t thread;
    int empty = 0;

    (void)state;
    hone_fail(HONE_ERROR_ARGUMENT, "here");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &empty), 0);
    pthread_join(thread, NULL);
    assert_true(empty);
    assert_message("here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence_and_status),
        cmocka_unit_test(test_status_texts),
        cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_deep_contexts),
        cmocka_unit_test(test_passing_on),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_files_within_files),
        cmocka_unit_test(test_a_failure_is_kept),
        cmocka_unit_test(test_long_sentences_are_cut),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_threads_are_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
