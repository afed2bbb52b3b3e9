/* The probe: some samples forward and back, as in training, with every layer's input, output and gradient
 * kept. */
#include "doctor/doctor.h"
#include "graph/op.h"
#include "kernels/kernels.h"
#include "ops/differentiate.h"
#include "regularizers/regularizers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- making ---- */

static hone_status record_loss(hone_subject *subject, hone_graph *graph, hone_probe *probe)
{
    hone_model *model = subject->model;
    probe->total = HONE_NO_VALUE;
    for (int i = 0; i < model->output_count; i++) {
        const hone_output_loss *output = &model->compiled.outputs[i];
        if (i < HONE_MAX_ENDS)
            probe->loss[i] = HONE_NO_VALUE;
        if (output->loss == NULL)
            continue;
        hone_value loss = hone_internal_loss_record(output->loss, graph, probe->pass.targets[i],
                                                    probe->pass.outputs[i], probe->pass.weight);
        if (loss < 0)
            return hone_error_status();
        hone_value weighted = output->weight == 1 ? loss : hone_op_affine(graph, loss, output->weight, 0);
        probe->total = probe->total < 0 ? weighted : hone_op_add(graph, probe->total, weighted);
        if (i < HONE_MAX_ENDS)
            probe->loss[i] = loss;
    }
    return probe->total < 0 ? hone_fail(HONE_ERROR_STATE, "the model has no loss") : HONE_OK;
}

/* The penalties of the trainable weights; HONE_NO_VALUE: none. */
static hone_value record_penalty(const hone_model *model, hone_graph *graph)
{
    hone_value total = HONE_NO_VALUE;
    for (size_t i = 0; i < model->weights.count; i++) {
        hone_variable *variable = model->weights.items[i];
        if (variable->regularizer == NULL || !variable->trainable)
            continue;
        hone_value penalty =
            hone_op_reshape(graph,
                            hone_internal_regularizer_apply(graph, variable->regularizer,
                                                            hone_graph_variable(graph, variable)),
                            (hone_shape){0});
        total = total < 0 ? penalty : hone_op_add(graph, total, penalty);
    }
    return total;
}

static void keep(hone_graph *graph, hone_value value)
{
    if (value >= 0)
        hone_internal_graph_keep(graph, value);
}

static void keep_parts(hone_graph *graph, const hone_probe *probe)
{
    keep(graph, probe->rounded);
    for (int i = 0; i < probe->branch_count; i++)
        keep(graph, probe->branches[i].value);
    for (int i = 0; i < probe->walk_count; i++)
        keep(graph, probe->walks[i].gradient);
    for (int i = 0; i < probe->attention_count; i++) {
        keep(graph, probe->attentions[i].q);
        keep(graph, probe->attentions[i].k);
        keep(graph, probe->attentions[i].weights);
    }
}

static hone_status differentiate_penalty(const hone_model *model, hone_graph *graph, hone_probe *probe,
                                         const hone_value *wanted)
{
    probe->penalty = record_penalty(model, graph);
    for (size_t i = 0; i < model->weights.count; i++)
        probe->penalty_gradients[i] = HONE_NO_VALUE;
    if (probe->penalty < 0)
        return HONE_OK;
    keep(graph, probe->penalty);
    HONE_TRY(hone_internal_differentiate(graph, probe->penalty, wanted, (int)model->weights.count,
                                         probe->penalty_gradients));
    for (size_t i = 0; i < model->weights.count; i++)
        keep(graph, probe->penalty_gradients[i]);
    return HONE_OK;
}

