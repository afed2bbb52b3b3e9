/* Rows put at places: of x [s1, ..., sk, ...] those at indices [n, k] by values [n, ...]. Places [i1, ...,
 * ik] are counted as one number, row after row; those below 0 from the end. */
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

/* A table of rows as wide as a value; which of them each value is for. */
typedef struct placing {
    hone_shape shape;
    int64_t rows, width;
    hone_value ids;    /* [n] */
    hone_value values; /* [n, width] */
} placing;

static const int64_t most_numbers = (int64_t)1 << 28;

static int64_t product_of(const int64_t *sizes, int count)
{
    int64_t product = 1;
    for (int i = 0; i < count; i++)
        product = hone_internal_size_product(product, sizes[i]);
    return product;
}

/* [n] of indices [n, k]: sum over j of (i_j + s_j where i_j < 0) s_(j + 1) ... s_k. */
static hone_value numbered(hone_graph *graph, const hone_layer *layer, hone_value indices,
                           const hone_shape *shape, int count)
{
    double sizes[HONE_MAX_RANK], strides[HONE_MAX_RANK];
    for (int i = 0; i < count; i++) {
        sizes[i] = (double)shape->size[i];
        strides[i] = (double)product_of(shape->size + i + 1, count - i - 1);
    }
    const hone_constant of_sizes = {HONE_SHAPE(count), sizes, count},
                        of_strides = {HONE_SHAPE(count), strides, count};
    const hone_value below = hone_op_unary(graph, "less_scalar", indices, (hone_parameters){0}),
                     shift = hone_op_multiply(graph, below,
                                              hone_internal_constant_value(graph, layer, &of_sizes)),
                     places = hone_op_add(graph, indices, shift);
    return hone_op_sum(
        graph, hone_op_multiply(graph, places, hone_internal_constant_value(graph, layer, &of_strides)), 1);
}

static bool fail_sizes(const char *what)
{
    hone_fail(HONE_ERROR_SHAPE, "%s", what);
    return false;
}

/* The ids and values as rows; false with a message. */
static bool prepare(hone_graph *graph, const hone_layer *layer, hone_value indices, hone_value values,
                    placing *into)
{
    const hone_shape of = hone_value_shape(graph, indices), shape = into->shape;
    if (of.rank < 1 || of.size[of.rank - 1] < 1 || of.size[of.rank - 1] > shape.rank)
        return fail_sizes("indices must have a last axis of as many numbers as there are axes, or fewer");
    const int places = (int)of.size[of.rank - 1];
    const int64_t count = product_of(of.size, of.rank - 1);
    into->rows = product_of(shape.size, places);
    into->width = product_of(shape.size + places, shape.rank - places);
    const int64_t all = hone_internal_size_product(hone_internal_size_product(into->rows, into->width),
                                                   count == HONE_ANY ? 1 : count);
    if (all == HONE_ANY || all > most_numbers || into->rows > 1 << 24)
        return fail_sizes("rows are put at places of a tensor of known and moderate size alone");
    indices = hone_op_reshape(graph, indices, HONE_SHAPE(HONE_ANY, places));
    into->ids = indices < 0 ? indices : numbered(graph, layer, indices, &shape, places);
    into->values = hone_op_reshape(graph, values, HONE_SHAPE(HONE_ANY, into->width));
    return into->ids >= 0 && into->values >= 0;
}

static hone_value reduced(hone_graph *graph, const placing *into, const char *function, double of_nothing)
{
    return hone_internal_by_segments(graph, into->values, into->ids, into->rows, function, of_nothing);
}

/* ---- among zeros ---- */

#define SHAPE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "the shape of the result", HONE_REQUIRED, HONE_AT_LEAST(1), \
      .scalar_or_list = true, .always_list = true)
HONE_OPERATION_ARGS(shape, SHAPE_FIELDS)
#define VALUES_FIELDS(F, A) \
    HONE_OPERAND(F, A, indices, "the places when they are a constant") \
    HONE_OPERAND(F, A, values, "the values when they are a constant")
HONE_OPERATION_CALL_FIELDS(values, VALUES_FIELDS)

