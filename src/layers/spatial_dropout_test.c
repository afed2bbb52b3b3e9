/* spatial_dropout1d, spatial_dropout2d. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state)
{
    (void)state;
    const layer_example examples[] = {
        {.text = "spatial_dropout1d(0.4)", .inputs = {HONE_SHAPE(3, 4, 5)}, .training = true, .joint = true},
        {.text = "spatial_dropout1d(0.4)", .inputs = {HONE_SHAPE(3, 4, 5)}},
        {.text = "spatial_dropout1d(1)", .inputs = {HONE_SHAPE(3, 4, 5)}, .training = true},
        {.text = "spatial_dropout2d(0.4)",
         .inputs = {HONE_SHAPE(3, 2, 3, 4)},
         .training = true,
         .joint = true},
        {.text = "spatial_dropout2d(0.4, data_format=channels_first)",
         .inputs = {HONE_SHAPE(3, 4, 2, 3)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state)
{
    (void)state;
    check_layer_refused("spatial_dropout1d(0.4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "(batch, steps, channels)");
    check_layer_refused("spatial_dropout2d(0.4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4, 3), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("spatial_dropout2d(0.4, data_format=last)", NULL, "data_format");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
