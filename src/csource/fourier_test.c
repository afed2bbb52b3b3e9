/* Fourier transforms in C source: their powers of e are constants, one for all of the same length. */
#include "layers/layer.h"
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* 6 places: room for 4 of each, and the imaginary part of both, which nothing reads */
TEST(two_of_one_length_share_their_powers)
{
    hone_c_source report;
    hone_tensor *x = hone_input_tensor(2, 6, .name = "x"), *y = hone_input_tensor(2, 6, .name = "y");
    hone_tensor *one = hone_apply(hone_internal_layer_of_family("operation", "fft"), x, y);
    hone_tensor *two = hone_apply(hone_internal_layer_of_family("operation", "fft"), y, x);
    hone_model *model = hone_functional((x, y), (one, two));
    assert_non_null(model);
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report), HONE_OK);
    assert_int_equal(report.weight_bytes, 2 * 6 * 4);
    assert_int_equal(report.work_bytes, (4 * 6 + 2 * 6) * 4);
    char *text = c_source_text("net.c");
    check_c_text(text, (const char *const[C_SOURCE_PARTS]){"fourier_powers", "net_op_fourier(", ", 2, 6, 0",
                                                           "net_op_fourier("});
    hone_internal_free(text);
    hone_model_free(model);
}
