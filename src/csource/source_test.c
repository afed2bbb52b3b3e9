/* The files of C source: names, sizes, and what is refused. */
#include "layers/layer.h"
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* The prefix of every name, from the file's or as given. */
static const struct {
    const char *name, *file, *given, *prefix;
} prefixes[] = {
    {"the file's", "digits.c", NULL, "digits"},
    {"up to the first point", "a.b.c", NULL, "a"},
    {"what is no letter becomes _", "my net-2.c", NULL, "my_net_2"},
    {"a digit in front", "2nd.c", NULL, "model_2nd"},
    {"nothing in front of the point", "..c", NULL, "model_c"},
    {"given", "digits.c", "Net_1", "Net_1"},
    {"at most 40 characters", "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij.c", NULL,
     "abcdefghijabcdefghijabcdefghijabcdefghij"},
};

TEST_EACH(a_prefix_is_chosen, prefixes)
{
    hone_c_source report;
    hone_model *model = c_source_model("2", "dense(1)");
    if (hone_export_c(model, testing_path(row->file), &report, .prefix = row->given) < 0)
        fail_msg("%s", hone_error_message());
    assert_string_equal(report.prefix, row->prefix);
    char *text = c_source_text(row->file), *call = hone_internal_format("void %s_predict_with(", row->prefix);
    assert_non_null(strstr(text, call));
    hone_internal_free(call);
    hone_internal_free(text);
    hone_model_free(model);
}

static const struct {
    const char *name, *file, *given, *words;
} mistakes[] = {
    {"a prefix with a space", "x.c", "a b", "the prefix \"a b\" is not a valid C name"},
    {"a prefix that begins with a digit", "x.c", "1a", "a letter first"},
    {"an empty prefix", "x.c", "", "not a valid C name"},
    {"a prefix of 41 characters", "x.c", "abcdefghijabcdefghijabcdefghijabcdefghija",
     "at most 40 characters"},
    {"another ending", "x.cpp", NULL, "C source is written to a file that ends in .c, not"},
    {"no name", ".c", NULL, "ends in .c"},
    {"a name that no #include takes", "a\"b.c", NULL, "cannot stand in an #include"},
    {"a folder that is not there", "nowhere/x.c", NULL, "nowhere/x.c"},
};

TEST_EACH(names_are_refused, mistakes)
{
    hone_model *model = c_source_model("2", "dense(1)");
    hone_error_clear();
    assert_true(hone_export_c(model, testing_path(row->file), NULL, .prefix = row->given) < 0);
    assert_message_has(row->words);
    hone_model_free(model);
}

TEST(nothing_is_no_model)
{
    hone_error_clear();
    assert_failed(hone_export_c(NULL, "x.c", NULL), HONE_ERROR_ARGUMENT, "a model");
}

/* Two outputs that look alike as identifiers get their number; comments hold nothing that could end them. */
TEST(inputs_and_outputs_have_names)
{
    hone_tensor *a = hone_input_tensor(3, .name = "left*side"), *b = hone_input_tensor(2, .name = "b");
    hone_tensor *y = hone_apply(hone_dense(4, .name = "out put"), a),
                *z = hone_apply(hone_dense(1, .name = "out_put"), b);
    hone_model *model = hone_functional((a, b), (y, z), .name = "two?");
    assert_int_equal(hone_export_c(model, testing_path("ends.c"), NULL), HONE_OK);
    char *header = c_source_text("ends.h");
    check_c_text(header, (const char *const[C_SOURCE_PARTS]){
                             "/* The model \"two_\" as C99",
                             "/* Input \"left_side\", (None, 3) in the model: a sample, row after row. */\n"
                             "#define ENDS_INPUT_LEFT_SIDE_SIZE 3\n",
                             "#define ENDS_INPUT_B_SIZE 2\n", "#define ENDS_OUTPUT_OUT_PUT_1_SIZE 4\n",
                             "#define ENDS_OUTPUT_OUT_PUT_2_SIZE 1\n",
                             "void ends_predict(const float *input_left_side, const float *input_b, "
                             "float *output_out_put_1, float *output_out_put_2);"});
    hone_internal_free(header);
    hone_model_free(model);
}

/* Constants of layers whose names look alike. */
TEST(constants_have_a_name_each)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .name = "a-b"), hone_dense(2, .name = "a_b"));
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *text = c_source_text("net.c");
    check_c_text(text, (const char *const[C_SOURCE_PARTS]){"net_w_a_b_bias[2]", "net_w_a_b_bias_2[2]"});
    assert_non_null(strstr(text, "net_w_a_b_kernel[4]"));
    assert_non_null(strstr(text, "net_w_a_b_kernel_2[4]"));
    hone_internal_free(text);
    hone_model_free(model);
}

static const struct {
    const char *name, *weights;
    int64_t weight_bytes;
} sizes[] = {
    {"floats", "float32", (8 * 6 + 6 + 6 * 3 + 3) * 4},
    {"bytes, with a scale for each output", "int8", 8 * 6 + 6 * 3 + (6 + 6 + 3 + 3) * 4},
};

TEST_EACH(a_report_counts, sizes)
{
    hone_c_source report;
    hone_model *model = c_source_model("8", "dense(6); dense(3)");
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report, .weights = row->weights), HONE_OK);
    assert_int_equal(report.weight_bytes, row->weight_bytes);
    assert_int_equal(report.work_bytes, 6 * 4);
    assert_int_equal(report.multiply_adds, 8 * 6 + 6 * 3);
    char *text = c_source_text("net.c"),
         *line = hone_internal_format(" * weights:         %d bytes, constant", (int)row->weight_bytes);
    assert_int_equal(report.source_bytes, strlen(text));
    assert_non_null(strstr(text, line));
    hone_internal_free(line);
    hone_internal_free(text);
    hone_model_free(model);
}

/* Of an input only the shape matters. */
TEST(what_is_not_read_is_said)
{
    hone_tensor *a = hone_input_tensor(3, .name = "a"), *b = hone_input_tensor(3, .name = "b");
    hone_tensor *zeros = hone_apply(hone_internal_layer_of_family("operation", "zeros_like"), b);
    hone_model *model = hone_functional((a, b), (hone_apply(hone_dense(1), a), zeros));
    assert_non_null(model);
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *text = c_source_text("net.c");
    check_c_text(text, (const char *const[C_SOURCE_PARTS]){"    (void)input_b;\n    (void)work;\n"});
    hone_internal_free(text);
    hone_model_free(model);
}
