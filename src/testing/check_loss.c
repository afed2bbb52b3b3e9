/* For tests of losses. */
#include "testing/check_loss.h"
#include "base/memory.h"
#include "ops/ops.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

hone_loss *loss_of_text(const char *text)
{
    hone_config *config = hone_internal_config_text(text);
    hone_loss *loss = hone_internal_loss_create(config);
    hone_internal_config_free(config);
    if (loss == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return loss;
}

/* ---- golden files ---- */

static void check_case(const char *name, const char *class_name, const hone_config *example,
                       const char *table)
{
    char title[512];
    snprintf(title, sizeof title, "%s [%s]", name, table);
    hone_config *envelope = golden_envelope("keras.losses", class_name, golden_get(example, "arguments"));
    hone_loss *loss = hone_internal_loss_create(envelope);
    if (loss == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    golden_run run = golden_begin(table, true);
    hone_value y_true = golden_input(&run, golden_get(example, "y_true")),
               y_pred = golden_input(&run, golden_get(example, "y_pred"));
    const hone_config *weights = golden_get(example, "sample_weight"), *mask = golden_get(example, "mask");
    hone_value weight = weights != NULL ? golden_input(&run, weights) : HONE_NO_VALUE;
    if (mask != NULL)
        hone_value_set_mask(run.graph, y_pred, golden_input(&run, mask));
    hone_value value = hone_internal_loss_record(loss, run.graph, y_true, y_pred, weight), gradient;
    if (value < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, value);
    golden_differentiate(&run, hone_op_total(run.graph, value), &y_pred, 1, &gradient);
    golden_execute(&run);
    golden_check_value(title, "value", golden_get(example, "value"), &run, value, golden_tolerance(example));
    golden_check_value(title, "gradient", golden_get(example, "y_pred_gradient"), &run, gradient,
                       golden_tolerance(example));
    golden_end(&run);
    hone_internal_loss_free(loss);
    hone_internal_config_free(envelope);
}

void check_loss_golden(const char *const *names)
{
    for (const char *const *name = names; *name != NULL; name++) {
        hone_config *file = golden_open("losses", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            for (const char *const *table = golden_tables; *table != NULL; table++)
                check_case(golden_title(file, hone_internal_config_at(cases, i)),
                           hone_internal_config_get_text(file, "class"), hone_internal_config_at(cases, i),
                           *table);
        hone_internal_config_free(file);
    }
}

/* ---- differences ---- */

static double draw(uint32_t *state)
{ /* (0, 1) */
    *state = *state * 1664525u + 1013904223u;
    return ((*state >> 8) + 0.5) / (1 << 24);
}

/* Numbers of a kind; `classes` for ids. SHARES and ROWS: rows that add up to 1 (ROWS: a single 1); UNIT:
 * rows of length 1. */
static golden_tensor loss_numbers(loss_input which, hone_shape shape, int classes, uint32_t *state)
{
    golden_tensor tensor = golden_filled(shape, 0);
    int64_t width = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    for (int64_t i = 0; i < tensor.count; i++) {
        double u = draw(state);
        const double by_kind[] = {4 * u - 2,
                                  0.1 + 3 * u,
                                  u < 0.4,
                                  u < 0.5 ? -1 : 1,
                                  0,
                                  floor(u * classes),
                                  1 + floor(u * (classes - 1)),
                                  0.05 + 0.9 * u,
                                  0.1 + u,
                                  u - 0.5};
        tensor.values[i] = by_kind[which];
    }
    for (int64_t row = 0; row < tensor.count / width; row++) {
        double *first = tensor.values + row * width, sum = 0, squares = 0;
        for (int64_t i = 0; i < width; i++)
            sum += first[i], squares += first[i] * first[i];
        for (int64_t i = 0; i < width; i++)
            first[i] /= which == SHARES ? sum : which == UNIT ? sqrt(squares) : 1;
        if (which == ROWS)
            first[row % width] = 1;
    }
    return tensor;
}

static hone_value record_loss(hone_graph *graph, const hone_value *inputs, int count, void *context)
{
    return hone_internal_loss_record(context, graph, inputs[0], inputs[1],
                                     count > 2 ? inputs[2] : HONE_NO_VALUE);
}

void check_loss_gradients(const loss_example *examples, size_t count)
{
    uint32_t random = 8;
    for (size_t i = 0; i < count; i++) {
        hone_loss *loss = loss_of_text(examples[i].text);
        hone_shape shape = HONE_SHAPE(3, 4, 5), of_targets = shape;
        if (examples[i].y_true == IDS)
            of_targets.rank--;
        golden_tensor inputs[3] = {loss_numbers(examples[i].y_true, of_targets, 5, &random),
                                   loss_numbers(examples[i].y_pred, shape, 5, &random),
                                   loss_numbers(POSITIVE, HONE_SHAPE(3), 1, &random)};
        const bool wanted[3] = {false, true, false};
        for (int given = 2; given <= 3; given++)
            golden_check_differences(examples[i].text, record_loss, loss, inputs, given, wanted, true, 1e-6);
        for (int j = 0; j < 3; j++)
            golden_tensor_free(&inputs[j]);
        hone_internal_loss_free(loss);
    }
}

void check_loss_pair(const char *text, loss_input y_true, hone_shape of_targets, loss_input y_pred,
                     hone_shape of_predictions, int classes)
{
    uint32_t random = 11;
    hone_loss *loss = loss_of_text(text);
    golden_tensor inputs[2] = {loss_numbers(y_true, of_targets, classes, &random),
                               loss_numbers(y_pred, of_predictions, classes, &random)};
    golden_check_differences(text, record_loss, loss, inputs, 2, (bool[]){false, true}, true, 1e-6);
    golden_tensor_free(&inputs[0]);
    golden_tensor_free(&inputs[1]);
    hone_internal_loss_free(loss);
}

/* ---- what is refused ---- */

void check_loss_refused(const char *text, const char *words)
{
    hone_config *config = hone_internal_config_text(text);
    assert_null(hone_internal_loss_create(config));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_config_free(config);
}

void check_loss_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions,
                      hone_shape of_weights, const char *words)
{
    hone_loss *loss = loss_of_text(text);
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
    hone_value y_pred = hone_internal_graph_input(graph, of_predictions, "predictions");
    hone_value weight =
        of_weights.rank > 0 ? hone_internal_graph_input(graph, of_weights, "weights") : HONE_NO_VALUE;
    assert_true(hone_internal_loss_record(loss, graph, y_true, y_pred, weight) < 0);
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", text, words, hone_error_message());
    hone_internal_graph_free(graph);
    hone_internal_loss_free(loss);
}

/* ---- memory ---- */

static bool try_once(const char *text, hone_shape of_targets)
{
    hone_config *config = hone_internal_config_text(text);
    hone_loss *loss = config != NULL ? hone_internal_loss_create(config) : NULL;
    hone_graph *graph = loss != NULL ? hone_internal_graph_create(true, false) : NULL;
    bool good = false;
    if (graph != NULL) {
        hone_value y_true = hone_internal_graph_input(graph, of_targets, "targets");
        hone_value y_pred = hone_internal_graph_input(graph, HONE_SHAPE(4, 7), "predictions");
        good = hone_internal_loss_record(loss, graph, y_true, y_pred, HONE_NO_VALUE) >= 0;
    }
    hone_internal_graph_free(graph);
    hone_internal_loss_free(loss);
    hone_internal_config_free(config);
    return good;
}

void check_loss_allocations(const char *text, hone_shape of_targets)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0;; n++) {
        hone_internal_fail_allocations_after(n);
        bool good = try_once(text, of_targets);
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (good)
            return;
        assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        assert_true(n < 200);
    }
}
