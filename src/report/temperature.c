/* Calibration by a temperature T: what an output's last layer adds up, z, is divided by the number by which
 * the probabilities softmax(z / T), or sigmoid(z / T), have the least cross-entropy over data that the model
 * was not trained on (Guo et al., 2017, "On Calibration of Modern Neural Networks"). The layer's kernel and
 * bias are divided: Keras, ONNX and C source have it too, and the likeliest class stays the likeliest. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "report/report.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Predictions are also made at this temperature, where no probability of z up to 1,600 is 0 or 1: z comes out
 * of them. A power of two: weights lose no bit. */
#define SPREAD 16.0
#define LEAST_TEMPERATURE 0.01
#define MOST_TEMPERATURE 100.0

/* What follows z in a network. */
typedef enum squash { SQUASH_NONE, SQUASH_SOFTMAX, SQUASH_SIGMOID } squash;

/* An output that is calibrated. */
typedef struct ending {
    int output;
    hone_layer *layer; /* adds up z */
    squash squash;
    hone_judged judged;
    double *z; /* [count, width] of judged */
} ending;

typedef struct calibration {
    hone_model *model;
    hone_dataset *data;
    hone_temperature *found; /* as many as endings */
    ending *endings;         /* room for all outputs */
    size_t count;
} calibration;

/* ---- the end of a network ---- */

/* What they give is proportional to all their weights together. */
static const char *const linear[] = {"dense",  "einsum_dense",     "conv1d",           "conv2d",
                                     "conv3d", "conv1d_transpose", "conv2d_transpose", "conv3d_transpose",
                                     NULL};
/* What may stand behind them; a mean of z is one too. */
static const char *const behind[] = {"activation",
                                     "softmax",
                                     "reshape",
                                     "flatten",
                                     "permute",
                                     "identity",
                                     "global_average_pooling1d",
                                     "global_average_pooling2d",
                                     "global_average_pooling3d",
                                     NULL};

/* "softmax" of a layer that has it as its activation, or is it; NULL: it leaves numbers as they are. */
static const char *function_of(const hone_layer *layer)
{
    const char *const *activation = hone_internal_layer_argument(layer, "activation");
    if (strcmp(layer->type->type.name, "softmax") == 0)
        return "softmax";
    return activation == NULL || *activation == NULL || strcmp(*activation, "linear") == 0 ? NULL
                                                                                           : *activation;
}

static hone_status take_function(ending *end, const char *function)
{
    if (function == NULL)
        return HONE_OK;
    const bool softmax = strcmp(function, "softmax") == 0;
    if ((!softmax && strcmp(function, "sigmoid") != 0) || end->squash != SQUASH_NONE)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "expected one softmax or sigmoid at the end of the network, received %s%s", function,
                         end->squash != SQUASH_NONE ? " in front of another" : "");
    end->squash = softmax ? SQUASH_SOFTMAX : SQUASH_SIGMOID;
    return HONE_OK;
}

/* How often the model reads a tensor, as an input of a call or as an output. */
static int reads_of(const hone_model *model, const hone_tensor *tensor)
{
    int reads = 0;
    for (int i = 0; i < model->output_count; i++)
        reads += model->outputs[i] == tensor;
    for (int i = 0; i < model->call_count; i++)
        for (int j = 0; j < model->calls[i]->input_count; j++)
            reads += model->calls[i]->inputs[j] == tensor;
    return reads;
}

static hone_status check_weights(const hone_model *model, const hone_layer *layer)
{
    const hone_call *call = hone_internal_model_next_call(model, layer, NULL);
    if (hone_internal_model_next_call(model, layer, call) != NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the layer %s is called in several places",
                         hone_internal_layer_label(layer));
    for (size_t i = 0; i < layer->weight_count; i++) {
        if (layer->weights[i]->lora_a != NULL)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "the layer %s has a low-rank adaptation; hone convert --merge-lora comes first",
                             hone_internal_layer_label(layer));
        if (layer->weights[i]->stored != HONE_FLOAT32)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "the weights of layer %s are whole numbers: calibrate before "
                             "quantizing",
                             hone_internal_layer_label(layer));
    }
    return HONE_OK;
}

