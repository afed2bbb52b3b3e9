/* Recording a pass: the model from its inputs to its outputs, losses, metrics, gradients, the optimizer. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "model/whole.h"
#include "ops/differentiate.h"
#include "ops/metric.h"
#include "readers/schema.h"
#include "train/feed.h"

#include <math.h>
#include <string.h>

/* Keras's fix for inputs: an axis of size 1 at the end is added or dropped to meet the expected rank. */
static hone_value fit_input_rank(hone_graph *graph, hone_value value, hone_shape expected)
{
    hone_shape shape = hone_value_shape(graph, value);
    if (shape.rank == expected.rank + 1 && shape.size[shape.rank - 1] == 1)
        return hone_op_squeeze(graph, value, -1);
    if (shape.rank + 1 == expected.rank && expected.size[expected.rank - 1] == 1)
        return hone_op_expand(graph, value, -1);
    return value;
}

/* The sizes after the batch, from `begin` on and then those before it, in the order of another shape. */
static bool turned(hone_shape given, hone_shape expected, int begin)
{
    bool same = given.rank == expected.rank && given.rank > 3;
    for (int axis = 1, from = begin; same && axis < given.rank;
         axis++, from = from + 1 < given.rank ? from + 1 : 1)
        same = expected.size[axis] == HONE_ANY || expected.size[axis] == given.size[from];
    return same;
}

/* The likely cure of a shape that does not fit; "" when none is known. */
static const char *cure(hone_shape given, hone_shape expected)
{
    int64_t numbers = 1, wanted = 1;
    for (int axis = 1; axis < given.rank; axis++)
        numbers *= given.size[axis];
    for (int axis = 1; axis < expected.rank; axis++)
        wanted = hone_internal_size_product(wanted, expected.size[axis]);
    if (turned(given, expected, 2))
        return "; the channels of these data come first: move them to the last axis, or give the layers data_format: "
               "channels_first and the input that shape";
    if (turned(given, expected, given.rank - 1))
        return "; the channels of these data come last: move them to the first axis, or give the layers data_format: "
               "channels_last and the input that shape";
    if (numbers == wanted)
        return "; they are as many numbers in another shape: begin the model with an input of the data's shape and a "
               "reshape layer";
    return expected.rank == 4 && given.rank == 4 && given.size[3] == expected.size[3]
               ? "; images of another size: a resizing layer makes them fit (of pictures in a folder, the option size)"
               : "";
}

static hone_status check_input_shape(const hone_model *model, int index, hone_shape shape)
{
    hone_shape expected = model->fed[index]->shape;
    bool fits = shape.rank == expected.rank;
    for (int axis = 1; fits && axis < shape.rank; axis++)
        fits = expected.size[axis] == HONE_ANY || expected.size[axis] == shape.size[axis];
    if (fits)
        return HONE_OK;
    char wanted[128], given[128];
    hone_internal_shape_to_text(expected, wanted, sizeof wanted);
    shape.size[0] = HONE_ANY;
    hone_internal_shape_to_text(shape, given, sizeof given);
    return hone_fail(HONE_ERROR_SHAPE, "the input \"%s\" takes data of shape %s, not %s%s",
                     hone_internal_model_fed_name(model, index), wanted, given, cure(shape, expected));
}

/* "; its columns: a, b, city" behind what is wrong with the width of a table. */
static hone_status name_columns(const hone_dataset *data, int input, hone_status status)
{
    enum { MOST = 12 };
    const hone_config *schema = hone_internal_schema_of(hone_internal_dataset_schema(data), "table"),
                      *group =
                          hone_internal_config_at(hone_internal_config_get(schema, "inputs"), (size_t)input),
                      *numbers = hone_internal_config_get(group, "columns");
    const size_t count = hone_internal_config_count(numbers);
    hone_text text = {0};
    hone_internal_text_append(&text, "; its columns: ");
    for (size_t i = 0; i < count && i < MOST; i++) {
        const hone_config *column = hone_internal_config_at(
            hone_internal_config_get(schema, "columns"),
            (size_t)hone_internal_config_as_integer(hone_internal_config_at(numbers, i)));
        const char *name = hone_internal_config_get_text(column, "name");
        const size_t categories = hone_internal_config_count(hone_internal_config_get(column, "categories"));
        hone_internal_text_format(&text, "%s%.100s", i > 0 ? ", " : "", name != NULL ? name : "(no name)");
        if (categories > 0)
            hone_internal_text_format(&text, " (%zu categories)", categories);
    }
    if (count > MOST)
        hone_internal_text_format(&text, " and %zu other%s", count - MOST,
                                  hone_internal_plural((long long)(count - MOST)));
    if (count > 0 && !text.failed)
        hone_internal_error_add(status, text.data);
    hone_internal_text_free(&text);
    return status;
}

