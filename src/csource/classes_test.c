/* What outputs mean, in C source: names of classes and labels, and the thresholds of each. */
#include "testing/c_sources.h"

#include <hone/look.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* ---- one output ---- */

static const struct {
    const char *name, *layers, *loss, *target, *data, *threshold, *parts[C_SOURCE_PARTS], *lacks;
} outputs[] = {
    {"labels, one of them set",
     "dense(3, sigmoid)",
     "binary_crossentropy",
     "[rain,wind,snow]",
     "x,rain,wind,snow\n1,0,1,1\n2,1,0,1\n",
     "[0.5, 0.25, 0.5]",
     {"const float net_thresholds[NET_LABELS] = {\n    0.5f, 0.25f, 0.5f,\n};",
      "const char *const net_labels[NET_LABELS] = {\n    \"rain\", \"wind\", \"snow\",\n};",
      "#define NET_LABELS 3\n",
      "extern const float net_thresholds[NET_LABELS];\nextern const char *const net_labels[NET_LABELS];\n"},
     "NET_THRESHOLD"},
    {"0 or 1 without names",
     "dense(1, sigmoid)",
     "binary_crossentropy",
     "y",
     "x,y\n1,0\n2,1\n",
     NULL,
     {"/* An output above it means yes. */\n#define NET_THRESHOLD 0.5f\n"},
     "NET_LABELS"},
    {"the greatest float that is not above",
     "dense(1, sigmoid)",
     "binary_crossentropy",
     "y",
     "x,y\n1,no\n2,yes\n",
     "0.3",
     {"#define NET_CLASSES 2\n", "means the second class. */\n#define NET_THRESHOLD 0.29999998f\n"},
     "NET_LABELS"},
    {"classes of which the likeliest decides",
     "dense(3, softmax)",
     "sparse_categorical_crossentropy",
     "y",
     "x,y\n1,a\n2,b\n3,c\n",
     NULL,
     {"#define NET_CLASSES 3\n"},
     "NET_THRESHOLD"},
    {"numbers", "dense(2)", "mse", "[y, z]", "x,y,z\n1,0,1\n2,1,0\n", NULL, {NULL}, "thresholds"},
};

static void check_output(const char *layers, const char *loss, const char *file, const char *target,
                         const char *threshold, const char *const *parts, const char *lacks)
{
    char source[600];
    snprintf(source, sizeof source, "%s#target=%s", testing_file("t.csv", file, strlen(file)), target);
    hone_dataset *data = hone_dataset_load(source, NULL, 0);
    hone_model *model = c_source_model("1", layers);
    if (data == NULL || hone_compile(model, .loss = loss) < 0 || hone_fit(model, data) == NULL)
        fail_msg("%s", hone_error_message());
    if (threshold != NULL)
        assert_int_equal(hone_model_set_data(model, "threshold", threshold), HONE_OK);
    if (hone_export_c(model, testing_path("net.c"), NULL) < 0)
        fail_msg("%s", hone_error_message());
    char *code = c_source_text("net.c"), *header = c_source_text("net.h"),
         *both = hone_internal_format("%s%s", code, header);
    check_c_text(both, parts);
    if (strstr(both, lacks) != NULL)
        fail_msg("\"%s\" is there:\n%s", lacks, both);
    hone_internal_free(both);
    hone_internal_free(code);
    hone_internal_free(header);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST_EACH(says_what_an_output_means, outputs)
{
    check_output(row->layers, row->loss, row->data, row->target, row->threshold, row->parts, row->lacks);
}

/* ---- several ---- */

TEST(outputs_have_their_own)
{
    static const char *const parts[C_SOURCE_PARTS] = {
        "const float net_output_sky_thresholds[NET_OUTPUT_SKY_LABELS] = {\n    0.5f, 0.75f,\n};",
        "/* An output above it means yes. */\n#define NET_OUTPUT_STORM_THRESHOLD 0.125f\n",
        "#define NET_OUTPUT_SKY_LABELS 2\n"};
    hone_tensor *x = hone_tensor_input(hone_layer_from_text("input(shape=[1], name=x)")),
                *storm = hone_apply(hone_layer_from_text("dense(1, sigmoid, name=storm)"), x),
                *sky = hone_apply(hone_layer_from_text("dense(2, sigmoid, name=sky)"), x);
    hone_model *model = hone_functional((x), (storm, sky), .name = "net");
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    assert_int_equal(hone_model_set_threshold(model, 0, 0, 0.125), HONE_OK);
    assert_int_equal(hone_model_set_threshold(model, 1, 1, 0.75), HONE_OK);
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *code = c_source_text("net.c"), *header = c_source_text("net.h"),
         *both = hone_internal_format("%s%s", code, header);
    check_c_text(both, parts);
    hone_internal_free(both);
    hone_internal_free(code);
    hone_internal_free(header);
    hone_model_free(model);
}