/* The layer that adds up z, back from the output. */
static hone_status find_layer(const hone_model *model, ending *end)
{
    for (const hone_tensor *tensor = model->outputs[end->output];;) {
        hone_layer *layer = tensor->call->layer;
        const char *name = layer->type->type.name;
        const bool adds_up = hone_internal_text_among(name, linear);
        if (reads_of(model, tensor) > 1)
            return hone_fail(HONE_ERROR_UNSUPPORTED, "other layers read what %s gives, too",
                             hone_internal_layer_label(layer));
        if (!adds_up && !hone_internal_text_among(name, behind))
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "expected a dense or convolution layer at the end of the network (softmax, "
                             "sigmoid and shapes may follow), received \"%s\", a layer %s",
                             hone_internal_layer_label(layer), name);
        HONE_TRY(take_function(end, function_of(layer)));
        if (adds_up) {
            end->layer = layer;
            return check_weights(model, layer);
        }
        tensor = tensor->call->inputs[0];
    }
}

static void scale_weights(const ending *end, double factor)
{
    for (size_t i = 0; i < end->layer->weight_count; i++) {
        float *numbers = hone_internal_variable_data(end->layer->weights[i]);
        for (int64_t j = 0; j < hone_internal_variable_count(end->layer->weights[i]); j++)
            numbers[j] = (float)((double)numbers[j] * factor);
    }
}

static void scale_all(const calibration *of, double factor)
{
    for (size_t i = 0; i < of->count; i++)
        scale_weights(&of->endings[i], factor);
}

/* ---- z, and its loss ---- */

static int64_t numbers_of(const ending *end)
{
    return end->judged.count * end->judged.width;
}

/* z out of what was predicted at the temperature SPREAD. */
static hone_status take_z(ending *end, const float *outputs)
{
    end->z = hone_internal_allocate_zeroed((size_t)numbers_of(end) + 1, sizeof *end->z);
    if (end->z == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < numbers_of(end); i++) {
        const double p = fmax((double)outputs[i], FLT_MIN);
        end->z[i] = SPREAD * (end->squash == SQUASH_NONE      ? (double)outputs[i]
                              : end->squash == SQUASH_SOFTMAX ? log(p)
                                                              : log(p) - log(fmax(1 - p, FLT_EPSILON / 2)));
    }
    return HONE_OK;
}

/* Cross-entropy of one softmax of b z, and its derivative by b: log sum_k e^(b z_k) - b z_true;
 * sum_k p_k z_k - z_true. */
static double loss_of_row(const double *z, int64_t width, int64_t true_class, double b, double *slope)
{
    double most = -HUGE_VAL, sum = 0, mean = 0;
    for (int64_t k = 0; k < width; k++)
        most = fmax(most, b * z[k]);
    for (int64_t k = 0; k < width; k++) {
        const double e = exp(b * z[k] - most);
        sum += e;
        mean += e * z[k];
    }
    *slope += mean / sum - z[true_class];
    return log(sum) + most - b * z[true_class];
}

/* The same of a sigmoid, the softmax of (0, z). */
static double loss_of_number(double z, bool yes, double b, double *slope)
{
    return loss_of_row((double[]){0, z}, 2, yes, b, slope);
}

/* The mean loss at 1 / T = b, and its derivative by b; how many answers it is the mean of. */
static double loss_at(const ending *end, double b, double *slope, int64_t *count)
{
    const hone_judged *judged = &end->judged;
    double sum = 0;
    *slope = 0;
    *count = 0;
    if (judged->task == HONE_TASK_CLASSES)
        for (int64_t i = 0; i < judged->count; i++) {
            const int64_t true_class = hone_internal_judged_truth(judged, i);
            if (true_class < 0)
                continue;
            sum += loss_of_row(end->z + i * judged->width, judged->width, true_class, b, slope);
            ++*count;
        }
    else
        for (; *count < numbers_of(end); ++*count)
            sum += loss_of_number(end->z[*count], judged->truth[*count] == 1, b, slope);
    return *count > 0 ? sum / (double)*count : (double)NAN;
}

