/* Quantised layers: weights are whole numbers q, each a float here, with a scale for each column, row or
 * block of them. Abs-max: w = q / scale. In blocks, of four bits: w = (q - zero) scale. */
#ifndef HONE_LAYERS_QUANTIZED_H
#define HONE_LAYERS_QUANTIZED_H

#include "layers/layer.h"

/* What the argument quantization_config says. */
typedef struct hone_quantization {
    int bits;      /* 8 or 4; 0: not quantised */
    int64_t block; /* of four bits: rows that share a scale; -1: all */
    bool inputs;   /* are quantised too, each time */
} hone_quantization;

/* "int8", "int4/128", "int4/-1", with "+inputs" or "-inputs" behind it where that is not usual. */
hone_status hone_internal_quantization_parse(const char *text, hone_quantization *how);
/* Of a layer; bits 0 where it has no such argument or none is given. The text has been checked. */
hone_quantization hone_internal_layer_quantization(const hone_layer *layer);
/* For the check of arguments: a valid text or none. */
hone_status hone_internal_quantization_check(const hone_layer *layer);

/* One quantised weight of a layer: q [rows, columns], packed along an axis when of four bits, with a scale
 * for each column or, `by_row`, for each row, and for each block of the other axis. */
typedef struct hone_quantized_weight {
    const char *name;  /* "kernel" */
    const char *index; /* of the weight that says which block each row is of; NULL: "g_idx" */
    hone_shape shape;  /* of q */
    hone_shape scale;  /* where it is not by rows, columns and blocks: of eight bits alone; rank 0: it is */
    int packed;        /* the axis, counted from 1 */
    bool by_row;
    bool zero_is_whole; /* files have the zeros as bytes */
} hone_quantized_weight;

/* Adds "kernel"; then its "kernel_scale", "kernel_zero" and "g_idx", as far as it has them. */
hone_status hone_internal_quantized_add(hone_layer *layer, const hone_quantized_weight *weight);
hone_status hone_internal_quantized_add_scales(hone_layer *layer, const hone_quantized_weight *weight);
/* w [rows, columns] as a value of the graph: of blocks or not. */
hone_value hone_internal_quantized_weights(const hone_layer *layer, hone_graph *graph, const char *name,
                                           bool by_row);
/* Rows of a table that is quantised by row, in floats. */
hone_value hone_internal_quantized_rows(const hone_layer *layer, hone_graph *graph, hone_value ids);

/* x times 127 / (the largest |x| over the axes + 1e-7), rounded half to even; no gradient. */
hone_value hone_internal_quantized_inputs(hone_graph *graph, hone_value x, const int *axes, int count,
                                          hone_value *scale);
/* `exact` with the gradient of `smooth`. */
hone_value hone_internal_straight_through(hone_graph *graph, hone_value exact, hone_value smooth);
/* x [..., n] times the weight [n, u], or, by row, [u, n] turned; with what is adapted. */
hone_value hone_internal_quantized_product(const hone_layer *layer, hone_graph *graph, hone_value x,
                                           const char *name, bool by_row);
/* low_rank.c: scale A B [m, n] of the adapted weight; HONE_NO_VALUE, without an error, where there is none.
 */
hone_value hone_internal_layer_adaptation(const hone_layer *layer, hone_graph *graph);

/* ---- quantising ---- */

/* The cell of scales that number i belongs to, for `hone_internal_quantize`. */
typedef int64_t hone_scale_place(const void *context, int64_t i);
typedef struct hone_quantizing {
    int64_t count, cells;
    hone_scale_place *cell;
    const void *context;
    int bits;
    bool blocks;  /* with zeros; a cell that lacks numbers counts as if it had 0 among them */
    int64_t full; /* numbers in a whole cell */
} hone_quantizing;
hone_status hone_internal_quantize(const hone_quantizing *how, const float *w, float *q, float *scale,
                                   float *zero);
/* Whether a layer has a quantised form, of a weight of its own or of the layers within it (attention with
 * heads); turns one that is built into it. */
bool hone_internal_layer_quantizes(const hone_layer *layer);
bool hone_internal_layer_quantizes_parts(const hone_layer *layer);
hone_status hone_internal_layer_quantize(hone_layer *layer, const char *how);
void hone_internal_dequantize(const hone_quantizing *how, const float *q, const float *scale,
                              const float *zero, float *w);
/* The numbers of the weight "kernel", by rows, columns and blocks, back out of their quantised form. */
void hone_internal_quantized_restore(hone_layer *layer, const char *name, bool by_row, float *numbers);
/* A low-rank adaptation of a quantised weight, or of none, goes into the weight, which is quantised anew. */
hone_status hone_internal_quantized_merge(hone_layer *layer);
/* The same for a while: what the weights held is kept, in a list to which this adds, until it is given back.
 */
typedef struct hone_held_numbers {
    struct hone_held_numbers *next;
    hone_variable *variable;
    float *numbers;
} hone_held_numbers;
hone_status hone_internal_quantized_lend(hone_layer *layer, hone_held_numbers **held);
void hone_internal_quantized_give_back(hone_held_numbers **held);
/* The weight "kernel" of a layer, out of `numbers`, by rows, columns and blocks. */
hone_status hone_internal_quantized_fill(hone_layer *layer, const char *name, bool by_row,
                                         const float *numbers);

#endif
