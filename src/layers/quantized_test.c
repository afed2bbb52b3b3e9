/* Quantised layers. */
#include "layers/quantized.h"
#include "testing/check_layer.h"

#include <string.h>

/* What they compute is compared with Keras (tests/interop/test_quantized.py). A fresh one has only zeros. */
TEST(weights_are_whole_numbers_with_scales)
{
    hone_layer *layer = hone_dense(5, .quantization_config = "int4/2");
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 3), 1), HONE_OK);
    static const char *const names[] = {"kernel", "bias", "kernel_scale", "kernel_zero", "g_idx"};
    assert_int_equal(layer->weight_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(layer->weights[i]->name, names[i]);
        assert_int_equal(layer->weights[i]->stored == HONE_INT8, i == 0 || i == 3);
        assert_int_equal(layer->weights[i]->trainable, i == 1);
    }
    assert_int_equal(layer->weights[0]->packed, 2);
    assert_int_equal(layer->weights[2]->shape.size[0], 2);
    hone_layer_free(layer);
}

TEST(names_of_quantisations)
{
    hone_quantization how;
    assert_int_equal(hone_internal_quantization_parse("int8", &how), HONE_OK);
    assert_true(how.bits == 8 && how.inputs && how.block == -1);
    assert_int_equal(hone_internal_quantization_parse("int4", &how), HONE_OK);
    assert_true(how.bits == 4 && !how.inputs && how.block == 128);
    assert_int_equal(hone_internal_quantization_parse("int4/-1+inputs", &how), HONE_OK);
    assert_true(how.bits == 4 && how.inputs && how.block == -1);
    static const char *const wrong[] = {
        "int2", "int4/0", "int4/x", "int8/4", "int8 ", "", "int4/99999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(hone_internal_quantization_parse(wrong[i], &how), HONE_ERROR_ARGUMENT);
    check_layer_refused("dense(3, quantization_config=float8)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "expected int8");
}
