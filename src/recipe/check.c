/* Checks of custom layers, losses and metrics: gradients against differences, samples, batches, threads,
 * files. */
#define _GNU_SOURCE /* mkstemps */
#include "recipe/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "graph/graph.h"

#include <hone/check.h>
#include <hone/hone.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 6, MOST_PROBES = 48 };

/* ---- data ---- */

hone_array *hone_internal_check_draw(int rank, const int64_t *shape, uint64_t stream)
{
    hone_array *array = hone_array_create(HONE_FLOAT32, rank, shape);
    hone_random random = hone_internal_random(7, stream, 1);
    for (int64_t i = 0; array != NULL && i < hone_array_count(array); i++)
        ((float *)array->data)[i] = (float)(4 * hone_internal_random_uniform(&random, (uint64_t)i) - 2);
    return array;
}

hone_dataset *hone_internal_check_dataset_of(const hone_array *x, const hone_array *y)
{
    return hone_dataset_from_arrays(.x = {*x}, .y = {*y});
}

/* input(shape=[3, 4]) */
static hone_layer *input_of(hone_shape shape)
{
    char text[256] = "input(shape=[";
    for (int axis = 0; axis < shape.rank; axis++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%lld", axis > 0 ? ", " : "",
                 (long long)shape.size[axis]);
    snprintf(text + strlen(text), sizeof text - strlen(text), "])");
    return hone_layer_from_text(text);
}

/* ---- gradients against differences ---- */

/* A compiled model, one batch, and its weights as they were: a forward pass may write states. */
typedef struct probe {
    hone_model *model;
    hone_array *x, *y;
    hone_dataset *data;
    float **kept;
    double largest; /* of the gradients that are compared together */
} probe;

static void free_probe(probe *of)
{
    for (int i = 0; of->kept != NULL && i < hone_model_weight_count(of->model); i++)
        hone_internal_free(of->kept[i]);
    hone_internal_free(of->kept);
    hone_dataset_free(of->data);
    hone_array_free(of->x);
    hone_array_free(of->y);
    hone_model_free(of->model);
}

size_t hone_internal_check_bytes_of(const hone_variable *weight)
{
    return (size_t)hone_internal_shape_count(hone_variable_shape(weight)) * sizeof(float);
}

static hone_status keep_weights(probe *of)
{
    const int count = hone_model_weight_count(of->model);
    of->kept = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *of->kept);
    if (of->kept == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++) {
        hone_variable *weight = hone_model_weight(of->model, i);
        of->kept[i] = hone_internal_allocate_zeroed(hone_internal_check_bytes_of(weight) + 1, 1);
        if (of->kept[i] == NULL)
            return HONE_ERROR_MEMORY;
        memcpy(of->kept[i], hone_variable_data(weight), hone_internal_check_bytes_of(weight));
    }
    return HONE_OK;
}

static void restore_weights(const probe *of)
{
    for (int i = 0; i < hone_model_weight_count(of->model); i++)
        memcpy(hone_variable_data(hone_model_weight(of->model, i)), of->kept[i],
               hone_internal_check_bytes_of(hone_model_weight(of->model, i)));
}

/* Forward and back over the whole batch; weights stay as they are set. */
static hone_gradients *compute(const probe *of)
{
    const hone_batch batch = {.x = {*of->x}, .y = {*of->y}};
    return hone_gradients_compute(of->model, &batch);
}

static hone_status loss_at(const probe *of, float *number, float value, double *loss)
{
    const float before = *number;
    *number = value;
    hone_gradients *gradients = compute(of);
    *loss = gradients == NULL ? (double)NAN : hone_gradients_loss(gradients);
    restore_weights(of);
    *number = before;
    if (gradients == NULL)
        return hone_error_status();
    hone_gradients_free(gradients);
    return HONE_OK;
}

static hone_status slope_at(const probe *of, float *number, double step, double *slope)
{
    double above, below;
    const double at = (double)*number;
    HONE_TRY(loss_at(of, number, (float)(at + step), &above));
    HONE_TRY(loss_at(of, number, (float)(at - step), &below));
    *slope = (above - below) / ((double)(float)(at + step) - (double)(float)(at - step));
    return HONE_OK;
}

