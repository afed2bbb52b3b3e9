/* The trace: what it holds is JSON, whatever the names. */
#define _GNU_SOURCE
#include "base/trace.h"

#include "base/file.h"
#include "base/memory.h"
#include "testing/test.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/hone-trace-XXXXXX";

static int begin(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 || close(descriptor) != 0 || setenv("HONE_TRACE", path, 1) != 0;
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

AROUND_ALL(begin, end);

TEST(writes_events_as_json)
{
    void *data;
    size_t bytes;
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

/* Of another process, whose clock is 10 us ahead. */
TEST(takes_what_others_have)
{
    void *data;
    size_t bytes;
    const void *own = hone_internal_trace_events(&bytes);
    assert_int_equal(hone_internal_trace_take(2, "rank 2 (\"b\")", own, bytes, 10000), HONE_OK);
    assert_int_equal(hone_internal_trace_write(), HONE_OK);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &data, &bytes), HONE_OK);
    assert_non_null(strstr(
        data, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":3,\"args\":{\"name\":\"rank 2 (_b_)\"}}"));
    assert_non_null(strstr(data, "\"ph\":\"X\",\"ts\":10.000,\"dur\":2.500,\"pid\":1,"));
    assert_non_null(strstr(data, "\"ph\":\"X\",\"ts\":0.000,\"dur\":2.500,\"pid\":3,"));
    hone_internal_free(data);
    assert_int_equal(hone_internal_trace_take(1, "rank 1", "?", 1, 0), HONE_ERROR_FORMAT);
}

/* More events than there is room for are left out. */
TEST(a_full_trace_keeps_its_beginning)
{
    for (int i = 0; i < 250000; i++)
        hone_internal_trace_event("e", "g", i, i + 1);
    assert_int_equal(hone_internal_trace_write(), HONE_OK);
}
