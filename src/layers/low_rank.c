/* Low-rank adaptation (LoRA): beside the weight W of a layer, flattened to [m, n], which stays as it is, two
 * weights are trained: A [m, r] and B [r, n]. The layer computes with W + alpha / r A B. */
#include "base/limits.h"
#include "base/memory.h"
#include "layers/quantized.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Its argument lora_rank; 0: there is none. */
static int64_t rank_of(const hone_layer *layer)
{
    const int64_t *rank = hone_internal_layer_argument(layer, "lora_rank");
    return layer->type->adapted == NULL || rank == NULL || *rank == HONE_NONE_INTEGER ? 0 : *rank;
}

static hone_variable *adapted_of(const hone_layer *layer)
{
    return layer->type->adapted == NULL ? NULL : hone_layer_weight(layer, layer->type->adapted);
}

static double scale_of(const hone_layer *layer, int64_t rank)
{
    const double *alpha = hone_internal_layer_argument(layer, "lora_alpha");
    return alpha == NULL || isnan(*alpha) ? 1 : *alpha / (double)rank;
}

bool hone_internal_layer_trains(const hone_layer *layer, const hone_variable *variable)
{
    return layer->trainable && variable->created_trainable && variable->lora_a == NULL;
}

/* ---- the weights ---- */

/* lora_kernel_a, lora_kernel_b: penalised as the kernel is. */
static hone_variable *add(hone_layer *layer, const hone_variable *adapted, char which, hone_shape shape,
                          const char *initializer)
{
    char name[64];
    snprintf(name, sizeof name, "lora_%s_%c", adapted->name, which);
    hone_variable *variable = hone_layer_add_weight(
        layer, &(hone_weight){name, shape, initializer, adapted->regularizer, NULL, false});
    if (variable != NULL)
        variable->adapts = true;
    return variable;
}

static void drop_weight(hone_layer *layer, const hone_variable *variable)
{
    size_t i = 0;
    while (i < layer->weight_count && layer->weights[i] != variable)
        i++;
    if (i == layer->weight_count)
        return;
    hone_internal_variable_free(layer->weights[i]);
    memmove(layer->weights + i, layer->weights + i + 1, (--layer->weight_count - i) * sizeof *layer->weights);
}

static hone_status check(const hone_layer *layer, const hone_variable *adapted, int64_t rank)
{
    if (adapted->constraint != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "a low-rank adaptation does not keep to %s_constraint=%s: leave out the constraint, "
                         "or lora_rank",
                         layer->type->adapted, adapted->constraint);
    if (adapted->shape.rank < 2)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "lora_rank: the weight \"%s\" has one axis, no rows and columns",
                         layer->type->adapted);
    if (rank > (int64_t)hone_internal_limits.lora_rank)
        return hone_fail(HONE_ERROR_ARGUMENT, "lora_rank: expected at most %zu, received %lld",
                         hone_internal_limits.lora_rank, (long long)rank);
    return HONE_OK;
}

hone_status hone_internal_layer_adapt(hone_layer *layer, const char *a_initializer, const char *b_initializer)
{
    const int64_t rank = rank_of(layer);
    hone_variable *adapted = adapted_of(layer);
    if (rank == 0 || adapted == NULL)
        return HONE_OK;
    HONE_TRY(check(layer, adapted, rank));
    hone_shape left = adapted->shape;
    left.size[left.rank - 1] = rank;
    const hone_shape right = HONE_SHAPE(rank, adapted->shape.size[adapted->shape.rank - 1]);
    hone_variable *a = add(layer, adapted, 'a', left, a_initializer),
                  *b = a == NULL ? NULL : add(layer, adapted, 'b', right, b_initializer);
    if (b == NULL) {
        if (a != NULL)
            drop_weight(layer, a);
        return hone_error_status();
    }
    adapted->lora_a = hone_internal_variable_retain(a);
    adapted->lora_b = hone_internal_variable_retain(b);
    adapted->lora_scale = scale_of(layer, rank);
    adapted->trainable = false;
    return HONE_OK;
}

/* ---- computing with them ---- */

hone_value hone_internal_layer_adaptation(const hone_layer *layer, hone_graph *graph)
{
    const hone_variable *adapted = adapted_of(layer);
    if (adapted->lora_a == NULL)
        return HONE_NO_VALUE;
    hone_value a = hone_op_reshape(graph, hone_graph_variable(graph, adapted->lora_a),
                                   HONE_SHAPE(HONE_ANY, adapted->lora_b->shape.size[0])),
               b = hone_graph_variable(graph, adapted->lora_b),
               product = hone_op_matmul(graph, a, b, false, false);
    return hone_op_affine(graph, hone_internal_layer_round(graph, product), adapted->lora_scale, 0);
}

