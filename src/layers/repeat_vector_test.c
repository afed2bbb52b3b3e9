/* repeat_vector. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "repeat_vector(3)", .inputs = {HONE_SHAPE(2, 4)}},
        {.text = "repeat_vector(1)", .inputs = {HONE_SHAPE(2, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("repeat_vector", NULL, "n must be given");
    check_layer_refused("repeat_vector(2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "(batch, features)");
    check_layer_refused("repeat_vector(0)", NULL, "n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