/* Values for the same place are added up. */
static hone_value scattered(hone_graph *graph, const hone_layer *layer, const hone_value *x,
                            const int64_t *sizes)
{
    placing into = {.shape = {.rank = 0}};
    while (into.shape.rank < HONE_MAX_RANK && sizes[into.shape.rank] != HONE_NONE_INTEGER) {
        into.shape.size[into.shape.rank] = sizes[into.shape.rank];
        into.shape.rank++;
    }
    if (!prepare(graph, layer, x[0], x[1], &into))
        return HONE_NO_VALUE;
    return hone_op_reshape(graph, reduced(graph, &into, "sum", 0), into.shape);
}
HONE_OPERATION_CALL_OF_TWO(scatter, shape_args, scattered(graph, layer, x, args->shape))
HONE_OPERATION_OF(core, scatter, "Scatter", shape_args, shape_fields, shape_defaults, .call = call_scatter,
                  HONE_OPERATION_OPERANDS(values_call_type, 2));

/* ---- among other numbers ---- */

#define UPDATE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, reduction, NULL, "how an update goes with what is there (None: in its place)", \
      HONE_ONE_OF("add|max|min|mul"))
HONE_OPERATION_ARGS(update, UPDATE_FIELDS)
#define UPDATES_FIELDS(F, A) \
    HONE_OPERAND(F, A, inputs, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, indices, "the places when they are a constant") \
    HONE_OPERAND(F, A, updates, "the updates when they are a constant")
HONE_OPERATION_CALL_FIELDS(updates, UPDATES_FIELDS)

static const struct {
    const char *name, *reduction, *function;
    double of_nothing;
} reductions[] = {
    {"add", "sum", "add", 0},
    {"max", "maximum", "maximum", -HUGE_VAL},
    {"min", "minimum", "minimum", HUGE_VAL},
    {"mul", "product", "multiply", 1},
};

/* The last update for each row in its place: 1 more than its number, which is 0 where there is none. */
static hone_value replaced(hone_graph *graph, hone_value table, const placing *into)
{
    const hone_value ones = hone_op_affine(graph, hone_op_slice(graph, into->values, 1, 0, 1), 0, 1),
                     numbers = hone_op_cumulative_sum(graph, ones, 0),
                     last = hone_internal_by_segments(graph, numbers, into->ids, into->rows, "maximum", 0),
                     place = hone_op_unary(graph, "maximum_scalar", hone_op_affine(graph, last, 1, -1),
                                           (hone_parameters){0}),
                     row = hone_op_gather_rows(graph, into->values, hone_op_squeeze(graph, place, 1));
    return hone_op_select(graph, hone_internal_truth(graph, last), row, table);
}

static hone_value updated(hone_graph *graph, const hone_layer *layer, const hone_value *x,
                          const char *reduction)
{
    placing into = {.shape = hone_value_shape(graph, x[0])};
    if (!prepare(graph, layer, x[1], x[2], &into))
        return HONE_NO_VALUE;
    const hone_value table = hone_op_reshape(graph, x[0], HONE_SHAPE(into.rows, into.width));
    hone_value result = reduction == NULL ? replaced(graph, table, &into) : HONE_NO_VALUE;
    for (size_t i = 0; reduction != NULL && i < sizeof reductions / sizeof *reductions; i++)
        if (strcmp(reductions[i].name, reduction) == 0)
            result = hone_op_binary(graph, reductions[i].function, table,
                                    reduced(graph, &into, reductions[i].reduction, reductions[i].of_nothing));
    return result < 0 ? result : hone_op_reshape(graph, result, into.shape);
}

static int call_scatter_update(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                               hone_value *outputs)
{
    hone_value x[3];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 3, x));
    outputs[0] = updated(graph, layer, x, ((const update_args *)hone_layer_args(layer))->reduction);
    return 1;
}
HONE_OPERATION_OF(core, scatter_update, "ScatterUpdate", update_args, update_fields, update_defaults,
                  .call = call_scatter_update, HONE_OPERATION_OPERANDS(updates_call_type, 3));
