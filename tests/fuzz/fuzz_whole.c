/* Fuzz target: what becomes of a model. The input is a configuration of Keras (JSON with a class_name), a
 * recipe (other JSON, YAML), or an ONNX graph; structure.h changes values, kinds, names and sizes in it. What
 * is still a model is compiled, trained for a step, saved, loaded and compared; predicts on three threads
 * with the same bits as on one, and with the generic kernels within rounding; and goes to ONNX and back. */
#include "keras/keras.h"
#include "model/model.h"
#include "onnx/import.h"
#include "kernels/kernels.h"
#include "structure.h"
#include "replay.h"
#include <hone/hone.h>

enum { BATCH = 4, MOST_NUMBERS = 1 << 16, MOST_BYTES = 1 << 24 };

/* ---- memory: a model may ask for as much as the machine has; here for little at once ---- */

static void *limited(void *context, size_t bytes)
{
    (void)context;
    return bytes <= MOST_BYTES ? malloc(bytes) : NULL;
}

static void *limited_again(void *context, void *pointer, size_t bytes)
{
    (void)context;
    return bytes <= MOST_BYTES ? realloc(pointer, bytes) : NULL;
}

static void release(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

/* What must not happen. That memory is gone may always happen. */
static void wrong(const char *what)
{
    if (hone_error_status() == HONE_ERROR_MEMORY || hone_error_status() == HONE_ERROR_UNSUPPORTED ||
        strstr(hone_error_message(), "produces more than") != NULL) /* of a fixed batch */
        return;
    fprintf(stderr, "%s: %s\n", what, hone_error_message());
    abort();
}

/* ---- reading ---- */

static hone_model *read_config(const uint8_t *data, size_t size)
{
    hone_config *tree = hone_internal_json_parse((const char *)data, size, "fuzz");
    hone_loading loading;
    hone_model *model = NULL;
    if (tree != NULL && hone_internal_loading_begin(&loading, NULL, 1 << 20) >= 0) {
        model = hone_internal_model_from_config(tree, &loading);
        hone_internal_loading_end(&loading);
    }
    const hone_config *settings = hone_internal_config_get(tree, "compile_config");
    if (model != NULL && model->built && hone_internal_config_present(settings))
        hone_internal_model_compile_config(model, settings, NULL); /* or else it only predicts */
    hone_internal_config_free(tree);
    return model;
}

static hone_model *read_recipe(const uint8_t *data, size_t size)
{
    char *text = hone_internal_copy_text_n((const char *)data, size);
    hone_recipe *recipe = text == NULL ? NULL : hone_recipe_parse(text, "fuzz");
    hone_model *model = recipe == NULL ? NULL : hone_recipe_model(recipe);
    hone_recipe_free(recipe);
    hone_internal_free(text);
    return model;
}

static hone_model *read_graph(const uint8_t *data, size_t size)
{
    hone_onnx_file *file = hone_internal_onnx_parse(data, size, "fuzz");
    hone_model *model = file == NULL ? NULL : hone_internal_onnx_model(file, NULL);
    hone_internal_onnx_close(file);
    return model;
}

static bool has_word(const uint8_t *data, size_t size, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, word, length) == 0)
            return true;
    return false;
}

static hone_model *read_any(const uint8_t *data, size_t size)
{
    if (!is_tree(data, size))
        return read_graph(data, size);
    return data[0] == '{' && has_word(data, size, "\"class_name\"") ? read_config(data, size)
                                                                    : read_recipe(data, size);
}

/* ---- using ---- */

/* Zeros and ones for what a tensor takes; NULL when that would be much. */
static hone_array *numbers_for(hone_shape shape)
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
static bool fill_batch(const hone_model *model, hone_array **owned, hone_batch *batch)
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

static results predict(hone_model *model, const hone_batch *batch)
{
    results made = {.count = model->output_count};
    made.status = hone_predict_on_batch(model, batch, false, made.outputs);
    return made;
}

static void free_results(results *made)
{
    for (int i = 0; made->status >= 0 && i < made->count; i++)
        hone_array_free(made->outputs[i]);
}

static bool near(float a, float b)
{
    double size = fmax(fabs((double)a), fabs((double)b));
    return a == b || !isfinite(a) || !isfinite(b) || size > 1e6 ||
           fabs((double)a - (double)b) <= 1e-2 * fmax(size, 1);
}

/* The same bits, or nearly the same numbers. */
static void compare(const results *a, const results *b, bool nearly, const char *what)
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
static bool is_smooth(const uint8_t *data, size_t size)
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

static hone_model *reload(hone_model *model, const char *end, const char *what)
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

/* The best kernels are those of this table; the generic ones take their place, and leave it again. */
static results predict_generic(hone_model *model, const hone_batch *batch)
{
    hone_kernels *best = (hone_kernels *)(uintptr_t)hone_internal_kernels(), kept = *best;
    *best = *hone_internal_kernels_named("generic");
    best->name = kept.name;
    results made = predict(model, batch);
    *best = kept;
    return made;
}

/* A new file, so that plans of before do not count. */
static void compare_ways(hone_model *model, const hone_batch *batch, const results *expected, bool smooth,
                         bool stateful)
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
    again = smooth ? reload(model, ".keras", "the same file once more") : NULL;
    if (again == NULL)
        return;
    made = predict_generic(again, batch);
    compare(expected, &made, true, "generic kernels");
    free_results(&made);
    hone_model_free(again);
}

static void compare_graph(hone_model *model, const hone_batch *batch, const results *expected, bool smooth)
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

static void use_model(hone_model *model, bool smooth, bool stateful)
{
    hone_array *owned[2 * HONE_MAX_ENDS] = {NULL};
    hone_batch batch = {.x = {{.data = NULL}}};
    hone_logs logs = {.count = 0};
    if (model->built && fill_batch(model, owned, &batch)) {
        if (!model->compiled.ready)
            hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.01), .loss = "mse");
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const hone_allocator small = {limited, limited_again, release, NULL};
    if (size < 2)
        return 0;
    hone_set_allocator(&small);
    hone_set_threads(1);
    hone_error_clear();
    hone_model *model = read_any(data, size);
    if (model == NULL && (hone_error_status() >= 0 || hone_error_message()[0] == '\0'))
        wrong("refused without a word");
    if (getenv("FUZZ_SAY") != NULL)
        fprintf(stderr, "%s\n", model != NULL ? "a model" : hone_error_message());
    if (model != NULL)
        use_model(model, is_smooth(data, size), has_word(data, size, "\"stateful\": true"));
    hone_model_free(model);
    return 0;
}
