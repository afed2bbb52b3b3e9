/* dropout. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}, .training = true, .joint = true},
        {.text = "dropout(0.4)", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "dropout(0.5, seed=3)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .joint = true,
         .masked = true},
        {.text = "dropout(0)", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
        {.text = "dropout(1)", .inputs = {HONE_SHAPE(4, 6)}, .training = true},
        {.text = "dropout(0.5, noise_shape=[none, 1, none])",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("dropout(-0.1)", NULL, "rate");
    check_layer_refused("dropout(0.5, noise_shape=[none, 3])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "noise_shape");
    check_layer_refused("dropout(0.5, noise_shape=[none])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "noise_shape");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