/* round(W + round(scale round(A B))): under mixed precision every step is rounded. */
hone_value hone_layer_adapted(const hone_layer *layer, hone_graph *graph)
{
    hone_variable *adapted = adapted_of(layer);
    hone_value w = hone_graph_variable(graph, adapted);
    if (adapted->lora_a == NULL)
        return w;
    hone_value added = hone_op_reshape(graph, hone_internal_layer_adaptation(layer, graph), adapted->shape);
    added = hone_internal_layer_round(graph, added);
    return hone_internal_layer_round(graph, hone_op_add(graph, hone_internal_layer_round(graph, w), added));
}

/* W[id] + scale A[id] B, in floats: a table is not rounded before it is looked up in. */
hone_value hone_internal_layer_adapted_rows(const hone_layer *layer, hone_graph *graph, hone_value ids)
{
    hone_variable *adapted = adapted_of(layer);
    hone_value rows = hone_internal_layer_quantization(layer).bits > 0
                          ? hone_internal_quantized_rows(layer, graph, ids)
                          : hone_op_gather_rows(graph, hone_graph_variable(graph, adapted), ids);
    if (adapted->lora_a == NULL)
        return rows;
    const hone_half half = graph->half;
    graph->half = HONE_HALF_NONE;
    hone_value a = hone_op_gather_rows(graph, hone_graph_variable(graph, adapted->lora_a), ids),
               product = hone_op_matmul(graph, a, hone_graph_variable(graph, adapted->lora_b), false, false);
    rows = hone_op_add(graph, rows, hone_op_affine(graph, product, adapted->lora_scale, 0));
    graph->half = half;
    return rows;
}

/* ---- merging ---- */

/* The arguments; HONE_NONE_INTEGER and NAN: none. */
static hone_status set_lora(hone_layer *layer, int64_t rank, double alpha)
{
    char text[64];
    snprintf(text, sizeof text, "%lld", (long long)rank);
    HONE_TRY(hone_internal_fields_set_text(&layer->type->type, layer->args, "lora_rank",
                                           rank == HONE_NONE_INTEGER ? "none" : text));
    snprintf(text, sizeof text, "%.17g", alpha);
    return hone_internal_fields_set_text(&layer->type->type, layer->args, "lora_alpha",
                                         isnan(alpha) ? "none" : text);
}

/* Other models may hold the two in their lists: they are kept as long as the weight. */
static void let_go(hone_layer *layer, hone_variable *adapted)
{
    hone_variable *pair[] = {adapted->lora_a, adapted->lora_b};
    adapted->lora_a = adapted->lora_b = NULL;
    for (int i = 0; i < 2; i++) {
        drop_weight(layer, pair[i]);
        pair[i]->retired = true;
        pair[i]->lora_a = adapted->lora_past[i];
        adapted->lora_past[i] = pair[i];
    }
    adapted->trainable = hone_internal_layer_trains(layer, adapted);
}

hone_status hone_internal_layer_merge(hone_layer *layer)
{
    hone_variable *adapted = adapted_of(layer);
    if (adapted == NULL || adapted->lora_a == NULL)
        return HONE_OK;
    const size_t count = (size_t)hone_internal_variable_count(adapted);
    float *merged = hone_internal_allocate(count * sizeof *merged + 1);
    hone_status status = merged == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        status = set_lora(layer, HONE_NONE_INTEGER, NAN);
    if (status >= 0 && adapted->stored == HONE_INT8)
        status = hone_internal_quantized_merge(layer);
    else if (status >= 0) {
        hone_internal_variable_merge(adapted, merged);
        memcpy(hone_internal_variable_data(adapted), merged, count * sizeof *merged);
    }
    if (status >= 0) {
        adapted->fresh = false;
        let_go(layer, adapted);
    }
    hone_internal_free(merged);
    return status;
}

/* ---- later ---- */

hone_status hone_internal_layer_enable_lora(hone_layer *layer, int64_t rank, double alpha,
                                            const char *a_initializer, const char *b_initializer)
{
    hone_variable *adapted = adapted_of(layer);
    if (adapted == NULL)
        return HONE_OK;
    if (adapted->lora_a != NULL)
        return hone_fail(HONE_ERROR_STATE,
                         "has a low-rank adaptation already (lora_rank %lld); merge it first",
                         (long long)rank_of(layer));
    HONE_TRY(set_lora(layer, rank, isnan(alpha) ? (double)rank : alpha));
    hone_status status = hone_internal_layer_adapt(layer, a_initializer, b_initializer);
    if (status >= 0) { /* in a frozen layer too: all else in it stays */
        adapted->lora_a->trainable = adapted->lora_b->trainable = true;
        return status;
    }
    hone_failure failure;
    hone_internal_error_take(&failure);
    set_lora(layer, HONE_NONE_INTEGER, NAN);
    hone_internal_error_raise(&failure);
    return status;
}
