/* Checks of custom parts: built-in ones pass, and parts that are wrong in one way each are told. */
#include <hone/check.h>
#include <hone/extend.h>
#include <hone/hone.h>
#include "testing/message.h"
#include "testing/test.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

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

/* ---- parts that are wrong: a metric 0 / 0, half an initializer, a callback whose count no checkpoint has
 * ---- */

#define NOWHERE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "nowhere")
HONE_ARGS_STRUCT(nowhere_args, NOWHERE_FIELDS);
HONE_FIELD_TABLE_NAMED(nowhere_args, NOWHERE_FIELDS, nowhere_fields, nowhere_defaults);

static int give_nan(const hone_metric *metric, double *results, int capacity)
{
    (void)metric;
    if (capacity > 0)
        results[0] = (double)NAN;
    return 1;
}

static void add_nothing(hone_metric *metric, const float *y_true, int64_t true_count, const float *y_pred,
                        int64_t pred_count, double weight)
{
    (void)metric, (void)y_true, (void)true_count, (void)y_pred, (void)pred_count, (void)weight;
}

static const hone_metric_type nowhere_type = {
    .type = {.name = "nowhere",
             .class_name = "Nowhere",
             .summary = "",
             HONE_TYPE_FIELDS_NAMED(nowhere_args, nowhere_fields, nowhere_defaults)},
    .add_row = add_nothing,
    .result = give_nan};

#define EMPTY_FIELDS(F, A) F(A, NUMBER, unused, 0, "")
HONE_ARGS_STRUCT(empty_args, EMPTY_FIELDS);
HONE_FIELD_TABLE_NAMED(empty_args, EMPTY_FIELDS, empty_fields, empty_defaults);

static hone_status fill_half(const hone_fill *fill, const void *args)
{
    (void)args;
    for (int64_t i = 0; i < fill->count / 2; i++)
        fill->data[i] = 1;
    return HONE_OK;
}

static const hone_initializer_type half_type = {
    .type = {.name = "half",
             .class_name = "Half",
             .summary = "",
             HONE_TYPE_FIELDS_NAMED(empty_args, empty_fields, empty_defaults)},
    .fill = fill_half};

/* Stops at the end of the third epoch that it has seen. */
static hone_status count_epochs(hone_callback *callback, hone_trainer *trainer, int64_t epoch,
                                hone_logs *logs)
{
    (void)epoch, (void)logs;
    if (++*(int *)hone_callback_state(callback) == 3)
        hone_trainer_stop(trainer, "three");
    return HONE_OK;
}

static const hone_callback_type forgetful_type = {
    .type = {.name = "forgetful",
             .class_name = "Forgetful",
             .summary = "",
             HONE_TYPE_FIELDS_NAMED(empty_args, empty_fields, empty_defaults)},
    .state_bytes = sizeof(int),
    .epoch_end = count_epochs};

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

TEST(a_metric_that_is_not_a_number_is_told)
{
    const hone_array y_pred = hone_array_view(probabilities, HONE_FLOAT32, 2, (int64_t[]){4, 3});
    if (hone_type_find("metric", "nowhere") == NULL)
        assert_int_equal(hone_register_metric(&nowhere_type), HONE_OK);
    assert_true(hone_check_metric("nowhere", &y_pred, &y_pred) < 0);
    assert_message_has("nowhere: all samples at once: the metric is not a number");
}

/* ---- initializers ---- */

TEST(initializers)
{
    if (hone_check_initializer("glorot_uniform", HONE_SHAPE(4, 3)) < 0 ||
        hone_check_initializer("zeros", HONE_SHAPE(5)) < 0)
        fail_msg("%s", hone_error_message());
    if (hone_type_find("initializer", "half") == NULL)
        assert_int_equal(hone_register_initializer(&half_type), HONE_OK);
    assert_true(hone_check_initializer("half", HONE_SHAPE(6)) < 0);
    assert_message_has("half: number 3 of 6 is not written");
    assert_true(hone_check_initializer("halve", HONE_SHAPE(6)) < 0);
    assert_message_has("halve");
}

/* ---- callbacks: one that remembers without saving it ---- */

static const struct {
    const char *name, *spec;
} good_callbacks[] = {{"patience", "early_stopping(monitor=loss, patience=1)"},
                      {"a rate that falls", "reduce_lr_on_plateau(monitor=loss, min_delta=10, patience=0)"}};

TEST_EACH(good_callbacks_pass, good_callbacks)
{
    if (hone_check_callback(row->spec) < 0)
        fail_msg("%s", hone_error_message());
}

TEST(a_callback_that_forgets_is_told)
{
    char folder[] = "/tmp/hone-test-XXXXXX";
    if (hone_type_find("callback", "forgetful") == NULL)
        assert_int_equal(hone_register_callback(&forgetful_type), HONE_OK);
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    assert_true(hone_check_callback("forgetful") < 0);
    unsetenv("TMPDIR");
    assert_message_has("forgetful: continued from a checkpoint: the weights");
    assert_int_equal(rmdir(folder), 0); /* nothing was left in it */
    assert_true(hone_check_callback(NULL) < 0);
    hone_error_clear();
}

/* ---- data ---- */

typedef struct source {
    float x[4][2];
    int fault, calls;
} source;

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    source *made = context;
    if (step == 3)
        return 0;
    for (int i = 0; i < 8; i++)
        made->x[i / 2][i % 2] = (float)(epoch * 100 + step * 10 + i);
    made->x[0][0] += made->fault == 1 ? (float)made->calls++ : 0;
    if (made->fault == 2 && step == 1)
        made->x[2][1] = (float)INFINITY;
    batch->x[0] =
        hone_array_view(made->x, HONE_FLOAT32, 2, (int64_t[]){4, made->fault == 3 && step == 2 ? 1 : 2});
    batch->y[0] = hone_array_view(made->x, HONE_FLOAT32, 1, (int64_t[]){4});
    return 1;
}

static const struct {
    const char *name;
    int fault;
    const char *says;
} sources[] = {{"good", 0, NULL},
               {"other numbers each time", 1, "read again, batch 0 of epoch 0 has other numbers"},
               {"not finite", 2, "batch 1: input 0: number 5 is not finite"},
               {"another shape", 3, "batch 2"}};

TEST_EACH(data, sources)
{
    source made = {.fault = row->fault};
    hone_dataset *data = hone_dataset_from_callback(next_batch, &made, NULL);
    const hone_status status = hone_check_data(data);
    if ((status < 0) != (row->says != NULL))
        fail_msg("%d: %s", (int)status, hone_error_message());
    if (row->says != NULL)
        assert_message_has(row->says);
    hone_dataset_free(data);
}
