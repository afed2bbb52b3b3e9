/* What the layers that attend share. */
#ifndef HONE_LAYERS_ATTENTION_H_
#define HONE_LAYERS_ATTENTION_H_

#include "layers/layer.h"
#include "ops/attention.h"

/* ---- attention, additive_attention: scores (n, t, s) by a function of query and key ---- */

/* Of the inputs: query (n, t, c), value (n, s, m), key (n, s, c), which is the value unless given. */
hone_status hone_internal_attention_check(const hone_shape *inputs, int count);
/* softmax(scores) value under the masks of the call, and the weights as a second output where they are asked
 * for. */
int hone_internal_attention_apply(hone_graph *graph, hone_value scores, const hone_value *inputs,
                                  double dropout, hone_value *outputs);
/* The sum over c of factor tanh(query + key); `factor` [c] or a scalar, or HONE_NO_VALUE. */
hone_value hone_internal_attention_sums(hone_graph *graph, hone_value query, hone_value key,
                                        hone_value factor);
extern const hone_type hone_internal_attention_call_fields;

/* ---- multi_head_attention, group_query_attention ---- */

typedef enum hone_heads_part {
    HONE_HEADS_QUERY,
    HONE_HEADS_KEY,
    HONE_HEADS_GATE,
    HONE_HEADS_VALUE,
    HONE_HEADS_OUTPUT,
    HONE_HEADS_PARTS
} hone_heads_part;

/* The state of both: projections, einsum_dense layers; there is a gate only with use_gate. */
typedef struct hone_heads {
    hone_layer *parts[HONE_HEADS_PARTS];
} hone_heads;

/* 1 where a mask is not 0; of none none. */
hone_value hone_internal_mask_truth(hone_graph *graph, hone_value mask);

/* What they do with their arguments; texts are borrowed. */
typedef struct hone_heads_settings {
    int64_t heads, groups, key_dim, value_dim, window;
    double dropout;
    bool use_bias, use_gate, flash;
    const char *dtype, *kernel_initializer, *bias_initializer, *kernel_regularizer, *bias_regularizer,
        *activity_regularizer, *kernel_constraint, *bias_constraint, *quantization_config;
} hone_heads_settings;
#define HONE_HEADS_SETTINGS(args, heads, groups, key_dim, value_dim) \
    ((hone_heads_settings){heads, groups, key_dim, value_dim, \
                           (args)->sliding_window == HONE_NONE_INTEGER ? 0 : (args)->sliding_window, \
                           (args)->dropout, (args)->use_bias, (args)->use_gate, (args)->flash_attention, \
                           (args)->dtype, (args)->kernel_initializer, (args)->bias_initializer, \
                           (args)->kernel_regularizer, (args)->bias_regularizer, \
                           (args)->activity_regularizer, (args)->kernel_constraint, (args)->bias_constraint, \
                           (args)->quantization_config})

/* Query (n, ..., c), value (n, ..., m), key (n, ..., k); the output's last sizes. */
hone_status hone_internal_heads_build(hone_layer *layer, const hone_heads_settings *settings,
                                      const hone_shape *inputs, int count, const int64_t *output_shape);
/* The call: attends over `axes` of the inputs. `query_mask`: the mask of queries that must not read. */
int hone_internal_heads_call(hone_layer *layer, const hone_heads_settings *settings, hone_graph *graph,
                             const hone_value *inputs, int count, const int *axes, int axis_count,
                             hone_value query_mask, hone_value *outputs);
hone_layer *hone_internal_heads_part(const hone_layer *layer, int index, const char *const *attributes,
                                     const char **attribute);
void hone_internal_heads_free(hone_layer *layer);
extern const hone_type hone_internal_heads_call_fields;

#endif
