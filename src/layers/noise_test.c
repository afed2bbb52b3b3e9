/* gaussian_noise, gaussian_dropout. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "gaussian_noise(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "gaussian_noise(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "gaussian_noise(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "gaussian_noise(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
        {.text = "gaussian_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "gaussian_dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "gaussian_dropout(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "gaussian_dropout(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("gaussian_noise(2)", NULL, "stddev");
    check_layer_refused("gaussian_dropout(1)", NULL, "rate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