/* The loss is convex in b: where its slope is 0, between two b. */
static hone_status find_temperature(const ending *end, hone_temperature *found)
{
    double low = log(1 / MOST_TEMPERATURE), high = log(1 / LEAST_TEMPERATURE), slope;
    found->loss_before = loss_at(end, 1, &slope, &found->samples);
    if (!isfinite(found->loss_before))
        return hone_fail(HONE_ERROR_DATA, "%s",
                         found->samples == 0 ? "no target is a class" : "the model's answers are not finite");
    loss_at(end, exp(high), &slope, &found->samples);
    if (slope <= 0)
        return hone_fail(
            HONE_ERROR_DATA,
            "hardly one of %lld answers is wrong, so the surer the better; give data that the model "
            "was not trained on, and more of them",
            (long long)found->samples);
    loss_at(end, exp(low), &slope, &found->samples);
    if (slope >= 0)
        return hone_fail(HONE_ERROR_DATA, "at any temperature the answers are worse than chance over "
                                          "these data; are they the right ones?");
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        loss_at(end, exp(middle), &slope, &found->samples);
        *(slope > 0 ? &high : &low) = middle;
    }
    found->temperature = exp(-(low + high) / 2);
    found->loss_after = loss_at(end, 1 / found->temperature, &slope, &found->samples);
    return HONE_OK;
}

/* softmax(z / T) of one row */
static void squash_row(const double *z, int64_t width, double temperature, float *probabilities)
{
    double most = -HUGE_VAL, sum = 0;
    for (int64_t k = 0; k < width; k++)
        most = fmax(most, z[k]);
    for (int64_t k = 0; k < width; k++)
        sum += exp((z[k] - most) / temperature);
    for (int64_t k = 0; k < width; k++)
        probabilities[k] = (float)(exp((z[k] - most) / temperature) / sum);
}

/* Of the probabilities at a temperature. */
static double calibration_error(ending *end, double temperature)
{
    hone_judged *judged = &end->judged;
    const bool classes = judged->task == HONE_TASK_CLASSES;
    for (int64_t row = 0; classes && row < judged->count; row++)
        squash_row(end->z + row * judged->width, judged->width, temperature,
                   judged->outputs + row * judged->width);
    for (int64_t i = 0; !classes && i < numbers_of(end); i++)
        judged->outputs[i] = (float)(1 / (1 + exp(-end->z[i] / temperature)));
    return hone_internal_calibrate(judged).error;
}

/* ---- all outputs ---- */

static void free_endings(calibration *of)
{
    for (size_t i = 0; of->endings != NULL && i < of->count; i++) {
        hone_internal_judged_free(&of->endings[i].judged);
        hone_internal_free(of->endings[i].z);
    }
    hone_internal_free(of->endings);
}

/* Whether what the network ends with is what its targets are: classes by softmax, yes or no by sigmoid. */
static hone_status check_task(const ending *end)
{
    const bool classes = end->judged.task == HONE_TASK_CLASSES;
    if (end->squash == SQUASH_NONE ? !end->judged.were_logits : classes != (end->squash == SQUASH_SOFTMAX))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "expected probabilities by %s, as the targets are, or what stands before it",
                         classes ? "softmax" : "sigmoid");
    return HONE_OK;
}

static hone_status within(const calibration *of, int output, hone_status status)
{
    const bool one = of->model->output_count == 1;
    return status >= 0 || status == HONE_ERROR_MEMORY
               ? status
               : hone_fail(status, "calibrate: %s%s%s", one ? "" : hone_model_output_name(of->model, output),
                           one ? "" : ": ", hone_error_message());
}

