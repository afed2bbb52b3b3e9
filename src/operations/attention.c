/* Attention by dot products, without projections: query (n, t, h, d), key (n, s, g, d), value (n, s, g, e).
 */
#include "operations/operations.h"
#include "base/plural.h"

#define DOT_PRODUCT_ATTENTION_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, is_causal, false, "whether a position reads only itself and those before it") \
    F(A, NUMBER, attn_logits_soft_cap, HONE_NONE, "a cap of the scores", \
      .unsupported = "Keras applies it on TPUs alone")
HONE_OPERATION_ARGS(dot_product, DOT_PRODUCT_ATTENTION_FIELDS)

#define DOT_PRODUCT_CALL_FIELDS(F, A) \
    F(A, TENSOR, bias, HONE_NO_TENSOR, "what is added to the scores (n, h, t, s)") \
    F(A, TENSOR, mask, HONE_NO_TENSOR, "1 where a query may read a key (n, h, t, s)") \
    F(A, NUMBER, scale, HONE_NONE, "factor of the scores (default: 1 / sqrt(d))")
HONE_OPERATION_CALL_FIELDS(dot_product, DOT_PRODUCT_CALL_FIELDS)

static bool differ(int64_t a, int64_t b)
{
    return a != b && a != HONE_ANY && b != HONE_ANY;
}

static hone_status check(const hone_graph *graph, const hone_value *inputs)
{
    static const char *const names[] = {"query", "key", "value"};
    hone_shape shapes[3];
    for (int i = 0; i < 3; i++) {
        char text[128];
        shapes[i] = hone_value_shape(graph, inputs[i]);
        hone_internal_shape_to_text(shapes[i], text, sizeof text);
        if (shapes[i].rank != 4)
            return hone_fail(HONE_ERROR_SHAPE, "needs a %s of shape (batch, steps, heads, n), not %s",
                             names[i], text);
    }
    if (differ(shapes[0].size[3], shapes[1].size[3]))
        return hone_fail(HONE_ERROR_SHAPE, "the last sizes of query and key differ: %lld and %lld",
                         (long long)shapes[0].size[3], (long long)shapes[1].size[3]);
    if (differ(shapes[1].size[1], shapes[2].size[1]) || shapes[1].size[2] != shapes[2].size[2])
        return hone_fail(HONE_ERROR_SHAPE, "key has %lld step%s and %lld head%s, but value %lld and %lld",
                         (long long)shapes[1].size[1], hone_internal_plural(shapes[1].size[1]),
                         (long long)shapes[1].size[2], hone_internal_plural(shapes[1].size[2]),
                         (long long)shapes[2].size[1], (long long)shapes[2].size[2]);
    int64_t heads = shapes[0].size[2], groups = shapes[1].size[2];
    if (heads > 0 && groups > 0 && heads % groups == 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "the query's heads, %lld, must be a multiple of the key's, %lld",
                     (long long)heads, (long long)groups);
}

static int call_dot_product_attention(hone_layer *layer, hone_graph *graph, const hone_value *inputs,
                                      int count, hone_value *outputs)
{
    const dot_product_args *args = hone_layer_args(layer);
    const dot_product_call *call = hone_call_args(graph);
    (void)count;
    HONE_TRY(check(graph, inputs));
    hone_attend how = {.scale = isnan(call->scale) ? 0 : call->scale, .causal = args->is_causal};
    outputs[0] = hone_op_attention(graph, inputs[0], inputs[1], inputs[2], hone_call_value(graph, "bias", 0),
                                   hone_call_value(graph, "mask", 0), &how);
    return 1;
}
HONE_OPERATION_OF(nn, dot_product_attention, "DotProductAttention", dot_product_args, dot_product_fields,
                  dot_product_defaults, .type.ignored = "flash_attention", .call = call_dot_product_attention,
                  .call_fields = &dot_product_call_type, .inputs_apart = true,
                  .input_names = "query|key|value", .inputs_min = 3, .inputs_max = 3);
