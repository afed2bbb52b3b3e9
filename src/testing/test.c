/* The main of every test program: runs what TEST added before it. */
#include "testing/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TESTS = 1024, LONGEST_NAME = 160 };

static struct CMUnitTest tests[MOST_TESTS];
static char names[MOST_TESTS][LONGEST_NAME];
static size_t test_count;
static testing_fixture *before_all, *after_all;

void testing_add(const char *name, const char *row_name, testing_function *function, const void *row)
{
    if (test_count == MOST_TESTS) {
        fprintf(stderr, "more than %d tests in one program\n", MOST_TESTS);
        exit(1);
    }
    snprintf(names[test_count], LONGEST_NAME, "%s%s%s", name, row_name != NULL ? ": " : "",
             row_name != NULL ? row_name : "");
    tests[test_count] = (struct CMUnitTest){
        .name = names[test_count], .test_func = function, .initial_state = (void *)(uintptr_t)row};
    test_count++;
}

void testing_around(testing_fixture *begin, testing_fixture *end)
{
    before_all = begin;
    after_all = end;
}

static bool wanted(const char *name, int count, char *const *given)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, given[i]) == 0)
            return true;
    return count == 0;
}

/* Exit status: 0 when all passed, as ctest expects. */
int main(int count, char **arguments)
{
    size_t kept = 0;
    for (size_t i = 0; i < test_count; i++)
        if (wanted(tests[i].name, count - 1, arguments + 1))
            tests[kept++] = tests[i];
    if (kept == 0) {
        fprintf(stderr, "there is no such test\n");
        return 1;
    }
    const char *slash = strrchr(arguments[0], '/');
    const char *program = slash != NULL ? slash + 1 : arguments[0];
    return _cmocka_run_group_tests(program, tests, kept, before_all, after_all) != 0;
}
