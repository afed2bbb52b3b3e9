/* What quantised layers share: the weights that they add and what they compute with them. */
#include "layers/quantized.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the argument ---- */

static bool take(const char **place, const char *word)
{
    const size_t length = strlen(word);
    const bool found = strncmp(*place, word, length) == 0;
    *place += found ? length : 0;
    return found;
}

static bool parse(const char *text, hone_quantization *how)
{
    const char *place = text;
    *how = (hone_quantization){.block = -1};
    how->bits = take(&place, "int8") ? 8 : take(&place, "int4") ? 4 : 0;
    how->inputs = how->bits == 8;
    if (how->bits == 0)
        return false;
    if (how->bits == 4)
        how->block = 128;
    if (how->bits == 4 && take(&place, "/")) {
        char *end;
        how->block = strtoll(place, &end, 10);
        if (end == place || (how->block < 1 && how->block != -1) || how->block > INT32_MAX)
            return false;
        place = end;
    }
    if (take(&place, "+inputs"))
        how->inputs = true;
    else if (take(&place, "-inputs"))
        how->inputs = false;
    return *place == '\0';
}

hone_status hone_internal_quantization_parse(const char *text, hone_quantization *how)
{
    if (parse(text, how))
        return HONE_OK;
    *how = (hone_quantization){0};
    return hone_fail(
        HONE_ERROR_ARGUMENT,
        "\"%.60s\" is not a quantisation: expected int8, int4 (the same as int4/128), int4/SIZE of "
        "blocks or int4/-1; +inputs or -inputs behind it says whether inputs are quantised too",
        text);
}

hone_quantization hone_internal_layer_quantization(const hone_layer *layer)
{
    const char *const *text = hone_internal_layer_argument(layer, "quantization_config");
    hone_quantization how = {0};
    if (text != NULL && *text != NULL)
        parse(*text, &how);
    return how;
}

hone_status hone_internal_quantization_check(const hone_layer *layer)
{
    const char *const *text = hone_internal_layer_argument(layer, "quantization_config");
    hone_quantization how;
    return text == NULL || *text == NULL ? HONE_OK : hone_internal_quantization_parse(*text, &how);
}

/* ---- weights ---- */

static hone_variable *add(hone_layer *layer, const char *name, const char *end, hone_shape shape,
                          const char *initializer)
{
    char whole[96];
    snprintf(whole, sizeof whole, "%s%s", name, end);
    return hone_layer_add_weight(layer, &(hone_weight){whole, shape, initializer, NULL, NULL, true});
}

static hone_variable *part(const hone_layer *layer, const char *name, const char *end)
{
    char whole[96];
    snprintf(whole, sizeof whole, "%s%s", name, end);
    return hone_layer_weight(layer, whole);
}

hone_status hone_internal_quantized_add(hone_layer *layer, const hone_quantized_weight *weight)
{
    hone_variable *q = add(layer, weight->name, "", weight->shape, "zeros");
    if (q == NULL)
        return hone_error_status();
    q->stored = HONE_INT8;
    q->packed = hone_internal_layer_quantization(layer).bits == 4 ? weight->packed : 0;
    return HONE_OK;
}

/* [blocks, columns], or by row [rows, blocks]; without blocks one number for each. */
static hone_shape scale_shape(const hone_quantized_weight *weight, int64_t block)
{
    if (weight->scale.rank > 0)
        return weight->scale;
    const int64_t kept = weight->shape.size[weight->by_row ? 0 : 1],
                  other = weight->shape.size[weight->by_row ? 1 : 0];
    if (block < 1)
        return HONE_SHAPE(kept);
    const int64_t blocks = (other - 1) / block + 1;
    return weight->by_row ? HONE_SHAPE(kept, blocks) : HONE_SHAPE(blocks, kept);
}

