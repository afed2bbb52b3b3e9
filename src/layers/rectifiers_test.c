/* re_lu, leaky_re_lu, elu. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "re_lu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "re_lu(max_value=1, negative_slope=0.1, threshold=0.2)", .inputs = {HONE_SHAPE(5, 6)}},
        {.text = "re_lu(max_value=0.5)", .inputs = {HONE_SHAPE(5, 6)}, .training = true, .masked = true},
        {.text = "leaky_re_lu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "leaky_re_lu(negative_slope=0)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "elu", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "elu(0.5)", .inputs = {HONE_SHAPE(3, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("re_lu(max_value=-1)", NULL, "max_value");
    check_layer_refused("leaky_re_lu(-0.1)", NULL, "negative_slope");
    check_layer_refused("elu(alfa=1)", NULL, "alpha");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
