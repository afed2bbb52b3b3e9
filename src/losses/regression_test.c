/* Losses of numbers. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"mean_squared_error",
                                        "mean_absolute_error",
                                        "mean_absolute_percentage_error",
                                        "mean_squared_logarithmic_error",
                                        "huber",
                                        "log_cosh",
                                        "poisson",
                                        "kl_divergence",
                                        "cosine_similarity",
                                        NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    static const loss_example examples[] = {
        {"mse", REAL, REAL},
        {"mae", REAL, REAL},
        {"mape", POSITIVE, POSITIVE},
        {"msle", POSITIVE, POSITIVE},
        {"huber", REAL, REAL},
        {"huber(delta=0.4)", REAL, REAL},
        {"log_cosh", REAL, REAL},
        {"poisson", POSITIVE, POSITIVE},
        {"kld", SHARES, SHARES},
        {"cosine_similarity", REAL, REAL},
        {"cosine_similarity(axis=1)", REAL, REAL},
    };
    check_loss_gradients(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_what_does_not_fit)
{
    const hone_shape none = {0};
    check_loss_refused("huber(delta=0)", "delta");
    check_loss_refused("huber(detla=1)", "delta");
    check_loss_unfit("mse", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5), none,
                     "targets of shape (4, 3) do not match predictions of shape (4, 5)");
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("mse", HONE_SHAPE(4, 7));
    check_loss_allocations("huber(delta=2, reduction=none)", HONE_SHAPE(4, 7));
}
