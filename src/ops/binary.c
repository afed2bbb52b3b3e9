/* Element-wise functions of two operands, broadcast by NumPy's rules, and their gradients as compositions. */
#include "base/text.h"
#include "ops/binary.h"
#include "ops/reduction.h"

#include <string.h>

typedef struct binary_function {
    const char *name;
    hone_kernel_index kernel;
} binary_function;

static const binary_function functions[] = {
#define HONE_BINARY(name, ...) {#name, HONE_KERNEL_##name},
#include "kernels/binary.def"
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Strides, in elements, of an operand under the axes of the shape that it is broadcast to. */
static void broadcast_strides(hone_shape operand, hone_shape result, int64_t *strides)
{
    int64_t stride = 1;
    for (int back = 1; back <= result.rank; back++) {
        int64_t size = back <= operand.rank ? operand.size[operand.rank - back] : 1;
        strides[result.rank - back] = size == 1 ? 0 : stride;
        stride *= size;
    }
}

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_binary_attributes *attributes = node->attributes;
    hone_shape x = hone_value_shape(graph, node->inputs[0]), y = hone_value_shape(graph, node->inputs[1]);
    if (!hone_internal_shape_broadcast(x, y, &outputs[0]))
        return hone_internal_fail_shapes(hone_internal_kernel_name(attributes->kernel), x, y);
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_binary_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, attributes->kernel,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    if (!attributes->flat)
        step->args.family = &attributes->strides;
    return HONE_OK;
}

static hone_value half_at_ties(hone_graph *graph, hone_kernel_index greater, hone_value x, hone_value y);
static hone_value record(hone_graph *graph, hone_kernel_index kernel, hone_value x, hone_value y);

/* z = x^y: dx = dz y x^(y-1); dy = dz z log(x), 0 where x is not above 0. */
static hone_status power_gradient(hone_graph *graph, hone_value x, hone_value y, hone_value z, hone_value dz,
                                  const bool *wanted, hone_value *gradients)
{
    if (wanted[0]) {
        hone_value lower = record(graph, HONE_KERNEL_power, x, hone_op_affine(graph, y, 1, -1));
        gradients[0] = hone_op_multiply(graph, dz, hone_op_multiply(graph, y, lower));
    }
    if (wanted[1]) {
        hone_value logarithm =
            hone_op_log(graph, hone_op_unary(graph, "maximum_scalar", x, (hone_parameters){1e-300, 0, 0, 0}));
        gradients[1] = hone_op_multiply(graph, dz, hone_op_multiply(graph, z, logarithm));
    }
    return HONE_OK;
}

static hone_status gradients_before_reduction(hone_graph *graph, const hone_node *node, hone_value dz,
                                              const bool *wanted, hone_value *gradients)
{
    const hone_binary_attributes *attributes = node->attributes;
    hone_value x = node->inputs[0], y = node->inputs[1], z = node->outputs[0];
    switch (attributes->kernel) {
    case HONE_KERNEL_add: gradients[0] = gradients[1] = dz; return HONE_OK;
    case HONE_KERNEL_subtract:
        gradients[0] = dz;
        if (wanted[1])
            gradients[1] = hone_op_negative(graph, dz);
        return HONE_OK;
    case HONE_KERNEL_multiply:
        if (wanted[0])
            gradients[0] = hone_op_multiply(graph, dz, y);
        if (wanted[1])
            gradients[1] = hone_op_multiply(graph, dz, x);
        return HONE_OK;
    case HONE_KERNEL_divide: /* dx = dz / y, dy = -dz z / y */
    case HONE_KERNEL_divide_no_nan:
        if (wanted[0])
            gradients[0] = record(graph, attributes->kernel, dz, y);
        if (wanted[1])
            gradients[1] =
                hone_op_negative(graph, record(graph, attributes->kernel, hone_op_multiply(graph, dz, z), y));
        return HONE_OK;
    case HONE_KERNEL_maximum:
        if (wanted[0])
            gradients[0] = hone_op_multiply(graph, dz, half_at_ties(graph, HONE_KERNEL_greater, x, y));
        if (wanted[1])
            gradients[1] = hone_op_multiply(graph, dz, half_at_ties(graph, HONE_KERNEL_greater, y, x));
        return HONE_OK;
    case HONE_KERNEL_minimum:
        if (wanted[0])
            gradients[0] = hone_op_multiply(graph, dz, half_at_ties(graph, HONE_KERNEL_less, x, y));
        if (wanted[1])
            gradients[1] = hone_op_multiply(graph, dz, half_at_ties(graph, HONE_KERNEL_less, y, x));
        return HONE_OK;
    case HONE_KERNEL_power: return power_gradient(graph, x, y, z, dz, wanted, gradients);
    default: return HONE_OK; /* comparisons and logic are flat */
    }
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    HONE_TRY(gradients_before_reduction(graph, node, outputs[0], wanted, gradients));
    for (int i = 0; i < 2; i++) {
        if (!wanted[i] || gradients[i] < 0)
            continue;
        gradients[i] =
            hone_internal_op_reduce_to(graph, gradients[i], hone_value_shape(graph, node->inputs[i]));
        if (gradients[i] < 0)
            return hone_error_status();
    }
    return HONE_OK;
}

