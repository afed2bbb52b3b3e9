/* rescaling. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "rescaling(0.5)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "rescaling(2, offset=-1)",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .masked = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("rescaling", NULL, "scale must be given");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
