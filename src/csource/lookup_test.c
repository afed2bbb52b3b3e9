/* Rows by number in C source. */
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

TEST(a_table_of_more_rows_than_floats_tell_apart_is_refused)
{
    hone_model *model = hone_sequential(
        hone_input(1), hone_embedding(16777217, 1, .embeddings_initializer = "zeros", .name = "codes"));
    assert_non_null(model);
    assert_int_equal(hone_export_c(model, testing_path("codes.c"), NULL), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "codes: its table has 16777217 rows"));
    hone_model_free(model);
}