/* What stands about an input or target, the file in front that its data are from. `data` may be NULL. */
static hone_status blame_input(const hone_model *model, const hone_dataset *data, int input,
                               hone_status status)
{
    if (status >= 0 || data == NULL)
        return status;
    const int place = hone_internal_feed_input(model, data, input);
    if (status == HONE_ERROR_SHAPE)
        name_columns(data, place, status);
    return hone_internal_dataset_blame(data, HONE_COMPONENT_INPUT, place, status);
}

static hone_status blame_target(const hone_model *model, const hone_dataset *data, int output,
                                hone_status status)
{
    if (status >= 0 || data == NULL)
        return status;
    return hone_internal_dataset_blame(data, HONE_COMPONENT_TARGET,
                                       hone_internal_feed_target(model, data, NULL, output), status);
}

static hone_status record_inputs(hone_model *model, hone_graph *graph, hone_pass *pass,
                                 const hone_dataset *data, hone_value *inputs)
{
    for (int i = 0; i < model->fed_count; i++) {
        pass->inputs[i] = hone_internal_graph_input(graph, pass->input_shapes[i], NULL);
        inputs[i] = fit_input_rank(graph, pass->inputs[i], model->fed[i]->shape);
        if (inputs[i] < 0)
            return hone_error_status();
        HONE_TRY(
            blame_input(model, data, i, check_input_shape(model, i, hone_value_shape(graph, inputs[i]))));
    }
    return HONE_OK;
}

/* It has a loss or, with a target in the data, metrics. */
static bool has_target(const hone_model *model, int output)
{
    if (hone_internal_model_loss(model, output) != NULL)
        return true;
    for (size_t i = 0; i < model->compiled.entry_count; i++)
        if (model->compiled.entries[i].output == output)
            return true;
    return false;
}

hone_value hone_internal_pass_weight_penalties(hone_model *model, hone_graph *graph, hone_value total)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        hone_variable *variable = model->weights.items[i];
        if (variable->regularizer == NULL || !variable->trainable)
            continue;
        hone_value penalty = hone_internal_regularizer_apply(graph, variable->regularizer,
                                                             hone_graph_variable(graph, variable));
        penalty = hone_op_reshape(graph, penalty, (hone_shape){0});
        total = total < 0 ? penalty : hone_op_add(graph, total, penalty);
        if (total < 0)
            return HONE_NO_VALUE;
    }
    return total;
}

/* How many times what a shard's loss says stands in that of the whole batch, when that is a sum. */
static double shares(const hone_pass *pass)
{
    return pass->mode == HONE_MODE_SHARD ? (double)pass->whole / (double)pass->batch : 1;
}

/* Weight penalties of the trainable weights (of shards: once, with the update), and what layers added: to the
 * total loss, unweighted. */
static hone_value add_penalties(hone_model *model, hone_graph *graph, const hone_pass *pass, hone_value total)
{
    if (pass->mode != HONE_MODE_SHARD)
        total = hone_internal_pass_weight_penalties(model, graph, total);
    if (graph->penalty >= 0)
        total = hone_op_add(graph, total, hone_op_reshape(graph, graph->penalty, (hone_shape){0}));
    return total;
}

static bool has_weight_penalties(const hone_model *model)
{
    for (size_t i = 0; i < model->weights.count; i++)
        if (model->weights.items[i]->regularizer != NULL && model->weights.items[i]->trainable)
            return true;
    return false;
}