/* Losses that differ with nothing changed come from random numbers: there are no differences to take. */
static bool is_random(const probe *of)
{
    enum { TIMES = 4 };
    float *number = of->x->data;
    double losses[TIMES];
    for (int i = 0; i < TIMES; i++)
        if (loss_at(of, number, *number, &losses[i]) < 0 || losses[i] != losses[0])
            return true;
    return false;
}

/* Numbers of one array against its gradient. Two steps that disagree stand at a kink. */
static hone_status compare(const probe *of, const char *what, float *numbers, const float *gradient,
                           int64_t count)
{
    const int64_t stride = count > MOST_PROBES ? count / MOST_PROBES : 1;
    const double room = 2e-3 + 0.02 * of->largest;
    for (int64_t i = 0; i < count; i += stride) {
        double wide, narrow;
        HONE_TRY(slope_at(of, &numbers[i], 0.02, &wide));
        HONE_TRY(slope_at(of, &numbers[i], 0.01, &narrow));
        const double found = gradient == NULL ? 0 : (double)gradient[i];
        if (fabs(wide - narrow) > room / 2 || fabs(found - narrow) <= room)
            continue;
        if (is_random(of))
            return HONE_OK;
        return hone_fail(HONE_ERROR_STATE,
                         "the gradient in %s is wrong: number %lld has %.5g, but differences say %.5g", what,
                         (long long)i, found, narrow);
    }
    return HONE_OK;
}

static double largest_of(const float *numbers, int64_t count, double so_far)
{
    for (int64_t i = 0; numbers != NULL && i < count; i++)
        so_far = fmax(so_far, fabs((double)numbers[i]));
    return so_far;
}

static void find_largest(probe *of, const hone_gradients *gradients)
{
    of->largest = largest_of(hone_gradients_input(gradients, 0, NULL), hone_array_count(of->x), 0);
    for (int i = 0; i < hone_gradients_count(gradients); i++)
        of->largest =
            largest_of(hone_gradients_data(gradients, i),
                       hone_internal_shape_count(hone_variable_shape(hone_gradients_variable(gradients, i))),
                       of->largest);
}

static hone_status compare_all(probe *of, const hone_gradients *gradients)
{
    find_largest(of, gradients);
    HONE_TRY(compare(of, "the inputs", of->x->data, hone_gradients_input(gradients, 0, NULL),
                     hone_array_count(of->x)));
    for (int i = 0; i < hone_gradients_count(gradients); i++) {
        hone_variable *weight = hone_gradients_variable(gradients, i);
        HONE_TRY(compare(of, hone_variable_path(weight), hone_variable_data(weight),
                         hone_gradients_data(gradients, i),
                         hone_internal_shape_count(hone_variable_shape(weight))));
    }
    return HONE_OK;
}

static hone_status check_gradients(probe *of)
{
    HONE_TRY(keep_weights(of));
    hone_gradients *gradients = compute(of);
    restore_weights(of);
    hone_status status = gradients == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && !isfinite(hone_gradients_loss(gradients)))
        status = hone_fail(HONE_ERROR_STATE, "the loss is not finite");
    if (status >= 0)
        status = compare_all(of, gradients);
    hone_gradients_free(gradients);
    return status;
}

/* ---- layers ---- */

static hone_status check_finite(const hone_array *array)
{
    for (int64_t i = 0; i < hone_array_count(array); i++)
        if (!isfinite(((const float *)array->data)[i]))
            return hone_fail(HONE_ERROR_STATE, "number %lld of the output is not finite", (long long)i);
    return HONE_OK;
}

/* Bits with room 0, else so far apart at most. Frees `now`. */
static hone_status check_same(const hone_array *before, hone_array *now, const char *what, double room)
{
    hone_status status = now == NULL ? hone_error_status() : HONE_OK;
    for (int64_t i = 0; status >= 0 && i < hone_array_count(before); i++) {
        const double a = (double)((const float *)before->data)[i], b = (double)((const float *)now->data)[i];
        if (!(fabs(a - b) <= room * fmax(1, fabs(a))))
            status = hone_fail(HONE_ERROR_STATE, "%s: number %lld of the output is %.9g, not %.9g", what,
                               (long long)i, b, a);
    }
    hone_array_free(now);
    return status;
}

