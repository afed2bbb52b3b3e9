/* Keras's quantize also turns the projections within attention with heads, but its files say nothing of them
 * beside their weights: of eight bits the kernel keeps its shape, of four it is packed; then, in blocks, the
 * last weight has the block of each row. Such a layer is quantised before its weights are read. */
#include "base/memory.h"
#include "keras/staging.h"
#include "layers/quantized.h"

#include <stdio.h>
#include <string.h>

enum { USUAL_BLOCK = 128 };

/* A kernel that is whole numbers in the file, and not in the model. `block` 0: not known, as all rows are of
 * one. */
typedef struct whole_kernel {
    const hone_variable *variable;
    int bits;
    int64_t block; /* of four bits; -1: none */
} whole_kernel;

typedef struct whole_kernels {
    hone_weights_file *file;
    whole_kernel *items;
    size_t count, capacity;
} whole_kernels;

/* ---- what the file has ---- */

/* The rows that the first block has, out of the block of each row. */
static hone_status read_block(hone_weights_file *file, const char *vars, int64_t index, int64_t *block)
{
    hone_array found;
    HONE_TRY(hone_internal_weights_shape(file, vars, index, &found));
    if (found.rank != 1)
        return HONE_OK;
    const int64_t rows = found.shape[0];
    float *of = hone_internal_allocate((size_t)rows * sizeof *of + 1);
    if (of == NULL)
        return HONE_ERROR_MEMORY;
    hone_array expected = hone_array_view(of, HONE_FLOAT32, 1, &rows);
    hone_status status = hone_internal_weights_read(file, vars, index, &expected);
    int64_t first = 0;
    while (status >= 0 && first < rows && of[first] <= 0)
        first++;
    *block = first < rows || rows > USUAL_BLOCK ? first : 0;
    hone_internal_free(of);
    return status;
}

static bool same_shape(hone_shape expected, const hone_array *found)
{
    return expected.rank == found->rank &&
           memcmp(expected.size, found->shape, (size_t)found->rank * sizeof *found->shape) == 0;
}

/* `count`: the weights of the layer as floats, a kernel and perhaps a bias. */
static hone_status describe(hone_weights_file *file, const char *vars, size_t count, whole_kernel *kernel)
{
    hone_array found;
    const int64_t in_file = hone_internal_weights_count(file, vars);
    if (in_file <= (int64_t)count)
        return in_file < 0 ? (hone_status)in_file : HONE_OK;
    HONE_TRY(hone_internal_weights_shape(file, vars, 0, &found));
    if (found.type != HONE_INT8)
        return HONE_OK;
    kernel->bits = same_shape(kernel->variable->shape, &found) ? 8 : 4;
    kernel->block = -1;
    return kernel->bits == 4 && in_file == (int64_t)count + 3
               ? read_block(file, vars, in_file - 1, &kernel->block)
               : HONE_OK;
}

static hone_status note(void *context, const char *path, const char *name, hone_variable **variables,
                        size_t count)
{
    whole_kernels *found = context;
    (void)name;
    if (count == 0 || variables[0]->stored != HONE_FLOAT32)
        return HONE_OK;
    whole_kernel kernel = {.variable = variables[0]};
    char *vars = hone_internal_vars_path(path);
    hone_status status = vars == NULL ? HONE_ERROR_MEMORY : describe(found->file, vars, count, &kernel);
    hone_internal_free(vars);
    if (status < 0 || kernel.bits == 0)
        return status;
    HONE_TRY(hone_internal_grow(&found->items, &found->capacity, found->count + 1, sizeof *found->items));
    found->items[found->count++] = kernel;
    return HONE_OK;
}

/* ---- what the model becomes ---- */

/* Of all parts of a layer together; bits 0: none is quantised. */
static whole_kernel summarise(const whole_kernels *found, const hone_layer *layer)
{
    whole_kernel all = {0};
    const hone_layer *part;
    for (int i = 0; (part = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        for (size_t k = 0; k < found->count; k++)
            if (part->weight_count > 0 && found->items[k].variable == part->weights[0]) {
                all.bits = found->items[k].bits;
                all.block = all.block > 0 ? all.block : found->items[k].block;
            }
    return all;
}

static hone_status quantize(const whole_kernels *found, hone_layer *layer)
{
    char mode[40] = "int8";
    if (!hone_internal_layer_quantizes_parts(layer))
        return HONE_OK;
    const whole_kernel all = summarise(found, layer);
    if (all.bits == 4)
        snprintf(mode, sizeof mode, "int4/%lld", (long long)(all.block == 0 ? USUAL_BLOCK : all.block));
    return all.bits == 0 ? HONE_OK : hone_internal_layer_quantize(layer, mode);
}

static hone_status quantize_all(const whole_kernels *found, hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        hone_model *nested = hone_internal_layer_model(model->layers[i]);
        HONE_TRY(nested != NULL ? quantize_all(found, nested) : quantize(found, model->layers[i]));
    }
    return HONE_OK;
}

static bool has_parts(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_model *nested = hone_internal_layer_model(model->layers[i]);
        if (nested != NULL ? has_parts(nested) : hone_internal_layer_quantizes_parts(model->layers[i]))
            return true;
    }
    return false;
}

hone_status hone_internal_keras_quantize_parts(hone_model *model, hone_weights_file *file,
                                               hone_weights_layout layout)
{
    whole_kernels found = {.file = file};
    if (!has_parts(model))
        return HONE_OK;
    hone_status status = hone_internal_visit_model(model, "", layout, hone_model_name(model), note, &found);
    if (status >= 0 && found.count > 0) {
        status = quantize_all(&found, model);
        hone_status taken = hone_internal_model_take_weights(model);
        status = status < 0 ? status : taken;
    }
    hone_internal_free(found.items);
    return status;
}
