/* For tests: everything that holds for every layer, checked from one description of a case. */
#include "testing/check_layer.h"
#include "testing/layer_run.h"
#include "base/memory.h"
#include "base/random.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "keras/keras.h"
#include "keras/parts.h"
#include "ops/differentiate.h"
#include "plan/plan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_shape(const layer_example *example)
{
    layer_run run = layer_run_begin(example, "ref", example->inputs[0].size[0], 1);
    hone_shape shapes[CHECK_LAYER_INPUTS], outputs[HONE_MAX_OUTPUTS];
    for (int pass = 0; pass < (example->fixed ? 1 : 2); pass++) {
        for (int i = 0; i < run.input_count; i++) {
            shapes[i] = example->inputs[i];
            if (pass == 1)
                shapes[i].size[0] = HONE_ANY;
        }
        int count =
            hone_internal_layer_output_shapes(run.layer, shapes, run.input_count, &run.given, outputs);
        if (count < 1)
            fail_msg("%s: %d outputs: %s", example->text, count, hone_error_message());
        if (pass == 1 && outputs[0].rank > 0 && outputs[0].size[0] == HONE_ANY)
            outputs[0].size[0] = example->inputs[0].size[0];
        char foretold[128], produced[128];
        hone_internal_shape_to_text(outputs[0], foretold, sizeof foretold);
        hone_internal_shape_to_text(layer_run_shape(&run, run.output), produced, sizeof produced);
        if (strcmp(foretold, produced) != 0)
            fail_msg("%s: the shape %s was foretold, %s came", example->text, foretold, produced);
    }
    layer_run_free(&run);
}

static double largest_of(const layer_run *run, hone_value value)
{
    double largest = 1e-3;
    for (int64_t i = 0; i < layer_run_count(run, value); i++) {
        double size = fabs(layer_run_read(run, value, i));
        if (isfinite(size) && size > largest)
            largest = size;
    }
    return largest;
}

static void compare(const layer_run *expected, const layer_run *received, hone_value value, const char *what,
                    double tolerance)
{
    if (value < 0)
        return;
    double allowed = fmax(tolerance * largest_of(expected, value), expected->example->noise);
    for (int64_t i = 0; i < layer_run_count(expected, value); i++) {
        double a = layer_run_read(expected, value, i), b = layer_run_read(received, value, i);
        if (!(fabs(a - b) <= allowed) && !(isnan(a) && isnan(b)) && a != b)
            fail_msg("%s [%s]: %s at %lld: %.9g, not %.9g", expected->example->text,
                     received->plan->kernels->name, what, (long long)i, b, a);
    }
}

static void check_tables(const layer_example *example)
{
    layer_run expected = layer_run_begin(example, "ref", example->inputs[0].size[0], 1);
    layer_run_feed(&expected, 0);
    layer_run_execute(&expected, NULL);
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        layer_run received = layer_run_begin(example, *name, example->inputs[0].size[0], 1);
        layer_run_feed(&received, 0);
        layer_run_execute(&received, NULL);
        compare(&expected, &received, expected.output, "output", 1e-5);
        for (int i = 0; i < expected.wanted_count; i++)
            compare(&expected, &received, expected.gradients[i], "a gradient", 1e-5);
        layer_run_free(&received);
    }
    layer_run_free(&expected);
}

static double loss_at(const layer_run *run, hone_value value, int64_t index, double number)
{
    layer_run_feed(run, 0);
    layer_run_write(run, value, index, number);
    layer_run_execute(run, NULL);
    return layer_run_read(run, run->loss, 0);
}

/* The slope at a number, or NaN when the two sides differ: a kink lies within the probe. */
static double difference(const layer_run *run, hone_value value, int64_t index, double scale)
{
    layer_run_feed(run, 0);
    double number = layer_run_read(run, value, index), step = 1e-5;
    double here = loss_at(run, value, index, number), above = loss_at(run, value, index, number + step);
    double below = loss_at(run, value, index, number - step);
    return fabs((above - here) - (here - below)) / step > 3e-3 * scale ? HONE_NONE
                                                                       : (above - below) / (2 * step);
}

static bool among(const char *names, const char *name)
{
    const char *found = names == NULL ? NULL : strstr(names, name);
    return found != NULL;
}