static hone_array *predict(hone_model *model, hone_dataset *data, int64_t batch_size)
{
    hone_array *outputs[1] = {NULL};
    return hone_predict(model, data, outputs, .batch_size = batch_size) < 0 ? NULL : outputs[0];
}

static hone_status check_threads(hone_model *model, hone_dataset *data, const hone_array *before)
{
    const int threads = hone_threads();
    hone_set_threads(threads == 1 ? 3 : 1);
    const hone_status status =
        check_same(before, predict(model, data, SAMPLES), "another number of threads", 0);
    hone_set_threads(threads);
    return status;
}

/* A new empty file, as a model's. */
static hone_status make_path(char *path, size_t size)
{
    snprintf(path, size, "%s/hone-check-XXXXXX.keras", hone_internal_file_scratch_folder());
    const int file = mkstemps(path, 6);
    if (file < 0)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot make the file", path);
    close(file);
    return HONE_OK;
}

hone_model *hone_internal_check_through_a_file(hone_model *model)
{
    char path[4096];
    if (make_path(path, sizeof path) < 0)
        return NULL;
    hone_model *loaded = hone_save(model, path) < 0 ? NULL : hone_load(path);
    unlink(path);
    return loaded;
}

static hone_status check_file(hone_model *model, hone_dataset *data, const hone_array *before)
{
    hone_model *loaded = hone_internal_check_through_a_file(model);
    const hone_status status =
        loaded == NULL ? hone_error_status()
                       : check_same(before, predict(loaded, data, SAMPLES), "saved and loaded", 0);
    hone_model_free(loaded);
    return status;
}

static hone_status check_outputs(const probe *of)
{
    hone_array *before = predict(of->model, of->data, SAMPLES);
    hone_status status = before == NULL ? hone_error_status() : check_finite(before);
    if (status >= 0)
        status = check_same(before, predict(of->model, of->data, SAMPLES), "predicting twice", 0);
    if (status >= 0)
        status = check_same(before, predict(of->model, of->data, 1), "each sample by itself", 1e-5);
    if (status >= 0)
        status = check_threads(of->model, of->data, before);
    if (status >= 0)
        status = check_file(of->model, of->data, before);
    hone_array_free(before);
    return status;
}

/* The targets have the shape of what the layer gives. */
static hone_status prepare_layer(probe *of, hone_layer *layer, hone_shape input)
{
    int64_t shape[HONE_MAX_RANK] = {SAMPLES};
    if (input.rank < 1 || input.rank >= HONE_MAX_RANK) {
        hone_layer_free(layer);
        return hone_fail(HONE_ERROR_SHAPE, "expected an input of 1 to %d axes without the batch",
                         HONE_MAX_RANK - 1);
    }
    of->model = hone_sequential(input_of(input), layer);
    if (of->model == NULL)
        return hone_error_status();
    memcpy(shape + 1, input.size, (size_t)input.rank * sizeof *shape);
    of->x = hone_internal_check_draw(input.rank + 1, shape, 1);
    const hone_shape output = hone_tensor_shape(hone_model_output(of->model, 0));
    memcpy(shape + 1, output.size + 1, (size_t)(output.rank - 1) * sizeof *shape);
    for (int axis = 1; axis < output.rank; axis++)
        if (shape[axis] < 0)
            return hone_fail(HONE_ERROR_SHAPE,
                             "the output's axis %d has no size; expected an input with all sizes", axis);
    of->y = of->x == NULL ? NULL : hone_internal_check_draw(output.rank, shape, 2);
    of->data = of->y == NULL ? NULL : hone_internal_check_dataset_of(of->x, of->y);
    return of->data == NULL ? hone_error_status()
                            : hone_compile(of->model, .loss = "mse", .optimizer = hone_sgd());
}

