/* Walking along time. With x the inputs' product, bias included, h and c the states, R the recurrent kernel
 * and b its bias, in columns of gates:
 *
 *   SimpleRNN          h' = act(x + h R)
 *   LSTM               i f g o = x + h R with their functions; c' = f c + i g; h' = o act(c')
 *   GRU                z r = ra(x + h R + b); a = act(x + r (h R + b)); h' = z h + (1 - z) a
 *   GRU, reset before  z r = ra(x + h R);     a = act(x + (r h) R);     h' = z h + (1 - z) a
 *
 * The gradient walks back over the steps and gives that of x and of h R + b; R's is the product of all h with
 * the latter, h^T d(h R). */
#include "ops/recurrence.h"
#include "ops/ops.h"

#include <string.h>

static const int gates_of[] = {[HONE_RECURRENCE_SIMPLE] = 1,
                               [HONE_RECURRENCE_LSTM] = 4,
                               [HONE_RECURRENCE_GRU] = 3,
                               [HONE_RECURRENCE_GRU_RESET_BEFORE] = 3};

int hone_internal_recurrence_gates(hone_recurrence_kind kind)
{
    return gates_of[kind];
}

enum { X, KERNEL, BIAS, H, C, MASK, FACTORS, OPERANDS }; /* inputs of the op */

static const hone_shape nothing = {.rank = 1, .size = {1}};

/* ---- what the kernels are told ---- */

static hone_recurrence_function function_of(const hone_step *step, const hone_unary_attributes *attributes)
{
    hone_kernel_index kernel = hone_internal_unary_kernel(attributes->function);
    const hone_parameters *p = &attributes->parameters;
    return (hone_recurrence_function){.forward = step->kernels->kernel[kernel],
                                      .derivative = step->kernels->kernel[kernel + 1],
                                      .scalar = {p->a, p->b, p->c, p->d},
                                      .of_operand = hone_internal_unary_needs_operand(attributes->function)};
}

static bool is_function(const hone_unary_attributes *attributes, hone_kernel_index kernel)
{
    return hone_internal_unary_kernel(attributes->function) == kernel;
}

static size_t whole_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* Gates with one operand are one product: all; with factors of h none; before the reset z and r, then h. */
static void choose_parts(hone_recurrence *family, bool factors)
{
    bool before = family->kind == HONE_RECURRENCE_GRU_RESET_BEFORE;
    int gates = (int)family->gates;
    if (factors) {
        for (int i = 0; i < gates; i++)
            family->parts[family->part_count++] = (hone_recurrence_part){.first = i, .count = 1};
        return;
    }
    family->parts[family->part_count++] = (hone_recurrence_part){.first = 0, .count = before ? 2 : gates};
    if (before)
        family->parts[family->part_count++] = (hone_recurrence_part){.first = 2, .count = 1};
}

static void tile_product(const hone_step *step, hone_product *product, int64_t *count, size_t *scratch)
{
    hone_tiles tiles = step->kernels->tiling[HONE_KERNEL_matmul](product);
    *count = tiles.count;
    if (tiles.scratch > *scratch)
        *scratch = tiles.scratch;
}

/* h R of a part, and the gradient of h. */
static void fill_part(const hone_step *step, const hone_recurrence *family, hone_recurrence_part *part,
                      bool factors, size_t *scratch)
{
    int64_t u = family->units, width = family->gates * u, columns = part->count * u, t = family->steps;
    bool before = family->kind == HONE_RECURRENCE_GRU_RESET_BEFORE, reset = before && part->first == 2;
    int64_t rows[2] = {family->rows, family->samples % family->rows};
    for (int last = 0; last < 2; last++) {
        hone_product forward = hone_product_of(rows[last], columns, u, false, false),
                     backward = hone_product_of(rows[last], u, columns, false, false);
        forward.lda = reset ? t * u : factors ? u : (t + 1) * u;
        forward.ldb = forward.ldc = width;
        backward.lda = family->usual && !before ? width : t * width;
        if (family->packed)
            forward.layouts.panels = backward.layouts.panels = 1U << 2;
        part->forward[last] = forward;
        part->backward[last] = backward;
        if (rows[last] == 0)
            continue;
        tile_product(step, &part->forward[last], &part->forward_tiles[last], scratch);
        tile_product(step, &part->backward[last], &part->backward_tiles[last], scratch);
    }
}

