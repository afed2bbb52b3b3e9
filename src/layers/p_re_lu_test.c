/* p_re_lu. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "p_re_lu(alpha_initializer=constant(0.3))", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "p_re_lu(shared_axes=1)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "p_re_lu(shared_axes=[1, 2])", .inputs = {HONE_SHAPE(2, 3, 2, 4)}, .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("p_re_lu(shared_axes=3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 2), {0}},
                        "no axis 3");
    check_layer_refused("p_re_lu(shared_axes=0)", NULL, "shared_axes");
    check_layer_refused("p_re_lu", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
