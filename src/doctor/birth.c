/* Where a number that is not finite was born: the training again from the same bits up to the step before,
 * and that step's batch forward and back with the result of every operation kept. */
#include "doctor/doctor.h"
#include "graph/op.h"
#include "kernels/kernels.h"
#include "ops/differentiate.h"
#include "ops/unary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int64_t first_bad(const hone_plan *plan, hone_value value)
{
    const float *data = value < 0 ? NULL : hone_internal_plan_address(plan, value);
    int64_t count = data == NULL ? 0 : hone_internal_shape_count(hone_value_shape(plan->graph, value));
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(data[i]))
            return i;
    return -1;
}

static bool inputs_finite(const hone_plan *plan, const hone_node *node)
{
    for (int i = 0; i < node->input_count; i++)
        if (node->inputs[i] >= 0 &&
            hone_internal_graph_value(plan->graph, node->inputs[i])->kind != HONE_VALUE_EXTERNAL &&
            first_bad(plan, node->inputs[i]) >= 0)
            return false;
    return true;
}

/* The operands at the element, where they have as many numbers as the result. */
static void put_operands(const hone_plan *plan, const hone_node *node, int64_t element, char *text,
                         size_t size)
{
    int64_t count = hone_internal_shape_count(hone_value_shape(plan->graph, node->outputs[0]));
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < node->input_count && used < size; i++) {
        const float *data = node->inputs[i] < 0 ? NULL : hone_internal_plan_address(plan, node->inputs[i]);
        if (data != NULL &&
            hone_internal_shape_count(hone_value_shape(plan->graph, node->inputs[i])) == count)
            used += (size_t)snprintf(text + used, size - used, "%s%.6g", used > 0 ? ", " : "",
                                     (double)data[element]);
    }
}

static const char *name_of(const hone_node *node)
{
    return strcmp(node->op->name, "unary") == 0 || strcmp(node->op->name, "unary_gradient") == 0
               ? hone_internal_unary_name(((const hone_unary_attributes *)node->attributes)->function)
               : node->op->name;
}

static void search(hone_examination *examination, const hone_plan *plan)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    char operands[96];
    for (size_t n = 0; n < plan->graph->node_count; n++) {
        const hone_node *node = &plan->graph->nodes[n];
        for (int i = 0; i < node->output_count; i++) {
            int64_t element = first_bad(plan, node->outputs[i]);
            if (element < 0 || !inputs_finite(plan, node))
                continue;
            put_operands(plan, node, element, operands, sizeof operands);
            facts->not_finite_op = hone_internal_examination_text(examination, name_of(node));
            facts->not_finite_layer = hone_internal_examination_text(examination, node->path);
            facts->not_finite_backward = node->backward;
            facts->not_finite_element = element;
            facts->not_finite_operands = hone_internal_examination_text(examination, operands);
            return;
        }
    }
}

/* Forward, loss and gradients of a batch, every value of which is kept. */
static hone_status record(hone_subject *subject, hone_graph *graph, hone_pass *pass)
{
    hone_model *model = subject->model;
    hone_value total = HONE_NO_VALUE;
    HONE_TRY(hone_internal_pass_record(model, graph, pass, subject->train));
    for (int i = 0; i < model->output_count; i++) {
        const hone_output_loss *output = &model->compiled.outputs[i];
        if (output->loss == NULL)
            continue;
        hone_value loss =
            hone_internal_loss_record(output->loss, graph, pass->targets[i], pass->outputs[i], pass->weight);
        total = total < 0 ? loss : hone_op_add(graph, total, loss);
    }
    size_t count = model->weights.count;
    hone_value *wanted = hone_internal_allocate((2 * count + 1) * sizeof *wanted);
    if (wanted == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        wanted[i] = model->weights.items[i]->trainable ? hone_graph_variable(graph, model->weights.items[i])
                                                       : HONE_NO_VALUE;
    hone_status status = hone_internal_differentiate(graph, total, wanted, (int)count, wanted + count);
    hone_internal_free(wanted);
    for (size_t v = 0; v < graph->value_count && status >= 0; v++)
        if (graph->values[v].kind == HONE_VALUE_RESULT)
            hone_internal_graph_keep(graph, (hone_value)v);
    return status;
}

static hone_status watch(hone_examination *examination, hone_subject *subject, const hone_feed *feed)
{
    hone_pass pass = {.mode = HONE_MODE_GRADIENTS, .batch = feed->count};
    const hone_kernels *kernels = hone_internal_kernels();
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(true, false);
    if (graph == NULL)
        return hone_error_status();
    hone_status status = record(subject, graph, &pass);
    if (status < 0)
        hone_internal_graph_free(graph);
    else {
        pass.plan =
            hone_internal_plan_create(graph, kernels, subject->model->seed, hone_internal_team_size());
        status =
            pass.plan == NULL ? hone_error_status() : hone_internal_feed_copy(subject->model, &pass, feed);
    }
    if (status >= 0) {
        hone_internal_plan_run(pass.plan, NULL, subject->model->forward_passes);
        search(examination, pass.plan);
    }
    hone_internal_pass_free(&pass);
    return status;
}

/* A step whose loss is not finite had weights that the step before it may have made so: both are looked at.
 */
hone_status hone_internal_doctor_birth(hone_examination *examination, hone_steps *trained,
                                       hone_subject *subject)
{
    hone_subject again;
    hone_steps steps;
    double loss;
    (void)subject;
    if (hone_internal_examination_left(examination) < 0.2 * examination->args->time ||
        examination->source->make(examination->source->context, NULL, 0, &again) < 0)
        return HONE_OK;
    hone_status status = hone_internal_steps_begin(&steps, &again, examination->session);
    int64_t last = trained->done - 1;
    for (int64_t s = 0; s <= last && status >= 0; s++) {
        if (s >= last - 1) {
            hone_steps ahead = steps;
            hone_feed feed = hone_internal_steps_feed(&ahead);
            status = watch(examination, &again, &feed);
            if (status < 0 || examination->diagnosis->facts.not_finite_op != NULL)
                break;
        }
        status = hone_internal_steps_next(&steps, &loss);
    }
    hone_internal_steps_end(&steps);
    hone_internal_subject_free(&again);
    return status < 0 && status != HONE_ERROR_MEMORY ? HONE_OK : status;
}
