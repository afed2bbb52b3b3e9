/* Why operations are not there. */
#include "operations/refused.h"
#include "testing/test.h"

#include <string.h>

TEST(names_reasons)
{
    assert_non_null(strstr(hone_internal_operation_reason("Eig"), "complex"));
    assert_non_null(strstr(hone_internal_operation_reason("WhileLoop"), "functions of Python"));
    assert_non_null(strstr(hone_internal_operation_reason("Unique"), "hangs on the numbers"));
    assert_null(hone_internal_operation_reason("Einsums"));
}
