/* Low-rank adaptations in files of their own. */
#include "graph/variable.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/extend.h>
#include <hone/hone.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_model *make(void)
{
    hone_model *inner = hone_sequential(hone_input(3), hone_dense(2, .name = "d"));
    assert_int_equal(hone_model_set_name(inner, "tower"), HONE_OK);
    return hone_sequential(hone_input(3), hone_model_as_layer(inner), hone_dense(2, .name = "top"));
}

TEST(adaptations_are_saved_alone_and_given_to_a_model_without)
{
    hone_model *model = make(), *other = make();
    const char *path = testing_path("task.safetensors");
    assert_int_equal(hone_save(model, path, .adapters = true), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_enable_lora(model, "tower/d", .rank = 2, .alpha = 3), HONE_OK);
    hone_variable *b = hone_model_weight(model, 3);
    assert_string_equal(hone_variable_path(b), "tower/d/lora_kernel_b");
    for (int i = 0; i < 4; i++)
        hone_variable_data(b)[i] = (float)i + 0.5f;
    if (hone_save(model, path, .adapters = true) < 0 || hone_load_adapters(other, path) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(other), 6);
    assert_memory_equal(hone_variable_data(hone_model_weight(other, 3)), hone_variable_data(b), 16);
    assert_true(hone_model_weight(other, 0)->lora_scale == 1.5);
    assert_int_equal(hone_load_adapters(other, path), HONE_OK); /* over those that are there */
    hone_model_free(model);
    hone_model_free(other);
}

TEST(files_without_adaptations_are_refused)
{
    hone_model *model = make();
    const char *path = testing_path("plain.safetensors");
    assert_int_equal(hone_save(model, path), HONE_OK);
    assert_int_equal(hone_load_adapters(model, path), HONE_ERROR_FORMAT);
    assert_non_null(strstr(hone_error_message(), "lora_kernel_a"));
    hone_error_clear();
    assert_int_equal(hone_load_adapters(model, NULL), HONE_ERROR_ARGUMENT);
    hone_model_free(model);
}
