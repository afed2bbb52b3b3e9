/* concatenate. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "concatenate", .inputs = {HONE_SHAPE(3, 2), HONE_SHAPE(3, 4)}},
        {.text = "concatenate",
         .inputs = {HONE_SHAPE(3, 2), HONE_SHAPE(3, 4), HONE_SHAPE(3, 1)},
         .training = true},
        {.text = "concatenate(axis=1)", .inputs = {HONE_SHAPE(3, 2, 2), HONE_SHAPE(3, 1, 2)}},
        {.text = "concatenate(axis=1)", .inputs = {HONE_SHAPE(3, 2, 2), HONE_SHAPE(3, 1, 2)}, .masked = true},
        {.text = "concatenate(axis=-2)", .inputs = {HONE_SHAPE(2, 1, 2, 3), HONE_SHAPE(2, 1, 3, 3)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("concatenate(axis=0)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), HONE_SHAPE(HONE_ANY, 2), {0}}, "batch");
    check_layer_refused(
        "concatenate", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 3, 3), {0}}, "differ");
    check_layer_refused("concatenate",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 3), {0}}, "differ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
