/* Errors: sentences, contexts, names, threads. */
#include "base/error.h"
#include "testing/test.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void assert_message(const char *expected)
{
    assert_string_equal(hone_error_message(), expected);
}

TEST(keeps_message_and_status)
{
    hone_error_clear();
    assert_message("");
    assert_int_equal(hone_error_status(), HONE_OK);
    assert_int_equal(hone_fail(HONE_ERROR_SHAPE, "%d is not %s", 3, "four"), HONE_ERROR_SHAPE);
    assert_message("3 is not four");
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    hone_error_clear();
    assert_message("");
}

TEST(every_status_has_a_text)
{
    assert_string_equal(hone_status_text(HONE_OK), "done");
    assert_string_equal(hone_status_text(HONE_ERROR_MEMORY), "out of memory");
    assert_string_equal(hone_status_text((hone_status)-99), "unknown status");
}

TEST(contexts_stand_before_the_message_once)
{
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

TEST(deep_contexts_are_counted_but_cut)
{
    char expected[128] = "";

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

TEST(a_message_is_passed_on_with_a_prefix)
{
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

TEST(parts)
{
    hone_error_parts parts;

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

TEST(files_within_files)
{
    hone_error_parts parts;

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

TEST(a_failure_is_kept)
{
    hone_failure failure;

    hone_fail(HONE_ERROR_FORMAT, "first");
    hone_internal_error_at(HONE_ERROR_FORMAT, 1, 2);
    hone_internal_error_take(&failure);
    hone_fail(HONE_ERROR_ARGUMENT, "second");
    assert_int_equal(hone_internal_error_raise(&failure), HONE_ERROR_FORMAT);
    assert_message("line 1, column 2: first");
}

TEST(long_messages_are_cut_between_characters)
{
    char text[3000];
    size_t length;

    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2); /* e with an acute accent */
    text[sizeof text - 2] = '\0';
    hone_fail(HONE_ERROR_ARGUMENT, "x%s", text);
    length = strlen(hone_error_message());
    assert_in_range(length, 1000, 1023);
    assert_string_equal(hone_error_message() + length - 3, "...");
    assert_int_equal((unsigned char)hone_error_message()[length - 4], 0xa9); /* whole characters */
}

TEST(control_characters_do_not_reach_the_terminal)
{
    hone_fail(HONE_ERROR_ARGUMENT, "a\x1b[31m\nb");
    assert_message("a?[31m?b");
}

TEST(an_unknown_name_comes_with_the_nearest)
{
    static const char *const names[] = {"relu", "elu", "sigmoid"};
    static const char *const many[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7",
                                       "a8", "a9", "b1", "b2", "b3", "b4"};

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

TEST(each_thread_has_its_own_message)
{
    pthread_t thread;
    int empty = 0;

    hone_fail(HONE_ERROR_ARGUMENT, "here");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &empty), 0);
    pthread_join(thread, NULL);
    assert_true(empty);
    assert_message("here");
}
