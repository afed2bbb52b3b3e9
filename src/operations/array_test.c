/* Numbers in place of a tensor: what a call gives, and the text that files have. */
#include "operations/array.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

TEST(gives_its_numbers_whatever_it_is_called_on)
{
    hone_tensor *x = hone_tensor_input(hone_input(2));
    hone_layer *layer = hone_internal_array_create("float32([[0.5, -2, 3]])");
    assert_string_equal(hone_internal_array_text(layer), "float32([[0.5, -2, 3]])");
    hone_model *model = hone_functional((x), (hone_apply(layer, x)));
    assert_non_null(model);
    hone_array input = hone_array_view((float[]){1, 2}, HONE_FLOAT32, 2, (int64_t[]){1, 2});
    hone_dataset *data = hone_dataset_from_arrays(.x = {input});
    hone_array *output;
    assert_int_equal(hone_predict(model, data, &output), HONE_OK);
    assert_memory_equal(output->data, ((float[]){0.5f, -2, 3}), 3 * sizeof(float));
    hone_array_free(output);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(other_layers_have_no_text)
{
    hone_layer *layer = hone_dense(2);
    assert_null(hone_internal_array_text(layer));
    hone_layer_free(layer);
}
