/* Choice among several. */
#include "testing/check_operation.h"

static const operation_refused refused[] = {
    {"no choices", "select", NULL, "one choice for each of the 1 conditions"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
