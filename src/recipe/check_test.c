/* Checks of custom parts: built-in ones pass, and parts that are wrong in one way each are told. */
#include <hone/check.h>
#include <hone/extend.h>
#include <hone/hone.h>
#include "testing/message.h"
#include "testing/test.h"

static const struct {
    const char *name, *spec;
    hone_shape input;
} good_layers[] = {{"dense", "dense(3, activation=tanh)", {1, {4}}},
                   {"a kink", "dense(3, activation=relu)", {1, {4}}},
                   {"state", "batch_normalization", {1, {4}}},
                   {"images", "conv2d(2, 3)", {3, {5, 5, 2}}},
                   {"random numbers", "dropout(0.5)", {1, {4}}}};

TEST_EACH(good_layers_pass, good_layers)
{
    if (hone_check_layer(row->spec, row->input) < 0)
        fail_msg("%s", hone_error_message());
}

/* ---- y = 2 x, with the gradient of y = x; with a batch's mean in it; and without a name for files ---- */

static void twice(const void *context, const double *const *x, const int64_t *x_counts, double *y,
                  int64_t y_count)
{
    (void)context, (void)x_counts;
    for (int64_t i = 0; i < y_count; i++)
        y[i] = 2 * x[0][i];
}

static void once(const void *context, const double *const *x, const int64_t *x_counts, const double *y,
                 const double *dy, int64_t y_count, double *const *dx)
{
    (void)context, (void)x, (void)x_counts, (void)y;
    for (int64_t i = 0; i < y_count; i++)
        dx[0][i] += dy[i];
}

static const hone_row_function wrong_slope = {.name = "wrong_slope", .forward = twice, .backward = once};

static int call_wrong_slope(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    (void)layer, (void)count;
    outputs[0] = hone_op_rows(graph, &wrong_slope, inputs, 1, hone_value_size(graph, inputs[0], -1), NULL);
    return 1;
}

static int call_mixing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    (void)layer, (void)count;
    outputs[0] = hone_op_subtract(graph, inputs[0], hone_op_mean(graph, inputs[0], 0));
    return 1;
}

#define PLAIN_FIELDS(F, A) HONE_LAYER_FIELDS(F, A)
HONE_ARGS_STRUCT(plain_args, PLAIN_FIELDS);
HONE_FIELD_TABLE(plain_args, PLAIN_FIELDS);

static const hone_layer_type wrong_types[] = {
    {.type = {.name = "wrong_slope", .class_name = "WrongSlope", .summary = "", HONE_TYPE_FIELDS(plain_args)},
     .call = call_wrong_slope},
    {.type = {.name = "mixing", .class_name = "Mixing", .summary = "", HONE_TYPE_FIELDS(plain_args)},
     .call = call_mixing}};

static const struct {
    const char *name, *spec, *says;
} bad_layers[] = {
    {"a wrong gradient", "wrong_slope", "wrong_slope: the gradient in the inputs is wrong: number 0 has"},
    {"samples that are mixed", "mixing", "mixing: each sample by itself: number"},
    {"no such layer", "danse(3)", "did you mean \"dense\""},
    {"a layer that refuses", "dense(-1)", "units"}};

TEST_EACH(wrong_layers_are_told, bad_layers)
{
    for (size_t i = 0; i < sizeof wrong_types / sizeof *wrong_types; i++)
        if (hone_type_find("layer", wrong_types[i].type.name) == NULL)
            assert_int_equal(hone_register_layer(&wrong_types[i]), HONE_OK);
    assert_true(hone_check_layer(row->spec, HONE_SHAPE(3)) < 0);
    assert_message_has(row->says);
    hone_error_clear();
}

TEST(shapes_have_few_axes)
{
    for (int rank = 0; rank <= 1000; rank += 1000) {
        assert_true(hone_check_layer("dense(2)", (hone_shape){.rank = rank}) < 0);
        assert_message_has("expected an input of 1 to 7 axes without the batch");
        hone_error_clear();
    }
}

/* ---- losses, metrics, optimizers ---- */

static const float probabilities[4][3] = {{0.2f, 0.3f, 0.5f},
                                          {0.1f, 0.7f, 0.2f},
                                          {0.6f, 0.3f, 0.1f},
                                          {0.3f, 0.3f, 0.4f}},
                   ids[4] = {2, 1, 2, 0};

TEST(losses_metrics_and_optimizers)
{
    const hone_array y_pred = hone_array_view(probabilities, HONE_FLOAT32, 2, (int64_t[]){4, 3}),
                     y_true = hone_array_view(ids, HONE_FLOAT32, 1, (int64_t[]){4});
    if (hone_check_loss("sparse_categorical_crossentropy", &y_true, &y_pred) < 0 ||
        hone_check_metric("sparse_categorical_accuracy", &y_true, &y_pred) < 0 ||
        hone_check_optimizer("adam(0.01)") < 0 || hone_check_optimizer("sgd(0.01, momentum=0.9)") < 0)
        fail_msg("%s", hone_error_message());
    assert_true(hone_check_optimizer("sgd(1e6)") < 0);
    assert_message_has("sgd(1e6): the loss does not fall");
    assert_true(hone_check_loss("msee", &y_true, &y_pred) < 0);
    assert_message_has("did you mean \"mse\"");
    assert_true(hone_check_metric(NULL, &y_true, &y_pred) < 0);
    hone_error_clear();
}