static hone_status record_losses(hone_model *model, hone_graph *graph, hone_pass *pass,
                                 const hone_dataset *data, const hone_value *outputs)
{
    hone_compiled *compiled = &model->compiled;
    hone_value total = HONE_NO_VALUE;
    double batch = (double)pass->batch;
    for (int i = 0; i < model->output_count; i++) {
        hone_output_loss *output = &compiled->outputs[i];
        if (output->loss == NULL)
            continue;
        hone_value loss =
            hone_internal_loss_record(output->loss, graph, pass->targets[i], outputs[i], pass->weight);
        if (loss >= 0 && shares(pass) != 1 && hone_internal_loss_is_sum(output->loss))
            loss = hone_op_affine(graph, loss, shares(pass), 0);
        if (loss < 0)
            return blame_target(model, data, i, hone_error_status());
        if (compiled->loss_count > 1)
            HONE_TRY(hone_internal_op_accumulate_mean(graph, output->state, loss, HONE_NO_VALUE, batch));
        hone_value weighted = output->weight == 1 ? loss : hone_op_affine(graph, loss, output->weight, 0);
        total = total < 0 ? weighted : hone_op_add(graph, total, weighted);
    }
    if (total < 0)
        total = hone_graph_constant(graph, 0);
    pass->loss = add_penalties(model, graph, pass, total);
    if (compiled->loss_count == 0 && pass->loss == total && pass->mode != HONE_MODE_TEST &&
        !has_weight_penalties(model))
        return hone_fail(
            HONE_ERROR_STATE,
            "the model has no loss to train with: hone_compile with .loss, or compile: {loss: ...} in a recipe");
    hone_internal_graph_keep(graph, pass->loss);
    return hone_internal_op_accumulate_mean(graph, compiled->state, pass->loss, HONE_NO_VALUE, batch);
}

static hone_status record_metrics(hone_model *model, hone_graph *graph, hone_pass *pass,
                                  const hone_dataset *data, const hone_value *outputs)
{
    for (size_t i = 0; i < model->compiled.entry_count; i++) {
        hone_metric_entry *entry = &model->compiled.entries[i];
        hone_value weights = entry->weighted ? pass->weight : HONE_NO_VALUE;
        hone_status status = hone_internal_metric_record(entry->metric, graph, pass->targets[entry->output],
                                                         outputs[entry->output], weights);
        HONE_TRY(blame_target(model, data, entry->output, status));
    }
    return HONE_OK;
}

hone_status hone_internal_pass_differentiate(hone_model *model, hone_graph *graph, hone_value loss,
                                             const hone_value *inputs, int input_count, hone_value *gradients)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    int count = hone_optimizer_variable_count(optimizer);
    hone_value *wanted = hone_internal_allocate(sizeof *wanted * (size_t)(count + input_count + 1));
    if (wanted == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++) {
        hone_variable *variable = hone_optimizer_variable(optimizer, i);
        wanted[i] = variable->trainable ? hone_graph_variable(graph, variable) : HONE_NO_VALUE;
    }
    for (int i = 0; i < input_count; i++)
        wanted[count + i] = inputs[i];
    double scale = optimizer->base.loss_scale_factor;
    if (!isnan(scale))
        loss = hone_op_affine(graph, loss, scale, 0);
    hone_status status = hone_internal_differentiate(graph, loss, wanted, count + input_count, gradients);
    hone_internal_free(wanted);
    return status;
}

static hone_status collect(hone_graph *graph, const hone_pass *pass, int count)
{
    for (int i = 0; i < count; i++)
        if (pass->gradients[i] >= 0)
            HONE_TRY(hone_internal_op_collect(graph, pass->gradients[i], pass->places[i], pass->collected));
    return HONE_OK;
}

