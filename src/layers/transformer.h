/* What transformer_encoder and transformer_decoder share. */
#ifndef HONE_LAYERS_TRANSFORMER_H
#define HONE_LAYERS_TRANSFORMER_H

#include "layers/layer.h"

/* The inner layers, in the order of their weights; cross attention only in a decoder with two inputs. */
typedef enum hone_transformer_part {
    HONE_TRANSFORMER_SELF,
    HONE_TRANSFORMER_SELF_NORM,
    HONE_TRANSFORMER_CROSS,
    HONE_TRANSFORMER_CROSS_NORM,
    HONE_TRANSFORMER_NORM, /* of the dense layers; in a decoder behind them */
    HONE_TRANSFORMER_WIDE,
    HONE_TRANSFORMER_NARROW,
    HONE_TRANSFORMER_PARTS
} hone_transformer_part;

typedef struct hone_transformer {
    hone_layer *parts[HONE_TRANSFORMER_PARTS];
} hone_transformer;

/* Their arguments, texts borrowed. */
typedef struct hone_transformer_settings {
    int64_t intermediate_dim, num_heads;
    double dropout, epsilon;
    bool normalize_first;
    bool bare; /* attention looks at the masks of the call alone, not at those that come with its inputs */
    const char *activation, *dtype, *kernel_initializer, *bias_initializer, *kernel_regularizer,
        *bias_regularizer;
} hone_transformer_settings;
#define HONE_TRANSFORMER_SETTINGS(args, bare, kernel_regularizer, bias_regularizer) \
    ((hone_transformer_settings){(args)->intermediate_dim, (args)->num_heads, (args)->dropout, \
                                 (args)->layer_norm_epsilon, (args)->normalize_first, bare, \
                                 (args)->activation, (args)->dtype, (args)->kernel_initializer, \
                                 (args)->bias_initializer, kernel_regularizer, bias_regularizer})

/* Of a sequence (batch, steps, n) and, unless it is NULL, that of an encoder. */
hone_status hone_internal_transformer_build(hone_layer *layer, const hone_transformer_settings *settings,
                                            hone_shape sequence, const hone_shape *encoder,
                                            const char *self_name);
void hone_internal_transformer_free(hone_layer *layer);

/* The mask of a padding argument, or the one of `x`, as (batch, 1, steps), and an attention argument's; both
 * are names of arguments of the call. HONE_NO_VALUE: neither. */
hone_value hone_internal_transformer_mask(hone_graph *graph, hone_value x, const char *padding,
                                          const char *attention);
/* x + dropout(part(norm(x))), or norm(x + dropout(part(x))), where the part is an attention to `value` (to
 * what it gets itself: HONE_NO_VALUE) with its scores in *scores where `how` asks for them, or the dense
 * layers. */
hone_value hone_internal_transformer_attend(hone_layer *layer, const hone_transformer_settings *settings,
                                            hone_graph *graph, hone_transformer_part part, hone_value x,
                                            hone_value value, hone_value mask, const hone_heads_call *how,
                                            hone_value *scores);
hone_value hone_internal_transformer_feed(hone_layer *layer, const hone_transformer_settings *settings,
                                          hone_graph *graph, hone_value x);

#endif
