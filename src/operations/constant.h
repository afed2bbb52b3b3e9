/* Constants among the operands of calls, as texts: "2", "0.5", "True", "[[1, 2], [3, 4]]"; what files mark as
 * an array has its type, "float32([1, 2])", and "tensor float32([1, 2])" when it was a tensor of the backend.
 */
#ifndef HONE_OPERATIONS_CONSTANT_H
#define HONE_OPERATIONS_CONSTANT_H

#include "layers/layer.h"

typedef struct hone_constant {
    hone_shape shape; /* rank 0: a number */
    double *numbers;  /* in the graph's memory */
    int64_t count;
} hone_constant;

/* HONE_ERROR_ARGUMENT with a message about what is not understood, or about lists of unequal lengths. */
hone_status hone_internal_constant_read(hone_graph *graph, const char *text, hone_constant *constant);
hone_value hone_internal_constant_value(hone_graph *graph, const hone_layer *layer,
                                        const hone_constant *constant);
/* The same of a text at once. */
hone_value hone_internal_constant_of(hone_graph *graph, const hone_layer *layer, const char *text);

/* The text without its type: "[1, 2]" of "float32([1, 2])". It may end with ")". */
const char *hone_internal_constant_body(const char *text);

/* The operands of a call whose type has inputs_apart: for each of its fields, literals all, the constant that
 * it was given, else the next input; HONE_NO_VALUE for "None" and where no input is left. The first `least`
 * must be there. */
hone_status hone_internal_operands(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                                   int least, hone_value *operands);

/* Such a call of two operands, x1 and x2. */
extern const hone_type hone_internal_two_operands;

/* The call of an operation that is `result`, an expression of the graph, of two operands x[0] and x[1], and
 * of its args; and what its type says of them. */
#define HONE_OPERATION_CALL_OF_TWO(thing, args_, result) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        const args_ *args = hone_layer_args(layer); \
        hone_value x[2]; \
        HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x)); \
        (void)args; \
        outputs[0] = (result); \
        return 1; \
    }
#define HONE_OPERATION_OPERANDS(call_type, most) \
    .call_fields = &call_type, .inputs_apart = true, .inputs_min = 1, .inputs_max = most

/* A row of fields of such a call. */
#define HONE_OPERAND(F, A, name, help) F(A, TEXT, name, NULL, help, HONE_SPECS(HONE_LITERAL))

#endif