static void check_gradient(const layer_run *run, int which)
{
    enum { MOST = 24 };
    hone_value value = run->wanted[which], gradient = run->gradients[which];
    const hone_graph_value *described = hone_internal_graph_value(run->plan->graph, value);
    const char *name = described->variable != NULL ? described->variable->name : "input";
    if (among(run->example->ignored_weights, name))
        return;
    layer_run_feed(run, 0);
    layer_run_execute(run, NULL);
    int64_t count = layer_run_count(run, value), compared = 0;
    double *numbers = calloc((size_t)count + 1, sizeof *numbers), scale = 1e-3;
    for (int64_t i = 0; gradient >= 0 && i < count; i++)
        numbers[i] = layer_run_read(run, gradient, i);
    for (int64_t i = 0; i < count; i++)
        scale = fmax(scale, fabs(numbers[i]));
    for (int64_t i = 0; i < count; i += count / MOST + 1) {
        double expected = difference(run, value, i, fmax(scale, 1));
        if (isnan(expected))
            continue;
        compared++;
        if (!(fabs(expected - numbers[i]) <= 1e-6 * fmax(scale, 1)))
            fail_msg("%s: the gradient of %s at %lld is %.9g, differences give %.9g", run->example->text,
                     name, (long long)i, numbers[i], expected);
    }
    if (compared == 0 && count > 0)
        fail_msg("%s: no difference of %s could be taken", run->example->text, name);
    free(numbers);
}

static void check_gradients(const layer_example *example)
{
    if (example->no_gradient)
        return;
    layer_run run = layer_run_begin(example, "ref_double", example->inputs[0].size[0], 1);
    for (int i = 0; i < run.wanted_count; i++)
        check_gradient(&run, i);
    layer_run_free(&run);
}

static void check_config(const layer_example *example)
{
    hone_layer *layer = layer_run_layer(example);
    if (layer == NULL)
        fail_msg("%s: %s", example->text, hone_error_message());
    hone_config *envelope = hone_internal_layer_to_config(layer);
    hone_layer *read = envelope == NULL ? NULL : hone_internal_keras_node_layer(envelope, NULL);
    hone_config *again = read == NULL ? NULL : hone_internal_layer_to_config(read);
    if (again == NULL)
        fail_msg("%s: %s", example->text, hone_error_message());
    if (!hone_internal_config_equal(envelope, again))
        fail_msg("%s: written, read and written it differs", example->text);
    hone_config *map = hone_internal_fields_to_config(&layer->type->type, layer->args);
    void *args = map == NULL ? NULL : hone_internal_fields_from_config(&layer->type->type, map, NULL);
    hone_config *same = args == NULL ? NULL : hone_internal_fields_to_config(&layer->type->type, args);
    if (same == NULL || !hone_internal_config_equal(map, same))
        fail_msg("%s: its arguments differ when read", example->text);
    hone_internal_fields_free(&layer->type->type, args);
    hone_internal_config_free(map);
    hone_internal_config_free(same);
    hone_internal_config_free(envelope);
    hone_internal_config_free(again);
    hone_layer_free(layer);
    hone_layer_free(read);
}

static void same_bits(const layer_run *run, hone_value value, const float *expected, int threads)
{
    if (value < 0)
        return;
    size_t bytes = (size_t)layer_run_count(run, value) * sizeof(float);
    if (memcmp(expected, hone_internal_plan_address(run->plan, value), bytes) != 0)
        fail_msg("%s: %d threads give other bits than one", run->example->text, threads);
}

static float *copy_of(const layer_run *run, hone_value value)
{
    if (value < 0)
        return NULL;
    size_t bytes = (size_t)layer_run_count(run, value) * sizeof(float);
    float *copy = malloc(bytes + 1);
    memcpy(copy, hone_internal_plan_address(run->plan, value), bytes);
    return copy;
}

/* A batch large enough for many tiles, every phase run by the team. */
static void check_threads(const layer_example *example)
{
    enum { NUMBERS = 20000 };
    int64_t many = NUMBERS / hone_internal_shape_count(example->inputs[0]) + 1;
    layer_run run =
        layer_run_begin(example, hone_internal_kernels()->name, example->inputs[0].size[0] * many, 3);
    for (int p = 0; p < run.plan->phase_count; p++)
        run.plan->phases[p].parallel = true;
    float *output = NULL, *gradients[LAYER_RUN_VALUES] = {NULL};
    for (int threads = 1; threads <= 3; threads++) {
        hone_team *team = threads > 1 ? hone_internal_team_acquire(threads) : NULL;
        layer_run_feed(&run, 0);
        layer_run_execute(&run, team);
        hone_internal_team_release(team);
        if (threads == 1)
            output = copy_of(&run, run.output);
        same_bits(&run, run.output, output, threads);
        for (int i = 0; i < run.wanted_count; i++) {
            if (threads == 1)
                gradients[i] = copy_of(&run, run.gradients[i]);
            same_bits(&run, run.gradients[i], gradients[i], threads);
        }
    }
    free(output);
    for (int i = 0; i < LAYER_RUN_VALUES; i++)
        free(gradients[i]);
    layer_run_free(&run);
}

