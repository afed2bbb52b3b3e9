/* For tests: everything that holds for every layer, checked from one description of a case. */
#include "testing/check_layer.h"
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

enum { VALUES = 32 };

/* A layer, what was recorded of it, and the plan. */
typedef struct layer_run {
    const layer_example *example;
    hone_layer *layer;
    hone_variable_list weights;
    hone_plan *plan;
    hone_value inputs[CHECK_LAYER_INPUTS], masks[CHECK_LAYER_INPUTS], seed, output, loss;
    hone_value wanted[VALUES], gradients[VALUES]; /* of the inputs, then of the weights */
    int input_count, wanted_count;
    hone_given given;
    void *call_args; /* those in `given` */
} layer_run;

static hone_layer *layer_of(const layer_example *example)
{
    return hone_internal_layer_of_family(example->operation ? "operation" : "layer", example->text);
}

static int count_inputs(const layer_example *example)
{
    int count = 0;
    while (count < CHECK_LAYER_INPUTS && example->inputs[count].rank > 0)
        count++;
    return count;
}

/* ---- numbers: a function of what they are for and their place ---- */

static double noise(uint64_t stream, int64_t index, double lowest, double highest)
{
    hone_random random = hone_internal_random(7, stream, 0);
    return lowest + (highest - lowest) * hone_internal_random_uniform(&random, (uint64_t)index);
}

static double input_number(const layer_example *example, int input, int64_t index)
{
    double number = noise((uint64_t)input + 1, index, -2, 2);
    return example->ids > 0 ? floor((number + 2) / 4 * (double)example->ids) : number;
}

static double mask_number(int input, int64_t index)
{
    return noise((uint64_t)input + 100, index, 0, 1) < 0.7 ? 1 : 0;
}

static bool positive_weight(const hone_variable *variable)
{
    return strstr(variable->name, "variance") != NULL || strcmp(variable->name, "gamma") == 0;
}

static void fill_weights(const layer_run *run)
{
    for (size_t i = 0; i < run->weights.count; i++) {
        hone_variable *variable = run->weights.items[i];
        double lowest = positive_weight(variable) ? 0.25 : -1;
        for (int64_t j = 0; j < hone_internal_variable_count(variable); j++)
            hone_internal_variable_data(variable)[j] =
                (float)(variable->integer ? 0 : noise(200 + i, j, lowest, 1.25));
    }
}

/* ---- making: nothing here fails the test, so that failing allocations can be tried ---- */

/* The arguments of the call, from their text. */
static hone_status make_given(layer_run *run)
{
    hone_config *config = NULL;
    char *name = hone_internal_spec_parse(run->example->call, &config);
    if (name != NULL)
        run->given.args = run->call_args =
            hone_internal_fields_from_config(run->layer->type->call_fields, config, NULL);
    hone_internal_free(name);
    hone_internal_config_free(config);
    return run->given.args == NULL ? hone_error_status() : HONE_OK;
}

static hone_status make_layer(layer_run *run, const layer_example *example)
{
    *run = (layer_run){.example = example, .input_count = count_inputs(example)};
    run->layer = layer_of(example);
    if (run->layer == NULL)
        return hone_error_status();
    if (example->call != NULL)
        HONE_TRY(make_given(run));
    hone_shape shapes[CHECK_LAYER_INPUTS];
    for (int i = 0; i < run->input_count; i++) {
        shapes[i] = example->inputs[i];
        shapes[i].size[0] = HONE_ANY;
    }
    HONE_TRY(hone_internal_layer_build(run->layer, shapes, run->input_count));
    HONE_TRY(hone_internal_layer_weights(run->layer, &run->weights));
    HONE_TRY(hone_internal_variables_place(run->weights.items, run->weights.count));
    fill_weights(run);
    return HONE_OK;
}

static hone_status record_inputs(layer_run *run, hone_graph *graph, int64_t batch)
{
    for (int i = 0; i < run->input_count; i++) {
        hone_shape shape = run->example->inputs[i];
        shape.size[0] = batch;
        if ((run->inputs[i] = hone_internal_graph_input(graph, shape, "x")) < 0)
            return hone_error_status();
        run->masks[i] = HONE_NO_VALUE;
        if (!run->example->masked)
            continue;
        shape.rank = shape.rank > 2 ? shape.rank - 1 : shape.rank;
        if ((run->masks[i] = hone_internal_graph_input(graph, shape, "mask")) < 0)
            return hone_error_status();
        hone_value_set_mask(graph, run->inputs[i], run->masks[i]);
    }
    return HONE_OK;
}

