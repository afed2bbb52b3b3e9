/* Checks of custom optimizers, initializers, callbacks and data: what is run twice, in parts, or from a
 * checkpoint gives the same bits. */
#define _GNU_SOURCE /* mkdtemp */
#include "recipe/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/text.h"
#include "initializers/initializers.h"
#include "train/checkpoint.h"

#include <hone/check.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a small regression: y = x_0 - x_1 / 2 ---- */

typedef struct trial {
    hone_array *x, *y;
    hone_dataset *data;
} trial;

static hone_status begin_trial(trial *of)
{
    enum { ROWS = 32 };
    of->x = hone_internal_check_draw(2, (int64_t[]){ROWS, 3}, 1);
    of->y = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){ROWS, 1});
    for (int i = 0; of->x != NULL && of->y != NULL && i < ROWS; i++)
        ((float *)of->y->data)[i] = ((float *)of->x->data)[3 * i] - 0.5f * ((float *)of->x->data)[3 * i + 1];
    of->data = of->x == NULL || of->y == NULL ? NULL : hone_internal_check_dataset_of(of->x, of->y);
    return of->data == NULL ? hone_error_status() : HONE_OK;
}

static void end_trial(trial *of)
{
    hone_dataset_free(of->data);
    hone_array_free(of->x);
    hone_array_free(of->y);
}

static hone_model *regression(const char *spec)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(4, .activation = "tanh"), hone_dense(1));
    if (model == NULL)
        return NULL;
    hone_optimizer *optimizer = hone_optimizer_from_text(spec);
    if (optimizer != NULL && hone_compile(model, .loss = "mse", .optimizer = optimizer) >= 0)
        return model;
    hone_model_free(model);
    return NULL;
}

static hone_status check_weights(const hone_model *model, const hone_model *other, const char *what)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *a = hone_model_weight(model, i), *b = hone_model_weight(other, i);
        if (memcmp(hone_variable_data(a), hone_variable_data(b), hone_internal_check_bytes_of(a)) != 0)
            return hone_fail(HONE_ERROR_STATE, "%s: the weights %s are others", what, hone_variable_path(a));
    }
    return HONE_OK;
}

/* ---- optimizers ---- */

static hone_status train(hone_model *model, hone_dataset *data, int64_t epochs, double *first, double *last)
{
    const hone_history *history = hone_fit(model, data, .epochs = epochs, .batch_size = 8, .shuffle = false);
    if (history == NULL)
        return hone_error_status();
    *first = hone_history_value(history, "loss", 0);
    *last = hone_history_last(history, "loss");
    return HONE_OK;
}

static hone_status check_runs(const char *spec, hone_dataset *data)
{
    double first, last, ignored;
    hone_model *model = regression(spec), *again = model == NULL ? NULL : regression(spec), *loaded = NULL;
    hone_status status = again == NULL ? hone_error_status() : train(model, data, 20, &first, &last);
    if (status >= 0 && !(last < first))
        status = hone_fail(HONE_ERROR_STATE, "the loss does not fall: %.6g after one epoch, %.6g after 20",
                           first, last);
    if (status >= 0)
        status = train(again, data, 10, &ignored, &ignored);
    loaded = status < 0 ? NULL : hone_internal_check_through_a_file(again);
    if (status >= 0)
        status = loaded == NULL ? hone_error_status() : train(loaded, data, 10, &ignored, &ignored);
    if (status >= 0)
        status = train(again, data, 10, &ignored, &ignored);
    if (status >= 0)
        status = check_weights(model, again, "trained again in two parts");
    if (status >= 0)
        status = check_weights(model, loaded, "trained on from a file");
    hone_model_free(model);
    hone_model_free(again);
    hone_model_free(loaded);
    return status;
}

hone_status hone_check_optimizer(const char *spec)
{
    trial of = {.x = NULL};
    if (spec == NULL)
        return hone_internal_fail_null("the spec of an optimizer");
    hone_status status = begin_trial(&of);
    if (status >= 0)
        status = check_runs(spec, of.data);
    end_trial(&of);
    return hone_internal_check_named(status, spec);
}

/* ---- initializers ---- */

/* Every number is written, and finite. */
static hone_status fill(hone_variable *variable)
{
    float *numbers = hone_variable_data(variable);
    const int64_t count = hone_internal_variable_count(variable);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (float)NAN;
    HONE_TRY(hone_internal_initializer_fill(variable, 1));
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(numbers[i]))
            return hone_fail(HONE_ERROR_STATE, "number %lld of %lld is not written, or not finite",
                             (long long)i, (long long)count);
    return HONE_OK;
}

