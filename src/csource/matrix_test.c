/* Linear algebra in C source: calls, with work space for some of them. */
#include "layers/layer.h"
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const struct {
    const char *name, *operation, *call;
} squares[] = {
    {"the inverse", "inv", "net_op_solve(output, input, NULL, work, 1, 3, 3);"},
    {"the determinant", "det", "net_op_determinant("},
    {"a symmetric factor", "cholesky", "net_op_cholesky(output, input, 1, 3);"},
    {"factors", "lu_factor", "net_op_triangular_factors(output, work"},
    {"a base", "qr", "net_op_orthogonal_factors(output, work"},
};

TEST_EACH(is_a_call, squares)
{
    hone_tensor *x = hone_input_tensor(3, 3, .name = "x");
    hone_model *model =
        hone_functional((x), (hone_apply(hone_internal_layer_of_family("operation", row->operation), x)));
    assert_non_null(model);
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *text = c_source_text("net.c");
    check_c_text(text, (const char *const[C_SOURCE_PARTS]){row->call});
    hone_internal_free(text);
    hone_model_free(model);
}

/* The factor that nothing reads has its place too: 3 exchanged rows, and the 3 rows in their order. */
TEST(factors_that_nothing_reads_have_a_place)
{
    hone_c_source report;
    hone_tensor *x = hone_input_tensor(3, 3, .name = "x");
    hone_model *model =
        hone_functional((x), (hone_apply(hone_internal_layer_of_family("operation", "lu_factor"), x)));
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report), HONE_OK);
    assert_int_equal(report.work_bytes, (3 + 3) * 4);
    hone_model_free(model);
}

TEST(eigenvectors_are_refused)
{
    hone_tensor *x = hone_input_tensor(3, 3, .name = "x");
    check_c_source_refused(
        hone_functional((x), (hone_apply(hone_internal_layer_of_family("operation", "eigh"), x))),
        "eigenvectors");
}