static int64_t bytes_of_kernel(const hone_recurrence *family)
{
    return family->units * family->gates * family->units * (int64_t)sizeof(float);
}

/* Few samples still make a tile for each of several threads; more rows make better products, the more so
 * where R is larger than a cache, since each step of each tile reads all of it. */
static int64_t rows_of(const hone_recurrence *family)
{
    enum { LARGE = 1024 * 1024 };
    return bytes_of_kernel(family) > LARGE ? 32 : family->samples <= 32 ? 8 : 16;
}

/* In panels the columns that a block of registers takes follow each other: worth a copy where R is large,
 * there are several steps, and the table's products take them. */
static bool is_packed(const hone_step *step, const hone_recurrence *family)
{
    enum { FEWEST_STEPS = 8, SMALL = 192 * 1024, OPERAND = 2 };
    const int64_t width = family->gates * family->units;
    hone_product product = hone_product_of(family->rows, width, family->units, false, false);
    step->kernels->tiling[HONE_KERNEL_matmul](&product);
    return family->part_count == 1 && family->steps >= FEWEST_STEPS && bytes_of_kernel(family) > SMALL &&
           (product.layouts.panels_possible >> OPERAND & 1) != 0;
}

static hone_status prepare_family(const hone_graph *graph, const hone_node *node, hone_step *step,
                                  hone_shape z, bool factors)
{
    (void)graph;
    const hone_recurrence_attributes *attributes = node->attributes;
    hone_recurrence *family = hone_internal_step_family(step, sizeof *family);
    if (family == NULL)
        return HONE_ERROR_MEMORY;
    *family = (hone_recurrence){.kind = attributes->kind,
                                .samples = z.size[0],
                                .steps = z.size[1],
                                .units = attributes->units,
                                .bfloat16 = attributes->bfloat16,
                                .gates = gates_of[attributes->kind],
                                .activation = function_of(step, &attributes->activation),
                                .recurrent = function_of(step, &attributes->recurrent),
                                .multiply = step->kernels->kernel[HONE_KERNEL_matmul]};
    family->keeps_operands = family->activation.of_operand ||
                             (attributes->kind != HONE_RECURRENCE_SIMPLE && family->recurrent.of_operand);
    family->usual = is_function(&attributes->activation, HONE_KERNEL_tanh) &&
                    is_function(&attributes->recurrent, HONE_KERNEL_sigmoid) &&
                    attributes->kind != HONE_RECURRENCE_SIMPLE;
    family->rows = rows_of(family);
    choose_parts(family, factors);
    family->packed = is_packed(step, family);
    size_t scratch = 0;
    for (int i = 0; i < family->part_count; i++)
        fill_part(step, family, &family->parts[i], factors, &scratch);
    int64_t width = family->gates * family->units,
            own = family->rows * (width + family->units) + width + 2 * family->units;
    family->packed_at = whole_lines((size_t)own * step->kernels->element_size);
    family->product_at = family->packed_at;
    if (family->packed)
        family->product_at += whole_lines((size_t)(width * family->units) * step->kernels->element_size);
    hone_internal_step_operands(step, node);
    step->items = (family->samples + family->rows - 1) / family->rows;
    step->grain = 1;
    step->scratch = family->product_at + scratch;
    step->traits = (hone_step_traits){.tiles_share_operands = true, .rate = 30};
    return HONE_OK;
}

static int64_t flops_of(hone_shape z, int64_t units)
{
    return 2 * hone_internal_shape_count(z) * (units + 8);
}

/* ---- gradient ---- */

enum { OF_KERNEL, OF_H, OF_SECOND, OF_Z, OF_DH, OF_DSECOND, OF_MASK, OF_FACTORS, GRADIENT_OPERANDS };

/* Outputs: of x, of h R + b where it differs, of the states at the start. */
static hone_status infer_gradient(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_recurrence_attributes *attributes = node->attributes;
    hone_shape z = hone_value_shape(graph, node->inputs[OF_Z]);
    outputs[0] = z;
    outputs[1] = attributes->kind == HONE_RECURRENCE_GRU ? z : nothing;
    outputs[2] = (hone_shape){.rank = 2, .size = {z.size[0], attributes->units}};
    outputs[3] = attributes->kind == HONE_RECURRENCE_LSTM ? outputs[2] : nothing;
    return HONE_OK;
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    step->kernel = HONE_KERNEL_recurrence_gradient;
    return prepare_family(graph, node, step, hone_value_shape(graph, node->inputs[OF_Z]),
                          node->inputs[OF_FACTORS] >= 0);
}