static hone_status check_fills(hone_variable *variable)
{
    const size_t bytes = hone_internal_check_bytes_of(variable);
    float *first = hone_internal_allocate(bytes + 1);
    hone_status status = first == NULL ? HONE_ERROR_MEMORY : fill(variable);
    if (status >= 0)
        memcpy(first, hone_variable_data(variable), bytes);
    if (status >= 0)
        status = fill(variable);
    if (status >= 0 && memcmp(first, hone_variable_data(variable), bytes) != 0)
        status = hone_fail(HONE_ERROR_STATE,
                           "the same seed gives other numbers the second time; draw by hone_fill_uniform and "
                           "hone_fill_normal");
    hone_internal_free(first);
    return status;
}

hone_status hone_check_initializer(const char *spec, hone_shape shape)
{
    if (spec == NULL)
        return hone_internal_fail_null("the spec of an initializer");
    hone_variable *variable = hone_internal_variable_create("weight", shape, spec);
    hone_status status = variable == NULL ? hone_error_status() : hone_internal_variables_place(&variable, 1);
    if (status >= 0)
        status = check_fills(variable);
    hone_internal_variable_free(variable);
    return hone_internal_check_named(status, spec);
}

/* ---- callbacks ---- */

enum { EPOCHS = 4 };

/* How a training with the callback ends. `folder`: of its checkpoint, or NULL. NULL after a failure. */
static hone_model *train_with(const char *spec, const trial *of, int64_t epochs, const char *folder)
{
    hone_model *model = regression("sgd(0.05)");
    hone_callback *callback = model == NULL ? NULL : hone_callback_from_text(spec);
    const hone_history *history =
        callback == NULL
            ? NULL
            : hone_fit(model, of->data, .epochs = epochs, .batch_size = 8, .validation_data = of->data,
                       .callbacks = hone_callbacks(callback), .checkpoint = folder, .resume = folder != NULL);
    if (history != NULL)
        return model;
    hone_model_free(model);
    return NULL;
}

/* Trains with it, and compares with what `expected` has; frees nothing of it. */
static hone_status check_again(const char *spec, const trial *of, const hone_model *expected,
                               const char *folder, const char *what)
{
    hone_model *model = train_with(spec, of, EPOCHS, folder);
    const hone_status status = model == NULL ? hone_error_status() : check_weights(model, expected, what);
    hone_model_free(model);
    return status;
}

/* With its checkpoint; a failure before it goes on. */
static hone_status remove_folder(const char *folder, hone_status status)
{
    hone_failure failure;
    if (status >= 0)
        return hone_internal_checkpoint_remove(folder);
    hone_internal_error_take(&failure);
    hone_internal_checkpoint_remove(folder);
    return hone_internal_error_raise(&failure);
}

/* Half of the epochs, then a new program that goes on. */
static hone_status check_resumed(const char *spec, const trial *of, const hone_model *expected)
{
    char *folder = hone_internal_format("%s/hone-check-XXXXXX", hone_internal_file_scratch_folder());
    if (folder == NULL || mkdtemp(folder) == NULL) {
        hone_internal_free(folder);
        return hone_fail(HONE_ERROR_FILE, "cannot make a folder for a checkpoint");
    }
    hone_model *half = train_with(spec, of, EPOCHS / 2, folder);
    hone_status status = half == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0)
        status = check_again(spec, of, expected, folder, "continued from a checkpoint");
    hone_model_free(half);
    status = remove_folder(folder, status);
    hone_internal_free(folder);
    return status;
}

static hone_status check_trainings(const char *spec, const trial *of)
{
    hone_model *model = train_with(spec, of, EPOCHS, NULL);
    hone_status status = model == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0)
        status = check_again(spec, of, model, NULL, "trained again");
    if (status >= 0)
        status = check_resumed(spec, of, model);
    hone_model_free(model);
    return status;
}

hone_status hone_check_callback(const char *spec)
{
    trial of = {.x = NULL};
    if (spec == NULL)
        return hone_internal_fail_null("the spec of a callback");
    hone_status status = begin_trial(&of);
    if (status >= 0)
        status = check_trainings(spec, &of);
    end_trial(&of);
    return hone_internal_check_named(status, spec);
}

/* ---- data ---- */

enum { MOST_BATCHES = 1000 };

/* What has been read: a fingerprint of each batch, and the shapes of samples. */
typedef struct reading {
    uint64_t prints[MOST_BATCHES];
    int64_t rows;
    int batches;
    hone_array first[2 * HONE_MAX_COMPONENTS]; /* of the first batch; its numbers are gone */
} reading;

