/* The trace: what it holds is JSON, whatever the names. */
#define _GNU_SOURCE
#include "base/trace.h"

#include "base/file.h"
#include "base/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/hone-trace-XXXXXX";

static void test_written(void **state)
{
    void *data;
    size_t bytes;
    (void)state;
    assert_true(hone_internal_trace_on());
    hone_internal_trace_event("matmul", "a \"quoted\" \\ \n layer", 1000, 3500);
    hone_internal_trace_event("a name that is longer than an eent has room for, with \xc3\xa4", "b", 4000,
                              4000);
    assert_int_equal(hone_internal_trace_write(), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &data, &bytes), HONE_OK);
    assert_string_equal(
        data, "{\"traceEvents\":[\n"
              "{\"name\":\"matmul\",\"cat\":\"a _quoted_ _ _ layer\",\"ph\":\"X\",\"ts\":0.000,"
              "\"dur\":2.500,\"pid\":1,\"tid\":1},\n"
              "{\"name\":\"a name that is longer than an e\",\"cat\":\"b\",\"ph\":\"X\",\"ts\":3.000,"
              "\"dur\":0.000,\"pid\":1,\"tid\":1}\n]}\n");
    hone_internal_free(data);
}

/* More events than there is room for are left out. */
static void test_full(void **state)
{
    (void)state;
    for (int i = 0; i < 250000; i++)
        hone_internal_trace_event("e", "g", i, i + 1);
    assert_int_equal(hone_internal_trace_write(), HONE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_written), cmocka_unit_test(test_full)};
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return 1;
    close(descriptor);
    setenv("HONE_TRACE", path, 1);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
