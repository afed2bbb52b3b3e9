/* spectral_normalization. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "spectral_normalization(dense(3))", .inputs = {HONE_SHAPE(4, 5)}},
        {.text = "spectral_normalization(dense(3, activation=tanh), power_iterations=3)",
         .inputs = {HONE_SHAPE(4, 5)},
         .training = true,
         .ignored_weights = "kernel"},
        {.text = "spectral_normalization(embedding(5, 3))", .inputs = {HONE_SHAPE(4, 2)}, .ids = 5},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("spectral_normalization", NULL, "layer must be given");
    check_layer_refused("spectral_normalization(flatten())", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "neither kernel nor embeddings");
    check_layer_refused("spectral_normalization(dense(3), power_iterations=0)", NULL, "power_iterations");
    check_layer_refused("spectral_normalization(dens(3))", NULL, "dense");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