/* Of the loss in the weights and in what comes before each layer's function. */
static hone_status differentiate(const hone_model *model, hone_graph *graph, hone_probe *probe)
{
    size_t weights = model->weights.count, layers = (size_t)probe->layer_count,
           walks = (size_t)probe->walk_count, all = weights + layers + walks;
    hone_value *wanted = hone_internal_allocate((2 * all + 1) * sizeof *wanted), *gradients = wanted + all;
    probe->gradients = hone_internal_allocate((2 * weights + 1) * sizeof *probe->gradients);
    if (wanted == NULL || probe->gradients == NULL) {
        hone_internal_free(wanted);
        return HONE_ERROR_MEMORY;
    }
    probe->penalty_gradients = probe->gradients + weights;
    for (size_t i = 0; i < weights; i++)
        wanted[i] = model->weights.items[i]->trainable ? hone_graph_variable(graph, model->weights.items[i])
                                                       : HONE_NO_VALUE;
    for (size_t i = 0; i < layers; i++)
        wanted[weights + i] = probe->layers[i].z;
    for (size_t i = 0; i < walks; i++)
        wanted[weights + layers + i] = probe->walks[i].x;
    for (size_t i = 0; i < all; i++)
        gradients[i] = HONE_NO_VALUE;
    hone_status status = HONE_OK;
    if (probe->total >= 0)
        status = hone_internal_differentiate(graph, probe->total, wanted, (int)all, gradients);
    for (size_t i = 0; i < weights && status >= 0; i++) {
        probe->gradients[i] = gradients[i];
        keep(graph, gradients[i]);
    }
    for (size_t i = 0; i < layers && status >= 0; i++) {
        hone_probe_layer *layer = &probe->layers[i];
        layer->gradient = gradients[weights + i];
        keep(graph, layer->gradient);
        keep(graph, layer->input);
        keep(graph, layer->z);
        keep(graph, layer->a);
    }
    for (size_t i = 0; i < walks && status >= 0; i++)
        probe->walks[i].gradient = gradients[weights + layers + i];
    if (status >= 0)
        keep_parts(graph, probe);
    if (status >= 0)
        status = differentiate_penalty(model, graph, probe, wanted);
    hone_internal_free(wanted);
    return status;
}

