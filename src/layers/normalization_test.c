/* normalization. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "normalization(mean=[1, 2, 3], variance=[1, 4, 0.25])", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(axis=none, mean=1, variance=2)", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(mean=[1, 2, 3], variance=[1, 4, 0], invert=true)",
         .inputs = {HONE_SHAPE(4, 3)},
         .masked = true},
        {.text = "normalization", .inputs = {HONE_SHAPE(4, 3)}},
        {.text = "normalization(axis=1)", .inputs = {HONE_SHAPE(4, 3, 2)}},
        {.text = "normalization(axis=[1, 2])", .inputs = {HONE_SHAPE(4, 3, 2)}, .training = true},
        {.text = "normalization(axis=none)", .inputs = {HONE_SHAPE(4, 3)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("normalization(mean=[1, 2])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}},
                        "together");
    check_layer_refused("normalization(mean=[1, 2], variance=[1, 2])",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "3 statistics");
    check_layer_refused("normalization(mean=[1, 2], variance=1)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "mean has 2");
    check_layer_refused("normalization", (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}}, "known");
    check_layer_refused("normalization(axis=0)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "batch");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