hone_status hone_internal_check_named(hone_status status, const char *spec)
{
    return status < 0 ? hone_internal_error_in(status, spec) : status;
}

hone_status hone_check_layer(const char *spec, hone_shape input)
{
    if (spec == NULL)
        return hone_internal_fail_null("the spec of a layer");
    hone_layer *layer = hone_layer_from_text(spec);
    probe of = {.model = NULL};
    hone_status status = layer == NULL ? hone_error_status() : prepare_layer(&of, layer, input);
    if (status >= 0)
        status = check_outputs(&of);
    if (status >= 0)
        status = check_gradients(&of);
    free_probe(&of);
    return hone_internal_check_named(status, spec);
}

/* ---- losses and metrics: a model that gives what it is given ---- */

static hone_status prepare_identity(probe *of, const hone_array *y_true, const hone_array *y_pred)
{
    if (y_true == NULL || y_pred == NULL)
        return hone_internal_fail_null(y_true == NULL ? "targets" : "predictions");
    if (y_pred->rank < 2 || y_true->rank < 1 || y_true->shape[0] != y_pred->shape[0] || y_pred->shape[0] < 2)
        return hone_fail(HONE_ERROR_SHAPE, "expected as many targets as predictions, of two samples or more");
    hone_shape input = {.rank = y_pred->rank - 1};
    memcpy(input.size, y_pred->shape + 1, (size_t)input.rank * sizeof *input.size);
    of->model = hone_sequential(input_of(input), hone_activation("linear"));
    of->x = hone_array_convert(y_pred, HONE_FLOAT32);
    of->y = hone_array_convert(y_true, HONE_FLOAT32);
    if (of->model == NULL || of->x == NULL || of->y == NULL)
        return hone_error_status();
    of->data = hone_internal_check_dataset_of(of->x, of->y);
    return of->data == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_check_loss(const char *spec, const hone_array *y_true, const hone_array *y_pred)
{
    if (spec == NULL)
        return hone_internal_fail_null("the spec of a loss");
    probe of = {.model = NULL};
    hone_status status = prepare_identity(&of, y_true, y_pred);
    if (status >= 0)
        status = hone_compile(of.model, .loss = spec, .optimizer = hone_sgd());
    if (status >= 0)
        status = check_gradients(&of);
    free_probe(&of);
    return hone_internal_check_named(status, spec);
}

static hone_status check_value(probe *of, int64_t batch_size, const char *what, double *value)
{
    hone_logs logs = {.count = 0};
    hone_status status = hone_evaluate(of->model, of->data, &logs, .batch_size = batch_size);
    double found = (double)NAN;
    for (int i = 0; status >= 0 && i < hone_logs_count(&logs); i++)
        if (strcmp(hone_logs_at(&logs, i).name, "loss") != 0)
            found = hone_logs_at(&logs, i).values[0];
    hone_logs_free(&logs);
    if (status >= 0 && isnan(found))
        status = hone_fail(HONE_ERROR_STATE, "%s: the metric is not a number", what);
    if (status >= 0 && !isnan(*value) && !(fabs(found - *value) <= 1e-5 * fmax(1, fabs(*value))))
        status = hone_fail(HONE_ERROR_STATE, "%s: the metric is %.9g, not %.9g", what, found, *value);
    *value = found;
    return status;
}

hone_status hone_check_metric(const char *spec, const hone_array *y_true, const hone_array *y_pred)
{
    if (spec == NULL)
        return hone_internal_fail_null("the spec of a metric");
    probe of = {.model = NULL};
    double value = (double)NAN;
    hone_status status = prepare_identity(&of, y_true, y_pred);
    if (status >= 0)
        status = hone_compile(of.model, .optimizer = hone_sgd(), .metrics = {spec});
    if (status >= 0)
        status = check_value(&of, of.x->shape[0], "all samples at once", &value);
    if (status >= 0)
        status = check_value(&of, of.x->shape[0], "evaluated again", &value);
    if (status >= 0)
        status = check_value(&of, 1, "in batches of one sample", &value);
    free_probe(&of);
    return hone_internal_check_named(status, spec);
}