static hone_status record_gradients(layer_run *run, hone_graph *graph)
{
    for (int i = 0; i < run->input_count && run->example->ids == 0; i++)
        run->wanted[run->wanted_count++] = run->inputs[i];
    for (size_t i = 0; i < run->weights.count; i++) {
        if (!run->weights.items[i]->trainable || run->wanted_count == VALUES)
            continue;
        if ((run->wanted[run->wanted_count++] = hone_graph_variable(graph, run->weights.items[i])) < 0)
            return hone_error_status();
    }
    HONE_TRY(hone_internal_differentiate(graph, run->loss, run->wanted, run->wanted_count, run->gradients));
    for (int i = 0; i < run->wanted_count; i++)
        hone_internal_graph_keep(graph, run->gradients[i]);
    return HONE_OK;
}

static hone_status record(layer_run *run, hone_graph *graph, int64_t batch)
{
    hone_value outputs[HONE_MAX_OUTPUTS];
    run->wanted_count = 0;
    HONE_TRY(record_inputs(run, graph, batch));
    int count = hone_internal_layer_call(run->layer, graph, run->inputs, run->input_count, &run->given,
                                         outputs, 0, 1);
    if (count < 0)
        return (hone_status)count;
    run->output = outputs[0];
    hone_internal_graph_keep(graph, run->output);
    run->seed = run->loss = HONE_NO_VALUE;
    if (run->example->no_gradient)
        return HONE_OK;
    run->seed = hone_internal_graph_input(graph, hone_value_shape(graph, run->output), "seed");
    run->loss = hone_op_total(graph, hone_op_multiply(graph, run->output, run->seed));
    if (graph->penalty >= 0)
        run->loss = hone_op_add(graph, run->loss, hone_op_reshape(graph, graph->penalty, (hone_shape){0}));
    if (run->loss < 0)
        return hone_error_status();
    hone_internal_graph_keep(graph, run->loss);
    return record_gradients(run, graph);
}

static hone_status make_plan(layer_run *run, const char *table, int64_t batch, int threads)
{
    const hone_kernels *kernels = hone_internal_kernels_named(table);
    hone_graph *graph = hone_internal_graph_create(run->example->training, false);
    if (kernels == NULL || graph == NULL || record(run, graph, batch) < 0) {
        hone_internal_graph_free(graph);
        return hone_error_status();
    }
    run->plan = hone_internal_plan_create(graph, kernels, 3, threads);
    return run->plan == NULL ? hone_error_status() : HONE_OK;
}

static void free_run(layer_run *run)
{
    hone_internal_plan_free(run->plan);
    hone_internal_variable_list_free(&run->weights);
    if (run->call_args != NULL)
        hone_internal_fields_free(run->layer->type->call_fields, run->call_args);
    hone_layer_free(run->layer);
    *run = (layer_run){0};
}

/* ---- running ---- */

static layer_run begin(const layer_example *example, const char *table, int64_t batch, int threads)
{
    layer_run run;
    if (make_layer(&run, example) < 0 || make_plan(&run, table, batch, threads) < 0)
        fail_msg("%s: %s", example->text, hone_error_message());
    return run;
}

static bool in_double(const layer_run *run)
{
    return run->plan->kernels->element_size == sizeof(double);
}
static hone_shape shape_of(const layer_run *run, hone_value value)
{
    return hone_value_shape(run->plan->graph, value);
}
static int64_t count_of(const layer_run *run, hone_value value)
{
    return hone_internal_shape_count(shape_of(run, value));
}

static double read_number(const layer_run *run, hone_value value, int64_t index)
{
    const void *address = hone_internal_plan_address(run->plan, value);
    return in_double(run) ? ((const double *)address)[index] : (double)((const float *)address)[index];
}

static void write_number(const layer_run *run, hone_value value, int64_t index, double number)
{
    void *address = hone_internal_plan_address(run->plan, value);
    if (in_double(run))
        ((double *)address)[index] = number;
    else
        ((float *)address)[index] = (float)number;
}

