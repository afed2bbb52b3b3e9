/* The layer object: names, trainability, weights, masks, text, layers within layers. */
#include "layers/layer.h"
#include "base/memory.h"
#include "model/model.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static hone_layer *layer_of(const char *text)
{
    hone_layer *layer = hone_layer_from_text(text);
    if (layer == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return layer;
}

static void build_for(hone_layer *layer, hone_shape shape)
{
    if (hone_internal_layer_build(layer, &shape, 1) < 0)
        fail_msg("%s", hone_error_message());
}

/* ---- creation ---- */

TEST(layers_have_names_and_labels)
{
    hone_layer *layer = hone_dense(3, .name = "head");
    assert_string_equal(hone_layer_name(layer), "head");
    assert_string_equal(hone_internal_layer_label(layer), "head");
    hone_layer_free(layer);
    layer = hone_dense(3);
    assert_null(hone_layer_name(layer));
    assert_string_equal(hone_internal_layer_label(layer), "dense");
    hone_layer_free(layer);
    assert_null(hone_dense(3, .name = "a/b"));
    assert_non_null(strstr(hone_error_message(), "a/b"));
    assert_null(hone_dense(3, .name = ""));
}

TEST(messages_say_where)
{
    assert_null(hone_dense(3, .activation = "rellu"));
    assert_non_null(strstr(hone_error_message(), "layer_test.c:"));
    assert_non_null(strstr(hone_error_message(), "dense"));
    assert_non_null(strstr(hone_error_message(), "did you mean \"relu\"?"));
    hone_layer *layer = hone_repeat_vector(2);
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 2, 2), 1), HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "layer_test.c:"));
    assert_non_null(strstr(hone_error_message(), "repeat_vector"));
    hone_layer_free(layer);
}

TEST(is_made_from_text)
{
    hone_layer *layer = layer_of("Dense(300, activation=relu, name=hidden, trainable=false)");
    const hone_dense_args *args = hone_layer_args(layer);
    assert_int_equal(args->units, 300);
    assert_string_equal(args->activation, "relu");
    assert_string_equal(hone_layer_name(layer), "hidden");
    assert_false(hone_layer_trainable(layer));
    hone_layer_free(layer);
    hone_layer_free(layer_of("flatten"));
    assert_null(hone_layer_from_text("dens(3)"));
    assert_non_null(strstr(hone_error_message(), "did you mean \"dense\"?"));
    assert_null(hone_layer_from_text("dense(3"));
    assert_null(hone_layer_from_text("sequential"));
    assert_non_null(strstr(hone_error_message(), "is a model"));
    assert_null(hone_layer_from_text(NULL));
}

/* ---- weights ---- */

TEST(weights_follow_the_layers_trainable)
{
    hone_layer *layer = layer_of("batch_normalization");
    build_for(layer, HONE_SHAPE(HONE_ANY, 3));
    assert_true(hone_layer_weight(layer, "gamma")->trainable);
    assert_false(hone_layer_weight(layer, "moving_mean")->trainable);
    hone_layer_set_trainable(layer, false);
    assert_false(hone_layer_weight(layer, "gamma")->trainable);
    hone_layer_set_trainable(layer, true);
    assert_true(hone_layer_weight(layer, "gamma")->trainable);
    assert_false(hone_layer_weight(layer, "moving_variance")->trainable);
    assert_null(hone_layer_weight(layer, "kernel"));
    hone_layer_free(layer);
}

/* A build that fails leaves the layer as it was, so that another may be tried. */
TEST(a_failed_build_leaves_the_layer_as_it_was)
{
    hone_layer *layer = layer_of("group_normalization(4)");
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 6), 1), HONE_ERROR_SHAPE);
    assert_int_equal(layer->weight_count, 0);
    build_for(layer, HONE_SHAPE(HONE_ANY, 8));
    assert_int_equal(layer->weight_count, 2);
    hone_layer_free(layer);
}

TEST(refuses_weights_beyond_memory)
{
    hone_layer *layer = layer_of("dense(1000000000000)");
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 1000000000), 1),
                     HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "would need"));
    hone_layer_free(layer);
}