/* Takes up an output of classes, or of a yes or no; others, and those without targets, are passed over. */
static hone_status add_ending(calibration *of, int index, const hone_array *outputs)
{
    ending *end = &of->endings[of->count];
    hone_report_output output = {.model = of->model, .data = of->data, .index = index};
    if (hone_internal_model_regresses(of->model, index))
        return HONE_OK;
    hone_status status = hone_internal_report_judge(&output, outputs);
    if (status < 0 || output.judged.task == HONE_TASK_NUMBERS) {
        hone_internal_judged_free(&output.judged);
        return status;
    }
    *end = (ending){.output = index, .judged = output.judged};
    of->count++;
    HONE_TRY(within(of, index, find_layer(of->model, end)));
    return within(of, index, check_task(end));
}

/* Predicts, and gives each output to `take`. */
static hone_status predict(calibration *of,
                           hone_status (*take)(calibration *of, int index, const hone_array *))
{
    const int outputs = of->model->output_count;
    hone_array **arrays = hone_internal_allocate_zeroed((size_t)outputs + 1, sizeof *arrays);
    hone_status status = arrays == NULL ? HONE_ERROR_MEMORY : hone_predict(of->model, of->data, arrays);
    for (int i = 0; i < outputs && status >= 0; i++)
        status = take(of, i, arrays[i]);
    for (int i = 0; i < outputs && arrays != NULL; i++)
        hone_array_free(arrays[i]);
    hone_internal_free(arrays);
    return status;
}

static hone_status take_output(calibration *of, int index, const hone_array *outputs)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->endings[i].output == index)
            return take_z(&of->endings[i], outputs->data);
    return HONE_OK;
}

static hone_status measure(calibration *of)
{
    HONE_TRY(predict(of, add_ending));
    if (of->count == 0)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "calibrate: expected an output of classes (softmax), or of a yes or no (sigmoid), with its targets");
    scale_all(of, 1 / SPREAD);
    const hone_status status = predict(of, take_output);
    scale_all(of, SPREAD);
    HONE_TRY(status);
    for (size_t i = 0; i < of->count; i++) {
        ending *end = &of->endings[i];
        of->found[i].output = end->output;
        of->found[i].error_before = hone_internal_calibrate(&end->judged).error;
        HONE_TRY(within(of, end->output, find_temperature(end, &of->found[i])));
        of->found[i].error_after = calibration_error(end, of->found[i].temperature);
    }
    return HONE_OK;
}

/* A threshold decides as before: t becomes sigmoid(log(t / (1 - t)) / T). */
static hone_status move_thresholds(const calibration *of, const hone_temperature *found)
{
    hone_probability at;
    for (size_t i = 0; hone_model_probability_at(of->model, i, &at); i++)
        if (at.output == found->output && at.threshold != 0.5 && at.threshold < 1)
            HONE_TRY(hone_model_set_threshold(
                of->model, at.output, at.number,
                1 / (1 + pow((1 - at.threshold) / at.threshold, 1 / found->temperature))));
    return HONE_OK;
}

static hone_status calibrate(calibration *of)
{
    of->found = hone_internal_allocate_zeroed((size_t)of->model->output_count + 1, sizeof *of->found);
    of->endings = hone_internal_allocate_zeroed((size_t)of->model->output_count + 1, sizeof *of->endings);
    hone_status status = of->found == NULL || of->endings == NULL ? HONE_ERROR_MEMORY : measure(of);
    for (size_t i = 0; i < of->count && status >= 0; i++)
        status = move_thresholds(of, &of->found[i]);
    for (size_t i = 0; i < of->count && status >= 0; i++)
        scale_weights(&of->endings[i], 1 / of->found[i].temperature);
    free_endings(of);
    if (status < 0)
        hone_internal_free(of->found);
    return status;
}

hone_status hone_calibrate(hone_model *model, hone_dataset *data, hone_temperature **found, size_t *count)
{
    calibration of = {.model = model, .data = data};
    if (model == NULL || data == NULL || found == NULL || count == NULL)
        return hone_internal_fail_null(model == NULL  ? "a model"
                                       : data == NULL ? "a data set"
                                                      : "a place for the result");
    *found = NULL;
    *count = 0;
    HONE_TRY(hone_internal_report_check_data(model, data));
    HONE_TRY(calibrate(&of));
    *found = of.found;
    *count = of.count;
    return HONE_OK;
}
