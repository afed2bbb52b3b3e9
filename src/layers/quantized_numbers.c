/* Quantising numbers as Keras does.
 *
 *   abs-max: scale = h / (max |w| + 1e-7), q = round(w scale) within l to h;
 *            of eight bits l = -127, h = 127, of four l = -8, h = 7
 *
 *   blocks:  scale = (max w - min w + 1e-7) / 15, zero = round(-min w / scale) - 8,
 *            q = round(w / scale) + zero, all within -8 to 7 */
#include "base/memory.h"
#include "layers/quantized.h"

#include <math.h>
#include <stdio.h>

static float within(float x, float low, float high)
{
    return x < low ? low : x > high ? high : x;
}

static void abs_max(const hone_quantizing *how, const float *w, float *q, float *scale)
{
    const float high = how->bits == 8 ? 127 : 7, low = how->bits == 8 ? -127 : -8;
    for (int64_t c = 0; c < how->cells; c++)
        scale[c] = 0;
    for (int64_t i = 0; i < how->count; i++) {
        float *most = &scale[how->cell(how->context, i)];
        *most = fabsf(w[i]) > *most ? fabsf(w[i]) : *most;
    }
    for (int64_t c = 0; c < how->cells; c++)
        scale[c] = high / (scale[c] + 1e-7f);
    for (int64_t i = 0; i < how->count; i++)
        q[i] = within(rintf(w[i] * scale[how->cell(how->context, i)]), low, high);
}

/* `scale` holds the greatest and `zero` the least at first. */
static void in_blocks(const hone_quantizing *how, const float *w, const int64_t *sizes, float *q,
                      float *scale, float *zero)
{
    for (int64_t c = 0; c < how->cells; c++) {
        scale[c] = sizes[c] < how->full ? 0 : -INFINITY;
        zero[c] = sizes[c] < how->full ? 0 : INFINITY;
    }
    for (int64_t i = 0; i < how->count; i++) {
        const int64_t c = how->cell(how->context, i);
        scale[c] = w[i] > scale[c] ? w[i] : scale[c];
        zero[c] = w[i] < zero[c] ? w[i] : zero[c];
    }
    for (int64_t c = 0; c < how->cells; c++) {
        scale[c] = (scale[c] - zero[c] + 1e-7f) / 15;
        zero[c] = within(rintf(-zero[c] / scale[c]) - 8, -8, 7);
    }
    for (int64_t i = 0; i < how->count; i++) {
        const int64_t c = how->cell(how->context, i);
        q[i] = within(rintf(w[i] / scale[c]) + zero[c], -8, 7);
    }
}

hone_status hone_internal_quantize(const hone_quantizing *how, const float *w, float *q, float *scale,
                                   float *zero)
{
    if (!how->blocks) {
        abs_max(how, w, q, scale);
        return HONE_OK;
    }
    int64_t *sizes = hone_internal_allocate_zeroed((size_t)how->cells + 1, sizeof *sizes);
    if (sizes == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < how->count; i++)
        sizes[how->cell(how->context, i)]++;
    in_blocks(how, w, sizes, q, scale, zero);
    hone_internal_free(sizes);
    return HONE_OK;
}

void hone_internal_dequantize(const hone_quantizing *how, const float *q, const float *scale,
                              const float *zero, float *w)
{
    for (int64_t i = 0; i < how->count; i++) {
        const int64_t c = how->cell(how->context, i);
        w[i] = how->blocks ? (q[i] - zero[c]) * scale[c] : q[i] / scale[c];
    }
}

/* ---- rows, columns and blocks ---- */

typedef struct grid {
    int64_t columns, block, blocks;
    bool by_row;
} grid;

static int64_t cell_of(const void *context, int64_t i)
{
    const grid *of = context;
    const int64_t row = i / of->columns, column = i % of->columns;
    if (of->block < 1)
        return of->by_row ? row : column;
    return of->by_row ? row * of->blocks + column / of->block : row / of->block * of->columns + column;
}

static float *part(const hone_layer *layer, const char *name, const char *end)
{
    char whole[96];
    snprintf(whole, sizeof whole, "%s%s", name, end);
    hone_variable *variable = hone_layer_weight(layer, whole);
    if (variable == NULL)
        return NULL;
    variable->fresh = false;
    return hone_internal_variable_data(variable);
}

/* The cells of a weight; `of` is what their places are reckoned from. */
static hone_quantizing describe(const hone_layer *layer, const char *name, bool by_row, grid *of)
{
    const hone_quantization kind = hone_internal_layer_quantization(layer);
    const hone_shape shape = hone_layer_weight(layer, name)->shape;
    const int64_t rows = shape.size[0], columns = shape.size[1], along = by_row ? columns : rows;
    const int64_t blocks = kind.block < 1 ? 1 : (along - 1) / kind.block + 1;
    *of = (grid){columns, kind.block, blocks, by_row};
    return (hone_quantizing){.count = rows * columns,
                             .cells = (by_row ? rows : columns) * blocks,
                             .cell = cell_of,
                             .context = of,
                             .bits = kind.bits,
                             .blocks = kind.block > 0,
                             .full = kind.block};
}

hone_status hone_internal_quantized_fill(hone_layer *layer, const char *name, bool by_row,
                                         const float *numbers)
{
    grid of;
    const hone_quantizing how = describe(layer, name, by_row, &of);
    const hone_variable *places = hone_layer_weight(layer, "g_idx");
    float *index = part(layer, "g_idx", "");
    for (int64_t i = 0; index != NULL && i < hone_internal_variable_count(places); i++)
        index[i] = (float)(i / of.block);
    return hone_internal_quantize(&how, numbers, part(layer, name, ""), part(layer, name, "_scale"),
                                  part(layer, name, "_zero"));
}

void hone_internal_quantized_restore(hone_layer *layer, const char *name, bool by_row, float *numbers)
{
    grid of;
    const hone_quantizing how = describe(layer, name, by_row, &of);
    hone_internal_dequantize(&how, part(layer, name, ""), part(layer, name, "_scale"),
                             part(layer, name, "_zero"), numbers);
}
