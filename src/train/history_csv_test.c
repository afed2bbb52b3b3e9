/* The history of a fit as CSV: NA where an epoch has no value. */
#define _GNU_SOURCE /* mkdtemp */
#include "base/file.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"
#include "train/history.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(lists_and_missing_values_have_their_form)
{
    hone_history *history = hone_internal_history_create();
    hone_logs logs = {0};
    const double both[2] = {0.5, 0.25};
    assert_int_equal(hone_logs_set(&logs, hone_internal_history_name(history, "loss"), 1.5), HONE_OK);
    assert_int_equal(hone_internal_history_add(history, 0, &logs, 1, 0.1), HONE_OK);
    assert_int_equal(hone_logs_set_all(&logs, hone_internal_history_name(history, "f1"), both, 2), HONE_OK);
    assert_int_equal(hone_internal_history_add(history, 1, &logs, 1, 0.1), HONE_OK);
    assert_int_equal(hone_history_save(history, testing_path("a.csv")), HONE_OK);
    void *text;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(testing_path("a.csv"), 1 << 16, &text, &bytes), HONE_OK);
    static const char expected[] = "epoch,f1,loss\r\n0,NA,1.5\r\n1,\"\"\"[0.5, 0.25]\"\"\",1.5\r\n";
    assert_int_equal(bytes, sizeof expected - 1);
    assert_memory_equal(text, expected, bytes);
    hone_internal_free(text);
    unlink(testing_path("a.csv"));
    hone_logs_free(&logs);
    hone_internal_history_free(history);
}