static hone_status check_component(reading *of, const hone_array *array, int place, int64_t rows,
                                   uint64_t *print)
{
    static const uint64_t key[2] = {1, 2};
    hone_array *first = &of->first[place];
    const char *what = place < HONE_MAX_COMPONENTS ? "input" : "target";
    const int number = place % HONE_MAX_COMPONENTS;
    if (array->rank < 1 || array->shape[0] != rows)
        return hone_fail(HONE_ERROR_SHAPE, "batch %d: %s %d has not the %lld rows of the first input",
                         of->batches, what, number, (long long)rows);
    if (of->batches == 0)
        *first = *array;
    if (first->rank != array->rank || first->type != array->type ||
        memcmp(first->shape + 1, array->shape + 1, (size_t)(array->rank - 1) * sizeof *array->shape) != 0)
        return hone_fail(HONE_ERROR_SHAPE, "batch %d: %s %d has another shape or type than in batch 0",
                         of->batches, what, number);
    for (int64_t i = 0; array->type == HONE_FLOAT32 && i < hone_array_count(array); i++)
        if (!isfinite(((const float *)array->data)[i]))
            return hone_fail(HONE_ERROR_DATA, "batch %d: %s %d: number %lld is not finite", of->batches, what,
                             number, (long long)i);
    *print ^= hone_internal_siphash(key, array->data,
                                    (size_t)hone_array_count(array) * hone_dtype_size(array->type)) +
              (uint64_t)place;
    return HONE_OK;
}

static hone_status take_batch(reading *of, const hone_batch *batch)
{
    const int64_t rows = batch->x[0].rank > 0 ? batch->x[0].shape[0] : 0;
    uint64_t print = 0;
    if (of->batches == MOST_BATCHES)
        return hone_fail(HONE_ERROR_DATA, "there are more than %d batches in an epoch: does it end?",
                         MOST_BATCHES);
    if (batch->x[0].data == NULL)
        return hone_fail(HONE_ERROR_DATA, "batch %d: there is no input", of->batches);
    for (int i = 0; i < HONE_MAX_COMPONENTS && batch->x[i].data != NULL; i++)
        HONE_TRY(check_component(of, &batch->x[i], i, rows, &print));
    for (int i = 0; i < HONE_MAX_COMPONENTS && batch->y[i].data != NULL; i++)
        HONE_TRY(check_component(of, &batch->y[i], HONE_MAX_COMPONENTS + i, rows, &print));
    of->prints[of->batches++] = print;
    of->rows += rows;
    return HONE_OK;
}

static hone_status read_epoch(hone_dataset *data, int64_t epoch, reading *of)
{
    const hone_batch *batch;
    hone_iterator *iterator = hone_dataset_iterate(data, 8, 1, epoch);
    int more = iterator == NULL ? (int)hone_error_status() : 1;
    hone_status status = HONE_OK;
    *of = (reading){.batches = 0};
    while (status >= 0 && more > 0 && (more = hone_iterator_next(iterator, &batch)) > 0)
        status = take_batch(of, batch);
    hone_iterator_free(iterator);
    if (status >= 0 && more >= 0 && of->batches == 0)
        status = hone_fail(HONE_ERROR_DATA, "epoch %lld has no batch", (long long)epoch);
    return more < 0 ? (hone_status)more : status;
}

static hone_status compare_readings(const hone_dataset *data, const reading *first, const reading *again)
{
    const int64_t count = hone_dataset_count(data);
    if (first->batches != again->batches)
        return hone_fail(HONE_ERROR_DATA, "read again, epoch 0 has %d batches, not %d", again->batches,
                         first->batches);
    for (int i = 0; i < first->batches; i++)
        if (first->prints[i] != again->prints[i])
            return hone_fail(
                HONE_ERROR_DATA,
                "read again, batch %d of epoch 0 has other numbers; they must follow from the epoch and the "
                "step alone",
                i);
    if (count != HONE_ANY && count != first->rows)
        return hone_fail(HONE_ERROR_DATA, "it gives %lld samples and says that there are %lld",
                         (long long)first->rows, (long long)count);
    return HONE_OK;
}

hone_status hone_check_data(hone_dataset *data)
{
    if (data == NULL)
        return hone_internal_fail_null("a data set");
    reading *of = hone_internal_allocate_zeroed(3, sizeof *of); /* epoch 0, epoch 1, and epoch 0 again */
    if (of == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = read_epoch(data, 0, &of[0]);
    if (status >= 0)
        status = read_epoch(data, 1, &of[1]);
    if (status >= 0)
        status = read_epoch(data, 0, &of[2]);
    if (status >= 0)
        status = compare_readings(data, &of[0], &of[2]);
    hone_internal_free(of);
    return status;
}
