/* Every layer beside Keras's numbers: tests/golden/layers. */
#include "base/random.h"
#include "layers/layer.h"
#include "fields/fields.h"
#include "keras/keras.h"
#include "testing/golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct layer_case {
    char title[600];
    const hone_config *example;
    hone_layer *layer;
    hone_variable_list weights;
    golden_run run;
    hone_value inputs[GOLDEN_INPUTS], output;
    int input_count;
} layer_case;

static hone_layer *make_layer(const char *title, const char *class_name, const hone_config *arguments)
{
    hone_config *envelope = golden_envelope("keras.layers", class_name, arguments);
    hone_layer *layer = hone_internal_layer_from_config(envelope, NULL);
    hone_internal_config_free(envelope);
    if (layer == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    return layer;
}

static void adapt(layer_case *c)
{
    const hone_config *data = golden_get(c->example, "adapt");
    if (data == NULL)
        return;
    golden_tensor tensor = golden_read(data);
    hone_array view = hone_array_view(tensor.values, HONE_FLOAT64, tensor.shape.rank, tensor.shape.size);
    hone_status status = c->layer->type == &hone_internal_normalization_layer
                             ? hone_normalization_adapt(c->layer, &view)
                             : hone_discretization_adapt(c->layer, &view);
    if (status < 0)
        fail_msg("%s: %s", c->title, hone_error_message());
    golden_tensor_free(&tensor);
}

static void build(layer_case *c)
{
    const hone_config *inputs = golden_get(c->example, "inputs");
    hone_shape shapes[GOLDEN_INPUTS];
    for (size_t i = 0; i < hone_internal_config_count(inputs); i++) {
        golden_tensor tensor = golden_read(hone_internal_config_at(inputs, i));
        shapes[i] = tensor.shape;
        shapes[i].size[0] = HONE_ANY;
        golden_tensor_free(&tensor);
    }
    if (hone_internal_layer_build(c->layer, shapes, (int)hone_internal_config_count(inputs)) < 0 ||
        hone_internal_layer_weights(c->layer, &c->weights) < 0 ||
        hone_internal_variables_place(c->weights.items, c->weights.count) < 0)
        fail_msg("%s: %s", c->title, hone_error_message());
}

static golden_tensor weight_values(const hone_variable *variable)
{
    golden_tensor tensor = golden_filled(variable->shape, 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)hone_internal_variable_data(variable)[i];
    return tensor;
}

static void check_weights(const layer_case *c, const char *key)
{
    const hone_config *expected = golden_get(c->example, key);
    for (size_t i = 0; i < hone_internal_config_count(expected); i++) {
        golden_tensor wanted = golden_read(hone_internal_config_at(expected, i)),
                      received = weight_values(c->weights.items[i]);
        golden_check(c->title, c->weights.items[i]->name, &wanted, &received, golden_tolerance(c->example));
        golden_tensor_free(&wanted);
        golden_tensor_free(&received);
    }
}

static void set_weights(layer_case *c)
{
    const hone_config *weights = golden_get(c->example, "weights");
    size_t count = weights != NULL ? hone_internal_config_count(weights) : 0;
    if (count != c->weights.count)
        fail_msg("%s: %zu weights, not %zu", c->title, c->weights.count, count);
    if (golden_get(c->example, "adapt") != NULL)
        check_weights(c, "weights");
    for (size_t i = 0; i < count; i++) {
        golden_tensor tensor = golden_read(hone_internal_config_at(weights, i));
        hone_variable *variable = c->weights.items[i];
        if (strcmp(variable->name,
                   hone_internal_config_get_text(hone_internal_config_at(weights, i), "name")) != 0 ||
            !hone_internal_shape_equal(variable->shape, tensor.shape))
            fail_msg("%s: weight %zu is %s", c->title, i, variable->name);
        for (int64_t j = 0; j < tensor.count; j++)
            hone_internal_variable_data(variable)[j] = (float)tensor.values[j];
        golden_tensor_free(&tensor);
    }
}

static void record_inputs(layer_case *c)
{
    const hone_config *inputs = golden_get(c->example, "inputs"), *masks = golden_get(c->example, "masks");
    c->input_count = (int)hone_internal_config_count(inputs);
    for (size_t i = 0; i < hone_internal_config_count(inputs); i++) {
        c->inputs[i] = golden_input(&c->run, hone_internal_config_at(inputs, i));
        if (masks != NULL && hone_internal_config_present(hone_internal_config_at(masks, i)))
            hone_value_set_mask(c->run.graph, c->inputs[i],
                                golden_input(&c->run, hone_internal_config_at(masks, i)));
    }
}

/* What the layer's call and its weights' regularizers add to the loss. */
static hone_value penalties(layer_case *c)
{
    hone_value total = c->run.graph->penalty;
    for (size_t i = 0; i < c->weights.count; i++) {
        hone_variable *variable = c->weights.items[i];
        if (variable->regularizer == NULL || !variable->trainable)
            continue;
        hone_value penalty = hone_internal_regularizer_apply(c->run.graph, variable->regularizer,
                                                             hone_graph_variable(c->run.graph, variable));
        total = total < 0 ? penalty : hone_op_add(c->run.graph, total, penalty);
    }
    return total;
}

static void check_gradients(layer_case *c, const char *key, const hone_value *gradients, const hone_value *of,
                            int count)
{
    const hone_config *expected = golden_get(c->example, key);
    for (int i = 0; expected != NULL && i < count; i++) {
        if (!hone_internal_config_present(hone_internal_config_at(expected, (size_t)i)))
            continue;
        char what[64];
        snprintf(what, sizeof what, "%s %d", key, i);
        if (gradients[i] >= 0) {
            golden_check_value(c->title, what, hone_internal_config_at(expected, (size_t)i), &c->run,
                               gradients[i], golden_tolerance(c->example));
            continue;
        }
        golden_tensor wanted = golden_read(hone_internal_config_at(expected, (size_t)i)),
                      zero = golden_filled(hone_value_shape(c->run.plan->graph, of[i]), 0);
        golden_check(c->title, what, &wanted, &zero, golden_tolerance(c->example));
        golden_tensor_free(&wanted);
        golden_tensor_free(&zero);
    }
}

static void check_mask(layer_case *c, hone_value mask)
{
    const hone_config *expected = golden_get(c->example, "output_mask");
    if (expected == NULL && mask >= 0)
        fail_msg("%s: a mask comes out", c->title);
    if (expected != NULL && mask < 0)
        fail_msg("%s: no mask comes out", c->title);
    if (expected != NULL)
        golden_check_value(c->title, "mask", expected, &c->run, mask, 1e-7);
}

/* The arguments of the call beside its inputs. */
static hone_given read_call(layer_case *c, hone_given_value *values)
{
    const hone_config *call = golden_get(c->example, "call"),
                      *tensors = golden_get(c->example, "call_tensors");
    hone_given given = {.values = values};
    if (call != NULL &&
        (given.args = hone_internal_fields_from_config(c->layer->type->call_fields, call, NULL)) == NULL)
        fail_msg("%s: %s", c->title, hone_error_message());
    for (; given.count < (int)hone_internal_config_count(tensors); given.count++) {
        const hone_config *tensor = hone_internal_config_at(tensors, (size_t)given.count);
        values[given.count] = (hone_given_value){hone_internal_config_get_text(tensor, "name"), 0,
                                                 golden_input(&c->run, tensor)};
    }
    return given;
}

static void record_call(layer_case *c, hone_value *outputs)
{
    hone_given_value values[GOLDEN_INPUTS];
    hone_given given = read_call(c, values);
    const hone_config *index = golden_get(c->example, "output_index");
    int count = hone_internal_layer_call(c->layer, c->run.graph, c->inputs, c->input_count, &given, outputs,
                                         0, 0),
        place = index == NULL ? 0 : (int)hone_internal_config_as_integer(index);
    if (given.args != NULL)
        hone_internal_fields_free(c->layer->type->call_fields, (void *)(uintptr_t)given.args);
    if (count <= place || (count > 1 && golden_get(c->example, "call") == NULL))
        fail_msg("%s: %s", c->title, hone_error_message());
    outputs[0] = outputs[place];
}

static void check_call(layer_case *c)
{
    hone_graph *graph = c->run.graph;
    hone_value outputs[HONE_MAX_OUTPUTS], wanted[2 * GOLDEN_INPUTS], gradients[2 * GOLDEN_INPUTS];
    record_inputs(c);
    record_call(c, outputs);
    c->output = outputs[0];
    golden_keep(&c->run, c->output);
    hone_value mask = hone_value_mask(graph, c->output), penalty = penalties(c);
    if (mask >= 0)
        golden_keep(&c->run, mask);
    if (penalty >= 0)
        golden_keep(&c->run, penalty);
    const hone_config *seed = golden_get(c->example, "output_gradient");
    int wanted_count = c->input_count + (int)c->weights.count;
    for (int i = 0; i < wanted_count; i++) {
        gradients[i] = HONE_NO_VALUE;
        wanted[i] = i < c->input_count ? c->inputs[i]
                                       : hone_graph_variable(graph, c->weights.items[i - c->input_count]);
    }
    if (seed != NULL) {
        hone_value product = hone_op_multiply(graph, c->output, golden_input(&c->run, seed));
        hone_value loss = hone_op_total(graph, product);
        if (penalty >= 0)
            loss = hone_op_add(graph, loss, hone_op_reshape(graph, penalty, (hone_shape){0}));
        golden_differentiate(&c->run, loss, wanted, wanted_count, gradients);
    }
    golden_execute(&c->run);
    golden_check_value(c->title, "output", golden_get(c->example, "output"), &c->run, c->output,
                       golden_tolerance(c->example));
    check_mask(c, mask);
    check_gradients(c, "input_gradients", gradients, wanted, c->input_count);
    check_gradients(c, "weight_gradients", gradients + c->input_count, wanted + c->input_count,
                    (int)c->weights.count);
    if (c->run.kernels->element_size == sizeof(float))
        check_weights(c, "weights_after");
    const hone_config *losses = golden_get(c->example, "losses");
    double expected = losses != NULL ? hone_internal_config_as_number(losses) : 0,
           received = penalty >= 0 ? golden_number(&c->run, penalty) : 0;
    if (fabs(expected - received) > 1e-5 * fmax(fabs(expected), 1))
        fail_msg("%s: losses %g, not %g", c->title, received, expected);
}

/* What a training call does to a constant input: how often each value comes out, or mean and deviation. */
static void check_statistics(layer_case *c, const hone_config *statistics)
{
    golden_tensor input =
        golden_filled(HONE_SHAPE(200, 100), hone_internal_config_as_number(golden_get(statistics, "input")));
    hone_shape shape = input.shape;
    shape.size[0] = HONE_ANY;
    if (hone_internal_layer_build(c->layer, &shape, 1) < 0)
        fail_msg("%s: %s", c->title, hone_error_message());
    hone_value value = golden_input_of(&c->run, &input), outputs[HONE_MAX_OUTPUTS];
    if (hone_internal_layer_call(c->layer, c->run.graph, &value, 1, NULL, outputs, 0, 0) != 1)
        fail_msg("%s: %s", c->title, hone_error_message());
    golden_keep(&c->run, outputs[0]);
    golden_execute(&c->run);
    golden_tensor output = golden_result(&c->run, outputs[0]);
    const hone_config *values = golden_get(statistics, "values"),
                      *probabilities = golden_get(statistics, "probabilities");
    double n = (double)output.count, sum = 0, squares = 0;
    for (size_t v = 0; v < hone_internal_config_count(values); v++) {
        double hits = 0, p = hone_internal_config_as_number(hone_internal_config_at(probabilities, v)),
               expected = hone_internal_config_as_number(hone_internal_config_at(values, v));
        for (int64_t i = 0; i < output.count; i++)
            hits += fabs(output.values[i] - expected) <= 1e-5 * fmax(1, fabs(expected));
        if (fabs(hits / n - p) > 5 * sqrt(p * (1 - p) / n))
            fail_msg("%s: %g comes out with chance %g, not %g", c->title, expected, hits / n, p);
    }
    for (int64_t i = 0; i < output.count; i++)
        sum += output.values[i];
    for (int64_t i = 0; i < output.count; i++)
        squares += (output.values[i] - sum / n) * (output.values[i] - sum / n);
    const hone_config *mean = golden_get(statistics, "mean"), *deviation = golden_get(statistics, "stddev");
    if (mean != NULL && fabs(sum / n - hone_internal_config_as_number(mean)) >
                            5 * hone_internal_config_as_number(deviation) / sqrt(n))
        fail_msg("%s: mean %g, not %g", c->title, sum / n, hone_internal_config_as_number(mean));
    if (mean != NULL && fabs(sqrt(squares / n) - hone_internal_config_as_number(deviation)) >
                            5 * hone_internal_config_as_number(deviation) / sqrt(2 * n))
        fail_msg("%s: deviation %g, not %g", c->title, sqrt(squares / n),
                 hone_internal_config_as_number(deviation));
    golden_tensor_free(&input);
    golden_tensor_free(&output);
}

static void check_case(const char *name, const char *class_name, const hone_config *example,
                       const char *table)
{
    layer_case c = {.example = example};
    snprintf(c.title, sizeof c.title, "%s [%s]", name, table);
    c.layer = make_layer(c.title, class_name, golden_get(example, "arguments"));
    c.run = golden_begin(table, golden_flag(example, "training"));
    const hone_config *statistics = golden_get(example, "statistics");
    if (statistics != NULL)
        check_statistics(&c, statistics);
    else {
        adapt(&c);
        build(&c);
        set_weights(&c);
        check_call(&c);
    }
    golden_end(&c.run);
    hone_internal_variable_list_free(&c.weights);
    hone_layer_free(c.layer);
}

static void check_file(const char *name)
{
    hone_config *file = golden_open("layers", name);
    const hone_config *cases = golden_cases(file);
    int64_t before = hone_internal_blocks_in_use();
    for (size_t i = 0; i < hone_internal_config_count(cases); i++)
        for (const char *const *table = golden_tables; *table != NULL; table++)
            check_case(golden_title(file, hone_internal_config_at(cases, i)),
                       hone_internal_config_get_text(file, "class"), hone_internal_config_at(cases, i),
                       *table);
    if (hone_internal_blocks_in_use() != before)
        fail_msg("%s: blocks are left", name);
    hone_internal_config_free(file);
}

static void agrees_with_keras(void **name)
{
    check_file(*name);
}

/* A test for each file, so that one failure hides no other. */
TESTING_BEFORE_MAIN(add_files)
{
    char **names = golden_list("layers");
    for (char **name = names; *name != NULL; name++)
        testing_add("agrees_with_keras", *name, agrees_with_keras, *name);
    free(names); /* the texts are the tests' */
}
