/* Normalisation from and to ONNX. */
#include "testing/check_onnx.h"

#include <math.h>

static const onnx_example both[] = {
    {"batch normalisation", "4", "batch_normalization", .operators = "BatchNormalization"},
    {"of images", "2, 3, 4", "batch_normalization", .operators = "Transpose BatchNormalization Transpose"},
    {"without scale and offset", "4", "batch_normalization(scale=false, center=false)",
     .operators = "BatchNormalization"},
    {"layer normalisation", "3, 4", "layer_normalization", .operators = "LayerNormalization"},
    {"over two axes", "3, 4", "layer_normalization(axis=[1, 2])", .operators = "LayerNormalization"},
    {"without offset", "3, 4", "layer_normalization(center=false)", .operators = "LayerNormalization"},
    {"without both", "3, 4", "layer_normalization(center=false, scale=false)",
     .operators = "LayerNormalization"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"by the root of the mean square", "3, 4", "rms_normalization",
     .operators = "Mul ReduceMean Add Sqrt Div Mul"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

/* (x - mean) scale / sqrt(variance + epsilon) + offset of channel 1 of [2, 3] */
TEST(batch_normalization_is_read)
{
    hone_model *model = onnx_graph("2, 3", "y = BatchNormalization(x, [2], [2], [2], [2]) epsilon=2.0");
    float y[12];
    onnx_predict(model, "2, 3", y, 12);
    for (int i = 0; i < 12; i++) {
        const int c = i / 3 % 2;
        const double deviation = sqrt((double)onnx_constant(3, c) + 2);
        const double expected =
            ((double)onnx_input(i) - (double)onnx_constant(2, c)) * (double)onnx_constant(0, c) / deviation +
            (double)onnx_constant(1, c);
        assert_float_equal(y[i], (float)expected, 1e-4f);
    }
    hone_model_free(model);
}

/* Of each row of three numbers, with 5 under the root, so that a wrong epsilon shows. */
static const struct {
    const char *name, *graph;
    bool rms, offset;
} rows[] = {
    {"LayerNormalization", "y = LayerNormalization(x, [3], [3]) epsilon=5.0", false, true},
    {"LayerNormalization without offset", "y = LayerNormalization(x, [3]) epsilon=5.0", false, false},
    {"RMSNormalization", "y = RMSNormalization(x, [3]) epsilon=5.0", true, false},
    {"InstanceNormalization", "y = InstanceNormalization(x, [2], [2]) epsilon=5.0", false, true},
};
TEST_EACH(rows_are_read, rows)
{
    const bool instance = row->name[0] == 'I';
    hone_model *model = onnx_graph("2, 3", row->graph);
    float y[12];
    onnx_predict(model, "2, 3", y, 12);
    for (int i = 0; i < 12; i++) {
        double mean = 0, squares = 0;
        const int first = i / 3 * 3, c = instance ? i / 3 % 2 : i % 3;
        for (int j = 0; j < 3 && !row->rms; j++)
            mean += (double)onnx_input(first + j) / 3;
        for (int j = 0; j < 3; j++)
            squares += ((double)onnx_input(first + j) - mean) * ((double)onnx_input(first + j) - mean) / 3;
        const double normal = ((double)onnx_input(i) - mean) / sqrt(squares + 5);
        const double offset = row->offset ? (double)onnx_constant(1, c) : 0;
        assert_float_equal(y[i], (float)(normal * (double)onnx_constant(0, c) + offset), 1e-4f);
    }
    hone_model_free(model);
}

static const onnx_example refused[] = {
    {"training", "2", .graph = "y = BatchNormalization(x, [2], [2], [2], [2]) training_mode=1",
     .part = "only the inference form"},
    {"a number for each", "2", .graph = "y = BatchNormalization(x, [2], [2], [2], [2]) spatial=0",
     .part = "only the inference form"},
    {"no variance", "2", .graph = "y = BatchNormalization(x, [2], [2], [2])", .part = "mean and variance"},
    {"a scale that does not fit", "2", .graph = "y = BatchNormalization(x, [3], [2], [2], [2])",
     .part = "its gamma must have 2 numbers, not 3"},
    {"over the batch", "2", .graph = "y = LayerNormalization(x, [2]) axis=0", .part = "after the batch axis"},
    {"no scale", "2", .graph = "y = RMSNormalization(x)", .part = "it needs a scale"},
    {"instances without operand", "2, 3", .graph = "y = InstanceNormalization()", .part = "operand 0"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