/* ---- masks ---- */

typedef struct passing {
    const char *text;
    bool passes;
} passing;

/* Which layers pass the mask of their input on, as in Keras. */
static const passing passings[] = {
    {"dense(3)", true},
    {"activation(relu)", true},
    {"re_lu", true},
    {"leaky_re_lu", true},
    {"p_re_lu", true},
    {"elu", true},
    {"softmax", true},
    {"dropout(0.5)", true},
    {"alpha_dropout(0.5)", true},
    {"gaussian_dropout(0.5)", true},
    {"gaussian_noise(0.5)", true},
    {"spatial_dropout1d(0.5)", true},
    {"batch_normalization", true},
    {"layer_normalization", true},
    {"group_normalization(1)", true},
    {"unit_normalization", true},
    {"activity_regularization(l1=0.1)", true},
    {"identity", true},
    {"rescaling(2)", true},
    {"normalization(mean=0, variance=1)", true},
    {"flatten", false},
    {"reshape([12])", false},
    {"reshape([4, 3])", false},
    {"permute([2, 1])", false},
    {"permute([1, 2])", false},
    {"rms_normalization", false},
    {"discretization([0, 1])", false},
};

static bool passes(const char *text, bool training)
{
    golden_run run = golden_begin("ref", training);
    hone_layer *layer = layer_of(text);
    build_for(layer, HONE_SHAPE(HONE_ANY, 4, 3));
    assert_int_equal(hone_internal_variables_place(layer->weights, layer->weight_count), HONE_OK);
    hone_value x = hone_internal_graph_input(run.graph, HONE_SHAPE(2, 4, 3), "x"),
               mask = hone_internal_graph_input(run.graph, HONE_SHAPE(2, 4), "mask");
    hone_value outputs[HONE_MAX_OUTPUTS];
    hone_value_set_mask(run.graph, x, mask);
    if (hone_internal_layer_call(layer, run.graph, &x, 1, NULL, outputs, 0, 0) != 1)
        fail_msg("%s: %s", text, hone_error_message());
    hone_value passed = hone_value_mask(run.graph, outputs[0]);
    assert_true(passed == mask || passed == HONE_NO_VALUE);
    assert_int_equal(hone_value_mask(run.graph, x), mask);
    golden_end(&run);
    hone_layer_free(layer);
    return passed == mask;
}

TEST(masks_pass_where_keras_passes_them)
{
    for (size_t i = 0; i < sizeof passings / sizeof *passings; i++)
        for (int training = 0; training < 2; training++)
            if (passes(passings[i].text, training == 1) != passings[i].passes)
                fail_msg("%s %s a mask", passings[i].text, passings[i].passes ? "stops" : "passes");
}

/* ---- shapes with unknown sizes ---- */

