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
    hone_fail(HONE_ERROR_FORMAT, "line 3 is wrong");
    assert_int_equal(hone_internal_error_prefix(HONE_ERROR_FILE, "%s", "a.yaml"), HONE_ERROR_FILE);
    assert_message("a.yaml: line 3 is wrong");
    hone_fail(HONE_ERROR_FORMAT, "again: %s", hone_error_message());
    assert_message("again: a.yaml: line 3 is wrong");
    hone_error_clear();
    hone_internal_error_prefix(HONE_ERROR_FILE, "alone");
    assert_message("alone");
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
        cmocka_unit_test(test_long_sentences_are_cut),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_threads_are_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