static int64_t gradient_flops(const hone_graph *graph, const hone_node *node)
{
    return flops_of(hone_value_shape(graph, node->inputs[OF_Z]),
                    ((const hone_recurrence_attributes *)node->attributes)->units);
}

static const hone_op gradient_op = {
    .name = "recurrence_gradient",
    .outputs = 4,
    .optional = 1u << OF_DH | 1u << OF_DSECOND | 1u << OF_MASK | 1u << OF_FACTORS,
    .infer = infer_gradient,
    .prepare = prepare_gradient,
    .flops = gradient_flops,
};

/* a^T b over all samples and steps. */
static hone_value sum_of_products(hone_graph *graph, hone_value a, hone_value b)
{
    hone_value flat_a = hone_op_reshape(graph, a, HONE_SHAPE(HONE_ANY, hone_value_size(graph, a, -1))),
               flat_b = hone_op_reshape(graph, b, HONE_SHAPE(HONE_ANY, hone_value_size(graph, b, -1)));
    return hone_op_matmul(graph, flat_a, flat_b, true, false);
}

static hone_value columns_of(hone_graph *graph, hone_value x, int64_t units, int first, int count)
{
    if (hone_value_size(graph, x, -1) == units * count)
        return x;
    return hone_op_slice(graph, x, -1, first * units, (first + count) * units);
}

/* The gradient of R, gate after gate where their operands differ. */
static hone_value kernel_gradient(hone_graph *graph, const hone_recurrence_attributes *how, hone_value h,
                                  hone_value reset, hone_value gradients, hone_value factors)
{
    hone_value parts[HONE_RECURRENCE_GATES];
    int64_t u = how->units, t = hone_value_size(graph, h, 1) - 1;
    bool before = how->kind == HONE_RECURRENCE_GRU_RESET_BEFORE;
    hone_value operand = hone_op_slice(graph, h, 1, 0, t);
    int gates = gates_of[how->kind], alike = before ? 2 : gates, count = 0;
    if (factors < 0) {
        parts[count++] = sum_of_products(graph, operand, columns_of(graph, gradients, u, 0, alike));
    } else {
        for (int i = 0; i < alike; i++) {
            hone_value factor = hone_op_expand(graph, columns_of(graph, factors, u, i, 1), 1);
            parts[count++] = sum_of_products(graph, hone_op_multiply(graph, operand, factor),
                                             columns_of(graph, gradients, u, i, 1));
        }
    }
    if (before)
        parts[count++] = sum_of_products(graph, reset, columns_of(graph, gradients, u, 2, 1));
    return count == 1 ? parts[0] : hone_op_concatenate(graph, parts, count, 1);
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_recurrence_attributes *how = node->attributes;
    bool lstm = how->kind == HONE_RECURRENCE_LSTM;
    /* R as [gates u, u], turned once and not in each step. */
    hone_value turned = hone_op_transpose(graph, node->inputs[KERNEL], (int[]){1, 0});
    hone_value results[4],
        operands[GRADIENT_OPERANDS] = {
            [OF_KERNEL] = turned,           [OF_H] = node->outputs[0],
            [OF_SECOND] = node->outputs[1], [OF_Z] = node->outputs[2],
            [OF_DH] = outputs[0],           [OF_DSECOND] = lstm ? outputs[1] : HONE_NO_VALUE,
            [OF_MASK] = node->inputs[MASK], [OF_FACTORS] = node->inputs[FACTORS]};
    if (hone_internal_graph_node(graph, &gradient_op, operands, GRADIENT_OPERANDS, how, sizeof *how,
                                 results) < 0)
        return hone_error_status();
    hone_value of_product = how->kind == HONE_RECURRENCE_GRU ? results[1] : results[0];
    gradients[X] = results[0];
    if (wanted[KERNEL])
        gradients[KERNEL] = kernel_gradient(graph, how, node->outputs[0], node->outputs[1], of_product,
                                            node->inputs[FACTORS]);
    if (wanted[BIAS] && node->inputs[BIAS] >= 0)
        gradients[BIAS] = hone_op_reduce(graph, "sum", of_product, (int[]){0, 1}, 2, false);
    if (wanted[H] && node->inputs[H] >= 0)
        gradients[H] = results[2];
    if (wanted[C] && node->inputs[C] >= 0)
        gradients[C] = results[3];
    return (wanted[KERNEL] && gradients[KERNEL] < 0) ||
                   (wanted[BIAS] && node->inputs[BIAS] >= 0 && gradients[BIAS] < 0)
               ? hone_error_status()
               : HONE_OK;
}

