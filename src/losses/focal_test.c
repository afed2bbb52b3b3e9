/* Focal losses, and the generalised one. */
#include "testing/check_loss.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"binary_focal_crossentropy", "categorical_focal_crossentropy",
                                        "categorical_generalized_cross_entropy", NULL};
    check_loss_golden(names);
}

TEST(gradients_are_those_of_differences)
{
    static const loss_example examples[] = {
        {"binary_focal_crossentropy", BITS, PROBABILITY},
        {"binary_focal_crossentropy(apply_class_balancing=true, from_logits=true, gamma=1.5)", BITS, REAL},
        {"categorical_focal_crossentropy", ROWS, PROBABILITY},
        {"categorical_focal_crossentropy(from_logits=true, alpha=0.5, axis=1)", SHARES, REAL},
        {"categorical_generalized_cross_entropy(q=0.7)", IDS, PROBABILITY},
    };
    check_loss_gradients(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_what_does_not_fit)
{
    check_loss_refused("categorical_generalized_cross_entropy(q=1)", "q");
    check_loss_refused("binary_focal_crossentropy(alpha=2)", "alpha");
}

TEST(survives_failing_allocations)
{
    check_loss_allocations("categorical_generalized_cross_entropy", HONE_SHAPE(4));
}