/* The first operation without a derivative on the way of a weight that no gradient reaches. */
static const char *find_end(const hone_graph *graph, hone_value value, int depth)
{
    for (size_t n = 0; n < graph->node_count && depth < 64; n++) {
        const hone_node *node = &graph->nodes[n];
        bool reads = false;
        for (int i = 0; i < node->input_count; i++)
            reads = reads || node->inputs[i] == value;
        if (!reads || node->backward || node->output_count == 0)
            continue;
        if (node->op->gradient == NULL)
            return node->op->name;
        const char *found = find_end(graph, node->outputs[0], depth + 1);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static void find_unreached(hone_examination *examination, const hone_graph *graph, const hone_probe *probe)
{
    const hone_model *model = examination->subject->model;
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    for (size_t i = 0; i < model->weights.count && facts->unreached == NULL; i++) {
        hone_variable *variable = model->weights.items[i];
        if (!variable->trainable || probe->gradients[i] >= 0)
            continue;
        facts->unreached = hone_internal_examination_text(examination, hone_variable_path(variable));
        hone_graph *writable = (hone_graph *)graph;
        const char *end = find_end(graph, hone_graph_variable(writable, variable), 0);
        facts->unreached_by = end == NULL ? NULL : hone_internal_examination_text(examination, end);
    }
}

static hone_status record(hone_examination *examination, hone_subject *subject, hone_probe *probe,
                          hone_graph *graph, bool describe)
{
    HONE_TRY(hone_internal_pass_record(subject->model, graph, &probe->pass, subject->train));
    if (describe)
        HONE_TRY(hone_internal_doctor_network(examination, graph, probe));
    probe->total = HONE_NO_VALUE;
    if (hone_model_has_loss(subject->model))
        HONE_TRY(record_loss(subject, graph, probe));
    for (int i = 0; i < subject->model->output_count; i++)
        keep(graph, probe->pass.outputs[i]);
    keep(graph, probe->total);
    HONE_TRY(differentiate(subject->model, graph, probe));
    if (describe && probe->total >= 0)
        find_unreached(examination, graph, probe);
    return HONE_OK;
}

hone_status hone_internal_probe_make(hone_examination *examination, hone_subject *subject, hone_probe *probe,
                                     bool describe)
{
    const hone_kernels *kernels = hone_internal_kernels();
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(true, false);
    if (graph == NULL)
        return hone_error_status();
    *probe = (hone_probe){.rows = examination->probe_count, .rounded = HONE_NO_VALUE, .whole = probe->whole};
    graph->whole = probe->whole;
    probe->pass.mode = hone_model_has_loss(subject->model) ? HONE_MODE_GRADIENTS : HONE_MODE_PREDICT;
    probe->pass.batch = probe->rows;
    hone_status status = record(examination, subject, probe, graph, describe);
    if (status < 0) {
        hone_internal_graph_free(graph);
        return status;
    }
    probe->pass.plan =
        hone_internal_plan_create(graph, kernels, subject->model->seed, hone_internal_team_size());
    return probe->pass.plan == NULL ? hone_error_status() : HONE_OK;
}

void hone_internal_probe_free(hone_probe *probe)
{
    hone_internal_free(probe->gradients);
    hone_internal_free(probe->layers);
    hone_internal_pass_free(&probe->pass);
    *probe = (hone_probe){.rows = 0};
}

/* ---- running ---- */

hone_status hone_internal_probe_run(hone_examination *examination, hone_subject *subject, hone_probe *probe)
{
    hone_feed feed = {.data = subject->train,
                      .rows = examination->probe_rows,
                      .count = probe->rows,
                      .team = examination->session->team};
    HONE_TRY(hone_internal_plan_make_room(probe->pass.plan,
                                          hone_internal_team_threads(examination->session->team)));
    HONE_TRY(hone_internal_feed_copy(subject->model, &probe->pass, &feed));
    return hone_internal_run_unmoved(subject->model, probe->pass.plan, examination->session->team);
}

/* ---- reading ---- */

typedef struct numbers {
    const float *data;
    int64_t count, rows, units;
} numbers;

static numbers numbers_of(const hone_probe *probe, hone_value value)
{
    if (value < 0)
        return (numbers){NULL, 0, 0, 0};
    hone_shape shape = hone_value_shape(probe->pass.plan->graph, value);
    int64_t count = hone_internal_shape_count(shape);
    return (numbers){hone_internal_plan_address(probe->pass.plan, value), count,
                     shape.rank > 0 ? shape.size[0] : 1, shape.rank > 1 ? shape.size[shape.rank - 1] : 1};
}

static double rms_of(numbers from)
{
    double squares = 0;
    if (from.data == NULL || from.count == 0)
        return HONE_NONE;
    for (int64_t i = 0; i < from.count; i++)
        squares += (double)from.data[i] * (double)from.data[i];
    return sqrt(squares / (double)from.count);
}

double hone_internal_probe_norm(const hone_probe *probe, const hone_value *values, size_t count)
{
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        numbers from = numbers_of(probe, values[i]);
        double size = from.data == NULL ? 0 : rms_of(from);
        squares += size * size * (double)from.count;
    }
    return sqrt(squares);
}

/* mean over samples of norm(dL/dz of the sample), the loss being a mean over them. */
static double gradient_of(numbers from)
{
    double sum = 0;
    int64_t width = from.rows > 0 ? from.count / from.rows : 0;
    if (from.data == NULL)
        return HONE_NONE;
    for (int64_t r = 0; r < from.rows; r++) {
        double squares = 0;
        for (int64_t i = 0; i < width; i++)
            squares += (double)from.data[r * width + i] * (double)from.data[r * width + i];
        sum += sqrt(squares);
    }
    return sum;
}

static double dead_of(numbers a)
{
    int64_t dead = 0, lines = a.units > 0 ? a.count / a.units : 0;
    for (int64_t u = 0; u < a.units; u++) {
        bool silent = true;
        for (int64_t i = 0; i < lines && silent; i++)
            silent = a.data[i * a.units + u] == 0;
        dead += silent;
    }
    return a.units > 0 ? (double)dead / (double)a.units : HONE_NONE;
}

static double zeros_of(numbers a)
{
    int64_t zeros = 0;
    for (int64_t i = 0; i < a.count && a.data != NULL; i++)
        zeros += a.data[i] == 0;
    return a.data != NULL && a.count > 0 ? (double)zeros / (double)a.count : HONE_NONE;
}

/* Where the slope is below 1 % of the steepest: tanh beyond 3, sigmoid beyond 6. */
static double saturated_of(numbers z, double bound)
{
    int64_t beyond = 0;
    for (int64_t i = 0; i < z.count; i++)
        beyond += fabs((double)z.data[i]) > bound;
    return z.count > 0 ? (double)beyond / (double)z.count : HONE_NONE;
}

/* Median over units of the deviation over samples and positions. */
static double spread_of(numbers a)
{
    int64_t lines = a.units > 0 ? a.count / a.units : 0;
    double *all = a.data == NULL ? NULL : hone_internal_try_allocate((size_t)(a.units + 1) * sizeof *all);
    if (all == NULL)
        return HONE_NONE;
    for (int64_t u = 0; u < a.units; u++) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < lines; i++) {
            double x = (double)a.data[i * a.units + u];
            sum += x;
            squares += x * x;
        }
        double mean = sum / (double)lines;
        all[u] = sqrt(fmax(squares / (double)lines - mean * mean, 0));
    }
    double median = hone_internal_median(all, a.units);
    hone_internal_free(all);
    return median;
}

