/* The main of every test program: runs what TEST added before it, of the file whose name it is called by
 * (tests/layers_dense_test: src/layers/dense_test.c); under any other name, all files in turn. */
#include "testing/test.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 128, MOST_TESTS = 1024, LONGEST_NAME = 160 };

typedef struct test_file {
    const char *path;
    struct CMUnitTest *tests;    /* MOST_TESTS */
    char (*names)[LONGEST_NAME]; /* MOST_TESTS */
    size_t count;
    testing_fixture *before_all, *after_all;
} test_file;

static test_file files[MOST_FILES];
static size_t file_count;

static void *must(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

/* A file's tests are added one after the other. */
static test_file *file_at(const char *path)
{
    if (file_count > 0 && strcmp(files[file_count - 1].path, path) == 0)
        return &files[file_count - 1];
    if (file_count == MOST_FILES) {
        fprintf(stderr, "more than %d files in one program\n", MOST_FILES);
        exit(1);
    }
    files[file_count] = (test_file){.path = path,
                                    .tests = must(calloc(MOST_TESTS, sizeof *files->tests)),
                                    .names = must(calloc(MOST_TESTS, sizeof *files->names))};
    return &files[file_count++];
}

void testing_add_to(const char *path, const char *name, const char *row_name, testing_function *function,
                    const void *row)
{
    test_file *file = file_at(path);
    if (file->count == MOST_TESTS) {
        fprintf(stderr, "%s: more than %d tests\n", path, MOST_TESTS);
        exit(1);
    }
    char *full = file->names[file->count];
    snprintf(full, LONGEST_NAME, "%s%s%s", name, row_name != NULL ? ": " : "",
             row_name != NULL ? row_name : "");
    file->tests[file->count++] =
        (struct CMUnitTest){.name = full, .test_func = function, .initial_state = (void *)(uintptr_t)row};
}

void testing_around(const char *path, testing_fixture *begin, testing_fixture *end)
{
    test_file *file = file_at(path);
    file->before_all = begin;
    file->after_all = end;
}

/* Whether "src/layers/dense_test.c" is what "layers_dense_test" names: letters and digits agree from the end.
 */
static bool is_named(const char *path, const char *program)
{
    size_t length = strlen(path) - strlen(".c"), wanted = strlen(program);
    if (length <= wanted || path[length - wanted - 1] != '/')
        return false;
    for (size_t i = 0; i < wanted; i++) {
        unsigned char letter = (unsigned char)path[length - wanted + i];
        if (program[i] != (isalnum(letter) ? letter : '_'))
            return false;
    }
    return true;
}

static bool wanted(const char *name, int count, char *const *given)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, given[i]) == 0)
            return true;
    return count == 0;
}

/* How many ran; failures are added to *failed. */
static size_t run(test_file *file, const char *program, int count, char *const *given, int *failed)
{
    size_t kept = 0;
    for (size_t i = 0; i < file->count; i++)
        if (wanted(file->tests[i].name, count, given))
            file->tests[kept++] = file->tests[i];
    if (kept > 0)
        *failed += _cmocka_run_group_tests(program, file->tests, kept, file->before_all, file->after_all);
    return kept;
}

/* What a harness has put around all tests: a file without any of its own. */
static int around_all(bool end)
{
    int failed = 0;
    for (size_t i = 0; i < file_count; i++) {
        testing_fixture *fixture = end ? files[i].after_all : files[i].before_all;
        if (files[i].count == 0 && fixture != NULL && fixture(&(void *){NULL}) != 0)
            failed++;
    }
    return failed;
}

/* Exit status: 0 when all passed, as ctest expects. */
int main(int count, char **arguments)
{
    const char *slash = strrchr(arguments[0], '/');
    const char *program = slash != NULL ? slash + 1 : arguments[0];
    const test_file *only = NULL;
    for (size_t i = 0; i < file_count && only == NULL; i++)
        if (is_named(files[i].path, program))
            only = &files[i];
    size_t ran = 0;
    int failed = around_all(false);
    for (size_t i = 0; i < file_count; i++)
        if (only == NULL || only == &files[i])
            ran += run(&files[i], only != NULL ? program : files[i].path, count - 1, arguments + 1, &failed);
    failed += around_all(true);
    if (ran == 0) {
        fprintf(stderr, "there is no such test\n");
        return 1;
    }
    return failed != 0;
}