/* Sequences of any length: (batch, None, 3). */
TEST(unknown_sizes_pass_through)
{
    static const struct {
        const char *text, *result;
    } cases[] = {
        {"dense(5)", "(None, None, 5)"},
        {"activation(softmax)", "(None, None, 3)"},
        {"dropout(0.5)", "(None, None, 3)"},
        {"masking", "(None, None, 3)"},
        {"batch_normalization", "(None, None, 3)"},
        {"layer_normalization", "(None, None, 3)"},
        {"group_normalization(3)", "(None, None, 3)"},
        {"rms_normalization", "(None, None, 3)"},
        {"unit_normalization", "(None, None, 3)"},
        {"softmax(axis=1)", "(None, None, 3)"},
        {"softmax(axis=[1, 2])", "(None, None, 3)"},
        {"p_re_lu(shared_axes=1)", "(None, None, 3)"},
        {"permute([2, 1])", "(None, 3, None)"},
        {"flatten", "(None, None)"},
        {"reshape([-1, 1])", "(None, None, 1)"},
        {"rescaling(2)", "(None, None, 3)"},
        {"spatial_dropout1d(0.5)", "(None, None, 3)"},
        {"gaussian_noise(0.5)", "(None, None, 3)"},
        {"embedding(5, 2)", "(None, None, 3, 2)"},
        {"normalization", "(None, None, 3)"},
        {"discretization([0])", "(None, None, 3)"},
        {"category_encoding(4, output_mode=one_hot)", "(None, None, 3, 4)"},
        {"spectral_normalization(dense(5))", "(None, None, 5)"},
        {"activity_regularization(l1=1)", "(None, None, 3)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_layer *layer = layer_of(cases[i].text);
        hone_shape input = HONE_SHAPE(HONE_ANY, HONE_ANY, 3), output;
        char text[128];
        build_for(layer, input);
        if (hone_internal_layer_output_shapes(layer, &input, 1, NULL, &output) != 1)
            fail_msg("%s: %s", cases[i].text, hone_error_message());
        hone_internal_shape_to_text(output, text, sizeof text);
        if (strcmp(text, cases[i].result) != 0)
            fail_msg("%s gives %s", cases[i].text, text);
        hone_layer_free(layer);
    }
}

TEST(unknown_sizes_are_joined)
{
    static const struct {
        const char *text, *result;
    } cases[] = {{"add", "(None, None, 3)"},         {"multiply", "(None, None, 3)"},
                 {"maximum", "(None, None, 3)"},     {"average", "(None, None, 3)"},
                 {"concatenate", "(None, None, 6)"}, {"concatenate(axis=1)", "(None, None, 3)"},
                 {"dot(2)", "(None, None, None)"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_layer *layer = layer_of(cases[i].text);
        hone_shape inputs[2] = {HONE_SHAPE(HONE_ANY, HONE_ANY, 3), HONE_SHAPE(HONE_ANY, HONE_ANY, 3)},
                   output = {0};
        char text[128];
        if (hone_internal_layer_build(layer, inputs, 2) < 0 ||
            hone_internal_layer_output_shapes(layer, inputs, 2, NULL, &output) != 1)
            fail_msg("%s: %s", cases[i].text, hone_error_message());
        hone_internal_shape_to_text(output, text, sizeof text);
        if (strcmp(text, cases[i].result) != 0)
            fail_msg("%s gives %s", cases[i].text, text);
        hone_layer_free(layer);
    }
}

/* ---- layers within layers ---- */

/* The wrapper lists the kernel and its own vector, then what is left of the wrapped layer, as Keras does. */
TEST(a_wrapper_lists_its_weights_as_keras_does)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_layer *layer = hone_spectral_normalization(hone_dense(3, .name = "inner"), .name = "outer");
    build_for(layer, HONE_SHAPE(HONE_ANY, 4));
    hone_variable_list weights = {0};
    assert_int_equal(hone_internal_layer_weights(layer, &weights), HONE_OK);
    assert_int_equal(weights.count, 3);
    assert_string_equal(weights.items[0]->name, "kernel");
    assert_string_equal(weights.items[1]->name, "vector_u");
    assert_string_equal(weights.items[2]->name, "bias");
    assert_int_equal(weights.items[0]->references, 2);
    hone_layer_set_trainable(layer, false);
    for (int i = 0; i < 3; i++)
        assert_false(weights.items[i]->trainable);
    hone_internal_variable_list_free(&weights);
    hone_layer_free(layer);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    assert_null(hone_spectral_normalization(hone_dense(3, .activation = "rellu")));
    assert_non_null(strstr(hone_error_message(), "rellu"));
    assert_null(hone_spectral_normalization(hone_dense(3), .power_iterations = 0));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

static hone_layer *frozen_wrapper(void)
{
    hone_layer *layer = hone_spectral_normalization(hone_dense(3), .trainable = false);
    build_for(layer, HONE_SHAPE(HONE_ANY, 4));
    return layer;
}

TEST(a_frozen_wrapper_freezes_what_it_wraps)
{
    hone_layer *layer = frozen_wrapper();
    assert_false(hone_layer_weight(layer, "kernel")->trainable);
    hone_layer_free(layer);
}

/* After training calls the kernel's largest singular value is 1; a kernel of zeros stays. */
TEST(the_largest_singular_value_becomes_one)
{
    hone_layer *layer = hone_spectral_normalization(hone_dense(2, .use_bias = false), .power_iterations = 20);
    build_for(layer, HONE_SHAPE(HONE_ANY, 3));
    assert_int_equal(hone_internal_variables_place(layer->weights, layer->weight_count), HONE_OK);
    hone_variable *kernel = hone_layer_weight(layer, "kernel"),
                  *vector = hone_layer_weight(layer, "vector_u");
    golden_run run = golden_begin(NULL, true);
    hone_value x = hone_internal_graph_input(run.graph, HONE_SHAPE(2, 3), "x"), outputs[HONE_MAX_OUTPUTS];
    assert_int_equal(hone_internal_layer_call(layer, run.graph, &x, 1, NULL, outputs, 0, 0), 1);
    golden_keep(&run, outputs[0]);
    hone_internal_variable_data(vector)[0] = 0.3f;
    golden_execute(&run);
    for (int i = 0; i < 6; i++)
        assert_true(hone_internal_variable_data(kernel)[i] == 0);
    assert_true(hone_internal_variable_data(vector)[0] == 0.3f);
    static const float diagonal[6] = {3, 0, 0, 2, 0, 0}; /* singular values 3 and 2 */
    memcpy(hone_internal_variable_data(kernel), diagonal, sizeof diagonal);
    hone_internal_variable_data(vector)[1] = 0.1f;
    golden_execute(&run);
    assert_true(fabs((double)hone_internal_variable_data(kernel)[0] - 1) < 1e-4 &&
                fabs((double)hone_internal_variable_data(kernel)[3] - 2.0 / 3) < 1e-4);
    assert_true(fabs((double)hone_internal_variable_data(vector)[0] - 1) < 1e-4);
    golden_end(&run);
    hone_layer_free(layer);
}

/* ---- statistics of data ---- */

TEST(learns_statistics_of_data)
{
    const double numbers[] = {0, 7, 4, 2, 9, 6, 0, 7, 4, 2, 9, 6};
    hone_array data = hone_array_view(numbers, HONE_FLOAT64, 2, (int64_t[]){4, 3});
    hone_layer *layer = hone_normalization();
    assert_int_equal(hone_normalization_adapt(layer, &data), HONE_OK);
    const float *mean = hone_internal_variable_data(hone_layer_weight(layer, "mean")),
                *variance = hone_internal_variable_data(hone_layer_weight(layer, "variance"));
    assert_true(mean[0] == 1 && mean[1] == 8 && mean[2] == 5 && variance[0] == 1 && variance[2] == 1);
    data.shape[0] = 1;
    assert_int_equal(hone_normalization_adapt(layer, &data), HONE_OK); /* forgets what was */
    assert_true(mean[0] == 0 && mean[1] == 7 && variance[1] == 0);
    hone_array wide = hone_array_view(numbers, HONE_FLOAT64, 2, (int64_t[]){2, 6});
    assert_int_equal(hone_normalization_adapt(layer, &wide), HONE_ERROR_SHAPE);
    hone_layer_free(layer);
}

TEST(refuses_data_without_statistics)
{
    const double numbers[] = {0, 1, 2, NAN};
    hone_array data = hone_array_view(numbers, HONE_FLOAT64, 2, (int64_t[]){2, 2});
    hone_layer *layer = hone_normalization(),
               *given = hone_normalization(.mean = {1, HONE_NONE}, .variance = {1, HONE_NONE}),
               *dense = hone_dense(2);
    assert_int_equal(hone_normalization_adapt(layer, &data), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "sample 1 contains NaN"));
    assert_int_equal(hone_normalization_adapt(given, &data), HONE_ERROR_STATE);
    assert_int_equal(hone_normalization_adapt(dense, &data), HONE_ERROR_ARGUMENT);
    data.shape[0] = 0;
    assert_int_equal(hone_normalization_adapt(layer, &data), HONE_ERROR_DATA);
    hone_layer_free(layer);
    hone_layer_free(given);
    hone_layer_free(dense);
}
