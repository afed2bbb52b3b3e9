/* Element-wise functions of one operand: y = f(x; a, b, c, d), dx = dy f'(x or y). */
#include "base/text.h"
#include "ops/unary.h"

#include <string.h>

typedef enum { X, Y } needs; /* what the derivative is computed from */

typedef struct unary_function {
    const char *name;
    hone_kernel_index kernel; /* its derivative's follows it */
    needs needs;
} unary_function;

static const unary_function functions[] = {
#define HONE_UNARY(name, needs, ...) {#name, HONE_KERNEL_##name, needs},
#include "kernels/unary.def"
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

const char *hone_internal_unary_name(int function)
{
    return functions[function].name;
}

hone_kernel_index hone_internal_unary_kernel(int function)
{
    return functions[function].kernel;
}

bool hone_internal_unary_needs_operand(int function)
{
    return functions[function].needs == X;
}

int hone_internal_unary_of_kernel(hone_kernel_index kernel)
{
    for (int i = 0; i < FUNCTIONS; i++)
        if (functions[i].kernel == kernel)
            return i;
    return -1;
}

static int find_function(const char *name)
{
    const char *names[FUNCTIONS];
    for (int i = 0; i < FUNCTIONS; i++) {
        if (strcmp(functions[i].name, name) == 0)
            return i;
        names[i] = functions[i].name;
    }
    hone_internal_fail_name("element-wise function", name, names, FUNCTIONS);
    return -1;
}

static void fill_step(const hone_graph *graph, const hone_node *node, hone_step *step,
                      hone_kernel_index kernel)
{
    const hone_unary_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, kernel,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    step->args.scalar[0] = attributes->parameters.a;
    step->args.scalar[1] = attributes->parameters.b;
    step->args.scalar[2] = attributes->parameters.c;
    step->args.scalar[3] = attributes->parameters.d;
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_unary_attributes *attributes = node->attributes;
    fill_step(graph, node, step, functions[attributes->function].kernel + 1);
    return HONE_OK;
}

/* Inputs: x or y, dy. */
static const hone_op unary_gradient_op = {
    .name = "unary_gradient",
    .infer = hone_internal_infer_same,
    .prepare = prepare_gradient,
    .chains = true,
    .in_place = 2,
};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    const hone_unary_attributes *attributes = node->attributes;
    hone_value saved = functions[attributes->function].needs == Y ? node->outputs[0] : node->inputs[0];
    gradients[0] = hone_internal_graph_node(graph, &unary_gradient_op, (hone_value[]){saved, outputs[0]}, 2,
                                            attributes, sizeof *attributes, NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_unary_attributes *attributes = node->attributes;
    fill_step(graph, node, step, functions[attributes->function].kernel);
    return HONE_OK;
}

static const hone_op unary_op = {
    .name = "unary",
    .infer = hone_internal_infer_same,
    .gradient = gradient,
    .prepare = prepare,
    .chains = true,
    .in_place = 1,
};

static bool compares(hone_kernel_index kernel)
{
    static const hone_kernel_index comparisons[] = {
        HONE_KERNEL_greater_scalar,    HONE_KERNEL_greater_equal_scalar, HONE_KERNEL_less_scalar,
        HONE_KERNEL_less_equal_scalar, HONE_KERNEL_equal_scalar,         HONE_KERNEL_not_equal_scalar};
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (comparisons[i] == kernel)
            return true;
    return false;
}

/* Numbers are floats, and so is what they are compared with: 0.1 is equal to the float nearest to it. */
static hone_value record(hone_graph *graph, int function, hone_value x, hone_parameters parameters)
{
    if (compares(functions[function].kernel))
        parameters.a = (float)parameters.a;
    hone_unary_attributes attributes = {.function = function, .parameters = parameters};
    return hone_internal_graph_node(graph, &unary_op, &x, 1, &attributes, sizeof attributes, NULL);
}

hone_value hone_op_unary(hone_graph *graph, const char *name, hone_value x, hone_parameters parameters)
{
    if (x < 0)
        return HONE_NO_VALUE;
    int function = find_function(name);
    return function < 0 ? HONE_NO_VALUE : record(graph, function, x, parameters);
}

const hone_unary_attributes *hone_internal_op_unary_attributes(const hone_graph *graph, hone_value value)
{
    const hone_node *node = hone_internal_graph_producer(graph, value);
    return node == NULL || node->op != &unary_op ? NULL : node->attributes;
}

hone_value hone_internal_op_unary_input(const hone_graph *graph, hone_value value, hone_kernel_index kernel)
{
    const hone_unary_attributes *attributes = hone_internal_op_unary_attributes(graph, value);
    return attributes != NULL && functions[attributes->function].kernel == kernel
               ? hone_internal_graph_producer(graph, value)->inputs[0]
               : HONE_NO_VALUE;
}

static hone_value apply(hone_graph *graph, hone_kernel_index kernel, hone_value x, hone_parameters parameters)
{
    int function = hone_internal_unary_of_kernel(kernel);
    if (function >= 0)
        return record(graph, function, x, parameters);
    hone_fail(HONE_ERROR_ARGUMENT, "the kernel \"%s\" is not an element-wise function",
              hone_internal_kernel_name(kernel));
    return HONE_NO_VALUE;
}

#define PLAIN_FUNCTION(name) \
    hone_value hone_op_##name(hone_graph *graph, hone_value x) \
    { \
        return apply(graph, HONE_KERNEL_##name, x, (hone_parameters){0}); \
    }
PLAIN_FUNCTION(negative)
PLAIN_FUNCTION(absolute)
PLAIN_FUNCTION(square)
PLAIN_FUNCTION(sqrt)
PLAIN_FUNCTION(rsqrt)
PLAIN_FUNCTION(exp)
PLAIN_FUNCTION(log)
PLAIN_FUNCTION(sigmoid)
PLAIN_FUNCTION(softplus)

hone_value hone_op_affine(hone_graph *graph, hone_value x, double factor, double offset)
{
    return apply(graph, HONE_KERNEL_affine, x, (hone_parameters){factor, offset, 0, 0});
}

hone_value hone_op_clip(hone_graph *graph, hone_value x, double lowest, double highest)
{
    return apply(graph, HONE_KERNEL_clip, x, (hone_parameters){lowest, highest, 0, 0});
}
