/* ctc. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"ctc", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    check_loss_pair("ctc", LABELS, HONE_SHAPE(3, 3), REAL, HONE_SHAPE(3, 8, 5), 4);
    check_loss_pair("ctc(reduction=sum)", IDS, HONE_SHAPE(2, 4), REAL, HONE_SHAPE(2, 9, 4), 1);
}

TEST(refuses_what_does_not_fit)
{
    const hone_shape none = {0};
    check_loss_unfit("ctc", HONE_SHAPE(4), HONE_SHAPE(4, 5), none, "(4, 5)");
}