static hone_status record_training(hone_model *model, hone_graph *graph, hone_pass *pass)
{
    hone_optimizer *optimizer = model->compiled.optimizer;
    const bool keeps = pass->mode == HONE_MODE_GRADIENTS || pass->mode == HONE_MODE_SHARD;
    int count = hone_optimizer_variable_count(optimizer),
        inputs = pass->mode == HONE_MODE_GRADIENTS ? model->fed_count : 0;
    const hone_value loss =
        shares(pass) == 1 ? pass->loss : hone_op_affine(graph, pass->loss, 1 / shares(pass), 0);
    hone_value *gradients = hone_internal_allocate(sizeof *gradients * (size_t)(count + inputs + 1));
    if (gradients == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status =
        hone_internal_pass_differentiate(model, graph, loss, pass->inputs, inputs, gradients);
    if (status >= 0 && !keeps)
        status = hone_internal_optimizer_record(optimizer, graph, gradients, pass->mode == HONE_MODE_TRAIN);
    if (status < 0 || !keeps) {
        hone_internal_free(gradients);
        return status;
    }
    pass->gradients = gradients;
    if (pass->mode == HONE_MODE_SHARD)
        return collect(graph, pass, count);
    for (int i = 0; i < count + inputs; i++)
        hone_internal_graph_keep(graph, gradients[i]);
    memcpy(pass->input_gradients, gradients + count, sizeof *gradients * (size_t)inputs);
    return HONE_OK;
}

static hone_status record_targets(hone_model *model, hone_graph *graph, hone_pass *pass)
{
    for (int i = 0; i < model->output_count; i++) {
        pass->targets[i] = HONE_NO_VALUE;
        if (!has_target(model, i))
            continue;
        pass->targets[i] =
            hone_internal_graph_input(graph, pass->target_shapes[i], hone_model_output_name(model, i));
        if (pass->targets[i] < 0)
            return hone_error_status();
    }
    pass->weight = HONE_NO_VALUE;
    if (pass->weighted)
        pass->weight = hone_internal_graph_input(graph, pass->weight_shape, "sample_weight");
    return pass->weighted && pass->weight < 0 ? hone_error_status() : HONE_OK;
}

/* From the pass's inputs to its outputs. */
static hone_status record_model(hone_model *model, hone_graph *graph, hone_pass *pass,
                                const hone_dataset *data)
{
    hone_value *inputs = hone_internal_allocate(sizeof *inputs * (size_t)model->fed_count);
    hone_status status = inputs == NULL ? HONE_ERROR_MEMORY : record_inputs(model, graph, pass, data, inputs);
    if (status >= 0)
        status = hone_internal_model_record(model, graph, inputs, pass->outputs);
    for (int i = 0; status >= 0 && i < model->output_count; i++)
        status = hone_internal_whole_output(graph, model->outputs[i], pass->outputs[i]);
    hone_internal_coded_ids_free(&pass->ids);
    if (status >= 0)
        status = hone_internal_coded_ids_find(graph, pass->inputs, model->fed_count, pass->outputs,
                                              model->output_count, &pass->ids);
    hone_internal_free(inputs);
    return status;
}

/* An operation may sum over the batch or move its axis; a row of an output must be a sample. */
hone_status hone_internal_pass_check_rows(const hone_model *model, const hone_graph *graph,
                                          const hone_pass *pass)
{
    for (int i = 0; i < model->output_count; i++) {
        const hone_shape shape = hone_value_shape(graph, pass->outputs[i]);
        char text[128];
        if (pass->outputs[i] < 0 || (shape.rank > 0 && shape.size[0] == pass->batch))
            continue;
        hone_internal_shape_to_text(shape, text, sizeof text);
        return hone_fail(
            HONE_ERROR_SHAPE,
            "output \"%s\" has the shape %s for %lld samples; its first axis must be that of the samples",
            hone_model_output_name(model, i), text, (long long)pass->batch);
    }
    return HONE_OK;
}

hone_status hone_internal_pass_record_batch(hone_model *model, hone_graph *graph, hone_pass *pass,
                                            const hone_dataset *data)
{
    HONE_TRY(record_model(model, graph, pass, data));
    if (pass->mode != HONE_MODE_PREDICT)
        HONE_TRY(hone_internal_pass_check_rows(model, graph, pass));
    if (!hone_internal_mode_has_targets(pass->mode)) {
        for (int i = 0; i < model->output_count; i++)
            hone_internal_graph_keep(graph, pass->outputs[i]);
        return HONE_OK;
    }
    HONE_TRY(record_targets(model, graph, pass));
    HONE_TRY(record_losses(model, graph, pass, data, pass->outputs));
    HONE_TRY(record_metrics(model, graph, pass, data, pass->outputs));
    return pass->mode == HONE_MODE_TEST ? HONE_OK : record_training(model, graph, pass);
}

hone_status hone_internal_pass_record_ends(hone_model *model, hone_graph *graph, hone_pass *pass,
                                           const hone_dataset *data)
{
    HONE_TRY(record_model(model, graph, pass, data));
    return record_targets(model, graph, pass);
}