static void check_samples(const layer_example *example)
{
    if (example->joint)
        return;
    int64_t batch = example->inputs[0].size[0];
    layer_run all = layer_run_begin(example, "ref", batch, 1), one = layer_run_begin(example, "ref", 1, 1);
    layer_run_feed(&all, 0);
    layer_run_execute(&all, NULL);
    int64_t row = layer_run_count(&one, one.output);
    if (row * batch != layer_run_count(&all, all.output))
        fail_msg("%s: one sample gives %lld numbers", example->text, (long long)row);
    double allowed = 1e-5 * largest_of(&all, all.output);
    for (int64_t n = 0; n < batch; n++) {
        layer_run_feed(&one, n);
        layer_run_execute(&one, NULL);
        for (int64_t i = 0; i < row; i++)
            if (!(fabs(layer_run_read(&one, one.output, i) - layer_run_read(&all, all.output, n * row + i)) <=
                  allowed))
                fail_msg("%s: sample %lld alone gives another result", example->text, (long long)n);
    }
    layer_run_free(&all);
    layer_run_free(&one);
}

static void check_allocations(const layer_example *example)
{
    enum { MOST = 20000 };
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < MOST; n++) {
        layer_run run;
        hone_internal_fail_allocations_after(n);
        hone_status status = layer_run_make_layer(&run, example);
        if (status >= 0)
            status = layer_run_make_plan(&run, "ref", example->inputs[0].size[0], 1);
        hone_internal_fail_allocations_after(-1);
        layer_run_free(&run);
        if (hone_internal_blocks_in_use() != before)
            fail_msg("%s: blocks are left when allocation %lld fails", example->text, (long long)n);
        if (status >= 0)
            return;
        if (status != HONE_ERROR_MEMORY)
            fail_msg("%s: allocation %lld: %s", example->text, (long long)n, hone_error_message());
    }
    fail_msg("%s: more than %d allocations", example->text, MOST);
}

void check_layer(const layer_example *example)
{
    check_shape(example);
    check_tables(example);
    check_gradients(example);
    check_config(example);
    check_threads(example);
    check_samples(example);
    check_allocations(example);
}

void check_layers(const layer_example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_layer(&examples[i]);
}

void check_layer_numbers(const layer_example *example, const double *const *inputs, const double *expected)
{
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        layer_run run = layer_run_begin(example, *name, example->inputs[0].size[0], 1);
        for (int i = 0; i < run.input_count; i++)
            for (int64_t j = 0; j < layer_run_count(&run, run.inputs[i]); j++)
                layer_run_write(&run, run.inputs[i], j, inputs[i][j]);
        layer_run_execute(&run, NULL);
        for (int64_t j = 0; j < layer_run_count(&run, run.output); j++) {
            double received = layer_run_read(&run, run.output, j);
            if (received != expected[j])
                fail_msg("%s [%s]: number %d is %.9g, Keras has %.9g", example->text, *name, (int)j, received,
                         expected[j]);
        }
        layer_run_free(&run);
    }
}

void check_layer_refused(const char *text, const hone_shape *inputs, const char *part)
{
    hone_error_clear();
    hone_layer *layer = hone_layer_from_text(text);
    hone_shape shapes[CHECK_LAYER_INPUTS];
    int count = 0;
    for (; inputs != NULL && count < CHECK_LAYER_INPUTS && inputs[count].rank > 0; count++)
        shapes[count] = inputs[count];
    if (layer != NULL && (inputs == NULL || hone_internal_layer_build(layer, shapes, count) >= 0))
        fail_msg("%s is not refused", text);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", text, hone_error_message(), part);
    hone_layer_free(layer);
}

void check_layer_call_refused(const layer_example *example, const char *part)
{
    hone_error_clear();
    layer_run run;
    hone_shape shapes[CHECK_LAYER_INPUTS], outputs[HONE_MAX_OUTPUTS];
    bool made = layer_run_make_layer(&run, example) >= 0;
    for (int i = 0; i < run.input_count; i++) {
        shapes[i] = example->inputs[i];
        if (!example->fixed)
            shapes[i].size[0] = HONE_ANY;
    }
    if (made &&
        hone_internal_layer_output_shapes(run.layer, shapes, run.input_count, &run.given, outputs) >= 0)
        fail_msg("%s is not refused", example->text);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", example->text, hone_error_message(), part);
    layer_run_free(&run);
}