/* Inputs of the samples from `first` on; in double, the weights too, which the call may have changed. */
static void feed(const layer_run *run, int64_t first)
{
    for (int i = 0; i < run->input_count; i++) {
        int64_t count = count_of(run, run->inputs[i]), row = count / shape_of(run, run->inputs[i]).size[0];
        for (int64_t j = 0; j < count; j++)
            write_number(run, run->inputs[i], j,
                         (double)(float)input_number(run->example, i, first * row + j));
        if (run->masks[i] < 0)
            continue;
        count = count_of(run, run->masks[i]), row = count / shape_of(run, run->masks[i]).size[0];
        for (int64_t j = 0; j < count; j++)
            write_number(run, run->masks[i], j, mask_number(i, first * row + j));
    }
    for (int64_t j = 0; run->seed >= 0 && j < count_of(run, run->seed); j++)
        write_number(run, run->seed, j, (double)(float)noise(300, j, -1.5, 1.5));
    fill_weights(run);
    for (size_t v = 0; in_double(run) && v < run->plan->graph->value_count; v++) {
        const hone_variable *variable = run->plan->graph->values[v].variable;
        for (int64_t j = 0; variable != NULL && j < hone_internal_variable_count(variable); j++)
            write_number(run, (hone_value)v, j, (double)hone_internal_variable_data(variable)[j]);
    }
}

static void execute(const layer_run *run, hone_team *team)
{
    hone_internal_plan_run(run->plan, team, 5);
}

/* ---- the checks ---- */

static void check_shape(const layer_example *example)
{
    layer_run run = begin(example, "ref", example->inputs[0].size[0], 1);
    hone_shape shapes[CHECK_LAYER_INPUTS], outputs[HONE_MAX_OUTPUTS];
    for (int pass = 0; pass < 2; pass++) {
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
        hone_internal_shape_to_text(shape_of(&run, run.output), produced, sizeof produced);
        if (strcmp(foretold, produced) != 0)
            fail_msg("%s: the shape %s was foretold, %s came", example->text, foretold, produced);
    }
    free_run(&run);
}

static double largest_of(const layer_run *run, hone_value value)
{
    double largest = 1e-3;
    for (int64_t i = 0; i < count_of(run, value); i++) {
        double size = fabs(read_number(run, value, i));
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
    for (int64_t i = 0; i < count_of(expected, value); i++) {
        double a = read_number(expected, value, i), b = read_number(received, value, i);
        if (!(fabs(a - b) <= allowed) && !(isnan(a) && isnan(b)) && a != b)
            fail_msg("%s [%s]: %s at %lld: %.9g, not %.9g", expected->example->text,
                     received->plan->kernels->name, what, (long long)i, b, a);
    }
}

static void check_tables(const layer_example *example)
{
    layer_run expected = begin(example, "ref", example->inputs[0].size[0], 1);
    feed(&expected, 0);
    execute(&expected, NULL);
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        layer_run received = begin(example, *name, example->inputs[0].size[0], 1);
        feed(&received, 0);
        execute(&received, NULL);
        compare(&expected, &received, expected.output, "output", 1e-5);
        for (int i = 0; i < expected.wanted_count; i++)
            compare(&expected, &received, expected.gradients[i], "a gradient", 1e-5);
        free_run(&received);
    }
    free_run(&expected);
}

static double loss_at(const layer_run *run, hone_value value, int64_t index, double number)
{
    feed(run, 0);
    write_number(run, value, index, number);
    execute(run, NULL);
    return read_number(run, run->loss, 0);
}

/* The slope at a number, or NaN when the two sides differ: a kink lies within the probe. */
static double difference(const layer_run *run, hone_value value, int64_t index, double scale)
{
    feed(run, 0);
    double number = read_number(run, value, index), step = 1e-5;
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
    feed(run, 0);
    execute(run, NULL);
    int64_t count = count_of(run, value), compared = 0;
    double *numbers = calloc((size_t)count + 1, sizeof *numbers), scale = 1e-3;
    for (int64_t i = 0; gradient >= 0 && i < count; i++)
        numbers[i] = read_number(run, gradient, i);
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
    layer_run run = begin(example, "ref_double", example->inputs[0].size[0], 1);
    for (int i = 0; i < run.wanted_count; i++)
        check_gradient(&run, i);
    free_run(&run);
}

