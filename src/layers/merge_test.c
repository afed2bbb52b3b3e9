/* add, subtract, multiply, average, maximum, minimum. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "add", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "add", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "multiply", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "average", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "average", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "maximum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 1, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 2, 4)}, .training = true},
        {.text = "minimum", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 2, 4)}, .masked = true},
        {.text = "subtract", .inputs = {HONE_SHAPE(3, 4), HONE_SHAPE(3, 4)}},
        {.text = "subtract", .inputs = {HONE_SHAPE(3, 2, 4), HONE_SHAPE(3, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("add", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "takes");
    check_layer_refused(
        "subtract",
        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 3), {0}},
        "takes 2 inputs, not 3");
    check_layer_refused("add", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), HONE_SHAPE(HONE_ANY, 4), {0}},
                        "do not fit");
    check_layer_refused("maximum", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 4), {0}},
                        "do not fit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
