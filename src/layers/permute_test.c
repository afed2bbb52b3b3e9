/* permute. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "permute([2, 1])", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "permute([3, 1, 2])", .inputs = {HONE_SHAPE(2, 3, 4, 2)}},
        {.text = "permute([1])", .inputs = {HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("permute", NULL, "dims must be given");
    check_layer_refused("permute([1, 1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), {0}}, "once");
    check_layer_refused("permute([2, 1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "once");
    check_layer_refused("permute([1, 2, 3])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), {0}}, "once");
    check_layer_refused("permute([0, 1])", NULL, "dims");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
