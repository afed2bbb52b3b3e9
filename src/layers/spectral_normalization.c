/* spectral_normalization: another layer, whose kernel W is overwritten in each training call by W / sigma,
 * sigma its largest singular value.
 *
 * With W as a matrix (all but its last axis together, n): v = u W^T / |u W^T|, u = v W / |v W|, a few times;
 * sigma = v W u^T. u is kept from call to call. A kernel of zeros stays. The gradient is that of the
 * overwritten kernel, as on Keras's TensorFlow. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_spectral_normalization_args, HONE_SPECTRAL_NORMALIZATION_FIELDS);

static const double least_length = 1e-7;

static hone_layer *inner_layer(const hone_layer *layer)
{
    return ((const hone_spectral_normalization_args *)hone_layer_args(layer))->layer;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "layer";
    return index == 0 ? inner_layer(layer) : NULL;
}

static hone_variable *wrapped_kernel(const hone_layer *layer)
{
    hone_variable *kernel = hone_layer_weight(inner_layer(layer), "kernel");
    return kernel != NULL ? kernel : hone_layer_weight(inner_layer(layer), "embeddings");
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    hone_layer *wrapped = inner_layer(layer);
    HONE_TRY(hone_internal_layer_build(wrapped, inputs, count));
    if (!hone_layer_trainable(layer))
        hone_internal_layer_set_trainable(wrapped, false);
    hone_variable *kernel = wrapped_kernel(layer);
    if (kernel == NULL || kernel->shape.rank < 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "the layer \"%s\" has neither kernel nor embeddings",
                         hone_internal_layer_label(wrapped));
    hone_weight vector = {"vector_u",
                          HONE_SHAPE(1, kernel->shape.size[kernel->shape.rank - 1]),
                          "truncated_normal(stddev=0.02)",
                          NULL,
                          NULL,
                          true};
    HONE_TRY(hone_internal_layer_share_weight(layer, kernel));
    return hone_layer_add_weight(layer, &vector) == NULL ? hone_error_status() : HONE_OK;
}

/* x / |x| over all elements, at most x / 1e-7. */
static hone_value normalized(hone_graph *graph, hone_value x)
{
    hone_value inverse = hone_op_rsqrt(graph, hone_op_reduce(graph, "sum_squares", x, NULL, 0, false));
    return hone_op_multiply(
        graph, x,
        hone_op_unary(graph, "minimum_scalar", inverse, (hone_parameters){1 / least_length, 0, 0, 0}));
}

static hone_status overwrite_kernel(hone_layer *layer, hone_graph *graph)
{
    const hone_spectral_normalization_args *args = hone_layer_args(layer);
    hone_variable *kernel = wrapped_kernel(layer), *vector = hone_layer_weight(layer, "vector_u");
    hone_value w = hone_graph_variable(graph, kernel), before = hone_graph_variable(graph, vector),
               u = before, v = HONE_NO_VALUE;
    hone_value matrix = hone_op_reshape(graph, w, HONE_SHAPE(HONE_ANY, hone_value_size(graph, w, -1)));
    for (int64_t i = 0; i < args->power_iterations; i++) {
        v = normalized(graph, hone_op_matmul(graph, u, matrix, false, true));
        u = normalized(graph, hone_op_matmul(graph, v, matrix, false, false));
    }
    hone_value sigma = hone_op_matmul(graph, hone_op_matmul(graph, v, matrix, false, false), u, false, true);
    hone_value largest = hone_op_reduce(graph, "maximum", hone_op_absolute(graph, w), NULL, 0,
                                        false); /* 0: a kernel of zeros */
    hone_value divided = hone_op_divide(graph, w, hone_op_reshape(graph, sigma, (hone_shape){0}));
    hone_value fresh_kernel = hone_op_select(graph, largest, divided, w),
               fresh_vector = hone_op_select(graph, largest, u, before);
    HONE_TRY(hone_op_assign(graph, vector, fresh_vector));
    return hone_op_assign(graph, kernel, fresh_kernel);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    if (hone_graph_training(graph) && !graph->symbolic)
        HONE_TRY(overwrite_kernel(layer, graph));
    return hone_internal_layer_call(inner_layer(layer), graph, inputs, count, NULL, outputs,
                                    graph->scope_call, graph->seed);
}

const hone_layer_type hone_internal_spectral_normalization_layer = {
    .type = {.name = "spectral_normalization",
             .class_name = "SpectralNormalization",
             .module = "keras.layers",
             .summary =
                 "Wraps a layer and divides its kernel by its largest singular value in each training step.",
             HONE_TYPE_FIELDS(hone_spectral_normalization_args)},
    .build = build,
    .call = call,
    .uses_mask = true,
    .inner = inner,
};
HONE_DEFINE_LAYER(spectral_normalization)
