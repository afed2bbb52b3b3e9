/* Model files in the core alone. */
#include "testing/message.h"

#include <hone/export.h>
#include <hone/hone.h>

#ifdef HONE_CORE_ONLY

TEST(each_use_of_a_file_is_refused_by_its_path)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    static const char words[] = "m.keras: this build of Hone is core only, without model files";
    assert_failed(hone_save(model, "m.keras"), HONE_ERROR_UNSUPPORTED, words);
    assert_failed(hone_load_weights(model, "m.keras"), HONE_ERROR_UNSUPPORTED, words);
    assert_failed(hone_export_onnx(model, "m.keras"), HONE_ERROR_UNSUPPORTED, words);
    assert_null(hone_load("m.keras"));
    assert_message_has(words);
    assert_null(hone_load(NULL));
    assert_message_has("(no path): this build of Hone is core only");
    hone_model_free(model);
}

TEST(nothing_can_be_done_with_a_file)
{
    char text[16] = "x";
    assert_int_equal(hone_file_uses("m.keras"), 0);
    assert_string_equal(hone_file_endings(HONE_LOADS_MODEL, text, sizeof text), "");
    hone_file_endings(HONE_LOADS_MODEL, text, 0); /* and nothing is written */
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