static double norm_of(const hone_variable *variable)
{
    const float *data = hone_internal_variable_data(variable);
    double squares = 0;
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        squares += (double)data[i] * (double)data[i];
    return sqrt(squares);
}

static hone_doctor_check check_of(const hone_probe *probe, const hone_probe_layer *seen,
                                  const hone_doctor_layer *layer)
{
    numbers a = numbers_of(probe, seen->a), z = numbers_of(probe, seen->z);
    hone_doctor_check check = {.input_rms = rms_of(numbers_of(probe, seen->input)),
                               .z_rms = rms_of(z),
                               .a_rms = rms_of(a),
                               .a_sd = spread_of(a),
                               .gradient = gradient_of(numbers_of(probe, seen->gradient)),
                               .dead = HONE_NONE,
                               .saturated = HONE_NONE,
                               .zeros = zeros_of(a),
                               .weight_norm = seen->kernel == NULL ? HONE_NONE : norm_of(seen->kernel)};
    const char *function = layer->activation;
    if (function == NULL || a.data == NULL || z.data == NULL)
        return check;
    if (strcmp(function, "relu") == 0 || strcmp(function, "relu6") == 0)
        check.dead = dead_of(a);
    if (strcmp(function, "tanh") == 0 || strcmp(function, "sigmoid") == 0)
        check.saturated = saturated_of(z, function[0] == 't' ? 3 : 6);
    return check;
}

/* All columns of a kernel equal the first, to 1e-6. */
static bool columns_equal(const float *data, int64_t count, int64_t units)
{
    for (int64_t i = 0; i < count; i += units)
        for (int64_t u = 1; u < units; u++)
            if (fabs((double)data[i + u] - (double)data[i]) >
                1e-6 * fmax(fabs((double)data[i]), fabs((double)data[i + u])))
                return false;
    return true;
}

static void find_twins(const hone_probe *probe, const hone_model *model, const hone_probe_layer *seen,
                       hone_doctor_layer *layer)
{
    const hone_variable *kernel = seen->kernel;
    const float *data = hone_internal_variable_data(kernel);
    int64_t count = hone_internal_variable_count(kernel), units = kernel->shape.size[kernel->shape.rank - 1];
    bool constant = count > 1;
    for (int64_t i = 1; i < count && constant; i++)
        constant = data[i] == data[0];
    layer->constant_initial = constant ? (double)data[0] : HONE_NONE;
    layer->twins = false;
    if (units < 2 || !columns_equal(data, count, units))
        return;
    for (size_t i = 0; i < model->weights.count; i++) {
        numbers gradient = numbers_of(probe, probe->gradients[i]);
        if (model->weights.items[i] == kernel)
            layer->twins = gradient.data == NULL || columns_equal(gradient.data, count, units);
    }
}

