/* For tests: a layer on numbers, recorded and planned as an example says. */
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

hone_layer *layer_run_layer(const layer_example *example)
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

/* The states of batches before: the same for each sample, so that samples may be compared alone. */
static void fill_carried(const hone_layer *layer)
{
    for (size_t i = 0; i < layer->carried_count; i++) {
        const int64_t count = hone_internal_variable_count(layer->carried[i]),
                      row = count / layer->carried[i]->shape.size[0];
        for (int64_t j = 0; j < count; j++)
            hone_internal_variable_data(layer->carried[i])[j] = (float)noise(400 + i, j % row, -1, 1);
    }
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
    fill_carried(run->layer);
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

hone_status layer_run_make_layer(layer_run *run, const layer_example *example)
{
    *run = (layer_run){.example = example, .input_count = count_inputs(example)};
    run->layer = layer_run_layer(example);
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
        if (!run->weights.items[i]->trainable || run->wanted_count == LAYER_RUN_VALUES)
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

hone_status layer_run_make_plan(layer_run *run, const char *table, int64_t batch, int threads)
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

void layer_run_free(layer_run *run)
{
    hone_internal_plan_free(run->plan);
    hone_internal_variable_list_free(&run->weights);
    if (run->call_args != NULL)
        hone_internal_fields_free(run->layer->type->call_fields, run->call_args);
    hone_layer_free(run->layer);
    *run = (layer_run){0};
}

/* ---- running ---- */

layer_run layer_run_begin(const layer_example *example, const char *table, int64_t batch, int threads)
{
    layer_run run;
    if (layer_run_make_layer(&run, example) < 0 || layer_run_make_plan(&run, table, batch, threads) < 0)
        fail_msg("%s: %s", example->text, hone_error_message());
    return run;
}

static bool in_double(const layer_run *run)
{
    return run->plan->kernels->element_size == sizeof(double);
}
hone_shape layer_run_shape(const layer_run *run, hone_value value)
{
    return hone_value_shape(run->plan->graph, value);
}
int64_t layer_run_count(const layer_run *run, hone_value value)
{
    return hone_internal_shape_count(layer_run_shape(run, value));
}

double layer_run_read(const layer_run *run, hone_value value, int64_t index)
{
    const void *address = hone_internal_plan_address(run->plan, value);
    return in_double(run) ? ((const double *)address)[index] : (double)((const float *)address)[index];
}

void layer_run_write(const layer_run *run, hone_value value, int64_t index, double number)
{
    void *address = hone_internal_plan_address(run->plan, value);
    if (in_double(run))
        ((double *)address)[index] = number;
    else
        ((float *)address)[index] = (float)number;
}

/* Inputs of the samples from `first` on; in double, the weights too, which the call may have changed. */
void layer_run_feed(const layer_run *run, int64_t first)
{
    for (int i = 0; i < run->input_count; i++) {
        int64_t count = layer_run_count(run, run->inputs[i]),
                row = count / layer_run_shape(run, run->inputs[i]).size[0];
        for (int64_t j = 0; j < count; j++)
            layer_run_write(run, run->inputs[i], j,
                            (double)(float)input_number(run->example, i, first * row + j));
        if (run->masks[i] < 0)
            continue;
        count = layer_run_count(run, run->masks[i]),
        row = count / layer_run_shape(run, run->masks[i]).size[0];
        for (int64_t j = 0; j < count; j++)
            layer_run_write(run, run->masks[i], j, mask_number(i, first * row + j));
    }
    for (int64_t j = 0; run->seed >= 0 && j < layer_run_count(run, run->seed); j++)
        layer_run_write(run, run->seed, j, (double)(float)noise(300, j, -1.5, 1.5));
    fill_weights(run);
    for (size_t v = 0; in_double(run) && v < run->plan->graph->value_count; v++) {
        const hone_variable *variable = run->plan->graph->values[v].variable;
        for (int64_t j = 0; variable != NULL && j < hone_internal_variable_count(variable); j++)
            layer_run_write(run, (hone_value)v, j, (double)hone_internal_variable_data(variable)[j]);
    }
}

void layer_run_execute(const layer_run *run, hone_team *team)
{
    hone_internal_plan_run(run->plan, team, 5);
}
