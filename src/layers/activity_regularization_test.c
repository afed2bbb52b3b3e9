/* activity_regularization. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "activity_regularization(l1=0.1, l2=0.2)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "activity_regularization(l2=0.2)",
         .inputs = {HONE_SHAPE(2, 3, 2)},
         .training = true,
         .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("activity_regularization(l1=-1)", NULL, "l1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
