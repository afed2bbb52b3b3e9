/* Products: C = op(A) op(B), dA = dC op(B)^T, dB = op(A)^T dC. */
#include "kernels/product.h"
#include "ops/product.h"

/* The product of two shapes, and in *k_b the length of b's rows or columns, which should be its k. A second
 * operand of rank 2 serves all leading axes, which then count as rows. */
static hone_product measure(hone_shape a, hone_shape b, const hone_matmul_attributes *attributes,
                            int64_t *k_b)
{
    bool turned_a = attributes->transpose_a, turned_b = attributes->transpose_b;
    int64_t m = a.size[a.rank - (turned_a ? 1 : 2)], batch = 1;
    int64_t *leading = b.rank == 2 && !turned_a ? &m : &batch;
    for (int axis = 0; axis < a.rank - 2; axis++)
        *leading = hone_internal_size_product(*leading, a.size[axis]);
    *k_b = b.size[b.rank - (turned_b ? 1 : 2)];
    hone_product product = hone_product_of(m, b.size[b.rank - (turned_b ? 2 : 1)],
                                           a.size[a.rank - (turned_a ? 2 : 1)], turned_a, turned_b);
    product.batch = batch;
    product.bfloat16 = attributes->bfloat16;
    if (b.rank == 2)
        product.next_b = 0;
    return product;
}

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_matmul_attributes *attributes = node->attributes;
    hone_shape a = hone_value_shape(graph, node->inputs[0]), b = hone_value_shape(graph, node->inputs[1]);
    if (a.rank < 2 || b.rank < 2 || (b.rank != 2 && b.rank != a.rank))
        return hone_internal_fail_shapes("matmul", a, b);
    int64_t k_b;
    hone_product product = measure(a, b, attributes, &k_b);
    bool fits = product.k == k_b || product.k == HONE_ANY || k_b == HONE_ANY;
    for (int axis = 0; b.rank > 2 && axis < a.rank - 2; axis++)
        fits = fits && (a.size[axis] == b.size[axis] || a.size[axis] == HONE_ANY || b.size[axis] == HONE_ANY);
    if (!fits)
        return hone_internal_fail_shapes("matmul", a, b);
    outputs[0] = a;
    outputs[0].size[a.rank - 2] = a.size[a.rank - (attributes->transpose_a ? 1 : 2)];
    outputs[0].size[a.rank - 1] = product.n;
    return HONE_OK;
}

static hone_product product_of(const hone_graph *graph, const hone_node *node)
{
    int64_t k_b;
    return measure(hone_value_shape(graph, node->inputs[0]), hone_value_shape(graph, node->inputs[1]),
                   node->attributes, &k_b);
}

/* The multiply-adds of a product are fed from registers: a thread does far more of them than of other work.
 */
static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_product *product = hone_internal_step_family(step, sizeof *product);
    if (product == NULL)
        return HONE_ERROR_MEMORY;
    *product = product_of(graph, node);
    product->training = graph->training;
    hone_internal_step_operands(step, node);
    hone_internal_step_tiles(step, HONE_KERNEL_matmul, product);
    step->traits = (hone_step_traits){.elements = product->batch * product->m * product->n,
                                      .runs_chain = true,
                                      .tiles_share_operands = true,
                                      .rate = 60,
                                      .layouts = &product->layouts};
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    hone_product product = product_of(graph, node);
    return 2 * product.batch * product.m * product.n * product.k;
}

static hone_value as_matrix(hone_graph *graph, hone_value value)
{
    int64_t columns = hone_value_size(graph, value, -1);
    return hone_op_reshape(graph, value, (hone_shape){.rank = 2, .size = {HONE_ANY, columns}});
}

static hone_value multiply(hone_graph *graph, hone_value a, hone_value b, hone_matmul_attributes attributes);

/* With A' = op(A), B' = op(B): dA' = dC B'^T, dB' = A'^T dC; an operand that was transposed gets the
 * transpose of that. */
static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_matmul_attributes flags = *(const hone_matmul_attributes *)node->attributes;
    const bool half = flags.bfloat16;
    hone_value a = node->inputs[0], b = node->inputs[1], dc = outputs[0];
    bool shared_matrix = hone_value_shape(graph, b).rank == 2 && hone_value_shape(graph, a).rank > 2;
    if (shared_matrix && flags.transpose_a)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "matmul: no gradient with a transposed first operand of rank above 2 and a "
                         "second of rank 2");
    if (wanted[0])
        gradients[0] =
            flags.transpose_a
                ? multiply(graph, b, dc, (hone_matmul_attributes){flags.transpose_b, true, half})
                : multiply(graph, dc, b, (hone_matmul_attributes){false, !flags.transpose_b, half});
    if (wanted[1]) {
        hone_value rows_a = shared_matrix ? as_matrix(graph, a) : a,
                   rows_c = shared_matrix ? as_matrix(graph, dc) : dc;
        gradients[1] =
            flags.transpose_b
                ? multiply(graph, rows_c, rows_a, (hone_matmul_attributes){true, flags.transpose_a, half})
                : multiply(graph, rows_a, rows_c, (hone_matmul_attributes){!flags.transpose_a, false, half});
    }
    return (wanted[0] && gradients[0] < 0) || (wanted[1] && gradients[1] < 0) ? hone_error_status() : HONE_OK;
}

static const hone_op matmul_op = {
    .name = "matmul", .infer = infer, .gradient = gradient, .prepare = prepare, .flops = flops};

static hone_value multiply(hone_graph *graph, hone_value a, hone_value b, hone_matmul_attributes attributes)
{
    return hone_internal_graph_node(graph, &matmul_op, (hone_value[]){a, b}, 2, &attributes,
                                    sizeof attributes, NULL);
}

hone_value hone_op_matmul(hone_graph *graph, hone_value a, hone_value b, bool transpose_a, bool transpose_b)
{
    if (graph->half == HONE_HALF_FLOAT16) /* which no kernel does by itself */
        a = hone_op_round_float16(graph, a), b = hone_op_round_float16(graph, b);
    return multiply(graph, a, b,
                    (hone_matmul_attributes){transpose_a, transpose_b, graph->half == HONE_HALF_BFLOAT16});
}