/* ---- forward ---- */

static bool fits(hone_shape shape, int rank, int64_t first, int64_t second, int64_t third)
{
    const int64_t sizes[] = {first, second, third};
    bool good = shape.rank == rank;
    for (int axis = 0; good && axis < rank; axis++)
        good = shape.size[axis] == sizes[axis] || shape.size[axis] == HONE_ANY || sizes[axis] == HONE_ANY;
    return good;
}

/* Outputs: h, the carried states or what the gradient needs of the product, z. */
static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_recurrence_attributes *attributes = node->attributes;
    int64_t u = attributes->units, width = u * gates_of[attributes->kind];
    hone_shape x = hone_value_shape(graph, node->inputs[X]),
               kernel = hone_value_shape(graph, node->inputs[KERNEL]);
    if (!fits(x, 3, HONE_ANY, HONE_ANY, width) || !fits(kernel, 2, u, width, 0))
        return hone_internal_fail_shapes("recurrence", x, kernel);
    int64_t n = x.size[0], t = x.size[1];
    const hone_shape expected[OPERANDS] = {[BIAS] = HONE_SHAPE(width),
                                           [H] = HONE_SHAPE(n, u),
                                           [C] = HONE_SHAPE(n, u),
                                           [MASK] = HONE_SHAPE(n, t),
                                           [FACTORS] = HONE_SHAPE(n, width)};
    for (int i = BIAS; i < OPERANDS; i++) {
        if (node->inputs[i] < 0)
            continue;
        hone_shape shape = hone_value_shape(graph, node->inputs[i]);
        if (!fits(shape, expected[i].rank, expected[i].size[0], expected[i].size[1], 0))
            return hone_internal_fail_shapes("recurrence", x, shape);
    }
    outputs[0] = HONE_SHAPE(n, t == HONE_ANY ? HONE_ANY : t + 1, u);
    outputs[1] = attributes->kind == HONE_RECURRENCE_LSTM     ? outputs[0]
                 : attributes->kind == HONE_RECURRENCE_SIMPLE ? nothing
                                                              : HONE_SHAPE(n, t, u);
    outputs[2] = x;
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    step->kernel = HONE_KERNEL_recurrence;
    return prepare_family(graph, node, step, hone_value_shape(graph, node->outputs[2]),
                          node->inputs[FACTORS] >= 0);
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return flops_of(hone_value_shape(graph, node->outputs[2]),
                    ((const hone_recurrence_attributes *)node->attributes)->units);
}

static const hone_op recurrence_op = {
    .name = "recurrence",
    .outputs = 3,
    .optional = 1u << BIAS | 1u << H | 1u << C | 1u << MASK | 1u << FACTORS,
    .infer = infer,
    .gradient = gradient,
    .prepare = prepare,
    .flops = flops,
};

hone_value hone_internal_op_recurrence(hone_graph *graph, const hone_recurrence_attributes *how,
                                       const hone_recurrence_operands *operands, hone_value *carried)
{
    hone_value results[3];
    const hone_value inputs[OPERANDS] = {
        operands->x,    operands->recurrent_kernel, operands->recurrent_bias, operands->h, operands->c,
        operands->mask, operands->factors};
    if (hone_internal_graph_node(graph, &recurrence_op, inputs, OPERANDS, how, sizeof *how, results) < 0)
        return HONE_NO_VALUE;
    if (carried != NULL)
        *carried = how->kind == HONE_RECURRENCE_LSTM ? results[1] : HONE_NO_VALUE;
    return results[0];
}

static hone_status infer_last(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape states = hone_value_shape(graph, node->inputs[0]);
    outputs[0] = (hone_shape){.rank = 2, .size = {states.size[0], states.size[2]}};
    return HONE_OK;
}

static const hone_op last_op = {.name = "recurrence_last", .infer = infer_last};

hone_value hone_internal_op_recurrence_last(hone_graph *graph, hone_value states)
{
    return hone_internal_graph_node(graph, &last_op, &states, 1, NULL, 0, NULL);
}