hone_status hone_internal_quantized_add_scales(hone_layer *layer, const hone_quantized_weight *weight)
{
    const hone_quantization how = hone_internal_layer_quantization(layer);
    const hone_shape shape = scale_shape(weight, how.block);
    if (add(layer, weight->name, "_scale", shape, "ones") == NULL)
        return hone_error_status();
    if (how.block < 1)
        return HONE_OK;
    hone_variable *zero = add(layer, weight->name, "_zero", shape, "zeros");
    if (zero == NULL)
        return hone_error_status();
    zero->stored = weight->zero_is_whole ? HONE_INT8 : HONE_FLOAT32;
    if (hone_layer_weight(layer, "g_idx") != NULL)
        return HONE_OK;
    return add(layer, "g_idx", "", HONE_SHAPE(weight->shape.size[weight->by_row ? 1 : 0]), "zeros") == NULL
               ? hone_error_status()
               : HONE_OK;
}

/* ---- computing ---- */

static hone_value value_of(hone_graph *graph, hone_variable *variable)
{
    return hone_internal_layer_round(graph, hone_graph_variable(graph, variable));
}

/* [..., blocks] to [..., n]: for each of n its block's number. Sums of one number and zeros are exact. */
static hone_value spread_last(hone_graph *graph, hone_value x, hone_variable *index)
{
    hone_value which =
        hone_op_one_hot(graph, hone_graph_variable(graph, index), hone_value_size(graph, x, -1));
    return hone_op_matmul(graph, x, which, false, true);
}

/* (q - zero) scale, of a weight in blocks. */
static hone_value in_blocks(const hone_layer *layer, hone_graph *graph, const char *name, bool by_row)
{
    hone_variable *index = hone_layer_weight(layer, "g_idx");
    hone_value q = value_of(graph, hone_layer_weight(layer, name)),
               scale = value_of(graph, part(layer, name, "_scale")),
               zero = value_of(graph, part(layer, name, "_zero")), places = hone_graph_variable(graph, index);
    scale = by_row ? spread_last(graph, scale, index) : hone_op_gather_rows(graph, scale, places);
    zero = by_row ? spread_last(graph, zero, index) : hone_op_gather_rows(graph, zero, places);
    return hone_internal_layer_round(
        graph,
        hone_op_multiply(graph, hone_internal_layer_round(graph, hone_op_subtract(graph, q, zero)), scale));
}

static hone_value as_column(hone_graph *graph, hone_value scale, bool by_row)
{
    return by_row ? hone_op_expand(graph, scale, 1) : scale;
}

hone_value hone_internal_quantized_weights(const hone_layer *layer, hone_graph *graph, const char *name,
                                           bool by_row)
{
    if (part(layer, name, "_zero") != NULL)
        return in_blocks(layer, graph, name, by_row);
    hone_value q = value_of(graph, hone_layer_weight(layer, name)),
               scale = value_of(graph, part(layer, name, "_scale"));
    return hone_internal_layer_round(graph, hone_op_divide(graph, q, as_column(graph, scale, by_row)));
}

/* Rows of q, scales and zeros by ids. */
static hone_value rows_of(const hone_layer *layer, hone_graph *graph, hone_value ids)
{
    const char *name = layer->type->adapted;
    hone_variable *zeros = part(layer, name, "_zero"), *index = hone_layer_weight(layer, "g_idx");
    hone_value q = hone_op_gather_rows(graph, hone_graph_variable(graph, hone_layer_weight(layer, name)),
                                       ids),
               scale = hone_graph_variable(graph, part(layer, name, "_scale"));
    if (zeros == NULL)
        return hone_op_divide(graph, q, hone_op_gather_rows(graph, hone_op_expand(graph, scale, 1), ids));
    scale = spread_last(graph, hone_op_gather_rows(graph, scale, ids), index);
    hone_value zero =
        spread_last(graph, hone_op_gather_rows(graph, hone_graph_variable(graph, zeros), ids), index);
    return hone_op_multiply(graph, hone_op_subtract(graph, q, zero), scale);
}

hone_value hone_internal_quantized_rows(const hone_layer *layer, hone_graph *graph, hone_value ids)
{
    const hone_half half = graph->half;
    graph->half = HONE_HALF_NONE;
    hone_value rows = rows_of(layer, graph, ids);
    graph->half = half;
    return rows;
}

