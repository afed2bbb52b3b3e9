/* Model files in the core alone: weights as safetensors, and nothing else. */
#include "testing/files.h"
#include "testing/message.h"

#include <hone/export.h>
#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

#ifdef HONE_CORE_ONLY

static hone_model *make_model(int64_t units)
{
    return hone_sequential(hone_input(2), hone_dense(units, .kernel_initializer = "glorot_uniform"),
                           hone_dense(1));
}

TEST(weights_are_saved_and_loaded)
{
    hone_model *saved = make_model(3), *loaded = make_model(3), *wider = make_model(4);
    const char *path = testing_path("w.safetensors");
    float *numbers = hone_variable_data(hone_model_weight(saved, 0));
    for (int i = 0; i < 6; i++)
        numbers[i] = (float)i / 3;
    assert_int_equal(hone_save(saved, path), HONE_OK);
    assert_int_equal(hone_load_weights(loaded, path), HONE_OK);
    assert_memory_equal(hone_variable_data(hone_model_weight(loaded, 0)), numbers, 6 * sizeof(float));
    assert_failed(hone_load_weights(wider, path), HONE_ERROR_SHAPE, "expected the shape (4,), received (3,)");
    hone_model_free(saved);
    hone_model_free(loaded);
    hone_model_free(wider);
}

TEST(other_files_are_refused_by_their_path)
{
    hone_model *model = make_model(1);
    static const char words[] = "m.keras: this build of Hone is core only, without model files; it saves and "
                                "loads weights as .safetensors";
    assert_failed(hone_save(model, "m.keras"), HONE_ERROR_UNSUPPORTED, words);
    assert_failed(hone_load_weights(model, "m.keras"), HONE_ERROR_UNSUPPORTED, words);
    assert_failed(hone_export_onnx(model, "m.onnx"), HONE_ERROR_UNSUPPORTED,
                  "m.onnx: this build of Hone is core only, without ONNX");
    assert_null(hone_load("m.keras"));
    assert_message_has(words);
    assert_null(hone_load("m.safetensors"));
    assert_message_has("m.safetensors: this build of Hone is core only");
    hone_model_free(model);
}

TEST(uses_of_files_are_known)
{
    char text[16] = "x";
    assert_int_equal(hone_file_uses("m.keras"), 0);
    assert_int_equal(hone_file_uses("m.safetensors"),
                     HONE_SAVES_WEIGHTS | HONE_LOADS_WEIGHTS | HONE_NAMES_WEIGHTS);
    assert_string_equal(hone_file_endings(HONE_LOADS_MODEL, text, sizeof text), "");
    assert_string_equal(hone_file_endings(HONE_SAVES_WEIGHTS, text, sizeof text), ".safetensors");
}

#else

/* The file is empty here. */
TEST(a_build_with_model_files_has_them)
{
    assert_int_not_equal(hone_file_uses("m.keras"), 0);
}

#endif

TEST(nothing_is_no_model)
{
    hone_error_clear();
    assert_int_equal(hone_save(NULL, "m.keras"), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    assert_int_equal(hone_load_weights(NULL, "m.keras"), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    assert_int_equal(hone_export_onnx(NULL, "m.onnx"), HONE_ERROR_ARGUMENT);
}
