/* embedding. */
#include "testing/check_layer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_everything(void **state) {
    (void)state;
    const layer_example examples[] = {
        {.text = "embedding(6, 3)", .inputs = {HONE_SHAPE(4, 5)}, .ids = 6},
        {.text = "embedding(6, 3, mask_zero=true)", .inputs = {HONE_SHAPE(4, 5)}, .ids = 6},
        {.text = "embedding(6, 2, activity_regularizer=l2(0.1))", .inputs = {HONE_SHAPE(4)}, .ids = 6},
        {.text = "embedding(3, 2)", .inputs = {HONE_SHAPE(2, 2, 3)}, .ids = 3},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static void test_refused(void **state) {
    (void)state;
    check_layer_refused("embedding(6)", NULL, "output_dim must be given");
    check_layer_refused("embedding(0, 2)", NULL, "input_dim");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