hone_value hone_internal_quantized_inputs(hone_graph *graph, hone_value x, const int *axes, int count,
                                          hone_value *scale)
{
    hone_value still = hone_op_stop_gradient(graph, x);
    hone_value most = hone_op_absolute(graph, still);
    if (count > 0)
        most = hone_op_reduce(graph, "maximum", most, axes, count, true);
    most = hone_internal_layer_round(graph, hone_op_add(graph, most, hone_graph_constant(graph, 1e-7)));
    *scale = hone_internal_layer_round(graph, hone_op_divide(graph, hone_graph_constant(graph, 127), most));
    hone_value scaled = hone_internal_layer_round(graph, hone_op_multiply(graph, still, *scale));
    return hone_op_clip(graph, hone_op_unary(graph, "round", scaled, (hone_parameters){0}), -127, 127);
}

/* exact + (smooth - smooth), where the second `smooth` has no gradient. */
hone_value hone_internal_straight_through(hone_graph *graph, hone_value exact, hone_value smooth)
{
    hone_value nothing = hone_op_subtract(graph, smooth, hone_op_stop_gradient(graph, smooth));
    return hone_op_add(graph, hone_op_stop_gradient(graph, exact), nothing);
}

/* x q / (scale of x times scale of q), where the numbers of a column, or row, share their scale. */
static hone_value plain_product(const hone_layer *layer, hone_graph *graph, hone_value x, const char *name,
                                bool by_row)
{
    const hone_quantization how = hone_internal_layer_quantization(layer);
    hone_value q = hone_graph_variable(graph, hone_layer_weight(layer, name)),
               scale = value_of(graph, part(layer, name, "_scale")), of_x;
    const bool smooth_wanted = !how.inputs || hone_graph_training(graph);
    hone_value smooth =
        smooth_wanted
            ? hone_op_divide(
                  graph, hone_internal_layer_round(graph, hone_op_matmul(graph, x, q, false, by_row)), scale)
            : HONE_NO_VALUE;
    if (!how.inputs)
        return hone_internal_layer_round(graph, smooth);
    hone_value whole = hone_internal_quantized_inputs(graph, x, (int[]){-1}, 1, &of_x);
    hone_value y = hone_internal_layer_round(graph, hone_op_matmul(graph, whole, q, false, by_row));
    hone_value both = hone_internal_layer_round(graph, hone_op_multiply(graph, scale, of_x));
    y = hone_internal_layer_round(graph, hone_op_divide(graph, y, both));
    return smooth_wanted ? hone_internal_straight_through(graph, y, smooth) : y;
}

static hone_value product_in_blocks(const hone_layer *layer, hone_graph *graph, hone_value x,
                                    const char *name, bool by_row)
{
    hone_value w = in_blocks(layer, graph, name, by_row), of_x;
    if (!hone_internal_layer_quantization(layer).inputs)
        return hone_internal_layer_round(graph, hone_op_matmul(graph, x, w, false, by_row));
    hone_value whole = hone_internal_quantized_inputs(graph, x, (int[]){-1}, 1, &of_x);
    hone_value y = hone_op_divide(graph, hone_op_matmul(graph, whole, w, false, by_row), of_x);
    return hone_graph_training(graph)
               ? hone_internal_straight_through(graph, y, hone_op_matmul(graph, x, w, false, by_row))
               : y;
}

hone_value hone_internal_quantized_product(const hone_layer *layer, hone_graph *graph, hone_value x,
                                           const char *name, bool by_row)
{
    hone_value y = part(layer, name, "_zero") != NULL ? product_in_blocks(layer, graph, x, name, by_row)
                                                      : plain_product(layer, graph, x, name, by_row);
    if (strcmp(name, layer->type->adapted) != 0 || hone_layer_weight(layer, name)->lora_a == NULL)
        return y;
    hone_value added = hone_op_matmul(graph, x, hone_internal_layer_adaptation(layer, graph), false, by_row);
    return hone_internal_layer_round(graph, hone_op_add(graph, y, added));
}
