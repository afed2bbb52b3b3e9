/* reshape. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "reshape([2, 3])", .inputs = {HONE_SHAPE(4, 6)}},
        {.text = "reshape([-1])", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "reshape([3, -1])", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "reshape([6])", .inputs = {HONE_SHAPE(4, 6)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("reshape", NULL, "target_shape must be given");
    check_layer_refused("reshape([4])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}}, "cannot become");
    check_layer_refused("reshape([4, -1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}}, "cannot become");
    check_layer_refused("reshape([-1, -1])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 6), {0}}, "cannot become");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
