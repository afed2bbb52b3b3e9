/* softmax. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "softmax", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "softmax(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "softmax(axis=[1, 2])", .inputs = {HONE_SHAPE(2, 3, 4)}},
        {.text = "softmax(axis=[1, 3])", .inputs = {HONE_SHAPE(2, 3, 2, 2)}, .training = true},
        {.text = "softmax(axis=1)", .inputs = {HONE_SHAPE(3, 4, 2)}, .masked = true},
        {.text = "softmax(axis=0)", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
        {.text = "softmax(axis=[0, 1])", .inputs = {HONE_SHAPE(4, 3)}, .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("softmax(axis=2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "axis");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