static void check_config(const layer_example *example)
{
    hone_layer *layer = layer_of(example);
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
    if (args == NULL || !hone_internal_fields_equal(&layer->type->type, layer->args, args))
        fail_msg("%s: its arguments differ when read", example->text);
    hone_internal_fields_free(&layer->type->type, args);
    hone_internal_config_free(map);
    hone_internal_config_free(envelope);
    hone_internal_config_free(again);
    hone_layer_free(layer);
    hone_layer_free(read);
}

static void same_bits(const layer_run *run, hone_value value, const float *expected, int threads)
{
    if (value < 0)
        return;
    size_t bytes = (size_t)count_of(run, value) * sizeof(float);
    if (memcmp(expected, hone_internal_plan_address(run->plan, value), bytes) != 0)
        fail_msg("%s: %d threads give other bits than one", run->example->text, threads);
}

static float *copy_of(const layer_run *run, hone_value value)
{
    if (value < 0)
        return NULL;
    size_t bytes = (size_t)count_of(run, value) * sizeof(float);
    float *copy = malloc(bytes + 1);
    memcpy(copy, hone_internal_plan_address(run->plan, value), bytes);
    return copy;
}

/* A batch large enough for many tiles, every phase run by the team. */
static void check_threads(const layer_example *example)
{
    enum { NUMBERS = 20000 };
    int64_t many = NUMBERS / hone_internal_shape_count(example->inputs[0]) + 1;
    layer_run run = begin(example, hone_internal_kernels()->name, example->inputs[0].size[0] * many, 3);
    for (int p = 0; p < run.plan->phase_count; p++)
        run.plan->phases[p].parallel = true;
    float *output = NULL, *gradients[VALUES] = {NULL};
    for (int threads = 1; threads <= 3; threads++) {
        hone_team *team = threads > 1 ? hone_internal_team_acquire(threads) : NULL;
        feed(&run, 0);
        execute(&run, team);
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
    for (int i = 0; i < VALUES; i++)
        free(gradients[i]);
    free_run(&run);
}

static void check_samples(const layer_example *example)
{
    if (example->joint)
        return;
    int64_t batch = example->inputs[0].size[0];
    layer_run all = begin(example, "ref", batch, 1), one = begin(example, "ref", 1, 1);
    feed(&all, 0);
    execute(&all, NULL);
    int64_t row = count_of(&one, one.output);
    if (row * batch != count_of(&all, all.output))
        fail_msg("%s: one sample gives %lld numbers", example->text, (long long)row);
    double allowed = 1e-5 * largest_of(&all, all.output);
    for (int64_t n = 0; n < batch; n++) {
        feed(&one, n);
        execute(&one, NULL);
        for (int64_t i = 0; i < row; i++)
            if (!(fabs(read_number(&one, one.output, i) - read_number(&all, all.output, n * row + i)) <=
                  allowed))
                fail_msg("%s: sample %lld alone gives another result", example->text, (long long)n);
    }
    free_run(&all);
    free_run(&one);
}

static void check_allocations(const layer_example *example)
{
    enum { MOST = 20000 };
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < MOST; n++) {
        layer_run run;
        hone_internal_fail_allocations_after(n);
        hone_status status = make_layer(&run, example);
        if (status >= 0)
            status = make_plan(&run, "ref", example->inputs[0].size[0], 1);
        hone_internal_fail_allocations_after(-1);
        free_run(&run);
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
        layer_run run = begin(example, *name, example->inputs[0].size[0], 1);
        for (int i = 0; i < run.input_count; i++)
            for (int64_t j = 0; j < count_of(&run, run.inputs[i]); j++)
                write_number(&run, run.inputs[i], j, inputs[i][j]);
        execute(&run, NULL);
        for (int64_t j = 0; j < count_of(&run, run.output); j++) {
            double received = read_number(&run, run.output, j);
            if (received != expected[j])
                fail_msg("%s [%s]: number %d is %.9g, Keras has %.9g", example->text, *name, (int)j, received,
                         expected[j]);
        }
        free_run(&run);
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
    bool made = make_layer(&run, example) >= 0;
    for (int i = 0; i < run.input_count; i++) {
        shapes[i] = example->inputs[i];
        shapes[i].size[0] = HONE_ANY;
    }
    if (made &&
        hone_internal_layer_output_shapes(run.layer, shapes, run.input_count, &run.given, outputs) >= 0)
        fail_msg("%s is not refused", example->text);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", example->text, hone_error_message(), part);
    free_run(&run);
}
