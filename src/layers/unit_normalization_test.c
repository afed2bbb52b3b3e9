/* unit_normalization. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "unit_normalization", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "unit_normalization(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "unit_normalization(axis=[1, 2])",
         .inputs = {HONE_SHAPE(3, 4, 2)},
         .training = true,
         .masked = true},
        {.text = "unit_normalization(axis=0)", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
