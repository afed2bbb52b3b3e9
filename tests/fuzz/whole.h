/* What a model is for, tried on any model that a target has read: it is compiled, trained for a step, saved,
 * loaded and compared; trains and predicts on three threads with the same bits as on one, and predicts with
 * other kernels within rounding; and goes to ONNX and back. */
#ifndef HONE_TESTS_FUZZ_WHOLE_H
#define HONE_TESTS_FUZZ_WHOLE_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "replay.h"
#include <hone/hone.h>

#include <math.h>

enum { BATCH = 4, MOST_NUMBERS = 1 << 16 };

/* What must not happen. That memory is gone may always happen. */
static inline void wrong(const char *what)
{
    if (hone_error_status() == HONE_ERROR_MEMORY || hone_error_status() == HONE_ERROR_UNSUPPORTED ||
        strstr(hone_error_message(), "produces more than") != NULL) /* of a fixed batch */
        return;
    fprintf(stderr, "%s: %s\n", what, hone_error_message());
    abort();
}

static inline bool has_word(const uint8_t *data, size_t size, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, word, length) == 0)
            return true;
    return false;
}

/* Zeros and ones for what a tensor takes; NULL when that would be much. */
static inline hone_array *numbers_for(hone_shape shape)
{
    int64_t count = 1;
    shape.size[0] = BATCH;
    for (int axis = 0; axis < shape.rank; axis++) {
        shape.size[axis] = shape.size[axis] == HONE_ANY ? 3 : shape.size[axis];
        if (shape.size[axis] > MOST_NUMBERS || (count *= shape.size[axis]) > MOST_NUMBERS)
            return NULL;
    }
    hone_array *array = hone_array_create(HONE_FLOAT32, shape.rank, shape.size);
    for (int64_t i = 0; array != NULL && i < count; i++)
        ((float *)array->data)[i] = (float)(i % 2);
    return array;
}

/* False when a tensor of the model is too large to be tried here. */
static inline bool fill_batch(const hone_model *model, hone_array **owned, hone_batch *batch)
{
    int count = 0;
    for (int i = 0; i < model->call_count; i++)
        for (int j = 0; j < model->calls[i]->output_count; j++) {
            hone_array *tried = numbers_for(model->calls[i]->outputs[j].shape);
            hone_array_free(tried);
            if (tried == NULL)
                return false;
        }
    for (int i = 0; i < model->input_count; i++)
        if ((owned[count] = numbers_for(model->inputs[i]->shape)) != NULL)
            batch->x[i] = *owned[count++];
    for (int i = 0; i < model->output_count; i++)
        if ((owned[count] = numbers_for(model->outputs[i]->shape)) != NULL)
            batch->y[i] = *owned[count++];
    return true;
}

typedef struct results {
    hone_status status;
    int count;
    hone_array *outputs[HONE_MAX_ENDS];
} results;

static inline results predict(hone_model *model, const hone_batch *batch)
{
    results made = {.count = model->output_count};
    made.status = hone_predict_on_batch(model, batch, false, made.outputs);
    return made;
}

static inline void free_results(results *made)
{
    for (int i = 0; made->status >= 0 && i < made->count; i++)
        hone_array_free(made->outputs[i]);
}

static inline bool near(float a, float b)
{
    double size = fmax(fabs((double)a), fabs((double)b));
    return a == b || !isfinite(a) || !isfinite(b) || size > 1e6 ||
           fabs((double)a - (double)b) <= 1e-2 * fmax(size, 1);
}

/* The same bits, or nearly the same numbers. */
static inline void compare(const results *a, const results *b, bool nearly, const char *what)
{
    if ((a->status < 0) != (b->status < 0))
        wrong(what);
    for (int i = 0; a->status >= 0 && b->status >= 0 && i < a->count; i++) {
        const float *left = a->outputs[i]->data, *right = b->outputs[i]->data;
        int64_t count = hone_array_count(a->outputs[i]);
        if (count != hone_array_count(b->outputs[i]))
            abort();
        for (int64_t j = 0; j < count; j++)
            if (nearly ? !near(left[j], right[j])
                       : memcmp(left + j, right + j, sizeof *left) != 0 &&
                             !(isnan(left[j]) && isnan(right[j]))) {
                fprintf(stderr, "%s: %g and %g at %lld\n", what, left[j], right[j], (long long)j);
                abort();
            }
    }
}

