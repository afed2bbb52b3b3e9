/* Hinges. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"hinge", "squared_hinge", "categorical_hinge", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    static const loss_example examples[] = {
        {"hinge", SIGNS, REAL},
        {"hinge", BITS, REAL},
        {"squared_hinge", SIGNS, REAL},
        {"categorical_hinge", ROWS, REAL},
    };
    check_loss_gradients(examples, sizeof examples / sizeof *examples);
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("hinge", HONE_SHAPE(4, 7));
}
