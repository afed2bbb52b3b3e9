/* circle. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"circle", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    check_loss_pair("circle(gamma=4)", IDS, HONE_SHAPE(8), UNIT, HONE_SHAPE(8, 3), 3);
    check_loss_pair("circle(gamma=2, margin=0.25, remove_diagonal=false)", IDS, HONE_SHAPE(6), UNIT,
                    HONE_SHAPE(6, 4), 2);
}

TEST(refuses_what_does_not_fit)
{
    const hone_shape none = {0};
    check_loss_refused("circle(margin=1.5)", "margin");
    check_loss_unfit("circle", HONE_SHAPE(4, 2), HONE_SHAPE(4, 5), none, "(4, 2)");
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("circle", HONE_SHAPE(4));
}
