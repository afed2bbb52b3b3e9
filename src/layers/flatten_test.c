/* flatten. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "flatten", .inputs = {HONE_SHAPE(3, 2, 4)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(3)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "flatten(data_format=channels_first)", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "flatten", .inputs = {HONE_SHAPE(2, 1, 3, 1, 2)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("flatten(data_format=first)", NULL, "data_format");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