/* The input of the first weights: size, and how unlike its columns are. */
static void read_entry(hone_doctor_facts *facts, const hone_probe *probe)
{
    numbers x = numbers_of(probe, probe->entry);
    int64_t width = x.rows > 0 ? x.count / x.rows : 0;
    double *rows =
        x.data == NULL ? NULL : hone_internal_try_allocate((size_t)(x.rows + 2 * width + 1) * sizeof *rows);
    if (rows == NULL)
        return;
    double *deviations = rows + x.rows, means = 0, squares_of_deviations = 0;
    int64_t moving = 0;
    for (int64_t r = 0; r < x.rows; r++)
        rows[r] = rms_of((numbers){x.data + r * width, width, 1, width});
    for (int64_t c = 0; c < width; c++) {
        double sum = 0, squares = 0;
        for (int64_t r = 0; r < x.rows; r++) {
            double value = (double)x.data[r * width + c];
            sum += value;
            squares += value * value;
        }
        double mean = sum / (double)x.rows, variance = squares / (double)x.rows - mean * mean;
        if (variance <= 1e-12 * squares / (double)x.rows || variance <= 0)
            continue;
        means += mean * mean;
        squares_of_deviations += variance;
        deviations[moving++] = sqrt(variance);
    }
    facts->entry_rms = hone_internal_median(rows, x.rows);
    facts->entry_offset = moving > 0 ? sqrt(means / squares_of_deviations) : HONE_NONE;
    double low = hone_internal_quantile(deviations, moving, 0.05),
           high = hone_internal_quantile(deviations, moving, 0.95);
    facts->entry_spread = moving > 1 && low > 0 ? high / low : 1;
    hone_internal_free(rows);
}

/* What outputs look like as probabilities. */
static void read_outputs(hone_doctor_facts *facts, hone_doctor_output *outputs, const hone_probe *probe)
{
    for (int i = 0; i < facts->output_count; i++) {
        numbers y = numbers_of(probe, probe->pass.outputs[i]);
        int64_t outside = 0, sums = 0, lines = y.units > 0 ? y.count / y.units : 0;
        if (y.data == NULL)
            continue;
        for (int64_t r = 0; r < lines; r++) {
            double sum = 0;
            for (int64_t u = 0; u < y.units; u++) {
                double value = (double)y.data[r * y.units + u];
                sum += value;
                outside += value < -1e-6 || value > 1 + 1e-6;
            }
            sums += fabs(sum - 1) < 1e-3;
        }
        outputs[i].not_probability = (double)outside / (double)(y.count > 0 ? y.count : 1);
        outputs[i].sums_to_one = (double)sums / (double)(lines > 0 ? lines : 1);
    }
}

void hone_internal_probe_read(hone_examination *examination, hone_subject *subject, hone_probe *probe,
                              int when)
{
    hone_diagnosis *diagnosis = examination->diagnosis;
    hone_doctor_facts *facts = &diagnosis->facts;
    for (int i = 0; i < probe->layer_count; i++) {
        hone_doctor_layer *layer = &diagnosis->layers[i];
        hone_doctor_check check = check_of(probe, &probe->layers[i], layer);
        *(when == 0 ? &layer->start : when == 1 ? &layer->early : &layer->end) = check;
        if (when == 0 && probe->layers[i].kernel != NULL)
            find_twins(probe, subject->model, &probe->layers[i], layer);
    }
    hone_internal_doctor_signals(examination, probe, when == 0 ? 0 : examination->steps_done);
    if (when != 0)
        return;
    if (probe->total >= 0)
        facts->first_loss =
            (double)*(const float *)hone_internal_plan_address(probe->pass.plan, probe->total);
    read_entry(facts, probe);
    read_outputs(facts, diagnosis->outputs, probe);
    hone_internal_doctor_rounded(examination, probe);
}
