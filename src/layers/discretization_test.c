/* discretization. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state) {
    (void)state;
    const layer_example examples[] = {
        {.text = "discretization([-1, 0, 0.5])", .inputs = {HONE_SHAPE(3, 4)}, .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=one_hot)", .inputs = {HONE_SHAPE(3, 4)}, .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=one_hot)", .inputs = {HONE_SHAPE(3, 1)}, .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=count)", .inputs = {HONE_SHAPE(3, 4)}, .no_gradient = true},
        {.text = "discretization([0.5], output_mode=multi_hot)", .inputs = {HONE_SHAPE(3, 2, 2)}, .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state) {
    (void)state;
    check_layer_refused("discretization", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "bin_boundaries");
    check_layer_refused("discretization([1, 0])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "ascend");
    check_layer_refused("discretization(num_bins=3)", NULL, "not learned");
    check_layer_refused("discretization([0], output_mode=count)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}}, "(batch, n)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
