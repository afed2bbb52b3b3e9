/* The families of ONNX. */
#include "onnx/forms.h"
#include "testing/message.h"

TEST(an_operation_is_found_by_name)
{
    static const char *const emitted[] = {"matmul", "softmax", "reshape", "dropout"};
    static const char *const imported[] = {"Gemm", "Softmax", "Reshape", "Conv", "LSTM"};
    for (size_t i = 0; i < sizeof emitted / sizeof *emitted; i++)
        if (hone_internal_onnx_emitter(emitted[i]) == NULL)
            fail_msg("%s", hone_error_message());
    for (size_t i = 0; i < sizeof imported / sizeof *imported; i++)
        if (hone_internal_onnx_importer(imported[i]) == NULL)
            fail_msg("%s", hone_error_message());
}

TEST(what_is_not_known_is_named)
{
    hone_error_clear();
    assert_null(hone_internal_onnx_emitter("teleport"));
    assert_message_has("the operation \"teleport\" cannot be written as ONNX yet");
    hone_error_clear();
    assert_null(hone_internal_onnx_importer("Teleport"));
    assert_message_has("the operator Teleport has no layer in Hone yet");
    hone_error_clear();
    assert_null(hone_internal_onnx_importer("gemm")); /* letters count */
    assert_int_equal(hone_error_status(), HONE_ERROR_UNSUPPORTED);
}