/* What steps from one whole number to the next may do so elsewhere with other roundings. */
static inline bool is_smooth(const uint8_t *data, size_t size)
{
    static const char *const STEPS[] = {
        "iscretiz", "ategory", "oster",   "andom", "olariz",   "quant",     "Aug",    "Mix",
        "CutMix",   "Equaliz", "ontrast", "AutoC", "loor",     "ound",      "sign",   "Sign",
        "rgm",      "reater",  "ess",     "qual",  "opK",      "ort",       "ropout", "oise",
        "eil",      "od",      "nan",     "NaN",   "Infinity", "threshold", "esiz",   "float16"};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
        if (has_word(data, size, STEPS[i]))
            return false;
    return true;
}

static inline hone_model *reload(hone_model *model, const char *end, const char *what)
{
    const char *path = fuzz_file("", 0, end);
    if (hone_save(model, path) < 0) {
        wrong(what);
        return NULL;
    }
    hone_model *again = hone_load(path);
    if (again == NULL)
        wrong(what);
    return again;
}

/* The best kernels are those of this table; others take their place, and leave it again. */
static inline results predict_with(hone_model *model, const hone_batch *batch, const char *table)
{
    hone_kernels *best = (hone_kernels *)(uintptr_t)hone_internal_kernels(), kept = *best;
    *best = *hone_internal_kernels_named(table);
    best->name = kept.name;
    results made = predict(model, batch);
    *best = kept;
    return made;
}

/* A new file, so that plans of before do not count. */
static inline void compare_ways(hone_model *model, const hone_batch *batch, const results *expected,
                                bool smooth, bool stateful)
{
    hone_model *again = reload(model, ".keras", "a file that was written");
    if (again == NULL)
        return;
    hone_set_threads(3);
    results made = predict(again, batch);
    if (!stateful)
        compare(expected, &made, false, "the file and three threads");
    free_results(&made);
    hone_set_threads(1);
    hone_model_free(again);
    for (int i = 0; smooth && i < 2; i++) {
        static const char *const TABLES[] = {"generic", "ref"};
        again = reload(model, ".keras", "the same file once more");
        if (again == NULL)
            return;
        made = predict_with(again, batch, TABLES[i]);
        compare(expected, &made, true, TABLES[i]);
        free_results(&made);
        hone_model_free(again);
    }
}

/* Two copies of the model, trained for two steps on one thread and on three: the same bits. */
static inline void compare_training(hone_model *model, const hone_batch *batch)
{
    static const int THREADS[] = {1, 3};
    results made[2] = {{.status = HONE_ERROR_STATE}, {.status = HONE_ERROR_STATE}};
    hone_logs logs = {.count = 0};
    for (int i = 0; i < 2; i++) {
        hone_model *copy = reload(model, ".keras", "a file before training");
        hone_set_threads(THREADS[i]);
        if (copy != NULL && copy->compiled.ready && hone_train_on_batch(copy, batch, &logs) >= 0 &&
            hone_train_on_batch(copy, batch, &logs) >= 0)
            made[i] = predict(copy, batch);
        hone_set_threads(1);
        hone_model_free(copy);
    }
    compare(&made[0], &made[1], false, "training on three threads");
    free_results(&made[0]);
    free_results(&made[1]);
}

static inline void compare_graph(hone_model *model, const hone_batch *batch, const results *expected,
                                 bool smooth)
{
    const char *path = fuzz_file("", 0, ".onnx");
    if (hone_export_onnx(model, path) < 0)
        return; /* not all layers have a form there */
    hone_model *again = hone_load(path);
    if (again == NULL) {
        wrong("a graph that was written");
        return;
    }
    results made = predict(again, batch);
    if (smooth)
        compare(expected, &made, true, "the graph");
    free_results(&made);
    hone_model_free(again);
}

static inline void use_model(hone_model *model, bool smooth, bool stateful)
{
    hone_array *owned[2 * HONE_MAX_ENDS] = {NULL};
    hone_batch batch = {.x = {{.data = NULL}}};
    hone_logs logs = {.count = 0};
    if (model->built && fill_batch(model, owned, &batch)) {
        if (!model->compiled.ready)
            hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.01), .loss = "mse");
        if (model->compiled.ready)
            compare_training(model, &batch);
        if (model->compiled.ready)
            hone_train_on_batch(model, &batch, &logs);
        results expected = predict(model, &batch);
        compare_ways(model, &batch, &expected, smooth, stateful);
        compare_graph(model, &batch, &expected, smooth);
        free_results(&expected);
    }
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        hone_array_free(owned[i]);
}

#endif
