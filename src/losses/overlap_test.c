/* dice and tversky. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"dice", "tversky", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    static const loss_example examples[] = {
        {"dice", BITS, PROBABILITY},
        {"dice(axis=[1, 2])", BITS, PROBABILITY},
        {"tversky(alpha=0.3, beta=0.8, axis=-1)", BITS, PROBABILITY},
    };
    check_loss_gradients(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_what_does_not_fit)
{
    const hone_shape none = {0};
    check_loss_unfit("dice(axis=2)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), none, "axis");
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("tversky", HONE_SHAPE(4, 7));
}