/* Flat operands chain and work in place; broadcast ones do not. */
static const hone_op flat_op = {.name = "binary",
                                .infer = infer,
                                .gradient = gradient,
                                .prepare = prepare,
                                .chains = true,
                                .in_place = 3};
static const hone_op broadcast_op = {
    .name = "binary_broadcast", .infer = infer, .gradient = gradient, .prepare = prepare};

static hone_value record(hone_graph *graph, hone_kernel_index kernel, hone_value x, hone_value y)
{
    if (x < 0 || y < 0)
        return HONE_NO_VALUE;
    hone_shape shape_x = hone_value_shape(graph, x), shape_y = hone_value_shape(graph, y), result;
    hone_binary_attributes attributes = {.kernel = kernel,
                                         .flat = hone_internal_shape_equal(shape_x, shape_y)};
    if (!attributes.flat && hone_internal_shape_broadcast(shape_x, shape_y, &result)) {
        attributes.strides.rank = result.rank;
        memcpy(attributes.strides.dims, result.size, sizeof result.size);
        broadcast_strides(shape_x, result, attributes.strides.a);
        broadcast_strides(shape_y, result, attributes.strides.b);
    }
    return hone_internal_graph_node(graph, attributes.flat ? &flat_op : &broadcast_op, (hone_value[]){x, y},
                                    2, &attributes, sizeof attributes, NULL);
}

/* 1 where x wins, 1/2 where both are equal, as JAX shares a gradient between equals. */
static hone_value half_at_ties(hone_graph *graph, hone_kernel_index wins, hone_value x, hone_value y)
{
    hone_value equal = record(graph, HONE_KERNEL_equal, x, y);
    return hone_op_add(graph, record(graph, wins, x, y), hone_op_affine(graph, equal, 0.5, 0));
}

hone_value hone_op_binary(hone_graph *graph, const char *name, hone_value x, hone_value y)
{
    const char *names[FUNCTIONS];
    for (int i = 0; i < FUNCTIONS; i++) {
        if (strcmp(functions[i].name, name) == 0)
            return record(graph, functions[i].kernel, x, y);
        names[i] = functions[i].name;
    }
    hone_internal_fail_name("element-wise function of two operands", name, names, FUNCTIONS);
    return HONE_NO_VALUE;
}

#define PLAIN_FUNCTION(name) \
    hone_value hone_op_##name(hone_graph *graph, hone_value x, hone_value y) \
    { \
        return record(graph, HONE_KERNEL_##name, x, y); \
    }
PLAIN_FUNCTION(add)
PLAIN_FUNCTION(subtract)
PLAIN_FUNCTION(multiply)
PLAIN_FUNCTION(divide)
PLAIN_FUNCTION(maximum)
PLAIN_FUNCTION(minimum)

bool hone_internal_op_is_sum(const hone_node *node)
{
    return node->op == &flat_op &&
           ((const hone_binary_attributes *)node->attributes)->kernel == HONE_KERNEL_add;
}
