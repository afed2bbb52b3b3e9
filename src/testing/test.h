/* For tests, in place of cmocka.h. A test file is its tests and nothing else: no list, no main (that is
 * test.c).
 *
 *     TEST(refuses_a_negative_rate)
 *     {
 *         assert_null(hone_sgd(.learning_rate = -1));
 *     }
 *
 * All tests of the file run in their order, or those whose names are on the command line. A name says what is
 * proved. Files of one folder share a program, which runs the file whose name it is called by. */
#ifndef HONE_TESTING_TEST_H
#define HONE_TESTING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef void testing_function(void **row);
typedef int testing_fixture(void **state);

/* `name`, or "name: row", with the row as the test's state; both texts stay the caller's. */
void testing_add_to(const char *file, const char *name, const char *row_name, testing_function *function,
                    const void *row);
#define testing_add(...) testing_add_to(__BASE_FILE__, __VA_ARGS__)
/* Before the first and after the last test of a file, or, in a harness, of the program; either may be NULL.
 */
void testing_around(const char *file, testing_fixture *begin, testing_fixture *end);

#define TESTING_BEFORE_MAIN(name) __attribute__((constructor)) static void name(void)

#define TEST(name) \
    static void test_##name(void **); \
    TESTING_BEFORE_MAIN(add_##name) \
    { \
        testing_add(#name, NULL, test_##name, NULL); \
    } \
    static void test_##name(__attribute__((unused)) void **testing_state)

/* A test for each element of an array of structs, called `row` in the body; its member `name` names the test.
 */
#define TEST_EACH(test, rows) \
    static void test_row_##test(const __typeof__((rows)[0]) *); \
    static void test_##test(void **row) \
    { \
        test_row_##test(*row); \
    } \
    TESTING_BEFORE_MAIN(add_##test) \
    { \
        for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++) \
            testing_add(#test, (rows)[i].name, test_##test, &(rows)[i]); \
    } \
    static void test_row_##test(const __typeof__((rows)[0]) *row)

/* For the whole file: AROUND_ALL(testing_folder_make, testing_folder_remove); */
#define AROUND_ALL(begin, end) \
    TESTING_BEFORE_MAIN(add_around) \
    { \
        testing_around(__BASE_FILE__, begin, end); \
    } \
    typedef int testing_semicolon

#endif
